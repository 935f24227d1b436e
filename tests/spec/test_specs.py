"""Spec files: their content, and the messages on a wrong one."""

import pytest
import yaml

from seqreason.errors import SpecError
from seqreason.spec import load_benchmark, load_plan
from seqreason.spec.digest import canonical, spec_digest
from seqreason.spec.files import packaged_specs, parse_yaml


def assert_refused(data, registry, *messages, **options):
    """Loading fails, and every message is a line of the error."""
    with pytest.raises(SpecError) as error:
        load_benchmark(data, registry, **options)
    for message in messages:
        assert message in str(error.value).splitlines(), str(error.value)


def test_defaults_are_written_out_in_the_canonical_form(make_data, registry):
    spec = load_benchmark(make_data(), registry)
    result = canonical(spec)
    assert result["training"]["max_grad_norm"] == 1.0
    assert result["encoder"]["blocks"] == 3
    assert "seeds" not in result


def test_a_canonical_spec_loads_to_itself(make_data, registry):
    spec = load_benchmark(make_data(), registry)
    assert load_benchmark({**canonical(spec), "seeds": [0]}, registry) == spec


def test_the_order_of_keys_and_written_defaults_do_not_change_the_digest(make_data, registry):
    data = make_data()
    reordered = dict(reversed(data.items()))
    reordered["generator"] = {"wrap": False, "kind": "normal"}
    first, second = (load_benchmark(entry, registry) for entry in (data, reordered))
    assert spec_digest(first) == spec_digest(second)


def test_a_changed_setting_changes_the_digest(make_data, registry):
    spec = load_benchmark(make_data(), registry)
    changed = load_benchmark(make_data(), registry, overrides=["training.learning_rate=0.002"])
    assert spec_digest(spec) != spec_digest(changed)


def test_where_a_file_lies_is_no_part_of_the_digest(make_data, registry):
    digests = {
        spec_digest(load_benchmark(make_data(source={"kind": "ocr-letters", **path}), registry))
        for path in ({}, {"path": "here.gz"}, {"path": "there.gz"})
    }
    assert len(digests) == 1


def test_a_misspelt_key_names_the_nearest(make_data, registry):
    data = make_data(training={"learning_rat": 0.1})
    assert_refused(
        data,
        registry,
        "spec: training.learning_rat: no such setting. Did you mean 'learning_rate'? The settings "
        "here are: augmentation, batch_size, checkpoint_steps, device, ema_decay, epochs, "
        "examples, learning_rate, max_grad_norm, precision, schedule, select, validate_steps, "
        "warmup_fraction",
    )


def test_a_misspelt_setting_of_a_plug_in_names_the_nearest(make_data, registry):
    data = make_data(encoder={"kind": "residual-cnn", "chanels": [4]})
    with pytest.raises(
        SpecError, match=r"spec: encoder.chanels: no such setting. Did you mean 'channels'\? The"
    ):
        load_benchmark(data, registry)


def test_an_unknown_kind_names_the_nearest(make_data, registry):
    data = make_data(encoder={"kind": "residual_cnn"})
    assert_refused(
        data,
        registry,
        "spec: encoder: unknown encoder 'residual_cnn': did you mean 'residual-cnn'? Choose from "
        "explodes, frozen-random, mlp, refuses, residual-cnn, torchvision, unmakeable",
    )


def test_a_misspelt_kind_names_the_nearest_key(make_data, registry):
    data = make_data(encoder={"knd": "residual-cnn"})
    with pytest.raises(SpecError, match=r"encoder.knd: no such setting. Did you mean 'kind'\? The"):
        load_benchmark(data, registry)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        (
            "training.epochs=many",
            "spec: training.epochs: expected a whole number, got 'many'",
        ),
        (
            "encoder.features=0",
            "spec: encoder.features: expected 1 or more, got 0",
        ),
        (
            "encoder.channels.0=x",
            "spec: encoder.channels.0: expected a whole number, got 'x'",
        ),
        ("seeds=[0, 0]", "spec: seeds: a seed occurs twice; list each seed once"),
        (
            "generator.differences=[3, 1]",
            "spec: generator.differences: the least, 3, is above the greatest, 1",
        ),
        (
            "encoder=residual-cnn",
            "spec: encoder: expected a mapping {kind: NAME, …}, where NAME is "
            "one of explodes, frozen-random, mlp, refuses, residual-cnn, torchvision, unmakeable, "
            "got 'residual-cnn'",
        ),
    ],
)
def test_a_wrong_value_is_reported_with_its_path_and_what_came(
    make_data, registry, override, message
):
    assert_refused(make_data(), registry, message, overrides=[override])


