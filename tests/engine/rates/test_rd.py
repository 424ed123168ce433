"""Curves, Bjøntegaard's deltas held against curves whose deltas are known, plots as PNG and SVG."""

from __future__ import annotations

import dataclasses
import io
import math
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from PIL import Image

from engine.evaluation.rows import Row
from engine.metrics.bjontegaard import bd_psnr_db, bd_rate
from engine.plotting.canvas import PixelCanvas, SvgCanvas
from engine.plotting.ticks import ticks
from engine.rates.curves import RateCurve, curves_of, deltas_of, points_of, published_curves
from engine.rates.plot import CODEC_LOOKS, draw_png, draw_svg, legend_name
from engine.registry import CODECS
from viewer.model.scene.palette import codec_colour, codec_style

ANCHOR = [(0.1, 25.0), (0.25, 28.0), (0.5, 31.0), (1.0, 34.5), (2.0, 38.0)]


def row(
    image: str, codec: str, quality: int, rate: float, db: float, decoder: str = "", step: int = 0
) -> Row:
    scores = (db, db + 1, 0.9, 0.95)
    context = "both" if decoder else ""
    return Row(image, codec, quality, 800, rate, 50, 40, decoder, "BPTT", context, step, *scores, 0.1)


def test_a_curve_against_itself() -> None:
    assert bd_psnr_db(ANCHOR, ANCHOR) == 0
    assert bd_rate(ANCHOR, ANCHOR) == 0


def test_the_same_pictures_for_four_fifths_of_the_bits() -> None:
    test = [(0.8 * rate, db) for rate, db in ANCHOR]
    assert bd_rate(ANCHOR, test) == pytest.approx(-0.2)
    assert bd_rate(test, ANCHOR) == pytest.approx(0.25)


def test_a_decibel_more_for_the_same_bits() -> None:
    test = [(rate, db + 1) for rate, db in reversed(ANCHOR)]
    assert bd_psnr_db(ANCHOR, test) == pytest.approx(1.0)


def test_straight_lines_of_other_points_and_reach() -> None:
    """Both rise by 10 dB a decade, one 2 dB above: 2 dB, or 10^-0.2 of the rate, wherever they overlap."""
    anchor = [(10.0**x, 30 + 10 * x) for x in (-1, -0.5, 0, 0.5)]
    test = [(10.0**x, 32 + 10 * x) for x in (-0.7, -0.6, 0.1, 1.0)]
    assert bd_psnr_db(anchor, test) == pytest.approx(2.0)
    assert bd_rate(anchor, test) == pytest.approx(10**-0.2 - 1)


def test_the_mean_is_taken_over_what_both_cover() -> None:
    """A gain that grows by 2 dB a decade from 0 at 0.1 bpp: over 0.1 to 1 bpp 1 dB, were the rest 2 or 0."""
    anchor = [(10.0**x, 30 + 10 * x) for x in (-1, -0.5, 0)]
    test = [(10.0**x, 30 + 10 * x + 2 * (x + 1)) for x in (-3, -1, 0, 1)]
    assert bd_psnr_db(anchor, test) == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize(
    "test",
    [[], [(0.5, 30.0)], [(3.0, 50.0), (4.0, 60.0)], [(0.5, 30.0), (0.5, 30.0)]],
)
def test_curves_that_cannot_be_compared(test: list[tuple[float, float]]) -> None:
    assert bd_psnr_db(ANCHOR, test) is None
    assert bd_rate(ANCHOR, test) is None


def test_a_curve_that_falls_has_no_rate_at_equal_quality() -> None:
    falling = [(0.1, 30.0), (0.5, 28.0), (1.0, 33.0)]
    assert bd_rate(ANCHOR, falling) is None
    assert bd_psnr_db(ANCHOR, falling) is not None


