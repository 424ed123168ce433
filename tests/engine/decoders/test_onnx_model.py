"""Models of one's own in ONNX files."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from skimage import data

from engine import pipeline
from engine.decoders.onnx_model import _pieces
from engine.errors import UserError
from engine.models.card import EVERY_CODEC, find_card
from engine.registry import CODECS
from engine.types import Coded, DecodeOptions, EncodeOptions, Pixels, ignore, never

PLAIN = DecodeOptions(device="cpu", projection=False, guard=False)


def model(path: Path, channels: int = 3, side: int | str = "side", scale: int = 1, kind: int = 1) -> Path:
    """A file whose network blurs across a row, 1 2 1, each channel alone; `scale` repeats pixels."""
    kernel = np.zeros((channels, 1, 1, 3), np.float32)
    kernel[..., 0, :] = [0.25, 0.5, 0.25]
    weights = helper.make_tensor("w", TensorProto.FLOAT, kernel.shape, kernel.ravel())
    pads = helper.make_node("Conv", ["x", "w"], ["c"], group=channels, pads=[0, 1, 0, 1], kernel_shape=[1, 3])
    scales = helper.make_tensor("s", TensorProto.FLOAT, [4], [1.0, 1.0, scale, scale])
    resize = helper.make_node("Resize", ["c", "", "s"], ["y"], mode="nearest")
    given = helper.make_tensor_value_info("x", kind, [1, channels, side, side])
    made = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, channels, None, None])
    graph = helper.make_graph([pads, resize], "blur", [given], [made], [weights, scales])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), str(path))
    return path


def sent(height: int = 90, width: int = 130) -> Coded:
    pixels = np.ascontiguousarray(data.chelsea()[100 : 100 + height, 150 : 150 + width])
    return pipeline.encode("jpeg", pixels, EncodeOptions(quality=30))


def refined(path: Path, coded: Coded, options: DecodeOptions = PLAIN) -> Pixels:
    decoder = pipeline.load_decoder(str(path))
    *_, last = pipeline.estimates(decoder, coded, options, never, ignore)
    return last.pixels


def blurred(coded: Coded) -> np.ndarray:
    inner = coded.standard.astype(float)
    return 0.25 * inner[:, :-2] + 0.5 * inner[:, 1:-1] + 0.25 * inner[:, 2:]


@pytest.mark.parametrize("side", ["side", 64])
def test_what_the_network_says_is_shown(tmp_path: Path, side: int | str) -> None:
    """Also of a network that knows one size of picture only."""
    coded = sent()
    shown = refined(model(tmp_path / "blur.onnx", side=side), coded)
    assert np.abs(shown[:, 1:-1] - blurred(coded)).max() <= 1
    assert not np.array_equal(shown, coded.standard)


def test_luma_alone(tmp_path: Path) -> None:
    coded = sent()
    shown = refined(model(tmp_path / "luma.onnx", channels=1), coded).astype(float)
    weights = np.array([0.299, 0.587, 0.114])
    middle = slice(1, -1)
    assert np.abs(shown[:, middle] @ weights - blurred(coded) @ weights).mean() < 0.5
    chroma = (shown - coded.standard) - ((shown - coded.standard) @ weights)[..., None]
    assert np.abs(chroma).mean() < 0.5


def test_it_is_finished_like_all_others(tmp_path: Path) -> None:
    coded, path = sent(), model(tmp_path / "blur.onnx")
    plain = refined(path, coded)
    nothing = DecodeOptions(device="cpu", projection=False, strength=0)
    assert np.array_equal(refined(path, coded, nothing), coded.standard)
    kept = refined(path, coded, DecodeOptions(device="cpu", guard=False))
    moved = [np.abs(each.astype(float) - coded.standard).mean() for each in (plain, kept)]
    assert 0 < moved[1] < moved[0]


def test_sixteen_bits_round_to_what_is_shown(tmp_path: Path) -> None:
    coded, decoder = sent(), pipeline.load_decoder(str(model(tmp_path / "blur.onnx")))
    options = DecodeOptions(device="cpu", projection=False, guard=False, deep=True)
    (last,) = pipeline.estimates(decoder, coded, options, never, ignore)
    assert last.deep is not None
    assert last.deep.dtype == np.uint16
    assert np.abs(last.deep / 257 - last.pixels).max() <= 0.51
    assert np.unique(last.deep).size > np.unique(last.pixels).size


def test_large_pictures_are_tiled(tmp_path: Path) -> None:
    coded = pipeline.encode("jpeg", np.tile(data.chelsea()[:296, :448], (2, 2, 1)), EncodeOptions(quality=30))
    shown = refined(model(tmp_path / "blur.onnx"), coded)
    assert np.abs(shown[:, 1:-1] - blurred(coded)).max() <= 1


@pytest.mark.parametrize("length", [1, 63, 64, 65, 200])
def test_pieces_cover_a_side_once(length: int) -> None:
    done = 0
    for start, keep, tall in _pieces(length, 64):
        assert start + keep <= done or done == 0
        assert tall == 64
        done = start + tall
    assert done >= length


def test_every_codec_may_be_tried(tmp_path: Path) -> None:
    assert tuple(CODECS) == EVERY_CODEC
    card = find_card(str(model(tmp_path / "own.onnx")))
    assert (card.name, card.kind, card.steps) == ("own", "onnx", 1)
    assert card.files == (tmp_path / "own.onnx",)


def test_files_that_are_no_networks_of_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "text.onnx").write_text("no model")
    with pytest.raises(UserError, match=r"text\.onnx: not a readable ONNX model"):
        pipeline.load_decoder(str(tmp_path / "text.onnx"))
    with pytest.raises(UserError, match=r"gone\.onnx"):
        pipeline.load_decoder(str(tmp_path / "gone.onnx"))
    with pytest.raises(UserError, match=r"two\.onnx: takes tensor"):
        pipeline.load_decoder(str(model(tmp_path / "two.onnx", channels=2)))
    with pytest.raises(UserError, match="must keep the size"):
        refined(model(tmp_path / "large.onnx", scale=2), sent())
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(UserError, match=r"pip install nrc-viewer\[onnx\]"):
        pipeline.load_decoder(str(model(tmp_path / "other.onnx")))
