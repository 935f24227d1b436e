"""Your own folder of images: how it is searched, checked and split, and its messages."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps
from pydantic import ValidationError

from seqreason import DataError, SourceContext, Split
from seqreason_plugins.sources.content_splits import splits_by_content
from seqreason_plugins.sources.image_folder import ImageFolder


def source(path: Path, *, progress=lambda done, total: None, **settings) -> ImageFolder:
    context = SourceContext(cache_folder=Path("nowhere"), progress=progress)
    return ImageFolder(ImageFolder.Config(path=path, **settings), context)


def picture(number: int) -> Image.Image:
    """Dark spots on light paper, different for each number."""
    spots = np.random.default_rng(number).random((6, 6)) < 0.4
    pixels = np.full((32, 32), 230, dtype=np.uint8)
    pixels[4:28, 4:28][np.kron(spots, np.ones((4, 4))) > 0] = 40
    return Image.fromarray(pixels)


def fill(folder: Path, *numbers: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        picture(number).save(folder / f"{number}.png")


@pytest.fixture
def root(tmp_path):
    """Ten images each of A, B and Ü."""
    for place, symbol in enumerate("ABÜ"):
        fill(tmp_path / "symbols" / symbol, *range(10 * place, 10 * place + 10))
    return tmp_path / "symbols"


@pytest.fixture
def flat(tmp_path):
    """Four images each of A, B and C, named by their symbols."""
    fill(tmp_path / "flat", *range(12))
    for number in range(12):
        (tmp_path / "flat" / f"{number}.png").rename(
            tmp_path / "flat" / f"{'ABC'[number % 3]}_{number}.png"
        )
    return tmp_path / "flat"


BY_NAME = r"(?P<symbol>[A-Z])_\d+\.png"


def refusal(path: Path, **settings) -> str:
    with pytest.raises(DataError) as caught:
        source(path, **settings).load()
    return str(caught.value)


def splits_by_image(path: Path) -> dict[bytes, int]:
    glyphs = source(path).load()
    return {
        image.tobytes(): int(split)
        for image, split in zip(glyphs.images, glyphs.splits, strict=True)
    }


def test_each_sub_folder_is_a_symbol(root):
    glyphs = source(root).load()
    assert glyphs.alphabet.symbols == ("A", "B", "Ü")
    assert glyphs.labels.tolist() == [0] * 10 + [1] * 10 + [2] * 10
    assert glyphs.images.shape == (30, 28, 28)


def test_a_flat_folder_is_read_by_the_names_of_its_files(flat):
    glyphs = source(flat, pattern=BY_NAME).load()
    assert glyphs.alphabet.symbols == ("A", "B", "C")
    assert np.bincount(glyphs.labels).tolist() == [4, 4, 4]


@pytest.mark.parametrize("count", [2, 10, 26, 40])
def test_the_alphabet_has_a_symbol_for_each_folder(tmp_path, count):
    for number in range(count):
        fill(tmp_path / f"{number:02}", *range(3 * number, 3 * number + 3))
    assert source(tmp_path).load().alphabet.symbols == tuple(f"{n:02}" for n in range(count))


def test_the_setting_symbols_gives_the_order(root):
    glyphs = source(root, symbols=("Ü", "A", "B")).load()
    plain = source(root).load()
    assert glyphs.alphabet.symbols == ("Ü", "A", "B")
    assert (glyphs.images[:10] == plain.images[20:]).all()


@pytest.mark.parametrize(
    ("symbols", "message"),
    [
        (("A", "B", "Ü", "a"), "there are no images of 'a': known are A, B, Ü"),
        (("A", "B"), "leaves out Ü, but there are images of them; name every symbol once"),
    ],
)
def test_symbols_must_be_those_that_are_found(root, symbols, message):
    assert message in refusal(root, symbols=symbols)


def test_the_nearest_symbol_is_named(tmp_path):
    for place, symbol in enumerate(("alpha", "beta")):
        fill(tmp_path / symbol, *range(3 * place, 3 * place + 3))
    assert refusal(tmp_path, symbols=("alfa", "beta")) == (
        "source.symbols: there are no images of 'alfa': did you mean 'alpha'? known are alpha, beta"
    )


def test_hidden_files_and_files_that_are_not_images_are_ignored(root):
    before = source(root).fingerprint()
    (root / "A" / ".DS_Store").write_bytes(b"x")
    (root / "A" / "._0.png").write_bytes(b"x")
    (root / "A" / "notes.txt").write_text("x")
    fill(root / ".thumbnails", 99)
    fill(root / "A" / ".thumbnails", 99)
    assert len(source(root).load().labels) == 30
    assert source(root).fingerprint() == before


def test_the_path_is_not_part_of_the_digest(root):
    config = ImageFolder.Config(path=root)
    assert "path" not in config.model_dump()
    with pytest.raises(ValidationError, match="path\n  Field required"):
        ImageFolder.Config()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"pattern": "("}, "not a regular expression: "),
        ({"pattern": "[A-Z].png"}, "has no group named symbol, such as "),
        ({"symbols": ("A", "B", "A")}, "named more than once: A"),
        ({"valid_share": 0.5, "test_share": 0.5}, "leave no images for training"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings, message):
    with pytest.raises(ValidationError, match=message):
        ImageFolder.Config(path=Path(), **settings)


def test_each_symbol_has_its_share_in_each_split(root):
    glyphs = source(root, valid_share=0.2, test_share=0.3).load()
    counts = [np.bincount(glyphs.labels[glyphs.splits == split]).tolist() for split in Split]
    assert counts == [[5] * 3, [2] * 3, [3] * 3]


def test_the_first_contents_of_a_symbol_are_for_test_and_the_next_for_valid(root):
    glyphs = source(root).load()
    assert glyphs.splits.tolist() == ([Split.TEST, Split.VALID] + [Split.TRAIN] * 8) * 3


@pytest.mark.parametrize("count", [3, 4, 5, 30])
@pytest.mark.parametrize("share", [0.01, 0.3, 0.49])
def test_every_split_has_at_least_one_image(count, share):
    contents = [bytes([number]) for number in range(count)]
    labels = np.zeros(count, dtype=np.int64)
    splits = splits_by_content(labels, contents, valid_share=share, test_share=share)
    assert set(splits.tolist()) == {0, 1, 2}


def test_equal_files_share_a_split():
    contents = [b"a", b"b", b"c", b"d"] * 5
    labels = np.zeros(20, dtype=np.int64)
    splits = splits_by_content(labels, contents, valid_share=0.1, test_share=0.1)
    assert splits.tolist() == [Split.TEST, Split.VALID, Split.TRAIN, Split.TRAIN] * 5


def test_renamed_files_give_the_same_glyphs(root):
    before = source(root)
    digest, fingerprint = before.load().digest(), before.fingerprint()
    for path in (root / "B").iterdir():
        path.rename(root / "B" / f"é{90 - int(path.stem)}.PNG")
    assert source(root).load().digest() == digest
    assert source(root).fingerprint() == fingerprint


def test_the_fingerprint_follows_content_and_symbol(root):
    fingerprints = {source(root).fingerprint()}
    (root / "A" / "0.png").rename(root / "B" / "0.png")
    fingerprints.add(source(root).fingerprint())
    (root / "A" / "1.png").write_bytes(b"changed")
    fingerprints.add(source(root).fingerprint())
    (root / "A" / "empty.png").touch()
    fingerprints.add(source(root).fingerprint())
    assert len(fingerprints) == 4


def test_a_copy_of_a_file_is_in_the_same_split(root):
    before = splits_by_image(root)
    for path in list((root / "A").iterdir()):
        path.with_stem(f"copy-of-{path.stem}").write_bytes(path.read_bytes())
    glyphs = source(root).load()
    assert len(glyphs.labels) == 40
    assert splits_by_image(root) == before


def test_progress_is_reported(root):
    found = []
    source(root, progress=lambda done, total: found.append((done, total))).load()
    assert found == [(0, 30), (30, 30)]


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda root: None, "does not exist; expected the folder that holds the images"),
        (lambda root: root.touch(), "is not a folder; expected the folder that holds the images"),
        (lambda root: root.mkdir(), "holds no images in sub-folders; each sub-folder is a symbol"),
        (lambda root: (root / "A").mkdir(parents=True), "holds no images in sub-folders"),
        (lambda root: fill(root, 1, 2), ". For the 2 images in it, set source.pattern"),
        (lambda root: fill(root / "A", 1, 2, 3), "all images show 'A'; give at least two symbols"),
    ],
)
def test_a_folder_of_another_layout_is_refused(tmp_path, make, text):
    make(tmp_path / "images")
    message = refusal(tmp_path / "images")
    assert message.startswith("source.path: ")
    assert text in message


def test_a_symbol_without_images_is_named(root):
    (root / "C").mkdir()
    (root / "Ω" / "deep").mkdir(parents=True)
    assert "has sub-folders without images: C, Ω; each sub-folder is a symbol" in refusal(root)


def test_a_pattern_on_sub_folders_is_refused(root):
    assert "itself holds no images; leave out source.pattern" in refusal(root, pattern=BY_NAME)


def test_a_pattern_that_matches_no_name_is_refused_with_a_name(flat):
    assert refusal(flat, pattern="(?P<symbol>[a-z]).*") == (
        f"source.pattern: '(?P<symbol>[a-z]).*' matches no name of the 12 image files in "
        f"{flat}, such as 'A_0.png'; it must match the whole name"
    )


def test_a_name_that_does_not_match_the_pattern_is_unusable(flat):
    fill(flat, 77)
    message = "  77.png: its name does not match source.pattern"
    assert message in refusal(flat, pattern=BY_NAME).splitlines()
    assert len(source(flat, pattern=BY_NAME, unreadable="skip").load().labels) == 12


def test_a_symbol_with_fewer_than_three_different_images_is_named(root):
    fill(root / "C", 80, 81)
    (root / "C" / "copy.png").write_bytes((root / "C" / "80.png").read_bytes())
    fill(root / "D", 90)
    (root / "D" / "empty.png").touch()
    assert refusal(root, unreadable="skip") == (
        "source.path: every symbol needs at least 3 images that still differ when cropped and "
        "centred, one each for train, valid and test; "
        f"in {root} C has 2, D has 1 (skipped, because they cannot be used: 1)"
    )


def test_images_that_give_the_same_glyph_share_a_split(root):
    for number in range(10):
        image = Image.open(root / "A" / f"{number}.png")
        ImageOps.expand(image, border=5, fill=image.getpixel((0, 0))).save(
            root / "A" / f"wider-{number}.png"
        )
    glyphs = source(root).load()
    first = glyphs.images[glyphs.labels == 0]
    splits = glyphs.splits[glyphs.labels == 0]
    _, groups = np.unique(first.reshape(len(first), -1), axis=0, return_inverse=True)
    assert len(first) == 20
    for group in np.unique(groups):
        assert len(set(splits[groups.ravel() == group])) == 1
    assert groups.max() + 1 < 20


def test_one_content_under_two_symbols_is_unusable(root):
    (root / "B" / "copy.png").write_bytes((root / "A" / "3.png").read_bytes())
    result = refusal(root).splitlines()
    assert result[1:3] == [
        "  A/3.png: the same content as B/copy.png, which is of another symbol",
        "  B/copy.png: the same content as A/3.png, which is of another symbol",
    ]
    glyphs = source(root, unreadable="skip").load()
    assert np.bincount(glyphs.labels).tolist() == [9, 10, 10]


def test_a_link_to_nowhere_is_unusable(root):
    (root / "A" / "gone.png").symlink_to(root / "nowhere.png")
    assert "  A/gone.png: cannot be opened: No such file or directory" in refusal(root)
    assert len(source(root, unreadable="skip").load().labels) == 30


@pytest.fixture
def untidy(root):
    """The good images of A, and files of every kind that people have in their folders."""
    folder = root / "A"
    whole = (folder / "0.png").read_bytes()
    (folder / "bad-empty.png").touch()
    (folder / "bad-text.png").write_text("not an image")
    (folder / "bad-truncated.png").write_bytes(whole[: len(whole) * 2 // 3])
    picture(50).save(folder / "bad-animated.gif", save_all=True, append_images=[picture(51)])
    Image.new("L", (1, 1)).save(folder / "bad-1x1.png")
    Image.new("L", (30, 30), 200).save(folder / "bad-blank.png")
    large = picture(60).resize((1600, 1600), Image.Resampling.NEAREST)
    large.save(folder / "good-1600.png", compress_level=1)
    picture(61).convert("CMYK").save(folder / "good-cmyk.jpg", quality=95)
    Image.fromarray(np.asarray(picture(62)).astype(np.uint16) * 200).save(folder / "good-16.png")
    picture(63).save(folder / "gut-größer-Ω-字.png")
    return root


def test_one_message_lists_all_files_that_cannot_be_used(untidy):
    message = refusal(untidy)
    first, *text = message.splitlines()
    assert first == f"source.path: 6 of the 40 image files in {untidy} cannot be used:"
    assert [re.sub(r" \(.*", "", line) for line in text] == [
        "  A/bad-1x1.png: too small: 1×1 pixels",
        "  A/bad-animated.gif: animated, or of many pages: 2 frames",
        "  A/bad-blank.png: blank: nothing stands out from the paper",
        "  A/bad-empty.png: empty: 0 bytes",
        "  A/bad-text.png: not an image of a known format",
        "  A/bad-truncated.png: damaged: image file is truncated",
        "Fix or remove them, or skip them with source.unreadable=skip",
    ]


def test_files_that_cannot_be_used_can_be_skipped_and_are_counted(untidy):
    glyphs = source(untidy, unreadable="skip").load()
    (note,) = glyphs.notes
    first, second, *others = note.splitlines()
    assert first == "6 of the 40 image files are skipped:"
    assert second == "  A/bad-1x1.png: too small: 1×1 pixels"
    assert len(others) == 5
    assert np.bincount(glyphs.labels).tolist() == [14, 10, 10]


def test_images_of_unusual_formats_give_the_glyphs_of_plain_ones(untidy, tmp_path):
    fill(tmp_path / "plain" / "A", 60, 61, 62, 63)
    fill(tmp_path / "plain" / "B", 70, 71, 72)
    plain = source(tmp_path / "plain").load().images[:4].astype(int)
    found = source(untidy, unreadable="skip").load().images[:14].astype(int)
    for image in plain:
        # The JPEG and the reduced image differ at the edges of spots.
        assert np.abs(found - image).mean(axis=(1, 2)).min() < 8


def test_a_long_list_of_bad_files_is_cut(root):
    for number in range(25):
        (root / "A" / f"x{number:02}.png").touch()
    result = refusal(root).splitlines()
    assert result[-3:-1] == ["  A/x09.png: empty: 0 bytes", "  … and 15 more"]
    assert len(result) == 13


@pytest.mark.parametrize("unreadable", ["refuse", "skip"])
def test_a_folder_of_bad_files_alone_is_an_error(tmp_path, unreadable):
    for symbol in "AB":
        (tmp_path / symbol).mkdir()
        (tmp_path / symbol / "1.png").touch()
    message = refusal(tmp_path, unreadable=unreadable)
    assert message.startswith(f"source.path: 2 of the 2 image files in {tmp_path} cannot be used:")
    assert ("source.unreadable=skip" in message) == (unreadable == "refuse")
