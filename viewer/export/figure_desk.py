"""Figures for a page: finds the plots and pictures that are shown, asks how, draws and saves them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from engine.io.orientation import upright
from viewer.core.control import Control
from viewer.documents.controller import Documents
from viewer.documents.files import Files
from viewer.model.scene.plots import PlotScene
from viewer.panes.canvas.view import PanesView
from viewer.ui.plot.plot import Plot
from viewer.ui.save_dialog import ask_file

if TYPE_CHECKING:
    from viewer.export.figure_panel import FigurePanel
    from viewer.export.paper import Drawing, Pane

_KINDS = ("PDF (*.pdf)", "SVG (*.svg)")


class FigureDesk:
    """window: parent of the panel and of dialogs, whose visible plots can be chosen."""

    def __init__(
        self, window: QWidget, control: Control, documents: Documents, files: Files, panes: PanesView
    ) -> None:
        self._window, self._control, self._documents = window, control, documents
        self._files, self._panes = files, panes
        self._panel: FigurePanel | None = None

    def show(self) -> None:
        """Choose what a figure shows, and how."""
        from viewer.export.figure_panel import PANES, FigurePanel

        entries = [(plot.key, f"Plot: {plot.title}") for plot in self.plots()]
        panes = self._pictures()
        if panes:
            entries.insert(0, (PANES, "Pictures with captions"))
        if not entries:
            self._control.say("There is no picture and no plot to save")
            return
        if self._panel is None:
            self._panel = FigurePanel(self._window)
            self._panel.closed.connect(self._panes.setFocus)
            self._panel.save_requested.connect(self._ask)
        self._panel.ask(entries, len(panes) if len(panes) in (1, 2, 4) else 3)

    def plots(self) -> list[PlotScene]:
        """Those that can be seen and hold data, one of each key."""
        seen = [plot.scene for plot in self._window.findChildren(Plot) if plot.isVisible()]
        return list({scene.key: scene for scene in seen if any(len(c.x) for c in scene.curves)}.values())

    def _pictures(self) -> list[Pane]:
        """The panes' pictures, as much of them as is seen, upright."""
        from viewer.export.paper import Pane

        if not self._panes.isVisible():
            return []
        scene, region = self._control.scene, self._panes.visible_region()
        found = []
        for pane in scene.panes:
            if pane.pixels is not None:
                pixels = pane.pixels
                if region is not None:
                    left, top, wide, high = region
                    pixels = pixels[top : top + high, left : left + wide]
                found.append(Pane(pane.title, pane.detail, upright(pixels, scene.view.orientation)))
        return found

    def _ask(self) -> None:
        """Let the user choose where the figure goes."""
        if self._panel is None:
            return
        stem = Path(self._control.session.name or "figure").stem
        what = "".join(c if c.isalnum() else "-" for c in self._panel.chosen())
        path, _ = ask_file(
            self._window, "Save the figure", self._files.folder() / f"{stem}-{what}.pdf", list(_KINDS)
        )
        if path is not None:
            self.save(path)

    def save(self, path: Path) -> None:
        """Draw what the panel has chosen, and write it as the name's ending says."""
        from viewer.export.paper import pdf_of

        kind = path.suffix.lower()
        if kind not in (".pdf", ".svg"):
            self._control.complain(f"{path.name}: figures are written as PDF or SVG; let the name end so")
            return
        drawing = self._drawn()
        if drawing is None:
            self._control.complain(f"{path.name}: what it was to show is gone")
            return
        self._documents.save_bytes(path, drawing.svg if kind == ".svg" else pdf_of(drawing))

    def _drawn(self) -> Drawing | None:
        from viewer.export.figure_panel import PANES
        from viewer.export.paper import draw_panes, draw_plot

        panel = self._panel
        assert panel is not None
        width, points = panel.width_cm(), panel.type_points()
        if panel.chosen() == PANES:
            panes = self._pictures()
            return draw_panes(panes, width, points, panel.columns.value()) if panes else None
        plot = next((each for each in self.plots() if each.key == panel.chosen()), None)
        return draw_plot(plot, width, points) if plot is not None else None
