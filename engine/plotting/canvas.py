"""Line drawings as SVG text or as pixels, by the same calls."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from io import BytesIO
from typing import Protocol
from xml.sax.saxutils import escape

from PIL import Image, ImageDraw

from engine.plotting.font import font

Place = tuple[float, float]
_ANCHORS = {"start": "l", "middle": "m", "end": "r"}


class Canvas(Protocol):
    """Lengths are in units of 1/96 inch; y runs downwards, text stands on its middle line.

    Colours are "#rrggbb"; in a `StyledCanvas` they are classes of the page's style sheet.
    """

    def line(
        self, places: Sequence[Place], colour: str, width: float, dash: Sequence[float] = ()
    ) -> None: ...

    def disc(
        self,
        place: Place,
        radius: float,
        fill: str,
        colour: str | None = None,
        width: float = 0,
        words: str = "",
    ) -> None:
        """words: what hovering tells, where there is hovering."""
        ...

    def text(
        self,
        place: Place,
        text: str,
        size: float,
        colour: str,
        anchor: str = "start",
        *,
        upright: bool = False,
    ) -> None:
        """anchor: start, middle or end. upright: turned to run from bottom to top."""
        ...


class SvgCanvas:
    """Scalable Vector Graphics 1.1, with the reader's sans-serif font."""

    def __init__(self, width: float, height: float, background: str, title: str) -> None:
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
            f'viewBox="0 0 {width:g} {height:g}" font-family="system-ui, sans-serif">',
            f"<title>{escape(title)}</title>",
            f'<rect width="{width:g}" height="{height:g}" fill="{background}"/>',
        ]

    def line(self, places: Sequence[Place], colour: str, width: float, dash: Sequence[float] = ()) -> None:
        points = " ".join(f"{x:.2f},{y:.2f}" for x, y in places)
        self._parts.append(f'<polyline points="{points}" {self._line_look(colour, width, dash)}/>')

    def disc(
        self,
        place: Place,
        radius: float,
        fill: str,
        colour: str | None = None,
        width: float = 0,
        words: str = "",
    ) -> None:
        at = f'cx="{place[0]:.2f}" cy="{place[1]:.2f}" r="{radius:g}"'
        tip = f"><title>{escape(words)}</title></circle>" if words else "/>"
        self._parts.append(f"<circle {at} {self._disc_look(fill, colour, width)}{tip}")

    def text(
        self,
        place: Place,
        text: str,
        size: float,
        colour: str,
        anchor: str = "start",
        *,
        upright: bool = False,
    ) -> None:
        x, y = place
        turned = f' transform="rotate(-90 {x:.2f} {y:.2f})"' if upright else ""
        self._parts.append(
            f'<text x="{x:.2f}" y="{y:.2f}" {self._text_look(size, colour)} text-anchor="{anchor}" '
            f'dominant-baseline="central"{turned}>{escape(text)}</text>'
        )

    def _line_look(self, colour: str, width: float, dash: Sequence[float]) -> str:
        dashes = f' stroke-dasharray="{" ".join(f"{length:g}" for length in dash)}"' if dash else ""
        return f'fill="none" stroke="{colour}" stroke-width="{width:g}" stroke-linejoin="round"{dashes}'

    def _disc_look(self, fill: str, colour: str | None, width: float) -> str:
        return f'fill="{fill}"' + (f' stroke="{colour}" stroke-width="{width:g}"' if colour else "")

    def _text_look(self, size: float, colour: str) -> str:
        return f'font-size="{size:g}" fill="{colour}"'

    def file(self) -> bytes:
        return "\n".join([*self._parts, "</svg>", ""]).encode()


class StyledCanvas(SvgCanvas):
    """SVG inside a page, its looks left to the page's style sheet: colours are classes, `line` and `dot` told
    apart by a class of their own, so that one drawing serves dark, light and paper."""

    def __init__(self, width: float, height: float, title: str) -> None:
        self._parts = [
            f'<svg class="plot" viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(title)}">',
            f"<title>{escape(title)}</title>",
        ]

    def _line_look(self, colour: str, width: float, dash: Sequence[float]) -> str:
        return f'class="line {colour}"'

    def _disc_look(self, fill: str, colour: str | None, width: float) -> str:
        return f'class="dot {fill}"'

    def _text_look(self, size: float, colour: str) -> str:
        return f'class="{colour}"'

    def file(self) -> bytes:
        return "".join([*self._parts, "</svg>"]).encode()


class PixelCanvas:
    """Pixels, two a unit, drawn at twice that and reduced for smooth edges; Pillow's own font."""

    _SHOWN, _FINE = 2, 2

    def __init__(self, width: float, height: float, background: str) -> None:
        self._scale = self._SHOWN * self._FINE
        size = round(width * self._scale), round(height * self._scale)
        self._image = Image.new("RGB", size, background)
        self._draw = ImageDraw.Draw(self._image)

    def line(self, places: Sequence[Place], colour: str, width: float, dash: Sequence[float] = ()) -> None:
        for stretch in _dashes(places, dash) if dash else [list(places)]:
            scaled = [(x * self._scale, y * self._scale) for x, y in stretch]
            self._draw.line(scaled, colour, max(1, round(width * self._scale)), "curve")

    def disc(
        self,
        place: Place,
        radius: float,
        fill: str,
        colour: str | None = None,
        width: float = 0,
        words: str = "",
    ) -> None:
        x, y, r = place[0] * self._scale, place[1] * self._scale, (radius + width / 2) * self._scale
        self._draw.ellipse((x - r, y - r, x + r, y + r), fill, colour, round(width * self._scale))

    def text(
        self,
        place: Place,
        text: str,
        size: float,
        colour: str,
        anchor: str = "start",
        *,
        upright: bool = False,
    ) -> None:
        x, y = place[0] * self._scale, place[1] * self._scale
        face = font(round(size * self._scale))
        if not upright:
            self._draw.text((x, y), text, colour, face, anchor=f"{_ANCHORS[anchor]}m")
            return
        left, top, right, bottom = face.getbbox(text, anchor="lt")
        label = Image.new("L", (math.ceil(right - left), math.ceil(bottom - top)))
        ImageDraw.Draw(label).text((0, 0), text, 255, face, anchor="lt")
        label = label.transpose(Image.Transpose.ROTATE_90)
        corner = round(x - label.width / 2), round(y - label.height / 2)
        self._image.paste(colour, (*corner, corner[0] + label.width, corner[1] + label.height), label)

    def file(self) -> bytes:
        file = BytesIO()
        self._image.reduce(self._FINE).save(file, "PNG", dpi=(96 * self._SHOWN, 96 * self._SHOWN))
        return file.getvalue()


def _dashes(places: Sequence[Place], dash: Sequence[float]) -> list[list[Place]]:
    """The stretches of a polyline that its dashes leave."""
    stretches: list[list[Place]] = []
    lengths = itertools.cycle(dash)
    left, drawn = next(lengths), True
    current = [places[0]]
    for (x0, y0), (x1, y1) in itertools.pairwise(places):
        length, done = math.hypot(x1 - x0, y1 - y0), 0.0
        while length - done > left:
            done += left
            place = x0 + (x1 - x0) * done / length, y0 + (y1 - y0) * done / length
            if drawn:
                stretches.append([*current, place])
            current, left, drawn = [place], next(lengths), not drawn
        left -= length - done
        current.append((x1, y1))
    if drawn and len(current) > 1:
        stretches.append(current)
    return stretches
