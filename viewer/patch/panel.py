"""Hangs the panel that explains a patch into the right column, whose place it takes."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QStackedWidget

from viewer.core.control import Control
from viewer.model.scene.whole import Scene
from viewer.model.session import patch_changes as sp
from viewer.model.session.place import pin_at
from viewer.model.session.state import Session
from viewer.patch.views.dock import PatchDock


class Film(Protocol):
    """The steps' small pictures."""

    def light(self, step: int | None) -> None:
        """Mark the step that is pointed at in the panel."""
        ...


class Column(Protocol):
    """What the panel lies in."""

    lent: bool
    """Whether it is hidden as lessons need its room."""

    def hidden_by_hand(self) -> bool:
        """Whether somebody hid it."""
        ...


class PatchSide(QObject):
    """Shows the panel while the scene has one."""

    def __init__(self, control: Control, stack: QStackedWidget, split: Column, film: Film) -> None:
        """stack: what the column holds; split: between it and the pictures."""
        super().__init__(stack)
        self._control, self._split, self._film = control, split, film
        self.dock = PatchDock()
        self._count = 0
        self._was_hidden = False
        self.stack = stack
        self.stack.addWidget(self.dock)
        self._connect()
        control.changed.connect(self._changed)

    def _connect(self) -> None:
        dock, change = self.dock, self._control.change
        dock.component_chosen.connect(lambda at: change(partial(sp.set_component, component=at)))
        dock.coefficient_pointed.connect(partial(self._point, sp.light_coefficient))
        dock.neighbour_pointed.connect(partial(self._point, sp.light_neighbour))
        dock.step_pointed.connect(partial(self._point, sp.light_step))
        dock.patch_chosen.connect(self._choose)
        dock.swap_requested.connect(lambda: change(sp.swap_patches))
        dock.second_dropped.connect(lambda: change(sp.toggle_second))
        dock.close_requested.connect(lambda: change(partial(sp.set_open, on=False)))

    def _point(self, transition: sp.Pointing, place: object) -> None:
        """Pointing is no change of what was chosen; where nothing new is pointed at nothing is drawn anew."""
        control = self._control
        after = transition(control.session, place)
        if after is not control.session:
            control.become(after)

    def point_step(self, step: int | None) -> None:
        """The filmstrip's steps are looked at in the panel, where it is open."""
        if sp.shown(self._control.session):
            self._point(sp.light_step, step)

    def _choose(self, row: int, column: int) -> None:
        """A neighbour in the panel: the pin goes there."""

        def moved(session: Session) -> Session:
            if session.pinned == (row, column):
                return session
            return sp.light_neighbour(pin_at(session, 8 * column, 8 * row), None)

        self._control.change(moved)

    # ---- showing --------------------------------------------------------------------------------

    def _changed(self) -> None:
        scene: Scene = self._control.scene
        dock = scene.dock
        if dock is not None:
            self.dock.set_scene(dock)
            self._film.light(self._control.session.explain.step)
        count = len(dock.parts) if dock is not None else 0
        if count != self._count:
            self._turn(count)

    def _turn(self, count: int) -> None:
        """From no panel to one of one or two patches, and back. The column keeps its width."""
        before, self._count = self._count, count
        if not before:
            self._was_hidden = self._split.hidden_by_hand()
            self.dock.to_top()
        without = self._was_hidden or self._split.lent
        if count and without:
            self.stack.show()
        self.stack.setCurrentIndex(1 if count else 0)
        if not count and without:
            self.stack.hide()

    def hidden(self) -> bool:
        """Whether the column would be hidden without the panel and with room for it, for the settings."""
        return self._was_hidden if self._count else self._split.hidden_by_hand()
