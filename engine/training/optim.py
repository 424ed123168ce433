"""Optimiser, schedule and weight averaging shared by all trainings."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from engine.training.config import OptimiserConfig


def orthogonalise(gradient: Tensor, iterations: int = 5) -> Tensor:
    """The nearest semi-orthogonal matrix of (rows, columns) `gradient`, roughly, by Newton–Schulz.

    Quintic iteration with the coefficients of Jordan et al., *Muon: an optimizer for hidden layers in
    neural networks* (2024): singular values land in about 0.7 to 1.2.
    """
    x = gradient / (gradient.norm() + 1e-7)
    wide = x.shape[0] <= x.shape[1]
    x = x if wide else x.T
    for _ in range(iterations):
        gram = x @ x.T
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    result: Tensor = x if wide else x.T
    return result


class Muon(torch.optim.Optimizer):
    """Momentum, orthogonalised per matrix (Jordan et al. 2024); convolutions as (out, in·3·3) matrices.

    PyTorch's own Muon takes two-dimensional parameters only, and most weights here are convolutions.
    """

    def __init__(self, parameters: list[nn.Parameter], rate: float, decay: float, momentum: float = 0.95):
        super().__init__(parameters, {"lr": rate, "weight_decay": decay, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                state = self.state[parameter]
                if not state:
                    state["momentum"] = torch.zeros_like(parameter)
                momentum = state["momentum"]
                momentum.mul_(group["momentum"]).add_(parameter.grad)
                direction = parameter.grad.add(momentum, alpha=group["momentum"]).flatten(1)
                scale = max(1.0, direction.shape[0] / direction.shape[1]) ** 0.5
                update = orthogonalise(direction).mul_(scale).view_as(parameter)
                parameter.mul_(1 - group["lr"] * group["weight_decay"]).add_(update, alpha=-group["lr"])


def optimisers(network: nn.Module, config: OptimiserConfig) -> list[torch.optim.Optimizer]:
    """Muon for hidden weight matrices, AdamW for biases, tables and the output layer (or for all)."""
    hidden: list[nn.Parameter] = []
    other: list[nn.Parameter] = []
    for name, parameter in network.named_parameters():
        matrix = parameter.ndim in (2, 4) and not {"out", "position"} & set(name.split("."))
        (hidden if matrix and config.muon_rate > 0 else other).append(parameter)
    result: list[torch.optim.Optimizer] = [
        torch.optim.AdamW(other, config.adam_rate, betas=(0.9, 0.95), weight_decay=0.0)
    ]
    if hidden:
        result.append(Muon(hidden, config.muon_rate, config.weight_decay))
    for optimiser in result:
        for group in optimiser.param_groups:
            group["peak"] = group["lr"]
    return result


def schedule(update: int, config: OptimiserConfig) -> float:
    """Step size at `update` (from 0) over its peak: linear warm-up, constant, linear fall to zero."""
    start = config.decay_from * config.updates
    fall = min(1.0, (config.updates - update) / max(1.0, config.updates - start))
    return min(1.0, (update + 1) / max(1, config.warmup)) * max(0.0, fall)


def step_weights(steps: int, last: float, update: int, config: OptimiserConfig) -> Tensor:
    """Weights of the steps' losses at `update`, (steps,), summing to one.

    At first they rise linearly from 1 to `last`, so that every step learns. As the step size falls, the
    shared weights are left more and more to the later steps (up to the third power), or the estimates
    of the early ones hold those of the last one back. A run that goes on from a trained network can have
    a power of its own from the beginning.
    """
    falling = max(0.0, min(1.0, (update / config.updates - config.decay_from) / (1 - config.decay_from)))
    weights = torch.linspace(1.0, last, steps) ** (config.step_power or 1 + 2 * falling)
    return weights / weights.sum()


@torch.no_grad()
def average(averaged: nn.Module, network: nn.Module, update: int, decay: float) -> None:
    """Exponential average of the weights, with a shorter memory at first."""
    now = min(decay, (update + 1) / (update + 10))
    for mean, parameter in zip(averaged.parameters(), network.parameters(), strict=True):
        mean.lerp_(parameter, 1 - now)
