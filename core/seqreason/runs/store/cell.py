"""A cell: one benchmark at one seed, named by what its result depends on."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, final

from seqreason.registry import Registry
from seqreason.registry.provenance import source_digest
from seqreason.spec import BenchmarkSpec, PluginChoice
from seqreason.spec.choice import chosen_plugins
from seqreason.spec.digest import canonical, digest_of


@final
@dataclass(frozen=True)
class Cell:
    """One benchmark × one seed: the unit that is run, kept, resumed and compared.

    `identity` is plain data holding all that the result depends on: the canonical spec, the
    seed, the data's digest, and the version and source of each plug-in. Its hash is the
    `digest`, so a cell that has been computed is found again, and a changed one is not.
    `arm` is what it is called in this run, which is no part of that: two suites share a cell.
    """

    spec: BenchmarkSpec
    seed: int
    arm: str
    identity: Mapping[str, Any]
    digest: str

    @classmethod
    def of(
        cls,
        spec: BenchmarkSpec,
        seed: int,
        registry: Registry,
        *,
        data_digest: str,
        arm: str = "",
        is_trial: bool = False,
    ) -> "Cell":
        """The cell of *spec* at *seed* on the data of that digest.

        A trial of a search is measured on the validation split alone, so it is another cell.
        """
        plugins = {
            f"{kind} {choice.kind}": _provenance(registry, kind, choice)
            for kind, choice in chosen_plugins(spec)
        }
        identity = {
            "spec": canonical(spec),
            "seed": seed,
            "data": data_digest,
            "plugins": plugins,
            "seqreason": version("seqreason"),
            **({"measured": "validation"} if is_trial else {}),
        }
        return cls(spec, seed, arm or spec.benchmark, identity, digest_of(identity))

    @property
    def is_trial(self) -> bool:
        """Whether it is a trial of a search, which never sees the test split."""
        return "measured" in self.identity

    @property
    def title(self) -> str:
        """The cell in words: `easy seed 0`."""
        return f"{self.arm} seed {self.seed}"


def _provenance(registry: Registry, kind: str, choice: PluginChoice) -> dict[str, str]:
    plugin = registry.find(kind, choice.kind).plugin
    return {"version": plugin.version, "source": source_digest(plugin)}
