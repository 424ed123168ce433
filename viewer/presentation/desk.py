"""Begins and ends presenting, and does what its commands say."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from engine.types import PATCH
from viewer.core.command import Act
from viewer.core.control import Control, Pictures
from viewer.lessons.controller import LessonDesk
from viewer.model.session import presentation_changes as p
from viewer.presentation.resolve import notes
from viewer.presentation.room import Stage
from viewer.presentation.views.notes import NotesWindow


class PresentationDesk:
    """The session says whether one presents; this asks the window for its room."""

    def __init__(
        self,
        window: QWidget,
        control: Control,
        pictures: Pictures,
        lessons: LessonDesk,
        stage: Stage,
        beyond: Callable[[int], bool],
    ) -> None:
        """window: whose commands the speaker's window has, too. beyond: goes by so many entries of the
        class playlist; says whether there was one."""
        self._beyond = beyond
        self._window = window
        self._notes: NotesWindow | None = None
        control.changed.connect(self._tell)
        self._control, self._pictures, self._lessons, self._stage = control, pictures, lessons, stage
        self._place: dict[str, object] | None = None
        self._shown: object = None

    def toggle(self) -> None:
        if self._control.session.presentation.on:
            self.leave()
        else:
            self.start()

    def start(self) -> None:
        """Fill the screen with the pictures."""
        control = self._control
        if control.session.presentation.on:
            return
        self._shown = control.session.picture or control.session.stream
        self._place = self._pictures.state()
        control.become(p.start(control.session))
        self._stage.take()
        self._pictures.setFocus()
        if self._notes is not None:
            self._notes.begin()

    def leave(self) -> None:
        """Everything is as it was before; what was opened or set meanwhile stays."""
        control = self._control
        if not control.session.presentation.on:
            return
        self._stage.give_back()
        control.become(p.leave(control.session))
        place, self._place = self._place, None
        if place is not None and self._shown is (control.session.picture or control.session.stream):
            self._pictures.restore(place)
        self._shown = None
        self._pictures.setFocus()

    def close(self) -> None:
        """The window closes."""
        self.leave()
        if self._notes is not None:
            self._notes.hide()

    # ---- the speaker's window ---------------------------------------------------------------------

    def toggle_notes(self) -> None:
        """Show the speaker's notes in a window of their own, or hide them."""
        if self._notes is None:
            self._notes = NotesWindow(self._window)
        if self._notes.isVisible():
            self._notes.hide()
            return
        self._notes.appear()
        self._tell()

    def notes_window(self) -> NotesWindow | None:
        """The speaker's window, once it was asked for."""
        return self._notes

    def _tell(self) -> None:
        if self._notes is not None and self._notes.isVisible():
            self._notes.set_scene(notes(self._control.session, self._control.scene))

    # ---- what commands do -------------------------------------------------------------------------

    def toggle_spot(self) -> None:
        self._control.change(partial(p.toggle_spot, place=self._pointed()))

    def toggle_magnifier(self) -> None:
        self._control.change(partial(p.toggle_magnifier, place=self._pointed()))

    def next_plot(self) -> None:
        """Plots of the page that is open, one after the other."""
        keys = [plot.key for plot in self._control.scene.plots]
        self._control.change(partial(p.next_plot, keys=keys))

    def next_poll(self) -> None:
        """Ask, reveal, go on. How the pictures stand is drawn by lot."""
        swapped = random.random() < 0.5
        self._control.change(partial(p.next_poll, swapped=swapped))

    def page(self, by: int, step: Act) -> None:
        """A clicker's key: the next page of the lesson that is open, or the one before; else `step`. At the
        end of either the next entry of the class playlist."""
        known, transport = self._control.session.lessons, self._control.scene.transport
        if not known.on or known.course is None:
            end = transport.step >= transport.steps_planned if by > 0 else transport.step <= 0
            if not (end and transport.steps_planned and self._beyond(by)):
                step()
        elif 0 <= known.at + by < len(known.course.lessons):
            self._lessons.go_to(known.at + by)
        else:
            self._beyond(by)

    def _pointed(self) -> tuple[int, int] | None:
        """The patch under the mouse, else the one in the middle of what can be seen."""
        cursor, region = self._control.session.cursor, self._pictures.visible_region()
        if cursor is not None:
            return cursor[1] // PATCH, cursor[0] // PATCH
        if region is None:
            return None
        left, top, width, height = region
        return (top + height // 2) // PATCH, (left + width // 2) // PATCH
