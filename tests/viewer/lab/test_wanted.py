"""Which run a session asks for: what lanes decode and what they learn from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.io.image import load_picture
from engine.lab.run import make_task
from engine.registry import LEARNERS
from tests.support.viewer_engine import picture
from viewer.lab.picture import PictureFolder
from viewer.lab.wanted import filed, wanted_of
from viewer.model.scene.palette import learner_look
from viewer.model.session.lab_changes import set_learn_open, set_paint_open
from viewer.model.session.state import Session


def test_lanes_learn_from_the_open_picture_when_asked_to(tmp_path: Path) -> None:
    opened = picture(256, 264)
    session = replace(set_paint_open(Session(), True), picture=opened)
    assert (wanted_of(session).paint, wanted_of(session).learn) == (opened, None)
    wanted = wanted_of(set_learn_open(session, True))
    assert wanted.learn is opened
    assert not wanted.same(wanted_of(session))
    files = PictureFolder()
    settings = filed(wanted, files)
    assert settings.data == settings.validation
    task = make_task(settings)
    (learnt,) = task.train.paths  # type: ignore[attr-defined]
    assert np.array_equal(load_picture(learnt).pixels, opened.pixels)
    files.close()


def test_every_learner_has_a_colour_and_line_style_of_its_own() -> None:
    looks = [learner_look(name) for name in LEARNERS]
    assert len(set(looks)) == len(looks)
    assert len({colour for colour, _ in looks}) <= 8  # those that colour-blind people tell apart
