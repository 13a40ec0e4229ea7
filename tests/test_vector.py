"""Boundary and point files are read whole, in the right encoding and CRS, or refused in one line."""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.file.shapefile import _check_table, restore_names
from hbgeo.read.file.vector import (
    _check_degrees,
    _read_packed,
    as_raw,
    list_layers,
    read_vector,
)
from hbgeo.read.layer import read_layer

NAMES = ["牌洲湾镇", "青山镇街道", "𣲗源口镇"]


def units(path: Path | str, **more: object) -> Layer:
    """A county-level layer of this one file."""
    options = {"level": "township", "schema": "unit", "scheme": "MCA-2025"} | more
    return Layer("township", "units", (str(path),), "示例", **options)  # type: ignore[arg-type]


def frame(crs: str | None = "EPSG:4490") -> gpd.GeoDataFrame:
    """Three squares with Chinese names."""
    squares = [shapely.box(114 + 0.1 * i, 30, 114.1 + 0.1 * i, 30.1) for i in range(3)]
    codes = [f"42010110{i}" for i in range(3)]
    return gpd.GeoDataFrame({"代码": codes, "名称": NAMES}, geometry=squares, crs=crs)


def write_shp(path: Path, encoding: str, *, cpg: str | None) -> Path:
    """Write a shapefile; `cpg` is what its .cpg says, None leaves it out."""
    frame().to_file(path, driver="ESRI Shapefile", encoding=encoding, engine="pyogrio")
    beside = path.with_suffix(".cpg")
    beside.unlink(missing_ok=True)
    if cpg is not None:
        beside.write_text(cpg, "ascii")
    dbf = bytearray(path.with_suffix(".dbf").read_bytes())
    dbf[29] = 0  # many programs leave the code page byte empty
    path.with_suffix(".dbf").write_bytes(bytes(dbf))
    return path


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".fgb", ".parquet", ".shp"])
def test_every_format_gives_names_geometry_and_provenance(tmp_path, suffix):
    path = tmp_path / f"乡镇{suffix}"
    if suffix == ".parquet":
        frame().to_parquet(path)
    else:
        # FlatGeobuf sorts features into its spatial index unless told not to
        more = {"SPATIAL_INDEX": "NO"} if suffix == ".fgb" else {}
        frame().to_file(path, engine="pyogrio", encoding="utf-8", **more)
    raw = read_vector(path, units(path))
    assert raw["名称"].tolist() == NAMES
    assert raw["代码"].tolist() == ["420101100", "420101101", "420101102"]
    assert raw["row"].tolist() == [1, 2, 3]
    assert set(raw["file"]) == {path.name}
    assert set(raw["sheet"]) == {"乡镇" if suffix == ".gpkg" else ""}
    read, wanted = (shapely.normalize(f["geometry"].to_numpy()) for f in (raw, frame()))
    assert shapely.equals_exact(read, wanted, 1e-9).all()


def test_rows_keep_the_index_they_came_with_and_are_numbered_from_one():
    shapes = frame().set_axis([7, 5, 6])
    for given in (shapes, shapes[["geometry"]]):
        raw = as_raw(given, "t.gpkg", "甲", units(Path("t.gpkg")))
        assert raw.index.tolist() == [7, 5, 6]
        assert raw[["file", "sheet", "row"]].to_numpy().tolist() == [
            ["t.gpkg", "甲", n] for n in (1, 2, 3)
        ]


@pytest.mark.parametrize(
    ("encoding", "cpg"),
    [
        ("gb18030", None),
        ("gb18030", "GBK"),
        ("gb18030", "936"),
        ("utf-8", None),
        ("utf-8", "UTF-8"),
    ],
)
def test_a_shapefile_is_read_in_its_own_encoding(tmp_path, encoding, cpg):
    path = write_shp(tmp_path / "t.shp", encoding, cpg=cpg)
    assert read_vector(path, units(path))["名称"].tolist() == NAMES


@pytest.mark.parametrize(("encoding", "cpg"), [("gb18030", "UTF-8"), ("utf-8", "GBK")])
def test_a_shapefile_whose_encoding_is_not_as_declared_is_refused(tmp_path, encoding, cpg):
    path = write_shp(tmp_path / "t.shp", encoding, cpg=cpg)
    with pytest.raises(LayerError, match=f"编码与声明不符.声明 {cpg}，实际应为 {encoding.upper()}"):
        read_vector(path, units(path))


