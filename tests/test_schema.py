"""Schemas: which column is which, what its cells mean, and what is said where they mean nothing."""

from __future__ import annotations

import contextlib
import tomllib
from dataclasses import replace
from importlib.resources import files

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hbgeo.errors import HbgeoError, LayerError
from hbgeo.read.cell.values import _READ
from hbgeo.read.schema.match import (
    heading_key,
    match_columns,
    match_headings,
    nearest_names,
    unique_names,
)
from hbgeo.read.schema.personal import is_id_heading, is_personal
from hbgeo.read.schema.records import (
    Column,
    Counting,
    every_schema,
    read_schema,
    schema_keys,
)
from hbgeo.read.schema.tidy import Tidy, either_order, propose_columns, tidy

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
    assert set(table) <= {"title", "extends", "order", "counting", "column", "fallback", "mixed"}
    assert set(table.get("order", ())) <= set(read_schema(key).columns)
    known = {"names", "type", "choices", "bound", "expected", "absent", "unit", "lenient", "old"}
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
        ("占地面积（亩）", "area_m2"),
        ("经度(°)", "lon"),
        ("坐标-经度", "lon"),
        ("墓穴数-总数", "plots_total"),
        ("县（市、区）", "county"),
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
    with pytest.raises(LayerError, match="“俗称”不存在；已有列：公墓名称、俗名"):
        match_columns(["公墓名称", "俗名"], CEMETERY, {"name": "俗称"})


def test_the_catalogue_names_a_column_that_also_bears_a_hint() -> None:
    assert match_columns(["用地面积（亩）"], CEMETERY, {"area_m2": "用地面积"}) == {
        "area_m2": "用地面积（亩）"
    }
    with pytest.raises(LayerError, match="“总数”不存在"):  # two of them: no guess
        match_columns(["甲-总数", "乙-总数"], CEMETERY, {"plots_total": "总数"})


def test_rows_without_a_day_do_not_count_where_nothing_says_they_do() -> None:
    plain = Counting("status", ("运营",))
    assert (plain.since, plain.until, plain.include_undated, plain.blank) == ("", "", False, "")
    assert Counting("status", ("运营",), "a", "b", include_undated=True) != plain


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
    made = make(**{"占地面积（亩）": ["3", "500㎡", "约3"]})
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
    "heading",
    [
        "联系电话", "手机", "身份证号", "负责人", "老人姓名", "法定代表人", "手机号码", "法人", "院长", "逝者姓名", "逝者", "墓主",
        "死者", "安葬人", "安葬人员", "购墓人", "家属", "监护人", "银行卡号", "开户账号", "管理员", "经办人（签字）", "联系-院长", "E-mail",
    ],
)  # fmt: skip
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


@pytest.mark.parametrize(
    "heading",
    ["安葬人数", "逝者数量", "家属院", "设置单位", "场所长度", "死亡人口", "监护人数", "法人类型", "儿童主任岗位", "管理级别", "市场所长"],
)  # fmt: skip
def test_counts_and_offices_are_nobodys(heading: str) -> None:
    assert not is_personal(heading)


def test_no_column_of_a_schema_is_dropped_as_personal() -> None:
    columns = [c for schema in every_schema() for c in schema.columns.values()]
    assert not [n for c in columns for n in (*c.names, c.id) if is_personal(n)]


@pytest.mark.parametrize("name", ["公墓编号", "统一社会信用代码", "编号(必填)", "标志编号*", "地名代码", "sign_id", "村代码"])  # fmt: skip
def test_headings_of_ids_and_codes_are_those_that_schemas_declare(name: str) -> None:
    assert is_id_heading(name)
    assert not is_id_heading("备注")
    assert not is_id_heading("批准文号")


def test_ids_are_hidden_only_where_they_are_valid_id_cards() -> None:
    ids = ["124205063098765432", "13812345678", "420506100001000000", "420102199001011236"]
    made = make(公墓编号=ids, 公墓名称=ids)
    assert made.frame["id"].tolist() == [*ids[:3], "[已隐去]"]
    assert made.frame["name"].tolist() == [ids[0], "[已隐去]", ids[2], "[已隐去]"]
    said = "第5行 “公墓编号”中的个人号码（证件、电话、银行卡、邮箱）已隐去"
    assert said in {i.message for i in made.issues}


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


