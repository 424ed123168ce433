"""Time from a press on the step scrubber until the frame with that step is painted, at 768×512.

A window of 1600×900 shows a finished refinement; then the mouse presses the scrubber at one step after the
other, in random order, and each press is timed from the event until every widget that it changes has
been painted. The bar holds for the 95th percentile.

    python tests/bench/scrub.py data/kodak
    xvfb-run -s "-screen 0 1920x1080x24" python tests/bench/scrub.py data/kodak --decoder raster
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
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
    parser.add_argument("--decoder", default="sweep", help="decoder whose steps are shown (default: sweep)")
    parser.add_argument("--scrubs", type=int, default=400, help=f"presses, {LEAST} at least (default: 400)")
    arguments = parser.parse_args()
    if arguments.scrubs < LEAST:
        parser.error(f"--scrubs: {LEAST} at least, so that the percentile means something")
    name, _ = pictures_of(arguments.folder, 512, 768)[0]
    from window import choose_platform, platform

    choose_platform()
    with tempfile.TemporaryDirectory() as home:
        first, later = measure(arguments.folder / name, arguments.decoder, arguments.scrubs, Path(home))
    print(f"{name}, {arguments.decoder}, 1600×900 window {platform()}\n{machine()}\n")
    percentile = quantiles(later, n=20)[-1]
    return conclude(
        [
            Figure("scrub, 95th percentile", percentile, "ms", BAR_MS, AIM_MS, f"of {len(later)}"),
            Figure("scrub, median", median(later), "ms"),
            Figure("scrub, slowest", max(later), "ms"),
            Figure("first visit of a step, slowest", max(first), "ms", detail=f"of {len(first)}"),
        ]
    )


def measure(picture: Path, decoder: str, scrubs: int, home: Path) -> tuple[list[float], list[float]]:
    """Milliseconds of the first visit of each step, and of `scrubs` scrubs after them."""
    from PySide6.QtCore import QSettings

    from viewer.launch.build import application, build_window
    from viewer.launch.request import Launch

    app = application()
    store = QSettings(str(home / "settings.ini"), QSettings.Format.IniFormat)
    window = build_window(Launch(file=picture, decoder=decoder, store=store, size=(1600, 900)))
    window.show()
    while not window.controller.complete():
        app.processEvents()
        time.sleep(0.01)
    settle(app)
    last = window.controller.scene.transport.steps_ready
    first = [scrub(app, window, step) for step in range(last)]
    randomness = random.Random(1)
    later, step = [], last - 1
    for _ in range(scrubs):
        step = randomness.choice([other for other in range(last + 1) if other != step])
        later.append(scrub(app, window, step))
    window.hide()
    window.controller.shutdown()
    return first, later


def settle(app: Any) -> None:
    """Let everything happen that is on its way."""
    end = time.perf_counter() + 0.3
    while time.perf_counter() < end:
        app.processEvents()


def scrub(app: Any, window: Any, step: int) -> float:
    """Press the scrubber at `step`; returns the milliseconds until the frame stands."""
    from PySide6.QtCore import QEvent, QPointF, Qt
    from PySide6.QtGui import QMouseEvent
    from window import PaintCounter

    bar = window.filmstrip.steps
    at = QPointF(bar.position_of(step), bar.height() / 2)
    left, none, plain = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    press = QMouseEvent(QEvent.Type.MouseButtonPress, at, bar.mapToGlobal(at), left, left, plain)
    release = QMouseEvent(QEvent.Type.MouseButtonRelease, at, bar.mapToGlobal(at), left, none, plain)
    painted = PaintCounter(window.panes)
    start = time.perf_counter()
    app.sendEvent(bar, press)
    while not painted.count:
        app.processEvents()
    elapsed = 1000 * (time.perf_counter() - start)
    window.panes.removeEventFilter(painted)
    painted.deleteLater()
    if window.controller.scene.transport.step != step:
        raise AssertionError(f"step {step} was asked for, {window.controller.scene.transport.step} is shown")
    app.sendEvent(bar, release)
    app.processEvents()
    return elapsed


if __name__ == "__main__":
    sys.exit(main())
