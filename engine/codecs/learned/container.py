"""The container of learned codecs' streams, `.nrc`: what is needed to read one, and to see that it is whole.

All numbers are big-endian.

    bytes   field
    4       magic, 8B "NRC"
    1       codec, a letter
    1       version of the format: of this layout and of how the sections are coded
    2, 2    width and height in pixels
    4       identity of the model, see `engine.codecs.learned.model`
    1       operating point (quality, iterations), as the codec reads it
    1       number of sections n
    4 · n   their lengths in bytes
    4       CRC-32 (as in PNG) of everything else, before and after it
    …       the sections, to the end of the file
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from engine.codecs.facts import article
from engine.errors import UserError
from engine.io.image import check_size

MAGIC = b"\x8bNRC"
_HEAD = struct.Struct(">5sBHH4sBB")
_NUMBER = struct.Struct(">I")


@dataclass(frozen=True)
class Container:
    """A stream. letter: the codec's, one byte. model: 4 bytes. point: 0 to 255."""

    letter: bytes
    version: int
    width: int
    height: int
    model: bytes
    point: int
    sections: tuple[bytes, ...]

    def pack(self) -> bytes:
        """The file."""
        if len(self.sections) > 255:
            raise ValueError("a container holds up to 255 sections")
        head = _HEAD.pack(
            MAGIC + self.letter,
            self.version,
            self.width,
            self.height,
            self.model,
            self.point,
            len(self.sections),
        )
        head += b"".join(_NUMBER.pack(len(section)) for section in self.sections)
        body = b"".join(self.sections)
        return head + _NUMBER.pack(zlib.crc32(body, zlib.crc32(head))) + body


def unpack(payload: bytes, letter: bytes, version: int, title: str, name: str) -> Container:
    """Read a file of the codec `title`, whose letter and version are given.

    Raises UserError, naming `name`, unless it is whole, undamaged, of that version and of a size that can
    be decoded here.
    """
    if not payload.startswith(MAGIC + letter):
        raise UserError(f"{name}: is not {article(title)} {title} stream")
    if len(payload) < _HEAD.size:
        raise UserError(f"{name}: the {title} stream is cut off")
    _, found, width, height, model, point, count = _HEAD.unpack_from(payload)
    if found != version:
        raise UserError(f"{name}: {title} format version {found}, this program reads {version}")
    start = _HEAD.size + _NUMBER.size * count
    if len(payload) < start + _NUMBER.size:
        raise UserError(f"{name}: the {title} stream is cut off")
    *lengths, checksum = struct.unpack_from(f">{count + 1}I", payload, _HEAD.size)
    body = payload[start + _NUMBER.size :]
    if len(body) < sum(lengths):
        whole = start + _NUMBER.size + sum(lengths)
        raise UserError(f"{name}: the {title} stream is cut off ({len(payload):,} of {whole:,} bytes)")
    if len(body) > sum(lengths):
        raise UserError(f"{name}: {len(body) - sum(lengths):,} bytes follow the end of the {title} stream")
    if zlib.crc32(body, zlib.crc32(payload[:start])) != checksum:
        raise UserError(f"{name}: the {title} stream is damaged (its checksum does not fit)")
    check_size(width, height, name)
    sections = []
    for length in lengths:
        sections.append(body[:length])
        body = body[length:]
    return Container(letter, found, width, height, model, point, tuple(sections))
