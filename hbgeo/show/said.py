"""What the terminal was told, as data and back: tables, texts and lines, for any width."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.text import Text

from hbgeo.read.cell.personal import hide_numbers
from hbgeo.read.cell.text import clean_text, without_controls
from hbgeo.show.screen import Lines, Listing


def written(files: Iterable[Path]) -> Text:
    """Where the results are."""
    return Text("已写出 " + _listed(files))


def untouched(files: Iterable[Path]) -> Text:
    """Where the results are, that are already what they would be."""
    return Text("资料和口径都没有变，沿用上次写出的 " + _listed(files))


def _listed(files: Iterable[Path]) -> str:
    return "、".join(clean_text(str(f)) for f in files)


def without_steering(text: str) -> str:
    """A text of many lines without what would steer a terminal, and nobody's numbers."""
    return "\n".join(hide_numbers(without_controls(line)) for line in text.split("\n"))


def as_data(part: object) -> list[Any]:
    """What is shown, as JSON can hold it.

    Raises
    ------
    TypeError
        If it is nothing that comes back as it was.
    """
    if isinstance(part, str):
        return ["text", without_steering(part), None]
    if isinstance(part, Text) and not part.spans and isinstance(part.style, str):
        return ["text", without_steering(part.plain), part.style]
    if isinstance(part, Lines) and isinstance(part.style, str):
        return ["lines", part.text, part.style, part.indent]
    if isinstance(part, Listing):
        return ["table", part.as_data()]
    raise TypeError(f"{type(part).__name__} is not kept")


def from_data(data: list[Any]) -> object:
    """What `as_data` was given."""
    kind, *rest = data
    if kind == "text":
        text, style = rest
        return text if style is None else Text(text, style)
    if kind == "lines":
        text, style, indent = rest
        return Lines(text, style, indent=indent)
    return Listing.from_data(rest[0])
