"""Artefacts as shown: overlays, totals over the steps and among the picture's figures. No Qt, pure."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from engine.artefacts.measures import FACTS, Artefact
from engine.artefacts.planes import Map
from engine.types import Pixels
from viewer.core import words
from viewer.core.memo import Memo
from viewer.model.facts.artefacts import ARTEFACT_OVERLAYS, measured_at, original_pixels
from viewer.model.facts.facts import Facts
from viewer.model.facts.run import Run
from viewer.model.scene.palette import artefact_look
from viewer.model.scene.picture import OverlayScene
from viewer.model.scene.plots import Curve, InspectorRow, PlotScene
from viewer.model.session.playback import shown_step
from viewer.model.session.state import Session

NEEDS_ORIGINAL = "it is measured against the original, and a received file has none"
_FEWEST_POINTS = 2
_SHORT = {
    Artefact.DEFORMED_EDGES: "deformed",
    Artefact.FLATTENED_TEXTURE: "flattened",
    Artefact.STAIRCASING: "staircasing",
}
"""Names in the legend, where five have to stand beside each other."""


def artefact_overlay(session: Session, facts: Facts, run: Run, position: int) -> OverlayScene:
    """The map of the chosen artefact on the picture at a position, or why it is not there."""
    kind = session.overlay
    artefact = ARTEFACT_OVERLAYS[kind]
    about = FACTS[artefact]

    def missing(note: str) -> OverlayScene:
        return OverlayScene(kind, None, opacity=session.opacity, legend=kind.value, note=note)

    if about.needs_original and original_pixels(run) is None:
        return missing(NEEDS_ORIGINAL)
    found = measured_at(facts.measured, run, position)
    if found is None:
        return missing(facts.measured_note or "measuring …")
    values = found.maps[artefact]
    first = measured_at(facts.measured, run, 0)
    scale = first.maps[artefact] if first is not None else values
    judged = scale[~np.isnan(scale)]
    if not judged.size:
        return missing(f"no patch of this picture can show {kind.value}")
    # the same colours at every step, so that a repair is seen: those of what was received
    high = max(about.faint, float(np.percentile(judged, 99)))
    name = words.codec_title(run.refinement.coded.codec)
    of = name if position == 0 else f"{name} and {words.position_title(run.refinement, position)}"
    blind = "" if original_pixels(run) is not None else ", judged without an original"
    legend = f"{kind.value} of {of} ({about.unit}){blind}"
    known = (measured_at(facts.measured, run, at) for at in range(run.first, run.ready + 1))
    maps: list[tuple[Pixels, Map | None]] = [(each.pixels, each.maps[artefact]) for each in known if each]
    original = original_pixels(run)
    if original is not None:
        maps.append((original, None))
    return OverlayScene(kind, values, 0.0, high, opacity=session.opacity, legend=legend,
        pictures=tuple(maps), grey=True,
    )  # fmt: skip


def artefact_plot(session: Session, facts: Facts, memo: Memo) -> PlotScene:
    """Totals of the five over the steps, each in per cent of what the standard decode has of it."""
    run = facts.run
    chosen = ARTEFACT_OVERLAYS.get(session.overlay)
    curves: tuple[Curve, ...] = ()
    note = "Shown as the steps are measured"
    marker = None
    if run is not None and not run.refinement.request.decoder:
        note = "No steps: nothing refines this stream"
    elif run is not None:
        curves = memo.recall(_curves, facts, run, chosen, slots=2)
        step = shown_step(session, run.ready, run.first)
        marker = float(step) if curves and step >= 0 else None
    return PlotScene(
        "artefacts",
        "Artefacts over steps",
        "step",
        "% of the standard decode",
        curves,
        marker,
        facts.measured_note or note,
        x_decimals=0,
        y_decimals=0,
    )


def _curves(facts: Facts, run: Run, chosen: Artefact | None) -> tuple[Curve, ...]:
    """A curve for each artefact that the standard decode has; the chosen one last, above the others."""
    first = measured_at(facts.measured, run, 0)
    if first is None:
        return ()
    x = _array(range(run.planned + 1))
    curves = []
    for artefact in sorted(Artefact, key=lambda each: each is chosen):
        start, about = first.total(artefact), FACTS[artefact]
        if start is None or start < about.faint / 10:
            continue
        y, labels = [], []
        for at in range(run.planned + 1):
            found = measured_at(facts.measured, run, at)
            value = found.total(artefact) if found is not None else None
            y.append(math.nan if value is None else 100 * value / start)
            labels.append("" if value is None else figure(artefact, value))
        if np.count_nonzero(~np.isnan(y)) < min(_FEWEST_POINTS, run.planned + 1):
            continue
        colour, style, symbol = artefact_look(artefact.value)
        curves.append(
            Curve(
                _SHORT.get(artefact, artefact.value),
                x,
                _array(y),
                colour,
                style,
                symbol,
                3.5,
                labels=tuple(labels),
                faint=chosen is not None and artefact is not chosen,
            )
        )
    return tuple(curves)


def artefact_rows(facts: Facts, run: Run, position: int) -> list[InspectorRow]:
    """Totals of the standard decode and of the picture at a position, for the picture's figures."""
    before, after = (measured_at(facts.measured, run, at) for at in (0, position))
    if before is None or after is None:
        return []
    rows = []
    for artefact in Artefact:
        old, new = before.total(artefact), after.total(artefact)
        if old is None or new is None:
            continue
        value = figure(artefact, new)
        if position:
            value = f"{old:.{FACTS[artefact].decimals}f} → {value}"
        rows.append(InspectorRow(words.capital(artefact.value), value))
    return rows


def figure(artefact: Artefact, value: float) -> str:
    """A value with its unit: "5.45 levels", "12.3 %", "4.1°"."""
    about = FACTS[artefact]
    space = "" if about.unit == "°" else " "
    return f"{value:.{about.decimals}f}{space}{about.unit}"


def _array(values: object) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64)
    array.setflags(write=False)
    return array
