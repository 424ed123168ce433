"""Starts the window: the only place that wires everything."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

from viewer.launch.arguments import check, parse
from viewer.launch.build import application, build_window
from viewer.launch.request import Launch


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; returns the exit status: 0, or 2 for a user's mistake, said in one line."""
    from engine.errors import UserError

    try:
        launch = parse(sys.argv[1:] if argv is None else argv)
        check(launch)
        if launch.snapshot is None:
            return run(launch)
        from viewer.launch.snapshot import snapshot

        return snapshot(launch)
    except UserError as error:
        print(f"nrc-viewer: error: {error}", file=sys.stderr)
        return 2


def run(launch: Launch) -> int:
    """Show the window until it is closed."""
    from engine.errors import UserError

    variables = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in variables):
        raise UserError("there is no display (use --snapshot OUT.png to draw the window into a file)")
    from viewer.launch.lifetime import Running

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C in the terminal ends the program
    app = application()
    window = build_window(launch)
    running = Running(window)
    running.start()
    window.show()
    status = app.exec()
    running.end()
    window.controller.shutdown()
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
