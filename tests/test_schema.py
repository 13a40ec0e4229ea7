"""Schemas: which column is which, what its cells mean, and what is said where they mean nothing."""

from __future__ import annotations

import contextlib
import tomllib
from importlib.resources import files

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hbgeo.errors import HbgeoError, LayerError
from hbgeo.read.cell.values import _READ
from hbgeo.read.cleaning import schema_keys
from hbgeo.read.schema.match import (
    heading_key,
    is_personal,
    match_columns,
    match_headings,
    unique_names,
)
from hbgeo.read.schema.records import read_schema
from hbgeo.read.schema.tidy import Tidy, tidy

CEMETERY = read_schema("cemetery")


def raw(**columns: list[str]) -> pd.DataFrame:
    made = pd.DataFrame(columns, dtype="str")
    made["file"], made["sheet"] = "a.xlsx", "台账"
    made["row"] = range(2, len(made) + 2)
    return made


def make(**columns: list[str]) -> Tidy:
    table = raw(**columns)
    return tidy(table, match_headings(table.columns, CEMETERY), CEMETERY, "cemetery")


def rules(made: Tidy) -> list[tuple[str, int]]:
    return [(i.rule, i.row) for i in made.issues if i.row is not None]


@pytest.mark.parametrize("key", schema_keys())
def test_every_shipped_schema_is_sound(key: str) -> None:
    schema = read_schema(key)
    assert schema.title
    for column in schema.columns.values():
        assert column.names
        assert column.type in {*_READ, "pair"}
        assert column.bound in {"start", "end"}
    counting = schema.counting
    if counting is not None:
        states = schema.columns[counting.column]
        assert set(counting.states) <= set(states.choices)
        assert all(schema.columns[c].type == "date" for c in (counting.since, counting.until) if c)


@pytest.mark.parametrize("key", schema_keys())
def test_schema_files_have_no_stray_keys(key: str) -> None:
    text = (files("hbgeo.read.schema") / "schemas" / f"{key}.toml").read_text("utf-8")
    table = tomllib.loads(text)
    assert set(table) <= {"title", "extends", "counting", "column", "fallback", "mixed"}
    known = {"names", "type", "choices", "bound", "expected", "absent"}
    assert all(set(row) <= known for row in table["column"].values())


@pytest.mark.parametrize("key", schema_keys())
def test_the_export_heading_of_a_column_finds_it_again(key: str) -> None:
    schema = read_schema(key)
    headings = [c.names[0] for c in schema.columns.values()]
    assert len(set(headings)) == len(headings)
    assert match_columns(headings, schema) == {c.id: c.names[0] for c in schema.columns.values()}


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("公墓名称", "name"),
        ("*公墓名称", "name"),
        ("公墓\n名称", "name"),
        ("公 墓 名 称", "name"),
        ("占地面积(亩)", "area_m2"),
        ("经度(°)", "lon"),
        ("坐标-经度", "lon"),
        ("墓穴数-总数", "plots_total"),
        ("县(市、区)", "county"),
        ("基本情况-公墓名称", "name"),
        ("启用时间(必填)", "opened_on"),
    ],
)
def test_headings_are_known_in_their_many_forms(heading: str, column: str) -> None:
    assert match_columns([heading], CEMETERY) == {column: heading}


def test_two_columns_of_one_meaning_are_not_guessed_between() -> None:
    found = match_columns(["甲-公墓名称", "乙-公墓名称"], CEMETERY)
    assert "name" not in found


def test_the_catalogues_own_columns_go_first() -> None:
    found = match_columns(["公墓名称", "俗名"], CEMETERY, {"name": "俗名"})
    assert found["name"] == "俗名"
    with pytest.raises(LayerError, match="“俗称”不存在;已有列:公墓名称、俗名"):
        match_columns(["公墓名称", "俗名"], CEMETERY, {"name": "俗称"})


