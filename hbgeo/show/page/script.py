"""The page's script: the files of `js/`, put together in their order into one closure."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from textwrap import indent

# what crosses from Python stands before the closure
BEFORE = ("types",)
# inside it, from what others build on to what begins the page; each file says in its head what it holds
WITHIN = (
    "state", "helpers", "parts", "polygons", "counting", "figures", "canvas", "names", "points",
    "symbols", "facilities", "indicators", "tally", "title", "scope", "targets", "legend", "columns", "list", "facts",
    "served", "search", "pointer", "address", "export", "picture", "print", "scenario", "beside",
    "show", "panels", "start",
)  # fmt: skip


def read_script() -> str:
    """Put the files together: one text, one closure, nothing of it in the open but `hbgeo`."""
    return "".join(text for _, text in read_pieces())


def read_pieces() -> Iterator[tuple[str, str]]:
    """The parts of the script in order, each with the file it comes from; of the frame between them ""."""
    for name in BEFORE:
        yield from ((f"{name}.js", _read(name)), ("", "\n"))
    yield "", "(() => {\n"
    for at, name in enumerate(WITHIN):
        if at:
            yield "", "\n"
        yield f"{name}.js", indent(_read(name), "  ")
    yield "", "})();\n"


def _read(name: str) -> str:
    return (files("hbgeo.show.page") / "js" / f"{name}.js").read_text(encoding="utf-8")
