"""Starts the window: the only place that wires everything."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from viewer.launch.arguments import check, parse
from viewer.launch.build import application, build_window
from viewer.launch.request import Launch

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from viewer.remote.listener import Listener
    from viewer.shell.window import MainWindow


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; returns the exit status: 0, or 2 for a user's mistake, said in one line."""
    from engine.errors import UserError

    try:
        launch = parse(sys.argv[1:] if argv is None else argv)
        if launch.desktop:
            from viewer.launch import desktop

            print(desktop.run(launch.desktop == "uninstall"))
            return 0
        check(launch)
        if launch.snapshot is None:
            run(launch)
        from viewer.launch.snapshot import snapshot

        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        _check_libraries()
        return snapshot(launch)
    except UserError as error:
        print(f"nrc-viewer: error: {error}", file=sys.stderr)
        return 2


def run(launch: Launch) -> NoReturn:
    """Show the window until it is closed, then end the process: see `end_process`. Raises UserError."""
    from engine.errors import UserError

    variables = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in variables):
        raise UserError("there is no display (use --snapshot OUT.png to draw the window into a file)")
    _check_libraries()
    from viewer.core.jobs import leave_work_behind
    from viewer.core.process import end_process
    from viewer.launch.lifetime import Running

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C in the terminal ends the program
    app = application()
    window = build_window(launch)
    listener = listening(window) if launch.listen else None
    running = Running(window)
    running.start()
    window.show()
    leave_work_behind()
    if asks_nothing(launch) and window.settings.first_time("tour"):
        window.acts.show_tour()
    status = app.exec()
    if listener is not None:
        listener.close()
    running.end()
    window.controller.shutdown()
    _leave_clipboard(app)
    end_process(int(status))


def _leave_clipboard(app: QApplication) -> None:
    """Qt hands what was copied to the desktop's clipboard manager when the application goes."""
    from PySide6.QtGui import QGuiApplication
    from shiboken6 import delete

    if QGuiApplication.clipboard().ownsClipboard():
        delete(app)


def asks_nothing(launch: Launch) -> bool:
    """Whether the window is opened for nothing in particular, so that there is time for a tour."""
    return launch == Launch(store=launch.store)


def _check_libraries() -> None:
    """Raise UserError where Qt misses libraries of the system: it would abort the program."""
    if sys.platform.startswith("linux"):
        from engine.errors import UserError
        from viewer.launch.libraries import complaint

        text = complaint()
        if text:
            raise UserError(text)


def listening(window: MainWindow) -> Listener:
    """Scripts may send pictures to the window from now on. Raises UserError."""
    from engine.remote import socket_path
    from viewer.remote.listener import Listener
    from viewer.remote.worker import Guests

    controller = window.controller
    listener = Listener(controller, controller.documents, controller.worker(Guests), window)
    listener.listen(socket_path())
    controller.say(f"Listening at {socket_path()}")
    return listener


if __name__ == "__main__":
    sys.exit(main())
