"""The Measure page as a scene. No Qt, pure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.codecs.facts import CODEC_FACTS, codec_facts
from engine.models.card import ModelCard
from viewer.bench.resolve.plots import baseline_title, bench_plots
from viewer.bench.resolve.table import bench_table
from viewer.core import words
from viewer.core.memo import Memo
from viewer.model.facts.bench import BenchFacts
from viewer.model.facts.facts import Facts
from viewer.model.scene.bench import BenchScene, Choice
from viewer.model.session.bench import AUTO, STANDARD, Bench, qualities_of
from viewer.model.session.compare_presets import GROUPS
from viewer.model.session.decoder_choice import codecs_in_words
from viewer.model.session.decoder_names import decoder_title, group_title
from viewer.model.session.state import Session

if TYPE_CHECKING:
    from engine.benchmark.results import Results

_EMPTY = (
    "Choose a folder of pictures and press Measure, or open a table that nrc bench has written.\n\n"
    "Every picture is encoded and refined in the background; rows are kept as they come."
)


def resolve_bench(session: Session, facts: Facts, memo: Memo) -> BenchScene:
    """The whole page."""
    return memo.recall(_scene, session.bench, session.models, facts.bench, memo)


def output_of(chosen: Bench) -> Path:
    """The table that is written: the one that was named, or one beside the folder."""
    if chosen.output or not chosen.folder:
        return Path(chosen.output)
    folder = Path(chosen.folder)
    return folder.parent / f"{folder.name or 'pictures'}-bench.csv"


def fault_of(chosen: Bench) -> str:
    """Why nothing can be measured as it is set; "" where it can."""
    if not chosen.folder:
        return "no folder is chosen"
    try:
        qualities = qualities_of(chosen.qualities)
    except ValueError as error:
        return str(error)
    for codec in chosen.codecs:
        facts = codec_facts(codec)
        low, high = facts.qualities
        if qualities[0] < low or qualities[-1] > high:
            return f"qualities of {facts.title} go from {low} to {high}"
    return ""


def why_not(chosen: Bench, known: BenchFacts) -> str:
    """Why nothing can be measured now."""
    return "a folder is being measured" if known.running else fault_of(chosen)


def _scene(chosen: Bench, models: tuple[ModelCard, ...], known: BenchFacts, memo: Memo) -> BenchScene:
    results = known.results
    table, leads = memo.recall(bench_table, results, chosen.view, chosen.sort, models)
    codecs = tuple(
        Choice(k, f.title, f"Encode by {f.title}", k in chosen.codecs) for k, f in CODEC_FACTS.items()
    )
    decoders = memo.recall(_decoders, models, chosen.decoders)
    return BenchScene(
        folder=chosen.folder,
        output=str(output_of(chosen)) if chosen.folder or chosen.output else "",
        codecs=codecs,
        decoders=decoders,
        codec_words=_few([choice.title for choice in codecs if choice.on], "codecs", ""),
        decoder_words=_few([choice.title for choice in decoders if choice.on], "decoders", "No decoder"),
        fault=fault_of(chosen) if chosen.folder else "",
        why_not=why_not(chosen, known),
        table=table,
        leads=leads,
        plots=memo.recall(bench_plots, results, chosen.view, models),
        images=() if results is None else tuple(dict.fromkeys(row.image for row in results.rows)),
        baselines=_baselines(results, models),
        baseline=results.baseline if results is not None else STANDARD,
        seen=_seen(results, models) if results is not None else _EMPTY,
        title=known.table.name if known.table is not None and (results or known.opening) else "",
        progress=None if not known.running else known.done / known.count if known.count else 0.0,
        status=f"{known.done} of {known.count}: {known.image}" if known.running else known.ended,
        failed=known.failed,
        notes="\n".join(known.notes),
    )


def _decoders(models: tuple[ModelCard, ...], wanted: tuple[str, ...]) -> tuple[Choice, ...]:
    titles = dict(GROUPS)
    best = Choice(
        AUTO, "Best of each codec", "The decoder that is chosen for a codec by itself", AUTO in wanted
    )
    return (
        best,
        *(
            Choice(
                card.name,
                decoder_title(card.name, models),
                f"{card.name}. For {codecs_in_words(card)} streams. {card.summary}".strip(),
                card.name in wanted,
                titles.get(card.study, f"Study: {card.study}") if card.study else "",
            )
            for card in sorted(
                models, key=lambda card: list(titles).index(card.study) if card.study in titles else 99
            )
        ),
    )


def _few(titles: list[str], many: str, none: str) -> str:
    if not titles:
        return none
    return ", ".join(titles) if len(titles) < 3 else f"{len(titles)} {many}"


def _baselines(results: Results | None, models: tuple[ModelCard, ...]) -> tuple[tuple[str, str], ...]:
    known = results.baselines if results is not None else (STANDARD,)
    return tuple(
        (name, "standard decode" if name == STANDARD else group_title(name, models)) for name in known
    )


def _seen(results: Results, models: tuple[ModelCard, ...]) -> str:
    """How the decoders differ from the baseline, in a sentence."""
    base = baseline_title(results.baseline, models)
    pictures = len({row.image for row in results.rows})
    count = f"{pictures} picture" + ("s" if pictures != 1 else "")
    told = [each for each in results.differences if each.pictures.half is not None]
    if not told:
        return f"{count}. Two pictures or more tell how sure a difference to {base} is."
    better = sum(each.pictures.sure and each.pictures.mean > 0 for each in told)
    worse = sum(each.pictures.sure and each.pictures.mean < 0 for each in told)
    largest = max(told, key=lambda each: abs(each.pictures.mean))
    return (
        f"{count}. Against {base}, of {len(told)} comparisons {better} better, {worse} worse, "
        f"{len(told) - better - worse} undecided at the 5 % level; the largest difference is "
        f"{words.gain(largest.pictures.mean)} ({group_title(largest.decoder, models)}, {largest.point:g})."
    )
