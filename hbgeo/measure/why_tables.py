"""The rows behind what is no matter of places: tables that say yes, amounts, ratios, years of burial."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd

from hbgeo.measure.capacity import free_places, share_out
from hbgeo.measure.counting import Case, part_of
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.filters import describe
from hbgeo.measure.locate import VIA_NAMES
from hbgeo.measure.methods import below_of, owners_of
from hbgeo.measure.pairs import ways_text
from hbgeo.measure.serving import serving_pairs
from hbgeo.measure.why_near import Place
from hbgeo.measure.why_records import Lack, Trace
from hbgeo.measure.why_rows import asked_lacks, faulty_rows, traces_of, work_lacks
from hbgeo.read.cell.decimals import exact
from hbgeo.read.cell.text import in_sentence


def flag_rows(case: Case, code: str) -> tuple[list[Trace], list[Trace]]:
    """The rows by which a table says yes of a unit; and for what it does not, those that nearly do."""
    one, frame = case.one, case.layer.frame
    below, parent = below_of(case)
    at = int(case.units.frame.index.get_indexer(pd.Index([code]))[0])
    kids = [str(c) for c in below[parent == at]]
    if not kids and code not in case.units.frame.index:
        kids = [code]
    names = _names(case)
    yes, near = list[Trace](), list[Trace]()
    for kid in kids:
        mine = np.flatnonzero((frame["unit_code"] == kid).to_numpy())
        hits = [mine[m[mine]] for m, _ in case.counted.clauses]
        held = [bool(len(h)) for h in hits]
        said = (all if one.every else any)(held)
        good = np.unique(np.concatenate([h for h in hits if len(h)])) if any(held) else mine[:0]
        yes += traces_of(case, good.tolist(), way="row")
        if said:
            continue
        for clause, asked, full in zip(one.where, case.counted.asked, held, strict=True):
            if full:
                continue
            rows = mine[asked[mine]].tolist()
            lacks = {r: asked_lacks(case, [r])[r] + work_lacks(case, r) for r in rows}
            near += traces_of(case, rows, way="row", lacks=lacks)
            if not rows:
                want = describe((clause,), case.layer.kind)
                lack = Lack("row", want=(want,), unit=names.get(kid, kid))
                title = case.layer.title or case.layer.kind.title
                near.append(Trace("", "", "", "", case.layer.key, title, lacks=(lack,)))
    if near:
        near += faulty_rows(case, *_county_of(case, code))
    return yes, near


def _names(case: Case) -> dict[str, str]:
    level = case.layer.level or case.one.units
    units = case.context.source.find_units(level)
    return {} if units is None else {str(k): str(v) for k, v in units.frame["name"].items()}


def amount_rows(case: Case, code: str) -> tuple[list[Trace], list[Trace]]:
    """The rows whose amounts make up a unit's; and those of the unit that are asked for and do not count."""
    frame, counted = case.layer.frame, case.counted
    owner, placement, conflict = owners_of(case)
    at = int(case.units.frame.index.get_indexer(pd.Index([code]))[0])
    mine = (owner == at) & ~conflict if at >= 0 else np.zeros(len(frame), dtype=bool)
    rows = np.flatnonzero(mine & counted.rows)
    ways = (
        "row"
        if placement is None
        else {n: VIA_NAMES[placement.via[n]] for n in np.flatnonzero(mine).tolist()}
    )
    made = traces_of(case, rows.tolist(), way=ways)
    made = [replace(t, amount=a, share=b) for t, (a, b) in zip(made, _amounts(case, rows), strict=True)]  # fmt: skip
    asked = np.logical_or.reduce(counted.asked)
    idle = np.flatnonzero(mine & asked & ~counted.rows).tolist()
    lacks = asked_lacks(case, idle)
    lacks = {r: lacks[r] + work_lacks(case, r) for r in idle}
    near = traces_of(case, idle, way=ways, lacks=lacks)
    return made, [*near, *faulty_rows(case, *_county_of(case, code))]


def _county_of(case: Case, code: str) -> tuple[str, str]:
    """The code and the name of the county that a unit is, or lies in."""
    units = case.context.placements.units(case.one.units).frame
    unit = units.loc[code]
    if case.one.units == "county":
        return code, str(unit["name"])
    return str(unit.get("county_code") or ""), str(unit.get("county") or "")


