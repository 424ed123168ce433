"""The figure of what the DCT assumes of the open picture, and of what is measured. No Qt, pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.analysis.ar1_model import ModelLimits, model_limits
from engine.types import PATCH, Pixels, frozen
from viewer.core import words
from viewer.model.facts.lessons import LessonFacts
from viewer.model.scene.lessons import BasisScene, ChoiceScene, FigureScene, FiguresScene, Part, SliderScene
from viewer.model.scene.palette import GREEN, GREY, NONCAUSAL, PURPLE, SKY, VERMILION
from viewer.model.scene.plots import Curve, InspectorRow, PlotScene
from viewer.model.session.lessons import LIMITS
from viewer.model.session.state import Session

if TYPE_CHECKING:
    from engine.analysis.coefficient_fits import CoefficientLaw, Fit
    from engine.analysis.dct_limits import DctLimits

_LAWS = {
    "Gaussian": (NONCAUSAL, "dash"),
    "Laplacian": (GREEN, "solid"),
    "generalised Gaussian": (PURPLE, "dot"),
}

_RECEIVED = "A received file has no original: this is measured on its standard decode, which was quantised"


def limits_figure(session: Session, known: LessonFacts, pixels: Pixels) -> FigureScene:
    """Correlation, bases, coding gains, and the law of one coefficient."""
    if known.source is not pixels or known.limits is None:
        failed = known.limits_note if known.source is pixels else ""
        return FigureScene(LIMITS, f"Can't be measured: {failed}" if failed else "Measuring the picture …")
    found, chosen = known.limits.limits, session.lessons.coefficient
    law = known.limits.laws.get(chosen)
    model = _model(found, session.lessons.rho)
    names = (f"KLT of AR(1), ρ = {model.rho:.3f}", "DCT-II")
    colours = (VERMILION, SKY)
    parts: list[Part] = [
        _correlation_table(found),
        _correlation_plot(found),
        _rho_slider(found, session.lessons.rho),
        BasisScene("Basis functions of 8 samples", model.klt.basis, model.dct.basis, names, colours),
        _model_table(model),
        _gain_table(found),
        ChoiceScene(_shades(found), chosen, "Choose a coefficient: brighter ones vary more in this picture"),
        _law_plot(law, chosen),
    ]
    if law is not None:
        parts.append(_law_table(law))
    return FigureScene(LIMITS, _RECEIVED if session.stream is not None else "", parts=tuple(parts))


def _model(found: DctLimits, hundredths: int | None) -> ModelLimits:
    """AR(1) along rows with the picture's ρ, or with the one that is tried."""
    return found.across if hundredths is None else model_limits(hundredths / 100)


def _rho_slider(found: DctLimits, hundredths: int | None) -> SliderScene:
    value = round(100 * found.across.rho) if hundredths is None else hundredths
    tip = "Try another correlation in the model: the further from 1, the less is the DCT its KLT"
    return SliderScene("rho", "Model's ρ", 0, 99, min(99, max(0, value)), tip, decimals=2)


def _model_table(model: ModelLimits) -> FiguresScene:
    """What the model promises for 8 samples in a row."""
    likeness = float(np.abs(np.einsum("ki,ki->k", model.klt.basis, model.dct.basis)).min())
    return FiguresScene(
        "model",
        f"AR(1) model with ρ = {model.rho:.3f}, 8 samples in a row",
        (
            InspectorRow("Coding gain of its KLT", f"{words.decimal(model.klt.gain_db, 3)} dB"),
            InspectorRow("Coding gain of the DCT", f"{words.decimal(model.dct.gain_db, 3)} dB"),
            InspectorRow("Least alike pair of functions, product", f"{likeness:.4f}"),
        ),
    )


def _correlation_table(found: DctLimits) -> FiguresScene:
    known = found.correlation
    return FiguresScene(
        "correlation",
        "Correlation of neighbouring luma samples",
        (
            InspectorRow("ρ along rows", f"{known.horizontal:.4f}"),
            InspectorRow("ρ along columns", f"{known.vertical:.4f}"),
            InspectorRow("8×8 blocks measured", words.count(found.measured.blocks)),
        ),
    )


