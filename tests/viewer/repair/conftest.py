"""Windows on the Repair page, and files for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import repair_files as files
from tests.support.tiny_models import textured_pixels
from tests.support.viewer_engine import Engine
from viewer.model.session import repair_changes as changes
from viewer.shell.window import MainWindow


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder of three files, the second to be turned."""
    for name, orientation in (("a", 1), ("b", 6), ("c", 1)):
        files.camera_file(tmp_path / "in" / f"{name}.jpg", orientation, 20, textured_pixels(96, 120))
    return tmp_path / "in"


@pytest.fixture
def page(window: MainWindow, engine: Engine) -> MainWindow:
    """A window that shows the Repair page, its list empty."""
    window.controller.change(changes.open_repair)
    return window