def test_a_missing_part_is_reported(make_data, registry):
    data = make_data()
    del data["reasoner"]
    assert_refused(data, registry, "spec: reasoner: missing, and it has no default")


def test_several_faults_are_reported_at_once(make_data, registry):
    data = make_data(training={"epochs": 0, "batch_size": 0})
    with pytest.raises(SpecError) as error:
        load_benchmark(data, registry)
    assert len(str(error.value).splitlines()) == 2


def test_a_shifted_test_takes_the_generator_s_own_settings(make_data, registry):
    data = make_data(evaluation={"shifted": {"longer": {"lengths": [9, 12]}}})
    shifted = load_benchmark(data, registry).shifted_generators()["longer"]
    assert shifted.config.lengths == (9, 12)
    assert shifted.config.differences == (-6, 6)


def test_a_shifted_test_with_an_unknown_setting_is_refused(make_data, registry):
    data = make_data(evaluation={"shifted": {"longer": {"length": [9, 12]}}})
    message = r"spec: evaluation.shifted.longer.length: no such setting. Did you mean 'lengths'"
    with pytest.raises(SpecError, match=message):
        load_benchmark(data, registry)


def test_a_shifted_test_is_not_named_as_a_split(make_data, registry):
    data = make_data(evaluation={"shifted": {"train": {"lengths": [9, 12]}}})
    message = "spec: evaluation.shifted: train is the name of a split: rename the shift"
    assert_refused(data, registry, message)


class TestOverrides:
    def test_a_value_is_read_as_yaml(self, make_data, registry):
        spec = load_benchmark(make_data(), registry, overrides=["encoder.channels=[2, 3]"])
        assert spec.encoder.config.channels == (2, 3)

    def test_a_missing_block_is_made(self, make_data, registry):
        changed = ["reasoner.prediction.cell=lstm"]
        spec = load_benchmark(make_data(), registry, overrides=changed)
        assert spec.reasoner.config.prediction.cell == "lstm"

    def test_another_kind_drops_the_old_one_s_settings_and_says_so(self, make_data, registry):
        notes = []
        spec = load_benchmark(
            make_data(), registry, overrides=["encoder.kind=explodes"], notes=notes
        )
        assert spec.encoder.kind == "explodes"
        assert notes == ["encoder: settings of residual-cnn dropped: channels, features"]

    def test_settings_of_the_new_kind_may_come_before_it(self, make_data, registry):
        changes = ["loss.prediction.smoothing=0.3", "loss.prediction.kind=smoothed"]
        data = make_data()
        data["loss"]["prediction"] = {"kind": "hard"}
        spec = load_benchmark(data, registry, overrides=changes)
        assert spec.loss.prediction.config.smoothing == 0.3

    def test_the_same_kind_again_drops_nothing(self, make_data, registry):
        spec = load_benchmark(make_data(), registry, overrides=["encoder.kind=residual-cnn"])
        assert spec.encoder.config.channels == (4,)

    @pytest.mark.parametrize(
        ("override", "message"),
        [
            ("training.epochs", "--set training.epochs: expected path=value, such as"),
            ("=3", "--set =3: expected path=value"),
            ("benchmark.name=x", "--set benchmark.name: benchmark is 'tiny', which has no keys"),
            ("encoder.channels.7=1", "encoder.channels is a list of 1, so expected a place 0 … 0"),
            ("seeds=[0", "--set seeds=[0: not valid YAML"),
        ],
    )
    def test_an_override_that_cannot_be_followed_is_refused(
        self, make_data, registry, override, message
    ):
        with pytest.raises(SpecError) as error:
            load_benchmark(make_data(), registry, overrides=[override])
        assert message in str(error.value)


