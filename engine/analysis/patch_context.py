"""What a decoder knows of the neighbours of a patch while it works on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from engine.types import Context


class Known(Enum):
    """Of a neighbour: its refined pixels, only what was received, the last step's estimate; or nothing, as
    the context leaves it out, a standard decoder looks at no neighbour, or the picture ends there."""

    SELF = "itself"
    REFINED = "refined"
    RECEIVED = "received"
    PREVIOUS = "last step"
    UNUSED = "not used"
    OUTSIDE = "outside"


@dataclass(frozen=True)
class Neighbour:
    """One of 3×3. row, column: in the patch grid. causal: whether its turn comes before the patch's in raster
    order. step: of the estimate that the decoder sees there, 0 the standard decode; None where it sees
    none."""

    row: int
    column: int
    causal: bool
    known: Known
    step: int | None


def neighbours(
    kind: str,
    context: Context,
    step: int,
    steps: int,
    place: tuple[int, int],
    grid: tuple[int, int],
) -> tuple[Neighbour, ...]:
    """The 3×3 patches around `place` in raster order, itself in the middle, as a decoder sees them at `step`.

    kind: of the decoder. Raster decoders and siblings finish all `steps` of a patch before the next one's
    turn, so causal neighbours are known as they end up, others as received. The sweep decoder computes all
    patches at once from the estimates of the step before, which for the first is the standard decode. Below
    step 1 it is the codec that decodes, which looks at no refined picture.
    """
    found = []
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            row, column = place[0] + dy, place[1] + dx
            causal = (dy, dx) < (0, 0)
            known, seen = _known(kind, context, step, steps, causal)
            if (dy, dx) == (0, 0):
                known, seen = Known.SELF, max(0, step - 1) if kind == "sweep" else 0
            if not (0 <= row < grid[0] and 0 <= column < grid[1]):
                known, seen = Known.OUTSIDE, None
            found.append(Neighbour(row, column, causal, known, seen))
    return tuple(found)


def _known(kind: str, context: Context, step: int, steps: int, causal: bool) -> tuple[Known, int | None]:
    used = context.causal if causal else context.noncausal
    if step < 1 or not used:
        return Known.UNUSED, None
    if kind == "sweep":
        return Known.PREVIOUS, step - 1
    return (Known.REFINED, steps) if causal else (Known.RECEIVED, 0)
