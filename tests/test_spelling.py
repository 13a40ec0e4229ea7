"""Names as offices write them: one unit is found where one is meant, two are both named."""

from __future__ import annotations

import pandas as pd
import pytest

from hbgeo.read.divisions.naming import Found, Naming, split_code
from hbgeo.read.divisions.register import Register
from hbgeo.read.divisions.spelling import Spelled, labels, short_form, split_brackets

COUNTIES = {
    "420506": ("夷陵区", "宜昌市"), "420528": ("长阳土家族自治县", "宜昌市"), "420502": ("西陵区", "宜昌市"),
    "421003": ("荆州区", "荆州市"), "422801": ("恩施市", "恩施土家族苗族自治州"), "429021": ("神农架林区", ""),
    "420112": ("东西湖区", "武汉市"), "420203": ("黄石港区", "黄石市"), "420222": ("示例县", "黄石市"),
}  # fmt: skip
TOWNS = {
    "420506001": "小溪塔街道", "420506106": "分乡镇", "420506109": "黄花镇", "420528101": "龙舟坪镇",
    "422801208": "芭蕉侗族乡", "429021100": "松柏镇", "420112001": "吴家山街道", "420502100": "城关镇",
    "420222100": "城关镇", "420222001": "城关街道", "420222200": "乡乡",
}  # fmt: skip
VILLAGES = {"420506106201": "百里荒村", "420506106001": "百里荒社区", "420506106202": "普溪河村"}


def frame(units: dict[str, str], **more: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"name": list(units.values())} | more, index=list(units), dtype="str")


def register(*, tops: bool = True) -> Register:
    above = [top for _, top in COUNTIES.values()]
    more = {"province": ["湖北省"] * len(above), "prefecture": above} if tops else {}
    counties = frame({code: name for code, (name, _) in COUNTIES.items()}, **more)
    towns = frame(TOWNS, county_code=[code[:6] for code in TOWNS])
    codes = list(VILLAGES)
    villages = frame(
        VILLAGES, township_code=[c[:9] for c in codes], county_code=[c[:6] for c in codes]
    )
    return Register({"county": counties, "township": towns, "village": villages})


REGISTER = register()


def look(
    county: str, township: str = "", village: str = "", *, codes: bool = True, **more: str
) -> Found:
    naming = Naming(county=county, township=township, village=village)._replace(**more)
    return REGISTER.look_up(naming, codes=codes)


@pytest.mark.parametrize(
    ("county", "township", "code"),
    [
        ("夷陵区", "夷陵区-分乡镇", "420506106"),
        ("夷陵区", "夷陵区/分乡镇", "420506106"),
        ("夷陵区", "夷陵区 > 分乡镇", "420506106"),
        ("夷陵区", "宜昌市·夷陵区·分乡镇", "420506106"),
        ("宜昌夷陵区", "宜昌夷陵分乡镇", "420506106"),
        ("湖北省宜昌市夷陵区", "湖北宜昌市夷陵区分乡镇", "420506106"),
        ("恩施州恩施市", "芭蕉乡", "422801208"),
        ("恩施土家族苗族自治州恩施市", "恩施市芭蕉侗族乡", "422801208"),
        ("湖北省-恩施州-恩施市", "恩施州恩施市芭蕉侗族乡", "422801208"),
        ("宜昌市长阳县", "长阳县龙舟坪镇", "420528101"),
        ("湖北省神农架林区", "神农架松柏镇", "429021100"),
        ("夷陵区", "夷陵区小溪塔街办", "420506001"),
        ("420506", "420506106", "420506106"),
        ("420506夷陵区", "分乡镇(420506106)", "420506106"),
        ("夷陵区 420506", "420506106-分乡镇", "420506106"),
        ("420506000000", "420506106000", "420506106"),
        ("", "夷陵区分乡镇", "420506106"),
        ("", "西陵区城关镇", "420502100"),
    ],
)
def test_whole_names_with_parents_or_codes_are_found_without_a_word(county, township, code):
    found = look(county, township)
    assert (found.county, found.township, found.problems) == (code[:6], code, ())


