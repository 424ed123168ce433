"""AVIF: AV1 pictures encoded by libaom and decoded by dav1d, both through libavif; 8 bits, one tile."""

from __future__ import annotations

from io import BytesIO
from types import MappingProxyType

from PIL import Image
from PIL.AvifImagePlugin import AvifImageFile

from engine.codecs.avif.parse import parse
from engine.codecs.checks import check_pixels
from engine.codecs.pillow_codec import REFERENCE_STEP, PillowCodec, StreamFacts
from engine.codecs.rate_search import nearest
from engine.codecs.seal import seal_boxes
from engine.types import Pixels

_SPEED, _SKETCH_SPEED, _SKETCH_EXCESS = 6, 10, 1.1
"""6 is what libavif takes unless told. 10 is several times as quick, and its files about a tenth larger."""
_DISTINCT = sorted({((100 - quality) * 63 + 50) // 100: quality for quality in range(100, 0, -1)}.values())
"""The lowest quality of each of the 63 quantisers that libavif makes of 1 to 100."""
_GAIN = 8.0
"""AV1's transforms yield eight times what orthonormal ones do."""


class AvifCodec(PillowCodec):
    """The codec "avif". One thread encodes: with more, the bytes would depend on their number."""

    magic = (b"ftypavif", b"ftypavis", b"ftypmif1", b"ftypmiaf")
    magic_at = 4
    typical = MappingProxyType(
        {1: 0.09, 10: 0.12, 20: 0.17, 30: 0.25, 40: 0.37, 50: 0.56, 60: 0.78, 70: 1.1, 80: 1.5, 100: 3.2}
    )
    opener = AvifImageFile

    def _file(self, image: Image.Image, quality: int, subsampling: str) -> bytes:
        return self._at_speed(image, quality, subsampling, _SPEED)

    def _nearest(self, pixels: Pixels, target: float, subsampling: str) -> tuple[bytes, int | None]:
        check_pixels(pixels)
        image, chosen = Image.fromarray(pixels), self._subsampling(subsampling)
        return nearest(
            lambda quality: self._payload(pixels, quality, subsampling),
            target,
            image.width * image.height,
            _DISTINCT,
            self.typical,
            lambda quality: self._guarded(
                image, lambda: self._at_speed(image, quality, chosen, _SKETCH_SPEED)
            ),
            _SKETCH_EXCESS,
        )

    @staticmethod
    def _at_speed(image: Image.Image, quality: int, subsampling: str, speed: int) -> bytes:
        file = BytesIO()
        image.save(file, "AVIF", quality=quality, subsampling=subsampling, speed=speed, max_threads=1)
        return seal_boxes(file.getvalue())

    def _facts(self, payload: bytes, name: str) -> StreamFacts:
        found = parse(payload)
        with self._opened(payload, name) as image:  # parses the boxes, decodes nothing
            width, height = image.size
        scale = None if found.step is None else found.step / _GAIN / REFERENCE_STEP
        return StreamFacts(
            self.name,
            width,
            height,
            scale,
            found.subsampling,
            further=found.further,
            notes=found.notes,
        )


AVIF = AvifCodec("avif")
