"""The civil-affairs and the statistics bureau's lists of Hubei, paired by county and name."""

from __future__ import annotations

import lzma

import pandas as pd
import pytest

from hbgeo.errors import RequestError
from hbgeo.read.divisions.changes import Aliases
from hbgeo.read.divisions.crosswalk import (
    RULES,
    Crosswalk,
    _same_counties,
    cross,
    cross_lists,
    name_townships,
)
from hbgeo.read.divisions.lists import _DATA, read_list

# every pair whose names differ, checked by hand: civil affairs = statistics bureau
DIFFERENT = """
normal: 民族街道=民族街街道 花楼街道=花楼街街道 水塔街道=水塔街街道 民权街道=民权街街道 满春街道=满春街街道
  民意街道=民意街街道 新华街道=新华街街道 万松街道=万松街街道 唐家墩街道=唐家墩街街道 北湖街道=北湖街街道
  前进街道=前进街街道 常青街道=常青街街道 汉兴街道=汉兴街街道 洪山街道=洪山街街道 吴家山街道=吴家山街
  柏泉街道=柏泉办事处街道 辛安渡街道=辛安渡办事处街道 东山街道=东山办事处街道 崇文街街道=崇文街道
  胜利街街道=胜利街道 玉阳街道=当阳市玉阳街道 坝陵街道=当阳市坝陵街道 玉泉街道=当阳市玉泉街道
  两河镇=当阳市两河镇 河溶镇=当阳市河溶镇 淯溪镇=当阳市淯溪镇 庙前镇=当阳市庙前镇 王店镇=当阳市王店镇
  半月镇=当阳市半月镇 草埠湖镇=当阳市草埠湖镇
ethnic: 九里回族乡=九里乡 老湾回族乡=老湾乡 铁炉白族乡=铁炉乡
zone: 白浪街道=白浪开发区白浪街道 七里河街道=高新区七里河街道 紫贞街道=高新区紫贞街道 团山镇=高新区团山镇
alias: 𣲗源口镇=韦源口镇 盛𡐓镇=盛康镇 簰洲湾镇=牌洲湾镇 杨垱镇=杨当镇
"""


@pytest.fixture(scope="module")
def hubei() -> Crosswalk:
    return cross_lists(under="42")


@pytest.fixture(scope="module")
def lists() -> tuple[pd.DataFrame, pd.DataFrame]:
    return read_list("MCA-2025", under="42"), read_list("NBS-2023", under="42")


def by_hand() -> set[tuple[str, str, str]]:
    """(rule, civil-affairs name, statistics bureau's name) of `DIFFERENT`."""
    found, rule = set(), ""
    for word in DIFFERENT.split():
        if word.endswith(":"):
            rule = word[:-1]
        else:
            found.add((rule, *word.split("=")))
    return found


def test_the_lists_hold_the_known_numbers(lists):
    mca, nbs = lists
    kinds = mca["kind"].value_counts().to_dict()
    assert kinds == {"镇": 761, "街道": 338, "乡": 151, "民族乡": 10}
    assert (len(nbs), (nbs["kind"] == "功能区").sum()) == (1475, 216)
    assert len(read_list("MCA-2025", "county", "42")) == 103
    assert len(read_list("NBS-2023", "county", "42")) == 105
    assert (len(read_list("MCA-2025")), len(read_list("NBS-2023"))) == (38749, 41352)


def test_the_shipped_file_is_small():
    packed = (_DATA / "divisions.csv.xz").read_bytes()
    assert len(packed) < 1_000_000
    assert lzma.decompress(packed).startswith(b"code,name,lists\n")


def test_37_names_are_shared_by_86_units_and_told_apart_by_county(lists, hubei):
    mca, _ = lists
    shared = mca[mca["name"].duplicated(keep=False)]
    assert (shared["name"].nunique(), len(shared)) == (37, 86)
    assert (mca["name"] == "城关镇").sum() == 11
    pairs = hubei.pairs.set_index("left")
    of_shared = pairs.loc[pairs.index.isin(shared.index)]
    assert (mca.loc[of_shared.index, "county_code"] == of_shared["right"].str[:6]).all()


def test_most_units_are_paired_by_a_rule(hubei):
    rules = hubei.pairs["rule"].value_counts().to_dict()
    assert rules["name"] == 1194
    assert len(hubei.pairs) == 1235
    assert set(rules) == set(RULES)
    assert RULES == {
        "name": "县与名称相同", "normal": "县与规范名称相同", "ethnic": "县与名称相同（省去民族名）",
        "zone": "县与名称相同（省去开发区名）", "alias": "县与别名相同",
    }  # fmt: skip


