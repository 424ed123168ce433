"""The command line of the window: what it asks for, and mistakes that need no window to be found."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from engine.choices import CONTEXTS, SUBSAMPLINGS
from viewer.core.answers import READ_SECONDS, answer, answers
from viewer.launch import argument_types as types
from viewer.launch.compare_arguments import compared_cards, compared_entries
from viewer.launch.request import Launch

if TYPE_CHECKING:
    from engine.models.card import ModelCard


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        self.exit(2, f"{self.prog}: error: {message}\n")


def check_quality(launch: Launch) -> None:
    """Raise UserError unless the quality is one of the codec's that the command line names."""
    from engine.codecs.facts import codec_facts
    from engine.errors import UserError

    facts = codec_facts(launch.codec or "jpeg")
    low, high = facts.qualities
    if launch.quality is not None and launch.codec and not low <= launch.quality <= high:
        raise UserError(
            f"--quality {launch.quality}: {facts.title} {facts.quality_name} must lie in {low} to {high}"
        )


def parse(argv: Sequence[str]) -> Launch:
    """Read the command line. Exits with status 2 and one line on mistakes, as argparse does."""
    from engine.codecs.facts import CODEC_FACTS
    from viewer.launch.look_arguments import add_looks
    from viewer.model.session.compare_presets import PRESETS
    from viewer.model.session.lab import FIRST_PRESET
    from viewer.model.session.rate_distortion import PRESETS as PRESETS_AT_EQUAL_RATE

    parser = _Parser(
        prog="nrc-viewer",
        description="See, step by step, how a recurrent neural decoder repairs a compressed image.",
        epilog="Without FILE a bundled photograph is shown. In the window, ? lists all keys.",
    )
    add = parser.add_argument
    add(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE",
        help="picture to encode, a folder of them, a saved session (.nrcsession), or with --received a "
        "codec's file (.nrc is always one)",
    )
    add("--sample", default="", metavar="NAME", help="bundled picture to show, e.g. chelsea")
    add("--received", action="store_true", help="take FILE as the stream: repair it, with no original")
    add("--codec", default="", metavar="NAME", help=f"codec: {', '.join(CODEC_FACTS)} (default: jpeg)")
    rate = parser.add_mutually_exclusive_group()
    rate.add_argument(
        "--quality",
        type=types.quality,
        metavar="Q",
        help=f"quality of the encoder, 1 to 100{_other_qualities()}",
    )
    rate.add_argument(
        "--bpp",
        type=types.bits_per_pixel,
        metavar="R",
        dest="bits_per_pixel",
        help="bits per pixel to aim at instead",
    )
    add("--subsampling", default="", choices=SUBSAMPLINGS, help="resolution of chroma")
    add("--decoder", default="", metavar="NAME", help="decoder, as listed by 'nrc models'")
    add("--steps", type=types.step_count, metavar="K", help="steps of refinement (default: as trained)")
    add("--context", default="", choices=CONTEXTS, help="neighbours that a raster decoder may look at")
    add("--carry", action=argparse.BooleanOptionalAction, default=None, help="carry the state along the row")
    add("--theme", default="", choices=("dark", "light"), help="look (default: the desktop's)")
    add("--size", type=types.window_size, metavar="WxH", help="size of the window, e.g. 1600x900")
    add(
        "--compare",
        nargs="+",
        default=(),
        metavar="NAME",
        type=str,
        help="open comparing these decoders, two to six of them, each NAME or NAME:CONTEXT; or one preset: "
        f"{', '.join(PRESETS)}",
    )
    add("--codecs", action="store_true", help="open with the rate–distortion curves of all codecs")
    add(
        "--equal-rate",
        default="",
        metavar="PRESET",
        choices=[preset.key for preset in PRESETS_AT_EQUAL_RATE],
        help="open with every codec's picture at the rate of the stream: all; or the decoder against one "
        f"codec: {', '.join(preset.key for preset in PRESETS_AT_EQUAL_RATE[1:])}",
    )
    add(
        "--lab",
        nargs="?",
        const=FIRST_PRESET,
        default="",
        metavar="PRESET",
        help="open with the lab, at one of its presets (nrc lab --list names them; default: late-answer)",
    )
    add(
        "--lesson",
        default="",
        metavar="FILE",
        help="open with the lessons of a file, or with one of the program's own by its number, e.g. 1",
    )
    add(
        "--beside",
        nargs="+",
        default=(),
        metavar="RESULT",
        type=Path,
        help="pictures that other decoders made of FILE: each a pane beside ours, scored like them",
    )
    add(
        "--listen",
        action="store_true",
        help="take pictures that scripts send by engine.remote.show(array, name=…); a socket for you alone",
    )
    add(
        "--snapshot",
        type=Path,
        metavar="OUT.png",
        help="without a display: draw the window once the refinement is complete, write it, exit",
    )
    for what, words in (("install", "put into"), ("uninstall", "take from")):
        add(
            f"--{what}-desktop",
            action="store_const",
            const=what,
            default="",
            dest="desktop",
            help=f"{words} the desktop's menu, icons and file types, for this user (Linux); exit",
        )
    add_looks(parser)
    arguments = vars(parser.parse_args(argv))
    for name in ("compare", "beside"):
        arguments[name] = tuple(arguments[name])
    return Launch(**arguments)


