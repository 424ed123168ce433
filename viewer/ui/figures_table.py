"""What is known of one patch, beside a drawing of its neighbourhood."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from viewer.model.scene.palette import CAUSAL, NONCAUSAL, PREVIOUS, SELF, legible
from viewer.model.scene.picture import PatchScene
from viewer.model.scene.plots import InspectorRow
from viewer.ui.controls import panel, title_label
from viewer.ui.theme import current, font, scaled

_ROW = 20
"""Height of a row at 100 % text."""
_LEAST_ROWS = 6
_BESIDE = 216
"""Pixels of rows, at 100 % text, from which on they stand beside the neighbourhood."""
_ROLES = {"causal": CAUSAL, "non-causal": NONCAUSAL, "previous": PREVIOUS, "self": SELF}
EMPTY = "Point at a patch"
_Laid = tuple[int, str, str]
"""Height of a row, its label and its value as they fit."""


class Neighbourhood(QWidget):
    """3×3 patches: the patch itself, its causal neighbours blue, the non-causal ones orange."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._patch: PatchScene | None = None
        self.setFixedSize(84, 84)
        self.setAccessibleName("Neighbourhood of the patch")
        self.setToolTip(
            "Blue: causal neighbours, already refined.  Orange: non-causal neighbours, only received.\n"
            "Green: all eight, as the previous step left them (sweep decoder).\n"
            "Empty: outside the picture, or not used with this context"
        )

    def set_patch(self, patch: PatchScene | None) -> None:
        if patch != self._patch:
            self._patch = patch
            self.update()

    def role_of(self, dy: int, dx: int) -> str:
        """ "self", "causal", "non-causal" or "" of the neighbour at this offset."""
        if self._patch is None:
            return ""
        at = (self._patch.row + dy, self._patch.column + dx)
        if (dy, dx) == (0, 0):
            return "self"
        if at in self._patch.causal:
            return "causal"
        if at in self._patch.previous:
            return "previous"
        return "non-causal" if at in self._patch.noncausal else ""

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        theme = current()
        for dy in (-1, 0, 1):
            for dx in (-1, 0, 1):
                box = QRectF(2 + 27 * (dx + 1), 2 + 27 * (dy + 1), 25, 25)
                role = self.role_of(dy, dx)
                if not role:
                    painter.setPen(QPen(QColor(theme.line), 1))
                    painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
                    continue
                painter.fillRect(box, QColor(_ROLES[role]))
                if role != "self":
                    continue
                pen = QPen(QColor(theme.text), 2)
                pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
                painter.setPen(pen)
                painter.drawRect(box.adjusted(1, 1, -1, -1))


