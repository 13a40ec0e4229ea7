"""A point file passes through in batches: nothing lost, nothing personal kept, points where they are."""

from __future__ import annotations

import csv
import re
import struct
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import hostile_maps
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.cell.personal import hide_numbers
from hbgeo.read.cell.text import clean_text
from hbgeo.read.crs import wgs84_to_gcj02
from hbgeo.read.stream import sources
from hbgeo.read.stream.plain import make_plain
from hbgeo.read.stream.points import Tally, open_points
from hbgeo.read.stream.sources import read_points
from hbgeo.show.table.batches import points_wkb

N = 53
X = np.round(np.linspace(110, 115, N), 6)
Y = np.round(np.linspace(30, 32, N), 6)
NAMES = [f"簰洲湾{i}号" for i in range(N)]


def layer(crs: str = "", **more: Any) -> Layer:
    return Layer("locate", "facilities", ("",), "", crs=crs, **more)


def read(path: Path, crs: str = "", size: int = 10, **more: Any) -> tuple[pd.DataFrame, list[str]]:
    """All batches under each other, with x and y; and what was said."""
    points = open_points(path, layer(crs, **more), size=size)
    parts = list(points.batches)
    assert all(p.columns.schema == points.schema for p in parts)
    frame = pa.Table.from_batches([p.columns for p in parts], points.schema).to_pandas()
    frame["x"] = np.concatenate([p.x for p in parts]) if parts else []
    frame["y"] = np.concatenate([p.y for p in parts]) if parts else []
    return frame, points.tally.notes()


def write_csv(path: Path, rows: list[list[str]], encoding: str = "utf-8") -> Path:
    path.write_text("\n".join(",".join(r) for r in rows) + "\n", encoding=encoding)
    return path


def write(folder: Path, suffix: str) -> Path:
    """The points under one kind of file."""
    path = folder / f"点{suffix}"
    table = pd.DataFrame({"名称": NAMES, "经度": X, "纬度": Y})
    if suffix in {".csv", ".tsv"}:
        table.to_csv(path, index=False, sep="\t" if suffix == ".tsv" else ",")
    elif suffix == ".xlsx":
        table.to_excel(path, index=False)
    elif suffix == ".table.parquet":
        table.to_parquet(path)
    else:
        frame = gpd.GeoDataFrame({"名称": NAMES}, geometry=shapely.points(X, Y), crs="EPSG:4490")
        if suffix.endswith(".parquet"):
            frame.to_parquet(path, geometry_encoding="geoarrow" if "arrow" in suffix else "WKB")
        else:
            more = {"SPATIAL_INDEX": "NO"} if suffix == ".fgb" else {}
            frame.to_file(path, engine="pyogrio", encoding="utf-8", **more)
    return path


KINDS = [
    ".csv", ".tsv", ".xlsx", ".table.parquet", ".parquet", ".arrow.parquet", ".gpkg", ".shp",
    ".geojson", ".fgb",
]  # fmt: skip


@pytest.mark.parametrize("suffix", KINDS)
def test_every_kind_passes_all_rows_in_order(tmp_path, suffix):
    frame, _ = read(write(tmp_path, suffix))
    assert frame["名称"].tolist() == NAMES
    assert frame["x"].to_numpy() == pytest.approx(X, abs=1e-9)
    assert frame["y"].to_numpy() == pytest.approx(Y, abs=1e-9)


@pytest.mark.parametrize("size", [1, 7, N, 1000])
def test_the_size_of_a_batch_changes_nothing(tmp_path, size):
    path = write(tmp_path, ".gpkg")
    pd.testing.assert_frame_equal(read(path, size=size)[0], read(path, size=10)[0])


