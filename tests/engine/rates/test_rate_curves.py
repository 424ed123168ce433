"""Curves of every codec: which point comes next, what is measured, what happens when a codec can't."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import pipeline
from engine.cli.bench_output import _write_table
from engine.codecs.learned import e2e
from engine.errors import UserError
from engine.metrics.fidelity import psnr_rgb_db
from engine.models.card import ModelCard, studies_folder
from engine.rates import curves as rd
from engine.rates import survey as rc
from engine.registry import CODECS
from engine.types import Context, EncodeOptions, Estimate, Pixels, Scores, frozen


def card(name: str = "sweep", codecs: tuple[str, ...] = ("jpeg",), study: str = "") -> ModelCard:
    return ModelCard(
        name, "sweep", name, "conv", "BPTT", 2, (Context.BOTH,), False, 10, {}, study=study, codecs=codecs
    )


class Brightener:
    """A decoder that lifts every sample by a level a step."""

    def __init__(self, its: ModelCard) -> None:
        self.card = its
        self.runs = 0

    def refine(self, coded, options, cancelled, progress) -> Iterator[Estimate]:  # type: ignore[no-untyped-def]
        self.runs += 1
        for index in range(1, options.steps + 1):
            lifted = np.clip(coded.standard.astype(int) + index, 0, 255).astype(np.uint8)
            yield Estimate(index, frozen(lifted), 0.0)


@pytest.fixture
def pixels() -> Pixels:
    rng = np.random.default_rng(4)
    y, x = np.mgrid[:48, :80]
    planes = np.stack([x * 3, y * 5, (x + y) * 2], -1) + rng.normal(0, 9, (48, 80, 3))
    return frozen(np.clip(planes, 0, 255).astype(np.uint8))


@pytest.fixture
def decoder(monkeypatch: pytest.MonkeyPatch) -> Brightener:
    made = Brightener(card())
    monkeypatch.setattr(pipeline, "load_decoder", lambda _: made)
    return made


def point(codec: str, quality: int, rate: float, refined: bool = False) -> rc.OperatingPoint:
    marks = Scores(30.0)
    return rc.OperatingPoint(codec, quality, rate, marks, marks if refined else None, "sweep" * refined)


def everything(aim: rc.Aim, scale: float = 1.0) -> list[tuple[rc.SurveyTask, float]]:
    """All tasks of a survey and the rates of their points, on a picture that takes `scale` times the bits."""
    known: dict[str, dict[int, rc.OperatingPoint]] = {}
    done = []
    while (task := rc.next_task(aim, known)) is not None:
        rate = scale * dict(rc.surveyed(task.codec))[task.quality]
        known.setdefault(task.codec, {})[task.quality] = point(task.codec, task.quality, rate, task.refine)
        done.append((task, rate))
    assert rc.progress_of(aim, known) == 1
    return done


# ---- the order ---------------------------------------------------------------------------------------------


def test_every_codec_is_surveyed_within_its_qualities() -> None:
    for name in CODECS:
        points = rc.surveyed(name)
        low, high = CODECS.get(name).qualities
        assert 8 <= len(points) <= 12
        qualities, rates = zip(*points, strict=True)
        assert list(qualities) == sorted(set(qualities))
        assert list(rates) == sorted(set(rates))
        assert low <= qualities[0]
        assert qualities[-1] <= high


@settings(deadline=None, max_examples=25)
@given(
    st.floats(0.05, 4),
    st.floats(0.3, 3),
    st.lists(st.sampled_from(list(rc.SURVEYED)), min_size=1, unique=True),
)
def test_each_point_comes_once_and_codecs_take_turns(rate: float, scale: float, codecs: list[str]) -> None:
    aim = rc.Aim(tuple(codecs), rate, {codec: card() for codec in codecs[::2]})
    tasks = [task for task, _ in everything(aim, scale)]
    assert len(set(tasks)) == len(tasks)
    assert len(tasks) == sum(len(rc.surveyed(c)) * (1 + (c in aim.decoders)) for c in codecs)
    assert {task.codec for task in tasks[: len(codecs)]} == set(codecs)
    for codec in aim.decoders:
        order = [task for task in tasks if task.codec == codec]
        for task in order:
            if task.refine:
                assert order.index(replace(task, refine=False)) < order.index(task)


def test_the_nearest_points_come_first() -> None:
    done = everything(rc.Aim(("jpeg", "webp"), 0.7), scale=0.5)
    rates = {codec: [rate for task, rate in done if task.codec == codec] for codec in ("jpeg", "webp")}
    for found in rates.values():
        away = [abs(np.log(rate / 0.7)) for rate in found]
        # One may be a guess, from then on the picture's own rates tell.
        assert away[1:] == sorted(away[1:])
        assert min(away) in away[:2]


def test_refined_points_come_among_the_plain_ones() -> None:
    tasks = [task for task, _ in everything(rc.Aim(("jpeg", "webp"), 0.5, {"jpeg": card()}))]
    first = next(at for at, task in enumerate(tasks) if task.refine)
    assert first <= 4
    assert tasks[first].quality == tasks[0].quality


def test_an_aim_that_moves_moves_the_order() -> None:
    known = {"jpeg": {24: point("jpeg", 24, 0.85)}}
    low, high = (rc.next_task(rc.Aim(("jpeg",), rate), known) for rate in (0.1, 4.0))
    assert low is not None
    assert high is not None
    assert (low.quality, high.quality) == (4, 90)


def test_the_flagship_that_was_trained_for_a_codec_is_chosen() -> None:
    cards = (card("a", ("jpeg",)), card("b", ("e2e", "goog"), "learners"), card("c", ("goog", "e2e")))
    best = [rc.best_card(cards, codec) for codec in ("jpeg", "e2e", "webp")]
    assert best == [cards[0], cards[2], None]


# ---- measuring ---------------------------------------------------------------------------------------------


def test_a_point_is_what_the_codec_makes(pixels: Pixels) -> None:
    ((found, payload),) = rc.measure("jpeg", 24, pixels, "4:2:0")
    coded = pipeline.encode("jpeg", pixels, EncodeOptions(quality=24))
    assert payload == coded.payload
    assert found.bits_per_pixel == coded.bits_per_pixel
    assert found.standard.psnr_rgb_db == psnr_rgb_db(pixels, coded.standard)
    assert found.refined is None


@pytest.mark.usefixtures("tiny_codecs")
def test_a_progressive_codec_is_encoded_once(pixels: Pixels) -> None:
    points = [found for found, _ in rc.measure("goog", 3, pixels, "4:4:4")]
    assert [found.quality for found in points] == list(range(1, 9))
    for found in points[::3]:
        coded = pipeline.encode("goog", pixels, EncodeOptions(quality=found.quality))
        assert found.bits_per_pixel == coded.bits_per_pixel
        assert found.standard.psnr_rgb_db == psnr_rgb_db(pixels, coded.standard)
    stopped = [found for found, _ in rc.measure("goog", 3, pixels, "4:4:4", lambda: True)]
    assert len(stopped) == 1


@pytest.mark.usefixtures("tiny_codecs")
def test_e2e_analyses_a_picture_once(pixels: Pixels, monkeypatch: pytest.MonkeyPatch) -> None:
    analysed: list[object] = []
    inner = e2e._analyse
    monkeypatch.setattr(
        e2e, "_analyse", lambda network, picture: analysed.append(picture) or inner(network, picture)
    )
    streams = [next(rc.measure("e2e", quality, pixels, "4:4:4"))[1] for quality in (6, 42)]
    assert len(analysed) == 1
    changing = np.array(pixels)
    assert pipeline.encode("e2e", changing, EncodeOptions(quality=6)).payload == streams[0]
    changing[:24] = 0
    assert pipeline.encode("e2e", changing, EncodeOptions(quality=6)).payload != streams[0]
    again = frozen(np.array(pixels))
    assert pipeline.encode("e2e", again, EncodeOptions(quality=42)).payload == streams[1]
    assert len(e2e._ANALYSED) == 1
    analysed.clear()
    del again
    assert not e2e._ANALYSED  # the latents go with their picture


def test_refining_sees_the_stream_alone(pixels: Pixels, decoder: Brightener) -> None:
    ((plain, payload),) = rc.measure("jpeg", 24, pixels, "4:2:0")
    after = rc.refine(plain, payload, pixels, decoder.card, "sweep")
    assert after is not None
    coded = pipeline.decode(payload, "x")
    lifted = np.clip(coded.standard.astype(int) + 2, 0, 255).astype(np.uint8)
    assert after.refined is not None
    assert after.refined.psnr_rgb_db == psnr_rgb_db(pixels, lifted)
    assert (after.decoder, after.standard) == ("sweep", plain.standard)
    assert rc.refine(plain, payload, pixels, decoder.card, "sweep", lambda: True) is None


# ---- the whole survey --------------------------------------------------------------------------------------


def run(
    aim: rc.Aim, pixels: Pixels, known: rc.Known | None = None, stop_after: int = 10**6
) -> tuple[list[rc.OperatingPoint], list[tuple[str, str]], list[rc.SurveyTask]]:
    points: list[rc.OperatingPoint] = []
    failures: list[tuple[str, str]] = []
    begun: list[rc.SurveyTask] = []
    shares: list[float] = []
    survey = rc.survey(
        lambda: aim,
        known or {},
        pixels,
        "4:2:0",
        lambda each: each.name,
        cancelled=lambda: len(points) >= stop_after,
        begins=lambda task, part: begun.append(task) or shares.append(part),  # type: ignore[func-returns-value]
        failed=lambda task, error: failures.append((task.codec, str(error))),
    )
    for found in survey:
        points.extend([found] if found is not None else [])
    assert shares == sorted(shares)
    return points, failures, begun


def test_a_survey_finds_every_point_and_what_is_known_costs_nothing(
    pixels: Pixels, decoder: Brightener
) -> None:
    aim = rc.Aim(("jpeg", "jpeg2000"), 0.5, {"jpeg": decoder.card})
    points, failures, _ = run(aim, pixels)
    assert not failures
    assert len(points) == 36
    known: dict[str, dict[int, rc.OperatingPoint]] = {}
    for found in points:
        known.setdefault(found.codec, {})[found.quality] = found
    assert all(found.refined is not None for found in known["jpeg"].values())
    assert all(found.refined is None for found in known["jpeg2000"].values())
    assert run(aim, pixels, known) == ([], [], [])
    del known["jpeg"][24]
    again, _, begun = run(aim, pixels, known)
    assert [task.quality for task in begun] == [24, 24]
    assert again[-1].refined is not None


def test_a_stopped_survey_goes_on_where_it_was(pixels: Pixels, decoder: Brightener) -> None:
    aim = rc.Aim(("jpeg",), 0.5, {"jpeg": decoder.card})
    first, _, _ = run(aim, pixels, stop_after=7)
    assert len(first) == 7
    known: dict[str, dict[int, rc.OperatingPoint]] = {"jpeg": {}}
    for found in first:
        known["jpeg"][found.quality] = found
    rest, _, _ = run(aim, pixels, known)
    assert len(first) + len(rest) == 24
    assert decoder.runs == 12  # streams that were let go are encoded again, nothing is refined twice


@pytest.mark.usefixtures("no_codecs")
def test_a_codec_without_its_model_is_passed_over(pixels: Pixels) -> None:
    points, failures, _ = run(rc.Aim(("e2e", "jpeg"), 0.5), pixels)
    assert len(points) == 12
    ((codec, reason),) = failures
    assert codec == "e2e"
    assert "e2e.json" in reason


def test_a_decoder_that_fails_leaves_the_standard_decodes(
    pixels: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: str) -> None:
        raise UserError("sweep.safetensors: can't read the weights (no such file)")

    monkeypatch.setattr(pipeline, "load_decoder", broken)
    points, failures, _ = run(rc.Aim(("jpeg",), 0.5, {"jpeg": card()}), pixels)
    assert len(points) == 12
    assert failures == [("jpeg", "sweep.safetensors: can't read the weights (no such file)")]


def test_other_codecs_are_surveyed_over_their_whole_range(monkeypatch: pytest.MonkeyPatch) -> None:
    class Small:
        qualities = (3, 9)

    monkeypatch.setattr(CODECS, "get", lambda _: Small())
    assert [quality for quality, _ in rc.surveyed("new")] == [3, 4, 5, 6, 7, 8, 9]


# ---- curves in files ---------------------------------------------------------------------------------------


def test_curves_come_back_from_the_file_that_bench_writes(tmp_path: Path) -> None:
    curves = [
        rd.RateCurve("jpeg", "", "", (0.25, 0.5), (28.0, 31.0), (0.9, None), 24),
        rd.RateCurve("jpeg", "sweep", "both", (0.25,), (28.5,), (0.91,), 24),
    ]
    path = tmp_path / "kodak_curves.csv"
    _write_table(path, rd.CurvePoint, rd.points_of(curves))
    assert rd.read_curves(path) == curves


def test_the_bundled_curves_are_those_of_every_codec() -> None:
    curves = rd.read_curves(studies_folder() / "kodak_curves.csv")
    assert {curve.codec for curve in curves} == set(CODECS)
    assert {curve.codec for curve in curves if curve.decoder} == {"jpeg", "jpeg2000", "e2e", "goog"}
    assert all(curve.pictures == 24 and len(curve.bits_per_pixel) >= 6 for curve in curves)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("image,codec\n1,2\n", "no column 'decoder'"),
        ("codec,decoder,context,bits_per_pixel,psnr_rgb_db,ms_ssim,pictures\njpeg,,,x,1,,24\n", "line 2"),
        (b"\xff\xfe\x00", "not a file of curves"),
        (None, "can't be read"),
    ],
)
def test_files_that_are_no_curves_are_told(tmp_path: Path, text: str | bytes | None, reason: str) -> None:
    path = tmp_path / "curves.csv"
    if text is not None:
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(UserError, match=reason) as caught:
        rd.read_curves(path)
    assert "curves.csv" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_published_curves_have_their_similarities() -> None:
    published = {curve.codec: curve for curve in rd.published_curves()}
    jpeg = published["JPEG"]
    assert len(jpeg.ms_ssim_rgb) == len(jpeg.bits_per_pixel)
    assert all(value is not None and 0.5 < value < 1 for value in jpeg.ms_ssim_rgb)
    assert list(jpeg.bits_per_pixel) == sorted(jpeg.bits_per_pixel)
