"""From image files of one symbol each to glyphs: white ink on black, cropped and centred.

Sources and predictions read users' images with the same code. A change to the glyphs is a new
version of each source that uses it.
"""

import struct
import warnings
import zlib
from typing import BinaryIO, Final, Literal, final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageOps, UnidentifiedImageError

from seqreason.errors import DataError

Ink = Literal["auto", "dark", "light"]
Grey = NDArray[np.float32]

_FRAME: Final = (28, 28)
# The side of the box that holds the ink, as a share of the frame's.
_BOX_SHARE: Final = 20 / 28
# A larger image is reduced to this many pixels a side before anything is measured in it.
_WORKING_SIDE: Final = 512
# The formats that `image_files` looks for. PIL knows more, and runs Ghostscript for one of them.
_FORMATS: Final = ("PNG", "JPEG", "GIF", "BMP", "PPM", "TIFF", "WEBP")
# PIL's decoders raise all of these on damaged files.
_DAMAGE: Final = (
    ArithmeticError, AttributeError, EOFError, LookupError, MemoryError, OSError, RuntimeError,
    SyntaxError, TypeError, ValueError, struct.error, zlib.error,
)  # fmt: skip
_BLANK: Final = "blank: there is no ink on the paper"
# Ink is at least this much darker than paper: in grey levels, and in spreads of the paper.
_LEAST_CONTRAST, _LEAST_SPREADS = 8.0, 6.0
# A border is only paper if this share of it has one grey.
_EVEN_SHARE: Final = 0.9
# Depths, as shares of the deepest ink, below which all is paper and above which all is ink.
_FLOOR, _CEILING = 0.12, 0.6
# For the crop, a pixel counts as ink from this share of full ink on.
_CROP_LEVEL: Final = 0.125


@final
class UnusableImageError(DataError):
    """An image file cannot become a glyph; the message is only the reason."""


def read_glyph(file: BinaryIO, *, ink: Ink, size: tuple[int, int] = _FRAME) -> NDArray[np.uint8]:
    """The glyph in an image file: its ink fits 20×20 of 28×28 pixels, with a central mass.

    The image may have any size, mode and EXIF orientation. Transparent parts count as paper.

    Args:
        ink: whether the ink is `dark` or `light`; `auto` finds out, usually from the border.
        size: the height and width of the glyph.

    Shapes:
        returns: *size*, uint8, from 0 = paper to 255 = full ink

    Raises:
        UnusableImageError: the file is damaged, empty, no image, animated, huge, tiny or blank.
    """
    return framed(lifted(_read(file, ink=ink), ink=ink), size=size)


def read_frame(file: BinaryIO, *, size: tuple[int, int]) -> NDArray[np.uint8] | None:
    """The pixels of an image of this *size*, light ink on dark; None if it has another size.

    Shapes:
        returns: *size*, uint8

    Raises:
        UnusableImageError: for the same reasons as in `read_glyph`.
    """
    grey = _read(file, ink="auto")
    if grey.shape != size:
        return None
    if np.ptp(grey) < _LEAST_CONTRAST:
        raise UnusableImageError(_BLANK)
    is_light = _is_light_on_dark(_paper(grey)[0] - grey)
    return np.rint(grey if is_light else 255 - grey).astype(np.uint8)


def _read(file: BinaryIO, *, ink: Ink) -> Grey:
    """The grey levels of an image file."""
    if not file.read(1):
        raise UnusableImageError("empty: 0 bytes")
    # PIL warns about odd metadata, which do no harm, and about huge images.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(file, formats=_FORMATS) as image:
                _check_usable(image)
                # Decode a large JPEG file at a fraction of its size.
                image.draft(None, (_WORKING_SIDE, _WORKING_SIDE))
                ImageOps.exif_transpose(image, in_place=True)
                return _grey(image, paper=0 if ink == "light" else 255)
        except UnidentifiedImageError as error:
            raise UnusableImageError("not an image of a known format") from error
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            most = f"{Image.MAX_IMAGE_PIXELS or 0:,}"
            raise UnusableImageError(f"too large: more than {most} pixels") from error
        except _DAMAGE as error:
            raise UnusableImageError(f"damaged: {error}") from error


def _check_usable(image: Image.Image) -> None:
    # After the first picture, a phone's MPO file holds previews and depth maps.
    frames = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)
    if frames > 1:
        raise UnusableImageError(f"animated, or several pages: {frames} frames")
    if min(image.size) < 2:
        raise UnusableImageError(f"too small: {image.width}×{image.height} pixels")


def _grey(image: Image.Image, *, paper: int) -> Grey:
    """Grey levels 0 … 255, reduced to the working size, shape (height, width)."""
    if image.mode.startswith(("I", "F")):
        levels = np.asarray(_reduced(image.convert("F")))
        if not np.isfinite(levels).all():
            raise UnusableImageError("damaged: some pixels are not numbers")
        # Such files hold 10, 12 or 16 bits or any numbers, so the type has no useful range.
        return _stretched(levels, low=levels.min(), high=levels.max()) * 255
    if image.has_transparency_data:
        # A conversion would copy an image that has the mode already.
        drawn = _reduced(image if image.mode == "RGBA" else image.convert("RGBA"))
        ground = Image.new("RGBA", drawn.size, (paper, paper, paper, 255))
        return np.asarray(Image.alpha_composite(ground, drawn).convert("L"), dtype=np.float32)
    return np.asarray(_reduced(image.convert("L")), dtype=np.float32)


