"""What the evidence says of a layer's coordinate system, where it contradicts the one declared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from hbgeo.arrays import Floats, Mask, Shapes
from hbgeo.measure.locate import find_units, metres_to_units
from hbgeo.read.crs import (
    GEOD,
    from_cgcs2000,
    is_geographic,
    is_shifted,
    to_cgcs2000,
    wgs84_to_gcj02,
)
from hbgeo.read.issues import Issue

HYPOTHESES = ("CGCS2000", "GCJ-02", "BD-09")
DOUBT = 1e-4  # chance of such evidence under a right declaration, below which it is said
MOST = 20_000  # rows looked at a file; every k-th of them, so the answer stays the same
NEAR_M, FAR_M = 100.0, 1500.0  # a shift below is no shift, above it is something else


@dataclass(frozen=True)
class Evidence:
    """How well points fit the counties they name, read as one coordinate system.

    Attributes
    ----------
    share
        Of the points that name a county, those that lie in it.
    metres
        Mean distance of the others to their county; NaN if there are none.
    inside
        Which of the points lie in their county.
    """

    crs: str
    share: float
    metres: float
    inside: Mask


def weigh_datums(
    x: Floats, y: Floats, stated: NDArray[np.integer], units: pd.DataFrame
) -> list[Evidence]:
    """Weigh every hypothesis about what the numbers as recorded were.

    Parameters
    ----------
    x, y
        Degrees as the file has them, before any conversion.
    stated
        Position in `units` of the unit each row names.
    units
        Polygons in CGCS2000; not approximate ones.

    Returns
    -------
    evidence
        One a hypothesis, in the order of `HYPOTHESES`.
    """
    weighed, shapes = [], _prepared(units)
    for crs in HYPOTHESES:
        inside = _fits(x, y, crs, stated, shapes)
        lon, lat = to_cgcs2000(x, y, crs)
        out = np.flatnonzero(~inside)[:500]
        metres = np.nan
        if len(out):
            metres = float(np.mean(metres_to_units(lon[out], lat[out], units, stated[out])))
        weighed.append(Evidence(crs, float(inside.mean()), metres, inside))
    return weighed


def infer_datum(
    frame: pd.DataFrame, units: pd.DataFrame, layer: str, *, level: str = "county"
) -> list[Issue]:
    """Say where points fit the units they name better under another datum; never shift them.

    Parameters
    ----------
    frame
        Placed rows: `x`, `y`, `crs` (as declared), `county_code`, `file`.
    units
        The units of `level` in CGCS2000.

    Returns
    -------
    issues
        W17, one for each file and declared datum that the evidence contradicts, with the shares
        of rows inside their county under each hypothesis; none where the declaration is right or
        too few rows can tell.
    """
    issues = []
    for told in _doubted(frame, units, level):
        weighed = weigh_datums(told.x, told.y, told.stated, units)
        issues.append(_say(weighed, told.better, told.crs, (layer, told.file, len(told.x))))
    return issues


def doubted_datums(
    frame: pd.DataFrame, units: pd.DataFrame, *, level: str = "county"
) -> Iterator[tuple[tuple[str, str], str]]:
    """Tell which datums the evidence contradicts: (declared, file; "" for all files) → the likelier.

    Parameters
    ----------
    frame, units
        As for `infer_datum`.
    """
    for told in _doubted(frame, units, level):
        yield (told.crs, told.file), told.better


@dataclass(frozen=True)
class _Doubted:
    """A file's points as recorded, the units they name, and the datum under which they fit better."""

    crs: str
    file: str
    better: str
    x: Floats
    y: Floats
    stated: NDArray[np.integer]


def _doubted(frame: pd.DataFrame, units: pd.DataFrame, level: str) -> Iterator[_Doubted]:
    column = f"{level}_code"
    if column not in frame or "crs" not in frame:
        return
    stated = find_units(units, frame[column])
    usable = (stated >= 0) & frame["x"].notna().to_numpy()
    shapes = _prepared(units)
    for (crs, file), rows in _groups(frame, usable):
        x, y = from_cgcs2000(
            frame["x"].to_numpy(float)[rows], frame["y"].to_numpy(float)[rows], crs
        )
        if not _can_be_doubted(x, y, stated[rows], shapes, crs):
            continue
        better = _better({h: _fits(x, y, h, stated[rows], shapes) for h in HYPOTHESES}, crs)
        if better:
            yield _Doubted(crs, file, better, x, y, stated[rows])


def infer_shift(
    units: pd.DataFrame, reference: pd.DataFrame, layer: str, crs: str, file: str = ""
) -> list[Issue]:
    """Say where a boundary layer fits a reference better under another datum.

    Parameters
    ----------
    units
        Polygons with `county_code` (townships are taken county by county), in CGCS2000.
    reference
        County polygons known to be right, indexed by code.
    crs
        The declaration `units` were read under.

    Returns
    -------
    issues
        W17 with the median distance between the middles of the counties under each hypothesis,
        if another one brings them to less than half of what the declared one leaves.
    """
    mine, theirs = _middles(units, "county_code"), _middles(reference, "")
    both = mine.index.intersection(theirs.index)
    if len(both) < 3:  # a middle or two may differ for other reasons
        return []
    at, there = mine.loc[both].to_numpy(), theirs.loc[both].to_numpy()
    x, y = from_cgcs2000(at[:, 0], at[:, 1], crs)
    gaps = {}
    for name in HYPOTHESES:
        lon, lat = to_cgcs2000(x, y, name)
        metres = GEOD.inv(lon, lat, there[:, 0], there[:, 1])[2]
        gaps[name] = float(np.median(metres))
    own = gaps[_hypothesis(crs)]
    best = min(gaps, key=lambda n: gaps[n])
    if not (NEAR_M < own < FAR_M and gaps[best] * 2 < own):
        return []
    told = "，".join(f"{n} {g:.0f} 米" for n, g in gaps.items())
    said = f"边界疑为 {best}，声明为 {crs or 'CGCS2000'}：与参考县界的 {len(both)} 个县中心相距（中位数）{told}"
    fix = f'核对来源；确为 {best} 时在 catalog.toml 写 crs = "{best}"'
    return [Issue(layer, file, "", None, "坐标系", crs, "W17", "warning", said, fix)]


