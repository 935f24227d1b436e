"""Image files of every kind, and the glyphs that are made of them."""

import io
import re
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from seqreason.data.photographs import UnusableImageError, framed, lifted, read_glyph


def packed(image: Image.Image, kind: str = "PNG", **options) -> io.BytesIO:
    file = io.BytesIO()
    image.save(file, kind, **options)
    file.seek(0)
    return file


def glyph_of(image: Image.Image, kind: str = "PNG", *, ink: str = "auto", **options) -> np.ndarray:
    return read_glyph(packed(image, kind, **options), ink=ink)


def letter(size: int = 60, *, ground: int = 255, ink: int = 0) -> Image.Image:
    """An L: its stroke a sixth of its height, which is half of the image."""
    pixels = np.full((size, size), ground, dtype=np.uint8)
    quarter, stroke = size // 4, size // 12
    pixels[quarter : 3 * quarter, quarter : quarter + stroke] = ink
    pixels[3 * quarter - stroke : 3 * quarter, quarter : quarter * 5 // 2] = ink
    return Image.fromarray(pixels)


def cut(glyph: np.ndarray) -> np.ndarray:
    """The rows and columns of the glyph that hold ink."""
    return glyph[glyph.any(axis=1)][:, glyph.any(axis=0)].astype(int)


def assert_l(glyph: np.ndarray, *, tolerance: int = 0) -> None:
    """The ink is the upright L of the plain letter, to within *tolerance* grey levels."""
    ink, plain = cut(glyph), cut(glyph_of(letter()))
    assert ink.shape == plain.shape
    assert np.abs(ink - plain).max() <= tolerance


def test_an_l_is_white_on_black_and_fills_the_height_of_the_box():
    glyph = glyph_of(letter())
    ink = cut(glyph)
    assert ink.shape == (20, 15)
    assert min(ink[:, :3].min(), ink[-3:].min()) > 240
    assert ink[:16, 4:].max() == 0


def test_another_letter_is_distinguished_from_an_l():
    with pytest.raises(AssertionError):
        assert_l(glyph_of(letter().transpose(Image.Transpose.FLIP_LEFT_RIGHT)), tolerance=100)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_images_of_every_mode_are_read(mode):
    assert_l(glyph_of(letter().convert(mode)))


def test_a_cmyk_jpeg_is_read():
    assert_l(glyph_of(letter(240).convert("CMYK"), "JPEG", quality=95), tolerance=30)


@pytest.mark.parametrize("scale", [1, 16, 257])
def test_a_16_bit_image_is_read_whatever_range_it_uses(scale):
    pixels = np.asarray(letter()).astype(np.uint16) * scale
    assert_l(glyph_of(Image.fromarray(pixels)))


def test_a_tiff_of_decimal_numbers_is_read():
    assert_l(glyph_of(Image.fromarray(np.asarray(letter()) / np.float32(255)), "TIFF"))


def test_a_tiff_with_pixels_that_are_no_numbers_is_refused():
    pixels = np.asarray(letter()).astype(np.float32)
    pixels[0, 0] = np.nan
    with pytest.raises(UnusableImageError, match="some pixels are not numbers"):
        glyph_of(Image.fromarray(pixels), "TIFF")


def test_what_is_transparent_is_white_paper():
    drawn = np.zeros((60, 60, 4), dtype=np.uint8)
    drawn[..., 3] = 255 - np.asarray(letter())
    assert_l(glyph_of(Image.fromarray(drawn)))


def test_what_is_transparent_is_black_where_the_ink_is_said_to_be_light():
    drawn = np.full((60, 60, 4), 255, dtype=np.uint8)
    drawn[..., 3] = 255 - np.asarray(letter())
    assert_l(glyph_of(Image.fromarray(drawn), ink="light"))


@pytest.mark.parametrize("size", [24, 60, 600, pytest.param(8000, marks=pytest.mark.slow)])
def test_letters_of_every_size_come_out_alike(size):
    assert_l(glyph_of(letter(size)), tolerance=60)


@pytest.mark.parametrize(("ground", "ink"), [(0, 255), (255, 0), (180, 60), (60, 180), (120, 100)])
def test_either_polarity_and_any_contrast_come_out_alike(ground, ink):
    assert_l(glyph_of(letter(ground=ground, ink=ink)))


def test_polarity_is_found_out_where_the_letter_reaches_the_border():
    pixels = np.zeros((60, 40), dtype=np.uint8)
    pixels[:, :6] = pixels[:6] = pixels[-6:] = pixels[27:33, :30] = 255
    light, dark = (glyph_of(Image.fromarray(image)) for image in (pixels, 255 - pixels))
    assert (light == dark).all()
    assert (light[4], light[14, 20]) == (pytest.approx(light[23]), 0)


def test_polarity_can_be_said():
    on_black = letter(ground=0, ink=255)
    assert_l(glyph_of(on_black, ink="light"))
    with pytest.raises(UnusableImageError, match=r"^blank: there is no ink on the paper$"):
        glyph_of(on_black, ink="dark")


def test_an_orientation_in_the_exif_data_is_applied():
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    lying = letter().transpose(Image.Transpose.ROTATE_90)
    assert_l(glyph_of(lying, exif=exif))
    assert_l(
        glyph_of(lying.resize((600, 600), Image.Resampling.BOX), "JPEG", exif=exif), tolerance=60
    )


@pytest.mark.parametrize("grain", [0, 3, 8])
@pytest.mark.parametrize("ink", [0.3, 1.7])
def test_paper_comes_out_black_in_uneven_light_and_with_grain(grain, ink):
    light = np.linspace(60, 140, 240)[None] + np.zeros((240, 1))
    drawn = light * np.where(np.asarray(letter(240)) == 0, ink, 1)
    grey = drawn + np.random.default_rng(0).normal(0, grain, drawn.shape)
    assert_l(glyph_of(Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))), tolerance=40)


