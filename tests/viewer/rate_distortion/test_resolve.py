"""The codecs view's scene: what is shown of made-up facts."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from engine.codecs.facts import CODEC_FACTS
from engine.metrics.bjontegaard import bd_rate
from engine.rates.curves import PublishedCurve, RateCurve
from engine.rates.survey import SurveyTask
from engine.types import Picture
from tests.support.rate_facts import CURVES, EQUAL, PHOTO, POINTS, facts, opened, point, run, sent
from tests.support.viewer_engine import Token, scene_of
from viewer.core.memo import Memo
from viewer.core.table_text import table_text
from viewer.model.facts.facts import JobState
from viewer.model.facts.rate_distortion import (
    CurveFacts,
    EqualFacts,
    Mean,
    PartBegun,
    PartFailed,
    PartMade,
    PartRefined,
    RatesBegun,
    RatesFacts,
    RatesFailed,
    RatesMeasured,
    Recognised,
    Refined,
)
from viewer.model.session.rate_distortion import Metric, Part, RatesSource
from viewer.model.session.state import Stream
from viewer.rate_distortion.delta_worker import deltas
from viewer.rate_distortion.resolve.deltas import percent, points_of
from viewer.rate_distortion.resolve.lines import is_kodak, lines_of
from viewer.rate_distortion.resolve.scene import rates_job

# ---- what jobs say -----------------------------------------------------------------------------------------


def test_facts_grow_with_the_news() -> None:
    known = CurveFacts()
    for news in (
        Recognised("n", {"webp": POINTS["webp"]}),
        RatesBegun(SurveyTask("jpeg", 10), 0.25),
        RatesMeasured(point("jpeg", 10, 0.4, 28)),
        RatesMeasured(point("jpeg", 10, 0.4, 28, 29)),
        RatesFailed("e2e", "no model"),
        RatesFailed("goog", "no weights", unrefined=True),
    ):
        known = known.heard(news)
    assert known.points["jpeg"][10].refined is not None
    assert set(known.points["webp"]) == {5, 20}
    assert (known.failures, known.unrefined) == ({"e2e": "no model"}, {"goog": "no weights"})
    assert (known.task, known.part, known.name) == (SurveyTask("jpeg", 10), 0.25, "n")
    for facts_ in (known, EqualFacts()):
        with pytest.raises(TypeError):
            facts_.heard("gossip")


def test_what_is_missing_at_equal_rate_comes_in_order() -> None:
    wanted = (Part("e2e", True), Part("webp"), Part("jpeg"), Part("goog", True))
    known = EqualFacts(0.5, sent={"jpeg": sent("jpeg", 0.5, 30)})
    assert known.missing(wanted) == (Part("e2e"), Part("webp"), Part("goog"), Part("e2e", True),
                                     Part("goog", True))  # fmt: skip
    known = known.heard(PartFailed(Part("e2e"), "no model"))
    known = known.heard(PartMade(Part("goog"), sent("goog", 0.4, 25)))
    assert known.missing(wanted) == (Part("webp"), Part("goog", True))
    known = known.heard(PartRefined(Part("goog"), Refined("sweep-e2e", run().refinement.steps[2])))
    known = known.heard(PartBegun(Part("webp"), 1, 4))
    assert known.missing(wanted) == (Part("webp"),)
    assert replace(known, part=0.375).progress(Part("webp")) == pytest.approx(0.5)
    assert known.progress(Part("goog")) is None


# ---- curves ------------------------------------------------------------------------------------------------


def test_a_pair_of_lines_for_each_codec() -> None:
    plot = scene_of(opened(), facts()).rates.plot  # type: ignore[union-attr]
    lines = {curve.key: curve for curve in plot.curves if curve.key}
    assert set(lines) == {"jpeg/standard", "jpeg/sweep", "webp/standard"}
    jpeg, refined = lines["jpeg/standard"], lines["jpeg/sweep"]
    assert (jpeg.style, refined.style) == ("solid", "dash")
    assert (jpeg.colour, jpeg.symbol) == (refined.colour, refined.symbol)
    assert jpeg.x.tolist() == [0.4, 1.0]
    assert refined.y.tolist() == [29.0, 33.5]
    assert lines["webp/standard"].x.tolist() == [0.3, 0.6]
    assert jpeg.labels == ("q10", "q30")
    assert plot.marker == pytest.approx(0.5, abs=0.01)
    assert len({curve.symbol for curve in lines.values()}) == 2


def test_clicks_find_what_their_points_are() -> None:
    shown = scene_of(opened(), facts()).rates
    assert shown is not None
    for curve in shown.plot.curves:
        if curve.key:
            targets = shown.targets[curve.key]
            assert [target.rate for target in targets] == curve.x.tolist()
    assert shown.targets["webp/standard"][1].quality == 20
    assert shown.targets["webp/standard"][1].words == "WebP q20"


def test_the_other_metric_needs_nothing_new() -> None:
    plot = scene_of(opened(metric=Metric.MS_SSIM), facts()).rates.plot  # type: ignore[union-attr]
    assert "MS-SSIM" in plot.title
    jpeg = next(curve for curve in plot.curves if curve.key == "jpeg/standard")
    assert jpeg.y.tolist() == [0.95, 0.95]


def test_switched_off_codecs_are_gone_but_known() -> None:
    hidden = scene_of(opened(hidden=frozenset({"webp"})), facts()).rates
    assert hidden is not None
    assert all(not curve.key.startswith("webp") for curve in hidden.plot.curves)
    chips = {chip.codec: chip for chip in hidden.chips}
    assert set(chips) == set(CODEC_FACTS)
    assert (chips["webp"].on, chips["jpeg"].on, chips["webp"].refined, chips["goog"].refined) == (
        False, True, False, True,
    )  # fmt: skip


def test_an_exact_copy_has_no_place_on_the_plot() -> None:
    exact = CurveFacts("n", {"webp": {94: replace(point("webp", 94, 3.0, math.inf))}})
    curve = next(c for c in scene_of(opened(), facts(exact)).rates.plot.curves if c.key)  # type: ignore[union-attr]
    assert np.isnan(curve.y[0])


def test_failures_are_told_once_in_a_line() -> None:
    failed = replace(
        CURVES, failures={"e2e": "E2E: its model e2e.json is nowhere"}, unrefined={"jpeg": "broken"}
    )
    shown = scene_of(opened(), facts(failed)).rates
    assert shown is not None
    assert "Left out: E2E: its model e2e.json is nowhere" in shown.note
    assert "Not refined: JPEG, broken" in shown.note
    chip = next(chip for chip in shown.chips if chip.codec == "e2e")
    assert chip.failed
    assert "e2e.json" in chip.tip


def kodak(width: int = 768, height: int = 512, name: str = "kodim07.png") -> Picture:
    return Picture(name, np.zeros((height, width, 3), np.uint8))


@pytest.mark.parametrize(
    ("shown", "yes"),
    [
        (kodak(), True),
        (kodak(512, 768, "KODIM19.webp"), True),
        (kodak(name="kodim25.png"), False),
        (kodak(name="mykodim07.png"), False),
        (kodak(700, 512), False),
        (PHOTO, False),
    ],
)
def test_kodak_pictures_are_told_by_name_and_size(shown: Picture, yes: bool) -> None:
    assert is_kodak(opened(shown=shown)) is yes


PUBLISHED = PublishedCurve("JPEG", (0.2, 0.5), (25.0, 29.0), "CompressAI jpeg.json", (0.8, 0.9))


def test_published_curves_stand_behind_kodaks_alone() -> None:
    mean = Mean((), (PUBLISHED,))
    known = facts(run=None)
    known = replace(known, rates=replace(known.rates, mean=mean))
    shown = scene_of(opened(shown=kodak()), known).rates
    assert shown is not None
    first = shown.plot.curves[0]
    assert (first.faint, first.key, first.name) == (True, "", "JPEG, published (Kodak mean)")
    assert "CompressAI" in first.labels[0]
    assert "not measured here: CompressAI's published Kodak means" in shown.note
    similar = scene_of(opened(shown=kodak(), metric=Metric.MS_SSIM), known).rates.plot.curves[0]  # type: ignore[union-attr]
    assert "RGB" in similar.name
    assert similar.y.tolist() == [0.8, 0.9]
    for state in (opened(), opened(shown=kodak(), published=False)):
        assert not any(curve.faint for curve in scene_of(state, known).rates.plot.curves)  # type: ignore[union-attr]


def test_means_over_kodak_are_labelled_and_need_no_picture() -> None:
    curves = (
        RateCurve("jpeg", "", "", (0.25, 0.5), (28.0, 31.0), (0.9, 0.95), 24),
        RateCurve("jpeg", "raster", "both", (0.25, 0.5), (28.2, 31.2), (0.9, 0.95), 24),
        RateCurve("jpeg", "sweep", "both", (0.25, 0.5), (28.9, 31.9), (0.91, 0.96), 24),
    )
    known = facts(run=None)
    known = replace(known, rates=replace(known.rates, mean=Mean(curves)))
    shown = scene_of(opened(shown=None, source=RatesSource.KODAK), known).rates
    assert shown is not None
    assert [curve.key for curve in shown.plot.curves] == ["jpeg/standard", "jpeg/sweep"]
    assert "Kodak mean" in shown.plot.title
    assert "24 pictures" in shown.note
    assert shown.targets["jpeg/sweep"][0].quality is None
    assert all(row.values[6] == "Kodak mean" for row in shown.table.rows)


def test_what_is_missing_is_said_kindly() -> None:
    none = replace(facts(CurveFacts(), run=None), rates=RatesFacts(mean=Mean(note="no means here")))
    received = replace(opened(), picture=None, stream=Stream("a.jpg", b"", 8, 8))
    notes = [
        scene_of(opened(source=RatesSource.KODAK), none).rates.plot.note,  # type: ignore[union-attr]
        scene_of(received, none).rates.plot.note,  # type: ignore[union-attr]
        scene_of(opened(shown=None), none).rates.plot.note,  # type: ignore[union-attr]
    ]
    assert notes[0] == "no means here"
    assert "no original" in notes[1]
    assert notes[2] == "Open a picture to begin"


def test_figures_at_the_current_rate() -> None:
    rows = {row.label: row.value for row in scene_of(opened(), facts()).summary}
    assert rows["JPEG"] == "28.83 dB → 29.75 dB"
    assert rows["WebP"] == "31.33 dB"
    assert rows["RGB PSNR at"] == "0.500 bpp"


def test_what_the_decoders_gain_is_a_plot() -> None:
    gain = next(plot for plot in scene_of(opened(), facts()).plots if plot.key == "rates gain")
    (curve,) = gain.curves
    assert curve.y.tolist() == [1.0, 0.5]


def test_the_points_as_csv() -> None:
    shown = scene_of(opened(), facts()).rates
    assert shown is not None
    lines = table_text(shown.table).splitlines()
    assert (
        lines[0]
        == "codec,decoder,quality,bits_per_pixel,psnr_rgb_db,ms_ssim,figures,bd_rate_percent,bd_psnr_db"
    )
    assert lines[1] == "JPEG,standard,10,0.4,28,0.95,photo.png,,"
    assert len(lines) == 1 + 6


def test_the_status_bar_tells_what_is_under_way() -> None:
    known = RatesFacts(replace(CURVES, task=SurveyTask("goog", 3), part=0.5))
    assert rates_job(known, surveying=True, equalling=False) == JobState(
        "Measuring GOOG-small 3 iterations", 0.5
    )
    refining = RatesFacts(replace(CURVES, task=SurveyTask("jpeg", 10, True)))
    assert rates_job(refining, surveying=True, equalling=False).text == "Refining JPEG q10"
    busy = RatesFacts(equal=replace(EQUAL, begun=PartBegun(Part("avif"), 2, 5), part=0.4))
    assert rates_job(busy, surveying=False, equalling=True) == JobState("Encoding AVIF, 3 of 5", 0.4)
    assert rates_job(known, surveying=False, equalling=False) == JobState()


def test_deltas_are_against_the_chosen_curve_and_never_of_others() -> None:
    state = opened(anchor="webp/standard")
    known = facts()
    lines = lines_of(state, known, Memo())
    (found,) = deltas(lines, "webp/standard")(Token())  # type: ignore[arg-type]
    jpeg = next(line for line in lines if line.key == "jpeg/standard")
    webp = next(line for line in lines if line.key == "webp/standard")
    rate = bd_rate(points_of(webp), points_of(jpeg))
    assert rate is not None
    assert found.found["jpeg/standard"][0] == pytest.approx(100 * rate)
    shown = scene_of(state, replace(known, deltas=found)).rates
    assert shown is not None
    assert shown.anchor == "webp/standard"
    assert f"against WebP (rough: fewer than 4 points): JPEG {percent(100 * rate)}" in shown.note
    other = scene_of(opened(anchor="jpeg/standard"), replace(known, deltas=found)).rates
    assert other is not None
    assert "BD-rate" not in other.note
