"""hbgeo against its peers: the nearest of 5,000 facilities to a million places, and areas within 5 km.

python tests/bench/bench_reach.py [area]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

import geopandas as gpd
import numpy as np
import pandas as pd
import scipy.spatial  # noqa: F401 - loaded before the clock starts, as what geopandas rests on is
from bench_data import PROVINCE, make_points, make_units

from hbgeo.measure.distance import nearest
from hbgeo.measure.reach import by_radius

PLACES, FACILITIES, ROUNDS = 1_000_000, 5_000, 5
RADIUS = 5000.0
NATIONAL = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +ellps=GRS80"


def make_frame(n: int, seed: int) -> pd.DataFrame:
    """Points anywhere in the province's box."""
    west, south, east, north = PROVINCE.box
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"x": rng.uniform(west, east, n), "y": rng.uniform(south, north, n)})


def hbgeo(places: pd.DataFrame, facilities: pd.DataFrame) -> np.ndarray:
    """Metres to the nearest, by hbgeo."""
    return nearest(places, facilities)["metres"].to_numpy()


def sjoin_nearest(places: pd.DataFrame, facilities: pd.DataFrame) -> np.ndarray:
    """Metres to the nearest, by geopandas in a national projection."""
    here, there = (
        gpd.GeoDataFrame(geometry=gpd.points_from_xy(f["x"], f["y"], crs=4490)).to_crs(NATIONAL)
        for f in (places, facilities)
    )
    return gpd.sjoin_nearest(here, there, distance_col="metres")["metres"].to_numpy()


def discs(units: gpd.GeoDataFrame, facilities: pd.DataFrame) -> np.ndarray:
    """Shares of area within the radius, by hbgeo."""
    return by_radius(units, facilities, RADIUS).units["covered"].to_numpy()


def overlay(units: gpd.GeoDataFrame, facilities: pd.DataFrame) -> np.ndarray:
    """The same by geopandas: buffer, union and overlay in a national projection."""
    plane = units.to_crs(NATIONAL)
    points = gpd.points_from_xy(facilities["x"], facilities["y"], crs=4490)
    reach = gpd.GeoSeries(points).to_crs(NATIONAL).buffer(RADIUS).union_all()
    cut = gpd.overlay(
        plane.reset_index(names="code"), gpd.GeoDataFrame(geometry=[reach], crs=NATIONAL)
    )
    area = cut.area.groupby(cut["code"]).sum().reindex(units.index).fillna(0)
    return (area / plane.area).to_numpy()


def area() -> None:
    """Both in turn, in this process; the overlay's discs are 64-gons, 0.16 % small, and stretched."""
    units = make_units(PROVINCE)
    x, y, _ = make_points(units, FACILITIES)
    facilities = pd.DataFrame({"x": x, "y": y})
    took: dict[str, list[float]] = {"discs": [], "overlay": []}
    for _ in range(3):
        found = {}
        for run in (discs, overlay):
            start = time.process_time()
            found[run.__name__] = run(units, facilities)
            took[run.__name__].append(time.process_time() - start)
    mine, theirs = (statistics.median(took[name]) for name in ("discs", "overlay"))
    apart = 100 * np.abs(found["discs"] - found["overlay"]).max()
    sys.stdout.write(
        f"hbgeo {mine:.2f} CPU s, buffer + union + overlay {theirs:.2f}: {theirs / mine:.1f} ×\n"
    )
    sys.stdout.write(f"largest difference {apart:.2f} points\n")


def main() -> None:
    """Run both in turn, each in a process of its own, and print medians and errors."""
    if sys.argv[1:] == ["area"]:
        area()
        return
    contenders = {f.__name__: f for f in (hbgeo, sjoin_nearest)}
    places, facilities = make_frame(PLACES, 1), make_frame(FACILITIES, 2)
    if len(sys.argv) > 1:
        start = time.process_time()
        metres = contenders[sys.argv[1]](places, facilities)
        cpu = time.process_time() - start
        error = worst_error(places, facilities, metres)
        sys.stdout.write(f"{cpu} {error}\n")
        return
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name in contenders:
            done = subprocess.run(
                [sys.executable, __file__, name], capture_output=True, text=True, check=True
            )
            cpu, error = map(float, done.stdout.split())
            took[name].append((cpu, error))
    median = {name: statistics.median(c for c, _ in runs) for name, runs in took.items()}
    for name, runs in took.items():
        times = median[name] / median["hbgeo"]
        sys.stdout.write(
            f"| {name} | {median[name]:.2f} CPU s | {times:.2f} × | {runs[0][1]:.1e} |\n"
        )


def worst_error(places: pd.DataFrame, facilities: pd.DataFrame, metres: np.ndarray) -> float:
    """Largest relative error of 2,000 distances against every geodesic."""
    from pyproj import Geod

    worst = 0.0
    for k in range(0, len(places), len(places) // 2_000):
        x, y = places.iloc[k]
        n = len(facilities)
        found = Geod(ellps="GRS80").inv(
            np.full(n, x), np.full(n, y), facilities["x"].to_numpy(), facilities["y"].to_numpy()
        )[2]
        worst = max(worst, abs(metres[k] / found.min() - 1))
    return worst


if __name__ == "__main__":
    main()
