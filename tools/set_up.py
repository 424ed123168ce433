"""Make the checkout runnable: virtual environment, Qt's system libraries, the project and what it needs.

    python3 tools/set_up.py

Needs nothing but Python 3.11 with pip. Does each part only when it is missing or out of date, so calling
it again costs next to nothing. Exits with status 1, and says what to do, where it can't help itself.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / ".nrc-viewer"
OLDEST_PYTHON = (3, 11)
INPUTS = ("pyproject.toml", "constraints.txt", "tools/set_up.py")
"""What an installation depends on; a change of any of them renews it."""

LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    # The rest is for windows on X and Wayland displays.
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}
"""What Qt's wheels leave to the system on Linux, with the Debian package that holds it."""
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
FONT_PACKAGE = "fonts-inter"


class SetUpError(Exception):
    """The set-up can't go on; the text says why and what would help."""


def main() -> int:
    try:
        check_python()
        install_system_libraries()
        make_environment()
        install_project()
    except SetUpError as error:
        print(f"set-up: {error}", file=sys.stderr)
        return 1
    return 0


def check_python() -> None:
    """Raise SetUpError unless this Python is recent enough for the project."""
    if sys.version_info < OLDEST_PYTHON:
        wanted, found = ".".join(map(str, OLDEST_PYTHON)), ".".join(map(str, sys.version_info[:3]))
        raise SetUpError(f"needs Python {wanted} or newer, this is {found}; try `make PYTHON=python3.11 …`")


# ---- system libraries ------------------------------------------------------------------------------------


def missing_libraries(names: Iterable[str] = LIBRARIES) -> list[str]:
    """Those of the shared libraries that the system's loader doesn't find."""
    missing = []
    for name in names:
        try:
            ctypes.CDLL(name)
        except OSError:
            missing.append(name)
    return missing


def has_fonts(folders: Iterable[str] = FONT_FOLDERS) -> bool:
    """Whether there is any font to draw text with; Qt's wheels bring none."""
    return any(
        path.suffix.lower() in (".ttf", ".otf", ".ttc")
        for folder in folders
        for path in Path(folder).expanduser().rglob("*")
    )


def install_system_libraries() -> None:
    """On Linux, install what Qt's wheels leave to the system, or raise SetUpError and name it."""
    if not sys.platform.startswith("linux"):
        return
    libraries, fonts = missing_libraries(), has_fonts()
    if not libraries and fonts:
        return
    packages = [LIBRARIES[name] for name in libraries] + ([] if fonts else [FONT_PACKAGE])
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise SetUpError(advice(libraries, fonts, packages))
    say(f"installing Qt's system libraries: {' '.join(packages)}")
    apt_install(packages)
    libraries, fonts = missing_libraries(), has_fonts()
    if libraries or not fonts:
        raise SetUpError("still missing after the installation: " + ", ".join(whats(libraries, fonts)))


def advice(libraries: Sequence[str], fonts: bool, packages: Sequence[str]) -> str:
    """Exactly what is missing, and how to get it."""
    lines = ["Qt needs what this system doesn't have:"]
    lines += [f"  {what}" for what in whats(libraries, fonts)]
    if shutil.which("apt-get"):
        lines += ["As root, run", f"  apt-get install {' '.join(packages)}", "and then this again."]
    else:
        lines += [
            "Install them with the system's package manager, then run this again. Debian's packages are",
            f"  {' '.join(packages)}",
        ]
    return "\n".join(lines)


def whats(libraries: Sequence[str], fonts: bool) -> list[str]:
    """The missing things, a line each."""
    return [*libraries, *([] if fonts else ["a font (none is installed)"])]


def apt_install(packages: Sequence[str]) -> None:
    """Install Debian packages; renews apt's lists, once, if it fails without."""
    # A lock held by another apt is waited for; `Use-Pty` keeps the output plain.
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0"]
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    first = subprocess.run(install, env=environment, stdin=subprocess.DEVNULL, capture_output=True)
    if first.returncode == 0:
        return
    for command in ([*apt, "update"], install):
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise SetUpError(f"`{' '.join(command)}` failed with status {done.returncode}")


# ---- environment and project -----------------------------------------------------------------------------


def python_of(environment: Path) -> Path:
    """The interpreter of a virtual environment."""
    if sys.platform == "win32":
        return environment / "Scripts" / "python.exe"
    return environment / "bin" / "python"


def make_environment() -> None:
    """Create `.venv` with pip in it; an existing one that works is kept."""
    if works(python_of(VENV), "-m", "pip", "--version"):
        return
    say("creating .venv")
    if importlib.util.find_spec("ensurepip"):
        run([sys.executable, "-m", "venv", "--clear", str(VENV)])
        return
    # Debian ships `venv` without `ensurepip`: pip from outside puts pip inside.
    run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)])
    if works(Path(sys.executable), "-m", "pip", "--version"):
        run([sys.executable, "-m", "pip", "--python", str(python_of(VENV)), "install", "-q", "pip"])
    elif shutil.which("apt-get") and os.geteuid() == 0:
        apt_install(["python3-venv"])
        run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    else:
        raise SetUpError("this Python has neither pip nor ensurepip (Debian: apt-get install python3-venv)")


def install_project() -> None:
    """Install the project, editable, with its tested dependencies, unless that has been done."""
    stamp = fingerprint()
    if STAMP.is_file() and STAMP.read_text(encoding="utf-8") == stamp:
        return
    say("installing the project and what it needs (the first time takes a few minutes)")
    STAMP.unlink(missing_ok=True)
    pip = [str(python_of(VENV)), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    os.environ["PYTHONWARNINGS"] = "ignore"  # setuptools warns about every editable installation
    run([*pip, "-c", "constraints.txt", "-e", ".[test]"])
    STAMP.write_text(stamp, encoding="utf-8")


def fingerprint() -> str:
    """Changes with everything that an installation depends on: its inputs, the place, the interpreter."""
    digest = hashlib.sha256(f"{ROOT}\n{sys.version}\n".encode())
    for name in INPUTS:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def works(*command: Path | str) -> bool:
    """Whether a command can be run and succeeds."""
    try:
        return subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def run(command: Sequence[str]) -> None:
    """Run a command in the checkout, or raise SetUpError."""
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise SetUpError(f"`{' '.join(command)}` failed with status {done.returncode}")


def say(text: str) -> None:
    print(f"set-up: {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
