"""The glyph source of drawn letters: no download, no font, any number of glyphs."""

from typing import Literal, final

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from seqreason import Conformance, Glyphs, GlyphSource, PluginConfig, SourceContext, Split, Stream
from seqreason.structures.alphabet import LATIN
from seqreason_plugins.sources.strokes.raster import draw
from seqreason_plugins.sources.strokes.skeletons import Skeleton, skeletons
from seqreason_plugins.sources.strokes.writers import FRAME_PIXELS, Shapings, Writers

Integers = NDArray[np.int64]


@final
class Strokes(GlyphSource):
    """Letters of simulated writers, from a table of stroke skeletons; drawn offline.

    A writer has habits: slant, proportions, pen, size, and a way to write each letter. Every glyph
    deviates from them a little. A glyph depends on (seed, writer, its number) alone. Of ten
    writers, eight are in train, one in valid and one in test.
    """

    name = "strokes"
    conformance = Conformance(examples=({"writers": 10, "glyphs_per_letter": 1},))

    class Config(PluginConfig):
        """Settings of the drawn letters."""

        writers: int = Field(300, ge=10, description="simulated writers, split 80/10/10 %")
        glyphs_per_letter: int = Field(4, ge=1, description="glyphs of each letter by each writer")
        case: Literal["upper", "lower", "both"] = Field(
            "upper", description="capital or small letters, or both at random; always 26 symbols"
        )
        variation: float = Field(
            1.0, gt=0, le=2, description="how far writers and glyphs deviate from the skeletons"
        )
        seed: int = Field(
            0, ge=0, lt=2**64, description="seed of the writers; not the seed of a benchmark"
        )

    def __init__(self, config: Config, context: SourceContext) -> None:
        self._config, self._progress = config, context.progress
        self._stream = Stream.of(config.seed, "strokes")
        self._writers = Writers(self._stream, variation=config.variation)

    def fingerprint(self) -> str:
        """Empty: the glyphs depend on code and settings only."""
        return ""

    def load(self) -> Glyphs:
        """Every writer's glyphs, letter by letter."""
        size = LATIN.size
        per_writer = size * self._config.glyphs_per_letter
        glyphs = np.arange(self._config.writers * per_writer)
        writers, letters = glyphs // per_writer, glyphs % size
        forms, of_glyph = self._forms(writers, glyphs, letters)
        shapings = self._writers.shapings(writers, glyphs)
        images = np.zeros((len(glyphs), FRAME_PIXELS, FRAME_PIXELS), dtype=np.uint8)
        for form, skeleton in enumerate(forms):
            chosen = np.flatnonzero(of_glyph == form)
            if len(chosen):
                images[chosen] = self._drawn(form, skeleton, chosen, writers[chosen], shapings)
            self._progress(form + 1, len(forms))
        return Glyphs(images, letters, _split_of(writers), LATIN)

    def _forms(
        self, writers: Integers, glyphs: Integers, letters: Integers
    ) -> tuple[list[Skeleton], Integers]:
        """All skeletons, and the index of each glyph's skeleton."""
        is_lower = np.full(len(glyphs), self._config.case == "lower")
        if self._config.case == "both":
            is_lower = self._stream.child("case").below(glyphs, 2)[:, 0] == 1
        ways = [*skeletons("upper"), *skeletons("lower")]
        counts = np.array([len(of_letter) for of_letter in ways])
        row = letters + LATIN.size * is_lower
        first = np.cumsum(counts) - counts
        way = self._writers.ways(writers, glyphs, row, counts[row])
        return [skeleton for of_letter in ways for skeleton in of_letter], first[row] + way

    def _drawn(
        self, form: int, skeleton: Skeleton, chosen: Integers, writers: Integers, all_: Shapings
    ) -> NDArray[np.uint8]:
        """The glyphs numbered *chosen*, all of one form."""
        nudges = self._writers.nudges(writers, chosen, form, len(skeleton.points))
        shapings = Shapings(**{name: values[chosen] for name, values in vars(all_).items()})
        return draw(skeleton, nudges, shapings)


def _split_of(writers: Integers) -> NDArray[np.uint8]:
    """The split of each glyph, by writer: of ten, the ninth is valid and the tenth test."""
    splits = np.full(len(writers), Split.TRAIN, dtype=np.uint8)
    splits[writers % 10 == 8] = Split.VALID
    splits[writers % 10 == 9] = Split.TEST
    return splits
