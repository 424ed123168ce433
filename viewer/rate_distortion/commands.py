"""Commands of the codecs view."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from engine.codecs.facts import CODEC_FACTS
from viewer.core.command import Command
from viewer.core.control import Control, changing
from viewer.documents.files import Files
from viewer.model.facts.facts import Facts
from viewer.model.session import rate_distortion_changes as r
from viewer.model.session.choices import Page
from viewer.model.session.rate_distortion import PRESETS, Decode, Metric, RatesPage, RatesSource
from viewer.model.session.state import Session

_DECODES = {
    Decode.STANDARD: ("Standard decodes", "Each codec's own decode at equal rate"),
    Decode.REFINED: ("Refined decodes", "What the decoder trained for each codec makes of its stream"),
    Decode.BOTH: ("Standard and refined decodes", "Own decode and refined one beside each other"),
}


def closed(session: Session, _: Facts) -> str:
    return "" if session.page is Page.CODECS else "the codecs are not shown"


def _curves(session: Session, facts: Facts) -> str:
    why = closed(session, facts)
    return why or ("" if session.rates.page is RatesPage.CURVES else "the curves are not shown")


def _measured(session: Session, facts: Facts) -> str:
    why = closed(session, facts)
    known = facts.rates
    there = known.curves.points or known.equal.sent or (known.mean is not None and known.mean.measured)
    return why or ("" if there else "nothing is measured yet")


def _is(page: RatesPage) -> Callable[[Session], bool]:
    return lambda session: session.page is Page.CODECS and session.rates.page is page


def _shows(preset: str) -> Callable[[Session], bool]:
    return lambda session: session.page is Page.CODECS and session.rates.preset == preset


def _decodes(decode: Decode) -> Callable[[Session], bool]:
    return lambda session: session.rates.decode is decode


def _has(codec: str) -> Callable[[Session], bool]:
    return lambda session: codec not in session.rates.hidden


def _page(session: Session, page: RatesPage) -> Session:
    """Open the view at a page."""
    return r.set_page(session, page) if session.page is Page.CODECS else r.open_rates(session, page)


def _preset(session: Session, key: str) -> Session:
    return r.set_preset(_page(session, RatesPage.EQUAL), key)


def toggle_command(control: Control) -> Command:
    """Stands among the commands of the view."""
    return Command("rates", "All codecs", "View", 0, changing(control)(r.toggle_rates), ("E",),
                   "Rate–distortion curves of all codecs, and their pictures at equal rate",
                   lambda session: session.page is Page.CODECS, icon="curves")  # fmt: skip


def commands(control: Control, files: Files) -> list[Command]:
    change = changing(control)
    return [
        Command("rates.curves", "Rate–distortion curves", "Codecs", 0,
                change(partial(_page, page=RatesPage.CURVES)), ("Alt+5",),
                "PSNR or MS-SSIM of every codec over bits per pixel", _is(RatesPage.CURVES)),
        Command("rates.equal", "Pictures at equal rate", "Codecs", 0,
                change(partial(_page, page=RatesPage.EQUAL)), ("Alt+6",),
                "Every codec at the bits per pixel of the current stream", _is(RatesPage.EQUAL)),
        Command("rates.metric", "MS-SSIM instead of PSNR", "Codecs", 1, change(r.toggle_metric), ("M",),
                "What the curves show", lambda s: s.rates.metric is Metric.MS_SSIM, _curves),
        Command("rates.mean", "Means over Kodak", "Codecs", 1, change(r.toggle_source), ("Shift+M",),
                "Curves measured beforehand, instead of the open picture's",
                lambda s: s.rates.source is RatesSource.KODAK, _curves),
        Command("rates.published", "Published curves", "Codecs", 1, change(r.toggle_published), (),
                "Thin grey lines behind Kodak's curves, as others have published them",
                lambda s: s.rates.published, _curves),
        Command("rates.reset", "Whole axis of rates", "Codecs", 1, change(r.reset_span), ("Ctrl+9",),
                "From 0 to 2 bits per pixel; the wheel magnifies", why_not=_curves),
        *(Command(f"rates.preset.{preset.key}", preset.title, "Codecs", 2,
                  change(partial(_preset, key=preset.key)), (), preset.tip, _shows(preset.key))
          for preset in PRESETS),
        *(Command(f"rates.decode.{decode.value}", title, "Codecs", 3,
                  change(partial(r.set_decode, decode=decode)), (), tip, _decodes(decode), closed)
          for decode, (title, tip) in _DECODES.items()),
        *(Command(f"rates.codec.{codec}", f"Show {facts.name}", "Codecs", 4,
                  change(partial(r.toggle_codec, codec=codec)), (), f"{facts.title}: {facts.tip}",
                  _has(codec), closed)
          for codec, facts in CODEC_FACTS.items()),
        Command("rates.export", "Export figures as CSV…", "Codecs", 5, files.ask_save_table, (),
                "The points of the curves, or the figures of the pictures", why_not=_measured, icon="export"),
        Command("rates.copy", "Copy figures", "Codecs", 5, files.copy_table, (),
                "With tabs between the columns, for a spreadsheet", why_not=_measured, icon="copy"),
    ]  # fmt: skip


def load_target(control: Control, key: str, index: int, leave: bool = False) -> None:
    """Send the picture at the operating point of a plot's point; `leave` also closes the view."""
    scene = control.scene.rates
    targets = scene.targets.get(key, ()) if scene is not None else ()
    if not 0 <= index < len(targets):
        return
    target = targets[index]
    if control.session.picture is None:
        control.say("A received file can't be encoded again: open a picture first")
        return
    point = partial(r.load_point, codec=target.codec, quality=target.quality, rate=target.rate)
    control.change(lambda session: r.close_rates(point(session)) if leave else point(session))
    control.say(
        f"{target.words} is sent" if leave else f"{target.words} is sent · E goes back to its pictures"
    )
