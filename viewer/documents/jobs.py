"""Jobs that read and write files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine import pipeline
from engine.codecs.facts import CODEC_FACTS
from engine.errors import printable
from engine.io.opening import read_regular
from engine.registry import CODECS
from engine.types import Cancelled, Coded, Picture, Pixels, never
from viewer.documents.saved import Saved
from viewer.model.session.state import Stream

if TYPE_CHECKING:
    from viewer.core.job import Token, Work
    from viewer.documents.session_file import Reopened


HEAD = 32
"""Bytes that tell every codec's files."""
MOST_JUNK = 1 << 16
"""Within so many a JPEG file may begin behind bytes of others."""


@dataclass(frozen=True, eq=False)
class Opened:
    """What a file or sample turned out to be: a picture, or a stream with its decode.

    playlist: what it belongs to. note: what to say of others that could not be read. restored: the session
    that it was read for; then there may be neither picture nor stream.
    """

    picture: Picture | None = None
    stream: Stream | None = None
    coded: Coded | None = None
    sample: str = ""
    file_codec: str = ""
    playlist: tuple[Path, ...] = ()
    note: str = ""
    restored: Reopened | None = None


def stream_codec(head: bytes) -> str:
    """Name of the codec whose streams begin like `head`; "" for none."""
    for name in CODECS:
        codec = CODECS.get(name)
        if head.startswith(codec.magic, codec.magic_at):
            return name
    return ""


def load_sample(name: str) -> Work:
    """Read a bundled picture."""

    def work(_: Token) -> Iterator[Opened]:
        from engine.data.samples import load_sample

        yield Opened(load_sample(name), sample=name)

    return work


def received_stream(payload: bytes, name: str, path: Path | None = None) -> Opened:
    """Decode a stream. Raises UserError."""
    coded = pipeline.decode(payload, name)
    notes = pipeline.told(coded, name)
    stream = Stream(
        name,
        payload,
        coded.height,
        coded.width,
        path,
        notes,
        coded.codec,
        coded.orientation,
        coded.missing_count,
    )
    return Opened(stream=stream, coded=coded, file_codec=coded.codec)


def neighbours(path: Path, streams: bool) -> list[Path]:
    """Pictures in the folder of `path` by name; only codecs' files when these are taken as streams."""
    from engine.io.image import SUFFIXES

    suffixes = stream_suffixes() if streams else SUFFIXES
    try:
        names = [each for each in path.parent.iterdir() if each.suffix.lower() in suffixes]
    except OSError:
        return []
    return sorted(names, key=lambda each: each.name.lower())


def stream_suffixes() -> tuple[str, ...]:
    """File endings of all codecs' streams, each once."""
    return tuple(dict.fromkeys(suffix for facts in CODEC_FACTS.values() for suffix in facts.suffixes))


def read_bytes(path: Path, length: int = -1, cancelled: Cancelled = never) -> bytes:
    """A regular file's bytes, or only the first `length`; fewer where it was cancelled on the way."""
    return read_regular(path, printable(path.name), length, cancelled)


def save_picture(path: Path, pixels: Pixels, received: Coded | None = None) -> Work:
    """Write a PNG; says so when it is there. Pixels of a `received` stream look as its file does."""

    def work(_: Token) -> Iterator[Saved]:
        from engine.io.atomic import write_atomically
        from engine.io.metadata import metadata_kinds
        from engine.io.write_image import save_png

        if received is None:
            save_png(path, pixels)
            yield Saved(path)
        else:
            data = CODECS.get(received.codec).png(pixels, received)
            write_atomically(path, lambda file: file.write(data))
            yield Saved(path, metadata_kinds(received.payload))

    return work


def save_bytes(path: Path, data: bytes) -> Work:
    """Write a file byte for byte; says so when it is there."""

    def work(_: Token) -> Iterator[Saved]:
        from engine.io.atomic import write_atomically

        write_atomically(path, lambda file: file.write(data))
        yield Saved(path)

    return work


def save_stream(path: Path, coded: Coded) -> Work:
    """Write a stream as the file that the name asks for; says so when it is there."""

    def work(_: Token) -> Iterator[Saved]:
        from engine.codecs.stream_file import stream_file
        from engine.io.atomic import write_atomically

        data = stream_file(coded, path)
        write_atomically(path, lambda file: file.write(data))
        yield Saved(path)

    return work
