"""The panel that asks what an animation shall show: format, kind, part, size and delay."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QSpinBox, QWidget

from viewer.export.choice import SCALES, AnimationChoice, AnimationKind, Outline, Region
from viewer.export.form import FormVeil
from viewer.ui.controls import SegmentedButtons, inset

_FORMATS = (
    ("gif", "GIF", "256 colours, the same for all frames; shown by everything, repeats for ever"),
    ("mp4", "MP4", "H.264 video, 30 frames a second; all colours, smaller files"),
)
_KINDS = (
    (AnimationKind.STEPS.value, "Steps", "From the standard decode through every step of the refinement"),
    (
        AnimationKind.SCAN.value,
        "Scan",
        "Patch by patch in raster order, as the decoder goes over the picture",
    ),
)
_NAMES = {0.25: "quarter size", 0.5: "half size", 1.0: "original size", 2.0: "2× size", 4.0: "4× size"}
_DELAYS = {AnimationKind.STEPS: (0.05, 10.0, 1.0), AnimationKind.SCAN: (0.02, 2.0, 0.04)}


class AnimationPanel(FormVeil):
    """`changed`: another choice, whose outline is wanted. `save_requested` carries an `AnimationChoice`."""

    changed = Signal()
    save_requested = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Animation", 520)
        self._region: Region | None = None
        self._delays = {kind: usual for kind, (_, _, usual) in _DELAYS.items()}
        self.format = SegmentedButtons(_FORMATS)
        self.kind = SegmentedButtons(_KINDS)
        self.format.set_current("gif")
        self.kind.set_current(AnimationKind.STEPS.value)
        self.beside = QCheckBox("Received picture beside it")
        self.beside.setToolTip("Each frame shows what was received, and to its right what it becomes")
        self.part = QComboBox()
        self.scale = QComboBox()
        self.delay = QDoubleSpinBox()
        self.stride = QSpinBox()
        for box in (self.delay, self.stride):
            inset(box)
        self.save.setToolTip("Choose a file; it is written in the background")
        self._fill()
        self.lay_out(
            "Animation of the refinement",
            [("Format", self.format), ("Goes through", self.kind), ("Pictures", self.beside),
             ("Part", self.part), ("Size", self.scale), ("Seconds per frame", self.delay),
             ("Patches per frame", self.stride)],
        )  # fmt: skip
        self._connect()

    def _fill(self) -> None:
        for scale in SCALES:
            self.scale.addItem(_NAMES[scale], scale)
        self.scale.setCurrentIndex(SCALES.index(1.0))
        for name, field, tip in (
            ("Part", self.part, "What of the picture is shown"),
            ("Size", self.scale, "Of the picture; enlarged pixels stay squares, reduced ones are averaged"),
            ("Seconds per frame", self.delay, "How long each frame is shown; the last one twice as long"),
            ("Patches per frame", self.stride, "How many patches come in from one frame to the next"),
        ):
            field.setAccessibleName(name)
            field.setToolTip(tip)
        self.delay.setDecimals(2)
        self.delay.setSuffix(" s")
        self._show_delay()

    def _connect(self) -> None:
        self.format.chosen.connect(lambda _: self.changed.emit())
        self.kind.chosen.connect(lambda _: self._kind_chosen())
        self.beside.toggled.connect(lambda _: self.changed.emit())
        self.part.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.scale.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.delay.valueChanged.connect(self._delay_changed)
        self.stride.valueChanged.connect(lambda _: self.changed.emit())
        self.save.clicked.connect(self._save)

    # ---- the choice ------------------------------------------------------------------------------

    def ask(self, grid: tuple[int, int], stride: int, scans: bool, region: Region | None) -> None:
        """Open. grid: patch rows and columns. stride: the usual one. scans: whether there is a scan. region:
        what can be seen of the picture, None for all of it."""
        self._region = region
        _quietly(self.part, self._fill_parts)
        _quietly(self.stride, lambda: self._fill_stride(grid, stride))
        scan = self.kind.button(AnimationKind.SCAN.value)
        scan.setEnabled(scans)
        tips = {key: tip for key, _, tip in _KINDS}
        none = "This decoder refines all patches at once: there is no scan"
        scan.setToolTip(tips[AnimationKind.SCAN.value] if scans else none)
        if not scans:
            self.kind.set_current(AnimationKind.STEPS.value)
        self._show_delay()
        self.fit()
        self.changed.emit()
        self.open()
        self.save.setFocus()

    def _fill_parts(self) -> None:
        chosen = self.part.currentIndex()
        self.part.clear()
        self.part.addItem("whole picture")
        if self._region is not None:
            self.part.addItem(f"what is seen now: {self._region[2]} × {self._region[3]} pixels")
        self.part.setCurrentIndex(chosen if 0 <= chosen < self.part.count() else 0)

    def _fill_stride(self, grid: tuple[int, int], stride: int) -> None:
        most = max(1, grid[0] * grid[1])
        known = self.stride.maximum() == most
        self.stride.setRange(1, most)
        if not known:
            self.stride.setValue(stride)

    def choice(self) -> AnimationChoice:
        """What is chosen now."""
        return AnimationChoice(
            suffix=f".{self.format.current()}",
            kind=self._kind(),
            beside=self.beside.isChecked(),
            region=self._region if self.part.currentIndex() == 1 else None,
            scale=self.scale.currentData(),
            seconds=self.delay.value(),
            stride=self.stride.value(),
        )

    def show_outline(self, outline: Outline) -> None:
        """Say what it comes to."""
        size = f"{outline.width} × {outline.height} pixels"
        count = f"{outline.frames:,} frame{'s' if outline.frames != 1 else ''}"
        self.words.setText(outline.why_not or f"{count}, {size}, {outline.seconds:.1f} s")
        self.save.setEnabled(not outline.why_not)

    def _kind(self) -> AnimationKind:
        return AnimationKind(self.kind.current() or AnimationKind.STEPS.value)

    def _kind_chosen(self) -> None:
        self._show_delay()
        self.changed.emit()

    def _show_delay(self) -> None:
        """Steps are looked at, patches only pass by: each has its own delay."""
        kind = self._kind()
        low, high, _ = _DELAYS[kind]

        def show() -> None:
            self.delay.setRange(low, high)
            self.delay.setSingleStep(0.1 if kind is AnimationKind.STEPS else 0.01)
            self.delay.setValue(self._delays[kind])

        _quietly(self.delay, show)
        self.stride.setEnabled(kind is AnimationKind.SCAN)

    def _delay_changed(self, seconds: float) -> None:
        self._delays[self._kind()] = seconds
        self.changed.emit()

    def _save(self) -> None:
        choice = self.choice()
        self.close_veil()
        self.save_requested.emit(choice)


def _quietly(widget: QWidget, change: Callable[[], None]) -> None:
    """Change a widget without its telling anyone."""
    widget.blockSignals(True)
    change()
    widget.blockSignals(False)
