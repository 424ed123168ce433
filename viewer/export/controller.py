"""Exports of the window: asks what and where, and hands the work to the `Exporter`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QWidget

from engine.errors import UserError
from engine.types import Pixels
from viewer.core.control import Control
from viewer.documents.controller import Documents
from viewer.documents.files import Files
from viewer.export import jobs as work
from viewer.export.choice import AnimationChoice, Outline
from viewer.export.menu import PaneMenu
from viewer.export.view import LOGICAL_DPI, SCALES, painted, pixels_of
from viewer.export.worker import Exporter
from viewer.model.facts.run import Run
from viewer.panes.canvas.view import PanesView
from viewer.ui.clipboard import image_from_pixels
from viewer.ui.save_dialog import ask_file

if TYPE_CHECKING:
    from viewer.export.animation_panel import AnimationPanel


class ExportDesk:
    """What the export commands do. window: parent of dialogs and of the panel."""

    def __init__(
        self, window: QWidget, control: Control, documents: Documents, files: Files, panes: PanesView
    ) -> None:
        self._window, self._control, self._documents = window, control, documents
        self._files, self._panes = files, panes
        self._menu: PaneMenu | None = None
        self.exporter = Exporter(self._control, window)
        self._panel: AnimationPanel | None = None

    def offer_menu(self, actions: Mapping[str, QAction]) -> None:
        """Answer the right button over the pictures. actions: those of all commands, by id."""
        self._menu = PaneMenu(self._panes, actions, self.copy_pixels, self.ask_save_pane)

    # ---- pictures --------------------------------------------------------------------------------

    def ask_save_pane(self, key: str = "") -> None:
        """Let the user choose where a pane's picture goes, and in which format. key: the pane's; "" for the
        single one, else the refined one."""
        from engine.io.write_image import FORMATS

        control = self._control
        key = key or self._documents.chosen_pane() or control.session.solo or "estimate"
        pixels = self._documents.shown_pixels(key)
        if pixels is None:
            control.say("There is no picture to save yet")
            return
        if self._exact_stream(key):
            self._files.ask_save_picture()
            return
        kinds = [f"{each.title} ({_patterns(each.suffixes)})" for each in FORMATS]
        path, _ = self._ask("Save the picture", f"{self._stem()}-{self._place(key)}.png", kinds)
        if path is not None:
            self.save_pixels(path, self._documents.upright(pixels))

    def _exact_stream(self, key: str) -> bool:
        """Whether it is a refined received file, whose grey or orientation the PNG must keep."""
        return key == "estimate" and self._control.session.stream is not None

    def save_pixels(self, path: Path, pixels: Pixels) -> None:
        """Write pixels exactly, where the format of the file's ending allows it."""
        from engine.io.write_image import format_of

        try:
            format_of(path)
        except UserError as error:
            self._control.complain(str(error))
            return
        self.exporter.start(path, work.save_image(path, pixels))

    def copy_pixels(self, pixels: Pixels) -> None:
        """Put a picture on the clipboard, every pixel exact."""
        QGuiApplication.clipboard().setImage(image_from_pixels(pixels))
        self._control.say(f"Copied {pixels.shape[1]} × {pixels.shape[0]} pixels")

    def ask_save_view(self) -> None:
        """Let the user choose where a picture of the view goes, and at which scale."""
        panes = self._panes
        ratio = panes.devicePixelRatioF()
        kinds = [
            f"PNG at ×{scale}: {round(panes.width() * ratio * scale)} × "
            f"{round(panes.height() * ratio * scale)} pixels (*.png)"
            for scale in SCALES
        ]
        path, kind = self._ask("Save the view", f"{self._stem()}-view.png", kinds)
        if path is not None:
            self.save_view(path, SCALES[kinds.index(kind)] if kind in kinds else 1)

    def save_view(self, path: Path, scale: float = 1.0) -> None:
        """Write the pictures with their names, marks and legends, drawn anew at a scale."""
        if path.suffix.lower() != ".png":
            self._control.complain(f"{path.name}: the view is written as PNG; let the name end in .png")
            return
        try:
            pixels = pixels_of(painted(self._panes, scale))
        except UserError as error:
            self._control.complain(f"{path.name}: {error}")
            return
        self.exporter.start(path, work.save_image(path, pixels, LOGICAL_DPI * scale))

    def copy_view(self) -> None:
        """Put a picture of the view on the clipboard."""
        image = painted(self._panes)
        QGuiApplication.clipboard().setImage(image)
        self._control.say(f"Copied the view, {image.width()} × {image.height()} pixels")

    # ---- animations ------------------------------------------------------------------------------

    def show_animation(self) -> None:
        """Choose what is to move, and how."""
        from viewer.export.animation_panel import AnimationPanel
        from viewer.export.frames import usual_stride

        run = self._run()
        if run is None:
            return
        if self._panel is None:
            self._panel = AnimationPanel(self._window)
            self._panel.closed.connect(self._panes.setFocus)
            self._panel.changed.connect(self._outlined)
            self._panel.save_requested.connect(self._ask_save_animation)
        session = self._control.session
        self._panel.ask(session.grid, usual_stride(session), session.scans, self._panes.visible_region())

    def _outlined(self) -> None:
        run = self._run()
        if run is not None and self._panel is not None:
            self._panel.show_outline(self.outline(self._panel.choice(), run))

    def outline(self, choice: AnimationChoice, run: Run) -> Outline:
        """What a choice comes to."""
        from viewer.export.frames import outline

        return outline(self._control.session, run, choice)

    def _ask_save_animation(self, choice: AnimationChoice) -> None:
        kind = "GIF (*.gif)" if choice.suffix == ".gif" else "MP4 (*.mp4)"
        name = f"{self._stem()}-{choice.kind.value}{choice.suffix}"
        path, _ = self._ask("Save the animation", name, [kind])
        if path is not None:
            self.save_animation(path, choice)

    def save_animation(self, path: Path, choice: AnimationChoice) -> None:
        """Write the run that is shown as it goes on."""
        run = self._run()
        if run is None:
            return
        why = self.outline(choice, run).why_not
        if why:
            self._control.complain(f"{path.name}: {why}")
        else:
            self.exporter.start(path, work.save_animation(path, run, choice, self._control.session.models))

    # ---- numbers and report ----------------------------------------------------------------------

    def ask_save_numbers(self, patches: bool) -> None:
        """Let the user choose where the numbers go."""
        name = f"{self._stem()}-{'patches' if patches else 'steps'}.csv"
        path, _ = self._ask("Save the numbers", name, ["CSV (*.csv)"])
        if path is not None:
            self.save_numbers(path, patches)

    def save_numbers(self, path: Path, patches: bool) -> None:
        """Write the numbers of each step, or of each patch of each step, as CSV."""
        run = self._run()
        if run is not None:
            self.exporter.start(path, work.save_numbers(path, run.refinement, patches))

    def ask_save_report(self) -> None:
        """Let the user choose where the report goes."""
        path, _ = self._ask("Save the report", f"{self._stem()}-report.html", ["HTML (*.html *.htm)"])
        if path is not None:
            self.save_report(path)

    def save_report(self, path: Path) -> None:
        """Write everything that is known of the run as one HTML file."""
        run, control = self._run(), self._control
        if run is not None:
            self.exporter.start(path, work.save_report(path, control.session, control.facts, run))

    # ---- common ----------------------------------------------------------------------------------

    def _run(self) -> Run | None:
        return self._control.facts.run

    def _stem(self) -> str:
        return Path(self._control.session.name or "picture").stem

    def _place(self, key: str) -> str:
        transport = self._control.scene.transport
        name = key.replace("estimate", transport.stage or f"step {transport.step}")
        return "".join(c if c.isalnum() or c in "-_" else "-" for c in name).strip("-")

    def _ask(self, title: str, proposal: str, kinds: Sequence[str]) -> tuple[Path | None, str]:
        """A file to write and the kind chosen; None when the user thought better of it."""
        return ask_file(self._window, title, self._files.folder() / proposal, kinds)


def _patterns(suffixes: Sequence[str]) -> str:
    return " ".join(f"*{suffix}" for suffix in suffixes)
