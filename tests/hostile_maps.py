"""Map files that nobody should send: cut short, bombs, disguises, ways out of an archive."""

from __future__ import annotations

import json
import struct
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

SUFFIXES = (".gpkg", ".geojson", ".fgb", ".parquet", ".shp", ".kml", ".zip")
MARK = "<Placemark><name>甲</name><Point><coordinates>114,30</coordinates></Point></Placemark>"


def whole(folder: Path) -> dict[str, Path]:
    """One good file of each kind, of fifty points."""
    points = shapely.points(np.arange(50) / 100 + 114, np.full(50, 30.0))
    frame = gpd.GeoDataFrame({"名称": ["甲" * 9] * 50}, geometry=points, crs="EPSG:4490")
    made = {suffix: folder / f"好{suffix}" for suffix in SUFFIXES}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        for suffix in (".gpkg", ".geojson", ".fgb", ".shp"):
            frame.to_file(made[suffix], engine="pyogrio", encoding="utf-8")
    frame.to_parquet(made[".parquet"])
    made[".kml"].write_text(kml(MARK * 50), encoding="utf-8")
    with zipfile.ZipFile(made[".zip"], "w", zipfile.ZIP_DEFLATED) as archive:
        for part in (".shp", ".shx", ".dbf", ".prj"):
            archive.write(folder / f"好{part}", f"好{part}")
    return made


def cut(folder: Path, good: dict[str, Path]) -> Iterator[Path]:
    """Every kind cut short in ten places, shapefiles in each of their parts."""
    for suffix, path in good.items():
        for n, share in enumerate((0.0005, 0.01, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 0.98)):
            target = folder / f"截断{n}{suffix}"
            data = path.read_bytes()
            target.write_bytes(data[: max(int(len(data) * share), 1)])
            if suffix == ".shp":
                for part in (".shx", ".dbf", ".prj", ".cpg"):
                    target.with_suffix(part).write_bytes(path.with_suffix(part).read_bytes())
            yield target
    for part in (".dbf", ".shx"):
        for n, share in enumerate((0.0, 0.1, 0.5, 0.9)):
            target = folder / f"缺{part[1:]}{n}.shp"
            for other in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
                data = good[".shp"].with_suffix(other).read_bytes()
                target.with_suffix(other).write_bytes(
                    data[: int(len(data) * share)] if other == part else data
                )
            yield target


