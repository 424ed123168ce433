"""Files repaired to files: what is kept, how they are saved, and that nothing is written twice or in half."""

from __future__ import annotations

import struct
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import tifffile
import torch
from PIL import Image
from skimage import data

from engine import pipeline
from engine.decoders.base import to_rgb
from engine.decoders.finish import TilePart
from engine.errors import UserError
from engine.repair.exif import upright_exif
from engine.repair.findings import NONE, Findings
from engine.repair.formats import SaveAs
from engine.repair.many import Failed, repair_files
from engine.repair.names import Source, find_sources
from engine.repair.one import Order, Repaired, repair_file
from engine.repair.part import repaired_part
from engine.types import DecodeOptions
from tests.engine.artefacts.test_jpeg_history import opened, saved
from tests.support import repair_files as files
from tests.support.pictures import pixels_in
from tests.support.tiny_models import save_tiny_model, textured_pixels

FORMATS = [
    SaveAs("png"),
    SaveAs("png", deep=True),
    SaveAs("jpeg", quality=97),
    SaveAs("webp"),
    SaveAs("tiff"),
    SaveAs("tiff", deep=True),
]


def order(here: Path, **changes: object) -> Order:
    card = here / "model" / "tiny-sweep.json"
    if not card.exists():
        card.parent.mkdir()
        save_tiny_model(card.parent)
    asked = {"decoder": str(card), "options": DecodeOptions(device="cpu"), **changes}
    return Order(here / "out", **asked)  # type: ignore[arg-type]


def repaired(here: Path, source: Path, **changes: object) -> Repaired:
    done = repair_file(Source(source), order(here, **changes))
    assert done is not None
    return done


def whole_exif(path: Path) -> tuple[dict[int, object], dict[int, object], dict[int, object]]:
    with Image.open(path) as image:
        exif = image.getexif()
        return dict(exif), dict(exif.get_ifd(files.EXIF_IFD)), dict(exif.get_ifd(files.GPS_IFD))


@pytest.mark.parametrize("save", FORMATS, ids=lambda save: save.words())
def test_what_the_camera_wrote_is_kept(here: Path, save: SaveAs) -> None:
    source = files.camera_file(here / "a.jpg", orientation=6)
    done = repaired(here, source, save=save)
    main, exif, gps = whole_exif(done.target)
    assert main[files.MAKE] == "Camera"
    assert main[files.ORIENTATION] == 1
    assert exif[files.DATE_TAKEN] == files.TAKEN
    assert exif[files.MAKER_NOTE] == files.NOTE
    assert (exif[files.WIDTH], exif[files.HEIGHT]) == (48, 56)
    assert gps[2] == (52.0, 30.0, 15.5)
    with Image.open(done.target) as image:
        assert image.info["icc_profile"] == files.profile()
        if save.format != "webp":
            assert image.info["dpi"] == pytest.approx((200, 300), abs=0.1)
        assert b'Orientation="1" dc:title="Sea"' in xmp_of(image)
    assert done.target.stat().st_mtime_ns == files.DAY
    assert done.kept == ("EXIF", "colour profile", "XMP")
    assert "turned upright" in done.notes


