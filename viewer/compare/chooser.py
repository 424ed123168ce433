"""Choose the decoders to compare: all there are, in groups, with a field to find one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.models.card import ModelCard
from viewer.core.words import capital, count
from viewer.decode.decoder_menu import decoder_tip
from viewer.model.session.compare import LEAST, MOST, Entry, context_name
from viewer.model.session.compare_presets import GROUPS, cell_title, entry_of
from viewer.model.session.decoder_names import decoder_title
from viewer.model.session.state import Session
from viewer.ui.controls import title_label
from viewer.ui.modal_overlay import Veil

_ENTRY = Qt.ItemDataRole.UserRole
_CHECKABLE = Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable
_WIDTHS = (264, 192, 144)
_WITH_CONTEXTS = ("", "sibling")
"""Studies whose decoders are worth comparing with less context."""
_LINE = 26
_PLAIN = Qt.ItemFlag.ItemIsEnabled


class DecoderChooser(Veil):
    """A list with a box to tick beside each decoder, and below those that offer several contexts one for
    each. `toggled` carries the `Entry` whose box was used."""

    toggled = Signal(object)

    def __init__(self, cards: tuple[ModelCard, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Decoders to compare")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find a decoder, learner or cell")
        self.search.setAccessibleName("Find a decoder")
        self.search.setToolTip("Words of a decoder's name, learner or cell")
        self.tree = QTreeWidget()
        self.tree.setAccessibleName("Decoders")
        self.tree.setColumnCount(4)
        self.tree.setHeaderLabels(["Decoder", "Learner", "Cell", "Parameters"])
        header = self.tree.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for number, width in enumerate(_WIDTHS):
            header.resizeSection(number, width)
        self.tree.setRootIsDecorated(False)
        self.count = QLabel()
        self.count.setProperty("role", "muted")
        self.done = QPushButton("Done")
        self.done.setToolTip("Close the list and look at the pictures  (Esc)")
        self.done.setProperty("primary", True)
        self._items: list[QTreeWidgetItem] = []
        self._cards = cards
        bottom = QHBoxLayout()
        bottom.addWidget(self.count, 1)
        bottom.addWidget(self.done)
        column = QVBoxLayout(self.frame)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(title_label(f"Decoders to compare, {LEAST} to {MOST}"))
        column.addWidget(self.search)
        column.addWidget(self.tree, 1)
        column.addLayout(bottom)
        self.done.clicked.connect(self.close_veil)
        self.search.textChanged.connect(self._find)
        self.search.installEventFilter(self)
        self.tree.installEventFilter(self)
        self.tree.itemChanged.connect(self._changed)

    def _wanted_size(self) -> QSize:
        return QSize(760, 640)

    def open(self) -> None:
        """Show, ready to type."""
        if not self._items:  # the list is made when it is first wanted, not while the window opens
            self._fill(self._cards)
        self.search.clear()
        super().open()
        self.search.setFocus()

    # ---- the list -------------------------------------------------------------------------------

    def _fill(self, cards: tuple[ModelCard, ...]) -> None:
        known = {study for study, _ in GROUPS}
        others = sorted({card.study for card in cards} - known)
        for study, heading in (*GROUPS, *((name, f"Study: {name}") for name in others)):
            members = [card for card in cards if card.study == study]
            if not members:
                continue
            top = QTreeWidgetItem([heading])
            top.setFlags(_PLAIN)
            top.setSizeHint(0, QSize(0, _LINE))
            face = top.font(0)
            face.setBold(True)
            top.setFont(0, face)
            self.tree.addTopLevelItem(top)
            for card in members:
                top.addChild(self._decoder(card))
        self.tree.expandAll()

    def _decoder(self, card: ModelCard) -> QTreeWidgetItem:
        learner = f"{card.learner}, attentive" if card.attentive and card.learner != "SAB" else card.learner
        item = self._item(
            [decoder_title(card.name, self._cards), learner, cell_title(card), count(card.weights)],
            entry_of(card),
        )
        item.setTextAlignment(3, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for column in range(4):
            item.setToolTip(column, decoder_tip(card))
        if card.study in _WITH_CONTEXTS:
            for context in card.contexts:
                entry = Entry(card.name, context)
                if entry != entry_of(card):
                    item.addChild(self._item([capital(context_name(context)), "", "", ""], entry))
        return item

    def _item(self, words: list[str], entry: Entry) -> QTreeWidgetItem:
        item = QTreeWidgetItem(words)
        item.setSizeHint(0, QSize(0, _LINE))
        item.setData(0, _ENTRY, entry)
        item.setFlags(_CHECKABLE | Qt.ItemFlag.ItemIsEnabled)
        item.setCheckState(0, Qt.CheckState.Unchecked)
        self._items.append(item)
        return item

    def item(self, entry: Entry) -> QTreeWidgetItem:
        """The line of an entry. Raises KeyError when there is none."""
        for item in self._items:
            if item.data(0, _ENTRY) == entry:
                return item
        raise KeyError(entry)

    def show_state(self, session: Session) -> None:
        """Tick what is compared; boxes that would leave fewer than two or make more than six are off. Only
        decoders that serve the codec are listed."""
        if session.fitting != self._cards:
            self._cards = session.fitting
            self._items.clear()
            self.tree.clear()
            self._fill(self._cards)
            self._find(self.search.text())
        chosen = session.compare.entries
        with QSignalBlocker(self.tree):
            for item in self._items:
                entry = item.data(0, _ENTRY)
                on = entry in chosen
                usable = len(chosen) > LEAST if on else len(chosen) < MOST
                item.setCheckState(0, Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
                flags = _CHECKABLE | Qt.ItemFlag.ItemIsEnabled if usable else _CHECKABLE
                if item.flags() != flags:
                    item.setFlags(flags)
        more = "; take one away to choose another" if len(chosen) == MOST else ""
        fewer = "; add one to take another away" if len(chosen) == LEAST else ""
        self.count.setText(f"{len(chosen)} of {MOST} chosen{more}{fewer}")
        self.tree.viewport().update()

    def _changed(self, item: QTreeWidgetItem) -> None:
        entry = item.data(0, _ENTRY)
        if isinstance(entry, Entry):
            self.toggled.emit(entry)

    def _find(self, text: str) -> None:
        """Show only lines that hold every typed word, and what they stand under."""
        typed = text.lower().split()
        for item in self._items:
            item.setHidden(False)
        for number in range(self.tree.topLevelItemCount()):
            self._hide(self.tree.topLevelItem(number), typed)

    def _hide(self, item: QTreeWidgetItem | None, typed: list[str]) -> bool:
        if item is None:
            return False
        words = " ".join(item.text(column) for column in range(4)).lower()
        entry = item.data(0, _ENTRY)
        words += f" {entry.decoder}" if isinstance(entry, Entry) else ""
        below = [self._hide(item.child(at), typed) for at in range(item.childCount())]
        shown = any(below) or (bool(item.data(0, _ENTRY)) and all(word in words for word in typed))
        item.setHidden(not shown)
        return shown

    # ---- keys -----------------------------------------------------------------------------------

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched in (self.search, self.tree):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                return self._press(watched, event)
        return super().eventFilter(watched, event)  # type: ignore[arg-type]

    def _press(self, watched: object, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self.close_veil()
            return True
        if watched is self.search and event.key() == Qt.Key.Key_Down:
            first = next((item for item in self._items if not item.isHidden()), None)
            if first is not None:
                self.tree.setCurrentItem(first)
                self.tree.setFocus()
            return True
        return False
