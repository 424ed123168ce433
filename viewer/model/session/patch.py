"""What a person has chosen in the panel that explains a patch. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from viewer.model.reading import read_by_field

Place = tuple[int, int]
"""(row, column): of a patch in the picture's grid, or vertical and horizontal frequency of a coefficient."""


@read_by_field
@dataclass(frozen=True)
class Explained:
    """open: whether the panel is shown while a patch is pinned. second: a patch to compare with the pinned
    one. component: 0 Y, 1 Cb, 2 Cr.

    What the mouse or the keyboard points at, lit up wherever it is drawn: coefficient, neighbour (a patch of
    the grid) and step (a position of the scrubber that is looked at without going there).
    """

    open: bool = True
    second: Place | None = None
    component: int = 0
    coefficient: Place | None = None
    neighbour: Place | None = None
    step: int | None = None
