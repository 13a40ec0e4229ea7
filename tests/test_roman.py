"""The letters of signs against the reading of their names: the rules of 1984, one by one."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from hbgeo.measure.names.generics import divide, figure_of, split_generic
from hbgeo.measure.names.letters import Piece, align, read_letters
from hbgeo.measure.names.reading import Reader
from hbgeo.measure.names.roman import check_roman, usual_forms
from hbgeo.measure.names.rules import Finding
from hbgeo.measure.names.writing import write
from hbgeo.read.characters.readings import read_readings

GOLDEN = Path(__file__).parent / "golden" / "names.toml"
CASES: list[dict[str, Any]] = tomllib.loads(GOLDEN.read_text("utf-8"))["spelling"]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(read_readings())


def rules_of(found: list[Finding]) -> list[str]:
    return [one.rule for one in found]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['rule']} {c['name']}")
def test_each_rule_of_1984_on_its_own_example(case: dict[str, Any], reader: Reader) -> None:
    kind = case.get("kind", "其他")
    for roman in case["right"]:
        assert check_roman(case["name"], kind, roman, reader) == [], roman
    for roman, rule in case["wrong"].items():
        assert rule in rules_of(check_roman(case["name"], kind, roman, reader)), roman


def test_the_golden_spellings_are_what_is_written(reader: Reader) -> None:
    for case in CASES:
        if case["right"]:
            name, kind = case["name"], case.get("kind", "其他")
            written = write(name, reader.read(name), divide(name, kind))
            assert rules_of(check_roman(name, kind, written, reader)) == []
            assert written in [
                *case["right"],
                "Shítóuzuǐ Zhèn",
                "Yīzhuōzǐ Cūn",
            ], (name, written)


def test_every_rule_but_that_of_hyphenation_has_a_case() -> None:
    assert {case["rule"].split()[0] for case in CASES} >= {str(n) for n in range(1, 13)}


@pytest.mark.parametrize(
    ("name", "kind", "roman", "said"),
    [
        ("建设路", "路牌", "Jianshe Road", "含英文“Road”"),
        ("建设路", "路牌", "Jianshe 路", "汉语拼音以外的字符"),
        ("长岭村", "村牌", "Zhangling Cun", "“长”拼作 zhang，应读 cháng"),
        ("绿水村", "村牌", "Lushui Cun", "ü 写成了 u"),
        ("双河村", "村牌", "Shuanghe", "没有拼写通名“村”"),
        ("双河村", "村牌", "Shuanghai Cun", "不是“双河村”的读音"),
        ("绿水村", "村牌", "Lvshui Cun", "汉语拼音以外的字符"),
    ],
)
def test_wrong_letters_say_why(name: str, kind: str, roman: str, said: str, reader: Reader) -> None:
    [found] = check_roman(name, kind, roman, reader)
    assert found.rule == "N10"
    assert said in found.message


@pytest.mark.parametrize(
    ("name", "kind", "roman", "suggestion"),
    [
        ("长安路", "路牌", "Changan Lu", "Chang’an Lu"),
        ("长安路", "路牌", "ChángAn Lù", "Cháng’ān Lù"),
        ("二马路", "路牌", "Er Malu", "2 Malu"),
        ("女儿寨村", "村牌", "Nǚerzhài Cūn", "Nǚ’érzhài Cūn"),
        ("蔡甸区", "其他", "Càidiān Qū", "Càidiàn Qū"),
    ],
)
def test_a_suggestion_is_in_the_style_of_the_sign(
    name: str, kind: str, roman: str, suggestion: str, reader: Reader
) -> None:
    assert {one.suggestion for one in check_roman(name, kind, roman, reader)} == {suggestion}


def test_an_open_reading_is_asked_and_nothing_is_suggested(reader: Reader) -> None:
    for roman in ("Cháojiāwān Cūn", "Zhaojiawan Cun"):
        [found] = check_roman("朝家湾村", "村牌", roman, reader)
        assert found.rule == "N13"
        assert found.suggestion == ""
    found = check_roman("朝家湾村", "村牌", "zhāojiāwān cūn", reader)
    assert [(one.rule, one.suggestion) for one in found] == [("N13", ""), ("N11", "")]


def test_the_gazetteers_own_spelling_settles_an_open_reading(reader: Reader) -> None:
    how = {"official": "Cháojiāwān Cūn"}
    assert check_roman("朝家湾村", "村牌", "Chaojiawan Cun", reader, **how) == []
    [found] = check_roman("朝家湾村", "村牌", "Zhaojiawan Cun", reader, **how)
    assert (found.rule, found.suggestion) == ("N10", "Chaojiawan Cun")
    # a spelling that is none of the name settles nothing
    [found] = check_roman("朝家湾村", "村牌", "Zhaojiawan Cun", reader, official="Qiantang")
    assert found.rule == "N13"


def test_the_other_reading_of_a_heteronym_is_asked_not_called_wrong(reader: Reader) -> None:
    assert check_roman("乐丰村", "村牌", "Lèfēng Cūn", reader) == []
    assert rules_of(check_roman("乐丰村", "村牌", "Yuèfēng Cūn", reader)) == ["N13"]
    assert rules_of(check_roman("乐丰村", "村牌", "Lǎofēng Cūn", reader)) == ["N10"]


def test_a_character_no_dictionary_knows_is_not_judged(reader: Reader) -> None:
    assert check_roman("\U00023c97\U0003ffff镇", "其他", "Anything", reader) == []


def test_letters_that_may_be_parted_in_two_ways_are_tried_in_both() -> None:
    pieces = [Piece(0, 1, ("xi", "xian")), Piece(1, 2, ("an", "ang"))]
    assert align("xian", pieces) == [(0, 2), (2, 4)]
    assert align("xianang", pieces) == [(0, 4), (4, 7)]
    assert align("xiana", pieces) is None


def test_letters_bear_what_was_written_on_them() -> None:
    read = read_letters("Xī’ān Lǜ")
    assert read is not None
    assert read.text == "xianlv"
    assert read.tones == (0, 1, 1, 0, 0, 4)
    assert read.before == ("", "", "'", "", " ", "")
    assert read.upper == (True, False, False, False, True, False)
    assert read_letters("Xian路") is None


def test_names_are_parted_by_the_kind_of_sign() -> None:
    assert divide("双河村", "村牌").breaks == (frozenset({2}), frozenset())
    assert divide("保成社区", "村牌").breaks == (frozenset({2}),)
    assert divide("王家湾", "自然村牌").breaks == (frozenset(),)
    assert divide("中山东路", "路牌").breaks[0] == frozenset({2})
    assert divide("大马路", "路牌").breaks == (frozenset({2}),)
    assert divide("湖北口回族乡", "其他").breaks == (frozenset({3, 5}), frozenset({3}))
    assert divide("建设路12号", "门牌").breaks == ()


def test_only_ordinals_of_streets_are_figures() -> None:
    assert divide("滨江二路", "路牌").ordinal == (2, 3)
    assert not divide("滨江二路", "路牌").figures
    assert divide("经五路", "路牌").figures
    assert divide("八一路", "路牌").ordinal is None
    assert divide("零九巷", "巷牌").ordinal is None
    assert [figure_of(n) for n in ("一", "十", "十二", "二十", "四十二")] == [
        "1",
        "10",
        "12",
        "20",
        "42",
    ]


def test_generics_come_off_at_the_end_only() -> None:
    assert split_generic("沿江大道") == ("沿江", "大道")
    assert split_generic("村") == ("村", "")
    assert split_generic("青山镇街道") == ("青山镇", "街道")


def test_what_is_usual_is_what_is_written_with_and_without_tones(reader: Reader) -> None:
    assert usual_forms("长安路", "路牌", reader) == {
        "Cháng’ān Lù", "Chang’an Lu", "CHÁNG’ĀN LÙ", "CHANG’AN LU",
    }  # fmt: skip
    assert usual_forms("朝家湾", "自然村牌", reader) == frozenset()
