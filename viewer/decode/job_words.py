"""What the status bar says of the work in progress, and of a choice with consequences. No Qt, pure."""

from __future__ import annotations

from viewer.core.words import bpp
from viewer.model.facts.facts import JobState
from viewer.model.facts.run import Run
from viewer.model.session.choices import Page
from viewer.model.session.decoder_names import decoder_title
from viewer.model.session.state import Session


def run_job(session: Session, run: Run | None, running: object, part: float) -> JobState:
    """A run under way. run: what is shown; running: the request that is decoded; part: of all its steps, 0
    to 1."""
    if run is None or run.over or run.refinement.request != running:
        if session.stream is not None:
            return JobState("Reading the stream", 0.0)
        return JobState(f"Encoding, {session.codec_facts.title}", 0.0)
    if run.first_planned < run.first:
        return JobState(f"Decoding its {session.codec_facts.stage}s", 0.0)
    if run.ready == 0 and part == 0:
        return JobState(f"Starting {decoder_title(run.refinement.request.decoder, session.models)}", 0.0)
    if run.ready == 0:
        return JobState(f"Refining, {run.planned} steps", part)
    return JobState(f"Step {run.ready + 1} of {run.planned}", part)


def codec_change_words(before: Session, after: Session) -> str:
    """What choosing another codec brought along: the rate that is kept, the decoder that follows."""
    options, said = after.options, [after.codec_facts.title]
    if options.bits_per_pixel is not None:
        said[0] += f" at about {bpp(options.bits_per_pixel)}"
    if options.decoder != before.options.decoder:
        said.append(
            f"decoder {decoder_title(options.decoder, after.models)}"
            if options.decoder
            else "no decoder is trained for it"
        )
    if before.page is Page.COMPARE and after.page is not Page.COMPARE:
        said.append("there are not two decoders to compare")
    return " · ".join(said)
