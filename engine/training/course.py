"""The course of a run, as it goes into the training record beside the model, and what an update costs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from torch.profiler import ProfilerActivity, profile

from engine.training_record import TrainingRecord
from engine.types import TrainEvent


@dataclass
class Course:
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


def peak_bytes(work: Any) -> int:
    """The most memory that PyTorch held at a time for `work()`, over what it held before."""
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as watched:
        work()
    events = watched.profiler.kineto_results.events()
    moves = sorted((event.start_ns(), event.nbytes()) for event in events if event.name() == "[memory]")
    held = most = 0
    for _, change in moves:
        held += change
        most = max(most, held)
    return most
