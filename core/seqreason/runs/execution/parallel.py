"""Data-parallel training of one cell: how many processes share each of its batches."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, final

from seqreason.errors import SpecError
from seqreason.spec import TrainingSpec
from seqreason.training import make_fabric

if TYPE_CHECKING:
    from lightning_fabric import Fabric

# Set by torchrun and SLURM.
_RANKS: Final = ("RANK", "SLURM_PROCID")


@final
@dataclass(frozen=True)
class Parallel:
    """The *nodes* that train one cell, and the *devices* of each.

    They share the batch of the spec, so a step has the same examples on one device and on many.
    Several nodes need a launcher, such as torchrun, that starts the same command once for every
    device.
    """

    devices: int = 1
    nodes: int = 1

    def __post_init__(self) -> None:
        if self.devices < 1 or self.nodes < 1:
            raise SpecError(
                f"--devices {self.devices} --nodes {self.nodes}: expected at least 1 of each"
            )
        if self.is_spread and _rank() is None:
            raise SpecError(
                f"--nodes {self.nodes}: needs a launcher that starts this command on every node, "
                f"such as: torchrun --nnodes {self.nodes} --nproc-per-node {self.devices} "
                "--rdzv-backend c10d --rdzv-endpoint HOST:PORT -m seqreason.cli run …"
            )

    @property
    def is_spread(self) -> bool:
        """Whether a launcher started this process on one of several nodes."""
        return self.nodes > 1

    @property
    def is_first(self) -> bool:
        """Whether this process stores and reports the results."""
        return not self.is_spread or _rank() == 0

    def fabric(self, spec: TrainingSpec) -> "Fabric":
        """The Fabric of these devices, not yet launched.

        Raises:
            SpecError: a device is missing, or a batch is too small to be shared.
        """
        if spec.batch_size < self.devices * self.nodes:
            raise SpecError(
                f"training.batch_size: a batch of {spec.batch_size} cannot be shared by "
                f"{self.devices * self.nodes} processes"
            )
        return make_fabric(spec, devices=self.devices, nodes=self.nodes)

    def launch(self, spec: TrainingSpec, work: Callable[["Fabric"], Any]) -> Any:
        """Run *work*(fabric) in all processes; returns the first one's result."""
        fabric = self.fabric(spec)
        if self.devices * self.nodes == 1:
            return work(fabric)
        return fabric.launch(work)


def _rank() -> int | None:
    """The rank of this process, from its launcher; None without a launcher."""
    rank = next((os.environ[name] for name in _RANKS if name in os.environ), None)
    return None if rank is None else int(rank)
