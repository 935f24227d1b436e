"""The plug-in under test, made from the settings of a case as the framework makes it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, final

from pydantic import ValidationError

from seqreason.assembly.determinism import seeded_torch
from seqreason.errors import DataError, IncompatibleError, SpecError
from seqreason.interfaces import Conformance, PluginConfig
from seqreason.registry import Registration
from seqreason.structures.setting_errors import explain_inline
from seqreason.testing.case import Case
from seqreason.testing.demands import NotApplicableError
from seqreason.testing.variants import variants_of

JsonSettings = dict[str, Any]
Made = TypeVar("Made")


@final
@dataclass(frozen=True)
class Subject:
    """One plug-in class with the settings to check it with.

    Attributes:
        examples: complete settings to begin with, each valid.
        variants: the examples, then each of them with one setting changed.
        memory: the values that `once` has made.
    """

    registration: Registration
    examples: tuple[JsonSettings, ...]
    variants: tuple[JsonSettings, ...]
    memory: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        registration: Registration,
        *,
        given: Mapping[str, Any] | None = None,
        examples: Sequence[Mapping[str, Any]] | None = None,
    ) -> "Subject":
        """The subject with the examples that its class declares, or with *examples* instead.

        Args:
            given: settings from the command line; they become part of every example.

        Raises:
            SpecError: there is no example, or one is not valid.
        """
        config = registration.plugin.Config
        declared = registration.plugin.conformance.examples if examples is None else examples
        wanted = [{**example, **(given or {})} for example in declared]
        if not wanted:
            raise SpecError(
                f"{registration.kind} {registration.name} declares no example to check: write "
                "`examples=({},)` for its defaults"
            )
        for example in wanted:
            try:
                config.model_validate(example)
            except ValidationError as error:
                raise SpecError(
                    f"{registration.kind} {registration.name} cannot be checked with the settings "
                    f"{example}: {explain_inline(error)}; give others with --set, or declare "
                    "`conformance = Conformance(examples=({…},))` in the class"
                ) from error
        varied = [variant for example in wanted for variant in variants_of(config, example)]
        return cls(registration, tuple(wanted), (*wanted, *varied))

    @property
    def title(self) -> str:
        """Its kind and name: `encoder residual-cnn`."""
        return f"{self.registration.kind} {self.registration.name}"

    @property
    def declared(self) -> Conformance:
        """The declarations of its author."""
        return self.registration.plugin.conformance

    def config(self, settings: Mapping[str, Any]) -> PluginConfig:
        """The plug-in's `Config` with *settings*.

        Raises:
            NotApplicableError: the settings are not valid.
        """
        try:
            return self.registration.plugin.Config.model_validate(dict(settings))
        except ValidationError as error:
            message = f"settings {dict(settings)} are not valid: {explain_inline(error)}"
            raise NotApplicableError(message) from error

    def make(self, settings: Mapping[str, Any], context: object, *, seed: int = 0) -> Any:
        """The plug-in made from *settings* and *context*; its weights are drawn from *seed*.

        Raises:
            NotApplicableError: the plug-in refuses them, or its data are missing.
        """
        plugin: Any = self.registration.plugin
        config = self.config(settings)
        try:
            with seeded_torch(seed):
                return plugin(config, context)
        except (IncompatibleError, SpecError, DataError) as refusal:
            raise NotApplicableError(str(refusal)) from refusal

    def made(self, case: Case) -> Any:
        """The plug-in made, as by `make`, from the settings, the context and the seed of *case*."""
        return self.make(case.settings, case.context, seed=case.seed)

    def once(self, key: str, make: Callable[[], Made]) -> Made:
        """The value of *make*, made once per *key* and shared by all laws."""
        if key not in self.memory:
            self.memory[key] = make()
        made: Made = self.memory[key]
        return made
