"""The command `nrc`: its parser, and how commands end.

Exit status: 0 done; 2 a mistake that the user can mend, told in one line on standard error; 130 stopped
by Ctrl+C; 141 the reader of standard output went away, as SIGPIPE would have it; 143 terminated.
"""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from engine import __version__
from engine.cli import bench, codec, compare, export_onnx, lab, models, refine, report, train
from engine.cli.arguments import Parser, examples, one_line
from engine.errors import UserError, system_reason

USER_ERROR, INTERRUPTED, BROKEN_PIPE, TERMINATED = 2, 130, 141, 143

DESCRIPTION = """\
See what a recurrent neural decoder makes of a compressed picture: encode it,
refine it step by step, score every step.

A codec's standard decoder restores every block alone, hence block edges and
ringing. The decoders here start from the very same stream, look at the
neighbouring patches too, and refine their estimate over K steps."""
EXAMPLES = """
nrc models
nrc refine photo.png --quality 15 --decoder sweep -o out
nrc decode holiday.jpg --decoder sweep -o repaired.png
nrc report photo.png --quality 15 --decoder sweep -o photo.html
nrc bench kodak --quality 10 15 20 30 --decoder sweep raster -o kodak.csv
"""


def build_parser() -> Parser:
    """The parser of all commands."""
    parser = Parser(
        prog="nrc",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"nrc {__version__}")
    commands = parser.add_subparsers(
        title="commands ('nrc COMMAND --help' tells more)",
        dest="command",
        metavar="COMMAND",
        required=True,
        parser_class=Parser,
    )
    for command in (refine, codec, report, bench, compare, models, export_onnx, train, lab):
        command.add(commands)
    examples(parser, EXAMPLES)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; `argv` without the program's name, or None for the process's. Returns the status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal without "×" or "–" must not end the run
            stream.reconfigure(errors="backslashreplace")
    try:
        with _terminated_cleanly():
            status = _run(argv)
            if sys.stdout is not None:  # None: started with it closed
                sys.stdout.flush()
        return status
    except UserError as error:
        return _fail(one_line(str(error)))
    except MemoryError:
        return _fail("not enough memory")
    except KeyboardInterrupt:
        print("nrc: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return BROKEN_PIPE
    except OSError as error:  # a full disk, a name too long: the system's no, not a mistake in here
        _drop_output()
        where = f"{error.filename}: " if isinstance(error.filename, str) else ""
        return _fail(one_line(where + system_reason(error)))


def _run(argv: Sequence[str] | None) -> int:
    try:
        arguments = build_parser().parse_args(argv)
    except SystemExit as end:  # --help and --version
        return int(end.code or 0)
    status: int = arguments.run(arguments)
    return status


def _drop_output() -> None:
    """Forget what is still buffered and can't be written; Python would complain about it at exit."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(message: str) -> int:
    print(f"nrc: error: {message}", file=sys.stderr)
    return USER_ERROR


@contextmanager
def _terminated_cleanly() -> Iterator[None]:
    """Let SIGTERM unwind the stack, so that no half-written file stays behind."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(TERMINATED)

    try:
        before = signal.signal(signal.SIGTERM, handle)
    except ValueError:  # not the main thread: whoever runs us ends us
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


if __name__ == "__main__":
    sys.exit(main())
