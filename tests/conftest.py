"""What holds for every test: no display, one computing thread, nobody's settings, nothing left behind."""

from __future__ import annotations

import faulthandler
import gc
import os
import sys
import tempfile
from pathlib import Path

import pytest

# Before PyTorch and Qt are loaded: they read these once. Spinning threads take minutes on a busy machine.
os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", GOMP_SPINCOUNT="0", QT_QPA_PLATFORM="offscreen")
for _name in (
    "QT_SCALE_FACTOR",
    "QT_STYLE_OVERRIDE",
    "QT_QPA_PLATFORMTHEME",
    "QT_FONT_DPI",
    "NRC_MODELS",
    "NRC_CODECS",
):
    os.environ.pop(_name, None)
_HOME = tempfile.TemporaryDirectory(prefix="nrc-viewer-tests-")
_XDG = ("CONFIG", "DATA", "CACHE", "STATE")
for _kind in _XDG:
    os.environ[f"XDG_{_kind}_HOME"] = str(Path(_HOME.name) / _kind.lower())

pytest_plugins = ["pytester", "tests.support.leaks"]


def pytest_configure() -> None:
    """A crash prints the thread that crashed, not first the dozens that wait."""
    faulthandler.enable(os.dup(2), all_threads=False)


def pytest_collection_finish() -> None:
    """Modules and the tests themselves, a million objects, stay to the end: collecting the garbage of a test
    need not go through them each time."""
    gc.collect()
    gc.freeze()


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
def tiny_codecs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the learned codecs' models, small ones with random weights, in place of the shipped."""
    from engine.codecs.learned.model import FOLDER_VARIABLE
    from tests.support.tiny_codecs import save_tiny_e2e, save_tiny_goog

    folder = tmp_path / "codecs"
    save_tiny_goog(folder)
    save_tiny_e2e(folder)
    monkeypatch.setenv(FOLDER_VARIABLE, str(folder))
    return folder


@pytest.fixture
def no_codecs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No learned codec has a model, shipped or not."""
    from engine.codecs.learned import model

    monkeypatch.setenv(model.FOLDER_VARIABLE, str(tmp_path))
    monkeypatch.setattr(model, "files", lambda _: tmp_path)
