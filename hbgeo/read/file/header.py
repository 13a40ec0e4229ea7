"""Where a sheet's header stands, how deep it is, and what the heading of each column means."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from hbgeo.read.catalog import Layer
from hbgeo.read.cell.personal import fit_to_show
from hbgeo.read.cell.text import clean
from hbgeo.read.file.excel_xml import Range
from hbgeo.read.file.stated import stated_units, with_stated_units, with_unit_line
from hbgeo.read.schema.match import (
    RESERVED,
    Headings,
    heading_key,
    match_columns,
    match_headings,
    unique_names,
)
from hbgeo.read.schema.records import Column, Schema

HEADER_ROWS = 10  # titles above a header rarely take more
_DEPTH = 4  # levels of a merged header
TOP_ROWS = HEADER_ROWS + _DEPTH  # rows that a header may stand in
_DIGIT = re.compile(r"\d")

Rows = list[list[str]]


@dataclass(frozen=True)
class Recognised:
    """What a row that may be the header has: canonical columns, and how much speaks for it."""

    columns: frozenset[str]
    score: int


@dataclass(frozen=True)
class Header:
    """The header of one sheet.

    Attributes
    ----------
    first, last
        Its rows, from 0.
    names
        The heading of each column, none twice; "" over a column without one.
    meaning
        Which heading holds which canonical column.
    levels
        The cells of its rows as they stand, which rows further down may repeat.
    """

    first: int
    last: int
    names: tuple[str, ...]
    meaning: Headings
    levels: tuple[tuple[str, ...], ...]


Accept = Callable[[Recognised], bool]


def is_ledger(row: Recognised) -> bool:
    """Whether a row may head a ledger: two columns recognised, as a title may hit one by chance."""
    return row.score >= 2


def is_ledger_or_points(row: Recognised) -> bool:
    """Whether a row may head a table of points, of which nothing else need be recognised."""
    return is_ledger(row) or has_coordinates(row.columns)


def has_coordinates(columns: Collection[str]) -> bool:
    """Whether a point can be told from these canonical columns."""
    return "lonlat" in columns or ("lon" in columns and "lat" in columns)


def find_header(
    top: Sequence[Sequence[str]],
    schema: Schema,
    layer: Layer,
    *,
    merges: Sequence[Range] = (),
    accept: Accept = is_ledger,
    taken: Iterable[str] = RESERVED,
    where: str = "",
    about: Sequence[str] = (),
) -> Header | None:
    """Find the header: the one in the first ten rows in which most columns are recognised.

    Its levels are joined (墓穴数-总数), units said around it written behind what they hold for.

    Parameters
    ----------
    top, merges
        The first `TOP_ROWS` rows, all of one width; ranges merged there.
    accept, taken
        What a header must have, else there is none; names that no heading may bear.
    where, about
        File and sheet, for messages; further texts that may state a unit, as notes below do.

    Raises
    ------
    LayerError
        If the catalogue's `columns` name a heading that is not there, or units disagree.
    """
    rows = _filled(top, merges)
    ranked = _candidates(rows, merges, schema, layer)
    if (chosen := next((at for at, row in ranked if accept(row)), None)) is None:
        return None
    headings, last = _with_units(rows, chosen, about, schema, layer, where)
    names = unique_names(map(fit_to_show, headings), taken)
    meaning = match_headings(names, schema, layer.columns, where=where)
    levels = tuple(map(tuple, top[chosen[0] : last + 1]))
    return Header(chosen[0], last, tuple(names), meaning, levels)


def _with_units(
    rows: Rows, at: tuple[int, int], about: Sequence[str], schema: Schema, layer: Layer, where: str
) -> tuple[list[str], int]:
    """The headings with the units said around them, and the header's last row."""
    first, below = at[0], sum(at)
    headings, last = _joined(rows, *at), below - 1
    if below < len(rows) and (lined := with_unit_line(headings, rows[below])):
        headings, last = lined, below
    stated = stated_units([*about, *(c for row in rows[:first] for c in row)])
    return with_stated_units(headings, stated, _columns(headings, schema, layer), where), last


