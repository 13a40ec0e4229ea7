"""Invented units and points for the benchmarks: the same ones each time, none of them a real place."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]

OCTAVES = 5
STEEPNESS = 0.9  # below 1 the warp folds nothing over: a valid coverage stays one


@dataclass(frozen=True)
class Region:
    """A rectangle of longitudes and latitudes, its number of units and of their vertices."""

    name: str
    units: int
    vertices: int
    box: tuple[float, float, float, float]


PROVINCE = Region("province", 1_250, 480_000, (108.3, 29.0, 116.2, 33.3))
NATION = Region("nation", 40_000, 7_000_000, (75.0, 20.0, 134.0, 52.0))


def make_units(region: Region, seed: int = 42) -> gpd.GeoDataFrame:
    """Make a valid coverage with winding borders that neighbours share vertex for vertex.

    Voronoi cells whose sides are cut into short pieces, then bent by a smooth one-to-one warp.
    """
    rng = np.random.default_rng(seed)
    west, south, east, north = region.box
    size = np.sqrt((east - west) * (north - south) / region.units)
    edge = 4 * size  # outer cells have no far side: make more, keep those within
    area = (east - west + 2 * edge) * (north - south + 2 * edge)
    n = round(area / size**2)
    seeds = np.column_stack(
        [rng.uniform(west - edge, east + edge, n), rng.uniform(south - edge, north + edge, n)]
    )
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(seeds), ordered=True))
    middle = np.abs(seeds - [(west + east) / 2, (south + north) / 2])
    out = np.max(middle / [(east - west) / 2, (north - south) / 2], axis=1)
    kept = np.sort(np.argsort(out)[: region.units])
    shapes = _cut_and_warp(cells[kept], region.vertices, size, rng)
    codes = [f"{code:06d}" for code in rng.permutation(region.units) + 100_000]
    names = [f"示例{code}" for code in codes]
    return gpd.GeoDataFrame({"name": names, "geometry": shapes}, index=codes, crs="EPSG:4490")


def make_points(units: gpd.GeoDataFrame, n: int, seed: int = 7) -> tuple[Floats, Floats, int]:
    """Make n points, in no order: 70 % about the units' middles, the rest anywhere or on borders.

    Returns
    -------
    x, y, on_border
        `on_border` is how many were put on vertices (exactly) or middles of sides (nearly).
    """
    rng = np.random.default_rng(seed)
    rings = shapely.get_rings(units["geometry"].to_numpy())
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    on_border = min(n // 20, 25_000)
    at = rng.integers(0, len(corners) - 1, on_border)
    at = at[ring[at] == ring[at + 1]]
    half = len(at) // 2
    border = np.vstack([corners[at[:half]], (corners[at[half:]] + corners[at[half:] + 1]) / 2])
    middles = shapely.get_coordinates(shapely.centroid(units["geometry"].to_numpy()))
    low, high = corners.min(0), corners.max(0)
    spread = np.sqrt(np.prod(high - low) / len(units)) / 4
    towns = middles[rng.integers(0, len(middles), int(0.7 * n))]
    towns = towns + rng.normal(0, spread, towns.shape)
    anywhere = rng.uniform(low, high, (n - len(towns) - len(border), 2))
    points = rng.permutation(np.vstack([towns, anywhere, border]))
    return points[:, 0].copy(), points[:, 1].copy(), len(border)


def _cut_and_warp(
    cells: NDArray[np.object_], vertices: int, size: float, rng: np.random.Generator
) -> NDArray[np.object_]:
    corners, cell = shapely.get_coordinates(cells, return_index=True)
    start = np.flatnonzero(cell[:-1] == cell[1:])
    a, b = corners[start], corners[start + 1]
    flip = (a[:, 0] > b[:, 0]) | ((a[:, 0] == b[:, 0]) & (a[:, 1] > b[:, 1]))
    low, high = np.where(flip[:, None], b, a), np.where(flip[:, None], a, b)
    length = np.hypot(*(high - low).T)
    pieces = np.maximum(1, np.round(length * vertices / length.sum())).astype(int)
    side = np.repeat(np.arange(len(start)), pieces)
    step = np.arange(len(side)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    step = np.where(flip[side], pieces[side] - step, step)
    share = (step / pieces[side])[:, None]
    made = low[side] + share * (high[side] - low[side])
    made[share[:, 0] == 1] = high[side[share[:, 0] == 1]]
    # bend each place once: two neighbours' copies of it must stay the same to the last bit
    place, back = np.unique(made, axis=0, return_inverse=True)
    bent = np.round(_warp(place, size, rng), 9)[back]
    return np.asarray(shapely.polygons(shapely.linearrings(bent, indices=cell[start][side])))


def _warp(place: Floats, size: float, rng: np.random.Generator) -> Floats:
    """Shift each place by waves from the size of a unit downwards."""
    shift = np.zeros_like(place)
    for octave in range(OCTAVES):
        wave = 2 * np.pi * 2**octave / (2 * size)
        for axis in (0, 1):
            turn, late = rng.uniform(0, np.pi), rng.uniform(0, 2 * np.pi)
            along = place @ [np.cos(turn), np.sin(turn)]
            shift[:, axis] += STEEPNESS / (2 * OCTAVES * wave) * np.sin(wave * along + late)
    return place + shift
