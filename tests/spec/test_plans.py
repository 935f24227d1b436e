"""Plans: the arms of suites and ablations, and the messages on mistakes in them."""

import pytest
import yaml

from seqreason.errors import SpecError
from seqreason.spec import Contrast, load_benchmark, load_plan


@pytest.fixture
def plan(make_data, registry):
    """Plans the tiny benchmark's ablation or suite, but for what is given."""

    def plan(kind="ablation", *, overrides=(), seeds=(), **changes):
        data = {
            "ablation": {
                "ablation": "mine",
                "baseline": make_data(),
                "changes": {"lstm": {"reasoner.cell": "lstm"}},
            },
            "suite": {"suite": "mine", "benchmarks": [make_data()]},
        }[kind]
        return load_plan({**data, **changes}, registry, overrides=overrides, seeds=seeds)

    return plan


def names(plan):
    return [arm.name for arm in plan.arms]


def test_a_benchmark_is_a_plan_of_one_arm(make_data, registry):
    plan = load_plan(make_data(seeds=[3, 4]), registry)
    assert (plan.kind, plan.name, names(plan)) == ("benchmark", "tiny", ["tiny"])
    assert plan.arms[0].spec.seeds == (3, 4)
    assert plan.question.contrasts == ()


def test_an_ablation_has_the_unchanged_arm_and_one_for_each_change(plan):
    made = plan(
        changes={
            "lstm": {"reasoner.cell": "lstm"},
            "soft": {"loss.prediction.smoothing": 0.4, "reasoner.handoff": "soft"},
        }
    )
    assert names(made) == ["baseline", "lstm", "soft"]
    assert made.arms[2].spec.loss.prediction.config.smoothing == 0.4
    assert made.arms[2].spec.reasoner.config.handoff == "soft"
    assert made.question.contrasts == (Contrast("lstm", "baseline"), Contrast("soft", "baseline"))


def test_every_arm_of_an_ablation_has_the_same_five_seeds_unless_the_spec_says_otherwise(plan):
    assert {arm.spec.seeds for arm in plan().arms} == {(0, 1, 2, 3, 4)}
    assert {arm.spec.seeds for arm in plan(seeds=[7]).arms} == {(7,)}


def test_changes_are_contrasted_within_every_combination_of_options(plan):
    made = plan(
        baseline_name="gru", axes={"reasoner.hidden": [8, 9], "loss.objective.kind": ["mse"]}
    )
    assert names(made) == [
        "hidden 8, mse, gru",
        "hidden 8, mse, lstm",
        "hidden 9, mse, gru",
        "hidden 9, mse, lstm",
    ]
    assert made.question.contrasts == (
        Contrast("hidden 8, mse, lstm", "hidden 8, mse, gru"),
        Contrast("hidden 9, mse, lstm", "hidden 9, mse, gru"),
    )


def test_a_contrast_between_whole_arms_is_asked_once(plan):
    made = plan(
        axes={"reasoner.hidden": [8, 9]},
        contrasts=[{"arm": "hidden 9, lstm", "against": "hidden 8, lstm"}],
    )
    assert made.question.contrasts == (Contrast("hidden 9, lstm", "hidden 8, lstm"),)


def test_a_suite_is_its_benchmarks_times_its_axes(plan, make_data):
    made = plan(
        "suite",
        benchmarks=[make_data(), make_data(benchmark="other", seeds=[5])],
        axes={"size": {"small": {"reasoner.hidden": 4}, "large": {"reasoner.hidden": 40}}},
    )
    assert names(made) == ["tiny, small", "tiny, large", "other, small", "other, large"]
    assert [arm.spec.seeds for arm in made.arms] == [(0,), (0,), (5,), (5,)]
    assert made.arms[1].options == {"size": "large"}


def test_a_file_s_benchmarks_lie_beside_it(make_data, registry, tmp_path):
    (tmp_path / "base.yaml").write_text(yaml.safe_dump(make_data()))
    path = tmp_path / "suite.yaml"
    path.write_text("suite: mine\nbenchmarks: [base.yaml, easy]\n")
    assert names(load_plan(path, registry)) == ["tiny", "easy"]


