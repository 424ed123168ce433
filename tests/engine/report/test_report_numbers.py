"""The tables of numbers agree with the pictures and the stream that they are about."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from engine import pipeline
from engine.artefacts.measures import Artefact, artefact_maps, artefact_totals
from engine.metrics.fidelity import error_gain_db, patch_squared_error, scores
from engine.report.numbers import MEASURES, PATCH_COLUMNS, STEP_COLUMNS, columns_text, patches_csv, steps_csv
from engine.types import DecodeOptions, EncodeOptions, Picture, Refinement, RefineRequest
from tests.support.tiny_models import save_tiny_model, textured_pixels


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("models"), "sweep")


@pytest.fixture(scope="module")
def refined(model: Path) -> Refinement:
    picture = Picture("a.png", textured_pixels(45, 61))
    request = RefineRequest(
        "a.png", "jpeg", EncodeOptions(quality=12), str(model), DecodeOptions(device="cpu")
    )
    return list(pipeline.refine(request, picture))[-1]


@pytest.fixture(scope="module")
def received(model: Path, refined: Refinement) -> Refinement:
    request = RefineRequest("a.jpg", "jpeg", None, str(model), DecodeOptions(device="cpu"))
    coded = pipeline.decode(refined.coded.payload, "a.jpg")
    return list(pipeline.refine(request, None, coded))[-1]


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"))))


def test_a_row_a_step_with_the_very_numbers_of_the_refinement(refined: Refinement) -> None:
    table = rows(steps_csv(refined))
    assert list(table[0]) == list(STEP_COLUMNS)
    assert [row["step"] for row in table] == ["0", "1", "2"]
    assert refined.original is not None
    for row, step in zip(table, refined.steps, strict=True):
        expected = scores(refined.original.pixels, step.pixels)
        assert float(row["psnr_rgb_db"]) == expected.psnr_rgb_db
        assert float(row["psnr_y_db"]) == expected.psnr_y_db
        assert float(row["ssim"]) == expected.ssim
        assert row["ms_ssim"] == ""  # the picture is too small for it
        totals = artefact_totals(step.pixels, refined.original.pixels)
        assert [row[key] for key in MEASURES] == ["" if each is None else repr(each) for each in totals]
        error = np.subtract(refined.original.pixels, step.pixels, dtype=np.float64)
        assert float(row["rmse"]) == pytest.approx(np.sqrt(np.square(error).mean()), rel=1e-12)
        assert int(row["bits"]) == 8 * len(refined.coded.payload)
        assert float(row["bits_per_pixel"]) == refined.coded.bits_per_pixel
    assert float(table[0]["gain_db"]) == 0
    assert float(table[2]["gain_db"]) == float(table[2]["psnr_rgb_db"]) - float(table[0]["psnr_rgb_db"])


def test_a_row_a_patch_and_step_that_adds_up(refined: Refinement) -> None:
    table = rows(patches_csv(refined))
    assert list(table[0]) == list(PATCH_COLUMNS)
    assert len(table) == 3 * 6 * 8
    assert refined.original is not None
    assert refined.coded.patch_bits is not None
    for step in refined.steps:
        mine = [row for row in table if row["step"] == str(step.index)]
        places = [(int(row["row"]), int(row["column"])) for row in mine]
        assert places == [(row, column) for row in range(6) for column in range(8)]
        assert sum(int(row["pixels"]) for row in mine) == 45 * 61
        error = patch_squared_error(refined.original.pixels, step.pixels)
        assert [int(row["squared_error"]) for row in mine] == error.ravel().tolist()
        total = sum(int(row["squared_error"]) for row in mine)
        db = 10 * np.log10(255**2 * 3 * 45 * 61 / total)
        assert db == pytest.approx(step.scores.psnr_rgb_db, rel=1e-12)
        spent = sum(float(row["bits"]) for row in mine)
        rest = refined.coded.patch_bits
        assert spent + rest.headers + rest.padding + rest.stuffing == pytest.approx(refined.coded.bits)
        before = patch_squared_error(refined.original.pixels, refined.coded.standard)
        gain = error_gain_db(before, error).ravel()
        assert np.array_equal(np.float32([row["gain_db"] for row in mine]), gain)
        maps = artefact_maps(step.pixels, refined.original.pixels)
        for key, artefact in zip(MEASURES, Artefact, strict=True):
            read = np.float32([row[key] or "nan" for row in mine])
            assert np.array_equal(read, maps[artefact].ravel(), equal_nan=True)


def test_last_patches_are_cut(refined: Refinement) -> None:
    last = rows(patches_csv(refined))[-1]
    assert (last["x"], last["y"], last["pixels"]) == ("56", "40", str(5 * 5))


def test_without_an_original_what_needs_one_is_empty(received: Refinement) -> None:
    steps, patches = rows(steps_csv(received)), rows(patches_csv(received))
    for key in ("psnr_rgb_db", "gain_db", "psnr_y_db", "ssim", "rmse", "deformed_edges", "quality"):
        assert {row[key] for row in steps} == {""}
    for key in ("squared_error", "psnr_rgb_db", "gain_db", "flattened_texture"):
        assert {row[key] for row in patches} == {""}
    assert float(steps[0]["block_edges"]) > 0
    assert all(row["bits"] for row in patches)


def test_a_cancelled_table_ends_early_and_progress_is_told(refined: Refinement) -> None:
    told: list[float] = []
    steps_csv(refined, progress=told.append)
    assert told == pytest.approx([1 / 3, 2 / 3, 1])
    asked = iter(range(9))
    assert len(rows(patches_csv(refined, lambda: next(asked) >= 1))) == 48


def test_every_column_is_explained() -> None:
    for columns in (STEP_COLUMNS, PATCH_COLUMNS):
        lines = columns_text(columns).splitlines()
        assert [line.split()[0] for line in lines] == list(columns)
        assert all(len(line.split()) > 1 for line in lines)
