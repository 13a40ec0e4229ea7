"""Which unit holds each point: held to a brute force over prepared geometries, unit by unit."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyproj import Geod
from shapely import MultiPolygon, Polygon, box

from hbgeo.errors import LayerError
from hbgeo.measure.grid import table
from hbgeo.measure.locate import INSIDE, NAMED, UnitIndex, find_units, metres_to_units
from hbgeo.measure.placing import place

Floats = NDArray[np.float64]
Rng = np.random.Generator

WEST, SOUTH, EAST, NORTH = 108.0, 29.0, 117.0, 34.0


# --- the slow truth -------------------------------------------------------------------------


def held_by(units: pd.DataFrame, x: Floats, y: Floats) -> NDArray[np.bool_]:
    """One row a unit, one column a point: does any part of the unit hold or touch it?"""
    finite = np.isfinite(x) & np.isfinite(y)
    holds = np.zeros((len(units), len(x)), dtype=bool)
    for row, shape in enumerate(units["geometry"]):
        for part in shapely.get_parts(np.asarray([shape])):
            own = shapely.from_wkb(shapely.to_wkb(part))  # nobody else's prepared geometry
            shapely.prepare(own)
            holds[row, finite] |= shapely.intersects_xy(own, x[finite], y[finite])
    return holds


def rule(
    units: pd.DataFrame, holds: NDArray[np.bool_], named: Sequence[str] | None = None
) -> tuple[list[int], list[bool]]:
    """The rule, word for word, one point at a time."""
    codes = list(units.index)
    owners, shared = [], []
    for k, column in enumerate(holds.T):
        touching = sorted(np.flatnonzero(column), key=lambda u: codes[u])
        owner = touching[0] if touching else -1
        if named is not None and len(touching) > 1 and named[k] in {codes[u] for u in touching}:
            owner = codes.index(named[k])
        owners.append(int(owner))
        shared.append(len(touching) > 1)
    return owners, shared


def slow_owners(units: pd.DataFrame, x: Floats, y: Floats) -> list[int]:
    return rule(units, held_by(units, x, y))[0]


def assert_exact(
    units: pd.DataFrame, x: Floats, y: Floats, names: Sequence[Sequence[str] | None] = (None,)
) -> None:
    holds = held_by(units, x, y)
    for index in both_ways(units):
        for named in names:
            want, want_shared = rule(units, holds, named)
            positions = None if named is None else units.index.get_indexer(pd.Index(named))
            owner, shared = index.owners(x, y, named=positions)
            assert owner.dtype == np.int32
            assert owner.tolist() == want
            assert shared.tolist() == want_shared
            assert index.query(x, y, named=named).tolist() == want


def both_ways(units: pd.DataFrame) -> list[UnitIndex]:
    """One index that looks points up in a grid, one that asks the tree of boxes."""
    with_grid = UnitIndex.from_bytes(units, UnitIndex(units).to_bytes())
    with_tree = UnitIndex(units)
    with_tree._parts._worth = np.inf
    return [with_grid, with_tree]


# --- random coverages -----------------------------------------------------------------------


def make_units(shapes: Sequence[shapely.Geometry], rng: Rng) -> gpd.GeoDataFrame:
    """Codes in an order of their own, so that the smallest code is not the first row."""
    codes = rng.permutation(np.arange(420100, 420100 + len(shapes))).astype(str)
    return gpd.GeoDataFrame({"geometry": list(shapes)}, index=codes, crs="EPSG:4490")


def voronoi(rng: Rng, n: int) -> list[shapely.Geometry]:
    seeds = np.column_stack([rng.uniform(WEST, EAST, n), rng.uniform(SOUTH, NORTH, n)])
    cells = shapely.voronoi_polygons(
        shapely.multipoints(seeds), extend_to=box(WEST, SOUTH, EAST, NORTH)
    )
    return list(shapely.get_parts(cells))


def grid(rng: Rng, n: int) -> list[shapely.Geometry]:
    xs = np.sort(rng.uniform(WEST, EAST, n // 2 + 2))
    ys = np.sort(rng.uniform(SOUTH, NORTH, n // 3 + 2))
    return [box(a, b, c, d) for a, c in pairwise(xs) for b, d in pairwise(ys)]


def nested(rng: Rng, n: int) -> list[shapely.Geometry]:
    """Rings in rings; some of the holes stay empty, the innermost is an enclave."""
    x, y = rng.uniform(WEST, EAST), rng.uniform(SOUTH, NORTH)
    radii = np.sort(rng.uniform(1e-6, 2, n + 1))
    discs = [shapely.Point(x, y).buffer(r, quad_segs=int(rng.integers(1, 9))) for r in radii]
    rings = [shapely.difference(b, a) for a, b in pairwise(discs)]
    kept = [r for r in rings if rng.random() < 0.7 and not r.is_empty]
    return [discs[0], *kept]


def slivers(rng: Rng, n: int) -> list[shapely.Geometry]:
    """Stripes down to a few floats wide, nearly level or nearly upright, side by side."""
    widths = np.cumsum(10.0 ** rng.uniform(-14, 0, n + 1))
    tilt = 10.0 ** rng.uniform(-15, -1)
    stripes = []
    for a, b in pairwise(widths):
        ring = np.array([(0, a), (8, a + tilt), (8, b + tilt), (0, b)])
        stripes.append(ring if tilt * 1e13 % 2 < 1 else ring[:, ::-1])
    return [Polygon(ring + np.array([WEST, SOUTH])) for ring in stripes]


def multiparts(rng: Rng, n: int) -> list[shapely.Geometry]:
    cells = np.array(voronoi(rng, 3 * n), dtype=object)
    group = rng.integers(0, n, len(cells))
    return [shapely.union_all(cells[group == g]) for g in range(n) if (group == g).any()]


def overlaps(rng: Rng, n: int) -> list[shapely.Geometry]:
    made: list[shapely.Geometry] = [box(WEST, SOUTH, EAST, NORTH)]
    for _ in range(n):
        x, y = rng.uniform(WEST, EAST), rng.uniform(SOUTH, NORTH)
        turn = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 12))))
        far = 10.0 ** rng.uniform(-6, 1, len(turn))
        made.append(Polygon(np.column_stack([x + far * np.cos(turn), y + far * np.sin(turn)])))
    return made


def broken(rng: Rng, n: int) -> list[shapely.Geometry]:
    """Rings that cross themselves, parts that overlap: even-odd within a part, any part counts."""
    bows = []
    for _ in range(n):
        ring = np.column_stack([rng.uniform(WEST, EAST, 5), rng.uniform(SOUTH, NORTH, 5)])
        bows.append(MultiPolygon([Polygon(ring), box(*ring.min(0), *ring.mean(0))]))
    return bows


KINDS: dict[str, Callable[[Rng, int], list[shapely.Geometry]]] = {
    f.__name__: f for f in (voronoi, grid, nested, slivers, multiparts, overlaps, broken)
}


def hard_points(units: pd.DataFrame, rng: Rng, n: int) -> tuple[Floats, Floats]:
    """Vertices, points on edges, the next floats beside them, anywhere, outside, and no point."""
    shapes = units["geometry"].to_numpy()
    rings = shapely.get_rings(shapely.get_parts(shapes))
    corners = shapely.get_coordinates(rings)
    some = corners[rng.integers(0, len(corners), n)]
    along = rng.integers(0, len(corners) - 1, n)
    share = rng.choice([0.5, rng.random()], (n, 1))
    on_edges = corners[along] + share * (corners[along + 1] - corners[along])
    beside = np.vstack([some, on_edges])
    way = rng.choice([-np.inf, 0, np.inf], beside.shape)
    beside = np.where(way == 0, beside, np.nextafter(beside, way))
    low, high = corners.min(0), corners.max(0)
    anywhere = rng.uniform(low - 0.1 * (high - low), high + 0.1 * (high - low), (n, 2))
    level = np.column_stack([rng.uniform(low[0], high[0], n), some[:, 1]])
    far = np.array([[0, 0], [1e300, 1e300], [-1e300, 31], [np.nan, 31], [112, np.nan]])
    far = np.vstack([far, [[np.inf, 31], [112, -np.inf]], [low, high, (low[0], high[1])]])
    points = np.vstack([some, on_edges, beside, anywhere, level, far])
    return points[:, 0].copy(), points[:, 1].copy()


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32), n=st.integers(1, 24))
def test_no_point_of_any_coverage_differs_from_brute_force(kind: str, seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    units = make_units(KINDS[kind](rng, n), rng)
    x, y = hard_points(units, rng, 60)
    named = rng.choice([*units.index, "", "没有"], len(x))
    assert_exact(units, x, y, [None, named.tolist()])


def test_twenty_thousand_points_among_two_hundred_units() -> None:
    rng = np.random.default_rng(11)
    units = make_units(multiparts(rng, 200), rng)
    x, y = hard_points(units, rng, 4_000)
    by_code = np.argsort(units.index.to_numpy().astype(str))
    holds = held_by(units, x, y)[by_code]
    want = np.where(holds.any(axis=0), by_code[holds.argmax(axis=0)], -1)
    for index in both_ways(units):
        owner, shared = index.owners(x, y)
        np.testing.assert_array_equal(owner, want)
        np.testing.assert_array_equal(shared, holds.sum(axis=0) > 1)
    assert (holds.sum(axis=0) > 1).sum() > 4_000  # many on shared borders


# --- the rule, by hand ----------------------------------------------------------------------


def squares() -> gpd.GeoDataFrame:
    """Two squares side by side, the greater code first."""
    shapes = [box(111, 30, 112, 31), box(112, 30, 113, 31)]
    return gpd.GeoDataFrame({"geometry": shapes}, index=["420102", "420101"], crs="EPSG:4490")


def test_point_on_shared_border_goes_to_the_smallest_code() -> None:
    owner, shared = UnitIndex(squares()).owners([112.0, 111.5, 112.5], [30.5, 30.5, 30.5])
    assert owner.tolist() == [1, 0, 1]
    assert shared.tolist() == [True, False, False]


def test_point_on_shared_border_goes_to_the_unit_its_row_names() -> None:
    x, y = [112.0] * 4, [30.5] * 4
    named = ["420102", "420101", "", "429999"]
    assert UnitIndex(squares()).query(x, y, named=named).tolist() == [0, 1, 1, 1]


def test_name_does_not_move_a_point_off_the_unit_that_holds_it() -> None:
    assert UnitIndex(squares()).query([111.5], [30.5], named=["420101"]).tolist() == [0]


def test_point_on_outer_border_belongs_and_is_not_shared() -> None:
    owner, shared = UnitIndex(squares()).owners([111.0, 111.0, 113.0], [30.5, 30.0, 31.0])
    assert owner.tolist() == [0, 0, 1]
    assert not shared.any()


def test_enclave_in_a_hole_and_a_gap() -> None:
    ring = Polygon(
        [(110, 30), (114, 30), (114, 34), (110, 34)],
        [[(111, 31), (113, 31), (113, 33), (111, 33)]],
    )
    units = gpd.GeoDataFrame(
        {"geometry": [ring, box(111, 31, 112, 33)]}, index=["2", "1"], crs="EPSG:4490"
    )
    owner, shared = UnitIndex(units).owners([110.5, 111.5, 112.5, 111.0, 113.0], [32.0] * 5)
    assert owner.tolist() == [0, 1, -1, 1, 0]  # the last: the hole's rim towards the gap
    assert shared.tolist() == [False, False, False, True, False]


def test_parts_of_one_unit_that_touch_share_nothing() -> None:
    both = MultiPolygon([box(110, 30, 111, 31), box(111, 31, 112, 32)])
    units = gpd.GeoDataFrame({"geometry": [both]}, index=["1"], crs="EPSG:4490")
    owner, shared = UnitIndex(units).owners([111.0, 110.5, 111.5, 110.5], [31.0, 30.5, 31.5, 31.5])
    assert owner.tolist() == [0, 0, 0, -1]
    assert not shared.any()


def test_where_units_overlap_the_smallest_code_owns_and_the_point_is_counted() -> None:
    shapes = [box(110, 30, 113, 33), box(111, 31, 112, 32)]
    units = gpd.GeoDataFrame({"geometry": shapes}, index=["b", "a"], crs="EPSG:4490")
    owner, shared = UnitIndex(units).owners([110.5, 111.5], [30.5, 31.5])
    assert owner.tolist() == [0, 1]
    assert shared.tolist() == [False, True]
    assert UnitIndex(units).query([111.5], [31.5], named=["b"]).tolist() == [0]


@pytest.mark.parametrize("shapes", [[], [None], [Polygon()], [None, Polygon(), MultiPolygon()]])
def test_units_without_shapes_hold_nothing(shapes: list[shapely.Geometry | None]) -> None:
    units = gpd.GeoDataFrame(
        {"geometry": shapes}, index=[str(k) for k in range(len(shapes))], crs="EPSG:4490"
    )
    for index in both_ways(units):
        assert index.query([112.0, np.nan], [30.0, 30.0]).tolist() == [-1, -1]


def test_empty_units_beside_real_ones_keep_their_position() -> None:
    units = gpd.GeoDataFrame(
        {"geometry": [Polygon(), box(111, 30, 112, 31), None]}, index=["1", "3", "2"]
    )
    assert UnitIndex(units).query([111.5], [30.5]).tolist() == [1]


def test_no_points_no_answers() -> None:
    owner, shared = UnitIndex(squares()).owners([], [])
    assert owner.tolist() == []
    assert shared.tolist() == []
    assert owner.dtype == np.int32


def test_inputs_are_left_as_they_were() -> None:
    units, x, y = squares(), np.array([111.5, np.nan, 500]), np.array([30.5, 1, 30.5])
    before = units.copy(deep=True), x.copy(), y.copy()
    x.setflags(write=False)
    y.setflags(write=False)
    UnitIndex(units).query(x, y)
    assert units.equals(before[0])
    np.testing.assert_array_equal(x, before[1])
    np.testing.assert_array_equal(y, before[2])


# --- the ledger's word ----------------------------------------------------------------------


def facilities(x: list[float], y: list[float], named: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {"x": x, "y": y, "unit_code": named}, index=[f"f{k}" for k in range(len(x))]
    )


def test_ledger_wins_near_and_conflicts_far() -> None:
    # 0.001° of longitude at 30.5° N is about 96 m; 0.01° about 958 m
    placed = place(
        facilities([111.999, 111.99, np.nan, 111.5], [30.5] * 4, ["420101"] * 3 + [""]), squares()
    )
    assert placed.owner.tolist() == [1, -1, 1, 0]
    assert placed.conflict.tolist() == [False, True, False, False]
    assert placed.by_ledger.tolist() == [True, False, False, False]
    assert placed.via.tolist() == [NAMED, INSIDE, NAMED, INSIDE]
    assert placed.point_unit.tolist() == [0, 0, -1, 0]
    assert placed.metres[:2] == pytest.approx([95.97, 959.7], rel=1e-3)
    assert np.isnan(placed.metres[2:]).all()


def test_approximate_units_never_overrule_the_ledger() -> None:
    placed = place(facilities([111.5], [30.5], ["420101"]), squares(), approximate=True)
    assert placed.owner.tolist() == [1]
    assert placed.by_ledger.tolist() == [True]


def test_units_without_polygons_own_what_names_them() -> None:
    villages = pd.DataFrame({"name": ["甲村", "乙村"]}, index=["1", "2"])
    placed = place(facilities([111.5, 111.5], [30.5, 30.5], ["2", ""]), villages)
    assert placed.owner.tolist() == [1, -1]
    assert placed.via.tolist() == [NAMED, NAMED]


def test_a_placement_can_be_cut_to_some_rows() -> None:
    placed = place(facilities([111.5, 112.5], [30.5, 30.5], ["", ""]), squares())
    assert placed.take(np.array([1])).owner.tolist() == [1]


@given(seed=st.integers(0, 2**32))
@settings(max_examples=8, deadline=None)
def test_distance_to_a_unit_matches_the_geodesic_to_its_border_sampled_finely(seed: int) -> None:
    rng = np.random.default_rng(seed)
    angle = np.sort(rng.uniform(0, 2 * np.pi, 7))
    far = rng.uniform(0.01, 0.1, 7)
    shape = Polygon(np.column_stack([112 + far * np.cos(angle), 31 + far * np.sin(angle)]))
    units = gpd.GeoDataFrame({"geometry": [shape]}, index=["1"], crs="EPSG:4490")
    x, y = 112 + rng.uniform(-0.3, 0.3, 5), 31 + rng.uniform(-0.3, 0.3, 5)
    got = metres_to_units(x, y, units, np.zeros(5, dtype=np.int32))
    line = shapely.get_coordinates(shapely.segmentize(shape.exterior, 2e-5))
    for k in range(5):
        _, _, metres = Geod(ellps="GRS80").inv(
            np.full(len(line), x[k]), np.full(len(line), y[k]), line[:, 0], line[:, 1]
        )
        inside = shapely.intersects_xy(shape, x[k], y[k])
        assert got[k] == pytest.approx(0.0 if inside else metres.min(), rel=1e-4, abs=0.1)


def test_distance_to_an_empty_unit_is_infinite() -> None:
    units = gpd.GeoDataFrame({"geometry": [Polygon()]}, index=["1"], crs="EPSG:4490")
    assert metres_to_units(np.array([112.0]), np.array([30.0]), units, np.array([0])) == [np.inf]


# --- kept from one run to the next ----------------------------------------------------------


class Shelf(dict[str, bytes]):
    """A store that remembers how often it was written to."""

    puts = 0

    def put(self, key: str, data: bytes) -> None:
        self.puts += 1
        self[key] = data


def many_points(n: int = 500) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(1)
    return rng.uniform(110.9, 113.1, n), rng.uniform(29.9, 31.1, n)


def test_a_kept_grid_is_taken_and_answers_the_same() -> None:
    store, (x, y) = Shelf(), many_points()
    first = UnitIndex(squares(), store=store).query(x, y)
    assert store.puts == 1
    second = UnitIndex(squares(), store=store)
    assert second.query(x, y).tolist() == first.tolist()
    assert store.puts == 1


def test_a_few_points_neither_make_nor_fetch_a_grid() -> None:
    store = Shelf()
    assert UnitIndex(squares(), store=store).query([111.5], [30.5]).tolist() == [0]
    assert store.puts == 0


def test_other_units_or_another_order_of_codes_are_another_key() -> None:
    units = squares()
    moved = units.assign(geometry=units.translate(1e-9))
    swapped = units.set_axis(["420101", "420102"])
    turned = units.iloc[::-1]
    keys = {UnitIndex(u)._parts.key for u in (units, moved, swapped, turned)}
    assert len(keys) == 4
    assert UnitIndex(units.copy(deep=True))._parts.key == UnitIndex(units)._parts.key


@pytest.mark.parametrize("harm", ["cut", "flip", "version", "other", "empty", "text"])
def test_damaged_bytes_are_not_believed(harm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    units, (x, y) = squares(), many_points()
    data = UnitIndex(units).to_bytes()
    if harm == "version":
        monkeypatch.setattr(table, "FORMAT", table.FORMAT + 1)
    harmed = {
        "cut": data[:-8],
        "flip": data[:-100] + bytes([data[-100] ^ 1]) + data[-99:],
        "version": data,
        "other": UnitIndex(units.iloc[:1]).to_bytes(),
        "empty": b"",
        "text": b"hbgeo grid\n{]\n",
    }[harm]
    with pytest.raises(LayerError, match="缓存"):
        UnitIndex.from_bytes(units, harmed)
    store = Shelf({UnitIndex(units)._parts.key: harmed})
    assert UnitIndex(units, store=store).query(x, y).tolist() == slow_owners(units, x, y)
    assert store.puts == 1  # made anew, and kept


def test_a_grid_travels_with_its_index() -> None:
    units, (x, y) = squares(), many_points()
    index = UnitIndex(units)
    index.query(x, y)
    again = pickle.loads(pickle.dumps(index))  # noqa: S301  # our own bytes
    assert again.query(x, y).tolist() == index.query(x, y).tolist()


def test_threads_may_ask_one_index_at_once() -> None:
    rng = np.random.default_rng(5)
    units = make_units(voronoi(rng, 60), rng)
    x, y = hard_points(units, rng, 500)
    want = slow_owners(units, x, y)
    for _ in range(20):
        index = UnitIndex(units.copy(deep=True))
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda _, i=index: i.query(x, y).tolist(), range(4)))
        assert found == [want] * 4


# --- what is refused ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shape",
    [
        box(179, 60, 181, 61),
        box(-181, 60, -179, 61),
        box(179, 60, 180.5, 61),
        box(-180.5, 60, -179, 61),
        MultiPolygon([box(179, 60, 180, 61), box(-180, 60, -179, 61)]),
        box(-170, 60, 170, 61),
    ],
)
def test_units_across_the_180th_meridian_are_refused_by_name(shape: shapely.Geometry) -> None:
    units = gpd.GeoDataFrame({"geometry": [box(111, 30, 112, 31), shape]}, index=["1", "楚科奇"])
    with pytest.raises(LayerError, match=r"楚科奇.*180°"):
        UnitIndex(units)


def test_units_in_metres_are_refused_by_name() -> None:
    units = gpd.GeoDataFrame(
        {"geometry": [box(500_000, 3_300_000, 501_000, 3_301_000)]}, index=["甲"]
    )
    with pytest.raises(LayerError, match=r"甲.*经纬度"):
        UnitIndex(units)


def test_units_up_to_the_180th_meridian_are_taken() -> None:
    units = gpd.GeoDataFrame({"geometry": [box(179, 60, 180, 61)]}, index=["1"])
    assert UnitIndex(units).query([180.0, -180.0], [60.5, 60.5]).tolist() == [0, -1]


def test_units_reach_to_the_poles_and_over_half_the_globe() -> None:
    shapes = [box(-180, -90, 0, 0), box(0, 0, 180, 90)]
    units = gpd.GeoDataFrame({"geometry": shapes}, index=["1", "2"])
    found = UnitIndex(units).query([-180.0, 180.0, 0.0, 1.0], [-90.0, 90.0, 0.0, -1.0])
    assert found.tolist() == [0, 1, 0, -1]
    wide = gpd.GeoDataFrame({"geometry": [box(-90, 0, 90.5, 1)]}, index=["乙"])
    with pytest.raises(LayerError, match=r"乙：经度 -90 至 90\.5，宽于 180°"):
        UnitIndex(wide)
    for south, north, said in ((-90.5, 0, r"-90\.5 至 0"), (0, 90.5, r"0 至 90\.5")):
        beyond = gpd.GeoDataFrame({"geometry": [box(0, south, 1, north)]}, index=["丙"])
        with pytest.raises(LayerError, match=rf"^单元 丙：坐标范围 0 至 1、{said}，须为"):
            UnitIndex(beyond)


@pytest.mark.parametrize("shape", [shapely.Point(112, 30), shapely.LineString([(1, 1), (2, 2)])])
def test_units_that_are_no_polygons_are_refused(shape: shapely.Geometry) -> None:
    units = gpd.GeoDataFrame({"geometry": [shape]}, index=["420101"])
    with pytest.raises(LayerError, match=r"420101.*只能是面"):
        UnitIndex(units)


@pytest.mark.parametrize("dtype", ["object", "str", "category"])
def test_units_are_found_by_code_and_nothing_is_found_for_nothing(dtype: str) -> None:
    units = pd.DataFrame({"name": ["乙", "甲"]}, index=["420102", "420101"])
    named = pd.Series(["420101", "", None, "420102", "429999", "420101"], dtype=dtype)
    assert find_units(units, named).tolist() == [1, -1, -1, 0, -1, 1]
    assert find_units(units, []).tolist() == []


def test_of_many_units_of_one_code_the_first_is_the_owner() -> None:
    codes = ["420102"] * 40 + ["420101"] * 40
    units = gpd.GeoDataFrame({"geometry": [box(0, 0, 1, 1)] * 80}, index=codes)
    assert UnitIndex(units).query([0.5], [0.5]).tolist() == [40]


def test_units_are_found_by_their_codes_as_short_numbers() -> None:
    units = squares()
    codes = [*units.index, "999999", "", None, units.index[0]]
    found = find_units(units, codes)
    assert found.tolist() == [*range(len(units)), -1, -1, -1, 0]
    assert found.dtype == np.int32
    assert find_units(units, pd.Series([], dtype="str")).dtype == np.int32
