"""Under which conditions models are compared: qualities, kinds of picture, numbers of steps, encoders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image
from PIL.JpegPresets import presets

from engine import pipeline
from engine.choices import MOST_STEPS
from engine.errors import UserError
from engine.evaluation.pictures import other_kinds
from engine.models.card import ModelCard
from engine.types import Coded, EncodeOptions, Picture, Pixels

QUALITIES = (2, 10, 15, 30, 75, 90, 95)
"""Below, within and above the qualities that the compared models were trained on, 8 to 40."""
MEMORY_TASKS = {"late-answer": "4:2:0", "differences": "4:4:4", "lost-packets": "4:2:0"}
"""What the models of the set "memory" do, and the chroma that each was trained on."""
BEYOND_TRAINING = 40
"""Above this quality their decoders let their residual fade (see `ModelCard.trust`)."""

ROBIDOUX = (
    (16, 16, 16, 18, 25, 37, 56, 85),
    (16, 17, 20, 27, 34, 40, 53, 75),
    (16, 20, 24, 31, 43, 62, 91, 135),
    (18, 27, 31, 40, 53, 74, 106, 156),
    (25, 34, 43, 53, 69, 94, 131, 189),
    (37, 40, 62, 74, 94, 124, 169, 238),
    (56, 53, 91, 106, 131, 169, 226, 311),
    (85, 75, 135, 156, 189, 238, 311, 418),
)
"""N. Robidoux's table for luma and chroma alike (ImageMagick's forum, topic 20333): mozjpeg's default."""
FLAT = ((16,) * 8,) * 8
"""The same step for every frequency, as of mozjpeg's `-quant-table 1`: best for the squared error."""


@dataclass(frozen=True)
class Condition:
    """One condition of a comparison.

    topic, name: as in `CompareRow`. encode: makes the stream of uint8 (height, width, 3) pixels; raises
    UserError where the codec can't. picture: gets the one picture to measure on, instead of the
    folder's. steps: to refine, 0 for as many as each model was trained for. whole: whether the whole
    residual is applied, also to streams finer than the training. task: of the models that it is for, ""
    for all.
    """

    topic: str
    name: str
    encode: Callable[[Pixels], Coded]
    picture: Callable[[], Picture] | None = None
    steps: int = 0
    whole: bool = False
    task: str = ""

    def suits(self, card: ModelCard) -> bool:
        """Whether a model is measured under it."""
        return not self.task or card.network.get("task") == self.task


def plain(codec: str, quality: int, subsampling: str) -> Condition:
    """Every picture of the folder at one quality, all else as trained."""
    name = f"q{quality}" if subsampling == "4:2:0" else f"q{quality} {subsampling}"
    return Condition("", name, at_quality(codec, quality, subsampling))


def memory(codec: str, quality: int) -> tuple[Condition, ...]:
    """The tasks for which something must be remembered; each model is measured on its own.

    Raises UserError for codecs other than JPEG, whose patches alone they know.
    """
    if codec != "jpeg":
        raise UserError(f"set memory: its models know JPEG's patches, which codec '{codec}' has not")
    return tuple(
        Condition("task", task, at_quality(codec, quality, subsampling), task=task)
        for task, subsampling in MEMORY_TASKS.items()
    )


def robustness(codec: str, quality: int, subsampling: str) -> tuple[Condition, ...]:
    """What models weren't trained for, one thing at a time; all else at `quality` and `subsampling`.

    Raises UserError for codecs other than JPEG, whose streams alone have tables to vary.
    """
    if codec != "jpeg":
        raise UserError(f"set robustness: varies JPEG's quantisation tables, which codec '{codec}' has not")
    qualities = sorted({*QUALITIES, quality})
    usual = at_quality(codec, quality, subsampling)
    fine = [q for q in qualities if q > BEYOND_TRAINING]
    return (
        *(Condition("quality", f"q{q}", at_quality(codec, q, subsampling)) for q in qualities),
        *(
            Condition("quality", f"q{q}, without fade-out", at_quality(codec, q, subsampling), whole=True)
            for q in fine
        ),
        *(Condition("pictures", name, usual, picture) for name, picture in other_kinds().items()),
        Condition("steps", f"K = {MOST_STEPS}", usual, steps=MOST_STEPS),
        Condition("encoder", "4:4:4", at_quality(codec, quality, "4:4:4")),
        Condition("encoder", "flat table", with_tables(FLAT, quality, subsampling)),
        Condition("encoder", "mozjpeg's table", with_tables(ROBIDOUX, quality, subsampling)),
        Condition("encoder", "Photoshop's tables", photoshop),
    )


def at_quality(codec: str, quality: int, subsampling: str) -> Callable[[Pixels], Coded]:
    """The codec's own encoder."""
    return lambda pixels: pipeline.encode(codec, pixels, EncodeOptions(quality, subsampling=subsampling))


def with_tables(
    table: tuple[tuple[int, ...], ...], quality: int, subsampling: str
) -> Callable[[Pixels], Coded]:
    """A JPEG encoder with `table` (natural order) for luma and chroma, scaled by quality as libjpeg does."""
    percent = 5000 // quality if quality < 50 else 200 - 2 * quality
    scaled = ((np.array(table) * percent + 50) // 100).clip(1, 255)
    tables = [scaled.ravel().tolist()] * 2
    return lambda pixels: _encode(pixels, qtables=tables, subsampling=subsampling)


def photoshop(pixels: Pixels) -> Coded:
    """Tables and subsampling of Photoshop's "save for web, low", as Pillow's presets hold them.

    Chroma's low frequencies are sent about as finely as luma's; the whole lies near quality 45.
    """
    preset = presets["web_low"]
    return _encode(pixels, qtables=preset["quantization"], subsampling=preset["subsampling"])


def _encode(pixels: Pixels, **options: object) -> Coded:
    file = BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", optimize=True, **options)
    return pipeline.decode(file.getvalue(), "stream")
