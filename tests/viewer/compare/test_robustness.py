"""Studies of robustness: means over seeds, topics, rows; what is missing or broken is told."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.evaluation.table import CompareRow
from engine.models.training_record import TrainingRecord
from tests.support.compared import BPTT, RTRL, record
from tests.support.viewer_engine import STUDY_CARDS, Engine, Token
from viewer.compare import jobs as work_compare
from viewer.compare.resolve.robustness import resolve_heat
from viewer.model.facts.compare import Studied

pytestmark = pytest.mark.cards(STUDY_CARDS)


# ---- robustness ------------------------------------------------------------------------------------------


def row(**changes: object) -> CompareRow:
    plain = CompareRow(
        decoder="learner-bptt-1", learner="BPTT", cell="elman", context="both", seed=1, parameters=24000,
        updates=100, train_seconds=50.0, ms_per_update=500.0, peak_mb=1.0, step=2, psnr_rgb_db=29.0,
        gain_db=0.5, set="robustness", topic="quality", condition="q75", residual="as run", kind="raster",
        attentive=False, patches=1000, gain_sd_db=0.1, worst_gain_db=0.2, pictures=4, bits_per_pixel=1.5,
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def study(*rows: CompareRow) -> Studied:
    return Studied({}, rows)


def test_cells_are_means_over_seeds_with_their_spread() -> None:
    heat = resolve_heat(
        study(
            row(step=1, gain_db=0.1), row(), row(seed=2, decoder="learner-bptt-2", gain_db=0.7),
            row(learner="UORO", decoder="learner-uoro-1", gain_db=-0.3),
            row(condition="q90", gain_db=0.05),
        ), "", ("", ""),
    )  # fmt: skip
    assert heat.columns == ("q75", "q90")
    assert [title for title, _ in heat.rows] == ["BPTT", "UORO"]
    first = heat.cells[0][0]
    assert first.value == pytest.approx(0.6)
    assert first.spread == pytest.approx(math.sqrt(0.02))
    assert heat.cells[1][0].text == "−0.30"
    assert (heat.cells[1][1].value, heat.cells[1][1].text) == (None, "–")
    assert heat.cells[1][0].spread is None


def test_topics_steps_and_the_chosen_cell() -> None:
    rows = [row(topic="steps", condition="K = 12", step=step, gain_db=step / 10) for step in range(4)]
    studied = study(row(), *rows)
    assert resolve_heat(studied, "", ("", "")).topics == (("quality", "Qualities"), ("steps", "More steps"))
    heat = resolve_heat(studied, "steps", ("BPTT", "K = 3"))
    assert heat.columns == ("K = 1", "K = 2", "K = 3")
    assert [cell.value for cell in heat.cells[0]] == pytest.approx([0.1, 0.2, 0.3])
    assert heat.chosen == (0, 2)
    assert "seed 1: +0.30 dB" in heat.details
    assert heat.plot is not None
    assert heat.plot.curves[0].y.tolist() == pytest.approx([0, 0.1, 0.2, 0.3])
    assert resolve_heat(studied, "steps", ("BPTT", "gone")).chosen is None


def test_variants_of_a_learner_are_rows_of_their_own() -> None:
    heat = resolve_heat(
        study(
            row(), row(attentive=True, decoder="learner-attentive-bptt-1"),
            row(attentive=True, parameters=500_000, cell="lstm", decoder="attentive-bptt"),
            row(kind="sweep", decoder="sweep", learner="BPTT"),
        ), "", ("", ""),
    )  # fmt: skip
    assert [title for title, _ in heat.rows] == [
        "BPTT",
        "BPTT attentive",
        "BPTT attentive full size",
        "sweep",
    ]


def test_the_study_says_why_it_is_not_there(tmp_path: Path, engine: Engine) -> None:
    assert resolve_heat(None, "", ("", "")).note == "reading the study …"
    job = work_compare.study(STUDY_CARDS, tmp_path / "none.csv")
    news = list(job(Token()))  # type: ignore[arg-type]
    assert "no study" in resolve_heat(news[-1], "", ("", "")).note
    broken = tmp_path / "robustness.csv"
    broken.write_text("a,b\n1,2\n")
    news = list(work_compare.study(STUDY_CARDS, broken)(Token()))  # type: ignore[arg-type]
    assert "not a comparison of models" in resolve_heat(news[-1], "", ("", "")).note


def test_a_broken_record_spoils_nothing_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from engine.models import training_record

    def reading(card: object) -> TrainingRecord:
        if getattr(card, "name", "") == BPTT.decoder:
            raise UserError("learner-bptt-1.record.json: not a training record")
        return record()

    monkeypatch.setattr(training_record, "record_of", reading)
    news = list(work_compare.study(STUDY_CARDS, tmp_path / "none.csv")(Token()))  # type: ignore[arg-type]
    assert news[0].records[BPTT.decoder] == "learner-bptt-1.record.json: not a training record"
    assert isinstance(news[0].records[RTRL.decoder], TrainingRecord)
