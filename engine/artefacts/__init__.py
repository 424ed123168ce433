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

__all__ = [
    "FACTS", "Artefact", "ArtefactFacts", "Map", "Totals", "artefact_map", "artefact_maps", "artefact_totals",
    "shown", "total",
]  # fmt: skip
