"""Frames of the pictures over training."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.types import frozen
from tests.support.lab_courses import SETTINGS, course
from viewer.lab import frames as made
from viewer.lab.frames import TrainingFrames
from viewer.model.facts.lab import Shot


def shot(update: int, level: int) -> Shot:
    return Shot(update, frozen(np.full((64, 96, 3), level, np.uint8)), 9.0)


def test_a_frame_for_every_moment_at_which_pictures_were_painted() -> None:
    """Every lane shows the newest picture that it had by then."""
    original = frozen(np.full((64, 96, 3), 255, np.uint8))
    quick = course(
        shots=tuple(Shot(10 * k, frozen(np.full((64, 96, 3), k, np.uint8)), 9.0) for k in range(5))
    )
    slow = course(1, "uoro", speed=0.4, shots=(Shot(0, frozen(np.full((64, 96, 3), 9, np.uint8)), 8.0),))
    frames = TrainingFrames(SETTINGS, (quick, slow), original)
    assert [frames[k].detail for k in range(len(frames))] == [
        "0.0 CPU s", "0.1 CPU s", "0.2 CPU s", "0.3 CPU s", "0.4 CPU s", "1.6 CPU s",
    ]  # fmt: skip
    for number, level in enumerate((0, 1, 2, 3, 4, 4)):
        pixels = frames[number].pixels
        assert pixels.shape == frames[0].pixels.shape
        assert pixels.shape[1] == 3 * 96 + 2 * 8
        assert (pixels[:64, :96] == 255).all()
        assert (pixels[:64, 104:200] == level).all()
        assert (pixels[:64, 208:] == 9).all()
    assert frames[0].title == SETTINGS.title
    assert frames[5].seconds > frames[4].seconds


def test_long_trainings_and_large_pictures_are_bounded() -> None:
    rows = np.stack([np.arange(1000.0)] * 6, 1)
    pixels = frozen(np.zeros((600, 900, 3), np.uint8))
    shots = tuple(Shot(k, pixels, 9.0) for k in range(0, 1000, 2))
    lanes = [
        course(k, text, table=frozen(rows), shots=shots) for k, text in enumerate(("bptt", "uoro", "rflo"))
    ]
    frames = TrainingFrames(replace(SETTINGS, fair="updates"), tuple(lanes), pixels)
    assert len(frames) == made.MOST_FRAMES
    assert frames[0].pixels.shape[1] <= 1600
    assert frames[0].detail == "0 updates"
    assert frames[made.MOST_FRAMES - 1].detail == "999 updates"
