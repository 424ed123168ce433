"""Draws the finished window into a file, without a display and without anybody's settings."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from viewer.launch.request import Launch

if TYPE_CHECKING:
    from viewer.shell.window import MainWindow


def snapshot(launch: Launch) -> int:
    """Write what the command line asks for; returns the exit status. Raises UserError."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    assert launch.snapshot is not None
    with tempfile.TemporaryDirectory() as folder:
        from PySide6.QtCore import QSettings

        from viewer.launch.build import application, build_window

        store = QSettings(str(Path(folder, "none.ini")), QSettings.Format.IniFormat)
        app = application()
        window = build_window(replace(launch, store=store, size=launch.size or (1600, 900)))
        try:
            window.show()
            _complete(window)
            _look(window, launch)
            _complete(window)
            app.processEvents()
            _write(window, launch, launch.snapshot)
        finally:
            window.hide()
            window.controller.shutdown()
            window.deleteLater()
    return 0


def _complete(window: MainWindow) -> None:
    """Wait until nothing is left to be computed. Raises UserError when something fails."""
    from PySide6.QtCore import QEventLoop, QTimer

    from engine.errors import UserError

    errors: list[str] = []
    loop, clock = QEventLoop(), QTimer()

    def look() -> None:
        if errors or window.controller.complete():
            loop.quit()

    clock.timeout.connect(look)
    window.controller.failed.connect(errors.append)
    clock.start(20)
    loop.exec()
    clock.stop()
    window.controller.failed.disconnect(errors.append)
    if errors:
        raise UserError(errors[0])


def _look(window: MainWindow, launch: Launch) -> None:
    """Go to the step, the patch, and the zoom, which is that of the drawing whatever its scale."""
    from engine.errors import UserError
    from engine.types import PATCH
    from viewer.model.facts.facts import sent_run
    from viewer.model.session.place import pin_at

    if launch.step is not None:
        run = sent_run(window.controller.session, window.controller.facts)
        last = run.planned if run is not None else 0
        if launch.step > last:
            raise UserError(f"--step {launch.step}: the last step is {last}")
        window.controller.playback.choose_step(launch.step)
    if launch.patch is not None:
        row, column = launch.patch
        rows, columns = window.controller.session.grid
        if row >= rows or column >= columns:
            raise UserError(f"--patch {row},{column}: there are {rows} rows of {columns} patches")
        window.controller.change(lambda session: pin_at(session, PATCH * column, PATCH * row))
    if launch.zoom is not None:
        window.panes.zoom_to(launch.zoom / (launch.view_scale or 1.0))


def _write(window: MainWindow, launch: Launch, path: Path) -> None:
    from engine.io.write_image import save_image
    from viewer.export.view import LOGICAL_DPI, painted, pixels_of

    scale = launch.view_scale or 1.0
    pixels = pixels_of(painted(window.panes if launch.view_only else window, scale))
    save_image(path, pixels, LOGICAL_DPI * scale)
