"""Rows in doubt of several layers (links of a chain, a list and what it is asked of) as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hbgeo.measure.doubt.ask import Opened
from hbgeo.measure.doubt.groups import Chosen, choose
from hbgeo.measure.doubt.openings import Openings


@dataclass(frozen=True)
class Part:
    """Rows in doubt of one layer among those of several, where they are numbered from `first` on."""

    layer: str
    opened: Opened
    first: int


@dataclass(frozen=True)
class Merged:
    """The readings of several layers, one after the other, and the choosers of all of them."""

    parts: tuple[Part, ...]
    openings: Openings
    chosen: Chosen


def merge(opened: Sequence[tuple[str, Opened]]) -> Merged:
    """Number the rows in doubt of some layers together.

    A layer that stands there twice chooses twice, as if its rows were others: that encloses all that
    can be, and perhaps more.
    """
    parts, first = list[Part](), 0
    twins = list[tuple[int, int]]()
    for key, one in opened:
        parts.append(Part(key, one, first))
        present = set(one.openings.rows.tolist())
        pairs = [(a, b) for a, b in one.suspects.twins if a in present and b in present]
        twins += [(a + first, b + first) for a, b in pairs]
        first += len(one.suspects)
    columns = {}
    for name in Openings.__dataclass_fields__:
        arrays = [getattr(part.opened.openings, name) for part in parts]
        if name == "suspect":
            arrays = [a + part.first for a, part in zip(arrays, parts, strict=True)]
        columns[name] = np.concatenate(arrays)
    openings = Openings(**columns)
    return Merged(tuple(parts), openings, choose(openings, twins))
