"""Scenes into pictures: gives every part of the window what it shows, where that has changed."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow

from viewer.compare.chooser import DecoderChooser
from viewer.core.memo import same
from viewer.model.scene.whole import Scene
from viewer.model.session.choices import Mode, Page
from viewer.model.session.rate_distortion import RatesPage
from viewer.model.session.state import Session
from viewer.shell.controller.controller import Controller
from viewer.shell.layout import COMPARED_HEIGHT, FIGURES_HEIGHT, HIDDEN_HEIGHT, PLOT_HEIGHT, WindowPlaces
from viewer.shell.looks import DesktopLooks
from viewer.shell.menus import Menus
from viewer.shell.parts import Parts
from viewer.shell.shown import codecs_of, controls_of, progress_of
from viewer.ui.controls import show_if
from viewer.ui.theme import scaled

_NARROW = 280
"""Pixels beside the lessons, at 100 % text, below which bars give way: all they offer is in menus."""
_LOW = 420
"""Pixels of a window's height, at 100 % text, below which the thumbnails give way to the pictures."""
_LESSON = 460
"""Pixels below the toolbar, at 100 % text, that a lesson's pictures and what is around them need; where there
are fewer, bars give way: sliders stand in the lesson, all the rest in menus."""
_FIGURES = 0.6
"""Part of the column that the figures take at most: the plots are to be seen, too."""


