"""GIF: one palette for all frames, and a dither that stays where it is.

With a palette of its own for each frame, or with diffused errors, parts that don't change would flicker, and
it is changes that an animation of a refinement shows. So the 256 colours are chosen once, from samples of
all frames (median cut, then k-means), and pixels are dithered by a fixed pattern: interleaved gradient noise
(Jimenez, "Next generation post processing in Call of Duty: Advanced Warfare", SIGGRAPH 2014), which unlike
a Bayer matrix has no period of eight pixels that could be taken for the codec's blocks.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.animation.frames import CAPTION_INK, CAPTION_PAPER, Frames, Stopped, composed
from engine.types import Cancelled, Pixels, Progress

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

SHORTEST = 0.02
"""Seconds: programs show shorter frames for a tenth of a second."""
_SAMPLED_FRAMES, _SAMPLES = 12, 1 << 18
_CAPTION_SHADES = 8
_WRITING = 0.2
"""Share of the time that is left when all frames have been reduced to the palette."""


def write_gif(file: BinaryIO, frames: Frames, cancelled: Cancelled, progress: Progress) -> None:
    """Write an animation that repeats for ever. Raises `Stopped` when cancelled."""
    palette, spread = _palette(frames, cancelled)
    seconds: list[float] = []

    def reduced() -> Iterator[Image.Image]:
        for number in range(len(frames)):
            if cancelled():
                raise Stopped
            frame = frames[number]
            seconds.append(frame.seconds)
            yield _reduced(composed(frame), frame.pixels.shape[0], palette, spread)
            progress((1 - _WRITING) * (number + 1) / len(frames))

    images = list(reduced())
    durations = [10 * round(100 * max(SHORTEST, each)) for each in seconds]
    first, *rest = images
    data = _Watched(cancelled)
    first.save(
        data, "GIF", save_all=True, append_images=rest, duration=durations, loop=0,
        optimize=False, disposal=1,
    )  # fmt: skip
    file.write(data.getbuffer())
    progress(1.0)


class _Watched(BytesIO):
    """Memory to write to that stops when cancelled."""

    def __init__(self, cancelled: Cancelled) -> None:
        super().__init__()
        self._cancelled = cancelled

    def write(self, data: Buffer) -> int:
        if self._cancelled():
            raise Stopped
        return super().write(data)


def _palette(frames: Frames, cancelled: Cancelled) -> tuple[Image.Image, float]:
    """A paletted image with the colours for all frames, and how far the dither reaches, in levels."""
    count = len(frames)
    chosen = np.unique(np.linspace(0, count - 1, min(count, _SAMPLED_FRAMES)).round().astype(int))
    rng = np.random.default_rng(0)
    each = max(1, _SAMPLES // len(chosen))
    samples = []
    for number in chosen:
        if cancelled():
            raise Stopped
        pixels = frames[int(number)].pixels.reshape(-1, 3)
        samples.append(pixels[rng.integers(0, len(pixels), min(each, len(pixels)))])
    flat = np.concatenate(samples)
    side = 512
    flat = np.resize(flat, (-(-len(flat) // side) * side, 3)).reshape(-1, side, 3)
    small = Image.fromarray(flat).quantize(
        256 - _CAPTION_SHADES, Image.Quantize.MEDIANCUT, kmeans=1, dither=Image.Dither.NONE
    )
    colours = small.getpalette() or []
    ramp = np.linspace(CAPTION_PAPER, CAPTION_INK, _CAPTION_SHADES).round().astype(int)
    palette = Image.new("P", (1, 1))
    palette.putpalette([*colours[: 3 * (256 - _CAPTION_SHADES)], *(int(c) for c in ramp.ravel())])
    error = flat.astype(np.float64) - np.asarray(small.convert("RGB"))
    return palette, 2 * float(np.sqrt(np.square(error).mean()))


def _reduced(pixels: Pixels, height: int, palette: Image.Image, spread: float) -> Image.Image:
    """In the palette's colours; the caption, below `height`, is not dithered."""
    shaded = pixels.astype(np.int16)
    shaded[:height] += np.rint(spread * _noise(height, pixels.shape[1])).astype(np.int16)[..., None]
    flat = Image.fromarray(np.clip(shaded, 0, 255).astype(np.uint8))
    return flat.quantize(palette=palette, dither=Image.Dither.NONE)


def _noise(height: int, width: int) -> NDArray[np.float64]:
    """Interleaved gradient noise: (height, width), -0.5 to 0.5, the same at the same place always."""
    y, x = np.mgrid[:height, :width]
    inner = np.modf(0.06711056 * x + 0.00583715 * y)[0]
    result: NDArray[np.float64] = np.modf(52.9829189 * inner)[0] - 0.5
    return result
