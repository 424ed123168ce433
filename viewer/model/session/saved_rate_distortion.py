"""What is remembered of the codecs view between two starts. No Qt, pure."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from typing import Any, TypeVar

from engine.codecs.facts import CODEC_FACTS
from viewer.model.session.rate_distortion import PRESETS, Rates

E = TypeVar("E", bound=Enum)


def saved_rates(rates: Rates) -> dict[str, Any]:
    """Choices, not whether the view is open."""
    return {
        "page": rates.page.value,
        "metric": rates.metric.value,
        "hidden": sorted(rates.hidden),
        "published": rates.published,
        "preset": rates.preset,
        "decode": rates.decode.value,
    }


def loaded_rates(rates: Rates, record: object) -> Rates:
    """`rates` with the remembered choices; anything missing, old or broken is left as it is."""
    if not isinstance(record, dict):
        return rates
    hidden, preset = record.get("hidden"), record.get("preset")
    if isinstance(hidden, list):
        known = frozenset(codec for codec in hidden if isinstance(codec, str) and codec in CODEC_FACTS)
        rates = replace(rates, hidden=known if known < set(CODEC_FACTS) else rates.hidden)
    if any(each.key == preset for each in PRESETS):
        rates = replace(rates, preset=str(preset))
    return replace(
        rates,
        page=_member(rates.page, record.get("page")),
        metric=_member(rates.metric, record.get("metric")),
        decode=_member(rates.decode, record.get("decode")),
        published=record.get("published") is not False,
    )


def _member(now: E, value: object) -> E:
    """The member of the enumeration of `now` with a value, else `now`."""
    return next((each for each in type(now) if each.value == value), now)
