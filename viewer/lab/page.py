"""The lab's page: its line, pictures over the scrubber, and one of the areas beside them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
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
from viewer.ui.theme import scaled

_NO_OVERLAY = OverlayScene(Overlay.NONE, None)
_VIEW = ViewScene(minimap=False)

_BESIDE = 372
"""Pixels that an area needs at 100 % text."""
_MARGIN = 8


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
        head = QVBoxLayout()
        head.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        head.addWidget(self.switch, 0, Qt.AlignmentFlag.AlignLeft)
        beside.addLayout(head)
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
        """What stands beside the pictures keeps room for its words, and for the buttons of the areas."""
        if self._built:
            buttons = self.switch.sizeHint().width() + 2 * _MARGIN
            self._beside.setMinimumWidth(max(scaled(_BESIDE), buttons))

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
