"""Measures of the five artefacts of block transform codecs, per 8×8 patch and for whole pictures.

Each has a file of its own with its source at the top. All look at the luma of the 8-bit picture. Block edges,
ringing and staircasing can be taken of any picture; deformed edges and flattened texture are about what was
there before, so they need the original.
"""

from __future__ import annotations

from engine.artefacts.measures import (
    FACTS,
    Artefact,
    ArtefactFacts,
    Totals,
    artefact_map,
    artefact_maps,
    artefact_totals,
    shown,
    total,
)
from engine.artefacts.planes import Map
from engine.types import Pixels

__all__ = [
    "FACTS", "Artefact", "ArtefactFacts", "Map", "Totals", "artefact_map", "artefact_maps", "artefact_totals",
    "blockiness", "blockiness_map", "ringing", "ringing_map", "shown", "total",
]  # fmt: skip


def blockiness_map(pixels: Pixels) -> Map:
    """Block edges of each patch, 0 or more, levels: float32 (patch rows, patch columns)."""
    return _map(pixels, Artefact.BLOCK_EDGES)


def blockiness(pixels: Pixels) -> float:
    """Block edges of a whole picture, 0 or more, in levels."""
    return total(artefact_maps(pixels, None, (Artefact.BLOCK_EDGES,))[Artefact.BLOCK_EDGES]) or 0.0


def ringing_map(pixels: Pixels) -> Map:
    """Ringing of each patch, 0 or more, levels: float32 (patch rows, patch columns)."""
    return _map(pixels, Artefact.RINGING)


def ringing(pixels: Pixels) -> float:
    """Ringing of a whole picture, 0 or more, in levels."""
    return total(artefact_maps(pixels, None, (Artefact.RINGING,))[Artefact.RINGING]) or 0.0


def _map(pixels: Pixels, artefact: Artefact) -> Map:
    return shown(artefact_maps(pixels, None, (artefact,))[artefact])
