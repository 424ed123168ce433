"""Colour pictures with more than 8 bits a sample, where white stays white, or of over four components.

`deep` and `more` hold streams that `opj_compress` made of one picture, with white, black and red corners.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine import pipeline
from engine.codecs.jpeg2000.components import component_planes
from engine.codecs.jpeg2000.parse import parse
from engine.codecs.jpeg2000.whites import deepest, one_bit_more, samples
from engine.io.image import picture_from_bytes
from engine.registry import CODECS

DEEP = Path(__file__).parent / "deep"
STREAMS = sorted(DEEP.glob("*.j2k"))
MEANT = np.asarray(Image.open(DEEP / "deep.png")).astype(int)


@pytest.mark.parametrize("path", STREAMS, ids=lambda path: path.stem)
def test_white_is_white(path: Path) -> None:
    """As a stream and as a picture; 2 levels are what the lossy one loses."""
    payload = path.read_bytes()
    for shown in (
        pipeline.decode(payload, path.name).standard,
        picture_from_bytes(payload, path.name).pixels,
    ):
        assert np.abs(shown.astype(int) - MEANT).max() <= 2
    assert {tuple(colour) for colour in MEANT[4:24:8, 2].tolist()} == {
        (255, 255, 255),
        (0, 0, 0),
        (255, 0, 0),
    }


def test_there_are_streams_of_every_kind() -> None:
    assert len(STREAMS) == 5
    assert {deepest(path.read_bytes()) for path in STREAMS} == {10, 12, 16}


def test_a_stream_without_room_is_shown_as_it_is() -> None:
    """Without a bit-plane to guard, steps can't be told in a wider range."""
    payload = bytearray((DEEP / "deep_12_lossy.j2k").read_bytes())
    at = payload.index(b"\xff\x5c") + 4
    payload[at] &= 31
    assert one_bit_more(bytes(payload)) is None
    assert samples(bytes(payload)).shape == (24, 32, 3)


def test_eight_bits_are_decoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    monkeypatch.setattr("engine.codecs.jpeg2000.whites.one_bit_more", made.append)
    samples((DEEP.parent / "files" / "sycc420_tiles.j2k").read_bytes())
    assert not made
    samples((DEEP / "deep_10.j2k").read_bytes())
    assert len(made) == 1


@pytest.mark.parametrize("path", sorted((DEEP.parent / "more").iterdir()), ids=lambda path: path.stem)
def test_of_more_components_than_a_picture_has_the_first_are_shown(path: Path) -> None:
    payload = path.read_bytes()
    stream, picture = pipeline.decode(payload, path.name), picture_from_bytes(payload, path.name)
    assert np.abs(stream.standard.astype(int) - MEANT).max() <= 3
    np.testing.assert_array_equal(picture.pixels, stream.standard)
    said = f"the first 3 of its {5 + path.stem.startswith('six')} components are shown"
    assert pipeline.told(stream, path.name) == (said,)
    assert picture.notes == (said,)
    png = CODECS.get(stream.codec).png(stream.standard, stream)
    np.testing.assert_array_equal(picture_from_bytes(png, "a.png").pixels, stream.standard)


def test_dark_samples_are_of_the_depth_that_the_header_says() -> None:
    """None of these is above 255, and yet they have 16 bits."""
    dark, file = np.tile(np.arange(0, 256, 4, dtype=np.uint16), (64, 1)), BytesIO()
    Image.fromarray(dark).save(file, "JPEG2000", no_jp2=True)
    data = file.getvalue()
    planes = component_planes(data, parse(data, 0, len(data)))
    assert planes is not None
    np.testing.assert_array_equal(planes[0], np.rint(dark / 257).astype(np.uint8))
