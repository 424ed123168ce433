"""The command line as a whole: help, errors of one line, and how commands end."""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine import __version__
from engine.cli import arguments as shared
from engine.cli import main as cli
from engine.errors import UserError
from tests.support.repository import ROOT

COMMANDS = ("refine", "encode", "decode", "bench", "models", "train")
NRC = (sys.executable, "-m", "engine.cli.main")


def start(*arguments: str, **options: object) -> subprocess.Popen[str]:
    return subprocess.Popen([*NRC, *arguments], text=True, **options)  # type: ignore[call-overload,no-any-return]


def error_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line of a command that must fail with status 2."""
    assert cli.main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("nrc: error: ")
    assert said.err.count("\n") == 1
    return said.err.removeprefix("nrc: error: ").rstrip("\n")


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)])
def test_help_explains_and_fits_a_terminal(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    assert cli.main([*command, "--help"]) == 0
    text = capsys.readouterr().out
    assert "examples:" in text
    assert f"nrc {' '.join(command)}".strip() in text
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("command", COMMANDS)
def test_examples_in_the_help_are_valid(command: str, tmp_path: Path) -> None:
    parser = cli.build_parser()
    subparsers = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    epilog = str(subparsers.choices[command].epilog).replace("\\\n", " ")
    lines = [part for line in epilog.splitlines()[1:] for part in line.split(" | ")]
    assert lines
    for line in lines:
        words = line.split(" > ")[0].split()
        words = words[words.index("nrc") :]  # perhaps by torchrun
        if "--list" not in words:
            assert callable(parser.parse_args(words[1:]).run)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"nrc {__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["refine", "--help"], ["bench", "--help"], ["models"]])
def test_light_commands_load_no_heavy_library(arguments: list[str]) -> None:
    code = (
        "import sys; from engine.cli.main import main; main(sys.argv[1:]); "
        "print(sorted({'torch', 'skimage', 'scipy', 'tqdm', 'jpeglib'} & set(sys.modules)), file=sys.stderr)"
    )
    process = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True, timeout=60
    )
    assert process.stderr.strip() == "[]"


def test_help_needs_nothing_but_the_standard_library() -> None:
    code = (
        "import sys; from engine.cli.main import main; "
        "main(['bench', '--help']); print('numpy' in sys.modules)"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60).stdout
    assert output.splitlines()[-1] == "False"


REFINE = ("refine", "picture.png", "-o", "out", "--decoder", "sweep")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "arguments are required: COMMAND"),
        (("paint",), "invalid choice: 'paint'"),
        (("refine", "picture.png"), "arguments are required: -o/--output"),
        (REFINE, "one of the arguments --quality --bpp is required (see 'nrc refine --help')"),
        ((*REFINE, "--quality", "10", "--bpp", "1"), "not allowed with argument"),
        ((*REFINE, "--quality", "0"), "argument --quality: 0 does not lie in 1 to 100"),
        ((*REFINE, "--quality", "ten"), "argument --quality: 'ten' is not a whole number"),
        ((*REFINE, "--bpp", "-1"), "argument --bpp: '-1' is not a number above 0"),
        ((*REFINE, "--bpp", "nan"), "argument --bpp: 'nan' is not a number above 0"),
        ((*REFINE, "--bpp", "much"), "argument --bpp: 'much' is not a number"),
        ((*REFINE, "--quality", "10", "--steps", "13"), "argument --steps: 13 does not lie in 1 to 12"),
        ((*REFINE, "--quality", "10", "--context", "all"), "argument --context: invalid choice: 'all'"),
        ((*REFINE, "--quality", "10", "--qual", "9"), "unrecognized arguments: --qual 9"),
        ((*REFINE, "--quality", "10"), "picture.png: no such file"),
        ((*REFINE[:-1], "nobody", "--quality", "10"), "unknown decoder 'nobody'"),
        ((*REFINE[:-1], "no/card.json", "--quality", "10"), "no/card.json: no such file"),
        (
            ("encode", "picture.png", "--quality", "5", "-o", "no/x.jpg"),
            "no/x.jpg: its folder does not exist",
        ),
        (("encode", "picture.png", "--quality", "5", "-o", "."), "is a folder"),
        (("decode", "picture.jpg", "-o", "out.jpg"), "out.jpg: decoding writes PNG"),
        (("decode", "picture.jpg", "-o", "out.png"), "picture.jpg: no such file"),
        (("decode", ".", "-o", "out.png"), "is a folder, not a file"),
        (("decode", "picture.jpg", "-o", "out.png", "--steps", "2"), "argument --steps: needs --decoder"),
        (("decode", "picture.jpg", "-o", "out.png", "--carry"), "argument --carry: needs --decoder"),
        (("bench", "no", "--quality", "5", "--decoder", "sweep", "-o", "x.csv"), "no: no such folder"),
        (("bench", ".", "--quality", "5", "--decoder", "sweep", "-o", "x.csv"), "holds no pictures"),
        (("train", "sweep", "-o", "run"), "arguments are required: --data"),
        (("train", "no.toml", "--data", ".", "-o", "run"), "no.toml: no such file"),
        (("train", "sweep", "--data", ".", "-o", "run", "--resume"), "run: nothing to resume"),
    ],
)
def test_mistakes_are_one_line_and_status_2(
    arguments: tuple[str, ...],
    expected: str,
    here: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert expected in error_of(capsys, *arguments)
    assert list(here.iterdir()) == []


def test_an_error_stays_one_line_whatever_the_file_is_called(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "\x1b" not in error_of(capsys, "decode", "a\nb\x1b[31m.jpg", "-o", "out.png")


def test_a_run_out_of_memory_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: argparse.Namespace) -> int:
        raise MemoryError

    monkeypatch.setattr(cli.models, "run", fail)
    assert error_of(capsys, "models") == "not enough memory"


def test_ctrl_c_ends_with_130_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(_: argparse.Namespace) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.models, "run", stop)
    assert cli.main(["models"]) == 130
    assert capsys.readouterr().err == "nrc: interrupted\n"


def test_what_the_system_refuses_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    name = str(tmp_path / f"{'a' * 300}.png")
    for command in (
        ("decode", name, "-o", str(tmp_path / "out.png")),
        ("decode", "picture.jpg", "-o", name),
        ("encode", "picture.png", "--quality", "5", "-o", name),
    ):
        reason = "can't be read (file name too long)" if command[1] == name else "file name too long"
        assert error_of(capsys, *command) == f"{name}: {reason}"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux")
@pytest.mark.parametrize("arguments", [["models"], ["models", "--json"]])
def test_a_full_disk_under_standard_output_is_one_line(arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        process = start(*arguments, stdout=full, stderr=subprocess.PIPE)
        assert process.communicate(timeout=60)[1] == "nrc: error: no space left on device\n"
    assert process.returncode == 2


@pytest.mark.skipif(os.name == "nt", reason="POSIX shells")
@pytest.mark.parametrize(
    ("redirection", "arguments", "status", "said"),
    [
        (">&-", ["models"], 0, ""),
        ("<&-", ["decode", "-", "-o", "out.png"], 2, "nrc: error: standard input: is closed\n"),
    ],
)
def test_closed_standard_streams(
    redirection: str, arguments: list[str], status: int, said: str, tmp_path: Path
) -> None:
    command = ["sh", "-c", f'"$@" {redirection}', "sh", *NRC, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (status, said)


def test_bugs_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: argparse.Namespace) -> int:
        raise RuntimeError("a bug")

    monkeypatch.setattr(cli.models, "run", fail)
    with pytest.raises(RuntimeError, match="a bug"):
        cli.main(["models"])


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_sigterm_unwinds_and_the_handler_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    cleaned = []

    def wait(_: argparse.Namespace) -> int:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            signal.sigtimedwait([], 5)
        finally:
            cleaned.append(True)
        return 0

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(cli.models, "run", wait)
    with pytest.raises(SystemExit) as end:
        cli.main(["models"])
    assert end.value.code == 143
    assert cleaned == [True]
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", [["models", "--json"], ["--help"]])
def test_a_reader_that_leaves_is_no_error(arguments: list[str], unbuffered: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    process = start(*arguments, stdout=writer, stderr=subprocess.PIPE, env=environment)
    os.close(writer)
    assert process.communicate(timeout=60)[1] == ""
    # argparse itself swallows a failed write of its help, so that an unbuffered one ends with 0.
    assert process.returncode == 141 or (arguments == ["--help"] and process.returncode == 0)


def test_output_goes_to_terminals_without_unicode(tmp_path: Path) -> None:
    process = start(
        "models",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "name" in out


def test_outputs_never_replace_inputs(tmp_path: Path) -> None:
    source = tmp_path / "a.jpg"
    source.touch()
    (tmp_path / "link.jpg").symlink_to(source)
    with pytest.raises(UserError, match="is the input"):
        shared.check_output(tmp_path / "link.jpg", source)
    shared.check_output(tmp_path / "b.jpg", source)
    shared.check_output(source, tmp_path / "elsewhere.jpg")


def test_usage_names_every_option_of_the_issue(capsys: pytest.CaptureFixture[str]) -> None:
    wanted = {
        "refine": "--codec --quality --bpp --subsampling -o "
        "--decoder --steps --context --carry --device --seed",
        "encode": "--codec --quality --bpp --subsampling -o",
        "decode": "--decoder --steps --context --carry --device --seed -o",
        "bench": "--codec --quality --decoder --steps --context --subsampling --markdown -o",
        "models": "--json",
        "train": "--data --validation --resume --list -o",
    }
    for command, options in wanted.items():
        assert cli.main([command, "--help"]) == 0
        usage = capsys.readouterr().out.split("\n\n")[0]
        assert set(options.split()) <= set(re.findall(r"(?<![\w-])--?[a-z]+", usage)), command
