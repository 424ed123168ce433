"""What is remembered between two starts. Anything missing, old or broken counts as never set."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSettings

from engine.codecs.facts import CODEC_FACTS, codec_facts
from engine.types import Context
from viewer.model.session.choices import GAINS, MAX_STEPS, Overlay
from viewer.model.session.compare import Compare, Entry
from viewer.model.session.compare_presets import known_entries
from viewer.model.session.decoder_choice import Chosen, fitting, remembered_choice
from viewer.model.session.looks import set_text_scale
from viewer.model.session.options import follow_codec
from viewer.model.session.playback import set_speed
from viewer.model.session.saved_rate_distortion import loaded_rates, saved_rates
from viewer.model.session.saved_view import loaded_looking, saved_looking
from viewer.model.session.state import Options, Session
from viewer.model.session.view_changes import set_opacity

VERSION = 1
RECENT = 10
_SESSION, _LAYOUT, _FILES = "session", "layout", "recent"


@dataclass(frozen=True)
class Layout:
    """Where the window was. geometry: Qt's own record. splitters: pixels by name. view: the panes' state."""

    geometry: bytes = b""
    splitters: dict[str, list[int]] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()


class Settings:
    """Typed reading and writing over QSettings; `store` None takes the user's own."""

    def __init__(self, store: QSettings | None = None) -> None:
        self._store = store if store is not None else QSettings("nrc-viewer", "nrc-viewer")
        if self._version() != VERSION:
            self._store.clear()

    def _version(self) -> int:
        try:
            return int(str(self._store.value("version", VERSION)))
        except ValueError:
            return -1

    def _read(self, key: str) -> dict[str, Any]:
        try:
            value = json.loads(str(self._store.value(key, "{}")))
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    # ---- the session ----------------------------------------------------------------------------

    def save_session(self, session: Session) -> None:
        """Remember choices, not what is open."""
        options = session.options
        record = {
            "codec": options.codec,
            "quality": options.quality,
            "bits_per_pixel": options.bits_per_pixel,
            "subsampling": options.subsampling,
            "decoder": options.decoder,
            "decoders": [list(pair) for pair in session.chosen],
            "steps": options.steps,
            "context": options.context.value,
            "carry": options.carry,
            "overlay": session.overlay.value,
            "opacity": session.opacity,
            "absolute": session.absolute,
            "gain": session.gain,
            "speed": session.speed,
            "theme": session.theme,
            "text_scale": session.text_scale,
            "compare": [[entry.decoder, entry.context.value] for entry in session.compare.entries],
            "compare_standard": session.compare.standard,
            "compare_original": session.compare.original,
            "show_inside": session.show_inside,
            "rates": saved_rates(session.rates),
            "looking": saved_looking(session.looking),
        }
        self._store.setValue(_SESSION, json.dumps(record))

    def load_session(self, session: Session) -> Session:
        """`session` with the remembered choices, as far as its models and this version know them."""
        record = self._read(_SESSION)
        session = replace(session, options=_options(session, record), chosen=_chosen(session, record))
        session = follow_codec(session, session.codec)
        overlays = [each for each in Overlay if each is not Overlay.WINNER]
        overlay = next((each for each in overlays if each.value == record.get("overlay")), session.overlay)
        theme = record.get("theme")
        session = replace(
            session,
            overlay=overlay,
            absolute=record.get("absolute") is True,
            theme=theme if theme in ("dark", "light") else session.theme,
        )
        text = _number(record.get("text_scale"))
        session = set_text_scale(session, int(text)) if text is not None else session
        session = replace(
            session, compare=_compare(session, record), show_inside=record.get("show_inside") is True
        )
        session = replace(session, rates=loaded_rates(session.rates, record.get("rates")))
        session = replace(session, looking=loaded_looking(session.looking, record.get("looking")))
        opacity, speed, gain = (_number(record.get(key)) for key in ("opacity", "speed", "gain"))
        session = set_opacity(session, opacity) if opacity is not None else session
        session = set_speed(session, speed) if speed is not None else session
        return replace(session, gain=int(gain)) if gain is not None and int(gain) in GAINS else session

    # ---- the window -----------------------------------------------------------------------------

    def save_layout(self, layout: Layout) -> None:
        record = {
            "geometry": bytes(QByteArray(layout.geometry).toBase64().data()).decode("ascii"),
            "splitters": layout.splitters,
            "hidden": list(layout.hidden),
        }
        self._store.setValue(_LAYOUT, json.dumps(record))

    def load_layout(self) -> Layout:
        record = self._read(_LAYOUT)
        geometry = record.get("geometry")
        splitters, hidden = record.get("splitters"), record.get("hidden")
        return Layout(
            QByteArray.fromBase64(geometry.encode("ascii", "ignore")).data()  # type: ignore[arg-type]
            if isinstance(geometry, str)
            else b"",
            {
                str(name): [int(size) for size in sizes]
                for name, sizes in (splitters if isinstance(splitters, dict) else {}).items()
                if isinstance(sizes, list) and all(type(size) is int and size >= 0 for size in sizes)
            },
            tuple(str(name) for name in hidden) if isinstance(hidden, list) else (),
        )

    # ---- recent files ---------------------------------------------------------------------------

    def recent(self) -> tuple[Path, ...]:
        """Files opened lately, the newest first."""
        names = self._read(_FILES).get("paths")
        return tuple(Path(name) for name in (names if isinstance(names, list) else []) if type(name) is str)

    def add_recent(self, path: Path) -> None:
        """Put a file first."""
        paths = [path, *(old for old in self.recent() if old != path)][:RECENT]
        self._store.setValue(_FILES, json.dumps({"paths": [str(each) for each in paths]}))

    def clear_recent(self) -> None:
        self._store.remove(_FILES)

    def sync(self) -> None:
        """Write to disk now."""
        self._store.setValue("version", VERSION)
        self._store.sync()


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e9 else None  # rules out NaN and infinity, too


