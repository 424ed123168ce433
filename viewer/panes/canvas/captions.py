"""Names and figures of panes for the back row. Painters work in logical pixels.

A figure has a column of its own at the right (below the name where a pane is narrow), wide enough for any, so
that nothing moves while steps are scrubbed.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from viewer.model.scene.picture import PaneScene
from viewer.ui.line_keys import draw_line_key
from viewer.ui.theme import current, exact_font

_LINE, _TWO = 1.6, 2.75
"""Height of a strip in sizes of its type, with one line and with two."""
_NARROW, _KEYED = 14, 18
"""A pane of fewer sizes across has two lines; one with the key of its line in plots."""
_SMALLEST = 0.55
"""Of its size, what the type of a long name may shrink to."""
_WIDEST = ("88.88 dB", "identical")


def strip_height(size: int, width: float, keyed: bool = False) -> int:
    """Of a pane's caption. size: of its type; width: the pane's; keyed: its line's key stands before it."""
    return round(size * (_TWO if width < (_KEYED if keyed else _NARROW) * size else _LINE))


def figure_of(pane: PaneScene) -> str:
    """The short form of a pane's numbers: its PSNR where it has one."""
    last = pane.detail.split(" (")[0].split(" · ")[-1]
    return last.removeprefix("RGB ")


def columns(rect: QRectF, size: int) -> tuple[QRectF, QRectF]:
    """Where a caption's name and its figure stand; it depends on neither."""
    pad = 0.4 * size
    inner = rect.adjusted(pad, 0, -pad, 0)
    if rect.height() > size * (_LINE + _TWO) / 2:
        half = inner.height() / 2
        return inner.adjusted(0, 0, 0, -half), inner.adjusted(0, half, 0, 0)
    metrics = QFontMetricsF(exact_font(size))
    wide = max(metrics.horizontalAdvance(text) for text in _WIDEST) + 2
    figure = QRectF(inner.right() - wide, inner.top(), wide, inner.height())
    return inner.adjusted(0, 0, -wide - pad, 0), figure


def _fitting(words: str, face: QFont, width: float, size: int) -> QFont:
    """The face, or a smaller one, down to `_SMALLEST` of its size, in which the words have room."""
    least = round(_SMALLEST * size)
    while QFontMetricsF(face).horizontalAdvance(words) > width and face.pixelSize() > least:
        face = exact_font(face.pixelSize() - 1, face.weight())
    return face


def title_for(pane: PaneScene, metrics: QFontMetricsF, width: float) -> str:
    """The pane's name; where it has no room, the main decoder's without what follows its step. Others, which
    stand beside it, are told apart by just that."""
    mark = f"{pane.mark} · " if pane.mark else ""
    whole = mark + pane.title
    if pane.key != "estimate" or metrics.horizontalAdvance(whole) <= width:
        return whole
    return mark + pane.title.split(" · ")[0]


def draw_caption(painter: QPainter, rect: QRectF, pane: PaneScene, size: int) -> None:
    """Name and figure. size: of the type."""
    theme, elide = current(), Qt.TextElideMode.ElideRight
    name, figure = columns(rect, size)
    below = figure.top() > name.top()
    if pane.colour:
        key = QRectF(name.left(), name.top(), 1.4 * size, name.height())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_line_key(painter, pane.colour, pane.style, key)
        painter.restore()
        name = name.adjusted(1.4 * size + 0.4 * size, 0, 0, 0)
    text = figure_of(pane)
    if QFontMetricsF(exact_font(size)).horizontalAdvance(text) > figure.width():
        text = ""  # no figure, and no words that could be cut short
    if not text and not below:
        name.setRight(figure.right())
    flags = int(Qt.AlignmentFlag.AlignVCenter)
    bold, plain = exact_font(size, QFont.Weight.DemiBold), exact_font(size)
    title = title_for(pane, QFontMetricsF(bold), name.width())
    for face, colour, words, place, side in (
        (bold, theme.text, title, name, Qt.AlignmentFlag.AlignLeft),
        (
            plain,
            theme.text,
            text,
            figure,
            Qt.AlignmentFlag.AlignLeft if below else Qt.AlignmentFlag.AlignRight,
        ),
    ):
        face = _fitting(words, face, place.width(), size)
        painter.setFont(face)
        painter.setPen(QColor(colour))
        short = QFontMetricsF(face).elidedText(words, elide, place.width())
        painter.drawText(place.adjusted(0, 0, 1, 0), flags | int(side), short)
