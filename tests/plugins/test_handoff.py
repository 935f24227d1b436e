"""The hand-off to the prediction stage: its values and its gradient."""

import pytest
import torch
from torch.nn import functional

from seqreason import PADDING
from seqreason_plugins.reasoners.handoff import hand_off

HANDOFFS = ["hard", "soft", "straight-through"]


def logits(count=200, size=26, *, dtype=torch.float32):
    generator = torch.Generator().manual_seed(0)
    return (3 * torch.randn(count, size, generator=generator)).to(dtype).requires_grad_()


def gradient(handoff, *, forced=None):
    """The gradient of a function of the hand-off, with respect to the logits."""
    perceived = logits()
    weights = torch.randn(perceived.shape, generator=torch.Generator().manual_seed(1))
    (hand_off(perceived, forced, handoff=handoff) * weights).sum().backward()
    return perceived.grad


@pytest.mark.parametrize("handoff", ["hard", "straight-through"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_likeliest_symbol_is_handed_off_as_exactly_one_hot(handoff, dtype):
    perceived = logits(dtype=dtype)
    handed = hand_off(perceived, None, handoff=handoff)
    assert handed.dtype == torch.float32
    assert torch.equal(handed, functional.one_hot(perceived.argmax(dim=1), 26).float())


def test_a_soft_handoff_is_the_whole_distribution():
    perceived = torch.tensor([[0.0, 0.0, 0.0], [0.0, float("-inf"), 0.0]])
    expected = torch.tensor([[1 / 3, 1 / 3, 1 / 3], [0.5, 0.0, 0.5]])
    torch.testing.assert_close(hand_off(perceived, None, handoff="soft"), expected)


def test_the_gradient_of_straight_through_is_that_of_soft():
    assert torch.equal(gradient("straight-through"), gradient("soft"))
    assert gradient("soft").any(dim=1).all()


def test_a_hard_handoff_has_no_gradient():
    assert not hand_off(logits(), None, handoff="hard").requires_grad


@pytest.mark.parametrize("handoff", HANDOFFS)
def test_a_forced_symbol_replaces_the_perceived_one(handoff):
    perceived = logits(3, 4)
    forced = torch.tensor([2, PADDING, 0])
    handed = hand_off(perceived, forced, handoff=handoff)
    assert handed[0].tolist() == [0, 0, 1, 0]
    assert torch.equal(handed[1], hand_off(perceived, None, handoff=handoff)[1])
    assert handed[2].tolist() == [1, 0, 0, 0]


@pytest.mark.parametrize("handoff", ["soft", "straight-through"])
def test_no_gradient_passes_where_a_symbol_is_forced(handoff):
    forced = torch.arange(200) % 26
    forced[::2] = PADDING
    passed = gradient(handoff, forced=forced).any(dim=1)
    assert passed.tolist() == (forced == PADDING).tolist()
