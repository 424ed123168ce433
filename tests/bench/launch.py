"""Time from the start of the process until the window is usable: drawn, and its event loop idle.

Each launch is a process of its own with settings of its own; the first one warms the disk's cache, compiles
what isn't compiled yet, as an installation does, and is not counted. Also told: when all plots on screen are
drawn, with pyqtgraph, which is loaded after the first paint; when the first picture stands in the window,
when its refinement is complete, and the longest time in between for which the window could not have answered.

    python tests/bench/launch.py
    xvfb-run python tests/bench/launch.py data/kodak --repeats 9
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from measuring import Figure, child_environment, conclude, machine, pictures_of

BAR, AIM = 1.2, 1.0
PLOTS_BAR = 1.8
BEAT_MS = 5


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "folder", type=Path, nargs="?", help="open a 768×512 picture of this folder (default: a sample)"
    )
    parser.add_argument("--repeats", type=int, default=5, help="launches that count (default: 5)")
    parser.add_argument("--child", type=float, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child is not None:
        return child(arguments.child, arguments.folder)
    if arguments.folder is not None:
        name, _ = pictures_of(arguments.folder, 512, 768)[0]
        arguments.folder /= name
    runs = [launch(arguments.folder) for _ in range(arguments.repeats + 1)][1:]
    print(f"{arguments.folder.name if arguments.folder else 'first sample'}, {runs[0]['platform']}")
    print(f"{machine()}\n")
    middle = {
        key: median(run[key] for run in runs) for key in ("usable", "plots", "picture", "complete", "pause")
    }
    detail = f"median of {arguments.repeats}"
    return conclude(
        [
            Figure("window usable", middle["usable"], "s", BAR, AIM, detail),
            Figure("plots drawn", middle["plots"], "s", PLOTS_BAR, PLOTS_BAR, detail),
            Figure("first picture in the window", middle["picture"], "s"),
            Figure("refinement complete", middle["complete"], "s"),
            Figure("longest pause of the event loop until then", 1000 * middle["pause"], "ms"),
        ]
    )


def launch(picture: Path | None) -> dict[str, Any]:
    """Start the program in a process of its own; returns what it measured."""
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, __file__, *([str(picture)] if picture else [])]
        environment = {**child_environment(), "XDG_CONFIG_HOME": home, "PYTHONDONTWRITEBYTECODE": ""}
        start = time.monotonic()  # one clock for all processes
        process = subprocess.run(
            [*command, "--child", repr(start)], env=environment, stdout=subprocess.PIPE, check=True, text=True
        )
    result: dict[str, Any] = json.loads(process.stdout.splitlines()[-1])
    return result


def child(start: float, picture: Path | None) -> int:
    """What `nrc-viewer` does, with clocks; prints seconds since `start` as JSON."""
    from window import PaintCounter, choose_platform, platform

    choose_platform()
    from PySide6.QtCore import QTimer

    from viewer.launch.build import application, build_window
    from viewer.launch.request import Launch
    from viewer.ui.plot.plot import Plot

    app = application()
    window = build_window(Launch(file=picture))
    window.show()
    painted = PaintCounter(window.panes)
    result: dict[str, Any] = {"pause": 0.0}
    last = [0.0]

    def beat() -> None:
        now = time.monotonic() - start
        if "usable" in result:
            result["pause"] = max(result["pause"], now - last[0])
        elif painted.count:
            result["usable"] = now
        last[0] = now
        plots = [plot for plot in window.findChildren(Plot) if not plot.visibleRegion().isEmpty()]
        if "plots" not in result and plots and all(plot.drawn() for plot in plots):
            result["plots"] = now
        if "picture" not in result and window.controller.facts.run is not None:
            result["picture"] = now
        if window.controller.complete():
            result.update(complete=now, platform=platform())
            app.quit()

    clock = QTimer()
    clock.timeout.connect(beat)
    clock.start(BEAT_MS)
    app.exec()
    clock.stop()
    window.hide()
    window.controller.shutdown()
    print(json.dumps(result), flush=True)
    os._exit(0)  # taking everything down is not part of a launch


if __name__ == "__main__":
    sys.exit(main())
