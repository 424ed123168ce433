"""WebP (RFC 9649): lossy VP8 pictures (RFC 6386) encoded and decoded by libwebp, at its slowest setting."""

from __future__ import annotations

from io import BytesIO
from types import MappingProxyType

from PIL import Image
from PIL.WebPImagePlugin import WebPImageFile

from engine.codecs.pillow_codec import REFERENCE_STEP, PillowCodec, StreamFacts
from engine.codecs.seal import seal_riff
from engine.codecs.webp.parse import parse
from engine.errors import UserError

_SLOWEST = 6
_LONGEST = 16_383
_GAIN = 2.0
"""VP8's forward transform yields twice what an orthonormal 4×4 DCT does."""


class WebpCodec(PillowCodec):
    """The codec "webp"; reads lossless and animated files too (of these the first frame)."""

    magic = (b"WEBPVP8 ", b"WEBPVP8L", b"WEBPVP8X")
    magic_at = 8
    typical = MappingProxyType(
        {1: 0.18, 5: 0.24, 10: 0.29, 20: 0.37, 40: 0.54, 60: 0.7, 70: 0.8, 80: 1.06, 90: 1.8, 100: 3.5}
    )
    opener = WebPImageFile

    def _file(self, image: Image.Image, quality: int, subsampling: str) -> bytes:
        if max(image.size) > _LONGEST:
            raise UserError(f"WebP can't hold a side longer than {_LONGEST:,} pixels")
        file = BytesIO()
        image.save(file, "WEBP", quality=quality, method=_SLOWEST)
        return seal_riff(file.getvalue())

    def _facts(self, payload: bytes, name: str) -> StreamFacts:
        found = parse(payload)
        scale = None if found.step is None else found.step / _GAIN / REFERENCE_STEP
        subsampling = "4:4:4" if found.lossless else "4:2:0"
        return StreamFacts(
            self.name, found.width, found.height, scale, subsampling, found.trailing, found.further
        )


WEBP = WebpCodec("webp")
