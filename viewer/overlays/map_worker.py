"""Measurements beside the run, at low priority: the codec's curve, and the maps of overlays."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.types import Picture
from viewer.core.jobs import Lane
from viewer.decode import jobs as work
from viewer.model.facts.facts import Facts
from viewer.model.session.choices import Overlay
from viewer.model.session.state import Session
from viewer.overlays.map_jobs import overlay_maps
from viewer.overlays.resolve.overlay import needs_map


class Measurer(QObject):
    """Starts what is missing, once. `idle` comes when maps are done and others may be missing."""

    curve_grew = Signal(object)
    """All points so far."""
    curve_failed = Signal(str)
    map_made = Signal(object, object)
    """A map's key and its values."""
    map_failed = Signal(str)
    idle = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._curve: tuple[Picture, str, str] | None = None
        self._overlay: Overlay | None = None
        self.curves = Lane("curve", self, low=True)
        self.maps = Lane("maps", self, low=True)
        self.curves.yielded.connect(lambda _, points: self.curve_grew.emit(points))
        self.curves.finished.connect(lambda _: self.idle.emit())
        self.curves.failed.connect(lambda _, text: self.curve_failed.emit(text))
        self.maps.yielded.connect(lambda _, made: self.map_made.emit(*made))
        self.maps.finished.connect(lambda _: self.idle.emit())
        self.maps.failed.connect(lambda _, text: self.map_failed.emit(text))

    def start_curve(self, session: Session, near: int) -> bool:
        """Measure the codec on the session's picture, unless it was, around quality `near` first. Says
        whether it began."""
        picture, options = session.picture, session.options
        if picture is None:
            return False
        wanted = (picture, options.codec, options.subsampling)
        if self._curve is not None and self._curve[0] is picture and self._curve[1:] == wanted[1:]:
            return False
        self._curve = wanted
        self.curves.start(work.rate_curve(options.codec, picture.pixels, options.subsampling, near))
        return True

    def start_map(self, session: Session, facts: Facts) -> None:
        """Measure the map that the overlay needs, the step that is shown first, unless it is there."""
        run, key = facts.run, needs_map(session, facts.run)
        if run is None or key is None or key in facts.maps or facts.map_note:
            return
        overlay, last = key
        if self._overlay is overlay and self.maps.busy():
            return  # on its way, or next after what is
        self._overlay = overlay
        steps = [(index, run.pixels(index)) for index in range(last + 1)]
        self.maps.start(overlay_maps(overlay, steps))

    def forget_maps(self) -> None:
        """The pictures have changed: what is being measured is worth nothing."""
        self._overlay = None
        self.maps.drop()

    def forget(self) -> None:
        """Another picture is open."""
        self.forget_maps()
        self._curve = None
        self.curves.drop()

    def cancel(self) -> None:
        """Stop; a curve that was cut short is measured anew with the next run."""
        if self.curves.busy():
            self._curve = None
        self.curves.cancel()
        self.maps.cancel()

    def busy(self) -> bool:
        return self.curves.busy() or self.maps.busy()

    def shutdown(self) -> None:
        """Wait for both threads."""
        self.curves.shutdown()
        self.maps.shutdown()
