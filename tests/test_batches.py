"""Tables written batch by batch are whole or not there, and read back as they were."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest

from hbgeo.errors import LayerError, OutputError
from hbgeo.measure.locate_stream import TaggedBatch
from hbgeo.show.table import batches as streamed
from hbgeo.show.table.batches import write_batches
from hbgeo.show.table.formats import FORMATS

SCHEMA = pa.schema(
    [("名称", pa.string()), ("数", pa.int64()), ("比", pa.float64()), ("日", pa.date32())]
)


def part(start: int, n: int) -> TaggedBatch:
    rows = range(start, start + n)
    columns = [
        pa.array([f"=示例{i}" if i == 2 else f"示例{i}" for i in rows], pa.string()),
        pa.array([None if i == 1 else i for i in rows], pa.int64()),
        pa.array([i / 2 for i in rows], pa.float64()),
        pa.array([date(2023, 1, 1 + i) for i in rows], pa.date32()),
    ]
    x = np.array([np.nan if i == 3 else 110 + i / 10 for i in rows])
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA), x, np.full(n, 30.0)


def parts() -> Iterator[TaggedBatch]:
    yield part(0, 4)
    yield part(4, 3)


def failing() -> Iterator[TaggedBatch]:
    yield part(0, 4)
    raise LayerError("a.csv 第9行：坏了")


def read_back(path: Path) -> pd.DataFrame:
    readers = {
        ".csv": lambda: pd.read_csv(path, encoding="utf-8-sig"),
        ".json": lambda: pd.DataFrame(json.loads(path.read_text("utf-8"))),
        ".xlsx": lambda: pd.read_excel(path, engine="openpyxl", header=3),
        ".parquet": lambda: pd.read_parquet(path),
        ".geojson": lambda: gpd.read_file(path),
        ".gpkg": lambda: gpd.read_file(path),
    }
    return readers[path.suffix]()


@pytest.mark.parametrize("suffix", FORMATS)
def test_all_rows_of_all_parts_are_there(tmp_path, suffix):
    path = tmp_path / f"出{suffix}"
    assert write_batches(path, SCHEMA, parts()) == 7
    table = read_back(path)
    marked = "'=示例2" if suffix == ".csv" else "=示例2"
    assert table["名称"].tolist() == ["示例0", "示例1", marked, *(f"示例{i}" for i in range(3, 7))]
    assert table["数"].isna().tolist() == [i == 1 for i in range(7)]
    assert table["比"].tolist() == [i / 2 for i in range(7)]
    assert [str(d)[:10] for d in table["日"]] == [f"2023-01-0{i}" for i in range(1, 8)]
    if suffix in {".geojson", ".gpkg"}:
        assert table.crs.to_epsg() == 4490
        assert table.geometry.isna().tolist() == [i == 3 for i in range(7)]
        assert table.geometry[5].x == pytest.approx(110.5)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", FORMATS)
def test_no_row_is_a_table_too(tmp_path, suffix):
    path = tmp_path / f"空{suffix}"
    assert write_batches(path, SCHEMA, iter(())) == 0
    assert len(read_back(path)) == 0


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_same_parts_give_the_same_bytes(tmp_path, suffix):
    for name in ("一", "二"):
        write_batches(tmp_path / f"{name}{suffix}", SCHEMA, parts())
    assert (tmp_path / f"一{suffix}").read_bytes() == (tmp_path / f"二{suffix}").read_bytes()


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_error_on_the_way_leaves_what_was_there(tmp_path, suffix):
    path = tmp_path / f"出{suffix}"
    path.write_text("原有", encoding="utf-8")
    with pytest.raises(LayerError, match="第9行：坏了"):
        write_batches(path, SCHEMA, failing())
    assert path.read_text("utf-8") == "原有"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_said(tmp_path):
    for suffix in FORMATS:
        with pytest.raises(OutputError, match="无法写入") as caught:
            write_batches(tmp_path / "没有" / f"a{suffix}", SCHEMA, parts())
        assert "\n" not in str(caught.value)


def test_an_unknown_format_is_refused_before_a_row_is_read(tmp_path):
    def never() -> Iterator[TaggedBatch]:
        raise AssertionError
        yield part(0, 1)

    with pytest.raises(OutputError, match=r"不支持的输出格式“\.docx”"):
        write_batches(tmp_path / "a.docx", SCHEMA, never())


def test_more_rows_than_a_worksheet_holds_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(streamed, "SHEET_ROWS", 6)
    with pytest.raises(OutputError, match=r"最多 6 行，放不下；请写成 \.csv 或 \.parquet"):
        write_batches(tmp_path / "a.xlsx", SCHEMA, parts())
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_for_people_has_a_title_and_a_filter(tmp_path):
    write_batches(tmp_path / "a.xlsx", SCHEMA, parts(), sample=True)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert [sheet.cell(r, 1).value for r in (1, 2)] == ["示例数据，非真实统计", "点位归属"]
    assert [c.value for c in sheet[4]] == SCHEMA.names  # the user's own
    assert sheet.auto_filter.ref == "A4:D11"
    assert sheet.print_title_rows == "$1:$4"


def test_a_sample_is_said_in_the_first_row(tmp_path):
    write_batches(tmp_path / "a.xlsx", SCHEMA, parts(), sample=True, machine=True)
    rows = pd.read_excel(tmp_path / "a.xlsx", header=None, engine="openpyxl")
    assert rows.iloc[0, 0] == "示例数据，非真实统计"
    assert rows.iloc[1].tolist() == SCHEMA.names
    assert len(rows) == 9
