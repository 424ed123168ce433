"""The areas beside the pictures, in the order of their buttons: one line each, and a file in `views`."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viewer.lab.views.area import AreaView


@dataclass(frozen=True)
class Area:
    """key: names it in session and commands. view: its class as "file:NAME", loaded when it is first shown,
    so that the window opens without it."""

    key: str
    title: str
    tip: str
    view: str

    def make(self) -> AreaView:
        """A new one."""
        file, _, name = self.view.partition(":")
        view: AreaView = getattr(import_module(f"viewer.lab.views.{file}"), name)()
        return view


AREAS = (
    Area("race", "Race", "Error or PSNR while lanes learn", "race:RaceArea"),
    Area(
        "credit",
        "Credit",
        "Where the credit of a lane goes, at the moment that is shown",
        "credit:CreditArea",
    ),
    Area("meters", "Meters", "Milliseconds and megabytes of every lane", "meters:MetersArea"),
    Area("runs", "Runs", "Runs that were tried, with their results", "runs:RunsArea"),
    Area("settings", "Settings", "Task, network, lanes, optimiser, pictures", "form:SettingsArea"),
    Area("about", "About", "What is seen in this preset, and why", "about:AboutArea"),
)
