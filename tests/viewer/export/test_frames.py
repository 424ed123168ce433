"""What is exported, before any file: frames of animations, what they come to, what a report is made of."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.metrics.fidelity import psnr_rgb_db
from engine.types import Context, frozen
from tests.support.viewer_engine import CARDS, Engine, picture, run, session
from viewer.export.choice import AnimationChoice, AnimationKind
from viewer.export.frames import RunFrames, outline, reported, usual_stride
from viewer.export.scan_marks import with_head
from viewer.model.facts.facts import Facts
from viewer.model.facts.run import Run
from viewer.model.scene.palette import CAUSAL, NONCAUSAL, SELF, rgb
from viewer.model.session.options import set_decoder
from viewer.model.session.state import Session
from viewer.panes.resolve.panes import scan_picture


@pytest.fixture
def state(engine: Engine) -> Session:
    return session(decoder="raster")


@pytest.fixture
def done(state: Session) -> Run:
    return run(state)


def test_steps_are_shown_exactly_with_their_captions(done: Run) -> None:
    frames = RunFrames(done, AnimationChoice(seconds=0.5))
    made = [frames[at] for at in range(len(frames))]
    assert [frame.title for frame in made] == ["JPEG q15", "Step 1 of 2, raster", "Step 2 of 2, raster"]
    for at, frame in enumerate(made):
        assert np.array_equal(frame.pixels, done.pixels(at))
        db = done.scores(at).psnr_rgb_db
        assert db is not None
        assert f"RGB {db:.2f} dB" in frame.detail
    assert "bpp" in made[0].detail
    assert "(+" in made[2].detail or "(−" in made[2].detail
    assert [frame.seconds for frame in made] == [0.5, 0.5, 1.0]
    with pytest.raises(IndexError):
        frames[3]


def test_the_scan_goes_from_received_to_refined_patch_by_patch(done: Run, state: Session) -> None:
    frames = RunFrames(done, AnimationChoice(kind=AnimationKind.SCAN))
    assert len(frames) == 6 * 9 + 1
    assert np.array_equal(frames[0].pixels[:8, :8], done.pixels(0)[:8, :8])
    assert np.array_equal(frames[54].pixels, done.pixels(2))
    part = frames[10].pixels  # the first row and the first patch of the second
    assert np.array_equal(part[:8], done.pixels(2)[:8])
    assert np.array_equal(part[8:16, :8], done.pixels(2)[8:16, :8])
    assert np.array_equal(part[8:16, 8:16], done.pixels(0)[8:16, 8:16])  # whose turn it is
    to_come = (done.pixels(0)[16:] * 0.5).astype(np.uint8)
    assert np.array_equal(part[16:], to_come)
    assert state.picture is not None
    plain = scan_picture(done.pixels(0), done.pixels(2), done.pixels(0), 10)
    db = psnr_rgb_db(state.picture.pixels, frozen(plain))
    assert frames[10].detail.startswith(f"RGB {db:.2f} dB")
    assert frames[10].title == "Patch 10 of 54"


def test_the_head_and_its_neighbours_are_framed(done: Run) -> None:
    part = RunFrames(done, AnimationChoice(kind=AnimationKind.SCAN, scale=2.0))[10].pixels
    corners = {
        (1, 1): SELF,
        (0, 0): CAUSAL,
        (0, 2): CAUSAL,
        (1, 0): CAUSAL,
        (1, 2): NONCAUSAL,
        (2, 1): NONCAUSAL,
    }
    for (row, column), colour in corners.items():
        assert tuple(part[16 * row + 1, 16 * column + 8]) == rgb(colour)
    assert np.array_equal(part[0:16, 48:64], done.pixels(2)[:8, 24:32].repeat(2, 0).repeat(2, 1))


def test_a_small_head_is_enlarged_in_a_corner(done: Run) -> None:
    whole = np.full((160, 240, 3), 90, np.uint8)
    whole[40:48, 64:72] = 200
    found = with_head(frozen(whole), frozen(whole), 5 * 30 + 8, Context.CAUSAL, None, 1.0)
    large = found[-98:-2, -98:-2]
    assert tuple(large[48, 48]) == (200, 200, 200)
    assert tuple(large[1, 1]) == rgb(CAUSAL)
    assert tuple(large[48, 80]) == (90, 90, 90)  # not looked at: no frame
    assert tuple(found[0, 0]) == (90, 90, 90)
    assert tuple(found[60, 10]) == (45, 45, 45)


def test_a_stride_leaves_out_frames_but_never_the_last(done: Run) -> None:
    frames = RunFrames(done, AnimationChoice(kind=AnimationKind.SCAN, stride=20))
    assert [frame.title for frame in map(frames.__getitem__, range(len(frames)))] == [
        "Patch 0 of 54", "Patch 20 of 54", "Patch 40 of 54", "Step 2 of 2, raster",
    ]  # fmt: skip


def test_parts_sizes_and_the_received_picture_beside(done: Run) -> None:
    region = (8, 16, 24, 10)
    shown = RunFrames(done, AnimationChoice(region=region, scale=2.0))[2].pixels
    assert np.array_equal(shown[::2, ::2], done.pixels(2)[16:26, 8:32])
    both = RunFrames(done, AnimationChoice(beside=True))[2]
    assert np.array_equal(both.pixels[:, :70], done.pixels(0))
    assert np.array_equal(both.pixels[:, 78:], done.pixels(2))
    assert both.title.startswith("JPEG | ")


@pytest.mark.parametrize(
    "choice",
    [
        AnimationChoice(),
        AnimationChoice(beside=True, scale=2.0, seconds=0.3),
        AnimationChoice(region=(0, 0, 31, 17), scale=0.5),
        AnimationChoice(kind=AnimationKind.SCAN, stride=7, seconds=0.04),
        AnimationChoice(".mp4", AnimationKind.SCAN, stride=7, seconds=0.02),
    ],
)
def test_the_outline_is_what_comes_out(state: Session, done: Run, choice: AnimationChoice) -> None:
    from engine.animation.frames import composed
    from engine.animation.write import shortest

    told, frames = outline(state, done, choice), RunFrames(done, choice)
    made = [frames[at] for at in range(len(frames))]
    assert told.frames == len(made)
    assert {composed(frame).shape[:2] for frame in made} == {(told.height, told.width)}
    least = shortest(choice.suffix)
    assert told.seconds == pytest.approx(sum(max(least, frame.seconds) for frame in made))
    assert told.why_not == ""


def test_what_cannot_be_animated_says_why(state: Session, done: Run) -> None:
    sweeping = set_decoder(state, "sweep")
    assert "no scan" in outline(sweeping, done, AnimationChoice(kind=AnimationKind.SCAN)).why_not
    assert outline(state, done, AnimationChoice(scale=4.0)).why_not == ""
    large = replace(state, picture=picture(2400, 2400))
    tall = run(replace(large, options=replace(large.options, quality=1)))
    assert "too large" in outline(large, tall, AnimationChoice(scale=4.0)).why_not
    assert "too many" in outline(large, tall, AnimationChoice(kind=AnimationKind.SCAN)).why_not
    assert (
        outline(large, tall, AnimationChoice(kind=AnimationKind.SCAN, stride=usual_stride(large))).why_not
        == ""
    )


@pytest.mark.parametrize(("height", "width"), [(45, 70), (512, 768), (1200, 900)])
def test_the_usual_stride_gives_a_few_hundred_frames(height: int, width: int) -> None:
    shown = Session(models=CARDS, picture=picture(height, width))
    patches = shown.grid[0] * shown.grid[1]
    assert min(patches, 200) <= math.ceil(patches / usual_stride(shown)) <= 480


def test_a_report_is_made_of_the_run_that_is_shown(state: Session, done: Run) -> None:
    named = replace(state, picture=replace(picture(), path=Path("/pictures/my photo.png")))
    made = reported(named, Facts(run=done), done, "out.html")
    assert made.refinement is done.refinement
    assert made.card is not None
    assert made.card.name == "raster"
    assert made.command == (
        "nrc report '/pictures/my photo.png' --codec jpeg --quality 15 --subsampling 4:2:0 "
        "--decoder raster --steps 2 --context both -o out.html"
    )
    sample = reported(replace(state, sample="chelsea"), Facts(run=done), done)
    assert "--sample chelsea" in sample.command
    pasted = reported(state, Facts(run=done), done)
    assert " IMAGE " in pasted.command
    assert any("came from no file" in note for note in pasted.notes)
