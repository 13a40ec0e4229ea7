"""Borders stored once: every polygon comes back from its arcs, kept or made anew."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hbgeo.show.page.topology import encode_topology

SIDE = 6
SQUARES = shapely.box(*np.indices((SIDE, SIDE)), *(np.indices((SIDE, SIDE)) + 1))
MAPS = arrays(np.int64, (SIDE, SIDE), elements=st.integers(0, 3))


def decode(made):
    """Level → each unit's rings put together from the arcs, as the page does."""
    arcs = [np.cumsum(arc, axis=0) for arc in made["arcs"]]

    def ring(refs):
        return np.concatenate([arcs[at] if at >= 0 else arcs[~at][::-1] for at in refs])

    return {
        level: [[[ring(refs) for refs in polygon] for polygon in unit] for unit in units]
        for level, units in made["objects"].items()
    }


def shape_of(unit):
    return shapely.MultiPolygon([(shell, holes) for shell, *holes in unit])


def united(squares, owner):
    return np.array([shapely.coverage_union_all(squares[owner == n]) for n in np.unique(owner)])


@given(MAPS)
def test_any_units_on_the_grid_come_back_and_the_arcs_are_their_borders(owner):
    """Units of squares: in parts, with holes, with others in the holes, touching at a corner."""
    units = united(SQUARES.ravel(), owner.ravel())
    larger = united(SQUARES.ravel(), owner.ravel() // 2)
    # the corners of the whole map lie in some unit: the grid's cells are the squares' corners
    made = encode_topology({"county": larger, "township": units}, SIDE + 1)
    assert (made["scale"], made["translate"]) == ([1.0, 1.0], [0.0, 0.0])
    back = decode(made)
    for level, shapes in (("county", larger), ("township", units)):
        assert len(back[level]) == len(shapes)
        for unit, shape in zip(back[level], shapes, strict=True):
            assert shape_of(unit).equals(shape)
            assert len(unit) == shapely.get_num_geometries(shape)
    lines = [shapely.LineString(np.cumsum(arc, axis=0)) for arc in made["arcs"]]
    borders = shapely.union_all(shapely.boundary(units))
    assert shapely.union_all(lines).equals(borders)


def test_two_neighbours_by_hand():
    """Two squares side by side: their common side is an arc, and each has one of its own."""
    left, right = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    made = encode_topology({"township": np.array([left, right])}, 3)
    assert made["scale"] == [1.0, 0.5]
    arcs = [np.cumsum(arc, axis=0).tolist() for arc in made["arcs"]]
    assert sorted(min(arc, arc[::-1]) for arc in arcs) == [
        [[1, 0], [0, 0], [0, 2], [1, 2]],
        [[1, 0], [1, 2]],
        [[1, 0], [2, 0], [2, 2], [1, 2]],
    ]
    common = {number for unit in made["objects"]["township"] for number in unit[0][0]}
    assert len({number if number >= 0 else ~number for number in common}) == 3


def test_an_island_and_the_lake_it_fills_share_one_closed_arc():
    lake = shapely.Polygon(shapely.box(0, 0, 9, 9).exterior, [shapely.box(3, 3, 6, 6).exterior])
    made = encode_topology({"township": np.array([lake, shapely.box(3, 3, 6, 6)])}, 10)
    [[[shore], [hole]]], [[[island]]] = made["objects"]["township"]
    assert len(made["arcs"]) == 2
    assert shore not in (hole, island)
    assert hole in (island, ~island)


@pytest.mark.parametrize(
    ("shape", "polygons"),
    [
        (shapely.box(5, 5, 5.1, 5.1), 0),  # within one cell
        (shapely.box(5, 5, 9, 5.1), 0),  # a line
        (shapely.Polygon(), 0),
        (shapely.MultiPolygon([shapely.box(5, 5, 5.1, 5.1), shapely.box(1, 1, 3, 3)]), 1),
    ],
)
def test_what_has_no_area_on_the_grid_is_left_out(shape, polygons):
    units = np.array([shapely.box(0, 0, 10, 10), shape])
    made = encode_topology({"township": units}, 11)
    assert len(made["objects"]["township"][1]) == polygons


def test_units_of_which_none_has_an_area_have_no_arcs():
    line = shapely.Polygon([(0, 0), (5, 0), (9, 0)])
    made = encode_topology({"township": np.array([line, line])}, 11)
    assert made["arcs"] == []
    assert made["objects"] == {"township": [[], []]}


def test_a_hole_without_area_is_left_out_and_a_spike_is_cut_off():
    hole = [(5, 5), (5.2, 5), (5.2, 5.2)]
    spiked = shapely.Polygon([(0, 0), (10, 0), (10, 10), (5.2, 10), (5, 14), (4.8, 10), (0, 10)])
    units = np.array([shapely.Polygon(shapely.box(0, 0, 10, 14).exterior, [hole]), spiked])
    back = decode(encode_topology({"township": units}, 11))["township"]
    assert [len(polygon) for polygon in back[0]] == [1]
    assert shape_of(back[1]).equals(shapely.box(0, 0, 10, 7))
