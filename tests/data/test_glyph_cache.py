from dataclasses import replace

import pytest

from seqreason.data import load_glyphs
from seqreason.data.glyph_cache import cache_folder
from seqreason.errors import DataError, PluginError, UnknownNameError
from seqreason.spec import PluginChoice


@pytest.fixture
def choice(registry, monkeypatch, tmp_path):
    monkeypatch.setenv("SEQREASON_CACHE", str(tmp_path / "cache"))
    return PluginChoice("dots", registry.find("source", "dots").plugin.Config())


@pytest.fixture
def loads(registry, monkeypatch):
    """How often the source itself was asked."""
    plugin = registry.find("source", "dots").plugin
    calls, real = [], plugin.load
    monkeypatch.setattr(plugin, "load", lambda self: calls.append(1) or real(self))
    return calls


def test_glyphs_are_made_once_and_then_read(choice, registry, loads):
    first, second = load_glyphs(choice, registry), load_glyphs(choice, registry)
    assert first.digest() == second.digest()
    assert len(loads) == 1


def test_other_settings_are_other_glyphs(choice, registry, loads):
    load_glyphs(choice, registry)
    load_glyphs(choice.changed({"noise": 3}), registry)
    assert len(loads) == 2


@pytest.mark.parametrize("damage", [b"", b"not a zip file", None])
def test_a_damaged_file_is_made_anew(choice, registry, loads, damage):
    whole = load_glyphs(choice, registry)
    (file,) = (cache_folder() / "glyphs").iterdir()
    file.write_bytes(file.read_bytes()[:-500] if damage is None else damage)
    assert load_glyphs(choice, registry).digest() == whole.digest()
    assert len(loads) == 2


def test_a_cache_that_cannot_be_written_is_done_without(choice, registry, loads, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    load_glyphs(choice, registry)
    assert len(loads) == 1


def test_nothing_half_written_is_left(choice, registry):
    load_glyphs(choice, registry)
    assert [file.suffix for file in (cache_folder() / "glyphs").iterdir()] == [".npz"]


def test_an_error_of_a_source_begins_with_its_name(choice, registry, monkeypatch):
    def refuse(self):
        raise DataError("the folder is empty")

    monkeypatch.setattr(registry.find("source", "dots").plugin, "load", refuse)
    with pytest.raises(DataError, match=r"^source dots: the folder is empty$"):
        load_glyphs(choice, registry)


def test_a_source_that_breaks_is_named_with_the_line(choice, registry, monkeypatch):
    monkeypatch.setattr(registry.find("source", "dots").plugin, "load", lambda self: 1 // 0)
    message = (
        r"source dots of .*tiny_plugins.py .* cannot be loaded: ZeroDivisionError: .*, line \d+"
    )
    with pytest.raises(PluginError, match=message):
        load_glyphs(choice, registry)


def test_a_name_that_a_plug_in_does_not_know_keeps_its_message(registry):
    with (
        pytest.raises(UnknownNameError, match=r"^encoder x: unknown net 'rsn': did you mean 'rn'"),
        registry.named_faults("encoder", "x", "cannot be made"),
    ):
        raise UnknownNameError("rsn", noun="net", known=["rn"])


def test_notes_are_kept_with_the_glyphs(choice, registry, monkeypatch):
    plugin = registry.find("source", "dots").plugin
    real = plugin.load
    monkeypatch.setattr(plugin, "load", lambda self: replace(real(self), notes=("2 left out",)))
    assert (
        load_glyphs(choice, registry).notes
        == load_glyphs(choice, registry).notes
        == ("2 left out",)
    )
