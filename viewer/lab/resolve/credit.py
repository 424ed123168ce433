"""Where credit goes, as views: heat maps and plots of what the run has said. Pure, no Qt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.lab.events import Angles, Course, Credit, LaneFacts
from engine.lab.settings import LabSettings
from engine.registry import LEARNER_TITLES
from viewer.lab.resolve.lanes import lane_items
from viewer.lab.resolve.moment import update_at
from viewer.model.facts.lab import CreditFacts, Floats, LaneCourse
from viewer.model.scene.lab import CreditScene, CreditView, HeatScene
from viewer.model.scene.palette import GREY, learner_look
from viewer.model.scene.plots import Curve, PlotScene

_ATTENTIVE = "Networks with attention have no recurrence alone to show this of"
_NOTHING = "No credit yet: what is read out begins with weights of 0, so nothing depends on the state"
_PLAIN = "This network recalls nothing: give it attention (k_top) in the settings"
_NO_MORE = 1e-6
"""Share of the credit that is rounding."""
_DECADES = 6.0
"""Of the largest value downwards are told apart by colour."""


def credit_scene(
    settings: LabSettings,
    courses: tuple[LaneCourse, ...],
    facts: CreditFacts,
    lane: int,
    at: float | None,
    place: tuple[int, int] | None,
) -> CreditScene:
    """All views of the newest answers; none before there are any."""
    if not courses:
        return CreditScene(0, "Let the lanes learn first", False, False, ())
    course = courses[min(lane, len(courses) - 1)]
    number = course.facts.lane
    wanted = number, update_at(course, settings.fair, at), *(place or (-1, -1))
    stale = facts.asked != wanted
    if facts.credit is None:
        return CreditScene(number, "Not looked at yet", facts.waiting, stale, ())
    found, of = facts.credit, courses[facts.credit.lane].facts
    rows = "8 rows of its batch; a click on a picture looks into a patch"
    if found.row >= 0:
        rows = f"the span of patch ({found.row}, {found.column}); arrows: where painting it sends its credit"
    name = lane_items(courses)[found.lane].label
    about = f"{name}, update {found.update:,}: {rows}"
    views = [*_backward_views(found, of), *_forward_views(found), *_draw_views(facts.angles)]
    views += [_places(found, settings), *_along(facts.course, of)]
    return CreditScene(number, about, facts.waiting, stale, tuple(views))


def _log(values: NDArray[np.float32]) -> Floats:
    """log10, nothing below so many decades under the largest; nan where there is nothing."""
    whole = values.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log10(whole)
    logs[~np.isfinite(logs)] = np.nan
    if np.isfinite(logs).any():
        logs = np.where(np.isnan(logs), logs, np.maximum(logs, np.nanmax(logs) - _DECADES))
    return logs


def _cut(exact: NDArray[np.float32], kept: NDArray[np.float32]) -> Floats:
    """Share of each value that is not kept, 0 to 1."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = 1 - kept.astype(np.float64) / exact
    return np.clip(np.nan_to_num(share), 0, 1)


