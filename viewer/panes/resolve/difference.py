"""Panes of differences: which, on one scale, and what their legend says. No Qt, pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from engine.types import Pixels
from viewer.core import words
from viewer.core.memo import Memo, same
from viewer.model.facts.differences import (
    PERCENTILE,
    DifferenceLook,
    DifferenceSet,
    Made,
    Pair,
    difference_picture,
    part_of_scale,
    psnr_between,
    reach,
    shared_limit,
)
from viewer.model.facts.facts import Facts
from viewer.model.scene.picture import PaneScene
from viewer.model.scene.view import LegendScene
from viewer.model.session.choices import Scale
from viewer.model.session.state import Session

AT_ONCE = 3 * 600_000
"""Samples up to which differences are made at once; those of larger pictures are made in the background."""
_KEEP_BYTES = 64 << 20


@dataclass(frozen=True, eq=False)
class Wanted:
    """A difference to show, of `pair`. name: "JPEG − original"."""

    key: str
    name: str
    pair: Pair


def difference_look(session: Session) -> DifferenceLook:
    """How the session shows differences."""
    looking = session.looking
    return DifferenceLook(session.absolute, looking.luma, looking.scale, session.gain)


def difference_panes(
    wanted: Sequence[Wanted], look: DifferenceLook, facts: Facts, memo: Memo
) -> dict[str, PaneScene]:
    """A pane of each by key, all on one scale. Those of large pictures have none until it has been made."""
    pairs = tuple(each.pair for each in wanted)
    if not pairs:
        return {}
    made = _at_once(pairs, look, memo) if pairs[0][0].size <= AT_ONCE else found(pairs, look, facts)
    if made is None:
        return {
            each.key: memo.recall(_waiting, each.key, title_of(each.name, look), each.pair, slots=8)
            for each in wanted
        }
    return {
        each.key: memo.recall(
            _pane, each.key, title_of(each.name, look), figures(psnr, look), pixels, each.pair,
            slots=_slots(pixels.nbytes),
        )
        for each, pixels, psnr in zip(wanted, made.pictures, made.psnr, strict=True)
    }  # fmt: skip


def _waiting(key: str, title: str, pair: Pair) -> PaneScene:
    return PaneScene(key, title, "", None, "computing the difference …", between=pair)


def _pane(key: str, title: str, detail: str, pixels: Pixels, pair: Pair) -> PaneScene:
    return PaneScene(key, title, detail, pixels, between=pair)


def found(pairs: tuple[Pair, ...], look: DifferenceLook, facts: Facts) -> Made | None:
    """What a job has made of these pairs, if it has."""
    return next((old.made for old in facts.differences if old.look == look and same(old.pairs, pairs)), None)


def limit_of(wanted: Sequence[Wanted], look: DifferenceLook, facts: Facts, memo: Memo) -> float | None:
    """The end of the scale, in levels; None while it isn't known."""
    pairs = tuple(each.pair for each in wanted)
    if look.scale is not Scale.ADAPTIVE:
        return shared_limit((), look)
    if pairs and pairs[0][0].size <= AT_ONCE:
        return _limit(pairs, look, memo)
    made = found(pairs, look, facts)
    return made.limit if made is not None else None


def _limit(pairs: tuple[Pair, ...], look: DifferenceLook, memo: Memo) -> float:
    if look.scale is not Scale.ADAPTIVE:
        return shared_limit((), look)
    reaches = [memo.recall(reach, a, b, look, slots=24) for a, b in pairs]
    return shared_limit(reaches, look)


def _at_once(pairs: tuple[Pair, ...], look: DifferenceLook, memo: Memo) -> Made:
    limit = _limit(pairs, look, memo)
    pictures = tuple(
        memo.recall(difference_picture, a, b, look, limit, slots=_slots(a.nbytes)) for a, b in pairs
    )
    decibels = tuple(memo.recall(psnr_between, a, b, slots=48) for a, b in pairs)
    return Made(limit, pictures, decibels)


def _slots(size: int) -> int:
    return int(min(36, max(6, _KEEP_BYTES // max(1, size))))


def title_of(name: str, look: DifferenceLook) -> str:
    """A pane's title: what is subtracted from what, its sign, luma and gain."""
    text = f"|{name}|" if look.absolute else name
    text += ", Y" if look.luma else ""
    return text + (f" ×{look.gain}" if look.scale is Scale.FIXED and look.gain > 1 else "")


def figures(psnr: float, look: DifferenceLook) -> str:
    """Root mean squared error over RGB samples, in levels of 255, and the same as PSNR: of RGB even where
    luma is looked at, which is then said of both."""
    rmse = 0.0 if math.isinf(psnr) else 255 * 10 ** (-psnr / 20)
    plane = "RGB " if look.luma else ""
    return f"{plane}RMSE {rmse:.2f} · RGB {words.db(psnr)}"


# ---- legend ------------------------------------------------------------------------------------------------


def legend_of(look: DifferenceLook, limit: float | None) -> LegendScene | None:
    """What the colours of differences mean."""
    if limit is None:
        return None
    what = "luma, Y" if look.luma else "R, G and B" if look.absolute else "largest of R, G, B"
    kind = "Absolute" if look.absolute else "Signed"
    scale = {
        Scale.FIXED: f"×{look.gain}",
        Scale.ADAPTIVE: f"{PERCENTILE:g} % of them lie within",
        Scale.ROOT: "square root of the size",
    }[look.scale]
    title = f"{kind} difference, levels of 255"
    root = look.scale is Scale.ROOT
    sizes = [0.0, 16.0, 64.0, limit] if root else [0.0, limit / 2, limit]
    stops = [(part_of_scale(size, limit, root), _level(size)) for size in sizes]
    if not look.absolute:
        above = [(0.5 + part / 2, f"+{text}" if text != "0" else "0") for part, text in stops]
        below = [(0.5 - part / 2, f"{words.MINUS}{text}") for part, text in reversed(stops[1:])]
        stops = [*below, *above]
    return LegendScene(title, f"{what} · {scale}", look.colours, tuple(stops))


def _level(value: float) -> str:
    return f"{value:.0f}" if value >= 20 or value == round(value) else f"{value:.1f}"


__all__ = [
    "AT_ONCE", "DifferenceSet", "Wanted", "difference_look", "difference_panes", "figures", "found",
    "legend_of", "limit_of", "title_of",
]  # fmt: skip
