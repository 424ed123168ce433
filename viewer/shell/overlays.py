"""What lies over the window for a moment: keys, command palette, choice of decoders, glossary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget

from engine.models.card import ModelCard
from viewer.compare.chooser import DecoderChooser
from viewer.glossary.veil import GlossaryVeil
from viewer.shell.command_palette import Palette
from viewer.shell.keys_overlay import KeysOverlay

if TYPE_CHECKING:
    from viewer.raster_scan.veil import ScanVeil
    from viewer.tour.veil import TourVeil


class Overlays:
    """One of each, hidden; those that are rarely seen are made when they first are. `pictures` gets the
    keyboard back when one closes."""

    def __init__(self, window: QWidget, fitting: tuple[ModelCard, ...], pictures: QWidget) -> None:
        self.keys = KeysOverlay(window)
        self.palette = Palette(window)
        self.chooser = DecoderChooser(fitting, window)
        self.glossary = GlossaryVeil(window)
        self._window, self._pictures = window, pictures
        self.targets: dict[str, QWidget] = {}
        """Parts of the window that the tour points at."""
        self._tour: TourVeil | None = None
        self._scan: ScanVeil | None = None
        for veil in (self.keys, self.palette, self.chooser, self.glossary):
            veil.closed.connect(pictures.setFocus)

    def tour(self) -> TourVeil:
        """The first minute."""
        if self._tour is None:
            from viewer.tour.steps import STEPS
            from viewer.tour.veil import TourVeil

            self._tour = TourVeil(self._window, STEPS, self._find)
            self._tour.closed.connect(self._pictures.setFocus)
        return self._tour

    def scan(self) -> ScanVeil:
        """The raster scan, animated."""
        if self._scan is None:
            from viewer.raster_scan.veil import ScanVeil

            self._scan = ScanVeil(self._window)
            self._scan.closed.connect(self._pictures.setFocus)
        return self._scan

    def _find(self, target: str) -> QRect | None:
        """Where a part lies in the window; None while it is hidden."""
        part = self.targets.get(target)
        if part is None or not part.isVisible():
            return None
        return QRect(part.mapTo(self._window, QPoint()), part.size())