def test_a_batch_is_read_when_it_is_asked_for(tmp_path):
    rows = [["名称", "经度", "纬度"], *([f"点{i}", "114.3", "30.5"] for i in range(20))]
    path = write_csv(tmp_path / "a.csv", [*rows, ["坏", "114", "30", "多出"]])
    batches = open_points(path, layer(), size=5).batches
    assert len(next(batches).x) == 5
    with pytest.raises(LayerError, match="第22行：有 4 列，表头只有 3 列"):
        list(batches)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_is_read_in_its_encoding(tmp_path, encoding):
    rows = [["示例台账", "", ""], ["名称", "经度", "纬度"], ["簰洲湾镇𣲗", "114.3", "30.5"]]
    frame, _ = read(write_csv(tmp_path / "a.csv", rows, encoding))
    assert frame["名称"].tolist() == ["簰洲湾镇𣲗"]


def test_a_wrongly_declared_encoding_is_refused(tmp_path):
    rows = [["名称", "经度", "纬度"], ["簰洲湾镇", "114.3", "30.5"]]
    path = write_csv(tmp_path / "a.csv", rows)
    with pytest.raises(LayerError, match="编码与声明不符"):
        read(path, encoding="gbk")


def test_coordinates_in_any_spelling_stand_among_plain_ones(tmp_path):
    rows = [
        ["名称", "经度", "纬度"],
        ["平", "114.3050", "30.5930"],
        ["度分秒", "114°18′18″", "30°35′34.8″"],
        ["写反", "30.5930", "114.3050"],
        ["投影", "3385891.5", "38529251.8"],
        ["空", "", ""],
        ["零", "0", "0"],
        ["平", " 114.305 ", "30.593"],
        ["乱", "东边", "西边"],
    ]
    frame, notes = read(write_csv(tmp_path / "a.csv", rows))
    placed = frame["x"].notna()
    assert placed.tolist() == [True, True, True, True, False, False, True, False]
    assert frame.loc[placed, "x"].to_numpy() == pytest.approx([114.305] * 5, abs=1e-6)
    assert frame.loc[placed, "y"].to_numpy() == pytest.approx([30.593] * 5, abs=1e-6)
    assert "1 行的经纬度疑似写反，已对调。" in notes
    assert any(n.startswith("2 行的坐标不能使用，未归属；如：第9行") for n in notes)
    assert any("按 CGCS2000 处理" in n for n in notes)


def test_columns_swapped_throughout_are_refused(tmp_path):
    rows = [["经度", "纬度"], ["30.5", "114.3"], ["30.6", "114.4"], ["114.5", "30.5"]]
    with pytest.raises(LayerError, match="第2行起：经度、纬度两列写反"):
        read(write_csv(tmp_path / "a.csv", rows))


def test_points_of_another_datum_are_moved(tmp_path):
    shifted = wgs84_to_gcj02(np.array([114.305]), np.array([30.593]))
    rows = [["经度", "纬度"], [repr(float(shifted[0][0])), repr(float(shifted[1][0]))]]
    frame, notes = read(write_csv(tmp_path / "a.csv", rows), crs="GCJ-02")
    assert (frame["x"][0], frame["y"][0]) == pytest.approx((114.305, 30.593), abs=1e-9)
    assert notes == []


@pytest.mark.parametrize("suffix", [".gpkg", ".parquet", ".kml", ".kmz"])
def test_a_declared_shift_is_undone_once_whatever_the_file(tmp_path, suffix):
    shifted = wgs84_to_gcj02(np.array([114.305]), np.array([30.593]))
    x, y = float(shifted[0][0]), float(shifted[1][0])
    path = tmp_path / f"a{suffix}"
    mark = f"<Placemark><name>甲</name><Point><coordinates>{x!r},{y!r}</coordinates></Point></Placemark>"
    frame = gpd.GeoDataFrame({"名称": ["甲"]}, geometry=[shapely.Point(x, y)], crs="EPSG:4326")
    if suffix == ".gpkg":
        frame.to_file(path)
    elif suffix == ".parquet":
        frame.to_parquet(path)
    elif suffix == ".kml":
        hostile_maps.text(path, hostile_maps.kml(mark))
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("doc.kml", hostile_maps.kml(mark))
    made, notes = read(path, crs="GCJ-02")
    assert (made["x"][0], made["y"][0]) == pytest.approx((114.305, 30.593), abs=1e-9)
    assert notes == []


