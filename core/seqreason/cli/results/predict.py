"""`seqreason predict`."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from seqreason.cli import options
from seqreason.cli.lazy import lazy_imports, when_run
from seqreason.cli.output import notes_console, print_json, results_console
from seqreason.errors import DataError, SpecError

with lazy_imports():
    from numpy import stack, uint8
    from numpy.typing import NDArray

    from seqreason.data.photographs import UnusableImageError, read_frame, read_glyph
    from seqreason.registry import load_registry
    from seqreason.reports.tables import percent
    from seqreason.runs import Store
    from seqreason.runs.execution.run_context import RunContext
    from seqreason.runs.results.predictor import Prediction, Predictor
    from seqreason.runs.results.selector import Selector


_MOST_TOLD: Final = 5


@when_run
def predict_command(
    cell: Annotated[
        str, typer.Argument(metavar="CELL", help="A finished cell's digest or run folder.")
    ],
    images: Annotated[
        list[Path], typer.Argument(metavar="IMAGE", help="The shown symbols, in their order.")
    ],
    crop: Annotated[
        bool | None,
        typer.Option(
            "--crop/--no-crop",
            help="Crop each image to its ink, fit and centre it; default: unless it has the very "
            "size of the model's frames.",
        ),
    ] = None,
    runs: options.Runs = options.RUNS_FOLDER,
    plugin: options.Plugins = None,
    as_json: options.AsJson = False,
) -> None:
    """Name the symbol that comes next after your own IMAGEs, by the model of a finished cell.

    An image shows one symbol: a photograph, scan or drawing, dark on light or light on dark.

    Examples:

      seqreason predict 3f2a91 a.png c.png e.png
    """
    registry = load_registry(plugin or [])
    folder = Selector(Store(runs), RunContext(registry)).folder(cell)
    predictor = Predictor.of(folder, registry)
    frames = [_frame(path, predictor.frame_size, crop=crop) for path in images]
    predicted = predictor.predict(stack(frames))
    for note in (*predictor.notes, predictor.unusual_length(len(images))):
        if note:
            notes_console().print(note, style="dim", markup=False, soft_wrap=True)
    if as_json:
        digest = (folder.result() or {}).get("digest", "")
        print_json({"cell": digest, **_as_json(predicted, images)})
    else:
        _print(predicted, images)


def _frame(path: Path, size: tuple[int, int], *, crop: bool | None) -> "NDArray[uint8]":
    """The image as the model takes it, shape *size*: white ink on black.

    Raises:
        SpecError: there is no such file, or --no-crop is given and it has not the size of a frame.
        DataError: it cannot be used.
    """
    if not path.is_file():
        raise SpecError(f"{path}: there is no such image file")
    try:
        with path.open("rb") as file:
            frame = None if crop else read_frame(file, size=size)
            file.seek(0)
            if frame is None and crop is False:
                height, width = size
                raise SpecError(
                    f"{path}: --no-crop takes images of {width}×{height} pixels, the model's own"
                )
            return read_glyph(file, ink="auto", size=size) if frame is None else frame
    except UnusableImageError as error:
        raise DataError(f"{path}: {error}") from error
    except OSError as error:
        raise DataError(f"{path}: cannot be opened: {error.strerror}") from error


def _as_json(predicted: "Prediction", images: Sequence[Path]) -> dict[str, Any]:
    shown = [
        {"image": str(path), **asdict(guess)}
        for path, guess in zip(images, predicted.shown, strict=True)
    ]
    return {"shown": shown, "next": [asdict(guess) for guess in predicted.following[:_MOST_TOLD]]}


def _print(predicted: "Prediction", images: Sequence[Path]) -> None:
    """A row an image with what was seen in it; beneath, what comes next."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("image", overflow="fold")
    table.add_column("seen")
    table.add_column("probability", justify="right")
    for path, guess in zip(images, predicted.shown, strict=True):
        table.add_row(escape(str(path)), escape(guess.symbol), percent(guess.probability))
    console = results_console()
    console.print(table)
    first, *others = predicted.following[:_MOST_TOLD]
    message = f"next: {first.symbol}, {percent(first.probability)}"
    rest = ", ".join(f"{guess.symbol} {percent(guess.probability)}" for guess in others)
    console.print(f"{message}; then {rest}", markup=False, highlight=False, soft_wrap=True)
