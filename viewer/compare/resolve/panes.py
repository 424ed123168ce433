"""What the compare view shows: small multiples of all entries at one step. No Qt, pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from viewer.compare.styles import Look, looks
from viewer.core import words
from viewer.core.memo import Memo
from viewer.core.words import codec_title
from viewer.model.facts.compare import CompareFacts
from viewer.model.facts.facts import Facts, JobState
from viewer.model.facts.run import Run
from viewer.model.scene.picture import PaneScene, ThumbScene, TransportScene
from viewer.model.scene.plots import InspectorRow
from viewer.model.session.compare import Entry
from viewer.model.session.compare_presets import labels
from viewer.model.session.pages import panes_available
from viewer.model.session.playback import shown_step
from viewer.model.session.state import Session
from viewer.panes.resolve.panes import held, original_pane, standard_pane

_MARKS = ("A", "B")


@dataclass(frozen=True, eq=False)
class Shown:
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


def shown_entries(session: Session, facts: Facts, memo: Memo) -> tuple[Shown, ...]:
    """The entries in their order, at the step that is shown."""
    known = facts.compare
    step = compared_step(session, known)
    inputs = (session.compare.entries, session.models, known.runs, step)

    def make() -> tuple[Shown, ...]:
        named = zip(
            session.compare.entries,
            labels(session.compare.entries, session.models),
            looks(session.compare.entries, session.models),
            strict=True,
        )
        return tuple(
            Shown(entry, label, look, run, min(step, run.ready) if run is not None else 0)
            for entry, label, look in named
            for run in (known.runs.get(entry),)
        )

    return memo.recall("compared", inputs, make, slots=16)


def compared_step(session: Session, known: CompareFacts) -> int:
    """The step that the panes show, those that have come so far."""
    return shown_step(session, known.steps(session.compare.entries)[0])


# ---- panes -----------------------------------------------------------------------------------------------


def compare_panes(
    session: Session, facts: Facts, shown: tuple[Shown, ...], memo: Memo
) -> tuple[PaneScene, ...]:
    """The pane of each entry, the standard decode and the original where they are wanted."""
    state, known = session.compare, facts.compare
    inputs = (
        shown, session.picture, session.stream, state.original, state.standard, state.pair, state.flipped,
        session.solo, session.peek, known.sent, known.failures, _words_of_work(session, facts, shown),
    )  # fmt: skip
    return memo.recall("compare panes", inputs, lambda: _panes(session, facts, shown, memo), slots=12)


def _panes(session: Session, facts: Facts, shown: tuple[Shown, ...], memo: Memo) -> tuple[PaneScene, ...]:
    order = list(shown)
    pair = session.compare.pair
    if session.compare.flipped:
        order[pair[0]], order[pair[1]] = order[pair[1]], order[pair[0]]
    marks = {shown[at].entry: mark for at, mark in zip(pair, _MARKS, strict=True)}
    panes = {}
    for key in panes_available(session):
        if key in ("original", "standard"):
            panes[key] = _received(session, facts, key, memo)
    for place, one in zip(shown, order, strict=True):
        pane = _entry_pane(session, facts, one, marks.get(one.entry, ""), memo)
        panes[place.entry.key] = pane
    if session.peek:
        over = held(_received(session, facts, session.peek, memo))
        panes = {key: pane if key == session.peek else over for key, pane in panes.items()}
    return (panes[session.solo],) if session.solo in panes else tuple(panes.values())


def _received(session: Session, facts: Facts, key: str, memo: Memo) -> PaneScene:
    """What stands beside the decoders' pictures."""
    if key == "original":
        return memo.recall("original", (session.picture,), lambda: original_pane(session))
    sent = facts.compare.sent
    if sent is None:
        waiting = facts.error or ("encoding …" if session.stream is None else "reading the stream …")
        return PaneScene("standard", codec_title(session.codec), "", None, waiting)
    return memo.recall("compared standard", (sent,), lambda: standard_pane(sent))


def _entry_pane(session: Session, facts: Facts, one: Shown, mark: str, memo: Memo) -> PaneScene:
    doing, progress = work_words(session, facts, one)
    known = facts.compare
    failure = known.failures.get(one.entry, "")

    def make() -> PaneScene:
        def pane(detail: str, message: str = "") -> PaneScene:
            pixels = None
            if not message:
                base = one.run or known.sent
                pixels = base.pixels(one.step) if base is not None else None
            return PaneScene(
                one.entry.key, one.label, detail, pixels, message or doing or "not decoded",
                colour=one.look.colour, style=one.look.style, mark=mark, progress=progress,
            )  # fmt: skip

        if failure:
            return pane("failed", failure)
        if one.run is None or (one.run.ready == 0 and not one.run.over):
            return pane(doing)
        return pane(_figures(one, doing, compared_step(session, known)))

    inputs = (one, mark, doing, progress, failure, known.sent, compared_step(session, known))
    return memo.recall("entry pane", inputs, make, slots=96)


def _figures(one: Shown, doing: str, wanted: int) -> str:
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


def work_words(session: Session, facts: Facts, one: Shown) -> tuple[str, float | None]:
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


def _words_of_work(session: Session, facts: Facts, shown: tuple[Shown, ...]) -> tuple[object, ...]:
    return tuple(work_words(session, facts, one) for one in shown)


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


def compare_summary(session: Session, facts: Facts, shown: tuple[Shown, ...]) -> tuple[InspectorRow, ...]:
    """The picture's figures: what was sent, and the entries from the nearest to the original on down."""
    if session.size is None:
        return ()
    height, width = session.size
    rows = [InspectorRow("Picture", f"{width} × {height}")]
    sent = facts.compare.sent
    if sent is None:
        return tuple(rows)
    coded = sent.refinement.coded
    figures = f"{words.bpp(coded.bits_per_pixel)}, {words.size(len(coded.payload))}"
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
