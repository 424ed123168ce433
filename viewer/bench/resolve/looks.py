"""How lines of results look: one colour, dash and symbol for each decoder and codec. No Qt, pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from viewer.model.scene.palette import (
    CAUSAL,
    GREEN,
    GREY,
    NONCAUSAL,
    PURPLE,
    SKY,
    VERMILION,
    YELLOW,
    codec_colour,
    decoder_colour,
    decoder_style,
    learner_look,
)

if TYPE_CHECKING:
    from engine.benchmark.results import Results

Look = tuple[str, str, str]
"""Colour, line style and symbol."""
Name = tuple[str, str, str]
"""Codec, decoder ("" for the standard decode) and context."""
_SYMBOLS = ("o", "s", "t", "d", "+", "x", "*")
_SPARE = tuple(
    (colour, style)
    for style in ("solid", "dash", "dot")
    for colour in (SKY, GREEN, PURPLE, VERMILION, NONCAUSAL, CAUSAL, YELLOW)
)


def names_in(results: Results) -> list[Name]:
    """Every line there is, standard decodes first."""
    curves = [(each.codec, each.decoder, each.context) for each in results.curves]
    return [*curves, *((line.codec, line.decoder, line.context) for line in results.means)]


def looks_of(names: Iterable[Name]) -> Mapping[Name, Look]:
    """Of every line: decoders that the window knows have their own looks, others what is left; no two of
    decoders are alike while looks last. Standard decodes are dotted in their codec's colour."""
    found: dict[Name, Look] = {}
    used: set[tuple[str, str]] = set()
    for number, name in enumerate(dict.fromkeys(names)):
        codec, decoder, _ = name
        if not decoder:
            found[name] = (codec_colour(codec), "dot", "x")
            continue
        own = _own(decoder)
        if own[0] == GREY or own in used:
            own = next((spare for spare in _SPARE if spare not in used), own)
        used.add(own)
        found[name] = (*own, _SYMBOLS[number % len(_SYMBOLS)])
    return found


def _own(decoder: str) -> tuple[str, str]:
    if decoder_colour(decoder) != GREY:
        return decoder_colour(decoder), decoder_style(decoder)
    learner = decoder.removeprefix("learner-").removeprefix("attentive-")
    return learner_look(learner.partition("-")[0])
