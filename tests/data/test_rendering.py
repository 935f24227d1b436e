"""Degradations: each does to a frame what its setting says, and nothing else."""

import numpy as np
import pytest
import torch

from seqreason.data.rendering import rendered
from seqreason.interfaces import SequenceConfig
from seqreason.randomness import Stream
from seqreason.structures.appearance import Appearance

SIZE = 9
MIDDLE = SIZE // 2


def shown(ink, **parts):
    """One frame of *ink*, under an appearance of that one frame."""
    one = {name: np.asarray(value, dtype=np.float32)[None, None] for name, value in parts.items()}
    inverted = np.array([[bool(one.pop("inverted", [[False]])[0][0])]])
    words = Stream.of(0).bits(np.arange(1), count=SIZE * SIZE)
    frames = rendered(
        ink[None],
        Appearance(inverted, **one),
        packed=lambda rows: torch.from_numpy(rows[:, 0]),
        noise_words=lambda: words,
    )
    return frames[0]


def dot(row, column):
    ink = torch.zeros(SIZE, SIZE, dtype=torch.uint8)
    ink[row, column] = 255
    return ink


def place_of_ink(frame):
    """The row and the column of the frame's centre of mass."""
    axis = torch.arange(SIZE, dtype=torch.float32)
    mass = frame.sum()
    return float((frame.sum(1) * axis).sum() / mass), float((frame.sum(0) * axis).sum() / mass)


def test_a_positive_angle_turns_counter_clockwise():
    frame = shown(dot(MIDDLE, MIDDLE + 3), rotation_degrees=90)
    assert place_of_ink(frame) == pytest.approx((MIDDLE - 3, MIDDLE), abs=1e-4)


def test_a_shift_moves_to_the_right_and_down():
    frame = shown(dot(3, 3), shift_pixels=[2, 1])
    assert place_of_ink(frame) == pytest.approx((4, 5), abs=1e-4)


def test_a_scale_moves_ink_away_from_the_middle():
    ink = torch.zeros(SIZE, SIZE, dtype=torch.uint8)
    ink[MIDDLE - 1 : MIDDLE + 2, MIDDLE - 1 : MIDDLE + 2] = 255
    larger = shown(ink, scale=2.0)
    assert larger.sum() == pytest.approx(4 * 9, rel=0.05)
    assert place_of_ink(larger) == pytest.approx((MIDDLE, MIDDLE), abs=1e-4)


def test_a_shift_is_done_last_so_a_turn_does_not_turn_it():
    frame = shown(dot(MIDDLE, MIDDLE), rotation_degrees=90, scale=0.5, shift_pixels=[3, 0])
    assert place_of_ink(frame) == pytest.approx((MIDDLE, MIDDLE + 3), abs=1e-4)


def test_a_frame_that_is_not_moved_stays_as_it_is_to_the_bit():
    ink = torch.arange(SIZE * SIZE, dtype=torch.uint8).reshape(SIZE, SIZE)
    frame = shown(ink, rotation_degrees=0, scale=1, shift_pixels=[0, 0])
    assert torch.equal(frame, ink.float() / 255)


def test_ink_within_the_covered_square_is_gone():
    ink = torch.full((SIZE, SIZE), 255, dtype=torch.uint8)
    frame = shown(ink, covered=[1 / 3, 0, 1 / 3])
    expected = torch.ones(SIZE, SIZE)
    expected[0:3, 3:6] = 0
    assert torch.equal(frame, expected)


def test_faded_ink_on_white_paper_is_dark_grey():
    frame = shown(dot(1, 1), ink_share=0.75, inverted=True)
    assert frame[1, 1] == pytest.approx(0.25)
    assert frame[0, 0] == 1


def test_noise_has_the_deviation_that_is_set_and_stays_within_bounds():
    grey = torch.full((SIZE, SIZE), 128, dtype=torch.uint8)
    frame = shown(grey, noise=0.1)
    assert float(frame.std()) == pytest.approx(0.1, rel=0.2)
    assert shown(dot(1, 1), noise=1.0).min() == 0
    assert shown(dot(1, 1), noise=1.0).max() == 1


class TestSettings:
    """What a generator's settings make of appearances."""

    def amounts(self, **settings):
        return SequenceConfig(**settings).appearance(Stream.of(0), np.arange(4000), time=3)

    def test_nothing_is_done_by_default(self):
        appearance = self.amounts()
        assert not appearance.inverted.any()
        others = {name: part for name, part in vars(appearance).items() if name != "inverted"}
        assert set(others.values()) == {None}

    def test_each_frame_has_an_angle_of_its_own_up_to_the_greatest(self):
        angles = self.amounts(rotation_degrees=30).rotation_degrees
        assert angles.shape == (4000, 3)
        assert len(np.unique(angles)) > 11_900
        assert -30 <= angles.min() < -29.9
        assert 29.9 < angles.max() <= 30

    def test_a_share_of_the_frames_is_turned(self):
        turned = self.amounts(rotation_degrees=30, rotation_share=0.25).rotation_degrees != 0
        assert turned.mean() == pytest.approx(0.25, abs=0.02)

    def test_scale_contrast_and_shift_keep_within_their_reach(self):
        appearance = self.amounts(scale=0.2, contrast=0.5, shift_pixels=2)
        assert appearance.scale.min() == pytest.approx(0.8, abs=0.01)
        assert appearance.scale.max() == pytest.approx(1.2, abs=0.01)
        assert appearance.ink_share.min() == pytest.approx(0.5, abs=0.01)
        assert appearance.ink_share.max() <= 1
        assert np.abs(appearance.shift_pixels).max() == pytest.approx(2, abs=0.01)

    def test_a_covered_square_lies_within_the_frame(self):
        left, top, side = np.moveaxis(self.amounts(occlusion=0.4).covered, 2, 0)
        assert side.max() == pytest.approx(0.4, abs=0.01)
        assert (left + side).max() <= 1
        assert (top + side).max() <= 1
