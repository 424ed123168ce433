"""What the compare view shows, from made-up runs: panes, winners, curves, tables, hidden states."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import replace

import numpy as np
import pytest

from engine import pipeline
from engine.metrics.fidelity import psnr_rgb_db
from engine.types import DecodeOptions
from tests.support.compared import BPTT, ENTRIES, RTRL, SAB, record, session, shown, told
from tests.support.viewer_engine import STUDY_CARDS, Engine, Token, picture
from viewer.compare.resolve.winner import TIE_DB, winners
from viewer.core.memo import Memo
from viewer.core.table_text import table_text
from viewer.decode.several import compare, plan_of
from viewer.model.facts.compare import CompareBegun, CompareFacts, CompareFailed, CompareSent, Studied
from viewer.model.facts.facts import Facts
from viewer.model.scene.compare import CompareScene
from viewer.model.scene.palette import GREY
from viewer.model.scene.picture import PaneScene
from viewer.model.scene.whole import Scene
from viewer.model.session import compare_changes as c
from viewer.model.session import pages as s
from viewer.model.session.choices import Overlay
from viewer.model.session.compare import Axis, Entry
from viewer.model.session.opening import open_stream
from viewer.model.session.state import Stream
from viewer.model.session.view_changes import set_peek
from viewer.shell.controller.resolve import resolve

pytestmark = pytest.mark.cards(STUDY_CARDS)


def compared(scene: Scene) -> CompareScene:
    assert scene.compare is not None
    return scene.compare


# ---- panes -----------------------------------------------------------------------------------------------


def test_panes_carry_name_look_and_decibels(engine: Engine) -> None:
    state = session()
    facts = told(state)
    scene = shown(state, facts)
    assert [pane.title for pane in scene.panes] == ["JPEG q15", "BPTT", "RTRL", "SAB"]
    assert [pane.colour for pane in scene.panes[1:]] == ["#56B4E9", "#E69F00", "#009E73"]
    assert [pane.mark for pane in scene.panes] == ["", "A", "B", ""]
    original = picture().pixels
    for pane, entry in zip(scene.panes[1:], ENTRIES, strict=True):
        assert pane.pixels is facts.runs[entry].pixels(2)
        assert f"{psnr_rgb_db(original, pane.pixels):.2f} dB" in pane.detail
    both = shown(c.toggle_extra(c.toggle_extra(state, "original"), "standard"), facts)
    assert [pane.key for pane in both.panes] == ["original", *(entry.key for entry in ENTRIES)]


def test_all_panes_stand_at_the_same_step(engine: Engine) -> None:
    state = session()
    facts = told(state)
    for step in (0, 1):
        scene = shown(replace(state, step=step), facts)
        assert scene.transport.step == step
        for pane, entry in zip(scene.panes[1:], ENTRIES, strict=True):
            assert pane.pixels is facts.runs[entry].pixels(step)
    more = c.set_steps(state, 5)
    longer = told(more)
    assert shown(more, longer).transport.steps_planned == 5
    mixed = replace(longer, runs={**longer.runs, BPTT: facts.runs[BPTT]})
    scene = shown(more, mixed)
    assert scene.panes[1].detail.startswith("step 2 · ")
    assert "step" not in scene.panes[2].detail


def test_flipping_exchanges_two_panes_and_their_names(engine: Engine) -> None:
    state = c.set_flip(session(), 0, 2)
    facts = told(state)
    plain, flipped = shown(state, facts), shown(c.hold_flip(state, True), facts)
    assert [pane.title for pane in flipped.panes] == ["JPEG q15", "SAB", "RTRL", "BPTT"]
    assert flipped.panes[1].pixels is plain.panes[3].pixels
    assert flipped.panes[2].title == plain.panes[2].title
    alone = s.solo_pane(state, 2)
    assert [pane.title for pane in shown(alone, facts).panes] == ["BPTT"]
    assert [pane.title for pane in shown(c.hold_flip(alone, True), facts).panes] == ["SAB"]


def test_peeking_shows_the_original_everywhere(engine: Engine) -> None:
    state = session()
    scene = shown(set_peek(state, "original"), told(state))
    assert len(scene.panes) == 4
    assert all(pane.pixels is state.picture.pixels for pane in scene.panes)  # type: ignore[union-attr]


def test_waiting_starting_and_failed_panes_say_so(engine: Engine) -> None:
    state = session()
    started = told(state, 2)
    assert started.begun == CompareBegun(BPTT, 0, 3)
    scene = shown(state, replace(started, part=0.2), busy=True)
    assert [pane.detail for pane in scene.panes[1:]] == ["decoding, 60 %", "waiting", "waiting"]
    assert shown(state, started, busy=True).panes[1].detail == "starting …"
    assert scene.panes[1].progress == pytest.approx(0.6)
    assert scene.panes[2].progress is None
    assert all(pane.pixels is started.sent.pixels(0) for pane in scene.panes[1:])  # type: ignore[union-attr]
    failed = started.heard(CompareFailed(BPTT, "RuntimeError: shapes differ"))
    pane = shown(state, failed, busy=True).panes[1]
    assert (pane.pixels, pane.message) == (None, "RuntimeError: shapes differ")
    stopped = shown(state, replace(started, begun=None, stopped=True))
    assert stopped.panes[2].detail == "stopped"


def test_before_the_stream_is_there(engine: Engine) -> None:
    state = session()
    scene = shown(state, CompareFacts(), busy=True)
    assert all(pane.pixels is None for pane in scene.panes)
    assert scene.panes[0].message == "encoding …"
    assert scene.transport.steps_ready == 0
    assert scene.summary[0].value == "70 × 45"


def test_unchanged_parts_are_the_same_objects(engine: Engine) -> None:
    state = replace(session(), cursor=(9, 9))
    facts = Facts(compare=told(state))
    memo = Memo()
    first = resolve(state, facts, memo)
    again = resolve(replace(state, cursor=(10, 9)), facts, memo)
    assert again.panes is first.panes
    assert compared(again).table is compared(first).table
    assert compared(again).training is compared(first).training
    assert again.summary is first.summary


# ---- the job ---------------------------------------------------------------------------------------------


def test_one_stream_for_all_and_one_failure_alone(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[int] = []
    encode = pipeline.encode

    def count(*arguments: object) -> object:
        encoded.append(1)
        return encode(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "encode", count)
    engine.decoders[RTRL.decoder].fail = RuntimeError("broken\nin the middle")
    state = session()
    facts = told(state)
    assert encoded == [1]
    assert facts.failures == {RTRL: "RuntimeError: broken in the middle"}
    assert set(facts.runs) == {BPTT, SAB}
    assert facts.runs[BPTT].refinement.coded is facts.runs[SAB].refinement.coded
    assert facts.missing(ENTRIES) == ()
    scene = shown(state, facts)
    assert scene.panes[2].message == "RuntimeError: broken in the middle"


def test_pictures_too_large_to_keep_fail_alone(engine: Engine) -> None:
    facts = told(session(), most_bytes=2 * 3 * 45 * 70 + 1)
    assert list(facts.runs) == [BPTT]
    assert "too large to keep the steps of 2 decoders" in facts.failures[RTRL]


def test_hidden_states_are_asked_of_networks_that_have_them(engine: Engine) -> None:
    told(c.open_compare(session(), (Entry("sweep"), BPTT)))
    assert not engine.decoders["sweep"].runs[0][1].inside
    assert engine.decoders[BPTT.decoder].runs[0][1].inside
    assert engine.decoders[BPTT.decoder].runs[0][1] == DecodeOptions(steps=2, inside=True)


# ---- who wins --------------------------------------------------------------------------------------------


def test_winners_and_margins_by_hand() -> None:
    errors = (
        np.array([[100.0, 50.0, 7.0, 0.0]]),
        np.array([[10.0, 50.0, 70.0, 5.0]]),
        None,
        np.array([[1000.0, 80.0, 700.0, 5.0]]),
    )
    result = winners(errors)
    assert result is not None
    assert result.best.tolist() == [[1, -1, 0, 0]]
    assert result.margin[0, :3].tolist() == pytest.approx([10.0, 0.0, 10.0])
    assert math.isinf(result.margin[0, 3])
    assert winners((errors[0], None)) is None


def test_the_map_of_winners_has_their_colours(engine: Engine) -> None:
    state = s.set_overlay(session((BPTT, RTRL)), Overlay.WINNER)
    facts = told(state)
    overlay = shown(state, facts).overlay
    assert overlay.kind is Overlay.WINNER
    assert overlay.shades is not None
    errors = [facts.runs[entry].errors[2] for entry in (BPTT, RTRL)]
    first = errors[0] < errors[1]
    margin = np.abs(10 * np.log10(errors[0] / errors[1]))
    clear, tied = margin > TIE_DB + 1e-6, margin < TIE_DB - 1e-6
    assert clear.any()
    assert not overlay.shades[..., 3][tied].any()  # neutral
    assert overlay.grey
    assert [pane.title for pane in shown(state, facts).panes] == ["Best decoder per patch"]
    colours = np.where(first[..., None], (0x56, 0xB4, 0xE9), (0xE6, 0x9F, 0x00))
    assert (overlay.shades[..., :3][clear] == colours[clear]).all()
    assert (overlay.shades[..., 3][clear] > 40).all()
    assert [colour for _, colour in overlay.classes] == ["#56B4E9", "#E69F00", GREY]
    shares = [int(name.split()[-2]) for name, _ in overlay.classes]
    assert 98 <= sum(shares) <= 102
    step0 = shown(replace(state, step=0), facts).overlay
    assert step0.shades is not None
    assert not step0.shades[..., 3].any()


def test_the_patch_pointed_at_names_its_winner(engine: Engine) -> None:
    state = replace(session((BPTT, RTRL)), cursor=(20, 12))
    facts = told(state)
    scene = shown(state, facts)
    errors = [float(facts.runs[entry].errors[2][1, 2]) for entry in (BPTT, RTRL)]
    margin = abs(10 * math.log10(errors[0] / errors[1]))
    best = ("BPTT", "RTRL")[int(errors[1] < errors[0])]
    assert f"{best} by {margin:.2f} dB" in scene.status.patch
    rows = {row.label: row.value for row in scene.inspector}
    assert rows["Best"] == f"{best} by {margin:.2f} dB"
    assert rows["Row, column"] == "1, 2"
    expected = 10 * math.log10(255**2 * 192 / errors[0])
    assert rows["BPTT"].startswith(f"{expected:.2f} dB")


def test_without_an_original_nobody_wins(engine: Engine) -> None:
    state = session()
    coded = pipeline.encode("jpeg", picture().pixels, state.options.encode_options())
    stream = Stream("sent.jpg", coded.payload, 45, 70)
    received = s.set_overlay(c.open_compare(open_stream(state, stream), ENTRIES), Overlay.WINNER)
    plan = plan_of(received, ENTRIES)
    facts = CompareFacts()
    for news in compare(plan, coded, lambda: None)(Token()):  # type: ignore[arg-type]
        facts = facts.heard(news)
    scene = shown(received, replace(facts, begun=None))
    assert scene.panes[0].key == "standard"
    assert scene.overlay.shades is None
    assert "no original" in scene.overlay.note
    assert scene.plots[0].curves == ()
    assert compared(scene).table.rows[0].cells[2] == "–"
    assert scene.panes[1].pixels is not None


def test_one_line_an_entry_over_the_steps(engine: Engine) -> None:
    state = session()
    facts = told(state)
    psnr = shown(state, facts).plots[0]
    assert [curve.name for curve in psnr.curves] == ["BPTT", "RTRL", "SAB"]
    assert len({(curve.colour, curve.style) for curve in psnr.curves}) == 3
    for curve, entry in zip(psnr.curves, ENTRIES, strict=True):
        known = [step.scores.psnr_rgb_db for step in facts.runs[entry].refinement.steps]
        assert curve.y.tolist() == pytest.approx(known)
    assert psnr.marker == 2.0
    half = told(state, 4)
    assert np.isnan(shown(state, half, busy=True).plots[0].curves[0].y).sum() == 1


def test_training_curves_over_any_axis(engine: Engine) -> None:
    state = session()
    records = {
        BPTT.decoder: record(),
        RTRL.decoder: record(cosines={"uoro": ((15, 0.25),)}),
        SAB.decoder: None,
    }
    facts = replace(told(state), studied=Studied(records))
    loss, validation, cosine = compared(shown(state, facts)).training
    assert [curve.name for curve in loss.curves] == ["BPTT", "RTRL"]
    assert loss.curves[0].x.tolist() == [10, 20]
    assert validation.curves[0].y.tolist() == [0.2, 0.4]
    assert (cosine.curves[0].x.tolist(), cosine.curves[0].y.tolist()) == ([15.0], [0.25])
    assert cosine.title == "Gradient accuracy on RTRL's trajectory"
    assert cosine.curves[0].name == "UORO"
    both = {"rtrl": ((10, 1.0), (20, 0.9)), "uoro": ((15, 0.25),)}
    told_more = replace(facts, studied=Studied({RTRL.decoder: record(cosines=both)}))
    own, watched = compared(shown(state, told_more)).training[2:]
    assert (own.title, own.curves[0].name) == ("Gradient accuracy on its own trajectory", "RTRL")
    assert own.curves[0].y.tolist() == [1.0, 0.9]
    assert [curve.name for curve in watched.curves] == ["UORO"]
    seconds = compared(shown(c.set_axis(state, Axis.SECONDS), facts)).training
    assert seconds[0].curves[0].x.tolist() == [5.0, 9.0]
    assert seconds[2].curves[0].x.tolist() == [7.0]
    assert seconds[0].x_label == "seconds of training"
    patches = compared(shown(c.set_axis(state, Axis.PATCHES), facts)).training
    assert patches[0].curves[0].x.tolist() == [1.0, 2.0]
    bare = compared(shown(state, replace(facts, studied=Studied({})))).training
    assert len(bare) == 2
    assert "without a training record" in bare[0].note


def test_the_table_its_order_and_its_file(engine: Engine) -> None:
    state = session()
    facts = replace(told(state), studied=Studied({BPTT.decoder: record()}))
    table = compared(shown(state, facts)).table
    keys = [column.key for column in table.columns]
    assert keys == [
        "entry", "gain_db_step_1", "gain_db_step_2", "decode_seconds", "learner", "cell", "context", "seed",
        "parameters", "updates", "train_seconds", "ms_per_update", "peak_mb",
    ]  # fmt: skip
    assert table.rows[0].values[0] == "BPTT"
    assert table.rows[0].values[4:] == (
        "BPTT",
        "Elman",
        "both",
        1.0,
        24000.0,
        20.0,
        9.0,
        450.0,
        12.5,
    )
    assert table.rows[1].values[9:] == (100.0, 50.0, 500.0, None)
    gain = table.rows[0].values[2]
    steps = facts.runs[BPTT].refinement.steps
    assert gain == pytest.approx(steps[2].scores.psnr_rgb_db - steps[0].scores.psnr_rgb_db)  # type: ignore[operator]
    up = compared(shown(c.sort_by(state, "gain_db_step_2"), facts)).table
    values = [row.values[2] for row in up.rows]
    assert values == sorted(values)  # type: ignore[type-var]
    down = compared(shown(c.sort_by(c.sort_by(state, "peak_mb"), "peak_mb"), facts)).table
    assert [row.values[12] for row in down.rows] == [12.5, None, None]
    read = list(csv.reader(io.StringIO(table_text(up))))
    assert read[0] == keys
    assert [row[0] for row in read[1:]] == [row.cells[0] for row in up.rows]
    assert float(read[1][2]) == pytest.approx(values[0], abs=1e-5)
    assert table_text(table, "\t").split("\n")[0].split("\t") == keys


def test_facts_refuse_what_they_don_t_know() -> None:
    with pytest.raises(TypeError, match="unknown news"):
        CompareFacts().heard(PaneScene("", "", "", None))
    assert CompareSent.__dataclass_fields__.keys() == {"run"}
