"""A check sum that streams made here carry where other readers skip it, so that damage is told.

None of JPEG 2000, WebP and AVIF has one of its own, and a changed byte inside their entropy-coded data
mostly gives a wrong picture without an error. So `encode` adds a CRC-32 (ISO/IEC 3309, as of zlib): in
JPEG 2000 as the text of the comment marker, in the place of the encoder's own name; in WebP as an unknown
chunk and in AVIF as a `free` box at the very end, 12 and 16 bytes. They count as part of the file. Streams
of other programs carry none; of those, what the format and its decoder can tell is all that is known.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from zlib import crc32

COMMENT = b"nrc crc32 "
_DIGITS = 8
_CHUNK = b"NRCC\x04\x00\x00\x00"
_BOX = b"\x00\x00\x00\x10freenrcc"
_SUM = 4
UNSEALED_COMMENT = (COMMENT + b"0" * _DIGITS).decode()
"""What the encoder is to write as its comment, for `seal_comment` to fill in."""


def seal_comment(stream: bytes) -> bytes:
    """Put the sum of a JPEG 2000 codestream, taken with zeros in its place, into its comment."""
    at = stream.index(COMMENT) + len(COMMENT)
    return b"%b%08x%b" % (stream[:at], crc32(stream), stream[at + _DIGITS :])


def comment_broken(stream: bytes, segments: Iterable[tuple[int, int]]) -> bool:
    """Whether a codestream carries a sum that is not its own.

    segments: where the bodies of its main header's marker segments begin and end.
    """
    header = 0
    for start, end in segments:
        header = end
        at = start + 2 + len(COMMENT)
        if end == at + _DIGITS and _near(stream[start + 2 : at], COMMENT):
            zeros = stream[:at] + b"0" * _DIGITS + stream[end:]
            return stream[start:end] != b"\0\1" + COMMENT + b"%08x" % crc32(zeros)
    return COMMENT in stream[:header]  # within another segment, so bytes are missing in between


def seal_riff(file: bytes) -> bytes:
    """Append the sum as a chunk to a RIFF file."""
    size = len(file) - 8 + len(_CHUNK) + _SUM
    return _summed(file[:4] + struct.pack("<I", size) + file[8:] + _CHUNK)


def riff_broken(file: bytes) -> bool:
    return _broken(file, _CHUNK)


def seal_boxes(file: bytes) -> bytes:
    """Append the sum as a free box to a file of ISO/IEC 14496-12."""
    return _summed(file + _BOX)


def boxes_broken(file: bytes) -> bool:
    return _broken(file, _BOX)


def _summed(file: bytes) -> bytes:
    return file + struct.pack("<I", crc32(file))


def _broken(file: bytes, mark: bytes) -> bool:
    if not _near(file[-_SUM - len(mark) : -_SUM], mark):
        return False
    return file[-_SUM:] != struct.pack("<I", crc32(file[:-_SUM]))


def _near(found: bytes, mark: bytes) -> bool:
    """Whether most of `mark` is there: damage may have hit the mark itself."""
    return 2 * sum(a == b for a, b in zip(found, mark, strict=False)) > len(mark)