def test_curves_are_means_over_the_pictures_of_every_point() -> None:
    rows = [
        row("a", "jpeg", 10, 0.2, 26.0), row("a", "jpeg", 30, 0.6, 30.0),
        row("b", "jpeg", 10, 0.4, 28.0), row("b", "jpeg", 30, 0.8, 34.0),
        row("c", "jpeg", 10, 9.0, 99.0),  # the run was stopped
        row("a", "webp", 30, 0.3, 30.0), row("b", "webp", 30, 0.5, 33.0),
    ]  # fmt: skip
    jpeg, webp = curves_of(rows)
    assert (jpeg.codec, jpeg.decoder, jpeg.pictures) == ("jpeg", "", 2)
    assert jpeg.bits_per_pixel == pytest.approx((0.3, 0.7))
    assert jpeg.psnr_rgb_db == pytest.approx((27.0, 32.0))
    assert jpeg.ms_ssim == pytest.approx((0.95, 0.95))
    assert (webp.codec, webp.psnr_rgb_db) == ("webp", (31.5,))
    assert len(points_of([jpeg, webp])) == 3


def test_refined_curves_are_those_of_the_last_step() -> None:
    rows = [
        row(image, "jpeg", quality, quality / 50, 25 + quality / 5 + gain, "sweep", step)
        for image in "ab"
        for quality in (10, 20, 40, 80)
        for step, gain in enumerate((0.0, 1.5, 1.0))
    ]
    standard, refined = curves_of(rows)
    assert (refined.decoder, refined.context) == ("sweep", "both")
    assert np.subtract(refined.psnr_rgb_db, standard.psnr_rgb_db) == pytest.approx(1.0)
    (delta,) = deltas_of([standard, refined])
    assert delta.bd_psnr_db == pytest.approx(1.0)
    assert delta.bd_rate_percent is not None
    assert delta.bd_rate_percent < 0
    assert (delta.decoder, delta.anchor, delta.points) == ("sweep", "jpeg", 4)
    assert deltas_of([refined]) == []


def test_exact_copies_and_missing_scores() -> None:
    assert curves_of([row("a", "jpeg", 100, 3.0, math.inf)]) == []
    small = [dataclasses.replace(row("a", "jpeg", 10, 0.2, 26.0), ms_ssim=None)]
    assert curves_of(small)[0].ms_ssim == (None,)
    with pytest.raises(ValueError, match="scored"):
        curves_of([dataclasses.replace(small[0], psnr_rgb_db=None)])
    with pytest.raises(ValueError, match="operating point"):
        curves_of([dataclasses.replace(small[0], quality=None)])


def test_targets_tell_points_apart() -> None:
    rows = [
        dataclasses.replace(row("a", "jpeg2000", 1, rate, db), quality=None, target_bpp=rate)
        for rate, db in ((0.5, 30.0), (0.25, 27.0))
    ]
    assert curves_of(rows)[0].bits_per_pixel == (0.25, 0.5)


def test_published_curves_are_there_and_rise() -> None:
    curves = {curve.codec: curve for curve in published_curves()}
    assert {"JPEG", "JPEG 2000", "WebP", "bmshj2018-factorized"} <= set(curves)
    for curve in curves.values():
        assert "CompressAI" in curve.source
        assert (np.diff(curve.bits_per_pixel) > 0).all()
        assert (np.diff(curve.psnr_rgb_db) > 0).all()
    assert 27 < np.interp(0.25, curves["WebP"].bits_per_pixel, curves["WebP"].psnr_rgb_db) < 31


def test_ticks_are_round_and_between_the_ends() -> None:
    assert ticks(0, 1.0) == [(0.0, "0.0"), (0.2, "0.2"), (0.4, "0.4"), (pytest.approx(0.6), "0.6"),
                             (0.8, "0.8"), (1.0, "1.0")]  # fmt: skip
    for low, high in ((0, 0.013), (23.7, 41.2), (30.01, 30.4), (0, 250)):
        found = ticks(low, high)
        assert 3 <= len(found) <= 9
        assert all(low <= value <= high and float(text) == pytest.approx(value) for value, text in found)


def curve(codec: str, decoder: str = "", shift: float = 0.0, context: str = "") -> RateCurve:
    rates, decibels = zip(*ANCHOR, strict=True)
    return RateCurve(codec, decoder, context, rates, tuple(db + shift for db in decibels), (None,) * 5, 3)


