"""Commands of the lab, and what keys of playback mean while it is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from viewer.core.command import Act, Command
from viewer.core.control import Control, changing
from viewer.lab.areas import AREAS
from viewer.lab.desk import LabDesk
from viewer.model.facts.facts import Facts
from viewer.model.session import lab_changes as c
from viewer.model.session.choices import Page
from viewer.model.session.lab import LabAxis, preset_names, preset_settings
from viewer.model.session.state import Session

SAVING = (
    "lab.save.run",
    "lab.keep",
    "lab.save.replay",
    "lab.save.training",
    "lab.save.curves",
    "lab.save.settings",
)
"""What the button for saving opens."""
_OVER = {LabAxis.UPDATES: "updates", LabAxis.PATCHES: "patches", LabAxis.SECONDS: "CPU seconds",
         LabAxis.MEMORY: "memory"}  # fmt: skip


def closed(session: Session, _: Facts) -> str:
    return "" if session.page is Page.LAB else "the lab is not open"


def _nothing(session: Session, facts: Facts) -> str:
    why = closed(session, facts)
    return why or ("" if any(course.update for course in facts.lab.courses) else "nothing was learned yet")


def _no_pictures(session: Session, facts: Facts) -> str:
    why = _nothing(session, facts)
    return why or ("" if any(course.shots for course in facts.lab.courses) else "there are no pictures")


def toggle_command(control: Control) -> Command:
    """Stands among the commands of the view."""
    return Command("lab", "The lab", "View", 0, changing(control)(c.toggle_lab), ("T",),
                   "Small recurrent networks learn before your eyes, by several learners at once",
                   lambda session: session.page is Page.LAB)  # fmt: skip


def commands(control: Control, desk: LabDesk) -> list[Command]:
    change = changing(control)

    def do(name: str) -> Act:
        return partial(desk.do, name)

    return [
        Command("lab.play", "Let the lanes learn, or pause", "Lab", 0, do("toggle"), ("Shift+Space",),
                "Space does the same while the lab is open", why_not=closed),
        Command("lab.update", "One update", "Lab", 0, do("update"), (), "In every lane", why_not=closed),
        Command("lab.span", "One whole span", "Lab", 0, do("span"), (), "In every lane", why_not=closed),
        Command("lab.rewind", "Rewind", "Lab", 0, do("rewind"), ("Shift+Home",),
                "Back to the beginning, with the same weights", why_not=_nothing),
        Command("lab.seed", "New seed", "Lab", 0, do("seed"), ("Alt+N",),
                "Other data, order, first weights and random signs", why_not=closed),
        Command("lab.back", "Go on from the moment shown", "Lab", 0, do("back"), (),
                "What was learned later is forgotten", why_not=_nothing),
        *(Command(f"lab.area.{area.key}", area.title, "Lab", 1, change(partial(_area, key=area.key)), (),
                  area.tip, _in_area(area.key), closed) for area in AREAS),
        *(Command(f"lab.axis.{axis.name.lower()}", f"Curves over {words}", "Lab", 2,
                  change(partial(c.set_axis, axis=axis)), (), "What the lab's curves are drawn over",
                  _over(axis), closed) for axis, words in _OVER.items()),
        *(Command(f"lab.preset.{name}", preset_settings(name).title, "Lab", 3,
                  change(partial(_preset, name=name)), (), preset_settings(name).see, _shows(name))
          for name in preset_names()),
        Command("lab.open", "Open settings…", "Lab", 4, do("settings.open"), (),
                "A lab.toml of yours, or one that nrc lab has written"),
        Command("lab.save.settings", "Save settings…", "Lab", 4, do("settings.save"), (),
                "A lab.toml, which nrc lab runs, too", why_not=closed),
        Command("lab.save.run", "Save the run…", "Lab", 4, do("save.run"), (),
                "Curves, settings, pictures and the replay, into a folder", why_not=_nothing),
        Command("lab.keep", "Keep the lane as a decoder…", "Lab", 4, do("keep"), (),
                "The lane that is looked into, at the moment shown: a model card with weights beside it",
                why_not=_no_pictures),
        Command("lab.save.replay", "Save replay (HTML)…", "Lab", 4, do("save.replay"), (),
                "One file with a scrubber, curves and pictures; any browser opens it", why_not=_nothing),
        Command("lab.save.training", "Save pictures over training…", "Lab", 4, do("save.training"), (),
                "All lanes side by side as MP4 or GIF", why_not=_no_pictures),
        Command("lab.save.curves", "Save curves (CSV)…", "Lab", 4, do("save.curves"), (),
                "Every point of every lane; the plot's own menu writes SVG and PNG", why_not=_nothing),
    ]  # fmt: skip


def _area(session: Session, key: str) -> Session:
    return c.set_area(c.open_lab(session), key)


def _preset(session: Session, name: str) -> Session:
    return c.set_preset(c.open_lab(session), name)


def _in_area(key: str) -> Callable[[Session], bool]:
    return lambda session: session.page is Page.LAB and session.lab.area == key


def _over(axis: LabAxis) -> Callable[[Session], bool]:
    return lambda session: session.lab.axis is axis


def _shows(name: str) -> Callable[[Session], bool]:
    return lambda session: session.page is Page.LAB and session.lab.preset == name


def playing_here(command: Command, control: Control, desk: LabDesk) -> Command:
    """A command of playback, which in the lab moves through the training."""
    acts: dict[str, Act] = {
        "play": partial(desk.do, "toggle"), "step.next": partial(desk.step_moment, 1),
        "step.previous": partial(desk.step_moment, -1), "step.first": partial(desk.scrub, 0.0),
        "step.last": partial(desk.do, "newest"),
    }  # fmt: skip
    act, plain = acts.get(command.id), command.run
    inner = command.why_not

    def run() -> None:
        (act if act is not None and control.session.page is Page.LAB else plain)()

    def why(session: Session, facts: Facts) -> str:
        if session.page is Page.LAB:
            return "" if act is not None else "the lab is open"
        return inner(session, facts) if inner is not None else ""

    return replace(command, run=run, why_not=why)
