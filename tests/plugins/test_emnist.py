"""The loader of EMNIST's letters, on small files in its own raw format."""

import gzip
import io
import struct
import urllib.request
import zipfile
from hashlib import md5
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pytest

from seqreason import DataError, SourceContext, Split
from seqreason_plugins.sources.emnist import Emnist, stratified

IMAGES, LABELS = "emnist-letters-train-images-idx3-ubyte", "emnist-letters-train-labels-idx1-ubyte"
TEST_IMAGES = "emnist-letters-test-images-idx3-ubyte"


def source(path: Path | None, cache: Path = Path("nowhere"), **settings) -> Emnist:
    return Emnist(Emnist.Config(path=path, **settings), SourceContext(cache_folder=cache))


def upright_l() -> np.ndarray:
    """A tall stroke on the left, and a short one from its foot to the right."""
    image = np.zeros((28, 28), dtype=np.uint8)
    image[4:24, 8] = 255
    image[23, 8:16] = 255
    return image


def idx(array: np.ndarray) -> bytes:
    """The array in the idx format: its type and number of axes, big-endian sizes, its bytes."""
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


def write_part(raw: Path, part: str, labels: np.ndarray) -> None:
    # Rows and columns are swapped in EMNIST's files.
    images = np.repeat(upright_l().T[None], len(labels), axis=0)
    images[:, 0, 0] = np.arange(len(labels))
    raw.mkdir(parents=True, exist_ok=True)
    (raw / f"emnist-letters-{part}-images-idx3-ubyte").write_bytes(idx(images))
    (raw / f"emnist-letters-{part}-labels-idx1-ubyte").write_bytes(idx(labels.astype(np.uint8)))


@pytest.fixture
def root(tmp_path):
    """Ten of each letter for training and two for testing, in a cache at *tmp_path*."""
    root = tmp_path / "emnist"
    write_part(root / "EMNIST" / "raw", "train", np.tile(np.arange(1, 27), 10))
    write_part(root / "EMNIST" / "raw", "test", np.repeat(np.arange(1, 27), 2))
    return root


@pytest.fixture
def raw(root):
    """The folder that holds the files."""
    return root / "EMNIST" / "raw"


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*args, **kwargs):
        raise URLError("no route")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)


def test_letters_stand_upright(root):
    image = source(root).load().images[0]
    assert (image == upright_l()).all()


