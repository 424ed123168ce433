"""Commands of decoding: codec, quality, context."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from engine.choices import ORIENTATIONS
from engine.codecs.facts import CODEC_FACTS
from engine.types import Context
from viewer.core.availability import empty, no_original, single_only
from viewer.core.command import Act, Command, Why
from viewer.core.control import Control, changing
from viewer.decode.sending import Sending
from viewer.model.facts.facts import Facts
from viewer.model.session.choices import AS_MEASURED, MOST_STRENGTH
from viewer.model.session.decoder_choice import no_decoder_words, span_of
from viewer.model.session.decoder_names import decoder_title
from viewer.model.session.options import (
    set_carry,
    set_context,
    set_earlier,
    set_guard,
    set_orientations,
    set_projection,
    set_strength,
)
from viewer.model.session.state import Session


def _context(context: Context) -> Why:
    def why(session: Session, _: Facts) -> str:
        card = session.card
        if card is None:
            return no_decoder_words(session.codec)
        return "" if context in card.contexts else f"{_title(session)} has no context '{context.value}'"

    return why


def _carry(session: Session, _: Facts) -> str:
    card = session.card
    if card is None:
        return no_decoder_words(session.codec)
    if span_of(card):
        return f"{_title(session)} always carries its state along spans of patches"
    return "" if card.carry else f"{_title(session)} has no state to carry along the row"


def _title(session: Session) -> str:
    return decoder_title(session.options.decoder, session.models)


AVERAGED = max(ORIENTATIONS)
PROJECTION_TIP = (
    "Keep the picture's coefficients within the intervals that the stream's symbols stand for,\n"
    "and estimates within the middle part of each"
)
GUARD_TIP = "Hold back, patch by patch, what looks like harm"
EARLIER_TIP = "Mend a file that was saved twice as its first, coarser saving left it"
AVERAGED_TIP = f"Average what the network makes of the picture in {AVERAGED} orientations: better, slower"
_STRONGER = 10
"""Percent."""


def no_intervals(session: Session) -> str:
    """Why there are no intervals to keep to; "" where there are."""
    if session.card is None:
        return no_decoder_words(session.codec)
    return "" if session.codec == "jpeg" else f"{session.codec_facts.title} sends no blocks of symbols"


def no_guard(session: Session) -> str:
    """Why there is no guard; "" where there is one."""
    if session.card is None:
        return no_decoder_words(session.codec)
    return "" if session.card.guarded else f"the guard was not tried on {_title(session)}"


def no_earlier(session: Session) -> str:
    """Why no earlier saving can be mended; "" where one can, if there was one."""
    if why := no_intervals(session):
        return why
    assert session.card is not None
    return "" if session.card.kind == "sweep" else f"{session.card.name} mends the last saving only"


def no_orientations(session: Session) -> str:
    """Why estimates can't be averaged over orientations; "" where they can."""
    if session.card is None:
        return no_decoder_words(session.codec)
    can = session.card.kind == "sweep" or averaged(session)  # others may be sweeps, beside it
    return "" if can else f"{_title(session)} has no sweeps to average"


def averaged(session: Session) -> bool:
    return session.options.orientations > 1


def commands(control: Control, sending: Sending, decode: Act, escape: Act) -> list[Command]:
    """decode: runs again what is set. escape: what the key for stopping does."""
    change = changing(control)

    def quality(delta: int) -> Act:
        return partial(sending.quality_by, delta)

    def has(context: Context) -> Callable[[Session], bool]:
        return lambda session: session.options.context is context

    table = [
        Command("decode", "Decode", "Decode", 0, decode, ("F5",),
                "Encode and refine again", why_not=empty, icon="play"),
        Command("stop", "Stop", "Decode", 0, escape, ("Esc",),
                "Stop the work in progress; else unpin the patch, leave the scan, close the comparison",
                icon="stop"),
        Command("quality.up", "Quality up", "Decode", 1, quality(1), ("PgUp",),
                "One more, as the codec counts: GOOG's iterations too", why_not=no_original),
        Command("quality.down", "Quality down", "Decode", 1, quality(-1), ("PgDown",),
                "One less", why_not=no_original),
    ]  # fmt: skip
    table += [
        Command(f"context.{context.name.lower()}", f"Context {context.value}", "Decode", 2,
                change(partial(set_context, context=context)), (), CONTEXT_TIPS[context], has(context),
                _context(context))
        for context in Context
    ]  # fmt: skip
    carry = Command("carry", "Carry the state along the row", "Decode", 2,
                    change(lambda session: set_carry(session, not session.options.carry)), (),
                    "The episode of a patch starts from the last state of the patch to its left, not from 0",
                    lambda session: session.options.carry, _carry)  # fmt: skip
    bound = [single_only(each) for each in (*table[4:], carry, *_finish_commands(change))]
    return [*table[:4], *_codec_commands(sending), *bound]


