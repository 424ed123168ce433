"""The widgets that the window is made of, not yet laid out."""

from __future__ import annotations

from engine.registry import CODECS
from viewer.compare.bar import CompareBar
from viewer.lab.page import LabPage
from viewer.model.session.state import Session
from viewer.panes.bar import ViewBar
from viewer.panes.canvas.view import PanesView
from viewer.patch.views.hidden import HiddenView
from viewer.playback.filmstrip import Filmstrip
from viewer.presentation.views.beside import PicturesAndPlot
from viewer.presentation.views.caption import CaptionLine
from viewer.rate_distortion.bar import RatesBar
from viewer.rate_distortion.views.pages import CurvesPage
from viewer.repair.views.page import RepairPage
from viewer.schematic.views.panel import SchematicPanel
from viewer.shell.banner import Banner, ErrorLine
from viewer.shell.offer_bar import OfferLine
from viewer.shell.status_bar import StatusLine
from viewer.shell.toolbar import Toolbar
from viewer.ui.figures_table import FiguresTable, Inspector
from viewer.ui.plot.column import PlotsView


class Parts:
    """From the top to the bottom: bars and lines, pictures, the right column, the status."""

    def __init__(self, session: Session) -> None:
        self.toolbar = Toolbar(session, CODECS.names())
        self.error = ErrorLine()
        self.offer = OfferLine()
        self.banner = Banner()
        self.viewbar = ViewBar()
        self.comparebar = CompareBar()
        self.ratesbar = RatesBar()
        self.panes = PanesView()
        self.curves = CurvesPage()
        self.repair = RepairPage()
        self.repair_error = ErrorLine()
        self.lab = LabPage()
        self.filmstrip = Filmstrip()
        self.plots = PlotsView()
        self.inspector = Inspector()
        self.summary = FiguresTable()
        self.hidden = HiddenView()
        self.stage = PicturesAndPlot(self.panes)
        self.schematic = SchematicPanel()
        self.caption = CaptionLine()
        self.status = StatusLine()
