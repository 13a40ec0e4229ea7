"""What each kind of column makes of cells, and what it says of those it cannot read, in full."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from hbgeo.read.cell.numbers import MU
from hbgeo.read.cell.values import (
    area_unit_column,
    part_pairs,
    read_degrees,
    read_pairs,
    read_precision,
    read_values,
    with_multiples,
    with_units,
)
from hbgeo.read.issues import Notes
from hbgeo.read.schema.records import Column, read_schema

CHOICES = {"甲类": ("甲", "A"), "乙类": ("乙",)}


def cells(*texts: str, name: str = "列") -> pd.Series:
    return pd.Series(texts, index=range(10, 10 + len(texts)), dtype="str", name=name)


def notes(n: int, schema: str = "cemetery") -> Notes:
    rows = pd.DataFrame({"file": "a.csv", "sheet": "", "row": range(2, 2 + n)})
    return Notes("layer", rows, read_schema(schema))


def read(
    kind: str, *texts: str, name: str = "列", **more: Any
) -> tuple[list[Any], list[bool], list[Any]]:
    """Values, the cells that are wrong, and what is said: row, rule, severity, message, mend."""
    made = notes(len(texts))
    column = more.pop("column", None) or Column("c", (name,), kind, **more)
    values, wrong = read_values(cells(*texts, name=name), column, made)
    assert values.index.tolist() == list(range(10, 10 + len(texts)))
    said = [(i.row, i.rule, i.severity, i.message.split(" ", 1)[1], i.fix) for i in made.issues]
    return values.tolist(), wrong.tolist(), said


def test_texts_are_cleaned_and_numbers_of_persons_hidden() -> None:
    values, wrong, said = read("text", "示例 村 ", "无", "—", "电话 13812345678", "甲\u200b乙", "")
    assert values == ["示例 村", "", "", "电话 [已隐去]", "甲乙", ""]
    assert wrong == [False] * 6
    assert said == [
        (
            5,
            "E15",
            "warning",
            "“列”中的个人号码（证件、电话、银行卡、邮箱）已隐去",
            "报送前请删除个人信息",
        )
    ]


def test_codes_are_digits_of_a_level() -> None:
    texts = ("420528", " 420528.0 ", "420528101", "420528101201", "156420528", "42052", "4.2E+11", "无", "42",
             "4205", "256420528000", "15642052")  # fmt: skip
    values, wrong, said = read("code", *texts)
    assert values == ["420528", "420528", "420528101", "420528101201", "156420528", "", "", "", "42",
                      "4205", "256420528000", ""]  # fmt: skip
    assert wrong == [t in {"42052", "4.2E+11", "15642052"} for t in texts]
    fix = "将该列设为文本格式后重填（Excel 可能显示为 4.2E+11）"
    assert said[0] == (7, "E02", "error", "“列”=42052：代码应为 6、9 或 12 位数字", fix)
    assert [row for row, *_ in said] == [7, 8, 13]


def test_choices_are_known_by_any_of_their_names() -> None:
    values, wrong, said = read("choice", "甲类", " a ", "乙", "无", "", "丙", choices=CHOICES)
    assert values == ["甲类", "甲类", "乙类", "", "", ""]
    assert wrong == [False] * 5 + [True]
    assert said == [(7, "E07", "error", "“列”=丙不在可选值{甲类、乙类}中", "改为 甲类、乙类 之一")]


def test_several_choices_keep_what_is_known() -> None:
    values, wrong, said = read("choices", "甲、乙", "乙类/丙", "", "无", "丙", choices=CHOICES)
    assert values == [("甲类", "乙类"), ("乙类",), (), (), ()]
    assert wrong == [False] * 5
    text = "“列”={}有不在可选值{{甲类、乙类}}中的项，该项按空值处理"
    fix = "改为可选值，以顿号分隔"
    assert said == [
        (3, "E07", "warning", text.format("乙类/丙"), fix), (6, "E07", "warning", text.format("丙"), fix),
    ]  # fmt: skip


@pytest.mark.parametrize(("bound", "year", "month"), [("end", "12-31", "02-28"), ("start", "01-01", "02-01")])  # fmt: skip
def test_dates_are_bounded_as_the_column_says(bound: str, year: str, month: str) -> None:
    values, wrong, said = read("date", "2021", "2021-02", "2021-06-03", "无", "去年", "2021.1", bound=bound)  # fmt: skip
    days = [None if pd.isna(v) else f"{v:%Y-%m-%d}" for v in values]
    january = "2021-01-31" if bound == "end" else "2021-01-01"
    assert days == [f"2021-{year}", f"2021-{month}", "2021-06-03", None, None, january]
    assert wrong == [False] * 4 + [True, False]
    assert said == [
        (6, "E13", "warning", "“列”=去年不是日期", "写作 2021-06-30、2021年6月 或 2021"),
        (7, "W15", "warning", "“列”=2021.1按 1 月计；数字格式会丢掉 10 月末尾的 0，请确认",
         "把该列设为文本，写作 2021-01 或 2021-10"),
    ]  # fmt: skip


def test_a_date_that_decides_whether_a_row_counts_is_an_error() -> None:
    opened = read_schema("cemetery").columns["opened_on"]
    assert read("date", "去年", column=opened)[2][0][2] == "error"
    approved = read_schema("cemetery").columns["approved_on"]
    assert read("date", "去年", column=approved)[2][0][2] == "warning"


def test_how_precisely_dates_were_given() -> None:
    found = read_precision(
        cells("2021", "2021-02", "2021-06-03", "无"), Column("d", ("日期",), "date")
    )
    assert found is not None
    assert found.tolist() == ["year", "month", "day", ""]
    assert read_precision(cells("2021-06-03", "2021-06-04"), Column("d", ("日期",), "date")) is None


def test_numbers_that_are_none_are_left_empty_and_said() -> None:
    values, wrong, said = read("number", "12", " 1,200 ", "50张", "约200", "无", "", "-1.5")
    assert [None if v != v else v for v in values] == [12, 1200, 50, None, None, None, -1.5]
    assert not any(wrong)
    assert said == [
        (5, "E14", "warning", "“列”=约200不是数字，按空值处理", "只填数字，不写“约”“余”")
    ]


def test_areas_need_a_unit_somewhere() -> None:
    values, _, said = read("area", "3", "3亩", "约3亩", "无", name="占地面积")
    assert [None if v != v else v for v in values] == [None, pytest.approx(2000), None, None]
    assert said == [
        (2, "E14", "warning", "“占地面积”=3缺面积单位，按空值处理", "列名写成 占地面积（亩）或 占地面积（平方米）"),
        (4, "E14", "warning", "“占地面积”=约3亩不是面积，按空值处理", "只填数字或数字加单位，不写“约”“余”"),
    ]  # fmt: skip
    values, _, said = read("area", "3", "300平方米", name="占地面积（亩）")
    assert values == [pytest.approx(3 * MU), 300]
    assert said == []


def test_a_unit_in_a_column_of_its_own_is_written_behind() -> None:
    areas, units = cells("3", "300平方米", "", "无", " 5 "), cells("亩", "亩", "亩", "亩", " 公顷 ")
    assert with_units(areas, "占地面积", units).tolist() == [
        "3亩",
        "300平方米",
        "",
        "无亩",
        "5公顷",
    ]
    assert with_units(areas, "占地面积（亩）", units) is areas
    assert with_units(areas, "占地面积", None) is areas
    assert area_unit_column(["名称", "计量单位"]) == "计量单位"
    assert area_unit_column(["名称", " 单位 "]) == " 单位 "
    assert area_unit_column(["名称", "填报单位"]) == ""


def test_coordinates_that_are_none_are_said() -> None:
    made = notes(6)
    values, coarse, wrong = read_degrees(
        cells("114.3051", "114.305", "114°18′18″", "114°18′", "东边", "无", name="经度"), made
    )
    assert values.fillna(0).tolist() == pytest.approx([114.3051, 114.305, 114.305, 114.3, 0, 0])
    assert coarse.tolist() == [False, True, False, True, False, False]
    assert wrong.tolist() == [False] * 4 + [True, False]
    [issue] = made.issues
    assert (issue.row, issue.rule, issue.severity) == (6, "E08", "error")
    assert issue.message == "第6行 “经度”=东边无法识别为坐标"
    assert issue.fix == "支持 114.3050、114°18′18″、114度18分18秒；分、秒应小于 60"


def test_both_coordinates_in_one_cell() -> None:
    made = notes(5)
    texts = cells(
        "114.3051,30.5931",
        "30.5931 114.3051",
        "114.3051,30.593",
        "114.305,30.593",
        "东边",
        name="坐标",
    )
    lon, lat, coarse, wrong = read_pairs(texts, made)
    assert lon.fillna(0).tolist() == [114.3051, 114.3051, 114.3051, 114.305, 0]
    assert lat.fillna(0).tolist() == [30.5931, 30.5931, 30.593, 30.593, 0]
    assert coarse.tolist() == [False, False, False, True, False]
    assert wrong.tolist() == [False] * 4 + [True]
    assert [i.message for i in made.issues] == ["第6行 “坐标”=东边无法识别为坐标"]
    blank = read_pairs(cells("", "无"), notes(2))
    assert (blank[2].tolist(), blank[3].tolist()) == ([False, False], [False, False])
    none = read_pairs(cells(), notes(0))
    assert [part.dtype for part in none] == [float, float, bool, bool]


def test_a_pair_in_the_first_column_is_parted_where_the_second_is_empty() -> None:
    lon = cells("114.3051,30.5931", "114.3051", "30.5931,114.3051", "114.4", "")
    lat = cells("", "30.5931", "", "", "")
    first, second = part_pairs(lon, lat)
    assert first.tolist() == ["114.3051", "114.3051", "114.3051", "114.4", ""]
    assert second.tolist() == ["30.5931", "30.5931", "30.5931", "", ""]
    same, also = part_pairs(lat.where(lat == "", "114.1"), lat)
    assert same.tolist() == ["", "114.1", "", "", ""]
    assert also is lat


def test_large_columns_of_few_texts_say_the_same() -> None:
    texts = cells(*["12", "50张", "约200", "无"] * 5)
    made = notes(20)
    values, wrong = read_values(texts.astype("category"), Column("c", ("列",), "number"), made)
    assert np.nan_to_num(values.to_numpy(), nan=-1).tolist() == [12, 50, -1, -1] * 5
    assert not wrong.any()
    assert [i.row for i in made.issues] == [4, 8, 12, 16, 20]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("0.30000000000000004", None), ("123456789012345", None), ("1,234,567.8", None),
        ("12345678901234567", "1.2345678901234568e+16"), ("0.12345678901234567890", "0.12345678901234568"),
        ("9007199254740993", "9007199254740992.0"), ("0000000000000000012.5", None),
    ],
)  # fmt: skip
def test_more_figures_than_are_kept_are_said(text: str, kept: str | None) -> None:
    values, wrong, said = read("number", text, name="墓穴总数")
    assert (values, wrong) == ([float(text.replace(",", ""))], [False])
    wanted = (
        2,
        "E14",
        "warning",
        f"“墓穴总数”={text}位数过多，按 {kept} 计",
        "最多写 15 位有效数字",
    )
    assert said == ([] if kept is None else [wanted])


def test_a_blank_cell_of_both_coordinates_is_neither_coarse_nor_wrong() -> None:
    cells = pd.Series(["114.3,30.5", "", "114.30512,30.59346"], name="坐标")
    lon, lat, coarse, wrong = read_pairs(cells, notes(3))
    assert (coarse.tolist(), wrong.tolist()) == ([True, False, False], [False] * 3)
    assert (lon.fillna(0).tolist(), lat.fillna(0).tolist()) == (
        [114.3, 0, 114.30512], [30.5, 0, 30.59346],
    )  # fmt: skip


def test_a_multiple_beside_a_number_is_written_behind_it() -> None:
    counts = pd.Series(["3", "", " 5 ", "7", "9"], name="人数", dtype="str")
    units = pd.Series(["万人", "万人", " 百户", "人", "万"], dtype="str")
    assert with_multiples(counts, "人数", units).tolist() == ["3万人", "", "5百户", "7", "9"]
    assert with_multiples(counts, "人数", units).name == "人数"
    assert with_multiples(counts, "人数(万人)", units) is counts
    assert with_multiples(counts, "人数", None) is counts
    plain = pd.Series(["人", "万", "亩", "公顷", ""], dtype="str")
    assert with_multiples(counts, "人数", plain) is counts


@pytest.mark.parametrize(
    ("heading", "numbers"),
    [("人数(万人)", [30_000.0, 50.0]), ("人数(人)", [3.0, 50.0]), ("人数(万)", [30_000.0, 50.0]),
     ("规模(亩)", [3.0, 50.0]), ("规模(公顷)", [3.0, 50.0]), ("人数", [3.0, 50.0])],
)  # fmt: skip
def test_a_number_is_as_many_as_its_heading_says_and_of_no_area(
    heading: str, numbers: list[float]
) -> None:
    values, _, said = read("number", "3", "0.5百", name=heading)
    assert (values, said) == (numbers, [])


def test_a_number_that_is_too_long_is_said_as_it_is_kept() -> None:
    _, _, said = read("number", "1234567890.123456789", "123456789012345", name="人数(百人)")
    assert [(row, rule, text) for row, rule, _, text, _ in said] == [
        (2, "E14", "“人数(百人)”=1234567890.123456789位数过多，按 123456789012.34567 计")
    ]
