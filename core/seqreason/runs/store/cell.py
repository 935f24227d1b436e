"""A cell: one benchmark at one seed, identified by everything that its result depends on."""

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
    """One benchmark × one seed: the unit that is run, stored, resumed and compared.

    `identity` is plain data with everything that the result depends on: the canonical spec, the
    seed, the data's digest, and the version and source of each plug-in. `digest` is its hash, by
    which a computed cell is found again. `arm` is the cell's name in this run; it is not part of
    the identity, so two suites can share a cell.
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

        A trial of a search is measured on the validation split only, so it is another cell.
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
        """Whether it is a trial of a search, which is not scored on the test split."""
        return "measured" in self.identity

    @property
    def title(self) -> str:
        """The cell in messages: `easy seed 0`."""
        return f"{self.arm} seed {self.seed}"


def _provenance(registry: Registry, kind: str, choice: PluginChoice) -> dict[str, str]:
    plugin = registry.find(kind, choice.kind).plugin
    return {"version": plugin.version, "source": source_digest(plugin)}
