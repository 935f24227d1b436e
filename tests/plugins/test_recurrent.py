import numpy as np
import pytest
import torch
from torch import nn

from seqreason import PADDING, Packing, ReasonerContext
from seqreason_plugins.reasoners import Recurrent

LENGTHS = np.array([4, 4, 2, 1])
PACKING = Packing.of_lengths(LENGTHS)


def reasoner(alphabet_size=26, **settings):
    torch.random.manual_seed(0)
    config = Recurrent.Config(**{"hidden": 8, "layers": 1, **settings})
    return Recurrent(config, ReasonerContext(features=5, alphabet_size=alphabet_size)).eval()


def features():
    return torch.randn(PACKING.num_frames, 5, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("cell", ["gru", "lstm"])
@pytest.mark.parametrize("bidirectional", [True, False])
@pytest.mark.parametrize("handoff", ["hard", "soft", "straight-through"])
@pytest.mark.parametrize("alphabet_size", [10, 40])
def test_every_variant_gives_logits_for_every_frame(cell, bidirectional, handoff, alphabet_size):
    model = reasoner(alphabet_size, cell=cell, bidirectional=bidirectional, handoff=handoff)
    for logits in model(features(), PACKING, None):
        assert logits.shape == (PACKING.num_frames, alphabet_size)


@pytest.mark.parametrize("stage", ["perception", "prediction"])
def test_a_stage_can_have_a_cell_and_direction_of_its_own(stage):
    settings = {stage: {"cell": "lstm", "bidirectional": False, "layers": 2, "hidden": 3}}
    model = reasoner(**settings)
    own = getattr(model, stage).recurrent
    other = getattr(model, "prediction" if stage == "perception" else "perception").recurrent
    assert isinstance(own, nn.LSTM)
    assert (own.bidirectional, own.num_layers, own.hidden_size) == (False, 2, 3)
    assert isinstance(other, nn.GRU)
    assert (other.bidirectional, other.num_layers, other.hidden_size) == (True, 1, 8)


def test_the_defaults_are_the_report_s():
    config = Recurrent.Config()
    found = (config.cell, config.hidden, config.layers, config.dropout, config.handoff)
    assert found == ("gru", 256, 2, 0.0, "hard")
    assert config.bidirectional


def test_dropout_is_passed_on_to_the_layers():
    assert reasoner(dropout=0.3, layers=2).prediction.recurrent.dropout == 0.3


def test_forced_symbols_alone_decide_the_prediction():
    model = reasoner()
    forced = torch.arange(PACKING.num_frames)
    ours = model(features(), PACKING, forced).prediction
    theirs = model(features() * 9, PACKING, forced).prediction
    assert torch.equal(ours, theirs)


def test_a_symbol_that_is_not_forced_comes_from_perception():
    model = reasoner()
    free = model(features(), PACKING, None)
    perceived = free.perception.argmax(dim=1)
    torch.testing.assert_close(model(features(), PACKING, perceived).prediction, free.prediction)
    nothing = torch.full((PACKING.num_frames,), PADDING)
    torch.testing.assert_close(model(features(), PACKING, nothing).prediction, free.prediction)


def test_all_handoffs_but_the_hard_one_let_gradients_through():
    for handoff, expected in (("soft", True), ("straight-through", True), ("hard", False)):
        model = reasoner(handoff=handoff)
        model(features(), PACKING, None).prediction.sum().backward()
        reached = model.perception.linear.weight.grad is not None
        assert reached == expected


def test_a_straight_through_handoff_predicts_as_a_hard_one():
    hard, through = reasoner(handoff="hard"), reasoner(handoff="straight-through")
    expected = hard(features(), PACKING, None).prediction
    assert torch.equal(through(features(), PACKING, None).prediction, expected)


def test_a_forward_stage_never_looks_ahead():
    model = reasoner(bidirectional=False)
    rows = features()
    changed = rows.clone()
    changed[-2:] += 1.0  # the fourth and last frames of the two longest sequences
    before, after = model(rows, PACKING, None), model(changed, PACKING, None)
    for left, right in zip(before, after, strict=True):
        assert torch.equal(left[:-2], right[:-2])
        assert not torch.equal(left[-2:], right[-2:])


def test_sequences_do_not_see_one_another():
    model = reasoner()
    rows = features()
    alone = model(_sequence(rows, 0), Packing.of_lengths(LENGTHS[:1]), None)
    together = model(rows, PACKING, None)
    torch.testing.assert_close(alone.prediction, _sequence(together.prediction, 0))


def _sequence(rows, number):
    """The rows of one sequence out of packed order."""
    return PACKING.pad(rows)[number, : LENGTHS[number]]
