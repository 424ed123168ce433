"""Time from the flip key going down, or up, until the other decoder's picture is painted, at 768×512.

A window of 1600×900 compares two finished decoders; the key is pressed and let go in turn, once with all
panes shown and once with a single large one. Each event is timed until the panes have been painted. The bar
holds for the 95th percentile.

    python tests/bench/flip.py data/kodak
    xvfb-run -s "-screen 0 1920x1080x24" python tests/bench/flip.py data/kodak
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from measuring import Figure, conclude, machine, pictures_of

BAR_MS, AIM_MS = 16.0, 8.0
LEAST = 300


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="folder with a 768×512 picture, e.g. the Kodak set")
    parser.add_argument(
        "--decoders", nargs="+", default=["raster:none", "raster"], metavar="NAME",
        help="what to compare (default: two contexts of the raster decoder)",
    )  # fmt: skip
    parser.add_argument("--flips", type=int, default=400, help=f"flips, {LEAST} at least (default: 400)")
    arguments = parser.parse_args()
    if arguments.flips < LEAST:
        parser.error(f"--flips: {LEAST} at least, so that the percentile means something")
    name, _ = pictures_of(arguments.folder, 512, 768)[0]
    from window import choose_platform, platform

    choose_platform()
    with tempfile.TemporaryDirectory() as home:
        every, single = measure(
            arguments.folder / name, tuple(arguments.decoders), arguments.flips, Path(home)
        )
    what = ", ".join(arguments.decoders)
    print(f"{name}, {what}, 1600×900 window {platform()}\n{machine()}\n")
    figures = []
    for title, times in (("all panes", every), ("one large pane", single)):
        high = quantiles(times, n=20)[-1]
        figures += [
            Figure(f"flip, {title}, 95th percentile", high, "ms", BAR_MS, AIM_MS, f"of {len(times)}"),
            Figure(f"flip, {title}, median", median(times), "ms"),
            Figure(f"flip, {title}, slowest", max(times), "ms"),
        ]
    return conclude(figures)


def measure(
    picture: Path, decoders: tuple[str, ...], flips: int, home: Path
) -> tuple[list[float], list[float]]:
    """Milliseconds of `flips` flips with all panes shown, and as many with a single one."""
    from PySide6.QtCore import QSettings
    from scrub import settle

    from viewer.launch.build import application, build_window
    from viewer.launch.request import Launch

    app = application()
    store = QSettings(str(home / "settings.ini"), QSettings.Format.IniFormat)
    window = build_window(Launch(file=picture, compare=decoders, store=store, size=(1600, 900)))
    window.show()
    while not window.controller.complete():
        app.processEvents()
        time.sleep(0.01)
    settle(app)
    results = []
    for solo in ("", window.controller.session.compare.entries[0].key):
        window.controller.change(lambda state, solo=solo: replace(state, solo=solo))
        settle(app)
        for down in (True, False):
            flip(app, window, down)  # the first visit samples the picture
        results.append([flip(app, window, number % 2 == 0) for number in range(flips)])
    window.hide()
    window.controller.shutdown()
    return results[0], results[1]


def flip(app: Any, window: Any, down: bool) -> float:
    """Press the key, or let it go; milliseconds until the panes stand."""
    from PySide6.QtCore import QEvent, Qt
    from PySide6.QtGui import QKeyEvent
    from window import PaintCounter

    kind = QEvent.Type.KeyPress if down else QEvent.Type.KeyRelease
    before = [pane.title for pane in window.controller.scene.panes]
    painted = PaintCounter(window.panes)
    start = time.perf_counter()
    app.sendEvent(window, QKeyEvent(kind, Qt.Key.Key_X, Qt.KeyboardModifier.NoModifier, "x"))
    while not painted.count:
        app.processEvents()
    elapsed = 1000 * (time.perf_counter() - start)
    window.panes.removeEventFilter(painted)
    painted.deleteLater()
    app.processEvents()
    if [pane.title for pane in window.controller.scene.panes] == before:
        raise AssertionError("nothing flipped")
    return elapsed


if __name__ == "__main__":
    sys.exit(main())
