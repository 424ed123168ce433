"""Between intents and views: changes the session, runs the jobs it needs, resolves, tells the window."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from engine.types import Coded, Picture, RefineRequest
from viewer.compare.resolve.panes import compare_job
from viewer.compare.worker import Comparer
from viewer.core.jobs import LINGER_SECONDS, Lane
from viewer.core.memo import Memo
from viewer.core.worker import Attached
from viewer.decode import jobs as work
from viewer.decode.job_words import run_job
from viewer.decode.past_runs import finished_words, remembered
from viewer.decode.reuse import AtHand, at_hand, received
from viewer.documents.jobs import Opened
from viewer.model.facts.facts import Facts, JobState
from viewer.model.facts.run import Run
from viewer.model.scene.whole import Scene
from viewer.model.session.opening import open_picture, open_stream
from viewer.model.session.playback import tick
from viewer.model.session.state import Session, Stream, needs_run
from viewer.model.session.view_changes import blink
from viewer.overlays.artefact_worker import ArtefactMeasurer
from viewer.overlays.map_worker import Measurer
from viewer.panes.worker import Beside
from viewer.patch.worker import PatchReader
from viewer.playback.clocks import Clocks
from viewer.rate_distortion.resolve.scene import rates_job
from viewer.rate_distortion.worker import Rater
from viewer.shell.controller.resolve import resolve
from viewer.shell.controller.undo import Undoing


class Controller(Undoing):
    """Owns session, facts and jobs. `changed` comes after every change, with `scene` up to date."""

    changed = Signal()
    opened = Signal(object)
    """A file's path, once it has been read."""
    reopened = Signal(object)
    """A `Reopened` session: its picture is shown and all is set, or `missing` says why not."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(session, parent)
        self._memo = Memo()
        self._coded: Coded | None = None
        self._running: object = None
        self.refining = Lane("refine", self)
        self.measurer = Measurer(self)
        self.comparer = Comparer(self)
        self.rater = Rater(self)
        self.reader = PatchReader(self)
        self.beside = Beside(self)
        self.artefacts = ArtefactMeasurer(self)
        self.attached: list[Attached] = [self.artefacts]
        self._clocks = Clocks(self._tick, lambda: self.become(blink(self.session)), self)
        self._connect_lanes()
        self.scene: Scene = resolve(session, self.facts, self._memo)

    def _connect_lanes(self) -> None:
        self.refining.yielded.connect(self._refined)
        self.refining.progressed.connect(lambda _, part: self._progress(part))
        self.refining.finished.connect(lambda _: self._run_ended())
        self.refining.cancelled.connect(lambda _: self._run_ended())
        self.refining.failed.connect(lambda _, text: self._run_ended(text))
        self.loading.yielded.connect(lambda _, opened: self.take(opened))
        self.loading.finished.connect(lambda _: self.refresh())
        self.loading.cancelled.connect(lambda _: self.refresh())
        self.loading.failed.connect(lambda _, text: self._fail(text))
        self.saving.yielded.connect(lambda _, path: self.say(f"Saved {path.name}"))
        self.saving.finished.connect(lambda _: self.refresh())
        self.saving.failed.connect(lambda _, text: self._fail(text))
        self.measurer.curve_grew.connect(self._curve_grew)
        self.measurer.map_made.connect(self._map_made)
        self.measurer.idle.connect(self.refresh)
        self.measurer.curve_failed.connect(self._fail)
        self.measurer.map_failed.connect(self._map_failed)
        self.comparer.changed.connect(self.refresh)
        self.comparer.failed.connect(self._fail)
        self.rater.changed.connect(self.refresh)
        self.rater.failed.connect(self._fail)
        self.reader.changed.connect(self.refresh)
        self.reader.failed.connect(self._fail)
        self.artefacts.changed.connect(self.refresh)
        self.artefacts.failed.connect(self._fail)
        self.beside.changed.connect(self.refresh)
        self.beside.failed.connect(self._fail)

    # ---- intents --------------------------------------------------------------------------------

    def become(self, session: Session, linger: float = 0.0) -> None:
        """Take a session; decode anew if it calls for it."""
        before, self.session = self.session, session
        if needs_run(before, self.session):
            self._start_run(linger)
        self.refresh()

    def decode(self) -> None:
        """Run again what is set, and let go on what was stopped."""
        self.rater.resume()
        self.beside.resume()
        for part in self.attached:
            part.resume()
        if self.session.size is not None:
            self._start_run(0.0, fresh=True)
            self.refresh()

    def stop(self) -> None:
        """Stop whatever runs; what has been decoded so far stays."""
        for lane in (self.refining, self.loading):
            lane.cancel()
        self.measurer.cancel()
        self.comparer.stop()
        self.rater.stop()
        self.beside.stop()
        for part in self.attached:
            part.stop()

    def take(self, opened: Opened) -> None:
        """Show a picture or a stream that has been read."""
        shown: Picture | Stream | None = opened.picture or opened.stream
        if shown is None:
            self.reopened.emit(opened.restored)
            return
        self._memo.clear()
        self._coded = opened.coded
        self.measurer.forget()
        self.comparer.forget()
        self.rater.forget()
        self.reader.forget()
        self.beside.forget()
        self.facts = Facts(compare=self.comparer.facts, rates=self.rater.facts)
        if opened.picture is not None:
            self.session = open_picture(self.session, opened.picture, opened.sample, opened.file_codec)
        elif opened.stream is not None:
            self.session = open_stream(self.session, opened.stream)
        self.session = replace(self.session, playlist=opened.playlist)
        note = self.restore(opened.restored) or opened.note
        self._start_run(0.0)
        self.facts = replace(self.facts, error=note)
        self.refresh()
        if opened.restored is not None:
            self.reopened.emit(opened.restored)
        elif shown.path is not None and not opened.sample:
            self.opened.emit(shown.path)

    # ---- the run --------------------------------------------------------------------------------

    def _start_run(self, linger: float, fresh: bool = False) -> None:
        request = self.session.request()
        sent = self._at_hand(request)
        anew = fresh and self.session.stream is None
        if self.session.compare.on:
            self.refining.drop()
            self.facts = replace(self.facts, error="", message="")
            self.comparer.follow(self.session, None if anew else sent.coded, linger, fresh)
            return
        self.comparer.drop()
        if not fresh and self._is_current(request):
            return
        kinds = {card.name: card.kind for card in self.session.models}
        past = remembered(self.facts, request, kinds) if sent.shown else ()
        self.facts = replace(self.facts, past=past, error="", message="")
        sent = AtHand() if anew else sent
        address = work.address_of(self.session.card)
        picture, prepare = self.session.picture, work.prepare_torch
        job = work.refine(request, picture, sent.coded, prepare, linger, address, sent.stages)
        self._running = request
        self._part = 0.0
        self.refining.start(job)

    def _is_current(self, request: RefineRequest) -> bool:
        """Whether what was decoded last is what is asked for: coming back from comparing decodes nothing."""
        run = self.facts.run
        if self.refining.busy() or run is None or not run.refinement.finished:
            return False
        if run.refinement.request != request:
            return False
        return self._at_hand(request).coded is run.refinement.coded

    def _at_hand(self, request: RefineRequest) -> AtHand:
        if self.session.stream is not None:
            return received(self._coded, self.facts.run)
        return at_hand((self.facts.run, self.comparer.facts.sent), request, self.session.picture)

    def _refined(self, _: int, run: Run) -> None:
        if run.ready == 0:
            self.facts = replace(self.facts, maps={}, map_note="")
            self.measurer.forget_maps()
        self.facts = replace(self.facts, run=run)
        if self.measurer.start_curve(self.session, self.quality()):
            self.facts = replace(self.facts, rate_points=())
        if run.refinement.finished:
            self.facts = replace(self.facts, message=finished_words(run, self.session.card))
        self.refresh()

    def _progress(self, part: float) -> None:
        self._part = part
        self.refresh()

    def _run_ended(self, error: str = "") -> None:
        if self.refining.busy():
            return  # only replaced by a newer one
        run = self.facts.run
        if run is not None and not run.refinement.finished and not self.session.compare.on:
            stopped = replace(run.refinement, cancelled=True)
            words = "" if error else f"Stopped after step {run.ready} of {run.planned}"
            self.facts = replace(self.facts, run=replace(run, refinement=stopped), message=words)
        if error:
            self._forget_other_codec()
            self._fail(error)
        self.refresh()

    def _forget_other_codec(self) -> None:
        """A codec that could not encode must not be taken for the one whose pictures were shown before."""
        run = self.facts.run
        if run is not None and run.refinement.coded.codec != self.session.codec:
            self.facts = replace(self.facts, run=None, rate_points=(), past=(), maps={})

    def _job(self) -> JobState:
        if self.loading.busy():
            return JobState(self.loading_text, 0.0)
        if self.saving.busy():
            return JobState("Saving", 0.0)
        if self.session.compare.on:
            return compare_job(self.session, self.comparer.facts, self.comparer.decoding.busy())
        if not self.refining.busy():
            if self.beside.decoding.busy():
                return self.beside.job()
            rater = self.rater
            return rates_job(rater.facts, rater.surveying.busy(), rater.equalling.busy())
        return run_job(self.session, self.facts.run, self._running, self._part)

    def _tick(self, patches: int) -> None:
        self.become(tick(self.session, *self._steps(), patches=patches))

    # ---- curve and maps -------------------------------------------------------------------------

    def _curve_grew(self, points: Any) -> None:
        self.facts = replace(self.facts, rate_points=points)
        self.refresh()

    def _map_made(self, key: Any, values: Any) -> None:
        self.facts = replace(self.facts, maps={**self.facts.maps, key: values})
        self.refresh()

    def _map_failed(self, text: str) -> None:
        self.facts = replace(self.facts, map_note=text)
        self._fail(text)

    def refresh(self) -> None:
        """Something has changed: resolve anew and tell."""
        self._clocks.follow(self.session)
        self.measurer.start_map(self.session, self.facts)
        self.rater.follow(self.session, self.facts.run, self.refining.busy(), LINGER_SECONDS)
        self.reader.follow(self.session, self.facts.run)
        job, known = self._job(), (self.comparer.facts, self.rater.facts, self.reader.facts)
        if job != self.facts.job or (self.facts.compare, self.facts.rates, self.facts.codes) != known:
            self.facts = replace(self.facts, job=job, compare=known[0], rates=known[1], codes=known[2])
        self.facts = self.artefacts.follow(self.session, self.beside.told(self.facts))
        self.facts = self.with_history(self.facts)
        self.scene = resolve(self.session, self.facts, self._memo)
        self.beside.follow(self.session, self.facts.run, self.refining.busy(), self.scene)
        self.changed.emit()

    def complete(self) -> bool:
        """Whether nothing is left to be computed for what is shown."""
        busy = any(lane.busy() for lane in (self.refining, self.loading, self.saving))
        ours = (self.measurer.busy, self.comparer.busy, self.rater.busy, self.reader.busy, self.beside.busy)
        busy = busy or any(each() for each in ours) or any(part.busy() for part in self.attached)
        return self.sent() is not None and not busy

    def shutdown(self) -> None:
        """Stop the clocks and wait for every thread."""
        self._clocks.stop()
        for lane in (self.refining, self.loading, self.saving):
            lane.shutdown()
        self.measurer.shutdown()
        self.comparer.shutdown()
        self.rater.shutdown()
        self.reader.shutdown()
        self.beside.shutdown()
        for part in self.attached:
            part.shutdown()

    _part = 0.0
