"""JPEG 2000, WebP and AVIF: files that other programs read, rates, what is refused, damage that is told."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine import pipeline
from engine.cli import main as cli
from engine.errors import UserError
from engine.io.write_image import save_png
from engine.metrics.fidelity import luma, psnr_rgb_db
from engine.models.card import find_card
from engine.registry import CODECS
from engine.types import Coded, DecodeOptions, EncodeOptions, Picture, RefineRequest
from tests.support.classical_files import decoded
from tests.support.pictures import pixels_in
from tests.support.repository import ROOT
from tests.support.tiny_models import save_tiny_model, textured_pixels

NAMES = ("jpeg2000", "jpeg2000-nomct", "webp", "avif")

FORMATS = {"jpeg2000": "JPEG2000", "jpeg2000-nomct": "JPEG2000", "webp": "WEBP", "avif": "AVIF"}

PIXELS = textured_pixels(80, 112)


def assert_same(a: Coded, b: Coded) -> None:
    assert (a.codec, a.payload, a.scale, a.subsampling) == (b.codec, b.payload, b.scale, b.subsampling)
    np.testing.assert_array_equal(a.standard, b.standard)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("quality", [1, 40, 100])
def test_payload_is_a_file_whose_decode_is_step_0(name: str, quality: int) -> None:
    codec = CODECS.get(name)
    assert codec.name == name
    coded = codec.encode(PIXELS, EncodeOptions(quality=quality))
    assert (coded.codec, coded.quality, coded.height, coded.width) == (name, quality, 80, 112)
    np.testing.assert_array_equal(pixels_in(coded.payload), coded.standard)
    assert coded.standard.flags.c_contiguous
    assert not coded.standard.flags.writeable
    assert coded.patch_bits is None
    assert coded.patch_bits_note
    again = codec.encode(PIXELS, EncodeOptions(quality=quality))
    assert again.payload == coded.payload
    payload, standard = codec.size_and_standard(PIXELS, quality, "4:2:0")
    assert payload == coded.payload
    np.testing.assert_array_equal(standard, coded.standard)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (17, 9), (66, 130)])
def test_decoding_the_payload_gives_the_same_record(name: str, shape: tuple[int, int]) -> None:
    coded = CODECS.get(name).encode(textured_pixels(*shape), EncodeOptions(quality=50))
    received = pipeline.decode(coded.payload, "again")
    assert received.quality is None
    assert_same(coded, received)
    assert CODECS.get(name).notes(coded.payload) == ()


@pytest.mark.parametrize("name", NAMES)
def test_quality_buys_fidelity_with_bits_and_shows_in_the_scale(name: str) -> None:
    coded = [CODECS.get(name).encode(PIXELS, EncodeOptions(quality=q)) for q in (5, 30, 60, 95)]
    errors = [float(np.square(luma(c.standard) - luma(PIXELS)).mean()) for c in coded]
    assert all(a > b for a, b in itertools.pairwise(errors))
    assert all(a.bits < b.bits for a, b in itertools.pairwise(coded))
    assert all(a.scale > b.scale for a, b in itertools.pairwise(coded))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("quality", [60, 90])
def test_the_scale_is_the_step_that_the_error_asks_for(name: str, quality: int) -> None:
    """A quantiser of step Δ on noise of many steps' spread errs by Δ² / 12 on average."""
    rng = np.random.default_rng(7)
    noise = np.clip(rng.normal(128, 45, (96, 128, 1)).repeat(3, -1), 0, 255).astype(np.uint8)
    coded = CODECS.get(name).encode(noise, EncodeOptions(quality=quality))
    step = np.sqrt(12 * np.square(luma(coded.standard) - luma(noise)).mean()) / 16
    assert 0.5 < coded.scale / step < 1.5


