"""What the compare view shows: small multiples of all entries at one step. No Qt, pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.models.card import ModelCard
from viewer.compare.styles import Look, looks
from viewer.core import words
from viewer.core.memo import Memo
from viewer.core.words import codec_title
from viewer.model.facts.compare import CompareFacts
from viewer.model.facts.facts import Facts, JobState
from viewer.model.facts.run import Run
from viewer.model.scene.picture import PaneScene, ThumbScene, TransportScene
from viewer.model.scene.plots import InspectorRow
from viewer.model.session.choices import Overlay
from viewer.model.session.compare import Entry
from viewer.model.session.compare_presets import labels
from viewer.model.session.pages import panes_available
from viewer.model.session.playback import shown_step
from viewer.model.session.state import Session
from viewer.panes.resolve.panes import held, original_pane, standard_pane

_MARKS = ("A", "B")
Doing = tuple[str, float | None]
"""What a decoder is doing in words, and how far it is, 0 to 1; "" and None when it is done."""


@dataclass(frozen=True, eq=False)
class ShownEntry:
    """An entry with its name and look, and what there is of it. step: the one shown, up to `run.ready`."""

    entry: Entry
    label: str
    look: Look
    run: Run | None
    step: int

    @property
    def ready(self) -> bool:
        """Whether the decoder has made something of its own yet."""
        return self.run is not None and self.run.ready > 0

    @property
    def db(self) -> float | None:
        """RGB PSNR of the step that is shown."""
        return self.run.refinement.steps[self.step].scores.psnr_rgb_db if self.run is not None else None


def shown_entries(session: Session, facts: Facts, memo: Memo) -> tuple[ShownEntry, ...]:
    """The entries in their order, at the step that is shown."""
    return entries_at(session, facts, compared_step(session, facts.compare), memo)


def entries_at(session: Session, facts: Facts, step: int, memo: Memo) -> tuple[ShownEntry, ...]:
    """The entries in their order, at a step."""
    return memo.recall(_shown, session.compare.entries, session.models, facts.compare.runs, step, slots=16)


def named_entries(session: Session, memo: Memo) -> tuple[ShownEntry, ...]:
    """The entries with name and look, without what there is of them."""
    return memo.recall(_named, session.compare.entries, session.models, slots=3)


def _named(entries: tuple[Entry, ...], models: tuple[ModelCard, ...]) -> tuple[ShownEntry, ...]:
    return _shown(entries, models, {}, 0)


def _shown(
    entries: tuple[Entry, ...], models: tuple[ModelCard, ...], runs: Mapping[Entry, Run], step: int
) -> tuple[ShownEntry, ...]:
    return tuple(
        ShownEntry(entry, label, look, run, min(step, run.ready) if run is not None else 0)
        for entry, label, look in zip(entries, labels(entries, models), looks(entries, models), strict=True)
        for run in (runs.get(entry),)
    )


def compared_step(session: Session, known: CompareFacts) -> int:
    """The step that the panes show, those that have come so far."""
    return shown_step(session, known.steps(session.compare.entries)[0])


# ---- panes -----------------------------------------------------------------------------------------------


def compare_panes(
    session: Session, facts: Facts, shown: tuple[ShownEntry, ...], memo: Memo
) -> tuple[PaneScene, ...]:
    """The pane of each entry, the standard decode and the original where they are wanted."""
    work = tuple(work_words(session, facts, one) for one in shown)
    return memo.recall(_panes, session, facts, shown, work, memo, slots=12)


def _panes(
    session: Session, facts: Facts, shown: tuple[ShownEntry, ...], work: tuple[Doing, ...], memo: Memo
) -> tuple[PaneScene, ...]:
    order = list(zip(shown, work, strict=True))
    pair = session.compare.pair
    if session.compare.flipped:
        order[pair[0]], order[pair[1]] = order[pair[1]], order[pair[0]]
    marks = {shown[at].entry: mark for at, mark in zip(pair, _MARKS, strict=True)}
    wanted = compared_step(session, facts.compare)
    panes = {}
    for key in panes_available(session):
        if key in ("original", "standard"):
            panes[key] = _received(session, facts, key, memo)
    for place, (one, doing) in zip(shown, order, strict=True):
        mark, failure = marks.get(one.entry, ""), facts.compare.failures.get(one.entry, "")
        panes[place.entry.key] = memo.recall(
            _entry_pane, one, mark, doing, failure, facts.compare.sent, wanted, slots=96
        )
    if session.peek:
        over = held(_received(session, facts, session.peek, memo))
        panes = {key: pane if key == session.peek else over for key, pane in panes.items()}
    mapped = session.compare.overlay is Overlay.WINNER and session.picture is not None
    if mapped and session.solo not in panes:
        return (_map_pane(session, facts, memo),)
    return (panes[session.solo],) if session.solo in panes else tuple(panes.values())


def _map_pane(session: Session, facts: Facts, memo: Memo) -> PaneScene:
    """The one pane of the map of best decoders, as large as can be: what it lies over."""
    return memo.recall(_as_map, _received(session, facts, "original", memo))


def _as_map(pane: PaneScene) -> PaneScene:
    return replace(pane, key="map", title="Best decoder per patch", detail="")


def _received(session: Session, facts: Facts, key: str, memo: Memo) -> PaneScene:
    """What stands beside the decoders' pictures."""
    if key == "original":
        return memo.recall(original_pane, session)
    sent = facts.compare.sent
    if sent is None:
        waiting = facts.error or ("encoding …" if session.stream is None else "reading the stream …")
        return PaneScene("standard", codec_title(session.codec), "", None, waiting)
    coded, scores = sent.refinement.coded, sent.scores(0)
    return memo.recall(standard_pane, words.sent_title(sent.refinement), coded, scores)


