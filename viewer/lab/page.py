"""The lab's page: its line, pictures over the scrubber, and one of the areas beside them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from viewer.lab.areas import AREAS
from viewer.lab.views.area import AreaView
from viewer.lab.views.bar import LabBar
from viewer.lab.views.scrub import ScrubStrip
from viewer.model.scene.lab import LabScene
from viewer.model.scene.picture import OverlayScene
from viewer.model.scene.view import ViewScene
from viewer.model.session.choices import Mode, Overlay
from viewer.model.session.state import Session
from viewer.panes.canvas.view import PanesView
from viewer.ui.controls import ElidedLabel, SegmentedButtons, panel, show_if
from viewer.ui.flow_layout import joined_flow
from viewer.ui.theme import scaled

_NO_OVERLAY = OverlayScene(Overlay.NONE, None)
_VIEW = ViewScene(minimap=False)

_BESIDE = 372
"""Pixels that an area needs at 100 % text."""
_PICTURES, _LEAST = 200, 150
"""Pixels across below which the pictures have no room beside it, and the least height of either."""
_ANY_HEIGHT = 16_777_215
"""Qt's QWIDGETSIZE_MAX: no limit."""
_BOTH = 440
"""Pixels of height below which pictures over an area have all of it, until an area is asked for."""


class LabPage(QWidget):
    """Made when it is first shown. made: its widgets are there, or new ones, so that whoever minds the
    keyboard sees to them; area_made: an area by its key."""

    made = Signal()
    area_made = Signal(str)
    area_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        panel(self)
        self.areas: dict[str, AreaView] = {}
        self._built = False
        self._scene: LabScene | None = None
        self._area: AreaView | None = None
        self._by_hand: bool | None = None
        """Whether somebody folded the area below the pictures away, or had it unfolded."""
        self.folded = False

    def build(self) -> None:
        """Make the widgets, once."""
        if self._built:
            return
        self._built = True
        self.bar = LabBar()
        self.see = ElidedLabel()
        self.fault = ElidedLabel()
        self.fault.setProperty("role", "error")
        self.panes = PanesView()
        self.panes.setAccessibleName("Pictures of the lab")
        self.panes.set_view(_VIEW)
        self.scrub = ScrubStrip()
        self.switch = SegmentedButtons([(area.key, area.title, area.tip) for area in AREAS])
        self.stack = QStackedWidget()
        self.switch.chosen.connect(self._choose)
        self._lay_out()
        self._fit()
        self.setFocusProxy(self.panes)
        self.made.emit()

    def _lay_out(self) -> None:
        words = panel(QWidget())
        line = QVBoxLayout(words)
        line.setContentsMargins(8, 0, 8, 4)
        line.setSpacing(2)
        line.addWidget(self.see)
        line.addWidget(self.fault)
        left = QWidget()
        pictures = QVBoxLayout(left)
        pictures.setContentsMargins(0, 0, 0, 0)
        pictures.setSpacing(0)
        pictures.addWidget(self.panes, 1)
        self._pictures = left
        right = panel(QWidget())
        beside = QVBoxLayout(right)
        beside.setContentsMargins(0, 8, 0, 0)
        beside.setSpacing(0)
        head = joined_flow(self.switch, [area.key for area in AREAS])
        head.flow.setContentsMargins(8, 4, 8, 4)
        beside.addWidget(head)
        self._head = head
        head.installEventFilter(self)
        beside.addWidget(self.stack, 1)
        self._beside = right
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.addWidget(left)
        self.split.addWidget(right)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        self.split.setCollapsible(0, False)
        self.split.setCollapsible(1, False)
        self.split.setSizes([720, 560])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(words)
        column.addWidget(self.split, 1)
        column.addWidget(self.scrub)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self._head and event.type() == QEvent.Type.Resize:
            self._fit()  # a folded area is as high as its buttons
        return False

    def _fit(self) -> None:
        """What stands beside the pictures keeps room for its words; in a narrow page it stands below them."""
        if not self._built:
            return
        below = self.width() < scaled(_BESIDE + _PICTURES)
        across = Qt.Orientation.Vertical if below else Qt.Orientation.Horizontal
        self._fold(below)
        high = 0 if self.folded else scaled(_LEAST)
        self._beside.setMinimumSize(0 if below else scaled(_BESIDE), high)
        self.panes.setMinimumHeight(scaled(_LEAST) if below else 0)
        if across != self.split.orientation():
            self.split.setOrientation(across)
            self.split.setSizes([500, 500] if below else [720, 560])

    def _fold(self, below: bool) -> None:
        """Below pictures that have little room an area is folded away, its button unfolds it."""
        if not below or self._hides_pictures():
            self._by_hand = None
        scant = below and not self._hides_pictures() and self.split.height() < scaled(_BOTH)
        folded = scant if self._by_hand is None else self._by_hand
        self._beside.setMaximumHeight(self._head.height() + 8 if folded else _ANY_HEIGHT)
        if folded == self.folded:
            return
        self.folded = folded
        show_if(self.stack, not folded)
        self._press()
        if not folded and self._area is not None and self._scene is not None:
            self._area.set_scene(self._scene)

    def _hides_pictures(self) -> bool:
        return self._scene is not None and not self._scene.pictures

    def _press(self) -> None:
        """The button of the area in sight."""
        key = next((key for key, view in self.areas.items() if view is self._area), "")
        self.switch.set_current_or_none("" if self.folded else key)

    def _choose(self, key: str) -> None:
        """An area's button: of the one in sight below the pictures it folds it away."""
        below = self.split.orientation() == Qt.Orientation.Vertical
        self._by_hand = below and not self.folded and self.areas.get(key) is self._area
        self._fit()
        self.area_chosen.emit(key)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def area(self, key: str) -> AreaView:
        """An area, made when it is first asked for; the first one for a key that isn't there."""
        known = next((area for area in AREAS if area.key == key), AREAS[0])
        if known.key not in self.areas:
            view = known.make()
            self.areas[known.key] = view
            self.stack.addWidget(view)
            view.made.connect(self.made)
            self.area_made.emit(known.key)
            self.made.emit()
        return self.areas[known.key]

    def set_scene(self, scene: LabScene, session: Session) -> None:
        """Show this."""
        self.build()
        old, self._scene = self._scene, scene
        area = self.area(session.lab.area)
        if self._area is not area:  # the stack shows its first without being asked to
            self._by_hand = None if self._area is None else False
            self._area = area
            self.stack.setCurrentWidget(area)
            self._press()
            old = None
        area.show_choice(session.lab, session.picture is not None)
        if scene is old:
            return
        self.bar.set_scene(scene)
        self.see.setText(f"{scene.transport.state}  ·  {scene.note}")
        self.fault.setText(scene.transport.fault)
        show_if(self.fault, bool(scene.transport.fault))
        show_if(self._pictures, scene.pictures)
        if old is None or scene.panes is not old.panes or scene.patch != old.patch:
            self.panes.set_scene(scene.panes, Mode.SIDE, scene.patch, _NO_OVERLAY)
        self.scrub.show_transport(scene.transport)
        self._fit()
        if not self.folded:
            area.set_scene(scene)
