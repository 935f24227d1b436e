"""Scores, metrics and breakdowns, each beside a plain computation by hand."""

import numpy as np
import pytest
import torch

from seqreason.assembly import Benchmark
from seqreason.data import load_glyphs
from seqreason.evaluation import Certainty, break_down, confident_errors, score
from seqreason.evaluation.calibration import certainty_columns
from seqreason.spec import load_benchmark
from seqreason.structures.alphabet import LATIN
from seqreason.structures.glyphs import Split


@pytest.fixture
def scored(make_data, registry):
    spec = load_benchmark(make_data(), registry)
    glyphs = load_glyphs(spec.source, registry)
    benchmark = Benchmark(spec, registry, glyphs, device=torch.device("cpu"))
    examples, model = benchmark.examples(0, Split.TEST), benchmark.model(0).eval()

    def scored(batch_size):
        return score(model, benchmark.loss, examples, count=30, batch_size=batch_size)

    return scored, model, examples


def test_scores_do_not_depend_on_the_batch_size(scored):
    scored, _, _ = scored
    whole, parts = scored(30), scored(7)
    assert whole.predictions.tolist() == parts.predictions.tolist()
    assert whole.targets.tolist() == parts.targets.tolist()
    assert whole.perceived.tolist() == parts.perceived.tolist()
    np.testing.assert_allclose(whole.answers.confidences, parts.answers.confidences, rtol=1e-4)
    np.testing.assert_allclose(whole.perception.log_probs, parts.perception.log_probs, rtol=1e-3)
    assert whole.perception_loss == pytest.approx(parts.perception_loss, rel=1e-4)


def test_scores_are_what_one_sequence_at_a_time_gives(scored):
    scored, model, examples = scored
    result = scored(30)
    right_frames = num_frames = 0
    for index in range(30):
        batch = examples.batch(examples.draw(np.array([index])))
        with torch.no_grad():
            perception, prediction = model(batch.frames, batch.packing, None)
        assert result.predictions[index] == prediction[-1].argmax()
        assert result.targets[index] == batch.next_symbols[-1]
        assert result.lengths[index] == len(batch.symbols)
        assert result.answers.confidences[index] == pytest.approx(
            float(prediction[-1].softmax(0).max()), 1e-4
        )
        length = len(batch.symbols)
        assert result.symbols[index].tolist() == [*batch.symbols, *[-1] * (8 - length)]
        assert result.perceived[index].tolist() == [*perception.argmax(1), *[-1] * (8 - length)]
        certainties = result.perception.confidences[num_frames : num_frames + length]
        assert certainties.tolist() == pytest.approx(perception.softmax(1).amax(1).tolist(), 1e-4)
        right_frames += int((perception.argmax(1) == batch.symbols).sum())
        num_frames += length
    assert result.perception_accuracy == pytest.approx(right_frames / num_frames)


def test_accuracy_is_the_share_of_right_answers(make_scores):
    assert make_scores().accuracy == 0.75


def test_accuracy_is_broken_down_by_length_fact_and_target(make_scores):
    rows = {
        name: [(row.value, row.count, row.accuracy) for row in message]
        for name, message in break_down(make_scores(), None, LATIN).items()
    }
    assert rows == {
        "length": [("2", 2, 0.5), ("3", 2, 1.0)],
        "difference": [("-1", 1, 1.0), ("1", 3, pytest.approx(2 / 3))],
        "target": [("A", 1, 1.0), ("B", 2, 0.5), ("C", 1, 1.0)],
    }


def test_a_breakdown_s_counts_add_up_to_all_examples(make_scores):
    assert all(
        sum(row.count for row in rows) == 4
        for rows in break_down(make_scores(), None, LATIN).values()
    )


@pytest.mark.parametrize(
    ("confidences", "is_right", "error"),
    [
        ([1.0, 1.0], [True, True], 0.0),
        ([1.0, 1.0], [False, False], 1.0),
        ([0.75] * 4, [True, True, True, False], 0.0),
        # Two bins: |1/2 - 0.95| over two items, |1 - 0.55| over two items.
        ([0.95, 0.95, 0.55, 0.55], [True, False, True, True], 0.45),
    ],
)
def test_the_calibration_error_is_the_mean_gap_over_bins(
    make_certainty, confidences, is_right, error
):
    result = make_certainty(
        len(is_right), confidences=np.array(confidences), is_right=np.array(is_right)
    )
    assert result.expected_calibration_error == pytest.approx(error)


def test_a_reliability_bin_has_a_count_a_confidence_and_an_accuracy(make_certainty):
    result = make_certainty(
        3, confidences=np.array([0.95, 0.97, 0.5]), is_right=np.array([True, False, True])
    )
    low, high = result.reliability
    assert (low.count, low.confidence, low.accuracy) == (1, 0.5, 1.0)
    assert (high.count, high.confidence, high.accuracy) == (2, pytest.approx(0.96), 0.5)
    assert (low.low, low.high, high.high) == (pytest.approx(7 / 15), pytest.approx(8 / 15), 1.0)


def test_likelihood_and_brier_score_are_those_of_the_whole_distribution():
    logits, truth = torch.randn(20, 26), torch.randint(26, (20,))
    result = Certainty.of_columns(certainty_columns(logits, truth).numpy())
    shares, one_hot = logits.double().softmax(dim=1), torch.eye(26, dtype=torch.float64)[truth]
    expected = torch.nn.functional.cross_entropy(logits.double(), truth)
    assert result.negative_log_likelihood == pytest.approx(float(expected))
    assert result.brier_score == pytest.approx(float((shares - one_hot).square().sum(1).mean()))
    assert result.is_right.tolist() == (shares.argmax(1) == truth).tolist()


def test_a_sure_wrong_answer_has_a_finite_likelihood():
    result = Certainty.of_columns(
        certainty_columns(torch.tensor([[900.0, -900.0]]), torch.tensor([1])).numpy()
    )
    assert result.negative_log_likelihood == pytest.approx(1800)
    assert result.brier_score == pytest.approx(2)


def test_the_most_confident_errors_come_first(make_certainty, make_scores):
    result = make_scores(
        predictions=np.array([1, 0, 1, 3]),
        perceived=np.array([[2, 1, -1], [4, 2, -1], [3, 2, 1], [4, 3, 2]]),
        answers=make_certainty(4, confidences=np.array([0.5, 0.9, 0.99, 0.7])),
    )
    first, second = confident_errors(result, None, LATIN, count=2)
    assert (first.example, first.shown, first.perceived) == (1, ["D", "C"], ["E", "C"])
    assert (first.target, first.prediction, first.confidence) == ("B", "A", 0.9)
    assert (first.facts, first.cause) == ({"difference": 1}, "")
    assert second.example == 3
