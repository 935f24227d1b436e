"""The device and the precision of training, and its processes, through Lightning Fabric."""

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
        SpecError: this machine does not have the device that the spec asks for.
    """
    # Importing Fabric takes a second, and commands that only read results do not need it.
    from lightning_fabric import Fabric  # noqa: PLC0415
    from lightning_fabric.plugins.environments import lightning  # noqa: PLC0415

    hush_fabric()
    accelerator = _accelerator(spec.device)
    wants_bfloat16 = spec.precision == "bfloat16" or (
        spec.precision == "auto" and has_fast_bfloat16(accelerator)
    )
    precision = "bf16-mixed" if wants_bfloat16 else "32-true"
    options: dict[str, Any] = {"accelerator": accelerator, "precision": precision}
    if nodes == 1:
        # On one machine Fabric starts its processes itself, even inside a cluster's job.
        options["plugins"] = lightning.LightningEnvironment()
    if devices * nodes == 1:
        return Fabric(devices=1, **options)
    number = torch.cuda.device_count() if accelerator == "cuda" else devices
    if devices > number or accelerator == "mps":
        raise SpecError(f"--devices {devices}: this machine has {max(number, 1)} of {accelerator}")
    # Spawned processes need no command line to start from; several nodes have a launcher.
    strategy = "ddp_spawn" if nodes == 1 else "ddp"
    return Fabric(devices=devices, num_nodes=nodes, strategy=strategy, **options)


def hush_fabric() -> None:
    """Silence Fabric's lines on precision and processes: the record of a cell holds both."""
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)


def process_weight(fabric: "Fabric", count: int) -> float:
    """The factor of this process's mean over *count* losses in the mean over all processes.

    Data-parallel training averages gradients over processes. With n_p of N losses in this one of W
    processes, the factor W · n_p / N makes that average the gradient of the whole batch's mean.
    """
    if fabric.world_size == 1:
        return 1.0
    own = torch.tensor(float(count), device=fabric.device)
    # A copy, because the sum is written into its argument.
    everyone = fabric.all_reduce(own.clone(), reduce_op="sum")
    assert isinstance(everyone, torch.Tensor)
    return float(own * fabric.world_size / everyone)


def _accelerator(device: str) -> str:
    has_cuda, has_mps = torch.cuda.is_available(), torch.backends.mps.is_available()
    is_available = {"cpu": True, "cuda": has_cuda, "mps": has_mps}
    if device == "auto":
        return next(name for name in ("cuda", "mps", "cpu") if is_available[name])
    if not is_available[device]:
        usable = ", ".join(name for name, is_usable in is_available.items() if is_usable)
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
