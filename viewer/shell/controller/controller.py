"""Between intents and views: changes the session, runs the jobs it needs, resolves, tells the window."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from engine.types import RefineRequest
from viewer.bench.worker import Bencher
from viewer.compare.worker import Comparer
from viewer.core.control import Transition
from viewer.core.jobs import Lane
from viewer.core.memo import Memo
from viewer.core.worker import Reporter, Worker
from viewer.decode import jobs as work
from viewer.decode.curve_worker import CurveWorker
from viewer.decode.job_words import run_job
from viewer.decode.past_runs import finished_words, remembered
from viewer.decode.reuse import AtHand, sent_already
from viewer.decode.sending import Sending
from viewer.documents.controller import Documents
from viewer.documents.jobs import Opened
from viewer.documents.restore import restored, restored_words
from viewer.documents.session_file import Reopened
from viewer.lab.worker import LabRunner
from viewer.model.facts.facts import Facts, JobState, sent_run
from viewer.model.facts.run import Run
from viewer.model.scene.whole import Scene
from viewer.model.session.bench_changes import close_bench
from viewer.model.session.choices import Page
from viewer.model.session.opening import open_picture, open_stream
from viewer.model.session.repair_changes import close_repair
from viewer.model.session.state import Session, needs_run
from viewer.overlays.artefact_worker import ArtefactMeasurer
from viewer.overlays.map_worker import MapWorker
from viewer.overlays.perceptual_worker import PerceptualMeasurer
from viewer.panes.worker import Beside
from viewer.patch.worker import PatchReader
from viewer.playback.controller import Playback
from viewer.rate_distortion.delta_worker import DeltaWorker
from viewer.rate_distortion.worker import Rater
from viewer.remote.worker import Guests
from viewer.repair.worker import Repairer
from viewer.schematic.worker import NetworkReader
from viewer.shell.controller.resolve import resolve
from viewer.shell.controller.undo import UndoRedo

W = TypeVar("W")


def _place(session: Session) -> tuple[object, ...]:
    """What a session looks at: a message about it goes when it is another."""
    lessons = session.lessons
    return (
        session.page, session.mode, session.compare.page, session.rates.page, lessons.on, lessons.at,
        id(session.picture), id(session.stream),
    )  # fmt: skip


class Controller(QObject):
    """Owns session, facts and jobs, and is the `Control` of everything below it. `changed` comes after every
    change, with `scene` up to date."""

    changed = Signal()
    failed = Signal(str)
    """Any error that the window shows, for those who have no window to look at."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session, self.facts = session, Facts()
        self._over = False
        self.documents = Documents(self, self)
        self.playback = Playback(self, self)
        self.sending = Sending(self)
        self.undo = UndoRedo(self)
        self._memo = Memo()
        self._running: object = None
        self._part = 0.0
        self.refining = Lane("refine", self)
        self.workers: list[Worker] = []
        self._connect_lanes()
        self.scene: Scene = resolve(session, self.facts, self._memo)

    def _connect_lanes(self) -> None:
        self.refining.yielded.connect(self._refined)
        self.refining.progressed.connect(lambda _, part: self._progress(part))
        self.refining.finished.connect(lambda _: self._run_ended())
        self.refining.cancelled.connect(lambda _: self._run_ended())
        self.refining.failed.connect(lambda _, text: self._run_ended(text))
        self._add(Comparer(self))
        self._add(Beside(self))
        self._add(Guests(self, self))
        self._add(Rater(self))
        self._add(DeltaWorker(self))
        self._add(Repairer(self))
        self._add(Bencher(self))
        self._add(CurveWorker(self))
        self._add(MapWorker(self))
        self._add(PatchReader(self))
        self._add(NetworkReader(self))
        self._add(ArtefactMeasurer(self))
        self._add(LabRunner(self))
        self._add(PerceptualMeasurer(self))

    def _add(self, worker: Reporter) -> None:
        worker.changed.connect(self.refresh)
        worker.failed.connect(self.complain)
        self.workers.append(worker)

    def worker(self, kind: type[W]) -> W:
        """The worker of a kind. Raises LookupError where there is none."""
        for worker in self.workers:
            if isinstance(worker, kind):
                return worker
        raise LookupError(f"no {kind.__name__} among the workers")

    def attach(self, worker: Worker) -> None:
        """Let a worker stop, be waited for, and end with everything else."""
        self.workers.append(worker)

    # ---- telling --------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """Show a message until the next one."""
        self.facts = replace(self.facts, message=text, error="")
        self.refresh()

    def complain(self, text: str) -> None:
        """Show an error in one line; the window stays as it is."""
        self.facts = replace(self.facts, error=text, message="")
        self.refresh()
        self.failed.emit(text)

    def hush(self) -> None:
        """Forget the last message and the last error."""
        self.facts = replace(self.facts, message="", error="")

    def forget_error(self) -> None:
        """The error has been read."""
        if self.facts.error:
            self.facts = replace(self.facts, error="")
            self.refresh()

    # ---- intents --------------------------------------------------------------------------------

    def change(self, transition: Transition, linger: float = 0.0, name: str = "") -> None:
        """Take a transition that a person asked for; decode anew if the result calls for it. name: what
        undoing it is called, "" to say what changed."""
        after = transition(self.session)
        if self.facts.message and _place(after) != _place(self.session):
            self.facts = replace(self.facts, message="")  # it was about what was shown then
        self.undo.note(self.session, after, name)
        self.become(after, linger)

    def become(self, session: Session, linger: float = 0.0) -> None:
        """Take a session; decode anew if it calls for it. After `shutdown` nothing starts any more."""
        if self._over:
            return
        before, self.session = self.session, session
        if needs_run(before, self.session):
            self._start_run(linger)
        self.refresh()

    def decode(self) -> None:
        """Run again what is set, and let go on what was stopped."""
        for worker in self.workers:
            worker.resume()
        if self.session.size is not None:
            self._start_run(0.0, fresh=True)
            self.refresh()

    def stop(self) -> None:
        """Stop whatever runs; what has been decoded so far stays."""
        self.refining.cancel()
        self.documents.stop()
        for worker in self.workers:
            worker.stop()

    def show_opened(self, opened: Opened) -> None:
        """Take a picture or a stream in place of what is shown; it holds one of them."""
        self._memo.clear()
        for worker in self.workers:
            worker.forget()
        self.facts = Facts(received=opened.coded)
        if opened.picture is not None:
            self.session = open_picture(self.session, opened.picture, opened.sample, opened.file_codec)
        elif opened.stream is not None:
            self.session = open_stream(self.session, opened.stream)
        self.session = close_bench(close_repair(self.session))
        self.session = replace(self.session, playlist=opened.playlist)
        note = self._restore(opened.restored) or opened.note
        self._start_run(0.0)
        self.facts = replace(self.facts, error=note)
        self.refresh()

    def _restore(self, reopened: Reopened | None) -> str:
        """Bring the session to a saved one, if there is any; says what of it can't be had."""
        if reopened is None:
            return ""
        self.session = restored(self.session, reopened)
        self.undo.forget()
        return restored_words(self.session, reopened)

    # ---- the run --------------------------------------------------------------------------------

    def _start_run(self, linger: float, fresh: bool = False) -> None:
        request = self.session.request()
        if self.session.page is Page.COMPARE:
            self.refining.drop()
            self.facts = replace(self.facts, error="", message="")
            return
        if not fresh and self._is_current(request):
            return
        sent, anew = sent_already(self.session, self.facts, request), fresh and self.session.stream is None
        past = remembered(self.facts, request, self.session.models) if sent.shown else ()
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
        return sent_already(self.session, self.facts, request).coded is run.refinement.coded

    def _refined(self, _: int, run: Run) -> None:
        self.facts = replace(self.facts, run=run)
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
        if run is not None and not run.refinement.finished and self.session.page is not Page.COMPARE:
            stopped = replace(run.refinement, cancelled=True)
            words = "" if error else f"Stopped after step {run.ready} of {run.planned}"
            self.facts = replace(self.facts, run=replace(run, refinement=stopped), message=words)
        if error:
            self._forget_other_codec()
            self.complain(error)
        self.refresh()

    def _forget_other_codec(self) -> None:
        """A codec that could not encode must not be taken for the one whose pictures were shown before."""
        run = self.facts.run
        if run is not None and run.refinement.coded.codec != self.session.codec:
            self.facts = replace(self.facts, run=None, past=())

    def _job(self) -> JobState:
        documents = self.documents.job()
        if documents is not None:
            return documents
        if self.refining.busy():
            return run_job(self.session, self.facts.run, self._running, self._part)
        jobs = (worker.job() for worker in self.workers)
        return next((job for job in jobs if job is not None), JobState())

    # ---- telling of changes -----------------------------------------------------------------------

    def refresh(self) -> None:
        """Something has changed: resolve anew and tell."""
        if self._over:
            return
        self.playback.follow(self.session)
        self._follow()
        before, self.scene = self.scene, resolve(self.session, self.facts, self._memo)
        if self.scene.panes is not before.panes:
            self._follow()  # what the new panes lack
        self.changed.emit()

    def _follow(self) -> None:
        facts, decoding = self.facts, self.refining.busy()
        if facts.decoding != decoding:
            facts = replace(facts, decoding=decoding)
        for worker in self.workers:
            facts = worker.follow(self.session, facts, self.scene)
        job = self._job()
        self.facts = self.undo.told(facts if job == facts.job else replace(facts, job=job))

    def complete(self) -> bool:
        """Whether nothing is left to be computed for what is shown."""
        busy = self.refining.busy() or self.documents.busy() or any(each.busy() for each in self.workers)
        return sent_run(self.session, self.facts) is not None and not busy

    def shutdown(self) -> None:
        """Stop the clocks and wait for every thread. What widgets still say while they go changes nothing."""
        self._over = True
        self.playback.stop()
        for owner in (self, *self.workers):
            for lane in owner.findChildren(Lane) if isinstance(owner, QObject) else ():
                lane.close()  # so that they end side by side
        self.refining.shutdown()
        self.documents.shutdown()
        for worker in self.workers:
            worker.shutdown()
