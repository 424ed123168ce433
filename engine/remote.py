"""Pictures from scripts: what an experiment makes appears in an open window, beside what the decoders make.

    nrc-viewer photo.png --listen                                     # in one terminal
    show(estimate, name="mine, epoch 3")                              # in a script
    show(estimate, name="mine", original=photograph)                  # opens the original, too

The window listens on a local socket that only this user can reach (a named pipe on Windows). A message is the
eight bytes of `MAGIC`, a header of JSON in UTF-8 with its length before it (unsigned, 4 bytes, big-endian),
then the samples of its pictures, uint8, rows of RGB, one picture after the other. The answer is one line of
JSON: {"error": ""} or why not. Everything but `show` serves the window. No Qt.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import UserError, printable, system_reason
from engine.types import Pixels, frozen

MAGIC = b"NRCSHOW1"
VARIABLE = "NRC_VIEWER_SOCKET"
"""Environment variable with the socket's path, for several windows at a time."""
MOST_HEADER = 1 << 16
MOST_SIDE = 1 << 15
MOST_BYTES = 1 << 30
"""What the pictures of a message may take together."""
LONGEST_NAME = 60
_LENGTH = struct.Struct(">I")
_SECONDS = 30.0


class RemoteError(UserError):
    """No window listens, or it says no; one line on why."""


@dataclass(frozen=True)
class Message:
    """Pixels, uint8 (height, width, 3), to be shown under a name; original: of the same size, or None."""

    name: str
    pixels: Pixels
    original: Pixels | None = None


def show(array: Any, *, name: str = "result", original: Any = None, address: str | None = None) -> None:
    """Show a picture in the window that listens, as a pane called `name`; the next one of that name replaces
    it.

    array: (height, width), (height, width, 3) or, as PyTorch has them, (3, height, width) or (1, height,
    width), a leading axis of one before any of them; NumPy array or tensor; uint8, or floating point from 0
    to 1, which is clipped and rounded. It is scored against the picture that is open, whose size it must
    have. original: the same of the picture that it is an estimate of; the window opens it if it isn't open.
    address: of the socket, in place of `socket_path()`.

    Raises RemoteError when no window listens or it says no, and ValueError for other arrays.
    """
    message = Message(name, as_pixels(array), None if original is None else as_pixels(original))
    answer = _sent(pack(message), address or socket_path())
    try:
        error = json.loads(answer)["error"]
    except (ValueError, KeyError, TypeError):
        raise RemoteError("the window's answer can't be read; is it of another version?") from None
    if error:
        raise RemoteError(printable(str(error)))


def as_pixels(array: Any) -> Pixels:
    """uint8 (height, width, 3) of what `show` takes. Raises ValueError."""
    if hasattr(array, "detach"):  # a tensor, wherever it is
        array = array.detach().cpu()
        array = array.float().numpy() if array.is_floating_point() else array.numpy()
    values = np.asarray(array)
    if values.ndim == 4 and values.shape[0] == 1:
        values = values[0]
    if values.ndim == 3 and values.shape[0] in (1, 3) and values.shape[2] not in (1, 3):
        values = values.transpose(1, 2, 0)
    if values.ndim == 2:
        values = values[..., None]
    if values.ndim != 3 or values.shape[2] not in (1, 3) or 0 in values.shape:
        raise ValueError(f"an array of shape {np.shape(array)} is no picture, grey or RGB")
    if values.dtype != np.uint8:
        if not np.issubdtype(values.dtype, np.floating):
            raise ValueError(f"samples are uint8, or floating point from 0 to 1, not {values.dtype}")
        if not np.isfinite(values).all():
            raise ValueError("there are samples that are no finite numbers")
        values = (values.clip(0, 1) * 255).round().astype(np.uint8)
    return frozen(np.ascontiguousarray(np.broadcast_to(values, (*values.shape[:2], 3))))


