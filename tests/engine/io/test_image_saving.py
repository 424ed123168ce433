"""Pictures saved: as they were, whole or not at all, and what is wrong in a line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.errors import UserError
from engine.io.atomic import write_atomically
from engine.io.image import load_picture
from engine.io.write_image import save_png
from engine.types import Pixels


def photo(height: int = 40, width: int = 56) -> Pixels:
    """Smooth, coloured and without symmetry, so that every flip shows and lossy formats stay close."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [60 + 150 * x / max(width, 2), 40 + 180 * y / max(height, 2), 90 + 60 * np.sin((x + 2 * y) / 9)]
    return np.rint(np.stack(planes, axis=-1)).astype(np.uint8)


def test_saved_pictures_come_back(tmp_path: Path) -> None:
    path = tmp_path / "out.png"
    path.write_bytes(b"what was there before")
    save_png(path, photo(13, 21))
    assert np.array_equal(load_picture(path).pixels, photo(13, 21))
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.png"]


def test_saving_follows_the_umask_and_links(tmp_path: Path) -> None:
    path, link = tmp_path / "out.png", tmp_path / "link.png"
    link.symlink_to(path)
    old = os.umask(0o027)
    try:
        save_png(link, photo())
    finally:
        os.umask(old)
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("name", "reason"),
    [("missing/out.png", "its folder does not exist"), ("folder", "is a folder"), ("pipe", "regular file"),
     ("x" * 300 + ".png", "can't be written")],
)  # fmt: skip
def test_saving_says_what_is_wrong(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UserError, match=reason):
        save_png(tmp_path / name, photo())
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["folder", "pipe"]


@pytest.mark.parametrize(
    ("error", "reason"),
    [(OSError(28, "No space left on device"), "can't be written: no space left on device"),
     (PermissionError(13, "Permission denied"), "no permission to write it")],
)  # fmt: skip
def test_a_failed_save_leaves_the_old_file(tmp_path: Path, error: OSError, reason: str) -> None:
    path = tmp_path / "out.png"
    path.write_bytes(b"old")

    def half(file: Any) -> None:
        file.write(b"half of the n")
        raise error

    with pytest.raises(UserError, match=reason):
        write_atomically(path, half)
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.png"]


def test_an_interrupted_save_leaves_no_trace(tmp_path: Path) -> None:
    def interrupted(_: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "out.png", interrupted)
    assert list(tmp_path.iterdir()) == []
