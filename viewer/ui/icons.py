"""Icons drawn as paths on a 24×24 grid: crisp at every scale, in the theme's own colours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap

from viewer.ui.theme import Theme, current

_SIZES = (16, 18, 20, 24, 25, 27, 28, 30, 32, 36, 40, 48, 60, 64)
"""Pixel sizes that 16 to 32 take at the usual screen scales; each is drawn, none is resampled."""

Shape = Callable[["_Pen"], None]


class _Pen:
    """Thin vocabulary over QPainter: strokes and fills in 24×24 units."""

    def __init__(self, painter: QPainter, colour: QColor) -> None:
        self._painter = painter
        self._colour = colour
        self._stroke = QPen(colour, 1.9)
        self._stroke.setCapStyle(Qt.PenCapStyle.RoundCap)
        self._stroke.setJoinStyle(Qt.PenJoinStyle.RoundJoin)

    def line(self, *points: tuple[float, float]) -> None:
        path = QPainterPath(QPointF(*points[0]))
        for point in points[1:]:
            path.lineTo(*point)
        self._painter.strokePath(path, self._stroke)

    def fill(self, *points: tuple[float, float]) -> None:
        path = QPainterPath(QPointF(*points[0]))
        for point in points[1:]:
            path.lineTo(*point)
        path.closeSubpath()
        self._painter.fillPath(path, self._colour)
        outline = QPen(self._colour, 1.0)
        outline.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        self._painter.strokePath(path, outline)

    def box(self, x: float, y: float, w: float, h: float, radius: float = 1.5, solid: bool = False) -> None:
        path = QPainterPath()
        path.addRoundedRect(QRectF(x, y, w, h), radius, radius)
        if solid:
            self._painter.fillPath(path, self._colour)
        else:
            self._painter.strokePath(path, self._stroke)

    def circle(self, x: float, y: float, radius: float, solid: bool = False) -> None:
        path = QPainterPath()
        path.addEllipse(QPointF(x, y), radius, radius)
        if solid:
            self._painter.fillPath(path, self._colour)
        else:
            self._painter.strokePath(path, self._stroke)

    def arc(self, x: float, y: float, radius: float, start: float, span: float) -> None:
        """Angles in degrees, counter-clockwise from three o'clock."""
        path = QPainterPath()
        box = QRectF(x - radius, y - radius, 2 * radius, 2 * radius)
        path.arcMoveTo(box, start)
        path.arcTo(box, start, span)
        self._painter.strokePath(path, self._stroke)


def _play(p: _Pen) -> None:
    p.fill((8, 5.5), (18.5, 12), (8, 18.5))


def _pause(p: _Pen) -> None:
    p.box(7, 5.5, 3.6, 13, 0.8, solid=True)
    p.box(13.4, 5.5, 3.6, 13, 0.8, solid=True)


def _stop(p: _Pen) -> None:
    p.box(6.5, 6.5, 11, 11, 1.2, solid=True)


def _previous(p: _Pen) -> None:
    p.line((14.5, 6), (8.5, 12), (14.5, 18))


def _next(p: _Pen) -> None:
    p.line((9.5, 6), (15.5, 12), (9.5, 18))


def _first(p: _Pen) -> None:
    p.line((6.5, 6), (6.5, 18))
    p.line((16.5, 6), (10.5, 12), (16.5, 18))


def _last(p: _Pen) -> None:
    p.line((17.5, 6), (17.5, 18))
    p.line((7.5, 6), (13.5, 12), (7.5, 18))


def _open(p: _Pen) -> None:
    p.line((3.5, 18.5), (3.5, 6), (9, 6), (11, 8.5), (18.5, 8.5), (18.5, 11.5))
    p.line((3.5, 18.5), (6.6, 11.5), (21, 11.5), (17.8, 18.5), (3.5, 18.5))


def _picture(p: _Pen) -> None:
    p.box(3.5, 5, 17, 14)
    p.circle(8.5, 9.7, 1.5, solid=True)
    p.line((4.2, 17), (9.5, 12.8), (12.2, 15), (16, 11), (20, 15))


def _export(p: _Pen) -> None:
    p.line((12, 14.5), (12, 4))
    p.line((8, 8), (12, 4), (16, 8))
    p.line((5, 13), (5, 19.5), (19, 19.5), (19, 13))


def _save(p: _Pen) -> None:
    p.line((12, 4), (12, 14.5))
    p.line((8, 10.5), (12, 14.5), (16, 10.5))
    p.line((5, 13), (5, 19.5), (19, 19.5), (19, 13))


def _copy(p: _Pen) -> None:
    p.box(8.5, 8.5, 11, 11)
    p.line((5.5, 15.5), (4.5, 15.5), (4.5, 4.5), (15.5, 4.5), (15.5, 5.5))