@pytest.mark.parametrize(
    ("county", "township", "code", "said"),
    [
        ("夷陵", "分乡", "420506106", ["“夷陵”按简称计为“夷陵区”", "“分乡”按简称计为“分乡镇”"]),
        ("长阳", "龙舟坪", "420528101", ["“长阳”按简称计为“长阳土家族自治县”", "“龙舟坪”按简称计为“龙舟坪镇”"]),
        ("恩施", "芭蕉", "422801208", ["“恩施”按简称计为“恩施市”", "“芭蕉”按简称计为“芭蕉侗族乡”"]),
        ("神农架", "松柏镇", "429021100", ["“神农架”按简称计为“神农架林区”"]),
        ("宜昌市夷陵", "夷陵区/小溪塔", "420506001", ["“宜昌市夷陵”按简称计为“夷陵区”", "“夷陵区/小溪塔”按简称计为“小溪塔街道”"]),
        ("东西湖区(临空港经开区)", "吴家山街道", "420112001", ["“东西湖区(临空港经开区)”不看括号里的字，计为“东西湖区”"]),
        ("夷陵区(本级)", "分乡镇(集镇)", "420506106", ["“夷陵区(本级)”不看括号里的字，计为“夷陵区”", "“分乡镇(集镇)”不看括号里的字，计为“分乡镇”"]),
        ("", "分乡", "420506106", ["“分乡”按简称计为“分乡镇”"]),
    ],
)  # fmt: skip
def test_short_forms_and_brackets_are_found_and_said(county, township, code, said):
    found = look(county, township)
    assert (found.county, found.township) == (code[:6] if county else "420506", code)
    assert [p.message for p in found.problems] == said
    assert {(p.rule, p.severity) for p in found.problems} == {("W19", "warning")}


@pytest.mark.parametrize(
    ("county", "township", "rule", "said"),
    [
        ("荆州", "", "E05", "“荆州”可能是荆州区、荆州市，无法确定是哪一个"),
        ("示例县", "城关", "E05", "“城关”可能是示例县城关镇、示例县城关街道，无法确定"),
        ("", "城关", "E05", "“城关”可能是西陵区城关镇、示例县城关镇、示例县城关街道"),
        ("", "城关镇", "E05", "“城关镇”有2个同名单位"),
        ("夷陵区", "西陵区分乡镇", "E04", "“西陵区分乡镇”前面的上级名称不是“分乡镇”的上级"),
        ("夷陵区", "西陵区-分乡镇", "E06", "找不到乡镇"),
        ("荆州市夷陵区", "分乡镇", "E04", "前面的上级名称不是“夷陵区”的上级"),
        ("荆州夷陵区", "分乡镇", "E06", "找不到县"),
        ("夷陵区", "分乡镇、黄花镇", "E06", "找不到乡镇"),
        ("夷陵区", "分乡镇/黄花镇", "E06", "找不到乡镇"),
        ("夷陵区", "分乡镇(黄花镇)", "E06", "找不到乡镇"),
        ("夷陵区", "分乡镇(已撤销)", "E06", "找不到乡镇"),
        ("夷陵区", "全区", "E06", "找不到乡镇"),
        ("夷陵区", "小溪塔镇", "E06", "找不到乡镇"),
        ("市本级", "分乡镇", "E06", "找不到县"),
        ("武汉经济技术开发区(汉南区)", "", "E06", "找不到县"),
        ("东湖新技术开发区", "", "E06", "找不到县"),
        ("武汉市东湖高新区", "", "E06", "找不到县"),
        ("夷陵区", "乡", "E06", "找不到乡镇"),
        ("420506", "420506106黄花镇", "E04", "代码420506106是“分乡镇”，表中名称为“黄花镇”"),
        ("42050", "", "E06", "找不到县"),
    ],
)
def test_what_names_no_unit_or_two_stays_an_error(county, township, rule, said):
    found = look(county, township)
    assert found.wrong
    [problem] = [p for p in found.problems if p.severity == "error"][:1]
    assert problem.rule == rule
    assert said in problem.message


def test_a_name_that_begins_like_its_prefecture_is_its_own():
    assert look("黄石港区").county == "420203"
    assert look("黄石市黄石港区").county == "420203"
    assert look("黄石港").county == "420203"


def test_what_is_found_as_no_short_form_is_said_to_be_none():
    assert Spelled() == ((), False)
    assert Spelled(("420506",)).short is False


def test_codes_of_another_scheme_in_names_say_nothing():
    assert look("420506夷陵区", "420506999分乡镇", codes=False).township == "420506106"
    found = look("420506", "分乡镇", codes=False)
    assert found.wrong
    assert found.problems[0].rule == "E06"


def test_a_code_beside_a_short_name_or_a_chain_agrees_with_it():
    for name in ("分乡", "夷陵区-分乡镇", "分乡镇(集镇)", "420506106分乡镇"):
        found = look("", name, township_code="420506106")
        assert (found.township, found.wrong) == ("420506106", False)
    assert look("", "黄花", township_code="420506106").wrong
    found = look("", "420506109黄花镇", township_code="420506106")
    assert [p.message for p in found.problems][:1] == [
        "“420506109黄花镇”中的代码与代码列的420506106不一致"
    ]


