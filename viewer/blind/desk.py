"""Leads through a blind test: asks for the folder, shows pairs, takes answers, writes the protocol."""

from __future__ import annotations

import random
import time
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from engine.errors import UserError
from engine.evaluation.blind import Answer, Trial, Verdict, protocol
from engine.io.atomic import write_atomically
from viewer.blind.jobs import Pair, Plan, pair, plan, weighed
from viewer.blind.views.veil import BlindVeil
from viewer.blind.words import ASKED, left_out_words, result_words
from viewer.core.control import Control
from viewer.core.jobs import Lane
from viewer.core.words import codec_title
from viewer.core.worker import Apart
from viewer.decode.jobs import address_of
from viewer.ui.save_dialog import ask_file

_AHEAD = 3
"""Pairs that are decoded before they are asked for: memory stays bounded."""


class BlindDesk(Apart):
    """One test at a time. A worker, too: it ends with everything else."""

    def __init__(self, window: QWidget, control: Control) -> None:
        super().__init__(window)
        self._window, self._control = window, control
        self.veil: BlindVeil | None = None
        self.lane = Lane("blind", self, low=True, apart=True)
        self.lane.yielded.connect(lambda _, record: self._take(record))
        self.lane.finished.connect(lambda _: self._prepare())
        self.lane.failed.connect(lambda _, text: self._failed(text))
        self._folder, self._seed, self._question = Path(), 0, "refined"
        self._trials: tuple[Trial, ...] = ()
        self._pairs: dict[int, Pair] = {}
        self._left_out: list[str] = []
        """Why pictures can't be shown, a line each."""
        self.answers: list[Answer] = []
        self._at, self._next, self._since = 0, 0, 0.0
        self._about = ""
        control.attach(self)

    # ---- the course of a test -----------------------------------------------------------------------

    def ask(self) -> None:
        """Let the user choose a folder, and begin."""
        folder = QFileDialog.getExistingDirectory(self._window, "Blind test over a folder")
        if folder:
            self.begin(Path(folder), random.SystemRandom().randrange(1 << 31))

    def begin(self, folder: Path, seed: int) -> None:
        """Begin a test over the pictures of a folder, decoded as it is set now."""
        session = self._control.session
        self._folder, self._seed = folder, seed
        self._trials, self._pairs, self.answers, self._at, self._next = (), {}, [], 0, 0
        self._left_out = []
        request = session.request()
        decoder = f"{request.decoder}, {session.options.steps or 'trained'} steps"
        rate = session.options.bits_per_pixel
        sent = f"quality {session.options.quality}" if rate is None else f"{rate:.3f} bpp"
        self._about = f"{codec_title(session.options.codec)} {sent}; {decoder}"
        if self.veil is None:
            self.veil = BlindVeil(self._window)
            self.veil.answered.connect(self._answer)
            self.veil.question_chosen.connect(self._ask_other)
            self.veil.save_asked.connect(self._ask_save)
            self.veil.end_asked.connect(self._end)
            self.veil.closed.connect(self._ended)
        self.veil.open()
        self._show()
        self.lane.start(plan(folder, seed))

    def _take(self, record: object) -> None:
        if isinstance(record, Plan):
            self._trials = record.trials
        elif isinstance(record, Pair):
            self._pairs[record.number] = record
            if record.failure:
                self._left_out.append(record.failure)
            if record.number == self._at:
                self._skip_broken()
                self._since = time.monotonic()
        elif isinstance(record, Verdict) and self.veil is not None:
            text = f"{result_words(record, self._question)}\n{left_out_words(self._left_out)}"
            self.veil.show_result(text.strip(), self._count())
            self.veil.offer(self._question, False, True)
            return
        self._show()

    def _prepare(self) -> None:
        """Decode a few pairs ahead."""
        there = self.veil is not None and self.veil.isVisible()
        if there and not self.lane.busy() and self._next < min(len(self._trials), self._at + _AHEAD):
            session, number = self._control.session, self._next
            self._next += 1
            trial, address = self._trials[number], address_of(session.card)
            self.lane.start(pair(self._folder, number, trial, session.request(), address))

    def _skip_broken(self) -> None:
        """What can't be shown is left out."""
        while self._at in self._pairs and self._pairs[self._at].failure:
            self._at += 1

    def _answer(self, chose_a: bool) -> None:
        shown = self._pairs.get(self._at)
        if shown is None or shown.a is None:
            return
        now = time.monotonic()
        chosen = chose_a == shown.trial.refined_first
        self.answers.append(Answer(shown.trial, chosen, now - self._since))
        self._pairs.pop(self._at)
        self._at, self._since = self._at + 1, now
        self._skip_broken()
        self._prepare()
        self._show()

    def _show(self) -> None:
        if self.veil is None or not self.veil.isVisible():
            return
        if self._trials and self._at >= len(self._trials):
            self._weigh()
            return
        shown = self._pairs.get(self._at)
        a, b = (shown.a, shown.b) if shown is not None else (None, None)
        waiting = "Decoding the next pair…" if self._trials else "Looking for pictures…"
        self.veil.show_pair(ASKED[self._question], self._count(), a, b, waiting)
        self.veil.offer(self._question, not self.answers, bool(self.answers))

    def _weigh(self) -> None:
        assert self.veil is not None
        if not self.answers:
            words = f"No picture of this folder could be shown.\n{left_out_words(self._left_out)}"
            self.veil.show_result(words.strip(), "")
            self.veil.offer(self._question, False, False)
            return
        self.veil.show_result("Weighing the answers…", self._count())
        self.lane.start(weighed(tuple(self.answers)))

    def _end(self) -> None:
        """Before the last pair the answers are weighed; then the test closes."""
        assert self.veil is not None
        if self.answers and self._at < len(self._trials):
            self._at = self._next = len(self._trials)
            self._weigh()
        else:
            self.veil.close_veil()

    def _count(self) -> str:
        if not self._trials:
            return ""
        left = len(self._left_out)
        count = len(self._trials) - left
        at = min(len(self.answers) + 1, count)
        return f"Pair {at} of {count}" + (f" · {left} left out" if left else "")

    def _ask_other(self, question: str) -> None:
        if not self.answers:
            self._question = question
            self._show()

    def _failed(self, text: str) -> None:
        if self.veil is not None:
            self.veil.close_veil()
        self._control.complain(text)

    def _ended(self) -> None:
        """Closed, perhaps before the last pair: what was answered is told."""
        self.lane.drop()
        self._pairs.clear()
        self._control.refresh()
        if self.answers:
            refined = sum(answer.chose_refined for answer in self.answers)
            self._control.say(f"Blind test: the refined picture in {refined} of {len(self.answers)} answers")
        self._window.setFocus()

    # ---- the protocol -------------------------------------------------------------------------------

    def _ask_save(self) -> None:
        name = f"blind-test-{self._folder.name}.csv"
        path, _ = ask_file(self._window, "Save the protocol", self._folder.parent / name, ["CSV (*.csv)"])
        if path is not None:
            self.save(path)

    def save(self, path: Path) -> None:
        """Write what was answered so far."""
        text = protocol(self.answers, self._seed, self._question, self._about)
        try:
            write_atomically(path, lambda file: file.write(text.encode("utf-8", "backslashreplace")))
        except UserError as error:
            self._control.complain(str(error))
            return
        self._control.say(f"Saved {path.name}")
