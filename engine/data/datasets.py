"""Benchmarks: what a folder of each holds, its source and terms.

The first six are those of Mali, Ororbia, Kifer, Giles, *An Empirical Analysis of Recurrent Learning
Algorithms in Neural Lossy Image Compression Systems* (DCC 2021); on the others the repair of JPEG files is
measured. None of them comes with this program. Every codec here takes 8-bit sRGB, and scores are computed against just these
pixels: 16-bit samples are scaled by 255/65535 and rounded; linear ones go through sRGB's transfer curve
(IEC 61966-2-1) first, in full precision.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from engine.errors import UserError
from engine.io.image import SUFFIXES
from engine.io.pnm import maximum_of

_SCENES = (
    "artificial", "big_building", "big_tree", "bridge", "cathedral", "deer", "fireworks", "flower_foveon",
    "hdr", "leaves_iso_1600", "leaves_iso_200", "nightshot_iso_100", "nightshot_iso_1600", "spider_web",
)  # fmt: skip
_LIVE1 = (
    "bikes", "building2", "buildings", "caps", "carnivaldolls", "cemetry", "churchandcapitol",
    "coinsinfountain", "dancers", "flowersonih35", "house", "lighthouse2", "lighthouse3", "manfishing",
    "monarch", "ocean", "paintedhouse", "parrots", "plane", "rapids", "sailing1", "sailing2", "sailing3",
    "sailing4", "statue", "stream", "studentsculpture", "woman", "womanhat",
)  # fmt: skip
_PNM = (".ppm", ".pnm")
_FEW = 4


@dataclass(frozen=True)
class Dataset:
    """One benchmark.

    names: files without their endings, where the set has a fixed list; else `pattern` tells its files and
    `counts` how many an edition of it has (none: not fixed). sizes: width and height that pictures have,
    either way round. bits: a sample. linear: samples are linear in light.
    """

    name: str
    title: str
    expects: str
    suffixes: tuple[str, ...]
    citation: str
    terms: str
    names: tuple[str, ...] = ()
    pattern: str = ".+"
    counts: tuple[int, ...] = ()
    sizes: tuple[tuple[int, int], ...] = ()
    bits: int = 8
    linear: bool = False

    @property
    def samples(self) -> str:
        """How its samples come to 8-bit sRGB."""
        if self.linear:
            return f"{self.bits}-bit linear light, through sRGB's transfer curve to 8 bits"
        return "8-bit sRGB, as they are" if self.bits == 8 else f"{self.bits}-bit sRGB, scaled to 8 bits"


@dataclass(frozen=True)
class Found:
    """What of a benchmark is in a folder. notes: what is missing or too much, a line each."""

    dataset: Dataset
    pictures: tuple[Path, ...]
    notes: tuple[str, ...]


_IMAGE_COMPRESSION = (
    "Rawzor, Image Compression Benchmark, 'The New Test Images', https://imagecompression.info/test_images "
    "(photographers and year: not stated here, see its readme.txt)"
)
_SITE_TERMS = (
    "copyright stays with the pictures' owners, who permit redistribution and publication on the conditions "
    "that the site and the archive's readme.txt state"
)

DATASETS = (
    Dataset(
        name="kodak",
        title="Kodak",
        expects="24 PNG files, kodim01.png to kodim24.png, 768×512 or 512×768",
        suffixes=(".png",),
        citation="Kodak Lossless True Color Image Suite, PhotoCD PCD0992, https://r0k.us/graphics/kodak",
        terms="released by Eastman Kodak for unrestricted use, as that site understands it; no licence text",
        names=tuple(f"kodim{number:02}" for number in range(1, 25)),
        sizes=((768, 512),),
    ),
    Dataset(
        name="cb8",
        title="Compression Benchmark, 8-bit",
        expects="14 PPM files of the set 'RGB 8 bit', artificial.ppm to spider_web.ppm",
        suffixes=_PNM,
        citation=_IMAGE_COMPRESSION,
        terms=_SITE_TERMS,
        names=_SCENES,
    ),
    Dataset(
        name="cb16",
        title="Compression Benchmark, 16-bit",
        expects="14 PPM files of the set 'RGB 16 bit', scenes as in cb8",
        suffixes=_PNM,
        citation=_IMAGE_COMPRESSION,
        terms=_SITE_TERMS,
        names=_SCENES,
        bits=16,
    ),
    Dataset(
        name="cb16-linear",
        title="Compression Benchmark, 16-bit linear",
        expects="PPM files of the set 'RGB 16 bit linear', scenes as in cb8 (how many of them: not stated; "
        "primaries: not stated, taken for sRGB's)",
        suffixes=_PNM,
        citation=_IMAGE_COMPRESSION,
        terms=_SITE_TERMS,
        names=_SCENES,
        bits=16,
        linear=True,
    ),
    Dataset(
        name="tecnick",
        title="Tecnick",
        expects="PNG files of TESTIMAGES, 1200×1200: 100 of RGB_OR_1200x1200, or 40 of SAMPLING (B01C00)",
        suffixes=(".png",),
        citation="N. Asuni, A. Giachetti, TESTIMAGES: a large-scale archive for testing visual devices and "
        "basic image processing algorithms, STAG: Smart Tools and Apps for Graphics, 2014; the same, "
        "TESTIMAGES: a large data archive for display and algorithm testing, J. of Graphics Tools 17(4), "
        "113-125, 2015, doi:10.1080/2165347X.2015.1024298; https://testimages.org",
        terms="RGB_OR_1200x1200 (version 1.0.0 of 2011): CC BY-NC-SA 3.0; SAMPLING: CC BY-NC-SA 4.0",
        pattern=r"RGB_OR_1200x1200_\d+|img_1200x1200_3x8bit_B01C00_RGB_\w+",
        counts=(100, 40),
        sizes=((1200, 1200),),
    ),
    Dataset(
        name="wikipedia",
        title="Wikipedia",
        expects="photographs from Wikipedia; which ones the talk took is not stated, so every picture in the "
        "folder counts",
        suffixes=SUFFIXES,
        citation="Wikimedia Commons, https://commons.wikimedia.org (list of files, number and sizes: not "
        "stated; say which you took)",
        terms="each file's own, stated on its page",
    ),
    Dataset(
        name="live1",
        title="LIVE1",
        expects="29 PNG or BMP files, the originals of the LIVE database, bikes.png to womanhat.png",
        suffixes=(".png", ".bmp"),
        citation="H. R. Sheikh, M. F. Sabir, A. C. Bovik, A statistical evaluation of recent full reference "
        "image quality assessment algorithms, IEEE Trans. Image Processing 15(11), 2006; "
        "https://live.ece.utexas.edu/research/quality",
        terms="for research, with the notice that the database states",
        names=_LIVE1,
    ),
    Dataset(
        name="classic5",
        title="Classic5",
        expects="5 grey pictures of 512×512: baboon, barbara, boats, lena, peppers, or 1 to 5",
        suffixes=(".png", ".bmp"),
        citation="A. Foi, V. Katkovnik, K. Egiazarian, Pointwise shape-adaptive DCT for high-quality "
        "denoising and deblocking of grayscale and color images, IEEE Trans. Image Processing 16(5), "
        "2007, https://doi.org/10.1109/TIP.2007.891788",
        terms="not stated",
        counts=(5,),
        sizes=((512, 512),),
    ),
    Dataset(
        name="bsds500",
        title="BSDS500",
        expects="JPEG files of 481×321, either way round: 500, or 200 of them for tests, or 100 for "
        "validation; lossy originals, quality about 95",
        suffixes=(".jpg", ".png"),
        citation="P. Arbelaez, M. Maire, C. Fowlkes, J. Malik, Contour detection and hierarchical image "
        "segmentation, IEEE Trans. Pattern Analysis and Machine Intelligence 33(5), 2011, "
        "https://www2.eecs.berkeley.edu/Research/Projects/CS/vision/grouping/resources.html",
        terms="for non-commercial research and education",
        counts=(500, 200, 100),
        sizes=((481, 321),),
    ),
)


def find_dataset(name: str) -> Dataset:
    """Raises UserError for an unknown name, listing the known ones."""
    for dataset in DATASETS:
        if dataset.name == name:
            return dataset
    raise UserError(f"unknown dataset '{name}' (known: {', '.join(d.name for d in DATASETS)})")


def look_into(dataset: Dataset, folder: Path) -> Found:
    """The pictures of `dataset` in `folder` and below it, in order of their names.

    Raises UserError when the folder is missing or holds none of them, and when one has another depth or size
    than the set, which then is another one.
    """
    if not folder.is_dir():
        raise UserError(f"{folder}: {'is a file, not a folder' if folder.exists() else 'no such folder'}")
    wanted = {name.lower() for name in dataset.names}
    found: dict[str, Path] = {}
    surplus: list[str] = []
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or path.is_dir() or path.suffix.lower() not in SUFFIXES:
            continue
        stem = path.stem.lower()
        fits = stem in wanted if wanted else bool(re.fullmatch(dataset.pattern, path.stem, re.IGNORECASE))
        key = stem if dataset.names or dataset.counts else path.relative_to(folder).as_posix()
        if fits and path.suffix.lower() in dataset.suffixes and key not in found:
            found[key] = path
        else:
            surplus.append(path.name)
    if not found:
        raise UserError(f"{folder}: holds no pictures of {dataset.title} ({dataset.expects})")
    pictures = tuple(found[key] for key in sorted(found))
    for path in pictures:
        _check(dataset, path)
    return Found(dataset, pictures, tuple(_notes(dataset, found, surplus)))


def _notes(dataset: Dataset, found: dict[str, Path], surplus: list[str]) -> list[str]:
    notes = []
    missing = [name for name in dataset.names if name.lower() not in found]
    if missing:
        notes.append(f"{dataset.title}: {len(missing)} of {len(dataset.names)} missing ({_some(missing)})")
    if dataset.counts and len(found) not in dataset.counts:
        counts = " or ".join(str(count) for count in dataset.counts)
        notes.append(f"{dataset.title}: {len(found)} pictures there, the set has {counts}")
    if surplus:
        plural = "s are" if len(surplus) > 1 else " is"
        notes.append(f"{len(surplus)} picture{plural} no part of {dataset.title}: {_some(surplus)}")
    return notes


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return ", ".join(names[:_FEW]) + more


def _check(dataset: Dataset, path: Path) -> None:
    """Raise UserError when a picture can't be one of the set. What can't be read is told by the reading."""
    if dataset.suffixes == _PNM:
        maximum = maximum_of(path)
        if maximum is not None and (maximum > 255) != (dataset.bits > 8):
            bits = maximum.bit_length()
            raise UserError(f"{path}: {bits} bits a sample, where {dataset.title} has {dataset.bits}")
    if dataset.sizes and (size := _png_size(path)) is not None and size not in dataset.sizes:
        if size[::-1] in dataset.sizes:
            return
        asked = " or ".join(f"{width}×{height}" for width, height in dataset.sizes)
        raise UserError(f"{path}: {size[0]}×{size[1]} pixels, where {dataset.title} has {asked}")


def _png_size(path: Path) -> tuple[int, int] | None:
    """From the header alone (PNG, section 11.2.2); None when it is none."""
    try:
        with path.open("rb") as file:
            head = file.read(24)
    except OSError:
        return None
    if len(head) < 24 or head[:8] != b"\x89PNG\r\n\x1a\n":
        return None
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
