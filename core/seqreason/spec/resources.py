"""What a cell takes of a machine: told to executors, and no part of a cell's identity."""

from typing import Annotated, final

from pydantic import Field

from seqreason.settings import Settings


@final
class ResourceSpec(Settings):
    """What each cell takes of the machine that computes it."""

    cpus: Annotated[int, Field(ge=1)] | None = Field(
        None, description="processor cores (and threads) of each cell; null: they are shared out"
    )
    gpus: float = Field(
        0, ge=0, description="GPUs of each cell, where the executor gives them out; 0.5: two share"
    )
