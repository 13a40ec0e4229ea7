"""A grid never says more than it knows, whatever its cells' size."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely import Polygon, box

from hbgeo.measure.grid import lay
from hbgeo.measure.grid.lay import lay_grid
from hbgeo.measure.grid.table import FIRST, NONE, Frame, Grid, spread

Rng = np.random.Generator


def wild_polygons(rng: Rng, n: int) -> NDArray[np.object_]:
    """Rings through random corners, many sides level, upright or nearly so; some cross themselves."""
    made = []
    for _ in range(n):
        ring = rng.uniform(0, 10, (int(rng.integers(3, 9)), 2))
        if rng.random() < 0.5:
            ring = np.round(ring)
        if rng.random() < 0.5:
            ring[1] = ring[0] + (rng.uniform(-9, 9), 10.0 ** rng.uniform(-16, -3))
        if rng.random() < 0.5:
            ring[2] = ring[1] + (10.0 ** rng.uniform(-16, -3), rng.uniform(-9, 9))
        made.append(Polygon(ring))
    return np.array(made, dtype=object)


def beside(values: NDArray[np.float64], rng: Rng) -> NDArray[np.float64]:
    way = rng.choice([-np.inf, np.inf], values.shape)
    return np.where(rng.random(values.shape) < 0.3, values, np.nextafter(values, way))


def points_of(
    polygons: NDArray[np.object_], grid: Grid, rng: Rng, n: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Corners, borders of cells, where sides cross those borders, each with the floats beside."""
    corners = shapely.get_coordinates(polygons)
    frame = grid.frame
    some = corners[rng.integers(0, len(corners), n)]
    x = frame.west + (rng.integers(0, frame.columns, n) - 1) / frame.per
    y = frame.south + (rng.integers(0, frame.rows, n) - 1) / frame.per
    at = rng.integers(0, len(corners) - 1, n)
    a, b = corners[at], corners[at + 1]
    with np.errstate(all="ignore"):
        on_row = a[:, 0] + (y - a[:, 1]) * ((b - a)[:, 0] / (b - a)[:, 1])
        on_column = a[:, 1] + (x - a[:, 0]) * ((b - a)[:, 1] / (b - a)[:, 0])
    xs = np.concatenate([some[:, 0], x, on_row, x, rng.uniform(-1, 11, n)])
    ys = np.concatenate([some[:, 1], y, y, on_column, rng.uniform(-1, 11, n)])
    xs, ys = beside(xs, rng), beside(ys, rng)
    finite = np.isfinite(xs) & np.isfinite(ys)
    return xs[finite], ys[finite]


def holders(
    polygons: NDArray[np.object_], x: NDArray[np.float64], y: NDArray[np.float64]
) -> list[set[int]]:
    shapely.prepare(polygons)
    hits = [shapely.intersects_xy(p, x, y) for p in polygons]
    return [{k for k, hit in enumerate(hits) if hit[i]} for i in range(len(x))]


@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    n=st.integers(1, 8),
    across=st.sampled_from([1, 2, 5, 8, 30, 200, 700]),
)
@example(seed=0, n=1, across=4_096)
def test_cells_hold_what_their_label_says(seed: int, n: int, across: int) -> None:
    rng = np.random.default_rng(seed)
    polygons = wild_polygons(rng, n)
    grid = lay_grid(polygons, np.arange(n, dtype=np.int32) + 100, across)
    x, y = points_of(polygons, grid, rng, 100)
    labels = grid.labels(x, y)
    for label, held in zip(labels, holders(polygons, x, y), strict=True):
        if label == NONE:
            assert held == set()
        elif label > NONE:
            assert held == {label - 100}
        else:
            _, candidates = grid.pairs(np.array([FIRST - label]))
            assert held <= set(candidates.tolist())
            assert candidates.tolist() == sorted(set(candidates.tolist()))


