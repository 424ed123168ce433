"""`nrc export-onnx`: files that ONNX Runtime runs to the same estimates; what has no such file is told."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.cli import main as cli
from engine.decoders.base import to_rgb, to_ycc
from engine.decoders.scaled_sweep import ScaledSweep
from engine.decoders.sweep import SweepDecoder
from engine.decoders.sweep_network import SweepSizes
from engine.onnx import write
from engine.onnx.networks import ScaledSweeps
from engine.pipeline import load_decoder
from tests.support.tiny_models import save_tiny_model

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")


def check_written(kind: str, steps: str, said: str) -> None:
    """What the command said of the file, and what the file says of itself."""
    assert said.startswith(
        "standard, condition → estimates" if kind == "sweep" else "static, causal, state → "
    )
    assert float(said.split("differs by ")[1].split()[0]) <= 1e-4
    model = onnx.load("out.onnx")
    about = {each.key: each.value for each in model.metadata_props}
    assert json.loads(about["card"])["name"] == about["name"] == f"tiny-{kind}"
    assert about["steps"] == steps


@pytest.mark.parametrize("kind", ["raster", "sibling"])
def test_a_network_is_written_once_it_computes_the_same(
    kind: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_tiny_model(here, kind)
    assert cli.main(["export-onnx", f"tiny-{kind}.json", "-o", "out.onnx"]) == 0
    check_written(kind, "2", capsys.readouterr().out)


def test_other_sizes_and_steps_than_it_was_traced_by(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Against the network itself, on a picture of other sides."""
    save_tiny_model(here)
    assert cli.main(["export-onnx", "tiny-sweep.json", "--steps", "3", "-o", "out.onnx"]) == 0
    check_written("sweep", "3", capsys.readouterr().out)
    decoder = load_decoder("tiny-sweep.json")
    assert isinstance(decoder, SweepDecoder)
    standard, condition = torch.rand(1, 3, 80, 16), torch.tensor([[0.7, 1.0]])
    with torch.inference_mode():
        ours = to_rgb(torch.cat(list(decoder.network(to_ycc(standard), condition, 3)))).numpy()
    session = onnxruntime.InferenceSession("out.onnx", providers=["CPUExecutionProvider"])
    (theirs,) = session.run(None, {"standard": standard.numpy(), "condition": condition.numpy()})
    assert theirs.shape == (3, 3, 80, 16)
    assert np.abs(ours - theirs).max() <= 1e-4
    assert np.abs(ours[-1] - standard.numpy()).max() > 1e-3  # it does something


def test_weights_that_depend_on_the_scale_are_mixed_within_the_file(tmp_path: Path) -> None:
    torch.manual_seed(2)
    network = ScaledSweep(SweepSizes(channels=8, blocks=1, steps=2, scales=(0.25, 1.0, 4.0)))
    for anchor in network.anchors:
        torch.nn.init.normal_(anchor.out.weight, std=0.1)  # type: ignore[union-attr, arg-type]
    wrapped = ScaledSweeps(network, 2)
    standard = torch.rand(1, 3, 32, 48)
    for scale in (0.1, 0.25, 0.4, 1.0, 3.0, 9.0):
        told = torch.tensor([[math.log(scale), 0.0]])
        shares = [float(each) for each in wrapped.shares(told[0, 0])]
        assert shares == pytest.approx(network.shares(scale), abs=1e-6)
        ours = to_rgb(torch.cat(list(network.at(scale)(to_ycc(standard), told, 2))))
        assert torch.allclose(wrapped(standard, told), ours, atol=1e-5)


def test_a_file_that_would_compute_something_else_is_not_written(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    save_tiny_model(here, "raster")
    monkeypatch.setattr(write, "TOLERANCE", -1.0)
    assert cli.main(["export-onnx", "tiny-raster.json", "-o", "out.onnx"]) == 2
    assert "ONNX Runtime's outputs differ by" in capsys.readouterr().err
    assert not Path("out.onnx").exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("laplacian", "has no network"),
        ("attentive-sab", "recalls memories along a row"),
        ("no", "unknown decoder"),
    ],
)
def test_what_has_no_such_file_is_told(
    name: str, words: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["export-onnx", name, "-o", "out.onnx"]) == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1
    assert not Path("out.onnx").exists()
