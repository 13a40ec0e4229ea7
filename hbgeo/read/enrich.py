"""What units get beside their own columns: parents, seats, population."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.cell.dates import last_full_year
from hbgeo.read.cell.decimals import exact_sums
from hbgeo.read.keys import PARENT_COLUMNS, WEIGHTS, YEARS
from hbgeo.read.table import LayerTable

SEATS = ["seat_x", "seat_y"]  # where a unit is reached from


def inherit_parents(places: pd.DataFrame, townships: pd.DataFrame | None) -> None:
    """Give places the county, prefecture and province of their township."""
    if townships is None:
        return
    for column in PARENT_COLUMNS:
        places[column] = places["township_code"].map(townships[column]).fillna("")


def add_seats(units: pd.DataFrame, seats: pd.DataFrame | None) -> None:
    """Where a unit is reached from: its seat village, itself (a place), or a point inside it."""
    if "geometry" not in units:
        units["seat_x"], units["seat_y"] = units["x"], units["y"]
        return
    inside = shapely.point_on_surface(units["geometry"].to_numpy())
    inside[shapely.is_empty(inside)] = None  # a unit without boundary has no seat
    units["seat_x"], units["seat_y"] = shapely.get_x(inside), shapely.get_y(inside)
    if seats is not None:
        known = units.index.isin(seats.index)
        here = seats.reindex(units.index)
        units["seat_x"] = np.where(known, here["x"], units["seat_x"])
        units["seat_y"] = np.where(known, here["y"], units["seat_y"])


def find_seats(villages: pd.DataFrame) -> pd.DataFrame | None:
    """Each township's seat village, the one with the smallest code, by township; None if unmarked."""
    if not {"is_town_seat", "x"} <= set(villages.columns):
        return None
    seats = villages[villages["is_town_seat"] == "是"].dropna(subset=["x", "y"])
    return seats.drop_duplicates("township_code").set_index("township_code")


def latest_rows(table: LayerTable, as_of: date) -> pd.DataFrame:
    """One row a unit: the catalogue's year, or the latest that has ended by a date.

    Of a unit with several rows of that year none is taken: nobody knows which is right. Rows
    without a year are of the catalogue's, if it states one.

    Returns
    -------
    rows
        By unit code; with the column `YEARS`, the year as text, "" where none is known.
    """
    rows, last = table.frame, last_full_year(as_of)
    stated = np.nan if table.year is None else float(table.year)
    year = rows["year"].fillna(stated) if "year" in rows else pd.Series(stated, rows.index)
    if "year" in rows or table.year is not None:
        wanted = year == table.year if table.year is not None else year.notna()
        rows, year = rows[wanted & (year <= last)], year[wanted & (year <= last)]
    latest = year.groupby(rows["unit_code"]).transform("max")
    newest = (year == latest) | latest.isna()
    rows = rows[newest].assign(**{YEARS: year[newest].map(_said_year).astype("str")})
    return rows.drop_duplicates("unit_code", keep=False).set_index("unit_code")


def _said_year(year: float) -> str:
    return "" if np.isnan(year) else str(int(year))


def sum_parts(wholes: pd.DataFrame, parts: LayerTable | None, parent: str) -> None:
    """A unit's population is the sum of its parts', where every one of them has it."""
    if parts is None:
        return
    owner = wholes.index.get_indexer(pd.Index(parts.frame[parent]))
    mine = owner >= 0
    count = len(wholes)
    for column in WEIGHTS:
        if column in parts:
            numbers = parts.frame[column].to_numpy(float)
            known = mine & ~np.isnan(numbers)
            sums = exact_sums(owner[known], numbers[known], count)
            having, all_of = (np.bincount(owner[m], minlength=count) for m in (known, mine))
            wholes[column] = np.where((having == all_of) & (all_of > 0), sums, np.nan)
    if YEARS in parts:
        years = parts.frame[YEARS].fillna("")[mine].groupby(owner[mine]).agg(_join_years)
        wholes[YEARS] = years.reindex(np.arange(count)).fillna("").to_numpy()


def _join_years(years: pd.Series) -> str:
    return "、".join(sorted({one for said in years for one in said.split("、") if one}))


def gather(
    counties: LayerTable, level: str, dissolved: gpd.GeoDataFrame | None = None
) -> LayerTable:
    """Prefectures or provinces, put together from whole counties, population and all.

    Parameters
    ----------
    dissolved
        What `dissolve` gave for these counties, if it is known.
    """
    frame = dissolve(counties, level) if dissolved is None else dissolved
    sum_parts(frame, counties, f"{level}_code")
    return replace(counties, frame=frame, title=LEVEL_NAMES[level], level=level)


def dissolve(whole: LayerTable, level: str) -> gpd.GeoDataFrame:
    """Prefectures or provinces, put together from their counties; nobody lives in them yet."""
    from hbgeo.read.shapes import union_of  # who has no such units does not wait for it

    counties = cast("gpd.GeoDataFrame", whole.frame)  # counties have boundaries
    groups = counties.groupby(f"{level}_code", sort=True)
    made = groups[["province_code", "province"]].first()
    first = groups[["prefecture_code", "prefecture"]].first()
    for column in first:  # a province stands above prefectures: it has none
        made[column] = first[column] if level == "prefecture" else ""
    made["name"], made["kind"] = made[level], ""
    made["county_code"], made["county"] = "", ""
    made["geometry"] = groups["geometry"].agg(union_of)
    made = gpd.GeoDataFrame(made.rename_axis("code"), geometry="geometry", crs=counties.crs)
    add_seats(made, None)
    return made
