"""What the boxes of a JP2 file say about colour (T.800, annex I): palette, mapping, meaning of channels."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SYCC, ESYCC = 18, 24
"""Numbers of enumerated colour spaces (T.800, table I.10; T.801, table M.25)."""
_COLOUR, _OPACITY, _PREMULTIPLIED = 0, 1, 2
_WHOLE = 0
_MOST_ENTRIES = 1024


@dataclass(frozen=True)
class Channel:
    """Where a channel comes from: a component of the codestream, through a column of the palette or not
    (None)."""

    component: int
    column: int | None = None


_BY_PROFILE = b"\2"
"""Method of a colour specification (I.5.3.3); of JPX's others nothing is known here."""


@dataclass(frozen=True)
class Boxes:
    """space: the enumerated colour space, None where a profile or nothing says. palette: uint8 (entries,
    columns), None for none. channels: after palette and mapping, None where components are channels as they
    come. colours: numbers of the channels that are colours, in order; None: as they come. alpha: of the
    channel that is opacity. profile: an ICC profile in place of a colour space."""

    space: int | None = None
    palette: NDArray[np.uint8] | None = None
    channels: tuple[Channel, ...] | None = None
    colours: tuple[int, ...] | None = None
    alpha: int | None = None
    profile: bytes | None = None


def colour_boxes(payload: bytes) -> Boxes:
    """Read the header box of a JP2 file; of a bare codestream, or one without sense, nothing."""
    try:
        header = next((body for kind, body in _boxes(payload, 0, len(payload)) if kind == b"jp2h"), None)
        if header is None:
            return Boxes()
        found = dict(reversed([(kind, body) for kind, body in _boxes(payload, *header)]))
        parts = {kind: payload[start:end] for kind, (start, end) in found.items()}
        palette = _palette(parts[b"pclr"]) if b"pclr" in parts else None
        channels = _mapping(parts[b"cmap"]) if b"cmap" in parts and palette is not None else None
        if palette is not None and channels is None:
            channels = tuple(Channel(0, column) for column in range(palette.shape[1]))
        colours, alpha = _definitions(parts[b"cdef"]) if b"cdef" in parts else (None, None)
        colour = parts.get(b"colr", b"")
        profile = colour[3:] if colour[:1] == _BY_PROFILE and len(colour) > 3 else None
        return Boxes(_space(colour), palette, channels, colours, alpha, profile)
    except (struct.error, IndexError, ValueError):
        return Boxes()


def _boxes(payload: bytes, at: int, end: int) -> Iterator[tuple[bytes, tuple[int, int]]]:
    while at + 8 <= end:
        size, kind = struct.unpack_from(">I4s", payload, at)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", payload, at + 8)
            head = 16
        stop = end if size == 0 else at + size
        if stop > end or stop < at + head or kind == b"jp2c":
            return
        yield kind, (at + head, stop)
        at = stop


def _space(body: bytes) -> int | None:
    return int(struct.unpack_from(">I", body, 3)[0]) if body[:1] == b"\1" else None


def _palette(body: bytes) -> NDArray[np.uint8]:
    """I.5.3.4; entries of other than 8 bits are scaled."""
    entries, columns = struct.unpack_from(">HB", body)
    depths = [(depth & 0x7F) + 1 for depth in body[3 : 3 + columns]]
    if not (0 < entries <= _MOST_ENTRIES and columns) or any(depth > 16 for depth in depths):
        raise ValueError
    palette, at = np.zeros((entries, columns), np.uint8), 3 + columns
    for row in range(entries):
        for column, depth in enumerate(depths):
            width = (depth + 7) // 8
            value = int.from_bytes(body[at : at + width], "big")
            at += width
            palette[row, column] = min(255, round(value * 255 / (2**depth - 1)))
    if at > len(body):
        raise ValueError
    return palette


def _mapping(body: bytes) -> tuple[Channel, ...]:
    """I.5.3.5."""
    entries = [struct.unpack_from(">HBB", body, at) for at in range(0, len(body) - 3, 4)]
    return tuple(Channel(component, column if kind == 1 else None) for component, kind, column in entries)


def _definitions(body: bytes) -> tuple[tuple[int, ...] | None, int | None]:
    """I.5.3.6: channels by the colour that they are, and the channel of opacity."""
    (count,) = struct.unpack_from(">H", body)
    entries = [struct.unpack_from(">HHH", body, 2 + 6 * index) for index in range(count)]
    colours = {of: channel for channel, kind, of in entries if kind == _COLOUR and 0 < of <= 3}
    clear = [channel for channel, kind, of in entries if kind in (_OPACITY, _PREMULTIPLIED) and of == _WHOLE]
    if sorted(colours) != list(range(1, len(colours) + 1)) or not colours:
        return None, clear[0] if clear else None
    return tuple(colours[number] for number in sorted(colours)), clear[0] if clear else None
