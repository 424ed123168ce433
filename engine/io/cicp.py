"""Colours that code points or numbers describe (ITU-T H.273; PNG's gAMA, cHRM and cICP), brought to sRGB.

PQ and HLG are shown as in ITU-R BT.2408: diffuse white, 203 cd/m² of PQ and 75 % of HLG's signal, is the
white of sRGB, and what is brighter is cut off.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Table = NDArray[np.float64]

_D65 = (0.3127, 0.3290)
_PRIMARIES = {
    1: ("BT.709", (0.640, 0.330, 0.300, 0.600, 0.150, 0.060), _D65),
    5: ("BT.601, 625 lines", (0.640, 0.330, 0.290, 0.600, 0.150, 0.060), _D65),
    6: ("BT.601, 525 lines", (0.630, 0.340, 0.310, 0.595, 0.155, 0.070), _D65),
    9: ("BT.2020", (0.708, 0.292, 0.170, 0.797, 0.131, 0.046), _D65),
    12: ("Display P3", (0.680, 0.320, 0.265, 0.690, 0.150, 0.060), _D65),
}
"""H.273, table 2: names, chromaticities of red, green and blue, white."""
_AS_SRGB = (1, 2, 6, 13, 14, 15)
"""Transfer characteristics (table 3) that are shown like sRGB's: cameras' curves and "unspecified"."""
_LINEAR, _PQ, _HLG = 8, 16, 18
_GAMMAS = {4: 2.2, 5: 2.8}
_TRANSFERS = {4: "gamma 2.2", 5: "gamma 2.8", _LINEAR: "linear in light", _PQ: "PQ", _HLG: "HLG"}
_UNSPECIFIED = 2
_NEAR_SRGB = (0.43, 0.48)
"""Values of gAMA that stand for sRGB, 1/2.2 among them."""


@dataclass(frozen=True)
class Described:
    """Colours as a file describes them. chromaticities: x and y of red, green, blue, and of white, None for
    sRGB's; transfer: a number of H.273, or None and `gamma`, the exponent from samples to light. words: for
    people."""

    words: str
    chromaticities: tuple[float, ...] | None
    transfer: int | None
    gamma: float = 1.0


def cicp_words(primaries: int, transfer: int) -> str:
    """What code points other than sRGB's describe, for people; "" for what is shown as sRGB."""
    words = [] if primaries in (1, 5, 6, _UNSPECIFIED) else [_PRIMARIES.get(primaries, ("",))[0]]
    if primaries not in _PRIMARIES and words:
        words = [f"of primaries {primaries}"]
    if transfer not in _AS_SRGB:
        words.append(_TRANSFERS.get(transfer, f"of transfer {transfer}"))
    return ", ".join(words)


def of_code_points(primaries: int, transfer: int) -> Described | None:
    """None for what is sRGB, or unknown here (`cicp_words` still tells it)."""
    words = cicp_words(primaries, transfer)
    known = transfer in _AS_SRGB or transfer in _TRANSFERS
    if not words or not known or (primaries not in _PRIMARIES and primaries != _UNSPECIFIED):
        return None
    corners = None
    if primaries in (9, 12):
        _, colours, white = _PRIMARIES[primaries]
        corners = (*colours, *white)
    if transfer in _GAMMAS:
        return Described(words, corners, None, _GAMMAS[transfer])
    return Described(words, corners, 13 if transfer in _AS_SRGB else transfer)


