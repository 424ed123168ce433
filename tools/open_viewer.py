"""Open the window or, where there is no display, render it to a picture and say so.

    python tools/open_viewer.py [arguments of nrc-viewer]

Without a display the picture goes to `out/nrc-viewer.png`; its path is the last line printed.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SNAPSHOT = ROOT / "out" / "nrc-viewer.png"
_X_PORT = 6000
_X_SOCKETS = "/tmp/.X11-unix"


def display_problem(environment: Mapping[str, str], platform: str = sys.platform) -> str:
    """Why no window can be opened here, or "" if one can."""
    if not platform.startswith("linux") or environment.get("QT_QPA_PLATFORM"):
        return ""  # elsewhere windows need no server, and whoever names a platform means it
    wayland, x = environment.get("WAYLAND_DISPLAY", ""), environment.get("DISPLAY", "")
    if not wayland and not x:
        return "no display (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    if wayland and _listens(Path(environment.get("XDG_RUNTIME_DIR", "/")) / wayland):
        return ""
    if x and _x_listens(x):
        return ""
    return f"no display (nothing answers at {' or '.join(filter(None, (wayland, x)))})"


def _listens(path: Path | str) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True


def _x_listens(display: str) -> bool:
    """Whether an X server answers at a DISPLAY such as ":0", ":1.0", "host:10.0"."""
    host, _, rest = display.rpartition(":")
    number = rest.split(".")[0]
    if not number.isdigit():
        return False
    if host in ("", "unix"):
        path = f"{_X_SOCKETS}/X{number}"
        return _listens(path) or _listens(f"\0{path}")
    try:
        socket.create_connection((host.strip("[]"), _X_PORT + int(number)), timeout=3).close()
    except OSError:
        return False
    return True


def main(arguments: list[str]) -> int:
    viewer = [str(Path(sys.executable).with_name("nrc-viewer")), *arguments]
    problem = display_problem(os.environ)
    if not problem or "--snapshot" in arguments:
        os.execv(viewer[0], viewer)  # so that Ctrl+C and the exit status are the viewer's
    print(f"{problem}: rendering the window to a picture instead", flush=True)
    SNAPSHOT.parent.mkdir(exist_ok=True)
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([*viewer, "--snapshot", str(SNAPSHOT)], env=environment)
    if done.returncode == 0:
        print(SNAPSHOT)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
