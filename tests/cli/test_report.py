"""`seqreason report`: one page about the finished cells, which needs no other file."""

import json
import re
import shutil
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

import seqreason
from seqreason.cli import app
from seqreason.cli.benchmarks.run_output import results_as_json
from seqreason.errors import SpecError
from seqreason.reports.amounts import format_interval
from seqreason.reports.pictures import keep_pictures
from seqreason.reports.web import Budget, chapter_of
from seqreason.runs import Store
from seqreason.runs.execution.run_context import run_context_of
from seqreason.runs.results.report_data import _arms, plan_report_data
from seqreason.spec import load_plan

TINY_PLUGINS = str(Path(__file__).parent.parent / "tiny_plugins.py")
ODD = "<b>lstm</b> & $x$"
BASELINE = {
    "benchmark": "tiny",
    "source": {"kind": "dots"},
    "generator": {"kind": "normal"},
    "encoder": {"kind": "residual-cnn", "channels": [4], "features": 16},
    "reasoner": {"kind": "recurrent", "hidden": 8, "layers": 1},
    "loss": {
        "objective": {"kind": "mse"},
        "perception": {"kind": "hard"},
        "prediction": {"kind": "hard"},
        "forcing": {"kind": "teacher"},
    },
    "training": {"examples": 40, "epochs": 1, "batch_size": 20, "precision": "float32"},
    "evaluation": {"examples": 30, "valid_examples": 20, "train_examples": 20},
}
ABLATION = {
    "ablation": "mine",
    "claim": "LSTM is better",
    "baseline": BASELINE,
    "changes": {ODD: {"reasoner.cell": "lstm"}, "wide": {"reasoner.hidden": 9}},
    "smallest_difference": 0.01,
    "seeds": [0, 1],
}
SEARCH = {
    "suite": "tuned",
    "benchmarks": [{**BASELINE, "benchmark": "tuned"}],
    "axes": {"reasoner.hidden": {"low": 4, "high": 6, "integer": True}},
    "search": {"trials": 1, "pruning": False},
    "seeds": [0],
}


