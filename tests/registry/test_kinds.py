"""A new kind of plug-in: what it must bring, and that nothing else lists the kinds."""

from pathlib import Path

import pytest
from pydantic import BaseModel

import seqreason
from seqreason import testing
from seqreason.interfaces import Plugin
from seqreason.registry.kinds import KINDS, Kind
from seqreason.scaffold.writing import spec_parts
from seqreason.spec import BenchmarkSpec, load_benchmark
from seqreason.spec.choice import chosen_plugins

ROOT = Path(__file__).parent.parent.parent
CORE = ROOT / "core" / "seqreason"


class Oracle(Plugin):
    """An interface that has only just been written."""


def missing_pieces(kind):
    """What a kind of plug-in still lacks."""
    name = kind.name
    home = CORE / f"{kind.interface.__module__.removeprefix('seqreason.').replace('.', '/')}.py"
    page = Path("how-to") / f"{name}.md"
    if not home.is_file() or kind.interface.__name__ not in seqreason.__all__:
        yield f"seqreason.{kind.interface.__name__}"
    if not hasattr(testing.laws, name):
        yield f"testing/laws/{name}.py"
    if not (CORE / "scaffold" / "templates" / "plugins" / f"{name}.py.template").is_file():
        yield f"scaffold/templates/plugins/{name}.py.template"
    if not (ROOT / "docs" / page).is_file():
        yield f"docs/{page}"
    if f"]({page.name})" not in (ROOT / "docs" / "how-to" / "index.md").read_text():
        yield f"a link to {page} in docs/how-to/index.md"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_has_all_its_pieces(kind):
    assert list(missing_pieces(kind)) == []


def test_a_kind_without_its_pieces_is_caught():
    assert list(missing_pieces(Kind("oracle", "seqreason_oracles", Oracle))) == [
        "seqreason.Oracle",
        "testing/laws/oracle.py",
        "scaffold/templates/plugins/oracle.py.template",
        "docs/how-to/oracle.md",
        "a link to how-to/oracle.md in docs/how-to/index.md",
    ]


def test_the_laws_of_a_kind_are_those_of_its_own_module():
    assert [laws.kind for laws in testing.ALL_LAWS] == [kind.name for kind in KINDS]


def test_a_kind_is_named_after_its_hook_and_made_of_what_the_hook_returns():
    def seqreason_oracles() -> list[type[seqreason.Encoder]]:
        """An oracle."""

    expected = Kind("oracle", "seqreason_oracles", seqreason.Encoder)
    assert Kind.of(seqreason_oracles) == expected


def test_every_kind_that_a_spec_names_has_parts_for_new_packages(registry):
    chosen = chosen_plugins(load_benchmark("quickstart", registry))
    assert set(spec_parts()) == {kind for kind, _ in chosen}


def test_every_plug_in_of_a_spec_is_found_at_any_depth(registry):
    spec = load_benchmark("quickstart", registry)

    class Inner(BaseModel):
        spec: BenchmarkSpec

    class Outer(BaseModel):
        named: dict[str, Inner]

    found = list(chosen_plugins(Outer(named={"one": Inner(spec=spec)})))
    assert found == list(chosen_plugins(spec))
    assert [kind for kind, _ in found] == [
        *("source", "generator", "encoder", "reasoner"),
        *("objective", "labels", "labels", "forcing"),
    ]


def test_a_shifted_test_s_own_source_is_found(make_data, registry):
    data = make_data(evaluation={"shifted": {"others": {"source": {"kind": "ten-dots"}}}})
    *_, (kind, choice) = chosen_plugins(load_benchmark(data, registry))
    assert (kind, choice.kind) == ("source", "ten-dots")


def test_a_run_that_names_no_executor_uses_the_only_default(registry):
    assert registry.default("executor") == "sequential"


def test_a_kind_without_a_default_is_an_error_that_says_what_to_do(registry):
    message = "expected one tracker with `is_default = True`, got none; name the tracker to use"
    with pytest.raises(seqreason.PluginError, match=message):
        registry.default("tracker")
