"""`seqreason predict`."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final

from rich.markup import escape
from typer import Argument, Option

from seqreason.cli import options
from seqreason.cli.lazy import lazy_imports, when_run
from seqreason.cli.output import empty_table, print_json, print_line, print_note, results_console
from seqreason.errors import DataError, SpecError

with lazy_imports():
    from numpy import stack, uint8
    from numpy.typing import NDArray

    from seqreason.data.photographs import UnusableImageError, read_frame, read_glyph
    from seqreason.registry import load_registry
    from seqreason.runs import Store
    from seqreason.runs.execution.run_context import RunContext
    from seqreason.runs.results.predictor import Prediction, Predictor
    from seqreason.runs.results.selector import Selector
    from seqreason.spec.metrics import format_share as percent


_NUM_ANSWERS: Final = 5


@when_run
def predict_command(
    cell: Annotated[
        str, Argument(metavar="CELL", help="The digest or the run folder of a finished cell.")
    ],
    images: Annotated[
        list[Path], Argument(metavar="IMAGE", help="One image per symbol, in order.")
    ],
    crop: Annotated[
        bool | None,
        Option(
            "--crop/--no-crop",
            help="Crop each image to its ink, and centre it. Default: for each image that does not "
            "have the size of the model's frames.",
        ),
    ] = None,
    runs: options.Runs = options.RUNS_FOLDER,
    plugin: options.Plugins = None,
    as_json: options.AsJson = False,
) -> None:
    """Predict the symbol that follows your own images.

    The model is that of a finished cell. Each image shows one symbol: a
    photograph, a scan or a drawing, dark on light or light on dark.

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
            print_note(note)
    if as_json:
        digest = (folder.result() or {}).get("digest", "")
        print_json({"cell": digest, **_as_json(predicted, images)})
    else:
        _print(predicted, images)


def _frame(path: Path, size: tuple[int, int], *, crop: bool | None) -> "NDArray[uint8]":
    """Read an image as a frame of shape *size*, white ink on black.

    Raises:
        SpecError: the file does not exist, or --no-crop is given and its size is not *size*.
        DataError: the image cannot be used.
    """
    if not path.is_file():
        raise SpecError(f"{path}: this image file does not exist")
    try:
        with path.open("rb") as file:
            frame = None if crop else read_frame(file, size=size)
            file.seek(0)
            if frame is None and crop is False:
                height, width = size
                raise SpecError(
                    f"{path}: with --no-crop, an image must have {width}×{height} pixels like the "
                    "model's frames; leave --no-crop out"
                )
            return read_glyph(file, ink="auto", size=size) if frame is None else frame
    except UnusableImageError as error:
        raise DataError(f"{path}: {error}") from error
    except OSError as error:
        raise DataError(f"{path}: cannot open this image: {error.strerror}") from error


def _as_json(predicted: "Prediction", images: Sequence[Path]) -> dict[str, Any]:
    shown = [
        {"image": str(path), **asdict(guess)}
        for path, guess in zip(images, predicted.shown, strict=True)
    ]
    return {"shown": shown, "next": [asdict(guess) for guess in predicted.following[:_NUM_ANSWERS]]}


def _print(predicted: "Prediction", images: Sequence[Path]) -> None:
    """Print a row per image with the symbol that the model read, and the next symbol below."""
    table = empty_table("image", "read as", "probability", numbers=("probability",))
    for path, guess in zip(images, predicted.shown, strict=True):
        table.add_row(escape(str(path)), escape(guess.symbol), percent(guess.probability))
    results_console().print(table)
    first, *others = predicted.following[:_NUM_ANSWERS]
    message = f"next: {first.symbol}, {percent(first.probability)}"
    rest = ", ".join(f"{guess.symbol} {percent(guess.probability)}" for guess in others)
    print_line(f"{message}; then {rest}")
