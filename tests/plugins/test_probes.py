"""The probes: what each sees, and that none does better than that allows."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

import seqreason
from seqreason import PADDING, GeneratorContext, Packing, ReasonerContext
from seqreason.evaluation.audit.chance import most_by_chance
from seqreason.evaluation.audit.possible import Possible
from seqreason.evaluation.audit.shortcuts import best_accuracy
from seqreason_plugins.generators import Normal
from seqreason_plugins.reasoners import LastSymbol, Marginal, Recurrent, Shuffled
from seqreason_plugins.reasoners.probes import bags

ROOT = Path(__file__).parent.parent.parent
TINY_PLUGINS = str(ROOT / "tests" / "tiny_plugins.py")
LENGTHS = np.array([5, 4, 4, 1])
PACKING = Packing.of_lengths(LENGTHS)
PROBES = [LastSymbol, Marginal, Shuffled]
HANDED = [LastSymbol, Shuffled]
NUM_TESTED = 4_000
TRAINED = {
    "benchmark": "probed",
    "source": {"kind": "dots"},
    "generator": {"kind": "normal"},
    "encoder": {"kind": "residual-cnn", "channels": [4], "features": 16},
    "loss": {
        "objective": {"kind": "cross-entropy"},
        "perception": {"kind": "hard"},
        "prediction": {"kind": "hard"},
        "forcing": {"kind": "teacher"},
        "prediction_positions": "last",
    },
    "training": {
        "examples": 4_000, "epochs": 4, "batch_size": 40, "learning_rate": 0.005,
        "precision": "float32",
    },
    "evaluation": {"examples": NUM_TESTED, "valid_examples": 200, "train_examples": 200},
}  # fmt: skip


def probe(plugin, alphabet_size=26, **settings):
    torch.random.manual_seed(0)
    config = plugin.Config(**settings)
    return plugin(config, ReasonerContext(features=5, alphabet_size=alphabet_size)).eval()


def features():
    return torch.randn(PACKING.num_frames, 5, generator=torch.Generator().manual_seed(1))


def assert_same(left, right):
    torch.testing.assert_close(left, right, rtol=0, atol=1e-5)


@pytest.mark.parametrize("plugin", PROBES)
@pytest.mark.parametrize("alphabet_size", [3, 40])
def test_every_probe_gives_logits_for_every_frame(plugin, alphabet_size):
    for logits in probe(plugin, alphabet_size)(features(), PACKING, None):
        assert logits.shape == (PACKING.num_frames, alphabet_size)


@pytest.mark.parametrize("plugin", PROBES)
def test_every_probe_reads_each_frame_by_itself(plugin):
    model, rows = probe(plugin), features()
    perceived = model(rows, PACKING, None).perception
    order = torch.randperm(len(rows), generator=torch.Generator().manual_seed(2))
    assert_same(model(rows[order], PACKING, None).perception, perceived[order])


@pytest.mark.parametrize("plugin", PROBES)
def test_both_stages_of_every_probe_are_trained(plugin):
    model = probe(plugin)
    perception, prediction = model(features(), PACKING, None)
    (perception.logsumexp(1) + prediction.logsumexp(1)).sum().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name


@pytest.mark.parametrize("plugin", PROBES)
def test_every_probe_works_in_half_precision(plugin):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        for logits in probe(plugin)(features().bfloat16(), PACKING, None):
            assert logits.isfinite().all()


@pytest.mark.parametrize("plugin", HANDED)
def test_forced_symbols_alone_decide_the_prediction(plugin):
    model = probe(plugin)
    forced = torch.arange(PACKING.num_frames)
    ours = model(features(), PACKING, forced).prediction
    assert torch.equal(ours, model(features() * -9, PACKING, forced).prediction)
    assert not torch.equal(ours, model(features(), PACKING, forced + 1).prediction)


@pytest.mark.parametrize("plugin", HANDED)
def test_a_symbol_that_is_not_forced_comes_from_perception(plugin):
    model = probe(plugin)
    free = model(features(), PACKING, None)
    perceived = free.perception.argmax(dim=1)
    assert torch.equal(model(features(), PACKING, perceived).prediction, free.prediction)
    nothing = torch.full((PACKING.num_frames,), PADDING)
    assert torch.equal(model(features(), PACKING, nothing).prediction, free.prediction)


@pytest.mark.parametrize("plugin", HANDED)
@pytest.mark.parametrize(
    ("handoff", "expected"), [("hard", False), ("soft", True), ("straight-through", True)]
)
def test_the_answer_trains_perception_unless_the_handoff_is_hard(plugin, handoff, expected):
    model = probe(plugin, handoff=handoff)
    model(features(), PACKING, None).prediction.sum().backward()
    assert (model.perception.weight.grad is not None) is expected


def test_last_symbol_sees_no_frame_but_its_own():
    model, rows = probe(LastSymbol, handoff="soft"), features()
    order = torch.randperm(len(rows), generator=torch.Generator().manual_seed(2))
    before, after = model(rows, PACKING, None), model(rows[order], PACKING, None)
    assert_same(after.prediction, before.prediction[order])
    assert len(before.prediction.unique(dim=0)) == len(rows)


def test_last_symbol_does_not_know_the_length():
    model, rows = probe(LastSymbol), features()
    alone = model(rows[-1:], Packing.of_lengths(np.array([1])), None).prediction
    assert_same(alone, model(rows, PACKING, None).prediction[-1:])


def test_marginal_sees_nothing():
    model = probe(Marginal)
    torch.nn.init.normal_(model.prediction)
    predicted = model(features(), PACKING, torch.arange(PACKING.num_frames)).prediction
    assert torch.equal(predicted, model.prediction.expand(PACKING.num_frames, -1))


def last_predictions(model, *, forced=None):
    """The predictions after five frames of one sequence, in several orders."""
    packing, rows = Packing.of_lengths(np.array([5])), features()[:5]
    orders = [[0, 1, 2, 3, 4], [1, 0, 2, 3, 4], [4, 3, 2, 1, 0], [2, 4, 1, 0, 3]]
    return [
        model(rows[order], packing, None if forced is None else forced[order]).prediction[-1]
        for order in orders
    ]


@pytest.mark.parametrize("handoff", ["hard", "soft"])
def test_shuffled_does_not_see_the_order_of_frames(handoff):
    first, *others = last_predictions(probe(Shuffled, handoff=handoff))
    for other in others:
        assert_same(first, other)


def test_shuffled_does_not_see_the_order_of_symbols_and_recurrent_does():
    forced = torch.tensor([3, 7, 7, 20, 1])
    first, *others = last_predictions(probe(Shuffled), forced=forced)
    for other in others:
        assert_same(first, other)
    first, *others = last_predictions(probe(Recurrent), forced=forced)
    for other in others:
        assert (first - other).abs().max() > 1e-3


def test_shuffled_sees_every_symbol_so_far_and_no_later_one():
    model, length = probe(Shuffled), 5
    packing = Packing.of_lengths(np.array([length]))
    forced = torch.arange(length)
    before = model(features()[:length], packing, forced).prediction
    for place in range(length):
        changed = forced.clone()
        changed[place] = 9
        after = model(features()[:length], packing, changed).prediction
        is_other = ((before - after).abs() > 1e-5).any(dim=1)
        assert is_other.tolist() == [position >= place for position in range(length)]


def test_shuffled_is_fed_the_share_of_each_symbol_and_the_logarithm_of_their_number():
    packing = Packing.of_lengths(np.array([3, 2]))
    sequences = torch.tensor([[0, 1, 0], [1, 1, PADDING]])
    one_hot = torch.nn.functional.one_hot(packing.unpad(sequences), 2).float()
    expected = torch.tensor(
        [
            [1, 0, 0],
            [0, 1, 0],
            [1 / 2, 1 / 2, math.log(2)],
            [0, 1, math.log(2)],
            [2 / 3, 1 / 3, math.log(3)],
        ]
    )
    torch.testing.assert_close(bags(one_hot, packing), expected)


def test_shuffled_sees_how_many_symbols_there_are():
    model = probe(Shuffled)
    packing = Packing.of_lengths(np.array([3]))
    predicted = model(features()[:3], packing, torch.zeros(3, dtype=torch.int64)).prediction
    assert len(predicted.unique(dim=0)) == 3


def test_shuffled_does_not_see_other_sequences():
    model, rows = probe(Shuffled), features()
    together = PACKING.pad(model(rows, PACKING, None).prediction)
    padded = PACKING.pad(rows)
    for number, length in enumerate(LENGTHS):
        packing = Packing.of_lengths(LENGTHS[[number]])
        alone = model(padded[number, :length], packing, None).prediction
        assert_same(alone, together[number, :length])


def most_possible(name):
    """The best accuracy on Normal of a model that sees what the probe *name* sees."""
    possible = Possible.of(Normal(Normal.Config(), GeneratorContext(26)))
    shown = possible.symbols.copy()
    np.put_along_axis(shown, possible.lengths[:, None], PADDING, axis=1)
    _, bags = np.unique(np.sort(shown, axis=1), axis=0, return_inverse=True)
    parts = {
        "marginal": np.zeros_like(possible.answers),
        "last-symbol": possible.last_shown,
        "shuffled": bags.ravel(),
    }
    return best_accuracy(parts[name], possible)


def most_by_luck(name):
    """The test accuracy that such a probe exceeds once in a million runs."""
    return most_by_chance(NUM_TESTED, most_possible(name), risk=1e-6) / NUM_TESTED


@pytest.fixture(scope="session")
def accuracies(tmp_path_factory):
    """The test accuracy of each probe on Normal, trained for the answer."""
    trained = {}
    for name in ("marginal", "last-symbol", "shuffled"):
        spec = TRAINED | {"reasoner": {"kind": name}}
        (cell,) = seqreason.run(spec, plugins=[TINY_PLUGINS], runs=tmp_path_factory.mktemp("runs"))
        assert cell.status == "finished", cell.reason
        trained[name] = cell.metrics["test_accuracy"]
    return trained


@pytest.mark.parametrize("name", ["marginal", "last-symbol", "shuffled"])
def test_a_probe_can_be_trained_in_place_of_any_reasoner(name, tmp_path):
    short = {
        "training": {**TRAINED["training"], "examples": 40, "epochs": 1},
        "evaluation": {"examples": 40, "valid_examples": 20, "train_examples": 20},
    }
    spec = TRAINED | short | {"reasoner": {"kind": name}}
    (cell,) = seqreason.run(spec, plugins=[TINY_PLUGINS], runs=tmp_path)
    assert cell.status == "finished", cell.reason


@pytest.mark.slow
@pytest.mark.parametrize("name", ["marginal", "last-symbol", "shuffled"])
def test_a_trained_probe_does_no_better_than_what_it_sees_allows(name, accuracies):
    assert 0.6 * most_possible(name) <= accuracies[name] <= most_by_luck(name)


@pytest.mark.slow
def test_a_probe_that_sees_more_does_better_than_less_allows(accuracies):
    assert accuracies["last-symbol"] > most_by_luck("marginal")
    assert accuracies["shuffled"] > most_by_luck("last-symbol")


@pytest.mark.parametrize(
    ("name", "message"), [("marginal", 7.7), ("last-symbol", 27.4), ("shuffled", 67.5)]
)
def test_the_docs_give_the_best_accuracy_of_each_probe_on_normal(name, message):
    assert round(100 * most_possible(name), 1) == message
    text = " ".join((ROOT / "docs" / "plugins.md").read_text().split())
    assert f"{message} % for `{name}`" in text
