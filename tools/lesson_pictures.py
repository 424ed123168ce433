"""Make a picture of each of the program's lessons, as the window shows it, into docs/lessons/.

python tools/lesson_pictures.py            # all
python tools/lesson_pictures.py 3 4        # some, by their numbers
python tools/lesson_pictures.py --learn 60 # let runs of the lab learn so many seconds at most
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
SIZE = (1400, 820)
PATIENCE = 300.0
"""Seconds that a lesson may take until all of it is there."""

if TYPE_CHECKING:
    from viewer.shell.window import MainWindow


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("number", nargs="*", type=int, help="lessons, from 1 (default: all)")
    parser.add_argument("--learn", type=float, default=900.0, help="seconds a run of the lab learns at most")
    asked = parser.parse_args()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    sys.path.insert(0, str(ROOT))
    from PySide6.QtCore import QSettings

    from viewer.launch.build import application, build_window
    from viewer.launch.request import Launch
    from viewer.lessons.file import bundled_course

    course = bundled_course()
    numbers = asked.number or list(range(1, len(course.lessons) + 1))
    if not all(1 <= number <= len(course.lessons) for number in numbers):
        parser.error(f"there are lessons 1 to {len(course.lessons)}")
    folder = ROOT / "docs" / "lessons"
    folder.mkdir(exist_ok=True)
    with TemporaryDirectory() as settings:
        store = QSettings(str(Path(settings) / "settings.ini"), QSettings.Format.IniFormat)
        app = application()
        window = build_window(Launch(store=store, size=SIZE, theme="light"))
        window.show()
        wait(window)
        for number in numbers:
            window.lessons.open_bundled(number - 1)
            wait(window)
            if course.lessons[number - 1].lab:
                learn(window, asked.learn)
            wait(window)
            app.processEvents()
            write(window, folder / f"{number}.webp")
        window.close()
    return 0


def wait(window: MainWindow) -> None:
    """Until nothing is left to be computed."""
    end = time.monotonic() + PATIENCE
    turn()
    while not window.controller.complete() and time.monotonic() < end:
        turn()
        time.sleep(0.01)
    for _ in range(25):
        turn()
        time.sleep(0.02)


def turn() -> None:
    """One turn of the event loop: widgets that are done with go, and a scroll bar's layout settles."""
    from PySide6.QtCore import QCoreApplication, QEvent

    QCoreApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # no loop runs that would do it


def learn(window: MainWindow, seconds: float) -> None:
    """Answer the lesson's question with the first choice, and let its run learn to its end."""
    from functools import partial

    from viewer.model.facts.lab import LabState
    from viewer.model.session import lessons_changes as changes

    window.controller.change(partial(changes.predict, choice=0))
    window.lessons.run()
    end = time.monotonic() + seconds
    while time.monotonic() < end and window.lab.runner.facts.state is not LabState.DONE:
        turn()
        time.sleep(0.01)
    window.controller.stop()
    window.controller.change(changes.reveal)


def write(window: MainWindow, path: Path) -> None:
    """The window as it is drawn."""
    from PIL import Image

    from viewer.export.view import painted, pixels_of

    Image.fromarray(pixels_of(painted(window, 1.0))).save(path, quality=86, method=6)
    print(path.relative_to(ROOT))


if __name__ == "__main__":
    raise SystemExit(main())
