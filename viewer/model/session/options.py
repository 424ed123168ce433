"""Transitions of what a run is asked to do: codec, rate, decoder and its options. Pure functions, no Qt."""

from __future__ import annotations

from dataclasses import replace

from engine.codecs.facts import CODEC_FACTS, codec_facts
from engine.types import Context
from viewer.model.session import compare_changes as compare
from viewer.model.session.choices import LEAST_TARGET, MAX_STEPS, MOST_STRENGTH, MOST_TARGET
from viewer.model.session.decoder_choice import decoder_for, remembered_choice
from viewer.model.session.state import Session


def set_codec(session: Session, codec: str, bits_per_pixel: float | None = None) -> Session:
    """Send by another codec, at the rate that is aimed at, else at `bits_per_pixel`, which is that of the
    stream in use, so that the pictures compare; where neither is known, at the codec's usual quality.

    The decoder follows (see `decoder_choice.decoder_for`). A received stream stays what it is.
    """
    if codec == session.options.codec or codec not in CODEC_FACTS or session.stream is not None:
        return session
    target = session.options.bits_per_pixel or bits_per_pixel
    calm = replace(session, step=None, scan=None, playing=False)
    sent = _with(calm, codec=codec, quality=codec_facts(codec).usual, bits_per_pixel=target)
    return follow_codec(sent, session.codec)


def codec_by(session: Session, delta: int) -> str:
    """The codec `delta` further on, around the end."""
    names = list(CODEC_FACTS)
    at = names.index(session.options.codec) if session.options.codec in names else 0
    return names[(at + delta) % len(names)]


def follow_codec(session: Session, before: str) -> Session:
    """Take a decoder that serves the session's codec, which was `before`; so does the comparison."""
    if session.card is None or session.codec not in session.card.codecs or session.codec != before:
        name = decoder_for(session.models, session.codec, session.options.decoder, session.chosen)
        session = _take_decoder(session, name) if name != session.options.decoder else session
    return compare.follow_codec(session, before)


def set_quality(session: Session, quality: int) -> Session:
    """Encode at a quality, within those of the codec; a target of bits per pixel is given up."""
    low, high = codec_facts(session.options.codec).qualities
    return _with(session, quality=min(high, max(low, quality)), bits_per_pixel=None)


def set_target(session: Session, bits_per_pixel: float) -> Session:
    """Encode at about this many bits per pixel."""
    return _with(session, bits_per_pixel=min(MOST_TARGET, max(LEAST_TARGET, bits_per_pixel)))


def set_subsampling(session: Session, subsampling: str) -> Session:
    return _with(session, subsampling=subsampling)


def set_decoder(session: Session, name: str) -> Session:
    """Choose a decoder; options that it does not offer fall back to ones that it does. One that was not
    trained for the codec changes nothing."""
    if all(card.name != name for card in session.fitting):
        return session
    chosen = remembered_choice(session.chosen, session.codec, name)
    return _take_decoder(replace(session, chosen=chosen), name)


def _take_decoder(session: Session, name: str) -> Session:
    session = replace(_with(session, decoder=name, steps=0), step=None, scan=None, playing=False)
    card = session.card
    if card is None:
        return session
    context = session.options.context
    if card.contexts and context not in card.contexts:
        context = Context.BOTH if Context.BOTH in card.contexts else card.contexts[0]
    return _with(session, context=context, carry=session.options.carry and card.carry)


def set_steps(session: Session, steps: int) -> Session:
    """Ask for a number of steps; the trained number counts as no wish at all."""
    steps = min(MAX_STEPS, max(0, steps))
    trained = session.card.steps if session.card is not None else 0
    return replace(_with(session, steps=0 if steps == trained else steps), step=None)


def set_context(session: Session, context: Context) -> Session:
    """Choose the context, if the decoder offers it."""
    card = session.card
    if card is not None and context not in card.contexts:
        return session
    return _with(session, context=context)


def set_carry(session: Session, carry: bool) -> Session:
    """Carry the state along the row, if the decoder offers it."""
    return _with(session, carry=carry and session.card is not None and session.card.carry)


def set_strength(session: Session, strength: int) -> Session:
    """How much of what the network changes is applied, percent."""
    return _with(session, strength=min(MOST_STRENGTH, max(0, strength)))


def set_projection(session: Session, projection: bool) -> Session:
    """Whether estimates are kept within the stream's quantisation intervals."""
    return _with(session, projection=projection)


def set_guard(session: Session, guard: bool) -> Session:
    """Whether what looks harmful is held back."""
    return _with(session, guard=guard)


def set_earlier(session: Session, earlier: bool) -> Session:
    """Whether a file that was saved twice is mended as its first saving left it."""
    return _with(session, earlier=earlier)


def set_orientations(session: Session, orientations: int) -> Session:
    """Over how many orientations of the picture a sweep network's estimates are averaged."""
    return _with(session, orientations=orientations)


def _with(session: Session, **changes: object) -> Session:
    return replace(session, options=replace(session.options, **changes))  # type: ignore[arg-type]
