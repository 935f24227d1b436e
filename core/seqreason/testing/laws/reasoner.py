"""The laws of reasoners."""

from typing import Final

import torch
from hypothesis import strategies as st

from seqreason.structures.sequences import PADDING
from seqreason.testing.demands import NotApplicableError
from seqreason.testing.law import SEEDS, KindLaws, Law
from seqreason.testing.laws.tensors.comparing import demand_close
from seqreason.testing.laws.tensors.modules import ModuleLaws
from seqreason.testing.laws.tensors.reasoner_case import PROBE, ReasonerCase
from seqreason.testing.subject import Subject

_FOUNDATION: Final = ("construction", "output-shape")


def construction(subject: Subject, case: ReasonerCase) -> None:
    """It can be made for any alphabet and feature size, or refuses with a reason."""
    subject.make(case.settings, case.context)


def output_shape(subject: Subject, case: ReasonerCase) -> None:
    """Each frame gets logits over the whole alphabet, for perception and for prediction."""
    reasoner = subject.made(case).eval()
    with torch.no_grad():
        PROBE.run(reasoner, PROBE.inputs(case), case)


def sequence_independence(subject: Subject, case: ReasonerCase) -> None:
    """A sequence's logits do not depend on the other sequences in the batch or their lengths."""
    longest = case.lengths[0]
    beside_long = case.model_copy(update={"lengths": (longest, longest)})
    beside_short = case.model_copy(update={"lengths": (longest, 1)})
    features = beside_long.features()
    # The other sequence differs in content too, not only in length.
    other = torch.cat([features[:1], features[1:2] + 1, features[2::2]])
    reasoner = subject.made(case).eval()
    with torch.no_grad():
        first = PROBE.run(reasoner, {"features": features}, beside_long)
        second = PROBE.run(reasoner, {"features": other}, beside_short)
    for one, two in zip(first, second, strict=True):
        mine = beside_long.packing.pad(one)[0], beside_short.packing.pad(two)[0]
        demand_close(mine[1], mine[0], "logits of one sequence beside two others")


def order_equivariance(subject: Subject, case: ReasonerCase) -> None:
    """If sequences of one length change places, their logits change places too."""
    pair = case.model_copy(update={"lengths": case.lengths[:1] * 2})
    features = pair.packing.pad(pair.features())
    swapped = pair.packing.unpad(features.flip(0))
    reasoner = subject.made(case).eval()
    with torch.no_grad():
        straight = PROBE.run(reasoner, {"features": pair.features()}, pair)
        reverse = PROBE.run(reasoner, {"features": swapped}, pair)
    for one, other in zip(straight, reverse, strict=True):
        turned = pair.packing.unpad(pair.packing.pad(other).flip(0))
        demand_close(turned, one, "logits of two sequences in both orders")


def causality(subject: Subject, case: ReasonerCase) -> None:
    """With the settings that are declared causal, a prediction depends on no later frame."""
    if subject.declared.causal is None:
        raise NotApplicableError("its `conformance` declares no causal settings")
    settings = {**case.settings, **subject.declared.causal}
    whole = case.model_copy(update={"settings": settings, "lengths": (case.lengths[0] + 1,)})
    prefix = whole.model_copy(update={"lengths": case.lengths[:1]})
    features = whole.features()
    reasoner = subject.made(whole).eval()
    with torch.no_grad():
        _, after_all = PROBE.run(reasoner, {"features": features}, whole)
        _, after_prefix = PROBE.run(reasoner, {"features": features[:-1]}, prefix)
    demand_close(after_prefix, after_all[:-1], "predictions with and without the last frame")


def perception_isolation(subject: Subject, case: ReasonerCase) -> None:
    """True symbols that are forced on the prediction stage do not reach perception."""
    reasoner = subject.made(case).eval()
    forced = case.symbols()
    with torch.no_grad():
        free, _ = PROBE.run(reasoner, {"features": case.features()}, case)
        informed, _ = PROBE.run(reasoner, {"features": case.features(), "forced": forced}, case)
    demand_close(informed, free, "perception with and without true symbols")


def empty_forcing(subject: Subject, case: ReasonerCase) -> None:
    """Forcing at no frame gives the same logits as no forcing at all."""
    reasoner = subject.made(case).eval()
    nothing = torch.full_like(case.symbols(), PADDING)
    with torch.no_grad():
        free = PROBE.run(reasoner, {"features": case.features()}, case)
        forced = PROBE.run(reasoner, {"features": case.features(), "forced": nothing}, case)
    for one, other in zip(forced, free, strict=True):
        demand_close(one, other, "logits with only padding forced and with nothing forced")


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
    {
        "seed": SEEDS,
        "num_features": st.integers(1, 12),
        "alphabet_size": st.integers(2, 40),
        "lengths": st.lists(st.integers(1, 5), min_size=1, max_size=4).map(
            lambda drawn: tuple(sorted(drawn, reverse=True))
        ),
    },
    (
        Law.of(construction),
        Law.of(output_shape, needs=_FOUNDATION[:1]),
        *(Law.of(check, needs=_FOUNDATION) for check in _OWN),
        *ModuleLaws(PROBE).laws(needs=_FOUNDATION),
    ),
)
