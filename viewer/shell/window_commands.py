"""What commands do to the window itself: its looks, its overlays, what Esc undoes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QMessageBox, QWidget

from viewer.model.session import compare_changes as c
from viewer.model.session import pages as s
from viewer.model.session import rate_distortion_changes as r
from viewer.model.session.compare import Entry
from viewer.model.session.looks import set_theme
from viewer.model.session.place import unpin
from viewer.model.session.playback import scan_end
from viewer.shell.controller.controller import Controller
from viewer.ui import theme

if TYPE_CHECKING:
    from viewer.compare.chooser import DecoderChooser
    from viewer.export.controller import ExportDesk
    from viewer.shell.command_palette import Palette
    from viewer.shell.keys_overlay import KeysOverlay
    from viewer.shell.toolbar import Toolbar

ABOUT = (
    "<b>nrc-viewer</b><p>Shows, step by step, how a recurrent neural decoder repairs a compressed image."
    "<p>After Mali, Ororbia, Kifer, Giles, <i>An Empirical Analysis of Recurrent Learning Algorithms in "
    "Neural Lossy Image Compression Systems</i> (DCC 2021, arXiv 2201.11782)."
)


class WindowCommands(QMainWindow):
    """The part of the main window that commands call; the window makes the parts named here."""

    controller: Controller
    exports: ExportDesk
    toolbar: Toolbar
    parts: dict[str, QWidget]
    keys_overlay: KeysOverlay
    palette_box: Palette
    chooser: DecoderChooser

    def escape(self) -> None:
        """Stop what runs; with nothing to stop, undo what was singled out: pin, scan, pane, full screen."""
        if self.controller.facts.job.progress is not None:
            self.controller.stop()
        elif self.exports.exporter.busy():
            self.exports.exporter.cancel()
        elif self.controller.facts.error:
            self.controller.forget_error()
        elif self.controller.session.pinned is not None:
            self.controller.change(unpin)
        elif self.controller.session.scan is not None:
            self.controller.change(scan_end)
        elif self.isFullScreen() and not self.controller.session.solo:
            self.toggle_full_screen()
        elif self.controller.session.compare.on and not self.controller.session.solo:
            self.controller.change(c.close_compare)
        elif self.controller.session.rates.on and not self.controller.session.solo:
            self.controller.change(r.close_rates)
        else:
            self.controller.change(partial(s.solo_pane, number=0))

    def toggle_part(self, name: str) -> None:
        """Show or hide the side column or the filmstrip."""
        self.parts[name].setVisible(self.parts[name].isHidden())

    def toggle_full_screen(self) -> None:
        """Fill the screen, or be again as before, maximised or not."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def toggle_theme(self) -> None:
        """From dark to light and back."""
        name = (theme.LIGHT if theme.current().dark else theme.DARK).name
        self.controller.change(partial(set_theme, theme=name))

    def show_keys(self) -> None:
        self.keys_overlay.open()

    def show_palette(self) -> None:
        session, facts = self.controller.session, self.controller.facts
        self.palette_box.ask(lambda c: c.why_not(session, facts) if c.why_not is not None else "")

    def show_chooser(self) -> None:
        """Choose what to compare, opening the compare view if it isn't."""
        if not self.controller.session.compare.on:
            self.controller.change(c.open_compare)
        self.chooser.open()
        self.chooser.show_state(self.controller.session)

    def toggle_entry(self, entry: Entry) -> None:
        self.controller.change(partial(c.toggle_entry, entry=entry))
        self.chooser.show_state(self.controller.session)

    def show_export(self) -> None:
        self.toolbar.export.showMenu()

    def show_about(self) -> None:
        QMessageBox.about(self, "nrc-viewer", ABOUT)

    def close_window(self) -> None:
        self.close()
