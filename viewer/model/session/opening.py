"""Transitions: another picture or stream is opened."""

from __future__ import annotations

from dataclasses import replace

from engine.types import Picture
from viewer.model.session import patch_changes as patch
from viewer.model.session.choices import Mode, Overlay
from viewer.model.session.options import follow_codec
from viewer.model.session.panes import without_guest
from viewer.model.session.state import Session, Stream


def open_picture(session: Session, picture: Picture, sample: str = "", file_codec: str = "") -> Session:
    """Show a picture whose pixels are to be encoded."""
    return _opened(session, picture, None, sample, file_codec)


def open_stream(session: Session, stream: Stream) -> Session:
    """Show a stream as received. A difference against the original can't be shown any longer. Patches that
    never came are marked, unless another overlay is chosen."""
    opened = _opened(session, None, stream, "", stream.codec)
    if stream.missing and opened.overlay in (Overlay.NONE, Overlay.GRID):
        return replace(opened, overlay=Overlay.MISSING)
    return opened


def _opened(
    session: Session, picture: Picture | None, stream: Stream | None, sample: str, file_codec: str
) -> Session:
    session = without_guest(session)
    wipe = session.wipe if stream is None or "original" not in session.wipe else ("standard", "estimate")
    opened = replace(
        session,
        picture=picture,
        stream=stream,
        sample=sample,
        file_codec=file_codec,
        step=None,
        scan=None,
        cursor=None,
        pinned=None,
        playing=False,
        presentation=replace(session.presentation, before=None),
        peek="",
        blinking=session.blinking and session.mode is Mode.BLINK,
        solo="" if stream is not None and session.solo == "original" else session.solo,
        wipe=wipe,
        overlay=Overlay.NONE if session.overlay is Overlay.MISSING else session.overlay,
    )
    return follow_codec(patch.unpinned(opened), session.codec)
