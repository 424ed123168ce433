"""Which patch is what at a moment of a scan or of the sweeps. No Qt, pure."""

from __future__ import annotations

from dataclasses import dataclass

from engine.analysis.patch_context import Known, neighbours
from engine.types import Context

ROWS, COLUMNS, STEPS = 5, 8, 4
"""Of the picture that is drawn, in patches, and steps of its decoders."""
WAYS = ("both", "causal", "non-causal", "none", "sweep")
"""What can be looked at: a raster scan with one of the contexts, or a sweep decoder."""
TITLES = {
    "both": "Raster scan, both contexts", "causal": "Raster scan, causal context",
    "non-causal": "Raster scan, non-causal context", "none": "Raster scan, no context",
    "sweep": "Sweeps over the whole picture",
}  # fmt: skip
_SWEPT = (ROWS // 2, COLUMNS // 2)


@dataclass(frozen=True)
class Moment:
    """roles: of each patch, row by row: "done" (refined), "now", "causal", "non-causal", "previous", or
    "waiting" (as received). depth: share of its steps that a patch has had, 0 to 1, likewise. text: what
    happens, in two sentences."""

    roles: tuple[tuple[str, ...], ...]
    depth: tuple[tuple[float, ...], ...]
    text: str


def length(way: str) -> int:
    """Moments until all is done."""
    return STEPS if way == "sweep" else ROWS * COLUMNS


def moment(way: str, at: int) -> Moment:
    """The moment number `at`, from 0, of a way of `WAYS`."""
    return _sweep(at) if way == "sweep" else _scan(Context(way), at)


def _scan(context: Context, at: int) -> Moment:
    place = divmod(at, COLUMNS)
    roles = [["done" if COLUMNS * y + x < at else "waiting" for x in range(COLUMNS)] for y in range(ROWS)]
    depth = tuple(tuple(float(role == "done") for role in row) for row in roles)
    marks = {Known.SELF: "now", Known.REFINED: "causal", Known.RECEIVED: "non-causal"}
    found = neighbours("raster", context, 1, STEPS, place, (ROWS, COLUMNS))
    for each in found:
        if each.known in marks:
            roles[each.row][each.column] = marks[each.known]
    causal = sum(each.known is Known.REFINED for each in found)
    other = sum(each.known is Known.RECEIVED for each in found)
    return Moment(tuple(map(tuple, roles)), depth, f"{_where(at)} {_known(context, causal, other)}")


def _where(at: int) -> str:
    row, column = divmod(at, COLUMNS)
    count = ROWS * COLUMNS
    return f"Patch {at + 1} of {count}, row {row}, column {column}: all {STEPS} steps, then on to the right."


def _known(context: Context, causal: int, other: int) -> str:
    if context is Context.NONE:
        return "It sees its own symbols only."
    parts = []
    if context.causal:
        some = "neighbour that is" if causal == 1 else "neighbours that are"
        parts.append(f"blue: {causal} {some} refined already" if causal else "no neighbour is refined yet")
    if context.noncausal:
        parts.append(
            f"orange: {other} whose turn is still to come, as received" if other else "none is still to come"
        )
    words = "; ".join(parts)
    return f"{words[0].upper()}{words[1:]}."


def _sweep(at: int) -> Moment:
    roles = [["done"] * COLUMNS for _ in range(ROWS)]
    for each in neighbours("sweep", Context.BOTH, at + 1, STEPS, _SWEPT, (ROWS, COLUMNS)):
        roles[each.row][each.column] = "now" if each.known is Known.SELF else "previous"
    depth = tuple(((at + 1) / STEPS,) * COLUMNS for _ in range(ROWS))
    seen = f"step {at} left them" if at else "they were received"
    text = (
        f"Sweep {at + 1} of {STEPS}: every patch at once. Green: the marked patch sees all eight neighbours, "
        f"as {seen}; with each sweep, what it knows comes from further away."
    )
    return Moment(tuple(map(tuple, roles)), depth, text)
