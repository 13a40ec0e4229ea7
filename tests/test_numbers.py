"""Numbers, areas and their units: each word by what it stands for, and what is no number."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hbgeo.read.cell.numbers import (
    Unit,
    area_unit,
    has_more_digits,
    heading_unit,
    is_number,
    number_of,
    read_area,
    read_unit,
)

TIMES = {"十": 1, "百": 2, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8}
WORDS = {
    "人": "人 人次 名 口",
    "户": "户 家",
    "个": "张 床 个 座 处 穴 位 间 格 块 套 所 件",
    "元": "元 元/月 元/年",
}
AREAS = {
    "亩": 2000 / 3, "公亩": 100, "公顷": 1e4, "平方米": 1, "平米": 1, "平方": 1, "m2": 1, "m²": 1,
    "ha": 1e4, "hm2": 1e4, "平方公里": 1e6, "平方千米": 1e6, "km2": 1e6,
}  # fmt: skip


@pytest.mark.parametrize("word", TIMES)
def test_a_word_of_number_stands_for_its_power_of_ten(word: str) -> None:
    times = 10 ** TIMES[word]
    assert read_unit(word) == Unit(times, "")
    assert read_unit(f"{word}人") == Unit(times, "人")
    assert read_unit(f"{word}公顷") == Unit(times * 1e4, "面积")
    if word != "十":  # a number is not said so
        assert number_of(f"3{word}") == 3 * times
        assert number_of(f"3{word}", 7) == 3 * times  # its own word goes before its column's
        assert number_of(f"1.5{word}户") == 1.5 * times


def test_ten_behind_figures_is_no_number() -> None:
    assert math.isnan(number_of("3十"))


@pytest.mark.parametrize("kind", WORDS)
def test_every_word_that_counts_is_of_its_kind(kind: str) -> None:
    for word in WORDS[kind].split():
        assert read_unit(word) == Unit(1, kind)
        assert read_unit(f" 百 {word}") == Unit(100, kind)
        assert number_of(f"1,250 {word}") == 1250
        assert heading_unit(f"数量({word})") == Unit(1, kind)
        assert area_unit(word) == 0


@pytest.mark.parametrize("word", AREAS)
def test_every_unit_of_area_is_so_many_square_metres(word: str) -> None:
    assert read_unit(word) == Unit(AREAS[word], "面积")
    assert read_unit(f"万{word.upper()}") == Unit(1e4 * AREAS[word], "面积")
    for said in (word, f"占地面积({word})", f"占地面积[{word}]", f"单位:{word}", f"面积-{word}",
                 f"面积(单位:{word})", f"面积/{word}"):  # fmt: skip
        assert area_unit(said) == AREAS[word], said
    assert read_area(f"2.5{word}", 9) == 2.5 * AREAS[word]  # its own unit goes before the column's
    assert read_area(f"1,200 {word}", 0) == 1200 * AREAS[word]


@pytest.mark.parametrize("text", ["", "里", "万里", "人人", "百百", "1人", "平"])
def test_what_is_no_unit_is_none(text: str) -> None:
    assert read_unit(text) is None
    assert area_unit(text) == 0


@pytest.mark.parametrize(
    ("heading", "unit"),
    [
        ("户数(百户)", Unit(100, "户")), ("户数 【 户 】", Unit(1, "户")), ("户数[户]", Unit(1, "户")),
        ("户数/户", Unit(1, "户")), ("户数:万", Unit(1e4, "")), ("户数-千户", Unit(1e3, "户")),
        ("资金(单位:万元)", Unit(1e4, "元")), ("资金(计量单位万元)", Unit(1e4, "元")),
        ("面积(HA)", Unit(1e4, "面积")), ("户数", None), ("户数(户)合计", None), ("(示例)", None),
    ],
)  # fmt: skip
def test_the_unit_behind_a_heading(heading: str, unit: Unit | None) -> None:
    assert heading_unit(heading) == unit


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12), ("-12.50", -12.5), ("+3", 3), (".5", 0.5), ("-.5", -0.5), ("3.", 3), ("1e3", 1000),
        ("1,234,567.8", 1_234_567.8), ("1 234", 1234), ("2E-2", 0.02), ("0.1万", 1000), ("1e999", None),
        ("1,23", None), ("12,3456", None), ("约200", None), ("200余", None), ("", None), ("1.2.3", None),
        ("--3", None), ("3个半", None), ("三", None), ("1e1234", None),
    ],
)  # fmt: skip
def test_a_number_is_read_whole_or_not_at_all(text: str, number: float | None) -> None:
    assert is_number(text) is (number is not None)
    np.testing.assert_equal(number_of(text), np.nan if number is None else number)


def test_a_columns_times_multiply_exactly() -> None:
    assert number_of("1.1", 10_000) == 11_000
    assert number_of("0.57", 100) == 57
    assert number_of("7") == 7


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("0.1", False), ("123456789012345", False), ("9007199254740993", True), ("1,000.50", False),
        ("0.12345678901234567890", True), ("甲", False), ("", False), ("1e400", True), ("1 5", False),
    ],
)  # fmt: skip
def test_figures_a_double_cannot_keep_are_told(text: str, more: bool) -> None:  # noqa: FBT001
    assert has_more_digits(text) is more


@pytest.mark.parametrize(
    ("text", "metres", "area"),
    [
        ("3", 1e4, 3e4), ("3", 0, None), ("3亩", 0, 2000), ("3张", 1e4, 3e4), ("3 m2", 0, 3),
        ("亩", 1, None), ("3米", 1, None), ("1,5亩", 1, None), ("", 1, None), ("2万平方米", 0, 2e4),
        ("-1公顷", 1, -1e4),
    ],
)  # fmt: skip
def test_an_area_by_its_own_unit_or_its_columns(
    text: str, metres: float, area: float | None
) -> None:
    np.testing.assert_equal(read_area(text, metres), np.nan if area is None else area)