@settings(max_examples=100, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    across=st.sampled_from([7, 8, 11, 50, 333]),
    turned=st.booleans(),
)
def test_sides_a_few_floats_off_a_border_of_cells_are_not_lost(
    *, seed: int, across: int, turned: bool
) -> None:
    """Where a side leaves a row so slowly, rounding alone would put the place cells away."""
    rng = np.random.default_rng(seed)
    border = int(rng.integers(1, across)) / across * 10
    floats = border + np.arange(-6, 7) * np.spacing(border)
    low, high = rng.choice(floats, 2)
    shape = [(1.0, low), (9.0, high), (9.0, border + 1), (1.0, border + 1)]
    pins = [box(0, 0, 1e-3, 1e-3), box(10, 10, 10 - 1e-3, 10 - 1e-3)]  # hold the frame in place
    polygons = np.array([Polygon(shape), *pins])
    x, y = np.meshgrid(rng.uniform(0.9, 9.1, 200), floats)
    x, y = x.ravel(), y.ravel()
    if turned:
        polygons = shapely.transform(polygons, lambda xy: xy[:, ::-1])
        x, y = y, x
    grid = lay_grid(polygons, np.arange(3, dtype=np.int32), across)
    labels = grid.labels(x, y)
    whole = labels >= NONE
    held = shapely.intersects_xy(polygons[0], x, y)
    np.testing.assert_array_equal(labels[whole] == 0, held[whole])


# cells of 2 by 2 about a square of 10 with a square of 4 in it, row by row from the south: 7 all of
# the outer one, -1 of none, below -1 the mixed ones, numbered as they come
CELLS = """
 -1  -1  -1  -1  -1  -1  -1  -1
 -1  -2  -3  -4  -5  -6  -7  -1
 -1  -8  -9 -10 -11   7 -12  -1
 -1 -13 -14 -15 -16   7 -17  -1
 -1 -18 -19 -20 -21   7 -22  -1
 -1 -23   7   7   7   7 -24  -1
 -1 -25 -26 -27 -28 -29 -30  -1
 -1  -1  -1  -1  -1  -1  -1  -1
"""
BOTH = {7, 8, 9, 12, 13, 14, 17, 18, 19}  # the mixed cells that the inner one has a part in


def test_a_grid_of_two_squares_cell_by_cell() -> None:
    """The labels are kept from run to run, so their numbers are part of what a format means."""
    polygons = np.array([box(0, 0, 10, 10), box(3, 3, 7, 7)])
    grid = lay_grid(polygons, np.array([7, 9], dtype=np.int32), 5)
    assert grid.frame == Frame(west=0.0, south=0.0, per=0.5, columns=8, rows=8)
    assert grid.coarse.tolist() == [-2]
    assert grid.fine.tolist() == [int(label) for label in CELLS.split()]
    candidates = [[0, 1] if k in BOTH else [0] for k in range(29)]
    assert [part.tolist() for part in np.split(grid.candidates, grid.first[1:-1])] == candidates
    middles = grid.frame.middles(np.array([0, 7]), np.array([3, 1]))
    assert [m.tolist() for m in middles] == [[5.0, 1.0], [-1.0, 13.0]]


def test_blocks_of_one_kind_are_one_number_each() -> None:
    """Forty cells each way: blocks along the border are split, four lie inside, the rest beyond."""
    grid = lay_grid(np.array([box(0, 0, 30, 30)]), np.array([4], dtype=np.int32), 30)
    assert (grid.frame.columns, grid.frame.rows) == (40, 40)
    inside, far = [4] * 2, -1
    assert grid.coarse.reshape(5, 5).tolist() == [
        [-2, -3, -4, -5, far],
        [-6, *inside, -7, far],
        [-8, *inside, -9, far],
        [-10, -11, -12, -13, far],
        [far] * 5,
    ]
    assert len(grid.fine) == 12 * 64


def test_a_cell_no_side_touches_is_answered_by_the_table() -> None:
    grid = lay_grid(np.array([box(0, 0, 10, 10)]), np.array([7], dtype=np.int32), 100)
    x, y = np.meshgrid(np.arange(0.15, 9.85, 0.1), np.arange(0.15, 9.85, 0.1))
    assert (grid.labels(x.ravel(), y.ravel()) == 7).all()
    assert (grid.labels(np.array([-0.2, 10.2]), np.array([5.0, 5.0])) == NONE).all()


def test_far_away_and_no_number_are_in_no_polygon() -> None:
    grid = lay_grid(np.array([box(0, 0, 10, 10)]), np.array([0], dtype=np.int32), 100)
    far = np.array([np.nan, np.inf, -np.inf, 1e308, -1e308, 10.5, -0.5])
    five = np.full(len(far), 5.0)
    assert (grid.labels(far, five) == NONE).all()
    assert (grid.labels(five, far) == NONE).all()


