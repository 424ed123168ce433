"""What a network answers along rows, without gradients."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.cells import Parameters
from engine.learners.stream import ATTENTION, RowModel, group
from engine.learners.unrolled import Memories


@torch.no_grad()
def answers(model: RowModel, parameters: Parameters, features: Tensor) -> Tensor:
    """(patches, rows, features) to (patches, rows, outputs): the read-out of the last step of each patch."""
    patches, rows = features.shape[:2]
    drives = model.drive(parameters, model.preactivation(parameters, features.flatten(0, 1)))
    state = drives.new_zeros(rows, model.state_size)
    attention = model.attention
    memories = Memories(attention, state, model.units) if attention and attention.k_top else None
    own, taken, states = group(parameters, ATTENTION), 0, []
    for drive in drives.view(patches, rows, -1):
        for _ in range(model.steps):
            state = shown = model.step(parameters, drive, state)
            taken += 1
            if memories is not None and attention is not None:
                visible = state[:, : model.units]
                values, keys = memories.stacked(own)
                weights = attention.weights(own, visible, keys)
                visible = visible + (weights[..., None] * values).sum(1)
                shown = torch.cat([visible, state[:, model.units :]], -1)
                state = shown if attention.carried else state
                if taken % attention.k_att == 0:
                    memories.add(state[:, : model.units], 0, 0)
        states.append(shown)
    return model.estimate(parameters, torch.cat(states)).view(patches, rows, -1)
