"""A benchmark that is ready to run: its parts on one device, and its model for one seed."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import final

import torch

from seqreason.assembly.determinism import seeded_torch
from seqreason.assembly.loss import LossPolicy
from seqreason.assembly.model import ModelParts, SequenceModel, build_model
from seqreason.data import ExampleSet, GlyphBank, GlyphLoader
from seqreason.errors import SpecError
from seqreason.interfaces import GeneratorContext, SequenceGenerator
from seqreason.randomness import Stream
from seqreason.registry import Registry
from seqreason.spec import BenchmarkSpec, PluginChoice
from seqreason.spec.digest import digest_of
from seqreason.structures.glyphs import Glyphs, Split


def assemble(
    spec: BenchmarkSpec,
    registry: Registry,
    *,
    device: torch.device,
    loader: GlyphLoader | None = None,
) -> "Benchmark":
    """The parts of *spec* on *device*, with glyphs from *loader*, or from a new one.

    Raises:
        SpecError: a plug-in refuses its settings; a rule may fit no sequence, for example.
        DataError: the data of a source are missing or damaged.
    """
    loader = loader or GlyphLoader(registry)
    shifted = {name: loader.glyphs(choice) for name, choice in spec.shifted_sources().items()}
    glyphs = loader.glyphs(spec.source)
    return Benchmark(spec, registry, glyphs, device=device, shifted_glyphs=shifted)


def data_digest(spec: BenchmarkSpec, loader: GlyphLoader) -> str:
    """A hash of all glyphs that a result of *spec* depends on, those of shifted tests included."""
    digest = loader.digest(spec.source)
    others = {name: loader.digest(choice) for name, choice in spec.shifted_sources().items()}
    return digest_of([digest, others]) if others else digest


@final
class Benchmark:
    """The parts of one spec: banks and generators, which all seeds share, and a model for each.

    Attributes:
        bank: the glyphs of the benchmark's source.
        generator: the hidden rule; `training_generator` is the same with augmentation.
        shifted: the generator of each shifted test, by the test's name.
        loss: the loss policy.
    """

    def __init__(
        self,
        spec: BenchmarkSpec,
        registry: Registry,
        glyphs: Glyphs,
        *,
        device: torch.device,
        shifted_glyphs: Mapping[str, Glyphs] = MappingProxyType({}),
    ) -> None:
        """Make everything but the model.

        Args:
            shifted_glyphs: the glyphs of each shifted test that has its own source.

        Raises:
            SpecError: a plug-in refuses its settings; a rule may fit no sequence, for example.
        """
        self.spec, self._registry = spec, registry
        with registry.named_faults("source", spec.source.kind, "returns unusable glyphs"):
            self.bank = GlyphBank(glyphs, device=device)
        self._shifted_banks = {}
        for name, others in shifted_glyphs.items():
            kind = spec.shifted_sources()[name].kind
            with registry.named_faults("source", kind, "returns unusable glyphs"):
                self._shifted_banks[name] = GlyphBank(others, device=device, trained_on=glyphs)
        try:
            self._build()
        except SpecError as error:
            raise SpecError(f"{spec.benchmark}: {error}") from error

    def _build(self) -> None:
        spec, registry = self.spec, self._registry
        size = self.bank.alphabet.size
        self.generator = generator_of(spec.generator, registry, alphabet_size=size)
        self.training_generator = self._augmented(size)
        self.shifted = {}
        for name, choice in spec.shifted_generators().items():
            try:
                self.shifted[name] = generator_of(choice, registry, alphabet_size=size)
                self._check_shifted_bank(name)
            except SpecError as error:
                raise SpecError(f"evaluation.shifted.{name}: {error}") from error
        self.loss = LossPolicy(spec.loss, registry, alphabet_size=size)

    def _augmented(self, alphabet_size: int) -> SequenceGenerator:
        """The generator of the training examples."""
        if not self.spec.training.augmentation:
            return self.generator
        choice = self.spec.training_generator()
        try:
            return generator_of(choice, self._registry, alphabet_size=alphabet_size)
        except SpecError as error:
            raise SpecError(f"training.augmentation: {error}") from error

    def _check_shifted_bank(self, name: str) -> None:
        """A model can be tested only on the symbols and the frame size that it was trained on."""
        other = self._shifted_banks.get(name, self.bank)
        if other.alphabet != self.bank.alphabet:
            raise SpecError(
                f"source: its alphabet is {other.alphabet.summary()}, but the alphabet of the "
                f"benchmark's source is {self.bank.alphabet.summary()}"
            )
        if other.frame_size != self.bank.frame_size:
            raise SpecError(
                f"source: its frames have {other.frame_size} pixels, but those of the "
                f"benchmark's source have {self.bank.frame_size}"
            )

    @property
    def notes(self) -> tuple[str, ...]:
        """Remarks on the glyphs that a user should read, each with the name of its source."""
        banks = [(self.spec.source.kind, self.bank)]
        for name, choice in self.spec.shifted_sources().items():
            banks.append((choice.kind, self._shifted_banks[name]))
        return tuple(f"source {kind}: {note}" for kind, bank in banks for note in bank.notes)

    def model(self, seed: int) -> SequenceModel:
        """A model whose initial weights are a function of *seed*."""
        with seeded_torch(Stream.of(seed, "weights").seed()):
            return build_model(
                ModelParts.of(self.spec),
                self._registry,
                self.generator,
                alphabet_size=self.bank.alphabet.size,
                frame_size=self.bank.frame_size,
            )

    def examples(self, seed: int, split: Split) -> ExampleSet:
        """The examples of *split* at *seed*; training examples are augmented as the spec says."""
        generator = self.training_generator if split == Split.TRAIN else self.generator
        return ExampleSet(generator, self.bank, seed=seed, split=split)

    def shifted_examples(self, seed: int, name: str) -> ExampleSet:
        """The examples of the shifted test *name*, which are made of test glyphs."""
        bank = self._shifted_banks.get(name, self.bank)
        return ExampleSet(self.shifted[name], bank, seed=seed, split=Split.TEST, variant=name)


def generator_of(
    choice: PluginChoice, registry: Registry, *, alphabet_size: int
) -> SequenceGenerator:
    """The chosen generator over an alphabet of that size."""
    context = GeneratorContext(alphabet_size)
    return registry.build(SequenceGenerator, choice.kind, choice.config, context)