class FiguresTable(QWidget):
    """Labels on the left, values flush right; a coloured square tells a row's role.

    Where both don't fit on one line the value stands below its label. It never shrinks while rows change:
    what lies above and below it stays where it is. exact: it is as high as its rows instead. `explain` says
    what a label means, for tooltips.
    """

    def __init__(self, parent: QWidget | None = None, exact: bool = False) -> None:
        super().__init__(parent)
        self.explain: Callable[[str], str] = lambda _: ""
        self._rows: tuple[InspectorRow, ...] = ()
        self._placed: list[tuple[InspectorRow, QRectF, str, str]] = []
        self._exact, self._tall, self._indent = exact, 0, 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._fit()

    def set_rows(self, rows: tuple[InspectorRow, ...]) -> None:
        if rows == self._rows:
            return
        before, indent, self._rows = self._placed, self._indent, rows
        self.setAccessibleName("; ".join(f"{row.label}: {row.value}" for row in rows) or EMPTY)
        self._fit({row: (round(place.height()), label, value) for row, place, label, value in before})
        moved = [place for _, place, *_ in before] != [place for _, place, *_ in self._placed]
        if moved or indent != self._indent or not rows:
            self.update()
            return
        for old, new in zip(before, self._placed, strict=True):
            if old != new:
                self.update(new[1].toAlignedRect())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.FontChange:
            self._tall = 0
            self._fit()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._tall = 0
            self._fit()

    def _fit(self, known: Mapping[InspectorRow, _Laid] = MappingProxyType({})) -> None:
        """Lay the rows out and take the height that they need. known: height and words of rows that were laid
        out before, in this font and width."""
        metrics, top = QFontMetricsF(font()), 0
        indent = 16 if any(row.role for row in self._rows) else 0
        known = known if indent == self._indent else {}
        self._indent, self._placed = indent, []
        for row in self._rows:
            height, label, value = known.get(row) or self._laid(row, metrics)
            self._placed.append((row, QRectF(0, top, self.width(), height), label, value))
            top += height
        if self._exact:
            if (top, top) != (self.minimumHeight(), self.maximumHeight()):
                self.setFixedHeight(top)
            return
        self._tall = max(self._tall, top, _LEAST_ROWS * scaled(_ROW))
        if self._tall != self.minimumHeight():
            self.setMinimumHeight(self._tall)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(220, self.minimumHeight())

    def _laid(self, row: InspectorRow, metrics: QFontMetricsF) -> _Laid:
        """How high a row is, two lines where label and value don't stand beside each other, and both as they
        fit."""
        room, elide = float(self.width() - self._indent), Qt.TextElideMode.ElideRight
        wide = [metrics.horizontalAdvance(words) for words in (row.label, row.value)]
        one = sum(wide) + 9 <= room
        label, value = (
            words if one or width <= room else metrics.elidedText(words, elide, room)
            for words, width in zip((row.label, row.value), wide, strict=True)
        )
        return scaled(_ROW) * (1 if one or not row.label else 2), label, value

    def fitted(self, row: InspectorRow) -> tuple[str, str]:
        """Label and value as they fit."""
        return self._laid(row, QFontMetricsF(font()))[1:]

    def tooltip_at(self, y: float) -> str:
        """A row's whole text where it had to be shortened, and what its label means where that is known."""
        for row, line, *fitted in self._placed:
            if line.top() <= y < line.bottom():
                whole = "" if fitted == [row.label, row.value] else f"{row.label}: {row.value}"
                return "\n".join(part for part in (whole, self.explain(row.label)) if part)
        return ""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tooltip_at(event.pos().y()), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setFont(font())
        theme = current()
        if not self._rows:
            painter.setPen(QColor(theme.muted))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), EMPTY)
            return
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        exposed = event.region()
        for row, place, label, value in self._placed:
            if not exposed.intersects(place.toAlignedRect()):
                continue
            first = QRectF(0, place.top(), place.width(), scaled(_ROW))
            last = QRectF(0, place.bottom() - scaled(_ROW), place.width(), scaled(_ROW))
            if row.role:
                colour = _ROLES.get(row.role) or legible(row.role, theme.panel)
                painter.fillRect(QRectF(0, first.center().y() - 4, 8, 8), QColor(colour))
            painter.setPen(QColor(theme.muted))
            painter.drawText(first.adjusted(self._indent, 0, 0, 0), middle, label)
            painter.setPen(QColor(theme.text))
            painter.drawText(last, middle | int(Qt.AlignmentFlag.AlignRight), value)


class Inspector(QWidget):
    """Draws `InspectorRow`s and the `PatchScene` they belong to; rows without a patch are the picture's."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        panel(self)
        self.title = title_label("Patch")
        self.table = FiguresTable()
        self.neighbourhood = Neighbourhood()
        body = self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        body.setSpacing(16)
        body.addWidget(self.neighbourhood, 0, Qt.AlignmentFlag.AlignTop)
        body.addWidget(self.table, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addLayout(body)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._patch: PatchScene | None = None
        self._has_rows = False

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Where there is little room the rows stand below the neighbourhood."""
        super().resizeEvent(event)
        narrow = self.width() < self.neighbourhood.width() + scaled(_BESIDE)
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if way != self._body.direction():
            self._body.setDirection(way)

    def set_rows(self, rows: tuple[InspectorRow, ...]) -> None:
        """Show these; none means that no patch is pointed at."""
        self._has_rows = bool(rows)
        self.table.set_rows(rows)
        self._name()

    def set_patch(self, patch: PatchScene | None) -> None:
        """Draw this patch's neighbourhood."""
        self._patch = patch
        self.neighbourhood.set_patch(patch)
        self._name()

    def set_compact(self, compact: bool) -> None:
        """Without the neighbourhood, whose decoders may look at different neighbours."""
        self.neighbourhood.setHidden(compact)

    def _name(self) -> None:
        whole = self._has_rows and self._patch is None
        pinned = self._patch is not None and self._patch.pinned
        self.title.setText("Picture" if whole else "Patch, pinned" if pinned else "Patch")