class Page(HTMLParser):
    """The references of a page, its elements, and its text."""

    def __init__(self, html):
        super().__init__()
        self.references, self.tags, self.text = [], set(), ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        addresses = ("src", "href", "xlink:href", "srcset", "data", "action", "poster")
        self.references += [value for name, value in attributes if name in addresses]

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A folder with an ablation, run at two seeds, its file, and that of a search."""
    folder = tmp_path_factory.mktemp("reported")
    (folder / "mine.yaml").write_text(yaml.safe_dump(ABLATION))
    (folder / "tuned.yaml").write_text(yaml.safe_dump(SEARCH))
    results = seqreason.run(folder / "mine.yaml", plugins=[TINY_PLUGINS], runs=folder / "runs")
    assert results.all_finished
    # As `seqreason run` draws them; drawing them for every cell and test would take long.
    drawn, *others = [cell for cell in results if cell.seed == 0]
    assert len(keep_pictures(drawn).captions) == 2
    for cell in others:
        for picture in Path(drawn.folder).glob("*.png"):
            shutil.copy(picture, cell.folder)
    return folder, results


@pytest.fixture(scope="session")
def html(made):
    """The page on the ablation."""
    folder, _ = made
    out = folder / "whole.html"
    words = [str(folder / "mine.yaml"), "--runs", str(folder / "runs"), "--out", str(out)]
    result = CliRunner().invoke(app, ["report", *words, "--plugin", TINY_PLUGINS])
    assert result.exit_code == 0
    return out.read_text(encoding="utf-8")


@pytest.fixture
def report(made, monkeypatch):
    """Runs the command; returns the page that it wrote, and what it printed."""
    folder, _ = made
    monkeypatch.chdir(folder)

    def report(*arguments, out="report.html"):
        words = ["report", *arguments, "--out", out, "--plugin", TINY_PLUGINS]
        result = CliRunner().invoke(app, words)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Path(out).read_text(encoding="utf-8"), result.stdout

    return report


def spaced(text):
    return " ".join(text.split())


def test_nothing_on_the_page_links_outside_of_it(html):
    page = Page(html)
    assert page.references
    assert all(address.startswith(("#", "data:image/png;base64,")) for address in page.references)
    assert not page.tags & {"script", "link", "iframe", "base", "object", "embed"}
    assert not re.search(r"@import|url\((?!#)", html)
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", html)


def test_the_check_of_references_finds_one_that_leads_outside():
    page = Page("<svg><image xlink:href='https://a'/></svg><img src='b.png'>")
    assert page.references == ["https://a", "b.png"]


def test_the_page_has_the_evidence_in_the_words_and_numbers_of_a_run(html, made):
    text = spaced(Page(html).text)
    arms, contrasts = made[1].evidence()
    for sentence in results_as_json(made[1])["summary"]:
        assert spaced(sentence) in text
    for arm in arms:
        assert format_interval(arm.estimate, "test_accuracy") in text
    for found in contrasts:
        assert format_interval(found.difference, "test_accuracy", signed=True) in text
    assert f"Is “{ODD}” better than “baseline” in test_accuracy?" in text


def test_the_page_has_every_cell_plot_picture_and_circumstance(html, made):
    page = Page(html)
    for cell in made[1]:
        assert cell.digest[:12] in page.text
    assert {"svg", "img", "figure"} <= page.tags
    pictures = [address for address in page.references if address.startswith("data:")]
    assert len(pictures) == 2 * 3
    for heading in ("Test accuracy by length", "Environment", "reasoner.cell", "torch"):
        assert heading in page.text


def test_a_name_is_shown_as_it_is_and_never_read_as_markup(html):
    page = Page(html)
    assert ODD in page.text
    assert "b" not in page.tags


def test_missing_cells_are_named_with_the_command_and_nothing_is_computed(report, made):
    before = sorted((made[0] / "runs").rglob("*"))
    html, output = report("mine.yaml", "--seeds", "0,1,2", "--set", "training.epochs=1")
    command = (
        f"seqreason run mine.yaml --set training.epochs=1 --seeds 0,1,2 --plugin {TINY_PLUGINS}"
    )
    assert f"mine: 3 cells missing; this computes them: {command}\n" in output
    assert command in Page(html).text
    assert "new: this seed has not been run" in Page(html).text
    assert sorted((made[0] / "runs").rglob("*")) == before


def test_without_a_spec_the_page_has_all_that_the_run_folder_holds(report):
    html, output = report()
    text = Page(html).text
    assert "report.html: 6 cells" in output
    assert "reasoner.cell=lstm, reasoner.hidden=8" in text
    assert "Question" not in text


def test_arms_that_differ_in_many_settings_are_numbered():
    few = [{"a": 1, "b": None}, {"a": 2, "b": None}]
    many = [{"a" * 50: 1}, {"a" * 50: 2}, {"a" * 50: 1}]
    blank = [{"a": None}, {}]
    assert _arms("tiny", few) == ["a=1", "a=2"]
    assert _arms("tiny", many) == ["tiny 1", "tiny 2", "tiny 1"]
    assert _arms("tiny", blank) == ["tiny 1", "tiny 2"]
    assert _arms("tiny", [{}, {}]) == ["tiny", "tiny"]


def test_json_says_where_the_page_is_how_many_cells_it_has_and_what_is_missing(report):
    _, output = report("mine.yaml", "--seeds", "0,2", "--json", out="other.html")
    document = json.loads(output)
    assert (document["report"], document["cells"]) == ("other.html", 3)
    arms = [(each["arm"], each["seed"]) for each in document["missing"]]
    assert arms == [("baseline", 2), (ODD, 2), ("wide", 2)]
    assert all(each["command"].startswith("seqreason run") for each in document["missing"])


def test_a_run_folder_with_nothing_finished_is_an_error_that_says_what_to_run(report):
    with pytest.raises(
        SpecError, match=r"no cell of this report is finished; first run\n  seqreason run SPEC --"
    ):
        report("--runs", "nowhere")
    with pytest.raises(SpecError, match=r"first run\n  seqreason run mine.yaml --seeds 7 --plugin"):
        report("mine.yaml", "--seeds", "7")
    assert SpecError.exit_code == 2


def test_a_place_where_no_page_can_be_is_refused_first(report):
    with pytest.raises(
        SpecError, match=r"--out no/page\.html: the folder no does not exist; make it"
    ):
        report("mine.yaml", out="no/page.html")
    with pytest.raises(SpecError, match="--out runs: this is a folder"):
        report("mine.yaml", out="runs")


def test_the_page_takes_its_place_whole(html, made):
    assert not list(made[0].glob("*.part"))


def test_pictures_that_would_make_the_page_too_large_are_left_out_with_a_remark(report, made):
    context, store = run_context_of((TINY_PLUGINS,)), Store(made[0] / "runs")
    plan = load_plan("mine.yaml", context.registry)
    chapter = chapter_of(plan_report_data(plan, context, store, command=""), Budget(0))
    assert not chapter.pictures
    (remark,) = chapter.remarks
    assert remark.startswith("6 more pictures would make this page too large")


def test_a_search_is_on_the_page_once_it_has_ended(report, made, tmp_path):
    runs = str(tmp_path / "searched")
    shutil.copytree(made[0] / "runs", runs)
    _, output = report("mine.yaml", "tuned.yaml", "--runs", runs)
    assert "tuned: 1 cell missing" in output
    seqreason.run("tuned.yaml", plugins=[TINY_PLUGINS], runs=runs)
    html, output = report("tuned.yaml", "--runs", runs)
    assert "missing" not in output
    assert "tuned: the best of 1 trial has reasoner.hidden" in Page(html).text


def test_the_template_lies_beside_the_code_that_reads_it():
    names = {entry.name for entry in files("seqreason.reports.web").iterdir()}
    assert {"page.html.jinja", "page.css"} <= names
