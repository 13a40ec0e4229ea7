"""What units get beside their own columns: parents, seats, population."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.table import LayerTable
from hbgeo.read.units.polygons import PARENT_COLUMNS

WEIGHTS = ("population", "population_60")


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


def latest_rows(table: LayerTable, year: int) -> pd.DataFrame:
    """One row a unit: the catalogue's year, or the latest that is not after the date."""
    rows = table.frame
    if "year" in rows:
        wanted = rows["year"] == table.year if table.year else ~(rows["year"] > year)
        rows = rows[wanted].sort_values("year", kind="stable")
    return rows.drop_duplicates("unit_code", keep="last").set_index("unit_code")


def sum_parts(wholes: pd.DataFrame, parts: LayerTable | None, parent: str) -> None:
    """A unit's population is the sum of its parts', where every one of them has it."""
    for column in WEIGHTS:
        if parts is not None and column in parts:
            groups = parts.frame.groupby(parent)[column]
            known = groups.apply(lambda s: bool(s.notna().all()))
            wholes[column] = groups.sum(min_count=1).where(known).reindex(wholes.index)


def gather(counties: LayerTable, level: str) -> LayerTable:
    """Prefectures or provinces, put together from whole counties, population and all."""
    frame = _dissolve(counties.frame, level)
    sum_parts(frame, counties, f"{level}_code")
    return replace(counties, frame=frame, title=LEVEL_NAMES[level], level=level)


def _dissolve(counties: gpd.GeoDataFrame, level: str) -> gpd.GeoDataFrame:
    """Prefectures or provinces, put together from their counties."""
    groups = counties.groupby(f"{level}_code", sort=True)
    made = groups[["province_code", "province"]].first()
    first = groups[["prefecture_code", "prefecture"]].first()
    for column in first:  # a province stands above prefectures: it has none
        made[column] = first[column] if level == "prefecture" else ""
    made["name"], made["kind"] = made[level], ""
    made["county_code"], made["county"] = "", ""
    made["geometry"] = groups["geometry"].agg(lambda g: shapely.union_all(g.to_numpy()))
    made = gpd.GeoDataFrame(made.rename_axis("code"), geometry="geometry", crs=counties.crs)
    add_seats(made, None)
    return made
