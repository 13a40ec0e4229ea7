"""The header of a sheet is found and matched once; what it means decides how its cells are read."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import openpyxl
import pandas as pd
import pytest

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.file.data_rows import _SHOWN, _repeats_header, say_rows, say_skipped
from hbgeo.read.file.header import Header, _depths, _filled, _joined, is_ledger_or_points
from hbgeo.read.file.ledger import Ledger, read_ledger
from hbgeo.read.layer import read_layer
from hbgeo.read.schema.match import Headings
from hbgeo.read.schema.records import read_schema

HEAD = ["公墓编号", "公墓名称", "状态", "所在县", "所在乡镇", "核定数量"]


def read(path: Path, columns: dict[str, str]) -> Ledger:
    """A ledger of cemeteries, with what the catalogue says of its columns."""
    own = Layer("cemetery", "facilities", (), "示例", schema="cemetery", columns=columns)
    return read_ledger(path, own, read_schema("cemetery"))


def merged_beds(path: Path, head: list[str], above: list[list[str]], column: str) -> None:
    """Two homes that share one merged cell of 100 in a column; whatever stands above the header."""
    book = openpyxl.Workbook()
    for cells in [*above, head, ["E1", "甲院", "镇", 100], ["E2", "乙院", "镇", None]]:
        book.active.append(cells)
    first = len(above) + 2
    book.active.merge_cells(f"{column}{first}:{column}{first + 1}")
    book.save(path)


def beds(path: Path, columns: dict[str, str], name: str = "beds") -> list[object]:
    """What the ledger gives for a column, and that the other cells are all there."""
    own = Layer(
        "eldercare", "facilities", (path.name,), "示例", schema="eldercare", columns=columns
    )
    made = read_layer(own, path.parent).frame
    assert made["id"].tolist() == ["E1", "E2"]
    return made[name].tolist()


def test_a_merged_number_under_a_heading_of_the_catalogue_counts_once(tmp_path: Path) -> None:
    path = tmp_path / "e.xlsx"
    merged_beds(path, ["编号", "名称", "所在乡镇", "核定数量"], [], "D")
    assert np.nansum(beds(path, {"beds": "核定数量"})) == 100
    merged_beds(path, ["编号", "名称", "所在乡镇", "床位数"], [], "D")
    assert np.nansum(beds(path, {})) == 100


def test_a_merged_area_counts_once_where_the_unit_stands_above_the_table(tmp_path: Path) -> None:
    path = tmp_path / "e.xlsx"
    above = [["养老设施台账"], ["单位:亩"]]
    merged_beds(path, ["编号", "名称", "所在乡镇", "用地面积"], above, "D")
    areas = beds(path, {"area_m2": "用地面积"}, "area_m2")  # reading writes it 用地面积(亩)
    assert np.nansum(areas) == pytest.approx(100 * 2000 / 3)


def test_a_merged_number_under_the_second_of_two_like_headings_counts_once(tmp_path: Path) -> None:
    path = tmp_path / "e.xlsx"
    merged_beds(path, ["编号", "名称", "所在乡镇", "数量"], [], "D")
    book = openpyxl.load_workbook(path)
    book.active["E1"], book.active["E2"], book.active["E3"] = "数量", 7, 8
    book.active.move_range("D1:D3", cols=2)
    book.active.merged_cells.ranges = set()
    book.active.merge_cells("F2:F3")
    book.save(path)
    assert np.nansum(beds(path, {"beds": "数量.2"})) == 100


def test_a_merged_number_under_a_column_no_schema_knows_counts_once(tmp_path: Path) -> None:
    path = tmp_path / "e.xlsx"
    merged_beds(path, ["编号", "名称", "所在乡镇", "户数"], [], "D")
    assert beds(path, {"households": "户数"}, "households") == ["100", ""]


def test_a_merged_text_is_filled_even_where_an_alias_would_make_it_a_number(tmp_path: Path) -> None:
    path = tmp_path / "e.xlsx"
    merged_beds(path, ["编号", "名称", "所在乡镇", "床位数"], [], "D")
    assert beds(path, {"note": "床位数"}, "note") == ["100", "100"]


def test_every_sheet_is_matched_by_itself_and_named_where_a_heading_lacks(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "一"
    other = book.create_sheet("二")
    for sheet, town in ((book.active, "所在乡镇"), (other, "乡镇")):
        sheet.append([*HEAD[:4], town, HEAD[5]])
        sheet.append(["GM1", "示例", "运营", "示例县", "示例镇", 5])
    book.save(path)
    named = {"plots_total": "核定数量"}
    made = read(path, named).tables
    assert [t.meaning.found["township"] for t in made] == ["所在乡镇", "乡镇"]
    assert [t.meaning.found["plots_total"] for t in made] == ["核定数量"] * 2
    other["F1"] = "数量"
    book.save(path)
    with pytest.raises(LayerError, match=r"^a\.xlsx 二：columns 指定的列“核定数量”不存在"):
        read(path, named)


def test_the_catalogue_may_name_a_part_of_a_merged_header(tmp_path: Path) -> None:
    text = "公墓编号,公墓名称,状态,坐标,,备注\n,,,东向,北向,\nGM1,甲,运营,114.3,30.5,\n"
    (tmp_path / "a.csv").write_text(text, "utf-8")
    for lon, lat in (("坐标-东向", "坐标-北向"), ("东向", "北向")):
        [table] = read(tmp_path / "a.csv", {"lon": lon, "lat": lat}).tables
        assert [table.meaning.found[c] for c in ("lon", "lat")] == ["坐标-东向", "坐标-北向"]


def test_a_merged_header_is_as_deep_as_its_deepest_cell(tmp_path: Path) -> None:
    """One heading over three rows, one over two: the data begin below the third."""
    book = openpyxl.Workbook()
    sheet = book.active
    for cells in (
        ["公墓编号", "面积", "规模", None], [None, None, "墓穴", None],
        [None, "(亩)", "总数", "已使用"], ["GM1", 3, 10, 4], ["GM2", 3, 20, 5],
    ):  # fmt: skip
        sheet.append(cells)
    for area in ("A1:A3", "B1:B2", "C1:D1", "C2:D2"):
        sheet.merge_cells(area)
    book.save(tmp_path / "a.xlsx")
    [table] = read(tmp_path / "a.xlsx", {}).tables
    assert table.frame["公墓编号"].tolist() == ["GM1", "GM2"]
    assert table.frame[table.meaning.found["plots_total"]].tolist() == ["10", "20"]
    assert table.frame[table.meaning.found["plots_used"]].tolist() == ["4", "5"]


def test_of_two_headers_that_tell_as_much_the_flatter_one_is_taken(tmp_path: Path) -> None:
    """A title over two columns adds nothing to what the row below it says by itself."""
    book = openpyxl.Workbook()
    sheet = book.active
    for cells in (
        ["甲县公墓", None, "表一", None],
        ["公墓编号", "公墓名称", "状态", "备注"],
        ["GM1", "甲", "运营", ""],
    ):
        sheet.append(cells)
    for area in ("A1:B1", "C1:D1"):
        sheet.merge_cells(area)
    book.save(tmp_path / "a.xlsx")
    [table] = read(tmp_path / "a.xlsx", {}).tables
    assert table.frame.columns[:4].tolist() == ["公墓编号", "公墓名称", "状态", "备注"]


BLANKS = {
    "one row": ([["编号", "名称", "规模"], ["1", "甲", "3"]], 1),
    "a group and its parts": ([["编号", "规模", ""], ["", "总数", "已用"], ["1", "2", "3"]], 2),
    "three that go on": (
        [["编", "规模", "", ""], ["", "穴", "盒", ""], ["", "", "总数", "已用"], ["1", "2", "3", "4"]], 3,
    ),
    "never more than three": (
        [["编", "名", "", "", ""], ["", "a", "b", "", ""], ["", "", "c", "d", ""], ["", "", "", "e", "f"]], 3,
    ),
    "figures are no part of a heading": ([["编号", "规模", ""], ["", "总数", "3"]], 1),
    "nor is a row of no column that lacked one": ([["编号", "规模"], ["", "总数"]], 1),
    "nor one below a title": ([["台账", "", ""], ["", "编号", "名称"]], 1),
    "nothing": ([["", " ", ""], ["编号", "名称", ""]], None),
    "the last row": ([["编号", "规模", ""]], 1),
}  # fmt: skip


@pytest.mark.parametrize("what", BLANKS)
def test_how_deep_a_header_is_where_nothing_is_merged(what: str) -> None:
    rows, depth = BLANKS[what]
    assert _depths([], rows, 0) == ([] if depth is None else [depth])
    assert _depths([], rows, len(rows)) == []


@pytest.mark.parametrize(
    ("merges", "depths"),
    [
        ([(0, 0, 1, 0)], [2]), ([(0, 0, 3, 0), (0, 1, 1, 1)], [4]),
        ([(0, 0, 4, 0)], [1]),  # too tall for a header
        ([(1, 0, 2, 0)], [1]),  # of a row below
        ([(0, 0, 0, 1)], [1, 2, 3]),  # a group over half of the columns: how deep, is not told
        ([(0, 0, 0, 2)], [1]),  # a title over most of them
    ],
)  # fmt: skip
def test_merged_cells_tell_how_deep_a_header_is(
    merges: list[tuple[int, int, int, int]], depths: list[int]
) -> None:
    rows = [["甲", "乙", "丙", "丁"]] + [["1", "2", "3", "4"]] * 5
    assert _depths(merges, rows, 0) == depths


def test_lines_that_are_no_data_and_rows_are_named_up_to_a_number() -> None:
    lines = [(n, f"合计{n}:张三") for n in range(1, 9)]
    names = "、".join(f"第 {n} 行“合计{n}”" for n in range(1, _SHOWN + 1))
    said = "合计、表尾或小标题，不作为数据："
    assert say_skipped(lines, _SHOWN) == said + names
    assert say_skipped(lines, _SHOWN + 1) == f"{said}{names}等 {_SHOWN + 1} 行"
    rows = np.arange(1, _SHOWN + 1)
    assert say_rows(rows) == "、".join(map(str, range(1, _SHOWN + 1)))
    assert say_rows(np.append(rows, 99)) == "、".join(map(str, range(1, _SHOWN + 1))) + " 等"


@pytest.mark.parametrize(
    ("row", "repeats"),
    [
        (["编号", "名称", "状态", "级别", "性质"], True),
        (["编号", "名称", "状态", "级别", "甲"], True),  # four of five
        (["编号", "名称", "状态", "甲", ""], False),  # three of four
        (["编号", "名称", "", "", ""], True),
        (["编号", "", "", "", ""], False),
    ],
)
def test_a_row_repeats_the_header_with_four_of_five_of_its_cells(
    row: list[str], *, repeats: bool
) -> None:
    header = Header(0, 0, (), Headings({}), (("编号", "名称", "状态", "级别", "性质"),))
    count = np.array([sum(map(bool, row))])
    cells = pd.DataFrame([row], dtype="str")
    assert _repeats_header(cells, header, count).tolist() == [repeats]


def test_a_groups_name_reaches_over_its_parts_and_no_further() -> None:
    rows = [["编号", "规模", "", "", ""], ["", "总数", "已用", "", "备注"]]
    assert _joined(rows, 0, 2) == ["编号", "规模-总数", "规模-已用", "", "备注"]
    assert _joined([["规模", ""], ["", "总数"]], 0, 2) == [
        "规模",
        "总数",
    ]  # it has no part of its own


@pytest.mark.parametrize(
    ("score", "columns", "taken"),
    [(2, ["id", "name"], True), (1, ["lonlat"], True), (1, ["lon"], False), (1, ["name"], False)],
)
def test_points_need_no_more_than_their_coordinates(
    score: int, columns: list[str], *, taken: bool
) -> None:
    assert is_ledger_or_points(SimpleNamespace(score=score, columns=columns)) is taken  # type: ignore[arg-type]


def test_a_header_may_stand_in_the_tenth_row_and_no_further(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = [",".join(HEAD), "GM1,甲,运营,远安县,乙镇,10"]
    for above in (9, 10):
        path.write_text("\n".join([*["示例台账,,,,,"] * above, *lines, ""]), "utf-8")
        if above == 9:
            [table] = read(path, {}).tables
            assert table.frame["公墓名称"].tolist() == ["甲"]
            continue
        with pytest.raises(LayerError, match=r"^a\.csv：前 10 行中没有认得的表头"):
            read(path, {})


def test_merged_cells_of_a_header_further_down_tell_its_own_depth() -> None:
    rows = [["示例台账", "", "", ""]] * 2 + [["甲", "乙", "丙", "丁"]] * 6
    assert _depths([(2, 0, 3, 0)], rows, 2) == [2]
    assert _depths([(2, 0, 2, 0), (2, 1, 5, 1)], rows, 2) == [4]
    assert _depths([(2, 0, 6, 0)], rows, 2) == [1]
    assert _depths([(6, 0, 6, 1)], rows, 6) == [1, 2]  # there are no more rows
    assert _depths([(7, 0, 7, 1)], rows, 7) == [1]
    assert _depths([(0, 0, 1, 0)], rows, 8) == []


def test_what_is_merged_stands_in_every_cell_of_its_range() -> None:
    top = [["a", "", "", "d"], ["", "", "", ""], ["x", "", "", "y"]]
    assert _filled(top, [(0, 0, 1, 2)]) == [["a", "a", "a", "d"], ["a", "a", "a", ""], top[2]]
    assert _filled(top, [(2, 3, 9, 9)])[2] == ["x", "", "", "y"]
    assert _filled(top, [(0, 3, 2, 3)]) == [
        ["a", "", "", "d"],
        ["", "", "", "d"],
        ["x", "", "", "d"],
    ]
    assert _filled(top, [(3, 0, 3, 1), (0, 4, 0, 5)]) == top
    assert top[1] == [""] * 4  # what was given stays


@pytest.mark.parametrize(("rows", "mu"), [(9, True), (10, False)])
def test_a_note_says_the_unit_in_the_last_ten_rows(tmp_path: Path, rows: int, *, mu: bool) -> None:
    """Below the note stand nine rows, or ten: 3 are then 亩, or the column's square metres."""
    path = tmp_path / "a.csv"
    lines = [f"GM{n},示例,3" for n in range(20)]
    text = ["公墓编号,公墓名称,占地面积", *lines, "注:单位:亩,,", *lines[:rows]]
    path.write_text("\n".join(text) + "\n", "utf-8")
    [table] = read(path, {}).tables
    assert ("亩" in "".join(map(str, table.frame.columns))) is mu
