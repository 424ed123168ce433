"""JPEG (ISO/IEC 10918-1): baseline encoding by libjpeg-turbo, and any 8-bit DCT file as received."""

from __future__ import annotations

import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile
from PIL.JpegImagePlugin import JpegImageFile

from engine.codecs.checks import check_pixels, check_quality, check_rate, check_subsampling
from engine.codecs.damage import DamagedError
from engine.codecs.facts import Described
from engine.codecs.jpeg.arrival import BAD_CODE, first_scans, missing_patches, unrefined, unrefined_patches
from engine.codecs.jpeg.bits import UncountableError, count_patch_bits
from engine.codecs.jpeg.coefficients import CoefficientsUnavailableError, Planes, read_as_far
from engine.codecs.jpeg.metadata import icc_profile, orientation, undone
from engine.codecs.jpeg.parse import find_start, parse
from engine.codecs.jpeg.stream import Colour, JpegStream
from engine.codecs.jpeg.wide import by_extra, frame_header, unfollowed, wants_more
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
_MOST_CHECKED = 50_000_000
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
        """Read any JPEG file that libjpeg reads, as received; of a damaged one what came.

        `standard` shows the coded pixels: EXIF orientation and embedded colour profiles of RGB and grey
        files are not applied, because a decoder works on the grid and the values that were coded (`notes`
        tells them). CMYK is brought to sRGB. Symbols are there for grey and YCbCr; patch bits where each
        patch's can be told apart, else a note. Bytes before and after the picture's own are kept in `payload`
        and are `foreign`. Where data are missing or broken, `standard` is what libjpeg makes of the rest,
        `damage` says what is wrong and `missing` where. Raises UserError, naming `name`, on files that are
        not JPEG, that end before their first scan, that libjpeg can't decode, or too large.
        """
        return _read(payload, name, trusted=False, quality=None)

    def size_and_standard(self, pixels: Pixels, quality: int, subsampling: str) -> tuple[bytes, Pixels]:
        """The payload and its standard decode only; raises UserError as `encode`."""
        payload = self._payload(pixels, quality, subsampling)
        return payload, _pixels(payload, "stream")

    def notes(self, payload: bytes, name: str = "stream") -> tuple[str, ...]:
        """What `decode` left undone with a file, one short sentence each. Raises UserError as `decode`."""
        try:
            stream = parse(payload, name)
        except UserError:
            _read(payload, name, trusted=False, quality=None)
            return ()
        return tuple(undone(stream))

    def png(self, pixels: Pixels, coded: Coded) -> bytes:
        """`pixels` of `coded` as a PNG file, turned upright, with the stream's colour profile if it fits."""
        try:
            stream = parse(coded.payload, "stream")
        except UserError:  # what only libjpeg could follow
            return png_of(pixels, grey=coded.grey)
        return png_of(upright(pixels, coded.orientation), icc_profile(stream), grey=coded.grey)

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
    try:
        stream = parse(payload, name)
    except UserError as error:
        return _by_reference(payload, name, error)
    frame = stream.frame
    check_size(frame.width, frame.height, name)
    profile = icc_profile(stream) if stream.colour in (Colour.CMYK, Colour.YCCK) else None
    try:
        standard = _pixels(stream.essential(), name, profile)
    except UserError as error:
        return _by_reference(payload, name, error)
    faults, missing, complaint = list(stream.faults), None, ""
    symbols, bits, note = None, None, ""
    try:
        planes, complaint = read_as_far(stream, trusted=trusted)
    except CoefficientsUnavailableError as reason:
        note = str(reason)
    except DamagedError as reason:
        note = complaint = str(reason)
    else:
        if stream.colour in (Colour.GREY, Colour.YCBCR) and not _cut(stream, complaint):
            symbols = _symbols(stream, planes)
        if faults or complaint:
            missing = _missing(stream, planes, complaint)
        if missing is None and not complaint:
            bits, note = _patch_bits(stream, planes)
        else:
            note = "parts of its data are missing or damaged, so bits can't be told apart by patch"
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
        foreign=len(payload) - stream.length,
        damage="; ".join(dict.fromkeys(_damage(faults, complaint, missing))),
        missing=missing,
        orientation=orientation(stream),
    )