def test_specks_do_not_move_the_crop_of_a_large_image():
    specked = np.array(letter(480))
    specked[5:7, 470:472] = 0
    assert_l(glyph_of(Image.fromarray(specked)), tolerance=60)


def test_a_dot_of_one_pixel_stays_in_a_small_image():
    pixels = np.zeros((12, 8), dtype=np.uint8)
    pixels[2, 4] = pixels[5:10, 4] = 255
    glyph = glyph_of(Image.fromarray(pixels))
    assert (np.diff(glyph.any(axis=1).astype(int)) != 0).sum() == 4


def test_the_centre_of_mass_is_in_the_middle():
    rows, columns = np.indices((28, 28)) + 0.5
    ink = np.zeros((40, 30), dtype=np.float32)
    ink[:, :6] = ink[-6:] = 1
    mass = framed(ink).astype(float)
    assert (mass * rows).sum() / mass.sum() == pytest.approx(14, abs=0.5)
    assert (mass * columns).sum() / mass.sum() == pytest.approx(14, abs=0.5)


def test_ink_of_unequal_strength_keeps_its_shades():
    grey = np.full((40, 40), 255, dtype=np.float32)
    grey[10:30, 10:14], grey[10:30, 26:30] = 0, 200
    ink = lifted(grey, ink="auto")
    assert (ink[20, 11], ink[20, 20]) == (1, 0)
    assert ink[20, 27] == pytest.approx((55 / 255 - 0.12) / (0.6 - 0.12))


@pytest.mark.parametrize("size", [20, 300, 1500])
def test_paper_without_ink_is_blank_whatever_its_grain(size):
    grain = np.random.default_rng(0).normal(180, 10, (size, size)).astype(np.uint8)
    for pixels in (grain, np.full_like(grain, 180)):
        with pytest.raises(UnusableImageError, match=r"^blank: "):
            glyph_of(Image.fromarray(pixels))


@pytest.mark.parametrize("size", [(1, 1), (1, 50)])
def test_a_line_of_pixels_is_too_small(size):
    with pytest.raises(UnusableImageError, match=f"^too small: {size[0]}×{size[1]} pixels$"):
        glyph_of(Image.new("L", size))


def beginning_of_a_png(side: int) -> io.BytesIO:
    """A PNG file with a size in its header and no pixels."""
    said = b"IHDR" + struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    chunks = [struct.pack(">I", len(said) - 4) + said, struct.pack(">I", 0) + b"IDAT"]
    sums = [struct.pack(">I", zlib.crc32(chunk[4:])) for chunk in chunks]
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + chunks[0] + sums[0] + chunks[1] + sums[1])


@pytest.mark.parametrize(
    ("side", "reason"),
    [
        (100, "damaged: image file is truncated"),
        (10_000, "too large: more than 89,478,485 pixels"),
        (20_000, "too large: more than 89,478,485 pixels"),
    ],
)
def test_an_image_that_would_fill_the_memory_is_refused_without_a_warning(side, reason):
    with pytest.raises(UnusableImageError, match=f"^{re.escape(reason)}"):
        read_glyph(beginning_of_a_png(side), ink="auto")


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_an_animation_is_refused(kind):
    frames = [letter(), letter(ground=0, ink=255)]
    with pytest.raises(UnusableImageError, match=r"^animated, or several pages: 2 frames$"):
        glyph_of(frames[0], kind, save_all=True, append_images=frames[1:])


def test_a_gif_of_one_frame_is_read():
    assert_l(glyph_of(letter(), "GIF"))


def test_the_first_picture_of_a_phone_s_mpo_file_is_read():
    preview = letter(ground=0, ink=255)
    glyph = glyph_of(letter(), "MPO", save_all=True, append_images=[preview], quality=95)
    assert_l(glyph, tolerance=40)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty: 0 bytes"),
        (b"a list of images\n", "not an image of a known format"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not an image of a known format"),
        (packed(letter(300)).getvalue()[:200], "damaged: image file is truncated"),
        (packed(letter(300), "JPEG").getvalue()[:900], "damaged: image file is truncated"),
    ],
)
def test_a_file_that_is_no_whole_image_is_refused_with_the_reason(content, reason):
    with pytest.raises(UnusableImageError, match=f"^{re.escape(reason)}"):
        read_glyph(io.BytesIO(content), ink="auto")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "PPM", "TIFF", "WEBP"])
def test_damage_anywhere_gives_a_glyph_or_a_reason(kind):
    whole = packed(letter(), kind).getvalue()
    for place in range(0, len(whole), max(1, len(whole) // 60)):
        damaged = bytes([*whole[:place], whole[place] ^ 0xFF, *whole[place + 1 :]])
        try:
            glyph = read_glyph(io.BytesIO(damaged), ink="auto")
        except UnusableImageError:
            continue
        assert glyph.shape == (28, 28)
