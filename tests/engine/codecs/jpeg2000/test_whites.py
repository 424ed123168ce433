"""Colour pictures with more than 8 bits a sample: white stays white.

`deep` holds streams that `opj_compress` made of one picture, with white, black and red corners.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine import pipeline
from engine.codecs.jpeg2000.whites import deepest, one_bit_more, samples
from engine.io.image import picture_from_bytes

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