def _backward_views(found: Credit, of: LaneFacts) -> list[CreditView]:
    learner = of.title
    veil = _cut(found.triangle, found.kept)
    triangle = HeatScene(
        "How much the loss of a step depends on an earlier state", "state of step s", "loss of step t",
        "log₁₀ ‖∂Lₜ/∂hₛ‖", _log(found.triangle), veil,
        "loss of step {0}, state of step {1}: 10^{2:.2f}, {3:.0f} % cut off",
    )  # fmt: skip
    squares = np.nansum(found.triangle.astype(np.float64) ** 2)
    lost = 1 - np.nansum(found.kept.astype(np.float64) ** 2) / squares if squares else 0.0
    words = f"What {learner} cuts off is greyed: {100 * lost:.0f} % of all credit, in squares."
    if lost < _NO_MORE:
        words = f"{learner} cuts nothing off."
    if not squares:
        triangle = HeatScene("", "", "", "", np.empty((0, 0)), np.empty((0, 0)), "", note=_NOTHING)
        words = ""
    lags = np.arange(len(found.lag_share), dtype=np.float64)
    look = learner_look(of.learner)
    shares = PlotScene(
        "lab-lags", "Share of the gradient", "steps between state and loss", "share",
        (
            Curve("exact", lags, found.lag_share.astype(np.float64), GREY, "solid", "o"),
            Curve(learner, lags, found.lag_kept.astype(np.float64), *look, "d"),
        ),
    )  # fmt: skip
    now, later = 100 * float(found.lag_share[0]), 100 * float(found.lag_share[1:].sum())
    views = [
        CreditView("triangle", "Credit by step", words, heat=triangle),
        CreditView("lags", "Immediate and through time",
                   f"{now:.0f} % of the exact gradient is immediate, {later:.0f} % comes through time; "
                   f"{learner} has {100 * float(found.lag_kept.sum()):.0f} % of it.", plot=shares),
    ]  # fmt: skip
    if found.memory_patch.size:
        names = found.memory_patch
        heat = HeatScene(
            "Credit into memories", "memory: patch at whose end it was made", "recalled at step",
            "log₁₀ of the credit", _log(found.memory_credit), 1.0 * (found.recalled == 0),
            "step {0} sent 10^{2:.2f} to the memory of patch {1}", (0, int(names[0])),
        )  # fmt: skip
        words = "What was not recalled is greyed: through recalled memories alone credit crosses windows."
        views.append(CreditView("memories", "Credit into memories", words, heat=heat))
    else:
        empty = HeatScene("", "", "", "", np.empty((0, 0)), np.empty((0, 0)), "", note=_PLAIN)
        views.append(CreditView("memories", "Credit into memories", "", heat=empty))
    return views


