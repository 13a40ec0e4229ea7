"""Division names: one normal form, whom a ledger row names, and when nobody can tell."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hbgeo.read.divisions import (
    fit_code,
    kind_of,
    normal_name,
    prefecture_code,
    without_ethnic,
)
from hbgeo.read.register import Naming, Register

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
    assert "相近名称:青峰镇" in found.problems[0].message


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


def test_a_service_area_that_names_nobody_is_said(register):
    found = register.look_up(Naming(county="房县", township="万和镇"))
    assert register.serve("和平村、周边3个村", found) == (("420325101201",), ("周边3个村",))
