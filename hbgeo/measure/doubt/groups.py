"""Rows in doubt that hang together: twins, of which one at least is there. Each group chooses as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hbgeo.measure.doubt.openings import Openings
from hbgeo.measure.doubt.question import Choices, Whole

MOST = 1 << 12  # readings of a group of twins taken together


@dataclass(frozen=True)
class Chosen:
    """The choosers: which rows each is, and which readings (entries of the openings) an option takes.

    Attributes
    ----------
    choices
        Whose options they are.
    alone, groups
        The rows in doubt that choose for themselves, and behind them the groups that choose as one.
    starts
        Entries that options take: those of option o are `taken[starts[o]:starts[o + 1]]`.
    """

    choices: Choices
    alone: Whole
    groups: tuple[tuple[int, ...], ...]
    starts: Whole
    taken: Whole

    def rows_of(self, chooser: int) -> tuple[int, ...]:
        """The rows in doubt that a chooser is."""
        after = chooser - len(self.alone)
        return self.groups[after] if after >= 0 else (int(self.alone[chooser]),)


def choose(openings: Openings, twins: Sequence[tuple[int, int]]) -> Chosen:
    """Make a chooser of every row in doubt, or of rows that may tell one thing twice.

    Parameters
    ----------
    openings
        With an entry for the own reading of every row of `twins`.
    """
    starts = np.flatnonzero(np.diff(openings.suspect, prepend=-1))
    many = np.diff(np.append(starts, len(openings.suspect)))
    rows = openings.suspect[starts]
    groups = _linked(twins)
    linked = np.isin(rows, [row for group in groups for row in group])
    single = np.repeat(~linked, many)
    entry = np.flatnonzero(single)
    cost = np.ones(len(openings.suspect), dtype=np.int64)
    cost[starts] = 0
    spans = zip(starts[linked].tolist(), many[linked].tolist(), strict=True)
    more = _of_groups(dict(zip(rows[linked].tolist(), spans, strict=True)), groups, twins)
    counts = np.append(many[~linked], [len(options) for options in more])
    taken = [entry, *(np.array(some, dtype=np.int64) for o in more for some, _ in o)]
    sizes = np.append(np.ones(len(entry)), [len(some) for o in more for some, _ in o])
    costs = np.append(cost[single], [changed for o in more for _, changed in o])
    members = np.append(np.ones(int((~linked).sum())), [len(group) for group in groups])
    choices = Choices(_ends(counts), members.astype(np.int64), costs.astype(np.int64))
    return Chosen(choices, rows[~linked], tuple(groups), _ends(sizes), np.concatenate(taken))


def _ends(sizes: NDArray[Any]) -> Whole:
    return np.append(0, np.cumsum(sizes)).astype(np.int64)


def _linked(twins: Sequence[tuple[int, int]]) -> list[tuple[int, ...]]:
    """Rows that hang together through any number of pairs."""
    home: dict[int, set[int]] = {}
    for a, b in twins:
        joined = home.get(a, {a}) | home.get(b, {b})
        for row in joined:
            home[row] = joined
    return sorted({tuple(sorted(group)) for group in home.values()})


def _of_groups(
    entries: dict[int, tuple[int, int]],
    groups: list[tuple[int, ...]],
    twins: Sequence[tuple[int, int]],
) -> list[list[tuple[list[int], int]]]:
    """The options of each group (see `_options_of`)."""
    return [_options_of(group, entries, twins) for group in groups]


def _options_of(
    group: tuple[int, ...], entries: dict[int, tuple[int, int]], twins: Sequence[tuple[int, int]]
) -> list[tuple[list[int], int]]:
    """The entries that each option of a group takes, and how many rows read otherwise; own first.

    A row of twins may also be no row at all (-1), but of each pair one is there.
    """
    pairs = [(a, b) for a, b in twins if a in group and b in group]
    gone = [-1] if pairs else []
    each = [[*range(int(entries[r][0]), int(entries[r][0] + entries[r][1])), *gone] for r in group]
    size = float(np.prod([float(len(e)) for e in each]))
    if size > MOST:
        each = [[e[0], *gone] for e in each]
    made = []
    for combo in product(*each):
        of = dict(zip(group, combo, strict=True))
        if any(of[a] < 0 and of[b] < 0 for a, b in pairs):
            continue
        changed = sum(entry != entries[row][0] for row, entry in of.items())
        made.append(([entry for entry in combo if entry >= 0], changed))
    return made
