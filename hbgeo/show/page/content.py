"""What a planner page shows, encoded: all that it takes to draw it, in whichever process."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from hbgeo.measure.grid.index import Store
from hbgeo.show.page.basemap import Basemap
from hbgeo.show.page.pack import pack, to_json


@dataclass(frozen=True)
class Content:
    """All that a page shows.

    Attributes
    ----------
    centre
        Where the map looks: latitude and longitude.
    head, parts
        What the page has at once, and what it decodes when it is wanted, packed, by name.
    basemap
        Tiles from the internet; None without.
    shells
        Keeps what stands round them from one page to the next; None keeps nothing.
    """

    title: str
    centre: tuple[float, float]
    head: Mapping[str, Any]
    parts: Mapping[str, str]
    basemap: Basemap | None = None
    shells: Store | None = None

    @property
    def script(self) -> dict[str, bool]:
        """What the page's script must draw (see `script.read_script`)."""
        head = self.head
        return {
            "past": any("past" in one for one in head["indicators"]),
            "signs": any(one["signs"] for one in head["layers"]),
            "names": head["names"] is not None,
            **{part: bool(head[part]) for part in ("beyond", "plans", "doubts")},
        }

    @property
    def data(self) -> str:
        """The elements that hold what is shown."""
        return "\n".join(
            f'<script type="text/plain" id="data-{escape(name)}">{text}</script>'
            for name, text in {"head": pack(to_json(self.head)), **self.parts}.items()
        )


def as_read(text: str) -> str:
    """A text as a browser reads it from a file in UTF-8."""
    text = re.sub(r"\r\n?", "\n", text).replace("\0", "\ufffd")
    # a lone surrogate cannot be written as UTF-8
    return text.encode("utf-8", "replace").decode("utf-8")
