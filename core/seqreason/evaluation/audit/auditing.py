"""The whole audit of one benchmark."""

from collections.abc import Iterator

import torch

from seqreason.assembly import Benchmark
from seqreason.assembly.determinism import torch_threads
from seqreason.data import load_glyphs
from seqreason.errors import DataError
from seqreason.evaluation.audit.findings import Audit, Check, Finding
from seqreason.evaluation.audit.glyph_checks import glyph_checks
from seqreason.evaluation.audit.leak_checks import leak_checks
from seqreason.evaluation.audit.rule_checks import alphabet_check, rule_checks
from seqreason.evaluation.audit.stream_checks import stream_checks
from seqreason.evaluation.audit.target import AuditTarget
from seqreason.randomness import Stream
from seqreason.registry import Registry
from seqreason.spec import BenchmarkSpec
from seqreason.structures.glyphs import Split


def audit(spec: BenchmarkSpec, registry: Registry, *, seed: int) -> Audit:
    """Every check of laws 1, 3, 4 and 5 on *spec* at *seed*, on the CPU.

    Glyphs and model are checked once. Drawing and rule are also checked for augmented training
    examples and for each shifted test.

    Raises:
        SpecError: *seed* is not a seed, or a plug-in refuses its settings.
        DataError: the data of a source are missing or damaged.
    """
    Stream.of(seed)
    glyphs = load_glyphs(spec.source, registry)
    shifted = {
        name: load_glyphs(choice, registry) for name, choice in spec.shifted_sources().items()
    }
    try:
        benchmark = Benchmark(
            spec, registry, glyphs, device=torch.device("cpu"), shifted_glyphs=shifted
        )
    except DataError as error:
        # Only a bank raises it here, if one of its splits is a copy of another.
        return Audit((Finding("glyphs-by-content", 3, "violated", str(error)),))
    with torch_threads(1):
        return Audit(tuple(_findings(benchmark, registry, seed=seed)))


def _findings(benchmark: Benchmark, registry: Registry, *, seed: int) -> Iterator[Finding]:
    spec = benchmark.spec
    shifted = {name: benchmark.shifted_examples(seed, name).bank for name in spec.shifted_sources()}
    for check in glyph_checks(benchmark.bank, spec.source, registry, shifted=shifted):
        yield check.finding()
    main = AuditTarget(benchmark.generator, benchmark.bank, seed)
    yield from _drawn(main, leak_checks(benchmark, seed=seed))
    if spec.training.augmentation:
        augmented = AuditTarget(
            benchmark.training_generator, benchmark.bank, seed, shift=Split.TRAIN.label
        )
        yield from _drawn(augmented, [])
    for name, generator in benchmark.shifted.items():
        bank = benchmark.shifted_examples(seed, name).bank
        yield from _drawn(AuditTarget(generator, bank, seed, shift=name), [])


def _drawn(target: AuditTarget, further: list[Check]) -> Iterator[Finding]:
    """The findings on a target's sequences, and those of *further* checks that depend on them."""
    alphabet = alphabet_check(target).finding()
    yield alphabet
    for check in (*stream_checks(target), *rule_checks(target), *further):
        if alphabet.verdict == "violated":
            yield check.skipped("its symbols are not in the alphabet")
        else:
            yield check.finding()
