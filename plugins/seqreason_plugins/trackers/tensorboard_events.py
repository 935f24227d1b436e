"""Writes what is measured in training to event files, which TensorBoard shows."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, final

from seqreason import PluginConfig, SpecError, Tracker, TrackerContext

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter


@final
class TensorBoard(Tracker):
    """Writes curves to `tensorboard/` in the cell's run folder, for `tensorboard --logdir runs`.

    What is measured on training batches stands under `train/`, on valid under `valid/`. The steps
    that a resumed cell takes a second time replace those of the first.
    """

    name = "tensorboard"

    def __init__(self, config: PluginConfig, context: TrackerContext) -> None:
        self._writer_class = _writer_class()
        self._folder = context.cell_folder / "tensorboard"
        self._writer: SummaryWriter | None = None

    def measured(self, step: int, metrics: Mapping[str, float]) -> None:
        """A point of each metric's curve, which TensorBoard sees at once."""
        if self._writer is None:
            # The first step that is told is where the cell begins, again perhaps: TensorBoard
            # drops the points from there on that earlier files of the folder hold.
            self._writer = self._writer_class(str(self._folder), purge_step=step)
        for name, value in metrics.items():
            self._writer.add_scalar(_tag(name), value, step)
        self._writer.flush()

    def close(self) -> None:
        """Close the event file, if there is one."""
        if self._writer is not None:
            self._writer.close()


def _writer_class() -> type["SummaryWriter"]:
    try:
        # Here and not above: the package may be missing, and most runs need not wait for it.
        from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415
    except ImportError as error:
        raise SpecError(
            "needs the package tensorboard: pip install 'seqreason[tensorboard]'"
        ) from error
    return SummaryWriter


def _tag(name: str) -> str:
    """The metric's name in TensorBoard, which shows what has one word before the `/` together."""
    if name.startswith("valid_"):
        return f"valid/{name.removeprefix('valid_')}"
    return f"train/{name.removeprefix('batch_')}"
