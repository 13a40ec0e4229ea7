"""Problems of a population grid: cells in no unit, and totals far from the units' own figures."""

from __future__ import annotations

from datetime import date

import pandas as pd

from hbgeo.measure.people import People
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.issues import Issue
from hbgeo.read.table import LayerTable

_WHOLE_PCT, _UNIT_PCT, _UNIT_PEOPLE = 10.0, 50.0, 1_000.0  # from which a difference is a problem
_OUTSIDE_PCT = 1.0


def check_people(people: People, table: LayerTable, as_of: date) -> list[Issue]:
    """List what makes a grid doubtful.

    Returns
    -------
    issues
        W35 people in no unit (more than 1 %); W36 the whole differs by more than 10 % from the
        population of the units, or a unit by more than half and 1,000 people; of approximate
        units only how many do; W37 the grid is of a year that has not ended by the date.
    """
    unit, found = LEVEL_NAMES[people.level], list[Issue]()
    file = str(table.frame["file"].iloc[0]) if len(table) == 1 else ""
    where = (table.key, file, "", None, "", "")
    every = people.total + people.outside.people
    if every and 100 * people.outside.people / every > _OUTSIDE_PCT:
        out = f"{people.outside.cells:,} 个格子、{people.outside.people:,.0f} 人"
        said = f"{out}不在任何{unit}内，不计（占 {100 * people.outside.people / every:.1f}%）"
        fix = "格网大于本地范围的不必理会；否则核对坐标系和界线"
        found.append(Issue(*where, "W35", "warning", said, fix))
    if table.year is not None and date(table.year, 12, 31) > as_of:
        said = f"格网是 {table.year} 年的，晚于截至日期 {as_of}"
        found.append(Issue(*where, "W37", "warning", said, "换用不晚于截至日期的格网，或改 as_of"))
    pct = people.difference_pct
    if pct is not None and abs(pct) > _WHOLE_PCT:
        fix = "核对年份、年龄、波段，以及每格是人数而不是密度"
        found.append(Issue(*where, "W36", "warning", people.words(), fix))
    far = people.units[_far(people.units)]
    if people.approximate and len(far):
        said = f"{len(far):,} 个{unit}的格网人口与自己的人口相差一半以上；{unit}界线是近似的，不逐个列出"
        return [*found, Issue(*where, "W36", "warning", said, "换用准确的界线")]
    return found + [_of_unit(row, str(code), table.key, file) for code, row in far.iterrows()]


def _far(units: pd.DataFrame) -> pd.Series:
    much = units["difference"].abs() > _UNIT_PEOPLE
    return much & (units["difference_pct"].abs() > _UNIT_PCT)


def _of_unit(row: pd.Series, code: str, key: str, file: str) -> Issue:
    said = (
        f"{row['name']}（{code}）：格网 {row['people']:,.0f} 人，自己的人口 {row['known']:,.0f} 人，"
        f"相差 {row['difference']:+,.0f} 人，{row['difference_pct']:+.1f}%"
    )
    mine = (str(row["county_code"]), str(row["county"]))
    fix = "核对界线和人口数"
    return Issue(key, file, "", None, "", "", "W36", "warning", said, fix, *mine)
