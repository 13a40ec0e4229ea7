"""A snapshot: what every indicator said on a date, unit by unit, kept to be compared with later."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from hbgeo.arrow import Cells, find_texts, packed_texts
from hbgeo.measure.assessment import Assessment, Measured
from hbgeo.measure.basis_words import PEOPLE, WEIGHED
from hbgeo.measure.counted_facilities import CountedFacilities
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.joined import joined, numbers_of, repeated, texts_or_none
from hbgeo.read.cell.decimals import exact_sum
from hbgeo.read.divisions.changes import Change
from hbgeo.read.divisions.heirs import HEIR_COLUMNS
from hbgeo.read.indicator import Indicator
from hbgeo.store.fingerprint import fingerprint

Places = NDArray[np.int64]
TEXTS = ["indicator", "level", "code", "name", "kind", "county_code", "county"]
TEXTS += ["prefecture_code", "prefecture", "township_code", "shape"]
NUMBERS = ["demand", "covered", "value"]
SUPPLY = ["places", "deaths"]  # only where a capacity was measured
_CHANGE = ["kind", "old", "old_county", "new", "new_county", "date", "source"]


@dataclass(frozen=True)
class Reach:
    """Who reaches each of some rows: how many do, and, one after another, their positions."""

    sizes: Places
    facility: Places


@dataclass(frozen=True)
class Snapshot:
    """All indicators of a workspace as of a date.

    Attributes
    ----------
    about
        `title`, `sample`, `inputs` (layer → fingerprint of its files), `policy` (fingerprint),
        `scenario`, `changes` (rows of `layers/changes.csv`), and `indicators`: id → name, system,
        level, measure, unit, years, earlier, basis, status, of a flag `beyond` (see `Measured`).
        Older ones lack some of it.
    units
        One row an indicator and unit (indicator "": a unit that none counts): `TEXTS` and
        `NUMBERS` (value: amounts only), of capacities `SUPPLY`. `shape` is the fingerprint of the unit's boundary, ""
        without one.
    facilities
        Every facility that counted, and what `Measured.qualified` says of it.
    reach
        Who reaches each row of `units`.
    """

    as_of: date
    about: Mapping[str, Any]
    units: pd.DataFrame
    facilities: CountedFacilities
    reach: Reach

    @property
    def fingerprint(self) -> str:
        """One short word for all that went in: layers, policy and options."""
        return fingerprint_about(self.about)

    @property
    def changes(self) -> tuple[Change, ...]:
        """What the workspace knew to have become of units."""
        rows = [dict(zip(_CHANGE, row, strict=True)) for row in self.about.get("changes", ())]
        days = [row["date"] and date.fromisoformat(row["date"]) for row in rows]
        return tuple(Change(**row | {"date": day}) for row, day in zip(rows, days, strict=True))

    @cached_property
    def lists(self) -> dict[str, pd.DataFrame]:
        """The units of every level, by code, with `HEIR_COLUMNS`; counties always."""
        columns = ["code", *HEIR_COLUMNS]
        made = {
            str(level): rows[columns].drop_duplicates("code").set_index("code").fillna("")
            for level, rows in self.units.groupby("level", sort=True)
        }
        if "county" not in made:
            named = self.units[["county_code", "county"]].drop_duplicates("county_code")
            named = named[named["county_code"] != ""].set_index("county_code", drop=False)
            named = named.assign(name=named["county"], township_code="", shape="")
            made["county"] = named[HEIR_COLUMNS].rename_axis("code").fillna("")
        return made

    @property
    def counted(self) -> set[str]:
        """The indicators that have units."""
        return {one for one in self._unit_rows if one}

    def of(self, indicator: str) -> pd.DataFrame:
        """The units of one indicator, by code."""
        return self.units.iloc[self._unit_rows.get(indicator, [])].set_index("code")

    def facilities_of(self, indicator: str) -> pd.DataFrame:
        """The facilities of one indicator, by id."""
        return self.facilities.of(indicator)

    def reach_of(self, indicator: str, codes: pd.Index | None = None) -> dict[str, list[str]]:
        """The ids of the facilities that reach each unit of one indicator; none, no entry.

        Parameters
        ----------
        codes
            The units asked for; None asks for all.
        """
        rows = np.asarray(self._unit_rows.get(indicator, []), dtype=np.int64)
        rows = rows[self.reach.sizes[rows] > 0]
        of_rows = self.units["code"].iloc[rows]
        if codes is not None:
            wanted = find_texts(of_rows, codes) >= 0
            rows, of_rows = rows[wanted], of_rows[wanted]
        sizes = self.reach.sizes[rows]
        starts, ends = (np.cumsum(self.reach.sizes) - self.reach.sizes)[rows], np.cumsum(sizes)
        within = np.arange(sizes.sum()) - np.repeat(ends - sizes, sizes)
        held = self.reach.facility[np.repeat(starts, sizes) + within]
        ids = self.facilities.ids(indicator, held)
        return {
            code: ids[end - size : end]
            for code, size, end in zip(of_rows.tolist(), sizes, ends, strict=True)
        }

    def facts_of(self, indicator: str, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """What is known of some facilities of one indicator, by id; those unknown have no entry."""
        return rows_by_id(self.facilities.some(indicator, pd.Index(list(ids), dtype="str")))

    @cached_property
    def _unit_rows(self) -> dict[str, Places]:
        return _positions(self.units["indicator"])


def rows_by_id(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Rows as plain values under the ids of the index."""
    return cast("dict[str, dict[str, Any]]", table.to_dict("index"))  # names and ids are texts


