"""What each pane shows: pictures, names and figures. No Qt, pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.types import PATCH, Pixels, Scores
from viewer import resolve_words as words
from viewer.resolve_facts import Facts, Run
from viewer.resolve_memo import Memo
from viewer.resolve_words import codec_title
from viewer.scene import Mode, PaneScene
from viewer.session import Session, panes_available, scan_total, shown_step

__all__ = [
    "Shown", "codec_title", "difference_picture", "estimate", "held", "original_pane", "resolve_panes",
    "scan_picture", "scan_psnr", "shown_estimate", "standard_pane",
]  # fmt: skip

_STRIP = 128
_KEEP_BYTES = 64 << 20
"""Derived pictures (scans, differences) are kept for scrubbing back up to about this much of a kind."""


@dataclass(frozen=True, eq=False)
class Shown:
    """The estimate of the moment. scan: position of the scan or None; last: the step behind it."""

    pixels: Pixels
    step: int
    scan: int | None
    last: int
    title: str
    detail: str


def estimate(session: Session, run: Run, memo: Memo) -> Shown:
    """The refined picture at the chosen step, or half scanned where the scan stands."""
    step, last = shown_step(session, run.ready, run.first), run.ready
    position = session.scan
    total = scan_total(session)
    if position is None or not 0 <= position < total or last == 0 or step < 0:
        return _whole(run, step)
    pixels = memo.recall(
        "scan",
        (run.pixels(0), run.pixels(last), run.pixels(step), position),
        lambda: scan_picture(run.pixels(0), run.pixels(last), run.pixels(step), position),
        slots=_slots(run.pixels(0)),
    )
    title = f"Scan, step {step}"
    decibels = scan_psnr(run, step, position, memo)
    before = run.refinement.steps[0].scores
    detail = words.rgb_line(decibels, before.psnr_rgb_db) if decibels is not None else ""
    return Shown(pixels, step, position, last, title, detail)


def shown_estimate(session: Session, run: Run, memo: Memo) -> Shown:
    """`estimate`, remembered."""
    inputs = (run, session.step, session.scan, session.options.decoder)
    return memo.recall("estimate", inputs, lambda: estimate(session, run, memo))


def _whole(run: Run, step: int) -> Shown:
    record = run.refinement
    before = run.scores(0)
    codec, decoder = codec_title(record.coded.codec), record.request.decoder
    if step == 0:
        title = f"Step 0 · {codec if decoder else 'no decoder'}"
        detail = words.scores_line(before) or ("" if decoder else f"no decoder for {codec}")
        return Shown(run.pixels(0), 0, None, run.ready, title, detail)
    name = words.capital(words.position_title(record, step))
    detail = words.scores_line(run.scores(step), before)
    if step < 0:
        rate = words.bpp(run.bits_per_pixel(step))
        detail = f"{rate} · {detail}" if detail else rate
    title = f"{name} · {decoder}" if step > 0 else f"{name} of {record.planned_stages + 1}"
    return Shown(run.pixels(step), step, None, run.ready, title, detail)


def scan_picture(standard: Pixels, last: Pixels, current: Pixels, position: int) -> Pixels:
    """The scan at patch `position` (raster order): patches before it as after their last step, itself as
    in `current`, those after it as the standard decode has them. All uint8 (height, width, 3)."""
    columns = math.ceil(standard.shape[1] / PATCH)
    row, column = divmod(position, columns)
    top, left = row * PATCH, column * PATCH
    picture = standard.copy()
    picture[:top] = last[:top]
    picture[top : top + PATCH, :left] = last[top : top + PATCH, :left]
    here = np.s_[top : top + PATCH, left : left + PATCH]
    picture[here] = current[here]
    picture.setflags(write=False)
    return picture


def scan_psnr(run: Run, step: int, position: int, memo: Memo) -> float | None:
    """RGB PSNR in dB of `scan_picture`, from sums of the patches' squared errors; None: no original."""
    if not run.errors:
        return None
    last = min(run.ready, len(run.errors) - 1)
    before = memo.recall("scan sum 0", (run.errors[0],), lambda: _running(run.errors[0]))
    after = memo.recall("scan sum K", (run.errors[last],), lambda: _running(run.errors[last]))
    error = after[position] + run.errors[step].flat[position] + (before[-1] - before[position + 1])
    samples = run.pixels(0).size
    return 10 * math.log10(255**2 * samples / error) if error > 0 else math.inf


