"""The exact reasoner, compared with sums over one hypothesis at a time."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from seqreason import GeneratorContext, Hypotheses, IncompatibleError, Packing, ReasonerContext
from seqreason_plugins.generators import seqreason_generators
from seqreason_plugins.reasoners import RulePosterior, rule_posterior
from seqreason_plugins.reasoners.rule_posterior import log_posterior

GENERATORS = {plugin.name: plugin for plugin in seqreason_generators()}
SIZE = 9
SMALL = {
    **{name: {"differences": (-2, 2)} for name in ("easy", "normal", "arithmetic", "rotated")},
    "quadratic": {"first_differences": (-1, 2), "second_differences": (-1, 1)},
    "interleaved": {"differences": (-1, 1)},
    "alternating": {"rises": (1, 2), "falls": (1, 2)},
    "repeating": {"periods": (2, 2)},
    "mixture": {"families": {"arithmetic": {"differences": (-1, 1)}, "repeating": {}}},
}


def generator_of(name):
    plugin = GENERATORS[name]
    config = plugin.Config(**SMALL.get(name, {}), lengths=(3, 5))
    return plugin(config, GeneratorContext(SIZE))


def reasoner(generator, **settings):
    context = ReasonerContext(features=SIZE, alphabet_size=SIZE, hypotheses=generator.hypotheses)
    model = RulePosterior(RulePosterior.Config(**settings), context)
    # The features are the logits, so that a test decides what is read.
    with torch.no_grad():
        model.perception.weight.copy_(torch.eye(SIZE))
        model.perception.bias.zero_()
    return model


def by_hand(readings, hypotheses):
    """The distribution of the next symbol after each prefix, summed one hypothesis at a time."""
    found = []
    for prefix in range(1, len(readings) + 1):
        shares = [0.0] * SIZE
        for symbols, prior in zip(
            hypotheses.symbols.tolist(), hypotheses.probabilities, strict=True
        ):
            fit = prior
            for reading, symbol in zip(readings[:prefix], symbols, strict=False):
                fit *= reading[symbol]
            shares[symbols[prefix]] += fit
        found.append([share / math.fsum(shares) for share in shares])
    return np.array(found)


@pytest.mark.parametrize("name", GENERATORS)
@settings(max_examples=10)
@given(seed=st.integers(0, 2**32), epsilon=st.sampled_from([0.0, 0.001, 0.3]))
def test_it_is_the_posterior_that_is_summed_by_hand(name, seed, epsilon):
    generator = generator_of(name)
    lengths = np.array([5, 4, 4, 3])
    packing = Packing.of_lengths(lengths)
    draw = torch.Generator().manual_seed(seed % 2**31)
    logits = torch.randn(packing.num_frames, SIZE, generator=draw)
    _, prediction = reasoner(generator, epsilon=epsilon)(logits, packing, None)
    readings = packing.pad(logits.double().softmax(dim=1)) * (1 - epsilon) + epsilon / SIZE
    found = packing.pad(prediction.exp())
    for row, length in enumerate(lengths):
        expected = by_hand(readings[row, :length].numpy(), generator.hypotheses(int(length)))
        assert np.abs(found[row, :length].detach().numpy() - expected).max() < 1e-5


def test_the_worked_example_of_the_docstring_holds():
    hypotheses = Hypotheses(np.array([[0, 1, 2], [0, 2, 4]]), np.array([0.5, 0.5]))
    readings = torch.full((1, 2, 5), 1e-12)
    readings[0, 0, 0], readings[0, 1, 1], readings[0, 1, 2] = 1.0, 0.8, 0.2
    symbols = torch.from_numpy(hypotheses.symbols)
    log_priors = torch.from_numpy(hypotheses.probabilities).log().float()
    shares = log_posterior(readings.log(), symbols, log_priors).exp()[0, 1]
    assert shares[[2, 4]].tolist() == pytest.approx([0.8, 0.2], abs=1e-6)


def test_the_gradient_is_that_of_finite_differences():
    table = generator_of("normal").hypotheses(3)
    symbols = torch.from_numpy(table.symbols)
    log_priors = torch.from_numpy(table.probabilities).log()
    draw = torch.Generator().manual_seed(0)
    logits = torch.randn(2, 3, SIZE, dtype=torch.float64, generator=draw).requires_grad_()
    # Symbols that no hypothesis allows have a share of 0, whose bound has no gradient.
    allowed = log_posterior(logits.log_softmax(dim=2), symbols, log_priors) > math.log(1e-9)

    def possible(values):
        return log_posterior(values.log_softmax(dim=2), symbols, log_priors)[allowed]

    assert torch.autograd.gradcheck(possible, logits)


def test_a_large_table_in_parts_gives_the_same_values_and_gradients(monkeypatch):
    generator = generator_of("repeating")
    packing = Packing.of_lengths(np.array([4, 4]))
    logits = torch.randn(packing.num_frames, SIZE, generator=torch.Generator().manual_seed(0))
    outcomes = []
    for most in (2**24, 1):
        monkeypatch.setattr(rule_posterior, "_MOST_ELEMENTS", most)
        given_logits = logits.clone().requires_grad_()
        _, prediction = reasoner(generator)(given_logits, packing, None)
        prediction[:, :3].square().sum().backward()
        outcomes.append((prediction.detach(), given_logits.grad))
    for whole, in_parts in zip(*outcomes, strict=True):
        torch.testing.assert_close(whole, in_parts)


@pytest.mark.parametrize("size", [1e4, -1e4])
def test_extreme_readings_stay_finite(size):
    packing = Packing.of_lengths(np.array([4, 3]))
    logits = torch.zeros(packing.num_frames, SIZE)
    logits[:, 2] = size
    logits.requires_grad_()
    model = reasoner(generator_of("normal"), epsilon=0.0)
    _, prediction = model(logits, packing, None)
    prediction.sum().backward()
    assert prediction.isfinite().all()
    assert logits.grad.isfinite().all()


def test_one_misread_frame_excludes_no_sequence():
    packing = Packing.of_lengths(np.array([5]))
    logits = torch.full((5, SIZE), -30.0)
    # 0 1 2 3 4, whose third frame is read as 8 with certainty.
    for position, symbol in enumerate([0, 1, 8, 3, 4]):
        logits[position, symbol] = 30.0
    _, prediction = reasoner(generator_of("normal"))(logits, packing, None)
    assert prediction[-1].argmax() == 5


def test_it_works_for_a_length_that_is_never_drawn():
    packing = Packing.of_lengths(np.array([2]))
    logits = torch.full((2, SIZE), -30.0)
    logits[0, 3] = logits[1, 5] = 30.0
    _, prediction = reasoner(generator_of("normal"))(logits, packing, None)
    assert prediction[-1].argmax() == 7


def test_later_frames_and_forced_symbols_change_nothing():
    packing = Packing.of_lengths(np.array([5, 5]))
    logits = torch.randn(10, SIZE, generator=torch.Generator().manual_seed(0))
    model = reasoner(generator_of("normal"))
    changed = logits.clone()
    changed[-2:] += torch.randn(2, SIZE, generator=torch.Generator().manual_seed(1))
    before = model(logits, packing, None).prediction
    after = model(changed, packing, torch.arange(10) % SIZE).prediction
    assert torch.equal(before[:-2], after[:-2])
    assert not torch.equal(before[-2:], after[-2:])


def test_a_generator_that_cannot_enumerate_is_refused():
    context = ReasonerContext(features=SIZE, alphabet_size=SIZE)
    with pytest.raises(IncompatibleError, match="needs a generator that can enumerate"):
        RulePosterior(RulePosterior.Config(), context)