@pytest.mark.parametrize("name", NAMES)
def test_rates_are_met_as_nearly_as_the_codec_can(name: str) -> None:
    pixels, codec = textured_pixels(200, 240), CODECS.get(name)
    coded = codec.encode(pixels, EncodeOptions(bits_per_pixel=1.2))
    if name.startswith("jpeg2000"):
        assert coded.bits_per_pixel == pytest.approx(1.2, rel=0.012)
        assert coded.quality is None
    else:
        assert coded.quality is not None
        for neighbour in (coded.quality - 1, coded.quality + 1):
            other = codec.encode(pixels, EncodeOptions(quality=neighbour))
            assert abs(coded.bits_per_pixel - 1.2) <= abs(other.bits_per_pixel - 1.2)
        assert codec.encode(pixels, EncodeOptions(quality=coded.quality)).payload == coded.payload


@pytest.mark.parametrize("name", NAMES)
def test_rates_out_of_reach_give_an_end(name: str) -> None:
    codec, pixels = CODECS.get(name), textured_pixels(32, 40)
    high = codec.encode(pixels, EncodeOptions(bits_per_pixel=60.0))
    low = codec.encode(pixels, EncodeOptions(bits_per_pixel=0.001))
    assert low.bits < high.bits
    if not name.startswith("jpeg2000"):
        assert high.payload == codec.encode(pixels, EncodeOptions(quality=100)).payload
        assert low.bits <= codec.encode(pixels, EncodeOptions(quality=1)).bits


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "options",
    [
        EncodeOptions(),
        EncodeOptions(quality=10, bits_per_pixel=1.0),
        EncodeOptions(quality=0),
        EncodeOptions(quality=101),
        EncodeOptions(bits_per_pixel=0.0),
        EncodeOptions(bits_per_pixel=float("nan")),
        EncodeOptions(bits_per_pixel=float("inf")),
    ],
)
def test_impossible_options_are_user_errors(name: str, options: EncodeOptions) -> None:
    with pytest.raises(UserError) as caught:
        CODECS.get(name).encode(PIXELS, options)
    assert "\n" not in str(caught.value)


def test_subsampling_counts_where_there_is_a_choice() -> None:
    kinds = {
        name: CODECS.get(name).encode(PIXELS, EncodeOptions(quality=30, subsampling="4:4:4")).subsampling
        for name in NAMES
    }
    assert kinds == {"jpeg2000": "4:4:4", "jpeg2000-nomct": "4:4:4", "webp": "4:2:0", "avif": "4:4:4"}
    with pytest.raises(UserError, match="AVIF subsampling must be 4:2:0 or 4:4:4, not '4:1:1'"):
        CODECS.get("avif").encode(PIXELS, EncodeOptions(quality=30, subsampling="4:1:1"))
    for name in NAMES:
        assert kinds[name] in CODECS.get(name).subsamplings


def test_sides_that_a_format_cannot_hold() -> None:
    strip = np.zeros((1, 16_384, 3), np.uint8)
    with pytest.raises(UserError, match="WebP can't hold a side longer than 16,383 pixels"):
        CODECS.get("webp").encode(strip, EncodeOptions(quality=30))


def test_the_colour_transform_is_worth_decibels_and_told_apart() -> None:
    rng = np.random.default_rng(3)
    grey = rng.normal(0, 30, (24, 30)).repeat(8, 0).repeat(8, 1)[..., None]
    pixels = np.clip(grey + 128 + rng.normal(0, 2, (192, 240, 3)), 0, 255).astype(np.uint8)
    on, off = (
        CODECS.get(name).encode(pixels, EncodeOptions(bits_per_pixel=0.8))
        for name in ("jpeg2000", "jpeg2000-nomct")
    )
    assert psnr_rgb_db(pixels, on.standard) > psnr_rgb_db(pixels, off.standard) + 1
    for reader in ("jpeg2000", "jpeg2000-nomct"):
        assert CODECS.get(reader).decode(on.payload).codec == "jpeg2000"
        assert CODECS.get(reader).decode(off.payload).codec == "jpeg2000-nomct"


# Damage


