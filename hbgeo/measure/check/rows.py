"""Problems inside the rows of a ledger: dates and numbers that cannot be, and rows said twice."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.arrays import Floats, Mask, Numbers
from hbgeo.measure.burial_room import DOUBLE_M2, SINGLE_M2
from hbgeo.measure.check.texts import check_characters, check_romanisation
from hbgeo.read.cell.column import contains
from hbgeo.read.cell.eras import read_old_day
from hbgeo.read.cell.personal import HIDDEN
from hbgeo.read.crs import GEOD
from hbgeo.read.issues import Issue, Notes
from hbgeo.read.schema.records import Schema

TWICE_M = 100.0  # two rows of one name this near each other may be one facility
_REACH_M = 1.01 * TWICE_M  # over the globe as a sphere, which no pair escapes
_SAME_M = 1e-6  # nearer than this to each other, two distances are the same
_FEW = 1_000_000  # pairs: looked at one by one before a tree is even loaded

_ORDER = (  # earlier, later: what must not come after what
    ("approved_on", "opened_on"),
    ("completed_on", "opened_on"),
    ("opened_on", "closed_on"),
    ("installed_on", "checked_on"),
)
_NOT_YET = ("规划", "在建", "建成未启用", "待设")
_REPEATED = {"路牌", "街牌", "巷牌", "门牌", "导向", "界桩"}  # signs that stand in rows by nature


def check_rows(frame: pd.DataFrame, schema: Schema, layer: str, as_of: date) -> list[Issue]:
    """List what cannot be right in the rows that count; none of them is put aside for it.

    Parameters
    ----------
    frame
        A layer's tied rows, with `file`, `sheet`, `row`.
    as_of
        The date figures hold for.

    Returns
    -------
    issues
        Warnings: E13 dates in the wrong order, W04 likely the same
        facility twice, W05 a state that its dates contradict, W07 romanisation, W08 characters
        that GBK cannot hold, W10 graves larger than Hubei allows.
    """
    rows = frame.reset_index()
    notes = Notes(layer, rows, schema)
    _dates(rows, notes)
    _states(rows, notes, pd.Timestamp(as_of))
    _graves(rows, notes)
    _twice(rows, notes)
    check_romanisation(rows, notes)
    check_characters(rows, notes)
    return notes.issues


def _warn(notes: Notes, wrong: Mask, cells: pd.Series, said: str, rule: str, fix: str) -> None:
    """Add a warning for each cell marked; dates and numbers are put into words only there."""
    if not wrong.any():
        return
    dated = pd.api.types.is_datetime64_any_dtype(cells)
    some = cells[wrong].dt.strftime("%Y-%m-%d") if dated else cells[wrong].map("{:g}".format)
    words = pd.Series("", cells.index, dtype=object, name=notes.schema.heading(str(cells.name)))
    words[wrong] = some
    notes.cells(wrong, words, lambda _: said, rule=rule, fix=fix, severity="warning")


def _dates(rows: pd.DataFrame, notes: Notes) -> None:
    counting = notes.schema.counting
    own = [(counting.since, counting.until)] if counting else []
    for early, late in dict.fromkeys([*_ORDER, *own]):
        if early not in rows or late not in rows:
            continue
        first, last = _bound(rows, early, notes, last=False), _bound(rows, late, notes, last=True)
        names = [notes.schema.heading(c) for c in (early, late)]
        said = f"“{names[1]}”早于“{names[0]}”"
        _warn(notes, (first > last).to_numpy(), rows[late], said, "E13", "核对两个日期")


def _bound(rows: pd.DataFrame, column: str, notes: Notes, *, last: bool) -> pd.Series:
    """The first or last day a date may mean: a year alone is any day of it."""
    days = rows[column]
    precise = rows.get(f"{column}_precision")
    if precise is None:
        return days
    known = notes.schema.columns.get(column)
    is_last = known is None or known.bound != "start"
    if is_last == last:
        return days
    moved = days.copy()
    for words in [w for w in precise.unique() if w not in {"", "day"}]:
        of = (precise == words).to_numpy()
        moved[of] = ends_of(days[of].to_numpy(), str(words), last=last)
    return moved


def ends_of(days: NDArray[np.datetime64], precision: str, *, last: bool) -> NDArray[np.datetime64]:
    """The first or last days of the years or months that days stand for, or of a reign."""
    if precision in {"year", "month"}:
        unit: Literal["Y", "M"] = "Y" if precision == "year" else "M"
        firsts = days.astype(f"datetime64[{unit}]")
        if last:
            next_ones = (firsts + np.timedelta64(1, unit)).astype("datetime64[D]")
            return (next_ones - np.timedelta64(1, "D")).astype(days.dtype)
        return firsts.astype(days.dtype)
    reign = read_old_day(precision)
    end = reign and np.datetime64(reign.last if last else reign.first)
    return days if end is None else np.full(len(days), end).astype(days.dtype)


def _states(rows: pd.DataFrame, notes: Notes, as_of: pd.Timestamp) -> None:
    counting = notes.schema.counting
    if counting is None or counting.column not in rows or counting.since not in rows:
        return
    states, since = rows[counting.column], rows[counting.since]
    state, day = notes.schema.heading(counting.column), notes.schema.heading(counting.since)
    cells = states.rename(state)
    early = states.isin(_NOT_YET) & since.notna() & (since <= as_of)
    fix = "核对状态与时间"
    say = lambda v: f"状态“{v}”却有{day}"  # noqa: E731
    notes.cells(early.to_numpy(), cells, say, rule="W05", fix=fix, severity="warning")
    works = states.isin(counting.states)
    late = (works & (since > as_of)).to_numpy()
    say = lambda v: f"状态“{v}”而{day}晚于截止日期 {as_of.date()}，不计入"  # noqa: E731
    notes.cells(late, cells, say, rule="E13", fix=fix, severity="warning")
    if not counting.include_undated:
        undated = (works & since.isna()).to_numpy()
        say = lambda v: f"状态“{v}”却无{day}，不计入"  # noqa: E731
        notes.cells(undated, cells, say, rule="W05", fix=f"补填{day}", severity="warning")


def _graves(rows: pd.DataFrame, notes: Notes) -> None:
    for column, most in (("single_m2", SINGLE_M2), ("double_m2", DOUBLE_M2)):
        if column in rows:
            name = notes.schema.heading(column)
            said = f"“{name}”超过骨灰墓位上限 {most:g} 平方米（湖北 2020 年规定）"
            fix = "土葬墓区不适用此上限；骨灰墓位请核对"
            _warn(notes, (rows[column] > float(most)).to_numpy(), rows[column], said, "W10", fix)


def _twice(rows: pd.DataFrame, notes: Notes) -> None:
    """Rows of one name within 100 m: each is told of its nearest twin above it."""
    above, below, metres = near_twins(rows)
    if not len(above):
        return
    told = rows[["name", "file", "sheet", "row"]]
    pairs = zip(*_columns(told.iloc[above]), *_columns(told.iloc[below]), metres, strict=True)
    for name, file, sheet, row, _, own_file, own_sheet, own_row, apart in pairs:
        where = _where((file, sheet, row), (own_file, own_sheet))
        said = f"第{own_row}行 与{where}“{name}”同名，相距 {apart:.0f} 米，疑似重复设施"
        here = (notes.layer, own_file, own_sheet, int(own_row), "名称", str(name))
        fix = "确为同一设施的请删去一行"
        notes.issues.append(Issue(*here, "W04", "warning", said, fix))


def near_twins(
    rows: pd.DataFrame,
) -> tuple[NDArray[np.int64], NDArray[np.int64], list[float]]:
    """Rows of one name within 100 m, each with its nearest; and the metres between.

    Signs of kinds that stand in rows by nature are none, nor are rows without a point.
    """
    nothing = np.zeros(0, dtype=np.int64)
    if "name" not in rows or "x" not in rows:
        return nothing, nothing, []
    kinds = rows.get("kind", pd.Series("", rows.index))
    once = rows["x"].notna() & ~kinds.isin(_REPEATED)
    at = np.flatnonzero(once.to_numpy())
    names, known = pd.factorize(rows["name"].iloc[at])  # a missing name is numbered -1
    many = np.append(np.bincount(names[names >= 0], minlength=len(known)) > 1, False)
    at = at[many[names]]
    told = rows["name"].iloc[at]
    at = at[((told != "") & ~contains(told, HIDDEN)).to_numpy(bool)] if len(at) else at
    return _near_pairs(rows, at) if len(at) else (nothing, nothing, [])


def _near_pairs(
    rows: pd.DataFrame, at: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], list[float]]:
    """Rows among `at` of one name within 100 m, each with its nearest, and the metres between."""
    names = pd.factorize(rows["name"].iloc[at])[0]
    x, y = rows["x"].to_numpy()[at], rows["y"].to_numpy()[at]
    lon, lat = np.radians(x), np.radians(y)
    globe = 6.38e6 * np.column_stack(
        [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]
    )  # a sphere of the largest radius misses no pair
    many = int((np.bincount(names).astype(float) ** 2).sum()) > _FEW
    few = None if many else _nearest_of_few(globe, names)
    other = _nearest_in_tree(globe, names) if few is None else few
    own = np.arange(len(at))
    some = np.flatnonzero(other >= 0)
    first, second = np.minimum(own, other)[some], np.maximum(own, other)[some]
    i, j = np.divmod(np.unique(first * len(at) + second), len(at))  # each pair once
    exact = np.asarray(GEOD.inv(x[i], y[i], x[j], y[j])[2])
    near_by = exact <= TWICE_M
    return at[i[near_by]], at[j[near_by]], exact[near_by].tolist()


def _nearest_in_tree(globe: Floats, names: Numbers) -> Numbers:
    """The nearest other of the same name, a little more than as far as twins stand apart; -1 for none."""
    from scipy.spatial import cKDTree  # a fifth of a second, for those who have so many rows

    apart = np.column_stack([globe, 6.38e6 * names])  # names stand far from each other
    _, near = cKDTree(apart).query(apart, k=2, distance_upper_bound=_REACH_M)
    other = np.where(near[:, 0] == np.arange(len(globe)), near[:, 1], near[:, 0])
    return np.where(other < len(globe), other, -1)


def _nearest_of_few(globe: Floats, names: Numbers) -> Numbers | None:
    """The same by looking at every pair of a name; None where several are equally near to one."""
    order = np.argsort(names, kind="stable")
    sizes = np.bincount(names)
    begins = np.cumsum(sizes) - sizes
    each = sizes[names[order]]  # of each row, in that order, how many have its name
    row = np.repeat(np.arange(len(order)), each)
    begin = np.cumsum(each) - each
    mate = np.arange(len(row)) - begin[row] + begins[names[order]][row]
    one, two = order[row], order[mate]
    apart = np.linalg.norm(globe[one] - globe[two], axis=1)
    apart[one == two] = np.inf
    least = np.minimum.reduceat(apart, begin)
    nearest = np.flatnonzero((apart <= least[row] + _SAME_M) & (apart <= _REACH_M))
    if len(np.unique(row[nearest])) < len(nearest):
        return None
    other = np.full(len(order), -1)
    other[order[row[nearest]]] = two[nearest]
    return other


def _columns(rows: pd.DataFrame) -> list[list[Any]]:
    return [rows[column].tolist() for column in rows]


def _where(first: tuple[str, str, int], other: tuple[str, str]) -> str:
    """Where the first row stands, as seen from the other: file and sheet only where they differ."""
    parts = [first[0]] if first[0] != other[0] else []
    parts += [first[1]] if parts or first[1] != other[1] else []
    return "".join(f"{p} " for p in parts if p) + f"第{first[2]}行"