def _positions(of: pd.Series) -> dict[str, Places]:
    """Where each value of a column stands."""
    at, values = pd.factorize(of)
    order = np.argsort(at, kind="stable")
    ends = np.cumsum(np.bincount(at, minlength=len(values)))[:-1]
    return dict(zip(values, np.split(order, ends), strict=True)) if len(values) else {}


def fingerprint_about(about: Mapping[str, Any]) -> str:
    """The fingerprint of all that went into a snapshot, by what it says of itself."""
    stated = {k: about.get(k) for k in ("inputs", "policy", "scenario")}
    return fingerprint(json.dumps(stated, sort_keys=True).encode())


def take_snapshot(
    measured: Measured,
    units: Mapping[str, pd.DataFrame],
    *,
    title: str,
    inputs: Mapping[str, str],
    policy: str,
    scenario: Sequence[str] = (),
    changes: Sequence[Change] = (),
) -> Snapshot:
    """Keep what was measured.

    Parameters
    ----------
    units
        Units of each level measured, with `geometry` where they have boundaries.
    inputs
        Layer → fingerprint of its files.
    policy
        Fingerprint of the policy that was applied.
    scenario
        Options that differ from the policy's reading.
    changes
        What the workspace knows to have become of units.
    """
    assessments = measured.assessments
    figures = [(a, a.coverage) for a in assessments if a.coverage is not None]
    about = {
        "title": title,
        "sample": any(coverage.basis.sample for _, coverage in figures),
        "inputs": dict(sorted(inputs.items())),
        "policy": policy,
        "scenario": list(scenario),
        "changes": [_plain_change(change) for change in changes],
        "indicators": {a.indicator.id: _about(a, measured) for a in assessments},
    }
    table = _unit_rows(figures, units)
    as_of = assessments[0].as_of if assessments else date.min
    facilities = _facilities(measured)
    return Snapshot(as_of, about, table, facilities, _reach(measured, facilities, len(table)))