def test_the_catalogue_overrules_the_cpg(tmp_path):
    path = write_shp(tmp_path / "t.shp", "gb18030", cpg="UTF-8")
    assert read_vector(path, units(path, encoding="gbk"))["名称"].tolist() == NAMES


def test_names_that_were_garbled_before_they_came_are_refused(tmp_path):
    bad = frame()
    bad["名称"] = [n.encode().decode("gb18030", "ignore") for n in NAMES]
    path = tmp_path / "t.gpkg"
    bad.to_file(path)
    with pytest.raises(LayerError, match="乱码"):
        read_layer(units(path), tmp_path)


def test_a_text_named_gpkg_is_refused(tmp_path):
    path = tmp_path / "t.gpkg"
    path.write_text("代码,名称\n1,甲\n", encoding="utf-8")
    with pytest.raises(LayerError, match=r"t.gpkg：不是有效的 gpkg 文件"):
        read_vector(path, units(path))


def test_an_empty_file_is_refused(tmp_path):
    path = tmp_path / "t.geojson"
    path.write_bytes(b"")
    with pytest.raises(LayerError, match="空文件"):
        read_vector(path, units(path))


def test_a_layer_without_crs_is_refused_unless_the_catalogue_says_one(tmp_path):
    path = tmp_path / "t.gpkg"
    with pytest.warns(UserWarning, match="crs"):
        frame(crs=None).to_file(path)
    with pytest.raises(LayerError, match=r"没有坐标系信息.*\[township\] 也未写 crs"):
        read_vector(path, units(path))
    raw = read_vector(path, units(path, crs="WGS84"))
    assert raw["geometry"][0].bounds == pytest.approx((114, 30, 114.1, 30.1))


def test_a_projected_layer_comes_to_degrees(tmp_path):
    path = tmp_path / "t.gpkg"
    point = gpd.GeoDataFrame(
        {"名称": ["甲"]}, geometry=[shapely.Point(38529251.8, 3385891.5)], crs="EPSG:4526"
    )
    point.to_file(path)
    raw = read_vector(path, units(path))
    assert (raw["geometry"][0].x, raw["geometry"][0].y) == pytest.approx(
        (114.305, 30.593), abs=1e-6
    )


def test_swapped_axes_are_named(tmp_path):
    path = tmp_path / "t.gpkg"
    turned = frame()
    turned["geometry"] = shapely.transform(turned.geometry.to_numpy(), lambda xy: xy[:, ::-1])
    turned.to_file(path)
    with pytest.raises(LayerError, match="经度、纬度疑似写反"):
        read_vector(path, units(path))


def test_a_file_of_several_layers_asks_which(tmp_path):
    path = tmp_path / "t.gpkg"
    frame().to_file(path, layer="乡镇")
    frame().to_file(path, layer="旧乡镇")
    with pytest.raises(LayerError, match=r"有 2 个图层.乡镇、旧乡镇.，请用 layer 指明"):
        read_vector(path, units(path))
    with pytest.raises(LayerError, match="没有图层“县”；已有图层：乡镇、旧乡镇"):
        read_vector(path, units(path, table="县"))
    assert len(read_vector(path, units(path, table="乡镇"))) == 3


def test_a_shapefile_without_its_table_is_refused(tmp_path):
    path = write_shp(tmp_path / "t.shp", "utf-8", cpg=None)
    path.with_suffix(".dbf").unlink()
    with pytest.raises(LayerError, match=r"缺少同名的 \.dbf"):
        read_vector(path, units(path))


def cut_names(path: Path, encoding: str, names: dict[str, list[str]]) -> Path:
    """A shapefile whose headings were cut at ten bytes, as QGIS and ArcGIS do."""
    made = gpd.GeoDataFrame(names, geometry=frame().geometry, crs="EPSG:4490")
    with warnings.catch_warnings():  # the cutting is what GDAL warns of
        warnings.simplefilter("ignore", RuntimeWarning)
        made.to_file(path, encoding=encoding)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_headings_cut_at_ten_bytes_are_completed(tmp_path, encoding):
    columns = {"行政区划代码": ["420101100", "420101101", "420101102"], "乡镇街道名称": NAMES}
    path = cut_names(tmp_path / "t.shp", encoding, columns)
    layer = units(path, columns={"name": "乡镇街道名称"})
    made = read_layer(layer, tmp_path).frame
    assert made["code"].tolist() == columns["行政区划代码"]
    assert made["name"].tolist() == NAMES


