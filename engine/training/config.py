"""Typed training configurations, read from TOML. Every shipped model has one in `configs/`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from engine.errors import UserError
from engine.records import build, read_toml
from engine.registry import CELL_TITLES, CODECS, LEARNER_TITLES, LEARNERS

MOST_SEED = 2**31 - 1
WARM_KINDS = ("sweep", "raster", "rows")
"""Kinds that can begin with a trained model's weights."""
CODEC_KINDS = ("sweep", "raster")
"""Kinds that can be trained on streams of any codec."""


@dataclass(frozen=True)
class DataConfig:
    """crop: side of a training crop in pixels (sweep). batch: crops, or patches (raster), an update.
    batch of kind "rows": spans of a row. quality_low/high: JPEG qualities, drawn log-uniformly.
    full_chroma: share of 4:4:4 streams. min_deviation: crops with a smaller standard deviation (8-bit
    levels) are skipped. contexts: "all", for a network that serves all four, or "both". codecs: whose
    streams to train on; for others than JPEG qualities are drawn evenly, and window and replace_every say
    how many encoded pictures are kept, and after how many updates one is replaced (see `streams`).
    qualities: lowest and highest by codec, for those to which quality_low/high doesn't apply.
    wide: draw from everything that people have (see `wide`); then made, twice, other_tables and grey are the
    shares of made pictures, of streams compressed twice, of tables unlike libjpeg's and of grey streams;
    shares: of middling, fine and coarse streams, see `draw_scale`; middling: step scales of the first."""

    crop: int = 64
    batch: int = 8
    contexts: str = "all"
    quality_low: int = 5
    quality_high: int = 60
    full_chroma: float = 0.15
    min_deviation: float = 6.0
    codecs: tuple[str, ...] = ("jpeg",)
    window: int = 64
    replace_every: int = 4
    qualities: dict[str, tuple[int, int]] = field(default_factory=dict)
    wide: bool = False
    made: float = 0.25
    twice: float = 0.2
    other_tables: float = 0.12
    grey: float = 0.06
    shares: tuple[float, float, float] = (0.45, 0.40, 0.15)
    middling: tuple[float, float] = (1.1, 7.0)

    def __post_init__(self) -> None:
        for codec, ends in self.qualities.items():
            pair = (
                isinstance(ends, (list, tuple)) and len(ends) == 2 and all(type(end) is int for end in ends)
            )
            if not pair or not ends[0] <= ends[1]:
                raise ValueError(f"qualities of '{codec}' must be the lowest and the highest, not {ends}")
        object.__setattr__(self, "qualities", {codec: (*ends,) for codec, ends in self.qualities.items()})
        if min(self.shares) < 0 or abs(sum(self.shares) - 1) > 1e-6:
            raise ValueError(f"shares must not be negative and must sum to one, not {self.shares}")
        if not 0 < self.middling[0] < self.middling[1]:
            raise ValueError(f"middling must be two step scales, rising, not {self.middling}")

    def range_of(self, codec: str) -> tuple[int, int]:
        """Lowest and highest quality to train on."""
        return self.qualities.get(codec, (self.quality_low, self.quality_high))


FLOOR = 3e-4
"""Added to the standard decode's mean squared error (RGB, 0 to 1), or flat crops would dominate and nothing
be learned."""


@dataclass(frozen=True)
class OptimiserConfig:
    """updates: length of the run; decay_from: share of it after which the step size falls linearly to
    zero. muon_rate: step size of weight matrices (0: AdamW for all); adam_rate: of everything else.
    ema: decay of the averaged weights that are validated and shipped. bf16: compute in bfloat16. harm:
    weight in the loss of what makes a crop worse than it came (kind sweep). longer: share of updates, once
    the step size falls, with up to as many sweeps more as the network has (kind sweep). step_power: see
    `step_weights`; 0: it rises as the step size falls."""

    updates: int = 10_000
    muon_rate: float = 0.01
    adam_rate: float = 1e-3
    weight_decay: float = 0.01
    warmup: int = 200
    decay_from: float = 0.4
    clip: float = 0.5
    ema: float = 0.998
    bf16: bool = True
    harm: float = 0.0
    longer: float = 0.0
    step_power: float = 0.0
    floor: float = FLOOR


@dataclass(frozen=True)
class LearnerConfig:
    """How kind "rows" gets its gradients. name: in the registry of learners. window: see
    `LearnerOptions`. group: patches of a span between two updates of the weights; 0: all of the span."""

    name: str = "bptt"
    window: int = 8
    group: int = 0


@dataclass(frozen=True)
class CouplingConfig:
    """Weights in the loss of kind "sibling", see `engine.training.sibling_task`. alone: α, of the siblings'
    own errors; pull: β, of the distance between their answers."""

    alone: float = 0.2
    pull: float = 0.02


