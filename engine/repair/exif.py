"""EXIF data (a TIFF structure, Exif 2.32) changed in place, so that nothing in it moves or is lost.

Makers' notes hold offsets of their own that nobody knows; what is only copied and patched stays readable.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from engine.io.orientation import ORIENTATION_TAG

PREFIX = b"Exif\0\0"
"""Stands before the structure in JPEG files; PNG, WebP and TIFF have none."""
EXIF_POINTER, GPS_POINTER, INTEROP_POINTER = 0x8769, 0x8825, 0xA005
_POINTERS = (EXIF_POINTER, GPS_POINTER, INTEROP_POINTER)
_WIDTH_TAGS, _HEIGHT_TAGS = (0x0100, 0xA002), (0x0101, 0xA003)
_SHORT, _LONG = 3, 4
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
"""Bytes of a value of each type (TIFF 6.0, section 2)."""
ENTRY = 12
"""Bytes of a directory's entry."""


@dataclass(frozen=True)
class Entry:
    """One entry of a directory. at: where its 12 bytes lie. inside: whether they hold the value itself."""

    at: int
    tag: int
    kind: int
    count: int

    @property
    def inside(self) -> bool:
        return _SIZES.get(self.kind, 1) * self.count <= 4


def byte_order(block: bytes) -> str:
    """`<` or `>`, as `struct` writes it. Raises ValueError on what is no TIFF structure."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(bytes(block[:4]))
    if order is None:
        raise ValueError("no TIFF structure")
    return order


def first_directory(block: bytes) -> int:
    """Where the main directory begins. Raises ValueError, struct.error."""
    return int(struct.unpack_from(f"{byte_order(block)}I", block, 4)[0])


def entries(block: bytes, start: int) -> Iterator[Entry]:
    """The entries of the directory at `start`. Raises struct.error where it points outside."""
    order = byte_order(block)
    (count,) = struct.unpack_from(f"{order}H", block, start)
    for at in range(start + 2, start + 2 + ENTRY * count, ENTRY):
        tag, kind, values = struct.unpack_from(f"{order}HHI", block, at)
        struct.unpack_from(f"{order}I", block, at + 8)
        yield Entry(at, tag, kind, values)


def directories(block: bytes) -> list[int]:
    """Where the main directory and those that it points to (EXIF, GPS, interoperability) begin.

    Raises ValueError, struct.error.
    """
    found, order = [first_directory(block)], byte_order(block)
    for start in found:
        for entry in entries(block, start):
            if entry.tag in _POINTERS and entry.kind == _LONG and entry.count == 1:
                (target,) = struct.unpack_from(f"{order}I", block, entry.at + 8)
                if target not in found:
                    found.append(int(target))
    return found


def upright_exif(exif: bytes, width: int, height: int) -> bytes:
    """EXIF data of a picture that has been turned upright to `width` × `height`: the orientation is 1, the
    sizes are the new ones, and the thumbnail, which would lie on its side, is no longer pointed at.

    exif: without `PREFIX`. Data that can't be read come back as they are.
    """
    block = bytearray(exif)
    turned = False
    try:
        order = byte_order(exif)
        for start in directories(exif):
            for entry in entries(exif, start):
                if entry.tag == ORIENTATION_TAG and entry.kind == _SHORT:
                    (before,) = struct.unpack_from(f"{order}H", exif, entry.at + 8)
                    turned = turned or before != 1
                    struct.pack_into(f"{order}H", block, entry.at + 8, 1)
                for tags, side in ((_WIDTH_TAGS, width), (_HEIGHT_TAGS, height)):
                    if entry.tag in tags and entry.count == 1 and entry.kind in (_SHORT, _LONG):
                        form = "H" if entry.kind == _SHORT else "I"
                        struct.pack_into(f"{order}{form}", block, entry.at + 8, side)
        if turned:
            start = first_directory(exif)
            (count,) = struct.unpack_from(f"{order}H", exif, start)
            struct.pack_into(f"{order}I", block, start + 2 + ENTRY * count, 0)
    except (ValueError, struct.error):
        return exif
    return bytes(block)


def into_tiff(file: bytes, exif: bytes, structural: frozenset[int]) -> bytes:
    """A TIFF file with EXIF data in it: the block stands at the end, its offsets moved, and the main
    directory is written anew behind it with the entries of both.

    file: of the same byte order as `exif`. structural: tags of `exif`'s main directory that describe its own
    picture, which are left out. Raises ValueError, struct.error where `exif` can't be read.
    """
    order = byte_order(exif)
    if byte_order(file) != order:
        raise ValueError("byte orders differ")
    base = len(file) + len(file) % 2
    block = bytearray(exif)
    for start in directories(exif):
        for entry in entries(exif, start):
            if not entry.inside or entry.tag in _POINTERS:
                (target,) = struct.unpack_from(f"{order}I", exif, entry.at + 8)
                struct.pack_into(f"{order}I", block, entry.at + 8, (target + base) & 0xFFFFFFFF)
    own = {e.tag: file[e.at : e.at + ENTRY] for e in entries(file, first_directory(file))}
    for entry in entries(exif, first_directory(exif)):
        if entry.tag not in structural:
            own.setdefault(entry.tag, bytes(block[entry.at : entry.at + ENTRY]))
    block += bytes(len(block) % 2)
    directory = struct.pack(f"{order}H", len(own)) + b"".join(own[tag] for tag in sorted(own)) + bytes(4)
    whole = bytearray(file) + bytes(base - len(file)) + block + directory
    struct.pack_into(f"{order}I", whole, 4, base + len(block))
    return bytes(whole)