@pytest.mark.parametrize("suffix", [".gpkg", ".shp", ".zip"])
def test_geometry_without_crs_is_taken_as_cgcs2000_and_said(tmp_path, suffix):
    frame = gpd.GeoDataFrame({"名称": NAMES}, geometry=shapely.points(X, Y))
    inner = tmp_path / ("a.shp" if suffix == ".zip" else f"a{suffix}")
    with pytest.warns(UserWarning, match="crs"):
        frame.to_file(inner)
    path = tmp_path / f"a{suffix}"
    if suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for part in (".shp", ".shx", ".dbf"):
                archive.write(inner.with_suffix(part), f"a{part}")
    made, notes = read(path)
    assert made["x"].to_numpy() == pytest.approx(X)
    assert ["按 CGCS2000 处理" in n for n in notes] == [True]
    assert read(path, crs="WGS84")[1] == []


def test_each_row_may_state_its_own_datum(tmp_path):
    shifted = wgs84_to_gcj02(np.array([114.305]), np.array([30.593]))
    pair = [repr(float(shifted[0][0])), repr(float(shifted[1][0]))]
    rows = [["经度", "纬度", "坐标系"], [*pair, "高德"], ["114.305", "30.593", "CGCS2000"]]
    frame, _ = read(write_csv(tmp_path / "a.csv", rows))
    assert frame["x"].to_numpy() == pytest.approx([114.305, 114.305], abs=1e-9)


def test_an_unknown_datum_is_refused_before_a_row_is_read(tmp_path):
    with pytest.raises(LayerError, match="西安80"):
        open_points(write(tmp_path, ".csv"), layer("西安80"))


def test_a_table_without_coordinates_is_refused(tmp_path):
    pq.write_table(pa.table({"名称": ["甲"]}), tmp_path / "a.parquet")
    with pytest.raises(LayerError, match=r"没有坐标列.*已有列：名称"):
        read(tmp_path / "a.parquet")


def test_polygons_are_no_points(tmp_path):
    frame = gpd.GeoDataFrame(geometry=[shapely.box(114, 30, 115, 31)], crs="EPSG:4490")
    frame.to_file(tmp_path / "a.gpkg")
    with pytest.raises(LayerError, match="应为点图层"):
        read(tmp_path / "a.gpkg")


def test_personal_columns_and_numbers_do_not_pass(tmp_path):
    table = pd.DataFrame(
        {
            "名称": ["甲", "乙 13800138000", "丙"],
            "联系电话": ["1", "2", "3"],
            "备注": ["420102199001011236", "平", None],
            "号": [13800138000, 7, 42010219900101123],
            "证": [420102199001011236, 420102199001011235, 420102900101123],
            "编号": [13800138000, 420506100001000000, 420102199001011236],
            "比": [0.5, 13800138000.0, np.nan],
            "经度": 114.3,
            "纬度": 30.5,
        }
    )
    table["备注"] = table["备注"].astype("str")
    table.to_parquet(tmp_path / "a.parquet")
    frame, notes = read(tmp_path / "a.parquet")
    assert "联系电话" not in frame
    assert frame["名称"].tolist() == ["甲", "乙 [已隐去]", "丙"]
    assert frame["备注"].tolist()[:2] == ["[已隐去]", "平"]
    assert frame["号"].isna().tolist() == [True, False, False]
    assert frame["证"].isna().tolist() == [True, False, True]
    assert frame["编号"].isna().tolist() == [False, False, True]
    assert frame["比"].isna().tolist() == [False, True, True]
    assert notes[0] == "疑似个人信息的列已丢弃：联系电话。"
    assert "7 处疑似个人号码（证件、电话、银行卡、邮箱）已隐去。" in notes
    assert not any("13800138000" in n for n in notes)


