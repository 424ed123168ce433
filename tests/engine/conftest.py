"""Fixtures of the engine's tests: where they work, and on what."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def photographs(tmp_path: Path) -> Path:
    """A folder of four pictures with edges at many angles."""
    folder = tmp_path / "data"
    folder.mkdir()
    y, x = np.mgrid[0:96, 0:128]
    for i in range(4):
        wave = np.sin(x * 0.11 * (i + 1) + y * 0.07) > 0
        disc = (x - 60) ** 2 + (y - 48) ** 2 < (20 + 6 * i) ** 2
        planes = [wave * 120 + disc * 80 + 20, wave * 60 + x, disc * 150 + y]
        Image.fromarray(np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8)).save(folder / f"{i}.png")
    return folder
