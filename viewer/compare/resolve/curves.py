"""Plots of the compare view: PSNR over steps, and how each network was trained. No Qt, pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.models.training_record import TrainingRecord
from viewer.compare.resolve.differences import difference_plot
from viewer.compare.resolve.panes import ShownEntry, compared_step, entries_at, named_entries
from viewer.compare.styles import Look
from viewer.core.memo import Memo
from viewer.model.facts.facts import Facts
from viewer.model.scene.palette import learner_key, learner_look
from viewer.model.scene.plots import Curve, PlotScene
from viewer.model.session.compare import Axis
from viewer.model.session.state import Session

_AXES = {
    Axis.UPDATES: ("updates", 0),
    Axis.PATCHES: ("millions of patches seen", 2),
    Axis.SECONDS: ("seconds of training", 0),
}
_NO_ORIGINAL = "A received file has no original to compare with"
_COSINE = "cosine with the exact gradient"
_NO_RECORDS = "These models came without a training record"
_COSINE_TITLES = {"bptt": "BPTT", "tbptt": "Truncated BPTT", "rtrl": "RTRL", "uoro": "UORO",
                  "snap1": "SnAp-1", "sab": "SAB", "kf-rtrl": "KF-RTRL", "rflo": "RFLO"}  # fmt: skip


def _array(values: Sequence[float]) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64)
    array.setflags(write=False)
    return array


def compare_plots(session: Session, facts: Facts, memo: Memo) -> tuple[PlotScene, ...]:
    """What stands beside the pictures: the entries over the steps, and over their training."""
    known = facts.compare
    note = _NO_ORIGINAL if session.stream is not None else ""
    planned = known.steps(session.compare.entries)[1]
    curves: tuple[Curve, ...] = ()
    if not note:
        curves = memo.recall(_psnr_curves, entries_at(session, facts, 0, memo), planned)
    marker = float(compared_step(session, known)) if curves else None
    psnr = PlotScene(
        "psnr", "PSNR over steps", "step", "RGB PSNR (dB)", curves, marker,
        note or "Shown as the steps come", x_decimals=0,
    )  # fmt: skip
    named = named_entries(session, memo)
    training = memo.recall(_validation_plot, session, facts, named, slots=3)
    studied = known.studied.learners if known.studied is not None else ()
    apart = memo.recall(difference_plot, session, studied, named, slots=3)
    return (psnr, training) if apart is None else (psnr, apart, training)


def _psnr_curves(shown: tuple[ShownEntry, ...], planned: int) -> tuple[Curve, ...]:
    """One line an entry, from the standard decode that they share; NaN for steps still to come."""
    x = _array(range(planned + 1))
    curves = []
    for one in shown:
        if one.run is None:
            continue
        known = [step.scores.psnr_rgb_db for step in one.run.refinement.steps]
        values = [math.nan if value is None or math.isinf(value) else value for value in known]
        values += [math.nan] * (planned + 1 - len(values))
        curves.append(_curve(one.label, one.look, x, _array(values), points=True))
    return tuple(curves)


def _curve(
    name: str, look: Look, x: NDArray[np.float64], y: NDArray[np.float64], points: bool = False
) -> Curve:
    return Curve(name, x, y, look.colour, look.style, look.symbol if points else "")


# ---- training --------------------------------------------------------------------------------------------


def training_plots(session: Session, facts: Facts, shown: tuple[ShownEntry, ...]) -> tuple[PlotScene, ...]:
    """Loss, gain on validation pictures, and cosines of gradients, over the axis of the session."""
    return (
        _loss_plot(session, facts, shown),
        _validation_plot(session, facts, shown),
        *_cosine_plots(session, facts, shown),
    )


def _records(facts: Facts, shown: tuple[ShownEntry, ...]) -> list[tuple[ShownEntry, TrainingRecord]]:
    """Entries with a record, once each: contexts of one decoder were trained together."""
    studied = facts.compare.studied
    if studied is None:
        return []
    found: dict[str, tuple[ShownEntry, TrainingRecord]] = {}
    for one in shown:
        record = studied.records.get(one.entry.decoder)
        if isinstance(record, TrainingRecord) and record.updates:
            found.setdefault(one.entry.decoder, (one, record))
    return list(found.values())


def _note(facts: Facts) -> str:
    return _NO_RECORDS if facts.compare.studied is not None else "Reading the training records …"


def _along(record: TrainingRecord, axis: Axis) -> NDArray[np.float64]:
    if axis is Axis.PATCHES:
        return _array([count / 1e6 for count in record.patches])
    return _array(record.seconds if axis is Axis.SECONDS else record.updates)


def _plot(
    key: str, title: str, y_label: str, curves: list[Curve], axis: Axis, note: str, y_decimals: int = 2
) -> PlotScene:
    label, decimals = _AXES[axis]
    return PlotScene(
        key, title, label, y_label, tuple(curves), None, note, x_decimals=decimals, y_decimals=y_decimals
    )


def _loss_plot(session: Session, facts: Facts, shown: tuple[ShownEntry, ...]) -> PlotScene:
    axis = session.compare.axis
    curves = [
        _curve(one.label, one.look, _along(record, axis), _array(record.loss))
        for one, record in _records(facts, shown)
    ]
    return _plot("loss", "Training loss", "squared error, relative", curves, axis, _note(facts), 3)


def _validation_plot(session: Session, facts: Facts, shown: tuple[ShownEntry, ...]) -> PlotScene:
    axis = session.compare.axis
    curves = []
    for one, record in _records(facts, shown):
        last = _array([gains[-1] if gains else math.nan for gains in record.validation_db])
        curves.append(_curve(one.label, one.look, _along(record, axis), last))
    return _plot(
        "validation", "Validation while training", "gain of the last step (dB)", curves, axis, _note(facts)
    )


def _cosine_plots(session: Session, facts: Facts, shown: tuple[ShownEntry, ...]) -> list[PlotScene]:
    """How far learners' gradients point where the exact one points: each along its own run, then those that
    only watched, a plot for each run that was watched."""
    axis = session.compare.axis
    learners = {card.name: learner_key(card.learner) for card in session.models}
    own, watched = [], []
    for one, record in _records(facts, shown):
        trained = learners.get(one.entry.decoder, "")
        if trained in record.cosines:
            x, y = _cosine(record, trained, axis)
            own.append(_curve(one.label, one.look, x, y))
        others = []
        for name in sorted(record.cosines.keys() - {trained}):
            x, y = _cosine(record, name, axis)
            others.append(_curve(_COSINE_TITLES.get(name, name), Look(*learner_look(name), ""), x, y))
        if others:
            title = f"Gradient accuracy on {one.label}'s trajectory"
            watched.append(_plot(f"cosine {one.entry.key}", title, _COSINE, others, axis, ""))
    plots = (
        [_plot("cosine", "Gradient accuracy on its own trajectory", _COSINE, own, axis, "")] if own else []
    )
    return plots + watched


def _cosine(record: TrainingRecord, name: str, axis: Axis) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A learner's cosines over the axis; they are recorded by update."""
    pairs = record.cosines[name]
    at = [float(update) for update, _ in pairs]
    x = np.interp(at, _array(record.updates), _along(record, axis))
    return _array(list(x)), _array([value for _, value in pairs])
