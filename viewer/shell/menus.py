"""Commands as Qt actions: menus, shortcuts, and keys that act while they are held."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from viewer.core.command import Command
from viewer.documents.settings import Settings
from viewer.export.commands import EXPORTS
from viewer.shell.commands import MENUS
from viewer.shell.controller.controller import Controller
from viewer.shell.toolbar import Toolbar
from viewer.ui.toolbar_parts import fill_menu

SUBMENUS = (
    ("pane.", "Single pane"), ("panes.", "Panes"), ("blink.", "Blinking"), ("scale.", "Differences"),
    ("gain.", "Differences"), ("absolute", "Differences"), ("luma", "Differences"), ("wipe.", "Pair"),
    ("peek.", "Peek"), ("show.", "Parts"), ("zoom.", "Zoom"), ("pan.", "Zoom"), ("patch.", "Patch"),
    ("present.", "Presenting"), ("paper.", "Papers"),
    ("theme.", "Theme"), ("text.", "Text"), ("slot.save.", "Save view"), ("axis.", "Training over"),
    ("rates.preset.", "Pictures"), ("rates.decode.", "Decodes"), ("rates.codec.", "Codecs shown"),
    ("codec.", "Codec"), ("context.", "Context"), ("strength.", "Strength"),
    ("lab.preset.", "Presets"), ("lab.area.", "Show"), ("lab.axis.", "Curves over"),
)  # fmt: skip
"""Commands that stand in a menu of their own inside their menu, by the beginning of their ids."""


def submenu_of(command: Command) -> str:
    """Title of the menu inside its menu that a command stands in; "" for none."""
    return next((title for start, title in SUBMENUS if command.id.startswith(start)), "")


class Menus(QObject):
    """Makes the actions of a table of commands and keeps them in step with the session."""

    def __init__(
        self, window: QMainWindow, control: Controller, settings: Settings, table: tuple[Command, ...]
    ) -> None:
        super().__init__(window)
        self._window, self._control, self._settings = window, control, settings
        self.table = table
        self.by_id: dict[str, QAction] = {}
        self._known: dict[str, tuple[str, bool, str]] = {}
        self._holding = ""
        self._make_actions()

    def _make_actions(self) -> None:
        menus = {name: QMenu(name, self._window) for name in MENUS}
        for menu in menus.values():
            menu.setToolTipsVisible(True)
            self._window.menuBar().addMenu(menu)
        group: dict[str, int] = {}
        inner: dict[tuple[str, str], QMenu] = {}
        for command in self.table:
            action = self._action(command)
            menu, title = menus[command.menu], submenu_of(command)
            place = (command.menu, title)
            if title and place in inner:
                inner[place].addAction(action)
                continue
            if group.get(command.menu, command.group) != command.group:
                menu.addSeparator()
            group[command.menu] = command.group
            if title:
                inner[place] = menu.addMenu(title)
                inner[place].setToolTipsVisible(True)
                menu = inner[place]
            menu.addAction(action)
        self._make_menus(menus["File"])

    def _action(self, command: Command) -> QAction:
        action = QAction(command.text, self._window)
        if command.release is None:
            action.setShortcuts([QKeySequence(key) for key in command.keys])
            action.triggered.connect(lambda _=False, command=command: self._run(command))
        else:
            action.setText(f"{command.text}\t{command.keys[0]} (hold)")
            action.triggered.connect(lambda _=False, command=command: self._toggle_held(command))
        action.setCheckable(command.checked is not None)
        action.setToolTip(command.tooltip or command.text)
        self._window.addAction(action)
        self.by_id[command.id] = action
        return action

    def _make_menus(self, file_menu: QMenu) -> None:
        first = self.by_id["received"]
        self.sample_menu = QMenu("Samples", self._window)
        self.recent_menu = QMenu("Recent files", self._window)
        self.recent_menu.setToolTipsVisible(True)
        file_menu.insertMenu(first, self.sample_menu)
        file_menu.insertMenu(first, self.recent_menu)
        self.sample_menu.aboutToShow.connect(self._fill_samples)
        self.recent_menu.aboutToShow.connect(self._fill_recent)

    def offer(self, toolbar: Toolbar) -> None:
        """Hang the menus of opening and exporting on their buttons."""
        opening = QMenu(self._window)
        for name in ("open", "open.received", "paste"):
            opening.addAction(self.by_id[name])
        opening.addSeparator()
        opening.addMenu(self.recent_menu)
        toolbar.open.setMenu(opening)
        toolbar.samples.setMenu(self.sample_menu)
        exporting = QMenu(self._window)
        for name in EXPORTS:
            exporting.addAction(self.by_id[name])
        toolbar.export.setMenu(exporting)

    def _fill_samples(self) -> None:
        from engine.data.samples import sample_names, sample_title

        entries: list[tuple[str, str, object]] = [(sample_title(name), "", name) for name in sample_names()]
        fill_menu(self.sample_menu, entries, self._control.documents.open_sample)

    def _fill_recent(self) -> None:
        paths = self._settings.recent()
        entries: list[tuple[str, str, object]] = [(path.name, str(path), path) for path in paths]
        fill_menu(self.recent_menu, entries, self._control.documents.open_path)
        if not paths:
            self.recent_menu.addAction("No files yet").setEnabled(False)
            return
        self.recent_menu.addSeparator()
        self.recent_menu.addAction("Forget them").triggered.connect(lambda: self._settings.clear_recent())

    def show_state(self) -> None:
        """State anew what can be used, and what is on."""
        session, facts = self._control.session, self._control.facts
        for command in self.table:
            why = command.why_not(session, facts) if command.why_not is not None else ""
            on = command.checked(session) if command.checked is not None else False
            text = command.label(session, facts) if command.label is not None else ""
            if self._known.get(command.id) == (why, on, text):
                continue
            self._known[command.id] = (why, on, text)
            action = self.by_id[command.id]
            if text:
                action.setText(text)
            action.setEnabled(not why)
            action.setChecked(on)
            tip = command.tooltip or command.text
            action.setToolTip(f"{tip}\nNot now: {why}" if why else tip)

    def run(self, name: str) -> None:
        """Run a command by its id, if it can be used."""
        self.by_id[name].trigger()

    def _run(self, command: Command) -> None:
        command.run()
        self._known.pop(command.id, None)  # Qt has toggled what is checkable: state it anew
        self.show_state()

    def _toggle_held(self, command: Command) -> None:
        """A command meant to be held, chosen from a menu: on, and at the second time off."""
        held = command.held is not None and command.held(self._control.session)
        if held and command.release is not None:
            command.release()
        else:
            command.run()

    def press(self, event: QKeyEvent) -> bool:
        """A key went down; says whether it belongs to a command that acts while held."""
        command = self._held(event)
        if command is None or event.isAutoRepeat():
            return command is not None
        self._holding = command.id
        command.run()
        return True

    def release(self, event: QKeyEvent) -> bool:
        """A key came up; says whether it belonged to such a command."""
        command = self._held(event)
        if command is not None and not event.isAutoRepeat():
            self.let_go()
        return command is not None

    def let_go(self) -> None:
        """End what is held, e.g. because the window lost the keyboard."""
        held = next((command for command in self.table if command.id == self._holding), None)
        self._holding = ""
        if held is not None and held.release is not None:
            held.release()

    def _held(self, event: QKeyEvent) -> Command | None:
        if event.modifiers() != Qt.KeyboardModifier.NoModifier:
            return None
        pressed = QKeySequence(event.key())
        for command in self.table:
            if command.release is not None and QKeySequence(command.keys[0]) == pressed:
                usable = command.why_not is None or not command.why_not(
                    self._control.session, self._control.facts
                )
                return command if usable else None
        return None