def test_the_catalogue_names_a_column_that_also_bears_a_hint() -> None:
    assert match_columns(["用地面积(亩)"], CEMETERY, {"area_m2": "用地面积"}) == {
        "area_m2": "用地面积(亩)"
    }
    with pytest.raises(LayerError, match="“总数”不存在"):  # two of them: no guess
        match_columns(["甲-总数", "乙-总数"], CEMETERY, {"plots_total": "总数"})


def test_headings_are_sorted_into_found_others_and_personal() -> None:
    made = match_headings(["公墓名称", "序号", "联系电话", "乱", "row", ""], CEMETERY)
    assert dict(made.found) == {"name": "公墓名称"}
    assert made.others == ("序号", "乱")
    assert made.personal == ("联系电话",)


@pytest.mark.parametrize(
    ("names", "taken", "unique"),
    [
        (["甲", "乙", "甲", "甲"], (), ["甲", "乙", "甲.2", "甲.3"]),
        (["甲", "甲", "甲.2"], (), ["甲", "甲.3", "甲.2"]),
        (["甲.2", "甲", "甲", "甲"], (), ["甲.2", "甲", "甲.3", "甲.4"]),
        (["row", "甲", "row"], ("row",), ["row.2", "甲", "row.3"]),
        (["row", "row.2"], ("row",), ["row.3", "row.2"]),
        (["", "甲", ""], (), ["", "甲", ""]),
    ],
)
def test_repeated_names_are_numbered(names: list[str], taken: tuple[str, ...], unique: list[str]) -> None:  # fmt: skip
    assert unique_names(names, taken) == unique


@given(st.lists(st.sampled_from(["", "甲", "甲.2", "甲.2.2", "甲.3", "row", "row.2"])))
def test_no_name_hides_another(names: list[str]) -> None:
    made = unique_names(names, ("row",))
    filled = [name for name in made if name]
    assert len(filled) == len(set(filled)) == sum(bool(n) for n in names)
    assert "row" not in made
    first = {n: i for i, n in reversed(list(enumerate(names)))}
    assert all(made[i] == n for n, i in first.items() if n != "row")


def test_an_expected_column_that_is_missing_is_said_with_its_candidates() -> None:
    made = make(公墓编号=["GM1"], 公墓名称全称=["甲"], 状态=["运营"])
    [issue] = [i for i in made.issues if i.rule == "E01" and i.column == "公墓名称"]
    assert "“公墓名称全称”" in issue.message
    assert 'name = "公墓名称全称"' in issue.fix
    assert "name" not in made.frame  # proposed, never taken


def test_an_unused_column_like_a_known_one_is_proposed() -> None:
    made = make(公墓名称=["甲"], 已使用数=["3"])
    [issue] = [i for i in made.issues if i.rule == "W13"]
    assert issue.column == "已使用数"
    assert "plots_used" not in made.frame


def test_what_may_not_count_is_put_aside_and_nothing_else() -> None:
    made = make(
        公墓名称=["甲", "乙", "丙", "丁", "戊"],
        状态=["运营", "差不多", "正常", "", "关闭"],
        启用时间=["2020", "2020", "十三五", "/", "无"],
        批准时间=["2019", "某年", "2019", "2019", "2019"],
    )
    assert made.frame["name"].tolist() == ["甲", "丁", "戊"]
    assert made.aside["name"].tolist() == ["乙", "丙"]
    assert rules(made) == [("E07", 3), ("E13", 4), ("E13", 3)]
    assert [i.severity for i in made.issues if i.column == "批准时间"] == ["warning"]


def test_a_year_counts_from_its_end_and_keeps_its_precision() -> None:
    made = make(启用时间=["2021", "2021-06", "2021-06-03"], 关闭时间=["2022", "", ""])
    assert made.frame["opened_on"].dt.strftime("%Y-%m-%d").tolist() == [
        "2021-12-31", "2021-06-30", "2021-06-03",
    ]  # fmt: skip
    assert made.frame["opened_on_precision"].tolist() == ["year", "month", "day"]
    assert str(made.frame["closed_on"][0])[:10] == "2022-01-01"


def test_october_or_january_is_asked() -> None:
    assert rules(make(启用时间=["2021.1", "2021.10", "2021.01"])) == [("W15", 2)]


