"""Dates: every spelling by its days, and what is none at the bounds."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from hbgeo.read.cell.dates import (
    is_ambiguous_month,
    last_full_year,
    parse_date,
    read_day,
    show_day,
)


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("1900-01-01", "1900-01-01", "1900-01-01", "day"), ("2100.12.31", "2100-12-31", "2100-12-31", "day"),
        ("2021-6-1 8:05", "2021-06-01", "2021-06-01", "day"),
        ("2021/06/01T08:05:30.25", "2021-06-01", "2021-06-01", "day"),
        ("2021年6月1号", "2021-06-01", "2021-06-01", "day"), ("20240229", "2024-02-29", "2024-02-29", "day"),
        ("2024.2", "2024-02-01", "2024-02-29", "month"), ("2023年2月", "2023-02-01", "2023-02-28", "month"),
        ("202312", "2023-12-01", "2023-12-31", "month"), ("202301", "2023-01-01", "2023-01-31", "month"),
        ("2021年12月", "2021-12-01", "2021-12-31", "month"), ("2021-1", "2021-01-01", "2021-01-31", "month"),
        ("1900", "1900-01-01", "1900-12-31", "year"), ("2100年", "2100-01-01", "2100-12-31", "year"),
        ("20000", "1954-10-03", "1954-10-03", "day"), ("69999.9", "2091-08-24", "2091-08-24", "day"),
        ("二〇二三年十月二十日", "2023-10-20", "2023-10-20", "day"),
        ("二○二三年十一月三十一日", None, None, None), ("二〇二三年十二月三十一日", "2023-12-31", "2023-12-31", "day"),
        ("二零二三年 一月 十日", "2023-01-10", "2023-01-10", "day"),
        ("1899-12-31", None, None, None), ("2101", None, None, None), ("1899", None, None, None),
        ("2101-01", None, None, None), ("2021-13", None, None, None), ("2021-0", None, None, None),
        ("2021-00-10", None, None, None), ("2023-02-29", None, None, None), ("19999", None, None, None),
        ("70000", None, None, None), ("2021-6-1 8", None, None, None), ("202100", None, None, None),
        ("20211301", None, None, None), ("21-6-1", None, None, None), ("", None, None, None),
    ],
)  # fmt: skip
def test_a_date_is_from_its_first_day_to_its_last(
    text: str, first: str | None, last: str | None, precision: str | None
) -> None:
    day = read_day(text)
    if first is None:
        assert day is None
        assert parse_date(text) is parse_date(text, "start") is None
        return
    assert day is not None
    assert (str(day.first), str(day.last), day.precision) == (first, last, precision)
    assert parse_date(text) == parse_date(text, "end") == pd.Timestamp(last)
    assert parse_date(text, "start") == pd.Timestamp(first)


def test_a_year_has_ended_on_its_last_day() -> None:
    days = [(2023, 12, 31), (2023, 12, 30), (2023, 11, 30), (2023, 10, 31), (2024, 1, 1)]
    assert [last_full_year(dt.date(*day)) for day in days] == [2023, 2022, 2022, 2022, 2023]


def test_a_day_is_written_as_it_is_known() -> None:
    day = dt.date(2023, 4, 5)
    assert show_day(day) == "2023-04-05"
    assert [show_day(day, p) for p in ("day", "month", "year")] == ["2023-04-05", "2023-04", "2023"]


@pytest.mark.parametrize(
    ("text", "may"),
    [("2021.1", True), (" 2021.1 ", True), ("2021.10", False), ("2021.2", False), ("2021-1", False),
     ("202.1", False), ("2021.1.1", False), ("", False)],
)  # fmt: skip
def test_october_may_have_lost_its_nought(text: str, may: bool) -> None:  # noqa: FBT001
    assert is_ambiguous_month(text) is may
