"""The JSON Schema of spec files: it accepts and refuses what the loader does."""

from copy import deepcopy
from typing import Annotated

import jsonschema
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import Field, PlainValidator

from seqreason.errors import SpecError
from seqreason.interfaces import PluginConfig
from seqreason.registry import Registry, load_registry
from seqreason.spec import load_plan
from seqreason.spec.files import packaged_specs, read_spec
from seqreason.spec.schema import spec_schema

SPECS = {name: read_spec(name)[1] for name in sorted(packaged_specs())}

# Where the loader refuses what the schema accepts, and why no schema can say it.
LEFT_TO_THE_LOADER = {
    "are the same benchmark": "whether two arms differ shows when they are made",
    "unknown arm": "the names of arms stand elsewhere in the file",
    "is compared with itself": "two values of one file are compared",
    "unknown metric 'test_accuracy/": "the names of shifted tests stand in the baseline",
    "two arms are called": "the names of arms are made of several keys",
}
# The same, inside suites and ablations alone.
LEFT_TO_THE_ARMS = {
    "missing, and it has no default": "settings, axes or changes may bring a part",
    "expected a mapping {kind: NAME": "so they may the kind of a plug-in",
}


@pytest.fixture(scope="module")
def validator(registry):
    schema = spec_schema(registry)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def refusal(data, registry):
    """What the loader says of *data*; empty if it accepts it."""
    try:
        load_plan(data, registry)
    except SpecError as error:
        return str(error)
    return ""


def assert_agreed(data, validator, registry):
    """Schema and loader both accept *data*, or both refuse it, but for what is left open above."""
    result = refusal(data, registry)
    if validator.is_valid(data) == (not result):
        return
    is_many = "suite" in data or "ablation" in data
    left = {**LEFT_TO_THE_LOADER, **(LEFT_TO_THE_ARMS if is_many else {})}
    lines = result.splitlines()
    assert lines, [error.message for error in validator.iter_errors(data)]
    assert all(any(words in line for words in left) for line in lines), (result, data)


def test_assert_agreed_fails_where_the_two_differ(make_data, registry):
    for schema in (True, False):
        data = make_data() if schema is False else make_data(benchmark="A B")
        with pytest.raises(AssertionError):
            assert_agreed(data, jsonschema.Draft202012Validator(schema), registry)


@pytest.mark.parametrize("name", SPECS)
def test_every_packaged_spec_is_valid(name, validator):
    assert [error.message for error in validator.iter_errors(SPECS[name])] == []


def mappings(data, path=()):
    """The path of each mapping in *data* that holds something."""
    if isinstance(data, dict) and data:
        yield path
    places = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in places:
        if isinstance(value, dict | list):
            yield from mappings(value, (*path, key))


def misspelt(draw, word):
    place = draw(st.integers(0, len(word) - 1))
    letter = draw(st.sampled_from(["", "x", word[place] * 2]))
    return word[:place] + letter + word[place + 1 :]


@st.composite
def edited(draw):
    """A packaged spec of which one key is misspelt, dropped or added, or one plug-in misspelt."""
    data = deepcopy(SPECS[draw(st.sampled_from(sorted(SPECS)))])
    block = data
    for part in draw(st.sampled_from(list(mappings(data)))):
        block = block[part]
    key = draw(st.sampled_from(list(block)))
    edit = draw(st.sampled_from(["misspell", "drop", "add", "name"]))
    if edit == "name":
        assume(isinstance(block[key], str) and key in ("kind", "baseline", "metric"))
        block[key] = misspelt(draw, block[key])
    elif edit == "add":
        new = draw(st.sampled_from(["zzz", "zzz.a", "reasoner.zzz", "training.zzz", "kind"]))
        block[new] = draw(st.sampled_from([1, "x", {}, {"zzz": 1}, [1], None]))
    else:
        value = block.pop(key)
        if edit == "misspell":
            block[misspelt(draw, key)] = value
    return data


@pytest.fixture(scope="module")
def ask_both(validator, registry):
    """Asks schema and loader, and shows neither of them in what hypothesis prints."""
    return lambda data: assert_agreed(data, validator, registry)


@settings(max_examples=25)
@given(data=edited())
def test_an_edited_spec_is_accepted_or_refused_alike(data, ask_both):
    ask_both(data)


@pytest.mark.slow
@settings(max_examples=250)
@given(data=edited())
def test_many_edited_specs_are_accepted_or_refused_alike(data, ask_both):
    ask_both(data)


