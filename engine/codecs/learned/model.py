"""Models of learned codecs: a card and weights with the integers that streams are coded with.

They come with the program in `assets/codecs`, named as their codecs are. A folder named by the environment
variable `NRC_CODECS` is searched first, so that one's own trainings can be tried.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import UserError, system_reason
from engine.models.card import ModelCard, read_card

if TYPE_CHECKING:
    from torch import nn

FOLDER_VARIABLE = "NRC_CODECS"
TABLES = "tables."
"""Begins the names of tensors that are no weights."""


@dataclass(frozen=True, eq=False)
class CodecModel:
    """identity: the first 4 bytes of the SHA-256 of everything that decoding needs; streams carry it.

    weights, tables: arrays by name, without the prefix `TABLES`.
    """

    card: ModelCard
    identity: bytes
    weights: Mapping[str, NDArray[Any]]
    tables: Mapping[str, NDArray[Any]]

    def fill(self, network: nn.Module) -> None:
        """Put the weights into `network`. Raises UserError when they are another's."""
        import torch

        try:
            network.load_state_dict({name: torch.from_numpy(v.copy()) for name, v in self.weights.items()})
        except RuntimeError as error:
            reason = str(error).splitlines()[0]
            raise UserError(f"{self.card.name}: weights don't fit the card ({reason})") from None

    def check(self, identity: bytes, title: str, name: str) -> None:
        """Raise UserError unless a stream named `name` was made with this model."""
        if identity != self.identity:
            raise UserError(
                f"{name}: made with the {title} model {identity.hex()}, here is {self.identity.hex()}"
            )


def find_model(kind: str, title: str) -> CodecModel:
    """The model of codec `kind` ("e2e", "goog"). Raises UserError when it is not there or broken."""
    with as_file(files("assets").joinpath("codecs")) as shipped:
        folders = [Path(shipped)]
    if os.environ.get(FOLDER_VARIABLE):
        folders.insert(0, Path(os.environ[FOLDER_VARIABLE]))
    for folder in folders:
        path = folder / f"{kind}.json"
        if path.exists():
            return load_model(path, kind)
    raise UserError(f"{title}: its model {kind}.json is in none of {', '.join(map(str, folders))}")


def load_model(path: Path, kind: str) -> CodecModel:
    """The codec model whose card is at `path`; kept in memory. Raises UserError when it is broken."""
    try:
        changed = path.with_suffix(".safetensors").stat().st_mtime_ns
    except OSError as error:
        raise UserError(f"{path.stem}: can't read the weights ({system_reason(error)})") from None
    return _loaded(path, changed, kind)


@lru_cache(maxsize=8)
def _loaded(path: Path, _changed: int, kind: str) -> CodecModel:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    card = read_card(path)
    if card.kind != kind:
        raise UserError(f"{path.name}: is a model of kind '{card.kind}', not '{kind}'")
    try:
        tensors = load(card.weights_path.read_bytes())
    except OSError as error:
        raise UserError(f"{card.weights_path.name}: {system_reason(error)}") from None
    except SafetensorError as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"{card.weights_path.name}: can't read the weights ({reason})") from None
    digest = hashlib.sha256(json.dumps(card.network, sort_keys=True).encode())
    for name in sorted(tensors):
        value = tensors[name]
        digest.update(f"{name} {value.dtype} {value.shape}\n".encode())
        digest.update(np.ascontiguousarray(value).tobytes())
    tables = {name.removeprefix(TABLES): value for name, value in tensors.items() if name.startswith(TABLES)}
    weights = {name: value for name, value in tensors.items() if not name.startswith(TABLES)}
    if not tables:
        raise UserError(f"{card.name}: the model has no tables to code streams with")
    return CodecModel(card, digest.digest()[:4], weights, tables)


@contextmanager
def enough_memory(height: int, width: int) -> Iterator[None]:
    """Turns PyTorch's and Python's ways to say that memory ran out into a UserError."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "memory" not in str(error):
            raise
        raise UserError(f"not enough memory to code {width}×{height} pixels") from None
