"""Boxes that values of settings are set by."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLineEdit, QSpinBox, QWidget

from viewer.ui.controls import choose_data


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
