"""Commands of playback, of decoding, and help."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from engine.codecs.facts import CODEC_FACTS
from engine.types import Context
from viewer.core.availability import empty, no_original, no_scan, single_only, undecoded
from viewer.core.command import Command, Run, Why, change
from viewer.model.facts.facts import Facts
from viewer.model.session.choices import MAX_STAGES, MAX_STEPS
from viewer.model.session.decoder_choice import no_decoder_words, span_of
from viewer.model.session.options import set_carry, set_context
from viewer.model.session.place import move_pin
from viewer.model.session.playback import scan_end
from viewer.model.session.state import Session


def _step(delta: int) -> Run:
    return lambda window: window.controller.step_by(delta)


def playback_commands() -> list[Command]:
    def pin(rows: int, columns: int) -> Run:
        return change(partial(move_pin, rows=rows, columns=columns))

    return [
        Command("play", "Play or pause", "Playback", 0, lambda w: w.controller.toggle_play(), ("Space",),
                "Play the steps, or the scan while it is shown", lambda session: session.playing, undecoded,
                icon="play"),
        Command("step.next", "Next step", "Playback", 0, _step(1), ("Right",),
                "One step of refinement further; playback pauses", why_not=undecoded),
        Command("step.previous", "Previous step", "Playback", 0, _step(-1), ("Left",),
                "One step of refinement back; playback pauses", why_not=undecoded),
        Command("step.first", "First step", "Playback", 0,
                lambda w: w.controller.choose_step(-MAX_STAGES), ("Home",),
                "The standard decode, or the shortest beginning of a progressive stream", why_not=undecoded),
        Command("step.last", "Last step", "Playback", 0, lambda w: w.controller.choose_step(MAX_STEPS),
                ("End",),
                "The newest step; it follows while the decoder runs", why_not=undecoded),
        Command("scan.start", "Scan from the first patch", "Playback", 1,
                lambda w: w.controller.play_scan(), ("P",),
                "Play the decoder's way over the patches: behind it refined, before it as received",
                why_not=no_scan),
        Command("scan.next", "Next patch of the scan", "Playback", 1, lambda w: w.controller.scan_by(1),
                (".",),
                "One patch further in raster order", why_not=no_scan),
        Command("scan.previous", "Previous patch of the scan", "Playback", 1,
                lambda w: w.controller.scan_by(-1), (",",),
                "One patch back in raster order", why_not=no_scan),
        Command("scan.end", "Leave the scan", "Playback", 1, change(scan_end), ("Shift+P",),
                "Show all patches at the step", why_not=no_scan),
        Command("pin.left", "Pin the patch to the left", "Playback", 2, pin(0, -1), ("Ctrl+Left",),
                "Move the pinned patch; a click pins and unpins", why_not=empty),
        Command("pin.right", "Pin the patch to the right", "Playback", 2, pin(0, 1), ("Ctrl+Right",),
                "Move the pinned patch 8 pixels to the right", why_not=empty),
        Command("pin.up", "Pin the patch above", "Playback", 2, pin(-1, 0), ("Ctrl+Up",),
                "Move the pinned patch 8 pixels up", why_not=empty),
        Command("pin.down", "Pin the patch below", "Playback", 2, pin(1, 0), ("Ctrl+Down",),
                "Move the pinned patch 8 pixels down", why_not=empty),
    ]  # fmt: skip


def _context(context: Context) -> Why:
    def why(session: Session, _: Facts) -> str:
        card = session.card
        if card is None:
            return no_decoder_words(session.codec)
        return "" if context in card.contexts else f"{card.name} has no context '{context.value}'"

    return why


def _carry(session: Session, _: Facts) -> str:
    card = session.card
    if card is None:
        return no_decoder_words(session.codec)
    if span_of(card):
        return f"{card.name} always carries its state along spans of patches"
    return "" if card.carry else f"{card.name} has no state to carry along the row"


def decode_commands() -> list[Command]:
    def quality(delta: int) -> Run:
        return lambda window: window.controller.quality_by(delta)

    def has(context: Context) -> Callable[[Session], bool]:
        return lambda session: session.options.context is context

    commands = [
        Command("decode", "Decode", "Decode", 0, lambda w: w.controller.decode(), ("F5",),
                "Encode and refine once more", why_not=empty, icon="play"),
        Command("stop", "Stop", "Decode", 0, lambda w: w.escape(), ("Esc",),
                "Stop the work in progress; else unpin the patch, leave the scan, close the comparison",
                icon="stop"),
        Command("quality.up", "Quality up", "Decode", 1, quality(1), ("PgUp",),
                "One more, as the codec counts: GOOG's iterations too", why_not=no_original),
        Command("quality.down", "Quality down", "Decode", 1, quality(-1), ("PgDown",),
                "One less", why_not=no_original),
    ]  # fmt: skip
    commands += [
        Command(f"context.{context.name.lower()}", f"Context {context.value}", "Decode", 2,
                change(partial(set_context, context=context)), (), CONTEXT_TIPS[context], has(context),
                _context(context))
        for context in Context
    ]  # fmt: skip
    carry = Command("carry", "Carry the state along the row", "Decode", 2,
                    change(lambda session: set_carry(session, not session.options.carry)), (),
                    "The episode of a patch starts from the last state of the patch to its left, not from 0",
                    lambda session: session.options.carry, _carry)  # fmt: skip
    bound = [single_only(each) for each in (*commands[4:], carry)]
    return [*commands[:4], *_codec_commands(), *bound]


def _codec_commands() -> list[Command]:
    def chosen(name: str) -> Callable[[Session], bool]:
        return lambda session: session.codec == name

    def choose(name: str) -> Run:
        return lambda window: window.controller.set_codec(name)

    def by(delta: int) -> Run:
        return lambda window: window.controller.codec_by(delta)

    return [
        Command("codec.next", "Next codec", "Decode", 3, by(1), ("Ctrl+PgDown",),
                "Send by the next codec, at the same rate; its decoder follows", why_not=no_original),
        Command("codec.previous", "Previous codec", "Decode", 3, by(-1), ("Ctrl+PgUp",),
                "Send by the codec before, at the same rate", why_not=no_original),
        *(
            Command(f"codec.{name}", f"Codec {facts.title}", "Decode", 3, choose(name), (), facts.tip,
                    chosen(name), no_original)
            for name, facts in CODEC_FACTS.items()
        ),
    ]  # fmt: skip


CONTEXT_TIPS = {
    Context.NONE: "The patch's own symbols only",
    Context.CAUSAL: "Own symbols and the neighbours already refined: W, NW, N, NE",
    Context.NONCAUSAL: "Own symbols and those received for the neighbours still to come: E, SW, S, SE",
    Context.BOTH: "Own symbols and all eight neighbours",
}


def help_commands() -> list[Command]:
    return [
        Command("keys", "All keys", "Help", 0, lambda w: w.show_keys(), ("?", "F1"), "Every key, in one list",
                icon="help"),
        Command("palette", "Command palette…", "Help", 0, lambda w: w.show_palette(), ("Ctrl+Shift+P",),
                "Find a command by its name", icon="search"),
        Command("about", "About", "Help", 1, lambda w: w.show_about(), (),
                "What this program shows, and whose method it is"),
    ]  # fmt: skip
