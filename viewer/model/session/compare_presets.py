"""Which decoders to compare: presets from the cards, names that tell the chosen ones apart. No Qt, pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from engine.models.card import ModelCard
from engine.types import Context
from viewer.model.session.compare import LEAST, MOST, Entry, context_name
from viewer.model.session.decoder_names import decoder_title

PRESETS = ("learners", "memory", "plain", "attentive", "full-size", "cells", "context", "sibling", "main")
"""Keys of all presets; `presets` gives those that the installed decoders allow."""
GROUPS = (
    ("", "Main decoders"),
    ("baselines", "Baselines, nothing learned"),
    ("learners", "Study: learners"),
    ("memory", "Study: memory"),
    ("cells", "Study: cells"),
    ("sibling", "Study: sibling"),
)
"""Studies in their order, with the heading of their decoders in menus."""
_LEARNERS = (
    "BPTT", "SAB", "RTRL", "UORO", "Truncated BPTT", "Truncated BPTT (5)", "Truncated BPTT (1)", "SnAp-1"
)  # fmt: skip
_CONTEXTS = (Context.NONE, Context.CAUSAL, Context.NONCAUSAL, Context.BOTH)
CELL_TITLES = {
    "elman": "Elman", "lstm": "LSTM", "gru": "GRU", "delta": "Delta-RNN", "lru": "LRU", "mlp": "MLP",
}  # fmt: skip


@dataclass(frozen=True)
class ComparePreset:
    """A set of entries under a name. key: as the command line takes it."""

    key: str
    title: str
    tip: str
    entries: tuple[Entry, ...]


def units(card: ModelCard) -> int:
    """Width of the recurrent layer, 0 where the card doesn't tell."""
    value = card.network.get("units")
    return value if isinstance(value, int) else 0


def presets(cards: Sequence[ModelCard]) -> tuple[ComparePreset, ...]:
    """The comparisons that the installed cards allow, one seed of each model."""
    learners = [card for card in cards if card.study == "learners"]
    small = min((units(card) for card in learners), default=0)
    plain = [card for card in learners if units(card) == small and not card.attentive]
    attentive = [card for card in learners if units(card) == small and card.attentive]
    every = [*plain, *(card for card in attentive if card.learner == "SAB")]
    late = [
        card for card in cards
        if card.study == "memory" and card.network.get("task") == "late-answer"
        and card.cell == "elman" and not card.attentive
    ]  # fmt: skip
    raster = next((card for card in cards if not card.study and len(card.contexts) > 1), None)
    seen = [Entry(raster.name, each) for each in _CONTEXTS if each in raster.contexts] if raster else []
    found = (
        _preset("learners", "Learners", "One model of each learner", _one_each(every, _by_learner)),
        _preset("memory", "Learners, late answer",
                "Networks that paint the patch of four steps ago: what was remembered is what is seen",
                _one_each(late, _by_learner)),
        _preset("plain", "Learners, plain network", "The same network and data, learner by learner",
                _one_each(plain, _by_learner)),
        _preset("attentive", "Learners, attentive network",
                "The network that recalls earlier states, learner by learner",
                _one_each(attentive, _by_learner)),
        _preset("full-size", "Learners, full size", "Larger attentive networks",
                _one_each([card for card in learners if units(card) > small], _by_learner)),
        _preset("cells", "Cells", "One recurrent cell against the other, all trained by BPTT",
                _one_each([card for card in cards if card.study == "cells"], _by_cell)),
        _preset("context", "Contexts", "One decoder, and which neighbours it may look at", seen),
        _preset("sibling", "Sibling", "Two coupled estimators against a single one of the same size",
                _one_each([card for card in cards if card.study == "sibling"], lambda card: card.kind)),
        _preset("main", "Main decoders", "The decoders shipped for repairing pictures",
                [entry_of(card) for card in cards if not card.study]),
    )  # fmt: skip
    return tuple(preset for preset in found if len(preset.entries) >= LEAST)


def _preset(key: str, title: str, tip: str, entries: Iterable[Entry]) -> ComparePreset:
    return ComparePreset(key, title, tip, tuple(entries)[:MOST])


def _by_learner(card: ModelCard) -> str:
    return card.learner


def _by_cell(card: ModelCard) -> str:
    return card.cell