class Showing:
    """Remembers what was shown last. The window's title is its, too, and the program's looks."""

    def __init__(
        self,
        window: QMainWindow,
        control: Controller,
        parts: Parts,
        places: WindowPlaces,
        menus: Menus,
        chooser: DecoderChooser,
    ) -> None:
        self._window, self._control, self._parts, self._places = window, control, parts, places
        self._menus, self._chooser = menus, chooser
        self._looks = DesktopLooks(window)
        self._scene: Scene | None = None
        self._controls: tuple[object, ...] = ()
        self._compact = self._crowded = False
        places.split.resized.connect(self.fit)

    def show(self) -> None:
        scene, old = self._control.scene, self._scene
        session, facts = self._control.session, self._control.facts
        self._looks.follow(session)
        self.fit()
        self._scene = scene
        drawn = (scene.panes, scene.mode, scene.patch, scene.overlay)
        if old is None or any(
            a is not b for a, b in zip(drawn, (old.panes, old.mode, old.patch, old.overlay), strict=True)
        ):
            self._parts.panes.set_scene(*drawn)
        self._parts.panes.set_view(scene.view)
        if old is None or scene.thumbs is not old.thumbs or scene.transport != old.transport:
            self._parts.filmstrip.set_scene(scene.thumbs, scene.transport, scene.view.orientation)
        self._parts.stage.set_scene(scene.big, 1 if scene.mode is Mode.WIPE else len(scene.panes))
        self._parts.schematic.set_scene(scene.schematic)
        self._parts.caption.set_scene(scene.caption)
        self._parts.plots.set_scene(scene.plots)
        least = len(scene.plots) * scaled(PLOT_HEIGHT if scene.compare is None else COMPARED_HEIGHT)
        least += self._parts.plots.extra()
        if self._parts.plots.minimumHeight() != least:
            self._parts.plots.setMinimumHeight(least)
        self._show_figures(scene, old)
        self._places.pages.set_scene(scene.compare, session.compare)
        self._show_curves(scene, session)
        self._show_whole(scene, session)
        if old is None or scene.status != old.status:
            self._parts.status.set_scene(replace(scene.status, error=""))  # it has a line of its own
            self._parts.error.show_error(scene.status.error)
            self._parts.repair_error.show_error(scene.status.error)
            self._parts.bench_error.show_error(scene.status.error)
        if old is None or scene.title != old.title:
            self._window.setWindowTitle(f"{scene.title} – nrc-viewer" if scene.title else "nrc-viewer")
        quality = self._control.sending.quality()
        controls = (controls_of(session), progress_of(facts), quality, *codecs_of(scene))
        if not same(controls, self._controls):
            self._controls = controls
            self._parts.toolbar.show_state(session, facts, quality)
            self._show_bars(session)
            self._parts.banner.show_state(session)
            self._menus.show_state()

    def fit(self) -> None:
        """What there is no room for goes."""
        presenting = self._control.session.presentation.on
        self._parts.caption.fit(self._window.height())
        self._parts.filmstrip.set_low(self._window.height() < scaled(_LOW))
        central = self._window.centralWidget()
        narrow = central is not None and central.width() < scaled(_NARROW)
        low, lower = self._low_beside_lessons()
        show_if(self._parts.toolbar, not (narrow or presenting or low))
        show_if(self._places.lines, not (narrow or presenting or lower))
        show_if(self._places.notices, not presenting)
        self._fit_figures()

    def _low_beside_lessons(self) -> tuple[bool, bool]:
        """Whether a lesson's pictures need the toolbar's room, and that of the line over several decoders."""
        session, central = self._control.session, self._window.centralWidget()
        if not session.lessons.on or central is None:
            return False, False
        left = self._window.height() - self._parts.toolbar.flow.heightForWidth(central.width())
        beside = self._parts.comparebar.flow.heightForWidth(central.width())
        several = session.page is Page.COMPARE
        return left < scaled(_LESSON), several and left - beside < scaled(_LESSON)

    def _show_bars(self, session: Session) -> None:
        """The line above the pictures, and what else differs while decoders are compared."""
        on, codecs, parts = session.page is Page.COMPARE, session.page is Page.CODECS, self._parts
        plain = session.page is Page.PICTURES
        if codecs:
            self._parts.ratesbar.show_state(session, self._control.scene.rates)
        else:
            (self._parts.comparebar if on else self._parts.viewbar).show_state(session)
        for bar, wanted in (
            (parts.comparebar, on), (parts.ratesbar, codecs), (parts.viewbar, plain)
        ):  # fmt: skip
            if bar.isHidden() == wanted:
                bar.setVisible(wanted)
        if self._compact != on:
            self._compact = on
            self._parts.filmstrip.set_compact(on)
            self._parts.inspector.set_compact(on)
        if self._chooser.isVisible():
            self._chooser.show_state(session)

    def _show_whole(self, scene: Scene, session: Session) -> None:
        """The Repair and the Measure page stand in place of everything."""
        parts, whole = self._parts, self._places.whole
        if scene.repair is not None:
            parts.repair.set_scene(scene.repair, session.repair)
        if scene.bench is not None:
            parts.bench.set_scene(scene.bench, session.bench)
        page = 1 if scene.repair is not None else 2 if scene.bench is not None else 0
        if whole.currentIndex() != page:
            whole.setCurrentIndex(page)
            repair = parts.repair.files if parts.repair.files.count() else parts.repair.add
            first = (parts.panes, repair, parts.bench)[page]
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_curves(self, scene: Scene, session: Session) -> None:
        """The codecs' curves stand in place of the pictures."""
        shown = session.page is Page.CODECS and session.rates.page is RatesPage.CURVES
        middle, parts = self._places.middle, self._parts
        if scene.lab is not None:
            parts.lab.set_scene(scene.lab, session)
        page, focus = (
            (parts.lab, parts.lab) if scene.lab is not None
            else (parts.curves, parts.curves.plot) if shown
            else (self._places.pages, parts.panes)
        )  # fmt: skip
        if middle.currentWidget() is not page:
            middle.setCurrentWidget(page)
            focus.setFocus()
        if shown and scene.rates is not None:
            parts.curves.set_scene(scene.rates)
        self._places.split.give_all(scene.lab is not None or session.presentation.on)

    def _show_figures(self, scene: Scene, old: Scene | None) -> None:
        if old is None or scene.summary is not old.summary:
            self._parts.summary.set_rows(scene.summary)
        self._parts.inspector.set_rows(scene.inspector)
        self._parts.inspector.set_patch(scene.patch)
        held = scene.inside is not None and self._control.session.show_inside
        self._places.figures.setCurrentIndex(2 if held else 1 if scene.patch is not None else 0)
        self._places.figure_switch.setHidden(scene.inside is None)
        self._places.figure_switch.set_current("inside" if held else "figures")
        if scene.inside is not None and held:
            self._parts.hidden.set_scene(scene.inside)
        self._crowded = held and len(self._control.session.compare.entries) > 3 and scene.compare is not None
        self._fit_figures()

    def _fit_figures(self) -> None:
        height = scaled(HIDDEN_HEIGHT if self._crowded else FIGURES_HEIGHT)
        height = min(height, max(scaled(120), int(_FIGURES * self._places.split.height())))
        if self._places.figures.height() != height:
            self._places.figures.setFixedHeight(height)