def test_the_pair_fills_only_rows_whose_own_coordinates_are_empty() -> None:
    made = make(
        公墓编号=["1", "2", "3"], 经度=["114.3051", "", ""], 纬度=["30.5931", "", "30.1"],
        经纬度=["1,2", "114.405,30.693", "114.5051,30.7931"],
    )  # fmt: skip
    assert made.frame["lon"].fillna(0).tolist() == [114.3051, 114.405, 0]
    assert made.frame["lat"].tolist() == [30.5931, 30.693, 30.1]
    assert made.frame["coarse"].tolist() == [False, True, False]
    alone = make(公墓编号=["1", "2"], 经纬度=["114.405,30.693", "山上"])
    assert alone.frame["coarse"].tolist() == [True]
    assert alone.aside["id"].tolist() == ["2"]


def test_a_table_of_two_columns_may_have_both_coordinates_in_the_first() -> None:
    made = make(经度=["114.3051,30.5931", "114.4051"], 纬度=["", "30.6931"])
    assert made.frame[["lon", "lat"]].to_numpy().tolist() == [[114.3051, 30.5931], [114.4051, 30.6931]]  # fmt: skip
    assert made.frame["coarse"].tolist() == [False, False]
    assert made.aside.empty


def test_what_is_said_of_columns_in_full() -> None:
    made = make(
        公墓编号=["1"], 公墓名称字=["x"], 启用时问=["2020"], 姓名=["某"], 序号=["1"], 已使用数=["3"]
    )
    said = {(i.rule, i.column): (i.message, i.fix) for i in made.issues}
    assert all((i.severity, i.file, i.sheet, i.row) == ("warning", "a.xlsx", "台账", None) for i in made.issues)  # fmt: skip
    put = "补上该列，或在 catalog.toml 的 columns 中写 "
    assert said["E15", "姓名"] == (
        "列“姓名”疑似个人信息，已丢弃，不进入任何输出", "报送前请删除该列",
    )  # fmt: skip
    assert said["E01", "启用时间"] == (
        "没有“启用时间”列；可用的列名：启用时间、正式使用时间、投入使用时间、开业时间；相近的列：“启用时问”",
        f'{put}opened_on = "启用时问"',
    )
    assert said["E01", "公墓性质"] == ("没有“公墓性质”列；可用的列名：公墓性质、性质", f"{put}该列")
    assert said["W13", "已使用数"] == (
        "列“已使用数”没有认出，未使用；疑为“已使用”",
        '如是，在 catalog.toml 的 columns 中写 plots_used = "已使用数"',
    )
    assert ("W13", "序号") not in said
    assert "姓名" not in made.frame


def test_a_form_of_two_hundred_unknown_columns_gets_no_proposals() -> None:
    many = {f"甲{n}": ["1"] for n in range(199)}
    assert [i.column for i in make(已使用数=["3"], **many).issues if i.rule == "W13"] == [
        "已使用数"
    ]
    assert not [i for i in make(已使用数=["3"], 乙=["1"], **many).issues if i.rule == "W13"]


def test_names_like_a_name_are_the_nearest_three() -> None:
    names = ["开业时间", "启用时间", "甲", "启用日期", "启用年份", "正式启用时间"]
    assert nearest_names("启用时问", names)[0] == "启用时间"
    names.insert(4, "启用月份")
    assert nearest_names("启用", names) == ["启用时间", "启用日期", "启用月份"]
    assert nearest_names("启用", names, 1) == ["启用时间"]
    assert nearest_names("乙", names) == []


def test_headings_known_loosely_are_never_shared() -> None:
    assert match_columns(["公墓名称(必填)", "公墓名称"], CEMETERY) == {"name": "公墓名称"}
    assert match_columns(["公墓名称(必填)", "公墓名称(选填)"], CEMETERY) == {}
    assert match_columns(["plots_used"], CEMETERY) == {"plots_used": "plots_used"}
    assert match_columns(["名称", "公墓名称"], CEMETERY) == {"name": "公墓名称"}
    assert match_columns(["纬度", "经度"], CEMETERY) == {"lon": "经度", "lat": "纬度"}
    with pytest.raises(LayerError) as caught:
        match_columns(["公墓名称"], CEMETERY, {"name": "公墓名字"})
    assert str(caught.value) == (
        "columns 指定的列“公墓名字”不存在；已有列：公墓名称；相近的列：公墓名称"
    )


