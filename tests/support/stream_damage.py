"""Damage to `.nrc` files: what cables, disks and people do to them, and what only a program could."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from engine.codecs.learned.container import Container, unpack

Damage = Callable[[np.random.Generator, bytes], bytes]
_COUNT_AT, _LENGTHS_AT = 15, 16
"""Places of the number of sections and of their lengths, as `engine.codecs.learned.container` lays them
out."""
_FIELDS = ((4, 5), (5, 6), (6, 8), (8, 10), (10, 14), (14, 15), (15, 16), (16, 20))
"""Codec, version, width, height, model, operating point, number of sections, the first one's length."""
_WORD = 4


def header_length(payload: bytes) -> int:
    """Bytes of a whole file before its sections, the check sum's included."""
    return _LENGTHS_AT + 4 * payload[_COUNT_AT] + 4


def with_right_sum(payload: bytes) -> bytes:
    """`payload` with the check sum that a whole file with its header has."""
    at = header_length(payload) - 4
    body = payload[at + 4 :]
    return payload[:at] + zlib.crc32(body, zlib.crc32(payload[:at])).to_bytes(4, "big") + body


def _bit(rng: np.random.Generator, payload: bytes) -> bytes:
    changed = bytearray(payload)
    changed[rng.integers(len(changed))] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def _bytes(rng: np.random.Generator, payload: bytes) -> bytes:
    changed = bytearray(payload)
    for place in rng.choice(len(changed), int(rng.integers(1, 9)), replace=False):
        changed[place] ^= int(rng.integers(1, 256))
    return bytes(changed)


def _burst(rng: np.random.Generator, payload: bytes) -> bytes:
    start, length = int(rng.integers(len(payload))), int(rng.integers(2, 65))
    noise = rng.bytes(min(length, len(payload) - start))
    return payload[:start] + noise + payload[start + length :]


def _header(rng: np.random.Generator, payload: bytes) -> bytes:
    start, end = _FIELDS[rng.integers(len(_FIELDS))]
    return payload[:start] + rng.bytes(end - start) + payload[end:]


def _removed(rng: np.random.Generator, payload: bytes) -> bytes:
    start = int(rng.integers(len(payload)))
    return payload[:start] + payload[start + int(rng.integers(1, 33)) :]


def _inserted(rng: np.random.Generator, payload: bytes) -> bytes:
    start = int(rng.integers(len(payload) + 1))
    return payload[:start] + rng.bytes(int(rng.integers(1, 33))) + payload[start:]


def _swapped(rng: np.random.Generator, payload: bytes) -> bytes:
    """Two neighbouring stretches of the data change places, sections among them."""
    start = header_length(payload)
    first, middle, last = np.sort(rng.integers(start, len(payload) + 1, 3))
    return payload[:first] + payload[middle:last] + payload[first:middle] + payload[last:]


def cut(rng: np.random.Generator, payload: bytes) -> bytes:
    """The file ends early, anywhere."""
    return payload[: rng.integers(len(payload))]


CORRUPTIONS: dict[str, Damage] = {
    "a bit": _bit,
    "1 to 8 bytes": _bytes,
    "a burst of noise": _burst,
    "a header field": _header,
    "bytes missing": _removed,
    "bytes too many": _inserted,
    "stretches swapped": _swapped,
}
"""By name; the check sum stays what it was, and so tells."""


def _parts(payload: bytes) -> Container:
    return unpack(payload, payload[4:5], payload[5], "nrc", "whole")


def _forged_size(rng: np.random.Generator, payload: bytes) -> bytes:
    whole = _parts(payload)
    ends = np.array([0, 1, 15, 16, 17, 4096, 65535])
    near = np.clip(np.array([whole.width, whole.height]) + rng.integers(-40, 41, 2), 0, 65535)
    width, height = (int(rng.choice([*ends, *rng.integers(0, 1 << 16, 4), n, n, n])) for n in near)
    return replace(whole, width=width, height=height).pack()


def _forged_point(rng: np.random.Generator, payload: bytes) -> bytes:
    return replace(_parts(payload), point=int(rng.integers(256))).pack()


def _forged_header(rng: np.random.Generator, payload: bytes) -> bytes:
    """Any field of the header but the number of sections, whose lengths would be the data's."""
    start, end = _FIELDS[rng.choice([0, 1, 2, 3, 4, 5, 7])]
    return with_right_sum(payload[:start] + rng.bytes(end - start) + payload[end:])


def _forged_data(rng: np.random.Generator, payload: bytes) -> bytes:
    start = header_length(payload)
    return with_right_sum(payload[:start] + _burst(rng, payload[start:] or b"\0"))


def _forged_lengths(rng: np.random.Generator, payload: bytes) -> bytes:
    """A section ends early or goes on, by whole words or not."""
    sections = list(_parts(payload).sections)
    which = int(rng.integers(len(sections)))
    if rng.random() < 0.5:
        sections[which] = sections[which][: int(rng.integers(len(sections[which]) + 1)) // _WORD * _WORD]
    else:
        sections[which] += rng.bytes(int(rng.integers(1, 5 * _WORD)))
    return replace(_parts(payload), sections=tuple(sections)).pack()


def _forged_sections(rng: np.random.Generator, payload: bytes) -> bytes:
    """Sections in another order, twice, or left out."""
    whole = _parts(payload)
    chosen = rng.integers(0, len(whole.sections), int(rng.integers(0, 12)))
    sections = tuple(whole.sections[index] for index in chosen)
    point = len(sections) if rng.random() < 0.7 else whole.point
    return replace(whole, sections=sections, point=point).pack()


FORGERIES: dict[str, Damage] = {
    "another size": _forged_size,
    "another point": _forged_point,
    "any header field": _forged_header,
    "other data": _forged_data,
    "other lengths": _forged_lengths,
    "other sections": _forged_sections,
}
"""By name; the check sum is right again, so that the damage gets past it."""


def damaged(kinds: dict[str, Damage], payload: bytes, number: int, rng: np.random.Generator) -> bytes:
    """The `number`th damage, kinds in turn; never the file itself."""
    names = list(kinds)
    while (changed := kinds[names[number % len(names)]](rng, payload)) == payload:
        pass
    return changed
