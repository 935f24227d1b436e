"""The laws of reasoners."""

from typing import Any, Final

import torch
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from seqreason.interfaces import Reasoning
from seqreason.structures.sequences import PADDING
from seqreason.testing.demands import NotApplicableError
from seqreason.testing.law import KindLaws, Law
from seqreason.testing.laws.tensors.comparing import demand_alike
from seqreason.testing.laws.tensors.modules import ModuleLaws
from seqreason.testing.laws.tensors.reasoner_case import PROBE, ReasonerCase
from seqreason.testing.subject import Subject, can_be_made

_FOUNDATION: Final = ("construction", "output-shape")


def construction(subject: Subject, case: ReasonerCase) -> None:
    """It is made for any alphabet and feature size, or refuses with a reason."""
    can_be_made(subject, case.settings, case.context)


def output_shape(subject: Subject, case: ReasonerCase) -> None:
    """Each frame gets logits over the whole alphabet, for what it shows and for what is next."""
    _read(subject, case)


def sequence_independence(subject: Subject, case: ReasonerCase) -> None:
    """What it says of a sequence does not depend on the others of the batch or their lengths."""
    longest = case.lengths[0]
    beside_long = case.model_copy(update={"lengths": (longest, longest)})
    beside_short = case.model_copy(update={"lengths": (longest, 1)})
    features = beside_long.features()
    # The other sequence is another one, not just a shorter one.
    other = torch.cat([features[:1], features[1:2] + 1, features[2::2]])
    reasoner = PROBE.make(subject, case, seed=case.seed).eval()
    with torch.no_grad():
        first = PROBE.run(reasoner, {"features": features}, beside_long)
        second = PROBE.run(reasoner, {"features": other}, beside_short)
    for one, two in zip(first, second, strict=True):
        mine = beside_long.packing.pad(one)[0], beside_short.packing.pad(two)[0]
        demand_alike(mine[1], mine[0], "a sequence beside another and beside a shorter one")


def order_equivariance(subject: Subject, case: ReasonerCase) -> None:
    """Sequences of one length in another order give the same results in that order."""
    pair = case.model_copy(update={"lengths": case.lengths[:1] * 2})
    features = pair.packing.pad(pair.features())
    swapped = pair.packing.unpad(features.flip(0))
    reasoner = PROBE.make(subject, case, seed=case.seed).eval()
    with torch.no_grad():
        straight = PROBE.run(reasoner, {"features": pair.features()}, pair)
        reverse = PROBE.run(reasoner, {"features": swapped}, pair)
    for one, other in zip(straight, reverse, strict=True):
        turned = pair.packing.unpad(pair.packing.pad(other).flip(0))
        demand_alike(turned, one, "two sequences in one order and in the other")


def causality(subject: Subject, case: ReasonerCase) -> None:
    """With the settings declared causal, what it predicts at a frame depends on no later frame."""
    if subject.declared.causal is None:
        raise NotApplicableError("it is not declared causal")
    settings = {**case.settings, **subject.declared.causal}
    whole = case.model_copy(update={"settings": settings, "lengths": (case.lengths[0] + 1,)})
    prefix = whole.model_copy(update={"lengths": case.lengths[:1]})
    features = whole.features()
    reasoner = PROBE.make(subject, whole, seed=case.seed).eval()
    with torch.no_grad():
        _, after_all = PROBE.run(reasoner, {"features": features}, whole)
        _, after_prefix = PROBE.run(reasoner, {"features": features[:-1]}, prefix)
    demand_alike(after_prefix, after_all[:-1], "predictions with and without the last frame")


def perception_isolation(subject: Subject, case: ReasonerCase) -> None:
    """True symbols that are forced on the prediction stage do not reach perception."""
    reasoner = PROBE.make(subject, case, seed=case.seed).eval()
    forced = case.symbols()
    with torch.no_grad():
        by_itself, _ = PROBE.run(reasoner, {"features": case.features()}, case)
        message, _ = PROBE.run(reasoner, {"features": case.features(), "forced": forced}, case)
    demand_alike(message, by_itself, "perception with and without true symbols")


def empty_forcing(subject: Subject, case: ReasonerCase) -> None:
    """To be forced at no frame is as not to be forced at all."""
    reasoner = PROBE.make(subject, case, seed=case.seed).eval()
    nothing = torch.full_like(case.symbols(), PADDING)
    with torch.no_grad():
        free = PROBE.run(reasoner, {"features": case.features()}, case)
        forced = PROBE.run(reasoner, {"features": case.features(), "forced": nothing}, case)
    for one, other in zip(forced, free, strict=True):
        demand_alike(one, other, "forced with padding alone and not forced")


def _read(subject: Subject, case: ReasonerCase) -> Reasoning:
    reasoner = PROBE.make(subject, case, seed=case.seed).eval()
    with torch.no_grad():
        return Reasoning(*PROBE.run(reasoner, PROBE.inputs(case), case))


def _cases(settings: SearchStrategy[dict[str, Any]]) -> SearchStrategy[ReasonerCase]:
    lengths = st.lists(st.integers(1, 5), min_size=1, max_size=4)
    return st.builds(
        ReasonerCase,
        settings=settings,
        seed=st.integers(0, 2**16),
        num_features=st.integers(1, 12),
        alphabet_size=st.integers(2, 40),
        lengths=lengths.map(lambda drawn: tuple(sorted(drawn, reverse=True))),
    )


_OWN: Final = (
    sequence_independence,
    order_equivariance,
    causality,
    perception_isolation,
    empty_forcing,
)
REASONER_LAWS: Final = KindLaws(
    "reasoner",
    ReasonerCase,
    _cases,
    (
        Law.of(construction),
        Law.of(output_shape, needs=_FOUNDATION[:1]),
        *(Law.of(check, needs=_FOUNDATION) for check in _OWN),
        *ModuleLaws(PROBE).laws(needs=_FOUNDATION),
    ),
)
