"""The stated ground (口径) of a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Basis:
    """The stated ground (口径) of a figure.

    `set_aside` counts the facilities left out by reason; `by_ledger` those whose owner the
    ledger decided, `county_only` those of which no more than the county is known; `unweighted`
    lists units without a weight, which leave both sums. `years` are those of the figures used, and
    `earlier` lists the units of which only figures of an earlier year are known. `links` counts, of
    a chain, the units of which each link holds, by its name; `unknown` lists the facilities whose
    places are not known, `unplaced` those whose places stand in no unit; `assumed` says the numbers
    that no ledger gives, with their sources.
    """

    as_of: date | None = None
    filters: tuple[str, ...] = ()
    used: int = 0
    set_aside: Mapping[str, int] = field(default_factory=dict)
    undated: int = 0
    on_border: int = 0
    outside: int = 0
    approximate: bool = False
    sample: bool = False
    sources: tuple[str, ...] = ()
    by_ledger: int = 0
    unweighted: tuple[str, ...] = ()
    county_only: int = 0
    years: tuple[int, ...] = ()
    earlier: tuple[str, ...] = ()
    links: Mapping[str, int] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    unplaced: tuple[str, ...] = ()


def some_of(ids: Sequence[str]) -> str:
    """The first five of a list, and that there are more."""
    return "、".join(ids[:5]) + ("等" if len(ids) > 5 else "")
