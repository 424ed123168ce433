"""Paths in text files: any name there and back, and names that look like such a text."""

from __future__ import annotations

import os

import pytest

from viewer.core.file_names import path_of, path_text

NAMES = [
    "a.jpg",
    "file:a.jpg",
    "file:100%41.jpg",
    "file:",
    os.fsdecode(b"\xff\xfe.jpg"),
    "file:%66",
    "ü/x.png",
]


@pytest.mark.parametrize("name", NAMES)
def test_there_and_back(name: str) -> None:
    text = path_text(name)
    text.encode("utf-8")
    assert path_of(text) == name


@pytest.mark.parametrize("name", ["file:100%41.jpg", "file:a b.jpg", "file:a.jpg"])
def test_a_name_that_was_written_by_hand_stands_for_itself(name: str) -> None:
    assert path_of(name) == name
