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

pytest_plugins = ["pytester", "leaks"]


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
