"""All signs of a layer against the gazetteer: one row a finding.

Most signs are plainly right and are told so by the column; the rest are looked at one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.arrays import Floats, Mask, Numbers
from hbgeo.measure.names.closely import NAMED, Held, Holder, Row
from hbgeo.measure.names.columns import Columns, as_columns
from hbgeo.measure.names.disagree import Sign, check_beside, check_same_place
from hbgeo.measure.names.found import COLUMNS, SIGN_COLUMNS, Checked
from hbgeo.measure.names.generics import VILLAGE
from hbgeo.measure.names.places import Places
from hbgeo.measure.names.plainly import Plain, find_plain
from hbgeo.measure.names.rules import RULES, Finding
from hbgeo.measure.names.text import Judge
from hbgeo.measure.names.together import near_another, one_sound, same_place
from hbgeo.read.cell.column import distinct

_SHOWN_EVERY = 10_000  # rows
Found = list[tuple[int, Finding]]


def check_names(
    signs: pd.DataFrame,
    places: Places,
    judge: Judge,
    *,
    beside: Iterable[tuple[str, str]] = (),
    lonlat: Floats | None = None,
    scope: Sequence[str] = (),
    told: Collection[tuple[str, str]] | None = None,
    sample: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Checked:
    """Hold every sign against the gazetteer, the reading of its name, and the other signs.

    Parameters
    ----------
    signs
        `SIGN_COLUMNS`, texts, "" where nothing is known; `named` is the place that the row says
        the sign stands for, `parents` are the divisions it stands in, the widest first.
    beside
        Pairs of units that touch, for names written two ways.
    lonlat
        Where each sign stands, in degrees; NaN where nobody knows.
    scope
        Kinds of signs whose names the gazetteer holds; none given: all that name a place.
    told
        Counties and kinds of signs of which it holds any; None given: all of them.
    sample
        Whether the layer is invented: 示例 before a name is no part of it.
    """
    columns = as_columns(signs, sample=sample)
    holder = Holder(places, judge, scope, sample, told)
    plain = find_plain(columns, places, judge, _asked(signs, columns, holder))
    every = _Every(signs, columns, plain, holder)
    every.look_closely(progress)
    found = [(at, finding) for at, one in every.held.items() for finding in one.found]
    found += every.same_place()
    found += every.next_door(tuple(beside), lonlat)
    return Checked(every.table(found), *every.counts())


def _asked(signs: pd.DataFrame, columns: Columns, holder: Holder) -> Mask:
    """Mark the signs whose names the gazetteer should hold; every county and kind is asked once."""
    numbers, counties = distinct(signs["county_code"])
    words, kinds = columns.words.listed(), columns.given["kind"]
    pairs, back = np.unique(numbers * len(words) + kinds, return_inverse=True)
    said = [holder.asks(counties[k // len(words)], words[k % len(words)]) for k in pairs.tolist()]
    return np.array(said, bool)[back]


class _Every:
    """All signs: those that are plainly right as columns, the others as they are held."""

    def __init__(self, signs: pd.DataFrame, columns: Columns, plain: Plain, holder: Holder) -> None:
        self._signs, self._columns, self._plain, self._holder = signs, columns, plain, holder
        self.held: dict[int, Held] = {}
        self._at, self._known = plain.at.copy(), plain.known.copy()
        self._right = np.where(plain.known, 1, -1)
        self._spelled = self._alike_letters()

    def look_closely(self, progress: Callable[[int, int], None] | None) -> None:
        """Hold, one by one, the signs that are not plainly right."""
        rest = np.flatnonzero(~self._plain.mask)
        done = len(self._signs) - len(rest)
        for at, one in zip(rest.tolist(), self._rows(rest), strict=True):
            held = self.held[at] = self._holder.hold(one)
            self._at[at], self._known[at] = held.at, bool(held.standard)
            self._right[at] = -1 if held.right is None else int(held.right)
            if progress and done % _SHOWN_EVERY == 0:
                progress(done, len(self._signs))
            done += 1

    def _rows(self, rows: Numbers) -> list[Row]:
        part = self._signs[SIGN_COLUMNS[1:10]].iloc[rows]
        columns = [part[c].tolist() for c in part]
        return [Row(*one) for one in zip(*columns, strict=True)]

    def _alike_letters(self) -> Numbers:
        """Signs of the same number have the same letters; −1 for those without.

        Those that are plainly right are spelled by their text and kind, in whatever manner.
        """
        columns, many = self._columns, len(self._columns.words)
        by_name = columns.texts * many + columns.given["kind"] + many
        own = np.where(self._plain.mask, by_name, columns.letters)
        return np.where(columns.letters == columns.words.find(""), -1, own)

    def _places(self) -> Numbers:
        """What signs of one place have in common; −1 where no one can tell."""
        words, given, named = self._columns.words, self._columns.given, self._columns.named
        empty, many, count = words.find(""), len(words), len(self._holder.places)
        shows = self._columns.where(given["kind"], NAMED.__contains__)
        claimed = (named != empty) & (given["unit"] != empty) & shows
        claims = np.full(len(named), -1)
        if claimed.any():
            pairs = given["unit"][claimed] * many + named[claimed]
            pairs = np.unique(pairs, return_inverse=True)[1]
            joined = pairs * many + given["kind"][claimed]
            claims[claimed] = np.unique(joined, return_inverse=True)[1] + many + count
        coded = given["place_code"] != empty
        other = np.where(coded, given["place_code"] + count, claims)
        return np.where(self._at >= 0, self._at, other)

    def same_place(self) -> Found:
        """Signs of one place that disagree."""
        places = self._places()
        rows = same_place(places, self._columns.texts, self._spelled)
        signs = self._as_signs(rows, places)
        return [(int(rows[at]), finding) for at, finding in check_same_place(signs)]

    def next_door(self, beside: Sequence[tuple[str, str]], lonlat: Floats | None) -> Found:
        """Names that are written in two ways in one unit or next door."""
        columns, words, judge = self._columns, self._columns.words, self._holder.judge
        kinds, units = columns.given["kind"], columns.given["unit"]
        alike = one_sound(columns.texts, kinds, self._right != 1, words, judge)
        pairs = [(words.find(a), words.find(b)) for a, b in beside]
        both = [*pairs, *((b, a) for a, b in pairs)]
        touching = np.array(both, np.intp).reshape(-1, 2)
        mine = np.where(units == words.find(""), -1, units)[alike.rows]
        where = None if lonlat is None else lonlat[alike.rows]
        rows = alike.rows[near_another(alike, mine, touching, where)]
        signs = self._as_signs(rows, self._places())
        where = None if lonlat is None else lonlat[rows]
        made = check_beside(signs, judge, beside=beside, lonlat=where)
        return [(int(rows[at]), finding) for at, finding in made]

    def _as_signs(self, rows: Numbers, places: Numbers) -> list[Sign]:
        """Signs as they are held against others."""
        words, columns = self._columns.words.listed(), self._columns
        texts, letters = columns.texts[rows].tolist(), columns.letters[rows].tolist()
        kinds, units = (columns.given[c][rows].tolist() for c in ("kind", "unit"))
        right = [None if one < 0 else bool(one) for one in self._right[rows].tolist()]
        wrong = [at in self.held and self.held[at].wrong for at in rows.tolist()]
        mine = [None if one < 0 else one for one in places[rows].tolist()]
        each = zip(texts, letters, kinds, units, right, mine, wrong, strict=True)
        return [Sign(words[t], words[l], words[k], words[u], r, p, w) for t, l, k, u, r, p, w in each]  # fmt: skip  # noqa: E741

    def counts(self) -> tuple[dict[str, int], dict[str, int], dict[str, tuple[int, int]]]:
        """By county: the signs, those without a standard name, and how 村 is parted and joined."""
        numbers, counties = distinct(self._signs["county_code"])

        def count(mask: Any) -> Counter[str]:
            made = np.bincount(numbers[mask], minlength=len(counties))
            found: Counter[str] = Counter()
            for county, many in zip(counties, made.tolist(), strict=True):
                found.update({county: many} if many else {})
            return found

        columns, words = self._columns, self._columns.words
        village = columns.given["kind"] == words.find(VILLAGE)
        rows = village & columns.where(columns.texts, lambda text: text.endswith("村"))
        rows &= columns.where(columns.letters, lambda said: said[-3:].lower() in {"cun", "cūn"})
        parted = columns.where(columns.letters, lambda said: " " in said)
        apart, joined = count(rows & parted), count(rows & ~parted)
        both = sorted({one for one in apart if one and joined[one]})
        mixed = {one: (apart[one], joined[one]) for one in both}
        return count(np.ones(len(numbers), bool)), count(~self._known), mixed

    def table(self, found: Iterable[tuple[int, Finding]]) -> pd.DataFrame:
        """The findings as rows, in the order of the signs, then of the rules."""
        ordered = sorted(found, key=lambda one: (one[0], one[1].rule))
        at = np.fromiter((one for one, _ in ordered), dtype=np.intp, count=len(ordered))
        lacking = np.array(sorted(set(at.tolist()) - self.held.keys()), np.intp)
        held = self.held | dict(
            zip(lacking.tolist(), map(self._holder.hold, self._rows(lacking)), strict=True)
        )
        return _table(self._signs.iloc[at], [held[one] for one in at.tolist()], [f for _, f in ordered])  # fmt: skip


def _table(mine: pd.DataFrame, held: Sequence[Held], findings: Sequence[Finding]) -> pd.DataFrame:
    """Findings, each with its sign's row and how that is held, as a table."""
    town, county = (mine[c].to_numpy(object) for c in ("township_code", "county_code"))
    made: dict[str, Any] = {
        "id": mine["id"], "sign": mine["name"],
        "standard": [one.standard for one in held], "roman": [one.roman for one in held],
        "rule": [f.rule for f in findings], "article": [RULES[f.rule].article for f in findings],
        "severity": [RULES[f.rule].severity for f in findings],
        "message": [f.message for f in findings], "suggestion": [f.suggestion for f in findings],
        "score": pd.array([one.score for one in held], dtype="Float64"),
        "unit_code": np.where(town == "", county, town), "county_code": county,
        "file": mine["file"], "sheet": mine["sheet"], "row": mine["row"],
    }  # fmt: skip
    return pd.DataFrame(
        {c: _values(v) if isinstance(v, pd.Series) else v for c, v in made.items()},
        columns=COLUMNS,
    )


def _values(cells: pd.Series) -> Any:
    return cells.to_numpy() if cells.name == "row" else cells.to_numpy(object)
