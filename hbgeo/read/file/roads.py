"""Roads out of OpenStreetMap's own files (.osm.pbf): what may be driven, as lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from hbgeo.errors import LayerError
from hbgeo.read.file.guard import unreadable

_START = b"OSMHeader"  # the name of the first block, behind its length
_DRIVEN = frozenset({
    "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary",
    "secondary_link", "tertiary", "tertiary_link", "unclassified", "residential", "living_street",
    "service", "road", "track",
})  # fmt: skip
_CLOSED = ("no", "private", "agricultural", "forestry")
_ONE_WAY = {"yes": "是", "true": "是", "1": "是", "-1": "反向", "reverse": "反向"}


def read_roads(path: Path) -> gpd.GeoDataFrame:
    """Read the ways that motor cars may use, in the order of the file, in WGS 84.

    Left out: foot and cycle paths, what is being built, and what is closed to cars or private.
    Ways run through the same places where they share a node, so that they join there. A way cut off
    at the edge of an extract keeps the parts whose nodes are known.

    Returns
    -------
    roads
        Texts `name`, `highway`, `maxspeed`, `oneway` (是, 反向, 否; motorways and roundabouts are
        one way where nothing else is said), and `geometry`.

    Raises
    ------
    LayerError
        If the file is none or damaged, or the extra `roads` is not installed.
    """
    try:
        import osmium
    except ModuleNotFoundError:
        raise LayerError('读取 .osm.pbf 需要安装：pip install "hbgeo[roads]"') from None
    content = path.read_bytes()
    if _START not in content[:64]:
        raise LayerError(f"{path.name}：不是有效的 osm.pbf 文件（内容与扩展名不符或已损坏）")
    try:
        rows, shapes = _ways_of(content, osmium)
    except (RuntimeError, ValueError, UnicodeDecodeError) as err:
        raise unreadable(path, err) from None
    columns = {c: [r[c] for r in rows] for c in ("name", "highway", "maxspeed", "oneway")}
    return gpd.GeoDataFrame(columns, geometry=shapely.from_wkb(shapes), crs="EPSG:4326")


def _ways_of(content: bytes, osmium: Any) -> tuple[list[dict[str, str]], list[str]]:
    """The tags and the shapes, as hexadecimal WKB, of the ways that may be driven."""
    rows, shapes, draw = list[dict[str, str]](), list[str](), osmium.geom.WKBFactory()
    # from memory: it opens no name that is not ASCII on Windows
    file = osmium.io.FileBuffer(content, "pbf")
    ways = osmium.FileProcessor(file, osmium.osm.NODE | osmium.osm.WAY).with_locations()
    for way in ways.with_filter(osmium.filter.KeyFilter("highway")):
        if not isinstance(way, osmium.osm.Way) or not _driven(way.tags):
            continue
        try:
            shape = draw.create_linestring(way)
        except (osmium.InvalidLocationError, RuntimeError):  # a node that is not there; one place
            shape = _known_parts(way.nodes)
        if shape:
            rows.append(_row_of(way.tags))
            shapes.append(shape)
    return rows, shapes


def _driven(tags: Any) -> bool:
    """Whether cars may use a way: the more special tag goes before the more general one."""
    if tags["highway"] not in _DRIVEN or tags.get("area") == "yes":
        return False
    said = (tags.get(key) for key in ("motorcar", "motor_vehicle", "vehicle", "access"))
    return next((value for value in said if value), "yes") not in _CLOSED


def _row_of(tags: Any) -> dict[str, str]:
    ring = tags.get("junction") in {"roundabout", "circular"}
    always = "yes" if ring or tags["highway"] == "motorway" else "no"
    return {
        "name": tags.get("name", ""),
        "highway": tags["highway"],
        "maxspeed": tags.get("maxspeed", ""),
        "oneway": _ONE_WAY.get(tags.get("oneway", always), "否"),
    }


def _known_parts(nodes: Any) -> str:
    """The parts of a way between nodes whose place is not in the file; "" where none is left."""
    parts: list[list[tuple[float, float]]] = [[]]
    for node in nodes:
        if not node.location.valid():
            parts.append([])
        elif not parts[-1] or parts[-1][-1] != (node.lon, node.lat):
            parts[-1].append((node.lon, node.lat))
    lines = [part for part in parts if len(part) > 1]
    return str(shapely.to_wkb(shapely.MultiLineString(lines), hex=True)) if lines else ""