def test_numbers_and_dates_keep_their_types(tmp_path):
    table = pa.table(
        {
            "经度": pa.array([114.3], pa.float32()),
            "纬度": pa.array([30.5]),
            "床位": pa.array([30], pa.int16()),
            "日期": pa.array([date(2023, 1, 2)], pa.date32()),
            "类": pa.array(["甲"]).dictionary_encode(),
            "列": pa.array([[1, 2]]),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    kinds = {f.name: str(f.type) for f in open_points(tmp_path / "a.parquet", layer()).schema}
    assert kinds == {
        "经度": "float", "纬度": "double", "床位": "int16", "日期": "date32[day]",
        "类": "string", "列": "string",
    }  # fmt: skip
    assert read(tmp_path / "a.parquet")[0]["列"].tolist() == ["[1, 2]"]


@settings(deadline=None)  # a busy machine is no defect
@given(
    st.lists(st.one_of(st.text(max_size=24), st.from_regex(r"[\d０-９ -]{11,20}", fullmatch=True)))
)
def test_texts_are_cleaned_as_one_by_one(texts):
    cells = pa.array([t.encode("utf-8", "replace").decode() for t in texts], pa.string())
    made = make_plain(cells)[0].to_pylist()
    decimal = re.compile(r"-?(?:0|[1-9][0-9]{0,8})\.[0-9]{1,16}")
    wanted = [t if decimal.fullmatch(t) else hide_numbers(clean_text(t)) for t in cells.to_pylist()]
    assert made == wanted


@settings(deadline=None)  # a busy machine is no defect
@given(
    st.lists(
        st.one_of(st.none(), st.tuples(*[st.floats(-180, 180, allow_subnormal=False)] * 2)),
        max_size=20,
    )
)
def test_points_survive_well_known_binary(pairs):
    x, y = (np.array([np.nan if p is None else p[i] for p in pairs], float) for i in (0, 1))
    cells = points_wkb(x, y)
    assert shapely.from_wkb(cells.to_pylist()).tolist() == [
        None if p is None else shapely.Point(p) for p in pairs
    ]
    back = read_points(cells, "t")
    assert np.array_equal(back[0], x, equal_nan=True)
    assert np.array_equal(back[1], y, equal_nan=True)


def test_slices_of_points_are_read_from_their_place():
    cells = points_wkb(X, Y)[5:9]
    assert read_points(cells, "t")[0].tolist() == X[5:9].tolist()


def test_a_coordinate_of_many_figures_is_nobodys_number(tmp_path):
    rows = [["经度", "纬度"], ["114.13812345678", "30.15912345678"]]
    frame, _ = read(write_csv(tmp_path / "a.csv", rows))
    assert frame["经度"].tolist() == ["114.13812345678"]


CELL = st.text(
    st.characters(blacklist_categories=["C", "Z"], max_codepoint=0xFFFF), min_size=1, max_size=6
)


@settings(deadline=None)
@given(
    rows=st.lists(
        st.lists(st.one_of(CELL, st.just('甲,"乙"'), st.just("甲\n乙")), min_size=2, max_size=2)
    )
)
def test_quoted_cells_come_back_as_they_were(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [["名称", "说明", "经度", "纬度"], *([*r, "114.3", "30.5"] for r in rows)]
        )
    frame, _ = read(path, size=3)
    wanted = [[hide_numbers(clean_text(c)) for c in r] for r in rows]
    assert frame[["名称", "说明"]].to_numpy().tolist() == wanted
    assert len(frame) == len(rows)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空文件"),
        (b"\0" * 5000, "NUL"),
        ("经度,纬度\n114,30\n1\0,2\n".encode(), "NUL"),
        ("经度,纬度\n".encode() + b"1" * (3 << 20), "有一行超过"),
        (b"a," * 1_000_000, "有一行超过"),
        ("经度,纬度\n".encode() + b'"' + b"a\n" * 200_000, '第2行：引号（"）没有配对'),
        ("名称,说明\n甲,乙\n".encode(), "没有认得的坐标列"),
        ("经度,纬度\n114,30\n".encode("utf-16")[:-1], "可能已损坏"),
        (bytes(range(128, 256)) * 100, "既不是 UTF-8 也不是 GB18030"),
        ("经度,纬度\n114,30,5\n".encode(), "第2行：有 3 列，表头只有 2 列"),
    ],
)
def test_hostile_texts_end_in_one_line(tmp_path, content, said):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(LayerError) as caught:
        read(path)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary()])
