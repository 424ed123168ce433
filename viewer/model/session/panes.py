"""Which pictures stand beside each other: keys of panes and their transitions. Pure, no Qt.

Keys: "original", "standard" and "estimate" (the step of the moment); "step/N" a step or, below 0, a stage of
progressive stream that stays; "decoder/NAME/CONTEXT" another decoder's result; "guest/NAME" that of another
program; "error/standard" and "error/estimate" differences from the original, "change" the estimate's from the
standard decode.
"""

from __future__ import annotations

from dataclasses import replace

from engine.types import Context
from viewer.model.session.choices import MAX_STAGES, MAX_STEPS, PANES, Mode
from viewer.model.session.compare import Entry
from viewer.model.session.presentation import Poll
from viewer.model.session.state import Session

MOST_PANES = 6
ERRORS = ("error/standard", "error/estimate", "change")
_STEP, _DECODER, _GUEST = "step/", "decoder/", "guest/"
_FROM_ORIGINAL = ("original", *ERRORS[:2])
"""Keys of what can't be shown of a stream without original."""


def step_key(position: int) -> str:
    """Pane of a step that stays."""
    return f"{_STEP}{position}"


def decoder_key(entry: Entry) -> str:
    """Pane of another decoder."""
    return f"{_DECODER}{entry.key}"


def step_of(key: str) -> int | None:
    """The step of such a pane's key; None for other keys."""
    text = key.removeprefix(_STEP)
    if text == key or not text.removeprefix("-").isdecimal():
        return None
    position = int(text)
    return position if -MAX_STAGES <= position <= MAX_STEPS else None


def entry_of_key(key: str) -> Entry | None:
    """The decoder of such a pane's key; None for other keys."""
    if not key.startswith(_DECODER):
        return None
    name, _, value = key.removeprefix(_DECODER).rpartition("/")
    contexts = {context.value: context for context in Context}
    return Entry(name, contexts[value]) if name and value in contexts else None


def guest_key(name: str) -> str:
    """Pane of another program's result."""
    return f"{_GUEST}{name}"


def guest_name(key: str) -> str | None:
    """The name of such a pane's result; None for other keys."""
    return key.removeprefix(_GUEST) if key.startswith(_GUEST) and key != _GUEST else None


def is_pane(key: str) -> bool:
    """Whether a text is a pane's key."""
    if key in PANES or key in ERRORS:
        return True
    return step_of(key) is not None or entry_of_key(key) is not None or guest_name(key) is not None


def is_picture(key: str) -> bool:
    """Whether a pane shows a picture rather than a difference."""
    return is_pane(key) and key not in ERRORS


def can_show(session: Session, key: str) -> bool:
    """Whether what is open has such a picture."""
    if key in _FROM_ORIGINAL:
        return session.stream is None
    return is_pane(key)


def decoders_beside(session: Session) -> tuple[Entry, ...]:
    """Other decoders whose results the panes, the wipe or the blinking pair show."""
    paired = session.mode in (Mode.WIPE, Mode.BLINK) or session.presentation.poll is not Poll.NONE
    return _fitting(session, session.wipe if paired else session.order)


def decoders_chosen(session: Session) -> tuple[Entry, ...]:
    """Those and the ones that another mode shows."""
    return _fitting(session, (*session.order, *session.wipe))


def _fitting(session: Session, keys: tuple[str, ...]) -> tuple[Entry, ...]:
    """Decoders among these keys that are trained for what is sent."""
    entries = [entry for entry in map(entry_of_key, keys) if entry is not None]
    names = {card.name for card in session.fitting} if entries else set()
    return tuple(dict.fromkeys(entry for entry in entries if entry.decoder in names))


def set_panes(session: Session, keys: tuple[str, ...]) -> Session:
    """Show these, one to `MOST_PANES`; what is no pane's key is left out, and nothing changes nothing."""
    known = tuple(dict.fromkeys(key for key in keys if is_pane(key)))[:MOST_PANES]
    if not known:
        return session
    return replace(session, order=known, solo=session.solo if session.solo in known else "")


def toggle_pane(session: Session, key: str) -> Session:
    """Add a pane in its natural place, or remove it; one remains, and there are `MOST_PANES` at most."""
    if key in session.order:
        rest = tuple(each for each in session.order if each != key)
        return set_panes(session, rest) if any(can_show(session, each) for each in rest) else session
    if not is_pane(key) or len(session.order) >= MOST_PANES:
        return session
    return set_panes(session, (*session.order, key))


def add_guest(session: Session, name: str) -> Session:
    """Give another program's result a pane, where all are taken that of an older result or the last one's."""
    key = guest_key(name)
    if key in session.order:
        return session
    kept = session.order
    if len(kept) >= MOST_PANES:
        older = [each for each in kept if guest_name(each) is not None]
        gone = older[0] if older else kept[-1]
        kept = tuple(each for each in kept if each != gone)
    return replace(session, order=(*kept, key))


def without_guest(session: Session, name: str | None = None) -> Session:
    """Show a result no longer; None: none of them, as of another picture."""
    gone = {key for key in (*session.order, *session.wipe, session.solo) if guest_name(key) is not None}
    gone &= gone if name is None else {guest_key(name)}
    if not gone:
        return session
    order = tuple(key for key in session.order if key not in gone) or PANES
    wipe = session.wipe if not gone & set(session.wipe) else ("standard", "estimate")
    return replace(session, order=order, wipe=wipe, solo="" if session.solo in gone else session.solo)


def keep_step(session: Session, position: int) -> Session:
    """Give the step that is shown a pane of its own, or take that away."""
    return toggle_pane(session, step_key(position))


def reset_panes(session: Session) -> Session:
    """Original, standard decode and estimate, beside each other."""
    return replace(session, order=PANES, solo="", mode=Mode.SIDE)


def pair_choices(session: Session) -> tuple[str, ...]:
    """Keys that a wipe or blinking can show: the three pictures and whatever else has a pane."""
    keys = dict.fromkeys((*PANES, *session.order, *session.wipe))
    return tuple(key for key in keys if is_picture(key) and can_show(session, key))


def set_pair(session: Session, first: str = "", second: str = "") -> Session:
    """Choose one or both pictures of wipe and blinking; choosing the other one's exchanges the two."""
    one, other = session.wipe
    if first and is_picture(first):
        one, other = first, one if first == other else other
    if second and is_picture(second):
        one, other = other if second == one else one, second
    return replace(session, wipe=(one, other))
