"""One patch in the frequency domain: coefficients of 8-bit pictures, symbols, and the cells they stand for.

Where a stream has symbols (JPEG), coefficients are taken of the very block that covers the patch, as an
encoder does: a component that is stored at half resolution is averaged over as many pixels, so one of its
blocks covers several patches. Elsewhere they are those of the patch's own 8×8 pixels.

The transform is the orthonormal DCT-II of T.81 (A.3.3), of Y less 128, Cb and Cr (full range, BT.601, as in
JFIF).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.analysis.block_coding import dct_matrix
from engine.codecs.facts import codec_facts
from engine.types import PATCH, Coded, Component, Pixels

COMPONENTS = ("Y", "Cb", "Cr")
ROUNDING_DC, ROUNDING_AC = 6.0, 2.5
"""How far rounding to whole levels, of Y, Cb and Cr and then of R, G and B, may move a coefficient: on
standard decodes of photographs at qualities 15 to 90, 99 blocks in 100 stay within (measured). DC more, since
in flat blocks all samples are off by the same part of a level."""

Floats = NDArray[np.float32]
_TO_YCBCR = np.array(
    [[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]]
)  # JFIF 1.02
_ROUNDING = np.full((PATCH, PATCH), ROUNDING_AC, np.float32)
_ROUNDING[0, 0] = ROUNDING_DC


@dataclass(frozen=True)
class Block:
    """A block of one component. row, column: in that component's grid; down, across: pixels of the picture
    to a sample, so that it covers 8·down × 8·across pixels."""

    component: int
    row: int
    column: int
    down: int = 1
    across: int = 1

    @property
    def patches(self) -> int:
        """How many patches it covers, but for the picture's edge."""
        return self.down * self.across


@dataclass(frozen=True, eq=False)
class Quantised:
    """Symbols of a block: q as sent, int16 (8, 8), and the quantisation step Δ, uint16 (8, 8), both
    [vertical, horizontal frequency]."""

    symbols: NDArray[np.int16]
    steps: NDArray[np.uint16]

    @property
    def low(self) -> Floats:
        """(q − ½)Δ."""
        return ((self.symbols - 0.5) * self.steps).astype(np.float32)

    @property
    def high(self) -> Floats:
        """(q + ½)Δ."""
        return ((self.symbols + 0.5) * self.steps).astype(np.float32)

    def left(self, coefficients: Floats) -> NDArray[np.bool_]:
        """Which of `coefficients`, float32 (8, 8), lie outside [(q − ½)Δ, (q + ½)Δ] by more than rounding
        explains: an encoder would have sent another symbol for them."""
        beyond = np.maximum(self.low - coefficients, coefficients - self.high)
        result: NDArray[np.bool_] = beyond > _ROUNDING
        return result


def component_names(coded: Coded) -> tuple[str, ...]:
    """Y alone for a stream without colour, else Y, Cb, Cr."""
    return COMPONENTS[:1] if coded.grey else COMPONENTS


def block_of(coded: Coded, component: int, row: int, column: int) -> Block:
    """The block of a component that covers the patch at (row, column)."""
    parts = coded.symbols.components if coded.symbols is not None else ()
    if component >= len(parts):
        return Block(component, row, column)
    part = parts[component]
    down = max(each.v for each in parts) // part.v
    across = max(each.h for each in parts) // part.h
    return Block(component, row // down, column // across, down, across)


def quantised(coded: Coded, block: Block) -> Quantised | None:
    """The block's symbols; None where the stream has none, or no whole number of pixels to a sample."""
    parts = coded.symbols.components if coded.symbols is not None else ()
    if block.component >= len(parts) or not _whole(parts, parts[block.component]):
        return None
    part = parts[block.component]
    if block.row >= part.coefficients.shape[0] or block.column >= part.coefficients.shape[1]:
        return None
    return Quantised(part.coefficients[block.row, block.column], part.quantisation)


def _whole(parts: tuple[Component, ...], part: Component) -> bool:
    return all(max(getattr(each, side) for each in parts) % getattr(part, side) == 0 for side in "hv")


def no_symbols_words(coded: Coded) -> str:
    """Why a stream has no symbols for a patch, in one line for people to read; "" where it has."""
    if coded.symbols is not None:
        return ""
    if coded.codec == "jpeg":
        return coded.patch_bits_note or "its components are not Y, Cb and Cr"
    name = codec_facts(coded.codec).name
    return _NO_BLOCKS.get(coded.codec, "{} has no 8×8 blocks of symbols").format(name)


_NO_BLOCKS = {
    "jpeg2000": "{} has no blocks: it codes wavelet coefficients of the whole picture",
    "jpeg2000-nomct": "{} has no blocks: it codes wavelet coefficients of the whole picture",
    "webp": "{} predicts 4×4 and 16×16 blocks, and codes them arithmetically: no bits belong to one symbol",
    "avif": "{} cuts the picture into blocks of changing sizes: none of them is this patch",
    "e2e": "{} has no blocks: each of its latents stands for 16×16 pixels and spreads further",
    "goog": "{} sends binary codes of 16×16 pixels that its network's memory interprets: no coefficients",
}


def coefficients(pixels: Pixels, block: Block) -> Floats:
    """DCT coefficients of `block` in a picture, uint8 (height, width, 3): float32 (8, 8), [vertical,
    horizontal frequency]. Beyond the picture's edge its last pixels are repeated, as encoders do."""
    tall, wide = PATCH * block.down, PATCH * block.across
    rows = np.minimum(np.arange(tall) + block.row * tall, pixels.shape[0] - 1)
    columns = np.minimum(np.arange(wide) + block.column * wide, pixels.shape[1] - 1)
    plane = pixels[np.ix_(rows, columns)].astype(np.float64) @ _TO_YCBCR[block.component]
    if block.component == 0:
        plane -= 128
    samples = plane.reshape(PATCH, block.down, PATCH, block.across).mean(axis=(1, 3))
    matrix = dct_matrix()
    result: Floats = (matrix @ samples @ matrix.T).astype(np.float32)
    return result


def luma_error(original: Pixels, estimate: Pixels, top: int, left: int, side: int) -> Floats:
    """Signed differences of luma, estimate less original, in levels of 255: float32 (up to side, up to side),
    what lies inside the picture of the square at (top, left)."""
    rows = slice(max(0, top), max(0, top + side))
    columns = slice(max(0, left), max(0, left + side))
    difference = estimate[rows, columns].astype(np.float32) - original[rows, columns]
    result: Floats = difference @ _TO_YCBCR[0].astype(np.float32)
    return result
