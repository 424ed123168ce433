"""The benchmarks: what is found in a folder, what is missing, what is taken for another set."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.data.benchmarks import DATASETS, find_dataset
from engine.data.datasets import look_into
from engine.errors import UserError
from engine.io.image import load_picture


def put(folder: Path, name: str, width: int = 12, height: int = 8, bits: int = 8) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix in (".ppm", ".pnm"):
        kind = ">u2" if bits == 16 else "u1"
        samples = np.full((height, width, 3), 2 ** (bits - 1), kind)
        path.write_bytes(b"P6 %d %d %d\n" % (width, height, 2**bits - 1) + samples.tobytes())
    else:
        Image.new("RGB", (width, height)).save(path)
    return path


def names(folder: Path, dataset: str) -> list[str]:
    return [path.name for path in look_into(find_dataset(dataset), folder).pictures]


def test_there_are_the_six_of_the_talk_with_source_and_terms() -> None:
    assert [d.name for d in DATASETS] == [
        "kodak",
        "cb8",
        "cb16",
        "cb16-linear",
        "tecnick",
        "wikipedia",
        "live1",
        "classic5",
        "bsds500",
    ]
    for dataset in DATASETS:
        assert "https://" in dataset.citation
        assert dataset.terms
        assert dataset.expects
        assert find_dataset(dataset.name) is dataset
    with pytest.raises(UserError, match=r"unknown dataset 'coco' \(known: kodak, cb8, "):
        find_dataset("coco")


def test_a_whole_kodak_leaves_nothing_to_say(tmp_path: Path) -> None:
    for number in range(1, 25):
        put(tmp_path, f"kodim{number:02}.png", *((512, 768) if number == 4 else (768, 512)))
    found = look_into(find_dataset("kodak"), tmp_path)
    assert [path.stem for path in found.pictures] == [f"kodim{n:02}" for n in range(1, 25)]
    assert found.notes == ()


def test_what_is_missing_and_too_much_is_said(tmp_path: Path) -> None:
    for name in ("kodim02.png", "sub/KODIM07.PNG", "kodim03.bmp", "mine.png", ".kodim05.png"):
        put(tmp_path, name, 768, 512)
    found = look_into(find_dataset("kodak"), tmp_path)
    assert [path.name for path in found.pictures] == ["kodim02.png", "KODIM07.PNG"]
    assert found.notes == (
        "Kodak: 22 of 24 missing (kodim01, kodim03, kodim04, kodim05 and 18 more)",
        "2 pictures are no part of Kodak: kodim03.bmp, mine.png",
    )


def test_the_wrong_set_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path, "kodim02.png", 640, 512)
    with pytest.raises(UserError, match=re.escape(f"{path}: 640×512 pixels, where Kodak has 768×512")):
        look_into(find_dataset("kodak"), tmp_path)
    with pytest.raises(UserError, match=r"holds no pictures of Tecnick \(PNG files of TESTIMAGES"):
        look_into(find_dataset("tecnick"), tmp_path)
    with pytest.raises(UserError, match="no such folder"):
        look_into(find_dataset("kodak"), tmp_path / "none")
    with pytest.raises(UserError, match="is a file, not a folder"):
        look_into(find_dataset("kodak"), path)


def test_depths_tell_the_compression_benchmarks_apart(tmp_path: Path) -> None:
    for bits in (8, 16):
        for scene in ("bridge", "deer"):
            put(tmp_path / str(bits), f"{scene}.ppm", bits=bits)
    assert names(tmp_path / "8", "cb8") == ["bridge.ppm", "deer.ppm"]
    assert (
        names(tmp_path / "16", "cb16") == names(tmp_path / "16", "cb16-linear") == ["bridge.ppm", "deer.ppm"]
    )
    for folder, dataset, said in (("8", "cb16", "8 bits a sample"), ("16", "cb8", "16 bits a sample")):
        with pytest.raises(UserError, match=said):
            look_into(find_dataset(dataset), tmp_path / folder)
    (note,) = look_into(find_dataset("cb16"), tmp_path / "16").notes
    assert "12 of 14 missing (artificial, big_building, big_tree, cathedral and 8 more)" in note


def test_linear_samples_come_out_lighter(tmp_path: Path) -> None:
    path = put(tmp_path, "deer.ppm", bits=16)
    plain, linear = find_dataset("cb16"), find_dataset("cb16-linear")
    assert (load_picture(path, linear=plain.linear).pixels == 128).all()
    assert (load_picture(path, linear=linear.linear).pixels == 188).all()
    assert plain.samples == "16-bit sRGB, scaled to 8 bits"
    assert "transfer curve" in linear.samples
    assert find_dataset("kodak").samples == "8-bit sRGB, as they are"


def test_tecnick_has_two_editions(tmp_path: Path) -> None:
    for number in range(1, 4):
        put(tmp_path, f"RGB_OR_1200x1200_{number:03}.png", 1200, 1200)
    found = look_into(find_dataset("tecnick"), tmp_path)
    assert len(found.pictures) == 3
    assert found.notes == ("Tecnick: 3 pictures there, the set has 100 or 40",)
    put(tmp_path, "other.png")
    assert found.notes[0] in look_into(find_dataset("tecnick"), tmp_path).notes
    put(tmp_path, "img_1200x1200_3x8bit_B01C00_RGB_apples.png", 1000, 1200)
    with pytest.raises(UserError, match="1000×1200 pixels, where Tecnick has 1200×1200"):
        look_into(find_dataset("tecnick"), tmp_path)


def test_any_picture_counts_for_wikipedia(tmp_path: Path) -> None:
    for name in ("b.jpg", "a/b.jpg", "c.png", "d.txt"):
        (put(tmp_path, name) if not name.endswith("txt") else tmp_path / name).touch()
    assert names(tmp_path, "wikipedia") == ["b.jpg", "b.jpg", "c.png"]
