"""How pictures are sent in benchmarks of JPEG restoration: in grey, saved twice, cropped in between.

Grey: luma of the original, rounded, as a JPEG file of one component (Dong et al., ARCNN, ICCV 2015, and all
after them). Saved twice: Jiang, Zhang, Timofte, *Towards Flexible Blind JPEG Artifacts Removal*, ICCV 2021,
section 4.2: encoded at a first quality, its decode cropped by (down, right) pixels so that the second grid
lies elsewhere, encoded again; scores are against the original, cropped alike.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from engine import pipeline
from engine.errors import UserError
from engine.metrics.fidelity import grey
from engine.registry import CODECS
from engine.types import PATCH, Coded, EncodeOptions, Pixels, frozen

JPEG = "jpeg"


@dataclass(frozen=True)
class Protocol:
    """grey: luma alone is sent. first_quality: of the JPEG file that the pictures were saved as before, None
    for none. shift: (down, right), 0 to 7 pixels cut off between the two."""

    grey: bool = False
    first_quality: int | None = None
    shift: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        if self.first_quality is None and self.shift != (0, 0):
            raise UserError("a shift needs a first quality: it lies between two encodings")
        if not all(0 <= part < PATCH for part in self.shift):
            raise UserError(f"shift: two whole numbers from 0 to {PATCH - 1}, not {self.shift}")

    @property
    def plain(self) -> bool:
        return self == Protocol()

    def prepared(self, original: Pixels) -> tuple[Pixels, Pixels]:
        """What scores are against, and what is encoded; uint8 (height, width, 3), both of one shape.

        Raises UserError on a picture that the shift leaves nothing of.
        """
        reference = grey(original) if self.grey else original
        if self.first_quality is None:
            return reference, reference
        down, right = self.shift
        if reference.shape[0] <= down or reference.shape[1] <= right:
            raise UserError(f"a picture of {reference.shape[1]}×{reference.shape[0]} pixels can't be shifted")
        first = self.encode(JPEG, reference, EncodeOptions(quality=self.first_quality)).standard
        return frozen(reference[down:, right:].copy()), frozen(first[down:, right:].copy())

    def encode(self, codec: str, pixels: Pixels, options: EncodeOptions) -> Coded:
        """The stream of `pixels`, of one component where grey JPEG is asked for. Raises UserError."""
        if not (self.grey and codec == JPEG):
            return pipeline.encode(codec, pixels, options)
        if options.quality is None:
            raise UserError("grey JPEG files are made to a quality, not to a rate")
        file = io.BytesIO()
        image = Image.fromarray(np.ascontiguousarray(pixels[..., 0]))
        image.save(file, "JPEG", quality=options.quality, optimize=True)
        return replace(CODECS.get(codec).decode(file.getvalue()), quality=options.quality)

    def words(self) -> str:
        """For people: "grey, saved at quality 10 before, shifted by (4, 4)"; "" for the plain one."""
        parts = ["grey"] if self.grey else []
        if self.first_quality is not None:
            parts.append(f"saved at quality {self.first_quality} before")
        if self.shift != (0, 0):
            parts.append(f"shifted by {self.shift}")
        return ", ".join(parts)
