"""Words that stand in place of a picture."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from viewer.panes.canvas.strips import draw_message


@pytest.mark.parametrize(("width", "height"), [(400, 60), (200, 90), (90, 44), (40, 40)])
def test_a_message_is_never_cut(qapp: QApplication, width: int, height: int) -> None:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("magenta"))
    painter = QPainter(image)
    draw_message(painter, QRectF(0, 0, width, height), "Play lets it learn")
    painter.end()
    ground = QColor("magenta").rgb()
    inked = [
        (x, y) for x in range(width) for y in range(height) if image.pixel(x, y) != ground
    ]  # what is cut reaches the border
    assert inked
    across, down = ([place[axis] for place in inked] for axis in (0, 1))
    assert (min(across) > 0, max(across) < width - 1) == (True, True)
    assert (min(down) > 0, max(down) < height - 1) == (True, True)
