"""The measuring scripts: they explain themselves, refuse what they can't use, and judge figures rightly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from measuring import Figure, conclude, pictures_of

from engine.io.write_image import save_png

FOLDER = Path(__file__).parent
SHARED = ("measuring", "window", "test_measuring")
SCRIPTS = sorted(path.name for path in FOLDER.glob("*.py") if path.stem not in SHARED)


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_explain_themselves_from_anywhere(script: str, tmp_path: Path) -> None:
    process = subprocess.run(
        [sys.executable, str(FOLDER / script), "--help"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=60,
        check=True,
    )
    assert f"python tests/bench/{script}" in process.stdout
    assert process.stderr == ""


def test_a_folder_without_fitting_pictures_ends_a_script(tmp_path: Path) -> None:
    save_png(tmp_path / "small.png", np.zeros((8, 8, 3), np.uint8))
    with pytest.raises(SystemExit, match="holds no picture of 768×512 pixels"):
        pictures_of(tmp_path, 512, 768)
    with pytest.raises(SystemExit, match="holds no picture"):
        pictures_of(tmp_path / "missing", 512, 768)
    ((name, pixels),) = pictures_of(tmp_path, 8, 8)
    assert (name, pixels.shape) == ("small.png", (8, 8, 3))


def test_figures_are_judged_by_their_bars(capsys: pytest.CaptureFixture[str]) -> None:
    good, fair = Figure("a", 0.5, "s", 1.2, 0.6), Figure("b", 1.2, "s", 1.2, 0.6)
    free, bad = Figure("c", 99.0, "s"), Figure("d", 16.01, "ms", 16.0, 8.0, "of 300")
    assert conclude([good, fair, free]) == 0
    assert conclude([good, bad]) == 1
    words = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert words[2] == ["a", "0.50", "s", "1.2", "s", "0.6", "s", "aim", "reached"]
    assert words[3][-2:] == ["bar", "met"]
    assert words[4] == ["c", "99.00", "s", "–", "–"]
    assert words[8][-3:] == ["missed", "of", "300"]


def test_a_mosaic_repeats_its_pictures() -> None:
    from memory import mosaic

    pictures = [np.full((512, 768, 3), value, np.uint8) for value in (10, 20)]
    canvas = mosaic(pictures, 600, 1600)
    assert canvas.shape == (600, 1600, 3)
    assert [int(canvas[0, x, 0]) for x in (0, 767, 768, 1536)] == [10, 10, 20, 10]
    assert int(canvas[512, 0, 0]) == 20
