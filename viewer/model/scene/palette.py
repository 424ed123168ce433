"""Colours with a fixed meaning, and colour maps. No Qt, so the pure `resolve` may use it.

Okabe & Ito, *Color Universal Design* (2008): eight colours that colour-blind people can tell apart. Every
codec, decoder and learner has one of them together with a line style, so that no meaning hangs on hue alone.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

CAUSAL = "#0072B2"
NONCAUSAL = "#E69F00"
PREVIOUS = "#009E73"
"""Neighbours of which a decoder knows what the step before made, all eight alike."""
SELF = "#56B4E9"
"""The patch itself, wherever it is drawn together with its context."""

SKY, GREEN, VERMILION, PURPLE, YELLOW, GREY = (
    "#56B4E9",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#B7A300",
    "#8A939E",
)

_CODECS = {
    "jpeg": (VERMILION, "solid"),
    "jpeg2000": (PURPLE, "dash"),
    "jpeg2000-nomct": ("#8C5BA6", "dot"),
    "webp": (YELLOW, "dash"),
    "avif": (GREY, "dash"),
    "goog": (NONCAUSAL, "dot"),
    "e2e": (CAUSAL, "dot"),
}
_DECODERS = {
    "flagship": (GREEN, "dash"),
    "sweep": (GREEN, "solid"),
    "raster": (SKY, "solid"),
    "sibling": (PURPLE, "solid"),
    "laplacian": (YELLOW, "dash"),
    "jpegli": (NONCAUSAL, "dot"),
}
_LEARNERS = {
    "bptt": (SKY, "solid"),
    "tbptt": (CAUSAL, "dash"),
    "sab": (GREEN, "solid"),
    "uoro": (VERMILION, "dash"),
    "rtrl": (NONCAUSAL, "solid"),
    "snap1": (YELLOW, "dash"),
    "kf-rtrl": (PURPLE, "dash"),
    "rflo": (GREY, "dot"),
    "immediate": (GREY, "solid"),
    "snap2": (YELLOW, "solid"),
    "snap3": (YELLOW, "dot"),
    "ok": (PURPLE, "solid"),
    "diagonal": (NONCAUSAL, "dash"),
    "eprop": (PURPLE, "dot"),
}
_TITLES = {
    "truncated bptt": "tbptt",
    "snap-1": "snap1",
    "snap-2": "snap2",
    "snap-3": "snap3",
    "diagonal rtrl": "diagonal",
}
_CELLS = {
    "elman": (SKY, "solid"),
    "lstm": (GREEN, "solid"),
    "gru": (VERMILION, "dash"),
    "delta": (NONCAUSAL, "solid"),
    "lru": (PURPLE, "solid"),
    "mlp": (GREY, "dot"),
}
_CONTEXTS = {
    "none": (GREY, "dot"),
    "causal": (CAUSAL, "dash"),
    "non-causal": (NONCAUSAL, "dash"),
    "both": (SKY, "solid"),
}
_ARTEFACTS = {
    "block edges": (VERMILION, "solid", "s"),
    "deformed edges": (PURPLE, "dash", "d"),
    "ringing": (SKY, "solid", "o"),
    "flattened texture": (GREEN, "dash", "t"),
    "staircasing": (NONCAUSAL, "dot", "x"),
}
_SHADES = (0, 45, -40, 70, -65, 25)
"""Percent of white (or black, below 0) mixed into a colour that several entries share."""


def _look(table: dict[str, tuple[str, str]], name: str) -> tuple[str, str]:
    """A model's name may carry more than its kind ("raster-lstm"): the longest known start decides."""
    known = [key for key in table if name.lower().startswith(key)]
    return table[max(known, key=len)] if known else (GREY, "dash")


def codec_colour(name: str) -> str:
    """Colour of a codec as "#RRGGBB"; grey for one that has no fixed colour."""
    return _look(_CODECS, name)[0]


def codec_style(name: str) -> str:
    """Line style of a codec: solid, dash or dot."""
    return _look(_CODECS, name)[1]


def decoder_colour(name: str) -> str:
    """Colour of a decoder as "#RRGGBB"."""
    return _look(_DECODERS, name)[0]


