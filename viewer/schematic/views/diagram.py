"""The diagram, painted: nodes with their pictures of numbers, arrows between them."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from viewer.model.scene.palette import DIVERGING, DIVERGING_DARK, legible, rgb
from viewer.model.scene.schematic import CellScene, NodeScene, SchematicScene
from viewer.schematic.resolve.layout import Layout, Measure, Rect, laid_out, natural_height
from viewer.ui.numbers import written
from viewer.ui.theme import FONT_PIXELS, current, exact_font, scaled

_MARGIN = 10
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)
_TIP = "\n"


class DiagramView(QWidget):
    """Draws a `SchematicScene`. Tooltips tell single values."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = SchematicScene("Network")
        self._factor = 1.0
        self._layout: Layout | None = None
        self._images: dict[tuple[str, int, int], QImage | None] = {}
        self._dark = True
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Network")

    def set_scene(self, scene: SchematicScene, factor: float = 1.0) -> None:
        """Show this, its text so many times as large as the window's."""
        if scene is self._scene and factor == self._factor:
            return
        self._scene, self._factor = scene, factor
        self._images.clear()
        self._layout = None
        self.setAccessibleDescription(f"{scene.title}. {scene.note or scene.spoken}")
        self._fit()
        self.update()

    # ---- sizes ------------------------------------------------------------------------------------

    def least_width(self, scene: SchematicScene, factor: float) -> float:
        """The least width that shows a scene with its text so many times as large."""
        line, measure = self._metrics(scene, factor)
        return laid_out(scene, (0.0, natural_height(scene.lanes, line)), line, measure).least[0] + 2 * _MARGIN

    def _metrics(self, scene: SchematicScene, factor: float) -> tuple[float, Measure]:
        """Height of a line, and how texts are measured."""
        size = round(factor * scaled(FONT_PIXELS - 1))
        plain = QFontMetricsF(exact_font(size))
        bold = QFontMetricsF(exact_font(size, QFont.Weight.DemiBold))
        heavy = {node.title for node in scene.nodes} | {arrow.label for arrow in scene.arrows}

        def measure(text: str) -> float:
            return (bold if text in heavy else plain).horizontalAdvance(text) + 2

        return math.ceil(plain.height()) + 1.0, measure

    def _face(self, weight: QFont.Weight = QFont.Weight.Normal, part: float = 1.0) -> QFont:
        return exact_font(round(part * self._factor * scaled(FONT_PIXELS - 1)), weight)

    def _line(self) -> float:
        return math.ceil(QFontMetricsF(self._face()).height()) + 1.0

    def natural_height(self) -> int:
        """The height that shows everything well."""
        return round(natural_height(self._scene.lanes, self._line()) + 1.5 * self._line() + 2 * _MARGIN)

    def _fit(self) -> None:
        """Make the layout for the room that there is; at least as large as it needs to be."""
        line, measure = self._metrics(self._scene, self._factor)
        host = self.parentWidget()
        room = host.size() if host is not None else self.size()
        head = 1.5 * line + 2 * _MARGIN
        inner = room.width() - 2 * _MARGIN, room.height() - head
        layout = laid_out(self._scene, inner, line, measure)
        wide, tall = layout.least
        least = QSize(math.ceil(wide) + 2 * _MARGIN, math.ceil(tall + head))
        if not self._scene.nodes:
            least = QSize(0, 0)
        if least != self.minimumSize():
            self.setMinimumSize(least)  # which may resize, and so forget the layout
        self._layout = layout

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's names
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.FontChange:
            self._fit()
            self.update()
        super().changeEvent(event)

    def layout_shown(self) -> Layout:
        """Where everything lies, from the corner of the diagram."""
        if self._layout is None:
            self._fit()
        assert self._layout is not None
        return self._layout

    def _origin(self) -> QPointF:
        return QPointF(_MARGIN, _MARGIN + 1.5 * self._line())

    # ---- painting ---------------------------------------------------------------------------------

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        painter, theme = QPainter(self), current()
        painter.fillRect(self.rect(), QColor(theme.panel))
        if self._dark != theme.dark:
            self._dark = theme.dark
            self._images.clear()
        line = self._line()
        bold = self._face(QFont.Weight.DemiBold)
        painter.setFont(bold)
        painter.setPen(QColor(theme.text))
        head = QRectF(_MARGIN, _MARGIN / 2, self.width() - 2 * _MARGIN, 1.3 * line)
        title = QFontMetricsF(bold).elidedText(self._scene.title, Qt.TextElideMode.ElideRight, head.width())
        painter.drawText(head, int(Qt.AlignmentFlag.AlignVCenter), title)
        if not self._scene.nodes:
            painter.setFont(self._face())
            painter.setPen(QColor(theme.muted))
            top = min(2 * line, max(1.3 * line, self.height() - 1.4 * line))
            room = QRectF(self.rect()).adjusted(_MARGIN, top, -_MARGIN, -2)
            painter.drawText(room, _CENTRE | int(Qt.TextFlag.TextWordWrap), self._scene.note)
            return
        layout = self.layout_shown()
        painter.translate(self._origin())
        for node in self._scene.nodes:
            self._draw(painter, node, layout)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for arrow, ends in zip(self._scene.arrows, layout.arrows, strict=True):
            self._draw_arrow(painter, ends, arrow.label)
        painter.end()

    def _draw(self, painter: QPainter, node: NodeScene, layout: Layout) -> None:
        theme, placed = current(), layout.nodes[node.key]
        colour = legible(node.colour, theme.panel, 4.5) if node.colour else theme.text
        self._write(painter, placed.title, node.title, colour, QFont.Weight.DemiBold)
        self._write(painter, placed.formula, node.formula, theme.text)
        self._write(painter, placed.detail, node.detail, theme.muted)
        for y, row in enumerate(node.rows):
            for x, cell in enumerate(row):
                label = placed.labels[y][x]
                if label is not None:
                    self._write(painter, label, cell.label, theme.muted)
                self._draw_cell(painter, QRectF(*placed.pictures[y][x]), cell, (node.key, y, x))

    def _write(
        self, painter: QPainter, box: Rect, text: str, colour: str,
        weight: QFont.Weight = QFont.Weight.Normal,
    ) -> None:  # fmt: skip
        painter.setFont(self._face(weight))
        painter.setPen(QColor(colour))
        painter.drawText(QRectF(*box), _CENTRE, text)

    def _draw_cell(self, painter: QPainter, box: QRectF, cell: CellScene, key: tuple[str, int, int]) -> None:
        theme = current()
        if key not in self._images:
            self._images[key] = _image(cell)
        image = self._images[key]
        if image is None:
            painter.setPen(QPen(QColor(theme.line), 1, Qt.PenStyle.DashLine))
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
            return
        edge = 2.0 if cell.colour else 1.0
        painter.fillRect(box, QColor(cell.colour or theme.line))
        inner = box.adjusted(edge, edge, -edge, -edge)
        if cell.pixels is not None:  # one at the picture's edge may be cut
            painter.fillRect(inner, QColor(theme.canvas))
            inner.setWidth(inner.width() * image.width() / 8)
            inner.setHeight(inner.height() * image.height() / 8)
        painter.drawImage(inner, image)

    def _draw_arrow(self, painter: QPainter, ends: tuple[float, float, float, float], label: str) -> None:
        theme, line = current(), self._line()
        start, end = QPointF(ends[0] + 3, ends[1]), QPointF(ends[2] - 3, ends[3])
        painter.setPen(QPen(QColor(theme.muted), 1.5))
        painter.drawLine(start, end)
        angle = math.atan2(end.y() - start.y(), end.x() - start.x())
        reach = line / 3
        head = [
            end - QPointF(reach * math.cos(angle + turn), reach * math.sin(angle + turn))
            for turn in (-0.5, 0.5)
        ]
        painter.setBrush(QColor(theme.muted))
        painter.drawPolygon(QPolygonF([end, *head]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if label:
            box = start.x() - line, min(start.y(), end.y()) - 1.2 * line, end.x() - start.x() + 2 * line, line
            self._write(painter, box, label, theme.text, QFont.Weight.DemiBold)

    # ---- single values ----------------------------------------------------------------------------

    def tip_at(self, position: QPointF) -> str:
        """What lies under a point, and its value; "" between the pictures."""
        if not self._scene.nodes:
            return ""
        layout, at = self.layout_shown(), position - self._origin()
        for node in self._scene.nodes:
            for y, row in enumerate(node.rows):
                for x, cell in enumerate(row):
                    box = QRectF(*layout.nodes[node.key].pictures[y][x])
                    if box.contains(at):
                        return _told(node, cell, box, at)
        return ""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(QPointF(event.pos())), self)
            return True
        return super().event(event)


def _told(node: NodeScene, cell: CellScene, box: QRectF, at: QPointF) -> str:
    words = cell.tip or f"{node.title} {cell.label}".strip()
    shown = cell.values if cell.values is not None else cell.pixels
    if shown is None:
        return words
    tall, wide = (8, 8) if cell.pixels is not None else shown.shape[:2]
    row = min(tall - 1, max(0, int((at.y() - box.top()) / box.height() * tall)))
    column = min(wide - 1, max(0, int((at.x() - box.left()) / box.width() * wide)))
    if row >= shown.shape[0] or column >= shown.shape[1]:
        return words
    if cell.pixels is not None:
        red, green, blue = (int(each) for each in cell.pixels[row, column])
        return f"{words}{_TIP}row {row}, column {column}: R {red} G {green} B {blue}"
    assert cell.values is not None
    value = float(cell.values[row, column])
    if math.isnan(value):
        return words
    return f"{words}{_TIP}row {row}, column {column}: {written(value, 3)}"


def _image(cell: CellScene) -> QImage | None:
    if cell.pixels is not None:
        own = np.ascontiguousarray(cell.pixels)
        height, width, _ = own.shape
        return QImage(own.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
    if cell.values is None:
        return None
    table = DIVERGING_DARK if current().dark else DIVERGING
    part = np.clip(np.nan_to_num(cell.values) / (2 * cell.limit) + 0.5, 0, 1)
    colours = np.ascontiguousarray(table[np.round(255 * part).astype(np.intp)])
    colours[np.isnan(cell.values)] = rgb(current().panel)
    height, width = cell.values.shape
    return QImage(colours.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
