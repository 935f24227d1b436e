"""The environment in which a cell is computed."""

import os
import platform
import re
import subprocess
from functools import cache
from importlib.metadata import requires, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from lightning_fabric import Fabric


def environment(fabric: "Fabric") -> dict[str, Any]:
    """Versions, commit, hardware, precision and threads, as plain data."""
    device = fabric.device
    return {
        "python": platform.python_version(),
        "seqreason": version("seqreason"),
        **_dependencies(),
        "commit": _commit(),
        "platform": platform.platform(terse=True),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else device.type,
        "precision": str(fabric._precision.precision),
    }


def _dependencies() -> dict[str, str]:
    required = (line for line in requires("seqreason") or [] if "extra ==" not in line)
    names = [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in required]
    return {name: version(name) for name in names}


def _processor() -> str:
    """The processor's name, or its architecture if the system does not give the name."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


@cache
def _commit() -> str | None:
    """The commit of this package, `-dirty` with changes; None outside a checkout."""
    here = Path(__file__).parent
    command = ["git", "-C", str(here), "describe", "--always", "--dirty", "--abbrev=40"]
    try:
        result = subprocess.run(  # noqa: S603  # a fixed command line
            command, capture_output=True, text=True, check=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return result.stdout.strip()