def socket_path() -> str:
    """Where the window listens: what `NRC_VIEWER_SOCKET` says, else a place that is this user's alone."""
    asked = os.environ.get(VARIABLE)
    if asked:
        return asked
    if sys.platform == "win32":
        return rf"\\.\pipe\nrc-viewer-{os.environ.get('USERNAME', 'user')}"
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and Path(runtime).is_dir():
        return str(Path(runtime, "nrc-viewer.sock"))
    return str(Path(tempfile.gettempdir(), f"nrc-viewer-{os.getuid()}", "window.sock"))


def pack(message: Message) -> bytes:
    """The message as it is sent."""
    height, width = message.pixels.shape[:2]
    pictures = [message.pixels] if message.original is None else [message.pixels, message.original]
    if any(each.shape != message.pixels.shape for each in pictures):
        raise ValueError(f"array and original differ in size: {message.pixels.shape}, {pictures[1].shape}")
    header = {"name": message.name, "width": width, "height": height, "original": len(pictures) == 2}
    text = json.dumps(header).encode()
    return b"".join([MAGIC, _LENGTH.pack(len(text)), text, *(each.tobytes() for each in pictures)])


def unpack(data: bytes | bytearray) -> Message | None:
    """The message at the beginning of what has come; None while it isn't whole. Raises UserError for what is
    none."""
    start = len(MAGIC) + _LENGTH.size
    if not MAGIC.startswith(data[: len(MAGIC)]):
        raise UserError("that is no message to nrc-viewer")
    if len(data) < start:
        return None
    (length,) = _LENGTH.unpack(data[len(MAGIC) : start])
    if length > MOST_HEADER:
        raise UserError(f"a header of {length} bytes is too long")
    if len(data) < start + length:
        return None
    name, height, width, count = _header(bytes(data[start : start + length]))
    samples = height * width * 3
    if len(data) < start + length + samples * count:
        return None
    pictures = [
        frozen(
            np.frombuffer(data, np.uint8, samples, start + length + samples * i)
            .reshape(height, width, 3)
            .copy()
        )
        for i in range(count)
    ]
    return Message(name, pictures[0], pictures[1] if count == 2 else None)


def _header(text: bytes) -> tuple[str, int, int, int]:
    """Name, height, width and number of pictures. Raises UserError."""
    try:
        header = json.loads(text)
    except (ValueError, RecursionError):
        raise UserError("the header is no JSON") from None
    if not isinstance(header, dict):
        raise UserError("the header is no JSON object")
    name, original = header.get("name"), header.get("original", False)
    if not isinstance(name, str) or not isinstance(original, bool):
        raise UserError("the header needs a name, and original is true or false")
    name = " ".join(printable(name).split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise UserError(f"a name has 1 to {LONGEST_NAME} characters")
    height, width = _side(header.get("height")), _side(header.get("width"))
    count = 1 + original
    if height * width * 3 * count > MOST_BYTES:
        raise UserError("the pictures are too large")
    return name, height, width, count


def _side(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= MOST_SIDE:
        raise UserError(f"width and height are whole numbers from 1 to {MOST_SIDE}")
    return value


def answer(error: str = "") -> bytes:
    """What the window says to a message."""
    return json.dumps({"error": error}).encode() + b"\n"


def _sent(data: bytes, where: str) -> bytes:
    """Send a message; returns the answer. Raises RemoteError."""
    try:
        if sys.platform == "win32":
            with open(where, "r+b", buffering=0) as pipe:  # noqa: PTH123 - a pipe, no path
                pipe.write(data)
                return pipe.readline()
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(_SECONDS)
            line.connect(where)
            line.sendall(data)
            with line.makefile("rb") as file:
                return file.readline()
    except (FileNotFoundError, ConnectionRefusedError):
        raise RemoteError(f"no window listens at {where} (nrc-viewer --listen opens one)") from None
    except OSError as error:
        raise RemoteError(f"the window at {where} can't be reached ({system_reason(error)})") from None