def test_legends_name_the_context_where_it_matters() -> None:
    curves = [curve("jpeg"), curve("jpeg", "raster", context="none"), curve("jpeg", "raster", context="both")]
    assert [legend_name(c, curves) for c in curves] == ["JPEG", "JPEG, raster, none", "JPEG, raster, both"]
    assert legend_name(curves[1], curves[:2]) == "JPEG, raster"


def test_the_svg_holds_every_curve_in_its_place() -> None:
    curves = [curve("jpeg"), curve("webp", shift=2), curve("jpeg", "sweep", 1)]
    text = draw_svg(curves, deltas_of(curves), "Kodak <24> & more", published_curves()).decode()
    root = ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    assert root[0].text == "Kodak <24> & more"
    written = [item.text for item in root.iter(f"{space}text")]
    for expected in ("JPEG", "WebP", "JPEG, sweep", "bits per pixel", "PSNR of RGB, dB"):
        assert expected in written
    lines = [
        [tuple(map(float, point.split(","))) for point in str(item.get("points")).split()]
        for item in root.iter(f"{space}polyline")
        if item.get("stroke") == CODEC_LOOKS["webp"][0]
    ]
    (drawn,) = [line for line in lines if len(line) == 5]
    x, y = np.array(drawn).T
    assert np.ptp(np.diff(x) / np.diff([rate for rate, _ in ANCHOR])) < 0.1
    assert np.ptp(np.diff(y) / np.diff([db for _, db in ANCHOR])) < 0.1
    assert (np.diff(y) < 0).all()
    assert draw_svg(curves, [], "a", []) == draw_svg(curves, [], "a", [])


def test_the_png_shows_every_curve_in_its_colour() -> None:
    curves = [curve("jpeg"), curve("avif", shift=3), curve("jpeg2000", "sweep", 5)]
    with Image.open(io.BytesIO(draw_png(curves, deltas_of(curves), "Three", []))) as image:
        assert image.size == (1920, 1200)
        pixels = np.asarray(image.convert("RGB")).reshape(-1, 3)
    for codec in ("jpeg", "avif", "jpeg2000"):
        colour = [int(CODEC_LOOKS[codec][0][at : at + 2], 16) for at in (1, 3, 5)]
        assert (pixels == colour).all(-1).sum() > 300
    with pytest.raises(ValueError, match="no curves"):
        draw_png([], [], "none", [])


def test_dashes_leave_gaps_of_their_length_around_corners() -> None:
    canvas = PixelCanvas(60, 20, "#ffffff")
    canvas.line([(5, 5), (30, 5), (55, 5)], "#000000", 2, (10, 5))
    with Image.open(io.BytesIO(canvas.file())) as image:
        row_ = np.asarray(image.convert("L"))[10]
    dark = np.flatnonzero(np.diff((row_ < 128).astype(int))) + 1
    assert (dark / 2).tolist() == pytest.approx([5, 15, 20, 30, 35, 45, 50, 55], abs=1.1)


def test_text_runs_upwards_where_it_should() -> None:
    canvas = PixelCanvas(40, 80, "#ffffff")
    canvas.text((20, 40), "upright text", 10, "#000000", "middle", upright=True)
    with Image.open(io.BytesIO(canvas.file())) as image:
        ys, xs = np.nonzero(np.asarray(image.convert("L")) < 128)
    assert np.ptp(ys) > 3 * np.ptp(xs)
    assert ys.mean() == pytest.approx(80, abs=4)
    svg = SvgCanvas(40, 80, "#fff", "t")
    svg.text((20, 40), "a", 10, "#000", "end", upright=True)
    assert b'text-anchor="end"' in svg.file()
    assert b"rotate(-90 20.00 40.00)" in svg.file()


def test_looks_are_those_of_the_window() -> None:
    styles = {(): "solid", (7.0, 3.0): "dash", (2.0, 2.5): "dot"}
    for codec in CODECS:
        if codec != "jpeg2000-nomct":  # the window has no look of its own for the variant
            assert CODEC_LOOKS[codec] == (codec_colour(codec), CODEC_LOOKS[codec][1])
            assert styles[tuple(CODEC_LOOKS[codec][1])] == codec_style(codec)
