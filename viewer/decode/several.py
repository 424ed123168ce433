"""Several decoders on one stream, one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import pipeline
from engine.errors import UserError
from engine.types import Coded, DecodeOptions, Picture, RefineRequest
from viewer.decode.jobs import address_of, measured
from viewer.model.facts.compare import CompareBegun, CompareFailed, CompareSent, Grown
from viewer.model.facts.run import Run
from viewer.model.session.compare import Entry
from viewer.model.session.state import SCANNING, Session

if TYPE_CHECKING:
    from viewer.core.job import Token, Work


_MOST_BYTES = 3 << 30
"""Pictures of all steps of all decoders are kept, to be scrubbed and flipped; this much at most."""


@dataclass(frozen=True, eq=False)
class ComparePlan:
    """What to decode: every request of `requests` on the same stream. picture: None when received."""

    picture: Picture | None
    sending: RefineRequest
    requests: Mapping[Entry, RefineRequest]
    steps: Mapping[Entry, int]


def plan_of(session: Session, entries: tuple[Entry, ...]) -> ComparePlan:
    """The plan of a session for `entries`."""
    sending = session.request()
    cards = {card.name: card for card in session.models}
    requests, steps = {}, {}
    for entry in entries:
        card = cards[entry.decoder]
        options = session.options.finished(
            DecodeOptions(
                steps=session.compare.steps,
                context=entry.context,
                inside=card.kind in SCANNING and session.inside,
            )
        )
        requests[entry] = RefineRequest(
            sending.image, sending.codec, sending.encode, address_of(card), options
        )  # fmt: skip
        steps[entry] = session.compare.steps or card.steps
    return ComparePlan(session.picture, sending, requests, steps)


def compare(
    plan: ComparePlan,
    coded: Coded | None,
    prepare: Callable[[], None],
    linger: float = 0.0,
    most_bytes: int = _MOST_BYTES,
) -> Work:
    """Encode unless `coded` is given, then let each decoder refine it, one after the other.

    A decoder that fails is reported and passed over. `prepare` runs before the first decoder, `linger`
    seconds after the standard decode (see `work.refine`). most_bytes: that the steps of all may take.
    """

    def work(token: Token) -> Iterator[object]:
        sent = _sent(plan, coded)
        yield CompareSent(sent)
        if token.wait(linger):
            return
        prepare()
        count, kept = len(plan.requests), 0
        for place, (entry, request) in enumerate(plan.requests.items()):
            yield CompareBegun(entry, place, count)
            kept += plan.steps[entry] * sent.pixels(0).nbytes
            try:
                if kept > most_bytes:
                    raise UserError(f"the picture is too large to keep the steps of {place + 1} decoders")
                yield from _decoded(entry, request, plan, sent, token, place, count)
            except Exception as error:
                if token.cancelled():
                    raise
                yield CompareFailed(entry, _reason(error))
            if token.cancelled():
                return
            token.progress((place + 1) / count)

    return work


def _reason(error: Exception) -> str:
    from viewer.core.words import one_line

    return one_line(error)


def _sent(plan: ComparePlan, coded: Coded | None) -> Run:
    from engine.metrics.fidelity import scores
    from engine.types import Refinement, Scores, Step

    if coded is None:
        assert plan.picture is not None
        assert plan.sending.encode is not None
        coded = pipeline.encode(plan.sending.codec, plan.picture.pixels, plan.sending.encode)
    marks = Scores() if plan.picture is None else scores(plan.picture.pixels, coded.standard)
    first = Step(0, coded.standard, marks, 0.0)
    return measured(Refinement(plan.sending, coded, plan.picture, (first,), finished=True), None)


def _decoded(
    entry: Entry,
    request: RefineRequest,
    plan: ComparePlan,
    sent: Run,
    token: Token,
    place: int,
    count: int,
) -> Iterator[Grown]:
    run: Run | None = None
    for record in pipeline.refine(
        request,
        plan.picture,
        sent.refinement.coded,
        cancelled=token.cancelled,
        progress=lambda part: token.progress((place + part) / count),
    ):
        run = measured(record, run)
        yield Grown(entry, run)
