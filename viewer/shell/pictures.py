"""Which pictures commands of zooming move: those of the page that is open."""

from __future__ import annotations

from typing import Any

from viewer.core.control import Control
from viewer.lab.page import LabPage
from viewer.model.session.choices import Page
from viewer.panes.canvas.view import PanesView


class ShownPictures:
    """A `Pictures`: the window's panes, or the lab's while that is open. Zoom and place that are kept are
    always the window's."""

    def __init__(self, control: Control, panes: PanesView, lab: LabPage) -> None:
        self._control, self._panes, self._lab = control, panes, lab

    @property
    def _shown(self) -> PanesView:
        return self._lab.panes if self._control.session.page is Page.LAB else self._panes

    def fit(self) -> None:
        self._shown.fit()

    def zoom_to(self, percent: float) -> None:
        self._shown.zoom_to(percent)

    def zoom_by_powers(self, count: int) -> None:
        self._shown.zoom_by_powers(count)

    def pan_by(self, across: float, down: float) -> None:
        self._shown.pan_by(across, down)

    def look_at(self, x: float, y: float, across: float) -> None:
        self._panes.look_at(x, y, across)

    def set_wipe(self, fraction: float) -> None:
        self._panes.set_wipe(fraction)

    def state(self) -> dict[str, Any]:
        return self._panes.state()

    def restore(self, state: dict[str, Any]) -> None:
        self._panes.restore(state)

    def visible_region(self) -> tuple[int, int, int, int] | None:
        return self._panes.visible_region()

    def setFocus(self) -> None:  # noqa: N802 - Qt's name
        self._shown.setFocus()
