"""`seqreason list`, `plugins` and `schema`: what is installed."""

import json

import pytest
from typer.testing import CliRunner

from seqreason.cli import app
from seqreason.errors import SpecError, StoreError
from seqreason.spec.files import described_specs


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs the command in this process, in an empty folder; its errors are raised."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, columns=100):
        monkeypatch.setenv("COLUMNS", str(columns))
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


class TestListOfOnePlugIn:
    def test_every_setting_has_a_row(self, run):
        output = run("list", "labels", "smoothed").stdout
        (row,) = [line for line in output.splitlines() if line.strip().startswith("smoothing")]
        assert row.split() == [
            *("smoothing", "number", "0.2", "≥", "0,", "≤", "1"),
            *("s:", "the", "mass", "that", "is", "spread", "evenly"),
        ]
        assert output.startswith("labels smoothed, version 1, from seqreason 0.2.0\n")
        assert "Szegedy et al." in output

    @pytest.mark.parametrize(
        ("plug_in", "name", "type_", "default", "bounds"),
        [
            (
                "encoder residual-cnn",
                "channels",
                "list of integer",
                [32, 64, 128],
                "at least 1, each ≥ 1",
            ),
            ("encoder residual-cnn", "skip", "true | false", True, ""),
            ("reasoner recurrent", "prediction.hidden", "integer | null", None, "≥ 1"),
            ("reasoner recurrent", "prediction", "mapping", None, ""),
            ("generator easy", "differences", "[integer, integer]", [1, 3], ""),
            ("generator easy", "background", "black | white | mixed", "black", ""),
            ("forcing scheduled", "until", "number", 1.0, "> 0, ≤ 1"),
            ("source image-folder", "path", "text", None, ""),
        ],
    )
    def test_json_has_type_default_and_bounds(self, run, plug_in, name, type_, default, bounds):
        document = json.loads(run("list", *plug_in.split(), "--json").stdout)
        (row,) = [row for row in document["settings"] if row["name"] == name]
        assert (row["type"], row["default"], row["bounds"]) == (type_, default, bounds)
        assert row["required"] is (name == "path")
        assert row["description"]

    def test_a_plug_in_without_settings_says_so(self, run):
        assert run("list", "objective", "mse").stdout.endswith("It has no settings.\n")

    def test_a_setting_s_name_is_not_broken_on_a_narrow_terminal(self, run):
        assert (
            " prediction.bidirectional " in run("list", "reasoner", "recurrent", columns=80).stdout
        )

    def test_a_misspelt_name_names_the_nearest(self, run):
        with pytest.raises(SpecError, match="unknown encoder 'residual_cnn': did you mean 'resid"):
            run("list", "encoder", "residual_cnn")

    def test_a_name_without_a_kind_of_plug_in_is_refused(self, run):
        with pytest.raises(SpecError, match="unknown kind of plug-in 'spec'"):
            run("list", "spec", "easy")

    def test_a_plug_in_of_a_given_file_is_listed(self, run, tiny_plugins):
        output = run("list", "source", "dots", "--plugin", tiny_plugins).stdout
        assert "greatest grey level of the noise" in output


class TestPlugins:
    @pytest.mark.parametrize("columns", [80, 120])
    def test_the_table_fits_and_breaks_no_name(self, run, columns, registry):
        lines = run("plugins", columns=columns).stdout.splitlines()
        assert max(map(len, lines)) <= columns
        words = {word.strip(",") for line in lines for word in line.split()}
        for kind in ("encoder", "reasoner", "generator", "source"):
            for found in registry.of_kind(kind):
                if found.origin.distribution == "seqreason":
                    assert found.name in words
        assert lines[1].split() == [
            *("distribution", "version", "kind", "names", "load,", "s", "health")
        ]

    def test_a_given_file_is_listed_by_its_name(self, run, tiny_plugins):
        output = run("plugins", "--plugin", tiny_plugins, columns=200).stdout
        (row,) = [line for line in output.splitlines() if "ten-dots" in line]
        assert row.split()[:3] == [tiny_plugins, "given", "source"]


class TestSchema:
    def test_it_is_printed_as_one_document(self, run):
        document = json.loads(run("schema").stdout)
        assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert "encoder.residual-cnn" in document["$defs"]

    def test_it_has_the_plug_ins_of_a_given_file(self, run, tiny_plugins):
        document = json.loads(run("schema", "--plugin", tiny_plugins).stdout)
        assert document["$defs"]["source.dots"]["properties"]["noise"]["maximum"] == 100

    def test_a_file_is_written_and_the_line_for_editors_printed(self, run, tmp_path):
        output = run("schema", "--out", "here/schema.json").stdout
        assert output.splitlines()[-1] == "# yaml-language-server: $schema=here/schema.json"
        assert json.loads((tmp_path / "here" / "schema.json").read_text()) == json.loads(
            run("schema").stdout
        )

    def test_a_place_that_cannot_be_written_to_is_an_error(self, run, tmp_path):
        with pytest.raises(StoreError, match=r"cannot be written: Is a directory"):
            run("schema", "--out", tmp_path)

    def test_packaged_benchmarks_are_offered_as_baselines(self, run):
        reference = json.loads(run("schema").stdout)["$defs"]["reference"]["anyOf"]
        offered = {entry["const"]: entry["description"] for entry in reference if "const" in entry}
        assert offered == {
            spec["name"]: spec["summary"]
            for spec in described_specs()
            if spec["kind"] == "benchmark"
        }
