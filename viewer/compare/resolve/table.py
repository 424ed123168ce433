"""The table of the compare view: what each decoder is, cost and gains; sorted, and as CSV. No Qt, pure."""

from __future__ import annotations

from engine.models.card import ModelCard
from engine.models.training_record import TrainingRecord
from viewer.compare.resolve.panes import ShownEntry
from viewer.core import words
from viewer.core.table_order import order_of
from viewer.core.table_text import Value
from viewer.model.facts.facts import Facts
from viewer.model.scene.compare import Column, TableRow, TableScene
from viewer.model.session.compare_presets import cell_title
from viewer.model.session.state import Session

_FIXED = (
    Column("entry", "Entry", "Name in this comparison", numeric=False),
    Column("learner", "Learner", "Algorithm that computed the gradients", numeric=False),
    Column("cell", "Cell", "Recurrent cell", numeric=False),
    Column("context", "Context", "Neighbours that the decoder may look at", numeric=False),
    Column("seed", "Seed", "Seed of the training run"),
    Column("parameters", "Parameters", "Number of parameters of the network"),
    Column("updates", "Updates", "Weight updates in training"),
    Column("train_seconds", "Train s", "Seconds of training, validation left out"),
    Column("ms_per_update", "ms/update", "Milliseconds of an update in training"),
    Column("peak_mb", "Peak MB", "Peak memory of an update, 10⁶ bytes"),
)
_SECONDS = Column("decode_seconds", "Decode s", "Seconds to decode this picture, all steps")


def resolve_table(session: Session, facts: Facts, shown: tuple[ShownEntry, ...]) -> TableScene:
    """One row an entry, one column of gain (dB over the standard decode, RGB, this picture) a step."""
    steps = facts.compare.steps(session.compare.entries)[1]
    gains = tuple(
        Column(f"gain_db_step_{step}", f"Step {step}", f"RGB PSNR gain of step {step} over the standard, dB")
        for step in range(1, steps + 1)
    )
    columns = (_FIXED[0], *gains, _SECONDS, *_FIXED[1:])
    cards = {card.name: card for card in session.models}
    studied = facts.compare.studied
    records = studied.records if studied is not None else {}
    rows = []
    for one in shown:
        card, record = cards.get(one.entry.decoder), records.get(one.entry.decoder)
        seconds = one.run.refinement.steps[-1].seconds if one.run is not None and one.ready else None
        about = _about(one, card, record)
        values = (about[0], *_gains(one, steps), seconds, *about[1:])
        cells = tuple(written(column, value) for column, value in zip(columns, values, strict=True))
        rows.append(TableRow(one.look.colour, one.look.style, values, cells))
    sort = session.compare.sort
    return TableScene(columns, tuple(rows[at] for at in order_of(rows, columns, sort)), sort)


def _about(one: ShownEntry, card: ModelCard | None, record: object) -> tuple[Value, ...]:
    context = one.entry.context.value
    if card is None:
        return (one.label, None, None, context, *([None] * 6))
    known = record if isinstance(record, TrainingRecord) else TrainingRecord()
    updates, trained = (_number(card.training.get(key)) for key in ("updates", "seconds"))
    if known.updates:
        updates, trained = float(known.updates[-1]), known.seconds[-1]
    per_update = known.ms_per_update or (1000 * trained / updates if trained and updates else None)
    learner = f"{card.learner}, attentive" if card.attentive and card.learner != "SAB" else card.learner
    return (
        one.label, learner, cell_title(card), context, _number(card.seed), float(card.weights), updates,
        trained, per_update, known.peak_mb or None,
    )  # fmt: skip


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _gains(one: ShownEntry, steps: int) -> list[float | None]:
    known = one.run.refinement.steps if one.run is not None else ()
    before = known[0].scores.psnr_rgb_db if known else None
    gains: list[float | None] = []
    for step in range(1, steps + 1):
        after = known[step].scores.psnr_rgb_db if step < len(known) else None
        there = before is not None and after is not None
        gains.append(words.difference(after, before) if there else None)  # type: ignore[arg-type]
    return gains


def written(column: Column, value: Value) -> str:
    """A value as the table shows it."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if column.key.startswith("gain"):
        return words.gain(value, "")
    if column.key in ("seed", "parameters", "updates"):
        return words.count(round(value))
    places = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:.{places}f}"
