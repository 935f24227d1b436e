"""Training is repeatable, continues after a stop, and reports what went wrong."""

from pathlib import Path

import numpy as np
import pytest
import torch

from seqreason.assembly import Benchmark, LossPolicy, StageLosses, seeded_torch
from seqreason.data import load_glyphs
from seqreason.errors import SpecError, StoreError, TrainingError
from seqreason.randomness import Stream
from seqreason.spec import TrainingSpec, load_benchmark
from seqreason.structures.glyphs import Split
from seqreason.structures.packing import Packing
from seqreason.structures.sequences import PADDING
from seqreason.training import CheckpointFile, Trainer, make_fabric
from seqreason.training.optimiser import learning_rate


@pytest.fixture
def assemble(make_data, registry):
    def assemble(*overrides):
        spec = load_benchmark(make_data(), registry, overrides=overrides)
        fabric = make_fabric(spec.training)
        glyphs = load_glyphs(spec.source, registry)
        return spec, fabric, Benchmark(spec, registry, glyphs, device=fabric.device)

    return assemble


def trainer_of(assembled, *, seed=0):
    spec, fabric, benchmark = assembled
    examples = benchmark.examples(seed, Split.TRAIN)
    model = benchmark.model(seed)
    return Trainer(model, benchmark.loss, examples, spec.training, seed=seed, fabric=fabric)


def weights_after(assembled, path, *, stop_after=None, seed=0):
    """The weights after training, or None if it stops at validation *stop_after*."""
    trainer = trainer_of(assembled, seed=seed)
    validations = []

    def validate():
        validations.append(1)
        if stop_after is not None and len(validations) == stop_after:
            raise KeyboardInterrupt
        return {"valid_accuracy": 0.1 * len(validations)}

    checkpoint = CheckpointFile(path)
    trainer.resume(checkpoint)
    try:
        trainer.train(checkpoint, validate=validate)
    except KeyboardInterrupt:
        return None
    return {name: part.clone() for name, part in trainer.model.module.state_dict().items()}


def assert_same_weights(left, right):
    assert left.keys() == right.keys()
    assert all(torch.equal(left[name], right[name]) for name in left)


def test_assert_same_weights_fails_on_other_weights(assemble, tmp_path):
    first = weights_after(assemble(), tmp_path / "a")
    second = weights_after(assemble(), tmp_path / "b", seed=1)
    with pytest.raises(AssertionError):
        assert_same_weights(first, second)


@pytest.mark.parametrize("override", ["reasoner.dropout=0.5", "loss.forcing.kind=half"])
def test_the_same_seed_trains_the_same_weights_twice(assemble, tmp_path, override):
    assembled = assemble(override, "reasoner.layers=2")
    first = weights_after(assembled, tmp_path / "a")
    assert_same_weights(first, weights_after(assembled, tmp_path / "b"))


@pytest.mark.parametrize("stop_after", [1, 2])
def test_training_that_was_stopped_ends_at_the_same_weights(assemble, tmp_path, stop_after):
    assembled = assemble(
        "reasoner.dropout=0.5",
        "reasoner.layers=2",
        "training.checkpoint_steps=2",
        "training.select=last",
        "training.ema_decay=0.9",
        "training.validate_steps=4",
        "loss.forcing.kind=half",
    )
    whole = weights_after(assembled, tmp_path / "whole")
    assert weights_after(assembled, tmp_path / "cut", stop_after=stop_after) is None
    assert_same_weights(whole, weights_after(assembled, tmp_path / "cut"))


def test_the_epoch_that_validates_best_is_kept(assemble, tmp_path):
    trainer = trainer_of(assemble("training.epochs=3"))
    accuracies = iter([0.5, 0.9, 0.4])
    seen = []

    def validate():
        weights = trainer.model.module.state_dict()
        seen.append({name: part.clone() for name, part in weights.items()})
        return {"valid_accuracy": next(accuracies)}

    trainer.train(CheckpointFile(tmp_path / "c"), validate=validate)
    assert_same_weights(trainer.model.module.state_dict(), seen[1])


