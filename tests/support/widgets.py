"""What widgets look like, as arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget


def pixels_of(image: QImage) -> NDArray[np.uint8]:
    """(height, width, 3) RGB of an opaque picture."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3).copy()


def screen(widget: QWidget) -> NDArray[np.uint8]:
    """Device pixels of a widget, (height, width, 3)."""
    return pixels_of(widget.grab().toImage())