def _columns(headings: Sequence[str], schema: Schema, layer: Layer) -> dict[str, Column]:
    """Heading → the column it is recognised as, by the catalogue or by an alias."""
    wanted = {heading_key(h): column for column, h in layer.columns.items()}
    found = {h: column for column, h in match_columns(filter(None, headings), schema).items()}
    found |= {h: wanted[key] for h in headings if (key := heading_key(h)) in wanted}
    return {h: schema.columns[c] for h, c in found.items() if c in schema.columns}


def _candidates(
    rows: Rows, merges: Sequence[Range], schema: Schema, layer: Layer
) -> list[tuple[tuple[int, int], Recognised]]:
    """Where a header may stand, its first row and its depth: those first for which most speaks.

    Of those for which as much speaks the flattest goes before, then the uppermost.
    """
    found = [
        ((first, depth), _recognise(_joined(rows, first, depth), schema, layer))
        for first in range(HEADER_ROWS)
        for depth in _depths(merges, rows, first)
    ]
    return sorted(found, key=lambda one: (-one[1].score, one[0][1]))


def _recognise(headings: Sequence[str], schema: Schema, layer: Layer) -> Recognised:
    """The columns known by an alias or named in the catalogue; one that is both speaks twice."""
    headings = [h for h in headings if h]
    wanted = {heading_key(h): column for column, h in layer.columns.items()}
    found = match_columns(headings, schema)
    named = [wanted[key] for h in headings if (key := heading_key(h)) in wanted]
    return Recognised(frozenset({*found, *named}), len(found) + len(named))


def _filled(top: Sequence[Sequence[str]], merges: Sequence[Range]) -> Rows:
    """The first rows, with what is merged standing in every cell of its range."""
    rows = [list(row) for row in top]
    for r0, c0, r1, c1 in merges:
        if r0 >= len(rows) or c0 >= len(rows[0]):
            continue
        for r in range(r0, min(r1 + 1, len(rows))):
            rows[r][c0 : c1 + 1] = [rows[r0][c0]] * len(rows[r][c0 : c1 + 1])
    return rows


def _depths(merges: Sequence[Range], top: Rows, first: int) -> list[int]:
    """How many rows a header that begins here may have: merged ranges tell, else the blanks."""
    if first >= len(top) or not any(c.strip() for c in top[first]):
        return []
    here = [m for m in merges if m[0] == first]
    tall = [r1 - r0 + 1 for r0, _, r1, _ in here if r1 > r0]
    if tall and max(tall) <= _DEPTH:
        return [max(tall)]
    groups = any(r0 == r1 and (c1 - c0 + 1) * 2 <= len(top[first]) for r0, c0, r1, c1 in here)
    if groups:
        return [d for d in range(1, _DEPTH) if first + d <= len(top)]
    depth = 1
    while depth < _DEPTH - 1 and _continues(top, first + depth - 1):
        depth += 1
    return [depth]


def _continues(top: Rows, first: int) -> bool:
    """Whether the next row names parts of this row's columns, in a file that merges nothing."""
    if first + 1 >= len(top):
        return False
    above, below = top[first], top[first + 1]
    parts = [b for b in below if b.strip()]
    if not parts or any(_DIGIT.search(p) for p in parts):
        return False
    under_blank = any(b.strip() and not a.strip() for a, b in zip(above, below, strict=True))
    under_nothing = any(a.strip() and not b.strip() for a, b in zip(above, below, strict=True))
    return under_blank and under_nothing and sum(bool(a.strip()) for a in above) > 1


def _joined(rows: Rows, first: int, depth: int) -> list[str]:
    """Join the levels of each column; a group's name reaches to the right over its parts."""
    levels = [list(level) for level in rows[first : first + depth]]
    for level, below in pairwise(levels):
        for i in range(1, len(level)):
            if not level[i].strip() and below[i].strip() and below[i - 1].strip():
                level[i] = level[i - 1]
    headings = []
    for column in zip(*levels, strict=True):
        parts = [clean(p) for p in column if p.strip()]
        headings.append(clean("-".join(dict.fromkeys(parts))))
    return headings
