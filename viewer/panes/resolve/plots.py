"""The plots: PSNR over steps, rate and distortion, bits along the scan. No Qt, pure."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from engine.codecs.facts import codec_facts
from engine.models.card import ModelCard
from engine.types import Coded, RatePoint
from viewer.core import words
from viewer.core.memo import Memo, itself
from viewer.core.words import codec_title
from viewer.decode.past_runs import run_label
from viewer.model.facts.artefacts import ARTEFACT_OVERLAYS
from viewer.model.facts.facts import Facts, Past
from viewer.model.facts.run import Run
from viewer.model.scene.palette import codec_colour, codec_style, decoder_colour
from viewer.model.scene.plots import Curve, PlotScene
from viewer.model.session.decoder_choice import no_decoder_words
from viewer.model.session.decoder_names import decoder_title
from viewer.model.session.place import active_patch
from viewer.model.session.playback import shown_step
from viewer.model.session.state import Session
from viewer.overlays.resolve.artefacts import artefact_plot

_POINTS = 1024
"""Points of the curve of bits, at most: more than the plot has pixels."""
_PAST_STYLES = ("dash", "dot")
_NO_ORIGINAL = "A received file has no original to compare with"


def resolve_plots(session: Session, facts: Facts, memo: Memo) -> tuple[PlotScene, ...]:
    """The plots, also before there is data, so that nothing jumps; an artefact that is looked at has its own
    near the top."""
    run = facts.run
    step = shown_step(session, run.ready, run.first) if run is not None else None
    note = _NO_ORIGINAL if session.picture is None and session.stream is not None else ""
    plots = [
        _psnr_plot(run, facts.past, step, session.models, note, memo),
        _rate_plot(facts, run, step, session.models, note, memo),
        _bits_plot(session, run, memo),
    ]
    looked_at = session.overlay in ARTEFACT_OVERLAYS and bool(session.options.decoder)
    plots.insert(1 if looked_at else 3, artefact_plot(session, facts, memo))
    if note:  # a received file has only these; the others, which can but say so, come last
        plots.sort(key=lambda plot: plot.key in ("psnr", "rate"))
    return tuple(plots)


def _array(values: object) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64)
    array.setflags(write=False)
    return array


def _psnr_plot(
    run: Run | None,
    past: tuple[Past, ...],
    step: int | None,
    cards: tuple[ModelCard, ...],
    note: str,
    memo: Memo,
) -> PlotScene:
    curves: tuple[Curve, ...] = ()
    if run is not None and not note:
        curves = memo.recall(_psnr_curves, run, past, cards)
    marker = float(step) if curves and step is not None else None
    y_label = "RGB PSNR (dB)" if past else "PSNR (dB)"
    waiting = "Shown as the steps come"
    names: tuple[tuple[float, str, str], ...] = ()
    x_label = "step"
    if run is not None and run.first_planned < 0:
        names = memo.recall(_position_names, run)
        x_label = _stages_in_words(run)
    elif run is not None and not run.refinement.request.decoder:
        curves, marker, note = (), None, note or f"No steps: {no_decoder_words(run.refinement.coded.codec)}"
    return PlotScene(
        "psnr", "PSNR over steps", x_label, y_label, curves, marker, note or waiting, x_decimals=0,
        x_names=names,
    )  # fmt: skip


def _stages_in_words(run: Run) -> str:
    """What the axis of a progressive stream counts: "first iterations i1, i2, …, 0: all 5, then steps"."""
    stage, count = codec_facts(run.refinement.coded.codec).stage, 1 - run.first_planned
    ends = f"{stage[0]}1" if count == 2 else f"{stage[0]}1 … {stage[0]}{count - 1}"
    steps = ", then steps" if run.planned else ""
    return f"first {stage}s ({ends}), 0: all {count}{steps}"


def _position_names(run: Run) -> tuple[tuple[float, str, str], ...]:
    """How the axis and the read-out call each position: "i3" and "iteration 3", "0" and "step 0"."""
    names = []
    for at in range(run.first_planned, run.planned + 1):
        name = words.position_title(run.refinement, at)
        short = f"{name[0]}{name.rsplit(' ', 1)[1]}" if at < 0 else str(at)
        names.append((float(at), short, name))
    return tuple(names)


def _psnr_curves(run: Run, past: tuple[Past, ...], cards: tuple[ModelCard, ...]) -> tuple[Curve, ...]:
    """RGB and Y of this run; or, to compare with earlier ones, RGB of each."""
    record = run.refinement
    colour = decoder_colour(record.request.decoder)
    x = _array(range(run.planned + 1))

    def over_steps(values: list[float | None]) -> NDArray[np.float64]:
        """NaN for steps still to come, and for an error of nothing, which has no place on the axis."""
        known = [math.nan if value is None or math.isinf(value) else value for value in values]
        return _array(known + [math.nan] * (len(x) - len(known)))

    rgb = over_steps([step.scores.psnr_rgb_db for step in record.steps])
    y = over_steps([step.scores.psnr_y_db for step in record.steps])
    stages = _stage_curve(run)
    if not record.request.decoder:
        return stages
    if not past:
        return Curve("RGB", x, rgb, colour, symbol="o"), Curve("Y", x, y, colour, "dot", "s"), *stages
    curves = [Curve(run_label(record.request, cards), x, rgb, colour, symbol="o"), *stages]
    for number, old in enumerate(past):
        db = _array([math.nan if math.isinf(value) else value for value in old.db])
        style = _PAST_STYLES[number % len(_PAST_STYLES)]
        curves.append(
            Curve(
                old.label,
                _array(range(len(db))),
                db,
                decoder_colour(old.request.decoder),
                style,
                "x+dt"[number % 4],
            )
        )
    return tuple(curves)


def _stage_curve(run: Run) -> tuple[Curve, ...]:
    """RGB PSNR of a progressive stream's stages, up to all of it at 0; NaN while they are to come."""
    if not run.first_planned:
        return ()
    codec = run.refinement.coded.codec
    count = 1 - run.first_planned
    known = [run.scores(at).psnr_rgb_db for at in range(run.first, 0)]
    values = [*known, *[None] * (count - 1 - len(known)), run.scores(0).psnr_rgb_db]
    y = _array([math.nan if value is None or math.isinf(value) else value for value in values])
    x = _array(range(run.first_planned, 1))
    name = f"{codec_title(codec)}, RGB"
    return (Curve(name, x, y, codec_colour(codec), codec_style(codec), "d"),)


