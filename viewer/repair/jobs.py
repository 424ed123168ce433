"""The Repair page's jobs: functions for `Lane.start`. No Qt, no threads, no widgets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import UserError
from engine.repair.names import Source, find_sources
from engine.types import Pixels, frozen
from viewer.core.answers import silent
from viewer.model.facts.repair import Box

if TYPE_CHECKING:
    from engine.repair.findings import Findings
    from engine.repair.many import Failed
    from engine.repair.one import Order, Repaired
    from engine.types import Coded
    from viewer.core.job import Token, Work

THUMB = (96, 64)
"""Largest width and height of a thumbnail."""


@dataclass(frozen=True)
class Gathered:
    """Files that were found."""

    sources: tuple[Source, ...]


@dataclass(frozen=True, eq=False)
class Looked:
    """What a file tells. fault: why it can't be repaired."""

    path: Path
    thumb: Pixels | None = None
    findings: Findings | None = None
    fault: str = ""


@dataclass(frozen=True, eq=False)
class Opened:
    """The file to be looked at, its standard decode upright."""

    path: Path
    coded: Coded
    findings: Findings
    orientation: int
    before: Pixels


@dataclass(frozen=True, eq=False)
class TileMade:
    """A part of it, repaired."""

    box: Box
    pixels: Pixels


@dataclass(frozen=True)
class Began:
    """The turn of a file has come."""

    path: Path


@dataclass(frozen=True, eq=False)
class Ended:
    """What came of a file."""

    outcome: Repaired | Failed


def gather(paths: Sequence[Path], known: Sequence[Source], output: Path | None) -> Work:
    """Look for files to repair at `paths`, those that are `known` left out."""

    def work(_: Token) -> Iterator[Gathered]:
        there = {source.path.resolve() for source in known}
        found = [source for source in find_sources(paths, output) if source.path.resolve() not in there]
        yield Gathered(
            tuple(replace(each, number=number) for number, each in enumerate(found, len(known) + 1))
        )

    return work


def look(paths: Sequence[Path]) -> Work:
    """Thumbnails of files, all at first, then what each tells, one in memory at a time."""

    def work(token: Token) -> Iterator[Looked]:
        lost = silent(paths)
        for path in paths:
            yield Looked(path, fault=_lost(path)) if path in lost else Looked(path, thumb=thumbnail(path))
            if token.cancelled():
                return
        for path in paths:
            if path not in lost:
                yield _told(path)
            if token.cancelled():
                return

    return work


def _lost(path: Path) -> str:
    from engine.errors import printable

    return f"{printable(path.name)}: its folder doesn't answer"


def _told(path: Path) -> Looked:
    from engine import pipeline
    from engine.errors import printable
    from engine.repair.findings import AUTO, card_for, findings_of
    from engine.repair.one import read_file

    try:
        coded = pipeline.decode(read_file(path), printable(path.name))
        return Looked(path, findings=findings_of(coded, card_for(AUTO, coded.codec)))
    except UserError as error:
        return Looked(path, fault=plain(str(error)))


def plain(words: str) -> str:
    """A message without the names of codecs that nobody's files are of."""
    before, known, _ = words.partition("not a stream of a known codec")
    return f"{before}not a JPEG, JPEG 2000, WebP or AVIF file" if known else words


def thumbnail(path: Path) -> Pixels | None:
    """A small upright picture of a file, as quickly as its format allows; None where there is none."""
    from PIL import Image, ImageOps

    from engine.io.image import FORMATS
    from engine.io.opening import read_regular

    try:
        with Image.open(BytesIO(read_regular(path)), formats=FORMATS) as image:
            image.draft(
                "RGB", (2 * THUMB[0], 2 * THUMB[1])
            )  # JPEG: an eighth of the size, a tenth of the time
            small = ImageOps.exif_transpose(image).convert("RGB")
            small.thumbnail(THUMB)
            return frozen(np.asarray(small))
    except Exception:  # what is wrong with the file is told by its decoder
        return None


def show(path: Path) -> Work:
    """Open a file to be looked at."""

    def work(_: Token) -> Iterator[Opened]:
        from engine import pipeline
        from engine.errors import printable
        from engine.io.orientation import upright
        from engine.repair.findings import AUTO, card_for, findings_of
        from engine.repair.one import read_file

        try:
            coded = pipeline.decode(read_file(path), printable(path.name))
        except UserError as error:
            raise UserError(plain(str(error))) from None
        findings = findings_of(coded, card_for(AUTO, coded.codec))
        before = frozen(upright(coded.standard, coded.orientation))
        yield Opened(path, coded, findings, coded.orientation, before)

    return work


def tiles(
    opened: Opened, boxes: Sequence[Box], order: Order, prepare: Callable[[], None], linger: float
) -> Work:
    """Repair parts of the picture that is looked at, in this order. It waits `linger` seconds before."""

    def work(token: Token) -> Iterator[TileMade]:
        from engine.repair.part import repaired_part

        if token.wait(linger):
            return
        prepare()
        for box in boxes:
            pixels = repaired_part(
                opened.coded, box, opened.orientation, opened.findings, order, token.cancelled
            )
            if pixels is None:
                return
            yield TileMade(box, pixels)

    return work


def repair(sources: Sequence[Source], order: Order, prepare: Callable[[], None]) -> Work:
    """Repair files one after the other."""

    def work(token: Token) -> Iterator[Began | Ended]:
        from engine.repair.many import Failed, repair_files

        prepare()
        lost = silent(source.path for source in sources)
        place = {source: at for at, source in enumerate(sources)}
        outcomes = repair_files(
            [source for source in sources if source.path not in lost],
            order,
            token.cancelled,
            lambda source, part: token.progress((place[source] + part) / len(sources)),
        )
        for source in sources:
            yield Began(source.path)
            gone = source.path in lost
            outcome = Failed(source.path, _lost(source.path)) if gone else next(outcomes, None)
            if outcome is None:
                return
            yield Ended(outcome)
        token.progress(1.0)

    return work
