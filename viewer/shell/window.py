"""The main window: puts the views together, turns commands into intents and scenes into pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QByteArray, QEvent, QSize, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QShowEvent,
)

from engine.registry import CODECS
from viewer.compare.bar import CompareBar
from viewer.compare.chooser import DecoderChooser
from viewer.core.memo import same
from viewer.documents.files import Files
from viewer.documents.sessions import Sessions
from viewer.documents.settings import Layout, Settings
from viewer.export.controller import ExportDesk
from viewer.lessons.controller import LessonDesk
from viewer.model.scene.whole import Scene
from viewer.model.session.rate_distortion import Page as RatesPage
from viewer.model.session.state import Session
from viewer.panes.bar import ViewBar
from viewer.panes.canvas.view import PanesView
from viewer.patch.panel import PatchSide
from viewer.patch.views.hidden import HiddenView
from viewer.playback.filmstrip import Filmstrip
from viewer.rate_distortion.bar import RatesBar
from viewer.rate_distortion.views.pages import CurvesPage
from viewer.shell.banner import Banner, ErrorLine
from viewer.shell.command_palette import Palette
from viewer.shell.controller.controller import Controller
from viewer.shell.keyboard import Keyboard
from viewer.shell.keys_overlay import KeysOverlay
from viewer.shell.layout import COMPARED_HEIGHT, FIGURES_HEIGHT, HIDDEN_HEIGHT, PLOT_HEIGHT, lay_out
from viewer.shell.looks import Looks
from viewer.shell.menus import Menus
from viewer.shell.offer_bar import OfferLine
from viewer.shell.shown import codecs_of, controls_of, progress_of
from viewer.shell.status_bar import StatusLine
from viewer.shell.toolbar import Toolbar
from viewer.shell.window_commands import WindowCommands
from viewer.shell.wiring import connect
from viewer.ui.clipboard import offered_files
from viewer.ui.figures_table import Inspector, Table
from viewer.ui.plot.column import PlotsView
from viewer.ui.theme import scaled

DEFAULT_SIZE = QSize(1600, 900)


class MainWindow(WindowCommands):
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
        self.exports = ExportDesk(self)
        self.toolbar = Toolbar(controller.session, CODECS.names())
        self.looks = Looks(self)
        self.error = ErrorLine()
        self.offer = OfferLine()
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
        self.sessions = Sessions(self)
        self.menus = Menus(self)
        connect(self)
        self.explainer = PatchSide(self)
        self.lessons = LessonDesk(self)
        self.keys_overlay = KeysOverlay(self.menus.table, self)
        self.palette_box = Palette(self.menus.table, self)
        self.chooser = DecoderChooser(controller.session.fitting, self)
        self.chooser.toggled.connect(self.toggle_entry)
        for veil in (self.keys_overlay, self.palette_box, self.chooser):
            veil.closed.connect(self.panes.setFocus)
        self.palette_box.chosen.connect(lambda name: QTimer.singleShot(0, partial(self.menus.run, name)))
        self.keyboard = Keyboard(self)
        self.setAcceptDrops(True)
        self.setMinimumSize(640, 420)
        controller.changed.connect(self._show)
        controller.opened.connect(self.files.remember)
        self._restore_layout()
        self._show()
        self.panes.setFocus()

    # ---- showing --------------------------------------------------------------------------------

    def _show(self) -> None:
        scene, old = self.controller.scene, self._scene
        session, facts = self.controller.session, self.controller.facts
        self.looks.follow(session)
        self._scene = scene
        drawn = (scene.panes, scene.mode, scene.patch, scene.overlay)
        if old is None or any(
            a is not b for a, b in zip(drawn, (old.panes, old.mode, old.patch, old.overlay), strict=True)
        ):
            self.panes.set_scene(*drawn)
        self.panes.set_view(scene.view)
        if old is None or scene.thumbs is not old.thumbs or scene.transport != old.transport:
            self.filmstrip.set_scene(scene.thumbs, scene.transport)
        self.plots.set_scene(scene.plots)
        least = len(scene.plots) * scaled(PLOT_HEIGHT if scene.compare is None else COMPARED_HEIGHT)
        least += self.plots.extra()
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
        controls = (controls_of(session), progress_of(facts), quality, *codecs_of(scene))
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
        height = scaled(HIDDEN_HEIGHT if crowded else FIGURES_HEIGHT)
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

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's names
        if offered_files(event.mimeData()) or event.mimeData().hasImage():
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
        side = self.explainer.hidden()
        hidden = tuple(n for n, part in self.parts.items() if (side if n == "side" else part.isHidden()))
        geometry = bytes(self.saveGeometry().data())
        self.settings.save_layout(Layout(geometry, {"columns": self.explainer.columns()}, hidden))
        self.settings.save_session(self.controller.session)
        self.settings.sync()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's names
        super().showEvent(event)
        if self._begin is not None:
            begin, self._begin = self._begin, None
            QTimer.singleShot(0, begin)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        self.lessons.close()  # what they set is not the user's
        self.save_settings()
        self.hide()  # at once, while a step in progress ends
        self.controller.shutdown()
        event.accept()
        super().closeEvent(event)
