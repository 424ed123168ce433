"""Pictures, runs and decoders for the window's tests: real JPEG streams, a decoder of a few lines."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest

from engine import pipeline
from engine.artefacts import blockiness, ringing
from engine.errors import UserError
from engine.metrics import patch_squared_error
from engine.models import ModelCard
from engine.types import (
    Cancelled,
    Coded,
    Context,
    DecodeOptions,
    Estimate,
    Picture,
    Pixels,
    Progress,
    Refinement,
    frozen,
)
from viewer.resolve_facts import Run
from viewer.session import Options, Session


def card(name: str, kind: str, steps: int = 3, carry: bool = False) -> ModelCard:
    return ModelCard(
        name=name,
        kind=kind,
        title=name.title(),
        cell="lstm" if kind == "raster" else "convolutional",
        learner="bptt",
        steps=steps,
        contexts=tuple(Context) if kind == "raster" else (Context.BOTH,),
        carry=carry,
        weights=1234,
        network={},
        summary=f"A {kind} decoder for tests.",
    )


CARDS = (card("sweep", "sweep"), card("raster", "raster", 2, carry=True))


def picture(height: int = 45, width: int = 70, seed: int = 1, name: str = "photo.png") -> Picture:
    """Smooth colours with an edge: something for JPEG to spoil, sides that are no multiple of 8."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    base = np.stack([x * 255 / width, y * 255 / height, (x + y) * 255 / (width + height)], axis=2)
    base[(x - y) % 23 < 7] *= 0.4
    noisy = np.clip(base + rng.normal(0, 6, base.shape), 0, 255)
    return Picture(name, frozen(noisy.astype(np.uint8)))


def smoothed(pixels: Pixels) -> Pixels:
    """A mild blur, which on noise and blocks is a mild repair."""
    padded = np.pad(pixels.astype(np.float32), ((1, 1), (1, 1), (0, 0)), mode="edge")
    total = 4 * padded[1:-1, 1:-1] + padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2]
    return frozen(np.round((total + padded[1:-1, 2:]) / 8).astype(np.uint8))


@dataclass
class FakeDecoder:
    """Blurs a little more with every step. `gate` holds it between steps, `fail` makes it break."""

    card: ModelCard
    gate: threading.Event = field(default_factory=threading.Event)
    fail: BaseException | None = None
    runs: list[tuple[int, DecodeOptions]] = field(default_factory=list)

    def refine(
        self, coded: Coded, options: DecodeOptions, cancelled: Cancelled, progress: Progress
    ) -> Iterator[Estimate]:
        self.runs.append((coded.quality or 0, options))
        pixels = coded.standard
        for index in range(1, options.steps + 1):
            while not self.gate.wait(0.005):
                if cancelled():
                    return
            if self.fail is not None:
                raise self.fail
            pixels = smoothed(pixels)
            progress(index / options.steps)
            yield Estimate(index, pixels, 0.01 * index)
            if cancelled():
                return


class Engine:
    """The pipeline with fake decoders behind real codecs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.decoders = {each.name: FakeDecoder(each) for each in CARDS}
        for decoder in self.decoders.values():
            decoder.gate.set()
        monkeypatch.setattr(pipeline, "model_cards", lambda: CARDS)
        monkeypatch.setattr(pipeline, "find_card", self._find)
        monkeypatch.setattr(pipeline, "load_decoder", self._load)

    def _find(self, name: str) -> ModelCard:
        return self._load(name).card

    def _load(self, name: str) -> FakeDecoder:
        try:
            return self.decoders[name]
        except KeyError:
            raise UserError(f"unknown decoder '{name}'") from None

    def hold(self) -> None:
        """Let no decoder pass its next step."""
        for decoder in self.decoders.values():
            decoder.gate.clear()

    def release(self) -> None:
        for decoder in self.decoders.values():
            decoder.gate.set()


def session(shown: Picture | None = None, decoder: str = "sweep") -> Session:
    return Session(options=Options(decoder=decoder), models=CARDS, picture=shown or picture())


def record(state: Session, steps: int | None = None) -> Refinement:
    """A refinement of the session's picture, cut after `steps`; needs an `Engine`."""
    records = list(pipeline.refine(state.request(), state.picture))
    return records[-1] if steps is None else records[steps]


def run(state: Session, steps: int | None = None) -> Run:
    result = record(state, steps)
    original = state.picture
    errors = (
        tuple(patch_squared_error(original.pixels, step.pixels) for step in result.steps) if original else ()
    )
    artefacts = tuple((blockiness(step.pixels), ringing(step.pixels)) for step in result.steps)
    return Run(result, errors, artefacts)


def median_ms(function: object, times: int = 9) -> float:
    """Median time of calling `function`, in milliseconds."""
    assert callable(function)
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        function()
        taken.append(time.perf_counter() - start)
    return 1000 * sorted(taken)[times // 2]
