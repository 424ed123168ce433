"""Where everything lies in the linked panes: cells, strips, bars, the minimap, and what is under a point.

Lengths are device pixels of the widget unless they say logical or image pixels. No widget: `PanesView` tells
it what to show and how much room there is, and painters ask it where to draw.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF

from engine.types import PATCH, Pixels
from viewer.model.scene.picture import OverlayScene, PaneScene, PatchScene
from viewer.model.scene.view import ViewScene
from viewer.model.session.choices import Mode, Overlay
from viewer.panes.canvas import captions, minimap, strips
from viewer.panes.canvas.ground import Ground
from viewer.panes.canvas.turn import Turn, Turner
from viewer.panes.canvas.viewport import PaneCell, Viewport, arrange
from viewer.ui.theme import FONT_PIXELS, back_row, scaled

_GAP = 8
_LEGEND_FROM = 130
"""Logical pixels of height, at 100 % text, from which on there is room for a legend below the pictures."""
_WORDS, _NARROW = 170, 340
"""Logical pixels of a pane, at 100 % text, below which its name has no room, and below which its name and its
numbers take a line each."""
_GRAB = 7
"""Logical pixels around the wipe's divider that take hold of it."""


def patch_pixels(patch: PatchScene) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a patch in image pixels."""
    left, top = PATCH * patch.column, PATCH * patch.row
    return left, top, left + PATCH, top + PATCH


class Drawn(NamedTuple):
    """What a drawing follows from. shared: what several panes show. places: what says where all lies."""

    panes: tuple[PaneScene, ...]
    shared: tuple[object, ...]
    places: tuple[object, ...]


class PanesLayout:
    """The scene under one zoom (`view`), laid out in a room of `width` × `height` logical pixels."""

    def __init__(self) -> None:
        self.panes: tuple[PaneScene, ...] = ()
        self.mode = Mode.SIDE
        self.patch: PatchScene | None = None
        self.overlay = OverlayScene(Overlay.NONE, None)
        self.over = ViewScene()
        self.wipe = 0.5
        """Where the wipe's divider stands, a part of the visible picture's width."""
        self.view = Viewport()
        self.cells: tuple[PaneCell, ...] = ()
        self.width = self.height = 0
        self.ratio = 1.0
        """Device pixels per logical pixel."""
        self.caption = 0
        """Logical pixels of the type in captions for the back row, 0 while nobody presents."""
        self.turn = Turn()
        self._coded: tuple[PaneScene, ...] = ()
        """The panes as the scene has them; `panes` are turned upright."""
        self._turner = Turner()
        self._key: tuple[object, ...] = ()

    def set_scene(
        self, panes: tuple[PaneScene, ...], mode: Mode, patch: PatchScene | None, overlay: OverlayScene
    ) -> None:
        """Show this. A picture of another size is fitted; one of the same size keeps zoom and place."""
        self._coded, self.mode, self.patch, self.overlay = panes, mode, patch, overlay
        self._turn()

    def set_view(self, over: ViewScene) -> None:
        """Show this over the pictures, and these the right way up."""
        turned = over.orientation != self.over.orientation
        self.over = over
        if turned:
            self._turn()

    def _turn(self) -> None:
        self.panes = self._turner.panes(self._coded, self.over.orientation)
        image = next((pane.pixels for pane in self._coded if pane.pixels is not None), None)
        if image is not None:
            self.turn = Turn(self.over.orientation, (image.shape[1], image.shape[0]))
            self.view.set_image(self.turn.shown)

    def arrange(self, width: int, height: int, ratio: float, tall: int = 0) -> None:
        """Lay out the cells anew, if anything that they depend on has changed. tall: height of the window."""
        self.width, self.height, self.ratio = width, height, ratio
        self.caption = back_row(tall or height) if self.over.presented is not None else 0
        count = 1 if self.wiping() else max(1, len(self.panes))
        size = (
            max(1, math.floor(width * ratio)),
            max(1, math.floor((height - self.bar_height() - self.legend_height()) * ratio)),
        )
        key = (count, size, self.view.image, ratio, scaled(strips.STRIP), self.wiping(),
               self.caption, bool(self.caption) and self._keyed())  # fmt: skip
        if key != self._key:
            self._key = key
            image, gap = self.view.image, round(_GAP * ratio)
            least = round(scaled(_WORDS) * ratio)
            cells = arrange(count, size, image, gap, round(self._strip(math.inf) * ratio), least)
            room = cells[0].width / ratio / (2 if self.wiping() else 1)
            if self._strip(room) != self._strip(
                math.inf
            ):  # by width alone: what the words are comes and goes
                cells = arrange(count, size, image, gap, round(self._strip(room) * ratio), least)
            self.cells = cells
            seen = self._pin_in_sight()
            self.view.set_pane((self.cells[0].width, self.cells[0].depth))
            if seen and self.patch is not None:
                self.view.reveal(*patch_pixels(self.patch))

    def _keyed(self) -> bool:
        return any(pane.colour for pane in self.panes)

    def _strip(self, width: float) -> int:
        """Height of a title strip over this width, in logical pixels."""
        if self.caption:
            return captions.strip_height(self.caption, width, self._keyed())
        return strips.tall_strip() if width < scaled(_NARROW) else scaled(strips.STRIP)

    @property
    def larger(self) -> float:
        """How much larger than usual the words below the pictures are."""
        return max(1.0, 0.75 * self.caption / scaled(FONT_PIXELS))

    def _pin_in_sight(self) -> bool:
        """Whether there is a pinned patch, all of which is seen."""
        if self.patch is None or not self.patch.pinned or self.view.fitted:
            return False
        left, top, right, bottom = patch_pixels(self.patch)
        x, y, width, height = (each / self.view.scale for each in self.view.visible())
        return x <= left and y <= top and right <= x + width and bottom <= y + height

    # ---- what is drawn ----------------------------------------------------------------------------

    def drawn(self) -> Drawn:
        """Everything that the drawing follows from, to be told from another."""
        over = self.over
        first = self.first_pixels() if over.minimap else None
        places = self.mode, self.cells, self.ground() if self.cells else None
        return Drawn(self._coded, (self.patch, self.overlay, over, first), places)

    def changed_since(self, before: Drawn) -> list[QRect]:
        """What of the room (logical pixels) is to be drawn anew: where all lies as before, and nothing that
        several panes show is another, only panes that are others."""
        now, whole = self.drawn(), QRect(0, 0, self.width, self.height)
        same = now.places == before.places and len(now.panes) == len(before.panes)
        shared = all(one is other for one, other in zip(now.shared, before.shared, strict=True))
        if not (same and shared) or self.wiping() or self.over.box is not None:
            return [whole]
        panes = zip(now.panes, before.panes, self.cells, strict=False)
        return [self.area_of(cell) for pane, old, cell in panes if pane is not old]

    def area_of(self, cell: PaneCell) -> QRect:
        """A cell with its title strip, in logical pixels."""
        ratio = self.ratio
        area = QRectF(cell.x / ratio, cell.y / ratio, cell.width / ratio, (cell.strip + cell.depth) / ratio)
        return area.toAlignedRect()

    # ---- what lies where --------------------------------------------------------------------------

    def wiping(self) -> bool:
        return self.mode is Mode.WIPE and len(self.panes) >= 2

    def bar_height(self) -> int:
        """Of the overlay's bar, in logical pixels; 0 without one."""
        has_bar = self.overlay.kind is not Overlay.NONE and bool(self.panes)
        return round(scaled(strips.BAR) * self.larger) if has_bar else 0

    def legend_height(self) -> int:
        """Of the legend of differences, in logical pixels; 0 without one."""
        wanted = self.over.legend is not None and self.panes and self.height >= scaled(_LEGEND_FROM)
        return round(scaled(strips.LEGEND) * self.larger) if wanted else 0

    def ground(self) -> Ground:
        """The picture in each pane."""
        origin = self.view.origin()
        left, top, width, height = self.view.visible()
        shown = QRect(left + origin[0], top + origin[1], width, height)
        return Ground(self.view.image, self.view.scale, origin, shown, self.ratio, self.turn)

    def divider(self) -> int:
        """x of the wipe's divider in its cell."""
        shown = self.ground().shown
        return shown.x() + round(self.wipe * shown.width())

    def strip_rects(self) -> list[tuple[PaneScene, QRectF, strips.Side]]:
        """Each title strip in logical pixels, with its pane and where its words lie."""
        ratio = self.ratio

        def logical(x: float, y: float, width: float, height: float) -> QRectF:
            return QRectF(x / ratio, y / ratio, width / ratio, height / ratio)

        if self.wiping():
            cell = self.cells[0]
            half = cell.width / 2
            return [
                (self.panes[0], logical(cell.x, cell.y, half, cell.strip), strips.Side.LEFT),
                (self.panes[1], logical(cell.x + half, cell.y, half, cell.strip), strips.Side.RIGHT),
            ]
        return [
            (pane, logical(cell.x, cell.y, cell.width, cell.strip), strips.Side.SPREAD)
            for pane, cell in zip(self.panes, self.cells, strict=False)
        ]

    def minimap_area(self) -> QRect:
        """Where the minimap lies; empty while there is none."""
        if not self.over.minimap or not self.cells or self.first_pixels() is None:
            return QRect()
        return minimap.place(self.view, self.cells[-1], self.ratio)

    def box_anchor(self) -> QPointF:
        """What the zoom box stands beside, in logical pixels: the pixel in the first pane."""
        assert self.over.box is not None
        return self.image_position(*self.over.box.pixel)

    def image_position(self, x: int, y: int, pane: int = 0) -> QPointF:
        """Where the middle of a coded pixel lies, in logical pixels."""
        cell, (left, top) = self.cells[pane], self.view.origin()
        across, down = self.turn.to_shown(x + 0.5, y + 0.5)
        at = QPointF(left + across * self.view.scale, top + down * self.view.scale)
        return (at + QPointF(cell.x, cell.top)) / self.ratio

    def visible_region(self) -> tuple[int, int, int, int] | None:
        """The part of the picture that can be seen in a pane: left, top, width, height in coded pixels; None
        where all of it can."""
        left, top, width, height = (each / self.view.scale for each in self.view.visible())
        x, y = max(0, math.floor(left + 1e-6)), max(0, math.floor(top + 1e-6))
        right = min(self.view.image[0], math.ceil(left + width - 1e-6))
        bottom = min(self.view.image[1], math.ceil(top + height - 1e-6))
        edges = self.turn.coded_box(x, y, max(x + 1, right), max(y + 1, bottom))
        x0, y0, x1, y1 = (round(edge) for edge in edges)
        region = (x0, y0, x1 - x0, y1 - y0)
        return None if region == (0, 0, *self.turn.coded) else region

    def coded_pane(self, pane: PaneScene) -> PaneScene:
        """One of `panes` as the scene has it."""
        pairs = zip(self._coded, self.panes, strict=True)
        return next((coded for coded, shown in pairs if shown is pane), pane)

    def first_pixels(self) -> Pixels | None:
        return next((pane.pixels for pane in self.panes if pane.pixels is not None), None)

    # ---- what is under a point (logical pixels) ---------------------------------------------------

    def cell_at(self, position: QPointF) -> PaneCell | None:
        ratio = self.ratio
        return next((c for c in self.cells if c.holds(position.x() * ratio, position.y() * ratio)), None)

    def in_cell(self, position: QPointF, cell: PaneCell) -> tuple[float, float]:
        """A point as seen from the corner of a cell's picture area."""
        return position.x() * self.ratio - cell.x, position.y() * self.ratio - cell.top

    def pane_at(self, position: QPointF) -> PaneScene | None:
        """The picture there; in a wipe that of the divider's side."""
        cell = self.cell_at(position)
        if cell is None:
            return None
        number = self.cells.index(cell)
        if self.wiping():
            number = int(self.in_cell(position, cell)[0] >= self.divider())
        return self.panes[number] if number < len(self.panes) else None

    def pixel_at(self, position: QPointF) -> tuple[int, int] | None:
        """The coded pixel there, if any."""
        cell = self.cell_at(position)
        if cell is None or self.first_pixels() is None or self.on_minimap(position):
            return None
        x, y = (math.floor(at) for at in self.view.to_image(*self.in_cell(position, cell)))
        if not (0 <= x < self.view.image[0] and 0 <= y < self.view.image[1]):
            return None
        across, down = self.turn.to_coded(x + 0.5, y + 0.5)
        return math.floor(across), math.floor(down)

    def on_minimap(self, position: QPointF) -> bool:
        at = QPoint(int(position.x() * self.ratio), int(position.y() * self.ratio))
        return self.minimap_area().contains(at)

    def on_divider(self, position: QPointF) -> bool:
        """Whether a press there takes hold of the wipe's divider."""
        if not self.wiping() or self.cell_at(position) is None:
            return False
        return abs(position.x() - (self.cells[0].x + self.divider()) / self.ratio) <= _GRAB
