"""Where a file is to be saved: the one dialog for it, whatever is saved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget


def ask_file(
    parent: QWidget, title: str, proposal: Path, kinds: Sequence[str], ending: str = "", only: bool = False
) -> tuple[Path | None, str]:
    """A file to write and the kind chosen; None when the user thought better of it.

    A name without an ending gets `ending`, "" for that of the kind; with `only` every name gets it that has
    another one. Replacing a file is asked about here then, as the dialog asked about another name.
    """
    name, kind = QFileDialog.getSaveFileName(parent, title, str(proposal), ";;".join(kinds))
    if not name:
        return None, kind
    path = Path(name)
    ending = ending or (kind or kinds[0]).rpartition("(*")[2].split()[0].rstrip(")")
    if path.suffix.lower() == ending or (path.suffix and not only):
        return path, kind
    path = path.with_name(path.name + ending)
    if path.exists() and not _replace(parent, path):
        return None, kind
    return path, kind


def _replace(parent: QWidget, path: Path) -> bool:
    buttons = QMessageBox.StandardButton
    question = f"{path.name} is there already. Replace it?"
    answer = QMessageBox.question(parent, "Replace the file?", question, buttons.Yes | buttons.No, buttons.No)
    return answer == buttons.Yes
