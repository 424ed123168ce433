"""Frozen records that flow through the program and cross its threads.

Every array in a record is a contiguous, read-only CPU NumPy array (see `frozen`). Torch tensors never
leave the decoders and the training code.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.choices import Context as Context  # a field of the records here

PATCH = 8
"""Side of a patch in pixels."""

Pixels = NDArray[np.uint8]
"""Image samples: shape (height, width, 3), sRGB, 0 to 255."""

DeepPixels = NDArray[np.uint16]
"""The same in 16 bits: shape (height, width, 3), sRGB, 0 to 65,535."""


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Return `array` contiguous and read-only; copies unless it already is both."""
    if array.flags.c_contiguous and not array.flags.writeable:
        return array
    copy = np.array(array, order="C", copy=True)
    copy.setflags(write=False)
    return copy


@dataclass(frozen=True)
class Picture:
    """A loaded image.

    `notes` tells, one short sentence each, what loading had to do (e.g. "alpha composited on white"). lossy:
    title of the lossy codec whose file it was, so that it isn't what a camera or scanner saw; "" for none.
    """

    name: str
    pixels: Pixels
    path: Path | None = None
    notes: tuple[str, ...] = ()
    lossy: str = ""

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])


@dataclass(frozen=True)
class Component:
    """Symbols of one colour component as the stream holds them.

    coefficients: int16 (block rows, block columns, 8, 8), quantised, natural (not zigzag) order
    [vertical frequency, horizontal frequency]. quantisation: uint16 (8, 8), same order.
    h, v: sampling factors of the frame header.
    """

    coefficients: NDArray[np.int16]
    quantisation: NDArray[np.uint16]
    h: int
    v: int


@dataclass(frozen=True)
class Symbols:
    """Quantised symbols of a stream: one entry per component (grey: 1, YCbCr: 3)."""

    components: tuple[Component, ...]


@dataclass(frozen=True)
class PatchBits:
    """Where a stream's bits go; `patches.sum() + headers + padding + stuffing` is its size in bits.

    patches: float64 (ceil(height/8), ceil(width/8)): bits of each 8×8 luma patch, with its share of the
    chroma bits. Blocks that exist only to complete a unit beyond the picture's edge count for the
    nearest patch inside. headers: everything outside the entropy-coded data; padding: fill bits before
    markers; stuffing: the 0x00 bytes after 0xFF. first: of `patches`, the bits of the file's first component
    (luma, or grey); None where that isn't told.
    """

    patches: NDArray[np.float64]
    headers: int
    padding: int
    stuffing: int
    first: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class EncodeOptions:
    """What to ask of an encoder: exactly one of `quality` (1–100) and `bits_per_pixel` (> 0)."""

    quality: int | None = None
    bits_per_pixel: float | None = None
    subsampling: str = "4:2:0"


@dataclass(frozen=True)
class Coded:
    """What was sent, and what the standard decoder makes of it. Holds nothing of the original.

    payload: the file, byte for byte. standard: the standard decode, uint8 (height, width, 3) sRGB.
    quality: what the encoder was asked for, or None for a stream that was received or made to a size.
    scale: how coarsely it is quantised, estimated from the stream alone. JPEG: the luma steps relative to
    the standard table's (1 at quality 50, 2 at 25, 5 at 10). Others: the luma's step over 16, in 8-bit
    levels of an orthonormal transform: JPEG 2000 from the bit-planes that the packet headers say were sent,
    WebP and AVIF from the quantiser's index. So scales of all codecs are of one kind, and the error of
    detailed parts is about 16 · scale / √12. subsampling: J:a:b notation where it has one; "4:0:0" is a
    stream without colour.
    patch_bits_note: why `patch_bits` is None, for people to read.
    foreign: bytes of `payload` that are no part of the picture's own stream (before or behind it, further
    pictures, a film); they don't count as bits. damage: what is damaged or missing, a phrase for people, ""
    for nothing known. missing: bool (patch rows, patch columns), which patches never came or can't be read,
    so that `standard` shows there what the decoder fills in; None for none. unread: why the codec's structure
    could not be followed here, though the standard decoder reads it; "" where it could. orientation: as in
    EXIF, 1 to 8, how `standard` is to be turned to be seen upright (`engine.io.orientation.upright`).
    """

    codec: str
    payload: bytes
    standard: Pixels
    scale: float
    quality: int | None = None
    subsampling: str = ""
    symbols: Symbols | None = None
    patch_bits: PatchBits | None = None
    patch_bits_note: str = ""
    foreign: int = 0
    damage: str = ""
    missing: NDArray[np.bool_] | None = None
    unread: str = ""
    orientation: int = 1

    @property
    def length(self) -> int:
        """Bytes of the picture's own stream."""
        return len(self.payload) - self.foreign

    @property
    def bits(self) -> int:
        return 8 * self.length

    @property
    def missing_count(self) -> int:
        """Number of patches that never came."""
        return 0 if self.missing is None else int(self.missing.sum())

    @property
    def grey(self) -> bool:
        """Whether the stream holds luma only."""
        return self.subsampling == "4:0:0"

    @property
    def height(self) -> int:
        return int(self.standard.shape[0])

    @property
    def width(self) -> int:
        return int(self.standard.shape[1])

    @property
    def bits_per_pixel(self) -> float:
        return self.bits / (self.height * self.width)