def test_a_polygon_inside_another_is_not_lost_in_the_cells_of_its_border() -> None:
    """The outer one has no side in those cells, and must be a candidate all the same."""
    polygons = np.array([box(0, 0, 10, 10), box(3.001, 3.001, 6.001, 6.001)])
    grid = lay_grid(polygons, np.arange(2, dtype=np.int32), 64)
    label = grid.labels(np.array([3.001]), np.array([5.0]))
    assert grid.pairs(FIRST - label)[1].tolist() == [0, 1]


@pytest.mark.parametrize("cells", [1 << 9, 1 << 12, 1 << 30])
def test_the_bands_make_no_difference(cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    polygons, owners = wild_polygons(rng, 9), np.arange(9, dtype=np.int32)
    whole = lay_grid(polygons, owners, 300)
    monkeypatch.setattr(lay, "BAND_CELLS", cells)
    banded = lay_grid(polygons, owners, 300)
    assert banded.to_bytes("k") == whole.to_bytes("k")


def test_one_point_thick_polygons_have_a_grid_too() -> None:
    flat = np.array([Polygon([(1, 1), (2, 1), (1, 1)]), Polygon([(5, 5), (5, 5), (5, 5)])])
    for polygons in (flat, flat[1:]):
        grid = lay_grid(polygons, np.arange(len(polygons), dtype=np.int32))
        label = grid.labels(np.array([5.0]), np.array([5.0]))
        assert grid.pairs(FIRST - label)[1].tolist() == [len(polygons) - 1]


def test_bytes_that_end_behind_the_head_are_no_grid() -> None:
    grid = lay_grid(np.array([box(0, 0, 10, 10)]), np.array([7], dtype=np.int32), 5)
    head, about, _ = grid.to_bytes("k").split(b"\n", 2)
    stated = json.loads(about)
    assert stated == {
        "format": 2, "key": "k", "crc": stated["crc"], "frame": vars(grid.frame),
        "sizes": [len(a) for a in (grid.coarse, grid.fine, grid.first, grid.candidates)],
    }  # fmt: skip
    of_nothing = json.dumps(stated | {"crc": 0}).encode()
    assert Grid.from_bytes(head + b"\n" + of_nothing, "k") is None
    assert Grid.from_bytes(head, "k") is None
    assert Grid.from_bytes(grid.to_bytes("k"), "other") is None


def test_a_grid_comes_back_from_its_bytes_and_from_no_others() -> None:
    grid = lay_grid(np.array([box(0, 0, 10, 10), box(10, 0, 20, 9)]), np.array([7, 3], np.int32), 5)
    data = grid.to_bytes("k")
    again = Grid.from_bytes(data, "k")
    assert again is not None
    assert again.frame == grid.frame
    for name, kind in (("coarse", "<i4"), ("fine", "<i4"), ("first", "<i8"), ("candidates", "<i4")):
        one, other = getattr(grid, name), getattr(again, name)
        assert (other.tolist(), other.dtype) == (one.tolist(), np.dtype(kind))
    assert len(grid.candidates) > 0
    head = len(data) - sum(
        getattr(again, n).nbytes for n in ("coarse", "fine", "first", "candidates")
    )
    for at in (0, head, len(data) - 1):
        changed = bytearray(data)
        changed[at] ^= 1
        assert Grid.from_bytes(bytes(changed), "k") is None
    assert Grid.from_bytes(data[:-1], "k") is None
    assert Grid.from_bytes(data + b"x", "k") is None
    assert Grid.from_bytes(data.replace(b'"format": 2', b'"format": 1'), "k") is None


def test_sorted_numbers_are_told_where_each_begins() -> None:
    values, first = lay._changes(np.array([0, 0, 3, 3, 5]))
    assert (values.tolist(), first.tolist()) == ([0, 3, 5], [0, 2, 4])
    assert lay._distinct(np.array([5, 0, 3, 0, 5])).tolist() == [0, 3, 5]
    which, number = spread(np.array([7, 0, 4]), np.array([2, 0, 3]))
    assert (which.tolist(), number.tolist()) == ([0, 0, 2, 2, 2], [7, 8, 4, 5, 6])