def test_plain_points_are_read_without_taking_shapes_apart(kind: pa.DataType) -> None:
    points = shapely.points([[114.3, 30.5], [110.25, 31.125], [0.0, -1.0]])
    cells = pa.array(list(shapely.to_wkb(points, byte_order=1)), kind)
    x, y = sources._plain_points(cells)
    assert (x.tolist(), y.tolist()) == ([114.3, 110.25, 0.0], [30.5, 31.125, -1.0])
    x, y = sources._plain_points(cells.slice(1, 1))
    assert (x.tolist(), y.tolist()) == ([110.25], [31.125])
    others = [
        shapely.to_wkb(points, byte_order=0), shapely.to_wkb(shapely.force_3d(points), byte_order=1),
        shapely.to_wkb([shapely.MultiPoint([(1, 2)])], byte_order=1), [None, shapely.to_wkb(points[0])],
    ]  # fmt: skip
    assert all(sources._plain_points(pa.array(list(some), kind)) is None for some in others)
    assert sources._plain_points(pa.array([], kind)) is None
    assert sources._plain_points(pa.array(["x"])) is None


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_one_column_of_pairs_is_header_enough(tmp_path: Path, suffix: str) -> None:
    rows = [["某某", "坐标"], ["甲", '"110.25,30.5"'], ["乙", '"111.25,30.6"']]
    file = write_csv(tmp_path / "a.csv", rows)
    if suffix == ".xlsx":
        pd.read_csv(file).to_excel(file := tmp_path / "a.xlsx", index=False)
    frame, _ = read(file, "CGCS2000")
    assert frame["x"].tolist() == [110.25, 111.25]
    assert frame["某某"].tolist() == ["甲", "乙"]


def test_columns_keep_the_names_that_hbgeo_uses_itself(tmp_path: Path) -> None:
    rows = [["file", "row", "sheet", "经度", "纬度"], ["a", "7", "s", "110.25", "30.5"]]
    file = write_csv(tmp_path / "a.csv", rows)
    frame, _ = read(file, "CGCS2000")
    assert frame[["file", "row", "sheet"]].to_numpy().tolist() == [["a", "7", "s"]]


LON, LAT = 111 + 18 / 60 + 33.6 / 3600, 30 + 55 / 60 + 12.4 / 3600


@pytest.mark.parametrize(
    "head",
    [
        "东经度,东经分,东经秒,北纬度,北纬分,北纬秒",
        "E_D,E_M,E_S,N_D,N_M,N_S",
        "经度,分,秒,纬度,分,秒",
    ],
)
def test_degrees_minutes_and_seconds_of_columns_are_points(tmp_path, head):
    rows = [["名称", *head.split(",")], ["甲", "111", "18", "33.6", "30", "55", "12.4"],
            ["乙", "111", "18", "60", "30", "55", "12.4"]]  # fmt: skip
    frame, said = read(write_csv(tmp_path / "a.csv", rows), "CGCS2000", size=1)
    assert frame["x"].tolist() == pytest.approx([LON, np.nan], abs=1e-9, nan_ok=True)
    assert frame["y"].tolist() == pytest.approx([LAT, np.nan], abs=1e-9, nan_ok=True)
    assert len(said) == 1
    assert said[0].startswith("1 行的坐标不能使用，未归属；如：第3行")


def test_a_datum_in_the_headings_is_followed_and_said(tmp_path):
    lon, lat = (v[0] for v in wgs84_to_gcj02(np.array([LON]), np.array([LAT])))
    path = write_csv(tmp_path / "a.csv", [["名称", "gcj_lon", "gcj_lat"], ["甲", f"{lon:.9f}", f"{lat:.9f}"]])  # fmt: skip
    frame, said = read(path)
    assert frame["x"].tolist() == pytest.approx([LON], abs=1e-8)
    assert frame["y"].tolist() == pytest.approx([LAT], abs=1e-8)
    assert said == ["未声明坐标系，按列名“gcj_lon”“gcj_lat”取 GCJ-02。"]
    with pytest.raises(
        LayerError, match=r"a\.csv：列名“gcj_lon”“gcj_lat”写明是 GCJ-02，坐标系却是“CGCS2000”"
    ):
        read(path, "CGCS2000")


