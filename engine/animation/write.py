"""One call that writes an animation in the format of its suffix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from engine.animation.frames import Frames
from engine.errors import UserError, printable
from engine.io.atomic import write_atomically
from engine.types import Cancelled, Progress, ignore, never

SUFFIXES = (".gif", ".mp4")


def write_animation(
    path: Path, frames: Frames, cancelled: Cancelled = never, progress: Progress = ignore
) -> None:
    """Write `frames` to `path`, a .gif or .mp4 file, whole or not at all.

    A GIF repeats for ever and holds times in hundredths of a second, 0.02 s at least. An MP4 has 30 frames a
    second: each is shown for 1/30 s at least, and ends at most 1/60 s from when it should. Raises UserError
    for other endings, without frames and when the file can't be written, `Stopped` when cancelled.
    """
    write = writer_for(path)
    if len(frames) == 0:
        raise UserError(f"{printable(path.name)}: there are no frames to write")
    write_atomically(path, lambda file: write(file, frames, cancelled, progress))


Writer = Callable[[BinaryIO, Frames, Cancelled, Progress], None]


def writer_for(path: Path) -> Writer:
    """What writes files of this ending. Raises UserError for endings that aren't animations, and for MP4
    where no encoder is installed."""
    suffix = path.suffix.lower()
    if suffix == ".gif":
        from engine.animation.gif import write_gif

        return write_gif
    if suffix == ".mp4":
        from engine.animation.mp4 import find_encoder, write_mp4

        find_encoder(printable(path.name))
        return write_mp4
    known = ", ".join(SUFFIXES)
    raise UserError(
        f"{printable(path.name)}: unknown ending '{path.suffix}' for an animation (known: {known})"
    )


def shortest(suffix: str) -> float:
    """Seconds that a frame is shown at least in files of this ending, lower case."""
    if suffix == ".mp4":
        from engine.animation.mp4 import SHORTEST

        return SHORTEST
    from engine.animation.gif import SHORTEST as LEAST_OF_GIF

    return LEAST_OF_GIF
