"""Streams that are at hand, so that nothing need be encoded for a run. No Qt, pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.codecs.facts import codec_facts
from engine.types import Coded, Picture, RefineRequest, Stage
from viewer.model.facts.facts import Facts
from viewer.model.facts.run import Run
from viewer.model.session.state import Session


@dataclass(frozen=True, eq=False)
class AtHand:
    """A stream with those of its stages that are decoded. shown: whether it is the one that a run shows, not
    the beginning of it."""

    coded: Coded | None = None
    stages: tuple[Stage, ...] = ()
    shown: bool = False


def received(coded: Coded | None, run: Run | None) -> AtHand:
    """The stream that was opened as received."""
    if run is not None and run.refinement.coded is coded:
        return AtHand(coded, run.refinement.stages, True)
    return AtHand(coded)


def at_hand(runs: Iterable[Run | None], request: RefineRequest, picture: Picture | None) -> AtHand:
    """What `request` would encode of `picture`, if one of `runs` has it: changing the decoder encodes
    nothing, and neither does asking a progressive codec for fewer stages than it has sent."""
    known = [run.refinement for run in runs if run is not None and run.refinement.original is picture]
    for record in known:
        if (record.request.codec, record.request.encode) == (request.codec, request.encode):
            return AtHand(record.coded, record.stages, True)
    asked = request.encode.quality if request.encode is not None else None
    if asked is None or not codec_facts(request.codec).stage:
        return AtHand()
    for record in known:
        if record.request.codec == request.codec and 1 <= asked <= len(record.stages):
            return AtHand(record.stages[asked - 1].coded, record.stages[: asked - 1])
    return AtHand()


def sent_already(session: Session, facts: Facts, request: RefineRequest) -> AtHand:
    """The stream of what `session` asks for, as far as it is at hand."""
    if session.stream is not None:
        return received(facts.received, facts.run)
    return at_hand((facts.run, facts.compare.sent), request, session.picture)
