"""What a refinement leaves behind: its numbers as records, and a folder of pictures beside them."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.artefacts.measures import Artefact, artefact_totals
from engine.errors import UserError, system_reason
from engine.evaluation.rows import coded_record, run_record
from engine.io.atomic import write_atomically
from engine.io.write_image import save_png
from engine.models.card import ModelCard
from engine.registry import CODECS
from engine.types import Picture, Pixels, Refinement

REPORT = "report.json"
_ORIGINAL, _RECEIVED = "original.png", "received"
_STEP_FILE = re.compile(r"step-(\d+)\.png")


def report_of(refinement: Refinement, card: ModelCard | None) -> dict[str, Any]:
    """The refinement as a record for JSON: what was sent, what decoded it, and `steps` with their scores
    and artefacts.

    card: of the decoder, None for the standard decode alone, whose decoder, learner and context are empty.
    """
    alone = {**coded_record(refinement.coded), "decoder": "", "learner": "", "context": ""}
    return {
        **(alone if card is None else run_record(refinement, card)),
        "lossy_original": "" if refinement.original is None else refinement.original.lossy,
        "steps": [
            {
                "index": step.index,
                **asdict(step.scores),
                **_artefacts(step.pixels, refinement.original),
                "seconds": step.seconds,
            }
            for step in refinement.steps
        ],
    }


def _artefacts(pixels: Pixels, original: Picture | None) -> dict[str, float | None]:
    """Totals of the five by name, in each one's unit (`engine.artefacts.FACTS`)."""
    totals = artefact_totals(pixels, original.pixels if original is not None else None)
    return {each.name.lower(): value for each, value in zip(Artefact, totals, strict=True)}


def strict_json(record: Mapping[str, Any]) -> str:
    """`record` as JSON that any parser reads: infinities and NaN, which JSON has not, become null."""
    return json.dumps(_finite(record), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


class RefinementFolder:
    """A folder that receives one refinement; the report is written last, so with it all the rest is there.

    Every file appears whole or not at all. Of an earlier run in the same folder the report goes first, and
    steps beyond the new last one and another codec's stream go too, so that what is there belongs together
    once the report is there.
    Raises UserError, naming the file, when something can't be written, and when `source`, the picture that
    was read, is one of the files that would be replaced or removed.
    """

    def __init__(self, folder: Path, source: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if not os.access(folder, os.W_OK):
                raise UserError(f"{folder}: no permission to write in it")
            if any(path.samefile(source) for path in folder.iterdir() if _is_result(path)):
                raise UserError(f"{source}: would be replaced by the results; name another folder")
            (folder / REPORT).unlink(missing_ok=True)
        except FileExistsError:
            raise UserError(f"{folder}: is a file, not a folder to write to") from None
        except OSError as error:
            raise UserError(f"{folder}: can't be written to ({system_reason(error)})") from None

    def write(self, original: Picture, refinement: Refinement, card: ModelCard | None) -> None:
        """Write `original.png`, the payload byte for byte as `received`, each step, and `report.json`."""
        coded = refinement.coded
        save_png(self.folder / _ORIGINAL, original.pixels)
        suffix = CODECS.get(coded.codec).suffixes[0]
        write_atomically(self.folder / f"{_RECEIVED}{suffix}", lambda file: file.write(coded.payload))
        for step in refinement.steps:
            save_png(self.folder / f"step-{step.index}.png", step.pixels)
        self._remove_others(refinement.steps[-1].index, f"{_RECEIVED}{suffix}")
        text = strict_json(report_of(refinement, card))
        write_atomically(self.folder / REPORT, lambda file: file.write(text.encode()))

    def _remove_others(self, last: int, received: str) -> None:
        """Remove steps beyond `last`, and streams but the one named `received`."""
        streams = {f"{_RECEIVED}{CODECS.get(name).suffixes[0]}" for name in CODECS} - {received}
        for path in self.folder.iterdir():
            match = _STEP_FILE.fullmatch(path.name)
            if path.name in streams or (match and int(match[1]) > last):
                path.unlink(missing_ok=True)


def _is_result(path: Path) -> bool:
    """Whether it is a file that a `RefinementFolder` may replace or remove."""
    ours = path.name == _ORIGINAL or path.stem == _RECEIVED or _STEP_FILE.fullmatch(path.name)
    return bool(ours) and path.is_file()
