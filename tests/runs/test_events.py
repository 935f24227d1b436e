"""Events: what a worker tells through a file is heard, once and in order."""

from types import SimpleNamespace

import pytest

from seqreason.runs import CellResult
from seqreason.runs.execution.events import EventFile, Watch, watching


class Heard:
    def __init__(self):
        self.message = []

    def started(self, cell, step):
        self.message.append(("started", cell.digest, step))

    def measured(self, cell, step, metrics):
        self.message.append(("measured", cell.digest, step, metrics))

    def ended(self, cell, result):
        self.message.append(("ended", cell.digest, result.status))

    def noted(self, message):
        self.message.append(("noted", message))


@pytest.fixture
def cell():
    return SimpleNamespace(digest="x")


RESULT = CellResult("x", "tiny", "tiny", 0, "finished")


def test_events_are_reported_once_and_in_order(tmp_path, cell):
    path, heard = tmp_path / "progress.jsonl", Heard()
    watch = Watch([(cell, path)], heard)
    events = EventFile(path)
    events.started(0)
    watch.look()
    watch.look()
    events.measured(10, {"loss": 0.5})
    watch.end(cell, RESULT)
    assert heard.message == [
        ("started", "x", 0),
        ("measured", "x", 10, {"loss": 0.5}),
        ("ended", "x", "finished"),
    ]
    assert not path.exists()


def test_what_an_earlier_process_left_is_not_reported(tmp_path, cell):
    path, heard = tmp_path / "progress.jsonl", Heard()
    EventFile(path).started(7)
    watch = Watch([(cell, path)], heard)
    watch.look()
    assert heard.message == []
    # A new claim begins the file anew, here with more in it than there was.
    events = EventFile(path)
    events.started(8)
    events.measured(9, {})
    watch.look()
    assert heard.message == [("started", "x", 8), ("measured", "x", 9, {})]


def test_a_line_that_is_half_written_waits_for_its_end(tmp_path, cell):
    path, heard = tmp_path / "progress.jsonl", Heard()
    watch = Watch([(cell, path)], heard)
    EventFile(path)
    with path.open("a") as file:
        file.write('{"event": "started", ')
        file.flush()
        watch.look()
        assert heard.message == []
        file.write('"step": 3}\n')
        file.flush()
        watch.look()
    assert heard.message == [("started", "x", 3)]


def test_a_watch_looks_by_itself(tmp_path, cell):
    path, heard = tmp_path / "progress.jsonl", Heard()
    with watching([(cell, path)], heard) as watch:
        EventFile(path).started(1)
        watch.note("hello")
        watch.end(cell, RESULT)
    assert ("started", "x", 1) in heard.message
    assert ("noted", "hello") in heard.message