def test_labels_1_to_26_are_the_symbols_0_to_25(root):
    glyphs = source(root).load()
    assert glyphs.labels.tolist() == list(range(26)) * 10 + [n // 2 for n in range(52)]
    assert glyphs.alphabet.symbols[:3] == ("A", "B", "C")


def test_a_share_of_each_letter_of_the_training_set_is_valid(root):
    glyphs = source(root, valid_share=0.3).load()
    counts = [np.bincount(glyphs.labels[glyphs.splits == split]).tolist() for split in Split]
    assert counts == [[7] * 26, [3] * 26, [2] * 26]


def test_the_test_set_is_the_test_split(root):
    assert (source(root).load().splits == Split.TEST).tolist() == [False] * 260 + [True] * 52


def test_which_letters_are_valid_is_always_the_same_and_differs_by_letter():
    labels = np.repeat([0, 1], 100)
    first, second = stratified(labels, valid_share=0.2).reshape(2, 100)
    assert (stratified(labels, valid_share=0.2) == np.concatenate([first, second])).all()
    assert (first != second).any()


def test_at_least_one_letter_is_valid():
    assert (stratified(np.zeros(3, dtype=np.int64), valid_share=0.01) == Split.VALID).sum() == 1


def test_the_fingerprint_follows_the_content_of_each_file(raw, root):
    before = source(root).fingerprint()
    assert source(root).fingerprint() == before
    content = (raw / TEST_IMAGES).read_bytes()
    (raw / TEST_IMAGES).write_bytes(content[:-1] + b"\x01")
    assert source(root).fingerprint() != before


def test_files_in_the_cache_are_not_downloaded(root, tmp_path, no_network):
    assert len(source(None, cache=tmp_path).load().labels) == 312


@pytest.mark.parametrize("name", [IMAGES, LABELS, TEST_IMAGES])
def test_a_missing_file_is_named(raw, root, name):
    (raw / name).unlink()
    message = rf"source.path: {raw / name} is missing; expected the four files .* below {root}$"
    for ask in (source(root).fingerprint, source(root).load):
        with pytest.raises(DataError, match=message):
            ask()


@pytest.mark.parametrize("name", [IMAGES, LABELS, TEST_IMAGES])
@pytest.mark.parametrize("kept", [0, 3, 10, -1])
def test_a_truncated_file_is_named(raw, root, name, kept):
    (raw / name).write_bytes((raw / name).read_bytes()[:kept])
    message = (
        rf"^{raw / name} is not a complete idx file \([\d,]+ bytes\); replace it by the unpacked"
    )
    with pytest.raises(DataError, match=message):
        source(root).load()


def test_a_truncated_file_in_the_cache_is_to_be_deleted(raw, tmp_path):
    (raw / IMAGES).write_bytes((raw / IMAGES).read_bytes()[:-1])
    with pytest.raises(DataError, match=r"emnist/EMNIST/raw/.*; delete it and run again"):
        source(None, cache=tmp_path).load()


def test_a_file_of_another_format_is_named(raw, root):
    (raw / LABELS).write_bytes(b"<html>404</html>")
    with pytest.raises(DataError, match=f"^{raw / LABELS} is not a complete idx file .16 bytes"):
        source(root).load()


def test_fewer_labels_than_images_are_refused(raw, root):
    (raw / LABELS).write_bytes(idx(np.ones(5, dtype=np.uint8)))
    message = (
        rf"{IMAGES} holds images of shape \(260, 28, 28\); expected \(5, 28, 28\), since {LABELS}"
    )
    with pytest.raises(DataError, match=message):
        source(root).load()


def test_labels_of_another_split_of_emnist_are_refused(raw, root):
    (raw / LABELS).write_bytes(idx(np.arange(260).astype(np.uint8) % 47))
    with pytest.raises(DataError, match=rf"{LABELS} holds labels 0 … 46; expected 1 … 26"):
        source(root).load()


def test_missing_letters_are_named(raw, root):
    write_part(raw, "test", np.arange(1, 25))
    with pytest.raises(DataError, match=f"{raw} does not hold all EMNIST letters: .* of Y, Z:"):
        source(root).load()


def test_files_of_an_old_torchvision_are_refused(root):
    old = root / "EMNIST" / "processed" / "training_letters.pt"
    old.parent.mkdir()
    old.touch()
    with pytest.raises(DataError, match=rf"{old} belongs to an old torchvision .*: remove it"):
        source(root).fingerprint()


def test_offline_the_message_says_what_to_place_where(tmp_path, no_network):
    place = tmp_path / "emnist" / "EMNIST" / "raw" / "gzip.zip"
    message = (
        rf"https://\S+/gzip.zip cannot be downloaded \(URLError: .*no route.*\). Download it "
        rf"yourself to {place} \(MD5 58c8d27c78d21e728a6bc7b3cc06412e\), or set "
        "source.path=FOLDER to the folder that holds EMNIST/raw"
    )
    for ask in (source(None, cache=tmp_path).fingerprint, source(None, cache=tmp_path).load):
        with pytest.raises(DataError, match=message):
            ask()


def test_a_download_that_is_cut_short_fails_its_checksum(tmp_path, monkeypatch):
    class Response(io.BytesIO):
        url, length = "https://example.org/gzip.zip", 100

    monkeypatch.setattr(urllib.request, "urlopen", lambda *args, **kwargs: Response(b"PK\x03\x04"))
    with pytest.raises(DataError, match=r"cannot be downloaded \(RuntimeError: .* corrupted"):
        source(None, cache=tmp_path).fingerprint()


def test_nothing_is_downloaded_to_a_given_path(tmp_path, no_network):
    with pytest.raises(DataError, match=r"source.path: .* is missing"):
        source(tmp_path / "empty").load()
    assert not (tmp_path / "empty").exists()


def test_an_archive_placed_by_hand_is_unpacked(raw, root, tmp_path, no_network, monkeypatch):
    from torchvision.datasets import EMNIST

    place = tmp_path / "cache" / "emnist" / "EMNIST" / "raw" / "gzip.zip"
    place.parent.mkdir(parents=True)
    with zipfile.ZipFile(place, "w") as archive:
        for path in raw.iterdir():
            archive.writestr(f"gzip/{path.name}.gz", gzip.compress(path.read_bytes()))
    monkeypatch.setattr(EMNIST, "md5", md5(place.read_bytes()).hexdigest())
    glyphs = source(None, cache=tmp_path / "cache").load()
    assert glyphs.digest() == source(root).load().digest()