def test_an_override_reaches_every_arm_but_not_what_sets_them_apart(plan):
    made = plan(overrides=["reasoner.cell=gru", "training.epochs=7", "claim=better"])
    assert [arm.spec.reasoner.config.cell for arm in made.arms] == ["gru", "lstm"]
    assert {arm.spec.training.epochs for arm in made.arms} == {7}
    assert made.question.claim == "better"


def test_settings_are_changed_by_overrides_and_change_the_baseline(plan):
    settings = {"training.epochs": 9, "training.batch_size": 30}
    made = plan(settings=settings, overrides=["training.epochs=7"])
    assert {(arm.spec.training.epochs, arm.spec.training.batch_size) for arm in made.arms} == {
        (7, 30)
    }


def test_cells_get_the_most_that_anyone_asks_for(plan, make_data):
    made = plan(baseline=make_data(resources={"cpus": 3}), resources={"cpus": 2, "gpus": 0.5})
    assert (made.resources.cpus, made.resources.gpus) == (3, 0.5)


def test_resources_are_no_part_of_what_a_result_depends_on(make_data, registry):
    from seqreason.spec.digest import spec_digest

    plain, asking = make_data(), make_data(resources={"cpus": 1})
    assert len({spec_digest(load_benchmark(data, registry)) for data in (plain, asking)}) == 1


def test_a_range_stands_at_its_lower_end_until_it_is_searched(plan):
    made = plan(
        "suite",
        axes={
            "training.learning_rate": {"low": 0.001, "high": 0.1, "scale": "log"},
            "reasoner.hidden": {"low": 8, "high": 32, "integer": True},
        },
    )
    assert names(made) == ["tiny"]
    assert made.search.trials == 20
    assert made.arms[0].spec.training.learning_rate == 0.001
    assert made.arms[0].spec.reasoner.config.hidden == 8
    assert set(made.arms[0].ranges) == {"training.learning_rate", "reasoner.hidden"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"chnges": {}}, "spec: chnges: no such setting. Did you mean 'changes'"),
        ({"changes": {}}, "spec: changes: expected 1 or more entries"),
        (
            {"changes": {"a": {"reasoner.cel": "lstm"}}},
            "spec: a: reasoner.cel: no such setting. Did you mean 'cell'",
        ),
        ({"changes": {"a": {"reasoner..cell": "lstm"}}}, "expected a dotted path such as"),
        (
            {"changes": {"a": {}}},
            "'baseline' and 'a' are the same benchmark: the settings in which they differ have no",
        ),
        (
            {"changes": {"baseline": {"reasoner.cell": "lstm"}}},
            "changes.baseline: the unchanged arm has this name",
        ),
        (
            {"changes": {"a": {"encoder.channels.3": 8}}},
            "changes.a.encoder.channels.3: encoder.channels is a list of 1",
        ),
        ({"baseline": "tny"}, "unknown spec .* 'tny'"),
        (
            {"baseline": "soft-vs-hard"},
            "baseline: expected one benchmark, but soft-vs-hard is a whole ablation",
        ),
        (
            {"contrasts": [{"arm": "lstn", "against": "baseline"}]},
            "contrasts: unknown arm 'lstn': did you mean 'lstm'",
        ),
        (
            {"contrasts": [{"arm": "lstm", "against": "lstm"}]},
            "contrasts: 'lstm' is compared with itself",
        ),
        ({"metric": "test_acuracy"}, "metric: unknown metric 'test_acuracy': did you mean"),
        ({"metric": "test_accuracy/far"}, "metric: unknown metric 'test_accuracy/far'"),
        ({"smallest_difference": 0}, "smallest_difference: expected more than 0"),
        ({"seeds": [0, 0]}, "seeds: a seed occurs twice"),
        (
            {"axes": {"training.learning_rate": {"low": 0.1, "high": 1}}},
            "axes.training.learning_rate: only a suite searches a range",
        ),
        ({"axes": {"x": {"a": 1}}}, "spec: axes.x: expected a list of values where the axis"),
        ({"axes": {"reasoner.hidden": [8, 8]}}, "axes.reasoner.hidden: a value occurs twice"),
    ],
)
def test_a_mistake_in_an_ablation_is_reported_with_its_place(plan, changes, message):
    with pytest.raises(SpecError, match=message):
        plan(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"benchmarks": []}, "benchmarks: expected 1 or more entries"),
        ({"benchmarks": ["easy", "easy"]}, "two arms have the name 'easy'"),
        ({"search": {"trials": 3}}, "search has no effect: no axis is a range"),
        ({"axes": {"reasoner.hidden": {"low": 9, "high": 8}}}, "expected low < high, got 9.0 and"),
        (
            {"axes": {"training.learning_rate": {"low": 0, "high": 1, "scale": "log"}}},
            "expected low above 0 on a log scale",
        ),
        (
            {"axes": {"training.ema_decay": {"low": 0.1, "high": 1.5}}},
            "training.ema_decay: expected less than 1, got 1.5",
        ),
        (
            {"axes": {"reasoner.hidden": {"low": 8.5, "high": 9, "integer": True}}},
            "expected whole numbers for low and high",
        ),
        (
            {"axes": {"reasoner.hidden": {"low": 8, "hihg": 9}}},
            "axes.reasoner.hidden.hihg: no such setting. Did you mean 'high'",
        ),
    ],
)
def test_a_mistake_in_a_suite_is_reported_with_its_place(plan, changes, message):
    with pytest.raises(SpecError, match=message):
        plan("suite", **changes)


