"""Model cards: what is known of each trained decoder. Reads JSON only, so listing models is instant.

The bundled models lie in `assets/models`. A folder named by the environment variable `NRC_MODELS` takes its
place, so that a set of one's own can be tried.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from engine.errors import UserError
from engine.records import build, read_json
from engine.step_scale import jpeg_scale
from engine.types import Context

FORMAT = 1
"""Version of the card and weight files; raised when older files can no longer be read."""
RECORD_SUFFIX = ".record.json"
FOLDER_VARIABLE = "NRC_MODELS"
ONNX_SUFFIX = ".onnx"
EVERY_CODEC = ("jpeg", "jpeg2000", "jpeg2000-nomct", "webp", "avif", "e2e", "goog")
"""What a model of unknown training may be tried on."""


SURE = 0.95
"""Share from which on a guard is believed in full, see `ModelCard.sure`."""


@dataclass(frozen=True)
class ModelCard:
    """Everything worth knowing about one trained decoder.

    kind: a key of `engine.registry.DECODERS`. network: the sizes that rebuild it. training: data, updates,
    seconds, seed, machine. scores: measured figures, by set and quality. weights: number of parameters.
    study: the comparison that the model was trained for ("learners", "cells", "sibling"), "" for none.
    codecs: names of those whose streams it was trained on; it decodes no others. guarded: whether the bundled
    guard, which was trained on estimates of decoders like it, holds back what looks harmful. integers:
    whether 8-bit integers were measured to serve it as well: they are then its usual precision. sure:
    share from which on the guard is believed in full, see `engine.decoders.guard.sure_at`.
    """

    name: str
    kind: str
    title: str
    cell: str
    learner: str
    steps: int
    contexts: tuple[Context, ...]
    carry: bool
    weights: int
    network: Mapping[str, Any]
    summary: str = ""
    training: Mapping[str, Any] = field(default_factory=dict)
    scores: Mapping[str, Any] = field(default_factory=dict)
    study: str = ""
    codecs: tuple[str, ...] = ("jpeg",)
    guarded: bool = False
    integers: bool = False
    sure: float = SURE
    path: Path | None = None

    def __post_init__(self) -> None:
        if not 0.1 <= self.sure <= 1:
            raise ValueError(f"sure must be from 0.1 to 1, not {self.sure}")

    @property
    def seed(self) -> int | None:
        """Seed of the training run, if the card tells."""
        value = self.training.get("seed")
        return value if isinstance(value, int) else None

    @property
    def attentive(self) -> bool:
        """Whether the network recalls remembered states (see `engine.cells.attention`)."""
        return bool(self.network.get("k_top"))

    @property
    def record_path(self) -> Path:
        """The training record beside the card; small models of one's own may have none."""
        if self.path is None:
            raise UserError(f"model '{self.name}' was never saved")
        return self.path.with_suffix(RECORD_SUFFIX)

    @property
    def weights_path(self) -> Path:
        """The safetensors file beside the card."""
        if self.path is None:
            raise UserError(f"model '{self.name}' was never saved")
        return self.path.with_suffix(".safetensors")

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that make the decoder: card and weights, of decoders without weights the card alone, of
        a model of one's own without card that one."""
        if self.path is not None and self.path.suffix == ONNX_SUFFIX:
            return (self.path,)
        card = self.weights_path.with_suffix(".json")
        return (card, self.weights_path) if self.weights else (card,)

    @property
    def address(self) -> str:
        """Where the engine finds the decoder: its name when it is bundled, else its card's path."""
        bundled = self.path is None or self.path.parent == models_folder()
        return self.name if bundled else str(self.path)

    @property
    def longest(self) -> int:
        """Most steps that do no harm: twice the usual where the training had updates so long, else the usual.
        A sweep network's later steps hold the estimate; raster networks go on."""
        configuration = self.training.get("configuration")
        optimiser = configuration.get("optimiser") if isinstance(configuration, Mapping) else None
        longer = optimiser.get("longer", 0) if isinstance(optimiser, Mapping) else 0
        return 2 * self.steps if longer else self.steps

    @property
    def highest_quality(self) -> int | None:
        """Highest JPEG quality among its training streams, if the card tells."""
        return self._quality(-1, "quality_high")

    def _quality(self, end: int, key: str) -> int | None:
        """The lowest (0) or highest (-1) JPEG quality of the training, of several codecs under a `key` of its
        own."""
        data: object = self.training
        for part in ("configuration", "data"):
            data = data.get(part) if isinstance(data, Mapping) else None
        if not isinstance(data, Mapping):
            return None
        own = data.get("qualities")
        ends = own.get("jpeg") if isinstance(own, Mapping) else None
        value = ends[end] if isinstance(ends, list | tuple) and ends else data.get(key)
        return value if isinstance(value, int) else None

    def told_scale(self, scale: float, codec: str = "jpeg") -> float:
        """The step scale (see `Coded`) that a raster network is told of a stream: far coarser ones than those
        that it was trained on would lead it astray, so they count as `_BEYOND` times the coarsest (of JPEG
        alone). Sweep networks are told the stream's own, which serves them better."""
        lowest = self._quality(0, "quality_low")
        if codec != "jpeg" or lowest is None:
            return scale
        return min(scale, _BEYOND * jpeg_scale(lowest))

    def finest_scale(self, codec: str = "jpeg") -> float | None:
        """Finest step scale (see `Coded`) among its training streams of `codec`, if the card tells.

        For JPEG that of `highest_quality`; for others the training's `finest_scales`, by codec.
        """
        scales = self.training.get("finest_scales")
        value = scales.get(codec) if isinstance(scales, Mapping) else None
        if isinstance(value, int | float) and value > 0:
            return float(value)
        if codec != "jpeg" or self.highest_quality is None:
            return None
        return jpeg_scale(self.highest_quality + 0.5)  # integers round the tables a little

    def trust(self, scale: float, codec: str = "jpeg") -> float:
        """Share of the residual to apply to a stream of step scale `scale` (see `Coded`), 0 to 1.

        A network knows nothing of steps finer than those it was trained on; there its residual is too
        strong, and at quality 95 it would do harm. From `finest_scale` down trust falls linearly, to
        nothing at an eighth of it: least squares on photographs asks for about as much.
        """
        finest = self.finest_scale(codec)
        if finest is None:
            return 1.0
        return min(1.0, max(0.0, (scale / finest - _NO_TRUST) / (1 - _NO_TRUST)))

    def trust_note(self, scale: float, codec: str = "jpeg") -> str:
        """What to tell people about `trust`; empty when all of the residual is applied."""
        trust = self.trust(scale, codec)
        if trust == 1:
            return ""
        limit = f"trained up to q{self.highest_quality}" if codec == "jpeg" else "trained on coarser streams"
        return f"only {100 * trust:.0f} % applied: {limit}"

    def to_json(self) -> str:
        record: dict[str, Any] = {"format": FORMAT}
        for key in _FIELDS:
            record[key] = getattr(self, key)
        record["contexts"] = [context.value for context in self.contexts]
        record["codecs"] = list(self.codecs)
        return json.dumps(record, indent=2, ensure_ascii=False) + "\n"


