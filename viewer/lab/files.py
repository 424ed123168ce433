"""Files of the lab: settings, pictures to learn from, what a run leaves behind, lanes kept as decoders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.errors import UserError
from engine.lab.events import Kept
from engine.lab.settings import load_settings
from viewer.core.control import Control, Transition
from viewer.core.job import Work
from viewer.core.table_text import table_text
from viewer.documents.files import Files
from viewer.export.worker import Exporter
from viewer.lab import jobs
from viewer.lab.resolve.moment import update_at
from viewer.lab.worker import LabRunner
from viewer.model.session import lab_changes as c
from viewer.model.session.state import Session
from viewer.ui.save_dialog import ask_file

_TOML = "Settings of the lab (*.toml)"


class LabFiles:
    """Asks where files are or shall be, and has them read or written. `acts`: by the names that buttons and
    commands know."""

    def __init__(
        self, window: QWidget, control: Control, runner: LabRunner, exporter: Exporter, documents: Files
    ) -> None:
        """window: parent of dialogs."""
        self._window, self._control, self._runner = window, control, runner
        self._exporter, self._documents = exporter, documents
        self.acts: dict[str, Callable[[], None]] = {
            "settings.reset": self.as_preset, "settings.open": self.ask_open,
            "settings.save": self.ask_save_settings,
            "data.folder": self.ask_folder, "data.bundled": self.take_bundled,
            "runs.copy": self.copy_runs, "runs.save": self.ask_save_runs,
            "save.curves": self.ask_save_curves, "save.replay": self.ask_save_replay,
            "save.training": self.ask_save_training, "save.run": self.ask_save_run, "keep": self.ask_keep,
        }  # fmt: skip
        runner.said.connect(self._heard)

    def _change(self, transition: Transition, name: str) -> None:
        self._control.change(transition, 0.0, name)

    def as_preset(self) -> None:
        """Give up settings of one's own."""
        name = self._control.session.lab.preset
        self._change(partial(c.set_preset, name=name), "settings as the preset")

    def ask_open(self) -> None:
        """Let the user choose settings to run again."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Open settings of the lab", str(self._documents.folder()), f"{_TOML};;All files (*)"
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
            self._window, "Pictures to learn from", str(self._documents.folder())
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
        facts = self._runner.facts
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
        name = QFileDialog.getExistingDirectory(
            self._window, "Folder for the run", str(self._documents.folder())
        )
        ran = self.ran()
        if name and ran is not None:
            self._exporter.start(Path(name), jobs.save_run(Path(name), ran))

    def ask_keep(self) -> None:
        """Let the user keep the chosen lane, as it is at the moment shown, as a decoder."""
        lab, courses = self._control.session.lab, self._runner.facts.courses
        if not courses:
            return
        course = courses[min(lab.lane, len(courses) - 1)]
        name = f"{lab.settings.task}-{course.facts.text.replace(':', '-').replace(',', '-')}.json"
        title = f"Keep {course.facts.title} as a decoder"
        path, _ = ask_file(
            self._window, title, self._documents.folder() / name, ["Model card (*.json)"], ".json"
        )
        if path is not None:
            self._runner.keep(course.facts.lane, update_at(course, lab.settings.fair, lab.at), str(path))

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
        path, _ = ask_file(self._window, title, self._documents.folder() / name, kinds, ending)
        if path is not None:
            self._exporter.start(path, job(path))
