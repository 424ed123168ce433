"""What goes into a stream's file."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine import pipeline
from engine.cli import main as cli
from engine.codecs.stream_file import check_stream_name, stream_file
from engine.errors import UserError
from engine.types import EncodeOptions
from tests.support.tiny_models import textured_pixels


@pytest.mark.parametrize("codec", ["jpeg2000", "jpeg2000-nomct"])
@pytest.mark.parametrize("size", [(40, 56), (1, 1)])
def test_a_codestream_in_a_jp2_file_is_boxed(codec: str, size: tuple[int, int]) -> None:
    pixels = textured_pixels(*size)
    coded = pipeline.encode(codec, pixels, EncodeOptions(quality=30))
    bare = stream_file(coded, Path("a.j2k"))
    boxed = stream_file(coded, Path("a.JP2"))
    assert bare == coded.payload
    assert 0 < len(boxed) - len(bare) < 100
    with Image.open(io.BytesIO(boxed)) as image:
        assert (image.format, image.mode, image.size) == ("JPEG2000", "RGB", size[::-1])
        assert np.array_equal(np.asarray(image), coded.standard)
    received = pipeline.decode(boxed, "a.jp2")
    assert np.array_equal(received.standard, coded.standard)
    assert stream_file(received, Path("b.jp2")) == boxed


def test_other_streams_are_as_they_are() -> None:
    coded = pipeline.encode("webp", textured_pixels(16, 16), EncodeOptions(quality=30))
    assert stream_file(coded, Path("a.webp")) == stream_file(coded, Path("a")) == coded.payload
    with pytest.raises(UserError, match=r"^a\.jpg: the name of a WebP file ends in \.webp$"):
        stream_file(coded, Path("a.jpg"))
    with pytest.raises(UserError, match=r"the name of an AVIF file ends in \.avif"):
        check_stream_name("avif", Path("a.webp"))


def test_encode_checks_the_name_before_it_works(
    photographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = str(photographs / "0.png")
    wrong, right = tmp_path / "a.jpg", tmp_path / "a.jp2"
    assert cli.main(["encode", source, "--codec", "webp", "--quality", "30", "-o", str(wrong)]) == 2
    assert "the name of a WebP file ends in .webp" in capsys.readouterr().err
    assert not wrong.exists()
    assert cli.main(["encode", source, "--codec", "jpeg2000", "--quality", "30", "-o", str(right)]) == 0
    assert right.read_bytes()[4:8] == b"jP  "
    with Image.open(right) as image:
        assert image.size == (128, 96)
