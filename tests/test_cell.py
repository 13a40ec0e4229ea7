"""Cells: whatever is typed gives a value or none, never a crash; what hbgeo writes it reads again."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hbgeo.read.cell.dates import Day, is_ambiguous_month, parse_date, read_day, show_day
from hbgeo.read.cell.numbers import MU, Unit, area_unit, number_of, read_area, read_unit
from hbgeo.read.cell.personal import HIDDEN, hide_id_cards, hide_numbers, is_id_card
from hbgeo.read.cell.text import (
    choice_key,
    clean,
    clean_text,
    is_filled,
    split_list,
)

days = st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31))
JUNE = Day(dt.date(2021, 6, 1), dt.date(2021, 6, 30), "month")
FIRST = Day(dt.date(2021, 6, 1), dt.date(2021, 6, 1), "day")
YEAR = Day(dt.date(2021, 1, 1), dt.date(2021, 12, 31), "year")


@given(st.text(max_size=40))
def test_any_text_gives_a_value_or_none(text: str) -> None:
    read_day(text)
    number_of(text)
    read_area(text, 1.0)
    area_unit(text)
    hide_numbers(clean_text(text))
    assert "\n" not in clean(text)
    assert clean(clean(text)) == clean(text)


@given(days, st.sampled_from(["day", "month", "year"]))
def test_a_date_that_is_written_is_read_again(day: dt.date, precision: str) -> None:
    read = read_day(show_day(day, precision))
    assert read is not None
    assert read.precision == precision
    assert read.first <= day <= read.last
    assert show_day(read.last, precision) == show_day(day, precision)


@given(days)
def test_every_spelling_of_a_day_is_the_same_day(day: dt.date) -> None:
    spellings = [
        f"{day:%Y-%m-%d}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month:02d}.{day.day:02d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        f"{day:%Y-%m-%d} 00:00:00",
        f"{day.year} 年 {day.month} 月 {day.day} 号",
    ]
    assert {read_day(s) for s in spellings} == {Day(day, day, "day")}


@given(st.dates(dt.date(1954, 10, 3), dt.date(2091, 8, 20)))
def test_the_days_excel_counts_are_dates(day: dt.date) -> None:
    serial = (day - dt.date(1899, 12, 30)).days
    assert read_day(str(serial)) == Day(day, day, "day")
    assert read_day(f"{serial}.5") == Day(day, day, "day")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2021.6", JUNE),
        ("2021年6月", JUNE),
        ("2021-06", JUNE),
        ("202106", JUNE),
        ("二〇二一年六月", JUNE),
        ("\uff12\uff10\uff12\uff11年6月", JUNE),
        ("20210601", FIRST),
        ("2021/6/1", FIRST),
        ("44348", FIRST),
        ("二〇二一年六月一日", FIRST),
        ("2021", YEAR),
        ("2021年", YEAR),
        (
            "二零二一年十二月三十一日",
            Day(dt.date(2021, 12, 31), dt.date(2021, 12, 31), "day"),
        ),
    ],
)
def test_dates_in_the_spellings_of_ledgers(text: str, day: Day) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize(
    "text", ["十三五期间", "2021-02-30", "2021.13", "202113", "1899-01-01", "明年", "", "2021-6-31"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_day(text) is None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1900", "1900-01-01", "1900-12-31"), ("2100年", "2100-01-01", "2100-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"), ("2023年2月", "2023-02-01", "2023-02-28"),
        ("202112", "2021-12-01", "2021-12-31"), ("2021/1", "2021-01-01", "2021-01-31"),
        ("2021.12", "2021-12-01", "2021-12-31"), ("20000", "1954-10-03", "1954-10-03"),
        ("69999", "2091-08-24", "2091-08-24"), ("二〇二一年十月", "2021-10-01", "2021-10-31"),
        ("二〇二一年二十月", None, None), ("二〇二一年十二月二十日", "2021-12-20", "2021-12-20"),
        ("二○二一年十月十日", "2021-10-10", "2021-10-10"), ("2021-06-01T08:30", "2021-06-01", "2021-06-01"),
        ("2021-06-01 8:30:15.5", "2021-06-01", "2021-06-01"), ("2021年6月1号", "2021-06-01", "2021-06-01"),
        ("1899", None, None), ("2101", None, None), ("2021-00", None, None), ("2021-12-32", None, None),
        ("2021-13", None, None), ("19999", None, None), ("70000", None, None), ("2021-06-00", None, None),
    ],
)  # fmt: skip
def test_dates_at_their_bounds(text: str, first: str | None, last: str | None) -> None:
    found = read_day(text)
    assert (found and str(found.first), found and str(found.last)) == (first, last)


def test_only_a_month_that_may_have_lost_its_nought_is_doubtful() -> None:
    texts = ("2021.1", " 2021.1 ", "2021.10", "2021.01", "2021-1", "2021.2", "2021")
    assert [is_ambiguous_month(t) for t in texts] == [True, True, *[False] * 5]


def test_a_year_bounds_the_way_that_favours_nobody() -> None:
    assert str(parse_date("2021", "end"))[:10] == "2021-12-31"
    assert str(parse_date("2021", "start"))[:10] == "2021-01-01"
    assert str(parse_date("2024.2"))[:10] == "2024-02-29"


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,234", 1234), ("50张", 50), ("1.2万", 12000), ("120", 120), (" -3.5 ", -3.5), ("1e5", 1e5)],
)
def test_numbers_as_people_write_them(text: str, value: float) -> None:
    assert number_of(text) == value


@pytest.mark.parametrize(
    "text", ["约200", "200余", "1_000", "12-13", "1,23", "nan", "inf", "", "无", "两百", "1e999"]
)
def test_what_is_no_number_is_not_guessed(text: str) -> None:
    value = number_of(text)
    assert value != value


@given(st.integers(-(10**12), 10**12))
def test_thousands_separators_do_not_change_a_number(value: int) -> None:
    assert number_of(f"{value:,}") == value == number_of(str(value))


@pytest.mark.parametrize(
    ("text", "unit", "square_metres"),
    [
        ("3亩", 0.0, 2000.0),
        ("1.2公顷", 0.0, 12000.0),
        ("2,000平方米", 0.0, 2000.0),
        ("500㎡", MU, 500.0),
        ("3", MU, 2000.0),
        ("1.5万平方米", 0.0, 15000.0),
    ],
)
def test_areas_come_out_in_square_metres(text: str, unit: float, square_metres: float) -> None:
    assert read_area(text, unit) == pytest.approx(square_metres)


def test_an_area_without_a_unit_is_none() -> None:
    value = read_area("12.5", 0.0)
    assert value != value


@pytest.mark.parametrize(
    ("text", "square_metres"),
    [
        ("亩", 2000 / 3), ("公亩", 100), ("公顷", 10_000), ("平方米", 1), ("平米", 1), ("平方", 1), ("m2", 1), ("M²", 1),
        ("HA", 10_000), ("平方公里", 1e6), ("平方千米", 1e6), ("km2", 1e6), ("万平方米", 1e4), ("万平米", 1e4), ("万m2", 1e4),
        ("万㎡", 1e4), ("单位:万平方米", 1e4), ("面积[公顷]", 1e4), ("面积-亩", 2000 / 3), ("面积(亩)说明", 2000 / 3), ("里", 0),
    ],
)  # fmt: skip
def test_every_unit_of_area(text: str, square_metres: float) -> None:
    assert area_unit(text) == pytest.approx(square_metres)
    if text.casefold() in {"亩", "公顷", "km2", "万m2"}:
        assert read_area(f"2{text}", 0.0) == pytest.approx(2 * square_metres)


@pytest.mark.parametrize(
    ("text", "filled"),
    [("", False), (" / ", False), ("——", False), ("\\", False), ("暂无", False), ("未填", False), ("NULL", False),
     ("#N/A", False), ("None", False), ("nan", False), ("无人", True), ("0", True), ("示例村镇", True), ("- -", True),
     ("\u200b\u200b\u200b\u200b\u200b", False), ("     ", False)],
)  # fmt: skip
def test_what_says_something(*, text: str, filled: bool) -> None:
    assert is_filled(text) == filled


def test_texts_are_folded_split_and_shown() -> None:
    assert split_list("甲、乙,丙;丁/戊|己 庚,") == list("甲乙丙丁戊己庚")
    assert split_list("") == []
    assert choice_key(" *公益性:(甲)_ A ") == choice_key("公益性(甲)a")
    assert clean_text("甲\n乙\t 丙\x00\ud800") == "甲 乙 丙?"
    assert clean("\uff21\uff11 \u3000甲\r\n") == "A1 甲"


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,234,567.5", 1234567.5), (".5", 0.5), ("+3", 3), ("-0.5", -0.5), ("2万", 20000), ("1.5万人", 15000),
     ("3 000", 3000), ("12.", 12), ("1e-2", 0.01), ("5套", 5)],
)  # fmt: skip
def test_more_numbers(text: str, value: float) -> None:
    assert number_of(text) == value


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("占地面积(亩)", MU),
        ("占地面积(公顷)", 10_000.0),
        ("填报单位:示例县 单位:亩", MU),
        ("建筑面积(m²)", 1.0),
        ("占地面积", 0.0),
        ("面积(约)", 0.0),
    ],
)
def test_units_of_area_stand_in_headings_and_titles(text: str, unit: float) -> None:
    assert area_unit(text) == unit


CARD = "420102199001011236"  # its figures by their weights are 160 = 154 + 6: check digit 6
OLD_CARD = "420102900101123"
BANK_CARDS = ("6222020212345679", "6228480040564789010")  # Luhn sums 50 and 70


@pytest.mark.parametrize(
    "text",
    [
        "13812345678", "+86 138 1234 5678", "+86-138-1234-5678", "8613812345678", "138—1234—5678", "1381 234 5678",
        "１３８１２３４５６７８", "电话：13812345678转1", "42010219900101009X", "42010219900101009x", "420102 19900101 0022",
        "420102-19900101-0022", "ID420102199001010022", OLD_CARD, "420102 900101 123", "027-12345678", "(0716)8123456",
        "（０７１６）８１２３４５６", "07168123456", "+86 27 8765 4321", "zhang.san@example.com.cn",
        f"卡 {BANK_CARDS[0]}", f"{BANK_CARDS[1]}账", "账号 6222-0202-1234-5679",
    ],
)  # fmt: skip
def test_personal_numbers_are_hidden_anywhere(text: str) -> None:
    hidden = hide_numbers(f"联系{text}。")
    assert HIDDEN in hidden
    assert not re.search(r"\d{4}|@", hidden)


@pytest.mark.parametrize(
    "text",
    [
        "420102001001", "BZ4201020001", "2021-06-01", "114.305123,30.593456", "114.13812345678", "400-812-3456",
        "420506100001000000", "42050610000100000012",  # of signs and names
        "124205063098765432", "12420528309876544X", "52420506MJH9876545",  # credit codes
        "420102199001011235", "420102190002291237", "420102199013011231",  # no check digit, no such day
        "420102901301123", "420102900230123", BANK_CARDS[0], "卡 6222020212345670", "墓穴 130 2021-06-30",
        "2021-06-30 2022-06-30", "02712345", "1381234567", "138123456789", "a@b", "@所有人",
    ],
)  # fmt: skip
def test_codes_dates_and_coordinates_are_not_hidden(text: str) -> None:
    assert hide_numbers(text) == text


def test_a_heading_may_tell_a_bank_card() -> None:
    assert hide_numbers(BANK_CARDS[0], "收款卡") == HIDDEN
    assert hide_numbers(f"{BANK_CARDS[0]}{'甲' * 20}卡") == f"{BANK_CARDS[0]}{'甲' * 20}卡"
    assert hide_numbers(f"{BANK_CARDS[0]}{'甲' * 19}卡") == f"{HIDDEN}{'甲' * 19}卡"


def test_a_number_that_is_none_hides_none_beside_it() -> None:
    assert hide_numbers(f"12 {CARD}") == f"12 {HIDDEN}"
    assert hide_numbers(f"{CARD}、13812345678、{OLD_CARD}") == "、".join([HIDDEN] * 3)


@pytest.mark.parametrize("text", ["13812345678", "0716-8123456", "卡 6222020212345679", "a@b.cn", "12420528309876544X"])  # fmt: skip
def test_of_ids_only_valid_id_cards_are_hidden(text: str) -> None:
    assert hide_id_cards(text) == text
    assert hide_id_cards(CARD) == hide_id_cards(OLD_CARD) == HIDDEN
    assert hide_id_cards(f"{text} {CARD}") == f"{text} {HIDDEN}"


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        (CARD, True), ("42010219900101009X", True), ("42010219900101009x", True), (OLD_CARD, True),
        ("420102187912311233", False), ("420102210001011230", False), ("42010219900101123", False), ("", False),
        ("4201021990010112X6", False), ("42010290010112X", False),
    ],
)  # fmt: skip
def test_an_id_card_has_a_birth_date_and_its_check_digit(*, number: str, valid: bool) -> None:
    assert is_id_card(number) == valid


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("420106199001101237", True),  # its figures by their weights are 181 = 176 + 5: 7
        ("420106199001101238", False),
        ("420106188001010024", True),  # 151 = 143 + 8: 4
        ("420106187912310023", False),  # 218 = 209 + 9: 3, but born in 1879
        ("420106209912310028", True),  # 224 = 220 + 4: 8
        ("420106210001010022", False),  # 98 = 88 + 10: 2, but born in 2100
        ("42010619900132123X", False),  # 211 = 209 + 2: X, but of a thirty-second of January
        ("420106199001001236", False),  # 171 = 165 + 6: 6, but of no day
        ("420106900110123", True), ("420106920229123", True),
        ("420106900132123", False), ("420106901301123", False), ("420106900229123", False),
        ("42010690011012X", False), ("42010619900110123", False), ("4201061990011012370", False),
        ("4201061990O1101237", False), ("", False),
    ],
)  # fmt: skip
def test_a_birth_date_is_a_day_from_1880_to_2099(number: str, *, valid: bool) -> None:
    assert is_id_card(number) == valid


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("户", Unit(1, "户")), ("百户", Unit(100, "户")), ("十万 人次", Unit(100_000, "人")),
        ("HA", Unit(10_000, "面积")), ("千公顷", Unit(10_000_000, "面积")), ("万", Unit(10_000, "")),
        ("千万", Unit(10_000_000, "")), ("", None), ("册", None), ("万册", None), ("户万", None),
    ],
)  # fmt: skip
def test_a_unit_alone_says_how_many_of_what(text: str, unit: Unit | None) -> None:
    assert read_unit(text) == unit
