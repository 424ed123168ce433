"""The lab's page: its line, pictures over the scrubber, and one of the areas beside them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
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
from viewer.ui.flow_layout import FlowPanel
from viewer.ui.theme import scaled

_NO_OVERLAY = OverlayScene(Overlay.NONE, None)
_VIEW = ViewScene(minimap=False)

_BESIDE = 372
"""Pixels that an area needs at 100 % text."""
_PICTURES, _LEAST = 200, 150
"""Pixels across below which the pictures have no room beside it, and the least height of either."""


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
        self.switch.chosen.connect(self.area_chosen)
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
        head = FlowPanel(gap=0, least_gap=0)  # the buttons go on in a second line where there is little room
        self.switch.setParent(head)
        self.switch.hide()
        for area in AREAS:
            head.flow.addWidget(self.switch.button(area.key))
        beside.addWidget(head)
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

    def _fit(self) -> None:
        """What stands beside the pictures keeps room for its words; in a narrow page it stands below them."""
        if not self._built:
            return
        below = self.width() < scaled(_BESIDE + _PICTURES)
        across = Qt.Orientation.Vertical if below else Qt.Orientation.Horizontal
        self._beside.setMinimumSize(0 if below else scaled(_BESIDE), scaled(_LEAST))
        self.panes.setMinimumHeight(scaled(_LEAST) if below else 0)
        if across != self.split.orientation():
            self.split.setOrientation(across)
            self.split.setSizes([500, 500] if below else [720, 560])

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
            self._area = area
            self.stack.setCurrentWidget(area)
            self.switch.set_current(next(key for key, view in self.areas.items() if view is area))
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
        area.set_scene(scene)
