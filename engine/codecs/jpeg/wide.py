"""Pictures of JPEG files with more than 8 bits a sample (T.81: 12, or without loss up to 16).

Pillow's libjpeg-turbo has them, but Pillow takes 8 bits only; imagecodecs, an extra, hands them out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.errors import UserError, printable
from engine.io.image import check_size
from engine.step_scale import scale_of_rate
from engine.types import Coded, Pixels, frozen

_ADVICE = "pip install 'nrc-viewer[formats]' adds a decoder that shows it"
_HIERARCHICAL = (0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF, 0xDE)
_CODEC = "jpeg"
_ALONE = (0x01, *range(0xD0, 0xD9))
"""Markers without a segment."""


@dataclass(frozen=True)
class FrameHeader:
    """process: the marker of the first frame header. bits: of a sample."""

    process: int
    bits: int
    height: int
    width: int
    components: int


def frame_header(data: bytes) -> FrameHeader | None:
    """The first frame header of a file that begins with its start marker; None where there is none."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF or marker in _ALONE:
            at += 1 if marker == 0xFF else 2
            continue
        if (0xC0 <= marker < 0xD0 and marker not in (0xC4, 0xC8, 0xCC)) or marker in _HIERARCHICAL:
            height, width = int.from_bytes(data[at + 5 : at + 7]), int.from_bytes(data[at + 7 : at + 9])
            return FrameHeader(marker, data[at + 4], height, width, data[at + 9])
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return None


def wants_more(header: FrameHeader) -> bool:
    """Whether a file is of a kind that the extra decodes and Pillow doesn't."""
    return 8 < header.bits <= 16 and header.process not in _HIERARCHICAL and header.components in (1, 3)


def by_extra(payload: bytes, start: int, name: str, header: FrameHeader, reason: UserError) -> Coded:
    """The picture of a file that Pillow can't take, by an extra. header: as `wants_more` has it. start:
    bytes of others before the file. Raises `reason`, a UserError naming `name`, with what would help."""
    check_size(header.width, header.height, name)
    try:
        standard, grey = _wide_picture(payload[start:], header)
    except UserError as advice:
        raise UserError(f"{reason}; {advice}") from None
    except ValueError as error:
        raise UserError(f"{reason} ({printable(str(error))})") from None
    why = str(reason).removeprefix(f"{name}: ")
    why = f"{why}; its {header.bits} bits a sample are reduced to 8"
    found = unfollowed(payload, start, standard, grey, why)
    # The extra says nothing of libjpeg's warnings; data holds neither marker.
    ended = payload.rfind(b"\xff\xd9") > payload.rfind(b"\xff\xda")
    return found if ended else replace(found, damage="its end marker is missing")


def unfollowed(payload: bytes, start: int, standard: Pixels, grey: bool, why: str) -> Coded:
    """What a received file is to decoders of which only the picture is known. why: for people."""
    height, width = standard.shape[:2]
    return Coded(
        codec=_CODEC,
        payload=payload,
        standard=standard,
        scale=scale_of_rate(8 * (len(payload) - start) / (width * height)),
        subsampling="4:0:0" if grey else "",
        patch_bits_note=f"its structure can't be followed here ({why})",
        foreign=start,
        unread=why,
    )


def _wide_picture(data: bytes, header: FrameHeader) -> tuple[Pixels, bool]:
    """The picture with 8 bits a sample, and whether it is grey. Raises UserError, naming no file, where
    imagecodecs isn't installed, and ValueError where it can't decode it."""
    try:
        import imagecodecs
    except ImportError:
        raise UserError(_ADVICE) from None
    try:
        samples = imagecodecs.jpeg8_decode(data)  # libjpeg-turbo's, not one of the less hardened others
    except Exception as error:  # of the decoder's own kind
        raise ValueError(str(error)) from None
    if samples.shape[:2] != (header.height, header.width) or samples.ndim not in (2, 3):
        raise ValueError("its headers disagree about the size")
    eight = _eight(samples, header.bits)
    grey = eight.ndim == 2
    return frozen(np.repeat(eight[..., None], 3, axis=2) if grey else eight[..., :3]), grey


def _eight(samples: NDArray[np.unsignedinteger], bits: int) -> NDArray[np.uint8]:
    highest = 2**bits - 1
    levels = np.rint(np.arange(1 << 8 * samples.dtype.itemsize).clip(0, highest) * (255 / highest))
    eight: NDArray[np.uint8] = levels.astype(np.uint8)[samples]
    return eight
