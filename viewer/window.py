"""The main window: puts the views together, turns commands into intents and scenes into pictures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMainWindow,
    QMenu,
    QMessageBox,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.registry import CODECS
from engine.types import Context
from viewer import actions, theme
from viewer import session as s
from viewer.banner import Banner
from viewer.clipboard import image_from_pixels, offered_file, offered_picture
from viewer.controller import LINGER_SECONDS, PICTURE_SUFFIXES, Controller
from viewer.pop import KeysOverlay, Palette
from viewer.scene import Scene
from viewer.settings import Layout, Settings
from viewer.toolbar import Toolbar, fill_menu
from viewer.viewbar import ViewBar
from viewer.views.filmstrip import Filmstrip
from viewer.views.inspector import Inspector, Table
from viewer.views.panes import PanesView
from viewer.views.plots import PlotsView
from viewer.views.statusline import StatusLine
from viewer.widgets.controls import panel, title_label

DEFAULT_SIZE = QSize(1600, 900)
_MOVES = (
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End,
    Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Space,
)  # fmt: skip


class MainWindow(QMainWindow):
    """Everything on screen. `controller` holds the state; `settings` what is remembered."""

    def __init__(
        self, controller: Controller, settings: Settings, begin: Callable[[], None] | None = None
    ) -> None:
        """begin: called once, after the window has been drawn for the first time."""
        super().__init__()
        self._begin = begin
        self.controller, self.settings = controller, settings
        controller.setParent(self)
        self._scene: Scene | None = None
        self._holding = ""
        self.table = actions.commands()
        self.toolbar = Toolbar(controller.session, CODECS.names())
        self.banner = Banner()
        self.viewbar = ViewBar()
        self.panes = PanesView()
        self.plots = PlotsView()
        self.inspector = Inspector()
        self.summary = Table()
        self.filmstrip = Filmstrip()
        self.status = StatusLine()
        self._lay_out()
        self._make_actions()
        self._connect_views()
        self._connect_toolbar()
        self.keys_overlay = KeysOverlay(self.table, self)
        self.palette_box = Palette(self.table, self)
        for veil in (self.keys_overlay, self.palette_box):
            veil.closed.connect(self.panes.setFocus)
        self.palette_box.chosen.connect(lambda name: QTimer.singleShot(0, partial(self.run, name)))
        self._tame_focus()
        self.setAcceptDrops(True)
        self.setMinimumSize(640, 420)
        controller.changed.connect(self._show)
        controller.opened.connect(self._remember_file)
        self._restore_layout()
        self._show()
        self.panes.setFocus()

    # ---- building -------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.banner, self.viewbar):
            column.addWidget(widget)
        column.addWidget(self.panes, 1)
        column.addWidget(self.filmstrip)
        self.side = self._side_column()
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.addWidget(left)
        self.split.addWidget(self.side)
        self.split.setStretchFactor(0, 1)
        self.split.setStretchFactor(1, 0)
        self.split.setCollapsible(0, False)
        self.split.setSizes([1200, 360])
        central = QWidget()
        rows = QVBoxLayout(central)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(1)
        rows.addWidget(self.toolbar)
        rows.addWidget(self.split, 1)
        rows.addWidget(self.status)
        self.setCentralWidget(central)
        self.parts = {"side": self.side, "film": self.filmstrip}

    def _side_column(self) -> QWidget:
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(self.plots)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        figures = panel(QWidget())
        column = QVBoxLayout(figures)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(title_label("Picture"))
        column.addWidget(self.summary)
        column.addStretch(1)
        self.figures = QStackedWidget()
        panel(self.figures)
        self.figures.addWidget(figures)
        self.figures.addWidget(_at_top(self.inspector))
        self.figures.setFixedHeight(224)
        self.figures.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        side = QWidget()
        rows = QVBoxLayout(side)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addWidget(scroll, 1)
        rows.addWidget(self.figures)
        side.setMinimumWidth(264)
        return side

    def _make_actions(self) -> None:
        self.actions_by_id: dict[str, QAction] = {}
        self._action_state: dict[str, tuple[str, bool]] = {}
        menus = {name: QMenu(name, self) for name in actions.MENUS}
        for menu in menus.values():
            menu.setToolTipsVisible(True)
            self.menuBar().addMenu(menu)
        group: dict[str, int] = {}
        for command in self.table:
            action = self._action(command)
            menu = menus[command.menu]
            if group.get(command.menu, command.group) != command.group:
                menu.addSeparator()
            group[command.menu] = command.group
            menu.addAction(action)
        self._make_menus(menus["File"])

    def _action(self, command: actions.Command) -> QAction:
        action = QAction(command.text, self)
        if command.release is None:
            action.setShortcuts([QKeySequence(key) for key in command.keys])
            action.triggered.connect(lambda _=False, command=command: self._run(command))
        else:
            action.setText(f"{command.text}\t{command.keys[0]} (hold)")
            action.triggered.connect(lambda _=False, command=command: self._toggle_held(command))
        action.setCheckable(command.checked is not None)
        action.setToolTip(command.tooltip or command.text)
        self.addAction(action)
        self.actions_by_id[command.id] = action
        return action

    def _make_menus(self, file_menu: QMenu) -> None:
        first = self.actions_by_id["received"]
        self.sample_menu = QMenu("Samples", self)
        self.recent_menu = QMenu("Recent files", self)
        self.recent_menu.setToolTipsVisible(True)
        file_menu.insertMenu(first, self.sample_menu)
        file_menu.insertMenu(first, self.recent_menu)
        self.sample_menu.aboutToShow.connect(self._fill_samples)
        self.recent_menu.aboutToShow.connect(self._fill_recent)
        opening = QMenu(self)
        for name in ("open", "open.received", "paste"):
            opening.addAction(self.actions_by_id[name])
        opening.addSeparator()
        opening.addMenu(self.recent_menu)
        self.toolbar.open.setMenu(opening)
        self.toolbar.samples.setMenu(self.sample_menu)
        exporting = QMenu(self)
        for name in ("save.picture", "save.stream", "copy.picture", "copy.window"):
            exporting.addAction(self.actions_by_id[name])
        self.toolbar.export.setMenu(exporting)

    def _fill_samples(self) -> None:
        from engine.samples import sample_names, sample_title

        entries: list[tuple[str, str, object]] = [(sample_title(name), "", name) for name in sample_names()]
        fill_menu(self.sample_menu, entries, self.controller.open_sample)

    def _fill_recent(self) -> None:
        paths = self.settings.recent()
        entries: list[tuple[str, str, object]] = [(path.name, str(path), path) for path in paths]
        fill_menu(self.recent_menu, entries, self.controller.open_path)
        if not paths:
            self.recent_menu.addAction("No files yet").setEnabled(False)
            return
        self.recent_menu.addSeparator()
        self.recent_menu.addAction("Forget them").triggered.connect(lambda: self.settings.clear_recent())

    def _connect_views(self) -> None:
        control, change = self.controller, self.controller.change
        self.panes.hovered.connect(lambda x, y: change(partial(s.hover, x=x, y=y)))
        self.panes.left.connect(lambda: change(s.leave))
        self.panes.clicked.connect(lambda x, y: change(partial(s.pin_at, x=x, y=y)))
        self.panes.zoom_changed.connect(lambda percent: change(partial(s.set_zoom, percent=percent)))
        self.filmstrip.step_chosen.connect(control.choose_step)
        self.filmstrip.play_toggled.connect(control.toggle_play)
        self.filmstrip.speed_chosen.connect(lambda speed: change(partial(s.set_speed, speed=speed)))
        self.filmstrip.scan_chosen.connect(lambda at: change(partial(s.scan_to, position=at)))
        self.filmstrip.scan_ended.connect(lambda: change(s.scan_end))
        self.plots.clicked.connect(self._plot_clicked)
        self.status.cancel_requested.connect(control.stop)
        self.banner.toggle_requested.connect(control.toggle_received)
        self.viewbar.mode_chosen.connect(lambda mode: change(partial(s.set_mode, mode=mode)))
        self.viewbar.overlay_chosen.connect(lambda each: change(partial(s.set_overlay, overlay=each)))
        self.viewbar.opacity_chosen.connect(lambda value: change(partial(s.set_opacity, opacity=value)))
        self.viewbar.gain_chosen.connect(lambda gain: change(partial(s.set_gain, gain=gain)))
        self.viewbar.absolute_chosen.connect(lambda on: change(partial(s.set_absolute, absolute=on)))
        self.viewbar.fit_requested.connect(self.panes.fit)
        self.viewbar.full_zoom_requested.connect(lambda: self.panes.zoom_to(100))

    def _connect_toolbar(self) -> None:
        control, change, bar = self.controller, self.controller.change, self.toolbar
        bar.quality_chosen.connect(
            lambda value: change(partial(s.set_quality, quality=value), LINGER_SECONDS)
        )
        bar.target_chosen.connect(lambda value: change(partial(s.set_target, bits_per_pixel=value)))
        bar.subsampling_chosen.connect(lambda name: change(partial(s.set_subsampling, subsampling=name)))
        bar.decoder_chosen.connect(lambda name: change(partial(s.set_decoder, name=name)))
        bar.steps_chosen.connect(lambda count: change(partial(s.set_steps, steps=count)))
        bar.context_chosen.connect(lambda name: change(partial(s.set_context, context=Context(name))))
        bar.carry_chosen.connect(lambda on: change(partial(s.set_carry, carry=on)))
        bar.decode_requested.connect(control.decode)
        bar.stop_requested.connect(control.stop)
        bar.palette_button.clicked.connect(self.show_palette)
        bar.theme_button.clicked.connect(self.toggle_theme)
        bar.help.clicked.connect(self.show_keys)

    def _tame_focus(self) -> None:
        """The mouse leaves the keyboard's focus alone, so that arrows and Space go on meaning steps and
        play; a control reached by Tab gets them itself."""
        for kind in (QAbstractSlider, QComboBox, QAbstractButton):
            for widget in self.findChildren(kind):
                if widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
                    widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                widget.installEventFilter(self)
        for field in (*self.findChildren(QAbstractSpinBox), self.toolbar.bpp):
            field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's names
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in _MOVES
            and event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        ):
            event.accept()
            return True
        if isinstance(watched, QAbstractSpinBox | QLineEdit) and isinstance(event, QKeyEvent):
            done = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
            if event.type() == QEvent.Type.KeyRelease and event.key() in done:
                self.panes.setFocus()
        return super().eventFilter(watched, event)

    # ---- showing --------------------------------------------------------------------------------

    def _show(self) -> None:
        scene, old = self.controller.scene, self._scene
        session, facts = self.controller.session, self.controller.facts
        self._scene = scene
        drawn = (scene.panes, scene.mode, scene.patch, scene.overlay)
        if old is None or any(
            a is not b for a, b in zip(drawn, (old.panes, old.mode, old.patch, old.overlay), strict=True)
        ):
            self.panes.set_scene(*drawn)
        if old is None or scene.thumbs is not old.thumbs or scene.transport != old.transport:
            self.filmstrip.set_scene(scene.thumbs, scene.transport)
        self.plots.set_scene(scene.plots)
        self._show_figures(scene, old)
        if old is None or scene.status != old.status:
            self.status.set_scene(scene.status)
        if old is None or scene.title != old.title:
            self.setWindowTitle(f"{scene.title} – nrc-viewer" if scene.title else "nrc-viewer")
        self.toolbar.show_state(session, facts, self.controller.quality())
        self.viewbar.show_state(session)
        self.banner.show_state(session)
        self._show_actions()

    def _show_figures(self, scene: Scene, old: Scene | None) -> None:
        if old is None or scene.summary is not old.summary:
            self.summary.set_rows(scene.summary)
        self.inspector.set_rows(scene.inspector)
        self.inspector.set_patch(scene.patch)
        self.figures.setCurrentIndex(1 if scene.patch is not None else 0)

    def _show_actions(self) -> None:
        session, facts = self.controller.session, self.controller.facts
        for command in self.table:
            why = command.why_not(session, facts) if command.why_not is not None else ""
            on = command.checked(session) if command.checked is not None else False
            if self._action_state.get(command.id) == (why, on):
                continue
            self._action_state[command.id] = (why, on)
            action = self.actions_by_id[command.id]
            action.setEnabled(not why)
            action.setChecked(on)
            tip = command.tooltip or command.text
            action.setToolTip(f"{tip}\nNot now: {why}" if why else tip)

    # ---- commands -------------------------------------------------------------------------------

    def run(self, name: str) -> None:
        """Run a command by its id, if it can be used."""
        self.actions_by_id[name].trigger()

    def _run(self, command: actions.Command) -> None:
        command.run(self)
        self._action_state.pop(command.id, None)  # Qt has toggled what is checkable: state it anew
        self._show_actions()

    def _toggle_held(self, command: actions.Command) -> None:
        """A command meant to be held, chosen from a menu: on, and at the second time off."""
        if self.controller.session.peek and command.release is not None:
            command.release(self)
        else:
            command.run(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's names
        command = self._held(event)
        if command is None or event.isAutoRepeat():
            super().keyPressEvent(event)
            return
        self._holding = command.id
        command.run(self)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        command = self._held(event)
        if command is not None and not event.isAutoRepeat():
            self._let_go()
        else:
            super().keyReleaseEvent(event)

    def _held(self, event: QKeyEvent) -> actions.Command | None:
        if event.modifiers() != Qt.KeyboardModifier.NoModifier:
            return None
        pressed = QKeySequence(event.key())
        for command in self.table:
            if command.release is not None and QKeySequence(command.keys[0]) == pressed:
                usable = command.why_not is None or not command.why_not(
                    self.controller.session, self.controller.facts
                )
                return command if usable else None
        return None

    def _let_go(self) -> None:
        held = next((command for command in self.table if command.id == self._holding), None)
        self._holding = ""
        if held is not None and held.release is not None:
            held.release(self)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self._let_go()  # the key's release will go to another window
        super().changeEvent(event)

    def escape(self) -> None:
        """Stop what runs; with nothing to stop, undo what was singled out: pin, scan, single pane."""
        if self.controller.facts.job.progress is not None:
            self.controller.stop()
        elif self.controller.session.pinned is not None:
            self.controller.change(s.unpin)
        elif self.controller.session.scan is not None:
            self.controller.change(s.scan_end)
        else:
            self.controller.change(partial(s.solo_pane, number=0))

    def _plot_clicked(self, key: str, x: float) -> None:
        control = self.controller
        if key == "psnr":
            control.choose_step(round(x))
        elif key == "rate" and control.facts.rate_points and control.session.picture is not None:
            nearest = min(control.facts.rate_points, key=lambda point: abs(point.bits_per_pixel - x))
            control.change(partial(s.set_quality, quality=nearest.quality))
        elif key == "bits" and control.session.grid[1]:
            index = min(max(0, round(x)), control.session.grid[0] * control.session.grid[1] - 1)
            if control.session.scans:
                control.change(partial(s.scan_to, position=index))
            else:
                row, column = divmod(index, control.session.grid[1])
                control.change(lambda session: s.pin_at(s.unpin(session), 8 * column, 8 * row))

    def toggle_part(self, name: str) -> None:
        """Show or hide the side column or the filmstrip."""
        self.parts[name].setVisible(self.parts[name].isHidden())

    def toggle_full_screen(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def toggle_theme(self) -> None:
        """From dark to light and back."""
        self.set_theme(theme.LIGHT if theme.current().dark else theme.DARK)
        name = theme.current().name
        self.controller.change(partial(s.set_theme, theme=name))

    def set_theme(self, chosen: theme.Theme) -> None:
        """Give the whole application a theme."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, chosen)

    def show_keys(self) -> None:
        self.keys_overlay.open()

    def show_palette(self) -> None:
        session, facts = self.controller.session, self.controller.facts
        self.palette_box.ask(lambda c: c.why_not(session, facts) if c.why_not is not None else "")

    def show_export(self) -> None:
        self.toolbar.export.showMenu()

    def show_about(self) -> None:
        QMessageBox.about(self, "nrc-viewer", ABOUT)

    def close_window(self) -> None:
        self.close()

    # ---- files and clipboard --------------------------------------------------------------------

    def ask_open(self, received: bool) -> None:
        """Let the user choose a file."""
        title = "Open a received JPEG file" if received else "Open an image"
        kinds = "JPEG files (*.jpg *.jpeg)" if received else f"Images ({_patterns(PICTURE_SUFFIXES)})"
        name, _ = QFileDialog.getOpenFileName(self, title, str(self._folder()), f"{kinds};;All files (*)")
        if name:
            self.controller.open_path(Path(name), received)

    def ask_save_picture(self) -> None:
        """Let the user choose where the shown step goes."""
        step = self.controller.scene.transport.step
        proposal = self._folder() / f"{self._stem()}-step-{step}.png"
        name, _ = QFileDialog.getSaveFileName(self, "Save the picture", str(proposal), "PNG (*.png)")
        if name:
            path = Path(name)
            self.controller.save_picture(path if path.suffix else path.with_suffix(".png"))

    def ask_save_stream(self) -> None:
        """Let the user choose where the stream goes."""
        codec = CODECS.get(self.controller.session.options.codec)
        proposal = self._folder() / f"{self._stem()}-sent{codec.suffixes[0]}"
        kinds = f"{codec.title} ({_patterns(set(codec.suffixes))})"
        name, _ = QFileDialog.getSaveFileName(self, "Save the stream", str(proposal), kinds)
        if name:
            path = Path(name)
            self.controller.save_stream(path if path.suffix else path.with_suffix(codec.suffixes[0]))

    def _folder(self) -> Path:
        shown = self.controller.session.picture or self.controller.session.stream
        if shown is not None and shown.path is not None and not self.controller.session.sample:
            return shown.path.parent
        recent = self.settings.recent()
        return recent[0].parent if recent else Path.home()

    def _stem(self) -> str:
        return Path(self.controller.session.name or "picture").stem

    def copy_picture(self) -> None:
        """Put the shown picture on the clipboard."""
        key = self.controller.session.solo or "estimate"
        pixels = self.controller.shown_pixels(key)
        if pixels is None:
            pixels = self.controller.shown_pixels("original")
        if pixels is not None:
            QGuiApplication.clipboard().setImage(image_from_pixels(pixels))
            self.controller.say(f"Copied {pixels.shape[1]} × {pixels.shape[0]} pixels")

    def copy_window(self) -> None:
        """Put a picture of the window on the clipboard."""
        QGuiApplication.clipboard().setPixmap(self.grab())
        self.controller.say("Copied the window")

    def paste(self) -> None:
        """Take a file or a picture from the clipboard."""
        data = QGuiApplication.clipboard().mimeData()
        path, picture = offered_file(data), offered_picture(data)
        if path is not None:
            self.controller.open_path(path)
        elif picture is not None:
            self.controller.open_picture(picture)
        else:
            self.controller.complain("The clipboard holds no picture")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's names
        if offered_file(event.mimeData()) is not None or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        path, picture = offered_file(event.mimeData()), offered_picture(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.controller.open_path(path)
        elif picture is not None:
            event.acceptProposedAction()
            self.controller.open_picture(picture)

    def _remember_file(self, path: Path) -> None:
        self.settings.add_recent(path.absolute())

    # ---- layout and closing ---------------------------------------------------------------------

    def _restore_layout(self) -> None:
        layout = self.settings.load_layout()
        restored = bool(layout.geometry) and self.restoreGeometry(QByteArray(layout.geometry))
        if not restored:
            screen = self.screen().availableSize() if self.screen() is not None else DEFAULT_SIZE
            self.resize(DEFAULT_SIZE.boundedTo(screen))
        sizes = layout.splitters.get("columns", [])
        if len(sizes) == 2 and sizes[0] > 0:
            self.split.setSizes(sizes)
        for name in layout.hidden:
            if name in self.parts:
                self.parts[name].hide()

    def save_settings(self) -> None:
        """Write choices and layout."""
        hidden = tuple(name for name, part in self.parts.items() if part.isHidden())
        geometry = bytes(self.saveGeometry().data())
        self.settings.save_layout(Layout(geometry, {"columns": self.split.sizes()}, hidden))
        self.settings.save_session(self.controller.session)
        self.settings.sync()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's names
        super().showEvent(event)
        if self._begin is not None:
            begin, self._begin = self._begin, None
            QTimer.singleShot(0, begin)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        self.save_settings()
        self.hide()  # at once, while a step in progress ends
        self.controller.shutdown()
        event.accept()
        super().closeEvent(event)


def _at_top(widget: QWidget) -> QWidget:
    """Keep a widget of fixed height at the top of a taller place."""
    holder = panel(QWidget())
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(widget)
    column.addStretch(1)
    return holder


def _patterns(suffixes: set[str] | tuple[str, ...]) -> str:
    return " ".join(f"*{suffix}" for suffix in sorted(suffixes))


ABOUT = (
    "<b>nrc-viewer</b><p>Shows, step by step, how a recurrent neural decoder repairs a compressed image."
    "<p>After Mali, Ororbia, Kifer, Giles, <i>An Empirical Analysis of Recurrent Learning Algorithms in "
    "Neural Lossy Image Compression Systems</i> (DCC 2021, arXiv 2201.11782)."
)
