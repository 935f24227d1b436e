"""The time that a recipe needs to reach an accuracy, from the start of the command.

    python -m seqreason_benchmarks.speed.time_to_accuracy --set source.path=letter.data.gz

runs `seqreason run` on two packaged specs, one after the other. It stops each with Ctrl-C when a
validation reaches the target. So the time includes the start of Python, the loading of glyphs, and
a validation every fifty steps. It writes `records/speed/time_to_accuracy.json`.
"""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Annotated, Any, Final

import typer

from seqreason.cli import run_reporting_errors
from seqreason.errors import SeqreasonError
from seqreason_benchmarks.recording import RECORDS, without_folder

_SPECS: Final = ("fast-posterior-ocr", "normal-ocr")
_VALIDATION: Final = ("training.validate_steps=50", "evaluation.valid_examples=1000")
_VALIDATED: Final = re.compile(r"(?:step|epoch) (\d+) of (\d+), valid accuracy ([\d.]+) %")


def main(
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="As for `seqreason run`, in each run."),
    ] = None,
    percent: Annotated[float, typer.Option(help="The valid accuracy to reach, in %.")] = 95.25,
    out: Annotated[Path, typer.Option(help="Where the record is written.")] = RECORDS / "speed",
) -> None:
    """Time both recipes to the accuracy, and write the record."""
    changes = [*_VALIDATION, *(overrides or [])]
    arms = []
    for spec in _SPECS:
        arms.append(_timed(spec, changes, percent=percent))
        typer.echo(json.dumps(arms[-1]))
    settings = "".join(f" --set {without_folder(override)}" for override in overrides or [])
    document = {
        "command": f"python -m seqreason_benchmarks.speed.time_to_accuracy{settings}",
        "target_percent": percent,
        "cores": os.cpu_count(),
        "arms": arms,
        "ratio": round(arms[1]["seconds"] / arms[0]["seconds"], 2),
    }
    path = out / "time_to_accuracy.json"
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    typer.echo(f"{path.name}: {document['ratio']} times as fast")


def _timed(spec: str, overrides: list[str], *, percent: float) -> dict[str, Any]:
    """The seconds from the start of the command to the first validation at *percent*.

    Raises:
        SeqreasonError: the command ended before that.
    """
    settings = [part for override in overrides for part in ("--set", override)]
    started = perf_counter()
    with TemporaryDirectory() as runs:
        command = ["run", spec, *settings, "--seeds", "0", "--runs", runs]
        with subprocess.Popen(  # noqa: S603  # our own command
            [sys.executable, "-m", "seqreason.cli", *command],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "COLUMNS": "200"},
        ) as running:
            assert running.stderr is not None
            for line in running.stderr:
                found = _VALIDATED.search(line)
                if found is not None and float(found[3]) >= percent:
                    running.send_signal(signal.SIGINT)
                    return {
                        "spec": spec,
                        "seconds": round(perf_counter() - started, 1),
                        "place": found[0].partition(",")[0],
                        "valid_percent": float(found[3]),
                    }
    raise SeqreasonError(f"{spec}: the run ended before its valid accuracy reached {percent} %")


if __name__ == "__main__":
    run_reporting_errors(lambda: typer.run(main), name="time_to_accuracy")
