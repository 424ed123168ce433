"""`nrc bench` and `nrc compare` on several processes and going on after a stop: the rows of one plain run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.cli import main as cli
from engine.evaluation import bench, compare
from engine.io.write_image import save_png
from tests.support.compare_models import save_study
from tests.support.tables import rows_in
from tests.support.tiny_models import save_tiny_model, textured_pixels


@pytest.fixture
def folder(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with models, and four pictures in `set`, the third of which is none."""
    for name in ("set/more", "models"):
        Path(name).mkdir(parents=True)
    for seed, name in enumerate(("a.png", "b.png", "d.png", "more/é.png")):
        save_png(f"set/{name}", textured_pixels(24, 32 + seed, seed=seed))
    Path("set/c.png").write_bytes(Path("set/a.png").read_bytes()[:200])
    save_tiny_model(here)
    save_study(here / "models", {"one": {"study": "learners"}, "two": {"study": "learners"}})
    monkeypatch.setenv("NRC_MODELS", str(here / "models"))
    return here


def run_bench(*arguments: str) -> int:
    asked = ("--quality", "10", "20", "--decoder", "tiny-sweep.json", "--device", "cpu", "-o", "t.csv")
    return cli.main(["bench", "set", *asked, *arguments])


def run_compare(*arguments: str) -> int:
    return cli.main(["compare", "--set", "learners", "set", "--device", "cpu", "-o", "t.csv", *arguments])


def untimed(path: str = "t.csv") -> list[dict[str, str]]:
    rows: list[dict[str, str]] = rows_in(path)
    return [{name: text for name, text in row.items() if name != "seconds"} for row in rows]


def stop_after(count: int, monkeypatch: pytest.MonkeyPatch, of: Any) -> list[str]:
    """Ctrl+C comes after so many measurements; what is measured, by name, goes into the list."""
    measure, seen = of.measure, []

    def stopped(*arguments: Any, **more: Any) -> Any:
        if len(seen) == count:
            raise KeyboardInterrupt
        seen.append(str(arguments[1] if of is bench else arguments[2][0].original.name))
        return measure(*arguments, **more)

    monkeypatch.setattr(of, "measure", stopped)
    return seen


def test_bench_on_two_processes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_bench() == 2
    alone, said = untimed(), capsys.readouterr()
    assert len(alone) == 4 * 2 * 3
    assert run_bench("--workers", "2") == 2
    assert untimed() == alone
    again = capsys.readouterr()
    assert again.err == said.err
    assert again.out.splitlines()[0] == said.out.splitlines()[0]


def test_compare_on_two_processes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_compare() == 2
    alone, curves, said = untimed(), untimed("t-pictures.csv"), capsys.readouterr()
    assert len(alone) == 2 * 3
    assert len(curves) == 2 * 4 * 3
    assert run_compare("--workers", "2") == 2
    assert (untimed(), untimed("t-pictures.csv")) == (alone, curves)
    again = capsys.readouterr()
    assert again.out == said.out
    assert again.err == said.err


@pytest.mark.parametrize("more", [(), ("--workers", "2")])
def test_bench_goes_on(folder: Path, more: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_bench() == 2
    whole = untimed()
    with monkeypatch.context() as patch:
        stop_after(2, patch, bench)
        assert run_bench() == 130
    lines = Path("t.csv").read_bytes().splitlines(keepends=True)
    assert len(lines) == 1 + 12
    Path("t.csv").write_bytes(b"".join(lines[:-1]) + lines[-1][:-9])  # killed while it wrote
    assert run_bench("--resume", *more) == 2
    assert untimed() == whole


def test_what_the_table_holds_is_measured_once_for_a_check(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("set/c.png").unlink()
    assert run_bench("--resume") == 0  # nothing to go on from is fine
    before = Path("t.csv").read_bytes()
    refined = []
    refine = bench.pipeline.refine

    def counted(*arguments: Any, **more: Any) -> Iterator[Any]:
        refined.append(arguments[0].image)
        yield from refine(*arguments, **more)

    monkeypatch.setattr(bench.pipeline, "refine", counted)
    said = capsys.readouterr().out
    assert run_bench("--resume") == 0
    assert refined == ["a.png"]
    assert Path("t.csv").read_bytes() == before
    assert capsys.readouterr().out == said


def test_compare_goes_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("set/c.png").unlink()
    assert run_compare() == 0
    whole, curves = Path("t.csv").read_bytes(), Path("t-pictures.csv").read_bytes()
    with monkeypatch.context() as patch:
        stop_after(5, patch, compare)
        assert run_compare() == 130
    with monkeypatch.context() as patch:
        seen = stop_after(100, patch, compare)
        assert run_compare("--resume") == 0
    assert seen == ["b.png", "d.png", "more/é.png"]
    assert (Path("t.csv").read_bytes(), Path("t-pictures.csv").read_bytes()) == (whole, curves)
    assert run_compare("--resume", "--workers", "2") == 0
    assert (Path("t.csv").read_bytes(), Path("t-pictures.csv").read_bytes()) == (whole, curves)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (["--quality", "30"], "t.csv: holds rows of another benchmark (a.png, jpeg at 10, tiny-sweep.json)"),
        (
            ["--subsampling", "4:4:4"],
            "t.csv: was measured with other options, pictures or models (a.png, jpeg ",
        ),
        (["--strength", "50"], "another psnr_rgb_db), can't go on from it"),
    ],
)
def test_bench_does_not_go_on_with_something_else(
    folder: Path, asked: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_bench() == 2
    before = Path("t.csv").read_bytes()
    capsys.readouterr()
    assert run_bench("--resume", *asked) == 2
    assert expected in capsys.readouterr().err
    assert Path("t.csv").read_bytes() == before


def test_compare_does_not_go_on_with_something_else(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_compare() == 2
    capsys.readouterr()
    assert run_compare("--resume", "--quality", "30") == 2
    assert "t-pictures.csv: holds rows of another comparison (a.png, q15, one)" in capsys.readouterr().err
    assert run_compare("--resume", "--subsampling", "4:4:4") == 2
    assert "another comparison (a.png, q15, one)" in capsys.readouterr().err
    save_png("set/a.png", textured_pixels(24, 32, seed=9))
    assert run_compare("--resume") == 2
    assert "other options, pictures or models (a.png, q15, one)" in capsys.readouterr().err


def test_a_file_of_something_else_is_no_table_to_go_on_from(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("t.csv").write_text("name,price\nbread,2\n")
    assert run_bench("--resume") == 2
    assert "t.csv: not a table of 'nrc bench' (no column 'image')" in capsys.readouterr().err
    assert Path("t.csv").read_text() == "name,price\nbread,2\n"
