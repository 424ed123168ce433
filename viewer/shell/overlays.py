"""What lies over the window for a moment: keys, command palette, choice of decoders, glossary."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from engine.models.card import ModelCard
from viewer.compare.chooser import DecoderChooser
from viewer.glossary.veil import GlossaryVeil
from viewer.shell.command_palette import Palette
from viewer.shell.keys_overlay import KeysOverlay


class Overlays:
    """One of each, hidden. `pictures` gets the keyboard back when one closes."""

    def __init__(self, window: QWidget, fitting: tuple[ModelCard, ...], pictures: QWidget) -> None:
        self.keys = KeysOverlay(window)
        self.palette = Palette(window)
        self.chooser = DecoderChooser(fitting, window)
        self.glossary = GlossaryVeil(window)
        for veil in (self.keys, self.palette, self.chooser, self.glossary):
            veil.closed.connect(pictures.setFocus)
