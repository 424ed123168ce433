"""What a slot, a session file and a lesson keep of the window: one record for all three. Pure, no Qt.

`capture` takes it from a session and the view, `apply` brings a session back to it. The picture itself is not
in it but a reference: whoever applies a state to another picture leaves that out. As JSON it is written and
read by `viewer.model.session.saved_json`.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from typing import TypeVar

from engine.codecs.facts import CODEC_FACTS, codec_facts
from engine.types import Context
from viewer.model.session import compare_changes as compare
from viewer.model.session import pages as s
from viewer.model.session import rate_distortion_changes as rates
from viewer.model.session.choices import BLINK_RATES, GAINS, Mode, Overlay, Scale
from viewer.model.session.compare import LEAST, Entry
from viewer.model.session.compare import Page as ComparePage
from viewer.model.session.compare_presets import known_entries
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
from viewer.model.session.panes import can_show, is_picture, set_panes
from viewer.model.session.playback import scan_to
from viewer.model.session.rate_distortion import Page as RatesPage
from viewer.model.session.saved import (
    CODECS,
    COMPARE,
    DECODER,
    Compared,
    Differences,
    ImageReference,
    SavedState,
    View,
)
from viewer.model.session.saved_rate_distortion import loaded_rates, saved_rates
from viewer.model.session.state import Session
from viewer.model.session.view import Looking
from viewer.model.session.view_changes import set_mode, set_opacity

__all__ = [
    "CODECS", "COMPARE", "DECODER", "Compared", "Differences", "ImageReference", "SavedState", "View",
    "apply", "capture", "left_out", "member",
]  # fmt: skip

E = TypeVar("E", bound=Enum)


def capture(session: Session, view: View | None = None) -> SavedState:
    """The state of a session. view: where one looks, the whole picture where it is not said."""
    options, state = session.options, session.compare
    return SavedState(
        image=_reference(session),
        codec=options.codec,
        quality=options.quality,
        bits_per_pixel=options.bits_per_pixel,
        subsampling=options.subsampling,
        decoder=options.decoder,
        context=options.context.value,
        carry=options.carry,
        steps=options.steps,
        step=session.step,
        scan=session.scan,
        panes=session.order,
        solo=session.solo,
        mode=session.mode.value,
        wipe=session.wipe,
        absolute=session.absolute,
        gain=session.gain,
        looking=_differences(session.looking),
        overlay=session.overlay.value,
        opacity=session.opacity,
        patch=session.pinned,
        show_inside=session.show_inside,
        view=view or View(),
        page=COMPARE if state.on else CODECS if session.rates.on else DECODER,
        compared=Compared(
            entries=tuple((entry.decoder, entry.context.value) for entry in state.entries),
            steps=state.steps,
            original=state.original,
            standard=state.standard,
            overlay=state.overlay.value,
            page=state.page.value,
            flip=state.flip,
        ),
        codecs=saved_rates(session.rates),
    )


def _differences(looking: Looking) -> Differences:
    return Differences(
        looking.luma,
        looking.scale.value,
        looking.blink_rate,
        looking.zoom_box,
        looking.minimap,
        looking.pixels,
    )


def _reference(session: Session) -> ImageReference:
    shown = session.picture or session.stream
    if shown is None:
        return ImageReference()
    path = "" if shown.path is None or session.sample else str(shown.path.absolute())
    return ImageReference(shown.name, session.sample, path, received=session.stream is not None)


def apply(session: Session, state: SavedState) -> Session:
    """The session brought to a state, the picture aside. What this version, the installed decoders or the
    open picture don't know is left out; `left_out` tells."""
    session = replace(session, peek="", playing=False, scan=None, cursor=None)
    session = set_mode(session, Mode.SIDE)
    session = _apply_run(_closed(session), state)
    session = _apply_view(session, state)
    session = _apply_compared(session, state.compared, state.page == COMPARE)
    session = replace(session, rates=loaded_rates(session.rates, state.codecs))
    if state.page == CODECS:
        session = rates.open_rates(session, member(RatesPage, state.codecs.get("page"), session.rates.page))
    session = set_mode(session, member(Mode, state.mode, Mode.SIDE))
    solo = state.solo if state.solo in s.panes_available(session) else ""
    return _apply_place(replace(session, solo=solo), state)


