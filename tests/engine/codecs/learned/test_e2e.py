"""The end-to-end codec: exact streams, honest sizes, clear errors, transforms that tile exactly."""

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
from numpy.typing import NDArray
from PIL import Image

from engine.codecs.learned import e2e
from engine.codecs.learned import e2e_network as nets
from engine.codecs.learned import model as learned
from engine.codecs.learned.container import Container
from engine.codecs.learned.e2e import E2E, LETTER, LEVELS, VERSION
from engine.codecs.learned.entropy_latents import LatentModel
from engine.errors import UserError
from engine.types import EncodeOptions
from tests.support.repository import ROOT
from tests.support.tiny_codecs import save_tiny_e2e
from tests.support.tiny_models import textured_pixels


@pytest.fixture
def model(tiny_codecs: Path) -> Path:
    return tiny_codecs / "e2e.json"


def parts() -> tuple[nets.E2ENetwork, LatentModel]:
    model = learned.find_model("e2e", "E2E")
    return e2e._network(model), e2e._coder(model)


@pytest.mark.parametrize("size", [(48, 56), (16, 16), (1, 1), (33, 130)])
def test_round_trip(model: Path, size: tuple[int, int]) -> None:
    pixels = textured_pixels(*size)
    for quality in (1, 20, LEVELS):
        sent = E2E.encode(pixels, EncodeOptions(quality=quality))
        received = E2E.decode(sent.payload)
        assert sent.standard.shape == pixels.shape
        assert np.array_equal(sent.standard, received.standard)
        for coded in (sent, received):
            assert coded.standard.flags.c_contiguous
            assert not coded.standard.flags.writeable
        assert (received.quality, received.scale) == (quality, sent.scale)
        assert E2E.notes(sent.payload) == ()


def test_symbols_are_those_that_were_sent(model: Path) -> None:
    pixels = textured_pixels(80, 64)
    payload = E2E.encode(pixels, EncodeOptions(quality=40)).payload
    network, coder = parts()
    wanted = e2e.quantise(network, coder, e2e._analyse(network, pixels), 40)
    assert len(np.unique(wanted)) > 20
    assert np.array_equal(E2E.symbols(payload), wanted)


def test_the_encoder_weighs_bits_against_error(model: Path) -> None:
    network, coder = parts()
    latents = e2e._analyse(network, textured_pixels(80, 64))
    gain = e2e._gains(network, 20)[0]
    plain = e2e.quantise(network, coder, latents, 20, weight=1e9)
    assert np.array_equal(plain, np.rint(latents * gain))
    weighed = e2e.quantise(network, coder, latents, 20, weight=4.0)
    assert np.abs(weighed).sum() < np.abs(plain).sum()
    contexts = coder.bins(plain, 19)

    def cost(symbols: NDArray[np.int32]) -> float:
        error = np.square(symbols - latents * gain, dtype=np.float64).sum()
        return float(coder.bits(symbols, contexts).sum()) + 4.0 * float(error)

    assert cost(weighed) < cost(plain)


def test_size_against_the_entropy_estimate(model: Path) -> None:
    pixels = textured_pixels(512, 384)
    payload = E2E.encode(pixels, EncodeOptions(quality=LEVELS)).payload
    assert len(payload) > 10_000
    symbols = E2E.symbols(payload)
    bits = parts()[1].estimate(symbols, LEVELS - 1)
    assert 8 * len(payload) == pytest.approx(bits, rel=0.01)


def test_rates_rise_with_quality_and_scales_fall(model: Path) -> None:
    pixels = textured_pixels(96, 96)
    streams = [E2E.encode(pixels, EncodeOptions(quality=quality)) for quality in (1, 16, 32, 48, 64)]
    assert sorted(coded.bits for coded in streams) == [coded.bits for coded in streams]
    assert sorted((coded.scale for coded in streams), reverse=True) == [coded.scale for coded in streams]
    payload, standard = E2E.size_and_standard(pixels, 16, "4:2:0")
    assert payload == streams[1].payload
    assert np.array_equal(standard, streams[1].standard)


