"""Typical scenes for the views' tests and the gallery: real codec artefacts, plausible numbers."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.types import Pixels, frozen, patch_grid
from viewer.model.scene.palette import codec_colour, decoder_colour
from viewer.model.scene.picture import (
    OverlayScene,
    PaneScene,
    PatchScene,
    StatusScene,
    ThumbScene,
    TransportScene,
)
from viewer.model.scene.plots import Curve, InspectorRow, PlotScene
from viewer.model.session.choices import Overlay


@cache
def photograph(width: int = 768, height: int = 512) -> Pixels:
    """Something with edges, ramps and texture, made without any file."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    r2 = (x - width * 0.62) ** 2 + (y - height * 0.5) ** 2
    zone = 127 + 100 * np.cos(r2 / (0.9 * width))
    ramp = 255 * x / width
    disc = np.where((x - width * 0.25) ** 2 + (y - height * 0.45) ** 2 < (0.2 * height) ** 2, 230, 60)
    stripes = np.where((x + y) % 48 < 24, 200, 90)
    red = np.where(y > 0.75 * height, ramp, np.where(x > width * 0.45, zone, disc))
    green = np.where(
        y > 0.75 * height, 255 - ramp, np.where(x > width * 0.45, zone * 0.8 + 20, disc * 0.7 + 40)
    )
    blue = np.where(x < width * 0.45, stripes * 0.8, zone * 0.6 + 60)
    pixels: Pixels = frozen(np.clip(np.stack([red, green, blue], axis=2), 0, 255).astype(np.uint8))
    return pixels


@cache
def received(quality: int = 10) -> Pixels:
    """The photograph after JPEG."""
    buffer = io.BytesIO()
    Image.fromarray(photograph()).save(buffer, "JPEG", quality=quality, optimize=True)
    pixels: Pixels = frozen(np.asarray(Image.open(io.BytesIO(buffer.getvalue())).convert("RGB")))
    return pixels


@cache
def step(index: int, steps: int = 4) -> Pixels:
    """Step 0 is the received picture; later ones come closer to the photograph."""
    if index == 0:
        return received()
    part = 0.6 * index / steps
    mixed = received().astype(np.float32) * (1 - part) + photograph().astype(np.float32) * part
    pixels: Pixels = frozen(np.round(mixed).astype(np.uint8))
    return pixels


def panes() -> tuple[PaneScene, ...]:
    return (
        PaneScene("original", "Original", "768 × 512", photograph()),
        PaneScene("standard", "JPEG, quality 10", "27.41 dB RGB · 0.256 bpp", step(0)),
        PaneScene("step", "sweep, step 3 of 4", "28.66 dB RGB (+1.25)", step(3)),
    )


def patch(row: int = 20, column: int = 32, pinned: bool = False) -> PatchScene:
    causal = ((row, column - 1), (row - 1, column - 1), (row - 1, column), (row - 1, column + 1))
    later = ((row, column + 1), (row + 1, column - 1), (row + 1, column), (row + 1, column + 1))
    return PatchScene(row, column, causal, later, pinned)


def no_overlay() -> OverlayScene:
    return OverlayScene(Overlay.NONE, None)


def grid() -> OverlayScene:
    return OverlayScene(Overlay.GRID, None)


@cache
def _values(seed: int = 1) -> NDArray[np.float32]:
    rows, columns = patch_grid(*photograph().shape[:2])
    blocks = photograph()[: rows * 8, : columns * 8].reshape(rows, 8, columns, 8, 3)
    return np.asarray(blocks.astype(np.float32).std(axis=(1, 3, 4)))


def bits_overlay() -> OverlayScene:
    values = 3 + 1.3 * _values()
    return OverlayScene(Overlay.BITS, values, 0, float(values.max()), legend="Bits per patch, bits")


def gain_overlay() -> OverlayScene:
    values = (_values() - 20) / 12
    return OverlayScene(Overlay.GAIN, values, -2.5, 2.5, diverging=True, legend="PSNR gain per patch, dB")


