"""How quick the lab is: python tests/bench/lab_window.py [SECONDS]

Play to the first point and to the first picture (PyTorch loaded), pause, rewind, fork, closing; and how long
the window's thread is busy at a turn of its loop while four lanes learn, which other programs on the machine
don't change. Bars: 2 s, 4 s, 0.3 s, 0.5 s, 1 s; 33 ms for 95 of 100 turns.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSettings

from viewer.launch.arguments import parse
from viewer.launch.build import application, build_window
from viewer.model.facts.lab import LabState
from viewer.model.session import lab_changes as c


def main(seconds: float) -> None:
    """Print what was measured."""
    app = application()
    with tempfile.TemporaryDirectory() as folder:
        store = QSettings(str(Path(folder, "none.ini")), QSettings.Format.IniFormat)
        window = build_window(replace(parse([]), store=store, size=(1600, 900)))
        turns: list[float] = []

        def until(wanted: Callable[[], object], most: float = 60.0) -> float:
            start = time.monotonic()
            while time.monotonic() - start < most and not wanted():
                busy = time.thread_time()
                app.processEvents()
                turns.append(time.thread_time() - busy)
                time.sleep(0.002)
            return time.monotonic() - start

        runner, desk, control = window.lab.runner, window.lab, window.controller
        window.show()
        until(control.complete)
        control.change(c.open_lab)
        print(f"run made                {until(lambda: runner.facts.state is LabState.PAUSED):6.2f} s")
        start = time.monotonic()
        desk.toggle()
        until(lambda: any(len(course.table) for course in runner.facts.courses))
        print(f"Play to first point     {time.monotonic() - start:6.2f} s")
        until(lambda: any(course.shots for course in runner.facts.courses))
        print(f"Play to first picture   {time.monotonic() - start:6.2f} s")
        turns.clear()
        until(lambda: False, seconds)
        found = sorted(each for each in turns if each > 0.001)
        most = 1000 * found[int(0.95 * len(found))]
        print(f"busy turns, {len(found):5}       {most:6.1f} ms, 95th percentile")
        print(f"the longest             {1000 * found[-1]:6.1f} ms")
        desk.toggle()
        print(f"pause                   {until(lambda: runner.facts.state is not LabState.PLAYING):6.2f} s")
        until(lambda: False, 1.0)
        desk.fork(0, "uoro")
        fork = until(lambda: any(len(course.table) for course in runner.facts.courses[4:]))
        print(f"fork                    {fork:6.2f} s")
        desk.rewind()
        rewound = until(lambda: all(len(course.table) == 1 for course in runner.facts.courses[:4]))
        print(f"rewind                  {rewound:6.2f} s")
        start = time.monotonic()
        window.close()
        print(f"close                   {time.monotonic() - start:6.2f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("seconds", type=float, nargs="?", default=15.0, help="how long lanes learn")
    main(parser.parse_args().seconds)
