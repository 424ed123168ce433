"""How entries of a comparison are drawn: a fixed colour, line style and symbol each. No Qt, pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.models.card import ModelCard
from engine.types import Context
from viewer.model.scene.palette import (
    cell_look,
    context_look,
    decoder_colour,
    decoder_style,
    learner_look,
    tint,
)
from viewer.model.session.compare import Entry

_SYMBOLS = "osdt+x"
_STYLES = ("solid", "dash", "dot")


@dataclass(frozen=True)
class Look:
    """colour: "#RRGGBB". style: solid, dash or dot. symbol: of the points (see `Curve`)."""

    colour: str
    style: str
    symbol: str


def fixed_look(entry: Entry, card: ModelCard | None) -> tuple[str, str]:
    """Colour and line style that an entry has in every comparison: its learner's, its cell's, or else.

    An attentive network's line is dotted where its learner also trains a plain one.
    """
    if card is not None and card.study in ("learners", "memory"):
        colour, style = learner_look(card.learner)
        return colour, "dot" if card.attentive and card.learner != "SAB" else style
    if card is not None and card.study == "cells":
        return cell_look(card.cell)
    if card is not None and card.study == "sibling":
        name = "sibling" if card.kind == "sibling" else "raster"
        return decoder_colour(name), decoder_style(name)
    if card is not None and len(card.contexts) > 1 and entry.context is not Context.BOTH:
        return context_look(entry.context.value)
    return decoder_colour(entry.decoder), decoder_style(entry.decoder)


def looks(entries: Sequence[Entry], cards: Sequence[ModelCard]) -> tuple[Look, ...]:
    """Looks of a comparison. Entries of one fixed colour (seeds, variants) get shades of it, lighter and
    darker in turn, and symbols of their own, so that every colour of a map means one entry."""
    by_name = {card.name: card for card in cards}
    result: list[Look] = []
    seen: dict[str, int] = {}
    for entry in entries:
        colour, style = fixed_look(entry, by_name.get(entry.decoder))
        number = seen.get(colour, 0)
        seen[colour] = number + 1
        if number and any(look.style == style and look.symbol == "o" for look in result):
            style = _STYLES[(_STYLES.index(style) + number) % 3]
        result.append(Look(tint(colour, number), style, _SYMBOLS[number % len(_SYMBOLS)]))
    return tuple(result)
