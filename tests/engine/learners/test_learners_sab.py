"""Sparse attentive backtracking: the attention, and which ways credit takes through it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from engine.cells.attention import Attention, sparse
from engine.learners.base import RowRecord, walk
from engine.learners.sab import SAB
from engine.learners.stream import Gradient
from engine.registry import CELLS
from tests.support.learner_streams import Stream, distance, gradient, learner, make_stream, run, same

ATTENTION = Attention(k_top=2, k_att=2)


def long_stream(cell: str, attention: Attention = ATTENTION, patches: int = 7) -> Stream:
    """Rows long enough that some memories are never chosen."""
    return make_stream(cell, attention=attention, rows=6, patches=patches)


# ---- sparse attention ------------------------------------------------------------------------------------


def test_sparse_weights_follow_the_rule() -> None:
    scores = torch.randn(20, 7, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    weights = sparse(scores, 3)
    for row in range(20):
        p = torch.exp(scores[row]) / torch.exp(scores[row]).sum()
        best = sorted(p.tolist(), reverse=True)
        kept = [max(0.0, value - best[3]) for value in p.tolist()]
        assert weights[row].tolist() == pytest.approx([value / sum(kept) for value in kept])
    assert ((weights > 0).sum(1) == 3).all()


@pytest.mark.parametrize("memories", [1, 2, 3])
def test_few_memories_are_all_chosen(memories: int) -> None:
    scores = torch.randn(5, memories, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(sparse(scores, 3), torch.softmax(scores, 1))


def test_ties_at_the_threshold_choose_fewer() -> None:
    assert sparse(torch.tensor([[2.0, 1.0, 1.0]]), 2).tolist() == [[1.0, 0.0, 0.0]]
    scores = torch.zeros(1, 5, requires_grad=True)
    weights = sparse(scores, 2)
    assert weights.tolist() == [[0.0] * 5]
    weights.sum().backward()  # type: ignore[no-untyped-call]
    assert scores.grad is not None
    assert torch.isfinite(scores.grad).all()


def test_memories_that_are_not_there_get_nothing() -> None:
    """As for rows of different lengths in one batch: equal to leaving them out."""
    generator = torch.Generator().manual_seed(0)
    parameters = ATTENTION.initial(4, generator)
    query, keys = torch.randn(3, 4, generator=generator), torch.randn(3, 6, 4, generator=generator)
    there = torch.ones(3, 6, dtype=torch.bool)
    there[0, 2:], there[1, 4:] = False, False
    weights = ATTENTION.weights(parameters, query, keys, there)
    for row, count in enumerate((2, 4, 6)):
        alone = ATTENTION.weights(parameters, query[row : row + 1], keys[row : row + 1, :count])
        assert torch.allclose(weights[row, :count], alone[0])
        assert weights[row, count:].abs().sum() == 0


# ---- the learner -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", list(CELLS))
def test_attention_off_and_a_full_window_is_bptt(cell: str) -> None:
    """Exactly, to the last bit: on the attentive model switched off and on the plain one."""
    stream = make_stream(cell, attention=Attention(k_top=0))
    found = gradient("sab", stream, window=stream.steps)
    assert same(found, gradient("bptt", stream))
    plain = replace(stream, model=replace(stream.model, attention=None))
    assert same(found, gradient("bptt", plain))
    assert (distance(gradient("sab", stream, window=2), found) > 1e-3) == (cell != "mlp")


@pytest.mark.parametrize("cell", list(CELLS))
def test_a_full_window_is_bptt_of_the_attentive_network(cell: str) -> None:
    stream = long_stream(cell)
    exact = gradient("bptt", stream)
    assert same(gradient("sab", stream, window=stream.steps), exact)
    assert distance(gradient("sab", stream, window=2), exact) > 1e-2


@pytest.mark.parametrize("cell", ["elman", "lstm", "gru", "delta"])
def test_attention_off_is_truncation(cell: str) -> None:
    stream = make_stream(cell, attention=Attention(k_top=0))
    found, expected = gradient("sab", stream, window=3), gradient("tbptt", stream, window=3)
    assert distance(found, expected) < 1e-13


@pytest.mark.parametrize("k_top", [1, 2, 3])
@pytest.mark.parametrize("cell", list(CELLS))
def test_at_most_k_top_memories_are_chosen(cell: str, k_top: int) -> None:
    stream = long_stream(cell, Attention(k_top=k_top, k_att=2))
    recall = run("sab", stream, window=2)[1].recall
    assert recall is not None
    assert recall.weights.shape == (14, 6, 8)  # steps, rows, memories
    assert recall.patches.tolist() == [-1, 0, 1, 2, 3, 4, 5, 6]
    chosen = (recall.weights > 0).sum(-1)
    assert chosen.max() == k_top
    assert recall.weights.sum(-1) == pytest.approx(1.0)
    assert (recall.weights >= 0).all()
    for t in range(14):  # nothing is recalled before it was made
        assert (recall.weights[t, :, t // 2 + 1 :] == 0).all()


@pytest.mark.parametrize("k_att", [1, 2, 3])
def test_memories_are_made_every_k_att_steps(k_att: int) -> None:
    stream = make_stream("gru", attention=Attention(k_top=2, k_att=k_att), patches=6)
    recall = run("sab", stream, window=4)[1].recall
    assert recall is not None
    assert recall.patches.tolist() == [-1, *((t - 1) // 2 for t in range(k_att, 13, k_att))]


def memory_gradients(one: SAB, stream: Stream) -> tuple[list[Tensor], RowRecord]:
    """∂(Σ losses)/∂(memory), (rows, units) by memory, through later attention alone; and the record.

    A memory is a view of its state made for remembering, so the state's own future isn't counted.
    """
    one.start(stream.parameters, len(stream.patches[0].features))
    for patch in stream.patches:
        for k in range(stream.model.steps):
            one.step(stream.parameters, patch, k)
    assert one.memories is not None
    assert one.total is not None
    values = one.memories.values[1:]
    found = torch.autograd.grad(
        one.total, values, retain_graph=True, allow_unused=True, materialize_grads=True
    )
    return list(found), one.finish()[1]


@pytest.mark.parametrize("cell", list(CELLS))
def test_an_unchosen_memory_outside_the_window_gets_no_gradient(cell: str) -> None:
    """Windows of one patch: every memory lies outside the windows in which it could be chosen."""
    stream = long_stream(cell, patches=12)
    found, record = memory_gradients(learner("sab", stream, window=2), stream)  # type: ignore[arg-type]
    exact, _ = memory_gradients(learner("sab", stream, window=100), stream)  # type: ignore[arg-type]
    assert record.recall is not None
    ever = (record.recall.weights > 0).any(0)[:, 1:]  # rows, memories
    kinds = {True: 0, False: 0}
    threshold = 0.0
    for memory, (own, full) in enumerate(zip(found[:-1], exact[:-1], strict=True)):  # the last has no future
        for row in range(6):
            chosen = bool(ever[row, memory])
            kinds[chosen] += 1
            if chosen:
                assert own[row].abs().max() > 0
            else:
                assert own[row].abs().max() == 0
                threshold = max(threshold, float(full[row].abs().max()))
    assert min(kinds.values()) >= 5
    assert threshold > 0  # with nothing cut, one that only sets the threshold does get some


def written_out(stream: Stream, window: int, reminding: bool = True) -> Gradient:
    """SAB by its definition, row by row and memory by memory; truncated BPTT if not `reminding`."""
    model, attention = stream.model, stream.model.attention
    assert attention is not None
    leaves = {name: value.clone().requires_grad_() for name, value in stream.parameters.items()}
    A, B, d, v = (leaves[f"attention.{name}"] for name in "ABdv")
    units, total = model.units, torch.zeros((), dtype=torch.float64)
    for row in range(len(stream.patches[0].features)):
        alone = stream.row(row)
        state = torch.zeros(1, model.state_size, dtype=torch.float64)
        memories, t = [(state[0, :units], 0)], 0
        for patch in alone.patches:
            for k in range(model.steps):
                if t % window == 0:
                    state = state.detach()
                drive = model.drive(leaves, model.preactivation(leaves, patch.features))
                state = model.step(leaves, drive, state)
                hidden = state[0, :units]
                scores = [float((v @ torch.tanh(A @ m + B @ hidden + d)).detach()) for m, _ in memories]
                best = sorted(range(len(scores)), key=lambda i: -scores[i])
                chosen, rest = best[: attention.k_top], best[attention.k_top :]
                seen = [
                    m if (reminding and i in chosen) or made == t // window else m.detach()
                    for i, (m, made) in enumerate(memories)
                ]
                p = torch.softmax(torch.stack([v @ torch.tanh(A @ m + B @ hidden + d) for m in seen]), 0)
                kept = torch.stack([p[i] - (p[rest[0]] if rest else 0) for i in chosen])
                recalled = sum(w * seen[i] for w, i in zip(kept / kept.sum(), chosen, strict=True))
                state = torch.cat([hidden + recalled, state[0, units:]])[None]
                total = total + model.loss(leaves, state, patch, k)
                t += 1
                if t % attention.k_att == 0:
                    memories.append((state[0, :units], (t - 1) // window))
    found = torch.autograd.grad(total, list(leaves.values()), materialize_grads=True)
    return dict(zip(leaves, found, strict=True))


@pytest.mark.parametrize("window", [1, 2, 3, 5])
@pytest.mark.parametrize("cell", ["elman", "lstm"])
def test_sab_equals_its_definition_written_out(cell: str, window: int) -> None:
    stream = make_stream(cell, attention=Attention(k_top=2, k_att=1), patches=4, seed=2)
    assert distance(gradient("sab", stream, window=window), written_out(stream, window)) < 1e-12


@pytest.mark.parametrize("window", [2, 3, 5])
@pytest.mark.parametrize("cell", ["elman", "lstm"])
def test_truncated_bptt_credits_memories_of_its_window_only(cell: str, window: int) -> None:
    stream = make_stream(cell, attention=Attention(k_top=2, k_att=1), patches=4, seed=2)
    expected = written_out(stream, window, reminding=False)
    assert distance(gradient("tbptt", stream, window=window), expected) < 1e-12
    assert distance(gradient("sab", stream, window=window), expected) > 1e-3


@pytest.mark.parametrize("cell", ["elman", "lstm"])
def test_credit_reaches_further_than_by_truncation(cell: str) -> None:
    """Only the last patch has a loss: truncation can't credit the first, attention can."""
    stream = long_stream(cell)
    silent = [replace(patch, weights=torch.zeros_like(patch.weights)) for patch in stream.patches[:-1]]
    last = replace(stream, patches=[*silent, stream.patches[-1]])
    features = stream.patches[0].features
    reached = {}
    for name in ("sab", "tbptt"):
        one = learner(name, last, window=2)
        one.start(last.parameters, 6)
        probe = features.clone().requires_grad_()
        patches = [replace(last.patches[0], features=probe), *last.patches[1:]]
        for patch in patches[:-1]:
            for k in range(2):
                one.step(last.parameters, patch, k)
        one.step(last.parameters, patches[-1], 0)
        total = one.total  # type: ignore[attr-defined]
        (found,) = torch.autograd.grad(total, probe, allow_unused=True, materialize_grads=True)
        reached[name] = float(found.abs().max())
    assert reached["tbptt"] == 0
    assert reached["sab"] > 1e-6


def test_the_record_is_plain_arrays() -> None:
    stream = long_stream("lstm")
    one = learner("sab", stream, window=2)
    _, record = walk(one, stream.parameters, stream.patches)
    assert record.recall is not None
    assert record.recall.weights.dtype == "float32"
    assert record.recall.patches.dtype == "int64"
    assert run("bptt", make_stream("lstm"))[1].recall is None
