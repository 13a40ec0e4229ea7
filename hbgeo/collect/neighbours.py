"""What two counties contradict each other in: a facility both claim, a border both draw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
import shapely
from pyproj import Geod

from hbgeo.alike import numbered
from hbgeo.arrays import Mask, Numbers, Shapes
from hbgeo.collect.parts import COUNTY
from hbgeo.measure.check.units import LEAST_M2
from hbgeo.read.cell.column import contains, map_unique, mark_unique
from hbgeo.read.cell.personal import HIDDEN
from hbgeo.read.cell.text import clean
from hbgeo.read.crs import to_metric
from hbgeo.read.units.ids import FEW, counts_up

NEAR_M = 500.0  # two facilities of one name this near each other are thought to be one
COLUMNS = ["layer", "kind", "county_code", "county", "other_code", "other", "said", "where", "other_where"]  # fmt: skip
_EARTH = 6_378_137.0
_APART = 1e8  # metres between names on the globe that they are looked up on


@dataclass(frozen=True)
class Conflict:
    """What two counties say of one thing: what kind it is, and where each says it."""

    layer: str
    kind: str
    codes: tuple[str, str]
    said: str
    places: tuple[str, str]


def as_table(conflicts: Sequence[Conflict], names: Mapping[str, str]) -> pd.DataFrame:
    """Conflicts, one a row, in the order of layers and counties."""
    rows = [
        (c.layer, c.kind, a, names.get(a, ""), b, names.get(b, ""), c.said, *c.places)
        for c in conflicts
        for a, b in (c.codes,)
    ]
    table = pd.DataFrame(rows, columns=COLUMNS).astype("str")
    return table.sort_values(["layer", "county_code", "other_code", "said"], kind="stable", ignore_index=True)  # fmt: skip


def same_facilities(key: str, rows: pd.DataFrame) -> list[Conflict]:
    """The facilities of a merged layer that two counties claim: one id, or one name within 500 m.

    An id that only numbers the lines of its own ledger is no evidence.
    """
    if not {COUNTY, "name"} <= set(rows.columns) or rows[COUNTY].nunique() < 2:
        return []
    found: dict[tuple[int, int], str] = {}
    for a, b in _pairs_of_ids(rows):
        found[a, b] = f"编号相同（{rows['id'].iloc[a]}）"
    for a, b, metres in _pairs_of_names(rows):
        found.setdefault((a, b), f"名称相同，相距 {metres:,.0f} 米")
    made = []
    for (a, b), why in sorted(found.items()):
        name, other = rows["name"].iloc[a], rows["name"].iloc[b]
        called = f"“{name}”" if name == other else f"“{name}”与“{other}”"
        codes = (str(rows[COUNTY].iloc[a]), str(rows[COUNTY].iloc[b]))
        places = (_place(rows, a), _place(rows, b))
        made.append(_in_order(Conflict(key, "同一设施", codes, f"{called}两县都报：{why}", places)))
    return made


def _in_order(one: Conflict) -> Conflict:
    """The county of the smaller code stands first."""
    if one.codes[0] <= one.codes[1]:
        return one
    (a, b), (here, there) = one.codes, one.places
    return Conflict(one.layer, one.kind, (b, a), one.said, (there, here))


def _place(rows: pd.DataFrame, at: int) -> str:
    file, sheet, row = (str(rows[f"from_{c}"].iloc[at]) for c in ("file", "sheet", "row"))
    return f"{' '.join(p for p in (file, sheet) if p)} 第{row}行"


def _pairs_of_ids(rows: pd.DataFrame) -> Iterator[tuple[int, int]]:
    """Rows of two counties that share an id."""
    if "id" not in rows:
        return
    some = _shared(rows, rows["id"])
    at = np.flatnonzero(some)
    at = at[~mark_unique(rows["id"].iloc[at], counts_up)]
    for members in pd.Series(at).groupby(rows["id"].to_numpy()[at]).agg(list):
        yield from _first_of_each(rows, members)


def _shared(rows: pd.DataFrame, keys: pd.Series) -> Mask:
    """Mark the rows whose key is a row's of another county as well."""
    known = (keys != "").to_numpy() & ~contains(keys, HIDDEN)
    pairs = pd.DataFrame({"key": keys[known], "county": rows[COUNTY][known]}).drop_duplicates()
    several = pairs["key"][pairs["key"].duplicated()]
    return np.asarray(known & keys.isin(several).to_numpy())


def _first_of_each(rows: pd.DataFrame, members: Sequence[int]) -> Iterator[tuple[int, int]]:
    """One row of each county in every pair of counties."""
    first: dict[str, int] = {}
    for at in members:
        first.setdefault(str(rows[COUNTY].iloc[at]), at)
    yield from combinations(sorted(first.values()), 2)


