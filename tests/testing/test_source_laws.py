"""The laws of sources: their messages and exceptions; built-in sources keep all of them."""

import gzip
import importlib.util
import struct
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from seqreason.errors import DataError
from seqreason.registry import Registration, load_registry
from seqreason.registry.manager import Origin
from seqreason.testing import Effort, Examination, Subject, Verdict, check_plugin, laws_of

LAWS = [law.name for law in laws_of("source").laws]


def _module():
    # Not with a registry, which would load it again under a name that other tests pickle by.
    path = Path(__file__).parent.parent / "known_bad" / "sources.py"
    spec = importlib.util.spec_from_file_location("known_bad_sources", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BAD = _module()


def of(plugin):
    return Registration("source", plugin, Origin("mine", "tests", "1"))


def broken_message(bad, *examples):
    """The message of the one law that it breaks."""
    plugin = getattr(BAD, bad)
    subject = Subject.of(of(plugin), examples=examples or None)
    return Examination(subject, Effort(cases=2)).outcome(plugin.breaks).message


def checked(registration, *examples, cases=3):
    subject = Subject.of(registration, examples=examples or None)
    return check_plugin(subject, effort=Effort(cases=cases))


def laws_that_are(verdict, conformity):
    return [out.law for out in conformity.outcomes if out.verdict == verdict]


def message_of(conformity, law):
    (outcome,) = [out for out in conformity.outcomes if out.law == law]
    return outcome.message


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("GivesImages", "load() must return Glyphs, got ndarray"),
        ("LeavesASymbolOut", "its glyphs are not valid: the test split has no glyph of b"),
        ("HasAFourthSplit", "splits must be values of Split, 0 … 2, got [3]"),
        ("Seeds", "it uses or seeds numpy.random: draw from a Stream instead"),
        ("HashesToBytes", "a fingerprint must be a str, got bytes"),
        ("TestsOnWhatItTrains", "images that are in two splits: 3 in train and test"),
        ("FramesInWhite", "only 0% of edge pixels are dark: is the ink black?"),
        ("InksFaintly", "only 0% of the images have a pixel of at least half the ink"),
        ("DoesMoreThanAll", "it reports 5 of 3 as done"),
        ("GoesBack", "it reports 1 of 2 after 2"),
        ("WritesHome", "it wrote fingerprint.txt: write into context.cache_folder instead"),
    ],
)
def test_a_broken_law_says_what_is_wrong(bad, message):
    assert broken_message(bad, {"each": 1}).startswith(message)


def test_the_laws_share_three_loadings_with_each_settings():
    loads = Counter()

    class CountsAllLoads(BAD.Fine):
        def load(self):
            loads[self.each] += 1
            return super().load()

    checked(of(CountsAllLoads), {"each": 3})
    assert loads[3] == 3


class HasNoData(BAD.Fine):
    breaks = None

    def load(self):
        raise DataError("letters.gz is missing")


def test_a_source_without_its_data_is_not_checked_further():
    conformity = checked(of(HasNoData))
    assert laws_that_are(Verdict.KEPT, conformity) == ["construction"]
    assert message_of(conformity, "symbol-coverage") == "letters.gz is missing"


def test_a_source_with_a_relative_path_is_not_checked_for_files_elsewhere():
    class Relative(BAD.Fine):
        breaks = None

        def load(self):
            if Path.cwd() != BAD.HERE:
                raise DataError("letters.gz is missing")
            return super().load()

    conformity = checked(of(Relative))
    assert conformity.is_green
    assert message_of(conformity, "write-confinement") == (
        "it does not find its data from another working directory"
    )


@pytest.mark.parametrize("kind", ["emnist", "ocr-letters"])
def test_a_check_downloads_nothing(kind):
    conformity = checked(load_registry().find("source", kind), cases=1)
    assert not conformity.broken
    message = message_of(conformity, "symbol-coverage")
    assert message.endswith("; a check downloads nothing: fetch the data first")


def test_drawn_letters_keep_every_law():
    conformity = checked(load_registry().find("source", "strokes"), cases=2)
    assert laws_that_are(Verdict.KEPT, conformity) == LAWS


@pytest.mark.slow
def test_drawn_letters_keep_every_law_in_many_cases():
    assert checked(load_registry().find("source", "strokes"), cases=30).is_green


def test_a_folder_of_images_keeps_every_law(tmp_path):
    for number in range(30):
        folder = tmp_path / "images" / "AB"[number % 2]
        folder.mkdir(parents=True, exist_ok=True)
        spots = np.random.default_rng(number).random((6, 6)) < 0.4
        pixels = np.full((32, 32), 230, dtype=np.uint8)
        pixels[4:28, 4:28][np.kron(spots, np.ones((4, 4))) > 0] = 40
        Image.fromarray(pixels).save(folder / f"{number}.png")
    (tmp_path / "images" / "A" / "empty.png").touch()
    settings = {"path": str(tmp_path / "images"), "unreadable": "skip"}
    conformity = checked(load_registry().find("source", "image-folder"), settings)
    assert laws_that_are(Verdict.KEPT, conformity) == LAWS


def test_ocr_letters_keep_every_law_but_split_disjointness(tmp_path):
    def row(number, fold):
        # The last letter of each fold is the same in all.
        ink = 3 * number + fold - 7 if number < 26 else 100
        fields = [number, chr(97 + number % 26), -1, 1, 1, fold, *("1" * ink).ljust(128, "0")]
        return "\t".join(map(str, fields)) + "\t"

    path = tmp_path / "letter.data.gz"
    rows = [row(number, fold) for fold in (7, 8, 9) for number in range(27)]
    path.write_bytes(gzip.compress("\n".join(rows).encode()))
    assert_letters_keep_the_laws(path)


@pytest.mark.slow
@pytest.mark.real_data
def test_the_real_ocr_letters_keep_every_law_but_split_disjointness(letters_file):
    assert_letters_keep_the_laws(letters_file)


def assert_letters_keep_the_laws(path):
    conformity = checked(load_registry().find("source", "ocr-letters"), {"path": str(path)})
    assert conformity.is_green
    assert laws_that_are(Verdict.EXPECTED_FAILURE, conformity) == ["split-disjointness"]
    assert laws_that_are(Verdict.SKIPPED, conformity) == [
        "progress-reports", "setting-effects"
    ]  # fmt: skip


def test_emnist_keeps_every_law(tmp_path):
    raw = tmp_path / "emnist" / "EMNIST" / "raw"
    raw.mkdir(parents=True)
    for part, each, first in (("train", 10, 0), ("test", 2, 1000)):
        labels = np.repeat(np.arange(1, 27, dtype=np.uint8), each)
        images = np.zeros((len(labels), 28, 28), dtype=np.uint8)
        images[:, 8, 4:24] = 255
        # The bits of a number make each image unique.
        number = first + np.arange(len(labels))
        images[:, 12, 4:16] = 255 * (number[:, None] >> np.arange(12) & 1)
        for array, what in ((images, "images-idx3"), (labels, "labels-idx1")):
            head = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
            path = raw / f"emnist-letters-{part}-{what}-ubyte"
            path.write_bytes(head + array.tobytes())
    conformity = checked(
        load_registry().find("source", "emnist"), {"path": str(tmp_path / "emnist")}
    )
    assert conformity.is_green
    assert laws_that_are(Verdict.SKIPPED, conformity) == ["progress-reports"]
