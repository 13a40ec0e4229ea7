"""Problems told by what the policy asks of a layer: rows that would count twice, or never."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
import shapely

from hbgeo.arrays import Mask
from hbgeo.measure.filters import match
from hbgeo.measure.source import Source
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.indicator import Indicator
from hbgeo.read.issues import Issue
from hbgeo.read.schema.match import nearest_names
from hbgeo.read.table import LayerTable

_NEAR_M = 100


def check_tables(indicators: Iterable[Indicator], source: Source) -> list[Issue]:
    """List the rows of tables that spoil an indicator, and those that none of them asks for.

    Returns
    -------
    issues
        E31 several rows of one unit, matter and year where totals are added up: rows of
        households or persons, or a report sent twice; the indicator is then not computed. E14 a
        row whose rate is above 100 %, a warning. W31 a matter that no indicator knows, with the
        one most like it.
    """
    found: list[Issue] = []
    known: dict[tuple[str, str], set[str]] = {}
    for one in indicators:
        layer = source.find_layer(one.layer) if one.layer else None
        if layer is None or "unit_code" not in layer:
            continue
        schema = layer.kind
        for clause in (*one.where, *one.listed):
            for column, values in clause.wanted.items():
                if column in schema.columns and not schema.columns[column].choices:
                    known.setdefault((one.layer, column), set()).update(values)
        if one.measure in {"sum", "ratio"}:
            found += _repeated(one, layer)
        if one.measure == "ratio" and one.per is None and not one.beside:
            found += _above_whole(one, layer)
    for (key, column), asked in known.items():
        rows = source.find_layer(key)
        if rows is not None and column in rows:
            found += _unknown(rows, column, asked)
    return list(dict.fromkeys(found))


def check_population(layer: LayerTable) -> list[Issue]:
    """List the rows of the population that are not used: nobody knows which of several is right.

    Returns
    -------
    issues
        E31 several rows of one unit and year, E13 a row without a year where others have one.
    """
    frame, heading = layer.frame, layer.kind.heading
    if "unit_code" not in frame:
        return []
    year = frame.get("year", pd.Series(np.nan, frame.index))
    year = year if layer.year is None else year.fillna(layer.year)
    keys = pd.DataFrame({"unit": frame["unit_code"], "year": year})
    undated = year.isna() & ("year" in frame)
    twice = keys.duplicated(keep=False) & ~undated
    said = "同一单元同一年有多行人口，均不采用"
    found = [
        _issue(layer.key, row, heading("name"), "E31", "error", said, "只留一行正确的")
        for _, row in frame[twice].iterrows()
    ]
    said = f"“{heading('year')}”为空，该行人口不采用"
    fix = f"补填{heading('year')}，或在 catalog.toml 中写 year"
    return found + [
        _issue(layer.key, row, heading("year"), "E13", "error", said, fix)
        for _, row in frame[undated].iterrows()
    ]


def check_increments(indicators: Iterable[Indicator], source: Source) -> list[Issue]:
    """List what counts for a year and stands where another of its kind was finished before.

    Returns
    -------
    issues
        W32, a warning: the same project may be reported a second time. Near is within 100 m.
    """
    found: list[Issue] = []
    for one in indicators:
        layer = source.find_layer(one.layer) if one.measure == "count" and one.year else None
        if layer is None or one.year is None or one.year[0] not in layer or "x" not in layer:
            continue
        frame = layer.frame
        if any(c not in frame for clause in one.where for c in clause.wanted):
            continue
        matched = np.asarray(np.logical_or.reduce([match(frame, c) for c in one.where]))
        year = frame[one.year[0]].dt.year.to_numpy()
        matched = matched & frame["x"].notna().to_numpy() & frame["y"].notna().to_numpy()
        told = frame[["file", "sheet", "row", one.year[0], "x", "y"]]
        rows = told[matched & np.isin(year, one.year[1])]
        before = told[matched & (year < min(one.year[1]))]
        heading = layer.kind.heading(one.year[0])
        for row, other in _close(rows, before):
            said = f"与编号 {other.name}（第{other['row']}行，{other[one.year[0]].year} 年）相距不足 {_NEAR_M} 米，同一项目不要报两年"
            fix = "确是新项目的不用改"
            found.append(
                _issue(one.layer, row, heading, "W32", "warning", said, fix, str(row.name))
            )
    return list(dict.fromkeys(found))


def _close(rows: pd.DataFrame, before: pd.DataFrame) -> Iterator[tuple[pd.Series, pd.Series]]:
    """Every row with an earlier one within 100 m, on a plane good enough for that."""
    if rows.empty or before.empty:
        return
    shrink = np.cos(np.radians(float(rows["y"].mean())))
    here, there = (
        f[["x", "y"]].to_numpy(float) * (111_320 * shrink, 110_950) for f in (rows, before)
    )
    tree = shapely.STRtree(shapely.points(there))
    of, near = tree.query_nearest(shapely.points(here), max_distance=_NEAR_M)
    if len(np.unique(of)) < len(of):  # of some several are equally near
        from scipy.spatial import cKDTree  # a fifth of a second, for those who have such rows

        metres, nearest = cKDTree(there).query(here)
        of = np.flatnonzero(metres <= _NEAR_M)
        near = nearest[of]
    for i, k in zip(of.tolist(), near.tolist(), strict=True):
        yield rows.iloc[i], before.iloc[k]


def _repeated(one: Indicator, layer: LayerTable) -> list[Issue]:
    frame, schema = layer.frame, layer.kind
    matched = np.ones(len(frame), dtype=bool)
    if one.where:
        if any(c not in frame for clause in one.where for c in clause.wanted):
            return []
        matched = np.asarray(np.logical_or.reduce([match(frame, c) for c in one.where]))
    if schema.counting and schema.counting.column in frame:
        matched &= frame[schema.counting.column].isin(schema.counting.states).to_numpy()
    keys = frame[["unit_code"]].copy()
    if one.year and one.year[0] in frame:
        year = frame[one.year[0]]
        keys["year"] = year.dt.year if pd.api.types.is_datetime64_any_dtype(year) else year
        matched &= keys["year"].notna().to_numpy()
    twice = matched.copy()
    twice[matched] = keys[matched].duplicated(keep=False).to_numpy()
    if not twice.any():
        return []
    heading = schema.heading("name")
    said = _said_twice(one, layer)
    fix = "逐户逐人的名单请汇总成合计再报；重复填报的请删去一行"
    return [
        _issue(one.layer, row, heading, "E31", "error", said, fix)
        for _, row in frame[twice].iterrows()
    ]


def _above_whole(one: Indicator, layer: LayerTable) -> list[Issue]:
    """Rows whose part is greater than its whole: likely two columns in each other's place."""
    frame, heading = layer.frame, layer.kind.heading
    columns = (one.numerator, one.denominator)
    if any(c not in frame or not pd.api.types.is_float_dtype(frame[c]) for c in columns):
        return []
    part, whole = (frame[c].to_numpy() for c in columns)
    above = part > whole
    if not above.any():
        return []
    said = f"“{heading(one.numerator)}”大于“{heading(one.denominator)}”，比例超过 100%"
    return [
        _issue(one.layer, row, heading(one.numerator), "E14", "warning", said, "核对两个数",
               f"{row[one.numerator]:.15g}")
        for _, row in frame[above].iterrows()
    ]  # fmt: skip


