"""The recurrent codec: exact and progressive streams, clear errors, and what its networks compute."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from engine.codecs.learned import goog_network as nets
from engine.codecs.learned import model as learned
from engine.codecs.learned.container import Container
from engine.codecs.learned.goog import GOOG, ITERATIONS, LETTER, VERSION
from engine.errors import UserError
from engine.types import EncodeOptions
from tests.support.repository import ROOT
from tests.support.tiny_codecs import save_tiny_goog
from tests.support.tiny_models import textured_pixels


@pytest.fixture
def model(tiny_codecs: Path) -> Path:
    return tiny_codecs / "goog.json"


@pytest.mark.parametrize("size", [(48, 56), (16, 16), (1, 1), (33, 70)])
def test_round_trip(model: Path, size: tuple[int, int]) -> None:
    pixels = textured_pixels(*size)
    for quality in (1, 3, ITERATIONS):
        sent = GOOG.encode(pixels, EncodeOptions(quality=quality))
        received = GOOG.decode(sent.payload)
        assert sent.standard.shape == pixels.shape
        assert np.array_equal(sent.standard, received.standard)
        assert not sent.standard.flags.writeable
        assert (received.quality, received.scale) == (quality, ITERATIONS / quality)
        assert GOOG.notes(sent.payload) == ()


def test_a_stream_cut_after_any_iteration_is_the_shorter_one(model: Path) -> None:
    pixels = textured_pixels()
    whole = GOOG.encode(pixels, EncodeOptions(quality=ITERATIONS)).payload
    stages = list(GOOG.stages(whole))
    assert len(stages) == ITERATIONS
    for iterations in (1, 2, 5, ITERATIONS):
        shorter = GOOG.encode(pixels, EncodeOptions(quality=iterations))
        assert shorter.payload == stages[iterations - 1].payload
        assert np.array_equal(stages[iterations - 1].standard, shorter.standard)
    assert sorted(coded.bits for coded in stages) == [coded.bits for coded in stages]


def test_iterations_refine_what_was_sent(model: Path) -> None:
    """Bits of an iteration say what the ones before left over: they depend on the picture and on them."""
    one = GOOG.planes(GOOG.encode(textured_pixels(), EncodeOptions(quality=3)).payload)
    two = GOOG.planes(GOOG.encode(textured_pixels(seed=1), EncodeOptions(quality=3)).payload)
    assert [plane.shape for plane in one] == [(32, 3, 4)] * 3
    assert set(np.unique(np.stack(one))) == {-1, 1}
    assert not np.array_equal(one[0], one[1])
    assert not np.array_equal(one[0], two[0])


def test_target_rate(model: Path) -> None:
    pixels = textured_pixels(96, 96)
    rates = [
        GOOG.encode(pixels, EncodeOptions(quality=quality)).bits_per_pixel
        for quality in range(1, ITERATIONS + 1)
    ]
    for target in (rates[0] / 3, rates[2] * 1.02, rates[5] * 0.98, rates[-1] * 3):
        reached = GOOG.encode(pixels, EncodeOptions(bits_per_pixel=target)).bits_per_pixel
        assert abs(reached - target) == min(abs(rate - target) for rate in rates)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (EncodeOptions(), "either a quality or a number of bits"),
        (EncodeOptions(quality=0), "from 1 to 8, not 0"),
        (EncodeOptions(quality=9), "from 1 to 8, not 9"),
        (EncodeOptions(bits_per_pixel=0.0), "above 0"),
    ],
)
def test_impossible_options(model: Path, options: EncodeOptions, message: str) -> None:
    with pytest.raises(UserError, match=message):
        GOOG.encode(textured_pixels(), options)


def test_forged_streams_with_a_right_checksum(model: Path) -> None:
    identity, rng = learned.find_model("goog", "GOOG-small").identity, np.random.default_rng(2)
    for number in range(40):
        sections = tuple(rng.bytes(int(rng.integers(60)) * 4) for _ in range(1 + number % 4))
        point, certain = len(sections), number % 8 < 4
        if number % 8 == 0:
            point += 1
        elif number % 8 == 1:
            point, sections = 0, ()
        elif number % 8 == 2:
            point, sections = 9, (b"",) * 9
        elif number % 8 == 3:
            sections = (*sections[:-1], b"odd")
        payload = Container(LETTER, VERSION, 56, 48, identity, point, sections).pack()
        if certain:
            with pytest.raises(UserError, match="bad: the GOOG-small stream is damaged"):
                GOOG.decode(payload, "bad")
        else:
            with suppress(UserError):  # random data may happen to be bits
                assert GOOG.decode(payload, "bad").standard.shape == (48, 56, 3)


CHILD = """
import hashlib, sys
from pathlib import Path
import numpy as np, torch
torch.set_num_threads(int(sys.argv[2]))
from engine.codecs.learned.goog import GOOG
planes = GOOG.planes(Path(sys.argv[1]).read_bytes())
print(hashlib.sha256(np.stack(planes).tobytes()).hexdigest())
"""


@pytest.mark.parametrize("threads", [1, 3])
def test_another_process_and_thread_count_decode_the_same_bits(
    model: Path, tmp_path: Path, threads: int
) -> None:
    payload = GOOG.encode(textured_pixels(100, 96), EncodeOptions(quality=4)).payload
    (tmp_path / "a.nrc").write_bytes(payload)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", CHILD, str(tmp_path / "a.nrc"), str(threads)],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": str(threads)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == hashlib.sha256(np.stack(GOOG.planes(payload)).tobytes()).hexdigest()


def test_streams_of_another_model_or_codec_are_refused(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    payload = GOOG.encode(textured_pixels(), EncodeOptions(quality=2)).payload
    monkeypatch.setenv(learned.FOLDER_VARIABLE, str(save_tiny_goog(tmp_path / "other", seed=4).parent))
    with pytest.raises(UserError, match=r"a\.nrc: made with the GOOG-small model"):
        GOOG.decode(payload, "a.nrc")
    with pytest.raises(UserError, match=r"a\.nrc: is not a GOOG-small stream"):
        GOOG.decode(payload.replace(b"NRCG", b"NRCE"), "a.nrc")


def test_png(model: Path) -> None:
    coded = GOOG.encode(textured_pixels(), EncodeOptions(quality=2))
    with Image.open(BytesIO(GOOG.png(coded.standard, coded))) as image:
        assert np.array_equal(np.asarray(image), coded.standard)


def test_gru_by_hand() -> None:
    torch.manual_seed(0)
    layer = nets.ConvGRU(2, 3)
    u, h = torch.randn(1, 2, 1, 1), torch.randn(1, 3, 1, 1)
    seen = layer.seen.weight[:, :, 1, 1] @ u.flatten() + layer.seen.bias
    kept = layer.kept.weight[:, :, 0, 0] @ h.flatten()
    z, reset = torch.sigmoid(seen[:3] + kept[:3]), torch.sigmoid(seen[3:6] + kept[3:6])
    wanted = (1 - z) * h.flatten() + z * torch.tanh(seen[6:] + reset * kept[6:])
    assert torch.allclose(layer(u, h).flatten(), wanted, atol=1e-6)
    assert torch.allclose(layer(u, None), layer(u, torch.zeros_like(h)), atol=1e-6)


def test_bits_are_drawn_with_the_probability_of_the_paper() -> None:
    network = nets.GoogNetwork(nets.GoogSizes(parts=16, iterations=1))
    pixels = torch.rand(1, 3, 16, 16) - 0.5
    encoding, _ = network.fresh()
    soft = network.encode_step(pixels, encoding, 0).flatten()
    draws = torch.rand(1, 4000, 32, 1, 1) * 2 - 1
    ((_, bits),) = network(pixels.expand(4000, -1, -1, -1), draws)
    share = (bits > 0).float().mean(0).flatten()
    assert torch.allclose(share, (1 + soft) / 2, atol=0.05)


def test_every_weight_learns() -> None:
    torch.manual_seed(0)
    network = nets.GoogNetwork(nets.GoogSizes(parts=16, iterations=3))
    pixels = torch.rand(2, 3, 32, 32) - 0.5
    loss = sum(((pixels - estimate).abs().mean() for estimate, _ in network(pixels)), torch.zeros(()))
    loss.backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().max() > 0, name