def _gain_table(found: DctLimits) -> FiguresScene:
    own = found.measured
    loss = words.gain(own.dct.gain_db - own.klt.gain_db)
    return FiguresScene(
        "gains",
        "Coding gain of 8×8 transforms, with the measured ρ",
        (
            InspectorRow("AR(1) model: DCT", words.db(found.model_dct_db)),
            InspectorRow("AR(1) model: its KLT", words.db(found.model_klt_db)),
            InspectorRow("This picture: DCT", words.db(own.dct.gain_db)),
            InspectorRow("This picture: KLT of AR(1)", words.db(own.model_klt.gain_db)),
            InspectorRow("This picture: its own KLT", words.db(own.klt.gain_db)),
            InspectorRow("DCT against the picture's own KLT", loss),
            InspectorRow("Correlation that the DCT removes", f"{100 * own.dct.decorrelation:.1f} %"),
        ),
    )


def _law_table(law: CoefficientLaw) -> FiguresScene:
    title = f"Laws fitted to coefficient ({law.v}, {law.u}), {words.count(law.samples)} blocks"
    if not law.fits:
        return FiguresScene("laws", title, (InspectorRow("All samples are equal", "nothing to fit"),))
    rows = [InspectorRow(_law_name(fit), _law_words(fit), _LAWS[fit.name][0]) for fit in law.fits]
    if law.best is not None:
        rows.append(InspectorRow("Gaussian or Laplacian?", f"{law.best.name} fits better"))
    return FiguresScene("laws", title, tuple(rows))


def _law_name(fit: Fit) -> str:
    return f"Generalised, β = {fit.shape:.2f}" if fit.name not in ("Gaussian", "Laplacian") else fit.name


def _law_words(fit: Fit) -> str:
    return f"{words.decimal(fit.log_likelihood, 3)} nat per block, KS {fit.ks:.3f}"


def _correlation_plot(found: DctLimits) -> PlotScene:
    known = found.correlation
    lags = _array(np.arange(PATCH, dtype=np.float64))
    return PlotScene(
        "lesson correlation", "Correlation over distance", "distance (samples)", "correlation",
        (
            Curve("rows", lags, known.along_rows, SKY, "points", "o"),
            Curve("columns", lags, known.along_columns, NONCAUSAL, "points", "s"),
            Curve("AR(1), rows", lags, _array(found.across.rho**lags), SKY),
            Curve("AR(1), columns", lags, _array(found.down.rho**lags), NONCAUSAL, "dash"),
        ),
        x_decimals=0, y_decimals=3,
    )  # fmt: skip


def _law_plot(law: CoefficientLaw | None, chosen: tuple[int, int]) -> PlotScene:
    title = f"Coefficient ({chosen[0]}, {chosen[1]})"
    labels = "coefficient (levels)", "share of blocks (per level)"
    if law is None:
        return PlotScene("lesson law", title, *labels, (), note="Being measured …", x_decimals=1)
    middles = _array((law.edges[:-1] + law.edges[1:]) / 2)
    fine = _array(np.linspace(law.edges[0], law.edges[-1], 241))
    top = float(law.density.max())
    curves = [Curve("measured", middles, law.density, GREY, "points", "o", size=2.5)]
    for fit in law.fits:
        colour, style = _LAWS[fit.name]
        # A pole at the centre says nothing about the fit, and would press all else to the floor.
        curves.append(
            Curve(_short(fit.name), fine, _array(np.minimum(fit.density(fine), 1.5 * top)), colour, style)
        )
    return PlotScene("lesson law", title, *labels, tuple(curves), x_decimals=1, y_decimals=4)


def _short(name: str) -> str:
    return "generalised" if name not in ("Gaussian", "Laplacian") else name


def _shades(found: DctLimits) -> NDArray[np.float64]:
    """Standard deviations of the picture's coefficients on a logarithmic scale, the largest as 1."""
    deviation = np.sqrt(np.maximum(found.measured.dct.variances, 1e-6)).reshape(PATCH, PATCH)
    logs = np.log(deviation)
    low, high = float(logs.min()), float(logs.max())
    return _array((logs - low) / (high - low) if high > low else np.zeros_like(logs))


def _array(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return frozen(np.asarray(values, np.float64))
