"""The rows that nearly cover a unit: what each lacks, and how far it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from hbgeo.arrays import Floats, Mask
from hbgeo.measure.counting import Case
from hbgeo.measure.distance import has_point, nearest
from hbgeo.measure.locate import VIA_NAMES, metres_to_units
from hbgeo.measure.pairs import via_bits, ways_text
from hbgeo.measure.placing import LayerPlacement, Placement
from hbgeo.measure.serving import qualified_of, serving_pairs
from hbgeo.measure.why_records import Lack, Trace
from hbgeo.measure.why_rows import asked_lacks, faulty_rows, traces_of, work_lacks
from hbgeo.read.crs import GEOD

NEIGHBOUR_M, NEIGHBOURS = 5000.0, 3  # how far one looks beyond a unit, and for how many
_MORE_M, _DEGREE_M = 3000.0, 75_000.0  # metres: a degree of longitude has more up to 47° north
_ORDER = (
    "late", "undated", "empty", "state", "way", "places", "conflict", "above", "county",
    "elsewhere", "far", "year", "closed", "filter", "faulty",
)  # fmt: skip
_SOON = ("建成未启用", "在建", "规划")


@dataclass(frozen=True)
class Place:
    """One unit of a case, and where the rows of its layer stand."""

    case: Case
    at: int  # its position among all units of the level
    units: pd.DataFrame
    placed: LayerPlacement
    placement: Placement

    @property
    def code(self) -> str:
        """The code of the unit."""
        return str(self.units.index[self.at])

    def name_of(self, position: int) -> str:
        """The name of a unit by its position; "" for none."""
        return "" if position < 0 else str(self.units["name"].iloc[position])

    def parent(self, level: str) -> str:
        """The code of the unit of a level above that holds this one; "" where nobody knows."""
        column = f"{level}_code"
        return str(self.units[column].iloc[self.at]) if column in self.units else ""


def place_of(case: Case, code: str) -> Place | None:
    """A unit of the case's level, whether or not it counts; None where there is none."""
    placements, level = case.context.placements, case.one.units
    units = placements.units(level).frame
    at = int(units.index.get_indexer(pd.Index([code]))[0])
    if at < 0:
        return None
    placed = placements.placed(case.layer, level)
    return Place(case, at, units, placed, placed.placements[level])


def covering_rows(place: Place, link: str = "") -> list[Trace]:
    """The facilities that count for the unit, by the ways that are allowed."""
    pairs = serving_pairs(place.case)
    mine = pairs.unit == place.at
    rows = pairs.facility[mine].tolist()
    ways = dict(zip(rows, ways_text(pairs.via[mine]), strict=True))
    return traces_of(place.case, rows, way=ways, link=link)


def near_rows(place: Place, link: str = "", *, others: bool = True) -> list[Trace]:
    """The rows that nearly cover the unit, those that lack least first.

    Parameters
    ----------
    others
        Whether rows of the unit count that are not what is asked for at all.
    """
    case = place.case
    found, ways = _here(place)
    _add(found, _unplaced(place))
    metres = dict[int, float]()
    _add(found, _neighbours(place, set(found), metres))
    if not others:
        found = {at: k for at, k in found.items() if not {"filter"} & {one.kind for one in k}}
    made = traces_of(case, found, way=ways, metres=metres, lacks=found, link=link)
    county = place.code if case.one.units == "county" else place.parent("county")
    unit = place.units.iloc[place.at]
    named = unit["name"] if case.one.units == "county" else unit.get("county")
    made += faulty_rows(case, county, str(named or ""), place.code)
    return sorted(made, key=_rank)


def nearest_row(place: Place, link: str = "") -> Trace | None:
    """The nearest facility that works and qualifies, from the unit's seat, in whichever unit."""
    case, unit = place.case, place.units.iloc[[place.at]]
    if "seat_x" not in unit:
        return None
    qualified = qualified_of(case)
    seat = pd.DataFrame({"x": unit["seat_x"], "y": unit["seat_y"]})
    found = nearest(seat, qualified)
    pick = int(found["facility"].iloc[0])
    if pick < 0:
        return None
    at = int(case.layer.frame.index.get_indexer(qualified.index[[pick]])[0])
    metres = float(found["metres"].iloc[0])
    lack = Lack("elsewhere", unit=_home(place, at), metres=metres)
    return traces_of(case, [at], metres={at: metres}, lacks={at: [lack]}, link=link)[0]


