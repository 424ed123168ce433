"""How the command line wants pictures looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import UserError
from viewer.launch.arguments import check, parse
from viewer.launch.look_arguments import MODES, OVERLAYS, looked_at
from viewer.model.session.choices import Mode, Overlay
from viewer.model.session.state import Session


def test_mode_and_overlay_reach_the_session() -> None:
    launch = parse(["--mode", "wipe", "--overlay", "block-edges"])
    session = looked_at(Session(), launch)
    assert (session.mode, session.overlay) == (Mode.WIPE, Overlay.BLOCK_EDGES)
    untouched = Session(mode=Mode.WIPE)
    assert looked_at(untouched, parse([])) is untouched
    assert set(MODES.values()) == set(Mode)
    assert set(OVERLAYS.values()) == set(Overlay) - {Overlay.WINNER}


@pytest.mark.parametrize(
    "options",
    [["--view-scale", "2"], ["--view-only"], ["--step", "0"], ["--zoom", "400%"], ["--patch", "0,1"]],
)
def test_what_only_a_snapshot_can_do_needs_one(options: list[str], tmp_path: Path) -> None:
    with pytest.raises(UserError, match=rf"{options[0]} needs --snapshot"):
        check(parse(options))
    check(parse([*options, "--snapshot", str(tmp_path / "a.png")]))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--view-scale", "9"], "invalid scale (0.5 to 8) value: '9'"),
        (["--step", "13"], "invalid step (0 to 12) value: '13'"),
        (["--zoom", "x"], "invalid zoom (1 to 12800 percent) value: 'x'"),
        (["--patch", "3"], "invalid patch (ROW,COLUMN) value: '3'"),
        (["--patch=-1,2"], "invalid patch (ROW,COLUMN) value: '-1,2'"),
    ],
)
def test_nonsense_is_refused_in_one_line(
    options: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse(options)
    said = capsys.readouterr().err
    assert told in said
    assert said.count("\n") == 1
