"""The page's script: the files of `js/`, put together in their order into one closure.

No build step: the files share the closure's scope as if they were one. A file says in its first
line what it holds. The language is that of Chromium 80: ECMAScript 2020.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from hbgeo.show import look
from hbgeo.show.page.classes import CODES
from hbgeo.show.page.pack import to_json

# from what others build on to what begins the page; only what is run at once must stand in order
ORDER = (
    "types", "state", "helpers", "parts", "specks", "polygons", "counting", "figures", "renderer",
    "styles", "canvas", "names", "points", "symbols", "crowd", "background", "facilities",
    "indicators", "tally", "title", "scope", "targets", "legend", "columns", "order", "conditions",
    "list", "past", "facts", "served", "plate", "problems", "sent", "search", "pointer", "measure", "steps", "address", "export", "xlsx",
    "reach", "discs", "beyond", "plans", "planned", "doubts", "copy", "picture", "paper", "print", "scenario", "beside", "show", "panels", "stops", "start",
)  # fmt: skip
_OPEN, _CLOSE = "(() => {\n'use strict';\n", "})();\n"


def read_script(
    *,
    past: bool = True,
    signs: bool = True,
    names: bool = True,
    beyond: bool = True,
    plans: bool = True,
    doubts: bool = True,
) -> str:
    """Put the files together: one text, one closure, nothing of it in the open but `hbgeo`.

    A page without earlier figures (`past`), layers of signs, findings of their `names`, villages
    `beyond` reach, `plans` or `doubts` does without what draws them.
    """
    left = {"past.js": past, "plate.js": signs, "problems.js": names, "sent.js": names}
    left |= dict.fromkeys(("reach.js", "discs.js", "beyond.js"), beyond)
    left |= dict.fromkeys(("plans.js", "planned.js"), plans)
    left["doubts.js"] = doubts
    return "".join(text for name, text in read_pieces() if left.get(name, True))


def read_pieces() -> Iterator[tuple[str, str]]:
    """The script in pieces, each with the name of the file that it is; "" for the frame's own lines."""
    yield "", _OPEN
    yield "", f"const CODES = {to_json(CODES).decode()};\n"
    yield "", f"const LOOK = {to_json(look.for_script()).decode()};\n"
    for name in ORDER:
        path = files("hbgeo.show.page") / "js" / f"{name}.js"
        yield path.name, path.read_text(encoding="utf-8")
    yield "", _CLOSE
