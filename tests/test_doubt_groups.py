"""Twins: few are taken together, many each for itself; what encloses them is still right."""

from __future__ import annotations

from itertools import product

import numpy as np

from hbgeo.measure.doubt.groups import Chosen, choose
from hbgeo.measure.doubt.openings import Openings


def _openings(rows: int) -> Openings:
    suspect = np.arange(rows, dtype=np.int64)
    no, none = np.zeros(rows, dtype=bool), np.zeros(rows)
    return Openings(suspect, suspect, no, no, none, none, 0 * suspect, 0 * suspect)


def _counts(rows: int, pairs: list[tuple[int, int]]) -> set[int]:
    """How many of some rows may be there, of each pair one at least."""
    ways = product((0, 1), repeat=rows)
    return {sum(way) for way in ways if all(way[a] or way[b] for a, b in pairs)}


def _rows_of(chosen: Chosen) -> list[tuple[int, ...]]:
    """By chooser its rows."""
    whose, rows = chosen.rows_of(np.arange(len(chosen.choices)))
    return [tuple(rows[whose == g].tolist()) for g in range(len(chosen.choices))]


def test_the_rows_of_some_choosers_come_in_their_order() -> None:
    chosen = choose(_openings(6), [(0, 1), (1, 2), (3, 4)])
    of = _rows_of(chosen)
    asked = np.array([2, 0, 1])
    whose, rows = chosen.rows_of(asked)
    assert rows.tolist() == [row for g in asked.tolist() for row in of[g]]
    assert whose.tolist() == [k for k, g in enumerate(asked.tolist()) for _ in of[g]]


def test_of_each_pair_one_is_there() -> None:
    pairs = [(0, 1), (1, 2), (3, 4)]
    chosen = choose(_openings(6), pairs)
    assert chosen.exact
    assert sorted(_rows_of(chosen)) == [(0, 1, 2), (3, 4), (5,)]
    size = np.diff(chosen.starts)
    found = {}
    for g in range(len(chosen.choices)):
        at = slice(chosen.choices.starts[g], chosen.choices.starts[g + 1])
        found[_rows_of(chosen)[g]] = set(size[at].tolist())
    assert found[0, 1, 2] == _counts(3, [(0, 1), (1, 2)]) == {1, 2, 3}
    assert found[3, 4] == {1, 2}
    assert found[5,] == {1}
    assert chosen.choices.cost[chosen.choices.starts[:-1]].tolist() == [0, 0, 0]


def test_too_many_twins_are_each_there_or_not_and_that_is_said() -> None:
    pairs = [(i, i + 1) for i in range(499)]
    chosen = choose(_openings(501), pairs)
    assert not chosen.exact
    assert len(chosen.choices) == 501
    assert set(np.diff(chosen.choices.starts).tolist()) == {1, 2}
    assert int(np.diff(chosen.starts).sum()) == 501  # the own readings; the others are nothing
