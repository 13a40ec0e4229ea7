"""Small population grids for tests, and an invented one for a whole workspace (示例)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import rasterio
from affine import Affine

TOP = 'title = "示例"\nas_of = 2023-12-31\nscheme = "MCA-2025"\n'


def write_grid(
    path: Path,
    values: Any,
    *,
    west: float = 110.0,
    north: float = 31.0,
    cell: float | tuple[float, float] = 0.1,
    crs: str | None = "EPSG:4490",
    nodata: float | None = None,
    **more: Any,
) -> Path:
    """Write a GeoTIFF: rows of numbers, or bands of them; `cell` is its width, or width and height."""
    array = np.asarray(values)
    bands = array if array.ndim == 3 else array[None]
    wide, high = cell if isinstance(cell, tuple) else (cell, cell)
    place = more.pop("transform", Affine(wide, 0, west, 0, -high, north))
    colours, tell = more.pop("colormap", None), more.pop("descriptions", None)
    profile = {"driver": "GTiff", "dtype": bands.dtype, "count": len(bands), "crs": crs}
    profile |= {"height": bands.shape[1], "width": bands.shape[2], "nodata": nodata}
    profile |= {} if place is None else {"transform": place}
    with rasterio.open(path, "w", **(profile | more)) as file:
        file.write(bands)
        for band, text in enumerate(tell or (), 1):
            file.set_band_description(band, text)
        if colours:
            file.write_colormap(1, colours)
    return path


def make_people(
    path: Path, places: pd.DataFrame, *, cell: float = 1 / 120, seed: int = 420000
) -> Path:
    """Write an invented grid (示例): the people of `places` (x, y, people) about their points.

    Each place's people live within some cells of it; whole persons, so that totals come out even.
    """
    rng = np.random.default_rng(seed)
    known = places.dropna(subset=["x", "y", "people"])
    people = known["people"].to_numpy(float).astype(np.int64)
    west, south = known["x"].min() - 0.1, known["y"].min() - 0.1
    width = int((known["x"].max() + 0.1 - west) / cell) + 1
    height = int((known["y"].max() + 0.1 - south) / cell) + 1
    north = south + height * cell
    homes = np.repeat(np.arange(len(known)), 12)
    x = known["x"].to_numpy()[homes] + rng.normal(0, 1.2 * cell, len(homes))
    y = known["y"].to_numpy()[homes] + rng.normal(0, 1.2 * cell, len(homes))
    share = people[homes] // 12 + (np.arange(len(homes)) % 12 < people[homes] % 12)
    column = np.clip((x - west) // cell, 0, width - 1).astype(int)
    row = np.clip((north - y) // cell, 0, height - 1).astype(int)
    grid = np.zeros((height, width), dtype=np.float32)
    np.add.at(grid, (row, column), share)
    tags = {"compress": "deflate", "nodata": -1}
    return write_grid(path, grid, west=west, north=north, cell=cell, **tags)
