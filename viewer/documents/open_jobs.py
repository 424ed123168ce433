"""Jobs that open more than one file: pictures in turn until one can be read, and sessions. No Qt."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine import pipeline
from engine.codecs.facts import codec_facts
from engine.errors import UserError, printable
from engine.types import Cancelled, never
from viewer.documents import session_file as session_files
from viewer.documents.jobs import (
    HEAD,
    MOST_JUNK,
    Opened,
    neighbours,
    read_bytes,
    received_stream,
    stream_codec,
)
from viewer.documents.playlist import passed_over_words
from viewer.documents.session_file import Reopened
from viewer.model.session.saved import ImageReference

if TYPE_CHECKING:
    from viewer.core.job import Token, Work


def open_files(order: Sequence[Path], received: bool, playlist: tuple[Path, ...] | None = None) -> Work:
    """Read the first of `order` that can be read; the others are passed over and told.

    A folder stands for its pictures. playlist: what the pictures belong to; None: the files that `order`
    comes to where there are several, else the folder of the one that was opened.
    """

    def work_(token: Token) -> Iterator[Opened]:
        files = _expanded(order) if playlist is None else tuple(order)
        faults: list[str] = []
        for path in files:
            if token.cancelled():
                return
            try:
                opened = read_file(path, received, token.cancelled)
            except UserError as error:
                faults.append(str(error))
                continue
            if token.cancelled():
                return
            listed = playlist
            if listed is None:
                streams = opened.stream is not None
                listed = files if len(files) > 1 else tuple(neighbours(path, streams))
            yield replace(opened, playlist=listed, note=passed_over_words(faults))
            return
        if len(faults) > 1:
            raise UserError(f"none of {len(faults)} files can be read, e.g. {faults[0]}")
        raise UserError(faults[0] if faults else "there is no file to open")

    return work_


def _expanded(order: Sequence[Path]) -> tuple[Path, ...]:
    """Files, with folders replaced by the pictures in them. Raises UserError for a folder without any."""
    from engine.io.image import SUFFIXES

    found: list[Path] = []
    for path in order:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(
            (each for each in path.iterdir() if each.suffix.lower() in SUFFIXES and each.is_file()),
            key=lambda each: each.name.lower(),
        )
        if not inside and len(order) == 1:
            raise UserError(f"{printable(path.name)}: holds no pictures")
        found += inside
    return tuple(dict.fromkeys(found))


def read_file(path: Path, received: bool, cancelled: Cancelled = never) -> Opened:
    """A file as a picture to encode, or as a stream that was received. Containers of learned codecs are
    streams in any case. Raises UserError."""
    codec = stream_codec(read_bytes(path, HEAD)) or pipeline.codec_of(read_bytes(path, MOST_JUNK))
    if received or codec_facts(codec).container:
        payload = read_bytes(path, cancelled=cancelled)
        if cancelled():
            return Opened()
        return received_stream(payload, printable(path.name), path)
    from engine.io.image import load_picture

    return Opened(load_picture(path), file_codec=codec)


def open_session(path: Path, image: Path | None = None, temporary: bool = False) -> Work:
    """Read a session and its picture. image: where the picture is, when the session doesn't know any more.
    temporary: the file is one of the program's own, not to be remembered.

    Where the picture can't be had, what is yielded holds none, and `restored.missing` says why.
    """

    def work_(_: Token) -> Iterator[Opened]:
        saved = session_files.read(path)
        reference = saved.state.image
        found = image or session_files.find_image(reference, path.absolute().parent)
        restored = Reopened(saved, path, temporary=temporary)
        label = "The last session" if temporary else printable(path.name)
        if reference.path and found is None:
            gone = f"{label}: its picture {printable(reference.path)} is not there any more"
            yield Opened(restored=replace(restored, missing=gone))
            return
        opened = _picture(reference, found, label)
        note = ""
        if found is not None and reference.sha256 and session_files.file_hash(found) != reference.sha256:
            note = f"{printable(found.name)} is not the same as when {label} was saved"
        listed = saved.playlist or ((found,) if found is not None else ())
        if image is not None and image not in listed:
            listed = tuple(neighbours(image, opened.stream is not None))
        yield replace(opened, playlist=listed, restored=replace(restored, note=note))

    return work_


def _picture(reference: ImageReference, path: Path | None, label: str) -> Opened:
    """The picture of a session. Raises UserError."""
    from engine.data.samples import load_sample, sample_names
    from engine.io.image import picture_from_bytes

    if path is not None:
        return read_file(path, reference.received)
    if reference.embedded:
        try:
            data = base64.b64decode(reference.embedded, validate=True)
        except ValueError:
            raise UserError(f"{label}: its picture is damaged") from None
        return Opened(replace(picture_from_bytes(data, label), name=reference.name or "clipboard"))
    if reference.sample:
        return Opened(load_sample(reference.sample), sample=reference.sample)
    return Opened(load_sample(sample_names()[0]), sample=sample_names()[0])
