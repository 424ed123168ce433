"""Commands of the panel that explains a patch."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from viewer.core.command import Command
from viewer.core.control import Control, changing
from viewer.model.facts.facts import Facts
from viewer.model.session import patch_changes as sp
from viewer.model.session.choices import Page
from viewer.model.session.state import Session


def _beside(session: Session, facts: Facts) -> str:
    if session.size is None:
        return "nothing is open"
    if session.page is Page.COMPARE:
        return "several decoders are compared"
    if session.page is Page.CODECS:
        return "codecs are compared"
    return "" if facts.run is not None else "nothing is decoded yet"


def _shown(session: Session, facts: Facts) -> str:
    return _beside(session, facts) or ("" if sp.shown(session) else "no patch is explained  (I)")


def _two(session: Session, facts: Facts) -> str:
    return _shown(session, facts) or ("" if session.explain.second is not None else "there is one patch only")


def _component(number: int) -> Callable[[Session], bool]:
    return lambda session: session.explain.component == number


def commands(control: Control) -> list[Command]:
    change = changing(control)
    components = [
        Command(f"patch.component.{number}", f"Symbols of {name}", "View", 9,
                change(partial(sp.set_component, component=number)), (),
                f"Symbols, codes and coefficients of {name} in the patch's panel",
                _component(number), _shown)
        for number, name in enumerate(("Y", "Cb", "Cr"))
    ]  # fmt: skip
    return [
        Command("patch.explain", "Explain the patch", "View", 9, change(sp.toggle), ("I",),
                "Neighbours, symbols, codes, coefficients, hidden state and errors of the pinned patch, in "
                "the right column; a click on a patch does it too", sp.shown, _beside),
        Command("patch.second", "Compare with a second patch", "View", 9, change(sp.toggle_second),
                ("Shift+I",), "Explain the patch under the mouse beside the pinned one, or one no longer; "
                "Shift+click does it too", lambda session: session.explain.second is not None, _beside),
        Command("patch.swap", "Swap the two patches", "View", 9, change(sp.swap_patches), ("Ctrl+I",),
                "The second patch becomes the one that keys move", why_not=_two),
        Command("patch.component", "Next colour component", "View", 9, change(sp.next_component), ("U",),
                "Symbols and coefficients of Y, Cb, Cr in turn", why_not=_shown),
        *components,
    ]  # fmt: skip
