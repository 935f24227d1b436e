import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from seqreason import LossContext, PluginConfig
from seqreason_plugins.losses import (
    CrossEntropy,
    FreeRunning,
    Hard,
    MeanSquaredError,
    Scheduled,
    Smoothed,
    Teacher,
)

CONTEXT = LossContext(alphabet_size=26)
NONE = PluginConfig()


def test_hard_labels_are_one_hot():
    targets = Hard(NONE, CONTEXT).targets(torch.tensor([0, 25]))
    assert targets.argmax(dim=1).tolist() == [0, 25]
    assert targets.sum(dim=1).tolist() == [1, 1]


def test_smoothed_labels_are_those_of_the_report():
    targets = Smoothed(Smoothed.Config(smoothing=0.2), CONTEXT).targets(torch.tensor([3]))[0]
    assert targets[3] == pytest.approx(0.8 + 0.2 / 26)
    assert targets[4] == pytest.approx(0.2 / 26)


@given(st.floats(0, 1))
def test_smoothed_labels_are_distributions(smoothing):
    targets = Smoothed(Smoothed.Config(smoothing=smoothing), CONTEXT).targets(torch.arange(26))
    assert torch.allclose(targets.sum(dim=1), torch.ones(26))
    assert (targets >= 0).all()


def test_mse_is_on_probabilities():
    logits = torch.tensor([[0.0, 0.0]])
    targets = torch.tensor([[1.0, 0.0]])
    assert MeanSquaredError(NONE, CONTEXT).losses(logits, targets).item() == pytest.approx(0.25)


def test_cross_entropy_agrees_with_torch():
    logits, targets = torch.randn(7, 26), torch.rand(7, 26).softmax(dim=1)
    ours = CrossEntropy(NONE, CONTEXT).losses(logits, targets)
    theirs = torch.nn.functional.cross_entropy(logits, targets, reduction="none")
    torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("objective", [MeanSquaredError, CrossEntropy])
def test_an_objective_is_least_at_its_target(objective):
    targets = torch.rand(5, 26).softmax(dim=1)
    logits = targets.log().requires_grad_()
    loss = objective(NONE, CONTEXT).losses(logits, targets).sum()
    loss.backward()
    assert logits.grad.abs().max() < 1e-6
    elsewhere = objective(NONE, CONTEXT).losses(logits.detach() + torch.randn(5, 26), targets)
    assert elsewhere.sum() > loss


@pytest.mark.parametrize("progress", [0.0, 0.5, 1.0])
def test_a_teacher_always_forces(progress):
    assert Teacher(NONE, CONTEXT).forced_share(progress) == 1


@pytest.mark.parametrize("progress", [0.0, 0.5, 1.0])
def test_free_running_never_forces(progress):
    assert FreeRunning(NONE, CONTEXT).forced_share(progress) == 0


def scheduled(**settings):
    return Scheduled(Scheduled.Config(**settings), CONTEXT).forced_share


def test_a_linear_schedule_falls_evenly_until_its_end():
    share = scheduled(schedule="linear", start=0.9, end=0.1, until=0.5)
    assert [share(progress) for progress in (0, 0.25, 0.5, 0.9)] == pytest.approx(
        [0.9, 0.5, 0.1, 0.1]
    )


def test_an_inverse_sigmoid_schedule_falls_as_the_logistic_function():
    share = scheduled(schedule="inverse-sigmoid")

    def logistic(done):
        return 1 / (1 + np.exp(10 * done - 5))

    for done in (0.1, 0.5, 0.8):
        expected = (logistic(done) - logistic(1)) / (logistic(0) - logistic(1))
        assert share(done) == pytest.approx(expected)


def test_an_exponential_schedule_falls_by_the_same_factor_each_step():
    share = scheduled(schedule="exponential")
    falls = [share(done) - share(done + 0.1) for done in (0.0, 0.1, 0.2, 0.3)]
    factors = [later / before for before, later in itertools.pairwise(falls)]
    assert factors == pytest.approx([np.exp(-0.5)] * 3)


@given(
    st.sampled_from(["linear", "exponential", "inverse-sigmoid"]),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0.01, 1),
)
def test_every_schedule_goes_from_its_start_to_its_end(schedule, start, end, until):
    share = scheduled(schedule=schedule, start=start, end=end, until=until)
    assert share(0) == pytest.approx(start)
    assert share(until) == share(1) == pytest.approx(end)
    way = [share(until * step / 10) for step in range(11)]
    assert way == sorted(way, reverse=start > end)
