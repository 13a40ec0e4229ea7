"""What a planner page shows, encoded: all that it takes to draw it, in whichever process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hbgeo.show.page.basemap import Basemap


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
    """

    title: str
    centre: tuple[float, float]
    head: Mapping[str, Any]
    parts: Mapping[str, str]
    basemap: Basemap | None = None
