"""Commands of decoding: codec, quality, context."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from engine.codecs.facts import CODEC_FACTS
from engine.types import Context
from viewer.core.availability import empty, no_original, single_only
from viewer.core.command import Act, Command, Why
from viewer.core.control import Control, changing
from viewer.decode.sending import Sending
from viewer.model.facts.facts import Facts
from viewer.model.session.decoder_choice import no_decoder_words, span_of
from viewer.model.session.options import set_carry, set_context
from viewer.model.session.state import Session


def _context(context: Context) -> Why:
    def why(session: Session, _: Facts) -> str:
        card = session.card
        if card is None:
            return no_decoder_words(session.codec)
        return "" if context in card.contexts else f"{card.name} has no context '{context.value}'"

    return why


def _carry(session: Session, _: Facts) -> str:
    card = session.card
    if card is None:
        return no_decoder_words(session.codec)
    if span_of(card):
        return f"{card.name} always carries its state along spans of patches"
    return "" if card.carry else f"{card.name} has no state to carry along the row"


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
    bound = [single_only(each) for each in (*table[4:], carry)]
    return [*table[:4], *_codec_commands(sending), *bound]


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
