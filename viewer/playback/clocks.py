"""The beats of playback and blinking."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from viewer.model.session.playback import scan_beat, scan_total
from viewer.model.session.state import Session


class Clocks(QObject):
    """Runs a timer while the session plays, and one while it blinks. tick: told how many patches of a scan
    a beat stands for."""

    def __init__(
        self, tick: Callable[[int], None], blink: Callable[[], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._patches = 1
        self.player = self._timer(500, lambda: tick(self._patches))
        self.blinker = self._timer(500, blink)

    def _timer(self, interval: int, beat: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(interval)
        timer.timeout.connect(beat)
        return timer

    def follow(self, session: Session) -> None:
        """Run what the session wants to run, at its speed."""
        for timer, wanted in ((self.player, session.playing), (self.blinker, session.blinking)):
            if wanted and not timer.isActive():
                timer.start()
            elif not wanted and timer.isActive():
                timer.stop()
        blink = round(1000 / session.looking.blink_rate)
        if session.blinking and self.blinker.interval() != blink:
            self.blinker.setInterval(blink)
        beat, self._patches = _beat(session)
        if session.playing and self.player.interval() != beat:
            self.player.setInterval(beat)

    def stop(self) -> None:
        self.player.stop()
        self.blinker.stop()


def _beat(session: Session) -> tuple[int, int]:
    """Milliseconds between two beats of playback, and patches a beat along a scan."""
    if session.scan is None:
        return round(700 / session.speed), 1
    return scan_beat(scan_total(session), session.speed)
