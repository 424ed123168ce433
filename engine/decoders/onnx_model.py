"""A model of the user's own in an ONNX file as a decoder: one step, RGB or luma in, the same out.

What comes out is finished as every estimate is: kept within the quantisation intervals, guarded, at the
strength that was asked for. Needs the package `onnxruntime`, an extra.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.decoders.base import deep_from_ycc, pixels_from_ycc, tensor_from_pixels, to_rgb, to_ycc
from engine.decoders.cells import UNIT
from engine.decoders.finish import Finisher
from engine.errors import UserError
from engine.models.card import ModelCard
from engine.types import Cancelled, Coded, DecodeOptions, Estimate, Progress

_TILE, _HALO = 512, 32
_ALIKE = (1, 3)
"""Channels of pictures: luma alone, or RGB."""
Samples = NDArray[np.float32]


class OnnxDecoder:
    """A file's network: float (1, 3 or 1, height, width), 0 to 1, to the same."""

    def __init__(self, card: ModelCard, session: Any) -> None:
        self.card, self._session = card, session
        self._input = session.get_inputs()[0]
        shape = self._input.shape
        self.channels = int(shape[1])
        self._fixed = tuple(side if isinstance(side, int) else None for side in shape[2:])
        self._half = self._input.type == "tensor(float16)"

    @classmethod
    def load(cls, card: ModelCard) -> OnnxDecoder:
        """Raises UserError where the package is missing, and for files that hold no network of pictures."""
        try:
            import onnxruntime
        except ImportError:
            raise UserError(
                f"decoder '{card.name}' needs the package onnxruntime (install it with: "
                "pip install nrc-viewer[onnx])"
            ) from None
        assert card.path is not None
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = torch.get_num_threads()
        settings.log_severity_level = 4
        try:
            session = onnxruntime.InferenceSession(str(card.path), settings, ["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime has a dozen kinds, with no common one of its own
            raise UserError(f"{card.path.name}: not a readable ONNX model ({_first_line(error)})") from None
        _check(card.path, session)
        return cls(card, session)

    def refine(
        self, coded: Coded, options: DecodeOptions, cancelled: Cancelled, progress: Progress
    ) -> Iterator[Estimate]:
        """The one estimate, as often as steps are asked for. Raises UserError where the model fails."""
        start = time.perf_counter()
        canvas = np.empty_like(coded.standard)
        deep = np.empty(coded.standard.shape, np.uint16) if options.deep else None
        finisher = Finisher(coded, options, torch.device("cpu"), self.card.guarded, sure=self.card.sure)
        boxes = [*itertools.product(range(0, coded.height, _TILE), range(0, coded.width, _TILE))]
        for done, (top, left) in enumerate(boxes, 1):
            bottom, right = min(top + _TILE, coded.height), min(left + _TILE, coded.width)
            finished = self._tile(coded, finisher, (top, left, bottom, right))
            canvas[top:bottom, left:right] = pixels_from_ycc(finished)
            if deep is not None:
                deep[top:bottom, left:right] = deep_from_ycc(finished)
            if cancelled():
                return
            progress(done / len(boxes))
        for picture in (canvas, deep):
            if picture is not None:
                picture.setflags(write=False)
        count, seconds = options.steps or self.card.steps, time.perf_counter() - start
        for step in range(count if options.last_only else 1, count + 1):
            yield Estimate(step, canvas, seconds, deep=deep)
            if cancelled():
                return

    def _tile(self, coded: Coded, finisher: Finisher, box: tuple[int, int, int, int]) -> Tensor:
        """The finished estimate of a box, YCbCr, computed with its surroundings."""
        top, left, bottom, right = box
        y0, x0 = max(0, top - _HALO), max(0, left - _HALO)
        y1, x1 = min(coded.height, bottom + _HALO), min(coded.width, right + _HALO)
        with torch.inference_mode():
            rgb = tensor_from_pixels(coded.standard[y0:y1, x0:x1], torch.device("cpu"))
            rgb = F.pad(rgb, (0, -(x1 - x0) % UNIT, 0, -(y1 - y0) % UNIT), mode="replicate")
            standard = to_ycc(rgb)
            estimate = standard.clone()
            if self.channels == 1:
                estimate[:, :1] = torch.from_numpy(self._run(standard[:, :1].numpy()))
            else:
                estimate = to_ycc(torch.from_numpy(self._run(to_rgb(standard).clamp(0, 1).numpy())))
            part = finisher.part((y0, x0, y1, x1), standard)
            return part.finish(estimate)[:, :, top - y0 : bottom - y0, left - x0 : right - x0]

    def _run(self, picture: Samples) -> Samples:
        """The network on (1, channels, height, width); where it knows one size only, piece by piece."""
        height, width = picture.shape[2:]
        rows, columns = (
            _pieces(length, fixed) for length, fixed in zip((height, width), self._fixed, strict=True)
        )
        result = np.empty_like(picture)
        for (y, keep_y, tall), (x, keep_x, wide) in itertools.product(rows, columns):
            piece = picture[:, :, y : y + tall, x : x + wide]
            short = (0, tall - piece.shape[2]), (0, wide - piece.shape[3])
            given = np.pad(piece, ((0, 0), (0, 0), *short), mode="edge")
            found = self._call(given)[:, :, : piece.shape[2], : piece.shape[3]]
            result[:, :, y + keep_y : y + tall, x + keep_x : x + wide] = found[:, :, keep_y:, keep_x:]
        return result

    def _call(self, given: Samples) -> Samples:
        fed = np.ascontiguousarray(given, np.float16 if self._half else np.float32)
        try:
            (found,) = self._session.run(None, {self._input.name: fed})
        except Exception as error:  # as in `load`
            raise UserError(f"decoder '{self.card.name}' failed ({_first_line(error)})") from None
        if found.shape != given.shape:
            sizes = "×".join(map(str, found.shape[2:])), "×".join(map(str, given.shape[2:]))
            raise UserError(
                f"decoder '{self.card.name}' makes {sizes[0]} of {sizes[1]}: it must keep the size"
            )
        if not np.isfinite(found).all():
            raise UserError(f"decoder '{self.card.name}' gives values that are no numbers")
        return np.asarray(found, np.float32)


def _pieces(length: int, fixed: int | None) -> list[tuple[int, int, int]]:
    """Where the pieces of a side begin, how much of each the one before has done, and how long they are."""
    if fixed is None:
        return [(0, 0, length)]
    overlap = min(_HALO, fixed // 4)
    starts = [0]
    while starts[-1] + fixed < length:
        starts.append(starts[-1] + fixed - 2 * overlap)
    return [(start, overlap if start else 0, fixed) for start in starts]


def _check(path: Path, session: Any) -> None:
    """Raise UserError unless one picture goes in and one comes out."""
    inputs, outputs = session.get_inputs(), session.get_outputs()
    if len(inputs) != 1 or len(outputs) != 1:
        raise UserError(f"{path.name}: has {len(inputs)} inputs and {len(outputs)} outputs, not one of each")
    shape, kind = inputs[0].shape, inputs[0].type
    if len(shape) != 4 or shape[1] not in _ALIKE or kind not in ("tensor(float)", "tensor(float16)"):
        raise UserError(
            f"{path.name}: takes {kind} of shape {shape}, not float (1, 3 or 1 channels, height, width)"
        )


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:160] if str(error).strip() else type(error).__name__
