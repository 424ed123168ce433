"""Renderings held against pictures kept beside the tests.

Two renderings agree when their mean absolute difference stays below `MEAN` levels, that of each square of
`SIDE` pixels below `LOCAL`, so that a missing mark is seen, and hardly any sample is off by more than `FAR`:
machines round and smooth edges a little differently. Where they don't, the
result, what was expected and their difference are saved to `golden-failures` in the working folder. With
NRC_RENEW_GOLDEN=1 in the environment the kept pictures are made anew instead; look at them before they
are committed.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtGui import QImage

KEPT = Path(__file__).parent
FAILURES = Path("golden-failures")
RENEW = "NRC_RENEW_GOLDEN"
MEAN, FAR, FAR_SHARE = 0.8, 24, 0.004
SIDE, LOCAL = 8, 16.0


def pixels_of(image: QImage) -> NDArray[np.uint8]:
    """(height, width, 3) RGB of an opaque picture."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3).copy()


def check(result: NDArray[np.uint8], name: str, kept: Path = KEPT, failures: Path = FAILURES) -> None:
    """Fail unless `result`, uint8 (height, width, 3), looks like the picture kept under `name`."""
    path = kept / f"{name}.png"
    if os.environ.get(RENEW):
        kept.mkdir(exist_ok=True)
        Image.fromarray(result).save(path, optimize=True)
        return
    if not path.exists():
        pytest.fail(f"{path.name} isn't kept yet: run with {RENEW}=1, look at it and commit it")
    expected = np.asarray(Image.open(path).convert("RGB"))
    if expected.shape != result.shape:
        _save(failures, name, result, expected, None)
        pytest.fail(
            f"{name}: {result.shape[1]}×{result.shape[0]}, expected {expected.shape[1]}×{expected.shape[0]}"
        )
    difference = np.abs(result.astype(np.int16) - expected)
    mean, far = float(difference.mean()), float((difference > FAR).mean())
    local = _worst_square(difference)
    if mean > MEAN or far > FAR_SHARE or local > LOCAL:
        _save(failures, name, result, expected, difference)
        pytest.fail(
            f"{name}: differs by {mean:.2f} levels on average (at most {MEAN}), {100 * far:.2f} % of it by "
            f"more than {FAR} (at most {100 * FAR_SHARE} %), a square of {SIDE} pixels by {local:.0f} "
            f"(at most {LOCAL:.0f}); pictures of both are in {failures.resolve()}"
        )


def _worst_square(difference: NDArray[np.int16]) -> float:
    """The largest mean of a square's samples."""
    height, width = (side // SIDE for side in difference.shape[:2])
    squares = difference[: height * SIDE, : width * SIDE].reshape(height, SIDE, width, SIDE, 3)
    return float(squares.mean(axis=(1, 3, 4)).max())


def _save(
    folder: Path,
    name: str,
    result: NDArray[np.uint8],
    expected: NDArray[np.uint8],
    difference: NDArray[np.int16] | None,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(result).save(folder / f"{name}-result.png")
    Image.fromarray(expected).save(folder / f"{name}-expected.png")
    if difference is not None:
        Image.fromarray(np.clip(4 * difference, 0, 255).astype(np.uint8)).save(
            folder / f"{name}-difference.png"
        )
