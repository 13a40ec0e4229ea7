"""The readings of characters are pypinyin's own."""

from __future__ import annotations

import pytest
from pypinyin import Style, pinyin

from hbgeo.read.cell.pinyin import readings_of


@pytest.mark.parametrize("start", [0x3400, 0x4E00, 0x4FFF, 0x6B00, 0x7EFF, 0x20000])
def test_readings_are_those_pypinyin_gives(start: int) -> None:
    for char in map(chr, range(start, start + 0x100)):
        found = pinyin(char, heteronym=True, style=Style.NORMAL, errors="ignore")
        assert {*readings_of(char)} == {*(found[0] if found else ())} - {""}, char


def test_readings_by_hand() -> None:
    assert set(readings_of("长")) >= {"chang", "zhang"}
    assert readings_of("绿") == ("lv", "lu")
    assert "ê" in readings_of("欸")  # no tone mark
    assert readings_of("A") == ()
