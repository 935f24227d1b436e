"""A setting that a later version adds with a default changes no digest of earlier specs."""

import sys
from typing import Annotated

import pytest
from pydantic import Field, create_model

import seqreason
from seqreason.registry import load_registry
from seqreason.runs import Cell
from seqreason.spec import BenchmarkSpec, TrainingSpec, load_benchmark, loading
from seqreason.spec.digest import canonical, spec_digest
from seqreason.structures.settings import Settings

LATER = (Annotated[int, seqreason.Since("0.3.0")], Field(0, ge=0))


class Old(Settings):
    size: int = 3


class Inner(Settings):
    depth: Annotated[int, seqreason.Since("0.4.0")] = 1
    width: int = 1


class New(Old):
    padding: Annotated[int | None, seqreason.Since("0.3.0")] = None
    rows: Annotated[tuple[Inner, ...], seqreason.Since("0.3.0")] = ()


@pytest.fixture
def run(make_data, tiny_plugins, tmp_path):
    """Trains a small cell, or finds it."""

    def run(*overrides):
        data = make_data(training={"examples": 20, "epochs": 1, "precision": "float32"})
        (cell,) = seqreason.run(
            data, overrides=overrides, plugins=[tiny_plugins], runs=tmp_path / "runs"
        )
        return cell

    return run


@pytest.fixture
def add_to_training(monkeypatch):
    """Adds a setting to the specs' `training`, as a later version of the core would."""

    def add(patience):
        training = create_model("TrainingSpec", __base__=TrainingSpec, patience=patience)
        later = create_model(
            "BenchmarkSpec", __base__=BenchmarkSpec, training=(training, training())
        )
        monkeypatch.setattr(loading, "BenchmarkSpec", later)

    return add


@pytest.fixture
def add_to_encoder(monkeypatch, registry):
    """Adds a setting to the residual CNN, as a later version of the plug-in would."""

    def add(dilation):
        plugin = registry.find("encoder", "residual-cnn").plugin
        later = create_model("Config", __base__=plugin.Config, dilation=dilation)
        monkeypatch.setattr(plugin, "Config", later)

    return add


def test_a_cell_is_found_after_the_core_and_a_plug_in_got_a_setting(
    run, add_to_training, add_to_encoder
):
    before = run()
    add_to_training(LATER)
    add_to_encoder(LATER)
    after = run()
    assert (before.is_reused, after.is_reused) == (False, True)
    assert (after.digest, after.metrics) == (before.digest, before.metrics)
    assert run("training.patience=0", "encoder.dilation=0").is_reused


@pytest.mark.parametrize("override", ["training.patience=2", "encoder.dilation=2"])
def test_another_value_of_a_later_setting_is_another_digest(
    make_data, registry, add_to_training, add_to_encoder, override
):
    before = spec_digest(load_benchmark(make_data(), registry))
    add_to_training(LATER)
    add_to_encoder(LATER)
    assert spec_digest(load_benchmark(make_data(), registry)) == before
    assert spec_digest(load_benchmark(make_data(), registry, overrides=[override])) != before


def test_a_setting_without_the_mark_changes_the_digest(make_data, registry, add_to_encoder):
    before = canonical(load_benchmark(make_data(), registry))
    add_to_encoder((int, 0))
    after = canonical(load_benchmark(make_data(), registry))
    assert after["encoder"] == {**before["encoder"], "dilation": 0}


def test_an_edited_plug_in_with_a_later_setting_differs_in_its_source_alone(make_data, install):
    path = install()

    def identity():
        registry = load_registry()
        data = make_data(source={"kind": "strokes"}, encoder={"kind": "two-layers"})
        return Cell.of(load_benchmark(data, registry), 0, registry, data_digest="").identity

    before = identity()
    field = "hidden: int = 64"
    later = f"{field}\n        more: Annotated[int, seqreason.Since('2')] = 1"
    code = path.read_text().replace(field, later)
    path.write_text(f"from typing import Annotated\n{code}")
    del sys.modules["tiny_parts"]
    after = identity()
    name = "encoder two-layers"
    assert after["plugins"].pop(name) != before["plugins"].pop(name)
    assert after == before


def test_settings_inside_settings_are_left_out_as_well():
    assert New().model_dump(context="canonical") == Old().model_dump()
    rows = New(rows=[Inner(), Inner(depth=2)]).model_dump(context="canonical")["rows"]
    assert rows == ({"width": 1}, {"width": 1, "depth": 2})


def test_outside_the_canonical_form_every_setting_is_written():
    assert New().model_dump() == {"size": 3, "padding": None, "rows": ()}
