"""One pure function decides what the window shows: session and facts in, a scene out. No Qt.

Parts that did not change are the same objects as before, so that views can skip them; `Memo` holds them.
"""

from __future__ import annotations

from dataclasses import replace

from engine.types import Refinement
from viewer.bench.resolve.scene import resolve_bench
from viewer.compare.resolve.scene import resolve_compare
from viewer.core import words
from viewer.core.memo import Memo
from viewer.decode.rate_points import equal_rate
from viewer.lab.resolve.scene import with_lab
from viewer.model.facts.facts import Facts
from viewer.model.facts.run import Run
from viewer.model.scene.picture import PaneScene, PatchScene, ThumbScene, TransportScene
from viewer.model.scene.plots import InspectorRow
from viewer.model.scene.whole import Scene
from viewer.model.session.choices import Mode, Page
from viewer.model.session.decoder_names import decoder_title
from viewer.model.session.playback import scan_total, shown_step
from viewer.model.session.state import Session
from viewer.overlays.resolve.artefacts import artefact_rows
from viewer.overlays.resolve.overlay import resolve_overlay
from viewer.overlays.resolve.perceived import perceived_rows
from viewer.panes.resolve.panes import resolve_panes
from viewer.panes.resolve.past import past_rows
from viewer.panes.resolve.plots import resolve_plots
from viewer.panes.resolve.status import bits_readout, resolve_status
from viewer.patch.resolve.dock import resolve_dock, with_explained
from viewer.patch.resolve.hidden import resolve_inside, with_recalls
from viewer.patch.resolve.inspector import resolve_inspector, resolve_patch
from viewer.presentation.resolve import with_presentation
from viewer.rate_distortion.resolve.scene import plain_session, with_rates
from viewer.repair.resolve.scene import resolve_repair
from viewer.schematic.resolve.scene import resolve_schematic
from viewer.shell.controller.resolve_view import resolve_view

__all__ = ["Memo", "resolve"]


def resolve(session: Session, facts: Facts, memo: Memo) -> Scene:
    """Everything on screen. `memo` changes nothing but the time that it takes."""
    scene = with_presentation(_page(session, facts, memo), session, facts, memo)
    if session.page in (Page.REPAIR, Page.BENCH):
        status = replace(scene.status, cursor="", values="", patch="", zoom="", place="")
        if session.page is Page.REPAIR:
            scene = replace(scene, title="Repair", status=status, repair=resolve_repair(session, facts, memo))
        else:
            scene = replace(scene, title="Measure", status=status, bench=resolve_bench(session, facts, memo))
    return replace(
        scene,
        view=resolve_view(session, facts, scene.panes, memo),
        schematic=resolve_schematic(session, facts, memo),
    )


def _page(session: Session, facts: Facts, memo: Memo) -> Scene:
    """The scene of the page that is open."""
    if session.page is Page.COMPARE:
        return resolve_compare(session, facts, memo)
    if session.page is Page.CODECS:
        return with_rates(_single(plain_session(session), facts, memo), session, facts, memo)
    scene = _single(session, facts, memo)
    return with_lab(scene, session, facts, memo) if session.page is Page.LAB else scene


def _single(session: Session, facts: Facts, memo: Memo) -> Scene:
    """The scene of one stream and one decoder."""
    run = facts.run
    panes = memo.recall(resolve_panes, session, facts, memo)
    patch = memo.recall(with_explained, session, memo.recall(_patch, session, run, slots=2))
    return Scene(
        title=memo.recall(_title, session, run, slots=16),
        mode=_mode(session, panes),
        panes=panes,
        overlay=resolve_overlay(session, facts, memo),
        patch=patch,
        thumbs=memo.recall(_thumbs, run),
        transport=_transport(session, run),
        plots=resolve_plots(session, facts, memo),
        inspector=resolve_inspector(session, run, patch, memo),
        status=resolve_status(session, facts, panes, patch, memo),
        bits_readout=bits_readout(run),
        summary=memo.recall(_summary, session, facts, slots=16),
        inside=resolve_inside(session, run, patch, memo),
        dock=resolve_dock(session, facts, memo),
    )


def _patch(session: Session, run: Run | None) -> PatchScene | None:
    """The patch pointed at, as one stream and one decoder have it."""
    return with_recalls(session, resolve_patch(session, run), run)


def _mode(session: Session, panes: tuple[PaneScene, ...]) -> Mode:
    """A wipe needs two pictures."""
    if session.mode is Mode.WIPE and (len(panes) != 2 or any(pane.pixels is None for pane in panes)):
        return Mode.SIDE
    return session.mode


def _title(session: Session, run: Run | None) -> str:
    if not session.name:
        return ""
    parts = [session.name]
    if run is not None:
        record, step = run.refinement, shown_step(session, run.ready, run.first)
        parts.append(f"{words.sent_title(record)}, {words.bpp(record.coded.bits_per_pixel)}")
        psnr = run.scores(step).psnr_rgb_db
        label = (
            f"{decoder_title(record.request.decoder, session.models)} step {step} of {run.planned}"
            if step
            else "standard decode"
        )
        if step < 0:
            label = f"{words.position_title(record, step)}, {words.bpp(run.bits_per_pixel(step))}"
        parts.append(label + (f", RGB {words.db(psnr)}" if psnr is not None else ""))
    return " · ".join(parts)