def _compare(session: Session, record: dict[str, Any]) -> Compare:
    """The decoders compared last, as far as they are there; the view itself starts closed."""
    values = {context.value: context for context in Context}
    pairs = record.get("compare")
    entries = [
        Entry(str(pair[0]), values[pair[1]])
        for pair in (pairs if isinstance(pairs, list) else [])
        if isinstance(pair, list) and len(pair) == 2 and isinstance(pair[1], str) and pair[1] in values
    ]
    return replace(
        session.compare,
        entries=known_entries(entries, session.fitting),
        standard=record.get("compare_standard") is not False,
        original=record.get("compare_original") is True,
    )


def _chosen(session: Session, record: dict[str, Any]) -> Chosen:
    """The decoders that were chosen for each codec, as far as they are there."""
    pairs = record.get("decoders")
    chosen: Chosen = ()
    for card in session.models:
        for codec in card.codecs:
            if isinstance(pairs, list) and [codec, card.name] in pairs:
                chosen = remembered_choice(chosen, codec, card.name)
    return tuple(sorted(chosen, key=lambda pair: pairs.index(list(pair)) if isinstance(pairs, list) else 0))


def _options(session: Session, record: dict[str, Any]) -> Options:
    options = session.options
    codec, decoder, subsampling = (record.get(key) for key in ("codec", "decoder", "subsampling"))
    if isinstance(codec, str) and codec in CODEC_FACTS:
        options = replace(options, codec=str(codec))
    if subsampling in ("4:2:0", "4:4:4"):
        options = replace(options, subsampling=str(subsampling))
    quality, target, steps = (_number(record.get(key)) for key in ("quality", "bits_per_pixel", "steps"))
    low, high = codec_facts(options.codec).qualities
    if options.codec != session.options.codec:
        options = replace(options, quality=codec_facts(options.codec).usual)
    if quality is not None and low <= quality <= high:
        options = replace(options, quality=int(quality))
    if target is not None and 0 < target <= 48:
        options = replace(options, bits_per_pixel=target)
    there = fitting(session.models, options.codec)
    card = next((each for each in there if each.name == decoder), None)
    if card is None:
        return options
    context = next((each for each in card.contexts if each.value == record.get("context")), None)
    return replace(
        options,
        decoder=card.name,
        steps=int(steps) if steps is not None and 0 <= steps <= MAX_STEPS else 0,
        context=context or (Context.BOTH if Context.BOTH in card.contexts else card.contexts[0]),
        carry=record.get("carry") is True and card.carry,
    )
