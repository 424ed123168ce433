"""JPEG files with more than 8 bits a sample: shown by an extra, or told what is missing."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from engine import pipeline
from engine.codecs.jpeg.codec import JPEG
from engine.errors import UserError
from engine.io.image import picture_from_bytes
from tests.support.jpeg_pictures import photo

codecs = pytest.importorskip("imagecodecs")
PIXELS = np.array(photo(40, 56))


def coded(bits: int, grey: bool, lossless: bool) -> bytes:
    pixels = PIXELS[..., 0] if grey else PIXELS
    samples = np.rint(pixels.astype(float) * ((2**bits - 1) / 255)).astype(
        np.uint16 if bits > 8 else np.uint8
    )
    return bytes(codecs.jpeg_encode(samples, level=97, bitspersample=bits, lossless=lossless))


@pytest.mark.parametrize("grey", [False, True])
@pytest.mark.parametrize(("bits", "lossless"), [(12, False), (12, True), (16, True), (8, True)])
def test_is_shown(bits: int, grey: bool, lossless: bool) -> None:
    payload, meant = coded(bits, grey, lossless), PIXELS[..., :1] if grey else PIXELS
    stream = JPEG.decode(b"junk" + payload, "a.jpg")
    picture = picture_from_bytes(payload, "a.jpg")
    for shown in (stream.standard, picture.pixels):
        # Chroma at half resolution is what the lossy one loses most by.
        off = np.abs(shown.astype(int) - meant)
        assert off.mean() < 4 if not lossless else off.max() == 0
    assert (stream.grey, stream.foreign, stream.symbols) == (grey, 4, None)
    told = pipeline.told(stream, "a.jpg")[0]
    assert ("lossless JPEG" if lossless else f"{bits} bits a sample") in told
    assert (f"its {bits} bits a sample are reduced to 8" in told) == (bits > 8)
    assert any("reduced to 8" in note for note in picture.notes) == (bits > 8)


def test_what_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "imagecodecs", None)
    payload = coded(12, False, False)
    for read in (lambda: JPEG.decode(payload, "a.jpg"), lambda: picture_from_bytes(payload, "a.jpg")):
        with pytest.raises(
            UserError, match=r"^a.jpg: JPEG with 12 bits .*; pip install 'nrc-viewer\[formats\]'"
        ):
            read()


def test_a_damaged_one_is_refused() -> None:
    with pytest.raises(UserError, match=r"^a.jpg: JPEG with 12 bits a sample is not supported"):
        JPEG.decode(coded(12, False, False)[:300], "a.jpg")


def test_one_that_was_cut_off_says_so() -> None:
    """The extra shows what there is without a word."""
    payload = coded(12, False, False)
    assert not JPEG.decode(payload, "a.jpg").damage
    cut = payload[: len(payload) * 3 // 4]
    stream, picture = JPEG.decode(cut, "a.jpg"), picture_from_bytes(cut, "a.jpg")
    assert stream.damage == "its end marker is missing"
    assert "the JPEG file is damaged: its end marker is missing" in picture.notes
    assert stream.damage in "; ".join(pipeline.told(stream, "a.jpg"))
