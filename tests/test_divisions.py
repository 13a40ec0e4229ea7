"""Division names: one normal form, whom a ledger row names, and when nobody can tell."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hbgeo.errors import LayerError
from hbgeo.read import divisions
from hbgeo.read.divisions import (
    changes,
    fit_code,
    kind_of,
    normal_name,
    prefecture_code,
    without_ethnic,
)
from hbgeo.read.divisions import register as register_module
from hbgeo.read.divisions.changes import Aliases, Change, History, read_aliases, read_changes
from hbgeo.read.divisions.naming import Naming
from hbgeo.read.divisions.register import Register

COUNTIES = pd.DataFrame(
    {
        "name": ["当阳市", "松滋市", "房县", "竹山县", "长阳土家族自治县"],
        "prefecture": ["宜昌市", "荆州市", "十堰市", "十堰市", "宜昌市"],
        "province": "湖北省",
    },
    index=["420582", "421087", "420325", "420323", "420528"],
)
TOWNSHIPS = pd.DataFrame(
    [
        ("420582001", "玉阳街道", "420582"),
        ("420582100", "两河镇", "420582"),
        ("421087201", "卸甲坪土家族乡", "421087"),
        ("420325100", "城关镇", "420325"),
        ("420325101", "万和镇", "420325"),
        ("420325102", "青峰镇", "420325"),
        ("420323100", "城关镇", "420323"),
        ("420528100", "龙舟坪镇", "420528"),
    ],
    columns=["code", "name", "county_code"],
).set_index("code")
VILLAGES = pd.DataFrame(
    [
        ("420325101201", "和平村", "420325101", "420325"),
        ("420325101202", "及第村", "420325101", "420325"),
        ("420325101001", "桥头社区", "420325101", "420325"),
    ],
    columns=["code", "name", "township_code", "county_code"],
).set_index("code")


@pytest.fixture(scope="module")
def register() -> Register:
    return Register({"county": COUNTIES, "township": TOWNSHIPS, "village": VILLAGES})


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("牌洲湾镇人民政府", "牌洲湾镇"),
        ("牌洲湾镇政府", "牌洲湾镇"),
        ("玉阳街道办事处", "玉阳街道"),
        ("玉阳街办", "玉阳街道"),
        ("玉阳办事处", "玉阳街道"),
        ("吴家山街", "吴家山街道"),
        ("柏泉办事处街道", "柏泉街道"),
        ("青山镇街道", "青山镇街道"),
        (" 玉 阳 街道 ", "玉阳街道"),
        ("和平村村民委员会", "和平村"),
        ("和平村委会", "和平村"),
        ("桥头社区居委会", "桥头社区"),
        ("桥头社区居民委员会", "桥头社区"),
        ("沔城回族镇", "沔城回族镇"),
    ],
)
def test_spellings_of_one_unit_have_one_normal_form(written, normal):
    assert normal_name(written) == normal


@pytest.mark.parametrize("endings", ["_OFFICES", "_STREETS", "_COMMUNITIES", "_VILLAGES"])
def test_names_that_are_left_alone_end_in_no_spelling_that_is_folded(endings):
    [alternatives] = re.findall(r"\(\?:(.*)\)\$", getattr(divisions, endings).pattern)
    assert {one[-1] for one in alternatives.split("|")} <= divisions._LAST


@given(st.text(alphabet="甲乙镇乡街道办事处村委会社区居民政府 一", max_size=12))
def test_the_normal_form_never_fails_and_has_no_space(name):
    assert " " not in normal_name(name)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("九里回族乡", "九里乡"),
        ("下谷坪土家族乡", "下谷坪乡"),
        ("恩施土家族苗族自治州", "恩施自治州"),
        ("土家族", "土家族"),
    ],
)
def test_the_short_form_drops_the_peoples(name, short):
    assert without_ethnic(name) == short


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("青山镇街道", "街道"),
        ("新沟镇街道", "街道"),
        ("沔城回族镇", "镇"),
        ("九里回族乡", "民族乡"),
        ("联合乡", "乡"),
    ],
)
def test_the_kind_is_in_the_ending_never_inside(name, kind):
    assert kind_of(name, "township") == kind


@pytest.mark.parametrize(
    ("name", "level", "kind"),
    [
        ("玉阳街道", "township", "街道"), ("九里乡", "township", "乡"), ("示例农场", "township", ""),
        ("神农架林区", "county", "林区"), ("六枝特区", "county", "特区"), ("长阳土家族自治县", "county", "自治县"),
        ("鄂伦春自治旗", "county", "自治旗"), ("江岸区", "county", "市辖区"), ("当阳市", "county", "县级市"),
        ("房县", "county", "县"), ("科尔沁左翼中旗", "county", "旗"), ("示例", "county", ""),
        ("桥头社区", "village", "社区"), ("桥头居委会", "village", "社区"), ("桥头居民委员会", "village", "社区"),
        ("和平村", "village", "行政村"), ("和平村委会", "village", "行政村"), ("和平村民委员会", "village", "行政村"),
        ("示例农场", "village", ""), ("湖北省", "province", ""), ("宜昌市", "prefecture", ""),
    ],
)  # fmt: skip
def test_kinds_of_every_level_by_their_endings(name, level, kind):
    assert kind_of(name, level) == kind


@pytest.mark.parametrize(
    ("code", "level", "zone"),
    [
        ("420121400", "township", True), ("420121599", "township", True), ("420121399", "township", False),
        ("420121600", "township", False), ("420171", "county", True), ("420179", "county", True),
        ("420170", "county", False), ("420180", "county", False), ("420171400201", "village", False),
        ("420121599999", "township", True), ("420179000000", "county", True),
    ],
)  # fmt: skip
def test_zones_by_the_digits_of_their_code(code, level, zone):
    assert divisions.is_zone(code, level) == zone


def test_codes_are_cut_only_of_noughts():
    assert fit_code("420528001000", "county") == "420528001000"
    assert fit_code("42000000", "province") == "420000"
    assert fit_code("420500000000", "prefecture") == "420500"
    assert fit_code("156420528", "township") == "156420528"
    assert fit_code("155420528", "county") == "155420528"
    assert fit_code("420528101201000", "village") == "420528101201"
    assert fit_code("4205281012010", "village") == "420528101201"
    assert fit_code("420528101000", "township") == "420528101"
    assert divisions.province_code("420528101") == "420000"


def test_names_of_what_a_unit_lies_in_are_dropped_from_the_front():
    parents = frozenset({"湖北省", "宜昌市", "当阳市", "玉阳"})
    assert divisions.without_parents("湖北省宜昌市当阳市玉阳街道", parents) == "街道"
    assert divisions.without_parents("当阳市镇", parents) == "当阳市镇"
    assert divisions.without_parents("东当阳市玉阳街道", parents) == "东当阳市玉阳街道"
    assert divisions.short_county("长阳土家族自治县") == "长阳县"


def test_units_run_by_the_province_are_their_own_prefecture():
    assert prefecture_code("429004") == "429004"
    assert prefecture_code("420582") == "420500"


@pytest.mark.parametrize(
    ("code", "level", "fitted"),
    [
        ("420528000000", "county", "420528"),
        ("156420528", "county", "420528"),
        ("420528100000", "township", "420528100"),
        ("420528100", "township", "420528100"),
        ("420528100201", "township", "420528100201"),
    ],
)
def test_padded_codes_are_cut_to_their_level(code, level, fitted):
    assert fit_code(code, level) == fitted


@pytest.mark.parametrize(
    ("county", "township", "code"),
    [
        ("当阳市", "玉阳街道", "420582001"),
        ("当阳市", "当阳市玉阳街道", "420582001"),
        ("当阳市", "湖北省宜昌市当阳市玉阳街道办事处", "420582001"),
        ("松滋市", "卸甲坪乡", "421087201"),
        ("长阳县", "龙舟坪镇", "420528100"),
        ("", "两河镇", "420582100"),
        ("竹山县", "城关镇", "420323100"),
    ],
)
def test_a_row_names_its_township(register, county, township, code):
    found = register.look_up(Naming(county=county, township=township))
    assert (found.township, found.problems) == (code, ())


def test_a_shared_name_without_county_is_an_error(register):
    found = register.look_up(Naming(township="城关镇"))
    assert found.township == ""
    assert [p.rule for p in found.problems] == ["E05"]
    assert "“城关镇”有2个同名单位" in found.problems[0].message


def test_a_near_miss_is_proposed_and_never_taken(register):
    found = register.look_up(Naming(county="房县", township="青锋镇"))
    assert found.township == ""
    assert [p.rule for p in found.problems] == ["E06"]
    assert "相近名称：青峰镇" in found.problems[0].message


def test_code_and_name_must_agree(register):
    found = register.look_up(Naming(township_code="420325102", township="城关镇"))
    assert [p.rule for p in found.problems] == ["E04"]
    assert found.township == ""


def test_codes_of_another_scheme_are_not_looked_at(register):
    naming = Naming(county="房县", township_code="420325102", township="万和镇")
    assert register.look_up(naming, codes=False).township == "420325101"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("全县", ("420325",)),
        ("全镇", ("420325101",)),
        ("万和镇、青峰镇", ("420325101", "420325102")),
        ("万和镇和青峰镇", ("420325101", "420325102")),
        ("和平村及及第村", ("420325101201", "420325101202")),
        ("和平村和桥头社区", ("420325101201", "420325101001")),
    ],
)
def test_a_service_area_is_read(register, text, codes):
    found = register.look_up(Naming(county="房县", township="万和镇"))
    assert register.serve(text, found) == (codes, ())


@pytest.mark.parametrize(
    ("county", "township", "text", "code"),
    [
        ("房县", "万和镇", "全省", "42"), ("房县", "万和镇", "全市", "4203"), ("房县", "万和镇", "全州", "4203"),
        ("房县", "万和镇", "本县", "420325"), ("房县", "万和镇", "全县域", "420325"),
        ("房县", "万和镇", "全县范围", "420325"), ("房县", "万和镇", "全乡", "420325101"),
        ("房县", "万和镇", "全街道", "420325101"), ("房县", "万和镇", "万和镇全境", "420325101"),
        ("房县", "万和镇", "竹山县", "420323"), ("房县", "万和镇", "竹山县全域", "420323"),
        ("当阳市", "两河镇", "全市", "420582"), ("当阳市", "两河镇", "全区", "420582"),
    ],
)  # fmt: skip
def test_the_whole_of_what_a_row_lies_in(
    register: Register, county: str, township: str, text: str, code: str
) -> None:
    found = register.look_up(Naming(county=county, township=township))
    assert register.serve(text, found) == ((code,), ())


def test_the_whole_of_what_a_row_does_not_say_is_nothing(register):
    nowhere = register.look_up(Naming())
    for text in ("全省", "全市", "全州", "全县", "全镇", "全村", "万和镇"):
        assert register.serve(text, nowhere) == ((), (text,))
    county = register.look_up(Naming(county="房县"))
    assert register.serve("全村、全镇、万和镇", county) == (("420325101",), ("全村", "全镇"))
    village = register.look_up(Naming(county="房县", township="万和镇", village="和平村"))
    assert register.serve("全村,本社区;全镇", village) == (("420325101201", "420325101"), ())
    assert register.serve("城关镇", county) == (("420325100",), ())
    assert register.serve("", county) == ((), ())


def test_a_code_that_is_not_there_says_which_is_of_the_name(register):
    found = register.look_up(Naming(county="房县", township_code="420325999", township="万和镇"))
    [problem] = found.problems
    assert (problem.rule, problem.column, problem.value) == ("E03", "township_code", "420325999")
    assert problem.message == "代码420325999不在区划图层中；名称“万和镇”对应的代码是420325101"
    assert (found.county, found.township) == ("420325", "")
    alone = register.look_up(Naming(township_code="420325999")).problems[0].message
    assert alone == "代码420325999不在区划图层中"
    shared = register.look_up(Naming(township_code="420325999", township="城关镇")).problems
    assert shared[0].message == alone


def test_a_code_of_another_county_is_said(register):
    found = register.look_up(Naming(county="房县", township_code="420323100"))
    [problem] = found.problems
    assert (problem.rule, problem.message) == ("E04", "代码420323100（“城关镇”）不属于所在县")
    assert found.township == ""


def test_a_village_is_found_by_code_or_by_township_and_name(register):
    by_code = register.look_up(Naming(village_code="420325101202"))
    assert (by_code.township, by_code.village) == ("420325101", "420325101202")
    by_name = register.look_up(Naming(county="房县", township="万和镇", village="桥头社区居委会"))
    assert by_name.village == "420325101001"
    assert register.look_up(Naming(county="房县", village="和平村")).village == ""
    missed = register.look_up(Naming(county="房县", township="万和镇", village="无名村"))
    assert (missed.township, missed.village) == ("420325101", "")
    [problem] = missed.problems
    assert problem.severity == "warning"
    assert "在万和镇找不到村（社区）“无名村”" in problem.message


def test_without_a_county_layer_counties_are_those_of_the_townships():
    towns = TOWNSHIPS.assign(
        county=TOWNSHIPS["county_code"].map(COUNTIES["name"]),
        prefecture=TOWNSHIPS["county_code"].map(COUNTIES["prefecture"]),
        province="湖北省",
    )
    alone = Register({"township": towns})
    assert (alone.has("county"), alone.has("village")) == (True, False)
    assert alone.name("county", "420325") == "房县"
    assert alone.name("village", "420325101201") == ""
    assert alone.look_up(Naming(county="房县", township="城关镇")).township == "420325100"


def test_a_service_area_that_names_nobody_is_said(register):
    found = register.look_up(Naming(county="房县", township="万和镇"))
    assert register.serve("和平村、周边3个村", found) == (("420325101201",), ("周边3个村",))


def test_rows_of_a_unit_that_is_no_more_follow_its_history():
    changes = (
        Change("更名", "青锋镇", "房县", "青峰镇", "房县", date(2010, 1, 1), "示例文件"),
        Change("划转", "城郊镇", "房县", "城关镇", "竹山县", date(2012, 1, 1), "示例文件"),
        Change("撤并", "河北乡", "当阳市", "两河乡", "当阳市", date(2001, 1, 1), "示例文件"),
        Change("改制", "两河乡", "当阳市", "两河镇", "当阳市", date(2005, 1, 1), "示例文件"),
        Change("析置", "大乡", "房县", "万和镇", "房县", date(2000, 1, 1), "示例文件"),
        Change("析置", "大乡", "房县", "青峰镇", "房县", date(2000, 1, 1), "示例文件"),
        Change("更名", "老乡", "房县", "新乡", "房县", date(2000, 1, 1), "示例文件"),
    )
    names = Register({"county": COUNTIES, "township": TOWNSHIPS}, history=History(changes))

    def look_up(county: str, township: str) -> tuple[str, str, list[str]]:
        found = names.look_up(Naming(county=county, township=township))
        return found.county, found.township, [p.rule for p in found.problems]

    assert look_up("房县", "青锋镇") == ("420325", "420325102", ["W19"])
    assert look_up("房县", "城郊镇") == ("420323", "420323100", ["W19"])
    assert look_up("当阳市", "河北乡") == ("420582", "420582100", ["W19"])
    assert look_up("", "河北乡") == ("420582", "420582100", ["W19"])
    assert look_up("房县", "大乡") == ("420325", "", ["E06"])
    assert look_up("房县", "老乡") == ("420325", "", ["E06"])
    assert not names.look_up(Naming(county="房县", township="青锋镇")).wrong


def test_a_unit_of_today_goes_before_an_old_one_of_its_name():
    change = Change("更名", "青峰镇", "房县", "万和镇", "房县", date(2010, 1, 1), "示例文件")
    names = Register({"county": COUNTIES, "township": TOWNSHIPS}, history=History([change]))
    found = names.look_up(Naming(county="房县", township="青峰镇"))
    assert (found.township, found.problems) == ("420325102", ())


def test_a_name_of_a_later_day_is_that_of_the_unit_it_was():
    changes = [
        Change("更名", "青峰镇", "房县", "新峰镇", "房县", date(2024, 1, 1), "示例文件"),
        Change("撤并", "青峰镇", "房县", "大镇", "房县", date(2024, 1, 1), "示例文件"),
        Change("撤并", "万和镇", "房县", "大镇", "房县", date(2024, 1, 1), "示例文件"),
    ]
    names = Register({"county": COUNTIES, "township": TOWNSHIPS}, history=History(changes))
    one = names.look_up(Naming(county="房县", township="新峰镇"))
    said = "“新峰镇”是变更后的名称，区划图层中还是“青峰镇”，按其计"
    assert (one.township, [p.message for p in one.problems]) == ("420325102", [said])
    two = names.look_up(Naming(county="房县", township="大镇"))
    said = "“大镇”是变更后的名称，区划图层中还是“万和镇、青峰镇”，无法确定是哪一个"
    assert (two.township, [p.message for p in two.problems]) == ("", [said])


def test_a_county_that_changed_its_name_is_found():
    change = Change("撤并", "松滋县", "", "松滋市", "", date(1995, 12, 29), "示例文件")
    names = Register({"county": COUNTIES, "township": TOWNSHIPS}, history=History([change]))
    found = names.look_up(Naming(county="松滋县", township="卸甲坪土家族乡"))
    assert (found.township, [p.rule for p in found.problems]) == ("421087201", ["W19"])


def test_a_unit_that_was_split_is_followed_no_further_than_its_parts():
    day = date(2020, 1, 1)
    parts = [Change("拆分", "甲乡", "房县", new, "房县", day, "示例") for new in ("乙乡", "丙乡")]
    after = [
        Change("更名", old, "房县", new, "房县", date(2022, 1, 1), "示例")
        for old, new in (("乙乡", "丁镇"), ("丙乡", "戊镇"))
    ]
    history = History([*parts, *after])
    assert history.follow("甲乡", "房县") == tuple(parts)
    assert history.follow("乙乡", "房县") == (after[0],)
    stays = Change("拆分", "子乡", "房县", "子乡", "房县", day, "示例")
    goes = Change("拆分", "子乡", "房县", "丑乡", "房县", day, "示例")
    assert History([stays, goes]).follow("子乡", "房县") == (stays, goes)
    first = Change("更名", "寅乡", "房县", "甲乡", "房县", date(2018, 1, 1), "示例")
    assert History([first, *parts, *after]).follow("寅乡", "房县") == tuple(parts)


def test_a_history_that_goes_in_a_circle_ends():
    changes = [
        Change("更名", "甲乡", "房县", "乙乡", "房县", None, "示例"),
        Change("更名", "乙乡", "房县", "甲乡", "房县", None, "示例"),
    ]
    assert History(changes).follow("甲乡", "房县") == ()


def test_an_alias_holds_in_its_county_and_time():
    aliases = Aliases(
        {("房县", "万禾镇"): (("万和镇", None, date(2015, 1, 1)),), ("420323", "万禾镇"): ()}
    )

    def township(county: str, on: date) -> str:
        units = {"county": COUNTIES, "township": TOWNSHIPS}
        names = Register(units, aliases=aliases, as_of=on)
        return names.look_up(Naming(county=county, township="万禾镇")).township

    assert township("房县", date(2014, 12, 31)) == "420325101"
    assert township("房县", date(2015, 1, 1)) == ""
    assert township("竹山县", date(2014, 12, 31)) == ""


def test_which_spellings_hold_on_a_day_is_told_of_those_bound_on_either_side():
    since, until = date(2015, 1, 1), date(2020, 1, 1)
    aliases = Aliases(
        {
            ("房县", "甲"): (("一", since, None), ("二", None, None)),
            ("房县", "乙"): (("三", None, until),),
            ("房县", "丙"): (("四", since, until),),
        }
    )
    days = [date(2014, 12, 31), since, date(2019, 12, 31), until]
    assert [aliases.dated(day) for day in days] == ["010", "111", "111", "100"]
    assert Aliases({("房县", "甲"): (("一", None, None),)}).dated(since) == ""


CHANGES = "变更类型,原名称,原所在县,现名称,现所在县,变更日期,依据\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_of_changes_is_read(tmp_path, encoding):
    path = tmp_path / "changes.csv"
    text = CHANGES + "更名,青锋镇,房县,青峰镇,,2010年1月,示例文件\n,,,,,,\n"
    path.write_text(text, encoding=encoding)
    wanted = Change("更名", "青锋镇", "房县", "青峰镇", "房县", date(2010, 1, 31), "示例文件")
    assert read_changes(path) == (wanted,)


def test_a_unit_may_be_set_up_from_no_one_unit_and_another_split_in_two(tmp_path):
    path = tmp_path / "changes.csv"
    rows = (
        "新设,,房县,新镇,,2023-05-01,示例\n拆分,甲乡,房县,乙乡,,,示例\n拆分,甲乡,房县,丙乡,,,示例\n"
    )
    path.write_text(CHANGES + rows, encoding="utf-8")
    table = read_changes(path)
    assert [(c.kind, c.old, c.new) for c in table] == [
        ("新设", "", "新镇"),
        ("拆分", "甲乡", "乙乡"),
        ("拆分", "甲乡", "丙乡"),
    ]
    history = History(table)
    assert [c.new for c in history.follow("甲乡", "房县")] == ["乙乡", "丙乡"]
    assert history.follow("", "房县") == ()
    assert history.back("新镇", "房县") == ()
    assert [c.old for c in history.back("丙乡", "房县")] == ["甲乡"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("变更类型,原名称\n", "缺少列 原所在县、现名称"),
        (CHANGES + "改名,甲乡,房县,乙乡,,,示例\n", "第2行：变更类型“改名”不在可选值 更名、改制"),
        (CHANGES + "更名,甲乡,房县,乙乡,,去年,示例\n", "第2行：变更日期“去年”不是日期"),
        (CHANGES + "更名,甲乡,房县,,,,示例\n", "第2行：“现名称”不能为空"),
        (CHANGES + "更名,甲乡,房县,乙乡,,,\n", "第2行：“依据”不能为空"),
        (CHANGES + "划转,甲乡,房县,甲乡,,,示例\n", "第2行：“现所在县”不能为空"),
    ],
)
def test_a_wrong_table_of_changes_is_refused(tmp_path, text, said):
    path = tmp_path / "changes.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LayerError) as caught:
        read_changes(path)
    assert said in str(caught.value)


def test_the_shipped_spellings_are_read():
    assert read_aliases().official("牌洲湾镇", "421221") == "簰洲湾镇"
    assert read_aliases().official("牌洲湾镇", "421222") == ""


def test_villages_alone_are_known_by_their_codes_and_names() -> None:
    alone = Register({"village": VILLAGES})
    code, name = VILLAGES.index[0], VILLAGES["name"].iloc[0]
    assert alone.name("village", code) == name
    assert not alone.has("county")
    assert not alone.has("township")
    found = alone.look_up(Naming(village_code=code))
    assert (found.village, found.problems) == (code, ())


NUMBERED = {
    "420582100201": "两河镇河东村村民委员会", "420582100202": "河西村", "420582100001": "两河镇社区",
    "420582100203": "河南村", "420582100204": "两河镇河南村", "420582001001": "玉阳街道河北社区居委会",
    "420582001002": "两河镇河中社区",
}  # fmt: skip


@pytest.mark.parametrize(
    ("township", "village", "code"),
    [
        # lists of villages put the township before some names, ledgers do not
        ("两河镇", "河东村", "420582100201"), ("玉阳街道", "河北社区", "420582001001"),
        ("两河镇", "两河镇河东村", "420582100201"), ("两河镇", "河西村", "420582100202"),
        # a name as it stands goes before one that is shortened
        ("两河镇", "河南村", "420582100203"), ("两河镇", "两河镇河南村", "420582100204"),
        # only its own township's name is put before a village
        ("玉阳街道", "河中社区", ""), ("玉阳街道", "河东村", ""), ("两河镇", "社区", "420582100001"),
    ],
)  # fmt: skip
def test_a_village_is_found_without_its_townships_name(
    township: str, village: str, code: str
) -> None:
    villages = pd.DataFrame({"name": NUMBERED})
    villages["township_code"] = villages.index.str[:9]
    register = Register({"county": COUNTIES, "township": TOWNSHIPS, "village": villages})
    naming = Naming(county="当阳市", township=township, village=village)
    assert register.look_up(naming).village == code


@pytest.mark.parametrize(
    ("county", "township", "said"),
    [
        ("当阳市", "两河口大镇", "在当阳市找不到乡镇（街道）“两河口大镇”；相近名称：两河镇"),
        ("", "两河口大镇", "找不到乡镇（街道）“两河口大镇”；相近名称：两河镇"),
        ("当阳市", "青峰山大镇", "在当阳市找不到乡镇（街道）“青峰山大镇”"),  # 青峰镇 is not in 当阳
        ("", "青峰山大镇", "找不到乡镇（街道）“青峰山大镇”；相近名称：青峰镇"),
    ],
)
def test_names_like_one_that_is_not_found_are_those_of_its_county(
    county: str, township: str, said: str
) -> None:
    register = Register({"county": COUNTIES, "township": TOWNSHIPS})
    [problem] = register.look_up(Naming(county=county, township=township)).problems
    assert problem.message == said


def test_a_former_name_of_a_county_is_read_before_its_townships_in_a_service_area() -> None:
    change = Change("更名", "旧县", "", "房县", "", date(2010, 1, 1), "示例")
    register = Register({"county": COUNTIES, "township": TOWNSHIPS}, history=History([change]))
    home = register.look_up(Naming(county="当阳市"))
    assert register.named("county", "旧县", "") == ["420325"]
    assert register.named("township", "无名镇", "") == []
    assert register.serve("旧县青峰镇", home) == (("420325102",), ())


@pytest.mark.parametrize(("size", "taken"), [(120, True), (121, False)])
def test_a_table_of_changes_is_no_larger_than_one(tmp_path, monkeypatch, size, taken):
    monkeypatch.setattr(changes, "_SIZE_LIMIT", 120)
    head = "标准名称,所在县,别名,启用日期,停用日期,依据\n甲镇,乙县,丙镇,,,示例\n"
    path = tmp_path / "aliases.csv"
    path.write_bytes(head.encode() + b"\n" * (size - len(head.encode())))
    assert path.stat().st_size == size
    if taken:
        assert read_aliases(path).official("丙镇", "", "乙县") == "甲镇"
        return
    with pytest.raises(LayerError, match=r"^aliases\.csv：超过 0 MB，不是变更或别名表$"):
        read_aliases(path)


def test_names_that_may_stand_before_a_units_own() -> None:
    units = pd.DataFrame(
        {"province": ["示例省"], "prefecture": [""], "county": ["乙县"], "name": ["丙镇"]},
        dtype="str",
    )
    assert register_module._parent_names(units) == {"示例省", "乙县"}
    assert register_module._parent_names(units.drop(columns="county")) == {"示例省", "丙镇"}
    assert register_module._parent_names(units[["name"]]) == {"丙镇"}
    assert register_module._parent_names(None) == frozenset()
