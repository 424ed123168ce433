"""The main window: puts the views together, turns commands into intents and scenes into pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QByteArray, QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMainWindow,
    QMessageBox,
)

from engine.registry import CODECS
from viewer import compare as c
from viewer import rates as r
from viewer import session as s
from viewer import theme
from viewer.banner import Banner, ErrorLine
from viewer.chooser import DecoderChooser
from viewer.clipboard import offered_file
from viewer.compare_state import Entry
from viewer.comparebar import CompareBar
from viewer.controller import Controller
from viewer.files import Files
from viewer.menus import Menus
from viewer.pop import KeysOverlay, Palette
from viewer.rates_pages import CurvesPage
from viewer.rates_state import Page as RatesPage
from viewer.ratesbar import RatesBar
from viewer.resolve_facts import Facts
from viewer.resolve_memo import same
from viewer.scene import Scene
from viewer.session_state import Session
from viewer.settings import Layout, Settings
from viewer.toolbar import Toolbar
from viewer.viewbar import ViewBar
from viewer.views.filmstrip import Filmstrip
from viewer.views.hidden import HiddenView
from viewer.views.inspector import Inspector, Table
from viewer.views.panes import PanesView
from viewer.views.plots import PlotsView
from viewer.views.statusline import StatusLine
from viewer.window_layout import COMPARED_HEIGHT, FIGURES_HEIGHT, HIDDEN_HEIGHT, PLOT_HEIGHT, lay_out
from viewer.wiring import connect

DEFAULT_SIZE = QSize(1600, 900)
_MOVES = (
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End,
    Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Space,
)  # fmt: skip


class MainWindow(QMainWindow):
    """Everything on screen. `controller` holds the state; `settings` what is remembered."""

    def __init__(
        self, controller: Controller, settings: Settings, begin: Callable[[], None] | None = None
    ) -> None:
        """begin: called once, after the window has been drawn for the first time."""
        super().__init__()
        self._begin = begin
        self.controller, self.settings = controller, settings
        controller.setParent(self)
        self._scene: Scene | None = None
        self._controls: tuple[object, ...] = ()
        self._compact = False
        self.files = Files(self, controller, settings)
        self.toolbar = Toolbar(controller.session, CODECS.names())
        self.error = ErrorLine()
        self.banner = Banner()
        self.viewbar = ViewBar()
        self.panes = PanesView()
        self.plots = PlotsView()
        self.inspector = Inspector()
        self.summary = Table()
        self.filmstrip = Filmstrip()
        self.status = StatusLine()
        self.hidden = HiddenView()
        self.comparebar = CompareBar()
        self.ratesbar, self.curves = RatesBar(), CurvesPage()
        places = lay_out(self)
        self.pages, self.split, self.side = places.pages, places.split, places.side
        self.middle = places.middle
        self.figures, self.figure_switch = places.figures, places.figure_switch
        self.parts = {"side": self.side, "film": self.filmstrip}
        self.menus = Menus(self)
        connect(self)
        self.keys_overlay = KeysOverlay(self.menus.table, self)
        self.palette_box = Palette(self.menus.table, self)
        self.chooser = DecoderChooser(controller.session.fitting, self)
        self.chooser.toggled.connect(self._toggle_entry)
        for veil in (self.keys_overlay, self.palette_box, self.chooser):
            veil.closed.connect(self.panes.setFocus)
        self.palette_box.chosen.connect(lambda name: QTimer.singleShot(0, partial(self.menus.run, name)))
        self._tame_focus()
        self.setAcceptDrops(True)
        self.setMinimumSize(640, 420)
        controller.changed.connect(self._show)
        controller.opened.connect(self.files.remember)
        self._restore_layout()
        self._show()
        self.panes.setFocus()

    # ---- building --------------------------------------------------------------------------------

    def _tame_focus(self) -> None:
        """The mouse leaves the keyboard's focus alone, so that arrows and Space go on meaning steps and
        play; a control reached by Tab gets them itself."""
        for kind in (QAbstractSlider, QComboBox, QAbstractButton):
            for widget in self.findChildren(kind):
                if widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
                    widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                widget.installEventFilter(self)
        for field in (*self.findChildren(QAbstractSpinBox), self.toolbar.bpp):
            field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's names
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in _MOVES
            and event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        ):
            event.accept()
            return True
        if isinstance(watched, QAbstractSpinBox | QLineEdit) and isinstance(event, QKeyEvent):
            done = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
            if event.type() == QEvent.Type.KeyRelease and event.key() in done:
                self.panes.setFocus()
        return super().eventFilter(watched, event)

    # ---- showing --------------------------------------------------------------------------------

    def _show(self) -> None:
        scene, old = self.controller.scene, self._scene
        session, facts = self.controller.session, self.controller.facts
        self._scene = scene
        drawn = (scene.panes, scene.mode, scene.patch, scene.overlay)
        if old is None or any(
            a is not b for a, b in zip(drawn, (old.panes, old.mode, old.patch, old.overlay), strict=True)
        ):
            self.panes.set_scene(*drawn)
        if old is None or scene.thumbs is not old.thumbs or scene.transport != old.transport:
            self.filmstrip.set_scene(scene.thumbs, scene.transport)
        self.plots.set_scene(scene.plots)
        least = len(scene.plots) * (PLOT_HEIGHT if scene.compare is None else COMPARED_HEIGHT)
        if self.plots.minimumHeight() != least:
            self.plots.setMinimumHeight(least)
        self._show_figures(scene, old)
        self.pages.set_scene(scene.compare, session.compare)
        self._show_curves(scene, session)
        if old is None or scene.status != old.status:
            self.status.set_scene(replace(scene.status, error=""))  # it has a line of its own
            self.error.show_error(scene.status.error)
        if old is None or scene.title != old.title:
            self.setWindowTitle(f"{scene.title} – nrc-viewer" if scene.title else "nrc-viewer")
        quality = self.controller.quality()
        controls = (_controls(session), _progress(facts), quality, *_codecs(scene))
        if not same(controls, self._controls):
            self._controls = controls
            self.toolbar.show_state(session, facts, quality)
            self._show_bars(session)
            self.banner.show_state(session)
            self.menus.show_state()

    def _show_bars(self, session: Session) -> None:
        """The line above the pictures, and what else differs while decoders are compared."""
        on = session.compare.on
        codecs = session.rates.on
        if codecs:
            self.ratesbar.show_state(session, self.controller.scene.rates)
        else:
            (self.comparebar if on else self.viewbar).show_state(session)
        for bar, wanted in (
            (self.comparebar, on), (self.ratesbar, codecs), (self.viewbar, not on and not codecs)
        ):  # fmt: skip
            if bar.isHidden() == wanted:
                bar.setVisible(wanted)
        if self._compact != on:
            self._compact = on
            self.filmstrip.set_compact(on)
            self.inspector.set_compact(on)
        if self.chooser.isVisible():
            self.chooser.show_state(session)

    def _show_curves(self, scene: Scene, session: Session) -> None:
        """The codecs' curves stand in place of the pictures."""
        shown = session.rates.on and session.rates.page is RatesPage.CURVES
        if self.middle.currentWidget() is not (self.curves if shown else self.pages):
            self.middle.setCurrentWidget(self.curves if shown else self.pages)
            (self.curves.plot if shown else self.panes).setFocus()
        if shown and scene.rates is not None:
            self.curves.set_scene(scene.rates)

    def _show_figures(self, scene: Scene, old: Scene | None) -> None:
        if old is None or scene.summary is not old.summary:
            self.summary.set_rows(scene.summary)
        self.inspector.set_rows(scene.inspector)
        self.inspector.set_patch(scene.patch)
        held = scene.inside is not None and self.controller.session.show_inside
        self.figures.setCurrentIndex(2 if held else 1 if scene.patch is not None else 0)
        self.figure_switch.setHidden(scene.inside is None)
        self.figure_switch.set_current("inside" if held else "figures")
        if scene.inside is not None and held:
            self.hidden.set_scene(scene.inside)
        crowded = held and len(self.controller.session.compare.entries) > 3 and scene.compare is not None
        height = HIDDEN_HEIGHT if crowded else FIGURES_HEIGHT
        if self.figures.height() != height:
            self.figures.setFixedHeight(height)

    # ---- commands -------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's names
        if not self.menus.press(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if not self.menus.release(event):
            super().keyReleaseEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.menus.let_go()  # the key's release will go to another window
        super().changeEvent(event)

    def escape(self) -> None:
        """Stop what runs; with nothing to stop, undo what was singled out: pin, scan, pane, full screen."""
        if self.controller.facts.job.progress is not None:
            self.controller.stop()
        elif self.controller.facts.error:
            self.controller.forget_error()
        elif self.controller.session.pinned is not None:
            self.controller.change(s.unpin)
        elif self.controller.session.scan is not None:
            self.controller.change(s.scan_end)
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
        self.set_theme(theme.LIGHT if theme.current().dark else theme.DARK)
        name = theme.current().name
        self.controller.change(partial(s.set_theme, theme=name))

    def set_theme(self, chosen: theme.Theme) -> None:
        """Give the whole application a theme."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, chosen)

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

    def _toggle_entry(self, entry: Entry) -> None:
        self.controller.change(partial(c.toggle_entry, entry=entry))
        self.chooser.show_state(self.controller.session)

    def show_export(self) -> None:
        self.toolbar.export.showMenu()

    def show_about(self) -> None:
        QMessageBox.about(self, "nrc-viewer", ABOUT)

    def close_window(self) -> None:
        self.close()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's names
        if offered_file(event.mimeData()) is not None or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        if self.files.take(event.mimeData()):
            event.acceptProposedAction()

    # ---- layout and closing ---------------------------------------------------------------------

    def _restore_layout(self) -> None:
        layout = self.settings.load_layout()
        restored = bool(layout.geometry) and self.restoreGeometry(QByteArray(layout.geometry))
        if not restored:
            screen = self.screen().availableSize() if self.screen() is not None else DEFAULT_SIZE
            self.resize(DEFAULT_SIZE.boundedTo(screen))
        sizes = layout.splitters.get("columns", [])
        if len(sizes) == 2 and sizes[0] > 0:
            self.split.setSizes(sizes)
        for name in layout.hidden:
            if name in self.parts:
                self.parts[name].hide()

    def save_settings(self) -> None:
        """Write choices and layout."""
        hidden = tuple(name for name, part in self.parts.items() if part.isHidden())
        geometry = bytes(self.saveGeometry().data())
        self.settings.save_layout(Layout(geometry, {"columns": self.split.sizes()}, hidden))
        self.settings.save_session(self.controller.session)
        self.settings.sync()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's names
        super().showEvent(event)
        if self._begin is not None:
            begin, self._begin = self._begin, None
            QTimer.singleShot(0, begin)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        self.save_settings()
        self.hide()  # at once, while a step in progress ends
        self.controller.shutdown()
        event.accept()
        super().closeEvent(event)


def _controls(session: Session) -> tuple[object, ...]:
    """What toolbar, menus and banner show of a session; steps, scan, flips and cursor leave them alone."""
    state = session.compare
    return (
        session.options, session.models, session.picture, session.stream, session.file_codec,
        session.overlay, session.opacity, session.mode, session.wipe, session.absolute, session.gain,
        session.blinking, session.playing, session.show_inside,
        state.on, state.entries, state.steps, state.original, state.standard, state.overlay, state.page,
        state.axis, state.flip, session.rates,
    )  # fmt: skip


def _codecs(scene: Scene) -> tuple[object, ...]:
    """What the codecs view's bar shows beside the session."""
    return (scene.rates.chips, scene.rates.choices, scene.rates.pair) if scene.rates is not None else ()


def _progress(facts: Facts) -> tuple[object, ...]:
    """What they show of the work."""
    coded = facts.run.refinement.coded if facts.run is not None else None
    sent = facts.compare.sent
    return coded, sent, facts.job.progress is None


ABOUT = (
    "<b>nrc-viewer</b><p>Shows, step by step, how a recurrent neural decoder repairs a compressed image."
    "<p>After Mali, Ororbia, Kifer, Giles, <i>An Empirical Analysis of Recurrent Learning Algorithms in "
    "Neural Lossy Image Compression Systems</i> (DCC 2021, arXiv 2201.11782)."
)
