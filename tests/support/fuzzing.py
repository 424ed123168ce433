"""Mutated files of every format through every reader, by seed: what comes of them, how long, how much memory.

Run as a program it reads files number START to START + COUNT - 1 of a seed and prints a line for each before
and after it is read, so that `tests/bench/fuzz.py` knows which one crashed or hung it:

    python -m tests.support.fuzzing SEED START COUNT
"""

from __future__ import annotations

import io
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

MOST_BYTES = 2_000_000_000
LONGEST_SECONDS = 10.0
_FILES = Path(__file__).parents[1] / "engine" / "codecs" / "jpeg2000" / "files"


@dataclass(frozen=True)
class Case:
    """One mutated file. kind: of the file it was; damage: what was done to it."""

    number: int
    kind: str
    damage: str
    data: bytes


def case(seed: int, number: int) -> Case:
    """The file of this number; the same for the same seed and the same libraries."""
    rng = np.random.default_rng((seed, number))
    files = corpus()
    names = list(files)
    kind = names[number % len(names)]
    names_of_damage = list(DAMAGES)
    first = names_of_damage[int(rng.integers(len(names_of_damage)))]
    data, done = DAMAGES[first](rng, files[kind]), [first]
    while rng.random() < 0.3:
        again = names_of_damage[int(rng.integers(len(names_of_damage)))]
        data = DAMAGES[again](rng, data)
        done.append(again)
    return Case(number, kind, ", ".join(done), data)


def read_everywhere(data: bytes) -> str:
    """Give a file to all readers; "" where each gave a picture, or one printable line that names the file,
    else what was wrong."""
    from engine import pipeline
    from engine.errors import UserError
    from engine.io.image import picture_from_bytes
    from engine.registry import CODECS
    from engine.types import patch_grid

    name = "bad.file"

    def stream() -> None:
        coded = pipeline.decode(data, name)
        assert coded.standard.shape == (coded.height, coded.width, 3)
        assert coded.scale > 0
        assert 0 <= coded.foreign <= len(data)
        if coded.missing is not None:
            assert coded.missing.shape == patch_grid(coded.height, coded.width)
            assert coded.damage
        notes = pipeline.told(coded, name)
        assert all(note.isprintable() for note in notes), notes
        CODECS.get(coded.codec).png(coded.standard, coded)

    def picture() -> None:
        read = picture_from_bytes(data, name)
        assert read.pixels.ndim == 3
        assert all(note.isprintable() for note in read.notes), read.notes

    for what, reader in (("stream", stream), ("picture", picture)):
        try:
            reader()
        except UserError as error:
            line = str(error)
            if not line.startswith(f"{name}: ") or not line.isprintable():
                return f"{what}: said {line!r}"
        except Exception as error:
            return f"{what}: {type(error).__name__}: {error}"[:300]
    return ""


# ---- files -----------------------------------------------------------------------------------------------


@cache
def corpus() -> dict[str, bytes]:
    """Small files of every format and of their kinds, by name."""
    from tests.support.jpeg_pictures import photo
    from tests.support.tiny_models import textured_pixels

    pixels = photo(40, 56)
    grey, alpha = pixels[..., 0], np.dstack([pixels, np.tile(pixels[:1, :, 0], (40, 1))])
    deep = pixels[..., 0].astype(np.uint16) * 257
    exif = Image.Exif()
    exif[0x0112] = 6
    files: dict[str, bytes] = {}

    def add(name: str, samples: np.ndarray, format: str, mode: str = "", **options: object) -> None:
        image = Image.fromarray(samples)
        file = io.BytesIO()
        (image.convert(mode) if mode else image).save(file, format, **options)  # type: ignore[arg-type]
        files[name] = file.getvalue()

    add("jpeg", pixels, "JPEG", quality=60, exif=exif)
    add("jpeg 4:4:4", pixels, "JPEG", quality=30, subsampling=0, optimize=True)
    add("jpeg grey", grey, "JPEG", quality=70, restart_marker_blocks=3)
    add("jpeg restarts", pixels, "JPEG", quality=60, restart_marker_rows=1)
    add("jpeg progressive", pixels, "JPEG", quality=60, progressive=True)
    add("jpeg progressive restarts", pixels, "JPEG", quality=60, progressive=True, restart_marker_blocks=5)
    add("jpeg cmyk", pixels, "JPEG", "CMYK", quality=50)
    add("j2k", pixels, "JPEG2000", no_jp2=True, mct=1, irreversible=True, quality_layers=[20])
    add("jp2", pixels, "JPEG2000", mct=1)
    add("jp2 tiles", pixels, "JPEG2000", tile_size=(32, 32), num_resolutions=3)
    add("j2k deep", deep, "JPEG2000", no_jp2=True)
    for path in sorted(_FILES.glob("*.j*")):
        files[path.name] = path.read_bytes()
    add("webp", pixels, "WEBP", quality=40)
    add("webp alpha", alpha, "WEBP", lossless=True)
    frames = [Image.fromarray(textured_pixels(24, 24, seed)) for seed in range(3)]
    for format in ("WEBP", "AVIF", "GIF"):
        file = io.BytesIO()
        frames[0].save(file, format, save_all=True, append_images=frames[1:])
        files[f"{format.lower()} animation"] = file.getvalue()
    add("avif", pixels, "AVIF", quality=40, exif=exif)
    add("avif alpha", alpha, "AVIF", quality=60)
    add("png", pixels, "PNG")
    add("png palette", pixels, "PNG", "P")
    add("png alpha", alpha, "PNG")
    add("png deep", deep, "PNG")
    for compression in ("raw", "tiff_lzw", "tiff_deflate", "jpeg"):
        add(f"tiff {compression}", pixels, "TIFF", compression=compression)
    add("tiff deep", deep, "TIFF")
    add("bmp", pixels, "BMP")
    add("ppm", pixels, "PPM")
    for codec in ("e2e", "goog"):
        files[codec] = _learned(codec)
    return files


