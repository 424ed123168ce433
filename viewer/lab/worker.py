"""Keeps the lab's run: what is asked of its process, and what that has said so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import UserError
from engine.lab.events import Angles, Course, Credit, Ended, Event, Failed, Moved, Original, Started
from engine.lab.settings import as_toml
from viewer.lab.line import LabLine
from viewer.lab.picture import PictureFolder
from viewer.lab.process import LabProcess
from viewer.lab.record import CourseRecord
from viewer.lab.tried import tried_of
from viewer.lab.wanted import Wanted, filed, on_pictures, wanted_of
from viewer.model.facts.facts import Facts, JobState
from viewer.model.facts.lab import CreditFacts, LabFacts, LabState
from viewer.model.scene.whole import Scene
from viewer.model.session.choices import Page
from viewer.model.session.lab import limits_of, same_run
from viewer.model.session.state import Session

_NEWS_MS = 100
"""News are told this often at most, so that the window draws other things, too."""

_TURNS = (Started, Original, Ended, Failed)
"""Events that are told at once."""


class LabRunner(QObject):
    """Owns the process and the run. `changed` comes with news, thinned out; `said` with every event."""

    changed = Signal()
    failed = Signal(str)
    said = Signal(object)

    def __init__(self, parent: QObject | None = None, process: Callable[[], LabProcess] = LabProcess) -> None:
        super().__init__(parent)
        self._line = LabLine(process, self)
        self._line.heard.connect(self._heard_all)
        self._line.gone.connect(self._gone)
        self._files = PictureFolder()
        self._record = CourseRecord()
        self._session: Session | None = None
        self._run: Wanted | None = None
        self._plays = self._runs = 0
        self._heard = False
        self._then: tuple[str, dict[str, int]] | None = None
        self._looks: dict[int, int] = {}
        self.facts = LabFacts()
        self._news = QTimer(self)
        self._news.setSingleShot(True)
        self._news.setInterval(_NEWS_MS)
        self._news.timeout.connect(self._tell)

    # ---- the run ----------------------------------------------------------------------------------

    @property
    def playing(self) -> bool:
        """Whether a run learns or is about to."""
        return self._plays > 0 or self._then is not None

    def current(self) -> bool:
        """Whether the run there is is the one that is wanted."""
        wanted = self._wanted()
        return self._run is not None and wanted is not None and self._run.same(wanted)

    def _wanted(self) -> Wanted | None:
        return wanted_of(self._session) if self._session is not None else None

    def play(self, **how: int) -> None:
        """Go on, or begin the run that is wanted. how: `updates` or `rows`, so many and no more."""
        if self.current() and self._line.alive() and self.facts.state is not LabState.STARTING:
            self._send_play(how)
        else:
            self._then = ("play", how)
            if not (self.current() and self.facts.state is LabState.STARTING):
                self.begin()
        self._now()

    def pause(self) -> None:
        """Learn no more for now; every lane then shows its picture of the newest moment."""
        self._then = None
        if self._plays:
            self._line.say("pause")
        self._now()

    def begin(self) -> None:
        """Make the run that is wanted, paused, in place of the one there is."""
        wanted = self._wanted()
        if wanted is None:
            return
        try:
            text = as_toml(filed(wanted, self._files))
            if self._line.have():
                self._plays = 0
        except (UserError, OSError) as error:
            self._fault(str(error))
            return
        self._keep_tried()
        self._record, self._run, self._plays = CourseRecord(), wanted, 0
        self._looks.clear()
        self._runs += 1
        self.facts = replace(
            self.facts, state=LabState.STARTING, settings=wanted.settings, courses=(), original=None,
            fault="", learn=wanted.learn, credit=CreditFacts(),
        )  # fmt: skip
        self._heard = False
        self._line.say("start", toml=text, run=self._runs)

    def rewind(self) -> None:
        """Every lane to its beginning, with the same weights."""
        if self._there():
            self._looks.clear()
            self._line.say("rewind", update=0)
            self._then = None
            self._now()

    def back(self, moments: dict[int, int]) -> None:
        """Lanes, by number, to the newest moment kept that is not after an update."""
        for lane, update in moments.items():
            self._line.say("back", lane=lane, update=update)
        self._then = None
        self._now()

    def fork(self, lane: int, update: int, text: str) -> None:
        """A new lane from a moment of another one; what was playing goes on."""
        if self._there():
            playing = self._plays > 0
            self._line.say("fork", lane=lane, update=update, text=text)
            if playing:
                self._then = ("play", {})

    def look(self, lane: int, update: int) -> None:
        """Ask for a lane's picture of a moment, unless that is asked for already."""
        if self._there() and self._looks.get(lane) != update:
            self._looks[lane] = update
            self._line.say("look", lane=lane, update=update)

    def weigh(self) -> None:
        """Measure what learners need as rows grow."""
        if self._there() and not self.facts.weighing:
            playing = self._plays > 0
            self.facts = replace(self.facts, weighing=True)
            for course in self.facts.courses:
                self._line.say("weigh", lane=course.facts.lane)
            if playing:
                self._send_play({})
            self._now()

    def look_into(self, lane: int, update: int, place: tuple[int, int] | None) -> None:
        """Ask where a lane's credit goes at a moment, along a batch or the span of a patch of the picture."""
        row, column = place or (-1, -1)
        asked = lane, update, row, column
        if not self._there() or self.facts.credit.waiting or self.facts.credit.asked == asked:
            return
        self.facts = replace(self.facts, credit=CreditFacts(asked))
        self._line.say("credit", lane=lane, update=update, row=row, column=column)
        if self.facts.settings is not None and not self.facts.settings.network.k_top:
            self._line.say("angles", lane=lane, update=update)  # what draws trains no attentive networks
        self._line.say("along", lane=lane)
        self._now()

    def keep(self, lane: int, update: int, path: str) -> None:
        """Write a lane as a decoder, as it was at its newest moment kept that is not after an update."""
        if self._there():
            self._line.say("keep", lane=lane, update=update, file=path)

    def _look_at_newest(self) -> None:
        for course in self._record.courses():
            if course.shots and course.shots[-1].update < course.update:
                self._line.say("look", lane=course.facts.lane, update=course.update)

    def _send_play(self, how: dict[str, int]) -> None:
        self._plays += 1
        self.facts = replace(self.facts, state=LabState.PLAYING, fault="")
        self._line.say("play", **how)

    def _there(self) -> bool:
        return self._run is not None and self._line.alive() and bool(self._record.courses())

    def _keep_tried(self) -> None:
        """Lanes of the run there is, into the table."""
        others = tuple(each for each in self.facts.tried if each.run != self._runs)
        settings = self.facts.settings
        if settings is not None:
            others += tried_of(self._runs, settings, self._record.unit, self._record.courses())
        self.facts = replace(self.facts, tried=others)

    # ---- what it says -----------------------------------------------------------------------------

    def pid(self) -> int | None:
        """The process's number, None while there is none."""
        return self._line.pid()

    def _heard_all(self, events: tuple[Event, ...]) -> None:
        for event in events:
            self._hear(event)
            self.said.emit(event)
        if any(isinstance(event, _TURNS) for event in events):
            self._now()  # what state and lanes say belongs together
        elif not self._news.isActive():
            self._news.start()

    def _hear(self, event: Event) -> None:
        """What a run says that was replaced is of no interest any more."""
        if isinstance(event, Started) and event.run == self._runs:
            self._heard = True
        if not self._heard and not isinstance(event, Failed):
            return
        self._record.take(event)
        match event:
            case Started():
                if self.facts.state in (LabState.STARTING, LabState.DONE):  # a fork has not ended
                    self.facts = replace(self.facts, state=LabState.PAUSED)
                self._go_on()
            case Moved() if self.facts.state is LabState.DONE:
                self.facts = replace(self.facts, state=LabState.PAUSED)
            case Original() if event.picture == 0:
                self.facts = replace(self.facts, original=event.pixels)
                for course in self._record.courses():
                    if course.update:
                        self._line.say("look", lane=course.facts.lane, update=course.update)
            case Ended():
                self._plays = max(0, self._plays - 1)
                if not self.playing:
                    done = LabState.DONE if event.why == "done" else LabState.PAUSED
                    self.facts = replace(self.facts, state=done)
                    self._look_at_newest()  # what was measured last may be newer than its picture
            case Credit() | Angles() | Course():
                self.facts = replace(self.facts, credit=self.facts.credit.told(event))
            case Failed():
                self._fault(event.message)
            case _:
                pass

    def _go_on(self) -> None:
        """What waited for the run to be made."""
        then, self._then = self._then, None
        if then is not None:
            self._send_play(then[1])

    def _fault(self, message: str) -> None:
        self._plays, self._then = 0, None
        if self.facts.credit.waiting:
            self.facts = replace(self.facts, credit=CreditFacts())
        state = LabState.PAUSED if self._record.courses() else LabState.NONE
        if state is LabState.NONE:
            self._run = None
        self.facts = replace(self.facts, state=state, weighing=False, fault=self.facts.fault or message)
        self._news.start()

    def _gone(self, how: str) -> None:
        """The process has ended by itself: what it said stays to be looked at."""
        self._run, self._plays = None, 0
        self._fault(f"The lab's process has ended ({how}): Play begins the run anew")

    def _tell(self) -> None:
        """Take up what is new, and say so."""
        courses = self._record.courses()
        weighed = self.facts.weighing and any(course.growth is None for course in courses)
        self.facts = replace(self.facts, courses=courses, unit=self._record.unit, weighing=weighed)
        self._keep_tried()
        self.changed.emit()

    def _now(self) -> None:
        self._news.stop()
        self._tell()

    # ---- as a worker of the controller --------------------------------------------------------------

    def follow(self, session: Session, facts: Facts, scene: Scene) -> Facts:
        """Have the run made when the page opens, so that it is there when it is wanted."""
        opened = session.page is Page.LAB and (self._session is None or self._session.page is not Page.LAB)
        self._session = session
        if opened and self.facts.state is LabState.NONE and not self.facts.fault:
            self.begin()
        self._keep_limits()
        self._keep_picture()
        return facts if facts.lab is self.facts else replace(facts, lab=self.facts)

    def _keep_limits(self) -> None:
        """Where a run ends may change while it goes on."""
        wanted = self._wanted()
        if wanted is None or self._run is None or self.facts.settings is None or not self._run.same(wanted):
            return
        limits = limits_of(wanted.settings)
        if limits != limits_of(self.facts.settings) and same_run(wanted.settings, self.facts.settings):
            self.facts = replace(self.facts, settings=wanted.settings)
            if self.facts.state is LabState.DONE:
                self.facts = replace(self.facts, state=LabState.PAUSED)
            seconds, updates, target = limits
            self._line.say("limit", seconds=seconds, updates=updates, target=target)

    def _keep_picture(self) -> None:
        """Lanes decode the picture that is open, also when it becomes another one."""
        wanted, run = self._wanted(), self._run
        if wanted is None or run is None or not run.same(wanted) or run.paint is wanted.paint:
            return
        self._run = replace(run, paint=wanted.paint)
        path = str(self._files.painted(wanted.paint)) if wanted.paint is not None else wanted.settings.picture
        if on_pictures(wanted.settings):
            self._looks.clear()
            self._line.say("paint", picture=path)

    def forget(self) -> None:
        """Another picture is open, which `follow` hears of."""

    def stop(self) -> None:
        """Whatever runs is to stop."""
        self.pause()

    def resume(self) -> None:
        """A run goes on when its own button is pressed."""

    def busy(self) -> bool:
        return self.playing or self.facts.state is LabState.STARTING

    def job(self) -> JobState | None:
        """The lab's page says itself how far it is; elsewhere it is told that something runs."""
        away = self._session is not None and self._session.page is not Page.LAB
        return JobState("The lab learns", 0.0) if away and self._plays else None

    def shutdown(self) -> None:
        """End the process and wait for whoever reads it."""
        self._news.stop()
        self._plays = 0
        self._line.shutdown()
        self._files.close()
