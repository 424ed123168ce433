"""What the Repair page says and in which parts it works, without a window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.artefacts.jpeg_history import Earlier, History
from engine.io.orientation import upright
from engine.repair.findings import Findings
from engine.repair.names import Source
from engine.repair.part import stored_box
from viewer.core.memo import Memo
from viewer.model.facts.facts import Facts
from viewer.model.facts.repair import FileState, RepairFacts, RepairFile, ShownFile
from viewer.model.scene.repair import RepairScene
from viewer.model.session import repair_changes as changes
from viewer.model.session.choices import Page
from viewer.model.session.state import Session
from viewer.repair.resolve.scene import resolve_repair
from viewer.repair.resolve.tiles import TILE, tiles_of

FOUND = Findings("jpeg", 40, 30, 50, History(50, False, Earlier(30, 0, 3, 0.97)), 0.9)


def scene(facts: RepairFacts, session: Session | None = None) -> RepairScene:
    return resolve_repair(session or Session(), Facts(repair=facts), Memo())


def file(name: str = "sea.jpg", **known: object) -> RepairFile:
    return RepairFile(Source(Path("/trip") / name), **known)  # type: ignore[arg-type]


def test_what_a_file_tells_is_said_in_plain_words() -> None:
    shown = ShownFile(Path("/trip/sea.jpg"), FOUND, np.zeros((30, 40, 3), np.uint8))
    told = scene(RepairFacts((file(findings=FOUND),), 0, shown))
    assert told.caption == "sea.jpg · 40 × 30"
    assert told.findings == (
        "JPEG, quality about 50 · saved before at about quality 30, cropped or moved since (97 % sure) · "
        "a mild gain can be expected (+0.9 dB on photographs like it)"
    )
    assert told.items[0].detail == "Quality about 50\nmild gain"
    assert told.example == "sea.jpg → /trip/repaired/sea.png"


@pytest.mark.parametrize(
    ("gain", "kind"),
    [(1.5, "clear gain"), (0.7, "mild gain"), (0.3, "slight gain"), (0.1, "hardly any gain")],
)
def test_gains_have_names(gain: float, kind: str) -> None:
    told = scene(RepairFacts((file(findings=replace(FOUND, gain_db=gain)),), 0))
    assert told.items[0].detail.endswith(kind)


def test_states_are_told_apart() -> None:
    files = (
        file("a.jpg", state=FileState.DONE, words="Saved as /trip/repaired/a.png"),
        file("b.jpg", state=FileState.FAILED, words="b.jpg: is cut off"),
        file("c.jpg", state=FileState.WORKING),
        file("d.jpg", fault="d.jpg: is empty"),
        file("e.jpg"),
    )
    told = scene(RepairFacts(files, running=True, done=2, count=5, part=0.5))
    assert [item.detail for item in told.items] == [
        "Repaired", "Not repaired\nis cut off", "Being repaired …", "Can't be repaired\nis empty", "…"
    ]  # fmt: skip
    assert [item.state for item in told.items] == ["done", "failed", "working", "failed", "waiting"]
    assert told.working == "3 of 5: c.jpg"
    assert told.progress == 0.5
    assert told.why_not == "files are being repaired"
    assert "Saved as /trip/repaired/a.png" in told.items[0].tip


def test_a_pattern_that_makes_no_names_stops_the_start() -> None:
    session = changes.set_pattern(Session(), "{nobody}")
    told = scene(RepairFacts((file(),), 0), session)
    assert "unknown placeholder {nobody}" in told.fault
    assert told.why_not == told.fault
    assert told.example == ""
    assert scene(RepairFacts()).why_not == "there are no files yet"


def test_choices_stay_within_their_limits() -> None:
    session = changes.set_strength(changes.set_quality(Session(), 400), 999)
    assert (session.repair.strength, session.repair.quality) == (150, 100)
    assert changes.set_kind(session, "gif") is session
    opened = changes.toggle_repair(session)
    assert opened.page is Page.REPAIR
    assert changes.toggle_repair(opened).page is Page.PICTURES


@pytest.mark.parametrize(
    "seen", [(0, 0, 500, 800), (390, 1000, 900, 2100), (2900, 3990, 3000, 4000), (5, 5, 6, 6)]
)
def test_parts_cover_what_is_seen_once_and_the_middle_comes_first(seen: tuple[int, int, int, int]) -> None:
    boxes = tiles_of(seen, 3000, 4000)
    covered = np.zeros((3000, 4000), np.uint8)
    for top, left, bottom, right in boxes:
        covered[top:bottom, left:right] += 1
        assert bottom - top <= TILE
        assert right - left <= TILE
    assert (covered[seen[0] : seen[2], seen[1] : seen[3]] == 1).all()
    assert covered.max() == 1
    middle = (seen[0] + seen[2]) / 2, (seen[1] + seen[3]) / 2

    def distance(box: tuple[int, int, int, int]) -> float:
        return abs((box[0] + box[2]) / 2 - middle[0]) + abs((box[1] + box[3]) / 2 - middle[1])

    assert distance(boxes[0]) == min(map(distance, boxes))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_parts_of_the_upright_picture_are_found_among_stored_pixels(orientation: int) -> None:
    stored = np.arange(6 * 9 * 3, dtype=np.uint8).reshape(6, 9, 3)
    turned = upright(stored, orientation)
    top, left, bottom, right = box = (1, 2, 4, 6)
    y, x, down, across = stored_box(box, orientation, *turned.shape[:2])
    assert np.array_equal(upright(stored[y:down, x:across], orientation), turned[top:bottom, left:right])
