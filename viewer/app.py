"""Starts the window: the only place that wires everything."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from engine.models import ModelCard
    from viewer.session import Session
    from viewer.settings import Settings
    from viewer.window import MainWindow

CONTEXTS = ("none", "causal", "non-causal", "both")


@dataclass(frozen=True)
class Launch:
    """What the command line asked for; None and "" leave a choice to the settings."""

    file: Path | None = None
    sample: str = ""
    received: bool = False
    codec: str = ""
    quality: int | None = None
    bits_per_pixel: float | None = None
    subsampling: str = ""
    decoder: str = ""
    steps: int | None = None
    context: str = ""
    carry: bool | None = None
    theme: str = ""
    size: tuple[int, int] | None = None
    snapshot: Path | None = None
    store: QSettings | None = None


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; returns the exit status: 0, or 2 for a user's mistake, said in one line."""
    from engine.errors import UserError

    try:
        launch = parse(sys.argv[1:] if argv is None else argv)
        check(launch)
        return snapshot(launch) if launch.snapshot is not None else run(launch)
    except UserError as error:
        print(f"nrc-viewer: error: {error}", file=sys.stderr)
        return 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        self.exit(2, f"{self.prog}: error: {message}\n")


def _quality(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 100:
        raise ValueError
    return value


def _bpp(text: str) -> float:
    value = float(text)
    if not 0 < value <= 48:
        raise ValueError
    return value


def _steps(text: str) -> int:
    from engine.pipeline import MOST_STEPS

    value = int(text)
    if not 1 <= value <= MOST_STEPS:
        raise ValueError
    return value


def _size(text: str) -> tuple[int, int]:
    width, height = (int(part) for part in text.lower().split("x"))
    if not (320 <= width <= 16384 and 240 <= height <= 16384):
        raise ValueError
    return width, height


for _kind, _name in (
    (_quality, "quality (1 to 100)"),
    (_bpp, "rate (bits per pixel, above 0)"),
    (_steps, "number of steps (1 to 12)"),
    (_size, "size (WIDTHxHEIGHT, e.g. 1600x900)"),
):
    _kind.__name__ = _name  # argparse names the kind in "invalid … value"


def parse(argv: Sequence[str]) -> Launch:
    """Read the command line. Exits with status 2 and one line on mistakes, as argparse does."""
    parser = _Parser(
        prog="nrc-viewer",
        description="See, step by step, how a recurrent neural decoder repairs a compressed image.",
        epilog="Without FILE a bundled photograph is shown. In the window, ? lists all keys.",
    )
    add = parser.add_argument
    add(
        "file", nargs="?", type=Path, metavar="FILE", help="picture to encode, or with --received a JPEG file"
    )
    add("--sample", default="", metavar="NAME", help="bundled picture to show, e.g. chelsea")
    add("--received", action="store_true", help="take FILE as the stream: repair it, with no original")
    add("--codec", default="", metavar="NAME", help="codec (default: jpeg)")
    rate = parser.add_mutually_exclusive_group()
    rate.add_argument("--quality", type=_quality, metavar="Q", help="quality of the encoder, 1 to 100")
    rate.add_argument(
        "--bpp", type=_bpp, metavar="R", dest="bits_per_pixel", help="bits per pixel to aim at instead"
    )
    add("--subsampling", default="", choices=("4:2:0", "4:4:4"), help="resolution of chroma")
    add("--decoder", default="", metavar="NAME", help="decoder, as listed by 'nrc models'")
    add("--steps", type=_steps, metavar="K", help="steps of refinement (default: as trained)")
    add("--context", default="", choices=CONTEXTS, help="neighbours that a raster decoder may look at")
    add("--carry", action=argparse.BooleanOptionalAction, default=None, help="carry the state along the row")
    add("--theme", default="", choices=("dark", "light"), help="look (default: the desktop's)")
    add("--size", type=_size, metavar="WxH", help="size of the window, e.g. 1600x900")
    add(
        "--snapshot",
        type=Path,
        metavar="OUT.png",
        help="without a display: draw the window once the refinement is complete, write it, exit",
    )
    arguments = vars(parser.parse_args(argv))
    return Launch(**arguments)


def check(launch: Launch) -> None:
    """Find mistakes that need neither a display nor PyTorch. Raises UserError."""
    from engine.errors import UserError
    from engine.models import find_card
    from engine.pipeline import check_options, model_cards
    from engine.registry import CODECS
    from engine.types import Context, DecodeOptions

    if launch.file is not None and launch.sample:
        raise UserError("give a FILE or --sample, not both")
    if launch.received and launch.file is None:
        raise UserError("--received needs a FILE")
    if launch.file is not None and not launch.file.exists():
        raise UserError(f"{launch.file}: no such file")
    if launch.sample:
        from engine.samples import sample_title

        sample_title(launch.sample)
    if launch.codec:
        CODECS.get(launch.codec)
    options = DecodeOptions(
        launch.steps or 0, Context(launch.context) if launch.context else Context.BOTH, bool(launch.carry)
    )
    if launch.decoder:
        check_options(find_card(launch.decoder), options)
    elif (launch.context or launch.carry) and not any(_offers(card, launch) for card in model_cards()):
        raise UserError("no decoder offers this context together with --carry")
    if launch.snapshot is not None and not launch.snapshot.absolute().parent.is_dir():
        raise UserError(f"{launch.snapshot}: its folder doesn't exist")


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
    from viewer import theme
    from viewer.controller import Controller
    from viewer.jobs import share_interpreter
    from viewer.settings import Settings
    from viewer.window import MainWindow

    app = application()
    settings = Settings(launch.store)
    session = first_session(launch, settings)
    themes = {"dark": theme.DARK, "light": theme.LIGHT}
    theme.apply(app, themes.get(session.theme) or theme.system_theme(app))
    share_interpreter()
    controller = Controller(session)

    def begin() -> None:
        if launch.file is not None:
            controller.open_path(launch.file, launch.received)
        else:
            from engine.samples import sample_names

            controller.open_sample(launch.sample or sample_names()[0])

    window = MainWindow(controller, settings, begin)
    if launch.size is not None:
        window.resize(*launch.size)
    return window


def first_session(launch: Launch, settings: Settings) -> Session:
    """The session to start with: defaults, then what is remembered, then the command line."""
    from engine.models import find_card
    from engine.pipeline import model_cards
    from engine.types import Context
    from viewer import session as s

    cards = model_cards()
    if launch.decoder and all(card.name != launch.decoder for card in cards):
        cards = (*cards, find_card(launch.decoder))
    session = s.Session(models=cards, options=s.Options(decoder=cards[0].name if cards else ""))
    session = settings.load_session(session)
    if launch.quality is not None:
        session = s.set_quality(session, launch.quality)
    if launch.bits_per_pixel is not None:
        session = s.set_target(session, launch.bits_per_pixel)
    if launch.subsampling:
        session = s.set_subsampling(session, launch.subsampling)
    if launch.decoder:
        session = s.set_decoder(session, find_card(launch.decoder).name)
    elif session.card is not None and not _offers(session.card, launch):
        session = s.set_decoder(session, next(card.name for card in cards if _offers(card, launch)))
    if launch.steps is not None:
        session = s.set_steps(session, launch.steps)
    if launch.context:
        session = s.set_context(session, Context(launch.context))
    if launch.carry is not None:
        session = s.set_carry(session, launch.carry)
    return s.set_theme(session, launch.theme) if launch.theme else session


def _offers(card: ModelCard, launch: Launch) -> bool:
    """Whether a decoder can do what the command line asks of it."""
    contexts = [context.value for context in card.contexts]
    return (not launch.context or launch.context in contexts) and (not launch.carry or card.carry)


def run(launch: Launch) -> int:
    """Show the window until it is closed."""
    from engine.errors import UserError

    variables = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in variables):
        raise UserError("there is no display (use --snapshot OUT.png to draw the window into a file)")
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C in the terminal ends the program
    app = application()
    window = build_window(launch)
    window.show()
    status = app.exec()
    window.controller.shutdown()
    return int(status)


def snapshot(launch: Launch) -> int:
    """Draw the finished window into a file, without a display and without anybody's settings."""
    from engine.errors import UserError

    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    assert launch.snapshot is not None
    with tempfile.TemporaryDirectory() as folder:
        from PySide6.QtCore import QEventLoop, QSettings, QTimer

        store = QSettings(str(Path(folder, "none.ini")), QSettings.Format.IniFormat)
        app = application()
        window = build_window(replace(launch, store=store, size=launch.size or (1600, 900)))
        errors: list[str] = []
        loop = QEventLoop()
        clock = QTimer()

        def look() -> None:
            if errors or window.controller.complete():
                loop.quit()

        clock.timeout.connect(look)
        window.controller.failed.connect(errors.append)
        window.show()
        clock.start(20)
        loop.exec()
        clock.stop()
        app.processEvents()
        saved = bool(errors) or window.grab().save(str(launch.snapshot), "PNG")
        window.hide()
        window.controller.shutdown()
        window.deleteLater()
    if errors:
        raise UserError(errors[0])
    if not saved:
        raise UserError(f"{launch.snapshot}: can't be written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