def xmp_of(image: Image.Image) -> bytes:
    found = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    return found.encode() if isinstance(found, str) else bytes(found)


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(here: Path, orientation: int, deep: bool) -> None:
    source = files.camera_file(here / "a.jpg", orientation)
    done = repaired(here, source, decoder=NONE, save=SaveAs("tiff", deep=deep))
    samples = tifffile.imread(done.target)
    assert samples.dtype == (np.uint16 if deep else np.uint8)
    assert np.array_equal(samples // (257 if deep else 1), files.received_upright(source))
    assert whole_exif(done.target)[0][files.ORIENTATION] == 1


def test_a_thumbnail_on_its_side_is_not_shown(here: Path) -> None:
    exif = files.exif_of(8, 56, 48).tobytes().removeprefix(b"Exif\0\0")
    order_ = {b"II": "<", b"MM": ">"}[exif[:2]]
    (start,) = struct.unpack_from(f"{order_}I", exif, 4)
    (count,) = struct.unpack_from(f"{order_}H", exif, start)
    linked = bytearray(exif)
    struct.pack_into(f"{order_}I", linked, start + 2 + 12 * count, start)
    after = upright_exif(bytes(linked), 48, 56)
    assert struct.unpack_from(f"{order_}I", after, start + 2 + 12 * count) == (0,)
    for damaged in (b"", b"II*\0", exif[:20], b"MM\0*" + bytes([255] * 40)):
        assert upright_exif(damaged, 48, 56) == damaged


@pytest.mark.parametrize("kind", ["png", "tiff"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_16_bits_are_the_estimate_before_it_is_rounded(
    here: Path, kind: str, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Held against the floats that the decoder finished, to half a step of 16 bits."""
    source = files.camera_file(here / "a.jpg", pixels=textured_pixels(64, 80), mode=mode)
    finished: list[torch.Tensor] = []
    finish = TilePart.finish

    def note(part: TilePart, estimate: torch.Tensor) -> torch.Tensor:
        finished.append(finish(part, estimate))
        return finished[-1]

    monkeypatch.setattr(TilePart, "finish", note)
    done = repaired(here, source, save=SaveAs(kind, deep=True))
    floats = to_rgb(finished[-1])[0].clamp(0, 1).permute(1, 2, 0).numpy()[:64, :80].astype(np.float64)
    samples = sixteen(done.target)
    if mode == "L":
        assert samples.ndim == 2
        samples = np.repeat(samples[..., None], 3, -1)
    assert np.abs(samples - 65535 * floats).max() <= 0.5 + 65535 * 2**-23
    assert len(np.unique(samples)) > 256
    rounded = repaired(here, source, save=SaveAs("png"), pattern="{name}-8")
    assert np.abs(samples / 257 - pixels_in(rounded.target)).max() <= 0.51


def sixteen(path: Path) -> np.ndarray:
    """Samples of a 16-bit file, by a reader that is not ours."""
    if path.suffix == ".tif":
        return np.asarray(tifffile.imread(path))
    import av

    with av.open(path) as container:
        frame = next(container.decode(video=0))
        assert frame.format.name in ("rgb48be", "gray16be")
        plane = frame.planes[0]
        width = frame.width * (3 if frame.format.name == "rgb48be" else 1)
        rows = np.frombuffer(plane, np.uint8).reshape(frame.height, plane.line_size)[:, : 2 * width]
        samples = np.ascontiguousarray(rows).view(">u2").astype(np.uint16)
        return samples.reshape(frame.height, frame.width, 3) if width != frame.width else samples


def test_tiles_agree_with_the_whole_in_16_bits_too(here: Path) -> None:
    decoder = pipeline.load_decoder(order(here).decoder)
    coded = pipeline.decode(
        files.camera_file(here / "a.jpg", pixels=textured_pixels(96, 96)).read_bytes(), "a"
    )
    options = DecodeOptions(steps=3, device="cpu", deep=True)
    *_, whole = decoder.refine(coded, options, lambda: False, lambda _: None)
    early, *_, tiled = decoder.refine(coded, options, lambda: False, lambda _: None, tile=48)  # type: ignore[call-arg]
    assert early.deep is None
    assert whole.deep is not None
    assert tiled.deep is not None
    assert np.abs(whole.deep.astype(int) - tiled.deep).max() < 257


def test_colour_profiles_go_with_pixels_they_fit(here: Path) -> None:
    grey = repaired(here, files.camera_file(here / "grey.jpg", mode="L"), save=SaveAs("jpeg", 90))
    with Image.open(grey.target) as image:
        assert image.mode == "L"
        assert image.info["icc_profile"] == files.profile(b"GRAY")
    inks = repaired(here, files.camera_file(here / "inks.jpg", mode="CMYK"))
    with Image.open(inks.target) as image:
        assert image.mode == "RGB"
        assert "icc_profile" not in image.info


def test_quality_is_what_was_asked(here: Path) -> None:
    source = files.camera_file(here / "a.jpg")
    sizes = []
    for quality in (30, 60, 95):
        done = repaired(here, source, save=SaveAs("jpeg", quality), pattern=f"{quality}")
        found = pipeline.decode(done.target.read_bytes(), "b")
        sizes.append(done.bytes)
        assert Findings("jpeg", 1, 1, quality).quality_words() == f"JPEG, quality about {quality}"
        with Image.open(BytesIO(done.target.read_bytes())) as image:
            expected = BytesIO()
            Image.new("RGB", (8, 8)).save(expected, "JPEG", quality=quality)
            with Image.open(expected) as other:
                assert image.quantization == other.quantization  # type: ignore[attr-defined]
        assert found.subsampling == "4:4:4"
    assert sizes == sorted(sizes)


@pytest.mark.parametrize(
    ("save", "why"),
    [
        (SaveAs("jpeg", deep=True), "8 bits"),
        (SaveAs("png", 90), "no quality"),
        (SaveAs("gif"), "unknown format"),
        (SaveAs("jpeg", 0), "1 to 100"),
    ],
)
def test_what_no_format_holds_is_refused_before_anything_is_read(here: Path, save: SaveAs, why: str) -> None:
    with pytest.raises(UserError, match=why):
        next(repair_files([Source(here / "no.jpg")], order(here, save=save)))
    assert not (here / "out").exists()


def test_a_bad_file_in_the_middle_ends_nothing(here: Path) -> None:
    for name in ("a", "b", "d"):
        files.camera_file(here / "in" / f"{name}.jpg")
    (here / "in" / "c.jpg").write_bytes((here / "in" / "a.jpg").read_bytes()[:900])
    outcomes = list(repair_files(find_sources([here / "in", here / "gone.jpg"]), order(here)))
    assert [type(outcome) for outcome in outcomes] == [Repaired, Repaired, Failed, Repaired, Failed]
    assert outcomes[2].why.startswith("c.jpg: ")  # type: ignore[union-attr]
    assert sorted(path.name for path in (here / "out").iterdir()) == ["a.png", "b.png", "d.png"]


def test_an_unforeseen_error_is_one_file_s_own(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = find_sources([files.camera_file(here / f"{name}.jpg") for name in "ab"])
    read = pipeline.decode

    def trip(payload: bytes, name: str) -> object:
        if name == "a.jpg":
            raise RuntimeError("trouble")
        return read(payload, name)

    monkeypatch.setattr(pipeline, "decode", trip)
    first, second = repair_files(sources, order(here))
    assert isinstance(first, Failed)
    assert first.why == "a.jpg: trouble"
    assert isinstance(second, Repaired)


def test_cancelling_leaves_whole_files_only(here: Path) -> None:
    sources = find_sources([files.camera_file(here / f"{name}.jpg") for name in "abc"])
    ended: list[object] = []
    begun: list[str] = []

    def found(source: Source, _: Findings) -> None:
        begun.append(source.path.name)

    def stop() -> bool:
        return len(begun) == 2  # while b.jpg is repaired

    ended += repair_files(sources, order(here), stop, found=found)
    assert len(ended) == 1
    assert begun == ["a.jpg", "b.jpg"]
    assert [path.name for path in (here / "out").iterdir()] == ["a.png"]


def test_a_disk_that_fills_up_leaves_no_half_file(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = files.camera_file(here / "a.jpg")
    asked = order(here)
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
    (outcome,) = repair_files([Source(source)], asked)
    assert isinstance(outcome, Failed)
    assert "o space left" in outcome.why
    assert list((here / "out").iterdir()) == []


@pytest.mark.parametrize("orientation", [1, 3, 6, 7])
@pytest.mark.parametrize("sampling", ["4:2:0", "4:4:4"])
def test_a_part_repaired_is_a_part_of_the_whole(here: Path, orientation: int, sampling: str) -> None:
    """The decoder sees 18 pixels far, the halo is 32: nothing may differ where rounding allows none."""
    pixels = textured_pixels(200, 264)
    source = files.camera_file(here / "a.jpg", orientation, pixels=pixels, subsampling=sampling)
    asked = order(here, options=DecodeOptions(device="cpu", guard=False, precision="single"))
    done = repair_file(Source(source), asked)
    assert done is not None
    whole = pixels_in(done.target)
    coded = pipeline.decode(source.read_bytes(), "a")
    for box in ((64, 70, 150, 131), (0, 0, 200, 200), (150, 100, *whole.shape[:2])):
        part = repaired_part(coded, box, orientation, done.findings, asked, lambda: False)
        assert part is not None
        top, left, bottom, right = box
        expected = whole[top:bottom, left:right]
        assert part.shape == expected.shape
        assert np.abs(part.astype(int) - expected).max() <= 1


def test_a_part_of_what_was_saved_twice_is_a_part_of_the_whole_too(here: Path) -> None:
    """So small a part shows no saving before the last by itself."""
    before = opened(saved(np.ascontiguousarray(data.astronaut()[:264, :328]), 20))[3:, 5:]
    source = here / "a.jpg"
    source.write_bytes(saved(np.ascontiguousarray(before), 75))
    asked = order(here, options=DecodeOptions(device="cpu", guard=False))
    done = repair_file(Source(source), asked)
    assert done is not None
    whole, coded = pixels_in(done.target), pipeline.decode(source.read_bytes(), "a")
    part = repaired_part(coded, (100, 100, 124, 124), 1, done.findings, asked, lambda: False)
    assert part is not None
    assert (np.abs(part.astype(int) - whole[100:124, 100:124]) > 1).mean() < 0.01
    alone = replace(asked, options=replace(asked.options, earlier=False))
    last = repaired_part(coded, (100, 100, 124, 124), 1, done.findings, alone, lambda: False)
    assert last is not None
    assert (np.abs(last.astype(int) - whole[100:124, 100:124]) > 1).mean() > 0.1
