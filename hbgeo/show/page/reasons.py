"""Why each unit is left out, what may be done, and what changed of it: as small numbers a unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.reasons import idle_by_unit, why_uncovered
from hbgeo.measure.trend import GAINED, LOST, Trend

Own = tuple[Sequence[tuple[str, str]], Sequence[int]]  # reasons with advice; of each unit which
CHANGES = ("", GAINED, LOST)  # what a number of `changes_of` says


class Reasons:
    """The reasons that are given, each once; 0 stands for none.

    Attributes
    ----------
    pairs
        Reason and advice, in the order in which they were first given.
    """

    def __init__(self, waiting: Mapping[str, pd.DataFrame]) -> None:
        self._waiting = waiting
        self._numbers: dict[tuple[str, str], int] = {("", ""): 0}

    @property
    def pairs(self) -> list[list[str]]:
        """Every reason with its advice, by its number."""
        return [list(pair) for pair in self._numbers]

    def of(self, one: Assessment, codes: pd.Index) -> list[int]:
        """The reason of each unit that a rate leaves out; 0 for the others."""
        return self.numbered(self.own(one, codes))

    def numbered(self, own: Own) -> list[int]:
        """The same of an indicator's own reasons."""
        pairs, of = own
        numbers = [self._numbers.setdefault((w, a), len(self._numbers)) for w, a in pairs]
        return [numbers[at] for at in of]

    def own(self, one: Assessment, codes: pd.Index) -> Own:
        """An indicator's own reasons in the order in which they are first given, and which each unit has."""
        if one.coverage is None:
            return [("", "")], [0] * len(codes)
        units = one.coverage.units[["covered", "demand", "via"]].reindex(codes)
        left = (units["covered"] == 0) & (units["demand"] > 0)
        waiting = self._waiting.get(one.indicator.id)
        mine = codes[left.to_numpy()]
        idle = {} if waiting is None else idle_by_unit(waiting, one.as_of, mine)
        chain = one.indicator.measure == "chain"
        links = units["via"].fillna("").astype(str).tolist() if chain else [""] * len(codes)
        made, plain, names = [0] * len(codes), 0, codes.tolist()
        known: dict[tuple[str, str], int] = {("", ""): 0}

        def number(pair: tuple[str, str]) -> int:
            return known.setdefault(pair, len(known))

        for at in np.flatnonzero(left.to_numpy()).tolist():
            found = idle.get(str(names[at]), [])
            if found or links[at]:
                made[at] = number(why_uncovered(found, links[at], one=one.indicator))
            else:  # most of them
                made[at] = plain = plain or number(why_uncovered([], one=one.indicator))
        return [*known], made


def changes_of(trend: Trend | None, indicator: str, codes: pd.Index) -> list[int]:
    """What became of each unit since the snapshot before: a position in `CHANGES`; [] without one."""
    if trend is None:
        return []
    rows = trend.units[trend.units["indicator"] == indicator]
    kinds = pd.Series(rows["change"].to_numpy(), index=rows["code"].to_numpy())
    found = kinds[~kinds.index.duplicated()].reindex(codes)
    made = np.select([found == kind for kind in CHANGES[1:]], [1, 2], 0)
    return made.tolist() if made.any() else []
