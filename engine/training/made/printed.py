"""What print makes of tones: halftone, dither, screentone, and what a fax leaves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.training.made import text
from engine.training.made.tools import Rng, blurred, colour, noisy, pair, smooth, tinted, tones
from engine.types import Pixels


def _screen(side: int, pitch: float, angle: float, shape: str) -> NDArray[np.float64]:
    """Threshold of each pixel, 0 to 1, of a screen of dots or lines."""
    y, x = np.mgrid[:side, :side]
    u = (x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / pitch
    v = (-x * np.sin(angle) + y * np.cos(angle)) * 2 * np.pi / pitch
    wave = np.cos(u) if shape == "line" else (np.cos(u) + np.cos(v)) / 2
    return np.asarray(0.5 + 0.5 * wave)


def _print(tone: NDArray[np.float64], screen: NDArray[np.float64], soft: float) -> NDArray[np.float64]:
    if soft <= 0:
        return np.asarray(tone > screen, np.float64)
    return np.asarray(np.clip((tone - screen) / soft + 0.5, 0, 1))


def halftone(rng: Rng, side: int) -> Pixels:
    """One ink through a screen of dots or lines."""
    pitch, angle = rng.uniform(2.5, 14), rng.choice([0.0, np.pi / 4, rng.uniform(0, np.pi)])
    screen = _screen(side, pitch, angle, str(rng.choice(["dot", "dot", "line"])))
    mask = _print(tones(rng, side), screen, rng.choice([0.0, rng.uniform(0.05, 0.5)]))
    pixels = tinted(mask, *(pair(rng) if rng.random() < 0.6 else ((255, 255, 255), (0, 0, 0))))
    return blurred(pixels, rng.uniform(0.2, 0.8)) if rng.random() < 0.25 else pixels


def halftone_colour(rng: Rng, side: int) -> Pixels:
    """Four inks, each screen at its own angle."""
    pitch, soft = rng.uniform(3, 12), rng.choice([0.0, rng.uniform(0.1, 0.5)])
    result = np.ones((side, side, 3))
    inks = ((0, 1, 1), (1, 0, 1), (1, 1, 0), (0, 0, 0))
    for ink, degrees in zip(inks, (15, 75, 0, 45), strict=True):
        tone = tones(rng, side) * rng.uniform(0.2, 1)
        share = _print(tone, _screen(side, pitch, np.radians(degrees), "dot"), soft)[..., None]
        result *= 1 - share * (1 - np.asarray(ink))
    pixels = np.asarray(np.round(255 * result), np.uint8)
    return blurred(pixels, rng.uniform(0.2, 1)) if rng.random() < 0.4 else pixels


def ordered_dither(rng: Rng, side: int) -> Pixels:
    """Bayer's matrix, of two tones or a few in each component."""
    matrix = np.zeros((1, 1))
    for _ in range(int(rng.integers(1, 4))):
        matrix = np.block([[4 * matrix, 4 * matrix + 2], [4 * matrix + 3, 4 * matrix + 1]])
    count = matrix.size
    repeats = side // len(matrix) + 1
    threshold = np.tile((matrix + 0.5) / count, (repeats, repeats))[:side, :side]
    times = int(rng.choice([1, 1, 1, 2, 3]))
    threshold = np.repeat(np.repeat(threshold, times, 0), times, 1)[:side, :side]
    if rng.random() < 0.6:
        return tinted(tones(rng, side) > threshold, *pair(rng))
    levels = int(rng.integers(2, 6)) - 1
    planes = [np.floor(tones(rng, side) * levels + threshold) / levels for _ in range(3)]
    return np.asarray(np.clip(np.round(255 * np.stack(planes, 2)), 0, 255), np.uint8)


def error_diffusion(rng: Rng, side: int) -> Pixels:
    """Floyd and Steinberg's dither, in two tones or a palette."""
    grey = Image.fromarray((255 * tones(rng, side)).astype(np.uint8))
    if rng.random() < 0.6:
        return tinted(np.asarray(grey.convert("1")), *pair(rng))
    stacked = np.stack([np.asarray(grey), *((255 * tones(rng, side)).astype(np.uint8) for _ in range(2))], 2)
    return np.asarray(Image.fromarray(stacked).quantize(int(rng.choice([4, 8, 16, 32]))).convert("RGB"))


def noise_dither(rng: Rng, side: int) -> Pixels:
    """A random threshold at each pixel, or grains some pixels wide."""
    threshold = rng.random((side, side)) if rng.random() < 0.5 else smooth(rng, side, rng.uniform(1.5, 5))
    return tinted(tones(rng, side) > threshold, *pair(rng))


def screentone(rng: Rng, side: int) -> Pixels:
    """Areas of even tone, each with its own screen, black on white."""
    regions = np.floor(smooth(rng, side, rng.uniform(30, 90)) * rng.integers(3, 7))
    result = np.zeros((side, side))
    for region in np.unique(regions):
        tone = np.full((side, side), rng.choice([0.0, 1.0, *rng.uniform(0.1, 0.7, 4)]))
        shape = str(rng.choice(["dot", "line"]))
        screen = _screen(side, rng.uniform(2.5, 9), rng.choice([np.pi / 4, rng.uniform(0, np.pi)]), shape)
        result = np.where(regions == region, _print(tone, screen, rng.choice([0.0, 0.3])), result)
    return tinted(result, (255, 255, 255), (0, 0, 0))


def fax(rng: Rng, side: int) -> Pixels:
    """A page in black and white only, with specks."""
    pixels = text.page(rng, side) if rng.random() < 0.5 else text.scanned_text(rng, side)
    bits = pixels.mean(2) < rng.uniform(90, 210)
    bits ^= rng.random(bits.shape) < rng.choice([0.0, rng.uniform(0, 0.02)])
    if rng.random() < 0.3:  # the coarse raster: every line twice
        bits = np.repeat(bits[::2], 2, 0)[:side]
    return tinted(bits, (255, 255, 255), (0, 0, 0))


def newsprint(rng: Rng, side: int) -> Pixels:
    """Half a halftone, half a column, on grey paper."""
    left = halftone(rng, side).mean(2)
    right = text.page(rng, side).mean(2)
    cut = int(rng.integers(0, side))
    mask = np.where(np.arange(side)[None, :] < cut, left, right) / 255
    paper = tuple(int(v) for v in rng.integers(190, 250, 3))
    pixels = tinted(1 - mask, paper, colour(rng) if rng.random() < 0.2 else (20, 20, 20))  # type: ignore[arg-type]
    return noisy(pixels, rng, rng.uniform(0, 6))


KINDS = (
    halftone, halftone_colour, ordered_dither, error_diffusion, noise_dither, screentone, fax, newsprint,
)  # fmt: skip
