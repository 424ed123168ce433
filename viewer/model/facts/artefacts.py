"""What has been measured of the five artefacts, by picture, and the overlays that show them. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.artefacts.measures import Artefact, Totals
from engine.artefacts.planes import Map
from engine.types import Pixels
from viewer.model.session.choices import Overlay

if TYPE_CHECKING:
    from viewer.model.facts.run import Run

ARTEFACT_OVERLAYS: dict[Overlay, Artefact] = {
    Overlay.BLOCK_EDGES: Artefact.BLOCK_EDGES,
    Overlay.DEFORMED_EDGES: Artefact.DEFORMED_EDGES,
    Overlay.RINGING: Artefact.RINGING,
    Overlay.FLATTENED_TEXTURE: Artefact.FLATTENED_TEXTURE,
    Overlay.STAIRCASING: Artefact.STAIRCASING,
}
OVERLAY_OF = {artefact: overlay for overlay, artefact in ARTEFACT_OVERLAYS.items()}


@dataclass(frozen=True, eq=False)
class Measured:
    """One picture, measured with or without its original. maps: NaN where a patch can't be judged; see
    `engine.artefacts`."""

    pixels: Pixels
    original: Pixels | None
    maps: Mapping[Artefact, Map]
    totals: Totals

    def total(self, artefact: Artefact) -> float | None:
        """One of the totals."""
        return self.totals[list(Artefact).index(artefact)]


def measured_at(known: Mapping[int, Measured], run: Run, position: int) -> Measured | None:
    """The measurement of the picture at a position, if it is that picture's."""
    found = known.get(position)
    if found is None or not run.first <= position <= run.ready or found.pixels is not run.pixels(position):
        return None
    return found if found.original is original_pixels(run) else None


def original_pixels(run: Run) -> Pixels | None:
    """What the run's pictures are measured against; None for a received file."""
    original = run.refinement.original
    return original.pixels if original is not None else None