def _rate_plot(
    facts: Facts, run: Run | None, step: int | None, cards: tuple[ModelCard, ...], note: str, memo: Memo
) -> PlotScene:
    curves: tuple[Curve, ...] = ()
    if not note:
        rate = run.refinement.coded.bits_per_pixel if run is not None else None
        curve = memo.recall(_rate_curve, facts.rate_points, rate)
        points: tuple[Curve, ...] = ()
        if curve and run is not None and step is not None:  # a single point has no axes
            points = memo.recall(_rate_here, run, step, cards)
        curves = memo.recall(itself, (*curve, *points), slots=8)
    marker = run.bits_per_pixel(step) if run is not None and step is not None and curves else None
    return PlotScene(
        "rate",
        "Rate–distortion",
        "bits per pixel (bpp)",
        "RGB PSNR (dB)",
        curves,
        marker,
        note or "Measured after the standard decode",
        x_decimals=3,
    )


def _rate_curve(points: tuple[RatePoint, ...], rate: float | None) -> tuple[Curve, ...]:
    """The part of the curve around the stream's own rate, where a gain of one dB can be seen."""
    finite = sorted(
        (point for point in points if math.isfinite(point.psnr_rgb_db)), key=lambda p: p.bits_per_pixel
    )
    if rate is not None:
        near = [point for point in finite if 0.4 * rate <= point.bits_per_pixel <= 2.2 * rate]
        progressive = bool(finite) and bool(codec_facts(finite[0].codec).stage)
        finite = near if len(near) >= 3 and not progressive else finite
    if len(finite) < 2:
        return ()
    codec = finite[0].codec
    x = _array([point.bits_per_pixel for point in finite])
    y = _array([point.psnr_rgb_db for point in finite])
    return (Curve(codec_title(codec), x, y, codec_colour(codec), codec_style(codec)),)


def _rate_here(run: Run, step: int, cards: tuple[ModelCard, ...]) -> tuple[Curve, ...]:
    """The stream's own point and, straight above it because the bits are the same, the refined one, which
    moves with the step: without a point at step 0, so that the legend stays."""
    record = run.refinement
    rate = record.coded.bits_per_pixel
    before, after = run.scores(0).psnr_rgb_db, run.scores(step).psnr_rgb_db
    curves: list[Curve] = []
    if record.stages:
        ends = [(stage.coded.bits_per_pixel, stage.scores.psnr_rgb_db) for stage in record.stages]
        shown = [(at, db) for at, db in ends if db is not None and math.isfinite(db)]
        codec = record.coded.codec
        x, y = (_array(values) for values in zip(*shown, strict=True)) if shown else (_array([]), _array([]))
        name = f"its {codec_facts(codec).stage}s"
        curves.append(Curve(name, x, y, codec_colour(codec), "points", "d", size=3.0, live=True))
    if before is not None and math.isfinite(before):
        codec = record.coded.codec
        name, colour = f"{codec_title(codec)} sent", codec_colour(codec)
        curves.append(Curve(name, _array([rate]), _array([before]), colour, "points", "o", live=True))
    if run.planned > 0 and record.request.decoder:
        decoder = record.request.decoder
        there = step > 0 and after is not None and math.isfinite(after)
        x, y = (_array([value] if there else []) for value in (rate, after))
        name, colour = decoder_title(decoder, cards), decoder_colour(decoder)
        label = (f"step {step}, {decoder}" if name != decoder else f"step {step}",) * there
        curves.append(Curve(name, x, y, colour, "points", "d", labels=label, live=True))
    return tuple(curves)


def _bits_plot(session: Session, run: Run | None, memo: Memo) -> PlotScene:
    curves: tuple[Curve, ...] = ()
    note = "Shown once there is a stream"
    marker = None
    if run is not None:
        coded = run.refinement.coded
        curves = memo.recall(_bits_curves, coded)
        note = words.capital(coded.patch_bits_note) or "This codec's bits can't be told apart by patch"
        patch = active_patch(session)
        if curves and patch is not None and session.grid[1]:
            marker = float(patch[0] * session.grid[1] + patch[1])
    title = "Bits along the scan"
    return PlotScene(
        "bits", title, "patch, in raster order", "kbit", curves, marker, note, x_decimals=0, y_decimals=1
    )


def _bits_curves(coded: Coded) -> tuple[Curve, ...]:
    """Bits spent before each patch, the headers first, in thousands."""
    if coded.patch_bits is None:
        return ()
    spent = coded.patch_bits.headers + np.concatenate([[0.0], np.cumsum(coded.patch_bits.patches)])
    at = np.unique(np.linspace(0, len(spent) - 1, min(len(spent), _POINTS)).round().astype(int))
    headers = f"headers {words.count(coded.patch_bits.headers)} bits, then patches"
    return (Curve(headers, _array(at), _array(spent[at] / 1000), codec_colour(coded.codec)),)
