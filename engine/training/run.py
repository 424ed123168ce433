"""One resumable training loop for every kind of decoder."""

from __future__ import annotations

import copy
import json
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import nn

from engine.errors import UserError, system_reason
from engine.io.atomic import write_atomically
from engine.models.card import RECORD_SUFFIX, ModelCard
from engine.models.checkpoint import load_state, save_model, save_state
from engine.registry import CODECS, LEARNER_TITLES, Registry
from engine.training.config import TrainConfig, load_config
from engine.training.course import RunCourse, cost
from engine.training.data import load_folder
from engine.training.optim import average, optimisers, schedule
from engine.training.processes import Team, stop_signal, team
from engine.training.share import Share
from engine.types import Context, Pixels, TrainEvent

STATE = "checkpoint.pt"
RECORD = "record.jsonl"
VALIDATION_PICTURES = 24
REPORT_SECONDS = 10.0
"""Time between two reports of progress; validation and checkpoints have intervals of their own."""


class TrainingTask(Protocol):
    """What the loop needs of a kind of decoder."""

    network: Any
    share: Share

    def start(self, averaged: Any, update: int) -> None: ...

    def backward(self, update: int) -> float:
        """Leave the gradient of this process's share of batch `update` in the parameters' `.grad`; its loss.
        Where that is the gradient of a tensor, the task gives it by a method `loss`, too."""
        ...

    def validate(self, network: Any) -> tuple[float, ...]: ...


@dataclass
class _State:
    """Where a run stands. seconds: of the whole run; computed: CPU seconds of the updates alone."""

    update: int = 0
    seconds: float = 0.0
    computed: float = 0.0
    course: RunCourse = field(default_factory=RunCourse)


TASKS: Registry[Callable[[TrainConfig, Sequence[Pixels], Sequence[Pixels]], TrainingTask]] = Registry(
    "kind",
    {
        "sweep": "engine.training.sweep_task:SweepTask",
        "raster": "engine.training.raster_task:RasterTask",
        "rows": "engine.training.rows_task:RowsTask",
        "sibling": "engine.training.sibling_task:SiblingTask",
        "e2e": "engine.training.e2e_task:E2ETask",
        "goog": "engine.training.goog_task:GoogTask",
    },
)
"""By the configuration's `kind`: made of it, pictures to train on and pictures to validate on."""
DECODER_KINDS = {"rows": "raster"}
"""Kinds of decoder that tasks train, where the names differ."""
WHOLE_PICTURE_KINDS = ("sweep", "e2e", "goog")
"""Kinds that don't visit patch after patch: no context to choose, and no state to carry."""


def train(
    config: str | Path | TrainConfig,
    data: Sequence[Path],
    run: Path,
    *,
    resume: bool = False,
    validation: Sequence[Path] = (),
    device: str = "cpu",
    report: Callable[[TrainEvent], None] = lambda _: None,
) -> bool:
    """Train `config` on the pictures below `data`, keeping everything in `run`; true once complete.

    Ctrl+C (SIGINT) or SIGTERM ends it after the current update, with a checkpoint; false then. `resume`
    goes on from the last checkpoint: batches depend on seed and update alone, so nothing is repeated or
    left out but the updates since. Without `validation` folders every tenth picture is held out. device:
    "cpu" or "cuda". Under torchrun each process trains on its share of the batch (see `processes`); `report`
    is then called in the first one, and a run that torchrun starts anew goes on by itself.
    Raises UserError for bad configurations, folders and checkpoints.
    """
    settings = config if isinstance(config, TrainConfig) else load_config(config)
    with team(settings, device) as workers:
        return _train(settings, data, run, resume, validation, workers, report)


def _train(
    settings: TrainConfig,
    data: Sequence[Path],
    run: Path,
    resume: bool,
    validation: Sequence[Path],
    workers: Team,
    report: Callable[[TrainEvent], None],
) -> bool:
    make_task = TASKS.get(settings.kind)
    if workers.first:
        resume = _prepared(run, resume or (workers.restarted and (run / STATE).exists()))
    resume = workers.from_first(resume)
    pictures = load_folder(data, max(settings.data.crop, 64))
    if validation:
        held_out = load_folder(validation, 16)[:VALIDATION_PICTURES]
    else:
        held_out = pictures[::10][:VALIDATION_PICTURES]
        pictures = [pixels for i, pixels in enumerate(pictures) if i % 10] or pictures
    torch.manual_seed(settings.seed)
    task = make_task(settings, pictures, held_out)
    task.network.to(workers.device)
    source = {"folders": [path.name for path in data], "pictures": len(pictures)}
    return _Loop(settings, task, run, source, workers, report).go(resume)


