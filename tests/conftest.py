"""What holds for every test: no display, one computing thread, nobody's settings, nothing left behind."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest

# Before PyTorch and Qt are loaded: they read these once.
os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", QT_QPA_PLATFORM="offscreen")
for _name in ("QT_SCALE_FACTOR", "QT_STYLE_OVERRIDE", "QT_QPA_PLATFORMTHEME", "QT_FONT_DPI"):
    os.environ.pop(_name, None)
_HOME = tempfile.TemporaryDirectory(prefix="nrc-viewer-tests-")
_XDG = ("CONFIG", "DATA", "CACHE", "STATE")
for _kind in _XDG:
    os.environ[f"XDG_{_kind}_HOME"] = str(Path(_HOME.name) / _kind.lower())

pytest_plugins = ["pytester", "tests.support.leaks"]


@pytest.fixture(autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the test settings and caches of its own, empty at first."""
    home = tmp_path_factory.mktemp("home")
    for kind in _XDG:
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
    if "PySide6.QtCore" in sys.modules:
        from PySide6.QtCore import QSettings

        for form in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
            QSettings.setPath(form, QSettings.Scope.UserScope, str(home / "config"))


@pytest.fixture
def photographs(tmp_path: Path) -> Path:
    """A folder of four pictures with edges at many angles."""
    import numpy as np
    from PIL import Image

    folder = tmp_path / "data"
    folder.mkdir()
    y, x = np.mgrid[0:96, 0:128]
    for i in range(4):
        wave = np.sin(x * 0.11 * (i + 1) + y * 0.07) > 0
        disc = (x - 60) ** 2 + (y - 48) ** 2 < (20 + 6 * i) ** 2
        planes = [wave * 120 + disc * 80 + 20, wave * 60 + x, disc * 150 + y]
        Image.fromarray(np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8)).save(folder / f"{i}.png")
    return folder
