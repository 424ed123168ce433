"""Keeps Bjøntegaard's deltas of the shown curves: SciPy, which they take, is loaded in the background."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from viewer.core.jobs import Lane
from viewer.core.memo import Memo
from viewer.core.worker import OneLane
from viewer.model.facts.facts import Facts
from viewer.model.facts.rate_distortion import Deltas
from viewer.model.scene.whole import Scene
from viewer.model.session.choices import Page
from viewer.model.session.rate_distortion import RatesPage
from viewer.model.session.state import Session
from viewer.rate_distortion.resolve.deltas import anchor_of, points_of, shape_of
from viewer.rate_distortion.resolve.lines import CodecLine, lines_of

if TYPE_CHECKING:
    from viewer.core.job import Token, Work


def deltas(lines: tuple[CodecLine, ...], anchor: str) -> Work:
    """Every line against the one with this key."""

    def work(_: Token) -> Iterator[Deltas]:
        from engine.metrics.bjontegaard import bd_psnr_db, bd_rate

        base = next(line for line in lines if line.key == anchor)
        of = points_of(base)
        found = {}
        for line in lines:
            rate, psnr = bd_rate(of, points_of(line)), bd_psnr_db(of, points_of(line))
            if line is not base and rate is not None and psnr is not None:
                found[line.key] = (100 * rate, psnr, min(len(of), len(points_of(line))))
        yield Deltas(shape_of(lines), anchor, found)

    return work


class DeltaWorker(OneLane):
    """Owns `Facts.deltas`."""

    changed = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._memo = Memo()
        self._known: Deltas | None = None
        self._asked: tuple[tuple[CodecLine, ...], str] = ((), "")
        self.lane = Lane("deltas", self)
        self.lane.yielded.connect(lambda _, found: self._found(found))
        self.lane.finished.connect(lambda _: self.changed.emit())
        self.lane.failed.connect(lambda _, text: self.failed.emit(text))

    def follow(self, session: Session, facts: Facts, scene: Scene) -> Facts:
        """Compare the curves that are shown, anew where any is another."""
        if session.page is Page.CODECS and session.rates.page is RatesPage.CURVES:
            lines = lines_of(session, facts, self._memo)
            anchor = anchor_of(session.rates.anchor, lines)
            if anchor and (lines is not self._asked[0] or anchor != self._asked[1]):
                self._asked = lines, anchor
                self.lane.start(deltas(lines, anchor))
        return facts if facts.deltas is self._known else replace(facts, deltas=self._known)

    def _found(self, found: Deltas) -> None:
        self._known = found
        self.changed.emit()

    def forget(self) -> None:
        """Another picture is open."""
        self.lane.drop()
        self._known, self._asked = None, ((), "")
        self._memo.clear()

    def stop(self) -> None:
        """It takes no time worth stopping."""

    def resume(self) -> None:
        """Nothing waits."""
