"""What views are called: short enough for every database, no two alike."""

from __future__ import annotations

import re

from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.store.fingerprint import fingerprint

SCHEMA = "hbgeo"
_MOST_BYTES = 63  # of a name in PostgreSQL, which cuts a longer one and says nothing
_PRINT = 8  # letters of a fingerprint
# ids of which no two give one name, capitals or not: parts joined by single marks
_PART = r"[^A-Z_@-]+(?:-[^A-Z_@-]+)*"
_PLAIN = re.compile(f"{_PART}(?:@{_PART})?")


def view_name(indicator: str) -> str:
    """The view of an indicator: `v_` and its id, `_` for `-` and `__` for `@`.

    Where another id could give the same name, or the name has more than 63 bytes, the fingerprint
    of the id stands at its end.
    """
    name = "v_" + indicator.replace("-", "_").replace("@", "__").lower()
    if _PLAIN.fullmatch(indicator) and len(name.encode()) <= _MOST_BYTES:
        return name
    room = _MOST_BYTES - _PRINT - 2
    cut = name.encode()[:room].decode(errors="ignore")
    return f"{cut}__{fingerprint(indicator.encode())[:_PRINT]}"


def level_view_name(level: str) -> str:
    """The view of all units of a level."""
    return f"units_{level}"


LEVEL_VIEWS = {level: level_view_name(level) for level in LEVEL_NAMES}
