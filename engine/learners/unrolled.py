"""What the backward learners share: the stream unrolled as a graph, cut where each of them cuts it.

With c_t the credit of state t, δ_t = ∂L_t/∂s_t, J_t = ∂s_t/∂s_{t-1} and I_t = ∂s_t/∂θ (immediate),

    c_t = δ_t + J_{t+1}ᵀ c_{t+1}                                                   (1)
    g = Σ_t I_tᵀ c_t + direct                                                      (2)

which is what reverse-mode differentiation of the graph computes.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from engine.cells import Parameters
from engine.cells.attention import Attention
from engine.learners.base import LearnerOptions, Outcome, Recall, RowRecord
from engine.learners.stream import ATTENTION, Gradient, Patch, RowModel, group


class Memories:
    """States that an attentive network remembers, with their keys; `window` says when each was made."""

    def __init__(self, attention: Attention, start: Tensor, units: int) -> None:
        self.attention = attention
        self.values: list[Tensor] = [start[:, :units]]
        self.windows: list[int] = [0]
        self.patches: list[int] = [-1]
        self._keys: list[Tensor] = []
        self._stacked: tuple[Tensor, Tensor] | None = None

    def add(self, value: Tensor, window: int, patch: int) -> None:
        self.values.append(value)
        self.windows.append(window)
        self.patches.append(patch)

    def detach(self) -> None:
        """Forget how the memories came about, and the keys made with earlier parameters."""
        self.values = [value.detach() for value in self.values]
        self._keys, self._stacked = [], None

    def stacked(self, parameters: Parameters) -> tuple[Tensor, Tensor]:
        """Values and keys, (rows, memories, units) each."""
        if len(self._keys) < len(self.values):
            for value in self.values[len(self._keys) :]:
                self._keys.append(self.attention.key(parameters, value))
            self._stacked = None
        if self._stacked is None:
            self._stacked = torch.stack(self.values, 1), torch.stack(self._keys, 1)
        return self._stacked


class Unrolled:
    """A backward learner; subclasses say where the graph is cut."""

    name = ""
    online = False
    stochastic = False

    def __init__(self, model: RowModel, options: LearnerOptions) -> None:
        self.model, self.options = model, options
        attention = model.attention
        self.attention = attention if attention is not None and attention.k_top > 0 else None

    def start(self, parameters: Parameters, rows: int) -> None:
        like = next(iter(parameters.values()))
        self._reset(like.new_zeros(rows, self.model.state_size))

    def _reset(self, state: Tensor) -> None:
        self.state = state
        self.steps, self.patches = 0, 0
        self.leaves: dict[str, Tensor] | None = None
        self.drive: Tensor | None = None
        self.total: Tensor | None = None
        self.losses: list[Tensor] = []
        self.weights: list[Tensor] = []
        self.gradients = 0
        self.memories = None if self.attention is None else Memories(self.attention, state, self.model.units)

    def step(self, parameters: Parameters, patch: Patch, k: int) -> Outcome:
        with torch.enable_grad():
            if self.leaves is None:
                self.leaves = {name: p.detach().requires_grad_() for name, p in parameters.items()}
                self.drive = None
            if self.drive is None or k == 0:
                self.drive = self.model.drive(
                    self.leaves, self.model.preactivation(self.leaves, patch.features)
                )
            state = going = self.model.step(self.leaves, self.drive, self.state)
            if self.memories is not None:
                state = self._attend(self.memories, state)
                if self.memories.attention.carried:
                    going = state
            loss = self.model.loss(self.leaves, state, patch, k)
            self.total = loss if self.total is None else self.total + loss
        if self.memories is not None and (self.steps + 1) % self.memories.attention.k_att == 0:
            self.memories.add(going[:, : self.model.units], self.window, self.patches)
        self.state = going
        self.steps += 1
        self.patches += k == self.model.steps - 1
        self.losses.append(loss.detach())
        return Outcome(loss.detach(), self._cut())

    def finish(self) -> tuple[Gradient | None, RowRecord]:
        gradient = self._backward() if self.total is not None else None
        recall = None
        if self.memories is not None:
            widest = len(self.memories.values)
            padded = [torch.nn.functional.pad(w, (0, widest - w.shape[-1])) for w in self.weights]
            recall = Recall(
                torch.stack(padded).float().cpu().numpy(), np.array(self.memories.patches, np.int64)
            )
        losses = torch.stack(self.losses).double().cpu().numpy()
        record = RowRecord(losses, {"gradients": float(self.gradients)}, recall)
        self._reset(torch.zeros_like(self.state))  # lets go of the graph
        return gradient, record

    @property
    def window(self) -> int:
        """Which window the current step belongs to."""
        return 0

    def _cut(self) -> Gradient | None:
        """Called after every step: cut the graph or don't, and give the gradient that is complete."""
        return None

    def _choose(self, memories: Memories, query: Tensor, own: Parameters) -> tuple[Tensor, Tensor]:
        """Values and keys of the memories, cut off where no gradient may flow."""
        return memories.stacked(own)

    def _attend(self, memories: Memories, state: Tensor) -> Tensor:
        """Equations (2) to (6) of `engine.cells.attention`."""
        assert self.leaves is not None
        own, units = group(self.leaves, ATTENTION), self.model.units
        provisional = state[:, :units]
        values, keys = self._choose(memories, provisional, own)
        weights = memories.attention.weights(own, provisional, keys)
        self.weights.append(weights.detach())
        recalled = (weights[..., None] * values).sum(1)
        return torch.cat([provisional + recalled, state[:, units:]], -1)

    def _backward(self) -> Gradient:
        """Gradient of the losses so far; the parameters are read anew after it."""
        assert self.leaves is not None
        assert self.total is not None
        gradients = torch.autograd.grad(self.total, list(self.leaves.values()), materialize_grads=True)
        result = dict(zip(self.leaves, gradients, strict=True))
        self.total, self.leaves, self.drive = None, None, None
        self.gradients += 1
        return result
