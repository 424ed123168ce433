"""JPEG 2000 (ISO/IEC 15444-1, ITU-T T.800): encoded and decoded by OpenJPEG.

Irreversible 9/7 transform, five decomposition levels, code-blocks of 64×64, one layer and tile, written as
a bare codestream; with the colour transform (the codec "jpeg2000"), or without ("jpeg2000-nomct"), as it
was in some older comparisons: Pillow leaves it off unless told. Without it the three components are coded
each for itself, which costs several dB at the same rate.

JPEG 2000 is made to a size: the coder puts its finest bit-planes aside until the rest fits. So a target
rate is met to about a percent and has no quality. Quality Q asks instead for 24 + Q/5 dB, as OpenJPEG
estimates it, up to what the transform's quantiser gives, about 45 dB.
"""

from __future__ import annotations

import math
import struct
from io import BytesIO

from PIL import Image
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile

from engine.codecs.checks import check_pixels
from engine.codecs.damage import DamagedError
from engine.codecs.jpeg2000.colour import (
    colours_left,
    more_components,
    picture_of,
    picture_size,
    profile_of,
)
from engine.codecs.jpeg2000.packets import effective_step
from engine.codecs.jpeg2000.parse import find_codestream, parse
from engine.codecs.pillow_codec import REFERENCE_STEP, About, PillowCodec, StreamFacts
from engine.codecs.seal import UNSEALED_COMMENT, comment_broken, seal_comment
from engine.io.image import check_size
from engine.types import Pixels

_SOC = b"\xff\x4f\xff\x51"
_SIGNATURE = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_SAMPLE_BITS = 24.0
_CLOSE, _TRIES = 0.004, 4


class Jpeg2000Codec(PillowCodec):
    """The codecs "jpeg2000" and "jpeg2000-nomct". Either reads the streams of both and tells which."""

    magic = (_SOC, _SIGNATURE)
    opener = Jpeg2KImageFile

    def __init__(self, name: str, colour_transform: bool) -> None:
        super().__init__(name)
        self._transform = colour_transform

    def _file(self, image: Image.Image, quality: int, subsampling: str) -> bytes:
        return self._codestream(image, "dB", 24 + quality / 5)

    def _nearest(self, pixels: Pixels, target: float, subsampling: str) -> tuple[bytes, int | None]:
        """OpenJPEG's own rate control, asked again where it missed by more than a few thousandths."""
        check_pixels(pixels)
        image = Image.fromarray(pixels)
        wanted = target * image.width * image.height / 8
        asked, best = target, b""
        for _ in range(_TRIES):
            file = self._at_rate(image, asked)
            if not best or abs(len(file) - wanted) < abs(len(best) - wanted):
                best = file
            if abs(len(file) - wanted) <= _CLOSE * wanted:
                break
            asked *= min(2.0, max(0.5, wanted / len(file)))
        return best, None

    def _at_rate(self, image: Image.Image, bits_per_pixel: float) -> bytes:
        ratio = max(1.0, _SAMPLE_BITS / bits_per_pixel)  # 1 means everything that the quantiser left
        return self._guarded(image, lambda: self._codestream(image, "rates", ratio))

    def _codestream(self, image: Image.Image, mode: str, layer: float) -> bytes:
        file = BytesIO()
        image.save(
            file,
            "JPEG2000",
            no_jp2=True,
            irreversible=True,
            mct=int(self._transform),
            quality_mode=mode,
            quality_layers=[layer],
            comment=UNSEALED_COMMENT,
        )
        return seal_comment(file.getvalue())

    def _facts(self, payload: bytes, name: str) -> StreamFacts:
        start, end = find_codestream(payload)
        stream = parse(payload, start, end)
        if comment_broken(payload[start : start + stream.end], stream.segments):
            raise DamagedError("its check sum is wrong")
        check_size(
            stream.width, stream.height, name, self.title
        )  # before the blocks of what it claims are made
        step = effective_step(stream)
        width, height = picture_size(stream)
        transformed = stream.colour_transform or len(stream.components) < 3
        codec = JPEG2000 if transformed else JPEG2000_NOMCT
        return StreamFacts(
            codec=codec.name,
            width=width,
            height=height,
            grid=(stream.width, stream.height),
            scale=None if step is None or not math.isfinite(step) else step / REFERENCE_STEP,
            subsampling=stream.subsampling,
            trailing=(len(payload) if end is None else end) - start - stream.end,
        )

    def _image(self, payload: bytes, name: str, facts: StreamFacts, notes: list[str]) -> Image.Image:
        if not facts.damage and not facts.unread:
            made: Image.Image | None = None
            failed = False
            try:
                made = picture_of(payload)
            except (DamagedError, OSError, ValueError, IndexError, struct.error):
                failed = True  # damage within a tile, which a decoder of the whole may pass over
            notes += [*more_components(payload), *colours_left(payload)]
            if made is not None:
                return made
            if failed:
                notes.append("its components can't be read one by one; colours may be wrong")
            elif (facts.width, facts.height) != facts.grid:
                notes.append("its components have fewer samples than pixels and are shown roughly")
        return super()._image(payload, name, facts, notes)

    def _about(self, payload: bytes, name: str) -> About:
        """Pillow knows no profiles of these files, and opens none of more than four components."""
        return About(profile=profile_of(payload))


JPEG2000 = Jpeg2000Codec("jpeg2000", colour_transform=True)
JPEG2000_NOMCT = Jpeg2000Codec("jpeg2000-nomct", colour_transform=False)