def _thumbs(run: Run | None) -> tuple[ThumbScene, ...]:
    if run is None:
        return ()
    record = run.refinement
    last = run.ready if run.over else run.planned
    cells = []
    for index in range(run.first if run.over else run.first_planned, last + 1):
        title = words.position_title(record, index) if index else words.codec_title(record.coded.codec)
        if not run.first <= index <= run.ready:
            cells.append(ThumbScene(index, None, title, "…"))
            continue
        cells.append(ThumbScene(index, run.pixels(index), title, _thumb_detail(run, index)))
    return tuple(cells)


def _thumb_detail(run: Run, index: int) -> str:
    """What it cost and how near it comes; without an original what is known of it."""
    psnr = run.scores(index).psnr_rgb_db
    figure = words.db(psnr) if psnr is not None else ""
    if run.first < 0 and index <= 0:
        rate = words.bpp(run.bits_per_pixel(index))
        return f"{rate}\n{figure}" if figure else rate
    if figure:
        return figure
    return "as received" if index == 0 else f"{run.refinement.steps[index].seconds:.2f} s"


def _transport(session: Session, run: Run | None) -> TransportScene:
    ready, planned, first = (run.ready, run.planned, run.first) if run is not None else (0, 0, 0)
    total = scan_total(session) if run is not None and run.ready > 0 else 0
    label = ""
    if session.scan is not None and total:
        row, column = divmod(session.scan, session.grid[1])
        label = f"row {row}, column {column}"
    step = shown_step(session, ready, first)
    stage = ""
    if run is not None and step < 0:
        stage = words.position_title(run.refinement, step)
    return TransportScene(
        step=step,
        steps_ready=ready,
        steps_planned=planned,
        playing=session.playing,
        speed=session.speed,
        scan=session.scan if total else None,
        scan_total=total,
        scan_label=label,
        stage=stage,
    )


def _summary(session: Session, facts: Facts) -> tuple[InspectorRow, ...]:
    """The picture's figures: what was sent, and how near the estimate comes to the original."""
    if session.size is None:
        return ()
    height, width = session.size
    run = facts.run
    rows = [InspectorRow("Picture", f"{width} × {height}")]
    if run is None:
        return tuple(rows)
    record, step = run.refinement, shown_step(session, run.ready, run.first)
    sent = f"{words.bpp(record.coded.bits_per_pixel)}, {words.size(record.coded.length)}"
    rows.append(InspectorRow("Sent" if session.stream is None else "Received", sent))
    rows += past_rows(session.card, run)
    if step < 0:
        name = words.capital(words.position_title(record, step))
        coded = record.stages[step].coded
        cut = f"{words.bpp(coded.bits_per_pixel)}, {words.size(coded.length)}"
        rows.append(InspectorRow(f"{name} ends at", cut))
    if record.original is not None:
        rows += _score_rows(run, step)
        rows += perceived_rows(facts, run, step)
        rows += _equal_rate_rows(facts, record, step)
    rows += artefact_rows(facts, run, step)
    if step > 0:
        rows.append(InspectorRow("Decoding time", f"{record.steps[step].seconds:.2f} s"))
    return tuple(rows)


def _score_rows(run: Run, step: int) -> list[InspectorRow]:
    before, after = run.scores(0), run.scores(step)
    rows = []
    for name, old, new in (
        ("PSNR, RGB", before.psnr_rgb_db, after.psnr_rgb_db),
        ("PSNR, Y", before.psnr_y_db, after.psnr_y_db),
    ):
        if old is not None and new is not None:
            change = f" ({words.gain(words.difference(new, old), '')})" if step else ""
            rows.append(InspectorRow(name, words.db(new) + change))
    for name, old, new in (
        ("SSIM, Y", before.ssim, after.ssim),
        ("MS-SSIM, Y", before.ms_ssim, after.ms_ssim),
    ):
        if old is None or new is None:
            rows.append(InspectorRow(name, "picture too small"))
        else:
            rows.append(InspectorRow(name, f"{old:.4f} → {new:.4f}" if step else f"{new:.4f}"))
    return rows


def _equal_rate_rows(facts: Facts, record: Refinement, step: int) -> list[InspectorRow]:
    if step <= 0:
        return []
    rate = equal_rate(facts.rate_points, record.steps[step].scores.psnr_rgb_db)
    if rate is None:
        return []
    more = 100 * (rate / record.coded.bits_per_pixel - 1)
    change = words.decimal(more, 0) if more < 0.5 else f"+{more:.0f}"
    name = words.codec_title(record.coded.codec)
    return [InspectorRow(f"{name} for equal PSNR", f"{words.bpp(rate)} ({change} %)")]