def _here(place: Place) -> tuple[dict[int, list[Lack]], dict[int, str]]:
    """What the rows lack that stand in the unit, name it or serve it, and do not count for it."""
    case = place.case
    pairs = case.context.placements.pairs(case.layer, case.one.units)
    mine = pairs.unit == place.at
    via = dict(zip(pairs.facility[mine].tolist(), pairs.via[mine].tolist(), strict=True))
    serving = serving_pairs(case)
    counts = set(serving.facility[serving.unit == place.at].tolist())
    via = {at: bits for at, bits in via.items() if at not in counts}
    lacks = asked_lacks(case, list(via))
    for at, bits in via.items():
        lacks[at] += work_lacks(case, at)
        allowed = _allowed(case, at)
        if not lacks[at] and not bits & via_bits(allowed):
            lacks[at].append(Lack("way", have=_ways(bits), want=allowed))
    ways = {at: str(ways_text(np.array([bits], dtype=np.int8))[0]) for at, bits in via.items()}
    return {at: found for at, found in lacks.items() if found}, ways


def _allowed(case: Case, at: int) -> tuple[str, ...]:
    """The ways by which a row may reach a unit, by all clauses that ask for it."""
    asked = zip(case.counted.asked, case.counted.clauses, strict=True)
    ways = {way for rows, (_, vias) in asked if rows[at] for way in vias}
    return tuple(way for way in VIA_NAMES if way in ways)


def _ways(bits: int) -> str:
    return "+".join(way for n, way in enumerate(VIA_NAMES) if bits >> n & 1)


def _unplaced(place: Place) -> dict[int, list[Lack]]:
    """Rows that are asked for and may belong to the unit, and count in none of its level."""
    case, level = place.case, place.case.one.units
    frame, matched = place.placed.frame, case.counted.matched
    found = dict[int, list[Lack]]()
    named = _named(frame, level, place.code)
    clash = place.placed.conflict & matched & (named | (place.placement.point_unit == place.at))
    for at in np.flatnonzero(clash).tolist():
        found[at] = [*work_lacks(case, at), _conflict(place, at)]
    if level not in {"province", "prefecture", "county"}:
        free = case.counted.rows & (place.placement.owner < 0) & ~place.placed.conflict
        county = _named(frame, "county", place.parent("county"))
        only = free & place.placement.county_only & county & ~_in_township(place)
        found |= {at: [Lack("county")] for at in np.flatnonzero(only).tolist()}
        found |= {at: [Lack("above", unit=t)] for at, t in _above(place, free).items()}
    return found


def _in_township(place: Place) -> Mask:
    """Of a village or a place below: the rows of which the township is known."""
    towns = place.placed.placements.get("township")
    if place.case.one.units == "township" or towns is None:
        return np.zeros(len(place.placed.frame), dtype=bool)
    return np.asarray(towns.owner >= 0, dtype=bool)


def _named(frame: pd.DataFrame, level: str, code: str) -> Mask:
    """The rows that name a unit by themselves."""
    column = f"{level}_code"
    if column not in frame or not code:
        return np.zeros(len(frame), dtype=bool)
    return np.asarray((frame[column] == code).to_numpy(), dtype=bool)


def _conflict(place: Place, at: int) -> Lack:
    """Which units the row and its point name, at the level at which they are apart."""
    for level, one in place.placed.placements.items():
        if one.conflict[at]:
            units = place.case.context.placements.units(level).frame
            code = str(place.placed.frame[f"{level}_code"].iloc[at])
            stated = str(units["name"].get(code, code))
            there = int(one.point_unit[at])
            name = "" if there < 0 else str(units["name"].iloc[there])
            return Lack("conflict", unit=stated, other=name, metres=float(one.metres[at]))
    raise AssertionError(at)  # a row is in conflict at some level


def _above(place: Place, free: Mask) -> dict[int, str]:
    """Of a village or a place below: the rows that stand in its township and name none of its level."""
    level = place.case.one.units
    towns = place.placed.placements.get("township")
    code = place.parent("township")
    if level == "township" or towns is None or not code:
        return {}
    units = place.case.context.placements.units("township").frame
    town = int(units.index.get_indexer(pd.Index([code]))[0])
    if town < 0:
        return {}
    rows = np.flatnonzero(free & (towns.owner == town))
    return dict.fromkeys(rows.tolist(), str(units["name"].iloc[town]))