@pytest.mark.parametrize("name", NAMES)
def test_damage_to_our_own_streams_is_always_told(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing but the right picture, a one-line error or a picture that is said to be damaged ever comes
    back."""
    coded = CODECS.get(name).encode(textured_pixels(40, 48), EncodeOptions(quality=20))
    rng = np.random.default_rng(11)
    told = 0
    for trial in range(200):
        broken = bytearray(coded.payload)
        if trial % 4 == 0:
            del broken[rng.integers(len(broken)) :]
        elif trial % 4 == 1:
            at = rng.integers(len(broken))
            del broken[at : at + rng.integers(1, 30)]
        else:
            for _ in range(rng.integers(1, 4)):
                broken[rng.integers(len(broken))] ^= int(rng.integers(1, 256))
        received = decoded(bytes(broken))
        if received is None or received.damage or received.unread:
            told += 1
        else:
            np.testing.assert_array_equal(received.standard, coded.standard)
    assert told > 150
    assert capfd.readouterr() == ("", "")


# Decoders and commands


def test_decoders_refuse_codecs_they_were_not_trained_for(tmp_path: Path) -> None:
    path = save_tiny_model(tmp_path)
    picture = Picture("a.png", textured_pixels())
    request = RefineRequest(
        "a.png", "webp", EncodeOptions(quality=20), str(path), DecodeOptions(device="cpu")
    )
    expected = r"decoder 'tiny-sweep' was not trained for WebP streams \(trained for: JPEG\)"
    with pytest.raises(UserError, match=expected):
        next(pipeline.refine(request, picture))
    coded = pipeline.encode("webp", picture.pixels, EncodeOptions(quality=20))
    with pytest.raises(UserError, match=expected):
        next(pipeline.refine(request, None, coded))
    record = json.loads(path.read_text())
    assert record["codecs"] == ["jpeg"]
    path.write_text(json.dumps(record | {"codecs": ["webp"]}))
    assert find_card(str(path)).codecs == ("webp",)
    *_, last = pipeline.refine(request, picture)
    assert last.finished
    del record["codecs"]  # as of cards written before there were others
    path.write_text(json.dumps(record))
    assert find_card(str(path)).codecs == ("jpeg",)


def test_trust_is_a_matter_of_the_codec(tmp_path: Path) -> None:
    path = save_tiny_model(tmp_path)
    record = json.loads(path.read_text())
    record["training"] = {"finest_scales": {"webp": 1.0}, "configuration": {"data": {"quality_high": 60}}}
    path.write_text(json.dumps(record))
    card = find_card(str(path))
    assert card.trust(0.5, "webp") == pytest.approx((0.5 - 0.125) / 0.875)
    assert card.trust(0.5, "avif") == 1.0
    assert card.finest_scale() == pytest.approx(0.79)
    assert "coarser" in card.trust_note(0.5, "webp")


@pytest.mark.parametrize("name", NAMES)
def test_commands_in_processes_of_their_own(name: str, tmp_path: Path) -> None:
    save_png(tmp_path / "a.png", PIXELS)
    stream = f"a{CODECS.get(name).suffixes[0]}"

    def nrc(*arguments: str) -> str:
        run = subprocess.run(
            [sys.executable, "-m", "engine.cli.main", *arguments],
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        return run.stdout

    said = nrc("encode", "a.png", "--codec", name, "--quality", "40", "-o", stream)
    coded = CODECS.get(name).encode(PIXELS, EncodeOptions(quality=40))
    assert (tmp_path / stream).read_bytes() == coded.payload
    assert f"{CODECS.get(name).title}, quality 40, {coded.subsampling}, 112×80" in said
    nrc("decode", stream, "-o", "b.png")
    np.testing.assert_array_equal(pixels_in((tmp_path / "b.png").read_bytes()), coded.standard)


def test_encode_tells_what_a_target_reached(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_png("a.png", textured_pixels(160, 200))
    assert cli.main(["encode", "a.png", "--codec", "jpeg2000", "--bpp", "0.9", "-o", "a.j2k"]) == 0
    said = capsys.readouterr().out
    assert "JPEG 2000, 4:4:4" in said
    assert said.endswith("(asked for 0.9)\n")
    assert cli.main(["decode", "a.j2k", "-o", "a.png", "--decoder", "sweep"]) == 2
    assert "was not trained for JPEG 2000 streams" in capsys.readouterr().err
    command = ["refine", "a.png", "--codec", "webp", "--quality", "20", "--decoder", "sweep", "-o", "out"]
    assert cli.main(command) == 2
    assert "was not trained for WebP streams" in capsys.readouterr().err
    assert not Path("out").exists()