def _pairs_of_names(rows: pd.DataFrame) -> Iterator[tuple[int, int, float]]:
    """Rows of two counties with one name, within 500 m."""
    if not {"lon", "lat"} <= set(rows.columns):
        return
    names = map_unique(rows["name"], lambda t: clean(t).replace(" ", "").casefold()).astype("str")
    some = _shared(rows, names) & (rows["lon"] != "").to_numpy()
    at = np.flatnonzero(some)
    if len(at) < 2:
        return
    lon, lat = (pd.to_numeric(rows[c].iloc[at]).to_numpy(float) for c in ("lon", "lat"))
    counties = numbered([rows[COUNTY].iloc[at]])
    one, other = _near(lon, lat, numbered([names.iloc[at]]))
    apart = counties[one] != counties[other]
    one, other = one[apart], other[apart]
    metres = Geod(ellps="GRS80").inv(lon[one], lat[one], lon[other], lat[other])[2]
    for a, b, far in zip(at[one].tolist(), at[other].tolist(), np.asarray(metres).tolist(), strict=True):  # fmt: skip
        if far <= NEAR_M:
            yield min(a, b), max(a, b), far


def _near(lon: np.ndarray, lat: np.ndarray, names: Numbers) -> tuple[Numbers, Numbers]:
    """Pairs of points of one name that may be within 500 m: names stand far apart."""
    x, y = np.radians(lon), np.radians(lat)
    globe = _EARTH * np.column_stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)])
    globe = np.column_stack([globe, names * _APART])
    reach = NEAR_M * 1.01  # the ellipsoid is no sphere
    if len(lon) > FEW:
        from scipy.spatial import cKDTree

        pairs = cKDTree(globe).query_pairs(reach, output_type="ndarray")
        return pairs[:, 0], pairs[:, 1]
    far = np.linalg.norm(globe[:, None] - globe, axis=2)
    one, other = np.nonzero(np.triu(far <= reach, 1))
    return one, other


def same_borders(key: str, drawn: Mapping[str, pd.DataFrame]) -> list[Conflict]:
    """What two counties draw at once: one unit, or ground that both take for theirs.

    Parameters
    ----------
    drawn
        County → its units as it drew them: `code`, `name`, `geometry`, `file`, `row`.
    """
    frames = [frame.assign(**{COUNTY: code}) for code, frame in sorted(drawn.items())]
    if len(frames) < 2:
        return []
    rows = pd.concat([pd.DataFrame(f) for f in frames], ignore_index=True)
    made = [*_same_codes(key, rows), *_overlaps(key, rows)]
    return list(map(_in_order, made))


def _same_codes(key: str, rows: pd.DataFrame) -> Iterator[Conflict]:
    some = _shared(rows, rows["code"])
    at = np.flatnonzero(some)
    for members in pd.Series(at).groupby(rows["code"].to_numpy()[at]).agg(list):
        for a, b in _first_of_each(rows, members):
            one, other = rows.iloc[a], rows.iloc[b]
            said = f"代码 {one['code']}（“{one['name']}”）两县都画"
            yield _of_units(key, "同一单元", one, other, said)


def _overlaps(key: str, rows: pd.DataFrame) -> Iterator[Conflict]:
    shapes = rows["geometry"].to_numpy()
    real = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    if len(real) < 2:
        return
    counties, codes = (rows[c].to_numpy() for c in (COUNTY, "code"))
    left, right = shapely.STRtree(shapes[real]).query(shapes[real], predicate="intersects")
    left, right = real[left], real[right]
    apart = (left < right) & (counties[left] != counties[right]) & (codes[left] != codes[right])
    for a, b in zip(left[apart].tolist(), right[apart].tolist(), strict=True):
        area = _common_m2(shapes[[a, b]])
        if area >= LEAST_M2:
            one, other = rows.iloc[a], rows.iloc[b]
            said = f"“{one['name']}”与“{other['name']}”的边界重叠 {area:,.0f} 平方米"
            yield _of_units(key, "边界重叠", one, other, said)


def _common_m2(both: Shapes) -> float:
    """The ground of both of two shapes, in an equal-area projection."""
    flat = to_metric(tuple(shapely.total_bounds(both)))
    plane = shapely.transform(both, lambda xy: np.column_stack(flat.transform(xy[:, 0], xy[:, 1])))
    return float(shapely.area(shapely.intersection(plane[0], plane[1])))


def _of_units(key: str, kind: str, one: pd.Series, other: pd.Series, said: str) -> Conflict:
    places = tuple(f"{r['file']} 第{r['row']}行" for r in (one, other))
    return Conflict(key, kind, (str(one[COUNTY]), str(other[COUNTY])), said, (places[0], places[1]))
