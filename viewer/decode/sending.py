"""Intents on what is sent: codec and quality, starting from the stream that is shown."""

from __future__ import annotations

from functools import partial

from viewer.core.control import Control
from viewer.core.jobs import LINGER_SECONDS
from viewer.decode.job_words import codec_change_words
from viewer.decode.rate_points import quality_in_use
from viewer.model.facts.facts import sent_run
from viewer.model.session.options import codec_by, set_codec, set_quality


class Sending:
    """Turns intents into transitions."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def set_codec(self, codec: str) -> None:
        """Send by another codec at the rate of the stream that is shown, and say what else follows."""
        before = self._control.session
        run, rate = sent_run(before, self._control.facts), None
        if run is not None and run.refinement.coded.codec == before.codec:
            rate = run.refinement.coded.bits_per_pixel
        self._control.change(partial(set_codec, codec=codec, bits_per_pixel=rate))
        after = self._control.session
        if after.options.codec != before.options.codec:
            self._control.say(codec_change_words(before, after))

    def codec_by(self, delta: int) -> None:
        """The next codec, or the one before."""
        self.set_codec(codec_by(self._control.session, delta))

    def quality_by(self, delta: int) -> None:
        """A little better or worse; from a target it starts at the quality that was reached."""
        self._control.change(lambda session: set_quality(session, self.quality() + delta), LINGER_SECONDS)

    def quality(self) -> int:
        """The quality in use (`quality_in_use`)."""
        return quality_in_use(self._control.session, self._control.facts)
