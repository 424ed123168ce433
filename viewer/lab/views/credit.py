"""Where the credit goes: one view at a time, of the lane and moment that are chosen."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QWidget

from viewer.lab.views.area import AreaView
from viewer.lab.views.heat import HeatMap
from viewer.model.scene.lab import CreditScene, LabScene
from viewer.model.scene.plots import PlotScene
from viewer.ui.elided_box import ElidedBox
from viewer.ui.plot.plot import Plot
from viewer.ui.toolbar_parts import muted

_PATIENCE_MS = 200
"""A moment that is scrubbed past is not looked into."""


class CreditArea(AreaView):
    """Choices of lane and view, the view, and what is seen in it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lane, self.view = ElidedBox(), ElidedBox()
        for box in (self.lane, self.view):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(8)
        self.lane.setAccessibleName("Lane")
        self.view.setAccessibleName("View of the credit")
        self.renew = QPushButton("Look now")
        self.renew.setToolTip("Look into the lane at the moment that is shown; the run waits for it")
        self.about, self.words = muted(""), QLabel()
        self.about.setWordWrap(True)
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop)  # where no view takes the room below it
        self.words.setWordWrap(True)
        self.heat = HeatMap()
        self.plot = Plot(PlotScene("lab-credit", "", "", "", ()))
        self.stack = QStackedWidget()
        self.stack.addWidget(self.heat)
        self.stack.addWidget(self.plot)
        line, below = QHBoxLayout(), QHBoxLayout()
        line.addWidget(self.lane, 1)
        line.addWidget(self.view, 1)
        below.addWidget(self.about, 1)
        below.addWidget(self.renew, 0, Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(line)
        self.column.addLayout(below)
        self.column.addWidget(self.stack, 1)
        self.column.addWidget(self.words)
        self._scene: CreditScene | None = None
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(_PATIENCE_MS)
        self._settling.timeout.connect(lambda: self.asked.emit("credit"))
        self.lane.activated.connect(lambda at: self.changed.emit("lane", self.lane.itemData(at), ""))
        self.view.activated.connect(lambda _: self._show())
        self.renew.clicked.connect(lambda: self.asked.emit("credit"))

    def set_scene(self, scene: LabScene) -> None:
        credit = scene.credit
        names = [(item.label, item.number) for item in scene.lanes]
        if names != [(self.lane.itemText(i), self.lane.itemData(i)) for i in range(self.lane.count())]:
            self.lane.clear()
            for name, number in names:
                self.lane.addItem(name, number)
        self.lane.setCurrentIndex(max(0, self.lane.findData(credit.lane)))
        titles = [(view.title, view.key) for view in credit.views]
        if titles and titles != [
            (self.view.itemText(i), self.view.itemData(i)) for i in range(self.view.count())
        ]:
            chosen = self.view.currentData()
            self.view.clear()
            for title, key in titles:
                self.view.addItem(title, key)
            self.view.setCurrentIndex(max(0, self.view.findData(chosen)))
        self.about.setText(credit.about + (" …" if credit.waiting else ""))
        self.renew.setEnabled(bool(scene.lanes) and credit.stale and not credit.waiting)
        self.view.setEnabled(bool(credit.views))
        self._scene = credit
        self._show()
        if credit.stale and not credit.waiting and scene.transport.there and not scene.transport.playing:
            self._settling.start()

    def _show(self) -> None:
        views = self._scene.views if self._scene is not None else ()
        view = next((each for each in views if each.key == self.view.currentData()), None)
        self.stack.setVisible(view is not None)
        self.words.setText(view.words if view is not None else "")
        if view is None:
            return
        if view.heat is not None:
            self.stack.setCurrentWidget(self.heat)
            self.heat.set_scene(view.heat)
        elif view.plot is not None:
            self.stack.setCurrentWidget(self.plot)
            self.plot.set_scene(view.plot)
