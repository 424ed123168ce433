"""`nrc encode` and `nrc decode` on `.nrc` files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine import pipeline
from engine.cli import main as cli
from engine.io.write_image import save_png
from engine.types import EncodeOptions
from tests.support.tiny_models import save_tiny_model, textured_pixels


@pytest.fixture(params=["e2e", "goog"])
def codec(request: pytest.FixtureRequest, tiny_codecs: Path, here: Path) -> str:
    save_png("picture.png", textured_pixels())
    return str(request.param)


def test_encode_and_decode(codec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["encode", "picture.png", "--codec", codec, "--quality", "4", "-o", "a.nrc"]) == 0
    sent = pipeline.encode(codec, textured_pixels(), EncodeOptions(quality=4))
    assert Path("a.nrc").read_bytes() == sent.payload
    Path("picture.png").unlink()
    assert cli.main(["decode", "a.nrc", "-o", "a.png"]) == 0
    with Image.open("a.png") as image:
        assert np.array_equal(np.asarray(image), sent.standard)
    said = capsys.readouterr().out
    assert {"e2e": "E2E", "goog": "GOOG-small"}[codec] in said
    assert f"{len(sent.payload):,} bytes" in said


def test_encode_to_a_size(codec: str) -> None:
    assert cli.main(["encode", "picture.png", "--codec", codec, "--bpp", "1.2", "-o", "a.nrc"]) == 0
    assert pipeline.decode(Path("a.nrc").read_bytes(), "a.nrc").codec == codec


def test_damage_and_bad_qualities_are_one_line(codec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["encode", "picture.png", "--codec", codec, "--quality", "99", "-o", "a.nrc"]) == 2
    assert cli.main(["encode", "picture.png", "--codec", codec, "--quality", "2", "-o", "a.nrc"]) == 0
    payload = bytearray(Path("a.nrc").read_bytes())
    payload[-3] ^= 1
    Path("a.nrc").write_bytes(payload)
    assert cli.main(["decode", "a.nrc", "-o", "a.png"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert "must be a whole number from 1 to" in lines[0]
    assert "a.nrc: the" in lines[1]
    assert "is damaged (its checksum does not fit)" in lines[1]
    assert not Path("a.png").exists()


def test_the_decoder_that_fits_the_stream_is_found(
    codec: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind, codecs in (("sweep", ["jpeg"]), ("raster", [codec])):
        path = save_tiny_model(tmp_path / "models", kind)
        path.write_text(json.dumps(json.loads(path.read_text()) | {"codecs": codecs}))
    monkeypatch.setenv("NRC_MODELS", str(tmp_path / "models"))
    sent = ["--codec", codec, "--quality", "3"]
    assert cli.main(["refine", "picture.png", *sent, "--device", "cpu", "-o", "out"]) == 0
    assert json.loads(Path("out/report.json").read_text())["decoder"] == "tiny-raster"
    command = ["decode", "out/received.nrc", "--device", "cpu", "-o", "a.png", "--decoder"]
    assert cli.main([*command, "auto"]) == 0
    assert Path("a.png").read_bytes() == Path("out/step-2.png").read_bytes()
    capsys.readouterr()
    assert cli.main([*command, "tiny-sweep"]) == 2
    assert "was not trained for" in capsys.readouterr().err
    options = ["--codec", "webp", "--quality", "3", "--steps", "2"]
    assert cli.main(["refine", "picture.png", *options, "-o", "none"]) == 2
    said = capsys.readouterr().err
    assert said == (
        "nrc: error: no shipped decoder was trained for WebP streams; name your own with --decoder\n"
    )
    assert not Path("none").exists()


def test_a_codec_that_nothing_refines_is_sent_decoded_and_scored(
    here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    save_png("a.png", textured_pixels(48, 64))
    path = save_tiny_model(tmp_path / "models", "sweep")
    monkeypatch.setenv("NRC_MODELS", str(tmp_path / "models"))
    assert cli.main(["refine", "a.png", "--quality", "20", "-o", "out"]) == 0
    assert Path("out/step-2.png").exists()
    capsys.readouterr()
    assert cli.main(["refine", "a.png", "--codec", "webp", "--quality", "20", "-o", "out"]) == 0
    said = capsys.readouterr()
    assert said.err == "nrc: note: no shipped decoder was trained for WebP streams: not refined\n"
    assert "Standard decode alone:" in said.out
    names = sorted(each.name for each in Path("out").iterdir())
    assert names == ["original.png", "received.webp", "report.json", "step-0.png"]
    report = json.loads(Path("out/report.json").read_text())
    assert (report["codec"], report["decoder"], report["context"]) == ("webp", "", "")
    assert [step["index"] for step in report["steps"]] == [0]
    assert report["steps"][0]["psnr_rgb_db"] > 20
    options = ["--codec", "webp", "--quality", "20", "--steps", "2", "-o", "out"]
    assert cli.main(["refine", "a.png", *options]) == 2
    assert "was trained for WebP streams; name your own" in capsys.readouterr().err
    assert cli.main(["refine", "a.png", *options, "--decoder", path.stem]) == 2
    assert "was not trained for WebP streams" in capsys.readouterr().err
