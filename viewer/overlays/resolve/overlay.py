"""The overlay and the patch under the cursor with its neighbours. No Qt, pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.types import Coded
from viewer.core import words
from viewer.core.memo import Memo
from viewer.core.words import codec_title
from viewer.model.facts.artefacts import ARTEFACT_OVERLAYS
from viewer.model.facts.facts import Facts
from viewer.model.facts.run import Run, scanning
from viewer.model.scene.palette import VERMILION, rgb
from viewer.model.scene.picture import OverlayScene
from viewer.model.session.choices import Overlay
from viewer.model.session.playback import shown_step
from viewer.model.session.state import Session
from viewer.overlays.resolve.artefacts import artefact_overlay
from viewer.overlays.resolve.perceived import flip_overlay

_NO_ORIGINAL = "a received file has no original"


def needs_map(session: Session, run: Run | None) -> tuple[Overlay, int] | None:
    """Which map must be measured in the background for the overlay, as (overlay, step)."""
    if run is None or session.overlay is not Overlay.SETTLED:
        return None
    return (Overlay.SETTLED, run.ready) if run.over else None


def resolve_overlay(session: Session, facts: Facts, memo: Memo) -> OverlayScene:
    """The chosen overlay, or why it is not there."""
    kind, run = session.overlay, facts.run
    if kind is Overlay.WINNER:
        return memo.recall(_empty, kind, session.opacity, "only while decoders are compared  (C)")
    if kind in (Overlay.NONE, Overlay.GRID):
        return memo.recall(_empty, kind, session.opacity, "")
    if run is None:
        return memo.recall(_empty, kind, session.opacity, "nothing decoded yet")
    step = shown_step(session, run.ready, run.first)
    return memo.recall(_overlay, session, facts, run, step, memo, slots=12)


def _empty(kind: Overlay, opacity: float, note: str) -> OverlayScene:
    return OverlayScene(kind, None, opacity=opacity, note=note)


def _overlay(session: Session, facts: Facts, run: Run, step: int, memo: Memo) -> OverlayScene:
    kind, opacity = session.overlay, session.opacity
    if kind in ARTEFACT_OVERLAYS:
        return artefact_overlay(session, facts, run, step)
    if kind is Overlay.FLIP:
        return flip_overlay(session, facts, run, step)

    def scene(
        values: NDArray[np.float32], high: float, legend: str, low: float = 0.0, diverging: bool = False
    ) -> OverlayScene:
        return OverlayScene(kind, values, low, high, diverging, opacity, legend, grey=True)

    def missing(note: str) -> OverlayScene:
        return OverlayScene(kind, None, opacity=opacity, legend=kind.value, note=note)

    if kind is Overlay.BITS:
        coded = run.refinement.coded
        if coded.patch_bits is None:
            return missing(coded.patch_bits_note or "bits can't be counted by patch")
        bits = memo.recall(bits_map, coded)
        return scene(bits, percentile(bits, 99), "bits per 8×8 patch (bit)")
    if kind is Overlay.MISSING:
        return missing_overlay(run.refinement.coded, opacity)
    if kind is Overlay.GAIN:
        if not run.errors:
            return missing(_NO_ORIGINAL)
        gain, most = gain_map(run, step, memo), gain_map(run, run.ready, memo)
        if step < 0:
            most = gain_map(run, run.first, memo)
        what = words.position_title(run.refinement, step)
        if scanning(session, run) and step >= 0:
            gain, what = _scan_gain(session.scan or 0, gain, most), "the scan"
        high = max(1.0, percentile(np.abs(most), 98))
        name = f"PSNR gain of {what} over {codec_title(run.refinement.coded.codec)} (dB)"
        return scene(gain, high, name, -high, True)
    key = needs_map(session, run)
    values = facts.maps.get(key) if key is not None else None
    if values is None:
        return missing(facts.map_note or ("measuring …" if key is not None else "after the last step"))
    return scene(values, float(run.ready), "step at which a patch settled")


def missing_overlay(coded: Coded, opacity: float) -> OverlayScene:
    """The patches that never came, in one colour."""
    kind = Overlay.MISSING
    if coded.missing is None:
        note = (
            "nothing of it is missing"
            if not coded.damage
            else f"no patch is known to be missing: {coded.damage}"
        )
        return OverlayScene(kind, None, opacity=opacity, legend=kind.value, note=note)
    shades = np.zeros((*coded.missing.shape, 4), np.uint8)
    shades[coded.missing] = (*rgb(VERMILION), round(255 * opacity))
    shades.setflags(write=False)
    count = words.count(coded.missing_count)
    named = f"{count} of {words.count(coded.missing.size)} patches never came or can't be read: left alone"
    return OverlayScene(
        kind, None, 0.0, 1.0, False, opacity, "Missing patches", "", ((named, VERMILION),), shades
    )


def bits_map(coded: Coded) -> NDArray[np.float32]:
    """Bits of each patch; the stream must tell them."""
    assert coded.patch_bits is not None
    bits = coded.patch_bits.patches.astype(np.float32)
    bits.setflags(write=False)
    return bits


def gain_map(run: Run, step: int, memo: Memo) -> NDArray[np.float32]:
    """Gain of a position over the standard decode in each patch, dB."""
    from engine.metrics.fidelity import error_gain_db

    return memo.recall(error_gain_db, run.error(0), run.error(step), slots=16)


def _scan_gain(position: int, here: NDArray[np.float32], behind: NDArray[np.float32]) -> NDArray[np.float32]:
    """Gain of a half-done scan: `behind` before its position, `here` at it, NaN for patches still to come."""
    gain = np.full(here.shape, np.nan, np.float32)
    gain.flat[:position] = behind.flat[:position]
    gain.flat[position] = here.flat[position]
    gain.setflags(write=False)
    return gain


def percentile(values: NDArray[np.float32], percent: float) -> float:
    """0 of nothing."""
    return float(np.percentile(values, percent)) if values.size else 0.0