def _paste(p: _Pen) -> None:
    p.box(5, 5.5, 14, 14.5)
    p.box(9, 3.5, 6, 4, 1, solid=True)
    p.line((8.5, 12), (15.5, 12))
    p.line((8.5, 16), (13.5, 16))


def _help(p: _Pen) -> None:
    p.circle(12, 12, 8.5)
    p.arc(12, 9.6, 2.6, 175, -215)
    p.line((14, 11.25), (12, 13.0), (12, 13.9))
    p.circle(12, 16.8, 1.15, solid=True)


def _fit(p: _Pen) -> None:
    for x, y, dx, dy in ((4, 4, 1, 1), (20, 4, -1, 1), (4, 20, 1, -1), (20, 20, -1, -1)):
        p.line((x + 4.5 * dx, y), (x, y), (x, y + 4.5 * dy))
    p.box(9, 9, 6, 6, 0.8, solid=True)


def _grid(p: _Pen) -> None:
    p.box(4, 4, 16, 16, 1)
    for at in (9.33, 14.66):
        p.line((at, 4), (at, 20))
        p.line((4, at), (20, at))


def _side(p: _Pen) -> None:
    p.box(3.5, 5, 7.4, 14)
    p.box(13.1, 5, 7.4, 14)


def _wipe(p: _Pen) -> None:
    p.box(3.5, 5, 17, 14)
    p.box(4.5, 6, 7, 12, 0, solid=True)
    p.line((12, 2.8), (12, 21.2))


def _difference(p: _Pen) -> None:
    p.line((12, 4), (12, 12))
    p.line((8, 8), (16, 8))
    p.line((8, 18), (16, 18))


def _search(p: _Pen) -> None:
    p.circle(10.5, 10.5, 6)
    p.line((15, 15), (20, 20))


def _close(p: _Pen) -> None:
    p.line((6.5, 6.5), (17.5, 17.5))
    p.line((17.5, 6.5), (6.5, 17.5))


def _theme(p: _Pen) -> None:
    p.circle(12, 12, 4)
    for x, y in ((0, 1), (1, 0), (0.71, 0.71), (0.71, -0.71)):
        for sign in (-1, 1):
            p.line((12 + sign * 7 * x, 12 + sign * 7 * y), (12 + sign * 9 * x, 12 + sign * 9 * y))


def _curves(pen: _Pen) -> None:
    pen.line((4, 4), (4, 20), (20, 20))
    pen.line((6.5, 16.5), (9, 12), (13, 8.5), (19.5, 6))
    pen.line((8.5, 17), (12, 14), (19.5, 11.5))


def _repair(p: _Pen) -> None:
    """A coarse staircase that turns into a smooth line."""
    p.line((3.5, 19), (3.5, 15), (7.5, 15), (7.5, 11), (11, 11))
    p.line((12.5, 9.5), (20.5, 4.5))
    p.line((15, 13), (15, 20))
    p.line((11.5, 16.5), (18.5, 16.5))


_SHAPES: dict[str, Shape] = {
    "play": _play,
    "pause": _pause,
    "stop": _stop,
    "previous": _previous,
    "next": _next,
    "first": _first,
    "last": _last,
    "open": _open,
    "picture": _picture,
    "export": _export,
    "save": _save,
    "copy": _copy,
    "paste": _paste,
    "help": _help,
    "fit": _fit,
    "grid": _grid,
    "side": _side,
    "wipe": _wipe,
    "difference": _difference,
    "search": _search,
    "close": _close,
    "theme": _theme,
    "repair": _repair,
    "curves": _curves,
}


def names() -> Iterable[str]:
    """Every icon there is."""
    return _SHAPES.keys()


def pixmap(name: str, size: int, colour: str) -> QPixmap:
    """Draw an icon `size` pixels wide and high. Raises KeyError for an unknown name."""
    shape = _SHAPES[name]
    result = QPixmap(size, size)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / 24, size / 24)
    shape(_Pen(painter, QColor(colour)))
    painter.end()
    return result


@cache
def _icon(name: str, colour: str, faded: str, on: str) -> QIcon:
    result = QIcon()
    for size in _SIZES:
        normal = pixmap(name, size, colour)
        result.addPixmap(normal, QIcon.Mode.Normal, QIcon.State.Off)
        result.addPixmap(pixmap(name, size, on), QIcon.Mode.Normal, QIcon.State.On)
        result.addPixmap(pixmap(name, size, faded), QIcon.Mode.Disabled)
    return result


def icon(name: str, theme: Theme | None = None, on: str | None = None) -> QIcon:
    """An icon in the theme's text colour; `on` colours it while checked.

    Icons hold colours: ask again when the theme changes. Raises KeyError for an unknown name.
    """
    theme = theme or current()
    return _icon(name, theme.text, theme.faint, on or theme.text)
