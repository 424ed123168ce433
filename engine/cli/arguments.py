"""Arguments that several commands share, and the parser whose errors are one line."""

from __future__ import annotations

import argparse
import math
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from engine.choices import CONTEXTS, DEVICES, MOST_STEPS, ORIENTATIONS, PRECISIONS, SUBSAMPLINGS
from engine.errors import UserError, printable

STANDARD_STREAM = "-"
AUTO = "auto"
"""Stands for the bundled decoder that fits the stream's codec best."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose mistakes are a `UserError` instead of a page of usage.

    late_help: text before the examples that takes loading, made when help is printed.
    """

    late_help: Callable[[], str] | None = None

    def format_help(self) -> str:
        if self.late_help is not None:
            self.epilog = f"{self.late_help()}\n{self.epilog or ''}"
            self.late_help = None
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        raise UserError(f"{message} (see '{self.prog} --help')")


if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[Parser]  # argparse has no public name for it


def add_command(
    subparsers: Subparsers,
    name: str,
    summary: str,
    description: str,
    run: Callable[[argparse.Namespace], int],
) -> Parser:
    """A command named `name`: `summary` stands in the list of commands, `description` in its own help."""
    parser = subparsers.add_parser(
        name,
        help=summary,
        description=textwrap.dedent(description).strip(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(run=run)
    return parser


def examples(parser: Parser, text: str) -> None:
    """End the help with worked examples."""
    parser.epilog = "examples:\n" + textwrap.indent(textwrap.dedent(text).strip("\n"), "  ")


def whole(low: int, high: int) -> Callable[[str], int]:
    """A type for whole numbers from `low` to `high`."""

    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"'{text}' is not a whole number") from None
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{value} does not lie in {low} to {high}")
        return value

    return parse


def positive(text: str) -> float:
    """A type for finite numbers above 0."""
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number") from None
    if not (math.isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"'{text}' is not a number above 0")
    return value


def add_measuring(parser: Parser) -> None:
    """A folder of pictures, the table to write, and how its summary is printed."""
    parser.add_argument(
        "folder", type=Path, metavar="DIR", help="folder of pictures; those in folders below it count too"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.csv", help="file to write")
    parser.add_argument("--markdown", action="store_true", help="print the summary as a Markdown table")
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on where an earlier run of this command stopped: what FILE.csv holds isn't measured again",
    )
    group = parser.add_argument_group("where it is measured")
    where = group.add_mutually_exclusive_group()
    where.add_argument(
        "--workers",
        type=whole(1, 1024),
        default=1,
        metavar="N",
        help="on N processes of this machine (default: 1); they share its cores",
    )
    where.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="on a running Dask cluster, tcp://HOST:PORT; pictures and models lie at the same paths on all "
        "machines (pip install 'nrc-viewer[cluster]')",
    )


def add_codec(parser: argparse._ActionsContainer) -> None:
    from engine.registry import CODECS

    parser.add_argument(
        "--codec",
        choices=CODECS.names(),
        default="jpeg",
        metavar="NAME",
        help=f"codec that makes the stream: {', '.join(CODECS)} (default: jpeg)",
    )


def add_subsampling(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "--subsampling",
        choices=SUBSAMPLINGS,
        default="4:2:0",
        metavar="S",
        help="4:2:0 stores chroma at half resolution, 4:4:4 at full resolution (default: 4:2:0)",
    )


def add_rate(parser: Parser, *, required: bool = True) -> None:
    """Codec, subsampling and exactly one of quality and bits per pixel, or none unless `required`."""
    group = parser.add_argument_group("what is sent")
    add_codec(group)
    rate = group.add_mutually_exclusive_group(required=required)
    rate.add_argument(
        "--quality",
        type=whole(1, 100),
        metavar="Q",
        help="quality of the encoder, 1 (smallest file) to 100 (e2e: 64, goog: 8 iterations); "
        "10 to 30 show JPEG's artefacts well",
    )
    rate.add_argument(
        "--bpp",
        type=positive,
        metavar="R",
        help="size to aim at, in bits per pixel of the whole file (0.37 is the papers' rate); "
        "what comes nearest is searched for, and what it reached is printed",
    )
    add_subsampling(group)


