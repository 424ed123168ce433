"""Missing system libraries are told in one line, with the command of each distribution."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.repository import ROOT
from tools import set_up
from viewer.launch import libraries

XCB = "libxcb-cursor0 libxcb-randr0 libxcb-shape0"
DNF = "sudo dnf install libglvnd-egl xcb-util-cursor libxcb"
LACKING = ("libxcb-cursor.so.0", "libxcb-randr.so.0", "libxcb-shape.so.0", "libEGL.so.1")


@pytest.mark.parametrize(
    ("release", "command"),
    [
        ({"ID": "ubuntu", "ID_LIKE": "debian"}, f"sudo apt install libegl1 {XCB}"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, f"sudo apt install libegl1 {XCB}"),
        ({"ID": "fedora"}, DNF),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, DNF),
        ({"ID": "manjaro", "ID_LIKE": "arch"}, "sudo pacman -S libglvnd xcb-util-cursor libxcb"),
        ({"ID": "opensuse-tumbleweed"}, f"sudo zypper install libglvnd {XCB}"),
        ({"ID": "nixos"}, "install the packages that hold them"),
    ],
)  # fmt: skip
def test_one_line_with_the_distributions_command(
    release: dict[str, str], command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libraries, "loads", lambda name: name not in LACKING)
    monkeypatch.setattr(libraries, "_release", lambda: release)
    line = libraries.complaint({"DISPLAY": ":0"})
    assert line.startswith("Qt needs libEGL.so.1, libxcb-cursor.so.0, libxcb-randr.so.0, libxcb-shape.so.0")
    assert line.endswith(command)
    assert "\n" not in line
    assert "xcb" not in libraries.complaint({"QT_QPA_PLATFORM": "offscreen"})


@pytest.mark.parametrize(
    ("environment", "platform"),
    [
        ({}, "xcb"),
        ({"DISPLAY": ":0"}, "xcb"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "wayland"),
        ({"WAYLAND_DISPLAY": "wayland-0", "XDG_SESSION_TYPE": "x11"}, "xcb"),
        ({"QT_QPA_PLATFORM": "wayland-egl;xcb"}, "wayland"),
        ({"QT_QPA_PLATFORM": "offscreen:size=3", "DISPLAY": ":0"}, "offscreen"),
    ],
)
def test_which_platform_qt_takes(environment: dict[str, str], platform: str) -> None:
    assert libraries.platform_of(environment) == platform


def test_what_the_tables_do_not_know_is_found_by_the_plugin() -> None:
    def load(path: str) -> None:
        assert Path(path).name == "libqxcb.so"
        raise OSError("libnew.so.9: cannot open shared object file: No such file or directory")

    assert libraries.unloadable("xcb", load) == "libnew.so.9"
    assert libraries.unloadable("offscreen") == ""
    assert libraries.unloadable("android") == ""


def test_the_set_up_installs_the_same_libraries() -> None:
    known = {**libraries.ALWAYS, **libraries.X11, **libraries.WAYLAND}
    assert {name: packages.apt for name, packages in known.items()} == set_up.LIBRARIES


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="libraries of Linux")
def test_the_program_says_so_before_qt_is_loaded() -> None:
    """In a process of its own: Qt would abort it."""
    code = (
        "import sys\nfrom viewer.launch import app, libraries\n"
        "libraries.loads = lambda name: name != 'libxcb-cursor.so.0'\n"
        "status = app.main([])\nassert 'PySide6' not in sys.modules\nsys.exit(status)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60,
        env={**os.environ, "QT_QPA_PLATFORM": "xcb"},
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("nrc-viewer: error: Qt needs libxcb-cursor.so.0")
    assert done.stderr.count("\n") == 1
