"""The toolbar's list of decoders: the main ones first, then those of each study under a heading. Carry."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCheckBox, QComboBox

from engine.models import ModelCard
from viewer import theme
from viewer.compare_choice import GROUPS
from viewer.resolve_inside import span_of
from viewer.session_state import Session

_LINES, _LETTERS = 24, 11


def fill_decoders(box: QComboBox, cards: tuple[ModelCard, ...]) -> None:
    """List the cards; headings can't be chosen."""
    model = QStandardItemModel(box)
    box.setModel(model)
    box.setMaxVisibleItems(_LINES)
    titles = dict(GROUPS)
    studies = [*titles, *sorted({card.study for card in cards} - titles.keys())]
    several = len({card.study for card in cards}) > 1
    for study in studies:
        members = [card for card in cards if card.study == study]
        if members and several:
            model.appendRow(_heading(titles.get(study, f"Study: {study}")))
        for card in members:
            item = QStandardItem(card.name)
            item.setData(card.name, Qt.ItemDataRole.UserRole)
            item.setToolTip(decoder_tip(card))
            model.appendRow(item)
    if not cards:
        box.addItem("none installed", "")
        box.setEnabled(False)
    # the names of studies are long: they may widen the list, not the toolbar
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(_LETTERS)
    view = box.view()
    view.setMinimumWidth(view.sizeHintForColumn(0) + view.verticalScrollBar().sizeHint().width())
    box.setCurrentIndex(next((at for at in range(model.rowCount()) if model.item(at).isEnabled()), 0))


def _heading(text: str) -> QStandardItem:
    item = QStandardItem(text)
    item.setFont(theme.font(12, QFont.Weight.DemiBold))
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    return item


def decoder_tip(card: ModelCard) -> str:
    """What is worth knowing of a decoder, in two lines."""
    sizes = f"{card.cell} cell, {card.weights:,} weights, {card.steps} steps, trained by {card.learner}"
    return f"{card.title}: {sizes}\n{card.summary}".strip()


def show_carry(box: QCheckBox, session: Session) -> None:
    """The box as the chosen decoder allows it: off, as one likes, or always on along spans."""
    card = session.card
    if card is None:
        return
    span = span_of(card)
    box.setChecked(bool(span) or session.options.carry)
    box.setEnabled(card.carry and not span)
    if span:
        why = f"{card.name} always carries its state, along {span} patches of a row at a time: it learned so"
    elif card.carry:
        why = "Start each patch from the last state of the patch to its left, not from 0"
    else:
        why = f"{card.name} has no state to carry along the row"
    box.setToolTip(why)
