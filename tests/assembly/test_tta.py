"""Views of a frame are turned correctly, averaged in tests, and not used in training."""

import numpy as np
import pytest
import torch
from scipy import ndimage

from seqreason.assembly import Benchmark
from seqreason.assembly.tta import turned
from seqreason.data import load_glyphs
from seqreason.spec import load_benchmark
from seqreason.structures.glyphs import Split


def test_a_frame_turned_by_0_degrees_stays_the_same_to_the_bit():
    frames = torch.rand(3, 1, 28, 28)
    assert turned(frames, 0) is frames


def test_a_quarter_turn_is_counter_clockwise():
    frames = torch.rand(2, 1, 9, 9)
    torch.testing.assert_close(turned(frames, 90), frames.rot90(1, dims=(2, 3)))


@pytest.mark.parametrize("size", [(28, 28), (20, 32)])
def test_turning_agrees_with_scipy(size):
    frame = ndimage.gaussian_filter(np.random.default_rng(0).random(size), 1)
    ours = turned(torch.from_numpy(frame)[None, None], 12)[0, 0].numpy()
    theirs = ndimage.rotate(frame, 12, reshape=False, order=1, mode="nearest")
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_an_even_background_stays_even():
    assert torch.allclose(turned(torch.full((1, 1, 28, 28), 0.7), 30), torch.tensor(0.7))


@pytest.fixture
def model_and_batch(make_data, registry):
    def made(*overrides):
        spec = load_benchmark(make_data(), registry, overrides=overrides)
        glyphs = load_glyphs(spec.source, registry)
        benchmark = Benchmark(spec, registry, glyphs, device=torch.device("cpu"))
        examples = benchmark.examples(0, Split.TEST)
        return benchmark.model(0), examples.batch(examples.draw(np.arange(5)))

    return made


def perception(model, batch):
    with torch.no_grad():
        return model(batch.frames, batch.packing).perception


def test_a_test_averages_the_features_of_all_views(model_and_batch):
    model, batch = model_and_batch("evaluation.tta_degrees=[0, 15, -15]")
    model.eval()
    with torch.no_grad():
        views = [model.encoder(turned(batch.frames, degrees)) for degrees in (0, 15, -15)]
        expected = model.reasoner(sum(views) / 3, batch.packing, None).perception
    torch.testing.assert_close(perception(model, batch), expected)


def test_training_uses_each_frame_once(model_and_batch):
    (plain, batch), (looking, _) = (
        model_and_batch(),
        model_and_batch("evaluation.tta_degrees=[0, 15, -15]"),
    )
    assert torch.equal(perception(plain.train(), batch), perception(looking.train(), batch))
    assert not torch.equal(perception(plain.eval(), batch), perception(looking.eval(), batch))
