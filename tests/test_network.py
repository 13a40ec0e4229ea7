"""Roads: held to networkx, which knows every stretch, stop and walk by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from hbgeo.errors import HbgeoError
from hbgeo.measure.graph import ISLAND, LEFT_ONLY, MAIN, REACHED_ONLY, make_network
from hbgeo.measure.network import (
    FAR,
    costs_between,
    costs_of_table,
    k_nearest_by_cost,
    nearest_by_cost,
    nearest_of_nodes,
)
from hbgeo.measure.network_words import network_words
from hbgeo.measure.snapping import snap
from hbgeo.measure.speeds import NO_CARS, SPEEDS
from hbgeo.read.cell.choices import find_choice, known_words
from hbgeo.read.schema.records import read_schema

GRS80 = Geod(ellps="GRS80")
STEP = 0.01  # degrees between neighbours of the grid the roads below are drawn on


def roads(rows: Iterable[tuple], **columns: list) -> gpd.GeoDataFrame:
    """Lines by their corners, in steps from 112° E 30° N."""
    shapes = [shapely.LineString([(112 + STEP * x, 30 + STEP * y) for x, y in row]) for row in rows]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4490")


def points(*at: tuple[float, float], prefix: str = "p") -> pd.DataFrame:
    xy = np.array(at, float).reshape(-1, 2) * STEP + (112, 30)
    return pd.DataFrame(xy, columns=["x", "y"], index=[f"{prefix}{k}" for k in range(len(xy))])


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    (ax, ay), (bx, by) = ((112 + STEP * x, 30 + STEP * y) for x, y in (a, b))
    return GRS80.inv(ax, ay, bx, by)[2]


def table(costs) -> dict[tuple[int, int], float]:
    return dict(zip(zip(costs.place.tolist(), costs.facility.tolist(), strict=True), costs.cost.tolist(), strict=True))  # fmt: skip


def test_a_straight_road_by_hand() -> None:
    network = make_network(roads([[(0, 0), (2, 0)]], **{"class": ["国道"], "speed_kmh": [np.nan]}))
    ends = points((0, 0), (2, 0))
    long = metres((0, 0), (2, 0))  # 1,930 m at 60 km/h
    by_road = costs_between(network, ends, ends, limit=1e5, by="metres")
    assert table(by_road) == pytest.approx({(0, 0): 0, (0, 1): long, (1, 0): long, (1, 1): 0}, abs=0.051)  # fmt: skip
    minutes = table(costs_between(network, ends, ends, limit=60))
    assert minutes[0, 1] == round(long / 60 * 3.6 * 10) / 600
    assert network.own_speed == 1


def test_who_stands_beside_the_road_walks_to_it_and_drives_on_from_there() -> None:
    network = make_network(roads([[(0, 0), (4, 0)]], speed_kmh=[60.0]))
    place, facility = points((1, 0.5)), points((3, -0.5))
    found = costs_between(network, place, facility, limit=60)
    off = metres((1, 0), (1, 0.5))  # 554 m, 6.65 minutes on foot
    drive = metres((1, 0), (3, 0))
    assert found.cost.tolist() == pytest.approx([2 * off / 5000 * 60 + drive / 1000], abs=0.01)
    assert found.place_metres.tolist() == pytest.approx([off], abs=0.5)
    walked = costs_between(network, place, facility, limit=1e5, by="metres").cost
    assert walked.tolist() == pytest.approx([2 * off + drive], abs=1)


def test_neighbours_off_the_road_walk_straight_to_each_other() -> None:
    network = make_network(roads([[(0, 0), (4, 0)]], speed_kmh=[60.0]))
    here, there = points((1, 1)), points((1.1, 1))
    across = metres((1, 1), (1.1, 1))
    assert costs_between(network, here, there, limit=9e3, by="metres").cost == pytest.approx([across], abs=0.06)  # fmt: skip
    far = points((1.1, -1))  # as far from the road, on its other side
    assert costs_between(network, here, far, limit=9e3, by="metres").cost.item() >= 2 * metres((1, 0), (1, 1)) - 1  # fmt: skip


def test_one_way_is_from_place_to_facility() -> None:
    oneway = roads([[(0, 0), (4, 0)]], oneway=["是"], speed_kmh=[60.0])
    a, b = points((1, 0)), points((3, 0))
    assert len(costs_between(make_network(oneway), a, b, limit=60).cost) == 1
    assert len(costs_between(make_network(oneway), b, a, limit=60).cost) == 0
    back = make_network(oneway.assign(oneway="反向"))
    assert len(costs_between(back, a, b, limit=60).cost) == 0
    assert len(costs_between(back, b, a, limit=60).cost) == 1


def test_of_two_lines_one_upon_the_other_each_way_may_be_taken() -> None:
    lines = roads([[(0, 0), (4, 0)], [(4, 0), (0, 0)]], oneway=["是", "是"], speed_kmh=[60.0, 30.0])
    network = make_network(lines)
    a, b = points((1, 0)), points((3, 0))
    long = metres((1, 0), (3, 0)) / 1000
    assert table(costs_between(network, a, b, limit=60)) == pytest.approx({(0, 0): long}, abs=0.005)
    assert table(costs_between(network, b, a, limit=60)) == pytest.approx({(0, 0): 2 * long}, abs=0.005)  # fmt: skip


def test_lines_join_at_shared_corners_and_not_where_they_merely_cross() -> None:
    crossing = [[(0, 1), (2, 1)], [(1, 0), (1, 2)]]
    a, b = points((0, 1)), points((1, 2))
    bridge = make_network(roads(crossing))
    assert len(costs_between(bridge, a, b, limit=1e5, by="metres").cost) == 0
    assert (len(bridge.start), bridge.islands) == (2, 1)
    level = make_network(roads([[(0, 1), (1, 1), (2, 1)], [(1, 0), (1, 1), (1, 2)]]))
    assert len(costs_between(level, a, b, limit=1e5, by="metres").cost) == 1
    assert (len(level.start), level.islands) == (4, 0)


def test_what_is_left_out_is_counted() -> None:
    lines = roads([[(0, 0), (1, 0)]] * 3, **{"class": ["非机动车道", "村道", ""]})
    lines.loc[2, "geometry"] = shapely.LineString()
    network = make_network(lines)
    assert network.left_out == {"不通机动车": 1, "没有图形": 1}
    assert (network.lines, len(network.start)) == (1, 1)
    with pytest.raises(HbgeoError, match="没有可以行车的路段"):
        make_network(lines.iloc[:1])


def test_traps_islands_and_the_far_are_named() -> None:
    lines = roads(
        [[(0, 0), (1, 0)], [(1, 0), (1, 1)], [(1, 1), (0, 0)], [(1, 0), (3, 0)], [(3, 3), (1, 1)], [(9, 9), (9, 10)]],
        oneway=["", "", "", "是", "是", ""],
    )  # fmt: skip
    network = make_network(lines)
    places = points((0, 0), (3, 0), (3, 3), (9, 9), (20, 20))
    found = costs_between(network, places, points((0, 0)), limit=1e6, by="metres")
    assert found.place_states.tolist() == [MAIN, REACHED_ONLY, LEFT_ONLY, ISLAND, FAR]
    assert found.place.tolist() == [0, 2]
    assert found.cut_off.tolist() == [1, 3]
    assert found.too_far.tolist() == [4]
    assert found.among(LEFT_ONLY).tolist() == [2]
    assert network.islands == 1


def random_roads(rng: np.random.Generator, n: int, m: int) -> gpd.GeoDataFrame:
    """Lines between points of a grid: one-way streets, parallel ones, rings and islands."""
    at = rng.integers(0, 6, (n, 2)) + rng.uniform(-0.3, 0.3, (n, 2)).round(3)  # none upon a line
    rows = []
    for _ in range(m):
        stops = at[rng.integers(0, n, rng.integers(2, 5))]
        rows.append([tuple(map(float, s)) for s in stops])
    rows = [row for row in rows if len({*row}) > 1] or [[(0, 0), (1, 0)]]
    k = len(rows)
    return roads(
        rows,
        oneway=list(rng.choice(["", "否", "是", "反向"], k)),
        speed_kmh=list(rng.choice([20.0, 60.0, np.nan], k)),
        **{"class": list(rng.choice(["国道", "村道", ""], k))},
    )


SPEED = {"国道": 60, "村道": 20, "": 20}


def by_networkx(lines, places, facilities, by: str) -> dict[tuple[int, int], float]:
    """Whole costs, by an engine that is told every segment: places stand on corners here."""
    graph = nx.DiGraph()
    for line in lines.itertuples():
        speed = line.speed_kmh if line.speed_kmh == line.speed_kmh else SPEED[line[lines.columns.get_loc("class") + 1]]  # fmt: skip
        stops = [
            tuple(np.rint(np.array(c) * 1e7).astype(int).tolist()) for c in line.geometry.coords
        ]
        for a, b in pairwise(stops):
            if a == b:
                continue
            long = GRS80.inv(*(np.array(a) / 1e7), *(np.array(b) / 1e7))[2]
            cost = max(1, round(long * 10 if by == "metres" else long / speed * 36))
            for tail, head in [(a, b)] * (line.oneway != "反向") + [(b, a)] * (line.oneway != "是"):
                if cost < graph.get_edge_data(tail, head, {"weight": np.inf})["weight"]:
                    graph.add_edge(tail, head, weight=cost)
    found = {}
    unit = 600 if by == "minutes" else 10
    keys = [[tuple(np.rint(np.array(p) * 1e7).astype(int).tolist()) for p in t[["x", "y"]].to_numpy()] for t in (places, facilities)]  # fmt: skip
    for i, place in enumerate(keys[0]):
        if place not in graph:
            continue
        costs = nx.single_source_dijkstra_path_length(graph, place)
        found |= {(i, j): costs[f] / unit for j, f in enumerate(keys[1]) if f in costs}
    return found


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), n=st.integers(2, 14), m=st.integers(1, 14), by=st.sampled_from(["minutes", "metres"]))  # fmt: skip
def test_costs_equal_networkx_on_random_directed_networks(
    seed: int, n: int, m: int, by: str
) -> None:
    rng = np.random.default_rng(seed)
    # every corner a node: what is rounded is then the same stretch in both engines
    lines = random_roads(rng, n, m)
    lines = lines.loc[lines.index.repeat(shapely.get_num_coordinates(lines.geometry) - 1)]
    lines.geometry = [
        shapely.LineString(list(g.coords)[k : k + 2])
        for _, some in lines.groupby(level=0)
        for k, g in enumerate(some.geometry)
    ]
    lines = lines[[len({*g.coords}) > 1 for g in lines.geometry]].reset_index(drop=True)
    corners = np.unique(np.round(shapely.get_coordinates(lines.geometry), 7), axis=0)
    places = pd.DataFrame(corners[rng.integers(0, len(corners), 5)], columns=["x", "y"])
    facilities = pd.DataFrame(corners[rng.integers(0, len(corners), 3)], columns=["x", "y"])
    network = make_network(lines)
    wanted = by_networkx(lines, places, facilities, by)
    found = costs_between(network, places, facilities, limit=1e9, by=by)
    assert table(found) == wanted
    few = costs_between(network, places.iloc[:2], facilities, limit=1e9, by=by)
    assert table(few) == {k: v for k, v in wanted.items() if k[0] < 2}
    bound = sorted([*wanted.values(), 0])[len(wanted) // 2]
    cut = costs_between(network, places, facilities, limit=bound, by=by)
    assert (
        table(cut) == {k: v for k, v in wanted.items() if v <= bound} == table(found.within(bound))
    )
    near = nearest_by_cost(network, places, facilities, by=by)
    for i in range(len(places)):
        mine = [(v, str(k[1]), k[1]) for k, v in wanted.items() if k[0] == i]
        least = min(mine, default=(np.nan, "", -1))
        assert near["facility"].iloc[i] == least[2]
        np.testing.assert_equal(near["cost"].iloc[i], least[0])


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), by=st.sampled_from(["minutes", "metres"]))
def test_neither_the_order_of_roads_nor_their_drawing_changes_a_cost(seed: int, by: str) -> None:
    rng = np.random.default_rng(seed)
    lines = random_roads(rng, 8, 9)
    places, facilities = points(*rng.uniform(0, 6, (6, 2))), points(*rng.uniform(0, 6, (4, 2)))
    found = table(costs_between(make_network(lines), places, facilities, limit=1e9, by=by))
    turned = lines.assign(geometry=lines.geometry.reverse(), oneway=lines["oneway"].map({"是": "反向", "反向": "是"}).fillna(""))  # fmt: skip
    for other in (lines.sample(frac=1, random_state=seed % 2**31), turned):
        again = table(costs_between(make_network(other), places, facilities, limit=1e9, by=by))
        assert again.keys() == found.keys()
        # a stretch that is cut is rounded at the cut, from the one end or the other
        assert again == pytest.approx(found, abs=0.2 if by == "metres" else 0.01)


def test_the_nearest_of_every_node_is_that_of_a_place_there() -> None:
    rng = np.random.default_rng(5)
    network = make_network(random_roads(rng, 12, 14))
    facilities = points(*rng.uniform(0, 6, (5, 2)))
    nodes = pd.DataFrame({"x": network.x, "y": network.y})
    facility, cost = nearest_of_nodes(network, facilities)
    found = nearest_by_cost(network, nodes, facilities)
    np.testing.assert_array_equal(facility, found["facility"])
    np.testing.assert_array_equal(cost, found["cost"])


def test_a_point_comes_to_the_nearest_road_at_its_foot() -> None:
    network = make_network(roads([[(0, 0), (4, 0)], [(0, 3), (4, 3)]]))
    found = snap(network, points((1, 1), (2, 2.5), (2, 50)).assign(z=1))
    assert network.line[found.stretch].tolist() == [0, 1]
    assert found.walk.tolist() == pytest.approx([metres((1, 0), (1, 1)), metres((2, 2.5), (2, 3))], abs=0.5)  # fmt: skip
    whole = network.costs["metres"][found.stretch]
    assert (found.at / whole).tolist() == pytest.approx([0.25, 0.5], abs=1e-3)
    assert np.isnan(found.metres[2])
    nearer = snap(network, points((1, 1)), far=1000)
    assert np.isnan(nearer.metres).all()


def test_a_table_of_minutes_gives_costs_the_least_of_a_pair() -> None:
    rows = pd.DataFrame(
        {"place": ["b", "a", "b", "z"], "facility": ["f"] * 4, "minutes": [9.0, 40, 8, 1]}
    )
    found = costs_of_table(rows, pd.Index(["a", "b"]), pd.Index(["e", "f"]), limit=30)
    assert table(found) == {(1, 1): 8.0}
    assert (found.places, found.facilities, found.by) == (2, 2, "minutes")


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), k=st.integers(1, 5))
def test_the_k_nearest_by_road_are_the_first_of_all_in_order(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    network = make_network(random_roads(rng, 9, 10))
    places, facilities = points(*rng.uniform(0, 5, (5, 2))), points(*rng.uniform(0, 5, (4, 2)))
    every = table(costs_between(network, places, facilities, limit=1e9))
    facility, cost = k_nearest_by_cost(network, places, facilities, k)
    for i in range(5):
        mine = sorted((c, str(facilities.index[f]), f) for (p, f), c in every.items() if p == i)[:k]
        assert facility[i].tolist() == [m[2] for m in mine] + [-1] * (k - len(mine))
        np.testing.assert_allclose(cost[i], [m[0] for m in mine] + [np.nan] * (k - len(mine)))


def test_an_end_that_misses_another_road_by_a_hand_is_told() -> None:
    hand = 1e-6 / STEP  # a decimetre
    missed = make_network(roads([[(0, 0), (2, 0)], [(1, hand), (1, 1)], [(5, 5), (6, 5)]]))
    assert len(missed.near_misses) == 1
    assert any("1 处路的端点离另一条路不到 1 米" in line for line in network_words(missed))
    joined = make_network(roads([[(0, 0), (1, 0), (2, 0)], [(1, 0), (1, 1)]]))
    assert len(joined.near_misses) == 0


def test_the_speeds_that_are_said_are_those_that_are_used() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
    for name in ("高速公路", "国道", "省道", "县道", "乡道", "村道", "城市道路", "其他"):
        assert f"{name} {SPEEDS[name]}" in readme
    for name in ("motorway", "trunk", "primary", "secondary", "tertiary", "residential"):
        assert re.search(rf"{name} {SPEEDS[name]}\b", readme)
    known = read_schema("road").columns["class"].choices
    assert set(SPEEDS) == set(known) - {NO_CARS}


@pytest.mark.parametrize(
    ("text", "way"),
    [("是", "是"), ("yes", "是"), ("1", "是"), ("F", "是"), ("-1", "反向"), ("reverse", "反向"), ("T", "反向"), ("否", "否"), ("no", "否"), ("B", "否"), ("", "")],
)  # fmt: skip
def test_one_way_is_read_as_it_is_written(text: str, way: str) -> None:
    column = read_schema("road").columns["oneway"]
    assert (find_choice(text, known_words(column)) or "") == way


def test_nobody_and_nothing_cost_nothing() -> None:
    network = make_network(roads([[(0, 0), (1, 0)]]))
    none, one = points(), points((0, 0))
    for places, facilities in ((none, one), (one, none), (none, none)):
        found = costs_between(network, places, facilities, limit=9)
        assert (len(found.cost), found.places, found.facilities) == (0, len(places), len(facilities))  # fmt: skip
        assert len(nearest_by_cost(network, places, facilities)) == len(places)
    with pytest.raises(HbgeoError, match="可选值 minutes、metres"):
        costs_between(network, one, one, limit=9, by="hours")
