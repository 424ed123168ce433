"""A benchmark's decoders less a baseline, in pairs of the same stream: over pictures and over seeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from engine.errors import UserError
from engine.evaluation.bench import gain
from engine.evaluation.paired import Paired, paired
from engine.evaluation.rows import Row, operating_point
from engine.evaluation.seeds import Groups, averaged

STANDARD = "standard"
"""The baseline of standard decodes, which every stream has."""
Line = tuple[str, float, str, str]
"""Codec, operating point, decoder (group) and context."""


@dataclass(frozen=True)
class Difference:
    """RGB PSNR of the last step less the baseline's, in dB. pictures: over pairs of the same picture, seeds
    averaged. seeds: over the seeds that both were trained with, pictures averaged; None for fewer than two.
    by_picture: the pairs, by name."""

    codec: str
    point: float
    decoder: str
    context: str
    pictures: Paired
    seeds: Paired | None
    by_picture: dict[str, float]

    @property
    def line(self) -> Line:
        return self.codec, self.point, self.decoder, self.context


def baselines(rows: Sequence[Row], groups: Groups) -> tuple[str, ...]:
    """What can be compared with: the standard decode, and every decoder or group of seeds."""
    titles = (groups[row.decoder].title if row.decoder in groups else row.decoder for row in rows)
    return (STANDARD, *dict.fromkeys(title for title in titles if title))


def differences_to(baseline: str, rows: Sequence[Row], groups: Groups) -> list[Difference]:
    """Every decoder and context against `baseline` (of `baselines`) on the same codec and operating point,
    in order of first appearance. The baseline runs with the context of whom it is compared with, or with its
    first where it hasn't that. Raises UserError for an unknown baseline.
    """
    known = baselines(rows, groups)
    if baseline not in known:
        raise UserError(f"no baseline '{baseline}' (there is: {', '.join(known)})")
    scores = _last(averaged(rows, groups))
    by_seed = _by_seed(rows, groups)
    standard = _standard(rows) if baseline == STANDARD else {}
    bases = _bases(baseline, scores)
    found = []
    for line, own in scores.items():
        base_line = _base(line, baseline, bases)
        if not line[2] or base_line is None or base_line == line:
            continue
        base = standard.get(line[:2], {}) if baseline == STANDARD else scores[base_line]
        pairs = {image: gain(base[image], own[image]) for image in own if image in base}
        over = paired(pairs.values())
        if over is not None:
            found.append(Difference(*line, over, _over_seeds(line, base_line, by_seed, base), pairs))
    return found


def _last(rows: Sequence[Row]) -> dict[Line, dict[str, float]]:
    """RGB PSNR of the last steps by picture."""
    last: dict[Line, dict[str, Row]] = {}
    for row in rows:
        held = last.setdefault((row.codec, operating_point(row), row.decoder, row.context), {})
        if row.image not in held or row.step >= held[row.image].step:
            held[row.image] = row
    return {
        line: {name: row.psnr_rgb_db for name, row in held.items() if row.psnr_rgb_db is not None}
        for line, held in last.items()
    }


def _standard(rows: Sequence[Row]) -> dict[tuple[str, float], dict[str, float]]:
    """RGB PSNR of the standard decodes by codec and operating point, then by picture."""
    found: dict[tuple[str, float], dict[str, float]] = {}
    for row in rows:
        if row.step == 0 and row.psnr_rgb_db is not None:
            found.setdefault((row.codec, operating_point(row)), {})[row.image] = row.psnr_rgb_db
    return found


def _bases(baseline: str, lines: Iterable[Line]) -> dict[tuple[str, float], list[Line]]:
    """The baseline's own lines by codec and operating point."""
    found: dict[tuple[str, float], list[Line]] = {}
    for line in lines:
        if line[2] == baseline:
            found.setdefault(line[:2], []).append(line)
    return found


def _base(line: Line, baseline: str, bases: Mapping[tuple[str, float], Sequence[Line]]) -> Line | None:
    if baseline == STANDARD:
        return (*line[:2], "", "")
    there = bases.get(line[:2], ())
    return next((each for each in there if each[3] == line[3]), there[0] if there else None)


_Seeds = dict[Line, dict[int, dict[str, float]]]


def _by_seed(rows: Sequence[Row], groups: Groups) -> _Seeds:
    """By line and seed the last steps' PSNR by picture, of groups with seeds."""
    found: _Seeds = {}
    for (codec, point, decoder, context), scores in _last(rows).items():
        member = groups.get(decoder)
        if member is not None and member.seed is not None:
            found.setdefault((codec, point, member.title, context), {})[member.seed] = scores
    return found


def _over_seeds(line: Line, base: Line, by_seed: _Seeds, standard: dict[str, float]) -> Paired | None:
    """Pairs of equal seeds; against the standard decode, or a model without seeds, each seed by itself."""
    own, other = by_seed.get(line, {}), by_seed.get(base)
    means = []
    for seed, scores in own.items():
        against = standard if other is None else other.get(seed, {})
        pairs = [gain(against[name], db) for name, db in scores.items() if name in against]
        if pairs:  # of a picture that both were measured on
            means.append(fmean(pairs))
    return paired(means) if len(means) > 1 else None