def test_target_rate(model: Path) -> None:
    pixels = textured_pixels(128, 128)
    rates = [
        E2E.encode(pixels, EncodeOptions(quality=quality)).bits_per_pixel for quality in range(1, LEVELS + 1)
    ]
    for target in (rates[0] / 3, rates[20] * 1.01, rates[50] * 0.99, rates[-1] * 3):
        reached = E2E.encode(pixels, EncodeOptions(bits_per_pixel=target)).bits_per_pixel
        assert abs(reached - target) == min(abs(rate - target) for rate in rates)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (EncodeOptions(), "either a quality or a number of bits"),
        (EncodeOptions(quality=5, bits_per_pixel=1.0), "and not both"),
        (EncodeOptions(quality=0), "from 1 to 64, not 0"),
        (EncodeOptions(quality=65), "from 1 to 64, not 65"),
        (EncodeOptions(bits_per_pixel=-1.0), "above 0"),
        (EncodeOptions(bits_per_pixel=float("nan")), "above 0"),
    ],
)
def test_impossible_options(model: Path, options: EncodeOptions, message: str) -> None:
    with pytest.raises(UserError, match=message):
        E2E.encode(textured_pixels(), options)


def test_forged_streams_with_a_right_checksum(model: Path) -> None:
    """What only a program could have written is told as well, and never crashes."""
    identity, rng = learned.find_model("e2e", "E2E").identity, np.random.default_rng(2)
    for number in range(100):
        point, sections = int(rng.integers(1, 65)), (rng.bytes(int(rng.integers(200)) * 4),)
        if number % 10 == 0:
            point, sections = 0, (b"",)
        elif number % 10 == 1:
            point = 200
        elif number % 10 == 2:
            sections = sections * 2
        elif number % 10 == 3:
            sections = (sections[0] + b"x",)
        payload = Container(LETTER, VERSION, 56, 48, identity, point, sections).pack()
        if number % 10 < 4:
            with pytest.raises(UserError, match="bad: the E2E stream is damaged"):
                E2E.decode(payload, "bad")
        else:
            with suppress(UserError):  # random data may happen to be symbols
                assert E2E.decode(payload, "bad").standard.shape == (48, 56, 3)


CHILD = """
import hashlib, sys
from pathlib import Path
import torch
torch.set_num_threads(int(sys.argv[2]))
from engine.codecs.learned.e2e import E2E
payload = Path(sys.argv[1]).read_bytes()
print(hashlib.sha256(E2E.symbols(payload).tobytes()).hexdigest(), E2E.decode(payload).standard.shape)
"""


@pytest.mark.parametrize("threads", [1, 3])
def test_another_process_and_thread_count_decode_the_same_symbols(
    model: Path, tmp_path: Path, threads: int
) -> None:
    payload = E2E.encode(textured_pixels(200, 176), EncodeOptions(quality=50)).payload
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
    assert done.stdout.split()[0] == hashlib.sha256(E2E.symbols(payload).tobytes()).hexdigest()


