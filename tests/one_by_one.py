"""Signs held against the gazetteer one by one, none told by its column: what `check_names` must give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd

from hbgeo.arrays import Floats
from hbgeo.measure.names.closely import NAMED, Held, Holder, Row
from hbgeo.measure.names.disagree import Sign, check_beside, check_same_place
from hbgeo.measure.names.found import COLUMNS, SIGN_COLUMNS, Checked
from hbgeo.measure.names.places import Places
from hbgeo.measure.names.roman import check_roman
from hbgeo.measure.names.rules import RULES, Finding
from hbgeo.measure.names.text import Judge


class Slow(Holder):
    """Looks at every spelling, with what the gazetteer says of it."""

    def _look(self, name: str, kind: str, roman: str, official: str) -> tuple[Finding, ...]:
        return tuple(check_roman(name, kind, roman, self.judge.reader, official=official))


def check_one_by_one(
    signs: pd.DataFrame,
    places: Places,
    judge: Judge,
    *,
    beside: Sequence[tuple[str, str]] = (),
    lonlat: Floats | None = None,
    scope: Sequence[str] = (),
    sample: bool = False,
) -> Checked:
    """As `check_names`."""
    holder = Slow(places, judge, scope, sample)
    columns = [signs[c].tolist() for c in SIGN_COLUMNS[1:10]]
    rows = [Row(*one) for one in zip(*columns, strict=True)]
    held = [holder.hold(row) for row in rows]
    among = [_sign(row, one, holder) for row, one in zip(rows, held, strict=True)]
    found = [(at, finding) for at, one in enumerate(held) for finding in one.found]
    found += check_same_place(among)
    found += check_beside(among, judge, beside=beside, lonlat=lonlat)
    found.sort(key=lambda one: (one[0], one[1].rule))
    counties = [row.county_code for row in rows]
    lacking = [row.county_code for row, one in zip(rows, held, strict=True) if not one.standard]
    lines = [_line(signs.iloc[at], held[at], finding) for at, finding in found]
    table = pd.DataFrame(lines, columns=COLUMNS).astype({"score": "Float64"})
    return Checked(table, Counter(counties), Counter(lacking), _mixed(rows, held))


def _sign(row: Row, one: Held, holder: Holder) -> Sign:
    named = holder.plain(row.named)
    place: object = (
        (row.unit, row.kind, named) if named and row.unit and row.kind in NAMED else None
    )
    place = row.place_code or place
    place = one.at if one.at >= 0 else place
    return Sign(one.text, one.letters, row.kind, row.unit, one.right, place, one.wrong)


def _line(row: pd.Series, one: Held, finding: Finding) -> list[Any]:
    rule = RULES[finding.rule]
    return [
        row["id"], row["name"], one.standard, one.roman, finding.rule, rule.article, rule.severity,
        finding.message, finding.suggestion, one.score, row["township_code"] or row["county_code"],
        row["county_code"], row["file"], row["sheet"], row["row"],
    ]  # fmt: skip


def _mixed(rows: Sequence[Row], held: Sequence[Held]) -> dict[str, tuple[int, int]]:
    counts: Counter[tuple[str, bool]] = Counter()
    for row, one in zip(rows, held, strict=True):
        ends = one.letters[-3:].lower() in {"cun", "cūn"}
        if row.county_code and row.kind == "村牌" and one.text.endswith("村") and ends:
            counts[row.county_code, " " in one.letters] += 1
    counties = sorted({county for county, _ in counts})
    both = {county: (counts[county, True], counts[county, False]) for county in counties}
    return {county: pair for county, pair in both.items() if all(pair)}