def _one_each(cards: Iterable[ModelCard], what: Callable[[ModelCard], str]) -> list[Entry]:
    """The lowest seed of each kind, in the order in which people think of them."""
    chosen: dict[str, ModelCard] = {}
    for card in sorted(cards, key=lambda card: (card.seed or 0, card.name)):
        chosen.setdefault(what(card), card)
    order = [*_LEARNERS, *CELL_TITLES, "single", "raster", "sibling"]
    place = {name: number for number, name in enumerate(order)}
    return [entry_of(chosen[name]) for name in sorted(chosen, key=lambda name: place.get(name, len(place)))]


def entry_of(card: ModelCard) -> Entry:
    """A decoder with all the context it offers."""
    best = Context.BOTH if Context.BOTH in card.contexts or not card.contexts else card.contexts[0]
    return Entry(card.name, best)


def known_entries(entries: Iterable[Entry], cards: Sequence[ModelCard]) -> tuple[Entry, ...]:
    """Those of `entries` that the cards allow, each once, six at most."""
    offered = {card.name: card.contexts for card in cards}
    kept = dict.fromkeys(entry for entry in entries if entry.context in offered.get(entry.decoder, ()))
    return tuple(kept)[:MOST]


def can_compare(cards: Sequence[ModelCard]) -> bool:
    """Whether there are two decoders, or one with two contexts."""
    return sum(len(card.contexts) for card in cards) >= LEAST


def first_entries(cards: Sequence[ModelCard], chosen: str) -> tuple[Entry, ...]:
    """What to compare when nobody has said: the first preset, else the chosen decoder and others."""
    known = presets(cards)
    if known:
        return known[0].entries
    ordered = sorted(cards, key=lambda card: card.name != chosen)
    every = [entry_of(card) for card in ordered]
    every += [Entry(card.name, context) for card in ordered for context in card.contexts]
    return tuple(dict.fromkeys(every))[:MOST]


# ---- names -----------------------------------------------------------------------------------------------


def labels(entries: Sequence[Entry], cards: Sequence[ModelCard]) -> tuple[str, ...]:
    """A short name for each entry, with as much more as it takes to tell the entries apart."""
    by_name = {card.name: card for card in cards}
    several = {one.decoder for one in entries for other in entries
               if one.decoder == other.decoder and one.context is not other.context}  # fmt: skip
    parts = [
        _parts(
            entry, by_name.get(entry.decoder), entry.decoder in several, decoder_title(entry.decoder, cards)
        )
        for entry in entries
    ]
    names = [part[0] for part in parts]
    for number in range(1, max((len(part) for part in parts), default=1)):
        if len(set(names)) == len(names):
            break
        clashing = {name for name in names if names.count(name) > 1}
        told = {
            name: {part[number] for part, known in zip(parts, names, strict=True) if known == name}
            for name in clashing
        }
        names = [
            f"{name} {part[number]}".strip() if name in clashing and len(told[name]) > 1 else name
            for name, part in zip(names, parts, strict=True)
        ]
    return tuple(names)


def _parts(entry: Entry, card: ModelCard | None, several: bool, title: str) -> tuple[str, ...]:
    """The short name, then what may set an entry apart from others of that name. several: its decoder is
    there with other contexts, too. title: what the decoder is called."""
    if card is None:
        return entry.decoder, "", "", "", "", entry.context.value, ""
    base = title
    if card.study == "learners":
        base = card.learner
    elif card.study == "memory":
        base = f"{card.learner}, {card.network.get('task', '')}"
    elif card.study == "cells":
        base = cell_title(card)
    elif card.study == "sibling":
        base = "Sibling" if card.kind == "sibling" else "Single"
    elif len(card.contexts) > 1 and (several or entry.context is not Context.BOTH):
        base = f"{title}, {context_name(entry.context)}"
    attentive = "attentive" if card.attentive and card.learner != "SAB" else ""
    seed = f"seed {card.seed}" if card.seed is not None else ""
    width = f"n={units(card)}" if units(card) else ""
    cell = cell_title(card) if card.study else ""
    return base, attentive, cell, width, seed, entry.context.value, f"({entry.decoder})"


def cell_title(card: ModelCard) -> str:
    """As people write a cell's name."""
    return CELL_TITLES.get(card.cell, card.cell)
