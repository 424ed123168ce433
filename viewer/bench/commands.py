"""Commands of the Measure page, and which others rest while it is shown."""

from __future__ import annotations

from viewer.bench.desk import BenchDesk
from viewer.bench.resolve.scene import why_not
from viewer.core import availability
from viewer.core.command import Command
from viewer.core.control import Control, changing
from viewer.model.facts.facts import Facts
from viewer.model.session import bench_changes as changes
from viewer.model.session.bench import BenchView
from viewer.model.session.choices import Page
from viewer.model.session.state import Session

_STAYING = ("quit", "open", "open.received", "open.folder", "open.model", "save.figure", "paste",
            "session.open", "undo", "redo", "theme", "fullscreen", "stop", "repair")  # fmt: skip
"""Commands that serve on this page, too."""


def closed(session: Session, _: Facts) -> str:
    return "" if session.page is Page.BENCH else "the Measure page is not shown"


def _startable(session: Session, facts: Facts) -> str:
    return closed(session, facts) or why_not(session.bench, facts.bench)


def _running(_: Session, facts: Facts) -> str:
    return "" if facts.bench.running else "nothing is being measured"


def _without(session: Session, facts: Facts) -> str:
    return closed(session, facts) or ("" if facts.bench.results is not None else "there are no results yet")


def commands(control: Control, desk: BenchDesk) -> list[Command]:
    change = changing(control)
    return [
        Command("bench", "Measure a folder…", "Measure", 0, change(changes.toggle_bench), ("Ctrl+Shift+M",),
                "Codecs and decoders on a folder of pictures, as nrc bench measures them",
                lambda session: session.page is Page.BENCH),
        Command("bench.folder", "Folder to measure…", "Measure", 1, desk.ask_folder, ("Alt+D",),
                "All pictures of a folder and of those in it", why_not=closed),
        Command("bench.output", "Table to write…", "Measure", 1, desk.ask_output, (),
                "Where rows are written; a table that is there is gone on with", why_not=closed),
        Command("bench.start", "Measure", "Measure", 1, desk.worker.start, ("Alt+Return",),
                "In the background; goes on with a table that is there", why_not=_startable),
        Command("bench.cancel", "Cancel measuring", "Measure", 1, desk.worker.cancel, (),
                "The table keeps what was measured  (Esc)", why_not=_running),
        Command("bench.open", "Open results…", "Measure", 2, desk.ask_table, ("Alt+O",),
                "A table that the window or nrc bench has written"),
        Command("bench.view", "Lines of all pictures", "Measure", 2, change(changes.toggle_view), ("Alt+M",),
                "Instead of means over them", lambda session: session.bench.view is BenchView.PICTURES,
                _without),
        Command("bench.lead", "Open the line's picture", "Measure", 2, desk.open_chosen, (),
                "With the codec, quality and decoder that the line is of  (Return)", why_not=_without),
        Command("bench.sort", "Sort by the chosen column", "Measure", 2, desk.sort, ("Alt+S",),
                "Ascending, then descending, then as measured; a click on a header does the same",
                why_not=_without),
        Command("bench.copy", "Copy results", "Measure", 2, desk.copy, (),
                "The lines with tabs between the columns, for a spreadsheet", why_not=_without),
    ]  # fmt: skip


def resting(command: Command) -> Command:
    """`command`; one that acts on the pictures can't be used while this page covers them."""
    return availability.resting(command, Page.BENCH, "Measure", _STAYING)
