"""Small learned codecs with random weights, for tests of streams and of what surrounds codecs."""

from __future__ import annotations

import dataclasses
from pathlib import Path


def save_tiny_e2e(folder: Path, seed: int = 3) -> Path:
    """Save a model of kind "e2e" with random weights as `folder`/e2e.json, and return that path.

    Its gains are high, so that small pictures make long streams with many different symbols.
    """
    import torch

    from engine.codecs.learned.e2e_network import E2ENetwork, E2ESizes
    from engine.models.checkpoint import save_model
    from engine.training.e2e_task import coder_of, tables_of
    from tests.support.tiny_models import textured_pixels

    torch.manual_seed(seed)
    network = E2ENetwork(E2ESizes(channels=8, latents=12, rates=2))
    with torch.no_grad():
        network.log_gain += 4.0
        network.log_inverse -= 4.0
    coder = coder_of(network, [textured_pixels(64, 96)])
    return save_model(_card("e2e", network), network, folder, tables_of(coder))


def save_tiny_goog(folder: Path, seed: int = 3) -> Path:
    """Save a model of kind "goog" with random weights as `folder`/goog.json, and return that path.

    The weights of its contexts are random too, and its counts far from those of its bits.
    """
    import numpy as np
    import torch

    from engine.codecs.learned.entropy_planes import BINS, SOURCES, known_channels
    from engine.codecs.learned.goog_network import BITS, GoogNetwork, GoogSizes
    from engine.codecs.learned.model import TABLES
    from engine.models.checkpoint import save_model

    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    network = GoogNetwork(GoogSizes(parts=16))
    with torch.no_grad():  # or the bits would not depend on the picture
        network.enter.weight.mul_(20)
        network.binariser.weight.mul_(100)
    iterations = network.sizes.iterations
    weights = rng.integers(-20, 21, (iterations, SOURCES * BITS, BITS)).astype(np.int32)
    weights[:, (SOURCES - 1) * BITS :] *= known_channels(BITS)
    arrays = {
        "weights": weights,
        "bias": rng.integers(-99, 100, (iterations, BITS)).astype(np.int32),
        "counts": rng.integers(1, 40, (iterations, BINS, 2)).astype(np.int32),
    }
    tables = {f"{TABLES}{name}": torch.from_numpy(value) for name, value in arrays.items()}
    return save_model(_card("goog", network), network, folder, tables)


def _card(kind: str, network):  # type: ignore[no-untyped-def]
    from engine.models.card import ModelCard
    from engine.types import Context

    return ModelCard(
        name=kind,
        kind=kind,
        title=f"Tiny {kind}",
        cell=network.sizes.cell,
        learner="none",
        steps=network.sizes.steps,
        contexts=(Context.BOTH,),
        carry=False,
        weights=sum(parameter.numel() for parameter in network.parameters()),
        network=dataclasses.asdict(network.sizes),
    )
