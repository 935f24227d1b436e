"""Every cell with every hand-off and every forcing: each trains what it can reach, and no more."""

import itertools

import pytest
import torch

from seqreason.assembly import Benchmark
from seqreason.data import load_glyphs
from seqreason.spec import load_benchmark
from seqreason.structures.glyphs import Split
from seqreason.training import CheckpointFile, Trainer, make_fabric

REASONERS = {
    "gru": {"kind": "recurrent", "cell": "gru", "hidden": 8, "layers": 1},
    "lstm": {"kind": "recurrent", "cell": "lstm", "hidden": 8, "layers": 1},
    "transformer": {"kind": "transformer", "width": 8, "heads": 2, "layers": 1, "feedforward": 8},
}
HANDOFFS = ("hard", "soft", "straight-through")
FORCINGS = ("teacher", "scheduled", "free-running")


def is_quick(reasoner, handoff, forcing):
    """Nine of all: every two of them meet, whichever the third is."""
    places = (list(REASONERS).index(reasoner), HANDOFFS.index(handoff), FORCINGS.index(forcing))
    return sum(places) % 3 == 0


COMBINATIONS = [
    pytest.param(*chosen, marks=() if is_quick(*chosen) else pytest.mark.slow)
    for chosen in itertools.product(REASONERS, HANDOFFS, FORCINGS)
]


@pytest.fixture
def trained(make_data, registry, tmp_path):
    def trained(reasoner, handoff, forcing, *overrides):
        data = make_data(reasoner=REASONERS[reasoner] | {"handoff": handoff})
        changes = [f"loss.forcing.kind={forcing}", "training.epochs=1", *overrides]
        spec = load_benchmark(data, registry, overrides=changes)
        fabric = make_fabric(spec.training)
        glyphs = load_glyphs(spec.source, registry)
        benchmark = Benchmark(spec, registry, glyphs, device=fabric.device)
        model, examples = benchmark.model(0), benchmark.examples(0, Split.TRAIN)
        before = {name: part.clone() for name, part in model.named_parameters()}
        trainer = Trainer(model, benchmark.loss, examples, spec.training, seed=0, fabric=fabric)
        trainer.train(CheckpointFile(tmp_path / "a"), validate=lambda: {"valid_accuracy": 0.5})
        return {
            name: not torch.equal(before[name], part) for name, part in model.named_parameters()
        }

    return trained


@pytest.mark.parametrize(("reasoner", "handoff", "forcing"), COMBINATIONS)
def test_the_answer_trains_eyesight_where_a_gradient_comes_through(
    trained, reasoner, handoff, forcing
):
    """With no loss on what is seen: through hard hand-off or past forced truth nothing comes."""
    changed = trained(reasoner, handoff, forcing, "loss.perception_weight=0")
    assert all(is_new for name, is_new in changed.items() if "reasoner.prediction" in name)
    seeing = {is_new for name, is_new in changed.items() if "reasoner.perception" in name}
    assert seeing == {handoff != "hard" and forcing != "teacher"}


@pytest.mark.parametrize(("reasoner", "handoff", "forcing"), COMBINATIONS)
def test_with_both_losses_all_of_the_model_is_trained(trained, reasoner, handoff, forcing):
    assert all(trained(reasoner, handoff, forcing).values())
