"""What the window shows of every codec's streams, progressive ones above all; without a window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine import pipeline
from engine.codecs.facts import CODEC_FACTS
from engine.metrics.fidelity import psnr_rgb_db
from engine.types import EncodeOptions, RatePoint
from tests.support.viewer_engine import Engine, card, picture, scene_of
from viewer.decode.job_words import codec_change_words
from viewer.decode.jobs import curve_qualities, measured
from viewer.decode.past_runs import finished_words
from viewer.decode.rate_points import nearest_quality
from viewer.decode.reuse import at_hand
from viewer.documents.jobs import neighbours, stream_codec
from viewer.documents.open_jobs import read_file
from viewer.model.facts.facts import Facts
from viewer.model.facts.run import Run
from viewer.model.scene.palette import codec_colour, codec_style
from viewer.model.session.choices import Mode, Overlay
from viewer.model.session.decoder_names import decoder_title
from viewer.model.session.opening import open_stream
from viewer.model.session.options import set_codec, set_quality, set_target
from viewer.model.session.state import Options, Session, Stream

CARDS = (
    card("sweep", "sweep"),
    replace(card("sweep-goog", "sweep", 2), codecs=("goog",)),
    replace(card("sweep-jpeg2000", "sweep", 2), codecs=("jpeg2000",)),
)
ITERATIONS = 4
pytestmark = [pytest.mark.cards(CARDS), pytest.mark.usefixtures("tiny_codecs")]


def session(codec: str, quality: int | None = None) -> Session:
    state = Session(options=Options(decoder="sweep"), models=CARDS, picture=picture())
    state = set_codec(state, codec)
    return set_quality(state, quality) if quality is not None else state


def run(state: Session) -> Run:
    """All of a run, measured as the job does."""
    made: Run | None = None
    for record in pipeline.refine(state.request(), state.picture, progressive=True):
        made = measured(record, made)
    assert made is not None
    return made


# ---- every codec -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CODEC_FACTS)
def test_every_codec_is_named_scored_and_measured(engine: Engine, name: str) -> None:
    state = session(name)
    made = run(state)
    shown = scene_of(state, Facts(run=made))
    title = CODEC_FACTS[name].name
    _, standard, estimate = shown.panes
    assert standard.title == f"{title} {CODEC_FACTS[name].quality_words(state.options.quality)}"
    assert standard.pixels is made.refinement.coded.standard
    assert f"{made.refinement.coded.bits_per_pixel:.3f} bpp" in standard.detail
    decoder = state.options.decoder
    assert (decoder == "") == (name in ("webp", "avif", "e2e", "jpeg2000-nomct"))
    if decoder:
        assert estimate.title == f"Step {made.planned} · {decoder_title(decoder, state.models)}"
    else:
        assert estimate.title == "Step 0 · no decoder"
        assert estimate.pixels is standard.pixels
        assert made.over
        said = finished_words(made, state.card)
        assert said == f"Standard decode only: no decoder is trained for {CODEC_FACTS[name].title} streams"
        psnr = shown.plots[0]
        assert not psnr.curves
        assert "no decoder is trained for" in psnr.note
    assert title in shown.title
    assert shown.plots[2].curves or shown.plots[2].note[0].isupper()


def test_a_stream_made_to_a_rate_claims_no_quality(engine: Engine) -> None:
    state = set_target(session("jpeg2000"), 1.0)
    made = run(state)
    assert made.refinement.coded.quality is None
    shown = scene_of(state, Facts(run=made))
    assert shown.panes[1].title == "JPEG 2000"
    assert shown.title.startswith("photo.png · JPEG 2000, ")


def test_the_quality_near_a_rate_is_read_off_the_curve() -> None:
    points = tuple(RatePoint("jpeg2000", quality, rate, 30.0) for quality, rate in ((10, 0.25), (30, 1.0)))
    assert nearest_quality(points, "jpeg2000", 0.5) == 20  # linear in the logarithm
    assert nearest_quality(points, "jpeg2000", 0.01) == 10
    assert nearest_quality(points, "jpeg", 0.5) is None
    assert nearest_quality((), "jpeg2000", 0.5) is None


@pytest.mark.parametrize("name", CODEC_FACTS)
def test_curves_lie_within_the_qualities_and_begin_near_the_one_in_use(name: str) -> None:
    low, high = CODEC_FACTS[name].qualities
    order = curve_qualities(name, low)
    assert len(set(order)) == len(order) >= 8
    assert all(low <= quality <= high for quality in order)
    if name != "jpeg":
        assert order[0] == min(order)
        assert abs(curve_qualities(name, high)[0] - high) == min(high - quality for quality in order)


def test_codecs_look_different() -> None:
    looks = {(codec_colour(name), codec_style(name)) for name in CODEC_FACTS}
    assert len(looks) == len({codec_colour(name) for name in CODEC_FACTS}) == len(CODEC_FACTS)


def test_received_streams_are_named_so(engine: Engine) -> None:
    coded = pipeline.encode("goog", picture().pixels, EncodeOptions(quality=3))
    stream = Stream("a.nrc", coded.payload, coded.height, coded.width, codec="goog")
    state = open_stream(session("jpeg"), stream)
    last: Run | None = None
    sizes = []
    for record in pipeline.refine(state.request(), None, pipeline.decode(coded.payload, "a.nrc"),
                                  progressive=True):  # fmt: skip
        last = measured(record, last)
        sizes.append((len(record.stages), len(record.steps)))
    assert sizes == [(0, 1), (2, 1), (2, 2), (2, 3)]  # the standard decode does not wait for the stages
    assert last is not None
    shown = scene_of(state, Facts(run=last))
    assert shown.panes[0].title == "GOOG-small as received"
    assert [thumb.detail.split()[1] for thumb in shown.thumbs[:3]] == ["bpp"] * 3


# ---- stages on the scrubber ------------------------------------------------------------------------------


def test_the_stages_lie_below_0(engine: Engine) -> None:
    state = session("goog", ITERATIONS)
    made = run(state)
    record = made.refinement
    assert (made.first, made.first_planned, made.ready, made.planned) == (-3, -3, 2, 2)
    for number, stage in enumerate(record.stages, 1):
        alone = pipeline.encode("goog", picture().pixels, EncodeOptions(quality=number))
        assert stage.coded.payload == alone.payload
        assert np.array_equal(stage.pixels, alone.standard)
        assert stage.bits == alone.bits
        assert stage.scores.psnr_rgb_db == psnr_rgb_db(picture().pixels, alone.standard)
        assert made.at(number - ITERATIONS) is stage
    assert record.steps[0].pixels is record.coded.standard
    assert record.coded.quality == ITERATIONS


@pytest.mark.parametrize("position", [-3, -2, -1])
def test_a_stage_is_shown_with_its_rate_and_scores(engine: Engine, position: int) -> None:
    state = session("goog", ITERATIONS)
    made = run(state)
    shown = scene_of(replace(state, step=position), Facts(run=made))
    number = ITERATIONS + position
    stage = made.refinement.stages[position]
    estimate = shown.panes[2]
    assert estimate.title == f"Iteration {number} of {ITERATIONS}"
    assert estimate.pixels is stage.pixels
    rate = f"{stage.coded.bits_per_pixel:.3f} bpp"
    assert rate in estimate.detail
    assert f"RGB {stage.scores.psnr_rgb_db:.2f} dB" in estimate.detail
    assert shown.panes[1].pixels is made.refinement.coded.standard  # all of the stream stands beside it
    assert f"iteration {number}, {rate}" in shown.title
    assert (shown.transport.step, shown.transport.stage) == (position, f"iteration {number}")
    psnr, distortion, *_ = shown.plots
    assert psnr.marker == position
    assert distortion.marker is None or distortion.marker == stage.coded.bits_per_pixel
    rows = {row.label: row.value for row in shown.summary}
    assert rows[f"Iteration {number} ends at"].startswith(rate)
    assert "Decoding time" not in rows


def test_thumbnails_and_curves_of_stages(engine: Engine) -> None:
    state = session("goog", ITERATIONS)
    made = run(state)
    points = tuple(RatePoint("goog", q, 0.1 * q, 20.0 + q) for q in range(1, 9))
    shown = scene_of(state, Facts(run=made, rate_points=points))
    assert [thumb.index for thumb in shown.thumbs] == [-3, -2, -1, 0, 1, 2]
    titles = [thumb.title for thumb in shown.thumbs]
    assert titles == ["iteration 1", "iteration 2", "iteration 3", "GOOG-small", "step 1", "step 2"]
    rates = [float(thumb.detail.split()[0]) for thumb in shown.thumbs[:4]]
    assert rates == sorted(rates)
    assert rates[0] < rates[3]
    psnr, distortion, *_ = shown.plots
    stages = psnr.curves[-1]
    assert stages.x.tolist() == [-3, -2, -1, 0]
    assert stages.y[3] == made.scores(0).psnr_rgb_db == psnr.curves[0].y[0]
    assert stages.colour == codec_colour("goog")
    assert psnr.x_names[0][1:] == ("i1", "iteration 1")
    assert psnr.x_names[-1][1:] == ("2", "step 2")
    dots = next(curve for curve in distortion.curves if curve.name == "its iterations")
    assert dots.x.tolist() == [stage.coded.bits_per_pixel for stage in made.refinement.stages]


def test_stages_still_to_come_have_empty_cells(engine: Engine) -> None:
    coded = pipeline.encode("goog", picture().pixels, EncodeOptions(quality=ITERATIONS))
    state = session("goog", ITERATIONS)
    first = measured(next(pipeline.refine(state.request(), state.picture, coded, progressive=True)), None)
    assert (first.first, first.first_planned) == (0, -3)
    shown = scene_of(replace(state, step=-2), Facts(run=first))
    assert [thumb.pixels is None for thumb in shown.thumbs[:4]] == [True, True, True, False]
    assert shown.transport.step == 0
    assert np.isnan(shown.plots[0].curves[-1].y[:3]).all()


@pytest.mark.parametrize(
    ("iterations", "decoder", "label"),
    [
        (2, "sweep", "first iterations (i1), 0: all 2, then steps"),
        (3, "sweep", "first iterations (i1 … i2), 0: all 3, then steps"),
        (4, "sweep", "first iterations (i1 … i3), 0: all 4, then steps"),
        (3, "", "first iterations (i1 … i2), 0: all 3"),
    ],
)
def test_the_axis_says_which_stages_it_begins_with(
    engine: Engine, iterations: int, decoder: str, label: str
) -> None:
    state = session("goog", iterations)
    state = replace(state, options=replace(state.options, decoder=decoder and state.options.decoder))
    psnr = scene_of(state, Facts(run=run(state))).plots[0]
    assert psnr.x_label == label
    stages = [(float(at - iterations), f"i{at}", f"iteration {at}") for at in range(1, iterations)]
    steps = [(float(at), str(at), f"step {at}") for at in range(3 if decoder else 1)]
    assert list(psnr.x_names) == stages + steps


def test_one_iteration_is_no_progress_to_show(engine: Engine) -> None:
    state = session("goog", 1)
    made = run(state)
    assert made.first_planned == 0
    shown = scene_of(state, Facts(run=made))
    assert shown.thumbs[0].index == 0
    assert shown.plots[0].x_label == "step"


def test_maps_inspector_and_differences_at_a_stage(engine: Engine) -> None:
    state = replace(session("goog", ITERATIONS), step=-3, pinned=(1, 2))
    made = run(state)
    facts = Facts(run=made)
    gain = scene_of(replace(state, overlay=Overlay.GAIN), facts).overlay
    assert gain.values is not None
    assert "iteration 1" in gain.legend
    expected = 10 * np.log10(made.errors[0][1, 2] / made.stage_errors[0][1, 2])
    assert gain.values[1, 2] == pytest.approx(expected, abs=1e-3)
    rows = {row.label: row.value for row in scene_of(state, facts).inspector}
    assert "Iteration 1, RGB" in rows
    different = scene_of(replace(state, mode=Mode.DIFFERENCE), facts)
    assert [pane.title.split(" ×")[0] for pane in different.panes] == [
        "GOOG-small − original", "Iteration 1 − original", "Iteration 1 − GOOG-small",
    ]  # fmt: skip


# ---- streams at hand -------------------------------------------------------------------------------------


def test_fewer_iterations_need_no_encoding(engine: Engine) -> None:
    state = session("goog", ITERATIONS)
    made = run(state)
    fewer = set_quality(state, 2)
    sent = at_hand((made,), fewer.request(), state.picture)
    assert sent.coded is made.refinement.stages[1].coded
    assert sent.stages == made.refinement.stages[:1]
    assert not sent.shown
    records = list(pipeline.refine(fewer.request(), state.picture, sent.coded, progressive=True,
                                   known=sent.stages))  # fmt: skip
    assert records[0].stages == sent.stages
    assert records[-1].finished
    more = set_quality(state, ITERATIONS + 1)
    assert at_hand((made,), more.request(), state.picture).coded is None
    assert at_hand((made,), fewer.request(), picture(seed=2)).coded is None
    assert at_hand((None, made), state.request(), state.picture).shown


def test_a_run_can_be_stopped_between_iterations(engine: Engine) -> None:
    state = session("goog", ITERATIONS)
    asked = iter([False, True, True, True])
    assert not list(
        pipeline.refine(state.request(), state.picture, progressive=True, cancelled=lambda: next(asked))
    )
    coded = pipeline.encode("goog", picture().pixels, EncodeOptions(quality=ITERATIONS))
    stopped = list(
        pipeline.refine(state.request(), state.picture, coded, progressive=True, cancelled=lambda: True)
    )
    assert [record.cancelled for record in stopped] == [False, True]
    assert stopped[-1].stages == ()


def test_changing_the_codec_says_what_follows() -> None:
    before = session("jpeg")
    assert codec_change_words(before, set_codec(before, "jpeg2000", 0.37)) == (
        "JPEG 2000 at about 0.370 bpp · decoder Sweep-Jpeg2000"
    )
    assert codec_change_words(before, set_codec(before, "webp")) == "WebP · no decoder is trained for it"


# ---- files -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CODEC_FACTS)
def test_files_of_every_codec_are_told_and_read(engine: Engine, name: str, tmp_path: Path) -> None:
    coded = pipeline.encode(name, picture().pixels, EncodeOptions(quality=3))
    path = tmp_path / f"sent{CODEC_FACTS[name].suffixes[0]}"
    path.write_bytes(coded.payload)
    assert stream_codec(coded.payload[:32]) == name.removesuffix("-nomct")
    received = read_file(path, received=True)
    assert received.stream is not None
    assert received.coded is not None
    assert received.stream.codec == received.file_codec == name
    assert np.array_equal(received.coded.standard, coded.standard)
    opened = read_file(path, received=False)
    if CODEC_FACTS[name].container:
        assert opened.stream is not None
    else:
        assert opened.picture is not None
        assert opened.file_codec == name.removesuffix("-nomct")
        assert opened.picture.pixels.shape == coded.standard.shape
    assert path in neighbours(path, streams=True)