def test_every_example_is_used_once_an_epoch(assemble, tmp_path):
    trainer = trainer_of(assemble("training.examples=50"))
    drawn = []
    real = trainer._examples.draw
    trainer._examples.draw = lambda indices: drawn.append(indices) or real(indices)
    trainer.train(CheckpointFile(tmp_path / "c"), validate=lambda: {"valid_accuracy": 0})
    assert [len(indices) for indices in drawn] == [20, 20, 10] * 2
    first, second = np.concatenate(drawn[:3]), np.concatenate(drawn[3:])
    assert sorted(first) == sorted(second) == list(range(50))
    assert first.tolist() != second.tolist()


def test_listeners_hear_losses_and_validations(assemble, tmp_path):
    heard = []

    class Ear:
        def measured(self, step, metrics):
            heard.append((step, sorted(metrics)))

    trainer = trainer_of(assemble("training.batch_size=5"))
    trainer.train(
        CheckpointFile(tmp_path / "c"), validate=lambda: {"valid_accuracy": 0.0}, listeners=[Ear()]
    )
    losses = ["batch_last_accuracy", "batch_perception_accuracy", "loss"]
    assert heard == [(10, losses), (12, ["valid_accuracy"]), (20, losses), (24, ["valid_accuracy"])]


def test_torch_s_global_generator_is_left_alone(assemble, tmp_path):
    before = torch.random.get_rng_state()
    weights_after(assemble("reasoner.dropout=0.5", "reasoner.layers=2"), tmp_path / "c")
    assert torch.equal(before, torch.random.get_rng_state())


def test_initial_weights_are_a_function_of_the_seed(assemble):
    _, _, benchmark = assemble()
    first, again, other = (benchmark.model(seed).state_dict() for seed in (0, 0, 1))
    assert_same_weights(first, again)
    assert not torch.equal(
        first["reasoner.prediction.linear.weight"], other["reasoner.prediction.linear.weight"]
    )


def test_a_loss_that_is_not_finite_ends_training_with_advice(assemble, tmp_path):
    trainer = trainer_of(assemble("loss.objective.kind=not-a-number", "training.batch_size=5"))
    with pytest.raises(TrainingError, match=r"the loss is nan at step 10 of 24: try a lower"):
        trainer.train(CheckpointFile(tmp_path / "c"), validate=lambda: {"valid_accuracy": 0})


def test_a_checkpoint_that_cannot_be_read_says_what_to_do(assemble, tmp_path):
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(b"garbage")
    with pytest.raises(StoreError, match=r"checkpoint.pt: the checkpoint cannot be read"):
        trainer_of(assemble()).resume(CheckpointFile(path))