def test_every_pair_of_different_names_was_checked_by_hand(hubei):
    made = hubei.pairs[hubei.pairs["rule"] != "name"]
    assert set(zip(made["rule"], made["left_name"], made["right_name"], strict=True)) == by_hand()
    same = hubei.pairs[hubei.pairs["rule"] == "name"]
    assert (same["left_name"] == same["right_name"]).all()


def test_shared_codes_with_different_names_make_no_false_pair(lists, hubei):
    mca, nbs = lists
    shared = mca.index.intersection(nbs.index)
    differ = shared[mca.loc[shared, "name"] != nbs.loc[shared, "name"]]
    assert (len(shared), len(differ)) == (1165, 244)
    partner = hubei.pairs.set_index("left")["right"]
    checked = {(a, b) for _, a, b in by_hand()}
    for code in differ:
        names = (mca.loc[code, "name"], nbs.loc[code, "name"])
        assert (partner.get(code) == code) == (names in checked), names


def test_a_pair_is_one_to_one_and_nobody_is_lost(lists, hubei):
    mca, nbs = lists
    assert hubei.pairs["left"].is_unique
    assert hubei.pairs["right"].is_unique
    left = [*hubei.pairs["left"], *hubei.left_only.index]
    zones = hubei.zones[hubei.zones["list"] == "right"].index
    right = [*hubei.pairs["right"], *hubei.right_only.index, *zones]
    assert (sorted(left), sorted(right)) == (mca.index.tolist(), nbs.index.tolist())


def test_near_misses_are_proposed_and_not_taken(hubei):
    rest = hubei.left_only.set_index("name")["candidates"]
    assert len(rest) == 25
    assert rest["马安镇"] == "马鞍镇"
    assert rest["侯口街道"] == "候口街道"
    assert rest["碧石渡镇"] == "碧石镇"
    assert "西湖街道" in rest["西湖街道"]  # in a zone that only the other list has as a county
    assert rest["樊口街道"] == ""


def test_two_units_of_one_normal_name_are_paired_with_none():
    def units(rows: list[tuple[str, str]]) -> pd.DataFrame:
        made = pd.DataFrame(rows, columns=["code", "name"]).set_index("code")
        return made.assign(
            kind="街道", county_code="420101", county="甲区", prefecture="", province=""
        )

    left = units([("420101001", "东街道"), ("420101002", "东街街道")])
    right = units([("420101009", "东街办事处")])
    made = cross(left, right, counties={"420101": "420101"}, aliases=Aliases())
    assert made.pairs.empty
    assert len(made.left_only) == 2


def test_codes_of_the_other_list_stand_for_the_names_they_have_there():
    codes = ["429004101201", "420222103", "421071001", "999999999", ""]
    rows = pd.DataFrame({"code": codes, "township": ["", "", "", "", "甲镇"]}, dtype="str")
    made = name_townships(rows, "NBS-2023", "MCA-2025", "code")
    assert made["township"].tolist() == ["毛嘴镇", "𣲗源口镇", "联合街道", "", "甲镇"]
    assert made["county"].tolist() == ["仙桃市", "阳新县", "荆州经济技术开发区", "", ""]
    assert list(rows.columns) == ["code", "township"]


def test_an_unknown_list_is_refused():
    with pytest.raises(RequestError, match="没有随附区划表“NBS-1999”；可用 MCA-2025、NBS-2023"):
        read_list("NBS-1999")


def test_a_list_of_nowhere_is_a_table_of_texts_all_the_same() -> None:
    none = read_list("MCA-2025", "county", "99")
    assert len(none) == 0
    assert {str(kind) for kind in (*none.dtypes, none.index.dtype)} == {"str"}


def test_a_county_is_the_same_by_code_and_name_else_by_prefecture_and_name():
    def counties(*rows: str) -> pd.DataFrame:
        made = pd.DataFrame([row.split() for row in rows], columns=["code", "prefecture", "name"])
        return made.assign(province="示例省").set_index("code")

    left = counties(
        "420101 甲市 子区", "420102 甲市 丑县", "420103 甲市 寅县", "420104 甲市 卯县",
        "420105 甲市 巳县", "420106 甲市 巳县", "420107 甲市 午回族乡",
    )  # fmt: skip
    right = counties(
        "420101 甲市 子区", "420102 甲市 寅县", "420109 甲市 卯县", "420110 甲市 辰县",
        "420103 乙市 丑县", "420111 甲市 巳县", "420107 甲市 午乡",
    )  # fmt: skip
    assert _same_counties(left, right) == {
        "420101": "420101", "420102": "420103", "420109": "420104", "420107": "420107",
    }  # fmt: skip
