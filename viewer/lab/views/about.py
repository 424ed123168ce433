"""What is seen in a preset, and why."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from viewer.lab.views.area import AreaView
from viewer.model.scene.lab import LabScene
from viewer.ui.controls import panel
from viewer.ui.scrolled import Scrolled


class AboutArea(AreaView):
    """Title, what is seen, commentary, and the settings in short."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.RichText)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        panel(self.words)
        self.column.addWidget(Scrolled(self.words, "Commentary"), 1)

    def set_scene(self, scene: LabScene) -> None:
        settings = scene.settings
        verdict = "Shows how it goes wrong." if settings.verdict == "bad" else ""
        parts = [f"<h3>{escape(settings.title)}</h3>", f"<p><b>{escape(settings.see)}</b> {verdict}</p>"]
        for part in settings.commentary.split("\n\n"):
            parts.append(f"<p>{escape(' '.join(part.split()))}</p>")
        if scene.own:
            parts.append("<p><i>The settings are your own; the words are the preset's.</i></p>")
        text = "".join(parts)
        if text != self.words.text():
            self.words.setText(text)