def _other_qualities() -> str:
    """Codecs whose qualities aren't 1 to 100, in brackets."""
    from engine.codecs.facts import CODEC_FACTS

    others = [
        f"{name}: {facts.qualities[1]}" + (f" {facts.quality_name}" if facts.stage else "")
        for name, facts in CODEC_FACTS.items()
        if facts.qualities != (1, 100)
    ]
    return f" ({', '.join(others)} at most)" if others else ""


def check(launch: Launch) -> None:
    """Find mistakes that need neither a display nor PyTorch. Raises UserError."""
    from engine.errors import UserError
    from engine.models.card import find_card
    from engine.pipeline import check_options, model_cards
    from engine.registry import CODECS
    from engine.types import Context, DecodeOptions
    from viewer.launch.look_arguments import check_looks

    if launch.file is not None and launch.sample:
        raise UserError("give a FILE or --sample, not both")
    check_looks(launch)
    if launch.compare and (launch.codecs or launch.equal_rate):
        raise UserError("give --compare, or --codecs and --equal-rate, not both")
    if launch.lab:
        from viewer.model.session.lab import preset_names

        if launch.lab not in preset_names():
            raise UserError(f"--lab {launch.lab}: no such preset (known: {', '.join(preset_names())})")
    if launch.lesson:
        from viewer.lessons.file import asked_course

        asked_course(launch.lesson)
    if launch.received and launch.equal_rate:
        raise UserError("--equal-rate needs an original, and --received has none")
    if launch.received and launch.file is None:
        raise UserError("--received needs a FILE")
    _check_files(launch)
    if launch.listen and launch.snapshot is not None:
        raise UserError("--listen needs a window, and --snapshot has none")
    if launch.sample:
        from engine.data.samples import sample_title

        sample_title(launch.sample)
    if launch.codec and launch.codec not in CODECS:
        CODECS.get(launch.codec)  # says which there are
    check_quality(launch)
    options = DecodeOptions(
        launch.steps or 0, Context(launch.context) if launch.context else Context.BOTH, bool(launch.carry)
    )
    if launch.decoder:
        received = launch.received or launch.file is not None
        card = answer(partial(find_card, launch.decoder), None, READ_SECONDS)
        if card is None:
            raise UserError(f"{launch.decoder}: can't be read (its folder doesn't answer)")
        check_options(card, options, None if received else launch.codec or None)
    elif (launch.context or launch.carry) and not any(offers(card, launch) for card in model_cards()):
        raise UserError("no decoder offers this context together with --carry")
    if launch.compare:
        cards = compared_cards(launch.compare, model_cards())
        compared_entries(launch.compare, cards, launch.codec)
    if launch.snapshot is not None and not launch.snapshot.absolute().parent.is_dir():
        raise UserError(f"{launch.snapshot}: its folder doesn't exist")


def _check_files(launch: Launch) -> None:
    """Raise UserError for files that aren't there. Those whose folder doesn't answer are left to the window,
    which says that it is reading them."""
    from engine.errors import UserError, printable

    named = (*(() if launch.file is None else (launch.file,)), *launch.beside)
    there = answers(Path.exists, named)
    for path in named:
        if not there.get(path, True):
            raise UserError(f"{printable(str(path))}: no such file")


def offers(card: ModelCard, launch: Launch) -> bool:
    """Whether a decoder can do what the command line asks of it."""
    contexts = [context.value for context in card.contexts]
    return (not launch.context or launch.context in contexts) and (not launch.carry or card.carry)
