"""What the forward learners share: one step of the state with its derivatives, and traces of influence.

With s_t the state, J_t = ∂s_t/∂s_{t-1}, I_t = ∂s_t/∂θ (immediate) and M_t = ds_t/dθ the influence,

    M_t = J_t M_{t-1} + I_t                                                        (1)

Two structures make I_t small. A row of a recurrent parameter reaches its own unit only (see `Cell`), so
one number a part of the state holds it. And all weights of the embedding act through its pre-activations
a_t = W_e f_i + b_e, whose features are constant over the steps of patch i, so with D_t = ∂s_t/∂a_t

    ds_t/dW_e = Σ_i A_t^{(i)} ⊗ f_i,   A_t^{(i)} = J_t A_{t-1}^{(i)} + [t in patch i] D_t   (2)

exactly, at the price of one (state, units) matrix a patch instead of one a feature.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor

from engine.cells import Parameters
from engine.errors import UserError
from engine.learners.base import LearnerOptions, Record
from engine.learners.stream import EMBED, OUT, RECURRENT, Gradient, Patch, RowModel, group


class Transition:
    """One step s_{t-1} → s_t of all rows, and derivatives of it, at given parameters."""

    def __init__(self, model: RowModel, parameters: Parameters, features: Tensor, state: Tensor) -> None:
        self.model, self.cell, self.before = model, model.cell, state
        fixed = {name: value.detach() for name, value in parameters.items()}
        self.recurrent = group(fixed, RECURRENT)
        self.features = features
        self.a = model.preactivation(fixed, features)
        self.after, self._pull = _vjp(lambda a, s: self._step(self.recurrent, a, s), self.a, self.before)

    def _step(self, recurrent: Parameters, a: Tensor, state: Tensor) -> Tensor:
        return self.cell.step(recurrent, self.cell.drive(recurrent, torch.relu(a)), state)

    def jacobians(self) -> tuple[Tensor, Tensor]:
        """J (rows, state, state) and D = ∂s_t/∂a (rows, state, units)."""
        rows, size = self.before.shape
        unit = torch.eye(size, dtype=self.before.dtype, device=self.before.device)
        D, J = torch.func.vmap(self._pull)(unit[:, None].expand(size, rows, size))
        return J.transpose(0, 1), D.transpose(0, 1)

    def push(self, tangent: Tensor) -> Tensor:
        """J times `tangent`, (rows, state).

        As the pull-back of the pull-back, which is linear: PyTorch 2.13's forward mode warns of its own
        use of a deprecated compiler when first used.
        """
        _, again = _vjp(
            lambda v: _vjp(lambda s: self._step(self.recurrent, self.a, s), self.before)[1](v)[0],
            torch.zeros_like(self.after),
        )
        return cast("Tensor", again(tangent)[0])

    def pull(self, cotangent: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """`cotangent`ᵀ I_t summed over rows: by recurrent parameter, and for a (rows, units)."""
        _, pull = _vjp(lambda r, a: self._step(r, a, self.before), self.recurrent, self.a)
        recurrent, a = pull(cotangent)
        return recurrent, a

    def pull_rows(self, cotangent: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """`cotangent`ᵀ I_t of every row: by recurrent parameter (rows, …), and for a (rows, units)."""

        def one(a: Tensor, state: Tensor, wanted: Tensor) -> tuple[dict[str, Tensor], Tensor]:
            _, pull = _vjp(lambda r, a: self._step(r, a, state), self.recurrent, a)
            recurrent, back = pull(wanted)
            return recurrent, back

        recurrent, a = torch.func.vmap(one)(self.a, self.before, cotangent)
        return recurrent, a

    def own_units(self) -> dict[str, Tensor]:
        """Immediate influence on the own unit, (rows, parts, gates, units, columns) by parameter."""
        model, rows = self.model, len(self.before)
        parts = []
        for part in range(model.parts):
            ones = torch.zeros_like(self.before)
            ones[:, part * model.units : (part + 1) * model.units] = 1
            parts.append(self.pull_rows(ones)[0])
        return {
            name: torch.stack([p[name] for p in parts], 1).view(rows, model.parts, -1, model.units, columns)
            for name, columns in _columns(self.recurrent).items()
        }

    def local_blocks(self) -> Tensor:
        """∂s_t/∂s_{t-1} with the recurrent weights' paths cut: (rows, parts, parts, units), unit by unit."""
        recurrent = self.cell.recur(self.recurrent, self.before)
        drive = self.cell.drive(self.recurrent, torch.relu(self.a))
        _, pull = _vjp(lambda s: self.cell.update(self.recurrent, drive, recurrent, s), self.before)
        parts = []
        for part in range(self.model.parts):
            ones = torch.zeros_like(self.before)
            ones[:, part * self.model.units : (part + 1) * self.model.units] = 1
            parts.append(pull(ones)[0].view(-1, self.model.parts, self.model.units))
        return torch.stack(parts, 1)