def _groups(
    frame: pd.DataFrame, usable: Mask
) -> Iterator[tuple[tuple[str, str], NDArray[np.int64]]]:
    """Rows by declared datum and file, thinned; a datum over several files also as a whole."""
    crs, names = pd.factorize(frame["crs"])
    file, files = pd.factorize(frame["file"])
    for name, number in sorted((str(names[k]), k) for k in _numbers(crs[usable])):
        if not is_geographic(name):
            continue
        mine = usable & (crs == number)
        seen = sorted((files[k], k) for k in _numbers(file[mine]))
        for path, k in seen:
            yield (name, path), _thinned(np.flatnonzero(mine & (file == k)))
        if len(seen) > 1:
            yield (name, ""), _thinned(np.flatnonzero(mine))


def _numbers(codes: NDArray[np.intp]) -> NDArray[np.intp]:
    return np.flatnonzero(np.bincount(codes[codes >= 0]))


def _thinned(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    return rows[:: max(1, -(-len(rows) // MOST))]


def _hypothesis(crs: str) -> str:
    if not is_shifted(crs):
        return "CGCS2000"
    x = from_cgcs2000(np.array([114.0]), np.array([30.0]), crs)[0]
    gcj = wgs84_to_gcj02(np.array([114.0]), np.array([30.0]))[0]
    return "GCJ-02" if x[0] == gcj[0] else "BD-09"


def _prepared(units: pd.DataFrame) -> Shapes:
    """The units' shapes, copied: what GEOS makes to search in them is no one else's."""
    shapes = shapely.from_wkb(shapely.to_wkb(units["geometry"].to_numpy()))
    shapely.prepare(shapes)
    return np.asarray(shapes)


def _fits(x: Floats, y: Floats, crs: str, stated: NDArray[np.integer], shapes: Shapes) -> Mask:
    """Which points, read as `crs`, lie in the very unit they name or on its border."""
    x, y = to_cgcs2000(x, y, crs)
    order = np.argsort(stated, kind="stable")  # one unit after the other stays in the cache
    inside = np.empty(len(x), dtype=bool)
    inside[order] = shapely.intersects_xy(shapes[stated[order]], x[order], y[order])
    return inside


def _can_be_doubted(
    x: Floats, y: Floats, stated: NDArray[np.integer], shapes: Shapes, crs: str
) -> bool:
    """Whether a hypothesis would win if it lost none of the points that fit the declaration.

    Only the points that do not fit it need be looked at, which are few where it is right.
    """
    out = np.flatnonzero(~_fits(x, y, _hypothesis(crs), stated, shapes))
    gained = max(int(_fits(x[out], y[out], h, stated[out], shapes).sum()) for h in HYPOTHESES)
    return _chance(gained, 0) < DOUBT


def _chance(gained: int, lost: int) -> float:
    """Of as many gained or more, by the toss of a coin: exact, in whole numbers.

    Of n tosses as many ways lead to so many heads or more as to so many tails or fewer.
    """
    tosses = gained + lost
    if tosses == 0:
        return 1.0
    ways = one = 1
    for tails in range(lost):
        one = one * (tosses - tails) // (tails + 1)
        ways += one
    return ways / (1 << tosses)


def _better(fits: dict[str, Mask], crs: str) -> str:
    """The hypothesis that the rows prefer beyond doubt: a sign test over those that can tell."""
    own = fits[_hypothesis(crs)]
    best = max(fits, key=lambda h: int(fits[h].sum()))
    gained = int((fits[best] & ~own).sum())
    lost = int((own & ~fits[best]).sum())
    return best if _chance(gained, lost) < DOUBT else ""


def _say(weighed: list[Evidence], better: str, crs: str, where: tuple[str, str, int]) -> Issue:
    layer, file, rows = where
    told = "，".join(
        f"按 {e.crs} 有 {100 * e.share:.1f}%"
        + (f"（其余离县界平均 {e.metres:.0f} 米）" if np.isfinite(e.metres) else "")
        for e in weighed
    )
    said = f"坐标疑为 {better}，声明为 {crs}：{rows:,} 个点落在所列县内的比例，{told}"
    fix = f"核对坐标来源；确为 {better} 时改坐标系列或 crs，hbgeo 不会自行平移"
    return Issue(layer, file, "", None, "坐标系", crs, "W17", "warning", said, fix)


def _middles(units: pd.DataFrame, by: str) -> pd.DataFrame:
    """Area-weighted centroids, in degrees: good enough to tell a shift of hundreds of metres."""
    units = units[~units["geometry"].is_empty.to_numpy()]
    shapes = units["geometry"].to_numpy()
    middle = shapely.centroid(shapes)
    areas = shapely.area(shapes)  # of degrees: weights only, the same on both sides
    codes = units[by].to_numpy() if by in units else units.index.to_numpy()
    frame = pd.DataFrame(
        {"code": codes, "a": areas, "x": shapely.get_x(middle), "y": shapely.get_y(middle)}
    )
    frame = frame[frame["a"] > 0]
    frame[["x", "y"]] = frame[["x", "y"]].mul(frame["a"], axis=0)
    sums = frame.groupby("code")[["a", "x", "y"]].sum()
    return sums[["x", "y"]].div(sums["a"], axis=0)
