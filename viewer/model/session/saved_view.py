"""What is remembered between two starts of how pictures are compared. Anything broken counts as never set."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from viewer.model.session.choices import BLINK_RATES, Scale
from viewer.model.session.view import Looking


def saved_looking(looking: Looking) -> dict[str, Any]:
    """As JSON takes it; slots and what passes by itself are left out."""
    return {
        "luma": looking.luma,
        "scale": looking.scale.value,
        "blink_rate": looking.blink_rate,
        "minimap": looking.minimap,
        "pixels": looking.pixels,
    }


def loaded_looking(looking: Looking, record: object) -> Looking:
    """`looking` with what a record says."""
    if not isinstance(record, dict):
        return looking
    rate = record.get("blink_rate")
    return replace(
        looking,
        luma=record.get("luma") is True,
        scale=next((each for each in Scale if each.value == record.get("scale")), looking.scale),
        blink_rate=rate if rate in BLINK_RATES else looking.blink_rate,
        minimap=record.get("minimap") is not False,
        pixels=record.get("pixels") is not False,
    )