def _learned(codec: str) -> bytes:
    from engine import pipeline
    from engine.types import EncodeOptions
    from tests.support.tiny_models import textured_pixels

    quality = {"e2e": 30, "goog": 3}[codec]
    return pipeline.encode(codec, textured_pixels(), EncodeOptions(quality=quality)).payload


# ---- damage ----------------------------------------------------------------------------------------------


def _bits(rng: np.random.Generator, data: bytes) -> bytes:
    changed = bytearray(data)
    for at in rng.integers(0, max(1, len(data)), int(rng.integers(1, 9))):
        if changed:
            changed[at] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def _values(rng: np.random.Generator, data: bytes) -> bytes:
    """Numbers that readers stumble over, at any place."""
    numbers = (
        b"\0",
        b"\xff",
        b"\x7f",
        b"\xff\xff",
        b"\0\0",
        b"\xff\xff\xff\xff",
        b"\x7f\xff\xff\xff",
        b"\0\0\0\0",
    )
    for _ in range(int(rng.integers(1, 4))):
        at, value = int(rng.integers(len(data) + 1)), numbers[int(rng.integers(len(numbers)))]
        data = data[:at] + value + data[at + len(value) :]
    return data


def _header(rng: np.random.Generator, data: bytes) -> bytes:
    """Bytes of the first two hundred, where sizes and kinds stand."""
    changed = bytearray(data)
    for at in rng.integers(0, max(1, min(200, len(data))), int(rng.integers(1, 4))):
        if changed:
            changed[at] = int(rng.integers(256))
    return bytes(changed)


def _cut(rng: np.random.Generator, data: bytes) -> bytes:
    return data[: int(rng.integers(len(data) + 1))]


def _zeros(rng: np.random.Generator, data: bytes) -> bytes:
    kept = data[: int(rng.integers(len(data) + 1))]
    return kept + bytes(len(data) - len(kept))


def _removed(rng: np.random.Generator, data: bytes) -> bytes:
    at = int(rng.integers(len(data) + 1))
    return data[:at] + data[at + int(rng.integers(1, 65)) :]


def _inserted(rng: np.random.Generator, data: bytes) -> bytes:
    at = int(rng.integers(len(data) + 1))
    return data[:at] + rng.bytes(int(rng.integers(1, 65))) + data[at:]


def _repeated(rng: np.random.Generator, data: bytes) -> bytes:
    start, end = np.sort(rng.integers(0, len(data) + 1, 2))
    return data[:end] + data[start:end] + data[end:]


def _burst(rng: np.random.Generator, data: bytes) -> bytes:
    at, length = int(rng.integers(len(data) + 1)), int(rng.integers(2, 129))
    return data[:at] + rng.bytes(length) + data[at + length :]


def _markers(rng: np.random.Generator, data: bytes) -> bytes:
    """Two bytes become a marker of JPEG or JPEG 2000."""
    at = int(rng.integers(len(data) + 1))
    return data[:at] + bytes([0xFF, int(rng.integers(0x01, 0xFF))]) + data[at + 2 :]


def _spliced(rng: np.random.Generator, data: bytes) -> bytes:
    """The beginning of one file and the end of another."""
    files = list(corpus().values())
    other = files[int(rng.integers(len(files)))]
    return data[: int(rng.integers(len(data) + 1))] + other[int(rng.integers(len(other) + 1)) :]


def _before(rng: np.random.Generator, data: bytes) -> bytes:
    return rng.bytes(int(rng.integers(1, 300))) + data


Damage = Callable[[np.random.Generator, bytes], bytes]
DAMAGES: dict[str, Damage] = {
    "bits": _bits, "values": _values, "header": _header, "cut": _cut, "zeros": _zeros, "removed": _removed,
    "inserted": _inserted, "repeated": _repeated, "burst": _burst, "markers": _markers, "spliced": _spliced,
    "junk before": _before,
}  # fmt: skip


# ---- a process -------------------------------------------------------------------------------------------


def peak_bytes() -> int:
    """The most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main(arguments: list[str]) -> int:
    seed, start, count = (int(argument) for argument in arguments)
    with tempfile.TemporaryDirectory() as folder:
        _use_tiny_codecs(Path(folder))
        corpus()
        read_everywhere(b"")  # what is loaded at first use counts for no file
        print("ready", flush=True)
        for number in range(start, start + count):
            print(f"begin {number}", flush=True)
            made = case(seed, number)
            began = time.process_time()
            fault = read_everywhere(made.data)
            seconds = time.process_time() - began
            print(f"end {number} {seconds:.3f} {peak_bytes()} {fault}", flush=True)
            if peak_bytes() > MOST_BYTES:
                return 3  # the next file needs a process of its own
    return 0


def _use_tiny_codecs(folder: Path) -> None:
    from engine.codecs.learned.model import FOLDER_VARIABLE
    from tests.support.tiny_codecs import save_tiny_e2e, save_tiny_goog

    save_tiny_goog(folder)
    save_tiny_e2e(folder)
    os.environ[FOLDER_VARIABLE] = str(folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
