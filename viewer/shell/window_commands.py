"""What commands do to the window itself: its looks, its overlays, what Esc undoes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMainWindow, QMessageBox, QWidget

from viewer.compare.views.pages import ComparePages
from viewer.core.command import Act
from viewer.export.worker import Exporter
from viewer.model.facts.lab import LabState
from viewer.model.session import compare_changes as c
from viewer.model.session import lab_changes as lab
from viewer.model.session import pages as s
from viewer.model.session import rate_distortion_changes as r
from viewer.model.session.choices import Page
from viewer.model.session.compare import Entry
from viewer.model.session.looks import set_theme
from viewer.model.session.place import unpin
from viewer.model.session.playback import scan_end
from viewer.model.session.repair_changes import close_repair
from viewer.shell.controller.controller import Controller
from viewer.shell.overlays import Overlays
from viewer.ui import theme

ABOUT = (
    "<b>nrc-viewer</b><p>Shows, step by step, how a recurrent neural decoder repairs a compressed image."
    "<p>After Mali, Ororbia, Kifer, Giles, <i>An Empirical Analysis of Recurrent Learning Algorithms in "
    "Neural Lossy Image Compression Systems</i> (DCC 2021, "
    '<a href="https://arxiv.org/abs/2201.11782">arXiv 2201.11782</a>).'
)


class WindowCommands:
    """Acts on a window. hideable: parts that can be hidden, by name. show_export: opens the export button's
    menu. stop_presenting: what Esc does while one presents."""

    def __init__(
        self,
        window: QMainWindow,
        control: Controller,
        exporter: Exporter,
        pages: ComparePages,
        hideable: Mapping[str, QWidget],
        overlays: Overlays,
        show_export: Act,
        stop_presenting: Act,
    ) -> None:
        self._window, self._control, self._exporter = window, control, exporter
        self._pages, self._hideable, self._overlays = pages, hideable, overlays
        self.show_export, self._stop_presenting = show_export, stop_presenting

    def escape(self) -> None:
        """End the presentation, else stop what runs; with nothing to stop, undo what was singled out: pin,
        scan, pane, full screen."""
        page, facts = self._control.session.page, self._control.facts
        learning = page is Page.LAB and facts.lab.state is LabState.PLAYING
        if self._control.session.presentation.on:
            self._stop_presenting()
        elif learning or facts.job.progress is not None:
            self._control.stop()
        elif self._exporter.busy():
            self._exporter.cancel()
        elif self._control.facts.error:
            self._control.forget_error()
        elif self._control.session.page is Page.REPAIR:
            self._control.change(close_repair)
        elif page is Page.LAB:
            self._control.change(lab.close_lab)
        elif self._control.session.pinned is not None:
            self._control.change(unpin)
        elif self._control.session.scan is not None:
            self._control.change(scan_end)
        elif self._window.isFullScreen() and not self._control.session.solo:
            self.toggle_full_screen()
        elif self._control.session.page is Page.COMPARE and not self._control.session.solo:
            self._control.change(c.close_compare)
        elif self._control.session.page is Page.CODECS and not self._control.session.solo:
            self._control.change(r.close_rates)
        else:
            self._control.change(partial(s.solo_pane, number=0))

    def toggle_part(self, name: str) -> None:
        """Show or hide the side column or the filmstrip."""
        self._hideable[name].setVisible(self._hideable[name].isHidden())

    def toggle_full_screen(self) -> None:
        """Fill the screen, or be again as before, maximised or not."""
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def toggle_theme(self) -> None:
        """From dark to light and back."""
        name = (theme.LIGHT if theme.current().dark else theme.DARK).name
        self._control.change(partial(set_theme, theme=name))

    def show_keys(self) -> None:
        self._overlays.keys.open()

    def show_palette(self) -> None:
        session, facts = self._control.session, self._control.facts
        self._overlays.palette.ask(lambda c: c.why_not(session, facts) if c.why_not is not None else "")

    def show_glossary(self) -> None:
        self._overlays.glossary.ask()

    def show_tour(self) -> None:
        self._overlays.tour().begin()

    def show_scan(self) -> None:
        self._overlays.scan().begin()

    def show_chooser(self) -> None:
        """Choose what to compare, opening the compare view if it isn't."""
        if self._control.session.page is not Page.COMPARE:
            self._control.change(c.open_compare)
        self._overlays.chooser.open()
        self._overlays.chooser.show_state(self._control.session)

    def chosen_column(self) -> str:
        """Of the table of the comparison; "" for none."""
        return self._pages.table.chosen_column()

    def toggle_entry(self, entry: Entry) -> None:
        self._control.change(partial(c.toggle_entry, entry=entry))
        self._overlays.chooser.show_state(self._control.session)

    def open_link(self, address: str) -> None:
        """Open a page in the browser."""
        if not QDesktopServices.openUrl(QUrl(address)):
            self._control.complain(f"No browser could be opened: {address}")

    def show_about(self) -> None:
        QMessageBox.about(self._window, "nrc-viewer", ABOUT)

    def close_window(self) -> None:
        self._window.close()