def _unit_rows(
    figures: Sequence[tuple[Assessment, Coverage]], units: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """The units of every indicator, then those that none counts."""
    shapes = {level: shape_fingerprints(frame) for level, frame in units.items()}
    towns = {k: f["township_code"] for k, f in units.items() if "township_code" in f}
    parts = [_counted(figures, shapes, towns)] if figures else []
    for level, frame in units.items():
        counted = [c.units.index for a, c in figures if a.indicator.units == level]
        parts.append(_uncounted(level, frame, shapes[level], counted))
    return pd.concat(parts, ignore_index=True) if parts else _no_units()


def _facilities(measured: Measured) -> CountedFacilities:
    """The facilities that counted, one indicator after another."""
    every = [(a.indicator.id, a.coverage) for a in measured.assessments]
    found = {one: measured.qualified[one] for one, coverage in every if coverage is not None}
    return CountedFacilities({one: frame for one, frame in found.items() if "x" in frame})


def _about(a: Assessment, measured: Measured) -> dict[str, Any]:
    one = a.indicator
    beyond = measured.beyond.get(one.id)
    return (
        {
            "name": one.full_name,
            "system": one.system,
            "level": one.units,
            "measure": one.measure,
            **about_comparison(one),
            "status": a.status,
            "basis": a.basis_lines,
        }
        | ({} if beyond is None else {"beyond": list(beyond)})
        | _apart(a)
    )


def _apart(a: Assessment) -> dict[str, float]:
    """The amount known only by county, which stands in no unit's row."""
    if a.coverage is None or a.coverage.apart.empty:
        return {}
    return {"apart": float(exact_sum(a.coverage.apart["value"]))}


def about_comparison(one: Indicator) -> dict[str, Any]:
    """What a comparison must know of an indicator: what it counts in, and which years.

    `per` is there for a norm alone: how many times its quotient the figure is.
    """
    return {
        "unit": PEOPLE if one.weight and one.measure in WEIGHED else one.unit,
        "years": list(one.year[1]) if one.year else [],
        "earlier": one.earlier,
        **({} if one.per is None else {"per": str(one.per)}),
        **({} if one.years is None else {"burial_years": str(one.years)}),
    }


def _plain_change(change: Change) -> list[str | None]:
    values = [getattr(change, key) for key in _CHANGE]
    return [v.isoformat() if isinstance(v, date) else v for v in values]


def shape_fingerprints(units: pd.DataFrame) -> pd.Series:
    """The fingerprint of each unit's boundary, to a metre or so: a rewritten file is no change."""
    if "geometry" not in units:
        return pd.Series("", units.index, dtype="str")
    shapes = units["geometry"].to_numpy()
    plain = shapely.normalize(shapely.transform(shapes, lambda xy: np.round(xy, 5)))
    return pd.Series([fingerprint(w)[:8] for w in shapely.to_wkb(plain)], units.index)


def _counted(
    measured: Sequence[tuple[Assessment, Coverage]],
    shapes: Mapping[str, pd.Series],
    towns: Mapping[str, pd.Series],
) -> pd.DataFrame:
    """The units of every indicator, one after another."""
    frames = [c.units for _, c in measured]
    levels, sizes = [a.indicator.units for a, _ in measured], list(map(len, frames))
    supply = [c for c in SUPPLY if any(c in frame for frame in frames)]
    return pd.DataFrame(
        {
            "indicator": repeated([a.indicator.id for a, _ in measured], sizes),
            "level": repeated(levels, sizes),
            "code": joined([frame.index for frame in frames]),
            **{c: joined([texts_or_none(frame, c) for frame in frames]) for c in TEXTS[3:-2]},
            "township_code": _of_units(towns, levels, frames),
            "shape": _of_units(shapes, levels, frames),
            **{c: numbers_of(frames, c) for c in [*NUMBERS, *supply]},
        }
    )


def _of_units(
    known: Mapping[str, pd.Series], levels: Sequence[str], frames: Sequence[pd.DataFrame]
) -> ExtensionArray:
    """What is known by level of units, those of every indicator one after another; "" where nothing is."""
    nowhere = pd.Series(dtype="str")
    # most indicators of a level have the very same units
    of = [(level, id(frame.index)) for level, frame in zip(levels, frames, strict=True)]
    distinct = dict(zip(of, frames, strict=True))
    found = {
        one: known.get(one[0], nowhere).reindex(frame.index).fillna("")
        for one, frame in distinct.items()
    }
    return joined([found[one] for one in of])


def numbers_in(table: pd.DataFrame) -> list[str]:
    """The numbers that a table has of each unit."""
    return [*NUMBERS, *(c for c in SUPPLY if c in table)]


def _uncounted(
    level: str, units: pd.DataFrame, shapes: pd.Series, counted: Sequence[pd.Index]
) -> pd.DataFrame:
    """The units that no indicator counts: a comparison must know them to see boundaries change."""
    seen = np.zeros(len(units), dtype=bool)
    for codes in sorted(counted, key=len, reverse=True):
        if not seen.all():
            at = find_texts(codes, units.index)
            seen[at[at >= 0]] = True
    rest = pd.DataFrame(units[~seen])
    where = [c for c in TEXTS[3:-1] if c in rest]
    table = rest[where].reindex(columns=TEXTS[3:-1], fill_value="").assign(code=rest.index)
    table = table.assign(indicator="", level=level, shape=shapes.reindex(rest.index))
    return table.reset_index(drop=True).reindex(columns=[*TEXTS, *NUMBERS])


def _reach(measured: Measured, facilities: CountedFacilities, rows: int) -> Reach:
    """Who reaches each unit of every indicator; the rows after those are reached by none."""
    sizes, facility = np.zeros(rows, dtype=np.int64), [np.zeros(0, dtype=np.int64)]
    row = 0
    for a in measured.assessments:
        if a.coverage is None:
            continue
        one, units = a.indicator.id, a.coverage.units.index
        n = len(units)
        if one in facilities.frames:
            unit, counted = measured.reach(one, units)
            order = np.argsort(unit, kind="stable")
            order = order[unit[order] >= 0]
            sizes[row : row + n] = np.bincount(unit[order], minlength=n)
            facility.append(counted[order].astype(np.int64) + facilities.start[one])
        row += n
    return Reach(sizes, np.concatenate(facility))


def texts_of(column: pd.Series | pd.Index) -> Cells:
    """Text as Arrow holds it; what is missing is null."""
    return packed_texts(column).cast(pa.string())


def _no_units() -> pd.DataFrame:
    return pd.DataFrame({c: [] for c in [*TEXTS, *NUMBERS]})
