"""Scores, metrics and breakdowns, each beside a plain computation by hand."""

import numpy as np
import pytest
import torch

from seqreason.alphabet import LATIN
from seqreason.assembly import Benchmark
from seqreason.data import load_glyphs
from seqreason.evaluation import Scores, break_down, expected_calibration_error, score
from seqreason.glyphs import Split
from seqreason.spec import load_benchmark


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
    np.testing.assert_allclose(whole.confidences, parts.confidences, rtol=1e-4)
    assert whole.perception_loss == pytest.approx(parts.perception_loss, rel=1e-4)


def test_scores_are_what_one_sequence_at_a_time_gives(scored):
    scored, model, examples = scored
    told = scored(30)
    right_frames = num_frames = 0
    for index in range(30):
        batch = examples.batch(examples.draw(np.array([index])))
        with torch.no_grad():
            perception, prediction = model(batch.frames, batch.packing, None)
        assert told.predictions[index] == prediction[-1].argmax()
        assert told.targets[index] == batch.next_symbols[-1]
        assert told.lengths[index] == len(batch.symbols)
        assert told.confidences[index] == pytest.approx(
            float(prediction[-1].softmax(0).max()), 1e-4
        )
        right_frames += int((perception.argmax(1) == batch.symbols).sum())
        num_frames += len(batch.symbols)
    assert told.perception_accuracy == pytest.approx(right_frames / num_frames)


def scores(**changes):
    values = {
        "lengths": np.array([2, 2, 3, 3]),
        "targets": np.array([0, 1, 1, 2]),
        "predictions": np.array([0, 0, 1, 2]),
        "confidences": np.ones(4),
        "facts": {"difference": np.array([-1, 1, 1, 1])},
        "perception_loss": 0.0,
        "prediction_loss": 0.0,
        "perception_accuracy": 1.0,
        "prediction_accuracy": 1.0,
    }
    return Scores(**{**values, **changes})


def test_accuracy_is_the_share_of_right_answers():
    assert scores().accuracy == 0.75


def test_accuracy_is_broken_down_by_length_fact_and_target():
    rows = {
        name: [(row.value, row.count, row.accuracy) for row in told]
        for name, told in break_down(scores(), LATIN).items()
    }
    assert rows == {
        "length": [("2", 2, 0.5), ("3", 2, 1.0)],
        "difference": [("-1", 1, 1.0), ("1", 3, pytest.approx(2 / 3))],
        "target": [("A", 1, 1.0), ("B", 2, 0.5), ("C", 1, 1.0)],
    }


def test_a_breakdown_s_counts_add_up_to_all_examples():
    assert all(sum(row.count for row in rows) == 4 for rows in break_down(scores(), LATIN).values())


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
def test_the_calibration_error_is_the_mean_gap_over_bins(confidences, is_right, error):
    found = expected_calibration_error(np.array(confidences), np.array(is_right))
    assert found == pytest.approx(error)
