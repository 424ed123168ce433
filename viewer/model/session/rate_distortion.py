"""The codecs view's part of the window's state, as frozen records. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from engine.codecs.facts import CODEC_FACTS
from engine.models.card import ModelCard
from engine.rates.survey import best_card
from viewer.model.reading import read_by_field
from viewer.model.session.choices import Overlay
from viewer.model.session.setting import Kept, one_of, setting

SPANS = (0.5, 1.0, 2.0, 4.0)
"""Bits per pixel that the axis may reach to at a click."""
FULL_SPAN = (0.0, 2.0)
LEAST_SPAN, MOST_RATE = 0.1, 8.0
OVERLAYS = (Overlay.NONE, Overlay.GRID, Overlay.BITS)
"""Overlays that mean something over several codecs' pictures."""
OURS, ORIGINAL = "estimate", "original"
"""Keys of the panes of the current decoder's picture and of the original."""
STANDARD, REFINED = "standard", "refined"


class RatesPage(Enum):
    """What the codecs view shows in the middle of the window."""

    CURVES = "curves"
    EQUAL = "equal"


class Metric(Enum):
    """What curves show over the rate."""

    PSNR = "psnr"
    MS_SSIM = "ms-ssim"


class RatesSource(Enum):
    """Whose curves: the open picture's, or means over the Kodak pictures measured beforehand."""

    PICTURE = "picture"
    KODAK = "kodak"


class Decode(Enum):
    """Whose decode of each codec's stream stands in the panes."""

    STANDARD = "standard"
    REFINED = "refined"
    BOTH = "both"


@dataclass(frozen=True)
class RatesPreset:
    """Panes that belong together. codecs: beside the current decoder's picture; () for every one."""

    key: str
    title: str
    tip: str
    codecs: tuple[str, ...]


PRESETS = (
    RatesPreset("all", "All codecs",
                "Every codec that is switched on, at the rate of the current stream", ()),
    RatesPreset("jpeg", "Refined | JPEG | original", "The current decoder against JPEG at its rate",
                ("jpeg",)),
    RatesPreset("jpeg2000", "Refined | JPEG 2000 | original",
                "The current decoder against JPEG 2000 at its rate", ("jpeg2000",)),
    RatesPreset("goog", "Refined | GOOG | original",
                "The current decoder against Google's recurrent codec", ("goog",)),
    RatesPreset("e2e", "Refined | E2E | original", "The current decoder against the end-to-end codec",
                ("e2e",)),
)  # fmt: skip


def _can_be_hidden(codecs: frozenset[str]) -> frozenset[str] | None:
    """Those of `codecs` that there are; None for all, as one remains."""
    known = codecs.intersection(CODEC_FACTS)
    return known if len(known) < len(CODEC_FACTS) else None


@read_by_field
@dataclass(frozen=True)
class Rates:
    """What a person has chosen in the codecs view.

    hidden: codecs that are switched off. span: what the axis of rates shows, bits per pixel. published:
    whether published curves stand behind the measured ones. pair: the panes of the wipe, "" for the first
    two there are. anchor: key of the curve that Bjøntegaard's deltas are against.
    """

    page: RatesPage = setting(RatesPage.CURVES, "page", Kept.ALWAYS)
    metric: Metric = setting(Metric.PSNR, "metric of the curves", Kept.ALWAYS)
    source: RatesSource = setting(RatesSource.PICTURE, "curves")
    hidden: frozenset[str] = setting(
        frozenset({"jpeg2000-nomct"}), "codecs switched on", Kept.ALWAYS, limits=_can_be_hidden
    )
    span: tuple[float, float] = FULL_SPAN
    published: bool = setting(True, "published curves", Kept.ALWAYS)
    preset: str = setting(
        "all", "pictures at equal rate", Kept.ALWAYS, limits=one_of(*(preset.key for preset in PRESETS))
    )
    decode: Decode = setting(Decode.STANDARD, "decodes at equal rate", Kept.ALWAYS)
    pair: tuple[str, str] = setting(("", ""), "pictures of the wipe")
    overlay: Overlay = setting(Overlay.NONE, "overlay")
    anchor: str = setting("jpeg/standard", "curve that others are compared with", Kept.ALWAYS)

    @property
    def codecs(self) -> tuple[str, ...]:
        """Those that are switched on, in their order."""
        return tuple(codec for codec in CODEC_FACTS if codec not in self.hidden)

    @property
    def compared(self) -> tuple[str, ...]:
        """Those whose pictures stand beside the current decoder's."""
        chosen = next((preset.codecs for preset in PRESETS if preset.key == self.preset), ())
        return chosen or self.codecs


@dataclass(frozen=True)
class Part:
    """A picture of the equal-rate comparison: what a codec's own decoder makes of its stream, or a refined
    one."""

    codec: str
    refined: bool = False

    @property
    def key(self) -> str:
        """Names the pane."""
        return f"{REFINED if self.refined else STANDARD}/{self.codec}"


def parts(rates: Rates, codec: str, cards: Sequence[ModelCard]) -> tuple[Part, ...]:
    """The pictures beside the current decoder's, in order. codec: the current one, whose refined picture, or
    standard decode where no card was trained for it, is "ours" already. Other codecs that no card was trained
    for have their standard decode only."""
    found: list[Part] = []
    for each in rates.compared:
        refinable = best_card(cards, each) is not None
        if each == codec and not refinable:
            continue
        if rates.decode is not Decode.REFINED or not refinable:
            found.append(Part(each))
        if rates.decode is not Decode.STANDARD and refinable and each != codec:
            found.append(Part(each, refined=True))
    return tuple(found)


def pane_keys(rates: Rates, codec: str, cards: Sequence[ModelCard], original: bool) -> tuple[str, ...]:
    """Keys of the panes in their order: ours, the codecs', the original where there is one."""
    beside = tuple(part.key for part in parts(rates, codec, cards))
    return (OURS, *beside, *((ORIGINAL,) if original else ()))


def pair_of(rates: Rates, keys: tuple[str, ...]) -> tuple[str, str]:
    """The two panes of a wipe, among those there are."""
    chosen = [key for key in dict.fromkeys(rates.pair) if key in keys]
    rest = [key for key in keys if key not in chosen]
    if len(chosen) == 1:
        other = rest[0] if rest else chosen[0]
        return (chosen[0], other) if rates.pair[0] == chosen[0] else (other, chosen[0])
    one, other = (chosen or [*rest, *rest])[:2] if chosen or rest else ("", "")
    return one, other
