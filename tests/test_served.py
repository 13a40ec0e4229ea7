"""服务范围 as ledgers write them, every one by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from hbgeo.read.divisions.register import Naming, Register
from hbgeo.read.divisions.served import _below, _led_by_county, _only, _Reading, _unit

COUNTIES = {"420525": "远安县", "420581": "宜都市", "420529": "五峰土家族自治县"}
TOWNS = {
    "420525101": "甲溪镇", "420525102": "乙溪镇", "420525103": "万和镇",
    "420581101": "丙溪镇", "420581102": "丁溪镇", "420581103": "乙溪镇", "420529101": "采花乡",
}  # fmt: skip
VILLAGES = {
    "420525101201": "河东村", "420525101001": "河西社区", "420525101202": "平等村",
    "420525102201": "河东村", "420525102202": "河南村", "420581101201": "河东村",
    "420525101203": "及第村",
}  # fmt: skip


@pytest.fixture(scope="module")
def register() -> Register:
    counties = pd.DataFrame({"name": COUNTIES, "prefecture": "宜昌市", "province": "湖北省"})
    towns = pd.DataFrame({"name": TOWNS})
    towns["county_code"] = towns.index.str[:6]
    villages = pd.DataFrame({"name": VILLAGES})
    villages["township_code"] = villages.index.str[:9]
    return Register({"county": counties, "township": towns, "village": villages})


A, B, EAST, WEST = "420525101", "420525102", "420525101201", "420525101001"


@pytest.mark.parametrize(
    ("text", "codes", "unknown"),
    [
        # townships of another county, with and without the prefecture
        ("宜都市丁溪镇", ["420581102"], []),
        ("湖北省宜昌市宜都市丁溪镇", ["420581102"], []),
        ("宜都市乙溪镇", ["420581103"], []),  # never the one of that name in its own county
        ("远安县甲溪镇、宜都市丁溪镇", [A, "420581102"], []),
        ("五峰县采花乡", ["420529101"], []),
        ("丁溪镇", [], ["丁溪镇"]),  # of whom, is not said
        # villages of another township
        ("乙溪镇河东村", ["420525102201"], []),
        ("宜都市丙溪镇河东村", ["420581101201"], []),
        ("甲溪镇河西社区", [WEST], []), ("甲溪镇平等村", ["420525101202"], []),
        ("镇河东村", [], ["镇河东村"]),
        ("乙溪镇河南村、河东村", ["420525102202"], ["河东村"]),  # whose 河东村, the row's or 乙溪镇's?
        ("丙溪镇河东村", [], ["丙溪镇河东村"]),
        ("乙溪镇、河南村", [B, "420525102202"], []),  # of the township before it
        ("河南村", [], ["河南村"]), ("河东村、乙溪镇", [EAST, B], []),
        # a name that the register knows otherwise
        ("五峰县采花土家族乡", ["420529101"], []),
        # joined
        ("甲溪镇/乙溪镇", [A, B], []),
        ("甲溪镇和乙溪镇", [A, B], []),
        ("甲溪镇及乙溪镇", [A, B], []),
        ("甲溪镇与乙溪镇", [A, B], []),
        ("甲溪镇、乙溪镇以及万和镇", [A, B, "420525103"], []),
        ("万和镇和乙溪镇", ["420525103", B], []),
        ("甲溪镇 | 乙溪镇", [A, B], []),
        ("及第村及河东村", ["420525101203", EAST], []),
        ("甲溪镇和", [], ["甲溪镇和"]), ("和甲溪镇", [], ["和甲溪镇"]),
        # the whole of something
        ("全镇各村", [A], []), ("全县各乡镇", ["420525"], []), ("全县各乡镇(街道)", ["420525"], []),
        ("辖区全镇", [A], []), ("本县所有乡镇", ["420525"], []), ("全镇范围内", [A], []),
        ("本镇各村(社区)", [A], []), ("甲溪镇各村", [A], []), ("乙溪镇全部行政村", [B], []),
        ("宜都市各乡镇", ["420581"], []), ("远安县全境", ["420525"], []),
        ("甲溪镇辖区内", [], ["甲溪镇辖区内"]),
        # what is named is kept, the rest is said
        ("甲溪镇、乙溪镇等", [A, B], ["等"]),
        ("甲溪镇等3个乡镇", [A], ["等3个乡镇"]),
        ("全镇及周边", [A], ["周边"]),
        ("甲溪镇及周边乡镇", [A], ["周边乡镇"]),
        ("甲溪镇和无名镇", [A], ["无名镇"]), ("无名镇和甲溪镇", [A], ["无名镇"]),
        ("无名镇及甲溪镇与乙溪镇", [A, B], ["无名镇"]), ("丁和镇和甲溪镇、乙溪镇", [A, B], ["丁和镇"]),
        ("无名镇和无名乡", [], ["无名镇和无名乡"]), ("除无名镇和甲溪镇外", [], ["除无名镇和甲溪镇外"]),
        ("除无名镇和甲溪镇", [], ["除无名镇和甲溪镇"]),
        ("平等村", ["420525101202"], []), ("平等村等", ["420525101202"], ["等"]),
        ("甲溪镇、周边3个村", [A], ["周边3个村"]),
        ("等", [], ["等"]), ("周边", [], ["周边"]),
        # remarks, and exceptions, which are not worked out
        ("甲溪镇(含集镇)", [A], []), ("甲溪镇(含乙溪镇)", [A, B], []),
        ("全县(除甲溪镇)", [], ["全县(除甲溪镇)"]), ("除甲溪镇外全县", [], ["除甲溪镇外全县"]),
        ("甲溪镇(部分)", [], ["甲溪镇(部分)"]), ("不含甲溪镇", [], ["不含甲溪镇"]),
    ],
)  # fmt: skip
def test_a_service_area(
    register: Register, text: str, codes: list[str], unknown: list[str]
) -> None:
    home = register.look_up(Naming(county="远安县", township="甲溪镇"))
    assert register.serve(text, home) == (tuple(codes), tuple(unknown))


def test_a_row_that_names_no_county_reads_names_with_theirs(register: Register) -> None:
    nowhere = register.look_up(Naming())
    assert register.serve("远安县甲溪镇", nowhere) == ((A,), ())
    assert register.serve("甲溪镇", nowhere) == ((), ("甲溪镇",))


HOMES = {
    "in a county": {"county": "远安县", "township": "甲溪镇", "village": "河东村"},
    "in a county-level city": {"county": "宜都市", "township": "丙溪镇"},
    "nowhere": {},
}
WHOLE = [
    ("in a county", "全省", ("42",)), ("in a county", "全市", ("4205",)),
    ("in a county", "全州", ("4205",)), ("in a county", "全县", ("420525",)),
    ("in a county", "全区", ("420525",)), ("in a county", "全县域", ("420525",)),
    ("in a county", "全区域", ("420525",)), ("in a county", "全镇", (A,)),
    ("in a county", "本乡镇", (A,)), ("in a county", "全街道", (A,)),
    ("in a county", "全村", (EAST,)), ("in a county", "本社区", (EAST,)),
    ("in a county-level city", "全市", ("420581",)), ("in a county-level city", "全州", ("4205",)),
    ("in a county-level city", "全村", ()),  # of whom, is not said
    ("nowhere", "全省", ()), ("nowhere", "全市", ()), ("nowhere", "全县", ()), ("nowhere", "全镇", ()),
]  # fmt: skip


@pytest.mark.parametrize(("home", "text", "codes"), WHOLE)
def test_the_whole_of_what_the_row_lies_in(
    register: Register, home: str, text: str, codes: tuple[str, ...]
) -> None:
    found = register.look_up(Naming(**HOMES[home]))
    assert register.serve(text, found) == (codes, () if codes else (text,))


def test_a_city_right_under_the_province_is_its_own_prefecture() -> None:
    own = Register({"county": pd.DataFrame({"name": {"429004": "仙桃市", "429021": "神农架林区"}})})
    city, forest = own.look_up(Naming(county="仙桃市")), own.look_up(Naming(county="神农架林区"))
    assert own.serve("全市", city) == (("429004",), ())
    assert own.serve("全市", forest) == (("429021",), ())
    assert own.serve("全省", forest) == (("42",), ())


def test_a_text_that_names_no_unit_gives_no_code(register: Register) -> None:
    home, reading = register.look_up(Naming(county="远安县", township="甲溪镇")), _Reading()
    assert _unit("无名镇", home, register, reading) == ""
    assert _below("无名镇", home.county, register, reading) == ""
    assert _below("甲溪镇", "", register, reading) == ""
    assert _only(register, "township", "无名镇", home.county) == ""
    assert _only(register, "township", "远安县甲溪镇", home.county, plain=True) == ""
    assert _led_by_county("无名县甲溪镇", register) == ("", "无名县甲溪镇")
    assert _led_by_county("远安县甲溪镇", register) == ("420525", "甲溪镇")
    assert reading == _Reading()


class Bare:
    """Units of any level that go by these names and no others."""

    def __init__(self, **units: str) -> None:
        self.units = units

    def has(self, _: str) -> bool:
        return True

    def name(self, _: str, code: str) -> str:
        return self.units.get(f"c{code}", "")

    def named(self, _: str, name: str, above: str) -> list[str]:
        return [code[1:] for code, own in self.units.items() if own == name and above in code]


def test_a_township_before_a_village_has_a_name_of_two_letters_at_least() -> None:
    names = Bare(c420525101="镇", c420525101201="河东村", c420525102="乙镇", c420525102201="河南村")
    for text, code, township in (
        ("镇河东村", "", ""), ("乙镇河南村", "420525102201", "420525102"), ("乙镇河东村", "", ""),
    ):  # fmt: skip
        reading = _Reading()
        assert _below(text, "420525", names, reading) == code
        assert reading.township == township
