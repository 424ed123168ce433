"""Benchmarks: what a folder of each holds, its source and terms.

The first six are those of Mali, Ororbia, Kifer, Giles, *An Empirical Analysis of Recurrent Learning
Algorithms in Neural Lossy Image Compression Systems* (DCC 2021); on the others the repair of JPEG files is
measured. None of them comes with this program. Every codec here takes 8-bit sRGB, and scores are computed
against just these pixels: 16-bit samples are scaled by 255/65535 and rounded; linear ones go through sRGB's
transfer curve (IEC 61966-2-1) first, in full precision. The table loads nothing, so that help can list it.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import UserError

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
PNM = (".ppm", ".pnm")


@dataclass(frozen=True)
class Dataset:
    """One benchmark.

    suffixes: of its files, none for any picture's. names: files without their endings, where the set has a
    fixed list; else `pattern` tells its files and `counts` how many an edition of it has (none: not fixed).
    sizes: width and height that pictures have, either way round. bits: a sample. linear: samples are linear
    in light.
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
        suffixes=PNM,
        citation=_IMAGE_COMPRESSION,
        terms=_SITE_TERMS,
        names=_SCENES,
    ),
    Dataset(
        name="cb16",
        title="Compression Benchmark, 16-bit",
        expects="14 PPM files of the set 'RGB 16 bit', scenes as in cb8",
        suffixes=PNM,
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
        suffixes=PNM,
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
        suffixes=(),
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
