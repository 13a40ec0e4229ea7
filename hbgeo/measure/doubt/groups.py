"""Rows in doubt that hang together: twins, of which one at least is there. Each group chooses as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

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
    members
        By chooser, its rows in doubt.
    taken
        Entries that options take: those of option o are `taken[starts[o]:starts[o + 1]]`.
    """

    choices: Choices
    members: tuple[tuple[int, ...], ...] | Whole
    starts: Whole
    taken: Whole

    def rows_of(self, chooser: int) -> tuple[int, ...]:
        """The rows in doubt that a chooser is."""
        one = self.members[chooser]
        return one if isinstance(one, tuple) else (int(one),)


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
    together = _linked(twins)
    linked = np.isin(rows, [row for group in together for row in group])
    if not linked.any():
        option = np.arange(len(openings.suspect) + 1)
        cost = np.ones(len(openings.suspect), dtype=np.int64)
        cost[starts] = 0
        bounds = np.append(starts, len(openings.suspect))
        return Chosen(
            Choices(bounds, np.ones(len(rows), np.int64), cost), rows, option, option[:-1]
        )
    return _with_groups(
        openings,
        dict(zip(rows.tolist(), zip(starts, many, strict=True), strict=True)),
        together,
        twins,
    )


def _linked(twins: Sequence[tuple[int, int]]) -> list[tuple[int, ...]]:
    """Rows that hang together through any number of pairs."""
    home: dict[int, set[int]] = {}
    for a, b in twins:
        joined = home.get(a, {a}) | home.get(b, {b})
        for row in joined:
            home[row] = joined
    return sorted({tuple(sorted(group)) for group in home.values()})


def _with_groups(
    openings: Openings,
    entries: dict[int, tuple[int, int]],
    together: list[tuple[int, ...]],
    twins: Sequence[tuple[int, int]],
) -> Chosen:
    in_group = {row for group in together for row in group}
    members = [(row,) for row in entries if row not in in_group]
    groups = [tuple(row for row in group if row in entries) for group in together]
    members += [group for group in groups if group]
    bounds, rows, cost, starts, taken = [0], list[int](), list[int](), [0], list[int]()
    for group in sorted(members):
        options = _options_of(group, entries, twins)
        for some, changed in options:
            taken += some
            starts.append(len(taken))
            cost.append(changed)
        bounds.append(bounds[-1] + len(options))
        rows.append(len(group))
    arrays = (np.array(a, dtype=np.int64) for a in (bounds, rows, cost))
    return Chosen(
        Choices(*arrays), tuple(sorted(members)), np.array(starts), np.array(taken, dtype=np.int64)
    )


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
