"""OpenStreetMap's own files, written here by osmium's writer."""

from __future__ import annotations

import builtins
from pathlib import Path

import osmium
import pytest
import shapely
from osmium.osm import mutable

from hbgeo.errors import HbgeoError
from hbgeo.measure.network import costs_between, make_network
from hbgeo.read.catalog import Layer
from hbgeo.read.file.roads import read_roads
from hbgeo.read.layer import read_layer
from hbgeo.read.schema.tidy import Tidy

NODES = {k: (112 + 0.01 * k, 30.0) for k in range(1, 8)}


def write_osm(path: Path, ways: list[tuple[list[int], dict[str, str]]]) -> Path:
    """Nodes along the parallel of 30° N, and ways between them."""
    plain = path.with_name("roads.osm.pbf")  # no other name can be written on Windows
    writer = osmium.SimpleWriter(str(plain))
    for number, at in NODES.items():
        tags = {"highway": "crossing"} if number == 2 else {}
        writer.add_node(mutable.Node(id=number, location=at, tags=tags))
    for number, (nodes, tags) in enumerate(ways, 1):
        writer.add_way(mutable.Way(id=number, nodes=nodes, tags=tags))
    writer.close()
    return plain.replace(path)


def read(path: Path, role: str = "lines") -> Tidy:
    layer = Layer("roads", role, (str(path),), "示例", schema="road")
    return read_layer(layer, path.parent)


def test_ways_that_cars_may_use_are_read_with_their_tags(tmp_path: Path) -> None:
    path = write_osm(
        tmp_path / "湖北.osm.pbf",
        [
            ([1, 2, 3], {"highway": "primary", "name": "一路", "maxspeed": "60"}),
            ([3, 4], {"highway": "residential", "oneway": "-1", "maxspeed": "30 mph"}),
            ([3, 4], {"highway": "motorway"}),
            ([5, 6, 5], {"highway": "tertiary", "junction": "roundabout"}),
            ([4, 5], {"highway": "footway"}),
            ([4, 5], {"highway": "service", "access": "private"}),
            ([4, 5], {"highway": "track", "access": "no", "motor_vehicle": "yes"}),
            ([4, 5], {"highway": "service", "area": "yes"}),
            ([4, 5], {"highway": "construction"}),
            ([1, 2], {"building": "yes"}),
        ],
    )
    roads = read_roads(path)
    assert roads["highway"].tolist() == ["primary", "residential", "motorway", "tertiary", "track"]
    assert roads["oneway"].tolist() == ["否", "反向", "是", "是", "否"]
    frame = read(path).frame
    assert frame["class"].tolist() == roads["highway"].tolist()
    assert frame["speed_kmh"].tolist()[:2] == pytest.approx([60, 30 * 1.609344])
    assert frame["name"].tolist()[0] == "一路"
    assert frame["oneway"].tolist() == ["否", "反向", "是", "是", "否"]
    assert not read(path).issues


def test_what_was_read_can_be_driven_from_node_to_node(tmp_path: Path) -> None:
    ways = [
        ([1, 2, 3], {"highway": "primary"}),
        ([2, 4], {"highway": "secondary", "oneway": "yes"}),
    ]
    frame = read(write_osm(tmp_path / "a.osm.pbf", ways)).frame
    network = make_network(frame)
    ends = frame.iloc[:0].reindex(range(2)).assign(x=[112.01, 112.04], y=30.0)
    found = costs_between(network, ends, ends, limit=1e6, by="metres")
    assert set(zip(found.place.tolist(), found.facility.tolist(), strict=True)) == {(0, 0), (0, 1), (1, 1)}  # fmt: skip
    assert len(network.start) == 3  # the first way is cut where the second leaves it


def test_a_way_cut_off_at_the_edge_keeps_what_is_known(tmp_path: Path) -> None:
    ways = [([1, 2, 99, 3, 4], {"highway": "primary"}), ([98, 1], {"highway": "primary"})]
    roads = read_roads(write_osm(tmp_path / "a.osm.pbf", ways))
    assert len(roads) == 1
    parts = shapely.get_parts(roads.geometry.iloc[0])
    assert [shapely.get_num_coordinates(p) for p in parts] == [2, 2]


def test_a_file_without_a_road_is_no_row(tmp_path: Path) -> None:
    assert len(read_roads(write_osm(tmp_path / "a.osm.pbf", []))) == 0


@pytest.mark.parametrize("content", [b"", b"<osm></osm>", b"\0\0\0\x0d\x0a\x09OSMHeader\x18\x99"])
def test_what_is_no_such_file_is_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "坏.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(HbgeoError, match=r"^坏\.osm\.pbf：(空文件|不是有效的)") as err:
        read(path)
    assert "\n" not in str(err.value)


def test_a_file_cut_short_is_said(tmp_path: Path) -> None:
    whole = write_osm(tmp_path / "a.osm.pbf", [([1, 2, 3], {"highway": "primary"})]).read_bytes()
    path = tmp_path / "b.osm.pbf"
    for size in range(20, len(whole) - 1, 17):
        path.write_bytes(whole[:size])
        try:
            rows = len(read(path).frame)
        except HbgeoError as err:
            assert str(err).startswith("b.osm.pbf：")  # noqa: PT017
        else:
            assert rows == 0, size  # cut between two blocks it says nothing


def test_only_a_layer_of_roads_takes_one(tmp_path: Path) -> None:
    path = write_osm(tmp_path / "a.osm.pbf", [])
    with pytest.raises(HbgeoError, match="只能作道路图层"):
        read(path, "facilities")


def test_without_the_extra_the_way_to_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name == "osmium":
            raise ModuleNotFoundError(name)
        return real(name, *rest)  # type: ignore[arg-type]

    path = write_osm(tmp_path / "a.osm.pbf", [])
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(HbgeoError, match=r'pip install "hbgeo\[roads\]"'):
        read_roads(path)
