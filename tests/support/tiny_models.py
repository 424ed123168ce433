"""Small decoders with random weights and a picture to decode, for tests of what surrounds decoders."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from engine.types import Context, Pixels, frozen


def save_tiny_model(folder: Path, kind: str = "sweep") -> Path:
    """Save a model of `kind` with 2 steps and random weights in `folder`; returns its card's path."""
    import torch

    from engine.decoders.raster_network import RasterNetwork, RasterSizes
    from engine.decoders.sibling import SiblingNetwork, SiblingSizes
    from engine.decoders.sweep_network import SweepNetwork, SweepSizes
    from engine.models.card import ModelCard
    from engine.models.checkpoint import save_model

    torch.manual_seed(5)
    network: SweepNetwork | RasterNetwork
    if kind == "sweep":
        network = SweepNetwork(SweepSizes(channels=8, blocks=1, steps=2))
        torch.nn.init.normal_(network.out.weight, std=0.02)
    elif kind == "sibling":
        network = SiblingNetwork(SiblingSizes(cell="elman", units=8, steps=2))
        for estimator in network.siblings:
            torch.nn.init.normal_(estimator.out.weight, std=0.05)
    else:
        network = RasterNetwork(RasterSizes(cell="elman", units=8, steps=2))
        torch.nn.init.normal_(network.out.weight, std=0.05)
    card = ModelCard(
        name=f"tiny-{kind}",
        kind=kind,
        title=f"Tiny {kind}",
        cell="elman",
        learner="none",
        steps=2,
        contexts=tuple(Context) if kind == "raster" else (Context.BOTH,),
        carry=kind == "raster",
        weights=sum(parameter.numel() for parameter in network.parameters()),
        network=dataclasses.asdict(network.sizes),
    )
    return save_model(card, network, folder)


def textured_pixels(height: int = 48, width: int = 56, seed: int = 0) -> Pixels:
    """Smooth waves of colour under noise: structure for every frequency of a block."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width][..., None]
    phase = rng.uniform(0, 6, (2, 3))
    waves = 128 + 50 * np.sin(x / 7 + phase[0]) + 40 * np.cos(y / 11 + x / 29 + phase[1])
    return frozen(np.clip(waves + rng.normal(0, 6, (height, width, 3)), 0, 255).astype(np.uint8))
