"""What the tour says, and of what. No Qt, pure."""

from __future__ import annotations

from dataclasses import dataclass

Rect = tuple[int, int, int, int]
"""Left, top, width, height in pixels of the window."""
_GAP = 12


@dataclass(frozen=True)
class TourStep:
    """target: the part of the window it points at, see `TARGETS`."""

    target: str
    title: str
    text: str


STEPS = (
    TourStep(
        "pictures", "One picture, three times",
        "The original, what the standard decoder makes of the bits sent, and what a recurrent network makes "
        "of the same bits. The wheel zooms all of them at once, dragging moves them, F fits them.",
    ),
    TourStep(
        "quality", "Send fewer bits",
        "Lower the quality: the file gets smaller, and blocks, ringing and lost texture appear. Page Up and "
        "Page Down change it, too. Beside it stands what was really sent, in bits per pixel.",
    ),
    TourStep(
        "decoder", "Choose who decodes",
        "The network that takes the standard decoder's place. It sees the received file alone, never the "
        "original; the encoder stays as it is.",
    ),
    TourStep(
        "steps", "Watch it refine",
        "Each picture here is the estimate after one more step, with its PSNR. ← and → go from step to step, "
        "Space plays them.",
    ),
    TourStep(
        "pictures", "Look at one patch",
        "Click on a patch of 8×8 pixels: blue neighbours are refined already, orange ones only received. The "
        "column beside the pictures then explains it; Ctrl+N draws the network with its values.",
    ),
    TourStep(
        "side", "Measure",
        "Figures and plots follow what you do. Any plot can be enlarged, and read off under the mouse.",
    ),
    TourStep(
        "help", "Go on from here",
        "? lists all keys, Shift+F1 explains every term, L opens the lessons. This tour is in the menu Help.",
    ),
)  # fmt: skip
TARGETS = tuple(dict.fromkeys(step.target for step in STEPS))


def bubble_place(hole: Rect | None, size: tuple[int, int], room: tuple[int, int]) -> tuple[int, int]:
    """Where the words stand: below what they speak of, else above it, beside it, or in the middle of the
    window. size: of the words; room: of the window. It lies within the room wherever it fits."""
    width, height = size
    across, down = room
    middle = max(0, (across - width) // 2), max(0, (down - height) // 2)
    if hole is None:
        return middle
    left, top, wide, tall = hole
    x = min(max(_GAP, left + (wide - width) // 2), max(0, across - width - _GAP))
    y = min(max(_GAP, top + (tall - height) // 2), max(0, down - height - _GAP))
    if top + tall + _GAP + height <= down:
        return x, top + tall + _GAP
    if top - _GAP - height >= 0:
        return x, top - _GAP - height
    if left + wide + _GAP + width <= across:
        return left + wide + _GAP, y
    if left - _GAP - width >= 0:
        return left - _GAP - width, y
    return x, max(0, down - height - 2 * _GAP)