def _cut(stream: JpegStream, complaint: str) -> bool:
    """Whether bits of a progressive file are missing: a coefficient is then not what was sent."""
    return stream.frame.progressive and (bool(complaint) or unrefined(stream))


def _missing(stream: JpegStream, planes: Planes, complaint: str) -> NDArray[np.bool_] | None:
    """Which patches of a damaged file never came whole, read-only; None where none is known."""
    first, found = first_scans(stream), []
    if first is not stream:
        found.append(unrefined_patches(stream, planes))
        try:
            planes, complaint = read_as_far(first)
        except (CoefficientsUnavailableError, DamagedError):
            planes = []
    if planes:
        found.append(missing_patches(first, planes, complaint))
    known = [each for each in found if each is not None]
    return frozen(np.logical_or.reduce(known)) if known else None


def _damage(faults: list[str], complaint: str, missing: NDArray[np.bool_] | None) -> Iterator[str]:
    """What is wrong with a file, for people."""
    yield from faults
    if missing is not None:
        yield f"{int(missing.sum()):,} of {missing.size:,} patches never came or can't be read"
    if complaint and missing is None:
        yield next((words for said, words in _COMPLAINTS.items() if said in complaint), complaint)


_COMPLAINTS = {
    BAD_CODE: "some of its codes are no codes of its Huffman tables",
    "premature end": "some of its data are missing",
    "Premature end": "some of its data are missing",
    "extraneous": "stray bytes before a restart marker",
    "found marker": "restart markers are missing or wrong",
}
"""libjpeg's words (jerror.h), and ours."""


def _by_reference(payload: bytes, name: str, reason: UserError) -> Coded:
    """The picture as libjpeg shows it, of a file whose structure can't be followed here. Raises `reason`
    where libjpeg can't either."""
    start = find_start(payload)
    if start is None:
        raise reason
    data = payload[start:]
    header = frame_header(data)
    if header is not None and wants_more(header):
        return by_extra(payload, start, name, header, reason)
    try:
        with JpegImageFile(BytesIO(data)) as image:
            grey = image.mode == "L"
        check_size(*image.size, name)
        standard = _pixels(data + b"\xff\xd9", name)
    except (UserError, OSError, SyntaxError, ValueError, LookupError, EOFError, struct.error, TypeError):
        raise reason from None
    return unfollowed(payload, start, standard, grey, str(reason).removeprefix(f"{name}: "))


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


def damage_notes(payload: bytes) -> list[str]:
    """What is damaged in a file that Pillow decodes without a word, for `engine.io.readers`. Data are looked
    into up to a size at which that takes a second. Raises UserError and DamagedError, then in vain."""
    stream = parse(payload, "")
    faults, complaint, missing = list(stream.faults), "", None
    if stream.frame.width * stream.frame.height <= _MOST_CHECKED:
        with suppress(CoefficientsUnavailableError):
            planes, complaint = read_as_far(stream)
            if faults or complaint:
                missing = _missing(stream, planes, complaint)
    said = "; ".join(dict.fromkeys(_damage(faults, complaint, missing)))
    return [f"the JPEG file is damaged: {said}"] if said else []


def rescued(payload: bytes, name: str) -> tuple[Image.Image, list[str]]:
    """The picture of a JPEG file that Pillow alone gives up on, and what is wrong with it; for
    `engine.io.readers`. Raises UserError."""
    coded = _read(payload, name, trusted=False, quality=None)
    notes = [f"the JPEG file is damaged: {coded.damage}"] if coded.damage else []
    if coded.unread:
        notes.append(coded.unread)
    start = find_start(payload)
    if start:
        notes.append(f"the picture begins after {start:,} bytes that are not its own")
    image = Image.fromarray(coded.standard)
    return image.convert("L") if coded.grey else image, notes


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
