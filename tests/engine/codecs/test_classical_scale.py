"""Where the scales of JPEG 2000, WebP and AVIF come from: tables, norms, headers."""

from __future__ import annotations

import io
import itertools
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from engine.codecs.avif import av1_header
from engine.codecs.damage import DamagedError
from engine.codecs.jpeg2000 import parse as jpeg2000_parse
from engine.codecs.jpeg2000.packets import effective_step
from engine.codecs.jpeg2000.tiles import norm
from engine.codecs.pillow_codec import scale_of_rate
from engine.codecs.webp import parse as webp_parse
from engine.errors import UserError
from engine.pipeline import decode
from tests.support.tiny_models import textured_pixels


def test_tables_of_steps() -> None:
    """Both tables grow, and pass through figures of their specifications."""
    assert len(webp_parse.AC_STEPS) == 128
    assert [webp_parse.AC_STEPS[i] for i in (0, 53, 58, 117, 127)] == [4, 57, 66, 234, 284]
    assert len(av1_header.AC_STEPS) == 256
    assert [av1_header.AC_STEPS[i] for i in (0, 1, 95, 96, 255)] == [4, 8, 102, 104, 1828]
    for steps in (webp_parse.AC_STEPS, av1_header.AC_STEPS):
        assert all(a < b for a, b in itertools.pairwise(steps))


# Synthesis filters of T.800, annex F: low-pass and high-pass, of the 9/7 and of the 5/3 transform.
_LOW_97 = [
    -0.0912717631,
    -0.0575435263,
    0.5912717631,
    1.1150870525,
    0.5912717631,
    -0.0575435263,
    -0.0912717631,
]
_HIGH_97 = [
    0.0267487574, 0.0168641184, -0.0782232665, -0.2668641184, 0.6029490182, -0.2668641184, -0.0782232665,
    0.0168641184, 0.0267487574,
]  # fmt: skip
_LOW_53, _HIGH_53 = [0.5, 1.0, 0.5], [-0.125, -0.25, 0.75, -0.25, -0.125]


def _line(filters: tuple[list[float], list[float]], high: bool, level: int) -> NDArray[np.float64]:
    """What one coefficient of a level becomes, in one dimension."""
    line = np.array(filters[1] if high else filters[0])
    for _ in range(level - 1):
        spread = np.zeros(2 * len(line) - 1)
        spread[::2] = line
        line = np.convolve(spread, filters[0])
    return line


@pytest.mark.parametrize("reversible", [False, True])
@pytest.mark.parametrize("level", range(1, 8))
def test_norms_are_those_of_the_filters(reversible: bool, level: int) -> None:
    filters = (_LOW_53, _HIGH_53) if reversible else (_LOW_97, _HIGH_97)
    gain = 1.0 if reversible else 2.0  # of the analysis high-pass filter; that of 5/3 is in its steps
    low = np.linalg.norm(_line(filters, False, level))
    high = np.linalg.norm(_line(filters, True, level)) * gain
    for kind, expected in (("LL", low * low), ("HL", low * high), ("HH", high * high)):
        assert norm(kind, level, reversible) == pytest.approx(expected, rel=0.02)
    assert norm("LL", 0, reversible) == 1


def _saved(format: str, **options: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(textured_pixels(96, 136)).save(file, format, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    "options",
    [
        {"progression": "RLCP"},
        {"progression": "RPCL"},
        {"progression": "PCRL"},
        {"progression": "CPRL"},
        {"tile_size": (64, 48)},
        {"precinct_size": (64, 64), "codeblock_size": (32, 32)},
        {"codeblock_size": (32, 32), "num_resolutions": 4},
        {"no_jp2": True, "quality_layers": [60, 30, 12]},
    ],
)
def test_the_scale_of_jpeg2000_hardly_hangs_on_how_it_is_packed(options: dict[str, Any]) -> None:
    common = {"mct": 1, "irreversible": True, "quality_mode": "rates", "quality_layers": [12]}
    plain, packed = (decode(_saved("JPEG2000", **common | o), "a") for o in ({}, options))
    assert packed.scale == pytest.approx(plain.scale, rel=0.25)


def test_a_packing_that_hides_the_planes_leaves_a_guess_from_the_rate() -> None:
    hidden = {"progression": "RPCL", "precinct_size": (64, 64), "codeblock_size": (32, 32)}
    coded = decode(
        _saved("JPEG2000", mct=1, irreversible=True, quality_mode="rates", quality_layers=[12], **hidden), "a"
    )
    assert coded.scale == scale_of_rate(coded.bits_per_pixel)


def test_headers_that_claim_too_much_are_not_followed() -> None:
    """65,535 layers of precincts of 2×2 samples would take minutes to walk through."""
    payload = bytearray(
        _saved("JPEG2000", no_jp2=True, mct=1, precinct_size=(128, 128), codeblock_size=(64, 64))
    )
    at = payload.index(b"\xff\x52")
    levels = payload[at + 9]
    payload[at + 14 : at + 15 + levels] = b"\x11" * (levels + 1)
    large = bytes(payload).replace((136).to_bytes(4, "big"), (4096).to_bytes(4, "big"))
    large = large.replace((96).to_bytes(4, "big"), (4096).to_bytes(4, "big"))
    stream = jpeg2000_parse.parse(large, 0, None)
    assert effective_step(stream) is None
    payload[at + 6 : at + 8] = b"\xff\xff"
    with pytest.raises(UserError):
        decode(bytes(payload), "a")


def test_segments_count_in_the_scale_of_webp() -> None:
    """libwebp gives flat and detailed parts quantisers of their own, on either side of the single one."""
    pixels = textured_pixels(96, 136).copy()
    pixels[:, :60] = 120
    files = []
    for _ in range(2):
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "WEBP", quality=50, method=6)
        files.append(file.getvalue())
    found = webp_parse.parse(files[0])
    assert found.step is not None
    assert webp_parse.AC_STEPS[0] < found.step < webp_parse.AC_STEPS[-1]


@pytest.mark.parametrize(
    ("size", "options"),
    [((64, 64), {}), ((4500, 40), {}), ((40, 4500), {}), ((70, 70), {"subsampling": "4:4:4"})],
)
def test_the_index_of_avif_follows_its_quality(size: tuple[int, int], options: dict[str, Any]) -> None:
    """Of pictures so long that they are cut into tiles too. libavif's quality is a straight line of q."""
    scales = []
    for quality in (0, 50, 100):
        file = io.BytesIO()
        image = Image.fromarray(textured_pixels(size[1], size[0]))
        image.save(file, "AVIF", quality=quality, speed=10, max_threads=1, **options)
        scales.append(decode(file.getvalue(), "a").scale)
    assert scales[0] == pytest.approx(av1_header.AC_STEPS[255] / 128)
    assert 1 < scales[1] < 5
    assert scales[2] < 0.05


def test_full_av1_headers() -> None:
    """An image sequence has the long headers of video."""
    frames = [Image.fromarray(textured_pixels(48, 56, seed)) for seed in range(2)]
    file = io.BytesIO()
    frames[0].save(file, "AVIF", save_all=True, append_images=frames[1:], quality=50, speed=10, max_threads=1)
    payload = file.getvalue()
    coded = decode(payload, "a")
    single = io.BytesIO()
    frames[0].save(single, "AVIF", quality=50, speed=10, max_threads=1)
    assert coded.scale == pytest.approx(decode(single.getvalue(), "b").scale, rel=0.5)


def test_units_that_run_over_the_end() -> None:
    for data in (b"", b"\x0a\x05\x00", b"\x80", b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff"):
        with pytest.raises(DamagedError):
            av1_header.frame_facts(data)
