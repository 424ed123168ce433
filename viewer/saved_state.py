"""What a slot, a session file and a lesson keep of the window: one record for all three. Pure, no Qt.

`capture` takes it from a session and the view, `apply` brings a session back to it. The picture itself is not
in it but a reference: whoever applies a state to another picture leaves that out. As JSON it is written and
read by `viewer.saved_state_json`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, TypeVar

from engine.codec_facts import CODEC_FACTS, codec_facts
from engine.types import Context
from viewer import compare, rates
from viewer import session as s
from viewer.compare_choice import known_entries
from viewer.compare_state import LEAST, Entry
from viewer.compare_state import Page as ComparePage
from viewer.rates_memory import loaded_rates, saved_rates
from viewer.rates_state import Page as RatesPage
from viewer.scene import Mode, Overlay
from viewer.session_state import PANES, Session

E = TypeVar("E", bound=Enum)
DECODER, COMPARE, CODECS = "decoder", "compare", "codecs"
"""Pages of the window: one decoder, several compared, the codecs view."""


@dataclass(frozen=True)
class ImageReference:
    """Which picture. Exactly one of sample, path and embedded is set, or none where nothing is open.

    sample: a bundled one. path: absolute; relative: the same, as seen from the folder of the file that the
    reference is written to, with slashes, "" where there is none. sha256: of the file's bytes, lower-case
    hexadecimal, "" where nobody has read them. embedded: a PNG in Base64, of a picture that has no file.
    received: the file is the stream, it has no original.
    """

    name: str = ""
    sample: str = ""
    path: str = ""
    relative: str = ""
    sha256: str = ""
    embedded: str = ""
    received: bool = False


@dataclass(frozen=True)
class View:
    """Where one looks. scale: device pixels per image pixel; centre: of the view, as parts of the picture's
    (width, height), 0 to 1. fitted: the whole picture, whatever the window's size; the rest says nothing."""

    fitted: bool = True
    scale: float = 1.0
    centre: tuple[float, float] = (0.5, 0.5)


@dataclass(frozen=True)
class Compared:
    """The compare view. entries: (decoder, context) each; steps: K of all, 0 as trained; page: by name."""

    entries: tuple[tuple[str, str], ...] = ()
    steps: int = 0
    original: bool = False
    standard: bool = True
    overlay: str = Overlay.NONE.value
    page: str = ComparePage.PICTURES.value
    flip: tuple[int, int] = (0, 1)


@dataclass(frozen=True)
class SavedState:
    """Everything by name or number, so that it outlives versions, models and pictures.

    quality: 1 to 100; bits_per_pixel: a target in its place, None for none. decoder: "" for none. steps: K,
    0 for as many as the decoder was trained for. step: the one that is shown, None the newest, below 0 the
    stages of a progressive stream. scan: position of the scan, None for all patches. panes: keys in their
    order. solo: the one that is shown alone, "" for all. patch: the pinned (row, column). page: one of
    `DECODER`, `COMPARE`, `CODECS`. codecs: choices of the codecs view (`rates_memory`).
    """

    image: ImageReference = field(default_factory=ImageReference)
    codec: str = "jpeg"
    quality: int = 15
    bits_per_pixel: float | None = None
    subsampling: str = "4:2:0"
    decoder: str = ""
    context: str = Context.BOTH.value
    carry: bool = False
    steps: int = 0
    step: int | None = None
    scan: int | None = None
    panes: tuple[str, ...] = PANES
    solo: str = ""
    mode: str = Mode.SIDE.value
    wipe: tuple[str, str] = ("standard", "estimate")
    absolute: bool = False
    gain: int = 4
    overlay: str = Overlay.NONE.value
    opacity: float = 0.6
    patch: tuple[int, int] | None = None
    show_inside: bool = False
    view: View = field(default_factory=View)
    page: str = DECODER
    compared: Compared = field(default_factory=Compared)
    codecs: dict[str, Any] = field(default_factory=dict)


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


def _reference(session: Session) -> ImageReference:
    shown = session.picture or session.stream
    if shown is None:
        return ImageReference()
    path = "" if shown.path is None or session.sample else str(shown.path.absolute())
    return ImageReference(shown.name, session.sample, path, received=session.stream is not None)


def apply(session: Session, state: SavedState) -> Session:
    """The session brought to a state, the picture aside. What this version, the installed decoders or the
    open picture don't know is left out; `left_out` tells."""
    session = replace(session, peek="", blinking=False, playing=False, scan=None, cursor=None)
    session = _apply_run(_closed(session), state)
    session = _apply_view(session, state)
    session = _apply_compared(session, state.compared, state.page == COMPARE)
    session = replace(session, rates=loaded_rates(session.rates, state.codecs))
    if state.page == CODECS:
        session = rates.open_rates(session, member(RatesPage, state.codecs.get("page"), session.rates.page))
    mode, solo = member(Mode, state.mode, Mode.SIDE), state.solo
    if solo not in s.panes_available(session):
        solo = ""
    return _apply_place(replace(session, mode=mode, solo=solo), state)


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
        session = s.set_codec(session, state.codec)
        low, high = codec_facts(session.options.codec).qualities
        session = s.set_quality(session, min(high, max(low, state.quality)))
        if state.bits_per_pixel is not None:
            session = s.set_target(session, state.bits_per_pixel)
        if state.subsampling in session.codec_facts.subsamplings:
            session = s.set_subsampling(session, state.subsampling)
    if state.decoder:
        session = s.set_decoder(session, state.decoder)
    session = s.set_steps(session, state.steps)
    session = s.set_context(session, member(Context, state.context, session.options.context))
    return s.set_carry(session, state.carry)


def _apply_view(session: Session, state: SavedState) -> Session:
    """How it is shown."""
    panes = tuple(dict.fromkeys(key for key in state.panes if key in PANES))
    wipe = state.wipe if all(key in PANES for key in state.wipe) else session.wipe
    if session.stream is not None and "original" in wipe:
        wipe = session.wipe
    overlay = member(Overlay, state.overlay, Overlay.NONE)
    session = replace(
        session,
        order=panes if set(panes) == set(PANES) else session.order,
        wipe=wipe,
        absolute=state.absolute,
        overlay=overlay if overlay is not Overlay.WINNER else Overlay.NONE,
        show_inside=state.show_inside,
    )
    return s.set_opacity(s.set_gain(session, state.gain), state.opacity)


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
    return s.scan_to(session, state.scan) if state.scan is not None else session