@pytest.mark.parametrize(
    ("name", "size", "whole"),
    [
        ("所在乡", 9, "所在乡镇"), ("所在乡", 10, "所在乡镇"), ("所在乡", 8, "所在乡"),  # shorter was never cut
        ("所在县", 10, "所在县"), ("某某某", 10, "某某某"), ("批", 10, "批"),
    ],
)  # fmt: skip
def test_only_a_heading_long_enough_to_have_been_cut_is_completed(name, size, whole):
    assert restore_names(["x" * size], [name], [False], facility()) == [whole]
    coded = restore_names(["x" * 9], ["所在乡"], [True], facility())
    assert coded == ["所在乡"] or coded[0].endswith("代码")


@pytest.mark.parametrize("letter", ["启", "级", "状", "备"])
def test_a_heading_of_one_letter_is_not_completed(letter: str) -> None:
    assert restore_names(["x" * 9], [letter], [False], facility()) == [letter]


def test_a_cut_heading_of_two_completions_goes_by_its_cells(tmp_path):
    columns = {"所在乡镇代码": ["420101100"] * 3, "公墓名称": NAMES}
    raw = read_vector(cut_names(tmp_path / "a.shp", "utf-8", columns), facility())
    assert raw["所在乡镇代码"].tolist() == ["420101100"] * 3
    raw = read_vector(cut_names(tmp_path / "b.shp", "utf-8", {"所在乡镇": NAMES}), facility())
    assert raw["所在乡镇"].tolist() == NAMES


def test_an_unknown_cut_heading_stays_as_it_is(tmp_path):
    path = cut_names(tmp_path / "t.shp", "utf-8", {"某某某某名称": NAMES})
    assert "某某某" in read_vector(path, units(path))


def facility() -> Layer:
    return Layer("cemetery", "facilities", ("a.shp",), "示例", schema="cemetery")


def test_a_full_cell_may_end_inside_a_character(tmp_path):
    long = "示例" * 60  # 360 bytes in UTF-8: dBase holds 254
    path = tmp_path / "t.shp"
    made = gpd.GeoDataFrame({"名称": [long] * 3}, geometry=frame().geometry, crs="EPSG:4490")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        made.to_file(path, encoding="utf-8")
    name = read_vector(path, units(path))["名称"][0]
    assert len(name) >= 80
    assert long.startswith(name)


def test_rows_that_a_copy_lost_are_not_lost_in_silence(tmp_path):
    path = write_shp(tmp_path / "t.shp", "utf-8", cpg=None)
    for suffix, said in ((".shp", "文件不完整"), (".dbf", "文件不完整"), (".shx", "文件不完整")):
        part = path.with_suffix(suffix)
        whole = part.read_bytes()
        part.write_bytes(whole[:-12])
        with pytest.raises(LayerError, match=rf"t\{suffix}：{said}.应有 .* 字节"):
            read_vector(path, units(path))
        part.write_bytes(whole)
    assert len(read_vector(path, units(path))) == 3


def test_parts_of_different_exports_are_refused(tmp_path):
    path = write_shp(tmp_path / "t.shp", "utf-8", cpg=None)
    other = tmp_path / "o.shp"
    frame().iloc[:2].to_file(other, encoding="utf-8")
    path.with_suffix(".dbf").write_bytes(other.with_suffix(".dbf").read_bytes())
    with pytest.raises(LayerError, match="图形有 3 个，属性表有 2 行，两者不符"):
        read_vector(path, units(path))


