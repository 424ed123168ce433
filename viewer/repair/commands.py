"""Commands of the Repair page, and which others rest while it is shown."""

from __future__ import annotations

from viewer.core import availability
from viewer.core.command import Command
from viewer.core.control import Control, changing
from viewer.model.facts.facts import Facts
from viewer.model.session import repair_changes as changes
from viewer.model.session.choices import Page
from viewer.model.session.repair import RepairView
from viewer.model.session.state import Session
from viewer.repair.desk import RepairDesk
from viewer.repair.resolve.scene import why_not

_STAYING = (
    "quit", "open", "open.received", "open.folder", "paste", "session.open", "undo", "redo", "theme",
    "fullscreen", "stop",
)  # fmt: skip
"""Commands that serve on this page, too. Most others act on pictures that can't be seen, or have single
letters for keys, which belong to the page's boxes and fields."""


def closed(session: Session, _: Facts) -> str:
    return "" if session.page is Page.REPAIR else "the Repair page is not shown"


def _startable(session: Session, facts: Facts) -> str:
    return closed(session, facts) or why_not(session.repair, facts.repair)


def _changeable(session: Session, facts: Facts) -> str:
    if why := closed(session, facts):
        return why
    if facts.repair.running:
        return "files are being repaired"
    return "" if facts.repair.files else "there are no files yet"


def _running(_: Session, facts: Facts) -> str:
    return "" if facts.repair.running else "nothing is being repaired"


def commands(control: Control, desk: RepairDesk) -> list[Command]:
    change = changing(control)
    return [
        Command("repair", "Repair files…", "Repair", 0, change(changes.toggle_repair), ("Ctrl+Shift+R",),
                "JPEG files and folders, repaired and saved anew",
                lambda session: session.page is Page.REPAIR),
        Command("repair.add", "Add files…", "Repair", 1, desk.ask_files, ("Ctrl+Shift+A",),
                "Files to repair", why_not=closed),
        Command("repair.folder", "Add folder…", "Repair", 1, desk.ask_folder, ("Ctrl+Shift+D",),
                "All files of a folder and of those in it", why_not=closed),
        Command("repair.remove", "Remove from list", "Repair", 1, desk.worker.remove, ("Del",),
                "The chosen file; it stays on the disk", why_not=_changeable),
        Command("repair.clear", "Clear list", "Repair", 1, desk.worker.clear, (),
                "All files; they stay on the disk", why_not=_changeable),
        Command("repair.wipe", "Wipe before and after", "Repair", 2, change(changes.toggle_view), ("Alt+W",),
                "One place with a divider, instead of two side by side",
                lambda session: session.repair.view is RepairView.WIPE, closed),
        Command("repair.target", "Folder for repaired files…", "Repair", 2, desk.ask_target, (),
                "Where repaired files go", why_not=closed),
        Command("repair.start", "Repair and save", "Repair", 3, desk.worker.start, ("Ctrl+Shift+Return",),
                "Save repaired copies of all files of the list", why_not=_startable),
        Command("repair.cancel", "Cancel repairing", "Repair", 3, desk.worker.cancel, (),
                "What has been saved stays  (Esc)", why_not=_running),
        Command("repair.copy", "Copy list of results", "Repair", 3, desk.copy_report, (),
                "What was done and what failed, a line a file", why_not=_changeable),
    ]  # fmt: skip


def resting(command: Command) -> Command:
    """`command`; one that acts on the pictures can't be used while this page covers them."""
    return availability.resting(command, Page.REPAIR, "Repair", _STAYING)
