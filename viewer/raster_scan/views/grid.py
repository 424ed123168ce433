"""The patches of one moment, painted."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.model.scene.palette import CAUSAL, NONCAUSAL, PREVIOUS, SELF, legible, rgb
from viewer.raster_scan.resolve.moment import COLUMNS, ROWS, Moment, moment
from viewer.ui.theme import current, font, scaled

_MARKS = {"now": SELF, "causal": CAUSAL, "non-causal": NONCAUSAL, "previous": PREVIOUS}
_LEGEND = (
    ("now", "being refined"), ("causal", "causal, refined"), ("non-causal", "non-causal, received"),
    ("previous", "as the step before left it"), ("done", "refined"), ("waiting", "received"),
)  # fmt: skip


class GridView(QWidget):
    """Draws a `Moment`: fill says how far a patch is, the frame what the one being refined knows of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._moment: Moment = moment("both", 0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Patches")

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's names
        return QSize(COLUMNS * scaled(48), ROWS * scaled(48))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(COLUMNS * 20, ROWS * 20)

    def set_moment(self, shown: Moment) -> None:
        """Show this."""
        self._moment = shown
        self.setAccessibleDescription(shown.text)
        self.update()

    def cell(self, row: int, column: int) -> QRectF:
        """Where a patch lies."""
        side = min(self.width() / COLUMNS, self.height() / ROWS)
        left, top = (self.width() - COLUMNS * side) / 2, (self.height() - ROWS * side) / 2
        return QRectF(left + column * side, top + row * side, side, side)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        painter, theme = QPainter(self), current()
        for row, roles in enumerate(self._moment.roles):
            for column, role in enumerate(roles):
                box = self.cell(row, column).adjusted(2, 2, -2, -2)
                painter.fillRect(box, _fill(self._moment.depth[row][column]))
                painter.setPen(QColor(theme.line))  # else white patches are lost on a white panel
                painter.drawRect(box)
                if role in _MARKS:
                    colour = QColor(legible(_MARKS[role], theme.panel))
                    painter.setPen(QPen(colour, 4))
                    painter.drawRect(box.adjusted(1.5, 1.5, -1.5, -1.5))
                    if role == "now":
                        painter.fillRect(box, colour)
        self._draw_path(painter)

    def _draw_path(self, painter: QPainter) -> None:
        """An arrow from the patch being scanned to the next one."""
        places = [
            (row, column)
            for row, roles in enumerate(self._moment.roles)
            for column, role in enumerate(roles)
            if role == "now"
        ]
        if any("previous" in roles for roles in self._moment.roles) or not places:
            return
        row, column = places[0]
        if column + 1 == COLUMNS:
            return
        start, end = self.cell(row, column).center(), self.cell(row, column + 1).center()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(current().text), 2))
        painter.drawLine(start, end)
        for turn in (-5.0, 5.0):
            painter.drawLine(end, end + QPointF(-7.0, turn))


def _fill(depth: float) -> QColor:
    """Of a patch that has had this share of its steps."""
    pairs = zip(rgb(current().raised), rgb(current().accent), strict=True)
    red, green, blue = (round(a + (b - a) * 0.4 * depth) for a, b in pairs)
    return QColor(red, green, blue)


class Legend(QWidget):
    """What fills and frames mean, in as many lines as it takes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Legend")

    def set_roles(self, roles: frozenset[str]) -> None:
        """Name those that are seen."""
        keys = tuple(key for key, _ in _LEGEND if key in roles)
        if keys != self._keys:
            self._keys = keys
            self.setAccessibleDescription(", ".join(words for key, words in _LEGEND if key in keys))
            self._fit()
            self.update()

    def places(self) -> list[tuple[str, str, QRectF]]:
        """Key, words and place of each entry."""
        found, x, y = [], 0.0, 0.0
        metrics, line = self.fontMetrics(), scaled(20)
        for key, words in _LEGEND:
            if key not in self._keys:
                continue
            wide = line + metrics.horizontalAdvance(words) + scaled(16)
            if x and x + wide > self.width():
                x, y = 0.0, y + line
            found.append((key, words, QRectF(x, y, wide, line)))
            x += wide
        return found

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's names
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        """As high as its lines."""
        places = self.places()
        height = round(places[-1][2].bottom()) if places else scaled(20)
        if height != self.minimumHeight():
            self.setFixedHeight(height)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(scaled(300), self.minimumHeight())

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        painter, theme = QPainter(self), current()
        painter.setFont(font())
        for key, words, box in self.places():
            side = scaled(12)
            mark = QRectF(box.left(), box.center().y() - side / 2, side, side)
            if key in _MARKS:
                painter.setPen(QPen(QColor(legible(_MARKS[key], theme.panel)), 3))
                painter.drawRect(mark.adjusted(1.5, 1.5, -1.5, -1.5))
            else:
                painter.fillRect(mark, _fill(float(key == "done")))
                painter.setPen(QColor(theme.line))
                painter.drawRect(mark)
            painter.setPen(QColor(theme.text))
            painter.drawText(box.adjusted(scaled(20), 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), words)