def test_areas_come_from_heading_cell_or_a_column_of_units() -> None:
    made = make(**{"占地面积(亩)": ["3", "500㎡", "约3"]})
    assert made.frame["area_m2"].tolist()[:2] == [pytest.approx(2000), 500]
    assert rules(made) == [("E14", 4)]
    made = make(占地面积=["3", "2"], 计量单位=["亩", "公顷"])
    assert made.frame["area_m2"].tolist() == [pytest.approx(2000), 20_000]
    made = make(占地面积=["3"])
    assert made.frame["area_m2"].isna().all()
    assert "缺面积单位" in next(i.message for i in made.issues if i.rule == "E14")


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("420102", True),
        ("420102001", True),
        ("420102001001", True),
        ("420102.0", True),
        ("4.2E+11", False),
        ("42010", False),
        ("四二", False),
        ("", True),
        ("/", True),
    ],
)
def test_codes_have_the_digits_of_their_standard(text: str, *, good: bool) -> None:
    made = make(公墓名称=["甲"], 县代码=[text])
    assert (len(made.frame) == 1) == good
    assert (rules(made) == []) == good


def test_one_cell_with_both_coordinates_fills_the_two() -> None:
    made = make(经纬度=["114.305123,30.593456", "东经114°18′18.3″ 北纬30°35′33″", "无", "山上"])
    assert made.frame["lon"].tolist()[:2] == [114.305123, pytest.approx(114.3050833333)]
    assert made.frame["lon"].isna().tolist() == [False, False, True]
    assert rules(made) == [("E08", 5)]


def test_strokes_and_none_are_blanks() -> None:
    made = make(公墓名称=["甲"], 服务范围=["无"], 批准文号=["/"], 状态=["—"])
    row = made.frame.iloc[0]
    assert (row["served"], row["approval_no"], row["status"]) == ("", "", "")


@pytest.mark.parametrize(
    "heading", ["联系电话", "手机", "身份证号", "负责人", "老人姓名", "法定代表人", "手机号码"]
)
def test_personal_columns_are_dropped_without_their_values(heading: str) -> None:
    assert is_personal(heading)
    made = make(**{"公墓名称": ["甲"], heading: ["张三13812345678"]})
    everything = made.frame.to_csv() + "".join(str(i) for i in made.issues)
    assert "张三" not in everything
    assert "1381234" not in everything
    assert ("E15", heading) in {(i.rule, i.column) for i in made.issues}


def test_personal_numbers_in_any_text_are_hidden_and_said_without_the_value() -> None:
    made = make(公墓名称=["甲"], 备注=["电话13812345678"], 状态=["13812345678"])
    everything = made.frame.to_csv() + made.aside.to_csv() + "".join(str(i) for i in made.issues)
    assert "13812345678" not in everything
    assert "E15" in {i.rule for i in made.issues}


@given(
    st.dictionaries(
        st.sampled_from([c.names[0] for c in CEMETERY.columns.values()] + ["乱七八糟", "序号"]),
        st.lists(st.text(max_size=30), min_size=3, max_size=3),
        min_size=1,
    )
)
def test_no_text_whatever_breaks_a_schema_and_no_row_is_lost(
    columns: dict[str, list[str]],
) -> None:
    with contextlib.suppress(HbgeoError):
        made = make(**columns)
        both = [*made.frame["row"], *made.aside["row"]]
        assert sorted(both) == [2, 3, 4]
        assert made.frame["row"].is_monotonic_increasing


@given(st.text("公墓名称*( )()【】:_Ab1\n\uff08\uff09\uff21\u3000\u200b", max_size=20))
def test_folding_a_heading_twice_changes_nothing(text: str) -> None:
    assert heading_key(heading_key(text)) == heading_key(text)


def test_a_layer_of_a_kind_without_schema_gets_the_general_one() -> None:
    schema = read_schema("children-home")
    assert schema.key == "children-home"
    assert schema.columns == read_schema("facility").columns
