"""A benchmark made ready to run: its parts for one seed on one device."""

from typing import final

import torch

from seqreason.assembly.determinism import seeded_torch
from seqreason.assembly.loss import LossPolicy
from seqreason.assembly.model import SequenceModel, build_model
from seqreason.data import ExampleSet, GlyphBank
from seqreason.errors import SpecError
from seqreason.glyphs import Glyphs, Split
from seqreason.interfaces import GeneratorContext, SequenceGenerator
from seqreason.randomness import Stream
from seqreason.registry import Registry
from seqreason.spec import BenchmarkSpec, PluginChoice


@final
class Benchmark:
    """The parts of one spec: a bank and generators, which every seed shares, and a model."""

    def __init__(
        self, spec: BenchmarkSpec, registry: Registry, glyphs: Glyphs, *, device: torch.device
    ) -> None:
        """Make everything but the model.

        Raises:
            SpecError: a plug-in refuses its settings, such as a rule that fits no sequence.
        """
        self.spec, self._registry = spec, registry
        self.bank = GlyphBank(glyphs, device=device)
        try:
            self._build()
        except SpecError as error:
            raise SpecError(f"{spec.benchmark}: {error}") from error

    def _build(self) -> None:
        spec, registry = self.spec, self._registry
        size = self.bank.alphabet.size
        self.generator = generator_of(spec.generator, registry, alphabet_size=size)
        self.shifted = {}
        for name, choice in spec.shifted_generators().items():
            try:
                self.shifted[name] = generator_of(choice, registry, alphabet_size=size)
            except SpecError as error:
                raise SpecError(f"evaluation.shifted.{name}: {error}") from error
        self.loss = LossPolicy(spec.loss, registry, alphabet_size=size)

    def model(self, seed: int) -> SequenceModel:
        """A model whose initial weights are a function of *seed*."""
        with seeded_torch(Stream.of(seed, "weights").seed()):
            return build_model(
                self.spec,
                self._registry,
                alphabet_size=self.bank.alphabet.size,
                frame_size=self.bank.frame_size,
            )

    def examples(self, seed: int, split: Split) -> ExampleSet:
        """The examples of *split* at *seed*."""
        return ExampleSet(self.generator, self.bank, seed=seed, split=split)

    def shifted_examples(self, seed: int, name: str) -> ExampleSet:
        """The examples of the shifted test called *name*, made of test glyphs."""
        generator = self.shifted[name]
        return ExampleSet(generator, self.bank, seed=seed, split=Split.TEST, variant=name)


def generator_of(
    choice: PluginChoice, registry: Registry, *, alphabet_size: int
) -> SequenceGenerator:
    """The chosen generator over an alphabet of that size."""
    context = GeneratorContext(alphabet_size)
    return registry.build(SequenceGenerator, choice.kind, choice.config, context)
