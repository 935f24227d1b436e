"""Data-parallel training of one cell: how many processes share each of its batches."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

from seqreason.errors import SpecError
from seqreason.spec import TrainingSpec
from seqreason.training import make_fabric

if TYPE_CHECKING:
    from lightning_fabric import Fabric


@final
@dataclass(frozen=True)
class Parallel:
    """On how many *devices* of each of how many *nodes* a cell is trained.

    The batch that the spec declares is shared out among them, so a step sees the same examples on
    one device and on many. Several nodes need a launcher, such as torchrun, that starts the same
    command once for every device.
    """

    devices: int = 1
    nodes: int = 1

    def __post_init__(self) -> None:
        if self.devices < 1 or self.nodes < 1:
            raise SpecError(
                f"--devices {self.devices} --nodes {self.nodes}: expected at least 1 of each"
            )

    def fabric(self, spec: TrainingSpec) -> "Fabric":
        """Fabric on these devices, not launched yet.

        Raises:
            SpecError: a device asked for is not there, or a batch is too small to be shared.
        """
        if spec.batch_size < self.devices * self.nodes:
            raise SpecError(
                f"training.batch_size: a batch of {spec.batch_size} cannot be shared by "
                f"{self.devices * self.nodes} processes"
            )
        return make_fabric(spec, devices=self.devices, nodes=self.nodes)

    def launch(self, spec: TrainingSpec, work: Callable[..., Any], *arguments: Any) -> Any:
        """What *work*(fabric, *arguments) returns in the first process; all of them run it."""
        fabric = self.fabric(spec)
        if self.devices * self.nodes == 1:
            return work(fabric, *arguments)
        return fabric.launch(work, *arguments)