def test_an_unpacked_folder_is_gone_afterwards(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    path = tmp_path / "t.zip"
    write_shp(tmp_path / "t.shp", "gb18030", cpg=None)
    with zipfile.ZipFile(path, "w") as archive:
        for suffix in (".shp", ".shx", ".dbf", ".prj"):
            archive.write(tmp_path / f"t{suffix}", f"甲/t{suffix}")
    raw = read_vector(path, units(path))
    assert raw["名称"].tolist() == NAMES
    assert set(raw["file"]) == {"t.zip"}
    assert list((tmp_path / "tmp").iterdir()) == []


def test_values_are_text_as_a_ledger_has_it(tmp_path):
    made = frame()
    made["床位"] = [30.0, 0.5, None]
    made["已建"] = [True, False, True]
    made["日期"] = pd.to_datetime(["2023-01-02", None, "2023-12-31"])
    made.to_parquet(tmp_path / "t.parquet")
    raw = read_vector(tmp_path / "t.parquet", units("t.parquet"))
    assert raw["床位"].tolist() == ["30", "0.5", ""]
    assert raw["已建"].tolist() == ["是", "否", "是"]
    assert raw["日期"].tolist() == ["2023-01-02", "", "2023-12-31"]


def test_layers_are_listed_with_fields_and_crs(tmp_path):
    path = tmp_path / "t.gpkg"
    frame().to_file(path, layer="乡镇")
    frame().to_file(path, layer="旧乡镇")
    found = list_layers(path)
    assert list(found) == ["乡镇", "旧乡镇"]
    assert list(found["乡镇"]["fields"]) == ["代码", "名称"]
    assert found["乡镇"]["crs"] == "EPSG:4490"


def test_each_layer_of_a_file_is_listed_with_its_own_fields_shapes_and_crs(tmp_path):
    path = tmp_path / "两层.gpkg"
    towns = frame()[["名称", "geometry"]]
    points = gpd.GeoDataFrame(
        {"类型": ["养老"]}, geometry=[shapely.Point(111, 30)], crs="EPSG:4326"
    )
    towns.to_file(path, layer="乡镇", driver="GPKG", engine="pyogrio")
    points.to_file(path, layer="设施", driver="GPKG", engine="pyogrio")
    found = list_layers(path)
    assert {name: list(one["fields"]) for name, one in found.items()} == {
        "乡镇": ["名称"], "设施": ["类型"],
    }  # fmt: skip
    assert [(one["geometry"], one["crs"]) for one in found.values()] == [
        ("Polygon", "EPSG:4490"), ("Point", "EPSG:4326"),
    ]  # fmt: skip


def test_columns_that_bear_our_own_names_are_kept(tmp_path):
    own = {"row": ["x", "y", "z"], "row.2": ["u", "v", "w"]}
    made = frame().rename(columns={"代码": "file"}).assign(**own)
    made.to_file(tmp_path / "t.gpkg")
    raw = read_vector(tmp_path / "t.gpkg", units("t.gpkg"))
    assert raw["file.2"].tolist() == ["420101100", "420101101", "420101102"]
    assert raw["row.3"].tolist() == ["x", "y", "z"]
    assert raw["row.2"].tolist() == ["u", "v", "w"]
    assert raw["row"].tolist() == [1, 2, 3]
    assert set(raw["file"]) == {"t.gpkg"}


def test_geometry_may_go_by_any_name_and_not_alone(tmp_path):
    made = frame().rename_geometry("界线")
    made["驻地"] = made.geometry.representative_point()
    made.to_parquet(tmp_path / "t.parquet")
    raw = read_vector(tmp_path / "t.parquet", units("t.parquet"))
    assert list(raw.columns) == ["代码", "名称", "geometry", "file", "sheet", "row"]
    assert raw["geometry"][0].geom_type == "Polygon"


@pytest.mark.parametrize("rows", [3, 1 << 8, 1 << 16, 1 << 24])
def test_a_table_cut_short_is_refused_however_many_rows_it_says(tmp_path: Path, rows: int) -> None:
    table = tmp_path / "a.dbf"
    head = b"\x03" + bytes(3) + rows.to_bytes(4, "little") + (65).to_bytes(2, "little")
    table.write_bytes(head + (11).to_bytes(2, "little") + bytes(53))
    with pytest.raises(LayerError, match=f"应有 {65 + 11 * rows:,} 字节，只有 65"):
        _check_table(table)


def test_degrees_reach_to_the_poles_and_no_further() -> None:
    _check_degrees(np.array([shapely.box(110, -90, 111, 90)]), "a.shp")
    for south, north in ((-90.01, 0), (0, 90.01)):
        with pytest.raises(LayerError, match="不是经纬度"):
            _check_degrees(np.array([shapely.box(110, south, 111, north)]), "a.shp")


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("gbk", "像是 GBK"), ("utf-16", "像是 UTF-16"), ("utf-16-le", "像是 UTF-16")],
)
@pytest.mark.parametrize("name", ["a.geojson", "a.json"])
def test_geojson_that_is_not_utf8_is_refused_by_its_encoding(tmp_path, name, encoding, said):
    feature = '{"type":"Feature","properties":{"名称":"分乡镇"},"geometry":null}'
    text = f'{{"type":"FeatureCollection","features":[{feature}]}}'
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    with pytest.raises(LayerError, match=f"编码不是 UTF-8.*{said}.*另存为 UTF-8"):
        read_vector(path, units(path))
    with pytest.raises(LayerError, match="编码不是 UTF-8"):
        list_layers(path)


def test_geojson_of_no_known_encoding_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_bytes(b'{"a": "\xff\xff"}')
    with pytest.raises(LayerError, match=r"^a\.geojson：文字不是 UTF-8，也不像 GBK，可能已损坏"):
        read_vector(path, units(path))


