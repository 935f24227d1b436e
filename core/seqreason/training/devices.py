"""Where training runs and in which precision, through Lightning Fabric."""

import logging
from typing import TYPE_CHECKING, Any

import torch

from seqreason.errors import SpecError
from seqreason.spec import TrainingSpec

if TYPE_CHECKING:
    from lightning_fabric import Fabric


def make_fabric(spec: TrainingSpec, *, devices: int = 1, nodes: int = 1) -> "Fabric":
    """Fabric on the spec's device, in its precision, with a process for each device.

    Raises:
        SpecError: the device asked for is not there.
    """
    # Importing Fabric takes a second, and who only looks at results needs none.
    from lightning_fabric import Fabric  # noqa: PLC0415
    from lightning_fabric.plugins.environments.lightning import (  # noqa: PLC0415
        LightningEnvironment,
    )

    hush_fabric()
    accelerator = _accelerator(spec.device)
    wants_bfloat16 = spec.precision == "bfloat16" or (
        spec.precision == "auto" and has_fast_bfloat16(accelerator)
    )
    precision: Any = "bf16-mixed" if wants_bfloat16 else "32-true"
    # On one machine Fabric starts what is needed itself, though a cluster's launcher be at hand.
    here: dict[str, Any] = {"plugins": LightningEnvironment()} if nodes == 1 else {}
    if devices * nodes == 1:
        return Fabric(accelerator=accelerator, devices=1, precision=precision, **here)
    there = torch.cuda.device_count() if accelerator == "cuda" else devices
    if devices > there or accelerator == "mps":
        raise SpecError(f"--devices {devices}: this machine has {max(there, 1)} of {accelerator}")
    # Spawned processes need no command line to start from; several nodes have a launcher anyway.
    strategy = "ddp_spawn" if nodes == 1 else "ddp"
    return Fabric(
        accelerator=accelerator,
        devices=devices,
        num_nodes=nodes,
        strategy=strategy,
        precision=precision,
        **here,
    )


def hush_fabric() -> None:
    """Keep Fabric from announcing precision and processes: the record of a cell holds them."""
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)


def _accelerator(device: str) -> str:
    there = {
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }
    if device == "auto":
        return next(name for name in ("cuda", "mps", "cpu") if there[name])
    if not there[device]:
        usable = ", ".join(name for name, is_there in there.items() if is_there)
        raise SpecError(f"training.device: this machine has no {device}, only {usable}")
    return device


def has_fast_bfloat16(accelerator: str) -> bool:
    """Whether the processor multiplies bfloat16 matrices in hardware."""
    if accelerator == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    # On processors that only emulate it, bfloat16 is slower than float32.
    return accelerator == "cpu" and (
        torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    )
