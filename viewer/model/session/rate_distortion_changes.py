"""Transitions of the codecs view: pure functions from a `Session` to a new one. No Qt."""

from __future__ import annotations

from dataclasses import replace

from engine.codecs.facts import CODEC_FACTS, codec_facts
from viewer.model.session import compare_changes as compare
from viewer.model.session.choices import Mode, Overlay, Page
from viewer.model.session.options import set_codec, set_quality, set_target
from viewer.model.session.rate_distortion import (
    FULL_SPAN,
    LEAST_SPAN,
    MOST_RATE,
    OVERLAYS,
    PRESETS,
    Decode,
    Metric,
    RatesPage,
    RatesSource,
    pair_of,
    pane_keys,
)
from viewer.model.session.state import Session


def _with(session: Session, **changes: object) -> Session:
    return replace(session, rates=replace(session.rates, **changes))  # type: ignore[arg-type]


def open_rates(session: Session, page: RatesPage | None = None) -> Session:
    """Show the codecs view at a page, else at the one of last time."""
    if session.page is Page.COMPARE:
        session = compare.close_compare(session)
    calm = replace(
        session, page=Page.CODECS, mode=Mode.SIDE, solo="", peek="", blinking=False, scan=None, playing=False
    )
    return _with(calm, page=page or session.rates.page)


def close_rates(session: Session) -> Session:
    """Back to the one stream."""
    return replace(session, page=Page.PICTURES, mode=Mode.SIDE, solo="", peek="")


def toggle_rates(session: Session) -> Session:
    return close_rates(session) if session.page is Page.CODECS else open_rates(session)


def set_page(session: Session, page: RatesPage) -> Session:
    return _with(replace(session, solo="", peek=""), page=page)


def set_metric(session: Session, metric: Metric) -> Session:
    return _with(session, metric=metric)


def toggle_metric(session: Session) -> Session:
    return set_metric(session, Metric.PSNR if session.rates.metric is Metric.MS_SSIM else Metric.MS_SSIM)


def set_source(session: Session, source: RatesSource) -> Session:
    return _with(session, source=source)


def toggle_source(session: Session) -> Session:
    return set_source(
        session, RatesSource.PICTURE if session.rates.source is RatesSource.KODAK else RatesSource.KODAK
    )


def toggle_codec(session: Session, codec: str) -> Session:
    """Switch a codec on or off; one remains."""
    if codec not in CODEC_FACTS:
        return session
    hidden = session.rates.hidden ^ {codec}
    return session if hidden >= set(CODEC_FACTS) else _with(replace(session, solo=""), hidden=hidden)


def only_codec(session: Session, codec: str) -> Session:
    """Switch all others off; all on again where it is alone already."""
    if codec not in CODEC_FACTS:
        return session
    others = frozenset(CODEC_FACTS) - {codec}
    return _with(replace(session, solo=""), hidden=frozenset() if session.rates.hidden == others else others)


def set_anchor(session: Session, key: str) -> Session:
    """Compare curves with another one."""
    return _with(session, anchor=key)


def toggle_published(session: Session) -> Session:
    return _with(session, published=not session.rates.published)


def set_reach(session: Session, rate: float) -> Session:
    """Let the axis of rates run from nothing to `rate` bits per pixel."""
    return _with(session, span=(0.0, min(MOST_RATE, max(LEAST_SPAN, rate))))


def set_span(session: Session, low: float, high: float) -> Session:
    """Let the axis of rates run from `low` to `high` bits per pixel, as far as it goes."""
    width = min(MOST_RATE, max(LEAST_SPAN, high - low))
    low = min(MOST_RATE - width, max(0.0, (low + high - width) / 2))
    return _with(session, span=(low, low + width))


def reset_span(session: Session) -> Session:
    return _with(session, span=FULL_SPAN)


def set_preset(session: Session, key: str) -> Session:
    """Choose which pictures stand at equal rate; unknown keys change nothing."""
    if all(preset.key != key for preset in PRESETS):
        return session
    return _with(replace(session, solo=""), preset=key, pair=("", ""))


def set_decode(session: Session, decode: Decode) -> Session:
    return _with(replace(session, solo=""), decode=decode, pair=("", ""))


def set_overlay(session: Session, overlay: Overlay) -> Session:
    """What lies over all pictures; overlays of a single decoder change nothing."""
    return _with(session, overlay=overlay) if overlay in OVERLAYS else session


def shown_panes(session: Session) -> tuple[str, ...]:
    """Keys of the panes at equal rate."""
    return pane_keys(session.rates, session.options.codec, session.models, session.picture is not None)


def wiped_panes(session: Session) -> tuple[str, str]:
    """The two panes of the wipe."""
    return pair_of(session.rates, shown_panes(session))


def set_pair(session: Session, first: str = "", second: str = "") -> Session:
    """Choose one or both sides of the wipe; choosing the other one's exchanges the two."""
    one, other = wiped_panes(session)
    if first:
        one, other = first, one if first == other else other
    if second:
        one, other = other if second == one else one, second
    return _with(session, pair=(one, other))


def swap_pair(session: Session) -> Session:
    """Exchange the two sides of the wipe."""
    return _with(session, pair=wiped_panes(session)[::-1])


def load_point(session: Session, codec: str, quality: int | None, rate: float) -> Session:
    """Send the picture at an operating point: a quality of a codec, or about a rate where there is none."""
    if codec not in CODEC_FACTS or session.picture is None:
        return session

    session = session if session.options.codec == codec else set_codec(session, codec)
    if quality is None:
        return set_target(session, rate)
    low, high = codec_facts(codec).qualities
    return set_quality(session, min(high, max(low, quality)))
