"""Romanised names are held to every reading there is, and texts to what GBK can hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgeo.measure.check import texts as check_texts
from hbgeo.measure.check.texts import (
    check_characters,
    check_romanisation,
    find_rare,
    tell_romanisation,
)
from hbgeo.read.issues import Notes
from hbgeo.read.schema.records import read_schema

LETTERS = st.sampled_from([*"示例村公墓县1aé", "·", "𣲗", "𡐓", "\ue170", "㑇", "—"])


def untried() -> np.ndarray:
    return np.zeros(0x110000, dtype=np.int8)


def held_by_gbk(text: str) -> bool:
    try:
        text.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


@pytest.mark.parametrize(
    ("name", "roman"),
    [
        ("远安县", "Yuǎn'ān Xiàn"), ("长阳", "Chángyáng"), ("长阳", "Zhangyang"), ("长埫口镇", "Chángtǎngkǒu Zhèn"),
        ("绿林镇", "Lülin Zhen"), ("绿林镇", "Lulin Zhen"), ("黄陂区", "HUANGPI QU"), ("2号路", "2 Hao Lu"), ("王村", "Wángcūn"),
    ],
)  # fmt: skip
def test_a_right_romanisation_is_let_be(name: str, roman: str) -> None:
    letters = "Hao Lu" if name == "2号路" else roman
    assert tell_romanisation(name, letters) == ""


@pytest.mark.parametrize(
    ("name", "roman", "said"),
    [
        ("解放路", "Jiefang Road", "英文"),
        ("王村", "Wang Village", "英文"),
        ("王村", "Lǐcūn", "不一致"),
        ("王村", "Wangcunn", "不一致"),
        ("王村", "王Cun", "以外的字符"),
    ],
)
def test_a_wrong_romanisation_is_told(name: str, roman: str, said: str) -> None:
    assert said in tell_romanisation(name, roman)


def test_names_of_more_than_forty_characters_are_not_judged() -> None:
    assert tell_romanisation("村" * 40, "li") == "与读音不一致"
    assert tell_romanisation("村" * 41, "li") == ""


@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(st.one_of(st.none(), st.text(LETTERS, max_size=6)), max_size=40),
    piece=st.integers(1, 9),
)
@pytest.mark.parametrize("storage", ["python", "pyarrow"])
def test_rare_texts_are_those_that_gbk_refuses(
    storage: str, texts: list[str | None], piece: int
) -> None:
    halves = [texts[:7], texts[7:]]  # of several chunks, as concatenated files have
    dtype = pd.StringDtype(storage, na_value=np.nan)
    cells = pd.concat([pd.Series(half, dtype=dtype) for half in halves], ignore_index=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(check_texts, "_PIECE", piece)
        marked = find_rare(cells, untried())
        part = find_rare(cells.iloc[3:], untried())
    assert marked.tolist() == [t is not None and not held_by_gbk(t) for t in texts]
    assert part.tolist() == marked[3:].tolist()


def test_a_character_tried_in_one_column_is_known_in_the_next() -> None:
    tried = untried()
    assert find_rare(pd.Series(["𣲗", "村"]), tried).tolist() == [True, False]
    assert (tried[ord("𣲗")], tried[ord("村")], tried[ord("县")]) == (-1, 1, 0)
    assert find_rare(pd.Series(["村", "盛𣲗"]), tried).tolist() == [False, True]


def test_wrong_romanisations_are_noted_by_their_reason() -> None:
    rows = pd.DataFrame({"name": ["王村", "王村", "解放路", "王村", "李村"], "roman": ["Lǐcūn", "Wángcūn", "Jiefang Road", "Lǐcūn", "Lǐcūn"]}, dtype="str")  # fmt: skip
    rows["file"], rows["sheet"], rows["row"] = "a.xlsx", "台账", range(2, 7)
    notes = Notes("sign", rows, read_schema("sign"))
    check_romanisation(rows, notes)
    assert [(i.rule, i.row) for i in notes.issues] == [("W07", 2), ("W07", 5), ("W07", 4)]


def test_the_last_character_there_is_has_its_place_too() -> None:
    rows = pd.DataFrame({"name": ["\U0010ffff"], "file": "a.csv", "sheet": "", "row": 1})
    notes = Notes("sign", rows, read_schema("sign"))
    check_characters(rows.astype({"name": "str"}), notes)
    assert [(i.rule, i.row, i.message) for i in notes.issues] == [
        ("W08", 1, "第1行 “\U0010ffff”（U+10FFFF）不在 GBK 中，旧版 shp、Excel 可能变成“?”")
    ]


def test_the_very_last_characters_are_looked_at_too() -> None:
    rows = pd.DataFrame(
        {"name": ["a\U0010ffff", "一"], "file": "a.csv", "sheet": "", "row": [2, 3]}
    )
    notes = Notes("cemetery", rows.astype({"name": "str"}), read_schema("cemetery"))
    check_characters(rows.astype({"name": "str"}), notes)
    assert [(i.row, i.rule) for i in notes.issues] == [(2, "W08")]


@pytest.mark.parametrize(
    ("name", "roman", "said"),
    [
        ("一", "er", "与读音不一致"),
        ("一", "yi", ""),
        ("1", "er", ""),
        ("一", "12", ""),
        ("甲" * 41, "li", ""),
    ],
)
def test_only_chinese_letters_are_held_to_their_readings(name: str, roman: str, said: str) -> None:
    assert tell_romanisation(name, roman) == said
