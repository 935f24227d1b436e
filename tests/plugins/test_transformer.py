"""The transformer: what each position sees, which is never padding."""

import math

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from seqreason import PADDING, Packing, ReasonerContext
from seqreason_plugins.reasoners import Transformer
from seqreason_plugins.reasoners.transformer import sinusoids

LENGTHS = np.array([6, 4, 4, 1])
PACKING = Packing.of_lengths(LENGTHS)
TINY = {"width": 16, "heads": 2, "feedforward": 8}


def reasoner(alphabet_size=26, **settings):
    torch.random.manual_seed(0)
    config = Transformer.Config(**{**TINY, **settings})
    return Transformer(config, ReasonerContext(features=5, alphabet_size=alphabet_size)).eval()


def features():
    return torch.randn(PACKING.num_frames, 5, generator=torch.Generator().manual_seed(1))


def stages(model, rows, packing=PACKING):
    """The output of each stage for *rows*: prediction is fed by hand, not by perception."""
    symbols = torch.cat([rows] * 6, dim=1)[:, :26]
    return model.perception(rows, packing), model.prediction(symbols, packing)


def assert_same(left, right):
    torch.testing.assert_close(left, right, rtol=0, atol=1e-5)


def differs(left, right):
    return bool(((left - right).abs() > 1e-3).any())


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("handoff", ["hard", "soft", "straight-through"])
@pytest.mark.parametrize("alphabet_size", [3, 40])
def test_every_variant_gives_logits_for_every_frame(causal, handoff, alphabet_size):
    model = reasoner(alphabet_size, causal=causal, handoff=handoff)
    for logits in model(features(), PACKING, None):
        assert logits.shape == (PACKING.num_frames, alphabet_size)


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("number", range(len(LENGTHS)))
@pytest.mark.parametrize("mode", ["train", "eval"])
def test_a_sequence_gives_the_same_alone_and_beside_a_longer_one(causal, number, mode):
    model = reasoner(causal=causal).train(mode == "train")
    rows, length = features(), LENGTHS[number]
    alone = stages(model, _sequence(rows, number), Packing.of_lengths(LENGTHS[[number]]))
    for one, together in zip(alone, stages(model, rows), strict=True):
        assert len(one) == length
        assert_same(one, _sequence(together, number))


@pytest.mark.parametrize("causal", [True, False])
def test_only_a_causal_stage_never_looks_ahead(causal):
    model = reasoner(causal=causal)
    rows = features()
    changed = rows.clone()
    changed[-1] += 1.0  # the last frame of the longest sequence
    for before, after in zip(stages(model, rows), stages(model, changed), strict=True):
        left, right = _sequence(before, 0), _sequence(after, 0)
        assert differs(left[:-1], right[:-1]) is not causal
        if causal:
            assert_same(left[:-1], right[:-1])
        assert differs(left[-1], right[-1])
        for other in (1, 2, 3):
            assert_same(_sequence(before, other), _sequence(after, other))


def test_the_order_of_frames_matters():
    model = reasoner()
    rows, packing = features()[:4], Packing.of_lengths(np.array([4]))
    for before, after in zip(
        stages(model, rows, packing), stages(model, rows[[1, 0, 2, 3]], packing), strict=True
    ):
        assert differs(before[-1], after[-1])


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_training_and_evaluation_give_the_same(causal, precision):
    # Torch has another code path for evaluation without gradients.
    model = reasoner(causal=causal, layers=3)
    is_half = precision == torch.bfloat16
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=is_half):
        evaluated = stages(model.eval(), features())
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=is_half):
        trained = stages(model.train(), features())
    for one, other in zip(evaluated, trained, strict=True):
        assert one.isfinite().all()
        torch.testing.assert_close(one, other, rtol=0, atol=0.05 if is_half else 1e-5)


@pytest.mark.parametrize("handoff", ["hard", "soft", "straight-through"])
def test_half_precision_gives_finite_gradients(handoff):
    model = reasoner(handoff=handoff).train()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        perception, prediction = model(features(), PACKING, None)
    (perception.float().logsumexp(1) + prediction.float().logsumexp(1)).sum().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name


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
    assert_same(model(features(), PACKING, perceived).prediction, free.prediction)
    nothing = torch.full((PACKING.num_frames,), PADDING)
    assert_same(model(features(), PACKING, nothing).prediction, free.prediction)


@pytest.mark.parametrize(
    ("handoff", "expected"), [("hard", False), ("soft", True), ("straight-through", True)]
)
def test_the_answer_trains_perception_unless_the_handoff_is_hard(handoff, expected):
    model = reasoner(handoff=handoff)
    model(features(), PACKING, None).prediction.sum().backward()
    assert (model.perception.linear.weight.grad is not None) is expected


@pytest.mark.parametrize("stage", ["perception", "prediction"])
def test_a_stage_can_have_settings_of_its_own(stage):
    model = reasoner(**{stage: {"width": 12, "heads": 3, "layers": 1, "causal": True}})
    own = getattr(model, stage)
    other = getattr(model, "prediction" if stage == "perception" else "perception")
    found = [(len(s.layers), s.norm.normalized_shape, s.causal) for s in (own, other)]
    assert found == [(1, (12,), True), (2, (16,), False)]
    assert own.layers[0].self_attn.num_heads == 3


def test_dropout_is_passed_on_to_the_layers():
    assert reasoner(dropout=0.3).prediction.layers[0].dropout1.p == 0.3


def test_no_two_layers_begin_with_the_same_weights():
    first, second = reasoner(layers=2).perception.layers
    assert not torch.equal(first.linear1.weight, second.linear1.weight)


@pytest.mark.parametrize(
    ("settings", "stage", "heads", "width"),
    [
        ({"width": 30}, "perception", 4, 30),
        ({"prediction": {"heads": 3}}, "prediction", 3, 256),
        ({"perception": {"width": 10}}, "perception", 4, 10),
    ],
)
def test_heads_that_do_not_divide_the_width_are_refused(settings, stage, heads, width):
    message = f"the {stage} stage has {heads} heads and a width of {width}"
    with pytest.raises(ValidationError, match=f"heads must divide width, but {message}"):
        Transformer.Config(**settings)


def test_a_width_that_fits_the_stages_is_accepted():
    stage = {"heads": 3}
    assert Transformer.Config(width=30, perception=stage, prediction=stage).width == 30


@pytest.mark.parametrize("width", [1, 2, 7, 16])
def test_positions_are_those_of_the_paper(width):
    expected = torch.empty(9, width)
    for position in range(9):
        for column in range(width):
            angle = position / 10_000 ** (column // 2 * 2 / width)
            expected[position, column] = math.cos(angle) if column % 2 else math.sin(angle)
    torch.testing.assert_close(sinusoids(9, width), expected, rtol=0, atol=1e-6)


def _sequence(rows, number):
    """The rows of one sequence out of packed order."""
    return PACKING.pad(rows)[number, : LENGTHS[number]]
