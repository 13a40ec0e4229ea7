"""Degrees, minutes and seconds in columns of their own come to what one would write in one cell."""

from __future__ import annotations

import pandas as pd
import pytest

from hbgeo.read.cell.coordinates import read_angle
from hbgeo.read.cell.parts import join_parts

# 111°18′33.6″ is 111 + 18/60 + 33.6/3600
WHOLE = 111.30933333333333
CELLS = {
    ("111", "18", "33.6"): WHOLE,
    ("111.0", "18.0", "33.60"): WHOLE,
    ("111°", "18′", "33.6″"): WHOLE,
    ("111度", "18分", "33.6秒"): WHOLE,
    ("东经111", "18", "33.6"): WHOLE,
    ("E111°", "18'", '33.6"'): WHOLE,
    ("１１１", "１８", "33．6"): WHOLE,
    ("111", "18.56", ""): WHOLE,
    ("111", "18.56", "/"): WHOLE,
    ("111.30933333333333", "", "—"): WHOLE,
    ("111°18′33.6″", "", ""): WHOLE,
    ("111", "", ""): 111.0,
    ("111", "0", "0"): 111.0,
    ("111", "18", "60"): None,
    ("111", "60", "0"): None,
    ("111", "18.5", "33.6"): None,
    ("111.3", "18", "33.6"): None,
    ("111", "", "33.6"): None,
    ("", "18", "33.6"): None,
    ("111", "-18", "33.6"): None,
    ("111", "18", "三十"): None,
    ("111°18′", "18", "33.6"): None,
    ("", "", ""): None,
    ("-", "/", "无"): None,
}


@pytest.mark.parametrize("cells", CELLS)
def test_parts_are_read_as_if_written_in_one_cell(cells: tuple[str, str, str]) -> None:
    joined = join_parts(*(pd.Series([cell], [7], dtype="str", name="经度") for cell in cells))
    read = read_angle(joined.loc[7])
    assert joined.name == "经度"
    assert (read.value if read else None) == pytest.approx(CELLS[cells], abs=1e-12)


def test_what_is_blank_stays_blank() -> None:
    blank = pd.Series(["", "-"], dtype="str")
    assert join_parts(blank, blank, blank).tolist() == ["", ""]


def test_a_coordinate_may_have_no_seconds() -> None:
    degrees, minutes = pd.Series(["111", "30"], dtype="str"), pd.Series(["18.5", "6"], dtype="str")
    assert join_parts(degrees, minutes, None).tolist() == ["111°18.5'", "30°6'"]


def test_texts_that_repeat_are_joined_alike() -> None:
    degrees = pd.Series(["111", "111"], dtype="category")
    minutes = pd.Series(["18", "19"], dtype="category")
    assert join_parts(degrees, minutes, minutes).tolist() == ["111°18'18\"", "111°19'19\""]
