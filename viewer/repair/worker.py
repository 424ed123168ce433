"""Keeps the Repair page's files: looks at them, repairs what is looked at, and repairs and saves them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.choices import ORIENTATIONS
from engine.types import DecodeOptions
from viewer.core.jobs import LINGER_SECONDS, Lane
from viewer.core.worker import InLanes
from viewer.decode import jobs as decoding
from viewer.model.facts.facts import Facts, JobState
from viewer.model.facts.repair import Box, FileState, RepairFacts, RepairFile, ShownFile
from viewer.model.scene.whole import Scene
from viewer.model.session.choices import Page
from viewer.model.session.repair import KINDS, Repair
from viewer.model.session.state import Session
from viewer.repair import jobs
from viewer.repair.resolve.scene import target_folder, why_not
from viewer.repair.resolve.tiles import tiles_of

if TYPE_CHECKING:
    from engine.repair.one import Order

_FINE = 0.002
"""Progress is told in steps of this: the whole page is drawn from it."""
_KEPT = 96
"""Parts that are remembered: 42 megabytes."""


class Repairer(InLanes):
    """Owns the facts of the Repair page. `changed` comes with each piece of news."""

    changed = Signal()
    failed = Signal(str)
    """What stopped a whole job."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.facts = RepairFacts()
        self._chosen = Repair()
        self._open = False
        self._seen: Box | None = None
        self._opened: jobs.Opened | None = None
        self._order: Order | None = None
        self.gathering = Lane("gather", self, keep=True, apart=True, hangs=True)
        self.looking = Lane("look", self, low=True, apart=True)
        self.showing = Lane("show", self, apart=True)
        self.repairing = Lane("repair", self, hangs=True)
        self.lanes = (self.gathering, self.looking, self.showing, self.repairing)
        self.gathering.yielded.connect(lambda _, found: self._gathered(found))
        self.gathering.finished.connect(lambda _: self._set(gathering=self.gathering.busy()))
        self.gathering.failed.connect(lambda _, text: self._not_gathered(text))
        self.looking.yielded.connect(lambda _, news: self._looked(news))
        self.showing.yielded.connect(lambda _, news: self._shown(news))
        self.showing.finished.connect(lambda _: self._showing_ended())
        self.showing.cancelled.connect(lambda _: self._showing_ended())
        self.showing.failed.connect(lambda _, text: self._showing_ended(text))
        self.repairing.yielded.connect(lambda _, news: self._repaired(news))
        self.repairing.progressed.connect(lambda _, part: self._progressed(part))
        self.repairing.finished.connect(lambda _: self._ended())
        self.repairing.cancelled.connect(lambda _: self._ended(stopped=True))
        self.repairing.failed.connect(lambda _, text: self._ended(text))

    def _set(self, **changes: object) -> None:
        self.facts = replace(self.facts, **changes)  # type: ignore[arg-type]
        self.changed.emit()

    # ---- following the session ------------------------------------------------------------------

    def follow(self, session: Session, facts: Facts, scene: Scene) -> Facts:
        """Renew what is looked at where it is to be repaired otherwise."""
        before, self._chosen = self._chosen, session.repair
        opened, self._open = self._open, session.page is Page.REPAIR
        shown = self.facts.shown
        renewed = (before.strength, before.thorough) != (self._chosen.strength, self._chosen.thorough)
        if shown is not None and renewed:
            self.showing.drop()
            self.facts = replace(self.facts, shown=replace(shown, tiles=MappingProxyType({}), busy=False))
            self._repair_seen(LINGER_SECONDS)
        elif self._open and not opened:
            self._repair_seen()
        elif opened and not self._open and self._opened is not None:
            self.showing.drop()
            if self.facts.shown is not None:
                self.facts = replace(self.facts, shown=replace(self.facts.shown, busy=False))
        return facts if facts.repair is self.facts else replace(facts, repair=self.facts)

    # ---- the list -------------------------------------------------------------------------------

    def add(self, paths: Sequence[Path]) -> None:
        """Take files, and all that folders hold, into the list."""
        known = [each.source for each in self.facts.files]
        self.gathering.start(jobs.gather(tuple(paths), known, target_folder(self._chosen, self.facts.files)))
        self._set(gathering=True, ended="")

    def _gathered(self, found: jobs.Gathered) -> None:
        there = {each.path for each in self.facts.files}
        new = [RepairFile(source) for source in found.sources if source.path not in there]
        files = tuple(
            replace(each, source=replace(each.source, number=number))
            for number, each in enumerate((*self.facts.files, *new), 1)
        )
        self._set(files=files)
        if files and self.facts.selected < 0:
            self.select(0)
        self._look()

    def _not_gathered(self, text: str) -> None:
        self._set(gathering=self.gathering.busy())
        self.failed.emit(text)

    def remove(self) -> None:
        """Take the file that is looked at out of the list; it stays on the disk."""
        at, files = self.facts.selected, self.facts.files
        if self.facts.running or not 0 <= at < len(files):
            return
        left = (*files[:at], *files[at + 1 :])
        numbered = tuple(
            replace(each, source=replace(each.source, number=number)) for number, each in enumerate(left, 1)
        )
        self._leave()
        self._set(files=numbered, selected=-1, shown=None)
        if numbered:
            self.select(min(at, len(numbered) - 1))

    def clear(self) -> None:
        """Empty the list."""
        if self.facts.running:
            return
        self.looking.drop()
        self._leave()
        self.facts = RepairFacts()
        self.changed.emit()

    def _look(self) -> None:
        """Look at the files of which nothing is known yet, unless files are being repaired: one large picture
        in memory is enough."""
        missing = [each.path for each in self.facts.files if each.findings is None and not each.fault]
        if missing and not self.facts.running:
            self.looking.start(jobs.look(missing))

    def _looked(self, news: jobs.Looked) -> None:
        changes: dict[str, object] = {}
        if news.thumb is not None:
            changes["thumb"] = news.thumb
        if news.findings is not None:
            changes["findings"] = news.findings
        if news.fault:
            changes["fault"] = news.fault
        self.facts = self.facts.with_file(news.path, **changes)
        self.changed.emit()

    # ---- the picture that is looked at ----------------------------------------------------------

    def select(self, at: int) -> None:
        """Look at a file of the list."""
        if not 0 <= at < len(self.facts.files):
            return
        path = self.facts.files[at].path
        if at == self.facts.selected and self.facts.shown is not None and self.facts.shown.path == path:
            return
        self._leave()
        self._set(selected=at, shown=ShownFile(path, busy=True))
        self.showing.start(jobs.show(path))

    def _leave(self) -> None:
        self.showing.drop()
        self._opened, self._seen = None, None

    def see(self, box: Box) -> None:
        """A part of the picture is looked at: repair what of it is missing."""
        if box != self._seen:
            self._seen = box
            self._repair_seen()
            self.changed.emit()

    def _repair_seen(self, linger: float = 0.0) -> None:
        """Start what is missing of what is seen; tells nobody, as `follow` must not."""
        shown, opened = self.facts.shown, self._opened
        if shown is None or opened is None or self._seen is None or not self._open:
            return
        height, width = opened.before.shape[:2]
        missing = [box for box in tiles_of(self._seen, height, width) if box not in shown.tiles]
        if not missing:
            return
        self.showing.start(jobs.tiles(opened, missing, self._order_of(), decoding.prepare_torch, linger))
        self.facts = replace(self.facts, shown=replace(shown, busy=True))

    def _shown(self, news: object) -> None:
        shown = self.facts.shown
        if shown is None:
            return
        if isinstance(news, jobs.Opened) and news.path == shown.path:
            self._opened = news
            self._set(shown=replace(shown, findings=news.findings, before=news.before))
        elif isinstance(news, jobs.TileMade):
            kept = dict([*shown.tiles.items(), (news.box, news.pixels)][-_KEPT:])
            self._set(shown=replace(shown, tiles=MappingProxyType(kept)))

    def _showing_ended(self, error: str = "") -> None:
        shown = self.facts.shown
        if self.showing.busy() or shown is None:
            return
        fault = error if shown.before is None else ""
        self._set(shown=replace(shown, busy=False, fault=fault))
        if error and not fault:
            self.failed.emit(error)

    # ---- repairing all --------------------------------------------------------------------------

    def _order_of(self) -> Order:
        from engine.repair.formats import SaveAs
        from engine.repair.one import Order

        chosen, kind = self._chosen, KINDS[self._chosen.kind]
        return Order(
            folder=target_folder(chosen, self.facts.files) or Path(),
            pattern=chosen.pattern,
            save=SaveAs(kind.format, chosen.quality if kind.lossy else None, kind.deep),
            options=DecodeOptions(
                strength=chosen.strength / 100, orientations=max(ORIENTATIONS) if chosen.thorough else 1
            ),
            overwrite=chosen.overwrite,
        )

    def start(self) -> None:
        """Repair the files that have not been repaired in this way yet."""
        if why_not(self._chosen, self.facts):
            return
        order = self._order_of()
        wanted = [
            each for each in self.facts.files if each.state is not FileState.DONE or each.order != order
        ]
        if not wanted:
            self._set(ended="All of these files have been repaired so already")
            return
        self.looking.drop()
        self._order = order
        for each in wanted:
            self.facts = self.facts.with_file(each.path, state=FileState.WAITING, words="", order=None)
        self._set(running=True, done=0, count=len(wanted), part=0.0, ended="")
        self.repairing.start(jobs.repair([each.source for each in wanted], order, decoding.prepare_torch))

    def cancel(self) -> None:
        """Stop repairing; what has been saved stays, and nothing half done is left."""
        self.repairing.cancel()

    def _repaired(self, news: object) -> None:
        from engine.repair.many import Failed

        if isinstance(news, jobs.Began):
            self.facts = self.facts.with_file(news.path, state=FileState.WORKING)
        elif isinstance(news, jobs.Ended):
            done, order = news.outcome, self._order
            if isinstance(done, Failed):
                self.facts = self.facts.with_file(done.source, state=FileState.FAILED, words=done.why)
            else:
                told = [f"Saved as {done.target}", *done.notes]
                told += [f"kept: {', '.join(done.kept)}"] if done.kept else []
                self.facts = self.facts.with_file(
                    done.source,
                    state=FileState.DONE,
                    words="; ".join(told),
                    findings=done.findings,
                    order=order,
                    target=done.target,
                )
            self.facts = replace(self.facts, done=self.facts.done + 1)
        self.changed.emit()

    def _progressed(self, part: float) -> None:
        if part - self.facts.part >= _FINE or part >= 1:
            self._set(part=part)

    def _ended(self, error: str = "", stopped: bool = False) -> None:
        if self.repairing.busy():
            return
        for each in self.facts.files:
            if each.state is FileState.WORKING:
                self.facts = self.facts.with_file(each.path, state=FileState.WAITING)
        self._set(running=False, part=0.0, ended=error or self._summary(stopped))
        if error:
            self.failed.emit(error)
        self._look()

    def _summary(self, stopped: bool) -> str:
        order = self._order
        done = sum(each.order == order and each.state is FileState.DONE for each in self.facts.files)
        bad = sum(each.state is FileState.FAILED for each in self.facts.files)
        plural = "s" if done != 1 else ""
        words = f"{done} file{plural} repaired" + (f", {bad} not" if bad else "")
        if order is not None and done:
            words += f" · in {order.folder}"
        return f"Stopped · {words}" if stopped else words

    def report(self) -> str:
        """What was done and what failed, a line a file, with tabs between the columns."""
        rows = [("File", "State", "What")]
        rows += [(str(each.path), each.state.value, each.words or each.fault) for each in self.facts.files]
        return "\n".join("\t".join(row) for row in rows) + "\n"

    # ---- stopping -------------------------------------------------------------------------------

    def stop(self) -> None:
        """Stop what runs; what is there stays."""
        self.repairing.cancel()

    def resume(self) -> None:
        """Nothing waits: files are repaired when they are asked for."""

    def forget(self) -> None:
        """Another picture is open; the files here are none of it."""

    def job(self) -> JobState | None:
        """What the status bar says of it, wherever one looks meanwhile."""
        if not self.facts.running:
            return None
        at = min(self.facts.done + 1, self.facts.count)
        return JobState(f"Repairing {at} of {self.facts.count}", self.facts.part, Page.REPAIR)
