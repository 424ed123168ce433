"""Intents of playback and of what is sent: the part of the controller between files and jobs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from viewer.core.jobs import LINGER_SECONDS
from viewer.decode.job_words import codec_change_words
from viewer.decode.rate_points import nearest_quality
from viewer.model.facts.run import Run
from viewer.model.session.options import codec_by, set_codec, set_quality
from viewer.model.session.playback import choose_step, scan_to, scan_total, step_by, toggle_play
from viewer.model.session.state import Session
from viewer.shell.controller.documents import Desk


class Player(Desk):
    """Turns what a person wants of steps, scan, codec and quality into transitions, given to `change`."""

    def change(self, transition: Callable[[Session], Session], linger: float = 0.0, name: str = "") -> None:
        """Take a transition; decode anew if the result calls for it. name: what undoing it is called."""
        raise NotImplementedError

    def sent(self) -> Run | None:
        """A run on the stream that is shown."""
        return self.facts.compare.sent if self.session.compare.on else self.facts.run

    def _steps(self) -> tuple[int, int, int]:
        """The newest position, the last planned one and the first."""
        if self.session.compare.on:
            return *self.facts.compare.steps(self.session.compare.entries), 0
        run = self.facts.run
        return (run.ready, run.planned, run.first) if run is not None else (0, 0, 0)

    def set_codec(self, codec: str) -> None:
        """Send by another codec at the rate of the stream that is shown, and say what else follows."""
        run, before = self.sent(), self.session
        rate = None
        if run is not None and run.refinement.coded.codec == before.codec:
            rate = run.refinement.coded.bits_per_pixel
        self.change(partial(set_codec, codec=codec, bits_per_pixel=rate))
        if self.session.options.codec != before.options.codec:
            self.say(codec_change_words(before, self.session))

    def codec_by(self, delta: int) -> None:
        """The next codec, or the one before."""
        self.set_codec(codec_by(self.session, delta))

    def toggle_play(self) -> None:
        self.change(lambda session: toggle_play(session, *self._steps()))

    def choose_step(self, step: int) -> None:
        self.change(lambda session: choose_step(session, step, *self._steps()))

    def step_by(self, delta: int) -> None:
        self.change(lambda session: step_by(session, delta, *self._steps()))

    def scan_by(self, delta: int) -> None:
        """Move along the scan; the first move begins at the first patch."""
        at = self.session.scan
        self.change(lambda session: scan_to(session, 0 if at is None else at + delta))

    def play_scan(self) -> None:
        """Play the scan from its beginning, at the last step."""
        start = replace(self.session, step=None)
        self.change(lambda _: replace(scan_to(start, 0), playing=scan_total(start) > 1))

    def quality_by(self, delta: int) -> None:
        """A little better or worse; from a target it starts at the quality that was reached."""
        self.change(lambda session: set_quality(session, self.quality() + delta), LINGER_SECONDS)

    def quality(self) -> int:
        """The quality in use: the one reached, while a target of bits is set. A stream that is made to a size
        has none; there it is the one whose stream would be about as large."""
        options, run = self.session.options, self.sent()
        if options.bits_per_pixel is None or run is None or run.refinement.coded.codec != options.codec:
            return options.quality
        coded = run.refinement.coded
        if coded.quality is not None:
            return coded.quality
        known = nearest_quality(self.facts.rate_points, options.codec, coded.bits_per_pixel)
        return options.quality if known is None else known
