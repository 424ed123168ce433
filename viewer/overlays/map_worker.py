"""Measures the maps that overlays need beside the run, at low priority."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from viewer.core.jobs import Lane
from viewer.core.worker import OneLane
from viewer.model.facts.facts import Facts, MapKey
from viewer.model.scene.whole import Scene
from viewer.model.session.choices import Overlay
from viewer.model.session.state import Session
from viewer.overlays.map_jobs import overlay_maps
from viewer.overlays.resolve.overlay import needs_map

_NONE: Mapping[MapKey, NDArray[np.float32]] = MappingProxyType({})


class MapWorker(OneLane):
    """Owns the maps of the run. `changed` comes with each, and when others may be missing."""

    changed = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._request: object = None
        self._known = _NONE
        self._note = ""
        self._overlay: Overlay | None = None
        self._stopped = False
        self.lane = Lane("maps", self, low=True)
        self.lane.yielded.connect(lambda _, made: self._made(*made))
        self.lane.finished.connect(lambda _: self.changed.emit())
        self.lane.failed.connect(lambda _, text: self._failed(text))

    def follow(self, session: Session, facts: Facts, scene: Scene) -> Facts:
        """Measure the map that the overlay needs, the step that is shown first, unless it is there."""
        request = facts.run.refinement.request if facts.run is not None else None
        if request is not self._request:
            self.forget()
            self._request = request
        self._start(session, facts)
        if facts.maps is self._known and facts.map_note == self._note:
            return facts
        return replace(facts, maps=self._known, map_note=self._note)

    def _start(self, session: Session, facts: Facts) -> None:
        run, key = facts.run, needs_map(session, facts.run)
        if key is None or self._overlay is not key[0]:
            self._stopped = False
        if run is None or key is None or key in self._known or self._note or self._stopped:
            return
        overlay, last = key
        if self._overlay is overlay and self.lane.busy():
            return  # on its way, or next after what is
        self._overlay = overlay
        steps = [(index, run.pixels(index)) for index in range(last + 1)]
        self.lane.start(overlay_maps(overlay, steps))

    def _made(self, key: MapKey, values: NDArray[np.float32]) -> None:
        self._known = MappingProxyType({**self._known, key: values})
        self.changed.emit()

    def _failed(self, text: str) -> None:
        self._note = text
        self.failed.emit(text)

    def forget(self) -> None:
        """The pictures have changed: what was measured is worth nothing."""
        self._request = self._overlay = None
        self._known, self._note, self._stopped = _NONE, "", False
        self.lane.drop()

    def stop(self) -> None:
        """Stop; the map comes when it is asked for again."""
        self._stopped = self._stopped or self.lane.busy()
        self.lane.cancel()

    def resume(self) -> None:
        self._stopped = False