@dataclass(frozen=True)
class TrainConfig:
    """One training run. kind picks the task; network holds the sizes of that kind's network. study: the
    comparison that it belongs to, see `ModelCard`. start_from: model whose weights a run of kind "sweep",
    "raster" or "rows" begins with (see `warm_start`)."""

    kind: str
    name: str
    title: str
    summary: str = ""
    start_from: str = ""
    study: str = ""
    seed: int = 1
    network: dict[str, Any] = field(default_factory=dict)
    data: DataConfig = field(default_factory=DataConfig)
    optimiser: OptimiserConfig = field(default_factory=OptimiserConfig)
    learner: LearnerConfig = field(default_factory=LearnerConfig)
    coupling: CouplingConfig = field(default_factory=CouplingConfig)
    checkpoint_seconds: float = 120.0
    validate_seconds: float = 120.0
    validate_updates: int = 0


def shipped_configs() -> dict[str, Path]:
    """Names and paths of the configurations that come with the program."""
    with as_file(files("engine.training").joinpath("configs")) as folder:
        return {path.stem: path for path in sorted(Path(folder).glob("*.toml"))}


def load_config(name: str | Path, **changes: Any) -> TrainConfig:
    """Read a shipped configuration by name or any by path. Raises UserError naming file and field.

    changes: learner, cell (names) and seed, in place of the file's. In the file's `name` and `title`,
    {learner}, {cell} and {seed} stand for what is trained, so that one file can describe a study.
    """
    path = shipped_configs().get(str(name), Path(name))
    if not path.exists():
        known = ", ".join(shipped_configs())
        raise UserError(f"{path}: no such file or directory (shipped configurations: {known})")
    record = read_toml(path, "valid TOML")
    config = _changed(build(TrainConfig, record, path.name), path.name, **changes)
    _check(config, path.name)
    return config


def _changed(
    config: TrainConfig,
    where: str,
    learner: str | None = None,
    cell: str | None = None,
    seed: int | None = None,
) -> TrainConfig:
    """`config` with other choices, and the placeholders of its names filled."""
    if learner is not None:
        config = replace(config, learner=replace(config.learner, name=learner))
    if cell is not None:
        config = replace(config, network={**config.network, "cell": cell})
    if seed is not None:
        config = replace(config, seed=seed)
    if config.learner.name not in LEARNERS:
        raise UserError(f"{where}: unknown learner '{config.learner.name}' (known: {', '.join(LEARNERS)})")
    cell_name = str(config.network.get("cell", ""))
    short = {"learner": config.learner.name, "cell": cell_name, "seed": str(config.seed)}
    long = {
        "learner": LEARNER_TITLES[config.learner.name],
        "cell": CELL_TITLES.get(cell_name, cell_name),
        "seed": str(config.seed),
    }
    try:
        return replace(config, name=config.name.format(**short), title=config.title.format(**long))
    except (KeyError, ValueError, IndexError, AttributeError, TypeError):
        raise UserError(f"{where}: name and title know {{learner}}, {{cell}} and {{seed}} only") from None


def _check(config: TrainConfig, where: str) -> None:
    data, optimiser, learner = config.data, config.optimiser, config.learner
    by_rows = config.kind == "rows"
    unknown = next((name for name in data.codecs if name not in CODECS), "")
    wrong = [
        message
        for bad, message in (
            (not _suits_a_file(config.name), "name must suit a file"),
            (not 1 <= data.quality_low <= data.quality_high <= 100, "qualities must lie in 1 to 100"),
            (
                not set(data.qualities) <= set(data.codecs),
                "data.qualities names a codec that data.codecs doesn't",
            ),
            (not 0 <= config.seed <= MOST_SEED, f"seed must lie in 0 to {MOST_SEED}"),
            (learner.window < 1, "learner.window must be at least 1"),
            (not by_rows and learner.name != "bptt", f"kind '{config.kind}' has no learner but bptt"),
            (
                config.kind not in WARM_KINDS and bool(config.start_from),
                f"kind '{config.kind}' can't start from a model",
            ),
            (not data.codecs, "data.codecs must name at least one codec"),
            (unknown != "", f"unknown codec '{unknown}' (known: {', '.join(CODECS)})"),
            (
                data.codecs != ("jpeg",) and config.kind not in CODEC_KINDS,
                f"kind '{config.kind}' trains on JPEG only",
            ),
            (data.window < 1 or data.replace_every < 1, "data.window and replace_every must be at least 1"),
            (config.validate_updates < 0, "validate_updates can't be negative"),
            (data.batch < 1, "data.batch must be at least 1"),
            (data.crop < 16 or data.crop % 16, "data.crop must be a multiple of 16"),
            (optimiser.updates < 1, "optimiser.updates must be at least 1"),
            (not optimiser.floor > 0, "optimiser.floor must be above 0"),
            (not 0 <= optimiser.decay_from < 1, "optimiser.decay_from must lie in 0 to 1"),
            (not 0 <= optimiser.ema < 1, "optimiser.ema must lie in 0 to 1"),
        )
        if bad
    ]
    if wrong:
        raise UserError(f"{where}: {wrong[0]}")


def _suits_a_file(name: str) -> bool:
    return bool(name) and name.isprintable() and Path(name).name == name
