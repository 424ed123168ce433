"""JPEG (ISO/IEC 10918-1): baseline encoding by libjpeg-turbo, and any 8-bit DCT file as received."""

from __future__ import annotations

import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import numpy as np
from PIL import Image, ImageFile
from PIL.JpegImagePlugin import JpegImageFile

from engine.codecs.checks import check_pixels, check_quality, check_rate, check_subsampling
from engine.codecs.damage import DamagedError
from engine.codecs.facts import Described
from engine.codecs.jpeg.bits import UncountableError, count_patch_bits
from engine.codecs.jpeg.coefficients import CoefficientsUnavailableError, Planes, read_coefficients
from engine.codecs.jpeg.metadata import icc_profile, orientation, undone
from engine.codecs.jpeg.parse import parse
from engine.codecs.jpeg.stream import Colour, JpegStream
from engine.codecs.png import png_of
from engine.codecs.rate_search import nearest
from engine.errors import UserError
from engine.io.colour import to_srgb
from engine.io.image import check_size
from engine.io.orientation import upright
from engine.step_scale import step_scale
from engine.types import Coded, Component, EncodeOptions, PatchBits, Pixels, Symbols, frozen

_SUBSAMPLING = {"4:2:0": 2, "4:4:4": 0}
"""Pillow's numbers."""
_TYPICAL = {
    1: 0.08, 5: 0.12, 10: 0.23, 20: 0.40, 30: 0.55, 40: 0.67, 50: 0.78, 60: 0.91, 70: 1.1, 80: 1.4, 90: 2.2,
    95: 3.2, 100: 6.1,
}  # fmt: skip
"""Bits per pixel of a photograph, where the search for a rate begins."""


class JpegCodec(Described):
    """The codec "jpeg". Stateless; safe to call from several threads."""

    magic = (b"\xff\xd8\xff",)
    magic_at = 0

    def encode(self, pixels: Pixels, options: EncodeOptions) -> Coded:
        """Encode uint8 (height, width, 3) sRGB as a baseline file with optimised Huffman tables.

        With `bits_per_pixel` the quality is sought whose file, headers included, comes nearest to it;
        `Coded.quality` and `Coded.bits_per_pixel` tell what was reached, at an end of `qualities` when the
        target can't be. Deterministic. Raises UserError on impossible options and sizes.
        """
        check_rate(options, self.title)
        if options.quality is not None:
            payload, quality = self._payload(pixels, options.quality, options.subsampling), options.quality
        else:
            payload, quality = self._nearest(pixels, options.bits_per_pixel or 0.0, options.subsampling)
        return _read(payload, "stream", trusted=True, quality=quality)

    def decode(self, payload: bytes, name: str = "stream") -> Coded:
        """Read any 8-bit baseline, extended sequential or progressive DCT file, as received.

        `standard` shows the coded pixels: EXIF orientation and embedded colour profiles of RGB and grey
        files are not applied, because a decoder works on the grid and the values that were coded (`notes`
        tells them). CMYK is brought to sRGB. Symbols are there for grey and YCbCr; patch bits where each
        patch's can be told apart, else a note. Bytes after the end are kept in `payload` and count as
        headers. Raises UserError, naming `name`, on files that are not JPEG, cut off, damaged (also inside
        the entropy-coded data), of another process, or too large.
        """
        return _read(payload, name, trusted=False, quality=None)

    def size_and_standard(self, pixels: Pixels, quality: int, subsampling: str) -> tuple[bytes, Pixels]:
        """The payload and its standard decode only; raises UserError as `encode`."""
        payload = self._payload(pixels, quality, subsampling)
        return payload, _pixels(payload, "stream")

    def notes(self, payload: bytes, name: str = "stream") -> tuple[str, ...]:
        """What `decode` left undone with a file, one short sentence each. Raises UserError as `decode`."""
        return tuple(undone(parse(payload, name)))

    def png(self, pixels: Pixels, coded: Coded) -> bytes:
        """`pixels` of `coded` as a PNG file, turned upright, with the stream's colour profile if it fits."""
        stream = parse(coded.payload, "stream")
        return png_of(upright(pixels, orientation(stream)), icc_profile(stream), grey=coded.grey)

    def _payload(self, pixels: Pixels, quality: int, subsampling: str) -> bytes:
        check_pixels(pixels)
        check_quality(quality, self.qualities, self.title)
        check_subsampling(subsampling, self.subsamplings, self.title)
        file = BytesIO()
        # In the worst case, noise at quality 100, a sample takes little more than a byte.
        with _buffer_of(pixels.shape[0] * pixels.shape[1] * 4 + 0x10000):
            image = Image.fromarray(pixels)
            image.save(file, "JPEG", quality=quality, subsampling=_SUBSAMPLING[subsampling], optimize=True)
        return file.getvalue()

    def _nearest(self, pixels: Pixels, target: float, subsampling: str) -> tuple[bytes, int]:
        """The file nearest to `target` bits per pixel, and its quality."""
        return nearest(
            lambda quality: self._payload(pixels, quality, subsampling),
            target,
            pixels.shape[0] * pixels.shape[1],
            range(self.qualities[0], self.qualities[1] + 1),
            _TYPICAL,
        )


