"""How many points of a crowded layer stand in each unit."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from hbgeo.read.table import LayerTable
from hbgeo.show.page.crowd import CROWD, count_crowds
from hbgeo.show.page.layer import PageLayer, make_layer


def units() -> dict[str, pd.DataFrame]:
    """Three townships in two counties, and the counties in another order."""
    boxes = [shapely.box(110 + n, 30, 111 + n, 31) for n in range(3)]
    towns = gpd.GeoDataFrame(
        index=["420528101", "420528102", "420529101"], geometry=boxes, crs=4490
    )
    towns["county_code"] = [code[:6] for code in towns.index]
    shapes = [boxes[2], shapely.union_all(boxes[:2])]
    counties = gpd.GeoDataFrame(index=["420529", "420528"], geometry=shapes, crs=4490)
    return {"county": counties, "township": towns}


def layer(x: np.ndarray) -> PageLayer:
    """Signs at these longitudes."""
    frame = pd.DataFrame({"x": x, "y": 30.5, "status": "完好"})
    return make_layer("sign", LayerTable("sign", frame, title="示例", schema="sign"))


def test_each_level_sums_up_what_its_units_hold() -> None:
    x = np.r_[np.full(2000, 110.5), np.full(1500, 111.5), np.full(7, 112.5), 119.0, np.nan]
    counts = count_crowds({"sign": layer(x)}, units(), None)
    assert counts == {"sign": {"county": [7, 3500], "township": [2000, 1500, 7]}}


def test_a_layer_that_is_no_carpet_is_drawn_point_by_point() -> None:
    assert count_crowds({"sign": layer(np.full(CROWD, 110.5))}, units(), None) == {}
    assert "sign" in count_crowds({"sign": layer(np.full(CROWD + 1, 110.5))}, units(), None)


def test_without_polygons_there_are_no_counts() -> None:
    assert count_crowds({"sign": layer(np.full(CROWD + 1, 110.5))}, {}, None) == {}


def test_a_point_on_a_border_is_counted_once() -> None:
    x = np.full(CROWD + 5, 111.0)
    counts = count_crowds({"sign": layer(x)}, units(), None)
    assert counts["sign"]["township"] == [CROWD + 5, 0, 0]
