"""In which parts a picture that is looked at is repaired. No Qt, pure."""

from __future__ import annotations

from viewer.model.facts.repair import Box

TILE = 384
"""Side of a part in pixels: one appears within about a second."""


def tiles_of(seen: Box, height: int, width: int) -> list[Box]:
    """The parts that cover what is seen of a picture, the middle first."""
    top, left, bottom, right = seen
    found = [
        (y, x, min(height, y + TILE), min(width, x + TILE))
        for y in range(max(0, top) // TILE * TILE, min(height, bottom), TILE)
        for x in range(max(0, left) // TILE * TILE, min(width, right), TILE)
    ]
    across, down = (left + right) / 2, (top + bottom) / 2
    return sorted(
        found, key=lambda box: abs((box[0] + box[2]) / 2 - down) + abs((box[1] + box[3]) / 2 - across)
    )
