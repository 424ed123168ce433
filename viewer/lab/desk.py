"""Ties the lab's page to its run: what buttons, keys and menus do there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from viewer.core.control import Control, Transition
from viewer.documents.files import Files
from viewer.export.worker import Exporter
from viewer.lab.files import LabFiles
from viewer.lab.page import LabPage
from viewer.lab.resolve.moment import COLUMNS, newest, update_at
from viewer.lab.resolve.panes import shown_lanes
from viewer.lab.worker import LabRunner
from viewer.model.facts.lab import PATCHES, SECONDS, UPDATE
from viewer.model.session import lab_changes as c
from viewer.model.session.choices import Page
from viewer.model.session.lab import LabAxis

_SETTLE_MS = 120
"""Once the scrubber has rested so long, the very pictures of the moment are asked for."""
_AXES = {LabAxis.UPDATES: UPDATE, LabAxis.PATCHES: PATCHES, LabAxis.SECONDS: SECONDS}

CHOICES: dict[str, Callable[[Any], Transition]] = {
    "axis": lambda value: partial(c.set_axis, axis=value),
    "smoothing": lambda value: partial(c.set_smoothing, points=value),
    "settings": lambda value: partial(c.set_settings, settings=value),
    "paint_open": lambda value: partial(c.set_paint_open, on=value),
    "learn_open": lambda value: partial(c.set_learn_open, on=value),
    "lane": lambda value: partial(c.set_lane, number=value),
    "sort": lambda value: partial(c.sort_by, column=value),
}
"""What areas may choose (`AreaView.changed`): a value to a transition."""


class LabDesk(QObject):
    """Acts on the run. `do` carries out what is asked for by name."""

    def __init__(
        self,
        window: QWidget,
        control: Control,
        runner: LabRunner,
        page: LabPage,
        exporter: Exporter,
        files: Files,
    ) -> None:
        """window: parent of dialogs."""
        super().__init__(window)
        self._window, self._control, self.runner, self.page = window, control, runner, page
        self.files = LabFiles(window, control, runner, exporter, files)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(_SETTLE_MS)
        self._settling.timeout.connect(self._look)
        self._acts: dict[str, Callable[[], None]] = {
            "toggle": self.toggle, "update": lambda: self.step("updates"), "span": lambda: self.step("rows"),
            "rewind": self.rewind, "seed": self.new_seed, "newest": lambda: self.show(None),
            "back": self.back, "weigh": runner.weigh, "credit": self.look_into,
            "close": lambda: self._change(c.close_lab), **self.files.acts,
        }  # fmt: skip
        self._menu: Sequence[QAction] = ()
        page.made.connect(self._connect_page)
        page.area_made.connect(self._connect_area)
        page.area_chosen.connect(lambda key: self._change(partial(c.set_area, key=key)))

    def _connect_page(self) -> None:
        """Once, when the page has its widgets."""
        self.page.made.disconnect(self._connect_page)
        bar, scrub = self.page.bar, self.page.scrub
        bar.asked.connect(self.do)
        bar.preset_chosen.connect(lambda name: self._change(partial(c.set_preset, name=name)))
        bar.limits_chosen.connect(self.set_limits)
        bar.fork_chosen.connect(self.fork)
        scrub.moved.connect(self.scrub)
        self.page.panes.clicked.connect(self.look_into_patch)
        scrub.newest_asked.connect(lambda: self.show(None))
        scrub.back_asked.connect(self.back)
        menu = QMenu(self.page)
        menu.setToolTipsVisible(True)
        menu.addActions(self._menu)
        bar.save.setMenu(menu)

    def _connect_area(self, key: str) -> None:
        area = self.page.areas[key]
        area.changed.connect(lambda key, value, name: self._change(CHOICES[key](value), name))
        area.asked.connect(self.do)
        area.pointed.connect(self.show_on_axis)

    def offer_menu(self, actions: Sequence[QAction]) -> None:
        """What the page's button for saving opens."""
        self._menu = actions

    def do(self, name: str) -> None:
        """Carry out what is asked for. Raises KeyError for what nobody knows."""
        self._acts[name]()

    def _change(self, transition: Transition, name: str = "") -> None:
        self._control.change(transition, 0.0, name)

    # ---- transport --------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Play or pause."""
        if self.runner.playing:
            self.runner.pause()
        else:
            self.show(None)
            self.runner.play()

    def play(self) -> None:
        """Let the run that is wanted learn, from its beginning or on."""
        self.show(None)
        self.runner.play()

    def step(self, what: str) -> None:
        """One update (what: "updates") or one whole span ("rows") in every lane."""
        self.show(None)
        self.runner.play(**{what: 1})

    def rewind(self) -> None:
        """To the beginning, with the same weights."""
        self.show(None)
        self.runner.rewind()

    def new_seed(self) -> None:
        """Begin anew with other data and weights; what was playing plays on."""
        session, playing = self._control.session, self.runner.playing
        settings = session.lab.settings
        step = max(settings.seeds) + 1
        seeds = tuple(range(step, step + len(settings.seeds)))
        words = f"seed {_list(settings.seeds)} → {_list(seeds)}"
        self._change(partial(c.set_settings, settings=replace(settings, seeds=seeds)), words)
        if playing:
            self.runner.play()
        else:
            self.runner.begin()
            self._control.refresh()

    def set_limits(self, seconds: float, updates: int, target: float) -> None:
        """Where a run stops, also one that goes on."""
        settings = self._control.session.lab.settings
        after = replace(settings, seconds=seconds, updates=updates, target=target)
        if after != settings:
            self._change(partial(c.set_settings, settings=after), "where the run stops")

    # ---- moments ----------------------------------------------------------------------------------

    def scrub(self, part: float) -> None:
        """Show a moment, 0 to 1 of what was trained; at the end follow the newest."""
        courses, fair = self.runner.facts.courses, self._control.session.lab.settings.fair
        self.show(None if part >= 1 else part * newest(courses, fair))

    def show(self, at: float | None) -> None:
        """Show a moment in the unit of `fair`, None the newest."""
        if self._control.session.lab.at != at:
            self._change(partial(c.show_moment, at=at))
        if at is None:
            self._settling.stop()
        else:
            self._settling.start()

    def show_on_axis(self, x: float) -> None:
        """Show the moment at a place of the curves."""
        lab, courses = self._control.session.lab, self.runner.facts.courses
        column = _AXES.get(lab.axis)
        if column is None or not courses or not len(courses[0].table):
            return
        fair = COLUMNS[lab.settings.fair]
        if column != fair:
            table = max((course.table for course in courses), key=lambda t: float(t[-1, column]))
            row = int(abs(table[:, column] - x).argmin())
            x = float(table[row, fair])
        self.show(x)

    def step_moment(self, by: int) -> None:
        """Show the measurement before or after the moment that is shown."""
        lab, courses = self._control.session.lab, self.runner.facts.courses
        column = COLUMNS[lab.settings.fair]
        known = sorted({float(x) for course in courses for x in course.table[:, column]})
        if not known:
            return
        now = known[-1] if lab.at is None else lab.at
        left = [x for x in known if (x < now if by < 0 else x > now)]
        if by < 0 and left:
            self.show(left[-1])
        elif by > 0:
            self.show(left[0] if left and left[0] < known[-1] else None)

    def _look(self) -> None:
        """The very pictures of the moment."""
        lab = self._control.session.lab
        if lab.at is None or self._control.session.page is not Page.LAB:
            return
        for course in shown_lanes(self.runner.facts.courses):
            if course.shots:
                update = update_at(course, lab.settings.fair, lab.at)
                shot = course.shot_at(update)
                if shot is None or shot.update != update:
                    self.runner.look(course.facts.lane, update)

    def look_into(self) -> None:
        """Ask where the chosen lane's credit goes at the moment that is shown."""
        lab, courses = self._control.session.lab, self.runner.facts.courses
        if courses:
            course = courses[min(lab.lane, len(courses) - 1)]
            update = update_at(course, lab.settings.fair, lab.at)
            self.runner.look_into(course.facts.lane, update, lab.place)

    def look_into_patch(self, x: int, y: int) -> None:
        """Look into the span of a patch of the pictures, where credit is shown."""
        if self._control.session.lab.area == "credit":
            self._change(partial(c.look_into_patch, x=x, y=y))

    def back(self) -> None:
        """Bring every lane back to the moment that is shown."""
        lab = self._control.session.lab
        moments = {
            course.facts.lane: update_at(course, lab.settings.fair, lab.at)
            for course in self.runner.facts.courses
        }
        if lab.at is not None:
            self.runner.back(moments)
            self.show(None)

    def fork(self, lane: int, text: str) -> None:
        """Go on from the moment that is shown with another learner."""
        lab = self._control.session.lab
        course = self.runner.facts.courses[lane]
        self.runner.fork(lane, update_at(course, lab.settings.fair, lab.at), text)
        self.show(None)

    def close(self) -> None:
        """No clock runs on."""
        self._settling.stop()


def _list(seeds: tuple[int, ...]) -> str:
    return ", ".join(map(str, seeds))