def _entry_pane(
    one: ShownEntry, mark: str, work: Doing, failure: str, sent: Run | None, wanted: int
) -> PaneScene:
    """wanted: the step that the panes show, as far as they have it."""
    doing, progress = work
    if failure:
        detail = "failed"
    elif one.run is None or (one.run.ready == 0 and not one.run.over):
        detail = doing
    else:
        detail = _figures(one, doing, wanted)
    base = one.run or sent
    pixels = base.pixels(one.step) if base is not None and not failure else None
    return PaneScene(
        one.entry.key, one.label, detail, pixels, failure or doing or "not decoded",
        colour=one.look.colour, style=one.look.style, mark=mark, progress=progress,
    )  # fmt: skip


def _figures(one: ShownEntry, doing: str, wanted: int) -> str:
    """RGB PSNR and gain, in as few words as narrow panes have room for; the step where it is not the one that
    the others show."""
    assert one.run is not None
    steps = one.run.refinement.steps
    psnr, before = steps[one.step].scores.psnr_rgb_db, steps[0].scores.psnr_rgb_db
    text = words.db(psnr) if psnr is not None else ""
    if psnr is not None and before is not None and one.step:
        text += f" ({words.gain(words.difference(psnr, before), '')})"
    if one.step != wanted or not text:
        text = f"step {one.step}" + (f" · {text}" if text else "")
    return f"{text} · {doing}" if doing else text


def work_words(session: Session, facts: Facts, one: ShownEntry) -> Doing:
    """What an entry's decoder is doing, and how far it is; "" and None when it is done."""
    known = facts.compare
    if one.entry in known.failures:
        return "failed", None
    if one.run is not None and one.run.refinement.finished:
        return "", None
    part = known.progress(one.entry)
    if part is not None:
        if part <= 0:
            return "starting …", 0.0
        # Whole percents: finer ones would draw every pane anew for nothing that can be seen.
        return f"decoding, {100 * part:.0f} %", round(part, 2)
    if known.stopped or facts.job.progress is None:
        return "stopped" if known.stopped else "not decoded", None
    return "waiting", None


def compare_job(session: Session, known: CompareFacts, busy: bool) -> JobState:
    """What the status bar says of the comparison's job."""
    if not busy:
        return JobState()
    if known.begun is None:
        words_ = "Encoding" if session.stream is None else "Reading the stream"
        return JobState(words_ if known.sent is None else "Starting the decoders", 0.0)
    names = labels(session.compare.entries, session.models)
    entry = known.begun.entry
    name = names[session.compare.entries.index(entry)] if entry in session.compare.entries else entry.decoder
    return JobState(f"{name}, {known.begun.place + 1} of {known.begun.count}", known.part)


# ---- transport, summary ----------------------------------------------------------------------------------


def compare_transport(session: Session, known: CompareFacts) -> TransportScene:
    """The scrubber over the steps that all entries share."""
    ready, planned = known.steps(session.compare.entries)
    return TransportScene(
        step=shown_step(session, ready),
        steps_ready=ready,
        steps_planned=planned,
        playing=session.playing,
        speed=session.speed,
        scan=None,
        scan_total=0,
    )


def compare_thumbs(session: Session, known: CompareFacts) -> tuple[ThumbScene, ...]:
    """Which steps can be chosen. The pictures are those of the first entry that has the step."""
    ready, planned = known.steps(session.compare.entries)
    runs = [known.runs[entry] for entry in session.compare.entries if entry in known.runs]
    cells = []
    for index in range(planned + 1):
        pixels = next((run.pixels(index) for run in runs if run.ready >= index), None)
        if index == 0 and known.sent is not None:
            pixels = known.sent.pixels(0)
        cells.append(ThumbScene(index, pixels if index <= ready else None, f"step {index}", ""))
    return tuple(cells)


def compare_title(session: Session, known: CompareFacts) -> str:
    """For the window's title bar."""
    if not session.name:
        return ""
    parts = [session.name]
    if known.sent is not None:
        record = known.sent.refinement
        parts.append(f"{words.sent_title(record)}, {words.bpp(record.coded.bits_per_pixel)}")
    return " · ".join([*parts, f"{len(session.compare.entries)} decoders compared"])


def compare_summary(
    session: Session, facts: Facts, shown: tuple[ShownEntry, ...]
) -> tuple[InspectorRow, ...]:
    """The picture's figures: what was sent, and the entries from the nearest to the original on down."""
    if session.size is None:
        return ()
    height, width = session.size
    rows = [InspectorRow("Picture", f"{width} × {height}")]
    sent = facts.compare.sent
    if sent is None:
        return tuple(rows)
    coded = sent.refinement.coded
    figures = f"{words.bpp(coded.bits_per_pixel)}, {words.size(coded.length)}"
    rows.append(InspectorRow("Sent" if session.stream is None else "Received", figures))
    before = sent.refinement.steps[0].scores.psnr_rgb_db
    if before is not None:
        rows.append(InspectorRow(f"{codec_title(coded.codec)}, RGB", words.db(before)))
    there = [one for one in shown if one.ready and one.db is not None]
    for one in sorted(there, key=lambda one: -(one.db or 0.0)):
        assert one.db is not None
        gain = words.gain(words.difference(one.db, before or math.nan), "") if before is not None else ""
        rows.append(InspectorRow(one.label, f"{words.db(one.db)} ({gain})", one.look.colour))
    if before is None:
        rows += [
            InspectorRow(one.label, f"{one.run.refinement.steps[one.step].seconds:.2f} s", one.look.colour)
            for one in shown
            if one.run is not None and one.ready
        ]
    return tuple(rows)
