"""hbgeo against its peers: the nearest of 5,000 facilities to a million places.

python tests/bench/bench_reach.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

import geopandas as gpd
import numpy as np
import pandas as pd
from bench_data import PROVINCE

from hbgeo.measure.distance import nearest

PLACES, FACILITIES, ROUNDS = 1_000_000, 5_000, 5
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


def main() -> None:
    """Run both in turn, each in a process of its own, and print medians and errors."""
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
