"""What panes are called before anything is decoded: in menus, boxes and lists. Pure, no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.models.card import ModelCard
from viewer.core import words
from viewer.model.facts.facts import Facts
from viewer.model.session.compare import Entry, context_name
from viewer.model.session.compare_presets import GROUPS, labels
from viewer.model.session.decoder_names import decoder_title
from viewer.model.session.panes import (
    MOST_PANES,
    can_show,
    decoder_key,
    entry_of_key,
    guest_key,
    guest_name,
    pair_choices,
    step_key,
    step_of,
)
from viewer.model.session.state import Session

_NAMES = {
    "original": "original",
    "standard": "received",
    "estimate": "refined",
    "error/standard": "received − original",
    "error/estimate": "refined − original",
    "change": "refined − received",
}


def pane_name(key: str, cards: Sequence[ModelCard] = ()) -> str:
    """A pane's name in a list. cards: that decoders are called by."""
    position, entry = step_of(key), entry_of_key(key)
    if position is not None:
        return f"step {position}" if position >= 0 else f"stage {position}"
    if entry is not None:
        return f"{decoder_title(entry.decoder, cards)}, {context_name(entry.context)}"
    return guest_name(key) or _NAMES.get(key, key)


@dataclass(frozen=True)
class Choice:
    """A pane that can be chosen. why: the reason why it can't be now, "" when it can."""

    key: str
    title: str
    shown: bool
    why: str = ""


@dataclass(frozen=True)
class Choices:
    """A group of choices. folded: they stand in a menu of their own, called so."""

    title: str
    choices: tuple[Choice, ...]
    folded: bool = False


def pane_choices(session: Session, facts: Facts) -> tuple[Choices, ...]:
    """Every picture and difference that may have a pane."""

    def choice(key: str, title: str) -> Choice:
        shown = key in session.order
        full = "" if shown or len(session.order) < MOST_PANES else f"there are {MOST_PANES} panes already"
        last = "one pane remains" if shown and len(session.order) == 1 else ""
        why = "" if can_show(session, key) else "there is no original"
        return Choice(key, title, shown, why or full or last)

    codec = words.codec_title(session.codec)
    pictures = [choice("original", "Original"), choice("standard", codec), choice("estimate", "Refined")]
    errors = (
        ("error/standard", f"{codec} − original"),
        ("error/estimate", "Refined − original"),
        ("change", f"Refined − {codec}"),
    )
    groups = [
        Choices("Pictures", tuple(pictures)),
        Choices("Differences", tuple(choice(*each) for each in errors)),
        Choices("Other programs' results", tuple(choice(guest_key(name), name) for name in facts.guests)),
        Choices("Steps that stay", tuple(choice(*each) for each in _steps(session, facts)), True),
        *(
            Choices(title, tuple(choice(decoder_key(entry), name) for entry, name in entries), True)
            for title, entries in _decoders(session)
        ),
    ]
    return tuple(group for group in groups if group.choices)


def _steps(session: Session, facts: Facts) -> list[tuple[str, str]]:
    run = facts.run
    known = {step_of(key) for key in session.order} - {None}
    if run is not None:
        known |= set(range(run.first, run.planned + 1))
        titles = {
            at: words.capital(words.position_title(run.refinement, at)) for at in known if at is not None
        }
    else:
        titles = {at: pane_name(step_key(at)).capitalize() for at in known if at is not None}
    return [(step_key(at), titles[at]) for at in sorted(titles)]


def _decoders(session: Session) -> list[tuple[str, list[tuple[Entry, str]]]]:
    """Decoders of the codec by the study that they belong to, without the chosen one as it is set."""
    chosen = Entry(session.options.decoder, session.options.context)
    found = []
    for study, title in GROUPS:
        entries = _entries([card for card in session.fitting if card.study == study])
        if study == "":
            entries = [entry for entry in entries if entry != chosen]
        named = list(zip(entries, labels(tuple(entries), session.models), strict=True))
        if named:
            found.append((f"Other decoders: {title.split(': ')[-1].lower()}", named))
    return found


def _entries(cards: Sequence[ModelCard]) -> list[Entry]:
    """One entry a decoder, and of those with several contexts one for each."""
    return [Entry(card.name, context) for card in cards for context in card.contexts]


def pair_names(session: Session) -> tuple[tuple[str, str], ...]:
    """Key and name of each picture that a wipe or blinking can show."""
    codec = words.codec_title(session.codec)
    names = {"original": "Original", "standard": codec, "estimate": "Refined"}

    def name(key: str) -> str:
        entry = entry_of_key(key)
        return labels((entry,), session.models)[0] if entry is not None else words.capital(pane_name(key))

    return tuple((key, names.get(key) or name(key)) for key in pair_choices(session))
