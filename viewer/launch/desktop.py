"""The program in the desktop's menu, with its icon and file types, for this user: freedesktop.org's Desktop
Entry, Icon Theme and Shared MIME-info specifications."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from xml.sax.saxutils import escape

from engine.errors import UserError, system_reason

ID = "nrc-viewer"
STREAM_TYPE, SESSION_TYPE = "application/x-nrc", "application/x-nrcsession"
IMAGE_TYPES = (
    "image/png", "image/jpeg", "image/jp2", "image/webp", "image/avif", "image/tiff", "image/bmp",
    "image/x-portable-pixmap", "image/x-portable-graymap",
)  # fmt: skip
ICON_SIZES = (16, 24, 32, 48, 64, 128, 256)
_TOOLS = (
    ("update-mime-database", "mime"),
    ("update-desktop-database", "applications"),
    ("gtk-update-icon-cache", "icons/hicolor"),
)
"""What desktops look things up in is made by these, each of a folder."""


def data_home(environment: Mapping[str, str] = os.environ) -> Path:
    """Where a user's own menu entries, icons and types lie."""
    asked = environment.get("XDG_DATA_HOME", "")
    return Path(asked) if asked.startswith("/") else Path.home() / ".local" / "share"


def install(data: Path | None = None, program: Path | None = None) -> list[Path]:
    """Put menu entry, icons and file types below `data`; the files that are there now.

    program: what the entry starts. Raises UserError where they can't be written.
    """
    data, program = data or data_home(), program or this_program()
    written = []
    try:
        for path, content in _files(data, program).items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            written.append(path)
    except OSError as error:
        where = error.filename or data
        raise UserError(f"{where}: can't be written ({system_reason(error)})") from None
    _renew(data)
    return written


def uninstall(data: Path | None = None) -> list[Path]:
    """Take away what `install` put there; the files that went. Raises UserError."""
    data = data or data_home()
    gone = []
    try:
        for path in _places(data):
            if path.exists():
                path.unlink()
                gone.append(path)
    except OSError as error:
        raise UserError(f"{error.filename}: can't be removed ({system_reason(error)})") from None
    _renew(data)
    return gone


def this_program() -> Path:
    """The program that runs, to be started again."""
    asked = Path(sys.argv[0])
    found = asked if asked.name.startswith(ID) and asked.exists() else None
    beside = Path(sys.executable).with_name(ID)
    command = shutil.which(ID)
    if found is None and beside.exists():
        found = beside
    if found is None and command is not None:
        found = Path(command)
    if found is None:
        raise UserError(f"no program {ID} is installed that a menu could start")
    return found.absolute()


def _places(data: Path) -> list[Path]:
    icons = data / "icons" / "hicolor"
    return [
        data / "applications" / f"{ID}.desktop",
        data / "mime" / "packages" / f"{ID}.xml",
        *(icons / f"{size}x{size}" / "apps" / f"{ID}.png" for size in ICON_SIZES),
        *(
            icons / f"{size}x{size}" / "mimetypes" / f"{name.replace('/', '-')}.png"
            for name in (STREAM_TYPE, SESSION_TYPE)
            for size in ICON_SIZES
        ),
    ]


def _files(data: Path, program: Path) -> dict[Path, bytes]:
    entry, types, *icons = _places(data)
    contents = {entry: entry_text(program).encode(), types: types_text().encode()}
    by_size = {size: _icon(size) for size in ICON_SIZES}
    return contents | {path: by_size[int(path.parts[-3].split("x")[0])] for path in icons}


def _icon(size: int) -> bytes:
    import io

    from PIL import Image

    file = io.BytesIO()
    with Image.open(str(files("assets").joinpath("icons", f"{ID}.png"))) as image:
        image.convert("RGBA").resize((size, size), Image.Resampling.LANCZOS).save(file, "PNG")
    return file.getvalue()


def entry_text(program: Path) -> str:
    """The menu entry."""
    types = "".join(f"{name};" for name in (*IMAGE_TYPES, STREAM_TYPE, SESSION_TYPE))
    return f"""[Desktop Entry]
Type=Application
Version=1.1
Name=nrc-viewer
GenericName=Neural Image Decoder
Comment=See, step by step, how a recurrent neural decoder repairs a compressed image
Exec={quoted(str(program))} %f
TryExec={program}
Icon={ID}
Terminal=false
Categories=Graphics;Viewer;
Keywords=JPEG;compression;codec;neural;decoder;image;
MimeType={types}
StartupNotify=true
StartupWMClass={ID}
"""


def quoted(argument: str) -> str:
    """A program's path as an Exec line holds it: reserved characters in quotes, percent signs doubled."""
    text = argument.replace("%", "%%")
    if not any(character in " \t\n\"'\\><~|&;$*?#()`" for character in text):
        return text
    # The line is unescaped as a string first, the argument after it: hence four backslashes for one.
    for character in '\\"`$':
        text = text.replace(character, f"\\\\{character}" if character != "\\" else "\\\\\\\\")
    return f'"{text}"'


def types_text() -> str:
    """The file types, for the database of types."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="{escape(STREAM_TYPE)}">
    <comment>Stream of a neural image codec</comment>
    <magic priority="60"><match type="string" offset="0" value="\\x8bNRC"/></magic>
    <glob pattern="*.nrc"/>
  </mime-type>
  <mime-type type="{escape(SESSION_TYPE)}">
    <comment>Session of nrc-viewer</comment>
    <sub-class-of type="application/json"/>
    <glob pattern="*.nrcsession"/>
  </mime-type>
</mime-info>
"""


def _renew(data: Path) -> None:
    """Let the desktop see it at once; without these programs it does later."""
    for program, folder in _TOOLS:
        command = shutil.which(program)
        if command is not None and (data / folder).is_dir():
            options = ["--force", "--quiet", "--ignore-theme-index"] if program.startswith("gtk") else []
            subprocess.run(
                [command, *options, str(data / folder)],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
            )  # fmt: skip


def run(uninstalling: bool) -> str:
    """Do it for this user, and say what was done. Raises UserError."""
    if not sys.platform.startswith("linux"):
        raise UserError("menu entries by --install-desktop are for Linux desktops")
    if uninstalling:
        gone = uninstall()
        return f"removed {len(gone)} files below {data_home()}" if gone else "there was nothing to remove"
    install()
    return f"nrc-viewer is in the menu, and opens .nrc and .nrcsession files ({data_home()})"
