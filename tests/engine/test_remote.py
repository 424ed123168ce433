"""Pictures for an open window: what arrays are taken, and messages as they are packed and unpacked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine import remote
from engine.errors import UserError
from engine.remote import MAGIC, Message, RemoteError, as_pixels, pack, unpack

RGB = np.arange(2 * 5 * 3, dtype=np.uint8).reshape(2, 5, 3)


@pytest.mark.parametrize(
    "array",
    [
        RGB,
        RGB / 255,
        RGB[None].astype(np.float32) / 255,
        RGB.transpose(2, 0, 1) / 255,
        torch.from_numpy(RGB).permute(2, 0, 1)[None].to(torch.bfloat16) / 255,
        torch.nn.Parameter(torch.from_numpy(RGB).permute(2, 0, 1).float() / 255),
    ],
)
def test_arrays_as_people_have_them(array: Any) -> None:
    pixels = as_pixels(array)
    assert (pixels.dtype, pixels.shape) == (np.uint8, (2, 5, 3))
    assert np.array_equal(pixels, RGB)
    assert not pixels.flags.writeable


def test_grey_becomes_rgb_and_floats_are_clipped_and_rounded() -> None:
    pixels = as_pixels(np.array([[-0.5, 0.5, 1.5]]))
    assert pixels.tolist() == [[[0] * 3, [128] * 3, [255] * 3]]
    assert np.array_equal(as_pixels(RGB[..., 0]), as_pixels(RGB[..., :1]))


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros(4), "shape"),
        (np.zeros((2, 4, 5, 3)), "shape"),
        (np.zeros((4, 5, 4)), "shape"),
        (np.zeros((0, 5, 3)), "shape"),
        (np.zeros((4, 5, 3), np.int64), "not int64"),
        (np.full((4, 5), np.nan), "finite"),
        ("picture", "shape"),
    ],
)
def test_other_arrays_are_refused(array: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        as_pixels(array)


@pytest.mark.parametrize("original", [None, 255 - RGB])
def test_a_message_arrives_whole_or_not_at_all(original: Any) -> None:
    data = pack(Message("größer", RGB, original))
    assert all(unpack(data[:length]) is None for length in range(len(data)))
    message = unpack(bytearray(data))
    assert message is not None
    assert message.name == "größer"
    assert np.array_equal(message.pixels, RGB)
    assert (message.original is None) == (original is None)
    assert original is None or np.array_equal(message.original, original)


def with_header(**changes: Any) -> bytes:
    header = {"name": "a", "width": 5, "height": 2, "original": False} | changes
    text = json.dumps(header).encode()
    return MAGIC + len(text).to_bytes(4, "big") + text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"GET / HTTP/1.1", "no message"),
        (MAGIC + b"\xff" * 4, "too long"),
        (MAGIC + b"\0\0\0\2{]", "no JSON"),
        (MAGIC + b"\0\0\0\2[]", "no JSON object"),
        (with_header(name=3), "needs a name"),
        (with_header(name=""), "1 to 60"),
        (with_header(name="a" * 61), "1 to 60"),
        (with_header(original="yes"), "true or false"),
        (with_header(width=0), "whole numbers"),
        (with_header(width=True), "whole numbers"),
        (with_header(height=1.5), "whole numbers"),
        (with_header(width=1 << 15, height=1 << 15), "too large"),
    ],
)
def test_what_is_no_message_is_told(data: bytes, words: str) -> None:
    with pytest.raises(UserError, match=words):
        unpack(data)


def test_names_are_made_printable() -> None:
    message = unpack(with_header(name="a\n\x1b[31m  b") + RGB.tobytes())
    assert message is not None
    assert message.name.isprintable()


def test_pictures_of_different_sizes_are_no_message() -> None:
    with pytest.raises(ValueError, match="differ in size"):
        remote.show(RGB, original=RGB[:1], address="nowhere")


def test_no_window_is_told(tmp_path: Path) -> None:
    with pytest.raises(RemoteError, match=r"no window listens at .*nrc-viewer --listen opens one"):
        remote.show(RGB, address=str(tmp_path / "none.sock"))


def test_where_the_window_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(remote.VARIABLE, raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert remote.socket_path() == str(tmp_path / "nrc-viewer.sock")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "missing"))
    assert Path(remote.socket_path()).parent.name.startswith("nrc-viewer-")
    monkeypatch.setenv(remote.VARIABLE, "elsewhere")
    assert remote.socket_path() == "elsewhere"
