"""Holds the class playlist: opens and saves it, changes it, and goes from entry to entry."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from engine.errors import UserError
from engine.types import Pixels
from viewer.classroom.file import ClassList, Item, read_class, write_class
from viewer.classroom.jobs import Thumb, thumbs
from viewer.classroom.veil import ClassVeil
from viewer.core.control import Control
from viewer.core.jobs import Lane
from viewer.core.worker import Apart
from viewer.documents.controller import Documents
from viewer.documents.session_file import Reopened
from viewer.lessons.controller import LessonDesk
from viewer.lessons.file import read_course
from viewer.ui.save_dialog import ask_file

_KIND = "Class playlists (*.toml)"


class ClassDesk(Apart):
    """One playlist at a time. A worker, too: it ends with everything else."""

    def __init__(self, window: QWidget, control: Control, documents: Documents, lessons: LessonDesk) -> None:
        super().__init__(window)
        self._window, self._control, self._documents, self._lessons = window, control, documents, lessons
        self.listed, self.at = ClassList(), -1
        self.veil: ClassVeil | None = None
        self._pictures: dict[Item, Pixels] = {}
        self._seen: set[Item] = set()
        """Entries whose small pictures were made, or can't be, since the list was opened."""
        self._session: tuple[Path, object] | None = None
        """The session file that was opened last, and what it showed."""
        self.lane = Lane("class", self, low=True, apart=True)
        self.lane.yielded.connect(lambda _, thumb: self._take(thumb))
        self.lane.finished.connect(lambda _: self._picture())
        documents.reopened.connect(self._reopened)
        control.attach(self)

    # ---- the list on screen -------------------------------------------------------------------------

    def show(self) -> None:
        """Open the list."""
        if self.veil is None:
            self.veil = veil = ClassVeil(self._window)
            veil.chosen.connect(self._chosen)
            veil.moved.connect(self.move)
            veil.removed.connect(self.remove)
            veil.add_asked.connect(self.add)
            veil.open_asked.connect(self.ask_open)
            veil.save_asked.connect(self.ask_save)
            veil.closed.connect(self._window.setFocus)
        self.veil.open()
        self._seen = set(self._pictures)
        self._tell()

    def _tell(self) -> None:
        if self.veil is None or not self.veil.isVisible():
            return
        self.veil.show_list(self.listed.title, self.listed.items, self.at, self._pictures)
        self._picture()

    def _picture(self) -> None:
        """Have small pictures made of entries that came since."""
        missing = [item for item in self.listed.items if item not in self._seen]
        if missing and not self.lane.busy():
            self._seen.update(missing)
            self.lane.start(thumbs(missing))

    def _take(self, thumb: Thumb) -> None:
        if thumb.pixels is not None:
            self._pictures[thumb.item] = thumb.pixels
            if self.veil is not None and self.veil.isVisible():
                self.veil.show_list(self.listed.title, self.listed.items, self.at, self._pictures)

    # ---- changing it --------------------------------------------------------------------------------

    def add(self) -> None:
        """The open lesson, else the session or the picture that is open, behind the entry that is chosen."""
        item = self._shown()
        if item is None:
            self._control.complain("Only what has a file can be added: save the session first")
            return
        self.listed = replace(self.listed, items=(*self.listed.items, item))
        self._tell()
        if self.veil is not None:
            self.veil.select(len(self.listed.items) - 1)

    def _shown(self) -> Item | None:
        session = self._control.session
        known, shown = session.lessons, session.picture or session.stream
        if known.lesson is not None and known.course is not None:
            return Item("lesson", known.lesson.title, known.course.path, known.at + 1)
        if self._session is not None and self._session[1] is shown:
            return Item("session", self._session[0].stem, self._session[0])
        if session.sample:
            return Item("sample", session.name, sample=session.sample)
        if shown is not None and shown.path is not None:
            return Item("picture", shown.name, shown.path, received=session.stream is not None)
        return None

    def move(self, start: int, end: int) -> None:
        """Put an entry elsewhere."""
        items = list(self.listed.items)
        items.insert(end, items.pop(start))
        current = self.listed.items[self.at] if 0 <= self.at < len(items) else None
        self.listed = replace(self.listed, items=tuple(items))
        self.at = next((at for at, item in enumerate(items) if item is current), -1)
        self._tell()
        if self.veil is not None:
            self.veil.select(end)

    def remove(self, row: int) -> None:
        """Take an entry out."""
        items = (*self.listed.items[:row], *self.listed.items[row + 1 :])
        self.listed = replace(self.listed, items=items)
        self.at = -1 if self.at == row else self.at - (self.at > row)
        self._tell()

    # ---- going through it ---------------------------------------------------------------------------

    def _chosen(self, row: int) -> None:
        if self.veil is not None:
            self.veil.close_veil()
        self.go_to(row)

    def go_by(self, delta: int) -> bool:
        """The next entry, or the one before; whether there is one."""
        if not 0 <= self.at + delta < len(self.listed.items):
            return False
        self.go_to(self.at + delta)
        return True

    def go(self, delta: int) -> None:
        """As `go_by`; where there is none, that is said."""
        if not self.go_by(delta):
            end = "last" if delta > 0 else "first"
            words = f"This is the {end} entry of the class playlist"
            self._control.say(words if self.listed.items else "The class playlist is empty  (Ctrl+L)")

    def go_to(self, at: int) -> None:
        """Show an entry."""
        item = self.listed.items[at]
        self.at = at
        if item.kind == "lesson":
            self._open_lesson(item)
            return
        self._lessons.close()
        if item.kind == "sample":
            self._documents.open_sample(item.sample)
        elif item.path is not None:
            self._documents.open_path(item.path, item.received)

    def _open_lesson(self, item: Item) -> None:
        if item.path is None:
            from viewer.lessons.file import bundled_course

            course = bundled_course()
        else:
            try:
                course = read_course(item.path)
            except UserError as error:
                self._control.complain(str(error))
                return
        if item.number > len(course.lessons):
            self._control.complain(f"{item.title}: there are only {len(course.lessons)} lessons")
            return
        self._lessons.open_course(course, item.number - 1)

    def _reopened(self, reopened: Reopened) -> None:
        session = self._control.session
        kept = not (reopened.missing or reopened.temporary)
        self._session = (reopened.path, session.picture or session.stream) if kept else None

    # ---- its file -----------------------------------------------------------------------------------

    def ask_open(self) -> None:
        """Let the user choose a playlist."""
        kinds = f"{_KIND};;All files (*)"
        name, _ = QFileDialog.getOpenFileName(self._window, "Open a class playlist", "", kinds)
        if name:
            self.open_file(Path(name))

    def open_file(self, path: Path) -> None:
        """Open a playlist; a mistake in it is told in one line."""
        try:
            self.listed, self.at = read_class(path), -1
        except UserError as error:
            self._control.complain(str(error))
        self._tell()

    def ask_save(self) -> None:
        """Let the user choose where the playlist goes."""
        proposal = self.listed.path or Path("class.toml")
        path, _ = ask_file(self._window, "Save the class playlist", proposal, [_KIND], ".toml", only=True)
        if path is None:
            return
        try:
            title = self.listed.title if self.listed.path is not None else path.stem
            self.listed = replace(self.listed, title=title)
            write_class(self.listed, path)
        except UserError as error:
            self._control.complain(str(error))
            return
        self.listed = replace(self.listed, path=path)
        self._control.say(f"Saved {path.name}")
        self._tell()
