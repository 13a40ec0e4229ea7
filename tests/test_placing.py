"""Where a row stands: by its point, by the unit it names, and what happens where these differ."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hbgeo.measure import placing
from hbgeo.measure.locate import INSIDE, NAMED
from hbgeo.measure.placing import LayerPlacement, _touched, place, place_layer, placement_frames
from hbgeo.measure.placing import placement_from as from_frames
from hbgeo.read.table import LayerTable

DEGREE = 95_900.0  # metres of a degree of longitude at 30.5°N, about


def strips(n: int = 3) -> gpd.GeoDataFrame:
    """Units side by side, a degree wide, from 110°E."""
    boxes = [shapely.box(110 + i, 30, 111 + i, 31) for i in range(n)]
    codes = [f"42052{i}" for i in range(n)]
    return gpd.GeoDataFrame({"name": codes}, geometry=boxes, index=codes, crs="EPSG:4490")


def rows(*given: tuple[float, float, str]) -> pd.DataFrame:
    x, y, named = zip(*given, strict=True)
    return pd.DataFrame({"x": x, "y": y, "unit_code": named})


NOWHERE = (np.nan, np.nan)
CASES = {
    "a point alone": ((110.5, 30.5, ""), (0, INSIDE, False, False, 0)),
    "a point in no unit": ((119.5, 30.5, ""), (-1, INSIDE, False, False, -1)),
    "a name alone": ((*NOWHERE, "420521"), (1, NAMED, False, False, -1)),
    "a name nobody has": ((*NOWHERE, "429999"), (-1, NAMED, False, False, -1)),
    "half a point": ((110.5, np.nan, "420521"), (1, NAMED, False, False, -1)),
    "neither": ((*NOWHERE, ""), (-1, NAMED, False, False, -1)),
    "both, the same": ((111.5, 30.5, "420521"), (1, INSIDE, False, False, 1)),
    "499 m off": ((111 + 499 / DEGREE, 30.5, "420520"), (0, NAMED, True, False, 1)),
    "502 m off": ((111 + 502 / DEGREE, 30.5, "420520"), (-1, INSIDE, False, True, 1)),
    "far off": ((112.5, 30.5, "420520"), (-1, INSIDE, False, True, 2)),
    "outside all, near its own": ((109.999, 30.5, "420520"), (0, NAMED, True, False, -1)),
    "outside all, far from its own": ((109.5, 30.5, "420520"), (-1, INSIDE, False, True, -1)),
}


@pytest.mark.parametrize("what", CASES)
def test_a_row_by_hand(what: str) -> None:
    row, (owner, via, by_ledger, conflict, point_unit) = CASES[what]
    found = place(rows(row), strips())
    assert found.owner.tolist() == [owner]
    assert found.via.tolist() == [via]
    assert found.by_ledger.tolist() == [by_ledger]
    assert found.conflict.tolist() == [conflict]
    assert found.point_unit.tolist() == [point_unit]
    assert np.isnan(found.metres[0]) == (not (by_ledger or conflict))
    assert found.on_border.tolist() == [False]


def test_distances_are_those_to_the_unit_named() -> None:
    found = place(rows((111.01, 30.5, "420520"), (112.5, 30.5, "420520")), strips())
    assert found.metres.tolist() == pytest.approx([960, 144_000], rel=2e-3)


def test_of_approximate_units_the_name_always_wins() -> None:
    given = rows((112.5, 30.5, "420520"), (111.5, 30.5, ""), (119.5, 30.5, "420522"))
    found = place(given, strips(), approximate=True)
    assert found.owner.tolist() == [0, 1, 2]
    assert found.by_ledger.tolist() == [True, False, True]
    assert not found.conflict.any()


def test_on_a_border_the_unit_named_owns_it_and_no_ledger_is_overruled() -> None:
    found = place(rows((111.0, 30.5, "420521"), (111.0, 30.5, "")), strips())
    assert found.owner.tolist() == [1, 0]
    assert found.on_border.tolist() == [True, True]
    assert not found.by_ledger.any()


def test_units_without_shapes_own_what_names_them() -> None:
    bare = pd.DataFrame(strips().drop(columns="geometry"))
    found = place(rows((110.5, 30.5, ""), (110.5, 30.5, "420522")), bare)
    assert found.owner.tolist() == [-1, 2]
    assert found.via.tolist() == [NAMED, NAMED]
    pointless = place(pd.DataFrame({"unit_code": ["420521", ""]}), strips())
    assert pointless.owner.tolist() == [1, -1]
    assert place(pd.DataFrame({"name": ["甲"]}), strips()).owner.tolist() == [-1]


def test_some_rows_of_a_placement() -> None:
    found = place(rows((110.5, 30.5, ""), (112.5, 30.5, "420520"), (*NOWHERE, "420521")), strips())
    some = found.take(np.array([2, 1]))
    assert some.owner.tolist() == [1, -1]
    assert some.conflict.tolist() == [False, True]


def layer() -> LayerPlacement:
    counties, towns = strips(), strips(6)
    towns.index = [f"4205{20 + i // 2}10{i % 2}" for i in range(6)]
    towns["geometry"] = [shapely.box(110 + i / 2, 30, 110.5 + i / 2, 31) for i in range(6)]
    frame = pd.DataFrame(
        {
            "x": [110.25, 112.25, 110.75, np.nan],
            "y": [30.5, 30.5, 30.5, np.nan],
            "county_code": ["420520", "420520", "420520", "420522"],
            "township_code": ["", "", "420520100", "420522101"],
        }
    )
    units = {"county": LayerTable("county", counties), "township": LayerTable("township", towns)}
    return place_layer(frame, units, {})


def test_a_conflict_at_one_level_is_one_of_the_row() -> None:
    found = layer()
    assert found.placements["county"].owner.tolist() == [0, -1, 0, 2]
    assert found.placements["township"].owner.tolist() == [0, 4, -1, 5]
    assert found.placements["county"].conflict.tolist() == [False, True, False, False]
    assert found.placements["township"].conflict.tolist() == [False, False, True, False]
    assert found.conflict.tolist() == [False, True, True, False]


def test_a_layers_placement_comes_back_from_frames_and_grows_by_levels() -> None:
    found = layer()
    again = from_frames(placement_frames(found), found.frame)
    assert list(again.placements) == ["county", "township"]
    assert again.conflict.tolist() == found.conflict.tolist()
    for level, placement in found.placements.items():
        for name in placement.__dataclass_fields__:
            one, other = getattr(placement, name), getattr(again.placements[level], name)
            np.testing.assert_array_equal(one, other)
    alone = {level: LayerPlacement(found.frame, {level: found.placements[level]},
             found.placements[level].conflict) for level in found.placements}  # fmt: skip
    both = alone["county"].also(alone["township"])
    assert list(both.placements) == ["county", "township"]
    assert both.conflict.tolist() == [False, True, True, False]


def test_a_point_on_a_border_touches_the_countys_unit_of_the_smallest_code() -> None:
    units = gpd.GeoDataFrame(
        {"county_code": ["2", "1", "1", "1"]},
        geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(0, 1, 1, 2), shapely.box(5, 5, 6, 6)],
        index=["a", "c", "b", "d"],
    )  # fmt: skip
    corner, away = pd.Series({"x": 1.0, "y": 1.0}), pd.Series({"x": 9.0, "y": 9.0})
    assert [_touched(corner, units, county) for county in ("1", "2", "3")] == [2, 0, -1]
    assert _touched(away, units, "1") == -1


ONLY = {  # x, the county and the township it names → the township that owns it, of its county only
    "its county, and a point in it": ((110.75, "1", ""), ("b", False)),
    "its county, and a point in another": ((111.25, "1", ""), ("", True)),
    "its county, and no point": ((np.nan, "1", ""), ("", True)),
    "its county, and a point outside all": ((119.0, "1", ""), ("", True)),
    "nothing, and a point": ((111.25, "", ""), ("c", False)),
    "nothing at all": ((np.nan, "", ""), ("", False)),
    "nothing, and a point outside all": ((119.0, "", ""), ("", False)),
    "its township": ((np.nan, "1", "a"), ("a", False)),
    "a township far from its point": ((111.75, "2", "a"), ("", False)),
    "the county behind the border": ((111.0, "2", ""), ("c", False)),
    "the county before the border": ((111.0, "1", ""), ("b", False)),
    "neither county of the border": ((111.0, "3", ""), ("", True)),
    "a township nobody has": ((np.nan, "1", "z"), ("", False)),
}


@pytest.mark.parametrize("what", ONLY)
def test_a_row_that_names_only_its_county_is_of_no_other(what: str) -> None:
    (x, county, town), (owner, only) = ONLY[what]
    towns = strips(4).set_axis(list("abcd"))
    towns["geometry"] = [shapely.box(110 + i / 2, 30, 110.5 + i / 2, 31) for i in range(4)]
    towns["county_code"] = list("1122")
    frame = pd.DataFrame({"x": [x], "y": [30.5], "county_code": county, "township_code": town})
    found = place_layer(frame, {"township": LayerTable("township", towns)}, {})
    placed = found.placements["township"]
    assert [*towns.index, ""][placed.owner[0]] == owner
    assert placed.county_only.tolist() == [only]
    bare = frame.drop(columns="county_code")
    plain = place_layer(bare, {"township": LayerTable("township", towns)}, {})
    assert not plain.placements["township"].county_only.any()


def test_what_is_told_of_rows_is_kept_in_short_numbers_and_marks() -> None:
    kinds = {"owner": "int32", "via": "int8", "point_unit": "int32", "metres": "float64"}
    marks = dict.fromkeys(("on_border", "by_ledger", "conflict", "county_only"), "bool")
    for units in (strips(), pd.DataFrame(strips().drop(columns="geometry"))):
        found = vars(place(rows((110.5, 30.5, "420521"), (*NOWHERE, "")), units))
        assert {name: str(found[name].dtype) for name in found} == kinds | marks


def test_the_ledger_wins_up_to_the_very_last_of_five_hundred_metres(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    metres = np.array([500.0, np.nextafter(500.0, 501.0)])
    monkeypatch.setattr(placing, "metres_to_units", lambda *_: metres)
    found = place(rows((111.01, 30.5, "420520"), (111.01, 30.5, "420520")), strips())
    assert found.owner.tolist() == [0, -1]
    assert found.conflict.tolist() == [False, True]
