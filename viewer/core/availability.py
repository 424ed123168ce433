"""Why a command cannot be used now, one sentence each; empty where it can."""

from __future__ import annotations

from collections.abc import Callable, Collection

from engine.codecs.facts import codec_facts
from viewer.core.command import Command, Why, unless
from viewer.model.facts.facts import Facts, sent_run
from viewer.model.session.choices import Overlay, Page
from viewer.model.session.compare import OVERLAYS
from viewer.model.session.rate_distortion import OVERLAYS as CODECS_OVERLAYS
from viewer.model.session.state import Session

_LOOKS = ("theme.", "text.")
"""Beginnings of the ids of commands that serve on every page."""


def empty(session: Session, _: Facts) -> str:
    return "" if session.size is not None else "nothing is open"


def undecoded(session: Session, facts: Facts) -> str:
    run = sent_run(session, facts)
    return "" if run is not None else "nothing is decoded yet"


def no_original(session: Session, _: Facts) -> str:
    return "" if session.picture is not None else "there is no original"


def no_scan(session: Session, facts: Facts) -> str:
    if session.page is Page.COMPARE:
        return "several decoders are compared"
    if facts.run is None:
        return "nothing is decoded yet"
    return "" if session.scans else "this decoder refines all patches at once: there is no scan"


def no_stream_file(session: Session, _: Facts) -> str:
    if not session.file_codec:
        return "what is open is not a codec's file"
    facts = codec_facts(session.file_codec)
    return f"{facts.title} files are always taken as received" if facts.container else ""


def single_only(command: Command) -> Command:
    """`command`, which can't be used while several decoders are compared."""
    return unless(command, _while(Page.COMPARE, "several decoders are compared"))


def one_stream_only(command: Command) -> Command:
    """`command`, which can't be used while the codecs are shown."""
    return unless(command, _while(Page.CODECS, "the codecs are shown"))


def not_in_lab(command: Command) -> Command:
    """`command`, which can't be used while the lab is open."""
    return unless(command, _while(Page.LAB, "the lab is open"))


def resting(command: Command, page: Page, title: str, staying: Collection[str]) -> Command:
    """`command`; one that acts on the pictures can't be used while a page covers them. title: the page's, and
    that of its menu. staying: ids of what serves there, too."""
    if command.menu in (title, "Help") or command.id in staying or command.id.startswith(_LOOKS):
        return command
    return unless(command, _while(page, f"the {title} page is shown"))


def _while(page: Page, words: str) -> Why:
    return lambda session, _: words if session.page is page else ""


def overlay_why(overlay: Overlay) -> Callable[[Session, Facts], str]:
    """Why an overlay can't be shown."""

    def why(session: Session, facts: Facts) -> str:
        if session.page is Page.COMPARE:
            return "" if overlay in OVERLAYS else "it belongs to a single decoder"
        if session.page is Page.CODECS:
            return "" if overlay in CODECS_OVERLAYS else "it belongs to a single decoder"
        return "nothing is compared" if overlay is Overlay.WINNER else ""

    return why
