"""Transitions of the Measure page: pure functions from a `Session` to a new one. No Qt."""

from __future__ import annotations

from dataclasses import replace

from engine.codecs.facts import CODEC_FACTS
from engine.types import Context
from viewer.model.session import compare_changes as compare
from viewer.model.session import options as o
from viewer.model.session.bench import BenchView
from viewer.model.session.choices import AS_MEASURED, Mode, Page
from viewer.model.session.state import Session


def _with(session: Session, **changes: object) -> Session:
    return replace(session, bench=replace(session.bench, **changes))  # type: ignore[arg-type]


def open_bench(session: Session) -> Session:
    """Show the Measure page."""
    if session.page is Page.COMPARE:
        session = compare.close_compare(session)
    return replace(
        session, page=Page.BENCH, mode=Mode.SIDE, solo="", peek="", blinking=False, scan=None, playing=False
    )


def close_bench(session: Session) -> Session:
    """Back to the pictures."""
    return replace(session, page=Page.PICTURES) if session.page is Page.BENCH else session


def toggle_bench(session: Session) -> Session:
    return close_bench(session) if session.page is Page.BENCH else open_bench(session)


def set_folder(session: Session, folder: str) -> Session:
    """Another folder; its table lies beside it until another is named."""
    return _with(session, folder=folder, output="")


def set_output(session: Session, output: str) -> Session:
    return _with(session, output=output)


def set_qualities(session: Session, text: str) -> Session:
    """Any text: what is wrong with it is said beside it."""
    return _with(session, qualities=text)


def toggle_codec(session: Session, codec: str) -> Session:
    """Measure a codec, or don't; in their usual order, one at least."""
    had = session.bench.codecs
    wanted = tuple(name for name in CODEC_FACTS if (name in had) != (name == codec))
    return _with(session, codecs=wanted) if wanted else session


def toggle_decoder(session: Session, name: str) -> Session:
    """Measure a decoder, or don't; without any the standard decodes alone are measured."""
    had = session.bench.decoders
    wanted = tuple(each for each in had if each != name) if name in had else (*had, name)
    return _with(session, decoders=wanted)


def set_view(session: Session, view: BenchView) -> Session:
    """Other lines, in the order in which they were measured."""
    return session if view is session.bench.view else _with(session, view=view, sort=("", False))


def toggle_view(session: Session) -> Session:
    means = session.bench.view is BenchView.MEANS
    return set_view(session, BenchView.PICTURES if means else BenchView.MEANS)


def set_baseline(session: Session, baseline: str) -> Session:
    return _with(session, baseline=baseline)


def sort_by(session: Session, column: str) -> Session:
    """By a column, upwards first; again, downwards; a third time as measured."""
    key, down = session.bench.sort
    if key != column:
        return _with(session, sort=(column, False))
    return _with(session, sort=("", False) if down else (column, True))


def set_as_measured(
    session: Session, codec: str, point: float, asked_rate: bool, decoder: str, context: str
) -> Session:
    """Codec, rate and decoder of a line of the results, finished as `nrc bench` does it. decoder: name of a
    card, "" to leave the one that is chosen."""
    if session.stream is not None:
        session = replace(session, stream=None)
    session = o.set_codec(session, codec)
    session = o.set_target(session, point) if asked_rate else o.set_quality(session, round(point))
    session = o.set_subsampling(session, "4:2:0")
    session = o.set_orientations(session, 1)
    session = o.set_projection(
        o.set_guard(o.set_strength(o.set_earlier(session, True), AS_MEASURED), True), True
    )
    if decoder:
        session = o.set_steps(o.set_carry(o.set_decoder(session, decoder), False), 0)
    return o.set_context(session, Context(context)) if context else session
