"""All that is wrong with one layer: its rows, its shapes, where its points stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import pandas as pd

from hbgeo.measure.check.choices import propose_values
from hbgeo.measure.check.datum import infer_datum, infer_shift
from hbgeo.measure.check.lacking import check_lacking, check_villages
from hbgeo.measure.check.positions import check_positions
from hbgeo.measure.check.rows import check_rows
from hbgeo.measure.check.units import check_units
from hbgeo.measure.placing import LayerPlacement
from hbgeo.read.catalog import Layer
from hbgeo.read.crs import is_shifted
from hbgeo.read.divisions.lists import has_list, read_list
from hbgeo.read.issues import Issue
from hbgeo.read.table import LayerTable


def check_layer(
    layer: Layer,
    table: LayerTable,
    units: Mapping[str, LayerTable],
    *,
    placed: LayerPlacement | None,
    reference: pd.DataFrame | None,
    as_of: date,
) -> list[Issue]:
    """List the problems of a layer beyond those that reading it found.

    Parameters
    ----------
    units
        The workspace's `county` and `township` units, as far as there are any.
    placed
        Where the rows of a facility layer stand among them; None for others.
    reference
        County boundaries known to be right, to hold boundaries against; None without any.
    as_of
        The date figures hold for.
    """
    proposed = propose_values(table.issues, layer)
    if layer.role == "units":
        return proposed + _check_boundaries(layer, table, reference, units)
    if layer.role in {"task", "background", "lines"}:
        return proposed
    frames = {level: units[level].frame for level in ("county", "township") if level in units}
    found = proposed
    found += [] if placed is None else check_positions(placed, frames, layer.key)
    if layer.role == "places" and "township" in frames:
        found += check_villages(table.frame, layer.key, frames["township"])
    found += check_rows(table.frame, table.kind, layer.key, as_of)
    counties = units.get("county")
    if counties is not None and "geometry" in counties and not counties.approximate:
        found += infer_datum(table.frame, counties.frame, layer.key)
    return found


def _check_boundaries(
    layer: Layer,
    table: LayerTable,
    reference: pd.DataFrame | None,
    units: Mapping[str, LayerTable],
) -> list[Issue]:
    frame, listed = table.frame, None
    if layer.level in {"county", "township"} and has_list(layer.scheme):
        known = sorted({c for one in units.values() for c in one.frame["county_code"]})
        under = next(iter(known), "")[:2]
        listed = read_list(layer.scheme, layer.level, under)
    found = check_units(frame, layer.key, listed)
    if listed is not None:
        found += check_lacking(frame, layer.key, layer.level, listed, known)
    if reference is not None:
        crs = layer.crs if is_shifted(layer.crs) else "CGCS2000"
        found += infer_shift(frame, reference, layer.key, crs)
    return found


def name_counties(
    issues: pd.DataFrame, senders: Callable[[str], pd.DataFrame], counties: pd.DataFrame | None
) -> pd.DataFrame:
    """Say which county each problem goes back to, where its row names one.

    Parameters
    ----------
    issues
        Problems, one a row (`ISSUE_COLUMNS`).
    senders
        Layer → which county each of its rows names (see `LayerTable.senders`).
    counties
        The county units, whose names are taken; None without any.
    """
    named = issues.copy()
    where = ["file", "sheet", "row"]
    for key in issues["layer"].unique():
        mine = (issues["layer"] == key) & (issues["county_code"] == "") & issues["row"].notna()
        if not mine.any():
            continue
        told = senders(key)
        told = told[told["row"].isin(issues.loc[mine, "row"])]
        told = told.astype(dict.fromkeys(("file", "sheet", "county_code"), "str"))
        codes = told.drop_duplicates(where).set_index(where)["county_code"]
        rows = pd.MultiIndex.from_frame(issues.loc[mine, where])
        named.loc[mine, "county_code"] = codes.reindex(rows).fillna("").to_numpy()
    if counties is not None:
        called = counties["name"].to_dict()
        names = named["county_code"].map(lambda code: called.get(code, ""))
        named["county"] = names.where(names != "", named["county"])
    return named
