"""Boxes that values of settings are set by."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLineEdit, QSpinBox, QWidget

from viewer.ui.controls import choose_data, inset
from viewer.ui.toolbar_parts import choice_box

CHOICES: dict[str, tuple[str, ...]] = {
    "answer": ("picture", "residual"), "subsampling": ("4:2:0", "4:4:4"), "kind": ("muon", "sgd"),
    "order": ("shuffled", "repeated"),
}  # fmt: skip
"""Settings that are one of a few words."""


def put(box: QWidget, value: Any) -> None:
    """Show a value without telling anyone; what is being typed stays."""
    with QSignalBlocker(box):
        if isinstance(box, QComboBox):
            choose_data(box, value)
        elif isinstance(box, QLineEdit):
            if not box.hasFocus():
                box.setText(str(value))
        elif isinstance(box, QSpinBox | QDoubleSpinBox) and box.value() != value:
            box.setValue(value)


def box_of(like: object, key: str) -> QWidget:
    """What a value of this kind is set by."""
    if isinstance(like, str):
        if key in CHOICES:
            return choice_box(key, [(each, "", each) for each in CHOICES[key]])
        return QLineEdit()
    box: QSpinBox | QDoubleSpinBox
    if isinstance(like, float):
        box = QDoubleSpinBox()
        box.setDecimals(5)
        box.setRange(0, 1e6)
        box.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
    else:
        box = QSpinBox()
        box.setRange(0, 1_000_000)
    box.setKeyboardTracking(False)
    inset(box)
    return box