def _said_twice(one: Indicator, layer: LayerTable) -> str:
    level = layer.level or one.units
    what = "、".join(v for clause in one.where for values in clause.wanted.values() for v in values)
    same = f"同一{LEVEL_NAMES.get(level, level)}同一年的“{what or one.name}”有多行"
    return f"{same}：只收一行合计，所涉指标不予计算"


def _unknown(layer: LayerTable, column: str, values: set[str]) -> list[Issue]:
    rows = layer.frame
    strange: Mask = ~rows[column].isin([*values, ""]).to_numpy()
    first = rows[strange].drop_duplicates(column)
    heading = layer.kind.heading(column)
    made = []
    for _, row in first.iterrows():
        near = nearest_names(str(row[column]), sorted(values), 1)
        hint = f"；是否想写“{near[0]}”？" if near else ""
        said = f"“{heading}”={row[column]}没有指标用到，这些行哪里都不计{hint}"
        fix = f"改为 {'、'.join(sorted(values))} 之一，或在 policy 中加指标"
        made.append(_issue(layer.key, row, heading, "W31", "warning", said, fix, str(row[column])))
    return made


def _issue(
    layer: str,
    row: pd.Series,
    column: str,
    rule: str,
    severity: str,
    said: str,
    fix: str,
    value: str = "",
) -> Issue:
    where = (layer, str(row["file"]), str(row["sheet"]), int(row["row"]), column, value)
    return Issue(*where, rule, severity, f"第{row['row']}行 {said}", fix)