def _reduced(image: Image.Image) -> Image.Image:
    factor = -(-max(image.size) // _WORKING_SIDE)
    return image.reduce(factor) if factor > 1 else image


def _stretched(levels: Grey, *, low: float, high: float) -> Grey:
    """*levels* scaled so that *low* is 0 and *high* is 1, and clipped to that range."""
    width = max(float(high) - float(low), 1e-6)
    return np.asarray(np.clip((levels - np.float32(low)) / np.float32(width), 0, 1))


def lifted(grey: Grey, *, ink: Ink) -> Grey:
    """The ink without its paper.

    Shapes:
        grey: (height, width), 0 … 255
        returns: (height, width), 0 = paper and 1 = full ink

    Raises:
        UnusableImageError: there is no ink on the paper.
    """
    paper, spread = _paper(grey)
    depth = paper - grey
    if ink == "light" or (ink == "auto" and _is_light_on_dark(depth)):
        depth = -depth
    deepest = np.partition(depth, -1 - depth.size // 1000, axis=None)[-1 - depth.size // 1000]
    if deepest < max(_LEAST_CONTRAST, _LEAST_SPREADS * spread):
        raise UnusableImageError(_BLANK)
    floor = max(_FLOOR * deepest, 3 * spread)
    return _stretched(depth, low=floor, high=max(_CEILING * deepest, floor + 1))


def _is_light_on_dark(depth: Grey) -> bool:
    # Cubes weigh strong differences above the paper's grain, which is symmetric.
    return bool((depth**3).sum() < 0)


def _paper(grey: Grey) -> tuple[Grey, float]:
    """The paper's grey everywhere, shape (height, width), and its spread in grey levels.

    A plane is fitted, because light is uneven. Fits are repeated without the pixels that stray from
    the plane, which are ink.
    """
    height, width = grey.shape
    rows, columns = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    terms = np.stack([np.ones_like(grey), rows, columns])
    is_used = _mostly_paper(grey)
    levels, places = grey[is_used], terms[:, is_used].T
    plane = np.array([np.median(levels), 0, 0], dtype=np.float32)
    for _ in range(4):
        residual = np.abs(levels - places @ plane)
        spread = 1.4826 * float(np.median(residual))
        kept = residual <= 2.5 * spread + 1
        plane = np.linalg.lstsq(places[kept], levels[kept], rcond=None)[0].astype(np.float32)
    return np.tensordot(plane, terms, axes=1), spread


def _mostly_paper(grey: Grey) -> NDArray[np.bool_]:
    """True on the border, or everywhere if the letter covers much of the border."""
    depth = max(1, min(grey.shape) // 16)
    border = np.ones(grey.shape, dtype=bool)
    border[depth:-depth, depth:-depth] = False
    off = np.abs(grey[border] - np.median(grey[border]))
    is_even = (off <= np.ptp(grey) / 4).mean() > _EVEN_SHARE
    return border if is_even else np.ones_like(border)


def framed(ink: Grey, *, size: tuple[int, int] = _FRAME) -> NDArray[np.uint8]:
    """The ink, cropped, resampled to fit the box, with its centre of mass in the middle.

    Shapes:
        ink: (height, width), 0 … 1, not all 0
        returns: *size*, uint8, 0 … 255
    """
    crop = _crop(ink)
    scale = max(1, round(_BOX_SHARE * min(size))) / max(crop.shape)
    height, width = (max(1, round(side * scale)) for side in crop.shape)
    small = np.asarray(Image.fromarray(crop).resize((width, height), Image.Resampling.BICUBIC))
    # Thin strokes of a large image become pale in a small one.
    strong = np.percentile(small[small > small.max() / 4], 90)
    small = np.clip(small / strong, 0, 1)
    image = np.zeros(size, dtype=np.uint8)
    top, left = (_start(small.sum(axis=1 - axis), size[axis]) for axis in (0, 1))
    image[top : top + height, left : left + width] = np.rint(small * 255)
    return image


def _crop(ink: Grey) -> Grey:
    """The smallest rectangle of *ink* with all strokes; specks do not count."""
    is_ink = ink > _CROP_LEVEL
    # Specks have less ink around them than strokes: a stroke of one pixel fills a seventh of its
    # square of 7×7 pixels.
    radius = min(max(ink.shape) // 100, 3)
    if radius:
        around = Image.fromarray(np.rint(ink * 255).astype(np.uint8))
        near = np.asarray(around.filter(ImageFilter.BoxBlur(radius))) > _CROP_LEVEL * 255
        is_ink = is_ink & near if (is_ink & near).any() else is_ink
    rows, columns = np.flatnonzero(is_ink.any(axis=1)), np.flatnonzero(is_ink.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _start(mass: Grey, side: int) -> int:
    """The first of *side* pixels for a row or column of masses, so that its centre is central."""
    centre = float((mass * (np.arange(len(mass)) + 0.5)).sum() / mass.sum())
    return min(max(round(side / 2 - centre), 0), side - len(mass))
