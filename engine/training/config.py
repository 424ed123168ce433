"""Typed training configurations, read from TOML. Every shipped model has one in `configs/`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from engine.errors import UserError, system_reason
from engine.records import build


@dataclass(frozen=True)
class DataConfig:
    """crop: side of a training crop in pixels (sweep). batch: crops, or patches (raster), an update.
    quality_low/high: JPEG qualities, drawn log-uniformly. full_chroma: share of 4:4:4 streams.
    min_deviation: crops with a smaller standard deviation (8-bit levels) are skipped."""

    crop: int = 64
    batch: int = 8
    quality_low: int = 5
    quality_high: int = 60
    full_chroma: float = 0.15
    min_deviation: float = 6.0


@dataclass(frozen=True)
class OptimiserConfig:
    """updates: length of the run; decay_from: share of it after which the step size falls linearly to
    zero. muon_rate: step size of weight matrices (0: AdamW for all); adam_rate: of everything else.
    ema: decay of the averaged weights that are validated and shipped. bf16: compute in bfloat16."""

    updates: int = 10_000
    muon_rate: float = 0.01
    adam_rate: float = 1e-3
    weight_decay: float = 0.01
    warmup: int = 200
    decay_from: float = 0.4
    clip: float = 0.5
    ema: float = 0.998
    bf16: bool = True


@dataclass(frozen=True)
class TrainConfig:
    """One training run. kind picks the task; network holds the sizes of that kind's network."""

    kind: str
    name: str
    title: str
    summary: str = ""
    seed: int = 1
    network: dict[str, Any] = field(default_factory=dict)
    data: DataConfig = field(default_factory=DataConfig)
    optimiser: OptimiserConfig = field(default_factory=OptimiserConfig)
    checkpoint_seconds: float = 120.0
    validate_seconds: float = 120.0


def shipped_configs() -> dict[str, Path]:
    """Names and paths of the configurations that come with the program."""
    with as_file(files("engine.training").joinpath("configs")) as folder:
        return {path.stem: path for path in sorted(Path(folder).glob("*.toml"))}


def load_config(name: str | Path) -> TrainConfig:
    """Read a shipped configuration by name or any by path. Raises UserError naming file and field."""
    path = shipped_configs().get(str(name), Path(name))
    try:
        record = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        known = ", ".join(shipped_configs())
        raise UserError(f"{path}: {system_reason(error)} (shipped configurations: {known})") from None
    except ValueError as error:
        raise UserError(f"{path.name}: not valid TOML ({error})") from None
    config = build(TrainConfig, record, path.name)
    _check(config, path.name)
    return config


def _check(config: TrainConfig, where: str) -> None:
    data, optimiser = config.data, config.optimiser
    wrong = [
        message
        for bad, message in (
            (not _suits_a_file(config.name), "name must suit a file"),
            (not 1 <= data.quality_low <= data.quality_high <= 100, "qualities must lie in 1 to 100"),
            (data.batch < 1, "data.batch must be at least 1"),
            (data.crop < 16 or data.crop % 16, "data.crop must be a multiple of 16"),
            (optimiser.updates < 1, "optimiser.updates must be at least 1"),
            (not 0 <= optimiser.decay_from < 1, "optimiser.decay_from must lie in 0 to 1"),
            (not 0 <= optimiser.ema < 1, "optimiser.ema must lie in 0 to 1"),
        )
        if bad
    ]
    if wrong:
        raise UserError(f"{where}: {wrong[0]}")


def _suits_a_file(name: str) -> bool:
    return bool(name) and name.isprintable() and Path(name).name == name
