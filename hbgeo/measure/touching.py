"""Which units touch: pairs of codes, told from their shapes."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely


def touching_units(units: pd.DataFrame) -> list[tuple[str, str]]:
    """Tell which units share a stretch or a corner of their borders.

    Parameters
    ----------
    units
        Indexed by code, with `geometry` in CGCS2000. Points and empty shapes touch nothing.

    Returns
    -------
    pairs
        Each pair once, the smaller code first, in the order of the codes.
    """
    if "geometry" not in units:
        return []
    shapes = gpd.GeoSeries(units["geometry"]).to_numpy()
    codes = units.index.to_numpy(object)
    real = np.flatnonzero(shapely.get_dimensions(shapes) == 2)
    one, other = shapely.STRtree(shapes[real]).query(shapes[real], predicate="intersects")
    pairs = zip(codes[real[one]].tolist(), codes[real[other]].tolist(), strict=True)
    return sorted((a, b) for a, b in pairs if a < b)
