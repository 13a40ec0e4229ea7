"""Rows in doubt that hang together: twins, of which one at least is there. Each group chooses as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hbgeo.measure.doubt.openings import Openings
from hbgeo.measure.doubt.question import Choices, Whole

_GONE = -1  # in place of an entry: the row is the same as its twin
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
    exact
        False where twins are too many to be taken together: each is then there or not by itself,
        which encloses all that can be and more.
    """

    choices: Choices
    alone: Whole
    groups: tuple[tuple[int, ...], ...]
    starts: Whole
    taken: Whole
    exact: bool = True

    def rows_of(self, choosers: Whole) -> tuple[Whole, Whole]:
        """The rows in doubt that some choosers are, one after the other: of which of them, and the row."""
        alone = choosers < len(self.alone)
        groups = [self.groups[k] for k in (choosers[~alone] - len(self.alone)).tolist()]
        many = np.ones(len(choosers), dtype=np.int64)
        many[~alone] = [len(group) for group in groups]
        whose = np.repeat(np.arange(len(choosers)), many)
        rows, single = np.empty(len(whose), dtype=np.int64), alone[whose]
        rows[single] = self.alone[choosers[alone]]
        rows[~single] = [row for group in groups for row in group]
        return whose, rows


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
    linked = np.isin(rows, [row for pair in twins for row in pair])
    spans = zip(starts[linked].tolist(), many[linked].tolist(), strict=True)
    groups = _groups(dict(zip(rows[linked].tolist(), spans, strict=True)), twins)
    single = np.repeat(~linked, many)
    entry = np.flatnonzero(single)
    cost = np.ones(len(openings.suspect), dtype=np.int64)
    cost[starts] = 0
    more = [group.options for group in groups]
    counts = np.append(many[~linked], [len(options) for options in more])
    taken = [entry, *(np.array(some, dtype=np.int64) for o in more for some, _ in o)]
    sizes = np.append(np.ones(len(entry)), [len(some) for o in more for some, _ in o])
    costs = np.append(cost[single], [changed for o in more for _, changed in o])
    members = np.append(np.ones(int((~linked).sum())), [len(group.rows) for group in groups])
    return Chosen(
        Choices(_ends(counts), members.astype(np.int64), costs.astype(np.int64)),
        rows[~linked],
        tuple(group.rows for group in groups),
        _ends(sizes),
        np.concatenate(taken),
        exact=all(group.whole for group in groups),
    )


def _ends(sizes: NDArray[Any]) -> Whole:
    return np.append(0, np.cumsum(sizes)).astype(np.int64)


@dataclass(frozen=True)
class _Group:
    """Rows that choose as one: the entries that each option takes, how many rows read otherwise.

    `whole` is False of a row that was taken out of too many twins.
    """

    rows: tuple[int, ...]
    options: list[tuple[list[int], int]]
    whole: bool = True


def _groups(entries: dict[int, tuple[int, int]], twins: Sequence[tuple[int, int]]) -> list[_Group]:
    """Rows that hang together through pairs of twins; each row for itself where they are too many."""
    of_row = _linked(twins)
    members: dict[int, list[int]] = {}
    for row in sorted(of_row):
        members.setdefault(of_row[row], []).append(row)
    pairs: dict[int, list[tuple[int, int]]] = {}
    for pair in twins:
        pairs.setdefault(of_row[pair[0]], []).append(pair)
    made = list[_Group]()
    for root, rows in members.items():
        each = [[*range(entries[r][0], entries[r][0] + entries[r][1]), _GONE] for r in rows]
        if prod(len(some) for some in each) <= MOST:
            made.append(_Group(tuple(rows), _options_of(rows, each, pairs[root])))
        else:
            made += [
                _Group((row,), _options_of([row], [some], []), whole=False)
                for row, some in zip(rows, each, strict=True)
            ]
    return made


def _linked(twins: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Row → the row that stands for all that it hangs together with."""
    above: dict[int, int] = {}

    def root(row: int) -> int:
        while above.setdefault(row, row) != row:
            above[row] = row = above[above[row]]
        return row

    for a, b in twins:
        above[root(a)] = root(b)
    return {row: root(row) for row in list(above)}


def _options_of(
    rows: Sequence[int], each: Sequence[Sequence[int]], pairs: Sequence[tuple[int, int]]
) -> list[tuple[list[int], int]]:
    """The entries that each option of a group takes, and how many rows read otherwise; own first.

    A row of twins may also be no row at all, but of each pair one is there.
    """
    made = []
    for combo in product(*each):
        of = dict(zip(rows, combo, strict=True))
        if any(of[a] == _GONE and of[b] == _GONE for a, b in pairs):
            continue
        changed = sum(entry != some[0] for entry, some in zip(combo, each, strict=True))
        made.append(([entry for entry in combo if entry != _GONE], changed))
    return made