def artefact_look(name: str) -> tuple[str, str, str]:
    """Colour as "#RRGGBB", line style and symbol of an artefact."""
    return _ARTEFACTS.get(name, (GREY, "dash", "o"))


def decoder_style(name: str) -> str:
    """Line style of a decoder: solid, dash or dot."""
    return _look(_DECODERS, name)[1]


def learner_colour(name: str) -> str:
    """Colour of a learner as "#RRGGBB"."""
    return _look(_LEARNERS, name)[0]


def learner_style(name: str) -> str:
    """Line style of a learner: solid, dash or dot."""
    return _look(_LEARNERS, name)[1]


def learner_key(title: str) -> str:
    """Registry name of a learner, given that or its title on a card, which may say more: "UORO, rate 0.3"."""
    known = title.lower().split(" (")[0].split(",")[0]
    return _TITLES.get(known, known)


def learner_look(title: str) -> tuple[str, str]:
    """Colour and line style of a learner, given its registry name or its title on a card."""
    return _look(_LEARNERS, learner_key(title))


def cell_look(name: str) -> tuple[str, str]:
    """Colour and line style of a cell."""
    return _look(_CELLS, name)


def context_look(name: str) -> tuple[str, str]:
    """Colour and line style of a context, by its value."""
    return _CONTEXTS[name]


def tint(colour: str, number: int) -> str:
    """Shade `number` of a colour; 0 is the colour itself."""
    percent = _SHADES[number % len(_SHADES)]
    toward = 255 if percent > 0 else 0
    return "#{:02X}{:02X}{:02X}".format(*(round(c + (toward - c) * abs(percent) / 100) for c in rgb(colour)))


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of "#RRGGBB"."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    linear = [c / 3294.6 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@cache
def legible(colour: str, background: str, ratio: float = 3.0) -> str:
    """`colour`, mixed with black or white just as far as it takes to stand out from `background`."""
    toward = 255 if luminance(background) < 0.18 else 0
    for percent in range(0, 100, 4):
        mixed = [round(c + (toward - c) * percent / 100) for c in rgb(colour)]
        candidate = "#{:02X}{:02X}{:02X}".format(*mixed)
        if contrast(candidate, background) >= ratio:
            return candidate
    return "#FFFFFF" if toward else "#000000"


def _ramp(colours: str) -> NDArray[np.uint8]:
    """Colour map through equally spaced stops: uint8 (256, 3), read-only."""
    stops = colours.split()
    table = np.array([rgb(stop) for stop in stops], dtype=np.float64)
    at = np.linspace(0, len(stops) - 1, 256)
    ramp = np.stack([np.interp(at, np.arange(len(stops)), table[:, c]) for c in range(3)], axis=1)
    result = np.round(ramp).astype(np.uint8)
    result.setflags(write=False)
    return result


VIRIDIS = _ramp(
    "#440154 #481467 #482576 #453781 #404688 #39558C #33638D #2D718E #287D8E "
    "#238A8D #1F968B #20A386 #29AF7F #3DBC74 #56C667 #75D054 #95D840 #BADE28 #DDE318 #FDE725"
)
"""Sequential, after Smith & van der Walt's viridis (matplotlib, CC0)."""

CIVIDIS = _ramp(
    "#00204D #002C69 #06366E #2D426C #414D6B #52596C #61646F #6F7073 #7D7C78 "
    "#8B8779 #9B9477 #ACA174 #BCAF6F #CEBC68 #E0CB5E #F2DA50 #FFEA46"
)
"""Sequential, after Nuñez, Anderton & Renslow, PLOS ONE 13(7), 2018."""

DIVERGING = _ramp("#053B6E #0072B2 #62AEDD #BFDDF0 #F7F7F7 #F9D9A0 #EFB03C #C97B00 #7F4600")
"""Blue – white – orange around zero, equally dark at both ends."""

DIVERGING_DARK = _ramp("#8FD0FF #45A5E6 #1F6FA8 #1B3F5C #1E2229 #5A4316 #A87413 #E8A93A #FFD78A")
"""The same around a dark middle, for large areas on dark panels: equally bright at both ends."""
