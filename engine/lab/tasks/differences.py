"""Differences: the DC arrives as the file really sends it, as the difference to the patch before (ITU-T T.81,
section F.1.1.5.1, DPCM), with a restart at the beginning of every span.

The symbols are those of a real 4:4:4 stream. The first patch of a restart interval has its DC sent whole,
each later one the difference to the one before, in steps of the quantiser; what it amounts to has to be
summed up along the span, in every component. The AC coefficients arrive as always. The picture is padded to
whole spans, repeating its last column, and the restart interval is the span, so that streams of any width are
coded alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from engine.codecs.jpeg.codec import JPEG
from engine.decoders.dct import zigzag
from engine.decoders.spans import sent
from engine.errors import UserError
from engine.lab.tasks.pictures import PictureOptions, PictureTask, Spans, Steps, coefficients
from engine.training.data import Example
from engine.types import PATCH, Pixels


@dataclass(frozen=True)
class Options(PictureOptions):
    """The stream is 4:4:4: one block of each component a patch, so that differences run along the row."""

    span: int = 32
    subsampling: str = "4:4:4"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.subsampling != "4:4:4":
            raise ValueError("subsampling must be '4:4:4': with 4:2:0 the order of blocks is another")


class Differences(PictureTask):
    """Registered as "differences"."""

    Options = Options
    aligned = True

    def code(self, pixels: Pixels) -> tuple[Tensor, Tensor]:
        """Dequantised symbols of the real stream, and the original's coefficients."""
        coded, original = stream(pixels, self.options.quality, self.options.span)
        return received(coded), original

    def arrange(self, spans: Spans) -> Steps:
        seen = self.seen(spans, sent(spans.received))
        parts = (seen, spans.original, spans.there.float())
        return Steps(*(each.transpose(0, 1).contiguous() for each in parts))

    def finished(self, spans: Spans, answered: Tensor) -> Tensor:
        return answered


def stream(pixels: Pixels, quality: int, span: int) -> tuple[bytes, Tensor]:
    """A 4:4:4 stream with a restart after every `span` patches, of the picture padded to whole spans; and the
    coefficients of the original, (rows, columns, 192), columns as in the padded picture."""
    height, width = pixels.shape[:2]
    padded = np.pad(pixels, ((0, -height % PATCH), (0, -width % (PATCH * span)), (0, 0)), mode="edge")
    file = BytesIO()
    Image.fromarray(padded).save(file, "JPEG", quality=quality, subsampling=0, restart_marker_blocks=span)
    original = coefficients(Example(padded, padded, 1.0, True))[1]
    return file.getvalue(), original


def received(payload: bytes) -> Tensor:
    """Dequantised coefficients of a 4:4:4 stream, (rows, columns, 192) in the order of `engine.decoders.dct`.

    Raises UserError where the stream's symbols can't be read.
    """
    symbols = JPEG.decode(payload).symbols
    if symbols is None or len(symbols.components) != 3:
        raise UserError("the stream's symbols can't be read here")
    parts = [
        torch.from_numpy(each.coefficients.astype(np.float32) * each.quantisation.astype(np.float32)).flatten(
            2
        )[..., list(zigzag())]
        for each in symbols.components
    ]
    return torch.cat(parts, -1)