JPEG = JpegCodec("jpeg")


def _read(payload: bytes, name: str, *, trusted: bool, quality: int | None) -> Coded:
    stream = parse(payload, name)
    frame = stream.frame
    check_size(frame.width, frame.height, name)
    profile = icc_profile(stream) if stream.colour in (Colour.CMYK, Colour.YCCK) else None
    standard = _pixels(stream.essential(), name, profile)
    symbols, bits, note = None, None, ""
    try:
        planes = read_coefficients(stream, trusted=trusted)
    except CoefficientsUnavailableError as reason:
        note = str(reason)
    except DamagedError as reason:
        raise UserError(f"{name}: the JPEG file is damaged ({reason})") from None
    else:
        if stream.colour in (Colour.GREY, Colour.YCBCR):
            symbols = _symbols(stream, planes)
        bits, note = _patch_bits(stream, planes)
    return Coded(
        codec=JPEG.name,
        payload=payload,
        standard=standard,
        scale=step_scale(stream.quantisation[0]),
        quality=quality,
        subsampling=stream.subsampling,
        symbols=symbols,
        patch_bits=bits,
        patch_bits_note=note,
    )


def _patch_bits(stream: JpegStream, planes: Planes) -> tuple[PatchBits | None, str]:
    try:
        return count_patch_bits(stream, planes), ""
    except UncountableError as reason:
        return None, str(reason)


def _symbols(stream: JpegStream, planes: Planes) -> Symbols:
    components = []
    for index, (plane, component) in enumerate(zip(planes, stream.frame.components, strict=True)):
        rows, columns = stream.frame.blocks(index)
        inside = plane[:rows, :columns]
        inside.setflags(write=False)  # nobody else holds it, so a copy is only needed where it was cut
        coefficients = frozen(inside)
        components.append(Component(coefficients, stream.quantisation[index], component.h, component.v))
    return Symbols(tuple(components))


def _pixels(data: bytes, name: str, cmyk_profile: bytes | None = None) -> Pixels:
    """Pillow's decode, which is libjpeg-turbo's, as uint8 (height, width, 3); CMYK as loading shows it."""
    try:
        # The class itself: Image.open would look at EXIF, multi-picture tables and other formats.
        with JpegImageFile(BytesIO(data)) as image:
            image.load()
            rgb = to_srgb(image, cmyk_profile, []) if image.mode == "CMYK" else image.convert("RGB")
            return frozen(np.asarray(rgb))
    except MemoryError:
        raise UserError(f"{name}: not enough memory to decode it") from None
    except (OSError, SyntaxError, ValueError, LookupError, EOFError, struct.error) as error:
        reason = "its data are cut off" if "truncated" in str(error) else str(error) or type(error).__name__
        raise UserError(f"{name}: the JPEG file is damaged ({reason})") from None


_rooms = threading.Lock()
_wanted: list[int] = []
_default_block = ImageFile.MAXBLOCK


@contextmanager
def _buffer_of(size: int) -> Iterator[None]:
    """Let Pillow's encoder have `size` bytes at once.

    With optimised tables libjpeg writes the file in one go and fails ("broken data stream") where Pillow's
    buffer, a byte a pixel, is too small. Its size can only be set for the whole process.
    """
    with _rooms:
        _wanted.append(size)
        ImageFile.MAXBLOCK = max([_default_block, *_wanted])
    try:
        yield
    finally:
        with _rooms:
            _wanted.remove(size)
            ImageFile.MAXBLOCK = max([_default_block, *_wanted])
