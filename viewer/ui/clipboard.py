"""Pixels to and from Qt's images, for the clipboard and for drops."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QImage, QPainter

from engine.types import Picture, Pixels, frozen


def picture_from_image(image: QImage, name: str = "clipboard") -> Picture:
    """An image as a picture; transparency is composited on white, as for files."""
    notes: tuple[str, ...] = ()
    if image.hasAlphaChannel():
        flat = QImage(image.size(), QImage.Format.Format_RGB32)
        flat.fill(Qt.GlobalColor.white)
        painter = QPainter(flat)
        painter.drawImage(0, 0, image)
        painter.end()
        image, notes = flat, ("transparency composited on white",)
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    height, width, stride = image.height(), image.width(), image.bytesPerLine()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(height, stride)
    return Picture(name, frozen(rows[:, : 3 * width].reshape(height, width, 3).copy()), notes=notes)


def image_from_pixels(pixels: Pixels) -> QImage:
    """uint8 (height, width, 3) as an image with memory of its own."""
    height, width, _ = pixels.shape
    data = np.ascontiguousarray(pixels)
    return QImage(data.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def offered_files(data: QMimeData | None) -> list[Path]:
    """All local files among dropped or pasted addresses."""
    urls = data.urls() if data is not None else ()
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]


def offered_picture(data: QMimeData | None) -> Picture | None:
    """The image itself, when that is what is offered."""
    image = data.imageData() if data is not None and data.hasImage() else None
    if isinstance(image, QImage) and not image.isNull():
        return picture_from_image(image)
    return None