class TestFiles:
    def test_a_file_s_name_begins_the_message(self, tmp_path, make_data, registry):
        path = tmp_path / "mine.yaml"
        path.write_text(yaml.safe_dump(make_data(benchmark="A B")))
        with pytest.raises(SpecError, match=r"mine.yaml: benchmark: expected text of the form"):
            load_benchmark(path, registry)

    def test_a_key_that_occurs_twice_is_refused(self, tmp_path, registry):
        path = tmp_path / "twice.yaml"
        path.write_text("benchmark: a\nbenchmark: b\n")
        with pytest.raises(
            SpecError, match=r"twice.yaml: not valid YAML: the key 'benchmark' occurs twice"
        ):
            load_benchmark(path, registry)

    @pytest.mark.parametrize("message", ["1e-3", "1E-3", "+1e-3", "1.e-3", "0.1e-2", ".1e-2"])
    def test_a_number_may_have_an_exponent_without_a_point(self, message):
        assert parse_yaml(message, where="here") == 0.001

    @pytest.mark.parametrize("message", ["1e", "e-3", "v1e-3", "1e-3x"])
    def test_a_word_with_an_e_is_no_number(self, message):
        assert parse_yaml(message, where="here") == message

    @pytest.mark.parametrize("content", ["- a\n- b\n", "", "just words"])
    def test_a_file_that_is_no_mapping_is_refused(self, tmp_path, registry, content):
        path = tmp_path / "list.yaml"
        path.write_text(content)
        with pytest.raises(
            SpecError, match=r"expected a mapping that begins with `benchmark: NAME`"
        ):
            load_benchmark(path, registry)

    def test_a_file_of_bytes_is_refused(self, tmp_path, registry):
        path = tmp_path / "bytes.yaml"
        path.write_bytes(b"\xff\xfe\x00")
        with pytest.raises(SpecError, match="cannot be read as text"):
            load_benchmark(path, registry)

    def test_a_missing_file_is_named(self, registry):
        with pytest.raises(SpecError, match=r"no/such.yaml: there is no such file"):
            load_benchmark("no/such.yaml", registry)

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("benchmark: mine\nseeds: [0", "got '<stream end>' (line 2, column 10)"),
            ("benchmark: mine\x07", "special characters are not allowed"),
        ],
    )
    def test_a_yaml_error_is_one_line_with_its_place(self, tmp_path, registry, text, fault):
        (tmp_path / "broken.yaml").write_text(text)
        with pytest.raises(SpecError) as caught:
            load_benchmark(tmp_path / "broken.yaml", registry)
        assert "\n" not in str(caught.value)
        assert fault in str(caught.value)

    def test_a_folder_is_not_a_spec_file(self, tmp_path, registry):
        with pytest.raises(SpecError, match="this is a folder; give a spec file"):
            load_benchmark(tmp_path, registry)

    def test_a_misspelt_packaged_name_names_the_nearest(self, registry):
        with pytest.raises(SpecError, match="did you mean 'quickstart'"):
            load_benchmark("quikstart", registry)

    def test_no_spec_can_make_code_run(self, tmp_path, registry):
        path = tmp_path / "evil.yaml"
        path.write_text("benchmark: !!python/object/apply:os.system ['true']\n")
        with pytest.raises(SpecError, match="not valid YAML"):
            load_benchmark(path, registry)

    @pytest.mark.parametrize("name", sorted(packaged_specs()))
    def test_every_packaged_spec_is_valid_and_named_as_its_file(self, registry, name):
        assert load_plan(name, registry).name == name


def test_a_wrong_item_of_a_list_is_reported_alone(make_data, registry):
    with pytest.raises(SpecError) as error:
        load_benchmark(make_data(evaluation={"tta_degrees": [400]}), registry)
    (line,) = str(error.value).splitlines()
    assert line.startswith("spec: evaluation.tta_degrees.0: ")


def test_an_empty_list_is_reported_to_be_too_short(make_data, registry):
    with pytest.raises(SpecError, match=r"evaluation.tta_degrees: expected 1 or more entries"):
        load_benchmark(make_data(evaluation={"tta_degrees": []}), registry)
