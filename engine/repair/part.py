"""A part of a stream, to be repaired before the whole is: what a person looks at comes first."""

from __future__ import annotations

import math
from dataclasses import replace

from engine.artefacts.earlier_saving import tell_part
from engine.io.orientation import upright
from engine.repair.findings import Findings, card_for
from engine.repair.one import Order, last_estimate
from engine.types import PATCH, Cancelled, Coded, Component, Pixels, Symbols, frozen

Box = tuple[int, int, int, int]
"""Top, left, bottom, right, in pixels."""
HALO = 32
"""What a part is computed with around it; 8-bit integers are rounded for each part by itself, which moves
samples by a level (see `engine.decoders.tiles`)."""
_UNIT = 16


def stored_box(box: Box, orientation: int, height: int, width: int) -> Box:
    """Where a part of the upright picture lies among the stored pixels. height, width: of the upright one."""
    top, left, bottom, right = box
    if orientation in (3, 4, 7, 8):
        top, bottom = height - bottom, height - top
    if orientation in (2, 3, 6, 7):
        left, right = width - right, width - left
    return (left, top, right, bottom) if orientation >= 5 else (top, left, bottom, right)


def part_of(coded: Coded, box: Box) -> tuple[Coded, Box]:
    """The stream's blocks that cover `box` as a stream of their own, and the part that they are: `box` grown
    to whole coding units within the picture. The payload stays the whole one's."""
    parts = coded.symbols.components if coded.symbols is not None else ()
    down = math.lcm(_UNIT, 8 * max((part.v for part in parts), default=1))
    across = math.lcm(_UNIT, 8 * max((part.h for part in parts), default=1))
    top, left = box[0] // down * down, box[1] // across * across
    bottom = min(coded.height, -(-box[2] // down) * down)
    right = min(coded.width, -(-box[3] // across) * across)
    symbols = None
    if coded.symbols is not None:
        most = max(part.v for part in parts), max(part.h for part in parts)
        symbols = Symbols(tuple(_cut(part, (top, left, bottom, right), most) for part in parts))
    standard = frozen(coded.standard[top:bottom, left:right])
    missing = coded.missing
    if missing is not None:
        missing = frozen(missing[top // PATCH : -(-bottom // PATCH), left // PATCH : -(-right // PATCH)])
    part = replace(coded, standard=standard, symbols=symbols, patch_bits=None, missing=missing)
    return part, (top, left, bottom, right)


def _cut(part: Component, box: Box, most: tuple[int, int]) -> Component:
    """The blocks of a component that cover `box`. most: the largest sampling factors, down and across."""
    top, left, bottom, right = box
    rows = slice(top * part.v // (8 * most[0]), -(-bottom * part.v // (8 * most[0])))
    columns = slice(left * part.h // (8 * most[1]), -(-right * part.h // (8 * most[1])))
    return replace(part, coefficients=frozen(part.coefficients[rows, columns]))


def repaired_part(
    coded: Coded, box: Box, orientation: int, found: Findings, order: Order, cancelled: Cancelled
) -> Pixels | None:
    """What `box` of the upright picture looks like repaired, uint8 (height, width, 3); None when cancelled.

    found: what the whole stream tells, which a part may not show. Raises UserError.
    """
    turned = orientation >= 5
    height, width = (coded.width, coded.height) if turned else (coded.height, coded.width)
    top, left, bottom, right = stored_box(box, orientation, height, width)
    around = (
        max(0, top - HALO),
        max(0, left - HALO),
        min(coded.height, bottom + HALO),
        min(coded.width, right + HALO),
    )
    part, (y, x, _, _) = part_of(coded, around)
    card = card_for(order.decoder, coded.codec)
    if card is not None and card.kind == "sweep" and order.options.earlier:
        tell_part(part, coded, y, x)
    earlier = found.history.earlier if found.history is not None else None
    options = order.options
    if earlier is not None and earlier.sureness > 0.5:  # as `engine.decoders.finish` has it
        options = replace(options, projection=False)
    last = last_estimate(part, card, replace(order, options=options), cancelled)
    if last is None:
        return None
    return frozen(upright(last.pixels[top - y : bottom - y, left - x : right - x], orientation))
