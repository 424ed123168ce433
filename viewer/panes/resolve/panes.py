"""What each pane shows: pictures, names and figures. No Qt, pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.types import PATCH, Coded, Pixels, Scores
from viewer.core import words
from viewer.core.memo import Memo
from viewer.core.words import codec_title
from viewer.model.facts.facts import Facts
from viewer.model.facts.run import Run
from viewer.model.scene.picture import PaneScene
from viewer.model.session.choices import Mode
from viewer.model.session.decoder_names import decoder_title
from viewer.model.session.pages import panes_available
from viewer.model.session.panes import MOST_PANES, entry_of_key, guest_name, is_picture, step_of
from viewer.model.session.playback import scan_total, shown_step
from viewer.model.session.state import Session
from viewer.panes.resolve.beside import decoder_pane, guest_pane, step_pane
from viewer.panes.resolve.difference import Wanted, difference_look, difference_panes
from viewer.panes.resolve.past import expected_words

__all__ = [
    "ShownRun", "codec_title", "difference_wanted", "estimate", "held", "original_pane", "resolve_panes",
    "scan_picture", "scan_psnr", "shown_estimate", "standard_pane",
]  # fmt: skip

_KEEP_BYTES = 64 << 20
"""Derived pictures (scans, differences) are kept for scrubbing back up to about this much of a kind."""


@dataclass(frozen=True, eq=False)
class ShownRun:
    """The estimate of the moment. scan: position of the scan or None; last: the step behind it."""

    pixels: Pixels
    step: int
    scan: int | None
    last: int
    title: str
    detail: str
    file: str = ""


def estimate(session: Session, run: Run, memo: Memo) -> ShownRun:
    """The refined picture at the chosen step, or half scanned where the scan stands."""
    step, last = shown_step(session, run.ready, run.first), run.ready
    position = session.scan
    total = scan_total(session)
    if position is None or not 0 <= position < total or last == 0 or step < 0:
        name = decoder_title(run.refinement.request.decoder, session.models)
        return _whole(run, step, name, expected_words(session.card, run))
    pixels = memo.recall(
        scan_picture, run.pixels(0), run.pixels(last), run.pixels(step), position, slots=_slots(run.pixels(0))
    )
    title = f"Scan, step {step}"
    decibels = scan_psnr(run, step, position, memo)
    before = run.refinement.steps[0].scores
    detail = words.rgb_line(decibels, before.psnr_rgb_db) if decibels is not None else ""
    return ShownRun(pixels, step, position, last, title, detail)


def shown_estimate(session: Session, run: Run, memo: Memo) -> ShownRun:
    """`estimate`, remembered."""
    return memo.recall(estimate, session, run, memo)


def _whole(run: Run, step: int, named: str, expected: str = "") -> ShownRun:
    record = run.refinement
    before = run.scores(0)
    codec, decoder = codec_title(record.coded.codec), record.request.decoder
    if step == 0:
        title = f"Step 0 · {codec if decoder else 'no decoder'}"
        detail = words.scores_line(before) or ("" if decoder else "standard decode only")
        return ShownRun(run.pixels(0), 0, None, run.ready, title, detail)
    name = words.capital(words.position_title(record, step))
    detail = words.scores_line(run.scores(step), before)
    if step < 0:
        rate = words.bpp(run.bits_per_pixel(step))
        detail = f"{rate} · {detail}" if detail else rate
    detail = detail or (expected if step == run.planned else "") or "no original"
    title = f"{name} · {named}" if step > 0 else f"{name} of {record.planned_stages + 1}"
    return ShownRun(run.pixels(step), step, None, run.ready, title, detail, decoder if step > 0 else "")


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
    before = memo.recall(_running, run.errors[0], slots=2)
    after = memo.recall(_running, run.errors[last], slots=2)
    error = after[position] + run.errors[step].flat[position] + (before[-1] - before[position + 1])
    samples = run.pixels(0).size
    return 10 * math.log10(255**2 * samples / error) if error > 0 else math.inf


def _running(errors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums before each patch, and the total at the end; exact, because the errors are whole numbers."""
    return np.concatenate([[0.0], np.cumsum(errors)])


