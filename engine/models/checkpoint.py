"""Weights on disk: safetensors with a JSON card beside them, and resumable training states."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from engine.errors import UserError
from engine.io.atomic import write_atomically
from engine.models.card import ModelCard


def load_weights(network: nn.Module, path: Path) -> None:
    """Fill `network` from a safetensors file. Raises UserError when it is missing, broken or another's."""
    try:
        tensors = load_file(str(path))
        network.load_state_dict({name: tensor.float() for name, tensor in tensors.items()})
    except (OSError, SafetensorError) as error:
        raise UserError(f"{path.name}: can't read the weights ({str(error).splitlines()[0]})") from None
    except RuntimeError as error:
        raise UserError(f"{path.name}: weights don't fit the card ({str(error).splitlines()[0]})") from None


def save_model(
    card: ModelCard, network: nn.Module, folder: Path, tables: Mapping[str, Tensor] = MappingProxyType({})
) -> Path:
    """Write `<name>.json` and `<name>.safetensors` (float32) into `folder`; returns the card's path.

    tables: more to keep beside the weights, as it is (codecs: integers that streams are coded with).

    Each file appears whole or not at all, the weights first. Raises UserError when one can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights = folder / f"{card.name}.safetensors"
    tensors = {
        name: value.detach().float().cpu().contiguous() for name, value in network.state_dict().items()
    }
    tensors.update((name, value.contiguous()) for name, value in tables.items())
    write_atomically(weights, lambda file: file.write(save(tensors, metadata={"model": card.name})))
    path = folder / f"{card.name}.json"
    write_atomically(path, lambda file: file.write(card.to_json().encode()))
    return path


def save_state(state: dict[str, Any], path: Path) -> None:
    """Write a training state so that a kill at any moment leaves the old one or the new one whole.

    Raises UserError when it can't be written.
    """

    def write(file: BinaryIO) -> None:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())

    write_atomically(path, write)


def load_state(path: Path) -> dict[str, Any]:
    """Read what `save_state` wrote. Raises UserError when the file is missing or broken."""
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # the unpickler stumbles over broken files in many ways
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise UserError(f"{path.name}: can't resume from it ({reason})") from None
    if not isinstance(state, dict):
        raise UserError(f"{path.name}: can't resume from it (it holds no training state)")
    return state
