"""Draw the program's icon: a picture in coarse blocks on the left, repaired on the right.

python tools/draw_icon.py [OUT.png]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIZE = 256
OVERSAMPLED = 4
BLOCKS = 8
"""Blocks across the picture: 24 pixels each at full size, so that they are seen at 32 pixels too."""

Floats = NDArray[np.float64]


def rgb(colour: str) -> Floats:
    return np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)], np.float64)


def rounded(x: Floats, y: Floats, half: float, radius: float) -> NDArray[np.bool_]:
    """Inside a square about the centre with rounded corners."""
    dx, dy = np.maximum(np.abs(x) - (half - radius), 0), np.maximum(np.abs(y) - (half - radius), 0)
    inside: NDArray[np.bool_] = (np.hypot(dx, dy) <= radius) & (np.maximum(np.abs(x), np.abs(y)) <= half)
    return inside


def scenery(x: Floats, y: Floats) -> Floats:
    """A sun over hills, for x and y from -1 to 1; (…, 3)."""
    sky = rgb("#0072B2") + (rgb("#56B4E9") - rgb("#0072B2")) * ((y + 1) / 2)[..., None]
    sun = np.hypot(x + 0.02, y + 0.22) < 0.46
    far = y > 0.38 - 0.22 * np.cos(3.0 * x + 0.6)
    near = y > 0.66 + 0.2 * np.sin(2.6 * x + 0.2)
    picture = np.where(sun[..., None], rgb("#F5C044"), sky)
    picture = np.where(far[..., None], rgb("#009E73"), picture)
    return np.where(near[..., None], rgb("#0B5D48"), picture)


def draw() -> Image.Image:
    """The icon, 256×256 RGBA."""
    side = SIZE * OVERSAMPLED
    at = (np.arange(side) + 0.5) / side * 2 - 1
    x, y = np.meshgrid(at, at)
    half = 0.75
    block = 2 / BLOCKS
    u, v = x / half, y / half
    coarse = u < 0
    blocky = [(np.floor((w + 1) / block) + 0.5) * block - 1 for w in (u, v)]
    picture = scenery(np.where(coarse, blocky[0], u), np.where(coarse, blocky[1], v))
    line = np.abs(x) < 0.018
    inner, outer = rounded(x, y, half, 0.1), rounded(x, y, 0.96, 0.24)
    picture = np.where(line[..., None], rgb("#FFFFFF"), picture)
    colour = np.where(inner[..., None], picture, rgb("#1D2027"))
    pixels = np.concatenate([colour, np.where(outer, 255.0, 0.0)[..., None]], axis=2)
    image = Image.fromarray(np.round(pixels).astype(np.uint8), "RGBA")
    return image.resize((SIZE, SIZE), Image.Resampling.BOX)


def main() -> None:
    default = Path(__file__).parent.parent / "assets" / "icons" / "nrc-viewer.png"
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    draw().save(out, optimize=True)
    print(out)


if __name__ == "__main__":
    main()