def tidied(table: dict[str, list[str]], key: str) -> Tidy:
    """Rows under the columns of another schema."""
    schema, rows = read_schema(key), raw(**table)
    return tidy(rows, match_headings(rows.columns, schema), schema, key)


def test_a_village_sign_stands_in_the_village_it_names() -> None:
    sign = read_schema("sign")
    other = sign.fallback["village"]
    heading = {c: sign.heading(c) for c in ("id", "kind", "village", other.column)}
    table = {
        heading["id"]: ["1", "2", "3"], heading["kind"]: ["村牌", "村牌", "路牌"],
        heading["village"]: ["甲村", "", ""], heading[other.column]: ["乙村", "乙村", "乙村"],
    }  # fmt: skip
    made = tidied(table, "sign").frame
    assert made["village"].tolist() == ["甲村", "乙村", ""]
    without = {k: v for k, v in table.items() if k != heading["village"]}
    assert tidied(without, "sign").frame["village"].tolist() == ["乙村", "乙村", ""]
    nameless = {k: v for k, v in table.items() if k != heading[other.column]}
    assert tidied(nameless, "sign").frame["village"].tolist() == ["甲村", "", ""]


def test_what_decides_whether_a_row_counts() -> None:
    decides = [c.id for c in CEMETERY.columns.values() if CEMETERY.decides(c) and c.type in {"text", "date", "number"}]  # fmt: skip
    assert decides == ["opened_on", "closed_on"]
    assert {c.type for c in CEMETERY.columns.values() if CEMETERY.decides(c)} == {
        "code", "choice", "date", "lon", "lat", "pair",
    }  # fmt: skip
    people = read_schema("population")
    assert people.counting is None
    assert [c.id for c in people.columns.values() if people.decides(c)] == ["code", "county_code"]


def test_a_schema_says_what_counts_and_what_mixed_values_stand_for() -> None:
    sign = read_schema("sign").counting
    assert sign is not None
    assert (sign.column, sign.states, sign.since, sign.until, sign.include_undated) == (
        "status", ("完好",), "installed_on", "", True,
    )  # fmt: skip
    home = read_schema("cemetery").counting
    assert home is not None
    assert (home.states, home.since, home.until, home.include_undated, home.blank) == (
        ("运营",), "opened_on", "closed_on", False, "",
    )  # fmt: skip
    assert CEMETERY.mixed == {"nature": {"公益性": ("经营性(含公益性墓区)",)}}
    assert CEMETERY.columns["closed_on"].bound == "start"
    assert CEMETERY.columns["opened_on"].bound == "end"
    assert (CEMETERY.heading("plots_used"), CEMETERY.heading("未知")) == ("已使用", "未知")


def test_x_and_y_leave_the_order_open_even_where_nothing_else_is_known() -> None:
    schema = read_schema("facility")
    assert either_order({"lon": "X", "lat": "Y"}, schema)
    assert either_order({"lon": "X", "lat": "Y", "name": "名称"}, schema)
    assert not either_order({"lon": "经度", "lat": "纬度"}, schema)
    assert not either_order({"lon": "X"}, schema)


@pytest.mark.parametrize(
    ("heading", "alias", "proposed"),
    [
        ("甲乙丙丁庚", "甲乙丙丁戊己", True),  # 4 of 5 and of 6 characters: 8/11, or 72.7 of 100
        ("甲乙丙丁戊庚辛", "甲乙丙丁戊己壬", False),  # 10/14, or 71.4
    ],
)
def test_a_heading_is_proposed_from_72_of_100_on(
    heading: str, alias: str, *, proposed: bool
) -> None:
    schema = replace(read_schema("facility"), columns={"x": Column("x", (alias,))})
    assert propose_columns([heading], schema, {}) == ({heading: "x"} if proposed else {})
    assert propose_columns([heading], schema, {"x": "别的"}) == {}


def test_more_than_two_hundred_unused_headings_are_no_ledger() -> None:
    schema = replace(read_schema("facility"), columns={"x": Column("x", ("甲乙丙丁",))})
    many = ["甲乙丙戊", *(f"{n}" for n in range(199))]
    assert propose_columns(many, schema, {}) == {"甲乙丙戊": "x"}
    assert propose_columns([*many, "末"], schema, {}) == {}


def test_a_column_of_yes_or_no_knows_both() -> None:
    listed = read_schema("central-village").columns["listed"]
    assert list(listed.choices) == ["是", "否"]
    assert all(listed.choices.values())
