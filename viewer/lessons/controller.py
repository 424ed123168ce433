"""Ties the lessons panel to the window: what it shows, what is measured for it, and its files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from engine.errors import UserError
from engine.types import PATCH
from viewer.core.control import Control, Pictures
from viewer.core.jobs import LINGER_SECONDS
from viewer.core.memo import Memo
from viewer.documents.controller import Documents
from viewer.lessons.file import bundled_course, read_course
from viewer.lessons.pictures import LessonPictures
from viewer.lessons.resolve.panel import resolve_lessons, source_pixels
from viewer.lessons.room import Aside, Room
from viewer.lessons.save_dialog import LessonDialog, view_of
from viewer.lessons.views.panel import LessonPanel
from viewer.lessons.worker import LessonWorker
from viewer.model.session import lessons_changes as lesson
from viewer.model.session import pages as s
from viewer.model.session.lessons import Course
from viewer.model.session.state import Session
from viewer.playback.controller import Playback

_FILTER = "Lessons (*.toml);;All files (*)"


class LessonDesk(QObject):
    """Owns the panel and its measurements; the session says whether it is open and where it stands."""

    play_asked = Signal()
    """The lab's run of a lesson is to begin."""

    def __init__(
        self,
        window: QWidget,
        control: Control,
        documents: Documents,
        playback: Playback,
        undo: Aside,
        panes: Pictures,
        room: Room,
    ) -> None:
        """window: parent of dialogs."""
        super().__init__(window)
        self._window, self._control, self._documents, self._playback = window, control, documents, playback
        self._undo, self._panes, self._room = undo, panes, room
        self._memo = Memo()
        self._place: dict[str, Any] | None = None
        self._pending: tuple[Course, int] | None = None
        self._picture: object = None
        self._closer = 0.0
        self._open = False
        self.pictures = LessonPictures(control, documents)
        self._sized = 0
        self.worker = LessonWorker(self)
        self.panel = LessonPanel()
        self.panel.hide()
        room.add(self.panel)
        control.attach(self.worker)
        self._connect()

    def _connect(self) -> None:
        panel, figure, change = self.panel, self.panel.figure, self._control.change
        self._control.changed.connect(self._show)
        self.worker.changed.connect(self._control.refresh)
        panel.close_requested.connect(self.close)
        panel.lesson_chosen.connect(self.go_to)
        panel.next_requested.connect(self.next)
        panel.back_requested.connect(self.back)
        panel.again_requested.connect(self.again)
        panel.predicted.connect(lambda number: change(partial(lesson.predict, choice=number)))
        panel.run_requested.connect(self.run)
        panel.reveal_requested.connect(lambda: change(lesson.reveal))
        figure.slider_moved.connect(self._slider_moved)
        figure.cell_clicked.connect(self._cell_clicked)
        figure.coefficient_chosen.connect(
            lambda v, h: change(partial(lesson.set_coefficient, vertical=v, horizontal=h))
        )
        figure.plot_clicked.connect(self._plot_clicked)

    def run(self) -> None:
        """Begin the lesson's run, once somebody has said what they expect; without one tell the outcome."""
        self._control.change(lesson.begin_run)
        now = self._control.session.lessons
        if now.ran and now.lesson is not None:
            if now.lesson.lab:
                self.play_asked.emit()
            else:
                self._control.change(lesson.reveal)

    def offer_menu(self, actions: Sequence[QAction]) -> None:
        """What the button in the panel's head opens."""
        menu = QMenu(self.panel)
        menu.setToolTipsVisible(True)
        menu.addActions(actions)
        self.panel.set_menu(menu)

    # ---- showing --------------------------------------------------------------------------------

    def _show(self) -> None:
        session, facts = self._control.session, self._control.facts
        if self._pending is not None and session.size is not None:
            (course, at), self._pending = self._pending, None
            self.open_course(course, at)
            return
        if self._settle(session):
            return
        if self._closer and session.lessons.on:
            self._approach()
            session, facts = self._control.session, self._control.facts
        scene = resolve_lessons(session, facts, self.worker.facts, self._memo)
        if scene is None:
            self._memo.clear()
            if self._open:
                self._leave()
            return
        self._open = True
        self.panel.set_scene(scene)
        if session.presentation.on and not session.presentation.lesson:
            self.panel.hide()
        elif self.panel.isHidden():
            self.panel.show()
            QTimer.singleShot(0, self, self._fit)  # once the layout knows of it
        elif self._sized and self._sized != session.text_scale:
            QTimer.singleShot(0, self, self._fit)

    def _settle(self, session: Session) -> bool:
        """Another picture has been opened: take it to where the lesson begins. Says whether it was."""
        shown: object = session.picture or session.stream
        if shown is self._picture:
            return False
        self._picture = shown
        settled = lesson.settle(session)
        if settled is session:
            return False
        self._control.become(settled)
        self._look(settled)
        return True

    def _look(self, session: Session) -> None:
        """Where the lesson wants one to look, if it says."""
        wanted = lesson.lesson_view(session.lessons.lesson) if session.lessons.lesson is not None else None
        self._closer = 0.0
        if wanted is not None:
            x, y = wanted.centre
            place = {"fit": wanted.fitted, "zoom": 100 * wanted.scale, "x": x, "y": y}
            self._panes.restore(place)
        elif session.lessons.lesson is not None:
            self._closer = session.lessons.lesson.zoom
            self._approach()

    def _approach(self) -> None:
        """Go to the patch that the lesson speaks of and pin it, once it is known."""
        session, facts = self._control.session, self._control.facts
        pixels = source_pixels(session, facts)
        found = self.worker.facts.patch if self.worker.facts.source is pixels else None
        patch = session.pinned or found
        if not self._closer or pixels is None or patch is None:
            return
        zoom, self._closer = self._closer, 0.0
        height, width = pixels.shape[:2]
        y, x = (PATCH * (patch[0] + 0.5) / height, PATCH * (patch[1] + 0.5) / width)
        scale = 100 * zoom * self._window.devicePixelRatioF()
        self._panes.restore({"fit": False, "zoom": scale, "x": min(1.0, x), "y": min(1.0, y)})
        if session.pinned != patch:  # the zoom has changed the session meanwhile
            self._control.become(replace(self._control.session, pinned=patch))

    def _fit(self) -> None:
        """A third of the window at first and for another size of text; else as wide as it was left."""
        scale = self._control.session.text_scale
        if self._sized != scale and not self.panel.isFloating():
            self._room.widen(self.panel)
            self._sized = scale

    def _leave(self) -> None:
        """Take the panel away, and give the other parts their room and place again."""
        self._open = False
        self.panel.hide()
        bring_columns_back = self._room.give_back()
        place, self._place = self._place, None
        self._panes.setFocus()

        def restore() -> None:  # once the panes have the panel's room
            if not self._window.isVisible():
                return  # it has been closed, and nothing is to be computed any more
            bring_columns_back()
            if place is not None:
                self._panes.restore(place)

        QTimer.singleShot(0, self, restore)

    # ---- commands -------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Open the panel where it was left, or close it."""
        if self._control.session.lessons.on:
            self.close()
        else:
            self._enter(partial(lesson.toggle_lessons, course=bundled_course()))

    def open_course(self, course: Course, at: int = 0) -> None:
        """Open lessons at one of them."""
        self._enter(partial(lesson.open_lessons, course=course, at=at))

    def open_bundled(self, at: int) -> None:
        """Open one of the lessons that come with the program, from 0."""
        self.open_course(bundled_course(), at)

    def open_file(self, path: Path) -> None:
        """Open the lessons of a file; a mistake in it is told in one line."""
        try:
            course = read_course(path)
        except UserError as error:
            self._control.complain(str(error))
            return
        self.open_course(course)

    def ask_open(self) -> None:
        """Let the user choose a lesson file."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Open lessons", str(self._folder()), _FILTER)
        if name:
            self.open_file(Path(name))

    def ask_save(self) -> None:
        """Make a lesson of what is set now, and let the user say what it tells and where it goes."""
        view, folder = view_of(self._panes), self._folder()
        LessonDialog(self._control, self._documents, view, folder, self._window).exec()

    def go_to(self, at: int) -> None:
        """Enter a lesson by its number, from 0."""
        self._enter(partial(lesson.go_to, at=at))

    def next(self) -> None:
        """The next lesson; after the last one the panel closes."""
        known = self._control.session.lessons
        if known.course is not None and known.at == len(known.course.lessons) - 1:
            self.close()
        else:
            self._enter(partial(lesson.go_by, delta=1))

    def back(self) -> None:
        """The lesson before."""
        self._enter(partial(lesson.go_by, delta=-1))

    def again(self) -> None:
        """Set everything as the lesson begins."""
        self.go_to(self._control.session.lessons.at)

    def close(self) -> None:
        """Close the panel: settings, history of changes and place in the picture are as before."""
        control = self._control
        if not control.session.lessons.on:
            return
        self._undo.bring_back()
        self.pictures.give_back()
        control.become(lesson.close_lessons(control.session))

    def open_later(self, course: Course, at: int) -> None:
        """Open lessons as soon as there is a picture."""
        self._pending = course, at

    def _enter(self, transition: Callable[[Session], Session]) -> None:
        """Take a step that is no change of settings to be undone; leaving undoes it."""
        control = self._control
        if not control.session.lessons.on:
            self._undo.set_aside()
            self._place = self._panes.state()
            self._room.take()
        session = transition(control.session)
        if session is control.session:
            return
        self._picture = session.picture or session.stream
        control.become(session)
        course, opened = session.lessons.course, session.lessons.lesson
        if opened is not None and course is not None:
            self.pictures.bring(opened, course.path.parent if course.path is not None else Path.cwd())
        self._look(control.session)

    def _folder(self) -> Path:
        course = self._control.session.lessons.course
        return course.path.parent if course is not None and course.path is not None else Path.cwd()

    # ---- the figure -----------------------------------------------------------------------------

    def _slider_moved(self, key: str, value: int) -> None:
        change = self._control.change
        if key == "quality":
            change(partial(lesson.set_quality, quality=value), LINGER_SECONDS)
        elif key == "rho":
            change(partial(lesson.set_rho, hundredths=value))
        else:
            change(partial(lesson.set_used, used=value))

    def _cell_clicked(self, key: str) -> None:
        control = self._control
        word, _, number = key.partition(" ")
        if word == "step":
            self._playback.choose_step(int(number))
        else:
            keys = s.panes_available(control.session)
            if key in keys:
                control.change(partial(s.solo_pane, number=keys.index(key) + 1))

    def _plot_clicked(self, key: str, x: float) -> None:
        if key in ("lesson gain", "lesson patch gain", "lesson change"):
            self._playback.choose_step(round(x))
