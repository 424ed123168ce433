"""What plots and the inspector are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Curve:
    """One line or point set of a plot. colour: "#rrggbb". style: solid, dash, dot or points.

    size: half a symbol's width, pixels. key: names the curve to whoever hears of clicks. labels: what the
    read-out adds about each point. faint: a thin line behind the others, read out where none of them is near.
    listed: it stands in the legend. banded: the room between it and the next curve is filled. live: points
    that move with the marker, painted over the drawn curves.
    """

    name: str
    x: NDArray[Any]
    y: NDArray[Any]
    colour: str
    style: str = "solid"
    symbol: str = ""
    size: float = 4.0
    key: str = ""
    labels: tuple[str, ...] = ()
    faint: bool = False
    listed: bool = True
    banded: bool = False
    live: bool = False


@dataclass(frozen=True)
class PlotScene:
    """Equal to another of the same curves, so that a plot draws nothing where nothing is new.

    marker: x of the vertical line that shows where the scrubber stands. note: shown when empty.

    clickable: clicking at x means something (choose that step, that patch, that quality). x_span: what the
    x axis shows, None for all data. legend: whether the curves are named beside the title. x_names: values of
    x that have names: how the axis writes them, and how the read-out does.
    """

    key: str
    title: str
    x_label: str
    y_label: str
    curves: tuple[Curve, ...]
    marker: float | None = None
    note: str = ""
    x_decimals: int = 2
    y_decimals: int = 2
    x_span: tuple[float, float] | None = None
    legend: bool = True
    x_names: tuple[tuple[float, str, str], ...] = ()


@dataclass(frozen=True)
class InspectorRow:
    """A label and a value of the patch inspector; `role` colours it ("", "causal", "non-causal", or a
    colour)."""

    label: str
    value: str
    role: str = ""
