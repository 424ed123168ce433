"""Before and after of one picture at 100 %, beside each other or under a divider that can be dragged."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.types import Pixels
from viewer.model.scene.repair import BeforeAfter, Box
from viewer.model.session.repair import RepairView
from viewer.ui import theme

ZOOMS = (1, 2, 4, 8)
"""Device pixels to a pixel of the picture."""
_SETTLE_MS = 120
_GRIP = 8
_STEP = 64
"""Pixels of the screen that an arrow key moves, and that count as being on the divider."""


class BeforeAfterView(QWidget):
    """Draws a `BeforeAfter`. `seen` tells which part of the picture can be seen once that has settled."""

    seen = Signal(object)
    """A box: top, left, bottom, right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = BeforeAfter()
        self._image: QImage | None = None
        self._tiles: dict[Box, tuple[Pixels, QImage]] = {}
        self._mode = RepairView.SIDE
        self._centre = QPointF()
        self._zoom = 1
        self._wipe = 0.5
        self._drag: QPointF | None = None
        self._wiping = False
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._tell)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Before and after")
        self.setAccessibleDescription("Arrow keys move the picture, plus and minus magnify it")

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's names
        return QSize(240, 160)

    # ---- what is shown --------------------------------------------------------------------------

    def set_scene(self, scene: BeforeAfter, mode: RepairView) -> None:
        """Show this; another picture begins at its middle."""
        if scene is self._scene and mode is self._mode:
            return
        other = scene.before is not self._scene.before
        self._scene = scene
        if other:
            self._image = _image(scene.before) if scene.before is not None else None
            self._tiles.clear()
            if scene.before is not None:
                height, width = scene.before.shape[:2]
                self._centre = QPointF(width / 2, height / 2)
        self._follow_tiles(scene.tiles)
        if other or mode is not self._mode:
            self._mode = mode
            self._moved()
        self.update()

    def _follow_tiles(self, tiles: Mapping[Box, Pixels]) -> None:
        known = self._tiles
        self._tiles = {
            box: known[box] if box in known and known[box][0] is pixels else (pixels, _image(pixels))
            for box, pixels in tiles.items()
        }

    def zoom(self) -> int:
        """Device pixels to a pixel."""
        return self._zoom

    def divider(self) -> float:
        """Where the wipe's divider is, 0 to 1."""
        return self._wipe

    def set_divider(self, part: float) -> None:
        """Put the wipe's divider, 0 (all after) to 1 (all before)."""
        self._wipe = min(1.0, max(0.0, part))
        self.update()

    def set_zoom(self, zoom: int) -> None:
        """Magnify, one of `ZOOMS`."""
        self._zoom = zoom
        self._moved()

    def centre(self) -> QPointF:
        """The pixel in the middle."""
        return QPointF(self._centre)

    def move_by(self, across: float, down: float) -> None:
        """Look elsewhere, by pixels of the screen."""
        scale = self._scale()
        self._centre += QPointF(across / scale, down / scale)
        self._moved()

    def settling(self) -> bool:
        """Whether it is still to be told what can be seen."""
        return self._settle.isActive()

    def picture_at(self, pane: QRect, at: QPointF) -> QPointF:
        """The pixel of the picture at a point of the window, in one of `panes`."""
        left, top = self._origin(pane)
        scale = self._scale()
        return QPointF((at.x() - left) / scale, (at.y() - top) / scale)

    def seen_box(self) -> Box | None:
        """The part of the picture that can be seen; None without one."""
        if self._image is None:
            return None
        view = self.panes()[0]
        scale = self._scale()
        wide, high = view.width() / scale, view.height() / scale
        left, top = self._centre.x() - wide / 2, self._centre.y() - high / 2
        return (
            max(0, int(np.floor(top))),
            max(0, int(np.floor(left))),
            min(self._image.height(), int(np.ceil(top + high))),
            min(self._image.width(), int(np.ceil(left + wide))),
        )

    # ---- geometry -------------------------------------------------------------------------------

    def _scale(self) -> float:
        """Pixels of the window to a pixel of the picture: 100 % is a device pixel."""
        return self._zoom / self.devicePixelRatioF()

    def panes(self) -> tuple[QRect, QRect]:
        """Where before and after are drawn; under a wipe both in one place."""
        whole = self.rect()
        if self._mode is RepairView.WIPE:
            return whole, whole
        half = (whole.width() - 1) // 2
        return QRect(0, 0, half, whole.height()), QRect(half + 1, 0, whole.width() - half - 1, whole.height())

    def _origin(self, pane: QRect) -> tuple[float, float]:
        """Where the picture's corner lies, on whole device pixels."""
        scale, ratio = self._scale(), self.devicePixelRatioF()
        left = pane.center().x() + 0.5 - self._centre.x() * scale
        top = pane.center().y() + 0.5 - self._centre.y() * scale
        return round(left * ratio) / ratio, round(top * ratio) / ratio

    def _moved(self) -> None:
        """Keep the picture in view, and tell once it rests."""
        if self._image is not None:
            scale, view = self._scale(), self.panes()[0]
            for get, put, size, length in (
                (self._centre.x, self._centre.setX, self._image.width(), view.width() / scale),
                (self._centre.y, self._centre.setY, self._image.height(), view.height() / scale),
            ):
                put(size / 2 if length >= size else min(size - length / 2, max(length / 2, get())))
            self._settle.start()
        self.update()

    def _tell(self) -> None:
        box = self.seen_box()
        if box is not None and self.isVisible():
            self.seen.emit(box)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._moved()

    def showEvent(self, event: object) -> None:  # noqa: N802
        super().showEvent(event)  # type: ignore[arg-type]
        self._moved()

    def hideEvent(self, event: object) -> None:  # noqa: N802
        self._settle.stop()
        super().hideEvent(event)  # type: ignore[arg-type]

    # ---- painting -------------------------------------------------------------------------------

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        look = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(look.canvas))
        if self._image is None:
            painter.setPen(QColor(look.muted))
            room = self.rect().adjusted(24, 24, -24, -24)
            painter.drawText(
                room, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._scene.note
            )
            return
        before, after = self.panes()
        if self._mode is RepairView.WIPE:
            at = self._divider_x()
            self._paint(painter, before, QRect(0, 0, at, self.height()), repaired=False)
            self._paint(painter, after, QRect(at, 0, self.width() - at, self.height()), repaired=True)
            painter.setPen(QPen(QColor(look.accent), 2))
            painter.drawLine(at, 0, at, self.height())
        else:
            self._paint(painter, before, before, repaired=False)
            self._paint(painter, after, after, repaired=True)
            painter.fillRect(before.width(), 0, 1, self.height(), QColor(look.line))
        self._label(painter, "Before", 8, left=True)
        busy = " …" if self._scene.busy else ""
        wiped = self._mode is RepairView.WIPE
        self._label(painter, f"After{busy}", self.width() - 8 if wiped else after.left() + 8, left=not wiped)
        if self.hasFocus():
            painter.setPen(QPen(QColor(look.accent), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _paint(self, painter: QPainter, view: QRect, clip: QRect, *, repaired: bool) -> None:
        """The picture in `view`, as far as `clip` shows it."""
        assert self._image is not None
        scale = self._scale()
        left, top = self._origin(view)
        painter.save()
        painter.setClipRect(clip)
        painter.translate(left, top)
        painter.scale(scale, scale)
        seen = QRectF((clip.left() - left) / scale, (clip.top() - top) / scale,
                      clip.width() / scale, clip.height() / scale)  # fmt: skip
        part = seen.toAlignedRect().intersected(self._image.rect())
        painter.drawImage(QRectF(part), self._image, QRectF(part))
        if repaired:
            veil = QColor(theme.current().canvas)
            veil.setAlpha(110)
            covered = 0
            for (y, x, bottom, right), (_, image) in self._tiles.items():
                place = QRect(x, y, right - x, bottom - y)
                if place.intersects(part):
                    painter.drawImage(QPointF(x, y), image)
                    inside = place.intersected(part)
                    covered += inside.width() * inside.height()
            if covered < part.width() * part.height():
                self._veil(painter, part, veil)
        painter.restore()

    def _veil(self, painter: QPainter, part: QRect, colour: QColor) -> None:
        """What isn't repaired yet is seen to be so."""
        region = QRegion(part)
        for y, x, bottom, right in self._tiles:
            region -= QRegion(x, y, right - x, bottom - y)
        painter.setClipRegion(region, Qt.ClipOperation.IntersectClip)
        painter.fillRect(part, colour)

    def _label(self, painter: QPainter, text: str, x: int, *, left: bool) -> None:
        look = theme.current()
        metrics = painter.fontMetrics()
        width, height = metrics.horizontalAdvance(text) + 16, metrics.height() + 8
        place = QRect(x if left else x - width, 8, width, height)
        face = QColor(look.panel)
        face.setAlpha(225)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(face)
        painter.drawRoundedRect(place, 4, 4)
        painter.setPen(QColor(look.text))
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), text)

    def _divider_x(self) -> int:
        return round(self._wipe * self.width())

    # ---- hand and keys --------------------------------------------------------------------------

    def _on_divider(self, at: QPointF) -> bool:
        return self._mode is RepairView.WIPE and abs(at.x() - self._divider_x()) <= _GRIP

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton and self._image is not None:
            self._wiping = self._on_divider(event.position())
            self._drag = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        at = event.position()
        if self._drag is None:
            on = self._on_divider(at)
            self.setCursor(Qt.CursorShape.SplitHCursor if on else Qt.CursorShape.OpenHandCursor)
        elif self._wiping:
            self.set_divider(at.x() / max(1, self.width()))
        else:
            self.move_by(self._drag.x() - at.x(), self._drag.y() - at.y())
            self._drag = at

    def mouseReleaseEvent(self, _: QMouseEvent) -> None:  # noqa: N802
        self._drag, self._wiping = None, False

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        turn = event.angleDelta().y()
        if turn:
            self._magnify(1 if turn > 0 else -1)
            event.accept()

    def _magnify(self, by: int) -> None:
        at = min(len(ZOOMS) - 1, max(0, ZOOMS.index(self._zoom) + by))
        self.set_zoom(ZOOMS[at])

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        keys = Qt.Key
        moves = {keys.Key_Left: (-_STEP, 0), keys.Key_Right: (_STEP, 0), keys.Key_Up: (0, -_STEP),
                 keys.Key_Down: (0, _STEP)}  # fmt: skip
        key = Qt.Key(event.key())
        if key in moves:
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self._mode is RepairView.WIPE:
                self.set_divider(self._wipe + moves[key][0] / _STEP / 20)
            else:
                self.move_by(*moves[key])
        elif key in (keys.Key_Plus, keys.Key_Equal):
            self._magnify(1)
        elif key == keys.Key_Minus:
            self._magnify(-1)
        else:
            super().keyPressEvent(event)


def _image(pixels: Pixels) -> QImage:
    """The pixels as an image that shares their memory, which the caller keeps."""
    data = np.ascontiguousarray(pixels)
    height, width = data.shape[:2]
    image = QImage(data.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    image.pixels = data  # type: ignore[attr-defined]  # kept alive with it
    return image
