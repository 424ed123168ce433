"""The set-up's decisions; the whole of it runs whenever these tests do, through `make test`."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
linux = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="system libraries matter on Linux only"
)


def load(name: str) -> ModuleType:
    """A script of `tools`, loaded afresh."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def set_up() -> ModuleType:
    return load("set_up")


class Commands:
    """Stands in for `subprocess.run`: remembers commands, and fails those that `fail` picks."""

    def __init__(self, fail: Sequence[str] = ()) -> None:
        self.fail, self.asked = list(fail), list[str]()

    def __call__(self, command: Sequence[Any], **_: Any) -> subprocess.CompletedProcess[bytes]:
        text = " ".join(map(str, command))
        self.asked.append(text)
        failing = next((part for part in self.fail if part in text), None)
        if failing:
            self.fail.remove(failing)
        return subprocess.CompletedProcess(list(command), 1 if failing else 0)


@linux
def test_missing_libraries_are_told_from_present_ones(set_up: ModuleType) -> None:
    assert set_up.missing_libraries(["libc.so.6", "libnobody-has-this.so.9"]) == ["libnobody-has-this.so.9"]


@linux
def test_every_library_that_qt_takes_from_the_system_is_known(set_up: ModuleType) -> None:
    """Nothing that Qt's platform plugins ask for by name is left to chance."""
    import PySide6

    home = Path(PySide6.__file__).parent / "Qt"
    files = [home / "lib" / f"libQt6{part}.so.6" for part in ("Core", "Gui", "Widgets", "DBus", "XcbQpa")]
    files += [home / "plugins" / "platforms" / f"lib{name}.so" for name in ("qoffscreen", "qxcb", "qwayland")]
    needed = set[str]()
    for file in files:
        needed |= needed_by(file)
    assert "libEGL.so.1" in needed
    own = {name for name in needed if name.startswith(("libQt6", "libicu"))}
    # Part of the smallest Debian, or what the known ones can't be without.
    always = {
        "ld-linux-x86-64.so.2", "libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1",
        "libgcc_s.so.1", "libstdc++.so.6", "libz.so.1", "libzstd.so.1",
        "libX11.so.6", "libxcb.so.1", "libxcb-render.so.0", "libfreetype.so.6", "libgthread-2.0.so.0",
        "libwayland-client.so.0",
    }  # fmt: skip
    assert needed - own - always <= set(set_up.LIBRARIES)


def needed_by(file: Path) -> set[str]:
    """The DT_NEEDED entries of a 64-bit ELF file (System V ABI, chapters 4 and 5)."""
    data = file.read_bytes()
    assert data[:5] == b"\x7fELF\x02"

    def number(at: int, size: int) -> int:
        return int.from_bytes(data[at : at + size], "little")

    start, size, count = number(32, 8), number(54, 2), number(56, 2)
    segments = [start + index * size for index in range(count)]
    loads = [(number(s + 16, 8), number(s + 8, 8), number(s + 32, 8)) for s in segments if number(s, 4) == 1]
    (dynamic,) = [s for s in segments if number(s, 4) == 2]
    entries = range(number(dynamic + 8, 8), number(dynamic + 8, 8) + number(dynamic + 32, 8), 16)
    tags = [(number(at, 8), number(at + 8, 8)) for at in entries]
    address = dict(tags)[5]  # DT_STRTAB
    (strings,) = [
        address - base + offset for base, offset, length in loads if base <= address < base + length
    ]
    names = [strings + value for tag, value in tags if tag == 1]  # DT_NEEDED
    return {data[at : data.index(b"\0", at)].decode() for at in names}


def test_fonts_are_found_in_folders_below(set_up: ModuleType, tmp_path: Path) -> None:
    assert not set_up.has_fonts([str(tmp_path), str(tmp_path / "missing")])
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "Some.TTF").touch()
    assert set_up.has_fonts([str(tmp_path)])


@linux
@pytest.mark.parametrize("apt", [None, "/usr/bin/apt-get"])
def test_without_root_or_apt_it_says_exactly_what_is_missing(
    set_up: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], apt: str | None
) -> None:
    monkeypatch.setattr(set_up, "missing_libraries", lambda: ["libEGL.so.1"])
    monkeypatch.setattr(set_up, "has_fonts", lambda: False)
    monkeypatch.setattr(set_up.shutil, "which", lambda name: apt)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    commands = Commands()
    monkeypatch.setattr(subprocess, "run", commands)
    assert set_up.main() == 1
    told = capsys.readouterr().err
    assert "  libEGL.so.1\n  a font (none is installed)\n" in told
    assert "  apt-get install libegl1 fonts-inter\n" in told if apt else "Debian's packages are" in told
    assert not commands.asked