def _forward_views(found: Credit) -> list[CreditView]:
    if not found.influence.size:
        empty = HeatScene("", "", "", "", np.empty((0, 0)), np.empty((0, 0)), "", note=_ATTENTIVE)
        return [CreditView("influence", "Influence by patch", "", heat=empty)]
    by_patch = HeatScene(
        "Influence of a patch on the state", "patch i", "step t", "log₁₀ ‖∂hₜ/∂dᵢ‖", _log(found.influence),
        _cut(found.influence, found.influence_kept),
        "patch {1} on step {0}: 10^{2:.2f}, SnAp-1 drops {3:.0f} %",
    )  # fmt: skip
    last = np.sqrt((found.influence_last.astype(np.float64) ** 2).sum(0))
    units = len(found.reach)
    reach = np.tile(found.reach, (last.shape[0] // units, last.shape[1] // units))
    by_unit = HeatScene(
        "Influence on the last state, unit by unit", "driven unit", "unit of the state",
        "log₁₀ of the influence", _log(last.astype(np.float32)), 0.75 * (reach != 1),
        "unit {1} on unit {0}: 10^{2:.2f}",
    )  # fmt: skip
    most = int(found.reach.max())
    values = found.spectrum_real + 1j * found.spectrum_imag
    turn = np.linspace(0, 2 * np.pi, 129)
    late = values[len(values) // 2 :].ravel()
    spectrum = PlotScene(
        "lab-spectrum", "Eigenvalues of ∂hₜ/∂hₜ₋₁", "real", "imaginary",
        (
            Curve("unit circle", np.cos(turn), np.sin(turn), GREY, "dash"),
            Curve("eigenvalues", late.real.astype(np.float64), late.imag.astype(np.float64),
                  learner_look("bptt")[0], "points", "o", 2.5),
        ),
        x_span=(-1.5, 1.5),
    )  # fmt: skip
    radius = float(np.abs(values).max(1)[1:].mean()) if len(values) > 1 else 0.0
    return [
        CreditView("influence", "Influence by patch",
                   "RTRL carries all of it along with the state; what SnAp-1 drops is greyed.",
                   heat=by_patch),
        CreditView("reach", "Influence by unit",
                   "SnAp-1 keeps what is not greyed: what reaches a unit from its own weights. All units are "
                   f"reached within {most} steps.", heat=by_unit),
        CreditView("spectrum", "Spectrum of the Jacobian",
                   f"Spectral radius {radius:.2f} on average: below 1 what a state held fades, above 1 it "
                   "grows.", plot=spectrum),
    ]  # fmt: skip


def _draw_views(found: Angles | None) -> list[CreditView]:
    if found is None:
        return []
    title, look = LEARNER_TITLES[found.learner], learner_look(found.learner)
    turn = np.deg2rad(found.angles.astype(np.float64))
    lengths = found.lengths.astype(np.float64)
    along, across = lengths * np.cos(turn), lengths * np.sin(turn)
    cone = PlotScene(
        "lab-cone", f"Draws of {title}", "along the exact gradient", "across it",
        (
            Curve("exact", np.array([0.0, 1.0]), np.zeros(2), GREY, "solid", "o"),
            Curve(title, along, across, look[0], "points", "o", 3.0),
        ),
    )  # fmt: skip
    counts = np.array(found.counts, float)
    narrowed = PlotScene(
        "lab-narrowed", "Angle of the mean of N draws", "N", "degrees",
        (Curve(title, counts, found.narrowed.astype(np.float64), *look, "o"),), y_decimals=0, x_decimals=0,
    )  # fmt: skip
    needed = np.tan(np.deg2rad(float(found.narrowed[0]))) ** 2
    return [
        CreditView("cone", "Draws around the exact gradient",
                   f"Lengths in those of the exact gradient. Draws reach {float(across.mean()):.1f} times "
                   "its length to the side: that is noise, and their mean is exact.", plot=cone),
        CreditView("narrowed", "Averaging draws",
                   f"One draw lies {float(found.narrowed[0]):.0f}° off. Sideways noise falls with √N: it "
                   f"takes about {max(1.0, needed):.0f} draws to come within 45°.", plot=narrowed),
    ]  # fmt: skip


def _places(found: Credit, settings: LabSettings) -> CreditView:
    places = np.arange(len(found.place_value), dtype=np.float64)
    value = found.place_value.astype(np.float64)
    curves = [Curve("lane", places, value, learner_look("bptt")[0], "solid", "o")]
    if found.place_standard.size:
        standard = found.place_standard.astype(np.float64)
        curves.append(Curve("standard decode", places, standard, GREY, "dash"))
    unit = "PSNR, dB" if found.place_standard.size else "error"
    title = "By place in the row"
    plot = PlotScene("lab-places", title, "patch of the span", unit, tuple(curves), x_decimals=0)
    words = f"{settings.title}: measured over the pictures that are held out."
    return CreditView("places", title, words, plot=plot)


def _along(found: Course | None, of: LaneFacts) -> list[CreditView]:
    if found is None:
        return []
    x, look = np.array(found.updates, float), learner_look(of.learner)
    cosine = PlotScene(
        "lab-cosine", "Cosine to the exact gradient", "updates", "cosine",
        (Curve(of.title, x, found.cosine.astype(np.float64), *look, "o"),), x_decimals=0,
    )  # fmt: skip
    variance = PlotScene(
        "lab-variance", "Relative error and variance", "updates", "of the exact gradient's square",
        (
            Curve("squared error", x, found.error.astype(np.float64), *look, "o"),
            Curve("variance over draws", x, found.variance.astype(np.float64), GREY, "dash"),
        ),
        x_decimals=0,
    )  # fmt: skip
    return [
        CreditView("cosine", "Cosine over training",
                   "At first nothing is remembered, and every learner is right; it shows once memory forms.",
                   plot=cosine),
        CreditView("variance", "Error and variance over training",
                   "Error without variance is bias: what the learner cuts off. The rest is noise.",
                   plot=variance),
    ]  # fmt: skip
