"""A new transformation of frames: a setting, a field of amounts, and a change of the ink."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from pydantic import Field
from torch.nn.functional import avg_pool2d

from seqreason import Appearance, GeneratorContext, SequenceConfig, Stream
from seqreason.data import rendering
from seqreason.evaluation.audit.shortcuts import answer_needs_the_symbols
from seqreason.registry import Registration
from seqreason.registry.manager import Origin
from seqreason.spec.schema.settings_table import settings_rows
from seqreason.structures.appearance import Floats, amounts
from seqreason.testing import Effort, Examination, Subject, Verdict
from seqreason_plugins.generators.progressions import ProgressionGenerator


@dataclass(frozen=True)
class Blurred(Appearance):
    blurred_share: Floats | None = field(default=None, metadata=amounts(least=0, greatest=1))


class Blurs(ProgressionGenerator):
    """Blurs each frame by a share of its own."""

    name = "blurs"

    class Config(ProgressionGenerator.Config):
        blur: float = Field(0.5, gt=0, le=1, description="largest share of ink that is blurred")

        def appearance(self, stream, examples, *, time):
            plain = super().appearance(stream, examples, time=time)
            shares = stream.child("blur").uniform(examples, count=time) * self.blur
            return Blurred(**vars(plain), blurred_share=shares.astype(np.float32))


class BlursTooMuch(Blurs):
    name = "blurs-too-much"

    class Config(Blurs.Config):
        def appearance(self, stream, examples, *, time):
            drawn = super().appearance(stream, examples, time=time)
            return Blurred(drawn.inverted, blurred_share=drawn.blurred_share + 1)


def blurred(ink, share):
    mean = avg_pool2d(ink[:, None], 3, stride=1, padding=1)[:, 0]
    return torch.lerp(ink, mean, share[:, None, None])


def registration(plugin):
    return Registration("generator", plugin, Origin("mine", "tests", "1"))


@pytest.fixture
def sequences():
    return Blurs(Blurs.Config(), GeneratorContext(26)).draw(Stream.of(0), np.arange(400))


def test_its_amounts_are_drawn_for_each_frame(sequences):
    shares = sequences.appearance.blurred_share
    assert len(np.unique(shares)) > 0.99 * shares.size
    assert 0 <= shares.min() < 0.01
    assert 0.49 < shares.max() <= 0.5


def rendered_dot():
    """A frame of one dot in the centre, fully blurred."""
    ink = torch.zeros(1, 5, 5, dtype=torch.uint8)
    ink[0, 2, 2] = 255
    return rendering.rendered(
        ink,
        Blurred(np.zeros((1, 1), dtype=bool), blurred_share=np.ones((1, 1), dtype=np.float32)),
        packed=lambda rows: torch.from_numpy(rows[:, 0]),
        noise_words=lambda: pytest.fail("there is no noise"),
    )


def test_a_transformation_without_a_change_of_ink_is_not_ignored():
    with pytest.raises(AssertionError, match="no change of ink for a field"):
        rendered_dot()


def test_it_is_rendered(monkeypatch):
    monkeypatch.setitem(rendering.INK_CHANGES, "blurred_share", blurred)
    frames = rendered_dot()
    assert frames[0, 1:4, 1:4].numpy() == pytest.approx(np.full((3, 3), 1 / 9))
    assert frames.sum().item() == pytest.approx(1)


@pytest.mark.parametrize(
    ("plugin", "verdict", "message"),
    [
        (Blurs, Verdict.KEPT, ""),
        (BlursTooMuch, Verdict.BROKEN, "blurred_share must be 0 … 1"),
    ],
)
def test_the_laws_check_its_bounds(plugin, verdict, message):
    examination = Examination(Subject.of(registration(plugin)), Effort(cases=2))
    outcome = examination.outcome("appearance-range")
    assert outcome.verdict == verdict
    assert message in outcome.message


def test_the_audit_looks_for_the_answer_in_it(sequences):
    result = answer_needs_the_symbols(SimpleNamespace(sequences=sequences))
    assert result.verdict == "passed"
    assert "last frame's blurred share" in result.details["p_values"]


def test_the_table_of_settings_lists_it():
    rows = {row["name"]: row for row in settings_rows(registration(Blurs).plugin.Config)}
    assert rows["blur"]["description"] == "largest share of ink that is blurred"
    assert set(SequenceConfig.model_fields) < set(rows)
