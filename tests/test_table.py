"""Outputs: every format says the same, text stays text, and files are written whole or not at all."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from hbgeo.errors import OutputError
from hbgeo.show.table.csv import csv_bytes
from hbgeo.show.table.files import write_files
from hbgeo.show.table.formats import FORMATS, table_bytes
from hbgeo.show.table.values import records

TABLE = pd.DataFrame(
    {
        "code": ["420528101", "420528102"],
        "name": ["示例甲镇", "𣲗源口镇"],
        "demand": [1.0, np.nan],
        "facilities": [2, 0],
        "x": [110.5, 110.6],
        "y": [30.5, 30.6],
    }
)


def read_back(content: bytes, suffix: str, folder: Path) -> pd.DataFrame:
    file = folder / f"table{suffix}"
    file.write_bytes(content)
    if suffix == ".csv":
        return pd.read_csv(file, dtype={"code": str}, encoding="utf-8-sig")
    if suffix == ".json":
        return pd.DataFrame(json.loads(file.read_text("utf-8")))
    if suffix == ".xlsx":
        return pd.read_excel(file, dtype={"code": str}, engine="openpyxl")
    if suffix == ".parquet":
        return pd.read_parquet(file)
    return pd.DataFrame(gpd.read_file(file).drop(columns="geometry"))


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_holds_the_same_rows_and_codes_are_text(suffix: str, tmp_path: Path) -> None:
    back = read_back(table_bytes(TABLE, suffix), suffix, tmp_path)
    assert list(back["code"]) == ["420528101", "420528102"]
    assert list(back["name"]) == ["示例甲镇", "𣲗源口镇"]
    assert list(back["facilities"]) == [2, 0]
    assert back["demand"].iloc[0] == 1
    assert pd.isna(back["demand"].iloc[1])


@pytest.mark.parametrize("suffix", FORMATS)
def test_same_table_same_bytes(suffix: str) -> None:
    assert table_bytes(TABLE, suffix) == table_bytes(TABLE, suffix)


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_empty_table_is_written_too(suffix: str) -> None:
    units = gpd.GeoDataFrame(geometry=[], crs="EPSG:4490", index=pd.Index([], dtype=str))
    assert table_bytes(TABLE.iloc[:0], suffix, units=units)


def test_an_unknown_format_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(OutputError, match=r"\.doc.*\.csv、\.json、\.xlsx"):
        table_bytes(TABLE, ".doc")


def test_a_table_without_shapes_is_refused_as_a_map() -> None:
    with pytest.raises(OutputError, match="没有几何"):
        table_bytes(TABLE.drop(columns=["x", "y"]), ".geojson")


def test_units_bring_their_shapes_to_a_map(tmp_path: Path) -> None:
    shapes = [shapely.box(110, 30, 111, 31), shapely.box(111, 30, 112, 31)]
    units = gpd.GeoDataFrame(geometry=shapes, index=TABLE["code"], crs="EPSG:4490")
    content = table_bytes(TABLE.drop(columns=["x", "y"]), ".gpkg", units=units)
    (tmp_path / "t.gpkg").write_bytes(content)
    back = gpd.read_file(tmp_path / "t.gpkg")
    assert back.crs.to_epsg() == 4490
    assert back.geometry.geom_equals(gpd.GeoSeries(shapes, crs="EPSG:4490")).all()


@given(st.text(max_size=12).map(lambda t: "=+-@\t\r"[len(t) % 6] + "a" + t))
def test_no_text_of_a_csv_is_a_formula(text: str) -> None:
    table = pd.DataFrame({"name": [text.encode("utf-8", "replace").decode()]})
    cell = csv_bytes(table).decode("utf-8-sig").split("\r\n", 1)[1].lstrip('"')
    assert cell[0] not in "=+-@\t\r"


def test_no_text_of_a_workbook_is_a_formula_or_link() -> None:
    table = pd.DataFrame({"name": ['=HYPERLINK("http://x","y")', "http://x.example", "+1", "{=1}"]})
    sheet = openpyxl.load_workbook(io.BytesIO(table_bytes(table, ".xlsx"))).active
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert [c.value for c in cells] == list(table["name"])
    assert {c.data_type for c in cells} == {"s"}
    assert not any(c.hyperlink for c in cells)


def test_invented_data_says_so_in_the_first_row_of_a_workbook() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(table_bytes(TABLE, ".xlsx", sample=True))).active
    assert "示例数据，非真实统计" in str(sheet["A1"].value)


def test_records_have_none_for_missing_and_plain_types() -> None:
    rows = records(TABLE)
    assert rows[1]["demand"] is None
    assert type(rows[0]["facilities"]) is int
    json.dumps(rows, allow_nan=False)


def folder_state(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}


def test_files_are_replaced_together(tmp_path: Path) -> None:
    write_files({tmp_path / "a": b"1", tmp_path / "b": b"2"})
    write_files({tmp_path / "a": b"3", tmp_path / "b": b"4"})
    assert folder_state(tmp_path) == {"a": b"3", "b": b"4"}


def test_a_full_disk_leaves_every_earlier_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files({tmp_path / "a": b"1", tmp_path / "b": b"2"})
    calls = iter([None, OSError(errno.ENOSPC, "No space left on device")])

    def fsync(_: int) -> None:
        if problem := next(calls):
            raise problem

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OutputError, match=r"b：无法写入：磁盘已满；原有文件未改动"):
        write_files({tmp_path / "a": b"3", tmp_path / "b": b"4"})
    assert folder_state(tmp_path) == {"a": b"1", "b": b"2"}


def test_a_file_open_elsewhere_leaves_every_earlier_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows refuses to replace an open file, after others were replaced already."""
    write_files({tmp_path / "a": b"1", tmp_path / "b": b"2"})
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if Path(target).name == "b":
            raise PermissionError(errno.EACCES, "Access is denied")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(OutputError, match=r"b：无法写入：没有写入权限，或文件正被其他程序"):
        write_files({tmp_path / "new": b"0", tmp_path / "a": b"3", tmp_path / "b": b"4"})
    assert folder_state(tmp_path) == {"a": b"1", "b": b"2"}


def test_without_hard_links_a_copy_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files({tmp_path / "a": b"1"})
    monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(OSError(errno.EPERM, "")))
    write_files({tmp_path / "a": b"2"})
    assert folder_state(tmp_path) == {"a": b"2"}


def test_a_missing_folder_and_a_folder_in_the_way_are_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="文件夹不存在"):
        write_files({tmp_path / "no" / "a": b"1"})
    (tmp_path / "dir").mkdir()
    with pytest.raises(OutputError, match="无法写入"):
        write_files({tmp_path / "dir": b"1"})
    assert not [p for p in tmp_path.iterdir() if p.is_file()]


@pytest.mark.system
def test_a_small_full_disk_and_a_read_only_one(tmp_path: Path) -> None:
    """Real mounts; needs the right to mount."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(tmp_path)]
    subprocess.run(mount, check=True)
    try:
        write_files({tmp_path / "a": b"1"})
        with pytest.raises(OutputError, match="磁盘已满"):
            write_files({tmp_path / "a": b"2", tmp_path / "b": bytes(1 << 20)})
        assert folder_state(tmp_path) == {"a": b"1"}
        subprocess.run(["mount", "-o", "remount,ro", str(tmp_path)], check=True)
        with pytest.raises(OutputError, match="只读"):
            write_files({tmp_path / "a": b"2"})
        assert folder_state(tmp_path) == {"a": b"1"}
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)
