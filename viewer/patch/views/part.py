"""Everything about one patch, section by section."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from viewer.model.scene.patch import DockScene, PartScene
from viewer.patch.views.codes import CodesView
from viewer.patch.views.errors import ErrorsView, PatchBasis
from viewer.patch.views.grids import GridsView
from viewer.patch.views.hidden import HiddenView
from viewer.patch.views.tiles import TilesView
from viewer.ui.controls import title_label
from viewer.ui.figures_table import FiguresTable
from viewer.ui.theme import scaled

_POINT = "Point at a coefficient to highlight it in all tables"
_HIDDEN_TALL = 116
_TABLE_WIDE = 168
"""Least width of the figures beside the neighbours."""
_KNEW = (
    "The 3×3 patches as they were known when this patch was computed.\nBlue: causal, their turn came before. "
    "Orange: non-causal, still to come. Green: as the previous step left them.\n"
    "Dashed: not used, or outside the picture"
)
_SENT = (
    "The quantised symbols of the block, the steps they count, the bits they took, and below every code in\n"
    "the order of the file: run of zeros/size and value, then the Huffman code and, in colour, the magnitude"
)
_COEFFICIENTS = (
    "DCT coefficients in levels, of the original, the standard decode and the step that is shown.\nAn orange "
    "corner: it left its interval (q − ½)Δ … (q + ½)Δ, beyond what rounding to 8 bits explains; an encoder\n"
    "would have sent another symbol for it"
)
_STAGES = (
    "The same coefficients as the network estimated them, kept within the middle part of their intervals,\n"
    "and as they went into the picture after strength and guard. An orange corner: outside the interval,\n"
    "by however little. Below: what rounding the pixels to 8 bits leaves outside"
)
_ERRORS = "Luma of the decode less that of the original, in levels, on one scale; the frame is the patch"


class PatchPart(QWidget):
    """Draws one `PartScene` of a `DockScene`."""

    coefficient_pointed = Signal(object)
    neighbour_pointed = Signal(object)
    patch_chosen = Signal(int, int)
    step_pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._part: PartScene | None = None
        self.tiles, self.table = TilesView(), FiguresTable()
        self.symbols, self.codes = GridsView("Symbols, quantisation steps and bits"), CodesView()
        self.symbols_note, self.codes_words = _words(), _words()
        self.coefficients = GridsView("Coefficients: original, standard and refined")
        self.stages = GridsView("Coefficients: network, projected and finished")
        self.stages_title, self.stages_words = _title("From network to picture", _STAGES), _words()
        self.cells_words, self.component_note, self.readout = _words(), _words(), _words(muted=False)
        self.basis = PatchBasis()
        self.readout.setMinimumHeight(self.basis.height())
        self.readout.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.errors, self.errors_note = ErrorsView(), _words()
        self.hidden, self.hidden_note = HiddenView(), _words()
        self.hidden.setFixedHeight(scaled(_HIDDEN_TALL))
        self._lay_out()
        for view in (self.symbols, self.coefficients, self.stages, self.codes):
            view.pointed.connect(self.coefficient_pointed)
        self.tiles.pointed.connect(self.neighbour_pointed)
        self.tiles.chosen.connect(self.patch_chosen)
        self.hidden.step_pointed.connect(self.step_pointed)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.around = QHBoxLayout()
        self.around.setSpacing(12)
        self.around.addWidget(self.tiles, 0, Qt.AlignmentFlag.AlignTop)
        self.around.addWidget(self.table, 1, Qt.AlignmentFlag.AlignTop)
        column.addWidget(_title("What the decoder knew", _KNEW))
        column.addLayout(self.around)
        column.addSpacing(6)
        column.addWidget(_title("Symbols and codes as sent", _SENT))
        for widget in (self.symbols, self.symbols_note, self.codes_words, self.codes):
            column.addWidget(widget)
        column.addSpacing(6)
        column.addWidget(_title("Coefficients", _COEFFICIENTS))
        column.addWidget(self.coefficients)
        pointed = QHBoxLayout()
        pointed.setSpacing(8)
        pointed.addWidget(self.basis, 0, Qt.AlignmentFlag.AlignTop)
        pointed.addWidget(self.readout, 1, Qt.AlignmentFlag.AlignTop)
        column.addLayout(pointed)
        column.addWidget(self.cells_words)
        column.addWidget(self.component_note)
        column.addWidget(self.stages_title)
        column.addWidget(self.stages)
        column.addWidget(self.stages_words)
        column.addSpacing(6)
        column.addWidget(_title("Error before and after", _ERRORS))
        column.addWidget(self.errors)
        column.addWidget(self.errors_note)
        column.addWidget(self.hidden)
        self.hidden_title = title_label("Hidden state")
        column.addWidget(self.hidden_title)
        column.addWidget(self.hidden_note)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Where there is little room the figures stand below the neighbours."""
        super().resizeEvent(event)
        narrow = self.width() < self.tiles.width() + scaled(_TABLE_WIDE)
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self.around.direction() != way:
            self.around.setDirection(way)
            self.around.setAlignment(self.table, Qt.AlignmentFlag(0) if narrow else Qt.AlignmentFlag.AlignTop)

    def set_scene(self, dock: DockScene, number: int) -> None:
        """Show part `number` of the panel."""
        part = dock.parts[number]
        self.tiles.set_scene(part.tiles, dock.lit_patch)
        self.symbols.set_scene(part.symbols, dock.lit)
        self.codes.set_scene(part.chips, dock.lit)
        self.coefficients.set_scene(part.coefficients, dock.lit)
        self.stages.set_scene(part.stages, dock.lit)
        self.basis.set_scene(dock.basis)
        self.readout.setText(dock.readouts[number] if dock.readouts else _POINT)
        _tell(self.component_note, dock.component_note)
        if part is not self._part:
            self._part = part
            self._show_part(part)

    def _show_part(self, part: PartScene) -> None:
        self.table.set_rows(part.rows)
        self.symbols.setVisible(bool(part.symbols))
        self.codes.setVisible(bool(part.chips))
        _tell(self.symbols_note, part.symbols_note)
        _tell(self.codes_words, part.codes_words)
        _tell(self.cells_words, part.coefficients_words)
        for widget in (self.stages, self.stages_title):
            widget.setVisible(bool(part.stages))
        _tell(self.stages_words, part.stages_words)
        self.errors.set_scene(part.errors)
        self.errors.setVisible(bool(part.errors))
        _tell(self.errors_note, part.errors_note)
        there = bool(part.inside.strips)
        self.hidden.setVisible(there)
        self.hidden_title.setVisible(not there)
        _tell(self.hidden_note, "" if there else part.inside.note)
        if there:
            self.hidden.set_scene(part.inside)


def _title(text: str, tip: str) -> QLabel:
    label = title_label(text)
    label.setToolTip(tip)
    return label


def _words(muted: bool = True) -> QLabel:
    """Words that take the lines they need."""
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if muted:
        label.setProperty("role", "muted")
    return label


def _tell(label: QLabel, text: str) -> None:
    """Words, or no place for them."""
    if label.text() != text:
        label.setText(text)
    label.setVisible(bool(text))