def thumbs(ready: int = 5, steps: int = 4) -> tuple[ThumbScene, ...]:
    cells = []
    for index in range(steps + 1):
        there = index < ready
        title = "JPEG" if index == 0 else f"step {index}"
        detail = f"{27.41 + 0.42 * index:.2f} dB" if there else "…"
        cells.append(ThumbScene(index, step(index, steps) if there else None, title, detail))
    return tuple(cells)


def transport(at: int = 3, ready: int = 5, steps: int = 4, scan_total: int = 0) -> TransportScene:
    scan = scan_total * 2 // 5 if scan_total else None
    return TransportScene(at, ready, steps, False, 1.0, scan, scan_total)


def psnr_plot(marker: float = 3, ready: int = 5) -> PlotScene:
    x = np.arange(5.0)
    rgb = np.where(x < ready, 27.41 + 1.6 * (1 - np.exp(-x / 1.5)), np.nan)
    luma = np.where(x < ready, 28.9 + 1.5 * (1 - np.exp(-x / 1.5)), np.nan)
    curves = (
        Curve("RGB", x, rgb, decoder_colour("sweep"), "solid", "o"),
        Curve("Y", x, luma, decoder_colour("sweep"), "dash", "s"),
    )
    return PlotScene("psnr", "PSNR over steps", "step", "PSNR, dB", curves, marker, x_decimals=0)


def rate_plot() -> PlotScene:
    bpp = np.array([0.18, 0.26, 0.36, 0.45, 0.61, 0.87, 1.2])
    curves = (
        Curve("JPEG", bpp, 24 + 8.5 * np.sqrt(bpp), codec_colour("jpeg"), "solid", "o"),
        Curve("received", np.array([0.256]), np.array([28.3]), codec_colour("jpeg"), "points", "d"),
        Curve(
            "sweep, step 4", np.array([0.256]), np.array([29.7]), decoder_colour("sweep"), "points", "star"
        ),
    )
    return PlotScene(
        "rate",
        "Rate–distortion of this picture",
        "bits per pixel",
        "PSNR RGB, dB",
        curves,
        None,
        x_decimals=3,
    )


def bits_plot(marker: float = 2500) -> PlotScene:
    bits = np.cumsum((3 + 1.3 * _values()).ravel())
    curves = (Curve("bits", np.arange(bits.size) + 1.0, bits, codec_colour("jpeg")),)
    return PlotScene(
        "bits",
        "Bits along the scan",
        "patches",
        "cumulative bits, bits",
        curves,
        marker,
        x_decimals=0,
        y_decimals=0,
    )


def empty_plot() -> PlotScene:
    note = "Bits per patch can't be counted in a progressive JPEG"
    return PlotScene("bits", "Bits along the scan", "patches", "cumulative bits, bits", (), note=note)


def inspector_rows() -> tuple[InspectorRow, ...]:
    return (
        InspectorRow("Patch", "row 20, column 32"),
        InspectorRow("Bits", "41.5 (0.648 bpp)"),
        InspectorRow("PSNR, received", "26.18 dB RGB"),
        InspectorRow("PSNR, step 3", "27.90 dB RGB (+1.72)"),
        InspectorRow("Causal", "W NW N NE, refined", "causal"),
        InspectorRow("Non-causal", "E SW S SE, received", "non-causal"),
    )


def status(progress: float | None = None, error: str = "") -> StatusScene:
    return StatusScene(
        cursor="x 259  y 163",
        values="Original 201 143 96 · JPEG 198 150 88 · step 3 200 145 93",
        patch="patch 20, 32 · 41.5 bits · +1.72 dB",
        zoom="52 %",
        message="" if error or progress is not None else "Refined in 0.61 s",
        error=error,
        progress=progress,
        job="Refining, step 3 of 4" if progress is not None else "",
    )
