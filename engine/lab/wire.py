"""Records of the lab as bytes: what a run in a process of its own and the window say to each other.

A message is a line of JSON, {"kind", "fields", "arrays": [[name, dtype, shape]]}, and then the bytes of the
arrays, one after the other. Nothing in it can run code, so any stream is safe to read. Not a number is null.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np

from engine.lab.events import EVENTS, Event, LaneFacts
from engine.types import frozen

_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in (*EVENTS, LaneFacts)}
_LONGEST = 10_000_000
"""Of the line of JSON, bytes."""


@dataclass(frozen=True)
class Command:
    """What the window asks of a run. name: of a function in `engine.lab.serve`; arguments: its keywords."""

    name: str
    arguments: dict[str, Any]


def pack_event(event: Event) -> bytes:
    """One event as a message."""
    arrays: list[tuple[str, np.ndarray[Any, Any]]] = []
    told = _told(event, arrays)
    heads = [[name, array.dtype.str, list(array.shape)] for name, array in arrays]
    line = json.dumps({"kind": type(event).__name__, "fields": told, "arrays": heads}, allow_nan=False)
    return line.encode() + b"\n" + b"".join(array.tobytes() for _, array in arrays)


def _told(value: Any, arrays: list[tuple[str, np.ndarray[Any, Any]]]) -> Any:
    """Fields of a record; arrays go aside."""
    result: dict[str, Any] = {}
    for item in fields(value):
        one = getattr(value, item.name)
        if isinstance(one, np.ndarray):
            arrays.append((item.name, one))
        elif isinstance(one, tuple):
            result[item.name] = [_told(each, arrays) if is_dataclass(each) else each for each in one]
        else:
            result[item.name] = None if isinstance(one, float) and not math.isfinite(one) else one
    return result


class Reader:
    """Makes events of a stream of bytes that arrives in pieces."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._head: dict[str, Any] | None = None
        self._wanted = 0

    def feed(self, data: bytes) -> Iterator[Event]:
        """The events that are complete now. Raises ValueError for bytes that are no message."""
        self._rest += data
        while True:
            if self._head is None:
                end = self._rest.find(b"\n")
                if end < 0:
                    if len(self._rest) > _LONGEST:
                        raise ValueError("a message without an end")
                    return
                self._head = json.loads(bytes(self._rest[:end]))
                del self._rest[: end + 1]
                self._wanted = sum(_bytes(*head[1:]) for head in self._head["arrays"])
            if len(self._rest) < self._wanted:
                return
            head, self._head = self._head, None
            body = bytes(self._rest[: self._wanted])
            del self._rest[: self._wanted]
            yield _event(head, body)


def _bytes(dtype: str, shape: list[int]) -> int:
    return int(np.dtype(dtype).itemsize * math.prod(shape))


def _event(head: dict[str, Any], body: bytes) -> Event:
    kind = _KINDS.get(head["kind"])
    if kind is None or kind is LaneFacts:
        raise ValueError(f"no such message: {head['kind']}")
    values: dict[str, Any] = {
        name: math.nan if value is None else value for name, value in head["fields"].items()
    }
    if "lanes" in values:
        values["lanes"] = tuple(LaneFacts(**each) for each in values["lanes"])
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    at = 0
    for name, dtype, shape in head["arrays"]:
        size = _bytes(dtype, shape)
        values[name] = frozen(np.frombuffer(body[at : at + size], dtype).reshape(shape))
        at += size
    event: Event = kind(**values)
    return event


def pack_command(name: str, **arguments: Any) -> bytes:
    """One command as a line."""
    return json.dumps({"name": name, "arguments": arguments}).encode() + b"\n"


def read_command(line: bytes) -> Command:
    """Raises ValueError for a line that is no command."""
    record = json.loads(line)
    if not isinstance(record, dict) or not isinstance(record.get("arguments"), dict):
        raise ValueError("not a command")
    return Command(str(record["name"]), record["arguments"])
