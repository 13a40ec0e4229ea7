"""Small population grids for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
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
