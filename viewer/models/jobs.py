"""The job that opens a model of one's own. No Qt, no threads, no widgets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import UserError
from engine.models.card import ONNX_SUFFIX, ModelCard

if TYPE_CHECKING:
    from viewer.core.job import Token, Work

SUFFIXES = (".json", ".safetensors", ONNX_SUFFIX)


@dataclass(frozen=True, eq=False)
class Loaded:
    """A model that can be run. path: the file that was asked for."""

    card: ModelCard
    path: Path


def load(path: Path, prepare: Callable[[], None]) -> Work:
    """Read a model's card and weights; what is wrong with them is told now, not when something is decoded."""

    def work(_: Token) -> Iterator[Loaded]:
        from engine import pipeline
        from engine.models.card import find_card

        if path.suffix.lower() not in SUFFIXES:
            raise UserError(f"{path.name}: is no model (a card's .json, its .safetensors, or an .onnx file)")
        if not path.is_file():
            raise UserError(f"{path}: no such file")
        card = find_card(str(path))
        prepare()
        pipeline.load_decoder(str(path))
        yield Loaded(card, path)

    return work
