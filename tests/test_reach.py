"""How far: held to geodesics from every place to every facility."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer
from shapely import Polygon, box

from hbgeo.errors import HbgeoError
from hbgeo.measure import distance
from hbgeo.measure.basis import Basis
from hbgeo.measure.distance import (
    TIE_M,
    _may_be_twins,
    _nearest_by_chord,
    _one_a_place,
    arc,
    ecef,
    has_point,
    k_nearest,
    nearest,
    within,
)
from hbgeo.measure.network import costs_between, costs_of_table, make_network
from hbgeo.measure.reach import by_cost, by_radii, by_radius, geodesic_costs

GRS80 = Geod(ellps="GRS80")


def points(x: list[float], y: list[float], prefix: str = "f") -> pd.DataFrame:
    return pd.DataFrame({"x": x, "y": y}, index=[f"{prefix}{k}" for k in range(len(x))])


def scattered(rng: np.random.Generator, n: int, spread: float) -> pd.DataFrame:
    return points(
        list(112 + rng.uniform(-spread, spread, n)), list(31 + rng.uniform(-spread, spread, n))
    )


def geodesics(places: pd.DataFrame, facilities: pd.DataFrame) -> np.ndarray:
    n, m = len(places), len(facilities)
    a, b = np.repeat(places[["x", "y"]].to_numpy(), m, 0), np.tile(facilities[["x", "y"]], (n, 1))
    return np.asarray(GRS80.inv(a[:, 0], a[:, 1], b[:, 0], b[:, 1])[2]).reshape(n, m)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    n=st.integers(1, 30),
    m=st.integers(1, 30),
    spread=st.sampled_from([1e-7, 1e-3, 0.1, 5, 30]),
)
def test_nearest_matches_every_geodesic(seed: int, n: int, m: int, spread: float) -> None:
    rng = np.random.default_rng(seed)
    places, facilities = scattered(rng, n, spread), scattered(rng, m, spread)
    found = nearest(places, facilities)
    metres = geodesics(places, facilities)
    best = metres.min(axis=1)
    assert found.index.equals(places.index)
    np.testing.assert_allclose(found["metres"], best, rtol=1e-6, atol=3e-6)
    # the facility named is the one whose distance is given
    own = metres[np.arange(n), found["facility"].to_numpy()]
    np.testing.assert_allclose(found["metres"], own, rtol=1e-6, atol=3e-6)


def test_nearest_by_hand() -> None:
    found = nearest(points([112.0], [30.0], "p"), points([112.01, 112.0], [30.0, 30.01]))
    # 0.01° is 965 m along the parallel of 30° and 1,109 m along the meridian
    assert found["facility"].tolist() == [0]
    assert found["metres"].tolist() == pytest.approx([964.9], abs=0.2)


def test_of_equally_near_facilities_the_smallest_label_is_taken() -> None:
    twins = pd.DataFrame({"x": [112.1] * 5, "y": [30.0] * 5}, index=list("edacb"))
    assert nearest(points([112.0], [30.0], "p"), twins)["facility"].tolist() == [2]


def test_a_place_amid_four_facilities_takes_the_smallest_label() -> None:
    corners = pd.DataFrame(
        {"x": [111.99, 112.01, 111.99, 112.01], "y": [0.01, -0.01, -0.01, 0.01]}, index=list("cbda")
    )
    assert nearest(points([112.0], [0.0], "p"), corners)["facility"].tolist() == [3]


@pytest.mark.parametrize("seed", range(5))
def test_ties_go_to_the_smallest_label_in_whatever_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    grid = [(114 + i / 100, 30 + j / 100) for i in range(4) for j in range(4)] * 3  # thrice each
    labels = [f"F{k:02d}" for k in rng.permutation(len(grid))]
    rows = pd.DataFrame(grid, columns=["x", "y"], index=labels)
    rows = rows.iloc[rng.permutation(len(rows))]
    places = pd.DataFrame({"x": [114.0, 114.03], "y": [30.0, 30.02]})
    found = rows.index[nearest(places, rows)["facility"]]
    here = [rows.index[(rows["x"] == x) & (rows["y"] == y)] for x, y in places.to_numpy()]
    assert found.tolist() == [min(labels) for labels in here]


def test_nearest_across_the_180th_meridian() -> None:
    found = nearest(points([179.99], [10.0], "p"), points([-179.99, 179.9], [10.0, 10.0]))
    assert found["facility"].tolist() == [0]
    assert found["metres"].tolist() == pytest.approx([GRS80.inv(179.99, 10, -179.99, 10)[2]])


def test_places_and_facilities_without_points_are_near_to_nothing() -> None:
    found = nearest(points([112, np.nan], [30, 30], "p"), points([np.nan, 112], [30, 30]))
    assert found["facility"].tolist() == [1, -1]
    assert found["metres"].iloc[0] == 0
    assert np.isnan(found["metres"].iloc[1])
    nowhere = nearest(points([112], [30], "p"), points([np.nan], [30]))
    assert nowhere["facility"].tolist() == [-1]
    assert nearest(points([], [], "p"), points([112], [30])).empty
    assert nearest(points([112], [30], "p"), pd.DataFrame({"name": ["x"]}))["facility"].item() == -1


def test_a_village_is_within_the_radius_wholly_or_not_at_all() -> None:
    villages = points([112.0, 112.02], [30.0, 30.0], "v")
    villages["name"] = ["甲村", "乙村"]
    coverage = by_radius(villages, points([112.01], [30.001]), 1000.0)
    assert coverage.units["covered"].tolist() == [1, 1]
    coverage = by_radius(villages, points([112.005], [30.0]), 1000.0)
    assert coverage.units["via"].tolist() == [
        "inside" if covered else "" for covered in coverage.units["covered"]
    ]
    assert "inside" in set(coverage.links["via"])
    assert coverage.units["covered"].tolist() == [1, 0]
    assert coverage.pct == 50


def square(side_m: float) -> gpd.GeoDataFrame:
    """A square of the given side in the equal-area plane, about 112° E 31° N."""
    flat = Transformer.from_crs(
        "EPSG:4490", "+proj=laea +lat_0=31 +lon_0=112 +ellps=GRS80", always_xy=True
    )
    h = side_m / 2
    ring = shapely.get_coordinates(shapely.segmentize(box(-h, -h, h, h), side_m / 50))
    lon, lat = flat.transform(ring[:, 0], ring[:, 1], direction="INVERSE")
    shape = Polygon(np.column_stack([lon, lat]))
    return gpd.GeoDataFrame({"name": ["甲"], "geometry": [shape]}, index=["1"], crs="EPSG:4490")


def test_share_of_a_polygon_within_the_radius_is_the_disc_over_the_square() -> None:
    coverage = by_radius(square(10_000), points([112.0], [31.0]), 3000.0)
    assert coverage.units["covered"].item() == pytest.approx(np.pi * 9 / 100, rel=2e-3)
    assert coverage.units["facilities"].item() == 1


def test_discs_that_overlap_are_counted_once() -> None:
    one = by_radius(square(10_000), points([112.0], [31.0]), 3000.0).units["covered"].item()
    three = by_radius(square(10_000), points([112.0] * 3, [31.0] * 3), 3000.0).units
    assert three["covered"].item() == pytest.approx(one, rel=1e-12)
    assert three["facilities"].item() == 3


def test_a_wide_radius_covers_all_and_a_far_facility_none() -> None:
    assert by_radius(square(10_000), points([112.0], [31.0]), 9e3).units["covered"].item() == 1
    assert by_radius(square(10_000), points([113.0], [31.0]), 9e3).units["covered"].item() == 0
    assert by_radius(square(10_000), points([], []), 9e3).units["covered"].item() == 0


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_share_matches_points_thrown_at_random(seed: int) -> None:
    rng = np.random.default_rng(seed)
    units = square(20_000)
    facilities = scattered(rng, 6, 0.12)
    got = by_radius(units, facilities, 4000.0).units["covered"].item()
    west, south, east, north = units.total_bounds
    thrown = points(list(rng.uniform(west, east, 4000)), list(rng.uniform(south, north, 4000)), "p")
    inside = shapely.intersects_xy(units["geometry"].iloc[0], thrown["x"], thrown["y"])
    hit = geodesics(thrown[inside], facilities).min(axis=1) <= 4000.0
    assert got == pytest.approx(hit.mean(), abs=0.035)  # four standard errors


def test_units_keep_their_order_and_a_weight_weighs() -> None:
    units = pd.concat([square(4_000), square(4_000)]).set_axis(["b", "a"])
    units["population"] = [10, 30]
    coverage = by_radius(units, points([112.0], [31.0]), 1e4, weight="population")
    assert coverage.units.index.tolist() == ["b", "a"]
    assert coverage.pct == 100
    assert coverage.share.total == 40


def test_two_as_far_to_the_micrometre_are_a_tie_and_the_smaller_label_wins() -> None:
    place = np.zeros((1, 3))
    for second, wanted in ((2 * TIE_M, 1), (2.0001 * TIE_M, 0)):
        sites = np.array([[TIE_M, 0, 0], [second, 0, 0]])
        best, chord = _nearest_by_chord(place, sites, pd.Index(["乙", "B"]))
        assert (best.tolist(), chord.tolist()) == ([wanted], [TIE_M])


def test_few_are_looked_at_one_by_one_as_a_tree_finds_them(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(7)
    for step in (1e-9, 0.5):  # degrees to which places are rounded: hardly any tie, and many
        x, y = (np.round(rng.uniform(lo, lo + 6, 700) / step) * step for lo in (110, 29))
        few, many = ecef(x[:300], y[:300]), ecef(x[300:] + 0.25, y[300:])
        labels = pd.Index([f"{n:03}" for n in rng.permutation(400)])
        monkeypatch.setattr(distance, "_AT_ONCE", 1000)  # several at a time, the last ones fewer
        monkeypatch.setattr(distance, "_FEW", len(few) * len(many))
        best, chord = _nearest_by_chord(few, many, labels)
        monkeypatch.setattr(distance, "_FEW", 0)
        pick, by_tree = _nearest_by_chord(few, many, labels)
        assert (best.tolist(), chord.tolist()) == (pick.tolist(), by_tree.tolist())


def test_a_disc_has_the_area_of_the_geodesic_one() -> None:
    covered = by_radius(square(10_000), points([112.0], [31.0]), 3000.0).units["covered"].item()
    assert covered == pytest.approx(np.pi * 0.09, rel=1e-6)


def test_a_short_geodesic_is_reckoned_to_a_milliardth_and_a_long_one_as_pyproj_has_it() -> None:
    metres = np.repeat([1.0, 1e3, 1e5, 3e5, 3.99e5, 4.01e5, 5e6], 36)
    way = np.tile(np.arange(0.0, 360.0, 10.0), 7)
    for lat in (0.0, 31.0, -60.0):
        lon, south = np.full(len(way), 112.0), np.full(len(way), lat)
        x, y, _ = GRS80.fwd(lon, south, way, metres)
        chord = np.linalg.norm(ecef(lon, south) - ecef(x, y), axis=1)
        np.testing.assert_allclose(arc(lon, south, x, y, chord), metres, rtol=2e-9, atol=1e-8)


def test_the_other_end_of_the_earth_is_half_a_meridian_away() -> None:
    found = nearest(points([0.0], [0.0], "p"), points([180.0], [0.0]))
    assert found["metres"].item() == pytest.approx(20_003_931.4586, abs=1e-3)


def test_of_many_facilities_of_one_label_at_one_place_the_first_is_taken() -> None:
    twins = pd.DataFrame({"x": 112.1, "y": 30.0}, index=["b"] * 40 + ["a"] * 40)
    assert nearest(points([112.0], [30.0], "p"), twins)["facility"].tolist() == [40]


def test_a_polygon_says_how_many_discs_touch_it_and_none_of_which_says_no_way() -> None:
    units = pd.concat([square(4_000), square(4_000)]).set_axis(["b", "a"])
    units["geometry"] = [units["geometry"].iloc[0], shapely.transform(units["geometry"].iloc[0], lambda xy: xy + 1)]  # fmt: skip
    given = Basis(used=7, by_ledger=3)
    made = by_radius(
        units, points([112.0, 112.01, 119.0], [31.0] * 3), 3e3, basis=given, indicator="x"
    )
    assert made.units[["facilities", "via"]].to_numpy().tolist() == [[2, "inside"], [0, ""]]
    assert (made.indicator, made.method, made.basis) == ("x", "reach", given)
    assert by_radius(units, points([112.0], [31.0]), 3e3).basis == Basis(used=1)
    bare = units.assign(population=[1.0, np.nan])
    weighed = by_radius(bare, points([112.0], [31.0]), 3e3, weight="population")
    assert weighed.basis.unweighted == ("a",)
    places = points([112.0, 113.0], [31.0, 31.0], "v").assign(name="村", population=[np.nan, 2.0])
    named = by_radius(places, points([112.0], [31.0]), 3e3, weight="population", indicator="y")
    assert named.units["facilities"].tolist() == [1, 0]
    assert (named.indicator, named.method, len(named.basis.unweighted)) == ("y", "reach", 1)


def test_of_several_at_one_place_the_smallest_label_stands_for_all() -> None:
    x, y = [111.1, 111.1, 111.2, 111.1, np.nan, 111.3], [30.0, 30, 30, 30, 30, 30]
    frame = pd.DataFrame({"x": x, "y": y}, index=["c", "a", "d", "b", "e", "d"])
    assert _one_a_place(frame).tolist() == [1, 2, 5]
    assert _one_a_place(frame.iloc[[2, 5]]).tolist() == [0, 1]
    assert _one_a_place(frame.iloc[[4]]).tolist() == []


def test_a_table_without_points_has_none_and_half_a_point_is_none() -> None:
    frame = pd.DataFrame({"x": [1.0, np.nan, 1.0], "y": [2.0, 2.0, np.nan]})
    assert has_point(frame).tolist() == [True, False, False]
    none = has_point(frame[["y"]])
    assert (none.tolist(), none.dtype) == ([False] * 3, bool)


def test_pairs_within_match_every_geodesic() -> None:
    rng = np.random.default_rng(4)
    places, facilities = scattered(rng, 40, 0.2), scattered(rng, 30, 0.2)
    places.iloc[3, 0] = np.nan
    metres = geodesics(places.fillna(0), facilities)
    metres[3] = np.inf
    place, facility, got = within(places, facilities, 15_000.0)
    wanted = np.argwhere(metres <= 15_000)
    np.testing.assert_array_equal(np.column_stack([place, facility]), wanted)
    np.testing.assert_allclose(got, metres[place, facility], rtol=1e-8)
    assert within(places, facilities.iloc[:0], 9.0)[0].tolist() == []


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), k=st.integers(1, 6), m=st.integers(1, 9))
def test_the_k_nearest_are_those_of_a_sorted_list(seed: int, k: int, m: int) -> None:
    rng = np.random.default_rng(seed)
    grid = rng.integers(0, 3, (m, 2)) / 100 + (112, 30)  # many at one place
    facilities = pd.DataFrame(grid, columns=["x", "y"], index=[f"F{j}" for j in rng.permutation(m)])
    places = pd.DataFrame(np.add(rng.uniform(0, 0.03, (5, 2)), [112, 30]), columns=["x", "y"])
    facility, metres = k_nearest(places, facilities, k)
    every = geodesics(places, facilities)
    for i, far in enumerate(every):
        wanted = sorted(range(m), key=lambda j: (round(far[j], 4), facilities.index[j]))[:k]
        assert facility[i].tolist() == [*wanted, *[-1] * (k - len(wanted))]
        np.testing.assert_allclose(metres[i, : len(wanted)], far[wanted], rtol=1e-8, atol=1e-5)
    assert facility[:, 0].tolist() == nearest(places, facilities)["facility"].tolist()


def geodesic_share(shape: shapely.Geometry, facilities: pd.DataFrame, radius: float) -> float:
    """Share of a polygon in discs with a corner each metre of arc, its area by pyproj on the ellipsoid."""
    n = int(2 * np.pi * radius)
    discs = []
    for x, y in facilities[["x", "y"]].to_numpy():
        lon, lat, _ = GRS80.fwd(np.full(n, x), np.full(n, y), np.arange(n) * 360 / n, np.full(n, radius))  # fmt: skip
        discs.append(shapely.polygons(np.column_stack([lon, lat])))
    fine = shapely.segmentize(shape, 0.001)
    both = shapely.intersection(fine, shapely.union_all(discs))
    area = [abs(GRS80.geometry_area_perimeter(g)[0]) for g in (both, fine)]
    return area[0] / area[1]


CORNERS = [(108.4, 29.1), (108.0, 33.2), (111.0, 31.2), (113.98, 30.5), (116.0, 29.1), (116.1, 33.2), (114.0, 32.0)]  # fmt: skip


@pytest.mark.parametrize("radius", [1000.0, 5000.0, 20_000.0])
def test_shares_are_those_of_geodesic_discs_all_over_hubei_and_across_zones(radius: float) -> None:
    """20 units: at the corners of the province, its middle, and upon the meridians of zones."""
    rng = np.random.default_rng(int(radius))
    shapes, sites = [], []
    for k in range(20):
        x, y = np.array(CORNERS[k % len(CORNERS)]) + rng.uniform(-0.2, 0.2, 2)
        turn = np.sort(rng.uniform(0, 2 * np.pi, 9))
        size = rng.uniform(0.02, 0.09, (9, 1)) * max(1, radius / 8000)
        ring = np.column_stack([np.cos(turn), np.sin(turn)]) * size + (x, y)
        shapes.append(shapely.convex_hull(shapely.MultiPoint(ring)))
        sites.append(rng.uniform(-0.07, 0.07, (4, 2)) * max(1, radius / 8000) + (x, y))
    units = gpd.GeoDataFrame({"name": "甲", "geometry": shapes}, crs="EPSG:4490")
    facilities = points(*np.concatenate(sites).T.tolist())
    got = by_radius(units, facilities, radius).units["covered"]
    for k, shape in enumerate(shapes):
        mine = facilities[shapely.distance(shape, shapely.points(facilities[["x", "y"]])) < 0.4]
        assert 100 * got.iloc[k] == pytest.approx(100 * geodesic_share(shape, mine, radius), abs=0.01)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), places=st.booleans())
def test_a_larger_radius_or_another_facility_never_covers_less(seed: int, *, places: bool) -> None:
    rng = np.random.default_rng(seed)
    units = scattered(rng, 12, 0.1).assign(name="村") if places else square(15_000)
    facilities = scattered(rng, 6, 0.1)
    radii = np.sort(rng.uniform(100, 12_000, 4)).tolist()
    made = by_radii(units, facilities, radii)
    cover = np.array([c.units["covered"].to_numpy() for c in made])
    assert (np.diff(cover, axis=0) >= -1e-12).all()
    fewer = by_radii(units, facilities.iloc[:3], radii)
    assert all((f.units["covered"] <= m.units["covered"] + 1e-12).all() for f, m in zip(fewer, made, strict=True))  # fmt: skip
    for one, radius in zip(made, radii, strict=True):
        pd.testing.assert_frame_equal(one.units, by_radius(units, facilities, radius).units)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), radius=st.floats(1, 60_000))
def test_geodesic_costs_reproduce_the_radius(seed: int, radius: float) -> None:
    rng = np.random.default_rng(seed)
    villages = scattered(rng, 15, 0.3).assign(name="村", population=rng.integers(0, 99, 15).astype(float))  # fmt: skip
    facilities = scattered(rng, 5, 0.3)
    costs = geodesic_costs(villages, facilities, radius)
    by = by_cost(villages, facilities, costs, radius, weight="population")
    straight = by_radius(villages, facilities, radius, weight="population")
    assert by.units["covered"].tolist() == straight.units["covered"].tolist()
    assert by.share == straight.share
    order = rng.permutation(15)  # nor does the order of rows matter
    again = by_radius(villages.iloc[order], facilities.iloc[::-1], radius, weight="population")
    assert again.units["covered"].reindex(villages.index).tolist() == straight.units["covered"].tolist()  # fmt: skip
    assert again.share == straight.share


def test_minutes_of_a_table_and_of_roads_cover_who_is_within_them() -> None:
    villages = points([112.0, 112.01, 112.02], [30.0, 30.0, 30.0], "v").assign(name="村")
    sites = points([112.0], [30.0])
    rows = pd.DataFrame({"place": ["v0", "v1", "v2"], "facility": "f0", "minutes": [0.0, 15, 15.1]})
    made = by_cost(villages, sites, costs_of_table(rows, villages.index, sites.index), 15)
    assert made.units["covered"].tolist() == [1, 1, 0]
    assert made.links["unit"].tolist() == ["v0", "v1"]
    straight = by_cost(villages, sites, rows, 15)  # the table itself will do
    pd.testing.assert_frame_equal(straight.units, made.units)
    metres = rows.rename(columns={"minutes": "metres"})
    assert by_cost(villages, sites, metres, 15).pct == made.pct
    for cell in (-1.0, np.nan):
        with pytest.raises(
            HbgeoError, match=r"路程表第 1 行（v0 到 f0）的 minutes “.*”应为 0 以上的数"
        ):
            by_cost(villages, sites, rows.assign(minutes=[cell, 1, 1]), 15)
    with pytest.raises(HbgeoError, match="路程表没有 minutes 列"):
        by_cost(villages, sites, rows[["place", "facility"]], 15)
    line = shapely.LineString([(112.0, 30.0), (112.02, 30.0)])
    road = gpd.GeoDataFrame({"speed_kmh": [60.0]}, geometry=[line], crs="EPSG:4490")
    costs = costs_between(make_network(road), villages, sites, limit=5)
    assert by_cost(villages, sites, costs, 1).units["covered"].tolist() == [
        1,
        1,
        0,
    ]  # 965 m a minute
    assert by_cost(villages, sites, costs, 5).pct == 100


@pytest.mark.parametrize("radius", [0, -1, np.nan, np.inf, 2_000_001])
def test_what_is_no_radius_is_refused(radius: float) -> None:
    villages, sites = points([112.0], [30.0], "v").assign(name="村"), points([112.0], [30.0])
    with pytest.raises(HbgeoError, match="应大于 0、不超过 2000000"):
        by_radius(villages, sites, radius)
    with pytest.raises(HbgeoError, match="应大于 0"):
        geodesic_costs(villages, sites, radius)
    costs = geodesic_costs(villages, sites, 500)
    with pytest.raises(HbgeoError, match="应大于 0、不超过路程表的 500"):
        by_cost(villages, sites, costs, radius)
    with pytest.raises(HbgeoError, match="不是同一批"):
        by_cost(villages.iloc[:0], sites, costs, 100)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.0, -0.0, 111.1, 30.5]), st.sampled_from([30.0, 111.1, -0.0, 0.0])
        )
    )
)
def test_nobody_who_shares_a_place_is_missed(places: list[tuple[float, float]]) -> None:
    x, y = np.array(places, dtype=float).reshape(-1, 2).T
    assert _may_be_twins(x, y).tolist() == [places.count(place) > 1 for place in places]


def test_places_converted_piece_by_piece_are_those_converted_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    x, y = np.random.default_rng(3).uniform(29, 116, (2, 5003))
    whole = ecef(x, y)
    monkeypatch.setattr(distance, "_STEP", 64)
    assert (ecef(x, y).view(np.uint64) == whole.view(np.uint64)).all()
