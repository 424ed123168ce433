"""Files and the clipboard: asks where, then leaves the work to the controller."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.codecs.facts import CODEC_FACTS, CodecFacts, codec_facts
from viewer.core.answers import there
from viewer.core.control import Control
from viewer.core.table_text import table_text
from viewer.documents.controller import Documents
from viewer.documents.jobs import stream_suffixes
from viewer.documents.settings import Settings
from viewer.model.session.choices import Page
from viewer.ui.clipboard import image_from_pixels, offered_files, offered_picture
from viewer.ui.save_dialog import ask_file


class Files:
    """What the file commands do. window: parent of dialogs, and what "copy window" copies."""

    def __init__(self, window: QWidget, control: Control, documents: Documents, settings: Settings) -> None:
        self._window, self._control, self._documents, self.settings = window, control, documents, settings
        self.window = window

    def ask_open(self, received: bool) -> None:
        """Let the user choose a file, or several to go through."""
        from engine.io.image import SUFFIXES

        title = "Open a received file" if received else "Open an image"
        if received:
            each = [f"{facts.title} ({_patterns(facts.suffixes)})" for facts in _one_a_suffix()]
            kinds = ";;".join([f"Received files ({_patterns(stream_suffixes())})", *each])
        else:
            kinds = f"Images ({_patterns({*SUFFIXES, *_containers()})})"
        names, _ = QFileDialog.getOpenFileNames(
            self._window, title, str(self.folder()), f"{kinds};;All files (*)"
        )
        if len(names) == 1:
            self._documents.open_path(Path(names[0]), received)
        else:
            self._documents.open_paths([Path(name) for name in names], received)

    def ask_open_folder(self) -> None:
        """Let the user choose a folder, whose pictures are gone through."""
        name = QFileDialog.getExistingDirectory(self._window, "Open a folder", str(self.folder()))
        if name:
            self._documents.open_path(Path(name))

    def ask_save_picture(self) -> None:
        """Let the user choose where the shown step goes."""
        scene = self._control.scene
        compared = scene.compare
        which = f"-{compared.names[compared.pair[0]]}".replace(" ", "-") if compared is not None else ""
        place = scene.transport.stage.replace(" ", "-") or f"step-{scene.transport.step}"
        what = self._documents.chosen_pane().replace("/", "-") or place
        proposal = self.folder() / f"{self._stem()}{which}-{what.replace('estimate', 'ours')}.png"
        path, _ = ask_file(self._window, "Save the picture", proposal, ["PNG (*.png)"])
        if path is not None:
            self._documents.save_picture(path)

    def ask_save_stream(self) -> None:
        """Let the user choose where the stream goes."""
        coded = self._documents.shown_stream()
        if coded is None:
            return
        facts, stream = codec_facts(coded.codec), self._control.session.stream
        own = stream.path.suffix if stream is not None and stream.path is not None else ""
        suffix = own if own.lower() in facts.suffixes else facts.suffixes[0]
        proposal = self.folder() / f"{self._stem()}-sent{suffix}"
        kinds = f"{facts.title} ({_patterns(facts.suffixes)})"
        path, _ = ask_file(self._window, "Save the stream", proposal, [kinds], suffix)
        if path is not None:
            self._documents.save_stream(path)

    def ask_save_table(self) -> None:
        """Let the user choose where the comparison's table goes."""
        what = "codecs" if self._control.session.page is Page.CODECS else "compared"
        proposal = self.folder() / f"{self._stem()}-{what}.csv"
        path, _ = ask_file(self._window, "Export the table", proposal, ["CSV (*.csv)"])
        if path is not None:
            self._documents.save_table(path)

    def copy_table(self) -> None:
        """Put the comparison's table on the clipboard, with tabs between the columns."""
        scene = self._control.scene.compare or self._control.scene.rates
        if scene is not None:
            QGuiApplication.clipboard().setText(table_text(scene.table, "\t"))
            self._control.say(f"Copied {len(scene.table.rows)} rows")

    def folder(self) -> Path:
        """Where to begin looking for files, and to put them."""
        shown = self._control.session.picture or self._control.session.stream
        if shown is not None and shown.path is not None and not self._control.session.sample:
            near = shown.path.parent
        else:
            recent = self.settings.recent()
            near = recent[0].parent if recent else Path.home()
        return near if there(near, Path.is_dir) else Path.home()

    def _stem(self) -> str:
        return Path(self._control.session.name or "picture").stem

    def copy_picture(self) -> None:
        """Put the shown picture on the clipboard."""
        key = self._control.session.solo or "estimate"  # of several compared ones: A
        pixels = self._documents.shown_pixels(key)
        if pixels is None:
            pixels = self._documents.shown_pixels("original")
        if pixels is not None:
            pixels = self._documents.upright(pixels)
            QGuiApplication.clipboard().setImage(image_from_pixels(pixels))
            self._control.say(f"Copied {pixels.shape[1]} × {pixels.shape[0]} pixels")

    def copy_window(self) -> None:
        """Put a picture of the window on the clipboard."""
        QGuiApplication.clipboard().setPixmap(self._window.grab())
        self._control.say("Copied the window")

    def paste(self) -> None:
        """Take a file or a picture from the clipboard."""
        if not self.take(QGuiApplication.clipboard().mimeData()):
            self._control.complain("The clipboard holds no picture")

    def take(self, data: QMimeData | None) -> bool:
        """Open what was dropped or pasted; says whether there was anything to open."""
        paths, picture = offered_files(data), offered_picture(data)
        if len(paths) == 1:
            self._documents.open_path(paths[0])
        elif paths:
            self._documents.open_paths(paths)
        elif picture is not None:
            self._documents.open_picture(picture)
        return bool(paths) or picture is not None

    def remember(self, path: Path) -> None:
        """A file has been opened."""
        self.settings.add_recent(path.absolute())


def _containers() -> tuple[str, ...]:
    """Endings of files that are streams to everybody."""
    return tuple(suffix for facts in CODEC_FACTS.values() if facts.container for suffix in facts.suffixes)


def _one_a_suffix() -> list[CodecFacts]:
    """Codecs whose files end differently: variants of one share their endings."""
    first: dict[tuple[str, ...], CodecFacts] = {}
    for facts in CODEC_FACTS.values():
        first.setdefault(facts.suffixes, facts)
    return list(first.values())


def _patterns(suffixes: Iterable[str]) -> str:
    return " ".join(f"*{suffix}" for suffix in sorted(suffixes))
