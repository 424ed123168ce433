"""What a person wants of steps and scan, and what the clocks do to them."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject

from viewer.core.control import Control
from viewer.model.session.choices import Page
from viewer.model.session.playback import choose_step, scan_to, scan_total, step_by, tick, toggle_play
from viewer.model.session.state import Session
from viewer.model.session.view_changes import blink
from viewer.playback.clocks import Clocks


class Playback:
    """Turns intents and beats into transitions."""

    def __init__(self, control: Control, parent: QObject) -> None:
        self._control = control
        self.clocks = Clocks(self._tick, lambda: control.become(blink(control.session)), parent)

    def toggle_play(self) -> None:
        self._control.change(lambda session: toggle_play(session, *self._steps()))

    def choose_step(self, step: int) -> None:
        self._control.change(lambda session: choose_step(session, step, *self._steps()))

    def step_by(self, delta: int) -> None:
        self._control.change(lambda session: step_by(session, delta, *self._steps()))

    def scan_by(self, delta: int) -> None:
        """Move along the scan; the first move begins at the first patch."""
        at = self._control.session.scan
        self._control.change(lambda session: scan_to(session, 0 if at is None else at + delta))

    def play_scan(self) -> None:
        """Play the scan from its beginning, at the last step."""
        start = replace(self._control.session, step=None)
        self._control.change(lambda _: replace(scan_to(start, 0), playing=scan_total(start) > 1))

    def follow(self, session: Session) -> None:
        """Beat while the session plays or blinks."""
        self.clocks.follow(session)

    def stop(self) -> None:
        """No beat follows."""
        self.clocks.stop()

    def _tick(self, patches: int) -> None:
        control = self._control
        control.become(tick(control.session, *self._steps(), patches=patches))

    def _steps(self) -> tuple[int, int, int]:
        """The newest position, the last planned one and the first."""
        session, facts = self._control.session, self._control.facts
        if session.page is Page.COMPARE:
            return *facts.compare.steps(session.compare.entries), 0
        run = facts.run
        return (run.ready, run.planned, run.first) if run is not None else (0, 0, 0)
