"""The areas beside the pictures, in the order of their buttons: one line each, and a file in `views`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from viewer.lab.views.about import AboutArea
from viewer.lab.views.area import AreaView
from viewer.lab.views.credit import CreditArea
from viewer.lab.views.form import SettingsArea
from viewer.lab.views.meters import MetersArea
from viewer.lab.views.race import RaceArea
from viewer.lab.views.runs import RunsArea


@dataclass(frozen=True)
class Area:
    """key: names it in session and commands. make: called when it is first shown."""

    key: str
    title: str
    tip: str
    make: Callable[[], AreaView]


AREAS = (
    Area("race", "Race", "Error or PSNR while lanes learn", RaceArea),
    Area("credit", "Credit", "Where the credit of a lane goes, at the moment that is shown", CreditArea),
    Area("meters", "Meters", "Milliseconds and megabytes of every lane", MetersArea),
    Area("runs", "Runs", "Runs that were tried, with their results", RunsArea),
    Area("settings", "Settings", "Task, network, lanes, optimiser, pictures", SettingsArea),
    Area("about", "About", "What is seen in this preset, and why", AboutArea),
)
