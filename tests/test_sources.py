"""One CSV, read whole as a ledger or in batches as points: the same rows, under the same headings."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.cell.column import as_texts
from hbgeo.read.cell.personal import hide_numbers
from hbgeo.read.cell.text import clean_text
from hbgeo.read.file import csv as delimited
from hbgeo.read.file.ledger import read_ledger
from hbgeo.read.issues import PROVENANCE
from hbgeo.read.schema.records import read_schema
from hbgeo.read.shapes import reduce_shapes
from hbgeo.read.stream import sources
from hbgeo.read.stream.part import Part
from hbgeo.read.stream.points import Tally, _say_shapes, open_points
from hbgeo.read.stream.sources import Skipped, _of_size

SCHEMA = read_schema("facility")
HEAD = "编号,名称,经度,纬度"
FIRST, SECOND = "G1,甲,111.2,30.5", "G2,乙,111.3,30.6"
TWO = [["G1", "甲", "111.2", "30.5"], ["G2", "乙", "111.3", "30.6"]]


def whole(path: Path) -> tuple[pd.DataFrame, list[int]]:
    """The rows as a ledger has them, as they are passed on; and the lines that are no data."""
    raw = read_ledger(path, Layer("a", "facilities", (path.name,), "示例"), SCHEMA)
    frame = pd.concat([as_texts(frame) for frame in raw.frames]).drop(columns=PROVENANCE)
    return frame.map(lambda t: hide_numbers(clean_text(t))), [row for _, row, _ in raw.skipped]


def batched(path: Path, size: int = 3) -> tuple[pd.DataFrame, Skipped, list[float]]:
    """The rows as they pass in batches, the lines that are no data, and the longitudes."""
    points = open_points(path, Layer("locate", "facilities", (path.name,), "", crs="CGCS2000"), size=size)  # fmt: skip
    parts = list(points.batches)
    rows = [row for part in parts for row in zip(*part.columns.to_pydict().values(), strict=True)]
    frame = pd.DataFrame(rows, columns=points.schema.names, dtype="str")
    return frame, points.tally.skipped, [x for part in parts for x in part.x.tolist()]


def same(path: Path) -> pd.DataFrame:
    """The rows that both ways of reading give."""
    rows, skipped = whole(path)
    passed, lines, _ = batched(path)
    assert list(passed.columns) == list(rows.columns)
    assert passed.to_numpy(object).tolist() == rows.to_numpy(object).tolist()
    assert lines.count == len(skipped)
    assert [row for row, _ in lines.first] == skipped[:8]
    return passed


CASES = {
    "total": ([HEAD, FIRST, SECOND, "合计,2,,"], TWO),
    "subtotals": ([HEAD, FIRST, "示例县小计,1,,", SECOND, "总 计:,,,"], TWO),
    "two lines of header": (["编号,名称,坐标,", ",,经度,纬度", FIRST, SECOND], TWO),
    "semicolons": ([line.replace(",", ";") for line in (HEAD, FIRST, SECOND)], TWO),
    "tabs": ([line.replace(",", "\t") for line in (HEAD, FIRST, SECOND)], TWO),
    "titles": (["示例县台账", "填报单位:示例,,,", "", HEAD, FIRST, SECOND], TWO),
    "footers": ([HEAD, FIRST, SECOND, "填表人:某某,,,", "注：示例"], TWO),
    "sections": ([HEAD, "一、城区,,,", FIRST, "(二)、乡村,,,", SECOND], TWO),
    "header again": ([HEAD, FIRST, HEAD, SECOND], TWO),
    "blank lines": ([HEAD, "", FIRST, ",,,", " ,　,,", SECOND, "", ""], TWO),
    "short rows": ([HEAD, FIRST, "G2,乙"], [TWO[0], ["G2", "乙", "", ""]]),
    "surplus blank cells": ([HEAD, f"{FIRST},,,", SECOND], TWO),
    "quoted line breaks": ([HEAD, 'G1,"甲\n院",111.2,30.5'], [["G1", "甲 院", "111.2", "30.5"]]),
    "quotes inside": ([HEAD, 'G1,5"管,111.2,30.5'], [["G1", '5"管', "111.2", "30.5"]]),
    "a numbered blank line": (
        [f"序号,{HEAD}", f"1,{FIRST}", "2,,,,"],
        [["1", *TWO[0]]],
    ),
}


@pytest.mark.parametrize("case", list(CASES))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_whole_and_batched_agree(tmp_path: Path, case: str, encoding: str) -> None:
    lines, wanted = CASES[case]
    path = tmp_path / "a.csv"
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))
    assert same(path).to_numpy(object).tolist() == wanted
    assert batched(path)[2][0] == pytest.approx(111.2)


def test_repeated_headings_are_numbered_alike(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{HEAD},备注,备注,\n{FIRST},子,丑,\n", "utf-8")
    made = same(path)
    assert list(made.columns) == ["编号", "名称", "经度", "纬度", "备注", "备注.2"]
    assert made.to_numpy(object).tolist() == [[*TWO[0], "子", "丑"]]


def test_a_heading_that_is_one_of_ours_keeps_its_name_on_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("row,file,经度,纬度\n7,甲,111.2,30.5\n", "utf-8")
    made, _, x = batched(path)
    assert made.to_numpy(object).tolist() == [["7", "甲", "111.2", "30.5"]]
    assert list(made.columns) == ["row", "file", "经度", "纬度"]
    assert x == [pytest.approx(111.2)]


def test_a_surplus_cell_is_refused_in_the_same_words(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"台账\n{HEAD}\n{FIRST}\n\n{SECOND},多,\n", "utf-8")
    said = r"^a\.csv 第5行：有 5 列，表头只有 4 列；请检查多余的逗号$"
    for read in (whole, batched):
        with pytest.raises(LayerError, match=said):
            read(path)


def test_lines_that_are_no_data_are_said_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join([HEAD, *[f"{FIRST}\n小计,1,,"] * 9, "填表人:某某,,,"]), "utf-8")
    points = open_points(path, Layer("locate", "facilities", (path.name,), "", crs="CGCS2000"))
    assert sum(len(batch.x) for batch in points.batches) == 9
    named = "、".join(f"第 {row} 行“小计”" for row in range(3, 18, 2))
    assert points.tally.notes() == [f"合计、表尾或小标题，不作为数据：{named}等 10 行。"]


def test_what_is_kept_of_lines_that_are_no_data_does_not_grow() -> None:
    skipped = Skipped()
    for row in range(100):
        skipped.add([(row, "小计")] * 3)
    assert (skipped.count, len(skipped.first)) == (300, 8)


def test_every_sheet_of_a_workbook_is_placed_by_its_own_headings(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["台账"], HEAD.split(","), FIRST.split(","), ["合计", 1]):
        book.active.append(row)
    second = book.create_sheet("二")
    for row in (["编号", "名称", "坐标"], ["G2", "乙", "111.3,30.6"], ["G3", "丙", "山上"]):
        second.append(row)
    third = book.create_sheet("三")
    for row in (["编号", "名称", "备注"], ["G4", "丁", "无坐标"]):
        third.append(row)
    path = tmp_path / "a.xlsx"
    book.save(path)
    points = open_points(path, Layer("locate", "facilities", (path.name,), "", crs="CGCS2000"))
    parts = list(points.batches)
    assert points.schema.names == ["编号", "名称", "经度", "纬度", "坐标", "备注"]
    assert [c for p in parts for c in p.columns.column("编号").to_pylist()] == ["G1", "G2", "G3", "G4"]  # fmt: skip
    x = [v for p in parts for v in p.x.tolist()]
    assert x == pytest.approx([111.2, 111.3, float("nan"), float("nan")], nan_ok=True)
    assert points.tally.notes() == [
        "合计、表尾或小标题，不作为数据：第 4 行“合计”。",
        "1 行的坐标不能使用，未归属；如：第3行 “坐标”=山上无法识别为坐标。",
    ]


TEXTS = st.text(st.sampled_from("甲乙合计、:,;\t\"' 1.\n\r"), max_size=5)
DATA = st.tuples(TEXTS, TEXTS, st.just("111.2"), st.just("30.5")).map(list)
ODD = st.sampled_from(
    [["合计", "2"], ["", "小计"], [], ["", "", "", ""], ["一、城区"], ["注：示例"], HEAD.split(",")]
)
ROWS = st.lists(DATA | ODD | st.lists(TEXTS, max_size=5), max_size=8)


def written(rows: list[list[str]], mark: str, quoting: int, ends: str) -> str:
    """Rows as a program writes them."""
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=mark, quoting=quoting, lineterminator=ends).writerows(rows)
    return file.getvalue()


Outcome = str | tuple[list[str], list[list[str]]]


def outcome(read: Callable[[Path], tuple[pd.DataFrame, object]], path: Path) -> Outcome:
    """What reading gives: the rows, or the words of the refusal."""
    try:
        frame = read(path)[0]
    except LayerError as err:
        return str(err) if "多余的逗号" in str(err) else "refused"
    return list(frame.columns), frame.to_numpy(object).tolist()


@settings(deadline=None, max_examples=80)
@given(
    titles=st.lists(st.sampled_from([["示例台账"], [], ["单位:亩", ""]]), max_size=3),
    head=st.sampled_from([[HEAD.split(",")], [["编号", "名称", "坐标", ""], ["", "", "经度", "纬度"]]]),
    rows=ROWS,
    mark=st.sampled_from(",;\t"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    ends=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    part=st.sampled_from([16, 64, 1 << 20]),
    size=st.integers(1, 5),
)  # fmt: skip
def test_any_table_gives_the_same_rows_whole_and_batched(
    tmp_path_factory: pytest.TempPathFactory,
    titles: list[list[str]],
    head: list[list[str]],
    rows: list[list[str]],
    mark: str,
    quoting: int,
    ends: str,
    encoding: str,
    part: int,
    size: int,
) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    body = [FIRST.split(","), *rows]  # text alone would be one more line of the header
    path.write_bytes(written([*titles, *head, *body], mark, quoting, ends).encode(encoding))
    wanted = outcome(whole, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "_PART", part)
        made = outcome(lambda p: batched(p, size)[:2], path)
    assert made == wanted


def test_the_rows_of_a_batch_are_as_many_as_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join([HEAD, *[FIRST, "小计,1,,", SECOND] * 50]), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "_PART", 64)
        source = sources.open_source(path, Layer("locate", "facilities", ("",), ""), 30)
        assert [len(columns) for columns, _, _ in source.batches] == [30, 30, 30, 10]


@pytest.mark.parametrize("suffix", ["gpkg", "parquet"])
def test_features_are_numbered_from_one_through_all_batches(tmp_path: Path, suffix: str) -> None:
    points = gpd.GeoSeries([shapely.Point(111 + n, 30) for n in range(3)], crs="EPSG:4490")
    frame, path = (
        gpd.GeoDataFrame({"名称": list("甲乙丙")}, geometry=points),
        tmp_path / f"a.{suffix}",
    )
    (frame.to_file if suffix == "gpkg" else frame.to_parquet)(path)
    made = sources.open_source(path, Layer("locate", "facilities", ("",), ""), 2)
    assert [rows.tolist() for _, _, rows in made.batches] == [[1, 2], [3]]


def test_only_of_a_shape_of_several_points_the_middle_is_said_to_count() -> None:
    one, other = shapely.Point(111, 30), shapely.Point(112, 30)
    line = shapely.LineString([one, other])
    mixed = [shapely.GeometryCollection([one, line]), shapely.GeometryCollection([one, other])]
    reduced, tally = reduce_shapes(np.array([one, *mixed, line])), Tally()
    assert reduced is not None
    _say_shapes(np.arange(1, 5), reduced, tally)
    said = ["第 4 行是线或面，不是点，不归属。", "第 3 行有几个点，按它们的中点归属。"]
    assert tally.said == said


def test_a_full_batch_is_given_before_more_is_read() -> None:
    schema = pa.schema([("n", pa.int64())])

    def tables() -> Iterator[pa.Table]:
        yield pa.table({"n": [1, 2]}, schema)
        yield pa.table({"n": [3]}, schema)
        raise AssertionError

    batches = _of_size(tables(), 3, schema)
    assert next(batches)["n"].to_pylist() == [1, 2, 3]
    several = _of_size(iter([pa.table({"n": range(5)}, schema)] * 2), 3, schema)
    assert [len(one) for one in several] == [3, 3, 3, 1]
    assert list(_of_size(iter([pa.table({"n": []}, schema)]), 3, schema)) == []


LAYER = Layer("locate", "facilities", ("",), "", crs="CGCS2000")


def test_what_was_seen_instead_of_coordinates_is_cut_at_two_hundred(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    top = [[f"第{n}行第{i:02}列" for i in range(12)] for n in (1, 2, 3, 4)]
    top[1][3] = ""
    path.write_text("\n".join(map(",".join, top)), "utf-8")
    seen = "、".join(cell for row in top[:3] for cell in row if cell)
    assert len(seen) > 200
    with pytest.raises(LayerError) as caught:
        sources.open_source(path, LAYER)
    said = "a.csv：前 10 行中没有认得的坐标列（如 经度、纬度）；看到的是 "
    assert str(caught.value) == said + seen[:200]
    path.write_text("a,b\n1,2\n3,4\n5,6\n", "utf-8")
    with pytest.raises(LayerError, match=r"看到的是 a、b、1、2、3、4$"):
        sources.open_source(path, LAYER)


def test_a_parquet_file_says_its_crs_where_it_has_shapes(tmp_path: Path) -> None:
    points = gpd.GeoSeries([shapely.Point(111, 30), shapely.Point(112, 31)], crs="EPSG:4490")
    frame = gpd.GeoDataFrame({"名称": ["甲", "乙"]}, geometry=points)
    frame.to_parquet(tmp_path / "a.parquet")
    pd.DataFrame({"名称": ["甲", "乙"], "经度": [1.5, 2.5]}).to_parquet(tmp_path / "b.parquet")
    layer = Layer("locate", "facilities", ("a.parquet",), "", crs="CGCS2000")
    made = sources._open_parquet(tmp_path / "a.parquet", layer, 9, Part())
    assert (made.geometry, made.crs["id"], made.schema.names) == (
        True, {"authority": "EPSG", "code": 4490}, ["名称"],
    )  # fmt: skip
    [(columns, pairs, rows)] = made.batches
    assert columns.to_pydict() == {"名称": ["甲", "乙"]}
    assert [p.tolist() for p in pairs or ()] == [[111, 112], [30, 31]]
    assert rows.tolist() == [1, 2]
    plain = sources._open_parquet(tmp_path / "b.parquet", layer, 9, Part())
    assert (plain.geometry, plain.crs, plain.schema.names) == (False, None, ["名称", "经度"])
    [(columns, pairs, rows)] = plain.batches
    assert (columns.to_pydict(), pairs) == ({"名称": ["甲", "乙"], "经度": [1.5, 2.5]}, None)


def test_what_gdal_reads_comes_in_batches_with_its_points(tmp_path: Path) -> None:
    shapes = [shapely.Point(111, 30), None, shapely.Point(112, 31)]
    frame = gpd.GeoDataFrame({"名称": ["甲", None, "乙"]}, geometry=shapes, crs="EPSG:4490")
    for suffix in ("gpkg", "geojson"):
        frame.to_file(tmp_path / f"a.{suffix}")
        made = sources._open_ogr(tmp_path / f"a.{suffix}", LAYER, 2)
        assert (made.geometry, made.crs, made.schema.names) == (True, "EPSG:4490", ["名称"])
        parts = list(made.batches)
        assert [rows.tolist() for _, _, rows in parts] == [[1, 2], [3]]
        assert [c for columns, _, _ in parts for c in columns["名称"].to_pylist()] == [
            "甲",
            None,
            "乙",
        ]
        x = [value for _, pair, _ in parts for value in (pair or ([],))[0]]
        assert x == pytest.approx([111, np.nan, 112], nan_ok=True)
    frame.iloc[:0].to_file(tmp_path / "b.gpkg")
    none = sources._open_ogr(tmp_path / "b.gpkg", LAYER, 2)
    assert (none.schema.names, list(none.batches), none.geometry) == (["名称"], [], True)
