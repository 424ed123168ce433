"""Streams as files: what goes into a file of a given name."""

from __future__ import annotations

from pathlib import Path

from engine.codecs.facts import article, codec_facts
from engine.errors import UserError
from engine.types import Coded

_JP2 = ".jp2"


def check_stream_name(codec: str, path: Path) -> None:
    """Raise UserError unless `path` ends as files of `codec` do; no ending at all is as good."""
    facts = codec_facts(codec)
    if path.suffix and facts.suffixes and path.suffix.lower() not in facts.suffixes:
        endings = " or ".join(facts.suffixes)
        raise UserError(f"{path}: the name of {article(facts.title)} {facts.title} file ends in {endings}")


def stream_file(coded: Coded, path: Path) -> bytes:
    """The bytes of a file at `path`: the payload itself; within boxes for a codestream that goes into .jp2.

    Boxes are some 85 bytes that `Coded.bits` doesn't count. Raises UserError as `check_stream_name`.
    """
    check_stream_name(coded.codec, path)
    if coded.codec.startswith("jpeg2000") and path.suffix.lower() == _JP2:
        from engine.codecs.jpeg2000.parse import boxed, find_codestream

        if find_codestream(coded.payload)[1] is None:
            return boxed(coded.payload)
    return coded.payload
