"""The menu entry, icons and file types: by the specifications' own checkers where they are installed."""

from __future__ import annotations

import configparser
import shlex
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from viewer.launch import app, desktop
from viewer.launch.arguments import parse

SHARED = "{http://www.freedesktop.org/standards/shared-mime-info}"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "a folder" / "nrc-viewer"
    path.parent.mkdir()
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_everything_is_there_and_goes_again(tmp_path: Path, program: Path) -> None:
    data = tmp_path / "data"
    written = desktop.install(data, program)
    assert all(path.is_file() for path in written)
    entry = configparser.RawConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read(data / "applications" / "nrc-viewer.desktop")
    fields = entry["Desktop Entry"]
    assert fields["Icon"] == fields["StartupWMClass"] == "nrc-viewer"
    assert shlex.split(fields["Exec"]) == [str(program), "%f"]
    assert {"image/jpeg", "application/x-nrc", "application/x-nrcsession"} <= set(
        fields["MimeType"].split(";")
    )
    types = ElementTree.parse(data / "mime" / "packages" / "nrc-viewer.xml").getroot()
    globs = {glob.get("pattern") for glob in types.iter(f"{SHARED}glob")}
    assert globs == {"*.nrc", "*.nrcsession"}
    for size in desktop.ICON_SIZES:
        folder = data / "icons" / "hicolor" / f"{size}x{size}"
        for name in ("apps/nrc-viewer", "mimetypes/application-x-nrc", "mimetypes/application-x-nrcsession"):
            with Image.open(folder / f"{name}.png") as icon:
                assert icon.size == (size, size)
    assert desktop.uninstall(data) == written
    assert not any(path.exists() for path in written)
    assert desktop.uninstall(data) == []


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="not installed")
def test_the_entry_is_valid(tmp_path: Path, program: Path) -> None:
    desktop.install(tmp_path / "data", program)
    entry = tmp_path / "data" / "applications" / "nrc-viewer.desktop"
    done = subprocess.run(["desktop-file-validate", str(entry)], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/usr/bin/nrc-viewer", "/usr/bin/nrc-viewer"),
        ("/home/a b/nrc-viewer", '"/home/a b/nrc-viewer"'),
        ("/50%/nrc-viewer", "/50%%/nrc-viewer"),
        ('/a"$b/nrc-viewer', '"/a\\\\"\\\\$b/nrc-viewer"'),
    ],
)
def test_paths_are_quoted_as_the_specification_asks(path: str, line: str) -> None:
    assert desktop.quoted(path) == line


def test_it_is_asked_for_on_the_command_line(
    tmp_path: Path, program: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(desktop, "this_program", lambda: program)
    assert parse(["--install-desktop"]).desktop == "install"
    assert app.main(["--install-desktop"]) == 0
    assert (tmp_path / "data" / "applications" / "nrc-viewer.desktop").exists()
    assert "nrc-viewer is in the menu" in capsys.readouterr().out
    assert app.main(["--uninstall-desktop"]) == 0
    assert capsys.readouterr().out.startswith("removed ")
    assert app.main(["--uninstall-desktop"]) == 0
    assert capsys.readouterr().out == "there was nothing to remove\n"


def test_what_cannot_be_written_is_told(
    tmp_path: Path, program: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(desktop, "this_program", lambda: program)
    assert app.main(["--install-desktop"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("nrc-viewer: error: ")
    assert "can't be written" in err
    assert err.count("\n") == 1