def bombs(folder: Path) -> Iterator[Path]:
    """Files that grow when they are read."""
    lol = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    inside = f'<!DOCTYPE kml [<!ENTITY l0 "lol">{lol}]>'
    yield text(folder / "亿笑.kml", inside + kml("<Placemark><name>&l9;</name></Placemark>"))
    big = "A" * 100_000
    inside = f'<!DOCTYPE kml [<!ENTITY a "{big}">]>'
    yield text(
        folder / "平方.kml", inside + kml(f"<Placemark><name>{'&a;' * 5000}</name></Placemark>")
    )
    outside = '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    yield text(folder / "外部.kml", outside + kml("<Placemark><name>&x;</name></Placemark>"))
    yield text(folder / "深.kml", kml("<Folder>" * 200_000))
    yield text(folder / "长.kml", kml(f"<Placemark><name>{'A' * 70_000_000}</name></Placemark>"))
    yield text(folder / "深.geojson", '{"type":"FeatureCollection","features":' + "[" * 2_000_000)
    rows = pa.table({"n": pa.nulls(0, pa.int8())}).schema
    with pq.ParquetWriter(folder / "多行.parquet", rows) as writer:
        for _ in range(4):
            writer.write_table(pa.table({"n": pa.nulls(50_000_000, pa.int8())}))
    yield folder / "多行.parquet"
    zeros = folder / "零"
    with zeros.open("wb") as file:
        file.truncate(200 << 20)
    with zipfile.ZipFile(folder / "炸弹.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(zeros, "doc.kml")
    zeros.unlink()
    yield folder / "炸弹.zip"
    yield binary(folder / "炸弹.kmz", (folder / "炸弹.zip").read_bytes())
    with zipfile.ZipFile(folder / "多个.zip", "w") as archive:
        for i in range(20_000):
            archive.writestr(f"{i}.shp", b"")
    yield folder / "多个.zip"


def ways_out(folder: Path) -> Iterator[Path]:
    """Archives whose members are links, or lie outside."""
    for n, name in enumerate(
        ("../出.kml", "/出.kml", "a/../../出.kml", "..\\出.kml", "C:\\出.kml")
    ):
        path = folder / f"路径{n}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, kml(MARK))
        yield path
    link = zipfile.ZipInfo("县.kml")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(folder / "链接.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    yield folder / "链接.zip"


def disguises(folder: Path, port: int) -> Iterator[Path]:
    """Files that ask for another file or an address, under the names of map files."""
    address = f"http://127.0.0.1:{port}/a.geojson"
    vrt = (
        '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{}</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>"
    )
    for suffix in (".geojson", ".json", ".gpkg", ".fgb", ".shp", ".kml", ".parquet"):
        path = text(folder / f"伪装{suffix}", vrt.format(f"/vsicurl/{address}"))
        if suffix == ".shp":
            text(path.with_suffix(".dbf"), vrt)
            text(path.with_suffix(".shx"), vrt)
        yield path
    feature = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "Point", "coordinates": [114, 30]},
    }
    linked = {"type": "link", "properties": {"href": address, "type": "proj4"}}
    named = {"type": "FeatureCollection", "crs": linked, "features": [feature]}
    yield text(folder / "坐标系.geojson", json.dumps(named))
    late = {
        "type": "FeatureCollection",
        "features": [feature] * 500,
        "crs": linked | {"type": "URL"},
    }
    yield text(folder / "坐标系在后.geojson", json.dumps(late, indent=2))
    arcgis = {"serviceDescription": address, "currentVersion": 10, "layers": []}
    yield text(folder / "服务.json", json.dumps(arcgis))
    yield text(folder / "网址.geojson", address)
    yield text(
        folder / "服务.geojson", f'{{"type":"FeatureCollection","links":[{{"href":"{address}"}}]}}'
    )


def garbage(folder: Path) -> Iterator[Path]:
    """What no program writes: noise, empty files, figures without end."""
    rng = np.random.default_rng(11)
    for suffix in SUFFIXES:
        yield binary(folder / f"空{suffix}", b"")
        yield binary(folder / f"噪声{suffix}", rng.bytes(100_000))
        yield binary(folder / f"零{suffix}", bytes(100_000))
    yield binary(folder / "头.fgb", b"fgb\x03fgb\x01" + struct.pack("<I", 0xFFFFFFF0) + bytes(64))
    yield binary(folder / "头.gpkg", b"SQLite format 3\0" + bytes(200))
    yield text(folder / "数.kml", kml(MARK.replace("114,30", "114;30")))
    yield text(folder / "环.kml", kml(
        "<Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>1,1 2,2</coordinates>"
        "</LinearRing></outerBoundaryIs></Polygon></Placemark>"
    ))  # fmt: skip
    yield text(folder / "别的.kml", "<gpx></gpx>")
    for name, members in (
        ("无图层.zip", {"说明.txt": "x"}),
        ("两个.zip", {"a.kml": kml(MARK), "b.kml": kml(MARK)}),
    ):
        with zipfile.ZipFile(folder / name, "w") as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        yield folder / name


def kml(marks: str) -> str:
    return f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>'


def text(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


def binary(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def every(folder: Path, port: int) -> list[Path]:
    """All of them."""
    good = whole(folder)
    made = [*cut(folder, good), *bombs(folder), *ways_out(folder)]
    return [*made, *disguises(folder, port), *garbage(folder)]