REPLACED = {
    "axes": {"stage": {"gru": {"reasoner": {"kind": "recurrent"}}}},
    "changes": {"soft": {"reasoner.handoff": "soft"}},
}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"reasoner": {"kind": "recurrent", "hiden": 8}},
            "spec: baseline: reasoner.hiden: no such setting. Did you mean 'hidden'",
        ),
        (
            {"reasoner": {"kind": "recurent"}},
            "baseline: reasoner: unknown reasoner 'recurent'",
        ),
        (
            {"reasoner": {"knd": "recurrent"}},
            "reasoner.knd: no such setting. Did you mean 'kind'",
        ),
        (
            {"reasoner": {"kind": "recurrent", "hidden": "x"}},
            "baseline: reasoner.hidden: expected a whole number",
        ),
        (
            {"reasoner": {"kind": "recurrent", "hiden": None}},
            "reasoner.hiden: no such setting",
        ),
        ({"reasoner": {"kind": 1}}, "spec: baseline: reasoner: expected a mapping {kind: NAME"),
        ({"reasoner": "recurrent"}, "spec: baseline: reasoner: expected a mapping {kind: NAME"),
    ],
)
def test_a_mistake_in_what_every_arm_replaces_is_reported(plan, make_data, changes, message):
    with pytest.raises(SpecError, match=message):
        plan(baseline=make_data(**changes), **REPLACED)


def test_a_mistake_in_what_settings_replace_is_reported(plan, make_data):
    settings = {"training": {"epochs": 1}}
    with pytest.raises(SpecError, match=r"spec: baseline: training\.epoch: no such setting"):
        plan(baseline=make_data(training={"epoch": 2}), settings=settings)


def test_a_mistake_in_settings_that_every_arm_replaces_is_reported(plan):
    settings = {"reasoner.hiden": 8}
    with pytest.raises(SpecError, match=r"baseline with its settings: reasoner\.hiden: no such"):
        plan(settings=settings, **REPLACED)


@pytest.mark.parametrize("reasoner", [None, {}, {"hidden": 8}, {"kind": "recurrent"}], ids=str)
def test_a_baseline_may_leave_to_its_arms_what_all_of_them_bring(plan, make_data, reasoner):
    made = plan(baseline=make_data(reasoner=reasoner), **REPLACED)
    assert names(made) == ["gru, baseline", "gru, soft"]


def test_a_baseline_s_augmentation_may_be_for_the_generators_of_its_arms(plan, make_data):
    base = make_data(training={"augmentation": {"periods": [2, 2]}})
    made = plan("suite", benchmarks=[base], axes={"generator.kind": ["repeating"]})
    assert made.arms[0].spec.training_generator().config.periods == (2, 2)


@pytest.mark.parametrize("name", ["soft-vs-hard", "report"])
def test_where_one_benchmark_is_expected_a_whole_suite_is_refused(name, registry):
    with pytest.raises(SpecError, match=r"this is a whole \w+, and only one benchmark is accepted"):
        load_benchmark(name, registry)
