"""The course of a run, as it goes into the training record beside the model, and what an update costs."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from engine.models.training_record import TrainingRecord
from engine.types import TrainEvent


@dataclass
class RunCourse:
    """What was measured at each validation so far; lists, so that a checkpoint can hold them."""

    updates: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    loss: list[float] = field(default_factory=list)
    validation_db: list[list[float]] = field(default_factory=list)
    cosines: dict[str, list[list[float]]] = field(default_factory=dict)

    def add(self, event: TrainEvent, computed: float, cosines: dict[str, float]) -> None:
        """One validation. computed: CPU seconds of all updates so far."""
        self.updates.append(event.update)
        self.seconds.append(round(computed, 2))
        self.loss.append(round(event.loss, 5))
        self.validation_db.append([round(gain, 4) for gain in event.validation_db])
        for name, value in cosines.items():
            self.cosines.setdefault(name, []).append([event.update, round(value, 5)])

    def record(self, updates: int, computed: float, patches: int, peak_mb: float) -> TrainingRecord:
        """patches: seen by an update. peak_mb: what it needs."""
        return TrainingRecord(
            updates=tuple(self.updates),
            patches=tuple(update * patches for update in self.updates),
            seconds=tuple(self.seconds),
            loss=tuple(self.loss),
            validation_db=tuple(tuple(gains) for gains in self.validation_db),
            ms_per_update=round(1000 * computed / max(updates, 1), 3),
            peak_mb=round(peak_mb, 2),
            cosines={
                name: tuple((int(update), value) for update, value in pairs)
                for name, pairs in self.cosines.items()
            },
        )


def cost(task: Any) -> tuple[int, float]:
    """Patches an update of `task` sees and the MB (10^6 bytes) it needs, where the task tells."""
    return getattr(task, "patches", 0), getattr(task, "peak_mb", 0.0)


def peak_bytes(work: Callable[[], object]) -> int:
    """The most bytes that tensors made by `work()` held at a time, those that autograd keeps included."""
    meter = _Meter()
    with meter:
        work()
    return meter.most


class _Meter(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Sees every operation; counts the storages that come and go."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.most = self._held = 0
        self._live: dict[int, int] = {}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = {value.untyped_storage().data_ptr() for value in _tensors((args, kwargs))}
        result = func(*args, **(kwargs or {}))
        for value in _tensors(result):
            self._count(value.untyped_storage(), given)
        return result

    def _count(self, storage: torch.UntypedStorage, given: set[int]) -> None:
        """given: what the operation was given; a view of that is nothing new."""
        where = storage.data_ptr()
        if where and where not in self._live and where not in given:
            self._live[where] = storage.nbytes()
            self._held += self._live[where]
            self.most = max(self.most, self._held)
            weakref.finalize(storage, self._gone, where)

    def _gone(self, where: int) -> None:
        self._held -= self._live.pop(where)


def _tensors(values: Any) -> list[torch.Tensor]:
    return [value for value in tree_leaves(values) if isinstance(value, torch.Tensor)]
