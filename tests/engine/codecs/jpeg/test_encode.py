"""Encoding to JPEG: the file, its rate, impossible options, and the scale read off the tables."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PIL import ImageFile

from engine.codecs.jpeg.codec import JPEG
from engine.errors import UserError
from engine.registry import CODECS
from engine.step_scale import STANDARD_LUMA, step_scale
from engine.types import EncodeOptions
from tests.support.jpeg_pictures import assert_same, photo, saved
from tests.support.pictures import noise, pixels_in


class TestEncode:
    def test_is_registered(self) -> None:
        assert CODECS.get("jpeg") is JPEG

    @pytest.mark.parametrize("subsampling", ["4:2:0", "4:4:4"])
    @pytest.mark.parametrize("quality", [1, 15, 50, 90, 100])
    def test_payload_is_a_file_whose_decode_is_step_0(self, quality: int, subsampling: str) -> None:
        pixels = photo(61, 83)
        coded = JPEG.encode(pixels, EncodeOptions(quality=quality, subsampling=subsampling))
        assert (coded.codec, coded.quality, coded.subsampling) == ("jpeg", quality, subsampling)
        np.testing.assert_array_equal(pixels_in(coded.payload), coded.standard)
        expected = saved(
            pixels, quality=quality, optimize=True, subsampling={"4:2:0": 2, "4:4:4": 0}[subsampling]
        )
        assert coded.payload == expected
        assert (
            coded.payload
            == JPEG.encode(pixels, EncodeOptions(quality=quality, subsampling=subsampling)).payload
        )
        assert b"\xff\xc0" in coded.payload
        assert b"\xff\xc2" not in coded.payload[:1000]

    @pytest.mark.parametrize("shape", [(1, 1), (17, 9), (8, 16), (50, 33)])
    @pytest.mark.parametrize("subsampling", ["4:2:0", "4:4:4"])
    def test_decoding_the_payload_gives_the_same_record(
        self, shape: tuple[int, int], subsampling: str
    ) -> None:
        coded = JPEG.encode(noise(*shape), EncodeOptions(quality=60, subsampling=subsampling))
        received = JPEG.decode(coded.payload, "again.jpg")
        assert received.quality is None
        assert_same(coded, received)

    def test_arrays_are_read_only_and_contiguous(self) -> None:
        coded = JPEG.encode(photo(17, 23), EncodeOptions(quality=30))
        assert coded.symbols is not None
        assert coded.patch_bits is not None
        arrays = [coded.standard, coded.patch_bits.patches]
        arrays += [a for c in coded.symbols.components for a in (c.coefficients, c.quantisation)]
        assert all(a.flags.c_contiguous and not a.flags.writeable for a in arrays)
        assert [c.coefficients.dtype for c in coded.symbols.components] == [np.int16] * 3
        assert [c.quantisation.dtype for c in coded.symbols.components] == [np.uint16] * 3

    def test_any_memory_layout_of_the_pixels_is_taken(self) -> None:
        pixels = photo()
        options = EncodeOptions(quality=40)
        turned = pixels.transpose(1, 0, 2)
        assert JPEG.encode(turned, options).payload == JPEG.encode(turned.copy(), options).payload

    @pytest.mark.parametrize("subsampling", ["4:2:0", "4:4:4"])
    def test_noise_at_full_quality_exceeds_a_byte_a_pixel(
        self, subsampling: str, capfd: pytest.CaptureFixture[str]
    ) -> None:
        before = ImageFile.MAXBLOCK
        coded = JPEG.encode(noise(420, 420), EncodeOptions(quality=100, subsampling=subsampling))
        assert len(coded.payload) > 420 * 420
        assert coded.patch_bits is not None
        assert before == ImageFile.MAXBLOCK
        assert capfd.readouterr().err == ""

    def test_longest_side(self) -> None:
        coded = JPEG.encode(noise(1, 65_500), EncodeOptions(quality=20))
        assert coded.width == 65_500
        assert coded.patch_bits_note
        with pytest.raises(UserError, match="65501"):
            JPEG.encode(np.zeros((65_501, 1, 3), np.uint8), EncodeOptions(quality=20))

    def test_size_and_standard_are_those_of_encode(self) -> None:
        coded = JPEG.encode(photo(), EncodeOptions(quality=25, subsampling="4:4:4"))
        payload, standard = JPEG.size_and_standard(photo(), 25, "4:4:4")
        assert payload == coded.payload
        np.testing.assert_array_equal(standard, coded.standard)


class TestOptions:
    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (EncodeOptions(), "either"),
            (EncodeOptions(quality=5, bits_per_pixel=1.0), "not both"),
            (EncodeOptions(quality=0), "1 to 100"),
            (EncodeOptions(quality=101), "1 to 100"),
            (EncodeOptions(quality=-3), "-3"),
            (EncodeOptions(quality=True), "whole number"),
            (EncodeOptions(quality=50.5), "whole number"),  # type: ignore[arg-type]
            (EncodeOptions(bits_per_pixel=0.0), "above 0"),
            (EncodeOptions(bits_per_pixel=-1.0), "above 0"),
            (EncodeOptions(bits_per_pixel=math.nan), "nan"),
            (EncodeOptions(bits_per_pixel=math.inf), "inf"),
            (EncodeOptions(quality=50, subsampling="4:2:2"), "4:2:2"),
            (EncodeOptions(bits_per_pixel=0.5, subsampling=""), "subsampling"),
        ],
    )
    def test_impossible_ones_are_told_in_a_line(self, options: EncodeOptions, words: str) -> None:
        with pytest.raises(UserError, match=words) as caught:
            JPEG.encode(photo(16, 16), options)
        assert "\n" not in str(caught.value)

    def test_pixels_of_another_shape_or_type_are_a_mistake_of_the_caller(self) -> None:
        for pixels in (
            np.zeros((8, 8), np.uint8),
            np.zeros((8, 8, 4), np.uint8),
            np.zeros((8, 8, 3), np.float32),
        ):
            with pytest.raises(ValueError, match="uint8"):
                JPEG.encode(pixels, EncodeOptions(quality=50))  # type: ignore[arg-type]


class TestTargetRate:
    @pytest.mark.parametrize("target", [0.3, 0.37, 0.8, 1.5, 3.0, 5.0])
    def test_nearest_of_all_qualities(self, target: float) -> None:
        pixels = photo(144, 160)
        coded = JPEG.encode(pixels, EncodeOptions(bits_per_pixel=target))
        rates = {
            q: len(saved(pixels, quality=q, optimize=True, subsampling=2)) * 8 / (144 * 160)
            for q in range(1, 101)
        }
        nearest = min(abs(rate - target) for rate in rates.values())
        assert abs(coded.bits_per_pixel - target) == nearest
        assert coded.quality is not None
        assert coded.bits_per_pixel == rates[coded.quality]

    def test_unreachable_targets_give_the_extremes(self) -> None:
        assert JPEG.encode(photo(), EncodeOptions(bits_per_pixel=1e-6)).quality == 1
        assert JPEG.encode(photo(), EncodeOptions(bits_per_pixel=1e6)).quality == 100

    def test_a_flat_picture_has_one_size(self) -> None:
        coded = JPEG.encode(np.full((16, 16, 3), 90, np.uint8), EncodeOptions(bits_per_pixel=2.0))
        assert coded.quality == 1


class TestScale:
    @pytest.mark.parametrize("quality", [2, 5, 10, 13, 25, 37, 50, 60, 75, 85, 90, 95, 98])
    def test_libjpeg_tables(self, quality: int) -> None:
        expected = (5000 / quality if quality < 50 else 200 - 2 * quality) / 100
        assert JPEG.encode(photo(16, 16), EncodeOptions(quality=quality)).scale == pytest.approx(
            expected, rel=0.03
        )

    def test_falls_as_quality_rises_and_stays_above_0(self) -> None:
        scales = [JPEG.encode(photo(8, 8), EncodeOptions(quality=q)).scale for q in range(1, 101)]
        assert scales == sorted(scales, reverse=True)
        assert scales[-1] > 0

    def test_odd_steps_of_other_encoders_don_t_carry_it_away(self) -> None:
        table = np.round(STANDARD_LUMA * 2).astype(np.uint16)
        table[7, 7], table[0, 0] = 60_000, 2
        assert step_scale(table) == pytest.approx(2.0, rel=0.03)
        assert step_scale(np.zeros((8, 8), np.uint16)) > 0
