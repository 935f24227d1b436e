"""Writes the metrics of training to event files, which TensorBoard shows."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, final

from seqreason import PluginConfig, SpecError, Tracker, TrackerContext

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter


@final
class TensorBoard(Tracker):
    """Writes curves to `tensorboard/` in the cell's run folder, for `tensorboard --logdir runs`.

    Metrics of training batches are under `train/`, those of the valid split under `valid/`. When
    a resumed cell repeats steps, they replace the earlier ones.
    """

    name = "tensorboard"

    def __init__(self, config: PluginConfig, context: TrackerContext) -> None:
        self._writer_class = _writer_class()
        self._folder = context.cell_folder / "tensorboard"
        self._writer: SummaryWriter | None = None

    def measured(self, step: int, metrics: Mapping[str, float]) -> None:
        """Add a point to the curve of each metric, and flush it."""
        if self._writer is None:
            # The cell begins or resumes at this step: TensorBoard drops the points from here on
            # that earlier files of the folder hold.
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
        # Imported here: the package may be missing, and most runs do not need it.
        from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415
    except ImportError as error:
        raise SpecError(
            "needs the package tensorboard: pip install 'seqreason[tensorboard]'"
        ) from error
    return SummaryWriter


def _tag(name: str) -> str:
    """The metric's name in TensorBoard, which groups names by the word before the `/`."""
    if name.startswith("valid_"):
        return f"valid/{name.removeprefix('valid_')}"
    return f"train/{name.removeprefix('batch_')}"
