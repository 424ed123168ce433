"""Small learned codecs with random weights, for tests of streams and of what surrounds codecs."""

from __future__ import annotations

import dataclasses
from pathlib import Path


def save_tiny_e2e(folder: Path, seed: int = 3) -> Path:
    """Save a model of kind "e2e" with random weights as `folder`/e2e.json, and return that path.

    Its gains are high, so that small pictures make long streams with many different symbols.
    """
    import torch

    from engine.checkpoint import save_model
    from engine.codecs.e2e_network import E2ENetwork, E2ESizes
    from engine.codecs.learned import TABLES
    from engine.training.e2e_task import tables_of

    torch.manual_seed(seed)
    network = E2ENetwork(E2ESizes(channels=8, latents=12, rates=2))
    with torch.no_grad():
        network.log_gain += 4.0
        network.log_inverse -= 4.0
        network.prior_mean.normal_(0.0, 0.05)
    tables = tables_of(network)
    arrays = {
        f"{TABLES}{name}": torch.from_numpy(getattr(tables, name))
        for name in ("lows", "counts", "frequencies")
    }
    return save_model(_card("e2e", network), network, folder, arrays)


def _card(kind: str, network):  # type: ignore[no-untyped-def]
    from engine.models import ModelCard
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