def test_villages_go_by_short_forms_too_and_stay_warnings():
    found = look("夷陵区", "分乡镇", "普溪河")
    assert found.village == "420506106202"
    assert [p.message for p in found.problems] == ["“普溪河”按简称计为“普溪河村”"]
    assert look("夷陵区", "分乡镇", "分乡镇普溪河村").problems == ()
    found = look("夷陵区", "分乡镇", "百里荒")
    assert (found.village, found.wrong) == ("", False)
    assert "百里荒村、分乡镇百里荒社区，无法确定是哪一个；不计入任何村" in found.problems[0].message


def test_parents_that_the_layer_does_not_have_come_from_the_list():
    naming = Naming(county="恩施州恩施市", township="宜昌")
    assert register(tops=False).look_up(naming).county == "422801"
    assert register(tops=False).look_up(Naming(county="荆州")).wrong


@pytest.mark.parametrize(
    ("text", "level", "parts"),
    [
        ("420506", "county", ("420506", "")),
        ("420506.0", "county", ("420506", "")),
        ("(420506)夷陵区", "county", ("420506", "夷陵区")),
        ("420506106", "county", ("", "420506106")),
        ("2023年第420506号", "county", ("", "2023年第420506号")),
        ("夷陵区4205061", "county", ("", "夷陵区4205061")),
        ("420506106201普溪河村", "village", ("420506106201", "普溪河村")),
    ],
)
def test_a_code_is_parted_from_a_name_only_where_it_is_one_of_the_level(text, level, parts):
    assert split_code(text, level) == parts


def test_what_a_unit_is_called():
    assert labels("恩施土家族苗族自治州", "prefecture") == {
        "恩施土家族苗族自治州", "恩施自治州", "恩施州", "恩施",
    }  # fmt: skip
    assert short_form("沙市区", "county") == "沙市"
    assert short_form("随县", "county") == ""
    assert split_brackets("分乡镇(集镇)") == ("分乡镇", "集镇")
    assert split_brackets("分乡镇(不含集镇)") == ("", "")


def test_the_peoples_of_a_name_may_stand_in_any_order_or_lack_beside_its_code():
    towns = frame({"420528200": "示例土家族苗族乡"}, county_code=["420528"])
    own = Register({"county": frame({"420528": "长阳土家族自治县"}), "township": towns})
    for name in ("示例土家族苗族乡", "示例苗族土家族乡", "示例乡"):
        found = own.look_up(Naming(township=name, township_code="420528200"))
        assert (found.township, found.problems) == ("420528200", ())
    found = own.look_up(Naming(township="示例镇", township_code="420528200"))
    assert [p.message for p in found.problems] == [
        "代码420528200是“示例土家族苗族乡”，表中名称为“示例镇”"
    ]


def test_a_prefecture_that_the_layer_leaves_blank_comes_from_the_list():
    counties = frame({"420506": "夷陵区"}, province=["湖北省"], prefecture=[""])
    found = Register({"county": counties}).look_up(Naming(county="宜昌夷陵"))
    assert found.county == "420506"
    assert [p.message for p in found.problems] == ["“宜昌夷陵”按简称计为“夷陵区”"]
    assert Register({"county": counties}).look_up(Naming(county="黄石夷陵")).county == ""


def test_the_layers_own_prefectures_go_before_the_list():
    own = frame({"990101": "示例区"}, province=["某某省"], prefecture=["某某市"])
    assert Register({"county": own}).look_up(Naming(county="某某示例")).county == "990101"
    alone = frame({"420506106": "分乡镇"}, county_code=["420506"], county=["夷陵区"])
    found = Register({"township": alone}).look_up(Naming(county="宜昌夷陵", township="分乡"))
    assert (found.county, found.township) == ("420506", "420506106")


def test_of_namesakes_four_are_named():
    codes = [f"42050{n}" for n in range(1, 6)]
    counties = frame(dict(zip(codes, ("甲县", "乙县", "丙县", "丁县", "戊县"), strict=True)))
    towns = frame({f"{c}100": "城关镇" for c in codes}, county_code=codes)
    found = Register({"county": counties, "township": towns}).look_up(Naming(township="城关"))
    [problem] = found.problems
    names = "甲县城关镇、乙县城关镇、丙县城关镇、丁县城关镇"
    assert problem.message == f"“城关”可能是{names}，无法确定是哪一个"
