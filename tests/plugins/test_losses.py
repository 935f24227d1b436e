import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from seqreason.interfaces import LossContext, PluginConfig
from seqreason_plugins.losses import CrossEntropy, Hard, MeanSquaredError, Smoothed, Teacher

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
