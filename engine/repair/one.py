"""One file repaired to another: read, decoded, turned upright, written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from engine import pipeline
from engine.codecs.facts import codec_facts
from engine.errors import UserError, printable, system_reason
from engine.evaluation.bench import widest_context
from engine.io.atomic import write_atomically
from engine.io.opening import read_regular
from engine.io.orientation import upright
from engine.models.card import ModelCard
from engine.repair.findings import AUTO, Findings, card_for, findings_of
from engine.repair.formats import SAVE_FORMATS, Samples, SaveAs, file_bytes
from engine.repair.metadata import Metadata, metadata_of, turned
from engine.repair.names import DEFAULT_PATTERN, Source, name_of
from engine.types import Cancelled, Coded, DecodeOptions, Estimate, Progress, ignore, never


@dataclass(frozen=True)
class Order:
    """How files are to be repaired. folder: where they go. pattern: of their names (see `names`). decoder: a
    name, the path of a card, `AUTO` or `NONE`. widest: take as much context as the decoder offers, whatever
    `options` say. overwrite: whether files that are there may be replaced."""

    folder: Path
    pattern: str = DEFAULT_PATTERN
    save: SaveAs = field(default_factory=SaveAs)
    decoder: str = AUTO
    options: DecodeOptions = field(default_factory=DecodeOptions)
    widest: bool = True
    overwrite: bool = False


@dataclass(frozen=True)
class Repaired:
    """A file that was written. kept: what was taken over beside the pixels. notes: what else is to be told,
    one short sentence each. decoder: title of what repaired it; "" for the standard decoder alone."""

    source: Path
    target: Path
    findings: Findings
    decoder: str
    kept: tuple[str, ...]
    notes: tuple[str, ...]
    bytes: int
    seconds: float


Claim = Callable[[Source, Path], None]
"""Told a source and the file that it would be written to, before long work begins; raises UserError where
that may not be."""


def allow(_source: Source, _target: Path) -> None:
    """A `Claim` that refuses nothing."""


def read_file(path: Path) -> bytes:
    """The bytes of a regular file. Raises UserError."""
    return read_regular(path, printable(path.name))


def repair_file(
    source: Source,
    order: Order,
    claim: Claim = allow,
    cancelled: Cancelled = never,
    progress: Progress = ignore,
    found: Callable[[Findings], None] | None = None,
) -> Repaired | None:
    """Repair a file and write the result; None, with nothing written, once `cancelled()`.

    found: told what the file tells, before it is repaired. Raises UserError, naming the file.
    """
    start = time.perf_counter()
    label = printable(source.path.name)
    payload = read_file(source.path)
    coded = pipeline.decode(payload, label)
    card = card_for(order.decoder, coded.codec)
    findings = findings_of(coded, card, earlier=order.options.earlier)
    if found is not None:
        found(findings)
    suffix = SAVE_FORMATS[order.save.format].suffix
    strength = order.options.strength if card is not None else 0.0
    target = order.folder / name_of(order.pattern, source, suffix, findings.quality, strength)
    claim(source, target)
    check_target(source, target, order.overwrite)
    last = last_estimate(coded, card, order, cancelled, progress)
    if last is None:
        return None
    metadata = metadata_of(coded)
    samples, notes = upright_samples(last, coded, metadata, deep=order.save.deep)
    notes = (*notes, *_doubts(coded, card, order.decoder))
    height, width = samples.shape[:2]
    kept = metadata.words()
    data = file_bytes(samples, order.save, turned(metadata, width, height), label)
    if cancelled():
        return None
    _write(source, target, data, order.overwrite)
    seconds = time.perf_counter() - start
    title = card.title if card is not None else ""
    return Repaired(source.path, target, findings, title, kept, notes, len(data), seconds)


def check_target(source: Source, target: Path, overwrite: bool) -> None:
    """Raise UserError where `target` may not be written: it is the source, or it is there and may not be
    replaced."""
    label, there = printable(source.path.name), printable(str(target))
    if target.exists():
        if target.samefile(source.path):
            raise UserError(f"{label}: would replace itself; choose another folder, format or pattern")
        if not overwrite:
            raise UserError(f"{label}: {there} is there already and was not replaced")


def upright_samples(
    last: Estimate, coded: Coded, metadata: Metadata, *, deep: bool
) -> tuple[Samples, tuple[str, ...]]:
    """An estimate's samples as they are to be saved: upright, grey ones without a last axis, uint16 if
    `deep`; and what that took, one short sentence each."""
    notes: list[str] = []
    samples: Samples = last.pixels
    if deep:
        if last.deep is None:
            notes.append("computed with 8 bits a sample")
        samples = last.deep if last.deep is not None else last.pixels.astype(np.uint16) * 257
    if metadata.orientation > 1:
        samples = upright(samples, metadata.orientation)
        notes.append("turned upright")
    return np.ascontiguousarray(samples[..., 0] if coded.grey else samples), tuple(notes)


def _doubts(coded: Coded, card: ModelCard | None, decoder: str) -> Iterator[str]:
    """What else is to be told of a file, one short sentence each."""
    if coded.damage:
        yield f"damaged: {coded.damage}"
    if card is not None and (doubt := card.trust_note(coded.scale, coded.codec)):
        yield doubt
    if card is None and decoder == AUTO:
        yield f"not repaired, as no decoder was trained for {codec_facts(coded.codec).title} files"


def last_estimate(
    coded: Coded, card: ModelCard | None, order: Order, cancelled: Cancelled, progress: Progress = ignore
) -> Estimate | None:
    """What is to be saved of a stream, repaired by `card`'s decoder, None for the standard one; None when
    cancelled. Raises UserError."""
    if card is None:
        return Estimate(0, coded.standard, 0.0)
    asked = order.options
    steps = asked.steps or card.steps
    context = widest_context(card) if order.widest else asked.context
    options = replace(asked, steps=steps, context=context, last_only=True, deep=order.save.deep)
    pipeline.check_options(card, options, coded.codec)
    decoder = pipeline.load_decoder(card.name if order.decoder == AUTO else order.decoder)
    last = None
    for estimate in pipeline.estimates(decoder, coded, options, cancelled, progress):
        last = estimate
    return last if last is not None and last.index == steps and not cancelled() else None


def _write(source: Source, target: Path, data: bytes, overwrite: bool) -> None:
    """Write the file, its times those of the source's."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{printable(str(target.parent))}: can't be made ({system_reason(error)})") from None
    check_target(source, target, overwrite)
    write_atomically(target, lambda file: file.write(data))
    with contextlib.suppress(OSError):  # the file is whole; a file system without times is no reason to fail
        times = source.path.stat()
        os.utime(target, ns=(times.st_atime_ns, times.st_mtime_ns))
