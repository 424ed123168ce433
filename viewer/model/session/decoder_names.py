"""What decoders are called on screen: words that can be read, where their files have names. Pure, no Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from engine.models.card import ModelCard


def decoder_title(name: str, cards: Sequence[ModelCard]) -> str:
    """Of the decoder with this file's name among all the cards; the name itself where there is no such."""
    for known, titles in _last:
        if known is cards:
            return titles.get(name, name)
    titles = _titles(tuple((card.name, card.title) for card in cards))
    if isinstance(cards, tuple):  # which never change
        _last[:] = [(cards, titles)]
    return titles.get(name, name)


_last: list[tuple[Sequence[ModelCard], dict[str, str]]] = []
"""The cards that were asked about last, which is asked again and again."""


def group_title(name: str, cards: Sequence[ModelCard]) -> str:
    """Of a group of models called NAME-SEED, or of the decoder with this name: a group has the title of its
    members without the seed."""
    own = decoder_title(name, cards)
    if own != name:
        return own
    seeds = [card for card in cards if card.seed is not None and card.name == f"{name}-{card.seed}"]
    found = {
        decoder_title(card.name, cards)
        .replace(f", seed {card.seed}", "")
        .replace(f"{name[:1].upper()}{name[1:]}-{card.seed} (", f"{name[:1].upper()}{name[1:]} (")
        for card in seeds
    }
    return found.pop() if len(found) == 1 else name


@lru_cache(maxsize=8)
def _titles(cards: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """By name, of cards' names and titles: a title without the word "decoder"; where several share it, the
    file's name tells them apart."""
    short = {name: _short(title) or name for name, title in cards}
    shared = Counter(short.values())
    found = {}
    for name, title in short.items():
        told = title
        if shared[title] > 1 and title.casefold() != name.casefold():
            told = f"{name[:1].upper()}{name[1:]} ({title[:1].lower()}{title[1:]})"
        found[name] = told
    return found


def _short(title: str) -> str:
    return title.replace("'s decoder", "").replace(" decoder", "").strip()
