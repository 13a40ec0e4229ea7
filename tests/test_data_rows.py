"""Which rows under a header are data, told row by row: blank ones, totals, notes, titles, headers."""

from __future__ import annotations

import pandas as pd
import pytest

from hbgeo.errors import LayerError
from hbgeo.read.file.data_rows import DataRows, find_data_rows
from hbgeo.read.file.header import Header
from hbgeo.read.schema.match import Headings

HEAD = ("序号", "名称", "状态", "数量", "备注")
GOOD = ["1", "甲", "运营", "3", ""]


def find(
    *rows: list[str],
    head: tuple[str, ...] = HEAD,
    levels: tuple[tuple[str, ...], ...] = (),
    banners: tuple[int, ...] = (),
) -> DataRows:
    """What is found in rows that stand below a header in the sheet's third row."""
    header = Header(0, 2, head, Headings({}), levels or (head,))
    cells = pd.DataFrame(list(rows), dtype="str")
    return find_data_rows(cells.set_axis(range(3, len(rows) + 3)), header, "a.xlsx 台账", banners)


KINDS = {  # a row → "data", "" where it is blank, or the text by which it is named
    "data": (GOOD, "data"), "no counter": (["", "甲", "运营", "", ""], "data"),
    "nothing": (["", "", " ", "\u3000", ""], ""), "a form's empty line": (["7", "", "", "", ""], ""),
    "a numbered blank": (["3.", "", "", "", ""], ""), "a word in the counter's column": (["完", "", "", "", ""], "完"),
    "a total": (["合计", "", "", "30", ""], "合计"), "a total in the second": (["", "小 计:", "", "30", ""], "小 计:"),
    "a total in the third": (["", "", "总计", "30", ""], "总计"),
    "a total in the fourth is none": (["", "", "", "合计", ""], "data"),
    "of a county": (["", "示例县小计", "", "30", ""], "示例县小计"),
    "behind twelve letters": (["", "一二三四五六七八九十一二合计", "", "3", ""], "一二三四五六七八九十一二合计"),
    "behind thirteen": (["", "一二三四五六七八九十一二三合计", "", "3", ""], "data"),
    "a name that ends in it": (["1", "甲", "示例小计", "3", ""], "data"),
    "numbered like any other": (["1", "示例小计", "", "3", ""], "1"),
    "alone in its cell behind a name": (["1", "甲", "合计", "3", ""], "1"),
    "a plan": (["1", "计划", "运营", "3", ""], "data"),
    "who filled it in": (["填表人:张三", "", "", "审核:李四", ""], "填表人:张三"),
    "a note": (["", "注1：示例", "", "", ""], "注1：示例"), "a note further right": (["", "", "", "备注:无", ""], "备注:无"),
    "a name with a colon": (["1", "甲:乙", "", "", ""], "data"),
    "a section": (["一、城区", "", "", "", ""], "一、城区"), "in brackets": (["(二).乡镇", "", "", "", ""], "(二).乡镇"),
    "a section of two cells": (["一、城区", "甲", "", "", ""], "data"),
    "a section with a figure": (["", "一、3 区", "", "", ""], "data"),
    "the header again": (list(HEAD), "序号"), "four of its five cells": (["序号", "名称", "状态", "数量", "说明"], "序号"),
    "three of its four": (["序号", "名称", "状态", "某", ""], "data"),
    "two of its two": (["", "名称", "状态", "", ""], "名称"), "one of one": (["", "名称", "", "", ""], "data"),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_is_data_blank_or_named(kind: str) -> None:
    row, what = KINDS[kind]
    found = find(GOOD, row, ["2", "乙", "停用", "4", "有"])
    rows = [3, 4, 5] if what == "data" else [3, 5]
    assert found.frame.index.tolist() == rows
    assert found.frame.columns.tolist() == list(HEAD)
    assert found.frame.loc[5].tolist() == ["2", "乙", "停用", "4", "有"]
    assert found.skipped == (((5, what),) if what not in {"", "data"} else ())
    assert found.nameless == ()


def test_rows_that_one_cell_takes_are_no_data_where_they_hold_two_at_most() -> None:
    rows = [["甲片", "", "", "", ""], ["1", "甲", "", "", ""], ["1", "甲", "运营", "", ""]]
    assert find(*rows).frame.index.tolist() == [4, 5]  # a word where a number counts the lines
    found = find(*rows, banners=(3, 4, 5))
    assert found.frame.index.tolist() == [5]
    assert found.skipped == ((4, "甲片"), (5, "1"))
    assert find(*rows, banners=(5, 9)).frame.index.tolist() == [4, 5]


def test_either_level_of_a_header_may_be_repeated() -> None:
    levels = (("规模", "规模", "", "", ""), ("总数", "已用", "状态", "数量", "备注"))
    rows = [
        ["总数", "已用", "状态", "", ""],
        ["规模", "规模", "", "", ""],
        ["规模", "甲", "", "", ""],
    ]
    assert find(*rows, levels=levels).frame.index.tolist() == [5]


def test_columns_without_a_heading_are_dropped_and_told_where_rows_of_data_fill_them() -> None:
    head = ("名称", "", "状态", "")
    found = find(["甲", "x", "运营", ""], ["乙", "", "停用", ""], ["合计", "3", "", ""], head=head)
    assert found.frame.to_numpy().tolist() == [["甲", "运营"], ["乙", "停用"]]
    assert found.frame.columns.tolist() == ["名称", "状态"]
    assert found.nameless == (2,)
    with pytest.raises(LayerError) as caught:
        find(["甲", "114", "18", ""], head=("名称", "经度", "", "备注"))
    assert str(caught.value) == (
        "a.xlsx 台账：第3列没有列名而有内容，前面是“经度”；如是分、秒，请写明列名（如 经度-分）"
    )
    assert len(find(["甲", "114", "", "x"], head=("名称", "经度", "", "备注")).frame) == 1


def test_a_row_longer_than_its_header_is_refused_and_a_shorter_one_filled_up() -> None:
    with pytest.raises(LayerError) as caught:
        find([*GOOD, "", "多", ""], [*GOOD, "又", "", ""])
    assert str(caught.value) == "a.xlsx 台账 第4行：有 7 列，表头只有 5 列；请检查多余的逗号"
    found = find([*GOOD, "", " "])
    assert found.frame.to_numpy().tolist() == [GOOD]
    short = find(["1", "甲"], ["2", "乙"])
    assert short.frame.to_numpy().tolist() == [["1", "甲", "", "", ""], ["2", "乙", "", "", ""]]
    assert find(["甲", "x"], head=("名称", "状态", "")).frame.columns.tolist() == ["名称", "状态"]
    with pytest.raises(LayerError, match="有 3 列，表头只有 2 列"):
        find(["甲", "x", "多"], head=("名称", "状态"))


def test_the_first_text_of_a_line_is_shown_in_short_and_without_telephones() -> None:
    long = "填表人:" + "示" * 30
    found = find(
        [long, "", "", "", ""], ["", "电话", "", "", ""], ["联系电话:13812345678", "", "", "", ""]
    )
    assert found.skipped == ((4, long[:20]), (6, "联系电话:[已隐去]"))


def test_below_headings_that_are_all_blank_nothing_may_stand() -> None:
    with pytest.raises(LayerError, match="有 2 列，表头只有 0 列"):
        find(["", "甲"], head=("", ""))
    assert find(["", " "], head=("", "")).frame.empty
