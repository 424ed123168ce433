"""Commands of the compare view, and what single decoders' commands say while it is open."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from viewer.core.command import Act, Command
from viewer.core.control import Control, changing
from viewer.documents.files import Files
from viewer.model.facts.facts import Facts
from viewer.model.session import compare_changes as c
from viewer.model.session.choices import Page
from viewer.model.session.compare import Axis, ComparePage
from viewer.model.session.compare_presets import can_compare
from viewer.model.session.state import Session

_PAGES = {
    ComparePage.PICTURES: ("Pictures", "All decoders' pictures at the same step", "Alt+1"),
    ComparePage.TABLE: ("Table", "What each decoder is, what it cost and what it gains", "Alt+2"),
    ComparePage.TRAINING: ("Training curves", "How loss and gain went while the networks learned", "Alt+3"),
    ComparePage.ROBUSTNESS: ("Robustness", "Conditions that the networks weren't trained for", "Alt+4"),
}
_AXES = {Axis.UPDATES: "updates", Axis.PATCHES: "patches seen", Axis.SECONDS: "seconds"}


def closed(session: Session, _: Facts) -> str:
    return "" if session.page is Page.COMPARE else "nothing is compared"


def _possible(session: Session, _: Facts) -> str:
    if can_compare(session.fitting):
        return ""
    return f"there are not two decoders for {session.codec_facts.title} streams to compare"


def _pictures(session: Session, facts: Facts) -> str:
    why = closed(session, facts)
    return why or ("" if session.compare.page is ComparePage.PICTURES else "the pictures are not shown")


def _table(session: Session, facts: Facts) -> str:
    why = closed(session, facts)
    return why or ("" if session.compare.page is ComparePage.TABLE else "the table is not shown")


def _original(session: Session, facts: Facts) -> str:
    return closed(session, facts) or ("" if session.picture is not None else "there is no original")


def _on(page: ComparePage) -> Callable[[Session], bool]:
    return lambda session: session.page is Page.COMPARE and session.compare.page is page


def _over(axis: Axis) -> Callable[[Session], bool]:
    return lambda session: session.compare.axis is axis


class Chooser(Protocol):
    """What the window holds of the comparison."""

    def show_chooser(self) -> None:
        """Let the user choose what to compare."""
        ...

    def chosen_column(self) -> str:
        """Of the table, by its key; "" for none."""
        ...


def _sort(control: Control, view: Chooser) -> None:
    column = view.chosen_column()
    if column:
        control.change(partial(c.sort_by, column=column))


def commands(control: Control, view: Chooser, files: Files) -> list[Command]:
    change = changing(control)

    def steps(delta: int) -> Act:
        return change(lambda session: c.set_steps(session, session.compare.steps + delta))

    return [
        Command("compare", "Compare decoders", "Compare", 0, change(c.toggle_compare), ("C",),
                "Two to six decoders side by side, at the same step", lambda s: s.page is Page.COMPARE,
                _possible, icon="side"),
        Command("compare.choose", "Choose decoders…", "Compare", 0, view.show_chooser, ("Shift+C",),
                "Which decoders to compare", why_not=_possible, icon="search"),
        *_page_commands(control),
        Command("flip", "Flip between two", "Compare", 2, change(partial(c.hold_flip, down=True)), ("X",),
                "While the key is held, decoders A and B exchange places", None, _pictures,
                change(partial(c.hold_flip, down=False)), held=lambda session: session.compare.flipped),
        Command("flip.first", "Next decoder as A", "Compare", 2, change(partial(c.flip_on, which=0)), ("[",),
                "The first of the two to flip between", why_not=_pictures),
        Command("flip.second", "Next decoder as B", "Compare", 2, change(partial(c.flip_on, which=1)),
                ("]",), "The second of the two to flip between", why_not=_pictures),
        Command("compare.original", "Show original", "Compare", 3,
                change(partial(c.toggle_extra, name="original")), ("Shift+O",), "A pane for the original",
                lambda s: s.compare.original, _original),
        Command("compare.standard", "Show received", "Compare", 3,
                change(partial(c.toggle_extra, name="standard")), ("Shift+S",), "A pane for what was sent",
                lambda s: s.compare.standard, closed),
        Command("compare.more", "One more step for all decoders", "Compare", 3, steps(1), ("Shift+Up",),
                "K of every decoder, also beyond what it was trained for", why_not=closed),
        Command("compare.fewer", "One step fewer for all decoders", "Compare", 3, steps(-1), ("Shift+Down",),
                "At none each decoder takes as many as it was trained for", why_not=closed),
        *_training_commands(control),
        Command("table.sort", "Sort by the chosen column", "Compare", 5, partial(_sort, control, view),
                ("Ctrl+Return",), "Ascending, then descending, then unsorted; a click on a header does the "
                "same", why_not=_table),
        Command("table.export", "Export table as CSV…", "Compare", 5, files.ask_save_table, (),
                "The table with the columns that are shown", why_not=closed, icon="export"),
        Command("table.copy", "Copy table", "Compare", 5, files.copy_table, (),
                "With tabs between the columns, for a spreadsheet", why_not=closed, icon="copy"),
    ]  # fmt: skip


def _page_commands(control: Control) -> list[Command]:
    change = changing(control)
    return [
        Command(f"page.{page.value}", title, "Compare", 1, change(partial(_page, page=page)), (key,), tip,
                _on(page), _possible)
        for page, (title, tip, key) in _PAGES.items()
    ]  # fmt: skip


def _page(session: Session, page: ComparePage) -> Session:
    """Open the compare view at a page."""
    return c.set_page(session if session.page is Page.COMPARE else c.open_compare(session), page)


def _training_commands(control: Control) -> list[Command]:
    change = changing(control)
    return [
        Command(f"axis.{axis.value}", f"Training over {name}", "Compare", 4,
                change(partial(c.set_axis, axis=axis)), (), "What training curves are drawn over",
                _over(axis), closed)
        for axis, name in _AXES.items()
    ]  # fmt: skip