def _slots(pixels: Pixels) -> int:
    return int(min(12, max(1, _KEEP_BYTES // max(1, pixels.nbytes))))


def resolve_panes(session: Session, facts: Facts, memo: Memo) -> tuple[PaneScene, ...]:
    """The panes of the session's mode."""
    if session.size is None:
        return ()
    if session.mode is Mode.DIFFERENCE and facts.run is not None and not session.peek:
        return _difference_mode(session, facts, facts.run, memo)
    keys = panes_available(session)
    if session.mode in (Mode.WIPE, Mode.BLINK):
        keys = session.wipe
    panes = _panes(session, facts, keys, memo)
    if session.peek:
        over = _picture(session, facts, session.peek, memo)
        panes = {key: pane if key == session.peek else held(over) for key, pane in panes.items()}
    if session.mode is Mode.BLINK:
        second = session.looking.second
        return (memo.recall(_marked, panes[session.wipe[second]], "AB"[second], slots=4),)
    if session.solo in panes:
        return (panes[session.solo],)
    return tuple(panes.values())


def _panes(session: Session, facts: Facts, keys: tuple[str, ...], memo: Memo) -> dict[str, PaneScene]:
    """Pictures and differences by key; all differences have one scale."""
    pictures = {key: _picture(session, facts, key, memo) for key in keys if is_picture(key)}
    wanted = [each for key in keys if not is_picture(key) for each in _wanted(session, facts, key, memo)]
    made = difference_panes(wanted, difference_look(session), facts, memo)
    return {
        key: pictures.get(key) or made.get(key) or PaneScene(key, "Difference", "", None, "not decoded")
        for key in keys
    }


def _wanted(session: Session, facts: Facts, key: str, memo: Memo) -> tuple[Wanted, ...]:
    """The difference of one of the keys `ERRORS`, none while one of its pictures is missing."""
    name = "estimate" if key == "change" else key.removeprefix("error/")
    subtrahend = _picture(session, facts, "standard" if key == "change" else "original", memo)
    minuend = _picture(session, facts, name, memo)
    return _between(key, minuend, subtrahend, session.codec)


def _between(key: str, minuend: PaneScene, subtrahend: PaneScene, codec: str) -> tuple[Wanted, ...]:
    if minuend.pixels is None or subtrahend.pixels is None:
        return ()
    names = [_short(pane, codec) for pane in (minuend, subtrahend)]
    return (Wanted(key, f"{names[0]} − {names[1]}", (minuend.pixels, subtrahend.pixels)),)


def _short(pane: PaneScene, codec: str) -> str:
    """A picture's name without what was asked of its codec and without its decoder."""
    if pane.key == "standard":
        return codec_title(codec)
    if pane.key == "original":
        return "original"
    return pane.title.split(" · ")[0].split(", step ")[0].split(" of ")[0]


def difference_wanted(session: Session, facts: Facts, memo: Memo) -> tuple[Wanted, ...]:
    """What the panes show differences of, in their order."""
    if facts.run is None:
        return ()
    if session.mode is not Mode.DIFFERENCE:
        keys = panes_available(session) if session.mode is Mode.SIDE else ()
        keys = tuple(key for key in keys if session.solo in ("", key) and not is_picture(key))
        return tuple(each for key in keys for each in _wanted(session, facts, key, memo))
    keys = panes_available(session)
    shown = [key for key in keys if is_picture(key) and key != "original"] or ["estimate"]
    found: list[Wanted] = []
    if session.picture is not None:
        original = _picture(session, facts, "original", memo)
        for key in shown:
            found += _between(f"error/{key}", _picture(session, facts, key, memo), original, session.codec)
    if not found or ({"estimate", "standard"} <= set(shown) and len(found) < MOST_PANES):
        found += _wanted(session, facts, "change", memo)
    return tuple(found)


def _difference_mode(session: Session, facts: Facts, run: Run, memo: Memo) -> tuple[PaneScene, ...]:
    """Errors of the pictures that have panes, and what the decoder changed; without an original the estimate
    beside what it changed."""
    wanted = difference_wanted(session, facts, memo)
    panes = tuple(difference_panes(wanted, difference_look(session), facts, memo).values())
    return panes if session.picture is not None else (_picture(session, facts, "estimate", memo), *panes)


def _marked(pane: PaneScene, mark: str) -> PaneScene:
    """With the letter of its place in the pair."""
    return replace(pane, mark=mark)


def _picture(session: Session, facts: Facts, key: str, memo: Memo) -> PaneScene:
    """The pane of a picture."""
    run = facts.run
    if run is None:
        return _pending(session, facts, key)
    shown = shown_estimate(session, run, memo)
    position, entry = step_of(key), entry_of_key(key)
    if position is not None:
        name = decoder_title(run.refinement.request.decoder, session.models)
        return step_pane(run, key, position, name, memo)
    if entry is not None:
        return decoder_pane(session, facts, key, entry, shown.step, memo)
    guest = guest_name(key)
    if guest is not None:
        return guest_pane(run, facts, key, guest, memo)
    return _pane(session, run, shown, key, memo)


def held(pane: PaneScene) -> PaneScene:
    """A pane's picture over another one, while a key is held."""
    return PaneScene(pane.key, f"{pane.title} (held)", pane.detail, pane.pixels, pane.message)


def original_pane(session: Session) -> PaneScene:
    """What was there before anything was encoded."""
    picture = session.picture
    assert picture is not None
    detail = f"{picture.name} · {picture.width} × {picture.height} · the reference"
    return PaneScene("original", "Original", detail, picture.pixels)


def _pending(session: Session, facts: Facts, key: str) -> PaneScene:
    """Before the first record of a run."""
    if key == "original" and session.picture is not None:
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


def _pane(session: Session, run: Run, shown: ShownRun, key: str, memo: Memo) -> PaneScene:
    coded = run.refinement.coded
    if key == "original":
        if session.picture is None:
            return memo.recall(_no_original)
        return memo.recall(original_pane, session)
    if key == "standard":
        return memo.recall(standard_pane, words.sent_title(run.refinement), coded, run.scores(0))
    if run.planned > 0 and run.ready == 0 and not run.over:
        name = decoder_title(run.refinement.request.decoder, session.models)
        return memo.recall(_starting, name, shown.title, run.pixels(0))
    return memo.recall(_estimate_pane, shown, slots=8)


def _no_original() -> PaneScene:
    return PaneScene("original", "Original", "", None, "there is none")


def _starting(decoder: str, title: str, pixels: Pixels) -> PaneScene:
    return PaneScene("estimate", title, f"{decoder} is starting …", pixels)


def _estimate_pane(shown: ShownRun) -> PaneScene:
    return PaneScene("estimate", shown.title, shown.detail, shown.pixels, scan=shown.scan, file=shown.file)


def standard_pane(title: str, coded: Coded, scores: Scores) -> PaneScene:
    """What was sent, as the standard decoder shows it, and how near that comes."""
    detail = f"{words.bpp(coded.bits_per_pixel)}"
    figures = words.scores_line(scores)
    detail = f"{detail} · {figures}" if figures else detail
    return PaneScene("standard", title, detail, coded.standard)
