"""Figures of refinements: one decoder's steps, and several decoders compared. No Qt, pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.types import PATCH, Context, Pixels, frozen
from viewer.compare.resolve.panes import ShownEntry, shown_entries
from viewer.core import words
from viewer.core.memo import Memo
from viewer.model.facts.facts import Facts
from viewer.model.facts.lessons import LessonFacts
from viewer.model.facts.run import Run
from viewer.model.scene.lessons import CellScene, CellsScene, FigureScene, FiguresScene, Part
from viewer.model.scene.palette import decoder_colour
from viewer.model.scene.plots import Curve, InspectorRow, PlotScene
from viewer.model.session.choices import Page
from viewer.model.session.lessons import CONTEXT, STEPS
from viewer.model.session.playback import shown_step
from viewer.model.session.state import Session

_AROUND = 8
"""Pixels of the surroundings that a cell shows on each side of its patch."""
_NO_ORIGINAL = "A received file has no original: gains can't be measured"


@dataclass(frozen=True)
class Gains:
    """Gain over the standard decode in dB, of the picture and of the patch; None without an original."""

    picture: float | None
    patch: float | None


def crop(pixels: Pixels, patch: tuple[int, int]) -> tuple[Pixels, tuple[int, int, int, int]]:
    """A patch with its surroundings, and where it lies in them: (top, left, height, width)."""
    height, width = pixels.shape[:2]
    top, left = PATCH * patch[0], PATCH * patch[1]
    first, begin = max(0, top - _AROUND), max(0, left - _AROUND)
    part = pixels[first : top + PATCH + _AROUND, begin : left + PATCH + _AROUND]
    inner = top - first, left - begin, min(PATCH, height - top), min(PATCH, width - left)
    return frozen(part), inner


def gains(run: Run, step: int, patch: tuple[int, int]) -> Gains:
    """What a step of a run has gained."""
    before, after = run.scores(0).psnr_rgb_db, run.scores(step).psnr_rgb_db
    picture = words.difference(after, before) if after is not None and before is not None else None
    if not run.errors:
        return Gains(picture, None)
    old, new = float(run.error(0)[patch]), float(run.error(step)[patch])
    if old == new:
        return Gains(picture, 0.0)
    return Gains(picture, 10 * math.log10(old / new) if old and new else math.copysign(math.inf, old - new))


# ---- one decoder -----------------------------------------------------------------------------------------


def steps_figure(session: Session, facts: Facts, known: LessonFacts, patch: tuple[int, int]) -> FigureScene:
    """The patch after every step, what each step gained, and how much it still changed."""
    run = facts.run
    if run is None:
        return FigureScene(STEPS, facts.error or "Decoding …")
    at = shown_step(session, run.ready, run.first)
    cells = _original_cell(session, patch)
    for step in range((run.ready if run.over else run.planned) + 1):
        title = words.capital(words.position_title(run.refinement, step)) if step else "Standard"
        if step > run.ready:
            cells.append(CellScene("", title, "…", None, (0, 0, PATCH, PATCH)))
            continue
        gained = gains(run, step, patch).patch if step else None
        detail = words.gain(gained) if gained is not None else ""
        part, inner = crop(run.pixels(step), patch)
        cells.append(CellScene(f"step {step}", title, detail, part, inner, chosen=step == at))
    note = "" if run.refinement.request.decoder else "No decoder serves these streams: there are no steps"
    if not note and session.picture is None:
        note = _NO_ORIGINAL
    parts: list[Part] = [CellsScene(tuple(cells)), *_step_plots(session, known, run, at, patch)]
    if at > 0:
        parts.insert(1, FiguresScene("step", f"Step {at}", _step_rows(known, run, at, patch)))
    return FigureScene(STEPS, note, parts=tuple(parts))


def _step_plots(
    session: Session, known: LessonFacts, run: Run, at: int, patch: tuple[int, int]
) -> tuple[PlotScene, ...]:
    steps = range(run.planned + 1)
    colour = decoder_colour(session.card.kind if session.card is not None else "")
    marker = float(at) if at >= 0 else None
    plots = []
    if session.picture is not None:
        gained = [gains(run, step, patch) if step <= run.ready else Gains(None, None) for step in steps]
        plots.append(
            PlotScene(
                "lesson gain", "Gain", "step", "PSNR over the standard decode (dB)",
                (
                    Curve("picture", _values(steps), _values(g.picture for g in gained), colour, symbol="o"),
                    Curve("patch", _values(steps), _values(g.patch for g in gained), colour, "dash", "d"),
                ),
                marker, x_decimals=0,
            )
        )  # fmt: skip
    changes = known.changes if known.changed is run else ()
    if run.planned > 0:
        later = steps[1:]
        told = [changes[step - 1] if step <= len(changes) else None for step in later]
        note = "" if any(value is not None for value in told) else "Measured once the steps are there"
        curves = (Curve("picture", _values(later), _values(told), colour, symbol="o"),) if not note else ()
        plots.append(
            PlotScene("lesson change", "Change by each step", "step", "RMS (levels of 255)", curves, marker,
                      note, x_decimals=0, legend=False)
        )  # fmt: skip
    return tuple(plots)


def _step_rows(known: LessonFacts, run: Run, at: int, patch: tuple[int, int]) -> tuple[InspectorRow, ...]:
    gained, last = gains(run, at, patch), gains(run, at - 1, patch)
    rows = []
    for name, now, then in (
        ("Picture", gained.picture, last.picture), ("Patch", gained.patch, last.patch)
    ):  # fmt: skip
        if now is not None and then is not None:
            change = f" ({words.gain(words.difference(now, then), '')} by this step)"
            rows.append(InspectorRow(f"{name}, gain", words.gain(now) + change))
    changes = known.changes if known.changed is run else ()
    if at <= len(changes):
        rows.append(InspectorRow("Change by this step, RMS", f"{changes[at - 1]:.2f} levels"))
    rows.append(InspectorRow("Decoding time so far", f"{run.refinement.steps[at].seconds:.2f} s"))
    return tuple(rows)


# ---- several decoders ------------------------------------------------------------------------------------


def compared_figure(session: Session, facts: Facts, patch: tuple[int, int], memo: Memo) -> FigureScene:
    """The compared decoders on the patch and on the picture."""
    kind = session.lessons.figure
    if session.page is not Page.COMPARE:
        text = session.lessons.fault or "The comparison is closed: choose the lesson again to open it"
        return memo.recall(FigureScene, kind, text)
    shown, part = shown_entries(session, facts, memo), round(facts.compare.part, 2)
    return memo.recall(_compared, session, facts, shown, patch, part, slots=16)


def _compared(
    session: Session, facts: Facts, shown: tuple[ShownEntry, ...], patch: tuple[int, int], done: float
) -> FigureScene:
    """done: how far the whole comparison is, 0 to 1, in steps too coarse to redraw for nothing."""
    known, kind = facts.compare, session.lessons.figure
    cells = _original_cell(session, patch)
    if known.sent is not None:
        part, inner = crop(known.sent.pixels(0), patch)
        cells.append(CellScene("", "Standard", "", part, inner))
    there = [one for one in shown if one.ready and one.run is not None]
    cells += [_entry_cell(session, one, patch) for one in shown]
    missing = known.missing(session.compare.entries)
    note, progress = "", None
    if missing and known.stopped:
        note = f"Stopped: {len(missing)} of {len(shown)} are missing. F5 goes on"
    elif missing:
        begun = known.begun
        name = next((one.label for one in shown if begun is not None and one.entry == begun.entry), "")
        note, progress = f"Decoding {name or 'soon'} …", done
    elif session.picture is None:
        note = _NO_ORIGINAL
    parts: list[Part] = [CellsScene(tuple(cells))]
    if session.picture is not None and there:
        rows = _entry_rows(there, patch)
        parts.append(FiguresScene("entries", "Gain over the standard decode, PSNR", rows))
        if kind == CONTEXT:
            parts += _context_tables(there, patch)
    if session.picture is not None:
        parts += _entry_plots(shown, patch, session)
    return FigureScene(kind, note, progress, tuple(parts))


def _entry_cell(session: Session, one: ShownEntry, patch: tuple[int, int]) -> CellScene:
    if one.run is None or not one.ready:
        return CellScene("", one.label, "…", None, (0, 0, PATCH, PATCH), one.look.colour)
    gained = gains(one.run, one.step, patch).patch if session.picture is not None and one.step else None
    part, inner = crop(one.run.pixels(one.step), patch)
    detail = words.gain(gained) if gained is not None else f"step {one.step}"
    return CellScene(
        one.entry.key, one.label, detail, part, inner, one.look.colour, session.solo == one.entry.key
    )


def _entry_plots(
    shown: Sequence[ShownEntry], patch: tuple[int, int], session: Session
) -> tuple[PlotScene, ...]:
    planned = max((one.run.planned for one in shown if one.run is not None), default=0)
    steps = range(planned + 1)
    marker = float(max((one.step for one in shown), default=0))

    def plot(key: str, title: str, what: Callable[[Gains], float | None]) -> PlotScene:
        curves = tuple(
            Curve(
                one.label,
                _values(steps),
                _values(what(gains(one.run, k, patch)) if k <= one.run.ready else None for k in steps),
                one.look.colour,
                one.look.style,
                one.look.symbol,
            )
            for one in shown
            if one.run is not None
        )
        label = "PSNR over the standard decode (dB)"
        return PlotScene(key, title, "step", label, curves, marker if curves else None,
                         "" if curves else "Shown as the steps come", x_decimals=0)  # fmt: skip

    return (
        plot("lesson gain", "Gain, picture", lambda gained: gained.picture),
        plot("lesson patch gain", "Gain, patch", lambda gained: gained.patch),
    )


def _entry_rows(there: Sequence[ShownEntry], patch: tuple[int, int]) -> tuple[InspectorRow, ...]:
    """The best on the picture first."""
    known = [(one, gains(one.run, one.step, patch)) for one in there if one.run is not None]
    known.sort(key=lambda pair: -(pair[1].picture or 0.0))
    return tuple(InspectorRow(one.label, _both(gained), one.look.colour) for one, gained in known)


def _context_tables(there: Sequence[ShownEntry], patch: tuple[int, int]) -> list[FiguresScene]:
    """What the context is worth against none, once those runs are there."""
    known = {one.entry.context: gains(one.run, one.step, patch) for one in there if one.run is not None}
    base = known.get(Context.NONE)
    if base is None:
        return []
    rows = []
    for context, name, role in (
        (Context.CAUSAL, "Causal adds", "causal"),
        (Context.NONCAUSAL, "Non-causal adds", "non-causal"),
        (Context.BOTH, "Both together add", ""),
    ):
        gained = known.get(context)
        if gained is not None:
            picture, own = _less(gained.picture, base.picture), _less(gained.patch, base.patch)
            rows.append(InspectorRow(name, _both(Gains(picture, own)), role))
    return [FiguresScene("worth", "What the neighbours are worth, PSNR", tuple(rows))] if rows else []


def _less(one: float | None, other: float | None) -> float | None:
    return words.difference(one, other) if one is not None and other is not None else None


def _both(gained: Gains) -> str:
    parts = []
    if gained.picture is not None:
        parts.append(f"picture {words.gain(gained.picture)}")
    if gained.patch is not None:
        parts.append(f"patch {words.gain(gained.patch)}")
    return " · ".join(parts)


def _original_cell(session: Session, patch: tuple[int, int]) -> list[CellScene]:
    if session.picture is None:
        return []
    part, inner = crop(session.picture.pixels, patch)
    return [CellScene("", "Original", "", part, inner)]


def _values(values: object) -> NDArray[np.float64]:
    """float64, read-only; None becomes NaN."""
    listed = [math.nan if value is None else float(value) for value in values]  # type: ignore[attr-defined]
    array = np.array(listed, dtype=np.float64)
    array.setflags(write=False)
    return array
