"""Where a sheet's header stands, how deep it is, and the heading of each column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from hbgeo.read.catalog import Layer
from hbgeo.read.cell.numbers import area_unit
from hbgeo.read.cell.text import clean
from hbgeo.read.file.excel import Sheet
from hbgeo.read.schema.match import heading_key, match_columns
from hbgeo.read.schema.records import Schema

HEADER_ROWS = 10  # titles above a header rarely take more
_DEPTH = 4  # levels of a merged header
_DIGIT = re.compile(r"\d")

Rows = list[list[str]]


@dataclass(frozen=True)
class Header:
    """The header of one sheet: its first and last row (from 0) and the heading of each column."""

    first: int
    last: int
    headings: tuple[str, ...]


def find_header(sheet: Sheet, schema: Schema, layer: Layer) -> Header | None:
    """Find the header: the one in the first ten rows in which most columns are recognised.

    The levels of a merged header are joined with “-” (墓穴数-总数). A unit of area that only a
    line above the table gives (单位:亩) is written behind the headings of areas.

    Returns
    -------
    header
        None if no row has two columns that are recognised: a title may hit one by chance.
    """
    wanted = {heading_key(h) for h in layer.columns.values()}
    top = _top(sheet)
    best: tuple[int, int, int] | None = None
    for first in range(min(HEADER_ROWS, len(top))):
        for depth in _depths(sheet, top, first):
            headings = _join(top[first : first + depth])
            named = [h for h in headings if h]
            score = len(match_columns(named, schema))
            score += sum(heading_key(h) in wanted for h in named)
            if score >= 2 and (best is None or score > best[0] or _firmer(score, depth, best)):
                best = (score, first, depth)
    if best is None:
        return None
    _, first, depth = best
    headings = [clean(h) for h in _join(top[first : first + depth])]
    return Header(first, first + depth - 1, _unique(_with_unit(headings, top[:first])))


def _firmer(score: int, depth: int, best: tuple[int, int, int]) -> bool:
    return score == best[0] and depth < best[2]


def _top(sheet: Sheet) -> Rows:
    """The first rows, with what is merged standing in every cell of its range."""
    rows: Rows = sheet.cells.head(HEADER_ROWS + _DEPTH).to_numpy(dtype=object).tolist()
    for r0, c0, r1, c1 in sheet.merges:
        if r0 >= len(rows) or c0 >= len(rows[0]):
            continue
        for r in range(r0, min(r1 + 1, len(rows))):
            rows[r][c0 : c1 + 1] = [rows[r0][c0]] * len(rows[r][c0 : c1 + 1])
    return rows


def _depths(sheet: Sheet, top: Rows, first: int) -> list[int]:
    """How many rows a header that begins here may have: merged ranges tell, else the blanks."""
    if not any(c.strip() for c in top[first]):
        return []
    here = [m for m in sheet.merges if m[0] == first]
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


def _join(levels: Rows) -> list[str]:
    """Join the levels of each column; a group's name reaches to the right over its parts."""
    levels = [list(level) for level in levels]
    for level, below in pairwise(levels):
        for i in range(1, len(level)):
            if not level[i].strip() and below[i].strip() and below[i - 1].strip():
                level[i] = level[i - 1]
    headings = []
    for column in zip(*levels, strict=True):
        parts = [clean(p) for p in column if p.strip()]
        headings.append("-".join(dict.fromkeys(parts)))
    return headings


def _with_unit(headings: Sequence[str], above: Rows) -> list[str]:
    text = " ".join(c for row in above for c in dict.fromkeys(row) if "单位" in c)
    found = re.search(
        r"单位[::]\s*(亩|公顷|平方米|平米|㎡|m2|平方公里)(?:\s|$|[)),,;;])", clean(text)
    )
    if not found:
        return list(headings)
    return [f"{h}({found[1]})" if "面积" in h and not area_unit(h) else h for h in headings]


def _unique(headings: list[str]) -> tuple[str, ...]:
    """Number repeated headings, so that none hides another; the provenance names stay ours."""
    seen: dict[str, int] = {"file": 1, "sheet": 1, "row": 1, "geometry": 1}
    made = []
    for heading in headings:
        seen[heading] = seen.get(heading, 0) + 1
        made.append(f"{heading}.{seen[heading]}" if heading and seen[heading] > 1 else heading)
    return tuple(made)
