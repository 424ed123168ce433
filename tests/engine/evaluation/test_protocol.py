"""Protocols of JPEG restoration, published results, and the two side by side."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.cli.main import main
from engine.codecs.jpeg.codec import JPEG
from engine.errors import UserError
from engine.evaluation.protocol import Protocol
from engine.evaluation.published import published_results, standings
from engine.evaluation.rows import Row
from engine.metrics.fidelity import grey, psnr_rgb_db
from engine.types import EncodeOptions
from tests.support.tiny_models import textured_pixels

PIXELS = textured_pixels(48, 64, 3)


def saved(pixels: np.ndarray, quality: int) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(io.BytesIO(file.getvalue())).convert("RGB"))


def test_the_plain_protocol_changes_nothing() -> None:
    reference, sent = Protocol().prepared(PIXELS)
    assert reference is PIXELS
    assert sent is PIXELS
    plain = JPEG.encode(PIXELS, EncodeOptions(quality=20))
    assert Protocol().encode("jpeg", PIXELS, EncodeOptions(quality=20)).payload == plain.payload


def test_grey_files_have_one_component() -> None:
    protocol = Protocol(grey=True)
    reference, sent = protocol.prepared(PIXELS)
    assert np.array_equal(reference, grey(PIXELS))
    coded = protocol.encode("jpeg", sent, EncodeOptions(quality=20))
    assert Image.open(io.BytesIO(coded.payload)).mode == "L"
    assert coded.grey
    assert coded.quality == 20
    assert np.array_equal(coded.standard, saved(grey(PIXELS)[..., 0], 20))
    with pytest.raises(UserError, match="to a quality"):
        protocol.encode("jpeg", sent, EncodeOptions(bits_per_pixel=0.5))


def test_what_was_saved_before_is_cropped_with_its_original() -> None:
    reference, sent = Protocol(first_quality=10, shift=(4, 3)).prepared(PIXELS)
    assert np.array_equal(reference, PIXELS[4:, 3:])
    first = JPEG.encode(PIXELS, EncodeOptions(quality=10)).standard
    assert np.array_equal(sent, first[4:, 3:])
    assert psnr_rgb_db(reference, sent) < 40


@pytest.mark.parametrize("arguments", [{"shift": (4, 4)}, {"first_quality": 10, "shift": (8, 0)}])
def test_protocols_that_make_no_sense(arguments: dict[str, object]) -> None:
    with pytest.raises(UserError, match="shift"):
        Protocol(**arguments)  # type: ignore[arg-type]


def test_published_results_are_those_of_their_protocol() -> None:
    found = published_results("live1", Protocol(grey=True))
    assert {one.quality for one in found} == {10, 20, 30, 40}
    assert {one.method for one in found} == {"JPEG", "ARCNN", "DnCNN-3", "DCSC", "QGAC", "FBCNN"}
    twice = published_results("live1", Protocol(True, 10, (4, 4)))
    assert [one.psnr_db for one in twice] == [27.55, 28.29, 29.38]
    assert not published_results("live1", Protocol(True, 10, (1, 4)))
    assert all(one.source for one in found + twice)


def test_standings_take_the_last_step_and_gains_over_the_own_jpeg() -> None:
    def row(image: str, decoder: str, step: int, db: float) -> Row:
        sent = ("jpeg", 10, 800, 0.4, 50, 40, decoder, "BPTT", "both" if decoder else "")
        return Row(image, *sent, step, db, db, 0.9, None, 0.1, psnr_b_db=db - 1)

    rows = [row(image, "sweep", step, 26.0 + step) for image in "ab" for step in (0, 1, 2)]
    first, ours, *others = standings(rows, published_results("live1", Protocol(grey=True)))
    assert (first.method, first.psnr_db, first.gain_db) == ("JPEG, measured", 26.0, None)
    assert (ours.psnr_db, ours.gain_db, ours.psnr_b_db) == (28.0, 2.0, 27.0)
    by_method = {line.method: line for line in others}
    assert by_method["FBCNN"].gain_db == pytest.approx(1.98)
    assert by_method["JPEG, as published"].gain_db is None


def test_the_command_measures_by_the_protocol(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "classic5"
    folder.mkdir()
    for number in range(1, 6):
        Image.fromarray(np.tile(grey(textured_pixels(64, 64, number))[..., 0], (8, 8))).save(
            folder / f"{number}.png"
        )
    table = tmp_path / "out.csv"
    arguments = ["--dataset", "classic5", "--grey", "--quality", "10", "--scores", "flip"]
    assert main(["bench", str(folder), *arguments, "-o", str(table)]) == 0
    output = capsys.readouterr().out
    assert "Pictures: grey." in output
    assert "DnCNN-3" in output
    assert "measured here" in output
    with table.open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 5
    for row in rows:
        assert float(row["psnr_rgb_db"]) == pytest.approx(float(row["psnr_y_db"]), abs=1e-6)
        assert float(row["psnr_b_db"]) <= float(row["psnr_y_db"]) + 1e-4
        assert 0 < float(row["flip"]) < 1
        assert not row["ssimulacra2"]
    twice = ["--quality", "30", "--first-quality", "10", "--shift", "4", "4"]
    assert main(["bench", str(folder), *twice, "-o", str(table)]) == 0
    assert "saved at quality 10 before, shifted by (4, 4)" in capsys.readouterr().out
    with table.open() as file:
        assert {(row["width"], row["height"]) for row in csv.DictReader(file)} == {("508", "508")}
    assert main(["bench", str(folder), "--quality", "30", "--shift", "4", "4", "-o", str(table)]) == 2
    assert "a shift needs a first quality" in capsys.readouterr().err