@pytest.mark.parametrize("mark", ['"UTF8Encoding":true', '"UTF8Encoding" : true'])
def test_geojson_that_echarts_has_packed_is_refused(tmp_path, mark):
    feature = (
        '{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":["@@a"]}}'
    )
    path = tmp_path / "a.json"
    path.write_text(f'{{"type":"FeatureCollection","features":[{feature}],{mark}}}', "utf-8")
    with pytest.raises(LayerError, match=r"ECharts 压缩.*请用未压缩的 GeoJSON"):
        read_vector(path, units(path))


@pytest.mark.parametrize("storage", ["python", "pyarrow"])
@pytest.mark.parametrize("suffix", [".gpkg", ".fgb"])
def test_names_that_are_not_utf8_are_refused_in_their_row(tmp_path, suffix, storage):
    path = tmp_path / f"a{suffix}"
    more = {"SPATIAL_INDEX": "NO"} if suffix == ".fgb" else {}
    one = frame().assign(名称=["甲", "ABCDEF", "丙"])
    one.to_file(path, engine="pyogrio", **more)
    path.write_bytes(path.read_bytes().replace(b"ABCDEF", "乙镇街".encode("gb18030")))
    with pd.option_context("mode.string_storage", storage), pytest.raises(LayerError) as caught:
        read_vector(path, units(path))
    assert str(caught.value).startswith(f"{path.name} 第2行“名称”：不是 UTF-8 文本（像是 GBK）；")


def test_a_heading_that_is_not_utf8_is_refused(tmp_path):
    path = tmp_path / "a.fgb"
    frame().rename(columns={"名称": "ABCDEF"}).to_file(path, engine="pyogrio")
    path.write_bytes(path.read_bytes().replace(b"ABCDEF", "乙镇街".encode("gb18030")))
    for read in (lambda: read_vector(path, units(path)), lambda: list_layers(path)):
        with pytest.raises(LayerError, match=r"^a\.fgb：列名或图层名不是 UTF-8 文本；请"):
            read()


def test_a_map_of_thousands_of_fields_is_refused(tmp_path):
    path = tmp_path / "a.geojson"
    one = '{{"type":"Feature","geometry":null,"properties":{{"f{}":1}}}}'
    features = ",".join(one.format(i) for i in range(2001))
    path.write_text(f'{{"type":"FeatureCollection","features":[{features}]}}', encoding="utf-8")
    with pytest.raises(LayerError, match=r"^a\.geojson：有 2,001 列"):
        read_vector(path, units(path))


@pytest.mark.parametrize(
    ("box", "hint"),
    [
        ((-180, -90, 180, 90), None), ((100, 29, 101, 90.5), "坐标疑为米，与声明的坐标系不符"),
        ((29, 100, 90, 101), "经度、纬度疑似写反"), ((29, 100, 90.5, 101), "坐标疑为米，与声明的坐标系不符"),
        ((29, -90.5, 31, 0), "经度、纬度疑似写反"),
    ],
)  # fmt: skip
def test_a_latitude_is_of_ninety_degrees_at_most(
    box: tuple[float, float, float, float], hint: str | None
) -> None:
    shapes = np.array([shapely.box(*box)])
    if hint is None:
        _check_degrees(shapes, "a.gpkg")
        _check_degrees(shapes[:0], "a.gpkg")
        return
    with pytest.raises(LayerError) as caught:
        _check_degrees(shapes, "a.gpkg")
    west, south, east, north = (f"{value:g}" for value in box)
    assert str(caught.value) == (
        f"a.gpkg：坐标范围 {west},{south} 至 {east},{north} 不是经纬度；{hint}"
    )


def test_what_is_handed_over_says_where_its_geometry_stood(tmp_path: Path) -> None:
    frame().to_parquet(tmp_path / "a.parquet")
    raw, at, shapes = _read_packed(tmp_path / "a.parquet", units("a.parquet"))
    assert (raw.columns.tolist(), at) == (["代码", "名称", "file", "sheet", "row"], 2)
    assert shapes is not None
    assert shapely.from_wkb(shapes.to_pylist())[0].bounds == pytest.approx((114, 30, 114.1, 30.1))
    pd.DataFrame({"代码": ["1"], "名称": ["甲"]}).to_parquet(tmp_path / "b.parquet")
    raw, at, shapes = _read_packed(tmp_path / "b.parquet", units("b.parquet"))
    assert (raw["名称"].tolist(), at, shapes) == (["甲"], 0, None)
