"""Models of one's own among the decoders: pure functions from a `Session` to a new one. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from engine.errors import UserError
from engine.models.card import ModelCard, find_card
from viewer.model.session.decoder_choice import decoder_for
from viewer.model.session.options import set_decoder
from viewer.model.session.state import Session


def is_own(card: ModelCard) -> bool:
    """Whether a model is none of the bundled ones."""
    return card.address != card.name


def with_own(cards: Iterable[ModelCard], card: ModelCard) -> tuple[ModelCard, ...]:
    """`cards` and one of one's own, in the place of an earlier state of its files. A name that is taken gets
    a number, as names tell decoders apart."""
    kept = [each for each in cards if each.path is None or each.path != card.path]
    names, name, number = {each.name for each in kept}, card.name, 1
    while name in names:
        number += 1
        name = f"{card.name} ({number})"
    return (*kept, replace(card, name=name))


def remembered(cards: tuple[ModelCard, ...], paths: Iterable[Path]) -> tuple[ModelCard, ...]:
    """`cards` and those of files that were opened before, as far as they can be read now."""
    for path in paths:
        try:
            card = find_card(str(path))
        except UserError:
            continue
        if all(file.is_file() for file in card.files):
            cards = with_own(cards, card)
    return cards


def add_model(session: Session, card: ModelCard) -> Session:
    """List a model among the decoders, and take it where it serves the stream."""
    models = with_own(session.models, card)
    return set_decoder(replace(session, models=models), models[-1].name)


def remove_model(session: Session, name: str) -> Session:
    """Take a model of one's own off the list; another decoder takes its place."""
    gone = [card for card in session.models if card.name == name and is_own(card)]
    left = tuple(card for card in session.models if card not in gone)
    if not gone or not left:
        return session
    chosen = tuple(pair for pair in session.chosen if pair[1] != name)
    entries = tuple(entry for entry in session.compare.entries if entry.decoder != name)
    session = replace(session, models=left, chosen=chosen, compare=replace(session.compare, entries=entries))
    if session.options.decoder != name:
        return session
    return set_decoder(session, decoder_for(left, session.codec, "", chosen))
