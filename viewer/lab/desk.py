"""Ties the lab's page to its run: what buttons, keys and menus do there, and its files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from engine.errors import UserError
from engine.lab.events import Kept
from engine.lab.settings import load_settings
from viewer.core.control import Control, Transition
from viewer.core.jobs import Work
from viewer.core.table_text import table_text
from viewer.documents.files import Files
from viewer.export.worker import Exporter
from viewer.lab import jobs
from viewer.lab.page import LabPage
from viewer.lab.resolve.moment import COLUMNS, newest, update_at
from viewer.lab.resolve.panes import shown_lanes
from viewer.lab.worker import LabRunner
from viewer.model.facts.lab import PATCHES, SECONDS, UPDATE
from viewer.model.session import lab_changes as c
from viewer.model.session.choices import Page
from viewer.model.session.lab import LabAxis
from viewer.model.session.state import Session
from viewer.ui.save_dialog import ask_file

_SETTLE_MS = 120
"""Once the scrubber has rested so long, the very pictures of the moment are asked for."""
_AXES = {LabAxis.UPDATES: UPDATE, LabAxis.PATCHES: PATCHES, LabAxis.SECONDS: SECONDS}
_TOML = "Settings of the lab (*.toml)"

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
        self._exporter, self._files = exporter, files
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(_SETTLE_MS)
        self._settling.timeout.connect(self._look)
        self._acts: dict[str, Callable[[], None]] = {
            "toggle": self.toggle, "update": lambda: self.step("updates"), "span": lambda: self.step("rows"),
            "rewind": self.rewind, "seed": self.new_seed, "newest": lambda: self.show(None),
            "back": self.back, "weigh": runner.weigh, "credit": self.look_into, "close": lambda:
            self._change(c.close_lab), "settings.reset": self.as_preset, "settings.open": self.ask_open,
            "settings.save": self.ask_save_settings,
            "data.folder": self.ask_folder, "data.bundled": self.take_bundled,
            "runs.copy": self.copy_runs, "runs.save": self.ask_save_runs,
            "save.curves": self.ask_save_curves, "save.replay": self.ask_save_replay,
            "save.training": self.ask_save_training, "save.run": self.ask_save_run,
        }  # fmt: skip
        self._menu: Sequence[QAction] = ()
        runner.said.connect(self._heard)
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

    # ---- settings and files -----------------------------------------------------------------------

    def as_preset(self) -> None:
        """Give up settings of one's own."""
        name = self._control.session.lab.preset
        self._change(partial(c.set_preset, name=name), "settings as the preset")

    def ask_open(self) -> None:
        """Let the user choose settings to run again."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Open settings of the lab", str(self._files.folder()), f"{_TOML};;All files (*)"
        )
        if name:
            self.open_settings(Path(name))

    def open_settings(self, path: Path) -> None:
        """Take the settings of a file."""
        try:
            settings = load_settings(path)
        except UserError as error:
            self._control.complain(str(error))
            return

        def taken(session: Session) -> Session:
            after = c.set_settings(c.open_lab(session), settings)
            return c.set_paint_open(after, not settings.picture and session.lab.paint_open)

        self._change(taken, f"settings of {path.name}")
        self._control.say(f"Opened {path.name}: {settings.title}")

    def ask_save_settings(self) -> None:
        self._ask("Save the settings", "lab.toml", [_TOML], ".toml",
                  lambda path: jobs.save_settings(path, self._control.session.lab.settings))  # fmt: skip

    def ask_folder(self) -> None:
        """Let the user choose a folder of pictures to learn from."""
        name = QFileDialog.getExistingDirectory(
            self._window, "Pictures to learn from", str(self._files.folder())
        )
        if name:
            settings = replace(self._control.session.lab.settings, data=(name,), validation=())
            self._change(partial(c.set_settings, settings=settings), f"pictures of {Path(name).name}")

    def take_bundled(self) -> None:
        """Learn from the pictures that come with the program."""
        settings = replace(self._control.session.lab.settings, data=(), validation=())
        self._change(partial(c.set_settings, settings=settings), "bundled pictures")

    def copy_runs(self) -> None:
        """The table of runs to the clipboard."""
        scene = self._control.scene.lab
        if scene is not None:
            QGuiApplication.clipboard().setText(table_text(scene.runs, "\t"))
            self._control.say(f"Copied {len(scene.runs.rows)} rows")

    def ask_save_runs(self) -> None:
        scene = self._control.scene.lab
        if scene is not None:
            text = table_text(scene.runs)
            self._ask(
                "Export the table",
                "runs.csv",
                ["CSV (*.csv)"],
                ".csv",
                lambda path: jobs.save_text(path, text),
            )

    def ran(self) -> jobs.Ran | None:
        """The run there is, to be written; None while nothing was learned."""
        facts = self.runner.facts
        if facts.settings is None or not any(len(course.table) for course in facts.courses):
            return None
        return jobs.Ran(facts.settings, facts.unit, facts.courses, facts.original)

    def ask_save_curves(self) -> None:
        self._ask_run("Save the curves", "curves.csv", ["CSV (*.csv)"], ".csv", jobs.save_curves)

    def ask_save_replay(self) -> None:
        self._ask_run("Save the replay", "replay.html", ["HTML (*.html)"], ".html", jobs.save_replay)

    def ask_save_training(self) -> None:
        self._ask_run("Save the pictures over training", "training.mp4", ["MP4 (*.mp4)", "GIF (*.gif)"], "",
                      jobs.save_training)  # fmt: skip

    def ask_save_run(self) -> None:
        """Let the user choose a folder for all of it."""
        name = QFileDialog.getExistingDirectory(self._window, "Folder for the run", str(self._files.folder()))
        ran = self.ran()
        if name and ran is not None:
            self._exporter.start(Path(name), jobs.save_run(Path(name), ran))

    def ask_keep(self) -> None:
        """Let the user keep the chosen lane, as it is at the moment shown, as a decoder."""
        lab, courses = self._control.session.lab, self.runner.facts.courses
        if not courses:
            return
        course = courses[min(lab.lane, len(courses) - 1)]
        name = f"{lab.settings.task}-{course.facts.text.replace(':', '-').replace(',', '-')}.json"
        title = f"Keep {course.facts.title} as a decoder"
        path, _ = ask_file(self._window, title, self._files.folder() / name, ["Model card (*.json)"], ".json")
        if path is not None:
            self.runner.keep(course.facts.lane, update_at(course, lab.settings.fair, lab.at), str(path))

    def _heard(self, event: object) -> None:
        if isinstance(event, Kept):
            self._control.say(f"Kept as {Path(event.file).name}: nrc decode --decoder takes it")

    def _ask_run(
        self, title: str, name: str, kinds: list[str], ending: str, job: Callable[[Path, jobs.Ran], Work]
    ) -> None:
        ran = self.ran()
        if ran is not None:
            self._ask(title, name, kinds, ending, lambda path: job(path, ran))

    def _ask(self, title: str, name: str, kinds: list[str], ending: str, job: Callable[[Path], Work]) -> None:
        path, _ = ask_file(self._window, title, self._files.folder() / name, kinds, ending)
        if path is not None:
            self._exporter.start(path, job(path))

    def close(self) -> None:
        """No clock runs on."""
        self._settling.stop()


def _list(seeds: tuple[int, ...]) -> str:
    return ", ".join(map(str, seeds))