def test_two_sets_of_coordinates_ask_which_when_located(tmp_path):
    rows = [
        ["名称", "经度", "纬度", "百度经度", "百度纬度"],
        ["甲", "111.3", "30.9", "111.4", "30.8"],
    ]
    path = write_csv(tmp_path / "a.csv", rows)
    with pytest.raises(LayerError, match=r"a\.csv：有 2 套坐标"):
        read(path)
    frame, said = read(path, columns={"lon": "经度", "lat": "纬度"})
    assert frame["x"].tolist() == [111.3]
    assert "像是坐标的列没有使用：“百度经度”、“百度纬度”。" in said


def test_x_and_y_may_come_in_either_order_in_a_stream_as_in_a_table(tmp_path):
    rows = [["名称", "X", "Y"], ["甲", "30.91234", "111.31234"], ["乙", "30.95678", "111.35678"]]
    frame, said = read(write_csv(tmp_path / "a.csv", rows), "CGCS2000")
    assert frame["x"].tolist() == [111.31234, 111.35678]
    assert frame["y"].tolist() == [30.91234, 30.95678]
    assert said == []


@pytest.mark.parametrize(
    ("number", "hidden"),
    [
        (12_999_999_999, False), (13_000_000_000, True), (13_912_345_678, True),
        (19_999_999_999, True), (20_000_000_000, False),
        (420106900101123, True),  # 15 figures with a birth date: 1990-01-01
        (420106901301123, False),  # a thirteenth month
        (420106900132123, False),  # a thirty-second day
        (420106199001011231, True), (420106199001011232, False),  # by the check digit
        (42_010_199_001_011_234, False),  # 17 figures are no id card
    ],
)  # fmt: skip
def test_numbers_of_persons_among_whole_numbers(number: int, *, hidden: bool) -> None:
    cells, count = make_plain(pa.array([7, number, None], pa.int64()))
    assert cells.to_pylist() == [7, None if hidden else number, None]
    assert count == int(hidden)
    assert make_plain(pa.array([7, 8], pa.int64())) == (pa.array([7, 8], pa.int64()), 0)


def test_numbers_of_persons_among_decimals() -> None:
    """A mobile has no fraction; of 18 figures a double has lost the last, so a birth date is enough."""
    numbers = [13_912_345_678.0, 13_912_345_678.5, 420106199001011237.0, 42010199001011234.0]
    cells, count = make_plain(pa.array(numbers))
    assert cells.to_pylist() == [None, numbers[1], None, numbers[3]]
    assert count == 2
    coded, none = make_plain(pa.array(numbers), "统一社会信用代码")
    assert (coded.to_pylist(), none) == (numbers, 0)


@pytest.mark.parametrize(
    ("year", "hidden"), [(1879, False), (1880, True), (2099, True), (2100, False)]
)
def test_a_birth_date_lies_in_the_years_of_those_alive_or_lately_dead(
    year: int, *, hidden: bool
) -> None:
    """Of a double of 18 figures only the birth date can be told."""
    cells, count = make_plain(pa.array([float(f"420106{year}0101{1231}")]))
    assert cells.is_null().to_pylist() == [hidden]
    assert count == int(hidden)


@pytest.mark.parametrize(
    ("day", "hidden"),
    [
        ("0101", True),
        ("1231", True),
        ("0001", False),
        ("1301", False),
        ("0100", False),
        ("0132", False),
    ],
)
def test_a_birth_date_has_a_month_and_a_day(day: str, *, hidden: bool) -> None:
    assert make_plain(pa.array([float(f"4201061990{day}1231")]))[1] == int(hidden)


EDGES = [("73", "30.5"), ("136", "30.5"), ("114.3", "3"), ("114.3", "54")]


