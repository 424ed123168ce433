"""Which decoder is best on each patch and by how much, and what is known of the patch pointed at. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.compare.resolve.panes import ShownEntry
from viewer.core import words
from viewer.core.memo import Memo
from viewer.core.words import codec_title
from viewer.model.facts.facts import Facts
from viewer.model.scene.palette import GREY, rgb
from viewer.model.scene.picture import OverlayScene, PatchScene
from viewer.model.scene.plots import InspectorRow
from viewer.model.session.choices import Overlay
from viewer.model.session.state import Session
from viewer.patch.resolve.inspector import patch_db, patch_samples

TIE_DB = 0.1
"""Margins below this are ties: nobody would see them, and another seed turns them round."""
_FAINTEST = 0.35
"""Part of the full strength with which the map begins above a tie."""
_FULL = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Margins at which the map may be opaque, dB."""
_NO_ORIGINAL = "a received file has no original"


@dataclass(frozen=True, eq=False)
class Winners:
    """best: index into the entries, int (patch rows, columns), −1 where nobody wins. margin: by how much
    the best is ahead of the next, float32 dB, 0 where nobody wins, infinite where it alone is exact."""

    best: NDArray[np.intp]
    margin: NDArray[np.float32]


def winners(errors: tuple[NDArray[np.float64] | None, ...]) -> Winners | None:
    """errors: squared errors per patch of each entry, None where there are none yet; None with fewer than
    two entries to compare."""
    known = [number for number, each in enumerate(errors) if each is not None]
    if len(known) < 2:
        return None
    stack = np.stack([each for each in errors if each is not None])
    first, second = np.partition(stack, 1, axis=0)[:2]
    with np.errstate(divide="ignore", invalid="ignore"):
        margin = 10 * np.log10(second / first)
    margin = np.where(second <= first, 0.0, margin).astype(np.float32)
    best = np.asarray(known, np.intp)[np.argmin(stack, axis=0)]
    tied = margin < TIE_DB
    return Winners(np.where(tied, -1, best), np.where(tied, np.float32(0), margin))


def won(shown: tuple[ShownEntry, ...], memo: Memo) -> Winners | None:
    """The winners among the entries at the step that is shown, remembered."""
    errors = tuple(
        one.run.errors[one.step] if one.run is not None and one.run.errors and one.ready else None
        for one in shown
    )
    return memo.recall(winners, errors, slots=12)


def winner_overlay(session: Session, shown: tuple[ShownEntry, ...], memo: Memo) -> OverlayScene:
    """The map: the colour of the best, the stronger the further it is ahead; ties have none."""
    result = won(shown, memo)
    if result is None:
        note = _NO_ORIGINAL if session.stream is not None else "needs two decoders' pictures"
        return memo.recall(_no_map, note)
    named = tuple((one.label, one.look.colour, one.ready) for one in shown)
    return memo.recall(_map, result, named, session.opacity, slots=12)


def _no_map(note: str) -> OverlayScene:
    return OverlayScene(Overlay.WINNER, None, note=note)


def _map(result: Winners, named: tuple[tuple[str, str, bool], ...], opacity: float) -> OverlayScene:
    """named: name and colour of each entry, and whether it has made something of its own yet."""
    full = _full_margin(result.margin)
    shades = _shades(result, tuple(colour for _, colour, _ in named), full, opacity)
    share = [float(np.mean(result.best == number)) for number in range(len(named))]
    classes = tuple(
        (f"{name} {100 * part:.0f} %", colour)
        for (name, colour, ready), part in zip(named, share, strict=True)
        if ready
    )
    ties = float(np.mean(result.best < 0))
    classes = (*classes, (f"tie (below {TIE_DB:g} dB) {100 * ties:.0f} %", GREY))
    legend = f"Best decoder per patch, full strength from {full:g} dB ahead"
    return OverlayScene(
        Overlay.WINNER, None, 0.0, full, False, opacity, legend, "", classes, shades, grey=True
    )


def _full_margin(margin: NDArray[np.float32]) -> float:
    ahead = margin[margin > 0]
    usual = float(np.percentile(ahead, 75)) if ahead.size else 0.0
    return next((full for full in _FULL if full >= usual), _FULL[-1])


def _shades(result: Winners, colours: tuple[str, ...], full: float, opacity: float) -> NDArray[np.uint8]:
    table = np.array([*(rgb(colour) for colour in colours), (0, 0, 0)], np.uint8)
    shades = np.empty((*result.best.shape, 4), np.uint8)
    shades[..., :3] = table[result.best]  # −1 takes the last one, which is transparent
    strength = _FAINTEST + (1 - _FAINTEST) * np.clip(result.margin / full, 0, 1)
    shades[..., 3] = np.round(255 * opacity * np.where(result.best < 0, 0, strength))
    shades.setflags(write=False)
    return shades


def winner_words(shown: tuple[ShownEntry, ...], patch: PatchScene, memo: Memo) -> str:
    """ "SAB by 0.31 dB" for the patch pointed at; "" while there is nothing to compare."""
    result = won(shown, memo)
    if result is None:
        return ""
    number = int(result.best[patch.row, patch.column])
    if number < 0:
        return "a tie"
    margin = float(result.margin[patch.row, patch.column])
    return f"{shown[number].label} by {words.gain(margin).lstrip('+')}"


def compare_inspector(
    session: Session, facts: Facts, shown: tuple[ShownEntry, ...], patch: PatchScene | None, memo: Memo
) -> tuple[InspectorRow, ...]:
    """What the decoders make of the patch pointed at."""
    if patch is None:
        return ()
    pinned = " (pinned)" if patch.pinned else ""
    rows = [InspectorRow("Row, column", f"{patch.row}, {patch.column}{pinned}")]
    sent, at = facts.compare.sent, (patch.row, patch.column)
    if sent is None:
        return tuple(rows)
    coded = sent.refinement.coded
    if coded.patch_bits is not None and patch.row < coded.patch_bits.patches.shape[0]:
        rows.append(InspectorRow("Bits", words.patch_bits(coded.patch_bits, *at)))
    if sent.errors:
        samples = patch_samples(session, patch)
        before = patch_db(float(sent.errors[0][at]), samples)
        rows.append(InspectorRow(f"{codec_title(coded.codec)}, RGB", words.db(before)))
        for one in shown:
            if one.run is not None and one.ready:
                after = patch_db(float(one.run.errors[one.step][at]), samples)
                change = words.gain(words.difference(after, before), "")
                rows.append(InspectorRow(one.label, f"{words.db(after)} ({change})", one.look.colour))
        ahead = winner_words(shown, patch, memo)
        if ahead:
            rows.append(InspectorRow("Best", ahead))
    return tuple(rows)