def _neighbours(place: Place, known: set[int], metres: dict[int, float]) -> dict[int, list[Lack]]:
    """The nearest rows that count and stand in other units, a few, with what they serve."""
    case = place.case
    frame = place.placed.frame
    ways = {way for _, vias in case.counted.clauses for way in vias}
    if "geometry" not in place.units and "served" not in ways:
        return {}  # what names another unit is of no use here
    pairs = serving_pairs(case)
    mine = set(pairs.facility[pairs.unit == place.at].tolist()) | known
    counts = case.counted.rows & ~place.placed.conflict & has_point(frame)
    rows, far = metres_from(place, np.flatnonzero(counts))
    order = np.argsort(far, kind="stable")
    found = dict[int, list[Lack]]()
    for n in order.tolist():
        at = int(rows[n])
        if at in mine:
            continue
        if far[n] > NEIGHBOUR_M or len(found) == NEIGHBOURS:
            break
        metres[at] = float(far[n])
        served = _served(place, at)
        found[at] = [Lack("elsewhere", unit=_home(place, at), other=served, metres=metres[at])]
    return found


def metres_from(
    place: Place, rows: NDArray[np.intp], reach: float = NEIGHBOUR_M
) -> tuple[NDArray[np.intp], Floats]:
    """Those of the rows that are not far off, and how far each is from the unit's outline, or its point.

    Parameters
    ----------
    reach
        Metres: all within it are among them, and perhaps a few beyond.
    """
    box = (reach + _MORE_M) / _DEGREE_M
    frame, unit = place.placed.frame, place.units.iloc[place.at]
    shape = unit.get("geometry")
    x, y = frame["x"].to_numpy(float)[rows], frame["y"].to_numpy(float)[rows]
    if shape is not None and not shapely.is_empty(shape):
        west, south, east, north = shape.bounds
        near = (x > west - box) & (x < east + box)
        near &= (y > south - box) & (y < north + box)
        at = np.full(int(near.sum()), place.at)
        return rows[near], metres_to_units(x[near], y[near], place.units, at)
    px, py = (unit.get("x", unit.get("seat_x")), unit.get("y", unit.get("seat_y")))
    if px is None or pd.isna(px) or pd.isna(py):
        return rows[:0], np.zeros(0)
    near = (abs(x - px) < box) & (abs(y - py) < box)
    there = x[near], y[near]
    far = GEOD.inv(np.full(len(there[0]), px), np.full(len(there[0]), py), *there)[2]
    return rows[near], np.asarray(far, dtype=float)


def _home(place: Place, at: int) -> str:
    """Where a row stands: county and unit of the level, as far as it is known."""
    owner = int(place.placement.owner[at])
    if owner < 0:
        return ""
    name, unit = place.name_of(owner), place.units.iloc[owner]
    above = [str(unit.get(c, "")) for c in ("county", "township") if c in place.units]
    here = [str(place.units[c].iloc[place.at]) for c in ("county", "township") if c in place.units]
    told = [a for a, h in zip(above, here, strict=True) if a and a != h and a != name]
    return "".join([*told, name])


def _served(place: Place, at: int) -> str:
    """The names of the first units of the level that a row serves."""
    pairs = place.case.context.placements.pairs(place.case.layer, place.case.one.units)
    bit = np.int8(via_bits(("served",)))
    units = pairs.unit[(pairs.facility == at) & ((pairs.via & bit) > 0)].tolist()
    names = [place.name_of(unit) for unit in units if unit != place.placement.owner[at]]
    return "、".join(names[:5]) + ("等" if len(names) > 5 else "")


def _add(found: dict[int, list[Lack]], more: dict[int, list[Lack]]) -> None:
    for at, lacks in more.items():
        found.setdefault(at, lacks)


def _rank(one: Trace) -> tuple[Any, ...]:
    """Those that lack least first: fewest things, the easiest of them, the nearest."""
    hardest = max((_ORDER.index(k) for k in one.kinds), default=0)
    states = [lack.have for lack in one.lacks if lack.kind == "state"]
    soon = min((_SOON.index(s) if s in _SOON else len(_SOON) for s in states), default=0)
    far = -1.0 if one.metres is None else one.metres
    return (hardest, soon, len(one.lacks), far, one.file, one.sheet, one.row or 0)


def kinds_of(rows: Iterable[Trace]) -> set[str]:
    """Every kind of what some rows lack."""
    return {kind for row in rows for kind in row.kinds}
