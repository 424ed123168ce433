"""What is known of one patch, beside a drawing of its neighbourhood."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from viewer.model.scene.palette import CAUSAL, NONCAUSAL, SELF, legible
from viewer.model.scene.picture import PatchScene
from viewer.model.scene.plots import InspectorRow
from viewer.ui.controls import panel, title_label
from viewer.ui.theme import current, font, scaled

_ROW = 20
"""Height of a row at 100 % text."""
_LEAST_ROWS = 6
_ROLES = {"causal": CAUSAL, "non-causal": NONCAUSAL, "self": SELF}
EMPTY = "Point at a patch"


class Neighbourhood(QWidget):
    """3×3 patches: the patch itself, its causal neighbours blue, the non-causal ones orange."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._patch: PatchScene | None = None
        self.setFixedSize(84, 84)
        self.setAccessibleName("Neighbourhood of the patch")
        self.setToolTip(
            "Blue: causal neighbours, already refined.  Orange: non-causal neighbours, only received.\n"
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

    It never shrinks: what lies above and below it stays where it is while the rows change.
    `explain` says what a label means, for tooltips.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.explain: Callable[[str], str] = lambda _: ""
        self._rows: tuple[InspectorRow, ...] = ()
        self._places = _LEAST_ROWS
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumHeight(self._places * scaled(_ROW))

    def set_rows(self, rows: tuple[InspectorRow, ...]) -> None:
        if rows == self._rows:
            return
        self._rows = rows
        self.setAccessibleName("; ".join(f"{row.label}: {row.value}" for row in rows) or EMPTY)
        if len(rows) > self._places:
            self._places = len(rows)
            self.setMinimumHeight(self._places * scaled(_ROW))
            self.updateGeometry()
        self.update()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.FontChange:
            self.setMinimumHeight(self._places * scaled(_ROW))
        super().changeEvent(event)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(220, self._places * scaled(_ROW))

    def fitted(self, row: InspectorRow) -> tuple[str, str]:
        """Label and value as they fit: the value has the right of way, up to three quarters."""
        metrics = QFontMetricsF(font())
        room = self.width() - self._indent() - 8
        width = min(metrics.horizontalAdvance(row.value) + 1, room * 0.75)
        value = metrics.elidedText(row.value, Qt.TextElideMode.ElideRight, width)
        return metrics.elidedText(row.label, Qt.TextElideMode.ElideRight, room - width), value

    def tooltip_at(self, y: float) -> str:
        """A row's whole text where it had to be shortened, and what its label means where that is known."""
        number = int(y // scaled(_ROW))
        if not 0 <= number < len(self._rows):
            return ""
        row = self._rows[number]
        whole = "" if self.fitted(row) == (row.label, row.value) else f"{row.label}: {row.value}"
        return "\n".join(part for part in (whole, self.explain(row.label)) if part)

    def _indent(self) -> int:
        return 16 if any(row.role for row in self._rows) else 0

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tooltip_at(event.pos().y()), self)
            return True
        return super().event(event)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setFont(font())
        theme = current()
        if not self._rows:
            painter.setPen(QColor(theme.muted))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), EMPTY)
            return
        indent, middle = self._indent(), int(Qt.AlignmentFlag.AlignVCenter)
        for number, row in enumerate(self._rows):
            line = QRectF(0, number * scaled(_ROW), self.width(), scaled(_ROW))
            if row.role:
                colour = _ROLES.get(row.role) or legible(row.role, theme.panel)
                painter.fillRect(QRectF(0, line.center().y() - 4, 8, 8), QColor(colour))
            label, value = self.fitted(row)
            painter.setPen(QColor(theme.muted))
            painter.drawText(line.adjusted(indent, 0, 0, 0), middle, label)
            painter.setPen(QColor(theme.text))
            painter.drawText(line, middle | int(Qt.AlignmentFlag.AlignRight), value)


class Inspector(QWidget):
    """Draws `InspectorRow`s and the `PatchScene` they belong to; rows without a patch are the picture's."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        panel(self)
        self.title = title_label("Patch")
        self.table = FiguresTable()
        self.neighbourhood = Neighbourhood()
        body = QHBoxLayout()
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
