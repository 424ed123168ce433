"""The view or the window as a picture of any scale, drawn by the painters that draw it on screen.

For the time of the drawing the widgets believe themselves on a screen with `scale` times as many pixels to a
length: words and lines are drawn anew, not enlarged, and pictures are sampled for the finer screen.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from engine.errors import UserError
from engine.types import Pixels
from viewer.panes.canvas.view import PanesView
from viewer.ui.clipboard import picture_from_image

SCALES = (1, 2, 4)
LOGICAL_DPI = 96
MOST_PIXELS = 140_000_000


def painted(widget: QWidget, scale: float = 1.0) -> QImage:
    """The widget as it is now, `scale` times as large as on its screen. Raises UserError for a picture that
    is too large to be held."""
    ratio = widget.devicePixelRatioF() * scale
    width, height = round(widget.width() * ratio), round(widget.height() * ratio)
    if width * height > MOST_PIXELS:
        raise UserError(f"a picture of {width}×{height} pixels is too large: choose a smaller scale")
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    with _on_a_finer_screen(widget, scale, ratio):
        widget.render(image, QPoint())
    return image


def pixels_of(image: QImage) -> Pixels:
    """uint8 (height, width, 3)."""
    return picture_from_image(image).pixels


@contextmanager
def _on_a_finer_screen(root: QWidget, scale: float, ratio: float) -> Iterator[None]:
    widgets = [root, *root.findChildren(QWidget)]
    frames = [widget for widget in widgets if isinstance(widget, PanesView)]
    views = [frame.viewport() for frame in frames]
    ours = [widget for widget in widgets if type(widget).__module__.startswith("viewer.")]
    for frame in frames:
        frame.blockSignals(True)
    try:
        for widget in ours:
            widget.__dict__["devicePixelRatioF"] = lambda: ratio
        for frame, view in zip(frames, views, strict=True):
            frame.look_through(view, scale)
        yield
    finally:
        for widget in ours:
            widget.__dict__.pop("devicePixelRatioF", None)
        for frame, view in zip(frames, views, strict=True):
            frame.look_through(view)
            frame.blockSignals(False)
