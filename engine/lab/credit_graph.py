"""Where the credit of a row goes, step by step: read off the graph of its states.

With L_t the loss of step t, s_t the state after it and I_s = ∂s_s/∂θ with the state before held fixed,

    c_{t,s} = ∂L_t/∂s_s,   s ≤ t                                                   (1)
    g_ℓ = Σ_s I_sᵀ c_{s+ℓ,s}                                                       (2)

so that Σ_ℓ g_ℓ is BPTT's gradient of all weights but the read-out's: g_0 is what is immediate, the others
come through time. Of a learner that cuts the graph, c holds what its own graph lets through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import torch
from torch import Tensor

from engine.cells import Parameters
from engine.learners.base import LearnerOptions
from engine.learners.bptt import BPTT
from engine.learners.stream import OUT, Gradient, Patch, RowModel, group
from engine.learners.tbptt import TruncatedBPTT
from engine.learners.unrolled import Memories, Unrolled


@dataclass(frozen=True, eq=False)
class Graph:
    """A row's steps as nodes. states: (rows, state) each. losses: L_t, scalars. leaves: the parameters.
    memories: None where there is no attention; values, keys: of each step, (rows, memories, units), as they
    were recalled; weights: (rows, memories) of each step."""

    states: list[Tensor]
    losses: list[Tensor]
    leaves: dict[str, Tensor]
    memories: Memories | None
    values: list[Tensor]
    keys: list[Tensor]
    weights: list[Tensor]


class _Watching(Unrolled):
    """Mixed into a backward learner: its graph is kept, cut where the learner cuts it, and no gradient
    taken."""

    def __init__(self, model: RowModel, options: LearnerOptions) -> None:
        super().__init__(model, options)
        self.states: list[Tensor] = []
        self.graphs: list[Tensor] = []
        self.recalled: list[tuple[Tensor, Tensor]] = []

    def _cut(self) -> Gradient | None:
        assert self.total is not None
        self.states.append(self.state)
        self.graphs.append(self.total)
        self.total = None  # so that the next one is L_{t+1} alone
        return super()._cut()

    def _backward(self) -> Gradient:
        return {}

    def _choose(self, memories: Memories, query: Tensor, own: Parameters) -> tuple[Tensor, Tensor]:
        values, keys = super()._choose(memories, query, own)
        self.recalled.append((_node(values), _node(keys)))
        return self.recalled[-1]


def _node(values: Tensor) -> Tensor:
    """The same numbers as a node of one step alone."""
    return values.clone() if values.requires_grad else values.detach().requires_grad_()


def unrolled(
    kind: type[Unrolled],
    model: RowModel,
    options: LearnerOptions,
    parameters: Parameters,
    patches: Sequence[Patch],
) -> Graph:
    """The graph of a row as backward learner `kind` has it."""
    learner = cast("_Watching", cast("Any", type("Watching", (_Watching, kind), {}))(model, options))
    learner.start(parameters, len(patches[0].features))
    for patch in patches:
        for k in range(model.steps):
            learner.step(parameters, patch, k)
    assert learner.leaves is not None
    values, keys = ([pair[at] for pair in learner.recalled] for at in (0, 1))
    return Graph(
        learner.states, learner.graphs, learner.leaves, learner.memories, values, keys, learner.weights
    )


def credits(graph: Graph) -> Tensor:
    """c of equation (1), (T, T, rows, state), [t, s]; 0 above the diagonal."""
    steps = len(graph.states)
    result = graph.states[0].new_zeros(steps, steps, *graph.states[0].shape)
    for t, loss in enumerate(graph.losses):
        found = torch.autograd.grad(loss, graph.states[: t + 1], retain_graph=True, materialize_grads=True)
        result[t, : t + 1] = torch.stack(found)
    return result


def by_lag(
    model: RowModel, parameters: Parameters, patches: Sequence[Patch], credit: Tensor
) -> list[Gradient]:
    """g_ℓ of equation (2) for ℓ = 0 … T − 1, of all parameters but the read-out's. credit: as `credits` has
    it."""
    local = unrolled(TruncatedBPTT, model, replace(LearnerOptions(), window=1), parameters, patches)
    names = [name for name in local.leaves if not name.startswith(OUT)]
    leaves = [local.leaves[name] for name in names]
    result = []
    for lag in range(len(credit)):
        states = local.states[: len(credit) - lag]
        wanted = [credit[s + lag, s] for s in range(len(states))]
        found = torch.autograd.grad(states, leaves, wanted, retain_graph=True, materialize_grads=True)
        result.append(dict(zip(names, found, strict=True)))
    return result


def shares(parts: Sequence[Gradient], exact: Sequence[Gradient]) -> Tensor:
    """(T,) ⟨g_ℓ, g⟩ / ‖g‖², g the sum of `exact`: of `exact` themselves they add up to 1."""
    whole = {name: torch.stack([part[name] for part in exact]).sum(0) for name in exact[0]}
    size = sum(float(value.square().sum()) for value in whole.values())
    dots = [sum(float((part[name] * value).sum()) for name, value in whole.items()) for part in parts]
    return torch.tensor(dots, dtype=torch.float64) / (size or 1.0)


def to_memories(graph: Graph, model: RowModel) -> tuple[Tensor, Tensor, Tensor]:
    """How much each step recalled of each memory, and how much credit it sent into it.

    Weights and ‖∂(Σ L)/∂m‖ through that step alone, (T, memories), means and norms over rows; and the patch
    whose end each memory is, −1 for the start. All are empty where there is no attention.
    """
    if graph.memories is None:
        nothing = graph.losses[0].new_zeros(len(graph.losses), 0)
        return nothing, nothing, nothing[0].long()
    own = group(graph.leaves, "attention.")
    nodes = [*graph.values, *graph.keys]
    total = torch.stack(graph.losses).sum()
    found = torch.autograd.grad(total, nodes, retain_graph=True, materialize_grads=True)
    count, steps = len(graph.memories.values), len(graph.values)
    weights = torch.zeros(steps, count, dtype=total.dtype)
    sent = torch.zeros_like(weights)
    for t, (value, key) in enumerate(zip(found[:steps], found[steps:], strict=True)):
        credit = value + key @ own["A"].detach()
        there = credit.shape[1]
        sent[t, :there] = credit.square().sum((0, 2)).sqrt()
        weights[t, :there] = graph.weights[t].mean(0)
    return weights, sent, torch.tensor(graph.memories.patches)


def exact_graph(model: RowModel, parameters: Parameters, patches: Sequence[Patch]) -> Graph:
    """The graph that nothing cuts."""
    return unrolled(BPTT, model, LearnerOptions(), parameters, patches)