@dataclass(frozen=True)
class Scores:
    """Computed on 8-bit pixels, peak 255; None where undefined (no original, or too small).

    An identical picture has infinite PSNR.
    """

    psnr_rgb_db: float | None = None
    psnr_y_db: float | None = None
    ssim: float | None = None
    ms_ssim: float | None = None


@dataclass(frozen=True)
class DecodeOptions:
    """Run options of a decoder. `steps` 0 means as many as the model was trained for.

    inside: whether estimates shall say what the network held (see `Inside`), where it has patches.
    strength: share of the network's residual that is applied, 0 to 1.5; what is measured is 1. projection:
    whether estimates are kept within the stream's quantisation intervals, where it has them; guard: whether
    what looks harmful is held back (see `engine.decoders.finish`; it looks at neighbouring patches whatever
    the context). earlier: whether a sweep network mends a JPEG that was saved twice as its first, coarser
    saving left it (see `engine.artefacts.earlier_saving`). orientations:
    of the picture, over which a sweep network's estimates are averaged (see `engine.decoders.orientations`).
    precision: of a sweep network, `auto`, `single`,
    `bf16` or `int8` (see `engine.decoders.precision`). last_only: only the last step's estimate is wanted; a
    decoder may leave out the others and what they cost.
    """

    steps: int = 0
    context: Context = Context.BOTH
    carry: bool = False
    seed: int = 0
    device: str = "auto"
    inside: bool = False
    strength: float = 1.0
    projection: bool = True
    guard: bool = True
    earlier: bool = True
    orientations: int = 1
    precision: str = "auto"
    last_only: bool = False
    deep: bool = False


@dataclass(frozen=True, eq=False)
class Inside:
    """What a raster decoder's network held after one step, patch by patch.

    hidden: float16 (patch rows, patch columns, units), the hidden activations. recalled: int16 (patch
    rows, patch columns, k_top), the columns of the patches of the same row that were recalled, −1 the
    start of the row or span, −2 none; weights: float16, same shape, what each counted. Both have a last
    axis of length 0 for networks without attention.
    """

    hidden: NDArray[np.float16]
    recalled: NDArray[np.int16]
    weights: NDArray[np.float16]


@dataclass(frozen=True)
class Estimate:
    """What a decoder yields after each step: the whole picture, uint8 (height, width, 3).

    seconds: time since the decode began. Where all steps of a patch or tile are computed before the next
    one, the time of the whole is shared out equally over the steps. inside: when it was asked for. deep:
    when it was asked for, of the last step: the same samples before they were rounded to 8 bits; None from
    decoders that compute with 8 bits.
    """

    index: int
    pixels: Pixels
    seconds: float
    inside: Inside | None = None
    deep: DeepPixels | None = None


@dataclass(frozen=True)
class Step:
    """One step of a refinement: index 0 is the standard decode. seconds: since the decode began."""

    index: int
    pixels: Pixels
    scores: Scores
    seconds: float
    inside: Inside | None = None


@dataclass(frozen=True)
class Stage:
    """A progressive stream cut short: the first `index` of its own stages. coded: that shorter stream."""

    index: int
    coded: Coded
    scores: Scores

    @property
    def pixels(self) -> Pixels:
        """What the standard decoder makes of it, uint8 (height, width, 3)."""
        return self.coded.standard

    @property
    def bits(self) -> int:
        return self.coded.bits


@dataclass(frozen=True)
class RefineRequest:
    """Everything that determines a refinement but the pixels. decoder: "" for the standard decode alone."""

    image: str
    codec: str
    encode: EncodeOptions | None
    decoder: str
    options: DecodeOptions = field(default_factory=DecodeOptions)


@dataclass(frozen=True)
class Refinement:
    """One decode run, growing step by step; each growth is a new record.

    original: None for a stream opened as received. finished: all steps are there. cancelled: stopped
    before the last one. stages: of a progressive stream, what comes of it when it ends early, after 1, 2, …
    of its stages but the last, which is step 0; either none or all `planned_stages` of them are there.
    """

    request: RefineRequest
    coded: Coded
    original: Picture | None
    steps: tuple[Step, ...] = ()
    planned_steps: int = 0
    finished: bool = False
    cancelled: bool = False
    stages: tuple[Stage, ...] = ()
    planned_stages: int = 0


@dataclass(frozen=True)
class RatePoint:
    """One operating point of a codec on one picture."""

    codec: str
    quality: int
    bits_per_pixel: float
    psnr_rgb_db: float


@dataclass(frozen=True)
class TrainEvent:
    """Progress of a training run, a sibling of `Step`.

    loss, updates_per_second: means since the last validation. validation_db: gain over the standard
    decode at each step, or empty when not measured at this event. seconds: of the whole run.
    """

    update: int
    updates: int
    loss: float
    seconds: float
    updates_per_second: float
    seconds_left: float
    validation_db: tuple[float, ...] = ()


Cancelled = Callable[[], bool]
"""Asked between steps (and fronts, tiles); true means stop soon."""

Progress = Callable[[float], None]
"""Told how much is done, 0 to 1."""


def never() -> bool:
    """A `Cancelled` that never is."""
    return False


def ignore(_: float) -> None:
    """A `Progress` that nobody watches."""


def patch_grid(height: int, width: int) -> tuple[int, int]:
    """Rows and columns of 8×8 patches that cover a picture."""
    return math.ceil(height / PATCH), math.ceil(width / PATCH)