def left_out(session: Session, state: SavedState) -> str:
    """What of a state can't be had with the installed decoders, in words; "" for nothing."""
    names = {card.name for card in session.models}
    wanted = [state.decoder, *(name for name, _ in state.compared.entries if state.page == COMPARE)]
    gone = [name for name in dict.fromkeys(wanted) if name and name not in names]
    if gone:
        return f"not installed: {', '.join(gone)}"
    return f"unknown codec '{state.codec}'" if state.codec not in CODEC_FACTS else ""


def member(kind: type[E], value: object, otherwise: E) -> E:
    """The member of an enumeration with a value, else `otherwise`."""
    return next((each for each in kind if each.value == value), otherwise)


def _closed(session: Session) -> Session:
    """With one decoder shown."""
    if session.compare.on:
        session = compare.close_compare(session)
    return rates.close_rates(session) if session.rates.on else session


def _apply_run(session: Session, state: SavedState) -> Session:
    """Codec, rate and decoder. A received stream stays what it is."""
    if session.stream is None:
        session = set_codec(session, state.codec)
        low, high = codec_facts(session.options.codec).qualities
        session = set_quality(session, min(high, max(low, state.quality)))
        if state.bits_per_pixel is not None:
            session = set_target(session, state.bits_per_pixel)
        if state.subsampling in session.codec_facts.subsamplings:
            session = set_subsampling(session, state.subsampling)
    if state.decoder:
        session = set_decoder(session, state.decoder)
    session = set_steps(session, state.steps)
    session = set_context(session, member(Context, state.context, session.options.context))
    return set_carry(session, state.carry)


def _apply_view(session: Session, state: SavedState) -> Session:
    """How it is shown."""
    session = set_panes(session, state.panes)
    pair = state.wipe
    shown = pair[0] != pair[1] and all(is_picture(key) and can_show(session, key) for key in pair)
    overlay = member(Overlay, state.overlay, Overlay.NONE)
    session = replace(
        session,
        wipe=pair if shown else session.wipe,
        absolute=state.absolute,
        overlay=overlay if overlay is not Overlay.WINNER else Overlay.NONE,
        show_inside=state.show_inside,
    )
    look = state.looking
    looking = replace(
        session.looking,
        luma=look.luma,
        scale=member(Scale, look.scale, session.looking.scale),
        blink_rate=look.blink_rate if look.blink_rate in BLINK_RATES else session.looking.blink_rate,
        zoom_box=look.zoom_box,
        minimap=look.minimap,
        pixels=look.pixels,
    )
    session = replace(session, looking=looking)
    gain = state.gain if state.gain in GAINS else session.gain
    return set_opacity(replace(session, gain=gain), state.opacity)


def _apply_compared(session: Session, state: Compared, on: bool) -> Session:
    contexts = {context.value: context for context in Context}
    pairs = [Entry(name, contexts[value]) for name, value in state.entries if value in contexts]
    entries = known_entries(pairs, session.fitting)
    if len(entries) >= LEAST:
        session = replace(session, compare=replace(session.compare, entries=entries))
        session = compare.open_compare(session, entries) if on else session
    session = replace(
        session,
        compare=replace(
            session.compare,
            original=state.original,
            standard=state.standard,
            page=member(ComparePage, state.page, ComparePage.PICTURES),
            flip=state.flip,
        ),
    )
    session = compare.set_overlay(session, member(Overlay, state.overlay, Overlay.NONE))
    return compare.set_steps(session, state.steps)


def _apply_place(session: Session, state: SavedState) -> Session:
    """Where in the refinement and in the picture."""
    rows, columns = session.grid
    pinned = state.patch
    if pinned is not None and not (0 <= pinned[0] < rows and 0 <= pinned[1] < columns):
        pinned = None
    session = replace(session, pinned=pinned, step=state.step)
    return scan_to(session, state.scan) if state.scan is not None else session
