"""Animations read back: their frames, times, colours and captions; what is cancelled leaves nothing."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.animation import mp4 as animation_mp4
from engine.animation.frames import Frame, Stopped, caption_height, composed, scaled
from engine.animation.write import write_animation
from engine.errors import UserError
from engine.metrics.fidelity import psnr_rgb_db
from engine.types import Pixels, frozen
from tests.support.tiny_models import textured_pixels


def frames(count: int = 3, height: int = 61, width: int = 97) -> list[Frame]:
    """The left half stays, the right half changes."""
    still = textured_pixels(height, width)
    made = []
    for number in range(count):
        pixels = still.copy()
        pixels[:, width // 2 :] = textured_pixels(height, width, seed=number)[:, width // 2 :]
        made.append(Frame(frozen(pixels), f"Step {number} of 2", f"RGB 3{number}.00 dB", 0.2 * (number + 1)))
    return made


def gif_frames(path: Path) -> tuple[list[Pixels], list[int], int]:
    with Image.open(path) as image:
        loop = image.info["loop"]
        pixels, durations = [], []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            durations.append(image.info["duration"])
            pixels.append(np.asarray(image.convert("RGB")))
    return pixels, durations, loop


def test_a_gif_holds_every_frame_for_its_time_and_repeats(tmp_path: Path) -> None:
    wanted = frames()
    told: list[float] = []
    write_animation(tmp_path / "a.gif", wanted, progress=told.append)
    pixels, durations, loop = gif_frames(tmp_path / "a.gif")
    assert durations == [200, 400, 600]
    assert loop == 0
    assert told == sorted(told)
    assert told[-1] == 1
    for shown, frame in zip(pixels, wanted, strict=True):
        assert shown.shape == composed(frame).shape
        assert psnr_rgb_db(frozen(shown), composed(frame)) > 30
    assert [path.name for path in tmp_path.iterdir()] == ["a.gif"]


def test_what_does_not_change_does_not_flicker_in_a_gif(tmp_path: Path) -> None:
    write_animation(tmp_path / "a.gif", frames())
    first, second, third = (each[:61, :48] for each in gif_frames(tmp_path / "a.gif")[0])
    assert np.array_equal(first, second)
    assert np.array_equal(first, third)


def test_few_colours_are_exact_in_a_gif(tmp_path: Path) -> None:
    flat = np.zeros((40, 60, 3), np.uint8)
    flat[10:20] = (200, 30, 77)
    flat[:, 30:] += 20
    write_animation(tmp_path / "flat.gif", [Frame(frozen(flat))])
    assert np.array_equal(gif_frames(tmp_path / "flat.gif")[0][0], flat)


def video(path: Path) -> tuple[list[Pixels], object]:
    import av

    with av.open(path) as container:
        stream = container.streams.video[0]
        shown = [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]
        assert float(stream.average_rate or 0) == animation_mp4.RATE
        return shown, stream.codec_context.colorspace


@pytest.mark.parametrize("encoder", ["libx264", "mpeg4"])
def test_a_video_holds_every_frame_for_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: str
) -> None:
    known = [each for each in animation_mp4._ENCODERS if each[0] == encoder]
    monkeypatch.setattr(animation_mp4, "_ENCODERS", tuple(known))
    wanted = frames()
    write_animation(tmp_path / "a.mp4", wanted)
    shown, colours = video(tmp_path / "a.mp4")
    assert len(shown) == sum(round(30 * frame.seconds) for frame in wanted)
    assert colours == 1
    for at, frame in ((3, wanted[0]), (12, wanted[1]), (29, wanted[2])):
        expected = composed(frame)
        assert shown[at].shape == expected.shape
        grey = frozen(np.repeat(shown[at].mean(axis=2, keepdims=True), 3, axis=2).round().astype(np.uint8))
        before = frozen(np.repeat(expected.mean(axis=2, keepdims=True), 3, axis=2).round().astype(np.uint8))
        assert psnr_rgb_db(grey, before) > 30  # chroma is at half resolution
        assert np.abs(shown[at].mean((0, 1)) - expected.mean((0, 1))).max() < 3


def test_a_video_of_short_frames_takes_the_time_that_it_should(tmp_path: Path) -> None:
    grey = frozen(np.full((16, 16, 3), 90, np.uint8))
    for seconds, expected in ((0.04, 60), (0.05, 75), (0.01, 50)):
        write_animation(tmp_path / "a.mp4", [Frame(grey, seconds=seconds)] * 50)
        assert abs(len(video(tmp_path / "a.mp4")[0]) - expected) <= 1


def test_captions_stand_below_the_picture_and_sides_are_even() -> None:
    frame = frames(1)[0]
    result = composed(frame)
    assert np.array_equal(result[:61, :97], frame.pixels)
    assert result.shape[0] % 2 == result.shape[1] % 2 == 0
    assert result.shape[0] - 61 in (caption_height(97), caption_height(97) + 1)
    assert result[62:].max() > 100  # something is written there
    bare = composed(Frame(frame.pixels))
    assert bare.shape == (62, 98, 3)
    assert np.array_equal(bare[61], bare[60])


def test_long_captions_are_shortened_not_cut() -> None:
    narrow = frozen(np.zeros((20, 60, 3), np.uint8))
    result = composed(Frame(narrow, "Step 3 of 4, a decoder with a long name", "RGB 30.12 dB (+1.22)"))
    assert result[20:, :4].max() < 60
    assert result[20:, -4:].max() < 60
    wide = composed(Frame(frozen(np.zeros((20, 300, 3), np.uint8)), "Step 3", "RGB 30.12 dB (+1.22)"))
    assert wide[20:, 8:60].max() > 150  # the title
    assert wide[20:, 240:292].max() > 100  # the figures


def test_scales_are_whole_factors_and_fractions() -> None:
    pixels = textured_pixels(12, 20)
    assert scaled(pixels, 1) is pixels
    twice = scaled(pixels, 2)
    assert twice.shape == (24, 40, 3)
    assert np.array_equal(twice[::2, ::2], pixels)
    assert np.array_equal(twice[1::2, 1::2], pixels)
    half = scaled(pixels, 0.5)
    means = pixels.reshape(6, 2, 10, 2, 3).mean(axis=(1, 3))
    assert np.abs(half - means).max() <= 0.5
    for wrong in (1.5, 0.4):
        with pytest.raises(ValueError, match="no whole"):
            scaled(pixels, wrong)


@pytest.mark.parametrize("suffix", [".gif", ".mp4"])
@pytest.mark.parametrize("after", [0, 1, 2, 5])
def test_a_cancelled_animation_leaves_what_was_there(tmp_path: Path, suffix: str, after: int) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"before")
    asked = iter(range(100_000))
    with pytest.raises(Stopped):
        write_animation(path, frames(), lambda: next(asked) >= after)
    assert path.read_bytes() == b"before"
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_what_cannot_be_written_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match=r"a\.avi: unknown ending '\.avi' for an animation"):
        write_animation(tmp_path / "a.avi", frames())
    with pytest.raises(UserError, match="there are no frames"):
        write_animation(tmp_path / "a.gif", [])
    with pytest.raises(UserError, match="its folder does not exist"):
        write_animation(tmp_path / "none" / "a.gif", frames(1))
    monkeypatch.setitem(__import__("sys").modules, "av", None)
    with pytest.raises(UserError, match=r"a\.mp4: MP4 needs PyAV \(pip install 'nrc-viewer\[video\]'\)"):
        write_animation(tmp_path / "a.mp4", frames())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".gif", ".mp4"])
def test_a_full_disk_is_told_and_nothing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    class Full(io.FileIO):
        def write(self, data: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "open", lambda path, mode: Full(path, mode))
    with pytest.raises(UserError, match=rf"a\{suffix}: can't be written: no space left on device"):
        write_animation(tmp_path / f"a{suffix}", frames())
    assert list(tmp_path.iterdir()) == []