def test_a_checkpoint_that_cannot_be_written_leaves_the_old_one(assemble, tmp_path, monkeypatch):
    path = tmp_path / "checkpoint.pt"
    weights_after(assemble(), path)
    before = path.read_bytes()

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(StoreError, match="No space left on device"):
        weights_after(assemble("training.epochs=3"), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_device_is_reported_with_those_that_can_be_used():
    if torch.backends.mps.is_available():
        pytest.skip("this machine has an mps device")
    with pytest.raises(SpecError, match=r"training.device: this machine has no mps, only .*cpu"):
        make_fabric(TrainingSpec(device="mps"))


def test_the_learning_rate_rises_and_falls():
    spec = TrainingSpec(examples=100, epochs=1, batch_size=1, learning_rate=1.0)
    rates = [learning_rate(spec, step) for step in range(100)]
    assert rates[:3] == pytest.approx([0.1, 0.2, 0.3], rel=0.01)
    assert max(rates) == rates[9]
    assert rates[50] == pytest.approx(0.5)
    assert rates[99] < 0.001


def test_a_constant_rate_stays_after_warm_up():
    spec = TrainingSpec(
        examples=10,
        epochs=1,
        batch_size=1,
        learning_rate=0.5,
        schedule="constant",
        warmup_fraction=0,
    )
    assert [learning_rate(spec, step) for step in range(10)] == [0.5] * 10


def test_without_warm_up_the_first_step_has_the_full_rate():
    spec = TrainingSpec(examples=10, epochs=1, batch_size=1, learning_rate=0.5, warmup_fraction=0)
    assert learning_rate(spec, 0) == 0.5


class TestForcing:
    @pytest.fixture
    def policy(self, make_data, registry):
        def policy(kind):
            changed = [f"loss.forcing.kind={kind}"]
            spec = load_benchmark(make_data(), registry, overrides=changed)
            return LossPolicy(spec.loss, registry, alphabet_size=26)

        return policy

    @pytest.fixture
    def batch(self, assemble):
        _, _, benchmark = assemble()
        examples = benchmark.examples(0, Split.TRAIN)
        return examples.batch(examples.draw(np.arange(100)))

    def test_a_teacher_forces_every_true_symbol(self, policy, batch):
        forced = policy("teacher").forced(batch, progress=0, stream=Stream.of(0), step=0)
        assert torch.equal(forced, batch.symbols)

    def test_a_share_forces_about_that_share_of_frames(self, policy, batch):
        forced = policy("half").forced(batch, progress=0, stream=Stream.of(0), step=0)
        is_forced = forced != PADDING
        assert 0.4 < is_forced.float().mean() < 0.6
        assert torch.equal(forced[is_forced], batch.symbols[is_forced])

    def test_each_step_draws_its_own_share(self, policy, batch):
        half = policy("half")
        first, again, other = (
            half.forced(batch, progress=0, stream=Stream.of(0), step=step) for step in (3, 3, 4)
        )
        assert torch.equal(first, again)
        assert not torch.equal(first, other)


def test_the_total_loss_is_the_mean_of_both_stages(assemble):
    _, _, benchmark = assemble()
    examples = benchmark.examples(0, Split.TRAIN)
    batch = examples.batch(examples.draw(np.arange(5)))
    with seeded_torch(0), torch.no_grad():
        losses = benchmark.loss.losses(benchmark.model(0)(batch.frames, batch.packing), batch)
        total = benchmark.loss.total(losses, batch.packing)
    assert total == (losses.perception.mean() + losses.prediction.mean()) / 2


def test_the_total_loss_weighs_stages_and_may_look_at_the_last_position_alone(assemble):
    _, _, benchmark = assemble(
        "loss.perception_weight=0.25",
        "loss.prediction_weight=2",
        "loss.prediction_positions=last",
    )
    packing = Packing.of_lengths(np.array([3, 1]))
    losses = StageLosses(torch.tensor([1.0, 2, 3, 6]), torch.tensor([1.0, 5, 7, 9]))
    # Mean perception 3; the last frames are the third and, of the one-frame sequence, the second.
    assert benchmark.loss.total(losses, packing) == 0.25 * 3 + 2 * (9 + 5) / 2


def test_a_stage_with_weight_0_is_not_trained(assemble, tmp_path):
    before = assemble()[2].model(0).state_dict()
    after = weights_after(assemble("loss.prediction_weight=0"), tmp_path / "a")
    still = {name for name in before if torch.equal(before[name], after[name])}
    assert still == {name for name in before if name.startswith("reasoner.prediction")}


def test_only_training_examples_are_augmented(assemble):
    _, _, plain = assemble()
    _, _, turned = assemble("training.augmentation.rotation_degrees=40")
    for split, is_changed in ((Split.TRAIN, True), (Split.VALID, False), (Split.TEST, False)):
        left, right = (
            examples.batch(examples.draw(np.arange(20)))
            for examples in (plain.examples(0, split), turned.examples(0, split))
        )
        assert torch.equal(left.symbols, right.symbols)
        assert torch.equal(left.frames, right.frames) != is_changed


def test_the_moving_average_of_weights_is_kept(assemble, tmp_path):
    """Compared with the weights after every step of the same training, averaged by hand."""
    trainer, steps = trainer_of(assemble("training.validate_steps=1")), []

    def validate():
        weights = trainer.model.module.state_dict().items()
        steps.append({name: part.clone() for name, part in weights})
        return {"valid_accuracy": 0.5}

    trainer.train(CheckpointFile(tmp_path / "a"), validate=validate)
    expected = steps[0]
    for count, weights in enumerate(steps[1:], start=1):
        keep = min(0.2, count / (count + 9))
        expected = {name: keep * expected[name] + (1 - keep) * weights[name] for name in weights}
    kept = weights_after(assemble("training.ema_decay=0.2"), tmp_path / "b")
    for name, part in expected.items():
        torch.testing.assert_close(kept[name], part)


def test_validation_goes_by_steps_if_the_spec_says_so(assemble, tmp_path):
    trainer = trainer_of(assemble("training.validate_steps=4"))
    state = trainer.train(CheckpointFile(tmp_path / "a"), validate=lambda: {"valid_accuracy": 0.5})
    assert [row["step"] for row in state.curve] == [4, 6]
