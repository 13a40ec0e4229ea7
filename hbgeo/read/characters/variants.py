"""How the characters of place names are also written: traditional, variant and look-alike ones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from itertools import chain

from hbgeo.errors import CatalogError
from hbgeo.read.toml import read_toml

_DATA = files("hbgeo.read.characters")


@dataclass(frozen=True)
class Variants:
    """Character → the one that stands for it today; and pairs that look alike.

    Attributes
    ----------
    local
        Variants of characters that names hold too: wrong only beside a standard name that has
        the other one.
    """

    traditional: dict[str, str]
    variant: dict[str, str]
    local: dict[str, str]
    alike: frozenset[tuple[str, str]]

    @cached_property
    def odd(self) -> re.Pattern[str]:
        """Finds a character that no standard name has."""
        return re.compile(f"[{re.escape(''.join({*self.traditional, *self.variant}))}]")

    @cached_property
    def known(self) -> frozenset[str]:
        """Every character that is also written otherwise."""
        return frozenset((*self.traditional, *self.variant, *self.local))

    def look_alike(self, one: str, other: str) -> bool:
        """Whether one character is easily taken for the other."""
        return (one, other) in self.alike


@lru_cache(maxsize=1)
def read_variants() -> Variants:
    """The package's tables."""
    table = read_toml(_DATA / "characters.toml", CatalogError, "")
    pairs = {key: " ".join(entry["pairs"]).split() for key, entry in table.items()}
    to = {key: {pair[0]: pair[1] for pair in pairs[key]} for key in pairs}
    both = chain.from_iterable(((p[0], p[1]), (p[1], p[0])) for p in pairs["alike"])
    return Variants(to["traditional"], to["variant"], to["local"], frozenset(both))
