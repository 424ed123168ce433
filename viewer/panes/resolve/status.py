"""The status bar: pixel values, the patch, the work in progress. No Qt, pure."""

from __future__ import annotations

from viewer.core import words
from viewer.core.memo import Memo
from viewer.core.words import codec_title
from viewer.documents.playlist import position_words
from viewer.model.facts.facts import Facts
from viewer.model.facts.run import Run
from viewer.model.scene.picture import PaneScene, PatchScene, StatusScene
from viewer.model.session.choices import Mode, Page
from viewer.model.session.state import Session
from viewer.overlays.resolve.overlay import gain_map
from viewer.panes.resolve.panes import shown_estimate
from viewer.patch.resolve.inspector import patch_step


def bits_readout(run: Run | None) -> str:
    """Rate and size of the stream."""
    if run is None:
        return ""
    coded = run.refinement.coded
    return f"{words.bpp(coded.bits_per_pixel)} · {words.size(coded.length)}"


def resolve_status(
    session: Session,
    facts: Facts,
    panes: tuple[PaneScene, ...],
    patch: PatchScene | None,
    memo: Memo,
    patch_words: str | None = None,
) -> StatusScene:
    """What is under the cursor, and what the program is doing."""
    cursor = values = ""
    shown = session.picture or session.stream
    there = facts.job.page is not session.page  # not told twice
    if session.cursor is not None:
        x, y = session.cursor
        cursor = f"x {x}, y {y}"
        values = "   ".join(_value(pane, x, y) for pane in _pictures(session, facts, panes, memo))
    return StatusScene(
        cursor=cursor,
        values=values,
        patch=_patch_words(session, facts.run, patch, memo) if patch_words is None else patch_words,
        zoom=f"{session.zoom:.0f} %" if session.zoom >= 10 else f"{session.zoom:.1f} %",
        message=facts.message,
        error=facts.error,
        progress=facts.job.progress if there else None,
        job=facts.job.text if there else "",
        place=position_words(session.playlist, shown.path) if shown is not None else "",
    )


def _pictures(session: Session, facts: Facts, panes: tuple[PaneScene, ...], memo: Memo) -> list[PaneScene]:
    """What to read pixel values from: in a difference, the pictures behind it."""
    if session.page is Page.COMPARE or session.mode is not Mode.DIFFERENCE or facts.run is None:
        return [pane for pane in panes if pane.pixels is not None or pane.between is not None]
    run, shown = facts.run, shown_estimate(session, facts.run, memo)
    original = [PaneScene("", "Original", "", session.picture.pixels)] if session.picture else []
    name = codec_title(run.refinement.coded.codec)
    title = words.capital(words.position_title(run.refinement, shown.step))
    title = "Scan" if shown.scan is not None else title
    return [*original, PaneScene("", name, "", run.pixels(0)), PaneScene("", title, "", shown.pixels)]


def _value(pane: PaneScene, x: int, y: int) -> str:
    if pane.between is not None:
        one, other = (picture[y, x].astype(int) for picture in pane.between)
        return f"{pane.title.split(' ×')[0]} {' '.join(words.signed(int(each)) for each in one - other)}"
    assert pane.pixels is not None
    r, g, b = (int(sample) for sample in pane.pixels[y, x])
    name = pane.title.split(" · ")[0].split(" of ")[0].split(":")[0]
    return f"{name} {r} {g} {b}"


def _patch_words(session: Session, run: Run | None, patch: PatchScene | None, memo: Memo) -> str:
    if patch is None:
        return ""
    parts = [f"patch {patch.row}, {patch.column}"]
    if run is not None:
        bits = run.refinement.coded.patch_bits
        if bits is not None:
            parts.append(words.bits(float(bits.patches[patch.row, patch.column])))
        step = patch_step(session, run, patch.row, patch.column)
        if run.errors and step:
            parts.append(words.gain(float(gain_map(run, step, memo)[patch.row, patch.column])))
    return " · ".join(parts)
