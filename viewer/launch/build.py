"""The application and its window, put together."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from viewer.core.answers import READ_SECONDS, answers
from viewer.launch.arguments import offers
from viewer.launch.compare_arguments import common_codec, compared_cards, compared_entries
from viewer.launch.request import Launch
from viewer.model.session import state
from viewer.model.session.looks import set_theme
from viewer.model.session.options import (
    set_carry,
    set_codec,
    set_context,
    set_decoder,
    set_quality,
    set_steps,
    set_subsampling,
    set_target,
)
from viewer.model.session.state import Options

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from engine.models.card import ModelCard
    from viewer.documents.settings import Settings
    from viewer.model.session.state import Session
    from viewer.shell.window import MainWindow


def application() -> QApplication:
    """The one QApplication, made when there is none yet."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QGuiApplication, QIcon
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance()
    if isinstance(app, QApplication):
        return app
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )  # fmt: skip
    app = QApplication(["nrc-viewer"])
    app.setApplicationName("nrc-viewer")
    app.setApplicationDisplayName("nrc-viewer")
    app.setDesktopFileName("nrc-viewer")
    app.setWindowIcon(QIcon(str(files("assets").joinpath("icons", "nrc-viewer.png"))))
    return app


def build_window(launch: Launch) -> MainWindow:
    """The window, ready to be shown; its first picture is read once it has been drawn."""
    from PySide6.QtCore import Qt

    from viewer.core.process import share_interpreter
    from viewer.documents.settings import Settings
    from viewer.shell.controller.controller import Controller
    from viewer.shell.looks import THEMES
    from viewer.shell.window import MainWindow
    from viewer.ui import theme

    app = application()
    settings = Settings(launch.store)
    session = first_session(launch, settings)
    theme.apply(app, THEMES.get(session.theme) or theme.system_theme(app), session.text_scale)
    share_interpreter()
    controller = Controller(session)

    def begin() -> None:
        if launch.file is not None:
            controller.documents.open_path(launch.file, launch.received)
        else:
            from engine.data.samples import sample_names

            controller.documents.open_sample(launch.sample or sample_names()[0])
        if launch.beside:
            from viewer.remote.worker import Guests

            controller.worker(Guests).open_files(launch.beside)

    window = MainWindow(controller, settings, begin)
    if launch.lesson:
        from viewer.lessons.file import asked_course

        window.lessons.open_later(*asked_course(launch.lesson))
    if launch.size is not None:
        window.setWindowState(Qt.WindowState.WindowNoState)
        window.resize(*launch.size)
    return window


def first_session(launch: Launch, settings: Settings) -> Session:
    """The session to start with: defaults, then what is remembered, then the command line."""
    from engine.errors import UserError
    from engine.models.card import find_card
    from engine.pipeline import model_cards
    from engine.types import Context
    from viewer.launch.look_arguments import looked_at
    from viewer.model.session.compare_changes import open_compare
    from viewer.model.session.decoder_choice import decoder_for
    from viewer.model.session.lab_changes import open_lab
    from viewer.model.session.lab_changes import set_preset as set_preset_of_lab
    from viewer.model.session.own_models import remembered
    from viewer.model.session.rate_distortion import RatesPage
    from viewer.model.session.rate_distortion_changes import open_rates, set_preset

    own = answers(Path.exists, settings.models(), READ_SECONDS)
    cards = remembered(model_cards(), [path for path in settings.models() if path in own])
    if launch.decoder and all(card.name != launch.decoder for card in cards):
        cards = (*cards, find_card(launch.decoder))
    if launch.compare:
        cards = compared_cards(launch.compare, cards)
    first = decoder_for(cards, Options().codec, "", ())
    session = state.Session(models=cards, options=Options(decoder=first))
    session = settings.load_session(session)
    codec = _codec(launch, cards, session)
    if codec != session.options.codec:
        session = set_codec(session, codec)
    if launch.quality is not None:
        session = set_quality(session, launch.quality)
    if launch.bits_per_pixel is not None:
        session = set_target(session, launch.bits_per_pixel)
    if launch.subsampling:
        session = set_subsampling(session, launch.subsampling)
    if launch.decoder:
        session = set_decoder(session, find_card(launch.decoder).name)
    elif (launch.context or launch.carry) and (session.card is None or not offers(session.card, launch)):
        offering = [card.name for card in session.fitting if offers(card, launch)]
        if not offering:
            title = session.codec_facts.title
            raise UserError(f"no decoder for {title} streams offers this context or --carry")
        session = set_decoder(session, offering[0])
    if launch.steps is not None:
        session = set_steps(session, launch.steps)
    if launch.context:
        session = set_context(session, Context(launch.context))
    if launch.carry is not None:
        session = set_carry(session, launch.carry)
    if launch.compare:
        session = open_compare(session, compared_entries(launch.compare, cards, session.codec))
    if launch.codecs or launch.equal_rate:
        session = open_rates(session, RatesPage.EQUAL if launch.equal_rate else RatesPage.CURVES)
        session = set_preset(session, launch.equal_rate)
    if launch.lab:
        session = set_preset_of_lab(open_lab(session), launch.lab)
    session = looked_at(session, launch)
    return set_theme(session, launch.theme) if launch.theme else session


def _codec(launch: Launch, cards: Sequence[ModelCard], session: Session) -> str:
    """The codec to start with: the one asked for, else one that serves what else is asked for."""
    from engine.models.card import find_card

    known = session.options.codec
    if launch.codec:
        return launch.codec
    if launch.decoder:
        codecs = find_card(launch.decoder).codecs
        return known if known in codecs else codecs[0]
    if launch.compare:
        names = {entry.decoder for entry in compared_entries(launch.compare, cards)}
        compared = [card for card in cards if card.name in names]
        return known if all(known in card.codecs for card in compared) else common_codec(compared)
    return known
