"""Pictures, runs and decoders for the window's tests: real JPEG streams, a decoder of a few lines."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine import pipeline
from engine.errors import UserError
from engine.metrics.fidelity import patch_squared_error
from engine.models.card import ModelCard
from engine.types import (
    Cancelled,
    Coded,
    Context,
    DecodeOptions,
    Estimate,
    Inside,
    Picture,
    Pixels,
    Progress,
    Refinement,
    frozen,
    patch_grid,
)
from viewer.core.memo import Memo
from viewer.decode import jobs as work
from viewer.model.facts.facts import Facts
from viewer.model.facts.run import Run
from viewer.model.scene.whole import Scene
from viewer.model.session.state import Options, Session
from viewer.shell.controller.resolve import resolve


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


def study_card(
    name: str,
    study: str,
    learner: str = "BPTT",
    cell: str = "elman",
    seed: int = 1,
    *,
    k_top: int = 0,
    units: int = 24,
    kind: str = "raster",
) -> ModelCard:
    """A model of a study, with one context, its state carried along spans."""
    network: dict[str, int] = {"units": units, "span": 16}
    if k_top:
        network |= {"k_top": k_top, "k_att": 4}
    return replace(
        card(name, kind, 2, carry=True),
        cell=cell,
        learner=learner,
        contexts=(Context.BOTH,),
        weights=1000 * units,
        network=network,
        training={"seed": seed, "updates": 100, "seconds": 50.0},
        study=study,
    )


STUDY_CARDS = (
    card("sweep", "sweep"),
    card("raster", "raster", 2, carry=True),
    *(
        study_card(f"learner-{learner.lower()}-{seed}", "learners", learner, seed=seed)
        for learner in ("BPTT", "RTRL", "UORO")
        for seed in (1, 2)
    ),
    study_card("learner-attentive-bptt-1", "learners", "BPTT", k_top=4),
    study_card("learner-attentive-sab-1", "learners", "SAB", k_top=4),
    *(study_card(f"cell-{cell}-1", "cells", cell=cell) for cell in ("elman", "lstm", "gru")),
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


def png(path: Path, height: int = 45, width: int = 70, seed: int = 1) -> Path:
    """Save that picture as `path`, and return it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture(height, width, seed).pixels).save(path)
    return path


def smoothed(pixels: Pixels) -> Pixels:
    """A mild blur, which on noise and blocks is a mild repair."""
    padded = np.pad(pixels.astype(np.float32), ((1, 1), (1, 1), (0, 0)), mode="edge")
    total = 4 * padded[1:-1, 1:-1] + padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2]
    return frozen(np.round((total + padded[1:-1, 2:]) / 8).astype(np.uint8))


UNITS = 4


def inside(coded: Coded, step: int, attentive: bool) -> Inside:
    """Hidden units that tell their place: step, row and column of the patch; each patch recalls the one
    before it with weight 0.75, and the row's start with 0.25."""
    rows, columns = patch_grid(coded.height, coded.width)
    hidden = np.zeros((rows, columns, UNITS), np.float16)
    hidden[..., 0] = step / 10
    hidden[..., 1] = -np.arange(rows)[:, None] / 10
    hidden[..., 2] = np.arange(columns)[None] / 10
    k_top = 2 if attentive else 0
    recalled = np.zeros((rows, columns, k_top), np.int16)
    weights = np.zeros((rows, columns, k_top), np.float16)
    if attentive:
        recalled[..., 0] = np.maximum(np.arange(columns) - 1, -1)
        recalled[..., 1] = -1
        weights[..., 0], weights[..., 1] = 0.75, 0.25
    return Inside(frozen(hidden), frozen(recalled), frozen(weights))


@dataclass
class FakeDecoder:
    """Blurs a little more with every step, `blurs` times at most. `gate` holds it between steps, `fail`
    makes it break."""

    card: ModelCard
    gate: threading.Event = field(default_factory=threading.Event)
    fail: BaseException | None = None
    blurs: int = 99
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
            pixels = smoothed(pixels) if index <= self.blurs else pixels
            progress(index / options.steps)
            held = inside(coded, index, self.card.attentive) if options.inside else None
            yield Estimate(index, pixels, 0.01 * index, held)
            if cancelled():
                return


class Engine:
    """The pipeline with fake decoders behind real codecs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, cards: tuple[ModelCard, ...] = CARDS) -> None:
        self.decoders = {each.name: FakeDecoder(each) for each in cards}
        for decoder in self.decoders.values():
            decoder.gate.set()
        monkeypatch.setattr(pipeline, "model_cards", lambda: cards)
        monkeypatch.setattr(pipeline, "find_card", self._find)
        monkeypatch.setattr(pipeline, "load_decoder", self._load)
        monkeypatch.setattr(work, "prepare_torch", lambda: None)  # nothing here computes with it

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


class Token:
    """A job's token that nobody cancels; it doesn't linger."""

    def cancelled(self) -> bool:
        return False

    def wait(self, _: float) -> bool:
        return False

    def progress(self, _: float) -> None:
        pass


def session(
    shown: Picture | None = None, decoder: str = "sweep", models: tuple[ModelCard, ...] = CARDS
) -> Session:
    return Session(options=Options(decoder=decoder), models=models, picture=shown or picture())


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
    return Run(result, errors)


def scene_of(state: Session, facts: Facts | None = None) -> Scene:
    """What a window shows that has seen nothing before."""
    return resolve(state, facts or Facts(), Memo())


def median_ms(function: object, times: int = 9) -> float:
    """Median time of calling `function`, in milliseconds."""
    assert callable(function)
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        function()
        taken.append(time.perf_counter() - start)
    return 1000 * sorted(taken)[times // 2]
