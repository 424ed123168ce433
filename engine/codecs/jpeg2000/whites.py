"""Whites of JPEG 2000 pictures in colour with more than 8 bits a sample, which Pillow shows as black.

Pillow rounds such samples to 8 bits and doesn't stop at 255 (Jpeg2KDecode.c, j2ku_srgb_rgb): what is nearly
white becomes 256, that is 0. The same stream with a bit more in its headers decodes to samples in the middle
of a range twice as wide, where nothing runs over: coarser, but it tells black from white.
"""

from __future__ import annotations

import struct
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile

from engine.codecs.jpeg2000.parse import QCD, SOD, SOT

_QCC = 0xFF5D
_COUNT_AT, _COMPONENTS_AT = 40, 42
"""Of a codestream: the number of components, and the first one's three bytes (T.800, table A.9)."""
_MOST_BITS = 37
_MIDDLE = 128


def samples(codestream: bytes) -> NDArray[Any]:
    """What Pillow decodes, (height, width) or (height, width, channels), with whites that are white.

    Raises what Pillow raises.
    """
    shown = _decoded(codestream)
    if shown.ndim < 3 or shown.dtype != np.uint8 or shown.all() or deepest(codestream) <= 8:
        return shown
    wider = one_bit_more(codestream)
    if wider is None:
        return shown
    middle = _decoded(wider)
    if middle.shape != shown.shape:
        return shown
    return np.where((shown == 0) & (middle > _MIDDLE), np.uint8(255), shown)


def _decoded(codestream: bytes) -> NDArray[Any]:
    with Jpeg2KImageFile(BytesIO(codestream)) as image:
        image.load()
        return np.asarray(image)


def deepest(codestream: bytes) -> int:
    """Most bits a sample of any component."""
    (count,) = struct.unpack_from(">H", codestream, _COUNT_AT)
    depths = codestream[_COMPONENTS_AT : _COMPONENTS_AT + 3 * count : 3]
    return max(((depth & 0x7F) + 1 for depth in depths), default=0)


def one_bit_more(codestream: bytes) -> bytes | None:
    """A stream of the same coefficients whose samples may take a bit more; None where there is no room.

    Steps of the quantiser are fractions of the samples' range (T.800, equation E-3), so their exponents
    grow along, and bit-planes to guard give way (equation E-2), that none is read differently.
    """
    data = bytearray(codestream)
    (count,) = struct.unpack_from(">H", data, _COUNT_AT)
    for at in range(_COMPONENTS_AT, _COMPONENTS_AT + 3 * count, 3):
        if data[at] & 0x7F >= _MOST_BITS:
            return None
        data[at] += 1
    position, part, end = 2, 0, len(data)
    while position + 4 <= end:
        marker, length = struct.unpack_from(">HH", data, position)
        if marker == SOT:
            part = position
            (whole,) = struct.unpack_from(">I", data, position + 6)
            end = part + whole if whole else len(data)
        elif marker == SOD:
            position, end = end, len(data)
            continue
        elif marker in (QCD, _QCC):
            start = position + 4 + (0 if marker == QCD else 1 if count < 257 else 2)
            if not _widen(data, start, position + 2 + length):
                return None
        elif marker >> 8 != 0xFF:
            break
        position += 2 + length
    return bytes(data)


def _widen(data: bytearray, start: int, end: int) -> bool:
    """Let steps be as they are with a bit more (T.800, table A.28); false where there is no room."""
    style, guard = data[start] & 31, data[start] >> 5
    if not style:
        return True  # no quantiser: bit-planes alone
    if not guard or any(data[at] >> 3 == 31 for at in range(start + 1, end, 2)):
        return False
    data[start] = (guard - 1) << 5 | style
    for at in range(start + 1, end, 2):
        data[at] += 1 << 3
    return True
