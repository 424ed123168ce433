"""TIFF files whose samples Pillow has no mode for, cuts down or misreads: tifffile reads them."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from engine.errors import UserError
from engine.io.bit_depth import from_floats, from_integers, used_bits

_HEADS = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_BITS, _COMPRESSION, _PHOTOMETRIC, _PLANAR, _SAMPLE_FORMAT = 258, 259, 262, 284, 339  # TIFF 6.0, section 8
_WHITE_IS_ZERO, _RGB = 0, 2  # PhotometricInterpretation; 1 is black-is-zero
_ASSOCIATED, _UNASSOCIATED = 1, 2  # ExtraSamples: alpha that colours are multiplied by, or not
_PLAIN_COMPRESSIONS = (1, 8, 32773, 32946)  # none, Deflate (two numbers) and PackBits need no more libraries
_SILENT = logging.NullHandler()


class TiffSamples(NamedTuple):
    """image: mode L, LA, RGB or RGBA. orientation: as in EXIF. icc: the colour profile, if any."""

    image: Image.Image
    orientation: int
    icc: bytes | None


def looks_like_tiff(head: bytes) -> bool:
    """True when the first bytes are those of a TIFF or BigTIFF file."""
    return head[:4] in _HEADS


def needs_tifffile(image: ImageFile.ImageFile, notes: list[str]) -> bool:
    """True for a TIFF, opened by Pillow, whose samples `read_tiff` reads more faithfully.

    Of compressed planes of more than 8 bits neither reads more than the upper 8, which `notes` tells.
    """
    if image.format != "TIFF":
        return False
    tags: Any = image.tag_v2  # type: ignore[attr-defined]
    depths: tuple[int, ...] = tags.get(_BITS, (1,))
    kinds: tuple[int, ...] = tags.get(_SAMPLE_FORMAT, (1,))
    deep = max(depths) > 8 or any(kind != 1 for kind in kinds)
    if not deep or tags.get(_PHOTOMETRIC) not in (_WHITE_IS_ZERO, 1, _RGB):
        return False
    if tags.get(_COMPRESSION, 1) in _PLAIN_COMPRESSIONS:
        return max(depths) % 8 == 0  # Pillow unpacks 12-bit samples
    if tags.get(_PLANAR, 1) == 2 and len(depths) > 1:
        notes.append(f"{max(depths)}-bit samples cut to 8 bits")
    return False


def read_tiff(
    file: BinaryIO, label: str, check_size: Callable[[int, int, str], None], notes: list[str]
) -> TiffSamples:
    """Read the first page: grey or RGB of any depth, with or without alpha, chunky or planar.

    check_size: called with width, height and label before anything is decoded. Raises UserError, naming
    `label`, on other kinds of TIFF, and what tifffile raises on damaged files.
    """
    from tifffile import TiffFile

    # Its complaints about odd tags would otherwise reach standard error.
    logging.getLogger("tifffile").addHandler(_SILENT)
    file.seek(0)
    with TiffFile(file) as tiff:
        page: Any = tiff.pages.first
        check_size(int(page.imagewidth), int(page.imagelength), label)
        frames = f"first of {len(tiff.pages)} frames"
        if len(tiff.pages) > 1 and frames not in notes:
            notes.append(frames)
        array = _page_array(page, label)
        orientation = int(_tag(page, "Orientation", 1))
        icc = _tag(page, "InterColorProfile", None)
        white_is_zero = int(page.photometric) == _WHITE_IS_ZERO
        colours = 3 if int(page.photometric) == _RGB else 1
        extra = int(page.extrasamples[0]) if page.extrasamples else 0
        bits = int(page.bitspersample)
    alpha = extra in (_ASSOCIATED, _UNASSOCIATED)
    if ignored := array.shape[-1] - colours - alpha:
        notes.append(f"{ignored} further channel{'s' if ignored > 1 else ''} ignored")
    array = array[..., : colours + alpha]
    if array.dtype.kind == "f":
        image = from_floats(array, label, notes, alpha=alpha, white_is_zero=white_is_zero)
    else:
        if array.dtype.kind == "i" or array.dtype.itemsize > 2:
            bits = used_bits(array, notes)
        image = from_integers(array, bits, white_is_zero=white_is_zero)
    if extra == _ASSOCIATED:
        image = _unassociated(image)
    return TiffSamples(image, orientation, bytes(icc) if icc else None)


@contextlib.contextmanager
def silent_libtiff() -> Iterator[None]:
    """Keep libtiff from writing its complaints to standard error while Pillow decodes with it.

    The C library writes to the file descriptor itself and Pillow offers no switch; what it finds wrong
    also comes as an exception. What other threads write to standard error meanwhile is lost.
    """
    try:
        kept = os.dup(2)
    except OSError:  # started without a standard error, as from a desktop
        yield
        return
    try:
        with open(os.devnull, "wb") as nothing:  # noqa: PTH123
            os.dup2(nothing.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _page_array(page: Any, label: str) -> NDArray[Any]:
    """Samples of a page as (height, width, samples per pixel)."""
    samples = int(page.samplesperpixel)
    photometric = int(page.photometric)
    known = photometric in (_WHITE_IS_ZERO, 1, _RGB) and page.imagedepth == 1
    enough = samples >= (3 if photometric == _RGB else 1)
    if not (known and enough) or page.dtype is None or page.dtype.kind not in "uif":
        raise UserError(f"{label}: this kind of TIFF is not supported ({_described(page)})")
    try:
        array: NDArray[Any] = page.asarray()
    except (KeyError, ValueError) as error:
        if "imagecodecs" not in str(error):
            raise
        raise UserError(f"{label}: this kind of TIFF is not supported ({_described(page)})") from None
    if page.axes.startswith("S"):
        array = np.moveaxis(array, 0, -1)
    return array.reshape(int(page.imagelength), int(page.imagewidth), samples)


def _described(page: Any) -> str:
    """What a page holds, for a message: "3 × float32, rgb, lzw"."""
    kind = page.dtype if page.dtype is not None else f"{page.bitspersample}-bit"
    names = [getattr(getattr(page, key), "name", "unknown").lower() for key in ("photometric", "compression")]
    return ", ".join([f"{page.samplesperpixel} × {kind}", *names])


def _tag(page: Any, name: str, default: Any) -> Any:
    tag = page.tags.get(name)
    return default if tag is None else tag.value


def _unassociated(image: Image.Image) -> Image.Image:
    """Divide the colours by alpha."""
    if image.mode == "RGBA":
        return Image.frombytes("RGBa", image.size, image.tobytes()).convert("RGBA")
    return Image.frombytes("La", image.size, image.tobytes()).convert("LA")