ABLATION = {"ablation": "mine", "baseline": "quickstart"}


@pytest.mark.parametrize(
    "changes",
    [
        {"loss.prediction.smoothing": 0.4},
        {"loss.prediction": {"kind": "smoothed", "smoothing": 0.4}},
        {"loss.prediction": {"kind": "hard"}},
        {"reasoner.kind": "transformer", "reasoner.width": 64},
        {"reasoner": {"kind": "transformer"}, "reasoner.width": 64},
        {"reasoner.prediction.cell": "lstm"},
        {"encoder.channels": [4, 8, 16]},
        {"encoder.channels.0": 4},
        {"training": {"epochs": 1}},
        {"training.augmentation.rotation_degrees": 15},
        {"training.augmentation": {"rotation_degrees": 15}},
        {"evaluation.shifted.turned": {"rotation_degrees": 30}},
        {"evaluation.shifted.turned.rotation_degrees": 30},
        {"evaluation.shifted.small.source": {"kind": "strokes", "case": "lower"}},
        {"evaluation.shifted.small.source.kind": "strokes"},
        {"training.learning_rate": 1},
    ],
    ids=str,
)
def test_a_change_by_dotted_path_or_by_block_is_accepted(changes, validator, registry):
    data = {**ABLATION, "changes": {"changed": changes}}
    assert refusal(data, registry) == ""
    assert [error.message for error in validator.iter_errors(data)] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"loss.prediction.smothing": 0.4},
        {"loss.predictio.smoothing": 0.4},
        {"loss.prediction": {"kind": "smoothed", "smothing": 0.4}},
        {"loss.prediction": {"kind": "smoothd"}},
        {"loss.prediction": {"kind": "hard", "smoothing": 0.4}},
        {"loss.prediction.kind": "smoothd"},
        {"loss.prediction.smoothing": 1.5},
        {"loss": {"prediction.kind": "hard"}},
        {"reasoner.prediction.cel": "lstm"},
        {"encoder.channels.9": 0},
        {"encoder.channels": "many"},
        {"training": {"epoch": 1}},
        {"training.augmentation": {"rotation": 15}},
        {"evaluation.shifted.turned": {"rotation": 30}},
        {"evaluation.shifted.turned.rotation": 30},
        {"evaluation.shifted.small.source.kind": "stroke"},
        {"evaluation.shifted": {"train": {"rotation_degrees": 30}}},
        {"seeds": [0, 0]},
        {},
    ],
    ids=str,
)
def test_a_change_with_a_mistake_is_refused(changes, validator, registry):
    data = {**ABLATION, "changes": {"changed": changes}}
    assert refusal(data, registry) != ""
    assert not validator.is_valid(data)


@pytest.mark.parametrize(
    "axes",
    [
        {"reasoner.cell": ["gru", "lstm"]},
        {"generator.kind": ["easy", "normal"]},
        {"size": {"small": {"reasoner.hidden": 8}, "large": {"reasoner.hidden": 64}}},
        {"reasoner.hidden": {"small": {"reasoner.hidden": 8}, "base": {}}},
        {"training.learning_rate": {"low": 0.001, "high": 0.1, "scale": "log"}},
        {"reasoner": [{"kind": "recurrent"}, {"kind": "rule-posterior"}]},
    ],
    ids=str,
)
def test_an_axis_of_any_form_is_accepted(axes, validator, registry):
    data = {"suite": "mine", "benchmarks": ["quickstart"], "axes": axes}
    assert refusal(data, registry) == ""
    assert validator.is_valid(data)


@pytest.mark.parametrize(
    "axes",
    [
        {"reasoner.cel": ["gru", "lstm"]},
        {"reasoner.cell": []},
        {"reasoner.cell": ["gru", "gru"]},
        {"reasoner.cell": ["gru", "lst"]},
        {"reasoner.cell": {"low": 1, "high": 2}},
        {"size": {"small": {"reasoner.hiden": 8}}},
        {"size": {"low": 1, "high": 2}},
        {"training.learning_rate": {"low": 0.001, "hihg": 0.1}},
        {"training.learning_rate": 0.1},
        {"reasoner": [{"kind": "recurrent", "cel": "gru"}]},
    ],
    ids=str,
)
def test_an_axis_with_a_mistake_is_refused(axes, validator, registry):
    data = {"suite": "mine", "benchmarks": ["quickstart"], "axes": axes}
    assert refusal(data, registry) != ""
    assert not validator.is_valid(data)


