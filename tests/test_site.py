"""The site: no link in it is dead, and its reference holds all that the code has."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

import seqreason
from seqreason.cli import app
from seqreason.registry.kinds import KINDS
from seqreason.spec import load_benchmark
from seqreason.spec.metrics import MEANINGS, metric_names
from seqreason.testing import ALL_LAWS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
FENCE = re.compile(r"^(```+)[^\n]*\n.*?^\1\s*$", re.M | re.S)
LINK = re.compile(r"\]\((?!https?://)(?P<path>[^)#\s]*)(?:#(?P<anchor>[^)\s]+))?\)")
NAMED_TEST = re.compile(r"`?(tests/[\w/]+\.py)::(test_\w+)`?")


@pytest.fixture(scope="module")
def filled():
    """Fills what a page has made from the code."""
    sys.path.insert(0, str(DOCS / "_extension"))
    from seqreason_site.generated import filled

    yield filled
    sys.path.remove(str(DOCS / "_extension"))


def anchors(page):
    """What a link to a heading of *page* can say, as MyST and repository views make it."""
    seen = {}
    for title in re.findall(r"^#+ (.+)$", FENCE.sub("", page), re.M):
        slug = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        count = seen.get(slug, 0)
        seen[slug] = count + 1
        yield f"{slug}-{count}" if count else slug


def dead_links(page, path, filled):
    """The links of the text *page*, which stands at *path*, that lead nowhere."""
    for found in LINK.finditer(FENCE.sub("", page)):
        target = path if not found["path"] else (path.parent / found["path"]).resolve()
        anchor = found["anchor"]
        if not (target.exists() and (not anchor or anchor in anchors(filled(target.read_text())))):
            yield found.group()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_and_anchor_leads_somewhere(path, filled):
    assert list(dead_links(filled(path.read_text()), path, filled)) == []


def test_a_dead_link_and_a_dead_anchor_are_found(filled):
    page = "[a](nowhere.md) [b](specs.md#no-such) [c](specs.md#metrics) [d](#no-such)"
    dead = list(dead_links(page, DOCS / "index.md", filled))
    assert dead == ["](nowhere.md)", "](specs.md#no-such)", "](#no-such)"]


def test_the_readme_leads_to_the_encoder_page_by_one_click():
    assert "[How do I add my encoder?](docs/how-to/encoder.md)" in (ROOT / "README.md").read_text()
    assert "[How do I add my encoder?](how-to/encoder.md)" in (DOCS / "index.md").read_text()


def test_the_reference_tells_every_hook_and_every_method_of_an_interface(filled):
    hooks = filled((DOCS / "reference" / "hooks.md").read_text())
    interfaces = filled((DOCS / "reference" / "interfaces.md").read_text())
    for kind in KINDS:
        assert f"def {kind.hook}() -> list[type[{kind.interface.__name__}]]" in hooks
        for method in kind.interface.__abstractmethods__:
            assert f"### {kind.interface.__name__}.{method}\n" in interfaces


def test_the_reference_tells_every_setting_of_every_built_in_plug_in(filled, registry):
    result = filled((DOCS / "reference" / "plugins.md").read_text())
    for kind in KINDS:
        for found in registry.of_kind(kind.name):
            if found.origin.distribution == "seqreason":
                section = result.partition(f"### {kind.name} {found.name}\n")[2].partition("\n## ")[
                    0
                ]
                for name, field in found.plugin.Config.model_fields.items():
                    assert f"| `{name}` |" in section, (found.name, name)
                    assert field.description in section


@pytest.mark.parametrize(
    "row",
    [
        "| `smoothing` | number, ≥\N{NO-BREAK SPACE}0, ≤\N{NO-BREAK SPACE}1 | s: the mass that is "
        "spread evenly | `0.2` |",
        "| `cell` | `gru` or `lstm` | gru or lstm | `gru` |",
    ],
)
def test_a_setting_is_reported_with_its_type_bounds_and_default(filled, row):
    assert row in filled((DOCS / "reference" / "plugins.md").read_text())


def test_a_long_signature_is_reported_an_argument_a_line(filled):
    result = filled((DOCS / "reference" / "python.md").read_text())
    assert (
        "def dataset(\n    spec: str | Path | Mapping[str, Any],\n    split: str = 'train',\n"
        "    *,\n    seed: int | None = None,\n"
    ) in result


def test_the_reference_tells_every_command_and_option(filled):
    result = filled((DOCS / "reference" / "cli.md").read_text())

    def check(path, command):
        for name, inner in getattr(command, "commands", {}).items():
            check(f"{path} {name}", inner)
        if not hasattr(command, "commands"):
            section = result.partition(f"## {path}\n")[2].partition("\n## ")[0]
            for option in [name for one in command.params for name in one.opts if name[0] == "-"]:
                assert f"`{option}`" in section or option in ("--help", "-h"), (path, option)

    check("seqreason", typer.main.get_command(app))


def test_the_reference_tells_every_law_of_every_kind(filled):
    result = filled((DOCS / "reference" / "conformance.md").read_text())
    assert [laws.kind for laws in ALL_LAWS] == re.findall(r"^## (\w+)$", result, re.M)
    for laws in ALL_LAWS:
        for law in laws.laws:
            assert f"| `{law.name}` | {law.statement} |" in result


def test_every_metric_of_a_cell_has_a_meaning_that_the_documents_tell(
    filled, registry, make_data, tiny_plugins, tmp_path
):
    (cell,) = seqreason.run(make_data(), plugins=[tiny_plugins], runs=tmp_path)
    names = metric_names(load_benchmark(make_data(), registry))
    assert set(cell.metrics) == set(names) == set(MEANINGS)
    result = filled((DOCS / "reference" / "metrics.md").read_text())
    by_hand = (DOCS / "specs.md").read_text()
    for name, meaning in MEANINGS.items():
        assert f"| `{name}` | {meaning} |" in result
        assert f"`{name}`" in by_hand


def test_every_test_that_the_laws_name_is_there():
    named = NAMED_TEST.findall((DOCS / "laws.md").read_text())
    assert len(named) >= 9
    for path, name in named:
        assert f"def {name}(" in (ROOT / path).read_text(), name


@pytest.mark.slow
def test_the_site_is_built_without_a_warning_and_asks_nothing_of_the_network(tmp_path):
    out = tmp_path / "site"
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    folders = ["-d", str(tmp_path / "doctrees"), str(DOCS), str(out)]
    result = subprocess.run([*command, *folders], capture_output=True, text=True, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    for page in out.rglob("*.html"):
        text = page.read_text()
        loaded = re.findall(r"<(?:script|img|link|iframe)[^>]+(?:src|href)=\"(\S+?)\"", text)
        assert [url for url in loaded if "//" in url] == [], page
        links = re.findall(r"<a[^>]+href=\"([^\"#?]+)", text)
        inside = [link for link in links if "//" not in link]
        assert [link for link in inside if not (page.parent / link).is_file()] == [], page
    source = out / "source" / "core" / "seqreason" / "randomness.py.html"
    assert "Philox4x32-10" in source.read_text()