_NO_TRUST = 1 / 8
_BEYOND = 1.6
"""Of 1, 1.28, 1.6 and no limit, on photographs of qualities 1 to 3: the one that harms none, also unguarded;
1.28 gains 0.1 dB more, no limit 0.4 dB less."""
_FIELDS = (
    "name", "kind", "title", "summary", "cell", "learner", "steps", "contexts", "carry", "weights",
    "network", "training", "scores", "study", "codecs", "guarded", "integers", "sure",
)  # fmt: skip


def read_card(path: Path) -> ModelCard:
    """Read `path` (a card's JSON file). Raises UserError naming the file when it is not a card."""
    record = read_json(path, "a model card")
    version = record.get("format")
    if version != FORMAT:
        raise UserError(f"{path.name}: model format {version}, this program reads {FORMAT}")
    known = {key: record[key] for key in _FIELDS if key in record}  # other cards may say more
    return replace(build(ModelCard, known, f"{path.name}: not a model card"), path=path)


def models_folder() -> Path:
    """The folder of the bundled models, or the one that `NRC_MODELS` names."""
    if os.environ.get(FOLDER_VARIABLE):
        return Path(os.environ[FOLDER_VARIABLE])
    with as_file(files("assets").joinpath("models")) as folder:
        return Path(folder)


def studies_folder() -> Path:
    """The folder of what is measured of the bundled models."""
    with as_file(files("assets").joinpath("studies")) as folder:
        return Path(folder)


def shipped_cards() -> tuple[ModelCard, ...]:
    """Cards of the bundled models, the flagship first."""
    paths = sorted(models_folder().glob("*.json"))
    cards = [read_card(path) for path in paths if not path.name.endswith(RECORD_SUFFIX)]
    return tuple(
        sorted(cards, key=lambda card: (bool(card.study), card.kind != "sweep", -card.weights, card.name))
    )


def find_card(name: str) -> ModelCard:
    """A bundled model by name, or a model of your own by the path of its card, weights or ONNX file."""
    cards = shipped_cards()
    for card in cards:
        if card.name == name:
            return card
    path = Path(name)
    if path.suffix in (".json", ".safetensors"):
        return read_card(path.with_suffix(".json"))
    if path.suffix == ONNX_SUFFIX:
        return onnx_card(path)
    known = ", ".join(card.name for card in cards) or "none"
    raise UserError(f"unknown decoder '{name}' (shipped: {known}; or the path of a model card or ONNX file)")


def onnx_card(path: Path) -> ModelCard:
    """What there is to say of a model of one's own in an ONNX file, which need not be there yet."""
    return ModelCard(
        name=path.stem,
        kind="onnx",
        title="ONNX model",
        cell="unknown",
        learner="others",
        steps=1,
        contexts=(Context.BOTH,),
        carry=False,
        weights=0,
        network={},
        summary=f"A model of your own, from {path.name}; nothing is known of its training",
        codecs=EVERY_CODEC,
        guarded=True,
        path=path,
    )