def _amounts(
    case: Case, rows: np.ndarray[tuple[int], np.dtype[np.intp]]
) -> Sequence[tuple[Fraction | None, Fraction | None]]:
    """What each row adds, and of a ratio to its other half."""
    one, frame = case.one, case.layer.frame
    if one.measure == "count":
        return [(Fraction(1), None)] * len(rows)
    if one.measure == "sum":
        return [(exact(v), None) for v in frame[one.column].to_numpy(float)[rows]]
    if one.shares:
        part = part_of(one, frame, case.context.options.as_of)[rows]
        return [(Fraction(int(p)), Fraction(1)) for p in part]
    top = [exact(v) for v in frame[one.numerator].to_numpy(float)[rows]]
    if one.beside:
        return [(t, None) for t in top]
    bottom = [exact(v) for v in frame[one.denominator].to_numpy(float)[rows]]
    if one.weight:
        heavy = [exact(v) for v in frame[one.weight].to_numpy(float)[rows]]
        top = [a * h for a, h in zip(top, heavy, strict=True)]
        bottom = [b * h for b, h in zip(bottom, heavy, strict=True)]
    return list(zip(top, bottom, strict=True))


def halves_of(case: Case) -> tuple[str, str]:
    """What the numerator and the denominator of a ratio are called; "" of what is none."""
    one, schema = case.one, case.layer.kind
    if one.measure != "ratio" or one.shares:
        return "", ""
    below = case.context.source.schema_of(one.beside) if one.beside else schema
    names = schema.heading(one.numerator), below.heading(one.denominator)
    weight = f"×{schema.heading(one.weight)}" if one.weight else ""
    return in_sentence(f"{names[0]}{weight}"), in_sentence(f"{names[1]}{weight}")


def figures_of(coverage: Coverage, code: str, per: Fraction | None) -> dict[str, Fraction]:
    """The amounts of a unit, exact; what is not known is not there."""
    row = coverage.units.loc[[code]].iloc[0]
    if coverage.method == "capacity":
        given = {"places": row["places"], "deaths": row["deaths"]}
        made = {
            k: coverage.finer.get(k, {}).get(code, exact(float(v)))
            for k, v in given.items()
            if not pd.isna(v)
        }
        if made.get("deaths") and "places" in made:
            made["years"] = made["places"] / made["deaths"]
        return made
    if coverage.method in {"count", "sum"}:
        return {} if pd.isna(row["value"]) else {"value": exact(float(row["value"]))}
    if coverage.method == "ratio":
        if pd.isna(row["value"]) or pd.isna(row["demand"]):
            return {}
        top, bottom = exact(float(row["value"])), exact(float(row["demand"]))
        made = {"numerator": top, "denominator": bottom}
        if bottom:
            made["value"] = top / bottom * (per or 100)
        return made
    return {}


def supplying_rows(place: Place) -> tuple[list[Trace], list[Trace]]:
    """The facilities whose free places a unit has, and how many of them; and those that do not say."""
    case = place.case
    frame, pairs = case.layer.frame, serving_pairs(case)
    free, people = free_places(frame), _people(place.units)
    counting = case.counted.rows & ~place.placed.conflict
    rows = pairs.facility[pairs.unit == place.at].tolist()
    made = []
    for trace, at in zip(traces_of(case, rows, way=_ways(place)), rows, strict=True):
        if not free.known[at]:
            made.append(replace(trace, lacks=(Lack("places"),)))
            continue
        mine = share_out(pairs.where(pairs.facility == at), free, counting, people)[place.at]
        whole = Fraction(free.parts[at], free.per)
        made.append(replace(trace, amount=mine, share=None if mine == whole else whole))
    return [t for t in made if not t.lacks], [t for t in made if t.lacks]


def _ways(place: Place) -> dict[int, str]:
    pairs = serving_pairs(place.case)
    mine = pairs.unit == place.at
    return dict(zip(pairs.facility[mine].tolist(), ways_text(pairs.via[mine]), strict=True))


def _people(units: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    if "population" not in units:
        return np.full(len(units), np.nan)
    return units["population"].to_numpy(float)
