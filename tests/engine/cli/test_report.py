"""`nrc report`: one file that holds everything, exact, and that its own command line makes again."""

from __future__ import annotations

import base64
import html
import re
import shlex
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine import pipeline
from engine.cli import main as cli
from engine.io.write_image import save_png
from engine.metrics.as_text import number
from engine.plotting.svg import DIVERGING, SEQUENTIAL, Line, coloured_map, svg_plot
from engine.report.pictures import MOST_PIXELS, reduction
from engine.types import Pixels
from tests.support.tiny_models import save_tiny_model, textured_pixels
from viewer.model.scene import palette as colours


@pytest.fixture
def folder(here: Path) -> Path:
    """A working folder with a picture and two models."""
    save_png("<b>&.png", textured_pixels(50, 60))
    for kind in ("sweep", "raster"):
        save_tiny_model(Path("models"), kind)
    return here


def report(*arguments: str, decoder: str = "models/tiny-sweep.json", image: str = "<b>&.png") -> int:
    return cli.main(["report", image, "--decoder", decoder, "-o", "out.html", *arguments])


class Page(HTMLParser):
    """What a browser would load, and where elements open and close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.images: dict[str, str] = {}
        self.open: list[str] = []
        self.problems: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        for name in ("src", "href", "xlink:href", "action", "poster", "srcset"):
            if values.get(name):
                self.addresses.append(values[name] or "")
        if tag == "img" and values.get("id"):
            self.images[values["id"] or ""] = values["src"] or ""
        if tag not in ("meta", "img", "input", "br", "link"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.problems.append(f"</{tag}> inside {self.open[-3:]}")
        else:
            self.open.pop()


def pixels_of(address: str) -> Pixels:
    kind, data = address.split(",", 1)
    assert kind == "data:image/png;base64"
    with Image.open(BytesIO(base64.b64decode(data))) as image:
        return np.asarray(image)


def command_of(text: str) -> list[str]:
    found = re.search(r'<pre id="command">(.*?)</pre>', text, re.S)
    assert found is not None
    return shlex.split(html.unescape(found[1]))


def test_it_tells_over_how_many_orientations_it_averaged(folder: Path) -> None:
    assert report("--quality", "20", "--orientations", "4") == 0
    text = Path("out.html").read_text(encoding="utf-8")
    assert "over 4 orientations of the picture" in text
    assert "--orientations 4" in text


def test_the_page_is_one_file_with_the_exact_pictures(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report("--quality", "12") == 0
    text = (folder / "out.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.problems == []
    assert page.open == []
    assert all(address.startswith("data:") for address in page.addresses)
    assert "@import" not in text
    assert not re.search(r"url\(", text)
    assert "<b>&.png" not in text  # names are text, not markup
    assert "default-src &#x27;none&#x27;" in text or "default-src 'none'" in text
    original = textured_pixels(50, 60)
    assert list(page.images) == ["original", "step0", "step1", "step2"]
    assert np.array_equal(pixels_of(page.images["original"]), original)
    coded = pipeline.encode("jpeg", original, pipeline.EncodeOptions(quality=12))
    assert np.array_equal(pixels_of(page.images["step0"]), coded.standard)
    payload = next(a for a in page.addresses if a.startswith("data:application/octet-stream"))
    assert base64.b64decode(payload.split(",", 1)[1]) == coded.payload
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.splitlines()[-1] == "wrote out.html"


def test_its_own_command_makes_the_same_report_again(folder: Path) -> None:
    arguments = ["--bpp", "1.5", "--subsampling", "4:4:4", "--steps", "3", "--context", "causal", "--carry"]
    assert report(*arguments, "--seed", "5", "--steps-csv", "a.csv", decoder="models/tiny-raster.json") == 0
    words = command_of((folder / "out.html").read_text(encoding="utf-8"))
    assert words[:2] == ["nrc", "report"]
    assert cli.main([*words[1:], "--steps-csv", "b.csv"]) == 0
    one, other = (
        [line.rsplit(",", 1)[0] for line in (folder / name).read_text().splitlines()]
        for name in ("a.csv", "b.csv")
    )
    assert one == other  # but for the seconds
    assert len(one) == 1 + 4


def test_tables_and_page_say_the_same(folder: Path) -> None:
    assert report("--quality", "10", "--steps-csv", "s.csv", "--patches-csv", "p.csv") == 0
    text = (folder / "out.html").read_text(encoding="utf-8")
    header, *lines = [line.split(",") for line in (folder / "s.csv").read_text().splitlines()]
    for line in lines:
        row = dict(zip(header, line, strict=True))
        assert f"<td>{number(float(row['psnr_rgb_db']))}</td>" in text
        assert f"<td>{number(float(row['ssim']), 4)}</td>" in text
    assert len((folder / "p.csv").read_text().splitlines()) == 1 + 3 * 7 * 8


def test_a_received_stream_has_no_original(folder: Path) -> None:
    assert cli.main(["encode", "<b>&.png", "--quality", "12", "-o", "in.jpg"]) == 0
    assert report("--received", image="in.jpg") == 0
    text = (folder / "out.html").read_text(encoding="utf-8")
    page = Page(text)
    assert list(page.images) == ["step0", "step1", "step2"]
    assert "as received" in text
    assert "--received" in command_of(text)
    assert "PSNR of RGB" not in text
    assert "Rate–distortion" not in text


def test_the_standard_decode_alone(folder: Path) -> None:
    assert report("--quality", "12", decoder="none") == 0
    text = (folder / "out.html").read_text(encoding="utf-8")
    assert list(Page(text).images) == ["original", "step0"]
    assert "standard decode" in text
    assert command_of(text)[-4:-2] == ["--decoder", "none"]


def test_a_sample_and_a_codec_without_counted_bits(folder: Path) -> None:
    arguments = ["report", "--sample", "chart", "--codec", "webp", "--quality", "20", "--decoder", "none"]
    assert cli.main([*arguments, "-o", "w.html"]) == 0
    text = (folder / "w.html").read_text(encoding="utf-8")
    assert command_of(text)[2:4] == ["--sample", "chart"]
    assert "Bits along the scan" not in text


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--quality", "10", "-o", "a.pdf"], "a.pdf: let the name end in .html or .htm"),
        (["--quality", "10", "--steps-csv", "a.txt"], "a.txt: let the name end in .csv"),
        (
            ["--quality", "10", "--steps-csv", "a.csv", "--patches-csv", "a.csv"],
            "a.csv: named for both tables",
        ),
        (["--quality", "10", "--sample", "chart"], "give an IMAGE or --sample, and not both"),
        ([], "one of the arguments --quality --bpp is required, or --received"),
        (["--quality", "10", "--received"], "the stream is there already"),
        (["--quality", "10", "-o", "none/a.html"], "its folder does not exist"),
        (["--quality", "10", "--context", "none"], "has no context 'none'"),
        (["--quality", "10", "--decoder", "none", "--carry"], "the standard decoder alone has no steps"),
        (["--received"], "not a stream of a known codec"),
    ],
)
def test_mistakes_are_one_line_and_leave_nothing(
    folder: Path, arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(folder.iterdir())
    assert report(*arguments) == 2
    said = capsys.readouterr()
    assert expected in said.err
    assert said.err.count("\n") == 1
    assert sorted(folder.iterdir()) == before


def test_an_interrupted_report_leaves_the_old_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "out.html").write_text("before")

    def interrupted(*_: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr("engine.report.page._document", interrupted)
    assert report("--quality", "10") == 130
    assert (folder / "out.html").read_text() == "before"
    assert not [path for path in folder.iterdir() if "partial" in path.name]


def test_large_pictures_are_reduced_for_the_page() -> None:
    assert reduction(2000, 2000) == 1
    for height, width in ((4000, 6000), (2001, 2000), (1, 5_000_000)):
        factor = reduction(height, width)
        assert -(-height // factor) * -(-width // factor) <= MOST_PIXELS * 1.01 or min(height, width) == 1
        assert factor > 1


def test_plots_leave_out_what_is_not_finite() -> None:
    line = Line("a", ((0.0, 1.0), (1.0, float("inf")), (2.0, float("nan")), (3.0, 4.0)))
    assert line.shown == ((0.0, 1.0), (3.0, 4.0))
    assert svg_plot("t", "x", "y", [Line("none", ((0.0, float("inf")),))]) == ""
    assert svg_plot("t", "x", "y", [line]).count("<circle") == 2
    assert "&lt;b&gt;" in svg_plot("<b>", "x", "y", [line, Line("<b>", ((0.0, 2.0),), 2)])
    assert svg_plot("flat", "x", "y", [Line("a", ((0.0, 3.0), (1.0, 3.0)))])


@pytest.mark.parametrize(
    ("stops", "table"), [(SEQUENTIAL, colours.VIRIDIS), (DIVERGING, colours.DIVERGING)], ids=["one", "two"]
)
def test_maps_have_the_colours_of_the_window(stops: str, table: Pixels) -> None:
    values = np.linspace(-2, 2, 256, dtype=np.float32)[None]
    assert np.abs(coloured_map(values, -2, 2, stops)[0].astype(int) - table).max() <= 1
    beyond = coloured_map(np.float32([[-9, 9, np.nan]]), -2, 2, stops)[0]
    assert [tuple(each) for each in beyond] == [tuple(table[0]), tuple(table[255]), (128, 128, 128)]
