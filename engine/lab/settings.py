"""What determines a run of the lab: frozen records, read from TOML (presets lie in `assets/lab`)."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from engine.errors import UserError, system_reason
from engine.io.opening import check_regular
from engine.records import build
from engine.registry import CELLS, LEARNER_TITLES, LEARNERS

MOST_LANES = 6
FAIR = ("updates", "patches", "seconds")
WINDOWED = ("tbptt", "sab")
WHOLE_ROWS = ("bptt", "sab")
"""Learners whose gradient comes at the end of a row only."""


@dataclass(frozen=True)
class NetworkSettings:
    """Of every lane, unless it says otherwise.

    cell: a name in the registry; units: its width; embed: width of the embedding, 0: as many as units.
    steps: K, steps on every patch. k_top, k_att, carried: attention, see `engine.cells.attention`; k_top 0:
    none. gain: factor on the recurrent weights' start, since a network that starts near-orthogonal remembers
    by itself. density: share of the recurrent weights that exist; the others stay 0.
    """

    cell: str = "elman"
    units: int = 32
    embed: int = 64
    steps: int = 1
    k_top: int = 0
    k_att: int = 1
    carried: bool = True
    gain: float = 1.0
    density: float = 1.0

    def __post_init__(self) -> None:
        if self.cell not in CELLS:
            raise ValueError(f"unknown cell '{self.cell}' (known: {', '.join(CELLS)})")
        if min(self.units, self.steps, self.k_att) < 1 or min(self.embed, self.k_top) < 0:
            raise ValueError("units, steps and k_att must be at least 1, embed and k_top at least 0")
        if not 0 < self.density <= 1 or self.gain < 0:
            raise ValueError("density must lie above 0 and up to 1, gain can't be negative")


@dataclass(frozen=True)
class OptimiserSettings:
    """muon_rate: step size of weight matrices (0: Adam for all); adam_rate: of everything else. kind: "muon",
    or "sgd" with adam_rate as its rate. ema: decay of the averaged weights that answer. clip: the largest
    norm of a gradient, 0: any. rows: spans an update."""

    kind: str = "muon"
    muon_rate: float = 0.02
    adam_rate: float = 2e-3
    warmup: int = 20
    ema: float = 0.98
    clip: float = 1.0
    rows: int = 32

    def __post_init__(self) -> None:
        if self.kind not in ("muon", "sgd"):
            raise ValueError(f"kind must be 'muon' or 'sgd', not '{self.kind}'")
        if min(self.muon_rate, self.adam_rate, self.clip) < 0 or self.rows < 1 or not 0 <= self.ema < 1:
            raise ValueError("rates and clip can't be negative, rows must be at least 1, ema in 0 to 1")


@dataclass(frozen=True)
class LaneSettings:
    """One lane of a race: a learner and what it is given.

    learner: a name in the registry. window: of truncated BPTT and SAB, in steps. every: steps between two
    updates of the weights; 0: one update at the end of the row. cell: "" for the network's. rate: factor on
    the step sizes. draws: gradients of a stochastic learner that are averaged for an update. rank: terms of
    OK's sum.
    """

    learner: str = "bptt"
    window: int = 8
    every: int = 0
    cell: str = ""
    rate: float = 1.0
    draws: int = 1
    rank: int = 4

    def __post_init__(self) -> None:
        if self.learner not in LEARNERS:
            raise ValueError(f"unknown learner '{self.learner}' (known: {', '.join(LEARNERS)})")
        if self.cell and self.cell not in CELLS:
            raise ValueError(f"unknown cell '{self.cell}' (known: {', '.join(CELLS)})")
        if min(self.window, self.draws, self.rank) < 1 or self.every < 0 or not self.rate > 0:
            raise ValueError("window, draws and rank must be at least 1, every at least 0, rate above 0")
        if self.every and self.learner in WHOLE_ROWS:
            raise ValueError(f"learner '{self.learner}' gives its gradient at the row's end only: no 'every'")
        if self.every and self.learner == "tbptt" and self.every % self.window:
            raise ValueError("an update must come at the end of a window: 'every' a multiple of it")

    @property
    def text(self) -> str:
        """As `lane` reads it: "tbptt:5,every=5"."""
        window = f":{self.window}" if self.learner in WINDOWED else ""
        changed = [
            f"{item.name}={getattr(self, item.name):g}" if item.name == "rate" else
            f"{item.name}={getattr(self, item.name)}"
            for item in fields(self)
            if item.name not in ("learner", "window") and getattr(self, item.name) != item.default
        ]  # fmt: skip
        return ",".join([self.learner + window, *changed])

    @property
    def title(self) -> str:
        """As people write it: "Truncated BPTT (5)"."""
        window = f" ({self.window})" if self.learner in WINDOWED else ""
        rest = self.text.split(",")[1:]
        return LEARNER_TITLES[self.learner] + window + "".join(f", {each.replace('=', ' ')}" for each in rest)


_LANE_FIELDS = {"every": int, "cell": str, "rate": float, "draws": int, "rank": int}


def lane(text: str) -> LaneSettings:
    """A lane from "learner[:window][,every=N][,cell=NAME][,rate=R][,draws=N][,rank=N]". Raises UserError."""
    first, *rest = text.split(",")
    learner, _, window = first.partition(":")
    values: dict[str, Any] = {"learner": learner}
    try:
        if window:
            values["window"] = int(window)
        for each in rest:
            key, _, value = each.partition("=")
            if key not in _LANE_FIELDS:
                raise ValueError(f"unknown field '{key}' (known: {', '.join(_LANE_FIELDS)})")
            values[key] = _LANE_FIELDS[key](value)
        return LaneSettings(**values)
    except ValueError as error:
        raise UserError(f"lane '{text}': {error}") from None


@dataclass(frozen=True)
class LabSettings:
    """A run of the lab.

    task: a name of `engine.lab.tasks`; options: that task's own. lanes: as `lane` reads them; every lane
    runs with every seed. fair: what lanes get the same of, "updates", "patches" or "seconds" (CPU seconds
    of their own updates). A run stops at `updates` or `seconds` of every lane, whichever is first; 0: no such
    limit. target: a lane's finish line, in dB or error; 0: none. measure_every: updates between two
    measurements. pictures: how many pictures to measure on. cosines: measure the gradient's cosine to the
    exact one as well. seeds: of data, order, first weights and random signs. data, validation: folders of
    pictures, none: those that come with the program. picture: file of what is painted, "": the first that is
    measured on. verdict: "good" or "bad", for presets. see: what is seen here, in a sentence.
    """

    title: str
    task: str
    see: str = ""
    commentary: str = ""
    verdict: str = "good"
    lanes: tuple[str, ...] = ("bptt",)
    fair: str = "seconds"
    seconds: float = 15.0
    updates: int = 0
    target: float = 0.0
    measure_every: int = 25
    pictures: int = 24
    cosines: bool = False
    seeds: tuple[int, ...] = (1,)
    data: tuple[str, ...] = ()
    validation: tuple[str, ...] = ()
    picture: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    network: NetworkSettings = field(default_factory=NetworkSettings)
    optimiser: OptimiserSettings = field(default_factory=OptimiserSettings)

    def __post_init__(self) -> None:
        if self.fair not in FAIR:
            raise ValueError(f"fair must be one of {', '.join(FAIR)}, not '{self.fair}'")
        if not 1 <= len(self.lanes) <= MOST_LANES:
            raise ValueError(f"there must be 1 to {MOST_LANES} lanes")
        if min(self.seconds, self.updates) < 0 or min(self.measure_every, self.pictures) < 1:
            raise ValueError("seconds and updates can't be negative, measure_every and pictures not 0")
        if not self.seeds or not all(0 <= seed < 2**31 for seed in self.seeds):
            raise ValueError("seeds must be one or more whole numbers from 0 to 2147483647")


def presets() -> dict[str, Path]:
    """Names and paths of the presets that come with the program."""
    with as_file(files("assets").joinpath("lab")) as folder:
        return {path.stem: path for path in sorted(Path(folder).glob("*.toml"))}


def load_settings(name: str | Path) -> LabSettings:
    """Read a preset by name or any settings by path. Raises UserError naming file and field."""
    path = presets().get(str(name), Path(name))
    check_regular(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path}: {system_reason(error)} (presets: {', '.join(presets())})") from None
    except ValueError:
        raise UserError(f"{path.name}: is not text") from None
    return settings_from(text, path.name)


def settings_from(text: str, where: str) -> LabSettings:
    """Settings from the text of a TOML file. Raises UserError, beginning with `where`."""
    try:
        record = tomllib.loads(text)
    except ValueError as error:
        raise UserError(f"{where}: not valid TOML ({error})") from None
    settings = build(LabSettings, record, where)
    for each in settings.lanes:
        lane(each)
    return settings


def changed(settings: LabSettings, changes: Sequence[str]) -> LabSettings:
    """`settings` with fields replaced: "KEY=VALUE", KEY a field, one of [network] or [optimiser] with that
    before a dot, or else one of the task's options; VALUE as in TOML. Raises UserError."""
    record: dict[str, Any] = asdict(settings)
    record |= {key: list(value) for key, value in record.items() if isinstance(value, tuple)}
    for text in changes:
        key, equals, value = text.partition("=")
        if not equals:
            raise UserError(f"'{text}' is not KEY=VALUE")
        table, _, name = key.strip().rpartition(".")
        where: Any = record
        if table in ("network", "optimiser", "options"):
            where = record[table]
        elif table or name not in record:
            where, name = record["options"], key.strip()
        where[name] = _value(value.strip())
    return build(LabSettings, record, "settings")


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def as_toml(settings: LabSettings) -> str:
    """The settings as a file that `load_settings` reads."""
    record = asdict(settings)
    tables = {key: value for key, value in record.items() if isinstance(value, dict)}
    lines = [f"{key} = {_toml(value)}" for key, value in record.items() if key not in tables]
    for key, table in tables.items():
        lines += ["", f"[{key}]", *(f"{name} = {_toml(value)}" for name, value in table.items())]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_toml(each) for each in value)}]"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
        return f'"{escaped}"'
    return repr(value)


def with_lanes(settings: LabSettings, lanes: Sequence[str]) -> LabSettings:
    """The same run with other lanes. Raises UserError."""
    if not 1 <= len(lanes) <= MOST_LANES:
        raise UserError(f"there must be 1 to {MOST_LANES} lanes, not {len(lanes)}")
    for text in lanes:
        lane(text)
    return replace(settings, lanes=tuple(lanes))
