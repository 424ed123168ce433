"""The five artefacts, what is known of each, and their measurement on whole pictures, band by band."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from engine.artefacts.block_edges import block_edges
from engine.artefacts.deformed_edges import deformed_edges
from engine.artefacts.edge_ringing import ringing
from engine.artefacts.flattened_texture import flattened_texture
from engine.artefacts.planes import Map, Planes, unknown
from engine.artefacts.staircasing import staircasing
from engine.types import PATCH, Pixels, frozen, patch_grid

BAND = 32
"""Patch rows measured at once, which bounds memory on large pictures and keeps planes in the cache."""
_HALO = 2  # patch rows around a band that its measures look at


class Artefact(Enum):
    """What coarse quantisation of blocks does to pictures, as the papers name it."""

    BLOCK_EDGES = "block edges"
    DEFORMED_EDGES = "deformed edges"
    RINGING = "ringing"
    FLATTENED_TEXTURE = "flattened texture"
    STAIRCASING = "staircasing"


@dataclass(frozen=True)
class ArtefactFacts:
    """unit: of map and total. what: one line for people. source: the paper whose measure it is or follows.
    faint: values below it are within what pictures without the artefact have. decimals: worth showing."""

    unit: str
    what: str
    source: str
    needs_original: bool
    faint: float
    decimals: int
    measure: Callable[[Planes, Planes | None], Map]


FACTS: dict[Artefact, ArtefactFacts] = {
    Artefact.BLOCK_EDGES: ArtefactFacts(
        "levels",
        "Steps across block borders, less those inside the blocks",
        "Wang, Sheikh, Bovik 2002",
        False,
        0.5,
        2,
        block_edges,
    ),
    Artefact.DEFORMED_EDGES: ArtefactFacts(
        "°",
        "By how much strong edges run otherwise than in the original",
        "Bigün, Granlund 1987; Ni et al. 2016",
        True,
        2.0,
        1,
        deformed_edges,
    ),
    Artefact.RINGING: ArtefactFacts(
        "levels",
        "Ripples on smooth ground beside strong edges",
        "Feng, Allebach 2006; without an original Liu, Klomp, Heynderickx 2010",
        False,
        0.5,
        2,
        ringing,
    ),
    Artefact.FLATTENED_TEXTURE: ArtefactFacts(
        "%",
        "Fine detail of textured patches that is gone",
        "Sheikh, Bovik 2006; Li et al. 2011",
        True,
        5.0,
        1,
        flattened_texture,
    ),
    Artefact.STAIRCASING: ArtefactFacts(
        "%",
        "How far slanting edges have turned to the horizontal and vertical",
        "Yuen, Wu 1998; Bigün, Granlund 1987",
        False,
        5.0,
        1,
        staircasing,
    ),
}
"""In the order in which they are named everywhere."""

Totals = tuple[float | None, ...]
"""One value an artefact, in the order of `Artefact`; None where it can't be judged."""


def artefact_maps(
    pixels: Pixels,
    original: Pixels | None = None,
    wanted: Sequence[Artefact] = tuple(Artefact),
    band: int = BAND,
) -> dict[Artefact, Map]:
    """Maps of a picture, uint8 (height, width, 3), with its original where there is one.

    float32 (patch rows, patch columns), read-only, in each artefact's unit, NaN for patches where it can't be
    judged. Those of block edges and ringing are signed: below 0 where borders are smoother than the inside.
    Artefacts that need an original are left out without one. The grid of patches is the codec's block grid,
    from the upper left pixel. band: see `BAND`. Raises ValueError unless the shapes match.
    """
    if original is not None and original.shape != pixels.shape:
        raise ValueError(f"pictures to compare must have one shape: {pixels.shape}, {original.shape}")
    chosen = [each for each in wanted if original is not None or not FACTS[each].needs_original]
    rows, columns = patch_grid(*pixels.shape[:2])
    maps = {each: unknown((rows, columns)) for each in chosen}
    for top in range(0, rows, band):
        first, last = max(top - _HALO, 0), top + band + _HALO
        part = slice(first * PATCH, last * PATCH)
        picture = Planes(pixels[part])
        before = Planes(original[part]) if original is not None else None
        for each in chosen:
            measured = FACTS[each].measure(picture, before)
            maps[each][top : top + band] = measured[top - first : top - first + band]
    return {each: frozen(values) for each, values in maps.items()}


def artefact_map(
    artefact: Artefact, pixels: Pixels, original: Pixels | None = None, band: int = BAND
) -> Map | None:
    """One map; None when it needs an original and there is none."""
    return artefact_maps(pixels, original, (artefact,), band).get(artefact)


def artefact_totals(pixels: Pixels, original: Pixels | None = None) -> Totals:
    """The totals of all five; see `total`."""
    maps = artefact_maps(pixels, original)
    return tuple(total(maps[each]) if each in maps else None for each in Artefact)


def total(values: Map) -> float | None:
    """Of a map: the mean over the patches where the artefact can be judged, 0 or more; None without any."""
    known = values[~np.isnan(values)]
    return max(0.0, float(known.mean(dtype=np.float64))) if known.size else None


def shown(values: Map) -> Map:
    """A map to be coloured: 0 where there is none or less."""
    result: Map = frozen(np.maximum(np.nan_to_num(values), np.float32(0)))
    return result