def test_streams_of_another_model_are_refused(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    payload = E2E.encode(textured_pixels(), EncodeOptions(quality=30)).payload
    monkeypatch.setenv(learned.FOLDER_VARIABLE, str(save_tiny_e2e(tmp_path / "other", seed=4).parent))
    with pytest.raises(UserError, match=r"a\.nrc: made with the E2E model [0-9a-f]{8}, here is [0-9a-f]{8}"):
        E2E.decode(payload, "a.nrc")


def test_broken_models_are_told(model: Path) -> None:
    card, weights = model.read_text(), model.with_suffix(".safetensors")
    model.write_text(card.replace('"channels": 8', '"channels": 9'))
    os.utime(weights, (1, 1))
    with pytest.raises(UserError, match="weights don't fit the card"):
        E2E.encode(textured_pixels(), EncodeOptions(quality=30))
    model.write_text(card.replace('"latents": 12', '"latents": 11'))
    os.utime(weights, (2, 2))
    with pytest.raises(UserError, match=r"weights don't fit|other sizes"):
        E2E.encode(textured_pixels(), EncodeOptions(quality=30))
    model.write_text(card.replace('"kind": "e2e"', '"kind": "goog"'))
    os.utime(weights, (3, 3))
    with pytest.raises(UserError, match="is a model of kind 'goog'"):
        E2E.encode(textured_pixels(), EncodeOptions(quality=30))
    model.write_text(card)
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(UserError, match=r"e2e\.safetensors: can't read the weights"):
        E2E.encode(textured_pixels(), EncodeOptions(quality=30))
    weights.unlink()
    with pytest.raises(UserError, match="e2e: can't read the weights"):
        E2E.encode(textured_pixels(), EncodeOptions(quality=30))


def test_png(model: Path) -> None:
    coded = E2E.encode(textured_pixels(), EncodeOptions(quality=30))
    with Image.open(BytesIO(E2E.png(coded.standard, coded))) as image:
        assert np.array_equal(np.asarray(image), coded.standard)


@pytest.mark.parametrize("rows", [5, 12, 40])
def test_strips_give_what_the_whole_gives(model: Path, rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    network = e2e._network(learned.find_model("e2e", "E2E"))
    planes = torch.rand(1, 3, rows * 16, 48)
    with torch.inference_mode():
        latents = network.analyse(planes)
        pixels = network.synthesise(latents)
        monkeypatch.setattr(nets, "STRIP_AREA", 0)
        strips = nets.by_strips(network.analyse, planes, 16, 1, nets.ANALYSIS_REACH)
        assert torch.allclose(strips, latents, atol=1e-5)
        strips = nets.by_strips(network.synthesise, latents, 1, 16, nets.SYNTHESIS_REACH)
    assert torch.allclose(strips, pixels, atol=1e-5)


def test_normalisation_and_its_inverse() -> None:
    layer, inverse = nets.GDN(2), nets.GDN(2, inverse=True)
    with torch.no_grad():
        for module in (layer, inverse):
            module.beta.copy_(torch.tensor([2.0, 3.0]))
            module.gamma.copy_(torch.tensor([[1.0, 0.5], [0.0, 2.0]])[..., None])
    u = torch.tensor([3.0, -4.0]).view(1, 2, 1, 1)
    norms = torch.tensor([4 + 9 + 0.25 * 16, 9 + 0 + 4 * 16]).sqrt()
    assert torch.allclose(layer(u).flatten(), torch.tensor([3.0, -4.0]) / norms)
    assert torch.allclose(inverse(u).flatten(), torch.tensor([3.0, -4.0]) * norms)


def test_prior_sums_to_one_and_follows_the_gain() -> None:
    torch.manual_seed(0)
    network = nets.E2ENetwork(nets.E2ESizes(channels=4, latents=5))
    values = torch.arange(-4000, 4001.0).view(1, 1, -1, 1).expand(1, 5, -1, 1)
    for place in (0.0, 0.37, 1.0):
        gain, inverse = network.gains(torch.tensor([place]))
        assert torch.allclose(gain * inverse, torch.ones_like(gain), rtol=1e-4)
        assert torch.allclose(network.probability(values, gain).sum((2, 3)), torch.ones(1, 5), atol=1e-3)


def test_gains_between_two_rates_are_their_geometric_mean() -> None:
    network = nets.E2ENetwork(nets.E2ESizes(channels=4, latents=5, rates=3))
    torch.nn.init.normal_(network.log_gain)
    low, middle, high = (network.gains(torch.tensor([place]))[0] for place in (0.5, 0.75, 1.0))
    assert torch.allclose(middle, (low * high).sqrt())


def test_no_rounding_in_the_gradient() -> None:
    network = nets.E2ENetwork(nets.E2ESizes(channels=4, latents=5))
    pixels = torch.rand(2, 3, 32, 32)
    decoded, bits = network(pixels, torch.tensor([0.2, 0.9]), torch.zeros(2, 5, 2, 2))
    (decoded.square().mean() + bits.mean()).backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().max() > 0, name


def test_without_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learned, "files", lambda _: tmp_path)
    monkeypatch.delenv(learned.FOLDER_VARIABLE, raising=False)
    with pytest.raises(UserError, match=r"E2E: its model e2e\.json is in none of"):
        E2E.encode(textured_pixels(), EncodeOptions(quality=30))
