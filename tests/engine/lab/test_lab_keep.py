"""Lanes kept as decoders: what `nrc decode` shows of them is what the lab painted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine import pipeline
from engine.cli.main import main
from engine.errors import UserError
from engine.lab.keep import keep
from engine.lab.run import Race
from engine.lab.settings import NetworkSettings
from engine.models.card import read_card
from engine.models.training_record import record_of
from engine.types import Context, DecodeOptions, EncodeOptions, Pixels, ignore, never
from tests.support.lab import folder_of_pictures, picture, race, settings, small_crops


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    small_crops(monkeypatch)
    return folder_of_pictures(tmp_path / "pictures")


def learned(folder: Path, **changes: object) -> Race:
    one = race(settings(folder, **changes), picture(0))
    list(one.play())
    generator = torch.Generator().manual_seed(1)
    for runner in one.runners:  # a few updates hardly move what starts at 0
        for value in runner.lane.averaged.parameters():
            value.data += 0.2 * torch.randn(value.shape, generator=generator)
    return one


def decoded(path: Path, pixels: Pixels, subsampling: str = "4:2:0", **options: object) -> list[Pixels]:
    decoder = pipeline.load_decoder(str(path))
    coded = pipeline.encode("jpeg", pixels, EncodeOptions(10, subsampling=subsampling))
    chosen = DecodeOptions(context=Context.NONE, device="cpu", **options)  # type: ignore[arg-type]
    pipeline.check_options(decoder.card, chosen, "jpeg")
    return [each.pixels for each in pipeline.estimates(decoder, coded, chosen, never, ignore)]


@pytest.mark.parametrize(
    ("task", "options", "subsampling"),
    [
        ("late-answer", {"delay": 2, "span": 4}, "4:2:0"),
        ("late-answer", {"delay": 1, "span": 4, "answer": "residual"}, "4:4:4"),
        ("lost-packets", {"span": 4, "keep": 2, "lose": 1}, "4:2:0"),
        ("refine", {"span": 4}, "4:2:0"),
    ],
)
@pytest.mark.parametrize(
    "network", [{"steps": 2}, {"k_top": 2, "cell": "lstm"}, {"k_top": 1, "carried": False}]
)
def test_a_kept_lane_decodes_as_the_lab_painted(
    folder: Path,
    tmp_path: Path,
    task: str,
    options: dict[str, object],
    subsampling: str,
    network: dict[str, object],
) -> None:
    chosen = NetworkSettings(units=6, embed=8, **network)  # type: ignore[arg-type]
    lanes = ("bptt",)
    one = learned(
        folder, task=task, options={**options, "subsampling": subsampling}, network=chosen, lanes=lanes
    )
    told = keep(one, 0, -1, tmp_path / "mine")
    assert told.update == 6
    painted = one.task.paint(one.runner(0).lane.model, one.runner(0).lane.answering(), one.ready[0]).pixels
    shown = decoded(Path(told.file), picture(0), subsampling)
    assert len(shown) == chosen.steps
    assert np.array_equal(shown[-1], painted)
    assert painted.std() > 5


def test_differences_hang_on_the_symbols_alone_up_to_rounding(folder: Path, tmp_path: Path) -> None:
    """The decoder reads coefficients from the 8-bit standard decode, the lab from the symbols."""
    one = learned(folder, task="differences", options={"span": 4}, lanes=("bptt",))
    told = keep(one, 0, -1, tmp_path / "mine")
    painted = one.task.paint(one.runner(0).lane.model, one.runner(0).lane.answering(), one.ready[0]).pixels
    (shown,) = decoded(Path(told.file), picture(0), "4:4:4")
    assert painted.std() > 20
    assert np.abs(shown.astype(int) - painted).mean() < 1


def test_an_earlier_moment_is_kept_as_it_was(folder: Path, tmp_path: Path) -> None:
    one = learned(folder, seeds=(3,))
    now, before = keep(one, 1, -1, tmp_path / "now.json"), keep(one, 1, 3, tmp_path / "before.json")
    assert (now.update, before.update) == (6, 2)
    pictures = [decoded(Path(each.file), picture(0))[0] for each in (now, before)]
    assert not np.array_equal(*pictures)
    snapshot = one.runner(1).newest(2)
    painted = one.task.paint(one.runner(1).lane.model, snapshot.averaged, one.ready[0]).pixels
    assert np.array_equal(pictures[1], painted)
    card = read_card(tmp_path / "before.json")
    assert (card.name, card.kind, card.learner, card.seed) == ("before", "memory", "Truncated BPTT (1)", 3)
    assert card.contexts == (Context.NONE,)
    assert str(folder.parent) not in card.to_json()  # a card may be passed on
    record = record_of(card)
    assert record is not None
    assert record.updates == (2,)
    standard = one.task.standard_db()
    assert record.validation_db[0][0] == pytest.approx(one.runner(1).points[1].value - standard, abs=1e-4)


def test_the_strength_leads_from_the_standard_decode_to_the_answer(folder: Path, tmp_path: Path) -> None:
    one = learned(folder)
    path = Path(keep(one, 0, -1, tmp_path / "mine").file)
    standard = pipeline.encode("jpeg", picture(0), EncodeOptions(10, subsampling="4:2:0")).standard
    (none,) = decoded(path, picture(0), strength=0.0)
    assert np.abs(none.astype(int) - standard).max() <= 1
    (half,) = decoded(path, picture(0), strength=0.5)
    (whole,) = decoded(path, picture(0))
    middle = (standard.astype(float) + whole) / 2
    inside = (whole > 5) & (whole < 250)  # beyond, the picture is clipped
    assert np.abs(half - middle)[inside].mean() < 2


def test_what_the_network_held_is_told(folder: Path, tmp_path: Path) -> None:
    network = NetworkSettings(units=6, embed=8, k_top=1)
    one = learned(folder, network=network, lanes=("bptt",), options={"span": 4, "delay": 0})
    path = Path(keep(one, 0, -1, tmp_path / "mine").file)
    decoder = pipeline.load_decoder(str(path))
    coded = pipeline.encode("jpeg", picture(0), EncodeOptions(10, subsampling="4:2:0"))
    options = DecodeOptions(context=Context.NONE, inside=True, device="cpu")
    (estimate,) = decoder.refine(coded, options, never, ignore)
    assert estimate.inside is not None
    assert estimate.inside.hidden.shape == (9, 11, 6)
    assert np.abs(estimate.inside.hidden).max() > 0
    column = np.arange(11) % 4
    recalled = estimate.inside.recalled[..., 0] - (np.arange(11) - column)
    assert (estimate.inside.recalled[..., 0] < np.arange(11)).all()  # nothing recalls itself or what comes
    assert (recalled[estimate.inside.recalled[..., 0] >= 0] >= 0).all()  # nor another span's


def test_what_can_not_be_kept_is_told(folder: Path, tmp_path: Path) -> None:
    numbers = race(settings(task="delayed-add", options={"first": 1, "second": 2, "length": 4}))
    with pytest.raises(UserError, match="decodes no pictures"):
        keep(numbers, 0, -1, tmp_path / "mine")
    asked = race(settings(folder, task="asked-again", options={"span": 4}))
    with pytest.raises(UserError, match="can't be kept"):
        keep(asked, 0, -1, tmp_path / "mine")
    one = race(settings(folder))
    with pytest.raises(UserError, match="lane 5 isn't there"):
        keep(one, 5, -1, tmp_path / "mine")
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="file"):
        keep(one, 0, -1, tmp_path / "file" / "mine.json")


def test_on_the_command_line(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`nrc lab --keep`, then `nrc decode --decoder` with what it kept."""
    from engine.lab.settings import as_toml

    toml = tmp_path / "lab.toml"
    toml.write_text(as_toml(replace(settings(folder), data=(), validation=())))
    said = ["--data", str(folder), "--validation", str(folder), "-o", str(tmp_path / "run")]
    kept = tmp_path / "mine.json"
    assert main(["lab", str(toml), *said, "--keep", "tbptt:1", str(kept)]) == 0
    assert read_card(kept).learner == "Truncated BPTT (1)"
    stream = tmp_path / "photo.jpg"
    stream.write_bytes(pipeline.encode("jpeg", picture(1), EncodeOptions(10, subsampling="4:2:0")).payload)
    out = tmp_path / "shown.png"
    assert main(["decode", str(stream), "--decoder", str(kept), "-o", str(out)]) == 0
    assert out.exists()
    assert main(["lab", str(toml), *said, "--keep", "uoro", str(kept)]) == 2