def _finish_commands(change: Callable[[Callable[[Session], Session]], Act]) -> list[Command]:
    """What is done to every estimate before it is shown."""

    def stronger(delta: int) -> Act:
        return change(lambda session: set_strength(session, session.options.strength + delta))

    def decodes(session: Session, _: Facts) -> str:
        return "" if session.card is not None else no_decoder_words(session.codec)

    return [
        Command("strength.up", "Stronger", "Decode", 2, stronger(_STRONGER), (),
                f"{_STRONGER} % more of what the network changes, {MOST_STRENGTH} % at most",
                why_not=decodes),
        Command("strength.down", "Weaker", "Decode", 2, stronger(-_STRONGER), (),
                f"{_STRONGER} % less of what the network changes", why_not=decodes),
        Command("strength.measured", f"{AS_MEASURED} %", "Decode", 2,
                change(partial(set_strength, strength=AS_MEASURED)), (), "What is measured",
                lambda session: session.options.strength == AS_MEASURED, decodes),
        Command("projection", "Quantisation intervals", "Decode", 2,
                change(lambda session: set_projection(session, not session.options.projection)), (),
                PROJECTION_TIP, lambda session: session.options.projection,
                lambda session, _: no_intervals(session)),
        Command("guard", "Guard against harm", "Decode", 2,
                change(lambda session: set_guard(session, not session.options.guard)), (),
                GUARD_TIP, lambda session: session.options.guard, lambda session, _: no_guard(session)),
        Command("earlier", "First of two savings", "Decode", 2,
                change(lambda session: set_earlier(session, not session.options.earlier)), (),
                EARLIER_TIP, lambda session: session.options.earlier,
                lambda session, _: no_earlier(session)),
        Command("orientations", f"Average of {AVERAGED} orientations", "Decode", 2,
                change(lambda session: set_orientations(session, 1 if averaged(session) else AVERAGED)), (),
                AVERAGED_TIP, averaged, lambda session, _: no_orientations(session)),
    ]  # fmt: skip


def _codec_commands(sending: Sending) -> list[Command]:
    def chosen(name: str) -> Callable[[Session], bool]:
        return lambda session: session.codec == name

    def choose(name: str) -> Act:
        return partial(sending.set_codec, name)

    def by(delta: int) -> Act:
        return partial(sending.codec_by, delta)

    return [
        Command("codec.next", "Next codec", "Decode", 3, by(1), ("Ctrl+PgDown",),
                "Encode with the next codec, at the same rate; its decoder follows", why_not=no_original),
        Command("codec.previous", "Previous codec", "Decode", 3, by(-1), ("Ctrl+PgUp",),
                "Encode with the previous codec, at the same rate", why_not=no_original),
        *(
            Command(f"codec.{name}", f"Codec {facts.title}", "Decode", 3, choose(name), (), facts.tip,
                    chosen(name), no_original)
            for name, facts in CODEC_FACTS.items()
        ),
    ]  # fmt: skip


CONTEXT_TIPS = {
    Context.NONE: "The patch's own symbols only",
    Context.CAUSAL: "Own symbols and the neighbours already refined: W, NW, N, NE",
    Context.NONCAUSAL: "Own symbols and those received for the neighbours still to come: E, SW, S, SE",
    Context.BOTH: "Own symbols and all eight neighbours",
}
