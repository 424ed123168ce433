"""The main window: makes the parts and whoever acts on them, and ties them together."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QByteArray, QEvent, QSize, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QMainWindow

from viewer.blind.desk import BlindDesk
from viewer.classroom.desk import ClassDesk
from viewer.documents.files import Files
from viewer.documents.sessions import Sessions
from viewer.documents.settings import Layout, Settings
from viewer.export.controller import ExportDesk
from viewer.glossary.terms import explained
from viewer.lab.commands import SAVING
from viewer.lab.desk import LabDesk
from viewer.lab.worker import LabRunner
from viewer.lessons.commands import FILES as LESSON_FILES
from viewer.lessons.controller import LessonDesk
from viewer.patch.panel import PatchSide
from viewer.presentation.desk import PresentationDesk
from viewer.repair.desk import RepairDesk
from viewer.repair.worker import Repairer
from viewer.shell.commands import Acting, commands
from viewer.shell.controller.controller import Controller
from viewer.shell.first_place import has_screen, keep_on_screen, place_first
from viewer.shell.keyboard import Keyboard
from viewer.shell.layout import WindowPlaces, lay_out
from viewer.shell.lesson_room import LessonRoom
from viewer.shell.menus import Menus
from viewer.shell.overlays import Overlays
from viewer.shell.parts import Parts
from viewer.shell.pictures import ShownPictures
from viewer.shell.showing import Showing
from viewer.shell.stage import WindowStage
from viewer.shell.window_commands import WindowCommands
from viewer.shell.wiring import connect
from viewer.ui.clipboard import offered_files
from viewer.ui.controls import press_focused

DEFAULT_SIZE = QSize(1600, 900)


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
        self.parts = parts = Parts(controller.session)
        self.toolbar, self.panes, self.plots, self.filmstrip = (
            parts.toolbar, parts.panes, parts.plots, parts.filmstrip
        )  # fmt: skip
        self.error, self.offer, self.banner = parts.error, parts.offer, parts.banner
        self.viewbar, self.comparebar, self.ratesbar = parts.viewbar, parts.comparebar, parts.ratesbar
        self.curves, self.status, self.hidden = parts.curves, parts.status, parts.hidden
        self.inspector, self.summary = parts.inspector, parts.summary
        documents = controller.documents
        self.files = Files(self, controller, documents, settings)
        self.exports = ExportDesk(self, controller, documents, self.files, parts.panes)
        places = lay_out(self, parts, self.exports.exporter.line)
        self.pages, self.split, self.side = places.pages, places.split, places.side
        self.middle = places.middle
        self.figures, self.figure_switch = places.figures, places.figure_switch
        self.hideable = {"side": self.side, "film": self.filmstrip}
        self.sessions = Sessions(self, controller, documents, parts.panes, self.files, parts.offer)
        self.explainer = PatchSide(controller, places.side, places.split, parts.filmstrip.thumbs)
        room = LessonRoom(self, places.split, places.side)
        self.lessons = LessonDesk(
            self, controller, documents, controller.playback, controller.undo, parts.panes, room
        )
        self.repair = RepairDesk(self, controller, controller.worker(Repairer), parts.repair)
        self.lab = LabDesk(
            self, controller, controller.worker(LabRunner), parts.lab, self.exports.exporter, self.files
        )
        pictures = ShownPictures(controller, parts.panes, parts.lab)
        stage = WindowStage(self, parts, places)
        self.classroom = ClassDesk(self, controller, documents, self.lessons)
        self.presentation = PresentationDesk(
            self, controller, pictures, self.lessons, stage, self.classroom.go_by
        )
        self.blind = BlindDesk(self, controller)
        self.lessons.play_asked.connect(self.lab.play)
        self.overlays = Overlays(self, controller.session.fitting, parts.panes)
        self.overlays.targets = {
            "pictures": parts.panes, "quality": parts.toolbar.quality, "decoder": parts.toolbar.decoder,
            "steps": parts.filmstrip, "side": places.side, "help": parts.toolbar.help,
        }  # fmt: skip
        self._offer_commands(places, pictures)
        self.keyboard = Keyboard(self, parts.panes, parts.toolbar.bpp)
        parts.lab.made.connect(self.keyboard.tame)
        self.lessons.panel.figure.made.connect(lambda made: made.installEventFilter(self.keyboard))
        for table in (parts.summary, parts.inspector.table):
            table.explain = explained
        self.setAcceptDrops(True)
        self.setMinimumSize(640, 420)
        self.showing = Showing(self, controller, parts, places, self.menus, self.overlays.chooser)
        controller.changed.connect(self.showing.show)
        documents.opened.connect(self.files.remember)
        self._restore_layout()
        self.showing.show()
        self.panes.setFocus()

    def _offer_commands(self, places: WindowPlaces, pictures: ShownPictures) -> None:
        """Make the commands, and everything that offers them."""
        control, parts = self.controller, self.parts
        self.acts = WindowCommands(self, control, self.exports.exporter, places.pages, self.hideable,
                                   self.overlays, lambda: parts.toolbar.export.showMenu(),
                                   self.presentation.leave)  # fmt: skip
        acting = Acting(control, self.acts, self.files, self.sessions, self.exports, pictures,
                        self.lessons, self.repair, self.lab, self.presentation, self.blind, self.classroom,
                        parts.viewbar.panes.open_menu)  # fmt: skip
        table = commands(acting)
        self.menus = Menus(self, control, self.settings, table)
        self.menus.offer(parts.toolbar)
        self.exports.offer_menu(self.menus.by_id)
        self.lessons.offer_menu([self.menus.by_id[name] for name in LESSON_FILES])
        self.lab.offer_menu([self.menus.by_id[name] for name in SAVING])
        self.overlays.keys.set_table(table)
        self.overlays.palette.set_table(table)
        self.overlays.palette.chosen.connect(lambda name: QTimer.singleShot(0, partial(self.menus.run, name)))
        self.overlays.chooser.toggled.connect(self.acts.toggle_entry)
        connect(acting, parts, places, self.explainer)

    # ---- commands -------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's names
        if not press_focused(self, event) and not self.menus.press(event):
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
            self.resize(DEFAULT_SIZE)
            if has_screen():
                place_first(self, DEFAULT_SIZE)
        sizes = layout.splitters.get("columns", [])
        if len(sizes) == 2 and sizes[0] > 0 and sizes[1] > 0:
            self.split.setSizes(sizes)
        for name in layout.hidden:
            if name in self.hideable:
                self.hideable[name].hide()

    def save_settings(self) -> None:
        """Write choices and layout."""
        side = self.explainer.hidden()
        hidden = tuple(n for n, part in self.hideable.items() if (side if n == "side" else part.isHidden()))
        geometry = bytes(self.saveGeometry().data())
        self.settings.save_layout(
            Layout(geometry, {"columns": self.split.sizes() if self.split.chosen() else []}, hidden)
        )
        self.settings.save_session(self.controller.session)
        self.settings.sync()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's names
        super().resizeEvent(event)
        if hasattr(self, "showing"):
            self.showing.fit()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's names
        super().showEvent(event)
        if has_screen():
            QTimer.singleShot(0, self, partial(keep_on_screen, self))
        if self._begin is not None:
            begin, self._begin = self._begin, None
            QTimer.singleShot(0, begin)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        self.presentation.close()
        self.lessons.close()  # what they set is not the user's
        self.lab.close()
        self.save_settings()
        self.hide()  # at once, while a step in progress ends
        self.controller.shutdown()
        event.accept()
        super().closeEvent(event)
