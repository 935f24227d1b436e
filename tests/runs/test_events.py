"""Events: what a worker writes to a file reaches the observer, once and in order."""

from types import SimpleNamespace

import pytest

from seqreason.runs import CellResult
from seqreason.runs.execution.events import EventFile, Watch, watching


class Recorder:
    def __init__(self):
        self.events = []

    def started(self, cell, step):
        self.events.append(("started", cell.digest, step))

    def measured(self, cell, step, metrics):
        self.events.append(("measured", cell.digest, step, metrics))

    def ended(self, cell, result):
        self.events.append(("ended", cell.digest, result.status))

    def noted(self, message):
        self.events.append(("noted", message))


@pytest.fixture
def cell():
    return SimpleNamespace(digest="x")


RESULT = CellResult("x", "tiny", "tiny", 0, "finished")


def test_events_arrive_once_and_in_order(tmp_path, cell):
    path, recorder = tmp_path / "progress.jsonl", Recorder()
    watch = Watch([(cell, path)], recorder)
    events = EventFile(path)
    events.started(0)
    watch.look()
    watch.look()
    events.measured(10, {"loss": 0.5})
    watch.end(cell, RESULT)
    assert recorder.events == [
        ("started", "x", 0),
        ("measured", "x", 10, {"loss": 0.5}),
        ("ended", "x", "finished"),
    ]
    assert not path.exists()


def test_events_of_an_earlier_process_are_ignored(tmp_path, cell):
    path, recorder = tmp_path / "progress.jsonl", Recorder()
    EventFile(path).started(7)
    watch = Watch([(cell, path)], recorder)
    watch.look()
    assert recorder.events == []
    # A new claim begins a new file, here with more events than before.
    events = EventFile(path)
    events.started(8)
    events.measured(9, {})
    watch.look()
    assert recorder.events == [("started", "x", 8), ("measured", "x", 9, {})]


def test_an_incomplete_line_is_read_when_it_is_complete(tmp_path, cell):
    path, recorder = tmp_path / "progress.jsonl", Recorder()
    watch = Watch([(cell, path)], recorder)
    EventFile(path)
    with path.open("a") as file:
        file.write('{"event": "started", ')
        file.flush()
        watch.look()
        assert recorder.events == []
        file.write('"step": 3}\n')
        file.flush()
        watch.look()
    assert recorder.events == [("started", "x", 3)]


def test_a_watch_looks_by_itself(tmp_path, cell):
    path, recorder = tmp_path / "progress.jsonl", Recorder()
    with watching([(cell, path)], recorder) as watch:
        EventFile(path).started(1)
        watch.note("hello")
        watch.end(cell, RESULT)
    assert ("started", "x", 1) in recorder.events
    assert ("noted", "hello") in recorder.events
