"""The terms that come with the program, and how one is found."""

from __future__ import annotations

import html
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from engine.records import build


@dataclass(frozen=True)
class Term:
    """One term. also: other names of it. formula: plain text, "" for none. link: where the source is read,
    "" where it has no address."""

    name: str
    text: str
    source: str
    also: tuple[str, ...] = ()
    formula: str = ""
    link: str = ""


@cache
def glossary() -> tuple[Term, ...]:
    """Every term, in the order of the alphabet."""
    record = tomllib.loads(files("assets").joinpath("glossary.toml").read_text(encoding="utf-8"))
    entries = record["term"]
    terms = (build(Term, entry, f"glossary.toml, '{entry.get('name', '')}'") for entry in entries)
    return tuple(sorted(terms, key=lambda term: term.name.casefold()))


def search(text: str) -> tuple[Term, ...]:
    """Terms whose names, or else whose explanations, have every word of `text`; names first."""
    words = text.casefold().split()

    def place(term: Term) -> int:
        names = " ".join((term.name, *term.also)).casefold()
        whole = f"{names} {term.text.casefold()}"
        if all(word in names for word in words):
            return 0 if term.name.casefold().startswith(text.casefold().strip()) else 1
        return 2 if all(word in whole for word in words) else 3

    ranked = sorted(
        ((place(term), at, term) for at, term in enumerate(glossary())), key=lambda each: each[:2]
    )
    return tuple(term for rank, _, term in ranked if rank < 3)


@cache
def _names() -> tuple[tuple[re.Pattern[str], Term], ...]:
    """A pattern of each name of each term, the longest first, so that "MS-SSIM" isn't found as "SSIM"."""
    names = [(name, term) for term in glossary() for name in (term.name, *term.also)]
    names.sort(key=lambda pair: -len(pair[0]))
    return tuple(
        (re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])", re.IGNORECASE), term) for name, term in names
    )


@cache
def term_in(words: str) -> Term | None:
    """The term that a label on screen speaks of: the longest of its names found there."""
    return next((term for pattern, term in _names() if pattern.search(words)), None)


def explained(words: str) -> str:
    """What a tooltip says of a label: the term, its explanation, its formula; "" for no term of ours."""
    term = term_in(words)
    if term is None:
        return ""
    return f"{term.name}: {term.text}" + (f"\n{term.formula}" if term.formula else "")


def as_html(term: Term) -> str:
    """A term as rich text."""
    parts = [f"<h3>{html.escape(term.name)}</h3>"]
    if term.also:
        parts.append(f"<p><i>{html.escape(', '.join(term.also))}</i></p>")
    parts.append(f"<p>{html.escape(term.text)}</p>")
    if term.formula:
        parts.append(f"<p>{html.escape(term.formula)}</p>")
    source = html.escape(term.source)
    if term.link:
        source = f'<a href="{html.escape(term.link)}">{source}</a>'
    return "".join([*parts, f"<p>Source: {source}</p>"])
