"""System libraries that Qt's wheels leave to Linux: missing ones are found before Qt aborts over them.

Knows nothing but Python, so that it can be asked before anything else is loaded.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Packages:
    """What holds a library on Debian and Ubuntu, on Fedora and RHEL, on Arch, and on openSUSE."""

    apt: str
    dnf: str
    pacman: str
    zypper: str


def _xcb(name: str) -> Packages:
    return Packages(name, "libxcb", "libxcb", name)


ALWAYS: Mapping[str, Packages] = {
    "libglib-2.0.so.0": Packages("libglib2.0-0", "glib2", "glib2", "libglib-2_0-0"),
    "libGL.so.1": Packages("libgl1", "libglvnd-glx", "libglvnd", "libglvnd"),
    "libEGL.so.1": Packages("libegl1", "libglvnd-egl", "libglvnd", "libglvnd"),
    "libxkbcommon.so.0": Packages("libxkbcommon0", "libxkbcommon", "libxkbcommon", "libxkbcommon0"),
    "libfontconfig.so.1": Packages("libfontconfig1", "fontconfig", "fontconfig", "fontconfig"),
    "libdbus-1.so.3": Packages("libdbus-1-3", "dbus-libs", "dbus", "libdbus-1-3"),
}
X11: Mapping[str, Packages] = {
    "libX11-xcb.so.1": Packages("libx11-xcb1", "libX11-xcb", "libx11", "libX11-xcb1"),
    "libxcb-cursor.so.0": Packages("libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor", "libxcb-cursor0"),
    "libxcb-icccm.so.4": Packages("libxcb-icccm4", "xcb-util-wm", "xcb-util-wm", "libxcb-icccm4"),
    "libxcb-image.so.0": Packages("libxcb-image0", "xcb-util-image", "xcb-util-image", "libxcb-image0"),
    "libxcb-keysyms.so.1": Packages(
        "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms", "libxcb-keysyms1"
    ),
    "libxcb-randr.so.0": _xcb("libxcb-randr0"),
    "libxcb-render-util.so.0": Packages(
        "libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil", "libxcb-render-util0"
    ),
    "libxcb-shape.so.0": _xcb("libxcb-shape0"),
    "libxcb-shm.so.0": _xcb("libxcb-shm0"),
    "libxcb-sync.so.1": _xcb("libxcb-sync1"),
    "libxcb-util.so.1": Packages("libxcb-util1", "xcb-util", "xcb-util", "libxcb-util1"),
    "libxcb-xfixes.so.0": _xcb("libxcb-xfixes0"),
    "libxcb-xkb.so.1": _xcb("libxcb-xkb1"),
    "libxkbcommon-x11.so.0": Packages(
        "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11", "libxkbcommon-x11-0"
    ),
}
WAYLAND: Mapping[str, Packages] = {
    "libwayland-cursor.so.0": Packages(
        "libwayland-cursor0", "libwayland-cursor", "wayland", "libwayland-cursor0"
    ),
}
_COMMANDS = {
    "apt": "sudo apt install",
    "dnf": "sudo dnf install",
    "pacman": "sudo pacman -S",
    "zypper": "sudo zypper install",
}
_FAMILIES = {
    "debian": "apt", "ubuntu": "apt", "fedora": "dnf", "rhel": "dnf", "centos": "dnf", "arch": "pacman",
    "suse": "zypper", "opensuse": "zypper",
}  # fmt: skip
_PLUGINS = {"xcb": "libqxcb.so", "wayland": "libqwayland.so", "offscreen": "libqoffscreen.so"}


def complaint(environment: Mapping[str, str] | None = None) -> str:
    """One line on the libraries that Qt misses here and the command that installs them; "" where none is
    missing. environment: the process's, unless given; it says which display Qt is going to use."""
    environment = os.environ if environment is None else environment
    platform = platform_of(environment)
    wanted = {**ALWAYS, **{"xcb": X11, "wayland": WAYLAND}.get(platform, {})}
    missing = [name for name in wanted if not loads(name)]
    if not missing:
        name = unloadable(platform)
        if not name:
            return ""
        return f"Qt needs the library {name}, which this system lacks; install the package that holds it"
    what = f"Qt needs {', '.join(missing)}"
    manager = package_manager(_release())
    if manager is None:
        return f"{what}, which this system lacks; install the packages that hold them"
    packages = dict.fromkeys(getattr(wanted[name], manager) for name in missing)
    return f"{what}: {_COMMANDS[manager]} {' '.join(packages)}"


def platform_of(environment: Mapping[str, str]) -> str:
    """Qt's platform plugin that is going to be used: "xcb", "wayland", "offscreen", …"""
    asked = environment.get("QT_QPA_PLATFORM", "").split(";")[0].split(":")[0]
    if asked:
        return "wayland" if asked.startswith("wayland") else asked
    wayland = environment.get("WAYLAND_DISPLAY") and environment.get("XDG_SESSION_TYPE") != "x11"
    return "wayland" if wayland else "xcb"


def loads(name: str) -> bool:
    """Whether the system has a library."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def unloadable(platform: str, load: Callable[[str], object] = ctypes.CDLL) -> str:
    """A library that Qt's plugin for the platform doesn't find, "" where it finds all: what newer versions of
    Qt need, the tables don't know."""
    spec = importlib.util.find_spec("PySide6")
    file = _PLUGINS.get(platform)
    if spec is None or not spec.submodule_search_locations or file is None:
        return ""
    path = Path(spec.submodule_search_locations[0], "Qt", "plugins", "platforms", file)
    if not path.exists():
        return ""
    try:
        load(str(path))
    except OSError as error:  # "libfoo.so.1: cannot open shared object file: No such file or directory"
        name, _, why = str(error).partition(": ")
        return name if "cannot open shared object file" in why else ""
    return ""


def package_manager(release: Mapping[str, str]) -> str | None:
    """One of "apt", "dnf", "pacman" or "zypper", from the fields of os-release; None for other systems."""
    families = [release.get("ID", ""), *release.get("ID_LIKE", "").split()]
    for family in families:
        for name, manager in _FAMILIES.items():
            if family == name or family.startswith(f"{name}-"):
                return manager
    return None


def _release() -> dict[str, str]:
    """The fields of /etc/os-release, none where there is no such file."""
    for path in (Path("/etc/os-release"), Path("/usr/lib/os-release")):
        try:
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
        pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
        return {key.strip(): value.strip().strip("\"'") for key, value in pairs}
    return {}