def _vjp(function: Callable[..., Tensor], *inputs: Any) -> tuple[Tensor, Callable[[Tensor], Any]]:
    """Value of a function and its pull-back."""
    return cast("tuple[Tensor, Callable[[Tensor], Any]]", torch.func.vjp(function, *inputs))


def _columns(recurrent: Parameters) -> dict[str, int]:
    return {name: value[0].numel() for name, value in recurrent.items()}


class OwnTraces:
    """Influence of recurrent parameters on their own unit's state alone: parts numbers a weight."""

    def __init__(self, model: RowModel, recurrent: Parameters, rows: int) -> None:
        self.shapes = {name: value.shape for name, value in recurrent.items()}
        self.traces = {
            name: value.new_zeros(rows, model.parts, len(value) // model.units, model.units, value[0].numel())
            for name, value in recurrent.items()
        }

    def advance(self, blocks: Tensor, immediate: dict[str, Tensor]) -> None:
        """Equation (1) within units. blocks: (rows, parts, parts, units), ∂s_t/∂s_{t-1} of each unit."""
        for name, trace in self.traces.items():
            self.traces[name] = torch.einsum("bpqn,bqgnc->bpgnc", blocks, trace) + immediate[name]

    def credit(self, delta: Tensor) -> Gradient:
        """δᵀ M summed over rows. delta: (rows, parts, units)."""
        return {
            RECURRENT + name: torch.einsum("bpn,bpgnc->gnc", delta, trace).reshape(self.shapes[name])
            for name, trace in self.traces.items()
        }


class EmbeddingTraces:
    """Influence of the embedding on the state, by equation (2)."""

    def __init__(self, model: RowModel, rows: int, like: Tensor) -> None:
        self.A = like.new_zeros(rows, model.state_size, 0, model.units)
        self.features: list[Tensor] = []

    def open(self, features: Tensor) -> None:
        """Begin a patch."""
        self.features.append(features)
        self.A = torch.nn.functional.pad(self.A, (0, 0, 0, 1))

    def advance(self, J: Tensor, D: Tensor) -> None:
        """J: (rows, state, state). D: (rows, state, units)."""
        self.A = (J @ self.A.flatten(2)).view_as(self.A)
        self.A[:, :, -1] += D

    def advance_local(self, blocks: Tensor, D: Tensor) -> None:
        """As `advance`, with a J that acts within units: blocks (rows, parts, parts, units)."""
        parts, units = blocks.shape[-2:]
        split = self.A.view(len(self.A), parts, units, *self.A.shape[2:])
        self.A = torch.einsum("bpqn,bqnia->bpnia", blocks, split).reshape(self.A.shape)
        self.A[:, :, -1] += D

    def credit(self, delta: Tensor) -> Gradient:
        """δᵀ M summed over rows. delta: (rows, state)."""
        back = torch.einsum("bs,bsia->bia", delta, self.A)
        weight = torch.einsum("bia,bif->af", back, torch.stack(self.features, 1))
        return {EMBED + "weight": weight, EMBED + "bias": back.sum((0, 1))}


class Forward(ABC):
    """A forward learner's state and record; subclasses give `_reset` and `step`."""

    name = ""
    title = ""
    online = True
    stochastic = False

    def __init__(self, model: RowModel, options: LearnerOptions) -> None:
        if model.attention is not None:
            raise UserError(f"learner '{self.name}' can't train an attentive network")
        self.model, self.options = model, options

    def start(self, parameters: Parameters, rows: int) -> None:
        like = next(iter(parameters.values())).detach()
        self.state = like.new_zeros(rows, self.model.state_size)
        self.losses: list[Tensor] = []
        self._reset(group(parameters, RECURRENT), rows, like)

    @abstractmethod
    def _reset(self, recurrent: Parameters, rows: int, like: Tensor) -> None:
        """Influence 0 for so many rows; `like` has the dtype and device."""

    def _numbers(self) -> dict[str, float]:
        """What the record says of the row."""
        return {}

    def finish(self) -> tuple[Gradient | None, Record]:
        losses = torch.stack(self.losses).double().cpu().numpy()
        return None, Record(losses, self._numbers())

    def read_out(self, parameters: Parameters, patch: Patch, k: int) -> tuple[Tensor, Tensor, Gradient]:
        """At the current state: L_t, δ_t = ∂L_t/∂s_t (rows, state) and the output weights' gradient."""
        leaves = {name: value.detach().requires_grad_() for name, value in _out(parameters).items()}
        state = self.state.detach().requires_grad_()
        with torch.enable_grad():
            loss = self.model.loss(leaves, state, patch, k)
        delta, *out = torch.autograd.grad(loss, [state, *leaves.values()])
        self.losses.append(loss.detach())
        return loss.detach(), delta, dict(zip(leaves, out, strict=True))


def _out(parameters: Parameters) -> dict[str, Tensor]:
    return {name: value for name, value in parameters.items() if name.startswith(OUT)}
