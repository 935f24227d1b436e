"""The loader of the OCR letters, on small files in the published format and on the real one."""

import gzip
from pathlib import Path

import numpy as np
import pytest
import requests

from seqreason import DataError, SourceContext, Split
from seqreason_plugins.sources.ocr_letters import URL, OcrLetters, normalised


def source(path: Path | None, cache: Path = Path("nowhere")) -> OcrLetters:
    return OcrLetters(OcrLetters.Config(path=path), SourceContext(cache_folder=cache))


def row(number: int, letter: str, fold: int, pixels: str) -> str:
    fields = [str(number), letter, "-1", "1", "1", str(fold), *pixels]
    return "\t".join(fields) + "\t"


@pytest.fixture
def small_file(tmp_path: Path) -> Path:
    """Every letter once in each of the folds 0, 8 and 9; the stroke's length is its number."""
    path = tmp_path / "letter.data.gz"
    rows = [
        row(1 + place + 26 * nth, chr(97 + place), fold, ("1" * (place + 1 + nth)).ljust(128, "0"))
        for nth, fold in enumerate((0, 8, 9))
        for place in range(26)
    ]
    path.write_bytes(gzip.compress("\n".join(rows).encode()))
    return path


def test_letters_and_folds_are_read(small_file):
    glyphs = source(small_file).load()
    assert glyphs.labels.tolist() == list(range(26)) * 3
    assert glyphs.splits.tolist() == [Split.TRAIN] * 26 + [Split.VALID] * 26 + [Split.TEST] * 26
    assert glyphs.images.shape == (78, 28, 28)


def test_a_letter_fills_the_box_and_is_centred():
    letters = np.zeros((1, 16, 8), dtype=np.uint8)
    letters[0, 3:13, 2:6] = 1
    image = normalised(letters)[0]
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    assert (rows.min(), rows.max()) == (4, 23)
    assert (columns.min(), columns.max()) == (10, 17)
    assert image.max() == 255


def test_proportions_are_kept():
    letters = np.zeros((2, 16, 8), dtype=np.uint8)
    letters[0, :, 3] = 1
    letters[1, 8, :] = 1
    tall, wide = normalised(letters) > 0
    assert (tall.any(axis=1).sum(), tall.any(axis=0).sum()) == (20, 1)
    assert (wide.any(axis=1).sum(), wide.any(axis=0).sum()) == (2, 20)


def test_an_empty_letter_stays_empty():
    assert not normalised(np.zeros((1, 16, 8), dtype=np.uint8)).any()


def test_the_fingerprint_follows_the_content(small_file, tmp_path):
    copy = tmp_path / "copy.gz"
    copy.write_bytes(small_file.read_bytes())
    assert source(copy).fingerprint() == source(small_file).fingerprint()
    copy.write_bytes(gzip.compress(b"other"))
    assert source(copy).fingerprint() != source(small_file).fingerprint()


def test_the_path_of_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"source.path: .*gone.gz cannot be read \(No such file"):
        source(tmp_path / "gone.gz").fingerprint()


@pytest.mark.parametrize("cut", [1, 100])
def test_a_truncated_file_is_refused(small_file, cut):
    small_file.write_bytes(small_file.read_bytes()[:-cut])
    with pytest.raises(
        DataError, match=r"is not a complete gzip file .* download letter.data.gz from"
    ):
        source(small_file).load()


@pytest.mark.parametrize("content", [b"", gzip.compress(b"", mtime=0)], ids=["file", "archive"])
def test_an_empty_file_is_refused(tmp_path, content):
    path = tmp_path / "letter.data.gz"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"letter.data.gz is empty; download letter.data.gz from"):
        source(path).load()


def test_a_file_that_lacks_letters_is_named(tmp_path):
    path = tmp_path / "letter.data.gz"
    path.write_bytes(gzip.compress(row(1, "a", 0, "1" * 128).encode()))
    message = r"letter.data.gz is not the complete http.*: the train split has no glyph of B, C"
    with pytest.raises(DataError, match=message):
        source(path).load()


def test_a_file_that_is_not_gzip_is_refused(tmp_path):
    plain = tmp_path / "letter.data"
    plain.write_text("1\ta\t-1\n")
    with pytest.raises(DataError, match="is not a complete gzip file"):
        source(plain).load()


@pytest.mark.parametrize(
    "line",
    [row(1, "A", 0, "0" * 128), row(1, "a", 0, "0" * 127), row(1, "a", 0, "2" + "0" * 127), ""],
)
def test_a_line_of_another_format_is_named_by_its_number(small_file, line):
    text = gzip.decompress(small_file.read_bytes()).decode()
    small_file.write_bytes(gzip.compress(f"{text}\n{line}\n".encode()))
    with pytest.raises(DataError, match="line 79: expected 134 tab-separated fields"):
        source(small_file).load()


def test_offline_the_message_says_what_to_place_where(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise requests.ConnectionError("no route")

    monkeypatch.setattr(requests.Session, "request", refuse)
    place = tmp_path / "ocr-letters" / "letter.data.gz"
    with pytest.raises(
        DataError, match=f"put the file at {place} yourself, or set source.path=FILE"
    ):
        source(None, cache=tmp_path).fingerprint()


def test_a_download_with_other_letters_fails_its_checksum(tmp_path, small_file):
    place = tmp_path / "ocr-letters" / "letter.data.gz"
    place.parent.mkdir()
    place.write_bytes(small_file.read_bytes())
    with pytest.raises(DataError, match=r"does not hold the published http"):
        source(None, cache=tmp_path).load()


@pytest.mark.real_data
def test_the_real_letters_pass_the_checksum_of_the_published_ones(letters_file, tmp_path):
    place = tmp_path / "ocr-letters" / "letter.data.gz"
    place.parent.mkdir()
    place.write_bytes(letters_file.read_bytes())
    glyphs = source(None, cache=tmp_path).load()
    assert len(glyphs.labels) == 52_152
    assert np.bincount(glyphs.labels).min() == 189
    assert URL.endswith(letters_file.name)
