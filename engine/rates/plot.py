"""Rate–distortion curves as a picture: PNG, or SVG that a paper can use.

One colour a codec, the window's (Okabe & Ito's eight, told apart by colour-blind people). The standard
decode is a thin line with hollow points, a refined one a thick line with full points in the same colour.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.metrics.as_text import number
from engine.plotting.axes import Axes, Looks, spanned
from engine.plotting.canvas import Canvas, PixelCanvas, SvgCanvas
from engine.rates.curves import Delta, PublishedCurve, RateCurve
from engine.registry import CODECS

CODEC_LOOKS = {
    "jpeg": ("#D55E00", ()),
    "jpeg2000": ("#CC79A7", (7.0, 3.0)),
    "jpeg2000-nomct": ("#8C4A70", (2.0, 2.5)),
    "webp": ("#B7A300", (7.0, 3.0)),
    "avif": ("#8A939E", (7.0, 3.0)),
    "goog": ("#E69F00", (2.0, 2.5)),
    "e2e": ("#0072B2", (2.0, 2.5)),
}
"""Colour and dashes by codec; colours and styles as in the window (a test holds them together)."""
_OTHER = ("#56B4E9", ())
_PAPER, _INK, _MUTED, _GRID, _PUBLISHED, _FAINT = (
    "#ffffff", "#1b1e24", "#5c6570", "#e3e6ea", "#b4bac2", "#8a939e",
)  # fmt: skip
_LOOKS = Looks(_GRID, _MUTED, _MUTED, _INK)

WIDTH, HEIGHT = 960.0, 600.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 72.0, 310.0, 56.0, 56.0
_MARGIN = 0.04
_LABEL_WIDTH, _LABEL_HEIGHT = 5.0, 11.0
"""Of names along published curves: a character, and a line."""


def draw_svg(
    curves: Sequence[RateCurve], deltas: Sequence[Delta], title: str, published: Sequence[PublishedCurve]
) -> bytes:
    """An SVG file of the curves. Raises ValueError when there are none."""
    canvas = SvgCanvas(WIDTH, HEIGHT, _PAPER, title)
    _draw(canvas, curves, deltas, title, published)
    return canvas.file()


def draw_png(
    curves: Sequence[RateCurve], deltas: Sequence[Delta], title: str, published: Sequence[PublishedCurve]
) -> bytes:
    """A PNG file of the curves, two pixels a unit. Raises ValueError when there are none."""
    canvas = PixelCanvas(WIDTH, HEIGHT, _PAPER)
    _draw(canvas, curves, deltas, title, published)
    return canvas.file()


def _axes_of(curves: Sequence[RateCurve]) -> Axes:
    """Every curve, from a rate of 0. Raises ValueError when there are none."""
    rates = [rate for curve in curves for rate in curve.bits_per_pixel]
    decibels = [db for curve in curves for db in curve.psnr_rgb_db]
    if not rates:
        raise ValueError("there are no curves to draw")
    box = (_LEFT, _TOP, WIDTH - _RIGHT, HEIGHT - _BOTTOM)
    return Axes((0.0, max(rates) * (1 + _MARGIN)), spanned(min(decibels), max(decibels), _MARGIN), box)


def _draw(
    canvas: Canvas,
    curves: Sequence[RateCurve],
    deltas: Sequence[Delta],
    title: str,
    published: Sequence[PublishedCurve],
) -> None:
    axes = _axes_of(curves)
    canvas.text((_LEFT, 28), title, 16, _INK)
    axes.draw(canvas, _LOOKS, "bits per pixel", "PSNR of RGB, dB")
    _draw_published(canvas, axes, published)
    for curve in curves:
        _draw_curve(
            canvas, [axes.place(*p) for p in zip(curve.bits_per_pixel, curve.psnr_rgb_db, strict=True)], curve
        )
    _draw_legend(canvas, curves, deltas, published)


def _draw_published(canvas: Canvas, axes: Axes, published: Sequence[PublishedCurve]) -> None:
    """Thin grey lines, named at their upper ends; names that would cover others are left out."""
    ends: list[tuple[float, float, str]] = []
    for known in published:
        points = zip(known.bits_per_pixel, known.psnr_rgb_db, strict=True)
        shown = [axes.place(*point) for point in points if axes.inside(*point)]
        if len(shown) > 1:
            canvas.line(shown, _PUBLISHED, 1)
            ends.append((*shown[-1], known.codec))
    named: list[tuple[float, float, str]] = []
    for x, y, name in sorted(ends):
        wide = _LABEL_WIDTH * len(name)
        if all(
            abs(y - other_y) >= _LABEL_HEIGHT or x >= other_x + _LABEL_WIDTH * len(other)
            for other_x, other_y, other in named
        ):
            named.append((x, y, name))
            canvas.text((min(x + 3, WIDTH - _RIGHT - wide), y - 6), name, 9, _FAINT)


def _draw_curve(canvas: Canvas, places: Sequence[tuple[float, float]], curve: RateCurve) -> None:
    colour, dash = CODEC_LOOKS.get(curve.codec, _OTHER)
    refined = bool(curve.decoder)
    if len(places) > 1:
        canvas.line(places, colour, 2.5 if refined else 1.5, () if refined else dash)
    for place in places:
        canvas.disc(place, 3.5 if refined else 3, colour if refined else _PAPER, colour, 1.5)


def _draw_legend(
    canvas: Canvas, curves: Sequence[RateCurve], deltas: Sequence[Delta], published: Sequence[PublishedCurve]
) -> None:
    x, y = WIDTH - _RIGHT + 28, _TOP + 8
    saved = {(delta.codec, delta.decoder, delta.context): delta.bd_rate_percent for delta in deltas}
    for curve in curves:
        _draw_curve(canvas, [(x, y), (x + 30, y)], curve)
        canvas.text((x + 42, y), legend_name(curve, curves), 12, _INK)
        percent = saved.get((curve.codec, curve.decoder, curve.context))
        if percent is not None:
            canvas.text((WIDTH - 16, y), f"{number(percent, 1, signed=True)} %", 12, _MUTED, "end")
        y += 22
    if deltas:
        anchor = CODECS.get(deltas[0].anchor).title
        canvas.text((x, y + 4), f"%: BD-rate against {anchor}", 11, _MUTED)
        y += 22
    if published:
        canvas.line([(x, y + 4), (x + 30, y + 4)], _PUBLISHED, 1)
        canvas.text((x + 42, y + 4), "published, means over all of Kodak", 11, _MUTED)


def legend_name(curve: RateCurve, curves: Sequence[RateCurve]) -> str:
    """What tells a curve from the others: codec, decoder, and the context where it is needed."""
    title = CODECS.get(curve.codec).title.replace("no colour transform", "no transform")
    if not curve.decoder:
        return title
    same = [other for other in curves if (other.codec, other.decoder) == (curve.codec, curve.decoder)]
    return f"{title}, {curve.decoder}" + (f", {curve.context}" if len(same) > 1 else "")
