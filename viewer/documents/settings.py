"""What is remembered between two starts. Anything missing, old or broken counts as never set."""

from __future__ import annotations

import base64
import contextlib
import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSettings

from engine.records import filled
from viewer.model.session.capture import apply, capture
from viewer.model.session.decoder_choice import Chosen, remembered_choice
from viewer.model.session.options import follow_codec
from viewer.model.session.saved_json import values_from_json, values_to_json
from viewer.model.session.setting import declared
from viewer.model.session.state import Session

VERSION = 1
RECENT = 10
_SESSION, _LAYOUT, _FILES = "session", "layout", "recent"
_SHOWN = "shown"
_CHOSEN = "decoders"
"""Which decoder was chosen for each codec: pairs, of which some may be gone."""


@dataclass(frozen=True)
class Layout:
    """Where the window was. geometry: Qt's own record. splitters: pixels by name. view: the panes' state."""

    geometry: bytes = b""
    splitters: dict[str, list[int]] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True)
class _StoredLayout:
    """As it is stored. geometry: in Base64."""

    geometry: str = ""
    splitters: dict[str, tuple[int, ...]] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Recent:
    """Files opened lately, as they are stored."""

    paths: tuple[str, ...] = ()


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
        values = {each.path: each.of(session) for each in declared(Session).values() if each.remembered}
        record = {**values_to_json(values), _CHOSEN: [list(pair) for pair in session.chosen]}
        self._store.setValue(_SESSION, json.dumps(record))

    def load_session(self, session: Session) -> Session:
        """`session` with the remembered choices, as far as its models and this version know them."""
        record = _as_now(self._read(_SESSION))
        now = {each.path: each.of(session) for each in declared(Session).values() if each.remembered}
        values = values_from_json(record, _SESSION, now, forgiving=True)
        chosen = _chosen(session, record.get(_CHOSEN))
        session = apply(replace(session, chosen=chosen), capture(session).having(values))
        return follow_codec(replace(session, chosen=chosen), session.codec)

    # ---- the window -----------------------------------------------------------------------------

    def save_layout(self, layout: Layout) -> None:
        geometry = base64.b64encode(layout.geometry).decode("ascii")
        splitters = {name: tuple(sizes) for name, sizes in layout.splitters.items()}
        self._store.setValue(_LAYOUT, json.dumps(asdict(_StoredLayout(geometry, splitters, layout.hidden))))

    def load_layout(self) -> Layout:
        known = filled(_StoredLayout(), self._read(_LAYOUT), _LAYOUT, forgiving=True)
        sizes = {name: list(each) for name, each in known.splitters.items() if min(each, default=0) >= 0}
        with contextlib.suppress(ValueError):
            return Layout(base64.b64decode(known.geometry), sizes, known.hidden)
        return Layout(b"", sizes, known.hidden)

    # ---- what is shown once ---------------------------------------------------------------------

    def first_time(self, what: str) -> bool:
        """Whether this is shown for the first time; from then on it was."""
        known = self._read(_SHOWN)
        if known.get(what) is True:
            return False
        self._store.setValue(_SHOWN, json.dumps({**known, what: True}))
        return True

    # ---- recent files ---------------------------------------------------------------------------

    def recent(self) -> tuple[Path, ...]:
        """Files opened lately, the newest first."""
        return tuple(map(Path, filled(_Recent(), self._read(_FILES), _FILES, forgiving=True).paths))

    def add_recent(self, path: Path) -> None:
        """Put a file first."""
        paths = [path, *(old for old in self.recent() if old != path)][:RECENT]
        self._store.setValue(_FILES, json.dumps(asdict(_Recent(tuple(map(str, paths))))))

    def clear_recent(self) -> None:
        self._store.remove(_FILES)

    def sync(self) -> None:
        """Write to disk now."""
        self._store.setValue("version", VERSION)
        self._store.sync()


def _as_now(record: dict[str, Any]) -> dict[str, Any]:
    """What a version before settings were stored like session files has written, as it is written now."""
    names = {"entries": "compare", "standard": "compare_standard", "original": "compare_original"}
    if "compared" in record or not {*names.values(), "rates"} & record.keys():
        return record
    compared = {name: record[old] for name, old in names.items() if old in record}
    return {**record, "compared": compared, "codecs": record.get("rates", {})}


def _chosen(session: Session, pairs: object) -> Chosen:
    """The decoders that were chosen for each codec, as far as they are there."""
    chosen: Chosen = ()
    for card in session.models:
        for codec in card.codecs:
            if isinstance(pairs, list) and [codec, card.name] in pairs:
                chosen = remembered_choice(chosen, codec, card.name)
    return tuple(sorted(chosen, key=lambda pair: pairs.index(list(pair)) if isinstance(pairs, list) else 0))
