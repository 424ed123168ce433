"""What the compared decoders remember of a patch."""

from __future__ import annotations

from dataclasses import replace

from viewer.compare.resolve.panes import ShownEntry
from viewer.core.memo import Memo
from viewer.model.scene.compare import InsideScene
from viewer.model.scene.picture import PatchScene
from viewer.model.session.decoder_choice import span_of
from viewer.model.session.patch import Place
from viewer.model.session.state import SCANNING, Session
from viewer.patch.resolve.hidden import insides, note, place_of, recalls, strip


def with_all_recalls(session: Session, patch: PatchScene, shown: tuple[ShownEntry, ...]) -> PatchScene:
    """The patch with what each compared decoder recalled for it, in that decoder's pane."""
    cards = {card.name: card for card in session.models}
    order = list(shown)
    if session.compare.flipped:
        one, other = session.compare.pair
        order[one], order[other] = order[other], order[one]
    found = tuple(
        (place.entry.key, recalls(one.run, one.step, patch.row, patch.column, span))
        for place, one in zip(shown, order, strict=True)
        for span in (span_of(cards.get(one.entry.decoder)),)
    )
    return replace(patch, recalls=tuple(each for each in found if each[1]))


def compare_inside(
    session: Session, shown: tuple[ShownEntry, ...], patch: PatchScene | None, memo: Memo
) -> InsideScene | None:
    """The hidden states of all compared decoders that have one; None if none has."""
    cards = {card.name: card for card in session.models}
    having = [one for one in shown if one.entry.decoder in cards
              and cards[one.entry.decoder].kind in SCANNING]  # fmt: skip
    if not having:
        return None
    return memo.recall(_inside, session, tuple(having), place_of(patch), memo, slots=4)


def _inside(session: Session, having: tuple[ShownEntry, ...], place: Place | None, memo: Memo) -> InsideScene:
    strips = [strip(one.label, one.look.colour, insides(one.run), one.step, place, memo) for one in having]
    found = tuple(each for each in strips if each is not None)
    return InsideScene(found, "" if found else note(session, place))