@pytest.mark.parametrize("edge", EDGES)
def test_the_edges_of_china_belong_to_it(tmp_path: Path, edge: tuple[str, str]) -> None:
    """One swapped pair of two is mended; more than half would be refused."""
    lon, lat = edge
    for rows in ([[lon, lat], ["30.6", "114.4"]], [["114.4", "30.6"], [lat, lon]]):
        frame, notes = read(write_csv(tmp_path / "a.csv", [["经度", "纬度"], *rows]), "CGCS2000")
        assert sorted(zip(frame["x"], frame["y"], strict=True)) == sorted(
            [(float(lon), float(lat)), (114.4, 30.6)]
        )
        assert notes == ["1 行的经纬度疑似写反，已对调。"]


@pytest.mark.parametrize("kind", [pa.int64(), pa.float64(), pa.string(), pa.bool_()])
def test_a_column_of_nothing_hides_nothing(kind: pa.DataType) -> None:
    for cells in (pa.array([None, None], kind), pa.array([], kind)):
        assert make_plain(cells) == (cells, 0)


def test_a_coordinate_that_is_no_number_of_any_kind_is_none() -> None:
    """A signalling NaN too, beside a missing point, which keeps all of them from the quick road."""
    cells = [struct.pack("<BIQd", 1, 1, bits, 30.0) for bits in (0x7FF0000000000001, 0x7FF8 << 48)]
    x, y = read_points(pa.array([*cells, None, shapely.Point(110, 30).wkb], pa.binary()), "t")
    assert np.isnan(x).tolist() == np.isnan(y).tolist() == [True, True, True, False]


def test_what_reading_met_is_said_with_its_number_and_the_first_of_it() -> None:
    assert Tally().notes() == []
    tally = Tally(["甲。"], hidden=1234, swapped=1, aside=2000, first="第3行 坐标")
    tally.skipped.add([(9, "合计")])
    assert tally.notes() == [
        "甲。", "合计、表尾或小标题，不作为数据：第 9 行“合计”。",
        "1,234 处疑似个人号码（证件、电话、银行卡、邮箱）已隐去。", "1 行的经纬度疑似写反，已对调。",
        "2,000 行的坐标不能使用，未归属；如：第3行 坐标。",
    ]  # fmt: skip


def test_twelve_columns_of_a_table_without_coordinates_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    names = ["姓名", *(f"c{n:02}" for n in range(13))]  # a person's is not said
    pq.write_table(pa.table({name: ["1"] for name in names}), path)
    with pytest.raises(LayerError) as caught:
        open_points(path, layer())
    said = "、".join(names[1:13])
    assert str(caught.value) == f"a.parquet：没有坐标列（如 经度、纬度）；已有列：{said}"


def test_of_rows_without_a_shape_the_first_is_named_and_all_are_counted(tmp_path: Path) -> None:
    shapes = [shapely.Point(111, 30), None, shapely.Point(112, 31), None, None]
    frame = gpd.GeoDataFrame({"名称": list("甲乙丙丁戊")}, geometry=shapes, crs="EPSG:4490")
    frame.to_parquet(tmp_path / "a.parquet")
    points = open_points(tmp_path / "a.parquet", layer(), size=2)
    assert [len(batch.x) for batch in points.batches] == [2, 2, 1]
    assert points.tally.notes() == [
        "3 行的坐标不能使用，未归属；如：第2行 图形为空、已损坏或不是点。"
    ]


def test_of_rows_without_a_coordinate_the_first_is_named_and_all_are_counted(
    tmp_path: Path,
) -> None:
    rows = [f"甲,{111 + n / 10},30.5" for n in range(4)] + ["乙,山上,30.5", "丙,111.5,", "丁,,"]
    (tmp_path / "a.csv").write_text("\n".join(["名称,经度,纬度", *rows]), "utf-8")
    points = open_points(tmp_path / "a.csv", layer("CGCS2000"), size=5)
    x = [value for batch in points.batches for value in batch.x.tolist()]
    assert x == pytest.approx([111, 111.1, 111.2, 111.3, *[np.nan] * 3], nan_ok=True)
    [said] = points.tally.notes()
    assert said.startswith("2 行的坐标不能使用，未归属；如：第6行 ")
