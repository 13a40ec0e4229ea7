"""What units get beside their own columns: parents, seats, population."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from hbgeo.read.catalog import LEVEL_NAMES, Layer
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


def latest_rows(rows: pd.DataFrame, layer: Layer, year: int) -> pd.DataFrame:
    """One row a unit: the catalogue's year, or the latest that is not after the date."""
    if "year" in rows:
        wanted = rows["year"] == layer.year if layer.year else ~(rows["year"] > year)
        rows = rows[wanted].sort_values("year", kind="stable")
    return rows.drop_duplicates("unit_code", keep="last").set_index("unit_code")


def sum_parts(wholes: pd.DataFrame, parts: pd.DataFrame | None, parent: str) -> None:
    """A unit's population is the sum of its parts', where every one of them has it."""
    for column in WEIGHTS:
        if parts is not None and column in parts:
            groups = parts.groupby(parent)[column]
            known = groups.apply(lambda s: bool(s.notna().all()))
            wholes[column] = groups.sum(min_count=1).where(known).reindex(wholes.index)


def dissolve(counties: gpd.GeoDataFrame, level: str) -> gpd.GeoDataFrame:
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
    made.attrs = counties.attrs | {"title": LEVEL_NAMES[level]}
    add_seats(made, None)
    return made