def _running(errors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums before each patch, and the total at the end; exact, because the errors are whole numbers."""
    return np.concatenate([[0.0], np.cumsum(errors)])


def difference_picture(a: Pixels, b: Pixels, factor: int, absolute: bool) -> Pixels:
    """a − b times `factor`: around middle grey with its sign, or its size on black."""
    picture = np.empty_like(a)
    for top in range(0, a.shape[0], _STRIP):
        rows = slice(top, top + _STRIP)  # 16-bit differences of the whole picture would be twice its size
        levels = np.subtract(a[rows], b[rows], dtype=np.int16)
        if absolute:
            np.abs(levels, out=levels)
        levels *= factor
        if not absolute:
            levels += 128
        picture[rows] = np.clip(levels, 0, 255, out=levels)
    picture.setflags(write=False)
    return picture


def _slots(pixels: Pixels) -> int:
    return int(min(12, max(1, _KEEP_BYTES // max(1, pixels.nbytes))))


def resolve_panes(session: Session, facts: Facts, memo: Memo) -> tuple[PaneScene, ...]:
    """The panes of the session's mode."""
    run = facts.run
    if session.size is None:
        return ()
    if run is None:
        panes = {key: _pending(session, facts, key) for key in panes_available(session)}
    else:
        shown = shown_estimate(session, run, memo)
        if session.mode is Mode.DIFFERENCE and not session.peek:
            return _differences(session, run, shown, memo)
        panes = {key: _pane(session, run, shown, key, memo) for key in panes_available(session)}
    if session.peek in panes:
        over = panes[session.peek]
        replaced = ("estimate",) if session.blinking else tuple(panes)
        panes = {
            key: held(over) if key in replaced and key != session.peek else pane
            for key, pane in panes.items()
        }
    if session.mode is Mode.WIPE and all(key in panes for key in session.wipe):
        return tuple(panes[key] for key in session.wipe)
    if session.solo in panes:
        return (panes[session.solo],)
    return tuple(panes.values())


def held(pane: PaneScene) -> PaneScene:
    """A pane's picture over another one, while a key is held."""
    return PaneScene(pane.key, f"{pane.title} (held)", pane.detail, pane.pixels, pane.message)


def original_pane(session: Session) -> PaneScene:
    """What was there before anything was encoded."""
    picture = session.picture
    assert picture is not None
    detail = f"{picture.name} · {picture.width} × {picture.height}"
    return PaneScene("original", "Original", detail, picture.pixels)


def _pending(session: Session, facts: Facts, key: str) -> PaneScene:
    """Before the first record of a run."""
    if key == "original":
        return original_pane(session)
    if key == "standard":
        waiting = "reading the stream" if session.stream is not None else "encoding"
        title = codec_title(session.codec)
    else:
        waiting, title = "waiting for the stream", "Refined"
    if facts.job.progress is None:
        waiting = facts.error or "not decoded"
    else:
        waiting += " …"
    return PaneScene(key, title, "", None, waiting)


def _pane(session: Session, run: Run, shown: Shown, key: str, memo: Memo) -> PaneScene:
    coded = run.refinement.coded
    if key == "original":
        return memo.recall("original", (session.picture,), lambda: original_pane(session))
    if key == "standard":
        return memo.recall("standard", (coded, run.pixels(0)), lambda: standard_pane(run))
    if run.planned > 0 and run.ready == 0 and not run.over:
        starting = f"{run.refinement.request.decoder} is starting …"
        return memo.recall(
            "starting",
            (run.pixels(0), starting),
            lambda: PaneScene("estimate", shown.title, starting, run.pixels(0)),
        )
    return memo.recall(
        "estimate pane",
        (shown,),
        lambda: PaneScene("estimate", shown.title, shown.detail, shown.pixels, scan=shown.scan),
        slots=8,
    )


def standard_pane(run: Run) -> PaneScene:
    """What was sent, as the standard decoder shows it."""
    record = run.refinement
    detail = f"{words.bpp(record.coded.bits_per_pixel)}"
    figures = words.scores_line(record.steps[0].scores)
    detail = f"{detail} · {figures}" if figures else detail
    return PaneScene("standard", words.sent_title(record), detail, record.coded.standard)


def _differences(session: Session, run: Run, shown: Shown, memo: Memo) -> tuple[PaneScene, ...]:
    codec = codec_title(run.refinement.coded.codec)
    step = words.capital(words.position_title(run.refinement, shown.step))
    step = "Scan" if shown.scan is not None else step
    whole = run.scores(shown.step) if shown.scan is None else Scores()
    picture = session.picture
    standard = run.pixels(0)

    def pane(key: str, name: str, a: Pixels, b: Pixels, detail: str) -> PaneScene:
        def make() -> PaneScene:
            pixels = difference_picture(a, b, session.gain, session.absolute)
            body = f"|{name}|" if session.absolute else name
            factor = f" ×{session.gain}" if session.gain > 1 else ""
            return PaneScene(key, body + factor, detail, pixels)

        inputs = (a, b, name, detail, session.gain, session.absolute)
        return memo.recall(key, inputs, make, slots=_slots(a))

    change = pane(
        "change", f"{step} − {codec}", shown.pixels, standard, "change"
    )  # fmt: skip
    if picture is None:
        estimate_pane = PaneScene("estimate", shown.title, shown.detail, shown.pixels)
        return estimate_pane, change
    before, original = run.scores(0), picture.pixels
    return (
        pane("error standard", f"{codec} − original", standard, original, _rmse(before)),
        pane("error estimate", f"{step} − original", shown.pixels, original, _rmse(whole)),
        change,
    )


def _rmse(scores: Scores) -> str:
    """Root mean squared error over RGB samples, in levels of 255; the PSNR said the other way."""
    if scores.psnr_rgb_db is None:
        return ""
    return f"RMSE {255 * 10 ** (-scores.psnr_rgb_db / 20):.2f}"
