"""The bundled samples and the chart."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.data import chart, samples
from engine.errors import UserError
from engine.metrics import fidelity as metrics
from tests.support.pictures import after_jpeg
from tests.support.repository import ROOT


@pytest.mark.parametrize("name", samples.sample_names())
def test_samples_load(name: str) -> None:
    picture = samples.load_sample(name)
    assert (picture.name, picture.path, picture.notes) == (name, None, ())
    assert min(picture.pixels.shape[:2]) >= 300
    assert picture.pixels.dtype == np.uint8
    assert not picture.pixels.flags.writeable
    assert picture.pixels.std() > 20  # a picture, not an empty sheet


def test_the_first_sample_is_a_colour_photograph_and_the_chart_is_last() -> None:
    names = samples.sample_names()
    first = samples.load_sample(names[0]).pixels.astype(int)
    assert np.abs(first[..., 0] - first[..., 2]).mean() > 10
    assert names[-1] == "chart"
    assert {
        "astronaut",
        "chelsea",
        "coffee",
        "rocket",
        "motorcycle_left",
        "hubble_deep_field",
        "retina",
    } < set(names)


def test_titles_are_unique_and_readable() -> None:
    titles = [samples.sample_title(name) for name in samples.sample_names()]
    assert len(set(titles)) == len(titles)
    assert all(title[0].isupper() and "_" not in title for title in titles)


@pytest.mark.parametrize("call", [samples.load_sample, samples.sample_title])
def test_unknown_samples(call: object) -> None:
    with pytest.raises(UserError, match=r"unknown sample 'lena' \(known: .*chelsea"):
        call("lena")  # type: ignore[operator]


def test_missing_files_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(samples, "data_folder", lambda: tmp_path)
    with pytest.raises(UserError, match=r"coffee\.png: no such file"):
        samples.load_sample("coffee")


def test_without_scikit_image(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "find_spec", lambda _: None)
    with pytest.raises(UserError, match="scikit-image is not installed"):
        samples.load_sample("coffee")
    assert samples.load_sample("chart").width == 768


def test_samples_do_not_import_scikit_image() -> None:
    code = (
        "import sys; from engine.data.samples import load_sample\n"
        "load_sample('coffee'); load_sample('chart')\n"
        "heavy = {'skimage', 'scipy', 'torch', 'tifffile'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_the_chart_is_the_same_every_time() -> None:
    first = chart.chart()
    assert first.shape == (512, 768, 3)
    assert np.array_equal(first, chart.chart())


@pytest.mark.parametrize("row", [0, 1])
@pytest.mark.parametrize("column", [0, 1, 2])
def test_every_panel_of_the_chart_troubles_jpeg(row: int, column: int) -> None:
    x = chart._MARGIN + column * (chart.PANEL_WIDTH + chart._MARGIN)
    y = chart._HEADER + 4 + chart._LABEL + row * (chart.PANEL_HEIGHT + chart._LABEL + 10)
    whole = chart.chart()
    decoded = after_jpeg(whole, 15)
    panel = (slice(y, y + chart.PANEL_HEIGHT), slice(x, x + chart.PANEL_WIDTH))
    assert 12 < metrics.psnr_rgb_db(whole[panel], decoded[panel]) < 32
    # Each is a panel of its own: nothing of the background shows in it.
    background = np.array([0x1B, 0x1E, 0x24])
    assert not (whole[panel] == background).all(axis=-1).any()
    assert (whole[y - 1, x : x + chart.PANEL_WIDTH] == background).all()


@pytest.mark.parametrize("radius", [30, 60, 90])
def test_the_zone_plates_frequency_grows_with_the_radius(radius: int) -> None:
    line = chart._zone_plate()[chart.PANEL_HEIGHT // 2, :, 0].astype(float)
    start = chart.PANEL_WIDTH // 2 + radius - 16
    spectrum = np.abs(np.fft.rfft((line[start : start + 32] - 128) * np.hanning(32), 512))
    assert np.argmax(spectrum) / 512 == pytest.approx(0.5 * radius / (chart.PANEL_WIDTH / 2), abs=0.02)
