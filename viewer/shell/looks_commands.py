"""Commands of theme and size of text."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from viewer.core.command import Command
from viewer.core.control import Control, changing
from viewer.model.facts.facts import Facts
from viewer.model.session.choices import TEXT_SCALES
from viewer.model.session.looks import set_text_scale, set_theme, text_scale_by
from viewer.model.session.state import Session

_THEMES = (
    ("system", "", "Desktop theme", "Light or dark as the desktop is, and changing with it"),
    ("dark", "dark", "Dark theme", "Pictures are the brightest thing on screen"),
    ("light", "light", "Light theme", "For bright rooms and projectors"),
)


def _theme(name: str) -> Callable[[Session], bool]:
    return lambda session: session.theme == name


def _size(percent: int) -> Callable[[Session], bool]:
    return lambda session: session.text_scale == percent


def _largest(session: Session, _: Facts) -> str:
    return "" if session.text_scale < TEXT_SCALES[-1] else "text is as large as it gets"


def _smallest(session: Session, _: Facts) -> str:
    return "" if session.text_scale > TEXT_SCALES[0] else "text is as small as it gets"


def commands(control: Control) -> list[Command]:
    change = changing(control)
    return [
        *(Command(f"theme.{key}", text, "View", 20, change(partial(set_theme, theme=name)), (), tip,
                  _theme(name)) for key, name, text, tip in _THEMES),
        Command("text.larger", "Larger text", "View", 21, change(partial(text_scale_by, delta=1)),
                ("Ctrl+Alt++", "Ctrl+Alt+="), "Text of the window: 100, 125, 150 or 200 %; pictures stay",
                why_not=_largest),
        Command("text.smaller", "Smaller text", "View", 21, change(partial(text_scale_by, delta=-1)),
                ("Ctrl+Alt+-",), "Text of the window: 200, 150, 125 or 100 %; pictures stay",
                why_not=_smallest),
        *(Command(f"text.{percent}", f"Text at {percent} %", "View", 21,
                  change(partial(set_text_scale, percent=percent)), (),
                  "Size of the window's text; pictures stay as they are", _size(percent))
          for percent in TEXT_SCALES),
    ]  # fmt: skip