@linux
def test_apt_renews_its_lists_only_when_it_must(set_up: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*fail: str) -> list[str]:
        commands = Commands(fail)
        monkeypatch.setattr(subprocess, "run", commands)
        set_up.apt_install(["libegl1"])
        return [
            next(word for word in command.split() if word in ("install", "update"))
            for command in commands.asked
        ]

    assert asked() == ["install"]
    assert asked("install") == ["install", "update", "install"]
    with pytest.raises(set_up.SetUpError, match=r"install.* failed with status 1"):
        asked("install", "install")


def test_the_project_is_installed_again_only_when_an_input_changed(
    set_up: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in set_up.INPUTS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(set_up, "ROOT", tmp_path)
    monkeypatch.setattr(set_up, "STAMP", tmp_path / "stamp")
    commands = Commands()
    monkeypatch.setattr(subprocess, "run", commands)
    set_up.install_project()
    set_up.install_project()
    assert len(commands.asked) == 1
    assert commands.asked[0].endswith("-c constraints.txt -e .[test]")
    (tmp_path / "constraints.txt").write_text("numpy==2")
    commands.fail = ["pip"]
    with pytest.raises(set_up.SetUpError):
        set_up.install_project()
    set_up.install_project()  # a failed installation leaves no stamp
    assert len(commands.asked) == 3


@pytest.mark.parametrize("pip", [True, False])
def test_python_without_ensurepip_gets_its_pip_from_outside(
    set_up: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pip: bool
) -> None:
    monkeypatch.setattr(set_up, "VENV", tmp_path / "venv")
    monkeypatch.setattr(set_up.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(set_up.shutil, "which", lambda name: None)
    inside = str(set_up.python_of(tmp_path / "venv"))
    commands = Commands([f"{inside} -m pip --version"] + ([] if pip else ["-m pip --version"]))
    monkeypatch.setattr(subprocess, "run", commands)
    if pip:
        set_up.make_environment()
        assert commands.asked[-1] == f"{sys.executable} -m pip --python {inside} install -q pip"
    else:
        with pytest.raises(set_up.SetUpError, match="python3-venv"):
            set_up.make_environment()


def test_constraints_name_everything_installed_and_nothing_of_one_machine() -> None:
    from importlib.metadata import distributions

    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    assert all("+" not in version and "/" not in version for version in pins.values())
    known = {name.lower().replace("_", "-") for name in pins}
    installed = {each.metadata["Name"].lower().replace("_", "-") for each in distributions()}
    assert installed - known <= {"nrc-viewer", "pip", "wheel"}


# ---- opening the window ----------------------------------------------------------------------------------


@linux
def test_a_display_is_one_that_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opener = load("open_viewer")
    problem = opener.display_problem
    assert "neither DISPLAY nor WAYLAND_DISPLAY" in problem({}, "linux")
    assert problem({}, "darwin") == ""
    monkeypatch.setattr(opener, "_X_SOCKETS", str(tmp_path))
    wayland = {"XDG_RUNTIME_DIR": str(tmp_path), "WAYLAND_DISPLAY": "wayland-7"}
    for environment, name in (({"DISPLAY": ":7.0"}, "X7"), (wayland, "wayland-7")):
        assert "nothing answers" in problem(environment, "linux")
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(tmp_path / name))
            server.listen()
            assert problem(environment, "linux") == ""
    assert "nothing answers" in problem({"DISPLAY": "nonsense"}, "linux")


@linux
def test_without_a_display_the_window_is_rendered_and_its_path_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    opener = load("open_viewer")
    monkeypatch.setattr(opener, "SNAPSHOT", tmp_path / "out" / "window.png")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    commands = Commands()
    monkeypatch.setattr(subprocess, "run", commands)
    assert opener.main(["photo.png"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("no display")
    assert said[-1] == str(tmp_path / "out" / "window.png")
    assert commands.asked[0].endswith(f"nrc-viewer photo.png --snapshot {said[-1]}")


@linux
def test_with_a_display_the_viewer_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    opener = load("open_viewer")
    monkeypatch.setattr(opener, "display_problem", lambda environment: "")
    taken = list[tuple[str, list[str]]]()
    monkeypatch.setattr(os, "execv", lambda path, arguments: taken.append((path, arguments)) or sys.exit(0))
    with pytest.raises(SystemExit):
        opener.main(["photo.png"])
    program = str(Path(sys.executable).with_name("nrc-viewer"))
    assert taken == [(program, [program, "photo.png"])]
