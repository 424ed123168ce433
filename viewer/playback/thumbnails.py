"""The row of thumbnails: one cell a step, with its name and dB below, the current one framed.

A detail may have several lines; the pictures are so much smaller then.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QToolTip, QWidget

from engine.io.orientation import turned_axes
from engine.types import Pixels
from viewer.model.scene.picture import ThumbScene
from viewer.ui.sampling import Excerpt, Sampler
from viewer.ui.theme import current, font, scaled

_PICTURE = 60
_GAP = 8
_LINE = 15
"""Height of a line of words at 100 % text."""
_MARGIN = 4


def row_height() -> int:
    """Of a picture with two lines of words."""
    return _MARGIN + _PICTURE + 2 * scaled(_LINE) + _MARGIN


class ThumbRow(QWidget):
    """Paints `ThumbScene`s side by side; `chosen` carries the index of a step that is there."""

    chosen = Signal(int)
    pointed = Signal(object)
    """The step under the mouse, or None."""
    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbs: tuple[ThumbScene, ...] = ()
        self._step = 0
        self._orientation = 1
        self._over: int | None = None
        self._width, self._tall = 48, _PICTURE
        """Of a cell, and of the picture in it: what the words leave."""
        self._sampler = Sampler(budget=24 << 20)
        self.setMouseTracking(True)
        self.setFixedHeight(row_height())
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Steps of the refinement")

    def set_thumbs(self, thumbs: tuple[ThumbScene, ...], step: int, orientation: int = 1) -> None:
        """Show these, with step `step` framed. orientation: as in EXIF, how pictures are to be turned."""
        changed = len(thumbs) != len(self._thumbs) or orientation != self._orientation
        changed = changed or any(
            new.pixels is not old.pixels or (new.title, new.detail) != (old.title, old.detail)
            for new, old in zip(thumbs, self._thumbs, strict=False)
        )
        was, self._step = self._step, step
        if changed:
            self._thumbs, self._orientation = thumbs, orientation
            self._measure()
            self.updateGeometry()
            self.update()
        elif step != was:
            for index in (was, step):
                self._update_cell(index)

    def _update_cell(self, step: int | None) -> None:
        """Paint the cell of a step anew, with its frame, if there is one."""
        for number, thumb in enumerate(self._thumbs):
            if thumb.index == step:
                self.update(self.cell_rect(number).adjusted(-3, 0, 3, 0))

    def cell_rect(self, number: int) -> QRect:
        """The cell of the thumbnail at this place in the row."""
        return QRect(_GAP + number * (self._width + _GAP), 0, self._width, row_height())

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._total_width(), row_height())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.FontChange:
            self.setFixedHeight(row_height())
            self._measure()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.resized.emit()

    def _fonts(self) -> tuple[QFont, QFont]:
        return font(12, QFont.Weight.Medium), font(12)

    def _measure(self) -> None:
        """Find how wide cells are, and with them the row."""
        width = 48
        more = max((thumb.detail.count("\n") for thumb in self._thumbs), default=0)
        self._tall = _PICTURE - more * (scaled(_LINE) - 1)
        image = next((t.pixels for t in self._thumbs if t.pixels is not None), None)
        if image is not None:
            across, down = self._shape(image)
            width = max(width, min(110, round(self._tall * across / down)))
        for face, words in zip(
            self._fonts(), ([t.title for t in self._thumbs], [t.detail for t in self._thumbs]), strict=True
        ):
            metrics = QFontMetrics(face)
            lines = [line for text in words for line in text.split("\n")]
            width = max([width, *(min(scaled(120), metrics.horizontalAdvance(line) + 2) for line in lines)])
        self._width = width
        self.setMinimumWidth(self._total_width())

    def _shape(self, pixels: Pixels) -> tuple[int, int]:
        """Width and height of a picture as it is seen."""
        height, width = pixels.shape[:2]
        return (height, width) if turned_axes(self._orientation)[0] else (width, height)

    def _total_width(self) -> int:
        return _GAP + len(self._thumbs) * (self._width + _GAP)

    def _number_at(self, x: float) -> int | None:
        number, inside = divmod(x - _GAP, self._width + _GAP)
        return int(number) if inside < self._width and 0 <= number < len(self._thumbs) else None

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        for number, thumb in enumerate(self._thumbs):
            cell = self.cell_rect(number)
            if event.region().intersects(cell.adjusted(-2, 0, 2, 0)):
                self._paint_cell(painter, cell, number, thumb)

    def _paint_cell(self, painter: QPainter, cell: QRect, number: int, thumb: ThumbScene) -> None:
        theme, is_current = current(), thumb.index == self._step
        box = self._picture_rect(cell, thumb)
        if thumb.pixels is None:
            painter.fillRect(box, QColor(theme.canvas))
            painter.setPen(QPen(QColor(theme.line), 1, Qt.PenStyle.DashLine))
            painter.drawRect(box.adjusted(0, 0, -1, -1))
        else:
            self._paint_picture(painter, box, thumb)
        if is_current or (number == self._over and thumb.pixels is not None):
            pen = QPen(QColor(theme.accent if is_current else theme.muted), 2)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.drawRect(QRectF(box).adjusted(-2, -2, 2, 2))
        title_font, detail_font = self._fonts()
        lines = [(thumb.title, title_font, theme.text)]
        lines += [(text, detail_font, theme.muted) for text in thumb.detail.split("\n")]
        for line, (text, face, colour) in enumerate(lines):
            top = _MARGIN + self._tall + 2 + line * (scaled(_LINE) - 1)
            painter.setFont(face)
            shown = colour if thumb.pixels is not None or line else theme.muted
            painter.setPen(QColor(theme.accent if is_current and line == 0 else shown))
            short = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, cell.width())
            rect = QRect(cell.left(), top, cell.width(), scaled(_LINE))
            painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), short)

    def _picture_rect(self, cell: QRect, thumb: ThumbScene) -> QRect:
        """Where the picture lies in its cell: whole, centred, standing on the words."""
        shape = next((each.pixels for each in (thumb, *self._thumbs) if each.pixels is not None), None)
        most = self._tall
        width, height = (cell.width(), most) if shape is None else self._shape(shape)
        scale = min((cell.width() - 4) / width, (most - 4) / height)
        shown = QSize(max(1, round(width * scale)), max(1, round(height * scale)))
        left = cell.left() + (cell.width() - shown.width()) // 2
        top = _MARGIN + (most - shown.height()) // 2
        return QRect(left, top, shown.width(), shown.height())

    def _paint_picture(self, painter: QPainter, box: QRect, thumb: ThumbScene) -> None:
        pixels = thumb.pixels
        assert pixels is not None
        ratio = self.devicePixelRatioF()
        scale = box.width() * ratio / self._shape(pixels)[0]
        width = max(1, round(pixels.shape[1] * scale))
        height = max(1, round(pixels.shape[0] * scale))
        sampled = self._sampler.sample(pixels, Excerpt(scale, 0, 0, width, height))
        painter.save()
        painter.setWorldTransform(QTransform.fromScale(1 / ratio, 1 / ratio))
        image = sampled[0].image
        if self._orientation != 1:
            across, left, up = turned_axes(self._orientation)
            x, y = (-1 if left else 1), (-1 if up else 1)
            turn = QTransform(0, y, x, 0, 0, 0) if across else QTransform(x, 0, 0, y, 0, 0)
            image = image.transformed(turn)
        painter.drawImage(round(box.x() * ratio), round(box.y() * ratio), image)
        painter.restore()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        number = self._number_at(event.position().x())
        if event.button() != Qt.MouseButton.LeftButton or number is None:
            event.ignore()
        elif self._thumbs[number].pixels is not None:
            self.chosen.emit(self._thumbs[number].index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._point(self._number_at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        self._point(None)

    def _point(self, number: int | None) -> None:
        if number != self._over:
            self._set_over(number)
            self.pointed.emit(self._thumbs[number].index if number is not None else None)

    def light(self, step: int | None) -> None:
        """Frame the cell of a step that is pointed at elsewhere."""
        found = (number for number, thumb in enumerate(self._thumbs) if thumb.index == step)
        self._set_over(next(found, None))

    def _set_over(self, number: int | None) -> None:
        if number != self._over:
            self._over = number
            self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            number = self._number_at(event.pos().x())
            text = ""
            if number is not None:
                thumb = self._thumbs[number]
                state = "click to show it" if thumb.pixels is not None else "still to come"
                parts = (thumb.title, *thumb.detail.split("\n"), state)
                text = " · ".join(part for part in parts if part)
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)


class ThumbScroll(QScrollArea):
    """A row that may be wider than the window: the wheel moves it, the current step stays in sight."""

    def __init__(self, row: ThumbRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidget(row)
        self.setWidgetResizable(True)
        self.setFixedHeight(row_height())
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._wanted = QRect()
        row.resized.connect(self._reveal)
        self.viewport().setAutoFillBackground(False)
        row.setAutoFillBackground(False)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's names
        if event.type() == QEvent.Type.FontChange:
            self.setFixedHeight(row_height())
        super().changeEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        delta = event.angleDelta()
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - (delta.x() or delta.y()))
        event.accept()

    def show_cell(self, rect: QRect) -> None:
        """Scroll just far enough to have a cell wholly in sight, also after the next change of size."""
        if rect != self._wanted:
            self._wanted = rect
            self._reveal()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._reveal()

    def _reveal(self) -> None:
        rect = self._wanted
        self.ensureVisible(rect.center().x(), 0, rect.width() // 2 + 8, 0)
