"""One layer, whole: its rows under canonical columns, in CGCS2000; or one line that says why not."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hbgeo.errors import CatalogError, HbgeoError, LayerError
from hbgeo.read.batch import _dtype_of
from hbgeo.read.catalog import Layer
from hbgeo.read.crs import GEOD, wgs84_to_gcj02
from hbgeo.read.file.find import find_files
from hbgeo.read.file.raw import read_raw
from hbgeo.read.layer import read_layer, tidy_raw, told_apart
from hbgeo.read.schema.records import read_schema

HEAD = "公墓编号,公墓名称,设施类型,状态,启用时间,所在县,所在乡镇,经度,纬度,坐标系,公墓性质,级别"
ROW = "GM1,示例山公墓,公墓,运营,2020-05-01,江夏区,纸坊街道,114.305123,30.593456,CGCS2000,公益性,乡镇级"


def facility(*paths: str, **more: object) -> Layer:
    return Layer("cemetery", "facilities", tuple(paths), "示例", schema="cemetery", **more)  # type: ignore[arg-type]


def write(folder: Path, text: str, name: str = "a.csv", encoding: str = "utf-8") -> str:
    (folder / name).write_bytes(text.encode(encoding))
    return name


def read_text(folder: Path, *lines: str, **more: object):  # a Tidy
    return read_layer(facility(write(folder, "\n".join(lines) + "\n"), **more), folder)


def test_a_plain_ledger_gives_points_and_provenance(tmp_path: Path) -> None:
    made = read_text(tmp_path, HEAD, ROW)
    [row] = made.frame.to_dict("records")
    assert (row["x"], row["y"]) == (114.305123, 30.593456)
    assert (row["file"], row["sheet"], row["row"]) == ("a.csv", "", 2)
    assert row["opened_on"] == pd.Timestamp("2020-05-01")
    assert not made.issues
    assert made.aside.empty


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_reads_the_same(tmp_path: Path, encoding: str) -> None:
    text = f"{HEAD}\n{ROW.replace('示例山', '示例𣲗山')}\n"
    made = read_layer(facility(write(tmp_path, text, encoding=encoding)), tmp_path)
    assert made.frame["name"].tolist() == ["示例𣲗山公墓"]


@pytest.mark.parametrize("name", ["hex", "rot13", "zlib", "undefined", "a\0b", "x" * 400])
def test_an_encoding_of_no_text_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(LayerError, match=r"a\.csv：不认识的编码“.{1,40}”；可用 utf-8、gb18030"):
        read_layer(facility(write(tmp_path, HEAD, encoding="gb18030"), encoding=name), tmp_path)


def test_gcj02_rows_are_brought_back(tmp_path: Path) -> None:
    east, north = wgs84_to_gcj02(np.array([114.305123]), np.array([30.593456]))
    row = ROW.replace("114.305123", f"{east[0]:.8f}").replace("30.593456", f"{north[0]:.8f}")
    made = read_text(tmp_path, HEAD, row.replace("CGCS2000", "GCJ-02"))
    gap = GEOD.inv(made.frame["x"], made.frame["y"], [114.305123], [30.593456])[2]
    assert gap[0] < 0.01


def test_files_of_a_glob_are_one_layer_and_keep_their_names(tmp_path: Path) -> None:
    (tmp_path / "县").mkdir()
    write(tmp_path / "县", f"{HEAD}\n{ROW}\n", "甲.csv")
    write(tmp_path / "县", f"{HEAD}\n{ROW.replace('GM1', 'GM2')}\n", "乙.csv", "gb18030")
    frame = read_layer(facility("县/*.csv"), tmp_path).frame
    assert dict(zip(frame["id"], frame["file"], strict=True)) == {"GM1": "甲.csv", "GM2": "乙.csv"}


def test_a_few_swapped_pairs_are_put_right_and_said(tmp_path: Path) -> None:
    swapped = ROW.replace("114.305123,30.593456", "30.593456,114.305123").replace("GM1", "GM3")
    rows = [ROW, ROW.replace("GM1", "GM2"), swapped]
    made = read_text(tmp_path, HEAD, *rows)
    assert made.frame["x"].tolist() == [114.305123] * 3
    assert [(i.rule, i.row) for i in made.issues] == [("W01", 4)]


BROKEN = {
    "empty file": ("", "空文件"),
    "no header": ("1,2,3\n4,5,6\n", "表头"),
    "no places": ("公墓编号,公墓名称,状态\nGM1,示例,运营\n", "没有位置列"),
    "no datum": ("公墓编号,公墓名称,经度,纬度\nGM1,示例,114.3051,30.5931\n", "未说明坐标系"),
    "swapped file": (f"{HEAD}\n{ROW.replace('114.305123,30.593456', '30.593456,114.305123')}\n", "写反"),
    "one cell too many": (f"{HEAD}\n{ROW},多了,一格\n", "第2行"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_ledger_is_one_clear_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(LayerError, match=said) as caught:
        read_layer(facility(write(tmp_path, text)), tmp_path)
    assert "a.csv" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_sheet_without_a_header_says_what_is_wanted_and_what_was_seen(tmp_path: Path) -> None:
    with pytest.raises(LayerError) as caught:
        read_layer(facility(write(tmp_path, "1,2,甲\n4,,乙\n")), tmp_path)
    wanted = "、".join(c.names[0] for c in list(read_schema("cemetery").columns.values())[:6])
    assert str(caught.value).endswith(
        f"没有认得的表头（需要如 {wanted}）；看到的是 1、2、甲、4、乙"
    )
    with pytest.raises(LayerError, match=r"看到的是 空白|空文件"):
        read_layer(facility(write(tmp_path, " , \n , \n")), tmp_path)


def test_gbk_declared_as_utf8_is_refused(tmp_path: Path) -> None:
    name = write(tmp_path, f"{HEAD}\n{ROW}\n", encoding="gb18030")
    with pytest.raises(LayerError, match="编码与声明不符"):
        read_layer(facility(name, encoding="utf-8"), tmp_path)


@pytest.mark.parametrize("path", ["没有.xlsx", "../a.csv", "县/*.csv"])
def test_paths_that_lead_nowhere_are_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(CatalogError):
        find_files(facility(path), tmp_path)


@pytest.mark.usefixtures("_links")
def test_a_link_out_of_the_workspace_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text(f"{HEAD}\n{ROW}\n", encoding="utf-8")
    folder = tmp_path / "ws" / "layers"
    folder.mkdir(parents=True)
    (folder / "a.csv").symlink_to(outside)
    with pytest.raises(CatalogError, match="链接"):
        find_files(facility("a.csv"), folder)


@pytest.mark.parametrize(
    "kind", ["et", "ett", "xlsb", "xltx", "numbers", "doc", "docx", "pdf", "XLTX"]
)
def test_formats_of_other_programs_get_the_way_out(tmp_path: Path, kind: str) -> None:
    with pytest.raises(LayerError, match="另存为"):
        read_layer(facility(write(tmp_path, "x", f"台账.{kind}")), tmp_path)
    with pytest.raises(LayerError) as caught:
        read_layer(facility(write(tmp_path, "x", "台账.xyz")), tmp_path)
    assert "另存为" not in str(caught.value)


def test_a_boundary_without_crs_is_refused(tmp_path: Path) -> None:
    units = gpd.GeoDataFrame(
        {"区划代码": ["420115"], "名称": ["江夏区"]}, geometry=[shapely.box(114, 30, 115, 31)]
    )
    with pytest.warns(UserWarning, match="crs"):
        units.to_file(tmp_path / "a.gpkg")
    layer = Layer("county", "units", ("a.gpkg",), "示例", level="county", schema="unit")
    with pytest.raises(LayerError, match="坐标系"):
        read_layer(layer, tmp_path)


def test_rows_of_secret_datums_are_put_aside_with_the_reason(tmp_path: Path) -> None:
    made = read_text(tmp_path, HEAD, ROW, ROW.replace("GM1", "GM2").replace("CGCS2000", "西安80"))
    assert made.frame["id"].tolist() == ["GM1"]
    assert made.aside["id"].tolist() == ["GM2"]
    [issue] = made.issues
    assert (issue.rule, issue.row, issue.severity) == ("E10", 3, "error")
    assert "不公开" in issue.message


def test_one_error_class_holds_them_all() -> None:
    assert issubclass(LayerError, HbgeoError)


def test_a_file_of_no_known_kind_is_told_which_kinds_there_are(tmp_path: Path) -> None:
    (tmp_path / "a.xyz").write_bytes(b"1")
    with pytest.raises(LayerError) as caught:
        read_layer(facility("a.xyz"), tmp_path)
    said = str(caught.value)
    assert said.startswith("a.xyz：不认识的文件类型；可用 ")
    kinds = said.split(" ", 1)[1].split("、")
    assert {".csv", ".txt", ".xlsx", ".xls", ".shp", ".gpkg", ".geojson", ".kml"} <= {*kinds}
    assert kinds == sorted(kinds)


def test_rows_of_several_files_are_numbered_through(tmp_path: Path) -> None:
    """Masks and marks go by the number of a row: no two may share one."""
    for name, row in (("a.csv", ROW), ("b.csv", ROW.replace("GM1", "GM2"))):
        write(tmp_path, f"{HEAD}\n{row}\n{row.replace('GM', 'GX')}\n", name)
    made = read_layer(facility("a.csv", "b.csv"), tmp_path).frame
    assert made.index.tolist() == [0, 1, 2, 3]
    assert made["id"].tolist() == ["GM1", "GX1", "GM2", "GX2"]


def test_rows_of_files_of_one_name_bear_their_folders_also_aside(tmp_path: Path) -> None:
    wrong = ROW.replace("GM1", "GM2").replace("运营", "差不多")
    for folder in ("甲", "乙"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, f"{HEAD}\n{ROW}\n{wrong}\n合计,2\n")
    made = read_layer(facility("甲/a.csv", "乙/a.csv"), tmp_path)
    assert made.frame["file"].tolist() == ["甲/a.csv", "乙/a.csv"]
    assert made.aside["file"].tolist() == ["甲/a.csv", "乙/a.csv"]
    assert {issue.file for issue in made.issues} == {"甲/a.csv", "乙/a.csv"}
    assert made.skipped == (("甲/a.csv", "", 4, "合计"), ("乙/a.csv", "", 4, "合计"))


def test_a_file_without_a_folder_keeps_its_name_and_the_others_get_theirs() -> None:
    paths = [Path("a.csv"), Path("甲/a.csv"), Path("乙/a.csv"), Path("b.csv")]
    assert list(told_apart(paths).values()) == ["a.csv", "甲/a.csv", "乙/a.csv", "b.csv"]


def test_what_a_column_holds_that_one_of_the_sheets_lacks() -> None:
    schema = read_schema("cemetery")
    of_type = {column.type: key for key, column in schema.columns.items()}
    kinds = {kind: _dtype_of(key, schema) for kind, key in of_type.items()}
    wanted = {"number": "float64", "area": "float64", "lon": "float64", "lat": "float64",
              "date": "datetime64[s]", "choices": "object", "text": "str"}  # fmt: skip
    assert {kind: kinds[kind] for kind in wanted if kind in kinds} == {
        kind: made for kind, made in wanted.items() if kind in kinds
    }
    assert {"number", "lon", "lat", "date", "text"} <= kinds.keys()
    assert [_dtype_of(c, schema) for c in ("x", "y", "nobody knows")] == [
        "float64",
        "float64",
        "str",
    ]


def test_one_file_tidied_by_itself_is_the_layer_of_it_alone(tmp_path: Path) -> None:
    layer, schema = facility(write(tmp_path, f"{HEAD}\n{ROW}\n")), read_schema("cemetery")
    made = tidy_raw(read_raw(tmp_path / "a.csv", layer, schema), "a.csv", layer, schema)
    pd.testing.assert_frame_equal(made.frame, read_layer(layer, tmp_path).frame)
    assert made.frame[["id", "file", "row"]].to_numpy().tolist() == [["GM1", "a.csv", 2]]