def of_png(data: bytes) -> Described | None:
    """What a PNG file's chunks say (PNG, 3rd edition, 4.3): cICP over iCCP and sRGB over gAMA and cHRM. None
    where that is sRGB, nothing, or a profile."""
    chunks: dict[bytes, bytes] = {}
    at = 8
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind in (b"IDAT", b"IEND"):
            break
        chunks.setdefault(kind, data[at + 8 : at + 8 + length])
        at += 12 + length
    if len(chunks.get(b"cICP", b"")) == 4:
        return of_code_points(chunks[b"cICP"][0], chunks[b"cICP"][1])
    if b"iCCP" in chunks or b"sRGB" in chunks or len(chunks.get(b"gAMA", b"")) != 4:
        return None
    gamma = int.from_bytes(chunks[b"gAMA"], "big") / 100_000
    corners = None
    if len(chunks.get(b"cHRM", b"")) == 32:
        white_x, white_y, *colours = (value / 100_000 for value in struct.unpack(">8I", chunks[b"cHRM"]))
        found = (*colours, white_x, white_y)
        srgb = (*_PRIMARIES[1][1], *_D65)
        if max(abs(a - b) for a, b in zip(found, srgb, strict=True)) > 0.01:
            corners = found
    curved = not _NEAR_SRGB[0] <= gamma <= _NEAR_SRGB[1]
    if not gamma or not (curved or corners):
        return None
    words = [f"gamma {gamma:g}"] if curved else []
    words += ["primaries of its own"] if corners else []
    return Described(" and ".join(words), corners, None if curved else 13, 1 / gamma)


def of_nclx(head: bytes) -> Described | None:
    """The first code points in the boxes of an AVIF file's first bytes."""
    at = head.find(b"colrnclx")
    if at < 0 or at + 12 > len(head):
        return None
    return of_code_points(*struct.unpack_from(">HH", head, at + 8))


def converted(image: Image.Image, colours: Described) -> Image.Image:
    """An image in mode L, LA, RGB or RGBA, whose alpha stays, in sRGB."""
    alpha = image.getchannel("A") if image.mode in ("LA", "RGBA") else None
    samples = np.asarray(image.convert("L" if image.mode in ("L", "LA") else "RGB"))
    light = _light(colours.transfer, colours.gamma)
    matrix = None if colours.chromaticities is None else _to_srgb(colours.chromaticities)
    if samples.ndim == 2 or matrix is None:
        result = _encoded(light)[samples]
    else:
        result = np.empty_like(samples)
        for top in range(0, len(samples), 64):
            mixed = light[samples[top : top + 64]] @ matrix.T
            result[top : top + 64] = _encoded(mixed)
    made = Image.fromarray(result)
    if alpha is not None:
        made.putalpha(alpha)
    return made


def _light(transfer: int | None, gamma: float) -> Table:
    """Light of each 8-bit sample, 1 is sRGB's white."""
    v = np.arange(256) / 255
    if transfer is None:
        return np.asarray(v**gamma)
    if transfer == _LINEAR:
        return v
    if transfer == _PQ:  # SMPTE ST 2084
        m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
        power = v ** (1 / m2)
        return np.asarray((np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1) * 10_000 / 203)
    if transfer == _HLG:  # ARIB STD-B67, scene light; 0.75 is diffuse white
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        scene = np.where(v <= 0.5, v * v / 3, (np.exp((v - c) / a) + b) / 12)
        white = (np.exp((0.75 - c) / a) + b) / 12
        return np.asarray((scene / white) ** 1.2)
    return np.asarray(np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4))


def _encoded(light: Table) -> NDArray[np.uint8]:
    """sRGB's samples of light."""
    light = np.clip(light, 0, 1)
    curve = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    result: NDArray[np.uint8] = np.rint(255 * curve).astype(np.uint8)
    return result


@lru_cache(maxsize=8)
def _to_srgb(chromaticities: tuple[float, ...]) -> Table:
    """From light of some primaries to that of sRGB's, white to white."""
    return np.asarray(np.linalg.inv(_to_xyz((*_PRIMARIES[1][1], *_D65))) @ _to_xyz(chromaticities))


def _to_xyz(chromaticities: tuple[float, ...]) -> Table:
    x, y = np.array(chromaticities[::2]), np.maximum(np.array(chromaticities[1::2]), 1e-6)
    columns = np.stack([x / y, np.ones_like(x), (1 - x - y) / y])
    scale = np.linalg.solve(columns[:, :3], columns[:, 3])
    return np.asarray(columns[:, :3] * scale)
