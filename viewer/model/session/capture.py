"""What a slot, a session file and a lesson keep of the window: one record for all three. Pure, no Qt.

`capture` takes it from a session and the view, `apply` brings a session back to it. The picture itself is not
in it but a reference: whoever applies a state to another picture leaves that out. As JSON it is written and
read by `viewer.model.session.saved_json`.
"""

from __future__ import annotations

from dataclasses import replace

from engine.codecs.facts import CODEC_FACTS, codec_facts
from viewer.model.session import bench_changes as bench
from viewer.model.session import compare_changes as compare
from viewer.model.session import lab_changes as lab
from viewer.model.session import rate_distortion_changes as rates
from viewer.model.session import repair_changes as repair
from viewer.model.session.choices import Mode, Page
from viewer.model.session.compare import LEAST
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
from viewer.model.session.pages import panes_available
from viewer.model.session.panes import can_show, is_picture, set_panes
from viewer.model.session.playback import scan_to
from viewer.model.session.saved import ImageReference, SavedState, View
from viewer.model.session.setting import declared
from viewer.model.session.state import Session
from viewer.model.session.view_changes import set_mode

_FINISH = {f"options.{name}" for name in ("strength", "projection", "guard", "earlier", "orientations")}
_BY_TRANSITION = frozenset({
    "page", "mode", "wipe", "order", "solo", "step", "scan", "pinned", "compare.entries", "compare.steps",
    *(path for path in declared(Session) if path.startswith("options.") and path not in _FINISH),
})  # fmt: skip
"""Settings that depend on others, on the decoders or on the picture; all others are taken as they are."""


def capture(session: Session, view: View | None = None) -> SavedState:
    """The state of a session. view: where one looks, the whole picture where it is not said."""
    values = {each.path: each.of(session) for each in declared(Session).values() if each.in_files}
    return SavedState(values, _reference(session), view or View())


def _reference(session: Session) -> ImageReference:
    shown = session.picture or session.stream
    if shown is None:
        return ImageReference()
    path = "" if shown.path is None or session.sample else str(shown.path.absolute())
    return ImageReference(shown.name, session.sample, path, received=session.stream is not None)


def apply(session: Session, state: SavedState) -> Session:
    """The session brought to a state, the picture aside. What this version, the installed decoders or the
    open picture don't know is left out; `left_out` tells."""
    state = state.having({
        path: declared(Session)[path].limited(value, declared(Session)[path].of(session))
        for path, value in state.values.items()
    })  # fmt: skip
    session = replace(session, peek="", playing=False, scan=None, cursor=None)
    session = set_mode(session, Mode.SIDE)
    session = _apply_run(_closed(session), state)
    session = _apply_compared(session, state)
    session = _apply_plain(session, state)
    session = _apply_panes(session, state)
    if state["page"] is Page.CODECS:
        session = rates.open_rates(session)
    if state["page"] is Page.LAB:
        session = lab.open_lab(session)
    session = set_mode(session, state["mode"])
    solo = state["solo"] if state["solo"] in panes_available(session) else ""
    return _apply_place(replace(session, solo=solo), state)


def left_out(session: Session, state: SavedState) -> str:
    """What of a state can't be had with the installed decoders, in words; "" for nothing."""
    names = {card.name for card in session.models}
    compared = state["compare.entries"] if state["page"] is Page.COMPARE else ()
    wanted = [state["options.decoder"], *(entry.decoder for entry in compared)]
    gone = [name for name in dict.fromkeys(wanted) if name and name not in names]
    if gone:
        return f"not installed: {', '.join(gone)}"
    codec = state["options.codec"]
    return f"unknown codec '{codec}'" if codec not in CODEC_FACTS else ""


def _closed(session: Session) -> Session:
    """With one decoder shown."""
    if session.page is Page.COMPARE:
        session = compare.close_compare(session)
    session = bench.close_bench(repair.close_repair(session))
    session = lab.close_lab(session)
    return rates.close_rates(session) if session.page is Page.CODECS else session


def _apply_run(session: Session, state: SavedState) -> Session:
    """Codec, rate and decoder. A received stream stays what it is."""
    if session.stream is None:
        session = set_codec(session, state["options.codec"])
        low, high = codec_facts(session.options.codec).qualities
        session = set_quality(session, min(high, max(low, state["options.quality"])))
        if state["options.bits_per_pixel"] is not None:
            session = set_target(session, state["options.bits_per_pixel"])
        if state["options.subsampling"] in session.codec_facts.subsamplings:
            session = set_subsampling(session, state["options.subsampling"])
    if state["options.decoder"]:
        session = set_decoder(session, state["options.decoder"])
    session = set_steps(session, state["options.steps"])
    session = set_context(session, state["options.context"])
    return set_carry(session, state["options.carry"])


def _apply_compared(session: Session, state: SavedState) -> Session:
    """Which decoders are compared, and whether they are shown."""
    entries = known_entries(state["compare.entries"], session.fitting)
    if len(entries) >= LEAST:
        session = replace(session, compare=replace(session.compare, entries=entries))
        session = compare.open_compare(session, entries) if state["page"] is Page.COMPARE else session
    return compare.set_steps(session, state["compare.steps"])


def _apply_plain(session: Session, state: SavedState) -> Session:
    """All that depends on nothing else."""
    for path, value in state.values.items():
        if path not in _BY_TRANSITION:
            session = declared(Session)[path].put(session, value)
    return session


def _apply_panes(session: Session, state: SavedState) -> Session:
    """Which pictures stand beside each other, and which are wiped."""
    session = set_panes(session, state["order"])
    pair = state["wipe"]
    shown = pair[0] != pair[1] and all(is_picture(key) and can_show(session, key) for key in pair)
    return replace(session, wipe=pair) if shown else session


def _apply_place(session: Session, state: SavedState) -> Session:
    """Where in the refinement and in the picture."""
    rows, columns = session.grid
    pinned = state["pinned"]
    if pinned is not None and not (0 <= pinned[0] < rows and 0 <= pinned[1] < columns):
        pinned = None
    session = replace(session, pinned=pinned, step=state["step"])
    return scan_to(session, state["scan"]) if state["scan"] is not None else session
