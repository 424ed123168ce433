"""Every command of the window, in one table.

Menus, shortcuts, tooltips, the list of keys and the command palette are all made from it.
"""

from __future__ import annotations

from dataclasses import dataclass

from viewer.bench import commands as bench
from viewer.bench.desk import BenchDesk
from viewer.blind import commands as blind
from viewer.blind.desk import BlindDesk
from viewer.classroom import commands as classroom
from viewer.classroom.desk import ClassDesk
from viewer.compare import commands as compare
from viewer.core.availability import not_in_lab
from viewer.core.command import Act, Command, after
from viewer.core.control import Pictures
from viewer.decode import commands as decode
from viewer.documents import commands as documents
from viewer.documents.files import Files
from viewer.documents.sessions import Sessions
from viewer.export import commands as export
from viewer.export.controller import ExportDesk
from viewer.export.figure_desk import FigureDesk
from viewer.lab import commands as lab
from viewer.lab.desk import LabDesk
from viewer.lessons import commands as lessons
from viewer.lessons.controller import LessonDesk
from viewer.models import commands as models
from viewer.models.desk import ModelDesk
from viewer.overlays import commands as overlays
from viewer.panes import commands as panes
from viewer.panes.pane_commands import slot_commands
from viewer.patch import commands as patch
from viewer.playback import commands as playback
from viewer.presentation import commands as presentation
from viewer.presentation.desk import PresentationDesk
from viewer.rate_distortion import commands as rate_distortion
from viewer.remote import commands as remote
from viewer.remote.worker import Guests
from viewer.repair import commands as repair
from viewer.repair.desk import RepairDesk
from viewer.schematic import commands as schematic
from viewer.shell import edit_commands, looks_commands, own_commands
from viewer.shell.controller.controller import Controller
from viewer.shell.window_commands import WindowCommands

MENUS = (
    "File", "Edit", "View", "Slots", "Overlay", "Compare", "Codecs", "Lab", "Repair", "Measure", "Present",
    "Lessons", "Playback", "Decode", "Help",
)  # fmt: skip
"""Menus in their order."""


@dataclass(frozen=True)
class Acting:
    """Those who do what commands say. choose_panes: opens the menu of all panes."""

    control: Controller
    window: WindowCommands
    files: Files
    sessions: Sessions
    exports: ExportDesk
    pictures: Pictures
    lessons: LessonDesk
    repair: RepairDesk
    bench: BenchDesk
    models: ModelDesk
    figures: FigureDesk
    lab: LabDesk
    presentation: PresentationDesk
    blind: BlindDesk
    classroom: ClassDesk
    choose_panes: Act


def commands(acting: Acting) -> tuple[Command, ...]:
    """The whole table, in the order of the menus."""
    control, window, pictures = acting.control, acting.window, acting.pictures
    table = [
        *_file_menu(acting),
        *edit_commands.commands(control.undo),
        *_view_menu(acting),
        *patch.commands(control),
        *looks_commands.commands(control),
        *slot_commands(control, pictures),
        *overlays.commands(control, pictures),
        *compare.commands(control, window, acting.files),
        *rate_distortion.commands(control, acting.files),
        *lab.commands(control, acting.lab),
        *(
            presentation.not_here(each) if each.id in ("repair", "bench") else each
            for each in (*repair.commands(control, acting.repair), *bench.commands(control, acting.bench))
        ),
        *presentation.commands(control, acting.presentation),
        *blind.commands(acting.blind),
        *lessons.commands(acting.lessons),
        *classroom.commands(acting.classroom),
        *(
            lab.playing_here(each, control, acting.lab)
            for each in playback.commands(control, control.playback)
        ),
        *decode.commands(control, control.sending, control.decode, window.escape),
        *own_commands.help_commands(window),
    ]
    table = presentation.paging(table, control, acting.presentation)
    return tuple(bench.resting(repair.resting(command)) for command in table)


def _file_menu(acting: Acting) -> list[Command]:
    own = documents.commands(acting.control.documents, acting.files, acting.sessions)
    opening, forgetting = models.commands(acting.models)
    own = after("received", after("open.folder", own, [opening]), [forgetting])
    exports = export.commands(acting.exports, acting.figures, acting.window.show_export)
    guests = acting.control.worker(Guests)
    own = after("paste", own, remote.commands(acting.control, guests, acting.files.window, acting.files))
    return [*after("image.previous", own, exports), own_commands.quit_command(acting.window)]


def _view_menu(acting: Acting) -> list[Command]:
    own = panes.commands(acting.control, acting.pictures, acting.choose_panes)
    pages = [rate_distortion.toggle_command(acting.control), lab.toggle_command(acting.control)]
    parts = [
        presentation.not_here(not_in_lab(each)) if each.id.startswith("show.") else each
        for each in own_commands.view_commands(acting.control, acting.window)
    ]
    return [*after("mode.difference", own, pages), *parts, *schematic.commands(acting.control)]
