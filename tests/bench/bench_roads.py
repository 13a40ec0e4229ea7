"""Roads: a real network equal to networkx, and a made one of a province's size.

python tests/bench/bench_roads.py real [coquimbo.zip | aequilibrae's wheel]
python tests/bench/bench_roads.py big [NODES ALONG A SIDE]
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
import zipfile
from importlib.util import find_spec
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Geod

from hbgeo.measure.graph import make_network
from hbgeo.measure.network import costs_between, nearest_of_nodes

INSIDE = "reference_files/coquimbo.zip"
SPEEDS = {
    "motorway": 100, "trunk": 80, "primary": 60, "secondary": 50, "tertiary": 40,
    "residential": 30, "living_street": 15, "unclassified": 30,
}  # fmt: skip
GRS80 = Geod(ellps="GRS80")


def coquimbo(given: str = "") -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """The roads of a Chilean city and its zones, out of the wheel `aequilibrae`."""
    found = find_spec("aequilibrae") if not given else None
    if not given and (found is None or not found.origin):
        sys.exit("aequilibrae is not installed: give the path of its wheel or of coquimbo.zip")
    path = Path(given) if given else Path(str(found.origin)).parent / INSIDE
    content = path.read_bytes()
    if path.suffix == ".whl":
        content = zipfile.ZipFile(BytesIO(content)).read(f"aequilibrae/{INSIDE}")
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(BytesIO(content)).extractall(folder)
        base = next(Path(folder).rglob("project_database.sqlite"))
        with sqlite3.connect(base) as db:
            rows = db.execute(
                "select link_type, direction, geometry from links"
                " where link_type != 'centroid_connector'"
            ).fetchall()
            zones = db.execute("select population, geometry from zones").fetchall()
    lines = gpd.GeoDataFrame(
        {
            "class": [r[0] for r in rows],
            "speed_kmh": [float(SPEEDS[r[0]]) for r in rows],
            "oneway": [{1: "是", -1: "反向"}.get(r[1], "") for r in rows],
        },
        geometry=[_spatialite(r[2]) for r in rows],
        crs="EPSG:4490",
    )
    middles = [_spatialite(z[1]).representative_point() for z in zones]
    people = pd.DataFrame(
        {"x": [p.x for p in middles], "y": [p.y for p in middles], "population": [z[0] for z in zones]}
    )  # fmt: skip
    return lines, people


def _spatialite(blob: bytes) -> shapely.Geometry:
    """SpatiaLite's wrapping of a well-known binary: 38 bytes of box before it, one mark behind.

    Inside a collection each part begins with the mark 0x69 in the place of the byte order.
    """
    body = b"\x01" + blob[39:-1]
    kind = int.from_bytes(body[1:5], "little")
    if kind > 3:  # a collection: 0x69 stands before each of its parts
        body = body[:9] + body[9:].replace(
            b"\x69\x03\x00\x00\x00", b"\x01\x03\x00\x00\x00"
        ).replace(b"\x69\x02\x00\x00\x00", b"\x01\x02\x00\x00\x00")
    return shapely.from_wkb(body)


def second_graph(lines: gpd.GeoDataFrame) -> object:
    """The same roads in networkx: nodes by their rounded corners, stretch by stretch."""
    import networkx as nx

    seen: dict[tuple[int, int], int] = {}
    drawn = []
    for shape in lines.geometry:
        corners = [tuple(round(c * 1e7) for c in xy) for xy in shape.coords]
        corners = [c for k, c in enumerate(corners) if not k or c != corners[k - 1]]
        drawn.append(corners)
        for k, c in enumerate(corners):
            seen[c] = seen.get(c, 0) + (2 if k in (0, len(corners) - 1) else 1)
    graph = nx.DiGraph()
    for row, corners in zip(lines.itertuples(), drawn, strict=True):
        nodes = [
            k
            for k, c in enumerate(corners)
            if seen[c] > 1 or (0 < k < len(corners) - 1 and corners[k - 1] == corners[k + 1])
        ]
        for a, b in pairwise(nodes):
            along = np.array(corners[a : b + 1]) * 1e-7
            metres = GRS80.line_length(along[:, 0], along[:, 1])
            cost = max(1, round(metres / row.speed_kmh * 36))
            ends = [(corners[a], corners[b])] * (row.oneway != "反向")
            ends += [(corners[b], corners[a])] * (row.oneway != "是")
            for tail, head in ends:
                if cost < graph.get_edge_data(tail, head, {"weight": np.inf})["weight"]:
                    graph.add_edge(tail, head, weight=cost)
    return graph


def real(given: str = "") -> None:
    """Every pair of 150 and 2,000 nodes, in both engines."""
    import networkx as nx

    lines, zones = coquimbo(given)
    network = make_network(lines)
    graph = second_graph(lines)
    nodes = pd.DataFrame({"x": network.x, "y": network.y})
    key = [tuple(k) for k in np.rint(nodes.to_numpy() * 1e7).astype(int).tolist()]
    strong = sum(1 for _ in nx.strongly_connected_components(graph))
    say(f"nodes {len(nodes):,} stretches {len(network.start):,} arcs {graph.number_of_edges():,}")
    say(f"strong components {strong}; nodes by state {np.bincount(network.states).tolist()}")
    rng = np.random.default_rng(7)
    facilities, places = rng.choice(len(nodes), 150, replace=False), rng.choice(len(nodes), 2000)
    start = time.process_time()
    found = costs_between(network, nodes.iloc[places], nodes.iloc[facilities], limit=1e6)
    took = time.process_time() - start
    mine = np.full((len(places), len(facilities)), np.inf)
    mine[found.place, found.facility] = np.rint(found.cost * 600)
    start = time.process_time()
    back, other = graph.reverse(copy=False), np.full(mine.shape, np.inf)
    for j, f in enumerate(facilities):
        costs = nx.single_source_dijkstra_path_length(back, key[f])
        other[:, j] = [costs.get(key[p], np.inf) for p in places]
    say(f"hbgeo {took:.2f} CPU s, networkx {time.process_time() - start:.2f} CPU s")
    say(f"{int(np.isfinite(mine).sum()):,} pairs, equal: {np.array_equal(mine, other)}")
    if not np.array_equal(mine, other):
        sys.exit(1)
    found = costs_between(network, zones, nodes.iloc[facilities], limit=10)
    reached = np.isin(np.arange(len(zones)), found.place)
    people = zones["population"]
    say(f"zones {len(zones)}: {people[reached].sum():,.0f} of {people.sum():,.0f} people within 10 minutes")  # fmt: skip
    say(f"cut off {len(found.cut_off)}, too far {len(found.too_far)}")


def made(side: int, seed: int = 1) -> gpd.GeoDataFrame:
    """Half-kilometre streets, of which 38 % are lacking, with a faster one every ten kilometres."""
    rng = np.random.default_rng(seed)
    at = np.arange(side * side).reshape(side, side)
    col, row = np.meshgrid(np.arange(side), np.arange(side))
    x = 110.0 + 0.005 * (col + rng.uniform(-0.3, 0.3, col.shape)).ravel()
    y = 29.0 + 0.0045 * (row + rng.uniform(-0.3, 0.3, row.shape)).ravel()
    east = np.column_stack([at[:, :-1].ravel(), at[:, 1:].ravel()])
    north = np.column_stack([at[:-1].ravel(), at[1:].ravel()])
    fast = np.concatenate([(row[:, :-1] % 20 == 0).ravel(), (col[:-1] % 20 == 0).ravel()])
    kind = (row[:, :-1] + col[:, :-1]).ravel(), (row[:-1] + col[:-1]).ravel()
    middling = np.concatenate(kind) % 7 < 2
    edges = np.concatenate([east, north])
    there = rng.random(len(edges)) < 0.62
    edges, fast, middling = edges[there], fast[there], middling[there]
    shapes = shapely.linestrings(np.stack([x[edges], y[edges]], axis=-1))
    speed = np.where(fast, 80.0, np.where(middling, 40.0, 25.0))
    return gpd.GeoDataFrame({"speed_kmh": speed}, geometry=shapes, crs="EPSG:4490")


def big(side: int = 1000) -> None:
    """1,260 facilities and 27,000 places on a million nodes."""
    lines = made(side)
    start = time.process_time()
    network = make_network(lines)
    say(f"nodes {len(network.x):,} arcs {len(network.arcs('minutes')[0]):,}: made in {time.process_time() - start:.1f} CPU s")  # fmt: skip
    rng = np.random.default_rng(2)
    box = network.x.min(), network.y.min(), network.x.max(), network.y.max()
    places, facilities = (
        pd.DataFrame({"x": rng.uniform(box[0], box[2], n), "y": rng.uniform(box[1], box[3], n)})
        for n in (27_000, 1_260)
    )
    start = time.process_time()
    _ = network.plane, network.states
    say(f"plane and states, once: {time.process_time() - start:.1f} CPU s")
    start = time.process_time()
    found = costs_between(network, places, facilities, limit=30)
    say(f"within 30 minutes: {time.process_time() - start:.1f} CPU s, {len(found.cost):,} pairs")
    start = time.process_time()
    facility, _ = nearest_of_nodes(network, facilities)
    say(f"nearest of all nodes: {time.process_time() - start:.2f} CPU s, reached {int((facility >= 0).sum()):,}")  # fmt: skip


def say(line: str) -> None:
    """Print one line."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    what, *rest = sys.argv[1:] or ["big"]
    real(*rest) if what == "real" else big(*map(int, rest))
