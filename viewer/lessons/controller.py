"""Ties the lessons panel to the window: what it shows, what is measured for it, and its files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from engine.errors import UserError
from viewer.core.jobs import LINGER_SECONDS
from viewer.core.memo import Memo
from viewer.lessons.commands import FILES
from viewer.lessons.file import bundled_course, read_course
from viewer.lessons.pictures import LessonPictures
from viewer.lessons.resolve.panel import resolve_lessons
from viewer.lessons.save_dialog import LessonDialog, view_of
from viewer.lessons.views.panel import LessonPanel
from viewer.lessons.worker import LessonWorker
from viewer.model.session import lessons_changes as lesson
from viewer.model.session import pages as s
from viewer.model.session.history import History
from viewer.model.session.lessons import Course
from viewer.model.session.state import Session
from viewer.ui.theme import scaled

if TYPE_CHECKING:
    from viewer.shell.window import MainWindow

_NARROWEST, _WIDEST = 400, 520
_ROOMY = 1500
"""Pixels of a window beside whose panes the panel and the plots' column both have room."""
_FILTER = "Lessons (*.toml);;All files (*)"


class LessonDesk(QObject):
    """Owns the panel and its measurements; the session says whether it is open and where it stands."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._memo = Memo()
        self._place: dict[str, Any] | None = None
        self._history = History()
        self._columns: list[int] = []
        self._made_room = False
        self._pending: tuple[Course, int] | None = None
        self._picture: object = None
        self.pictures = LessonPictures(window.controller)
        self._sized = False
        self.worker = LessonWorker(self)
        self.panel = LessonPanel(window)
        self.panel.hide()
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.panel)
        window.controller.attached.append(self.worker)
        self._connect()
        self._add_menu()

    def _connect(self) -> None:
        panel, figure, change = self.panel, self.panel.figure, self._window.controller.change
        self._window.controller.changed.connect(self._show)
        self.worker.changed.connect(self._show)
        panel.close_requested.connect(self.close)
        panel.lesson_chosen.connect(self.go_to)
        panel.next_requested.connect(self.next)
        panel.back_requested.connect(self.back)
        panel.again_requested.connect(self.again)
        figure.slider_moved.connect(self._slider_moved)
        figure.cell_clicked.connect(self._cell_clicked)
        figure.coefficient_chosen.connect(
            lambda v, h: change(partial(lesson.set_coefficient, vertical=v, horizontal=h))
        )
        figure.plot_clicked.connect(self._plot_clicked)
        figure.made.connect(self._watch)

    def _add_menu(self) -> None:
        """What the button in the panel's head opens."""
        menu = QMenu(self.panel)
        menu.setToolTipsVisible(True)
        for name in FILES:
            menu.addAction(self._window.menus.by_id[name])
        self.panel.set_menu(menu)

    # ---- showing --------------------------------------------------------------------------------

    def _show(self) -> None:
        session, facts = self._window.controller.session, self._window.controller.facts
        if self._pending is not None and session.size is not None:
            (course, at), self._pending = self._pending, None
            self.open_course(course, at)
            return
        if self._settle(session):
            return
        self.worker.follow(session, facts)
        scene = resolve_lessons(session, facts, self.worker.facts, self._memo)
        if scene is None:
            self._memo.clear()
            if not self.panel.isHidden():
                self._leave()
            return
        self.panel.set_scene(scene)
        if self.panel.isHidden():
            self.panel.show()
            QTimer.singleShot(0, self, self._fit)  # once the layout knows of it

    def _settle(self, session: Session) -> bool:
        """Another picture has been opened: take it to where the lesson begins. Says whether it was."""
        shown: object = session.picture or session.stream
        if shown is self._picture:
            return False
        self._picture = shown
        settled = lesson.settle(session)
        if settled is session:
            return False
        self._window.controller.become(settled)
        self._look(settled)
        return True

    def _look(self, session: Session) -> None:
        """Where the lesson wants one to look, if it says."""
        wanted = lesson.lesson_view(session.lessons.lesson) if session.lessons.lesson is not None else None
        if wanted is not None:
            x, y = wanted.centre
            place = {"fit": wanted.fitted, "zoom": 100 * wanted.scale, "x": x, "y": y}
            self._window.panes.restore(place)

    def _fit(self) -> None:
        """A third of the window at first; afterwards as wide as it was left."""
        if not self._sized and not self.panel.isFloating():
            width = min(scaled(_WIDEST), max(scaled(_NARROWEST), round(0.3 * self._window.width())))
            self._window.resizeDocks([self.panel], [width], Qt.Orientation.Horizontal)
            self._sized = True

    def _leave(self) -> None:
        """Take the panel away, and give the other parts their room and place again."""
        window, place, columns = self._window, self._place, self._columns
        self.panel.hide()
        if self._made_room:
            window.parts["side"].show()
        self._place, self._columns, self._made_room = None, [], False
        window.panes.setFocus()

        def restore() -> None:  # once the panes have the panel's room
            if sum(columns):
                window.split.setSizes(columns)
            if place is not None:
                window.panes.restore(place)

        QTimer.singleShot(0, window, restore)

    def _watch(self, control: QWidget) -> None:
        """Arrow keys belong to a control that was reached by Tab."""
        control.installEventFilter(self._window.keyboard)

    # ---- commands -------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Open the panel where it was left, or close it."""
        if self._window.controller.session.lessons.on:
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
            self._window.controller.complain(str(error))
            return
        self.open_course(course)

    def ask_open(self) -> None:
        """Let the user choose a lesson file."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Open lessons", str(self._folder()), _FILTER)
        if name:
            self.open_file(Path(name))

    def ask_save(self) -> None:
        """Make a lesson of what is set now, and let the user say what it tells and where it goes."""
        window = self._window
        LessonDialog(window.controller, view_of(window), self._folder(), window).exec()

    def go_to(self, at: int) -> None:
        """Enter a lesson by its number, from 0."""
        self._enter(partial(lesson.go_to, at=at))

    def next(self) -> None:
        """The next lesson; after the last one the panel closes."""
        known = self._window.controller.session.lessons
        if known.course is not None and known.at == len(known.course.lessons) - 1:
            self.close()
        else:
            self._enter(partial(lesson.go_by, delta=1))

    def back(self) -> None:
        """The lesson before."""
        self._enter(partial(lesson.go_by, delta=-1))

    def again(self) -> None:
        """Set everything as the lesson begins."""
        self.go_to(self._window.controller.session.lessons.at)

    def close(self) -> None:
        """Close the panel: settings, history of changes and place in the picture are as before."""
        control = self._window.controller
        if not control.session.lessons.on:
            return
        control.history = self._history
        self.pictures.give_back()
        control.become(lesson.close_lessons(control.session))

    def open_later(self, course: Course, at: int) -> None:
        """Open lessons as soon as there is a picture."""
        self._pending = course, at

    def _enter(self, transition: Callable[[Session], Session]) -> None:
        """Take a step that is no change of settings to be undone; leaving undoes it."""
        control, window = self._window.controller, self._window
        if not control.session.lessons.on:
            self._history, self._place = control.history, window.panes.state()
            self._columns = window.split.sizes()
            side = window.parts["side"]
            self._made_room = window.width() < scaled(_ROOMY) and not side.isHidden()
            if self._made_room:
                side.hide()
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
        course = self._window.controller.session.lessons.course
        return course.path.parent if course is not None and course.path is not None else Path.cwd()

    # ---- the figure -----------------------------------------------------------------------------

    def _slider_moved(self, key: str, value: int) -> None:
        change = self._window.controller.change
        if key == "quality":
            change(partial(lesson.set_quality, quality=value), LINGER_SECONDS)
        elif key == "rho":
            change(partial(lesson.set_rho, hundredths=value))
        else:
            change(partial(lesson.set_used, used=value))

    def _cell_clicked(self, key: str) -> None:
        control = self._window.controller
        word, _, number = key.partition(" ")
        if word == "step":
            control.choose_step(int(number))
        else:
            keys = s.panes_available(control.session)
            if key in keys:
                control.change(partial(s.solo_pane, number=keys.index(key) + 1))

    def _plot_clicked(self, key: str, x: float) -> None:
        if key in ("lesson gain", "lesson patch gain", "lesson change"):
            self._window.controller.choose_step(round(x))