def _prepared(run: Path, resume: bool) -> bool:
    """Make the run's folder; `resume`. Raises UserError where there is nothing to resume, or something."""
    state_path = run / STATE
    if resume and not state_path.exists():
        raise UserError(f"{run}: nothing to resume, no {STATE} in it")
    if not resume and state_path.exists():
        raise UserError(f"{run}: holds a run already; resume it or name another folder")
    try:
        run.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{run}: can't be a run's folder ({system_reason(error)})") from None
    return resume


class _Loop:
    """The loop proper: updates, averaging, events, checkpoints."""

    def __init__(
        self,
        config: TrainConfig,
        task: TrainingTask,
        run: Path,
        source: dict[str, Any],
        workers: Team,
        report: Callable[[TrainEvent], None],
    ) -> None:
        self.config, self.task, self.run, self.source, self.report = config, task, run, source, report
        self.team = workers
        self.averaged: nn.Module = copy.deepcopy(task.network)
        self.optimisers = optimisers(task.network, config.optimiser)
        self.state = _State()
        self.losses: list[float] = []

    def go(self, resume: bool) -> bool:
        if resume:
            self._restore(self.run / STATE)
        self.team.meet(self.task)
        state, config = self.state, self.config
        self.task.start(self.averaged, state.update)
        began = time.perf_counter() - state.seconds
        saved = measured = told = time.perf_counter()
        with stop_signal() as stopped:
            alone, stop = self.team.share.of == 1, False  # several stop after the same update
            while state.update < config.optimiser.updates and not (stopped() if alone else stop):
                stop = self._update(stopped)
                now = time.perf_counter()
                state.seconds = now - began
                if not self.team.first:
                    self.losses.clear()
                    continue
                if now - saved > config.checkpoint_seconds:
                    self._save()
                    saved = now
                if self._due(now - measured):
                    self._record(now - measured)
                    measured = told = time.perf_counter()
                elif now - told > REPORT_SECONDS:
                    self.report(self._event(now - measured, ()))
                    told = now
            if self.team.first:
                self._save()
        return state.update >= config.optimiser.updates

    def _due(self, since: float) -> bool:
        """Whether to validate, so many seconds after the last time."""
        config, update = self.config, self.state.update
        if update == config.optimiser.updates:
            return True
        if config.validate_updates:
            return update % config.validate_updates == 0
        return since > config.validate_seconds

    def _update(self, stopped: Callable[[], bool]) -> bool:
        """Whether processes agreed to stop after it."""
        config = self.config.optimiser
        factor = schedule(self.state.update, config)
        for optimiser in self.optimisers:
            optimiser.zero_grad(set_to_none=True)
            for group in optimiser.param_groups:
                group["lr"] = group["peak"] * factor
        began = time.process_time()
        loss, stop = self.team.backward(self.task, self.state.update, stopped())
        nn.utils.clip_grad_norm_(self.task.network.parameters(), config.clip)
        for optimiser in self.optimisers:
            optimiser.step()
        average(self.averaged, self.task.network, self.state.update, config.ema)
        self.losses.append(loss)
        self.state.update += 1
        self.state.computed += time.process_time() - began
        return stop

    def _event(self, since: float, gains: tuple[float, ...]) -> TrainEvent:
        """How the run stands, from the losses of the last `since` seconds."""
        state, total = self.state, self.config.optimiser.updates
        rate = len(self.losses) / max(since, 1e-9)
        return TrainEvent(
            update=state.update,
            updates=total,
            loss=float(np.mean(self.losses)),
            seconds=state.seconds,
            updates_per_second=rate,
            seconds_left=(total - state.update) / max(rate, 1e-9),
            validation_db=gains,
        )

    def _record(self, since: float) -> None:
        """Measure the averaged network, and keep and report the event."""
        event = self._event(since, self.task.validate(self.averaged))
        cosines = getattr(self.task, "cosines", None)
        self.state.course.add(event, self.state.computed, cosines(event.update) if cosines else {})
        self.losses.clear()
        with (self.run / RECORD).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(event)) + "\n")
        self.report(event)

    def _save(self) -> None:
        save_state(
            {
                "config": asdict(self.config),
                "update": self.state.update,
                "seconds": self.state.seconds,
                "computed": self.state.computed,
                "course": asdict(self.state.course),
                "network": self.task.network.state_dict(),
                "averaged": self.averaged.state_dict(),
                "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
            },
            self.run / STATE,
        )
        tables = getattr(self.task, "tables", None)
        save_model(
            self._card(), self.averaged, self.run, tables(self.averaged, self.state.update) if tables else {}
        )
        record = self.state.course.record(self.state.update, self.state.computed, *cost(self.task))
        text = record.to_json().encode()
        write_atomically(self.run / f"{self.config.name}{RECORD_SUFFIX}", lambda file: file.write(text))

    def _restore(self, path: Path) -> None:
        saved = self.team.from_first(load_state(path) if self.team.first else None)
        now = asdict(self.config)
        if not {"config", "update", "seconds", "network", "averaged", "optimisers"} <= saved.keys():
            raise UserError(f"{path}: is no checkpoint of a training run")
        if saved["config"]["network"] != self.config.network or saved["config"]["kind"] != self.config.kind:
            raise UserError(f"{path}: made with another network than configuration '{self.config.name}'")
        for key in ("learner", "seed", "start_from"):  # the card and the record tell of one only
            if saved["config"].get(key, now[key]) != now[key]:
                raise UserError(f"{path}: made with another {key} than configuration '{self.config.name}'")
        course = RunCourse(**saved.get("course", {}))
        self.state = _State(saved["update"], saved["seconds"], saved.get("computed", 0.0), course)
        self.task.network.load_state_dict(saved["network"])
        self.averaged.load_state_dict(saved["averaged"])
        for optimiser, state in zip(self.optimisers, saved["optimisers"], strict=True):
            peaks = [group["peak"] for group in optimiser.param_groups]
            optimiser.load_state_dict(state)
            for group, peak in zip(optimiser.param_groups, peaks, strict=True):
                group["peak"] = peak

    def _card(self) -> ModelCard:
        config, sizes = self.config, self.task.network.sizes
        raster = config.kind not in WHOLE_PICTURE_KINDS
        contexts = tuple(Context) if raster and config.data.contexts == "all" else (Context.BOTH,)
        contexts = getattr(self.task, "contexts", contexts)
        return ModelCard(
            name=config.name,
            kind=DECODER_KINDS.get(config.kind, config.kind),
            title=config.title,
            summary=config.summary,
            cell=getattr(sizes, "cell", "residual convolution"),
            learner=LEARNER_TITLES[config.learner.name],
            steps=sizes.steps,
            contexts=contexts,
            carry=raster and not getattr(sizes, "span", 0),
            weights=sum(parameter.numel() for parameter in self.task.network.parameters()),
            network=asdict(sizes),
            study=config.study,
            codecs=(config.kind,) if config.kind in CODECS else config.data.codecs,
            training={
                "data": self.source,
                "configuration": asdict(config),
                "updates": self.state.update,
                "seconds": round(self.state.seconds),
                "cpu_seconds": round(self.state.computed),
                "seed": config.seed,
                "machine": f"{platform.machine()}, {torch.get_num_threads()} CPU thread(s), "
                f"PyTorch {torch.__version__}" + self._shared_out(),
                **self._finest_scales(),
            },
        )

    def _shared_out(self) -> str:
        """Where else than on one process of this machine."""
        card = f", {torch.cuda.get_device_name()}" if self.team.device.type == "cuda" else ""
        return card + (f", {self.team.share.of} processes" if self.team.share.of > 1 else "")

    def _finest_scales(self) -> dict[str, Any]:
        known: dict[str, float] = getattr(self.task, "finest_scales", dict)()
        return {"finest_scales": known} if known else {}
