"""Decoders' networks as ONNX files, checked by ONNX Runtime against our own before they are written."""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine.decoders.base import Decoder
from engine.errors import UserError
from engine.io.atomic import write_atomically
from engine.onnx.networks import Exported, exported

OPSET = 18
TOLERANCE = 1e-4
"""Largest difference allowed, of outputs up to 1; of larger ones relative to the largest."""


@dataclass(frozen=True)
class Written:
    """What was written. difference: the largest one between ONNX Runtime's and our outputs."""

    path: Path
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    difference: float


def write_onnx(decoder: Decoder, path: Path, steps: int = 0) -> Written:
    """Write a decoder's network with `steps` steps, 0 for as many as it was trained for.

    The file holds the model's card as metadata. It is written once ONNX Runtime, on inputs of other sizes
    than it was traced by, gives what our network does to `TOLERANCE`. Raises UserError where a package is
    missing, the decoder has no network that ONNX can hold, outputs differ, or the file can't be written.
    """
    try:
        import onnx
        import onnxruntime
        import onnxscript  # noqa: F401 - PyTorch's exporter needs it
    except ImportError:
        raise UserError("export to ONNX needs more packages: pip install 'nrc-viewer[onnx]'") from None
    card = decoder.card
    part = exported(decoder, steps or card.steps)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "network.onnx")
        _export(part, made)
        model = onnx.load(str(made))
        about = {"name": card.name, "kind": card.kind, "steps": steps or card.steps, "card": card.to_json()}
        onnx.helper.set_model_props(model, {key: str(value) for key, value in about.items()})
        onnx.checker.check_model(model)
        data = model.SerializeToString()
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    difference = max(_difference(session, part, size) for size in (1, 2))
    if not difference <= TOLERANCE:
        raise UserError(f"decoder '{card.name}': ONNX Runtime's outputs differ by {difference:.1e}")
    write_atomically(path, lambda file: file.write(data))
    return Written(path, part.inputs, part.outputs, difference)


def _export(part: Exported, path: Path) -> None:
    dims: dict[str, Any] = {}
    shapes = {
        name: {axis: _dim(dims, *length) for axis, length in axes.items()} for name, axes in part.free.items()
    }
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                part.network,
                part.examples,
                str(path),
                input_names=list(part.inputs),
                output_names=list(part.outputs),
                dynamic_shapes=shapes,
                opset_version=OPSET,
                dynamo=True,
                external_data=False,
                verbose=False,
            )
    finally:
        logger.setLevel(level)


def _dim(dims: dict[str, Any], name: str, multiple: int) -> Any:
    """One symbol a name, the same wherever it stands."""
    if name not in dims:
        dims[name] = multiple * torch.export.Dim(f"{name}_units" if multiple > 1 else name, min=1)
    return dims[name]


def _difference(session: Any, part: Exported, scale: int) -> float:
    """Largest difference of the outputs, on random inputs whose free sides are `scale` units longer."""
    generator = torch.Generator().manual_seed(scale)
    given = []
    for name, example in zip(part.inputs, part.examples, strict=True):
        shape = list(example.shape)
        for axis, (_, multiple) in part.free[name].items():
            shape[axis] += scale * multiple
        given.append(torch.rand(shape, generator=generator))
    with torch.inference_mode():
        ours = part.network(*given)
    ours = ours if isinstance(ours, tuple) else (ours,)
    theirs: Sequence[Any] = session.run(
        None, dict(zip(part.inputs, (each.numpy() for each in given), strict=True))
    )
    return max(
        float(np.abs(a.numpy() - b).max() / max(1.0, float(a.abs().max())))
        for a, b in zip(ours, theirs, strict=True)
    )


def shape_words(written: Written) -> str:
    """For people: "standard, condition → estimates"."""
    return f"{', '.join(written.inputs)} → {', '.join(written.outputs)}"