def add_decoding(parser: Parser, *, default: str | None, none: bool = False) -> None:
    """The decoder and its run options. default: `AUTO`, or None for the standard decoder alone. none: whether
    the name "none" stands for that, too."""
    group = parser.add_argument_group("how it is decoded")
    left_out = "left out: the standard decoder alone" if default is None else f"default: {default}"
    group.add_argument(
        "--decoder",
        default=default,
        metavar="NAME",
        help="a shipped decoder ('nrc models' lists them), the path of your own model's card, or "
        f"'{AUTO}', the best shipped one that was trained for the stream's codec"
        + (", or 'none', the standard decoder alone" if none else "")
        + f" ({left_out})",
    )
    add_run_options(group)
    group.add_argument(
        "--context",
        choices=CONTEXTS,
        metavar="C",
        help="neighbouring patches the decoder may look at: none, causal (decoded before this patch), "
        "non-causal (still to come) or both (default: all that the decoder offers)",
    )
    group.add_argument(
        "--carry",
        action="store_true",
        help="raster decoders: start each patch from the state of the patch to its left, not from zero",
    )
    add_finish(group)


def add_run_options(group: argparse._ActionsContainer) -> None:
    group.add_argument(
        "--steps",
        type=whole(1, MOST_STEPS),
        default=0,
        metavar="K",
        help=f"refinement steps, 1 to {MOST_STEPS} (default: as many as the decoder was trained for)",
    )
    group.add_argument(
        "--device",
        choices=DEVICES,
        default="auto",
        metavar="D",
        help="auto (CUDA, else MPS, else CPU), cpu, cuda or mps (default: auto)",
    )
    group.add_argument(
        "--seed",
        type=whole(0, 2**63 - 1),
        default=0,
        metavar="N",
        help="seed of decoders that draw random numbers; equal seeds give equal pictures (default: 0)",
    )


def add_finish(group: argparse._ActionsContainer) -> None:
    """What is done to every estimate, and in which precision it is computed."""
    group.add_argument(
        "--strength",
        type=whole(0, 150),
        default=100,
        metavar="P",
        help="share of the repair that is "
        "applied, 0 to 150 per cent (default: 100, which is what is measured)",
    )
    group.add_argument(
        "--no-projection",
        dest="projection",
        action="store_false",
        help="JPEG: let estimates leave the intervals that the file's symbols stand for",
    )
    group.add_argument(
        "--no-guard",
        dest="guard",
        action="store_false",
        help="apply all of the repair, also where it looks harmful",
    )
    group.add_argument(
        "--no-earlier",
        dest="earlier",
        action="store_false",
        help="JPEG, sweep decoders: of a file that was saved twice, mend only what the last saving left",
    )
    group.add_argument(
        "--orientations",
        type=int,
        choices=ORIENTATIONS,
        default=1,
        metavar="N",
        help="of sweep decoders: average the estimates of 1, 2, 4 or 8 orientations of the picture, which is "
        "better and takes N times as long (default: 1, which is what is measured)",
    )
    group.add_argument(
        "--precision",
        choices=PRECISIONS,
        default="auto",
        metavar="P",
        help="of sweep decoders: auto (int8 where processor and model can, else bf16 where the processor has "
        "it, else single), single, bf16 or int8 (default: auto)",
    )


def note(text: str) -> None:
    """Tell people something beside the result, on standard error, as one printable line."""
    print(f"nrc: note: {one_line(text)}", file=sys.stderr)


def check_output(path: Path, *inputs: Path) -> None:
    """Raise UserError unless a file can be put at `path` without replacing one of `inputs`.

    Asked before long work begins; what only the writing itself can tell is told then.
    """
    if path.is_dir():
        raise UserError(f"{path}: is a folder; name a file to write")
    if not path.parent.is_dir():
        raise UserError(f"{path}: its folder does not exist")
    if path.exists() and any(source.exists() and path.samefile(source) for source in inputs):
        raise UserError(f"{path}: is the input; name another file to write")


def one_line(text: str) -> str:
    """The text of a message as exactly one printable line."""
    return printable(" ".join(text.split()))