def test_a_range_is_for_suites_alone(validator):
    axes = {"training.epochs": {"low": 1, "high": 4, "integer": True}}
    changes = {"a": {"training.batch_size": 20}}
    assert validator.is_valid({"suite": "mine", "benchmarks": ["easy"], "axes": axes})
    assert not validator.is_valid({**ABLATION, "axes": axes, "changes": changes})


def test_augmentation_and_shifts_are_those_of_the_chosen_generator(make_data, validator, registry):
    for kind, fits in (("normal", True), ("repeating", False)):
        for block in (
            {"training": {"augmentation": {"differences": [1, 2]}}},
            {"evaluation": {"shifted": {"far": {"differences": [1, 2]}}}},
        ):
            data = make_data(generator={"kind": kind}, **block)
            assert validator.is_valid(data) is fits
            assert (refusal(data, registry) == "") is fits


def test_a_benchmark_in_a_suite_may_leave_parts_to_the_axes(make_data, validator, registry):
    base = make_data()
    del base["reasoner"]
    base["encoder"] = {"features": 16}
    data = {
        "suite": "mine",
        "benchmarks": [base],
        "axes": {
            "reasoner": [{"kind": "recurrent"}, {"kind": "rule-posterior"}],
            "encoder.kind": ["mlp"],
        },
    }
    assert refusal(data, registry) == ""
    assert validator.is_valid(data)


def test_a_plug_in_comes_with_its_docstring_defaults_bounds_and_descriptions(registry):
    block = spec_schema(registry)["$defs"]["labels.smoothed"]
    assert block["description"].startswith("Most mass on the true symbol")
    assert block["properties"]["smoothing"] == {
        "type": "number",
        "default": 0.2,
        "minimum": 0,
        "maximum": 1,
        "description": "s: the mass that is spread evenly",
    }


def test_a_plug_in_given_by_hand_is_in_the_schema(validator, make_data):
    assert validator.is_valid(make_data(source={"kind": "dots", "noise": 3}))
    assert not validator.is_valid(make_data(source={"kind": "dots", "noise": 300}))


class Node(PluginConfig):
    """A setting that holds settings of its own form."""

    size: int = 1
    child: "Node | None" = None


def test_settings_inside_themselves_come_to_an_end(registry, monkeypatch, make_data):
    own = load_registry()
    monkeypatch.setattr(own.find("encoder", "mlp").plugin, "Config", Node)
    validator = jsonschema.Draft202012Validator(spec_schema(own))
    for encoder, fits in (
        ({"kind": "mlp", "child": {"child": {"size": 2}}}, True),
        ({"kind": "mlp", "child": {"child": {"size": "x"}}}, False),
    ):
        assert validator.is_valid(make_data(source={"kind": "strokes"}, encoder=encoder)) is fits
    changes = {"a": {"encoder.child.child.child.size": 3}}
    assert validator.is_valid({**ABLATION, "changes": changes})


OF_KIND = Registry.of_kind


class Dial:
    """What JSON has no word for."""

    def __init__(self, degrees):
        self.degrees = degrees


class Dialled(PluginConfig):
    """A setting whose form is known to Python alone."""

    dial: Annotated[Dial, PlainValidator(Dial)] = Field(Dial(3), description="where it points")


def test_what_only_python_can_check_is_left_to_the_loader(monkeypatch, make_data):
    own = load_registry()
    monkeypatch.setattr(own.find("encoder", "mlp").plugin, "Config", Dialled)
    validator = jsonschema.Draft202012Validator(spec_schema(own))
    for key, fits in (("dial", True), ("dail", False)):
        data = make_data(source={"kind": "strokes"}, encoder={"kind": "mlp", key: 4})
        assert validator.is_valid(data) is fits


def test_without_a_plug_in_of_a_kind_no_choice_of_it_is_valid(monkeypatch, make_data):
    own = load_registry()
    monkeypatch.setattr(
        Registry, "of_kind", lambda self, kind: () if kind == "generator" else OF_KIND(self, kind)
    )
    validator = jsonschema.Draft202012Validator(spec_schema(own))
    assert not validator.is_valid(make_data(source={"kind": "strokes"}))


def test_a_number_may_be_written_as_people_write_it(tmp_path, validator, registry):
    path = tmp_path / "mine.yaml"
    path.write_text("suite: mine\nbenchmarks: [easy]\nsettings: {training.learning_rate: 1e-3}\n")
    _, data = read_spec(path)
    assert data["settings"] == {"training.learning_rate": 0.001}
    assert validator.is_valid(data)
