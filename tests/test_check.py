"""What check says of rows and boundaries: worked by hand, and nothing where nothing is wrong."""

from __future__ import annotations

import re
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hbgeo.measure.check import rows as rows_check
from hbgeo.measure.check.layer import name_counties
from hbgeo.measure.check.rows import check_rows, near_twins
from hbgeo.measure.check.units import _area, _gaps, _overlaps, _parts, _told, check_units
from hbgeo.read.crs import GEOD
from hbgeo.read.issues import Issue, issue_rows
from hbgeo.read.schema.records import read_schema

AS_OF = date(2023, 12, 31)


def facilities(**columns: list[object]) -> pd.DataFrame:
    made = pd.DataFrame(columns)
    made["file"], made["sheet"] = "a.xlsx", "台账"
    made["row"] = range(2, len(made) + 2)
    dated = [c for c in made if c.endswith("_on")]
    made[dated] = made[dated].apply(pd.to_datetime)
    texts = [c for c in made if made[c].dtype == object]
    return made.astype(dict.fromkeys(texts, "str")).rename_axis("id")


def found(frame: pd.DataFrame, schema: str = "cemetery") -> list[tuple[str, int | None]]:
    issues = check_rows(frame, read_schema(schema), schema, AS_OF)
    assert {i.severity for i in issues} <= {"warning"}
    return [(i.rule, i.row) for i in issues]


def test_dates_in_the_wrong_order() -> None:
    frame = facilities(
        approved_on=["2020-05-01", "2021-05-01", None],
        opened_on=["2021-01-01", "2021-04-30", "2020-01-01"],
        closed_on=[None, "2021-04-29", "2022-01-01"],
    )
    assert found(frame) == [("E13", 3), ("E13", 3)]


def test_what_opened_and_closed_on_one_day_is_in_order() -> None:
    days = ["2021-04-30", "2021-04-30"]
    frame = facilities(approved_on=days, opened_on=days, closed_on=["2021-04-30", "2021-04-29"])
    assert found(frame) == [("E13", 3)]


def test_a_date_known_to_the_year_is_given_the_benefit_of_the_doubt() -> None:
    frame = facilities(
        approved_on=["2021-12-31", "2021-12-31"], opened_on=["2021-03-01", "2020-03-01"]
    )
    assert found(frame) == [("E13", 2), ("E13", 3)]
    frame["approved_on_precision"] = ["year", "year"]
    assert found(frame) == [("E13", 3)]  # some day of 2021 may come before March 2021


def test_states_that_their_dates_contradict() -> None:
    frame = facilities(
        status=["运营", "在建", "运营", "运营", "规划", "关闭"],
        opened_on=["2020-01-01", "2020-01-01", None, "2024-03-01", "2025-01-01", None],
    )
    assert sorted(found(frame), key=str) == [("E13", 5), ("W05", 3), ("W05", 4)]


def full(frame: pd.DataFrame, schema: str = "cemetery") -> list[tuple[object, ...]]:
    """Row, column, value, rule, message and fix of every problem, the row's number off the message."""
    issues = check_rows(frame, read_schema(schema), schema, AS_OF)
    assert {(i.layer, i.severity) for i in issues} <= {(schema, "warning")}
    assert all(i.message.startswith(f"第{i.row}行 ") for i in issues)
    return [(i.row, i.column, i.value, i.rule, i.message.split(" ", 1)[1], i.fix) for i in issues]


def test_dates_are_said_in_full_with_what_they_may_mean() -> None:
    frame = facilities(
        approved_on=["2021-05-01", "2022-03-01", "2021-02-10", "2021-02-20", "2021-02-20"],
        opened_on=["2021-04-30", "2021-06-30", "2021-01-31", "2021-02-15", "2021-12-31"],
        closed_on=["2021-04-29", None, None, None, "2021-06-30"],
    )
    frame["approved_on_precision"] = ["day", "year", "month", "month", "day"]
    frame["opened_on_precision"] = ["day", "month", "month", "day", "year"]
    fix = "核对两个日期"
    assert full(frame) == [
        (2, "启用时间", "2021-04-30", "E13", "“启用时间”早于“批准时间”", fix),
        (3, "启用时间", "2021-06-30", "E13", "“启用时间”早于“批准时间”", fix),
        (4, "启用时间", "2021-01-31", "E13", "“启用时间”早于“批准时间”", fix),
        (2, "关闭时间", "2021-04-29", "E13", "“关闭时间”早于“启用时间”", fix),
    ]
    assert full(frame[["approved_on", "closed_on", "file", "sheet", "row"]]) == []


def test_graves_that_are_too_large_are_said_in_full() -> None:
    large = "超过骨灰墓位上限 {} 平方米（湖北 2020 年规定）"
    fix = "土葬墓区不适用此上限；骨灰墓位请核对"
    assert full(facilities(single_m2=[0.5, 0.51], double_m2=[0.81, 0.8])) == [
        (
            3,
            "单人墓位面积(平方米)",
            "0.51",
            "W10",
            f"“单人墓位面积(平方米)”{large.format(0.5)}",
            fix,
        ),
        (
            2,
            "合葬墓位面积(平方米)",
            "0.81",
            "W10",
            f"“合葬墓位面积(平方米)”{large.format(0.8)}",
            fix,
        ),
    ]


def test_states_are_said_in_full() -> None:
    frame = facilities(
        status=["在建", "建成未启用", "运营", "运营", "运营", "待设", "规划", "关闭"],
        opened_on=["2020-01-01", "2023-12-31", "2023-12-31", "2024-01-01", None, "2024-01-01", None, None],
    )  # fmt: skip
    assert full(frame) == [
        (2, "状态", "在建", "W05", "状态“在建”却有启用时间", "核对状态与时间"),
        (3, "状态", "建成未启用", "W05", "状态“建成未启用”却有启用时间", "核对状态与时间"),
        (
            5,
            "状态",
            "运营",
            "E13",
            "状态“运营”而启用时间晚于截止日期 2023-12-31，不计入",
            "核对状态与时间",
        ),
        (6, "状态", "运营", "W05", "状态“运营”却无启用时间，不计入", "补填启用时间"),
    ]
    assert full(frame.drop(columns="opened_on")) == []
    assert full(frame.drop(columns="status")) == []


def test_twins_are_said_in_full_by_where_the_other_stands() -> None:
    north = [30.0, metres_north(30.0, 42.4), 30.0, metres_north(30.0, 100.0 - 1e-6)]
    frame = facilities(name=["示例", "示例", "别的", "示例"], x=[114.0] * 4, y=north)
    fix = "确为同一设施的请删去一行"

    def twins(first: str, second: str) -> list[tuple[object, ...]]:
        return [
            (3, "名称", "示例", "W04", f"与{first}第2行“示例”同名，相距 42 米，疑似重复设施", fix),
            (5, "名称", "示例", "W04", f"与{second}第3行“示例”同名，相距 58 米，疑似重复设施", fix),
        ]

    assert full(frame) == twins("", "")
    frame.iloc[1, frame.columns.get_loc("sheet")] = "表二"
    assert full(frame) == twins("台账 ", "表二 ")
    frame.iloc[1, frame.columns.get_loc("file")] = "b.xlsx"
    assert full(frame) == twins("a.xlsx 台账 ", "b.xlsx 表二 ")


def test_signs_without_a_date_count_and_are_no_problem() -> None:
    frame = facilities(status=["完好", "待设"], installed_on=[None, "2020-01-01"])
    assert found(frame, "sign") == [("W05", 3)]


def test_graves_larger_than_hubei_allows() -> None:
    frame = facilities(single_m2=[0.5, 0.51, np.nan], double_m2=[0.81, 0.8, 0.8])
    assert sorted(found(frame)) == [("W10", 2), ("W10", 3)]


def metres_north(y: float, metres: float) -> float:
    return float(GEOD.fwd(114.0, y, 0, metres)[1])


@pytest.mark.parametrize(("metres", "said"), [(0, True), (99.5, True), (100.5, False), (5000, False)])  # fmt: skip
def test_one_name_within_a_hundred_metres_is_said_once(metres: float, *, said: bool) -> None:
    frame = facilities(
        name=["示例", "示例", "别的"],
        x=[114.0, 114.0, 114.0],
        y=[30.0, metres_north(30.0, metres), 30.0],
    )
    assert found(frame) == ([("W04", 3)] if said else [])


def test_the_very_last_of_a_hundred_metres_is_near(monkeypatch: pytest.MonkeyPatch) -> None:
    north = metres_north(30.0, 100)
    apart = float(GEOD.inv(114.0, 30.0, 114.0, north)[2])
    frame = facilities(name=["示例", "示例"], x=[114.0, 114.0], y=[30.0, north])
    for limit, said in ((apart, [("W04", 3)]), (np.nextafter(apart, 0), [])):
        monkeypatch.setattr(rows_check, "TWICE_M", limit)
        assert found(frame) == said


@pytest.mark.parametrize("few", [0, 1_000_000])
@pytest.mark.parametrize("seed", range(6))
def test_twins_of_many_are_those_of_few(
    monkeypatch: pytest.MonkeyPatch, seed: int, few: int
) -> None:
    monkeypatch.setattr(rows_check, "_FEW", few)
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(2, 90))
    x, y = 114 + rng.uniform(0, 0.004, rows), 30 + rng.uniform(0, 0.004, rows)
    names = rng.choice([*"甲乙丙丁戊"], rows)
    frame = facilities(name=list(names), x=list(x), y=list(y))
    expected = set()
    for i in range(rows):  # each row, and its nearest of the same name
        others = [j for j in range(rows) if j != i and names[j] == names[i]]
        apart = {j: GEOD.inv(x[i], y[i], x[j], y[j])[2] for j in others}
        if apart and min(apart.values()) <= rows_check.TWICE_M:
            near = min(apart, key=lambda j: apart[j])
            expected.add((min(i, near), max(i, near)))
    above, below, _ = rows_check.near_twins(frame)
    assert {*zip(above.tolist(), below.tolist(), strict=True)} == expected


def test_of_many_at_one_place_the_same_are_told_whatever_else_is_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(0)
    at = rng.integers(0, 4, 40)
    frame = facilities(
        name=list(rng.choice([*"甲乙丙"], 40)), x=list(114 + at / 1e4), y=list(30 + at / 1e4)
    )
    told = []
    for few in (0, 1_000_000):
        monkeypatch.setattr(rows_check, "_FEW", few)
        told.append([a.tolist() if isinstance(a, np.ndarray) else a for a in near_twins(frame)])
    assert told[0] == told[1]
    assert len(told[0][0]) > 10


def test_hidden_names_are_compared_with_nothing() -> None:
    names = ["[已隐去]", "[已隐去]", "示例", "示例"]
    frame = facilities(name=names, x=[114.0] * 4, y=[30.0] * 4)
    assert found(frame) == [("W04", 5)]


def test_twins_are_found_like_by_hand() -> None:
    rng = np.random.default_rng(5)
    n = 400
    x, y = 114 + rng.random(n) * 0.02, 30 + rng.random(n) * 0.02
    names = rng.choice(["甲", "乙", "丙"], n)
    frame = facilities(name=list(names), x=list(x), y=list(y))
    issues = check_rows(frame, read_schema("cemetery"), "cemetery", AS_OF)
    near = {
        (i, j)
        for i in range(n)
        for j in range(i + 1, n)
        if names[i] == names[j] and GEOD.inv(x[i], y[i], x[j], y[j])[2] <= 100
    }
    told = {i.row - 2 for i in issues if i.row is not None}
    assert told <= {j for _, j in near}
    in_pairs = {i for pair in near for i in pair}
    # nobody who has a twin goes unnamed: as the later row, or as the one it is compared with
    named = told | {int(i.message.split("第")[2].split("行")[0]) - 2 for i in issues}
    assert named == in_pairs


def test_a_ledger_pasted_twice_is_told_row_by_row() -> None:
    rng = np.random.default_rng(3)
    n = 300
    x, y = 114 + rng.permutation(n) * 0.01, 30 + rng.permutation(n) * 0.01
    once = facilities(name=[f"示例{i}" for i in range(n)], x=list(x), y=list(y))
    frame = pd.concat([once, once.assign(file="b.xlsx")], ignore_index=True)
    issues = check_rows(frame, read_schema("cemetery"), "cemetery", AS_OF)
    assert [(i.file, i.row) for i in issues] == [("b.xlsx", row) for row in once["row"]]
    said = "第2行 与a.xlsx 台账 第2行“示例0”同名，相距 0 米，疑似重复设施"
    assert issues[0].message == said


def test_rows_without_a_name_are_no_twins() -> None:
    frame = facilities(name=["", "", "甲", None, None], x=[114.0] * 5, y=[30.0] * 5)
    assert found(frame) == []


def test_road_signs_stand_in_rows_by_nature() -> None:
    frame = facilities(name=["示例路"] * 2, kind=["路牌"] * 2, x=[114.0] * 2, y=[30.0] * 2)
    assert found(frame, "sign") == []
    frame["kind"] = "村牌"
    assert found(frame, "sign") == [("W04", 3)]


def test_rare_characters_are_named_once_a_text() -> None:
    frame = facilities(name=["𣲗源口公墓", "盛𡐓公墓", "𣲗源口公墓", "埫埫"])
    issues = check_rows(frame, read_schema("cemetery"), "cemetery", AS_OF)
    assert [(i.rule, i.row) for i in issues] == [("W08", 2), ("W08", 3)]
    assert "U+23C97" in issues[0].message


def units(**shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame({"name": list(shapes)}, geometry=list(shapes.values()), crs=4490)
    frame.index = [f"4298{i:02d}" for i in range(len(frame))]
    frame["county_code"], frame["county"] = frame.index, frame["name"]
    frame["file"], frame["sheet"], frame["row"] = "a.gpkg", "", range(1, len(frame) + 1)
    return frame


def area(shape: shapely.Geometry) -> float:
    return abs(float(GEOD.geometry_area_perimeter(shapely.segmentize(shape, 0.0005))[0]))


def told(issues: list[Issue], word: str) -> list[str]:
    return [i.message for i in issues if word in i.message]


def square_metres(message: str) -> float:
    return float(re.findall(r"([\d,]+) 平方米", message)[0].replace(",", ""))


def test_a_right_coverage_has_no_problem() -> None:
    whole = units(甲=shapely.box(114, 30, 114.1, 30.1), 乙=shapely.box(114.1, 30, 114.2, 30.1))
    assert check_units(whole, "county") == []


def test_an_overlap_is_told_in_square_metres() -> None:
    both = units(甲=shapely.box(114, 30, 114.11, 30.1), 乙=shapely.box(114.1, 30, 114.2, 30.1))
    [message] = told(check_units(both, "county"), "重叠")
    true = area(shapely.box(114.1, 30, 114.11, 30.1))
    assert square_metres(message) == pytest.approx(true, rel=1e-4)


def test_a_gap_is_told_with_its_neighbours() -> None:
    ring = shapely.box(114, 30, 114.3, 30.3) - shapely.box(114.1, 30.1, 114.2, 30.2)
    left, right = (
        ring & shapely.box(114, 30, 114.15, 30.3),
        ring & shapely.box(114.15, 30, 114.3, 30.3),
    )
    [message] = told(check_units(units(甲=left, 乙=right), "county"), "缝隙")
    assert "“甲”、“乙”" in message
    true = area(shapely.box(114.1, 30.1, 114.2, 30.2))
    assert square_metres(message) == pytest.approx(true, rel=1e-4)


def test_slivers_and_enclaves_are_told_apart() -> None:
    parts = [shapely.box(114, 30, 114.1, 30.1), shapely.box(114.5, 30, 114.55, 30.05), shapely.box(114.3, 30, 114.3002, 30.0002)]  # fmt: skip
    issues = check_units(units(甲=shapely.MultiPolygon(parts)), "county")
    assert len(told(issues, "碎片")) == 1
    [message] = told(issues, "飞地")
    assert square_metres(message) == pytest.approx(area(parts[1]), rel=1e-4)


def whole(issues: list[Issue]) -> list[tuple[object, ...]]:
    """Where each problem stands and all that is said of it."""
    assert {(i.layer, i.file, i.sheet, i.severity) for i in issues} <= {
        ("county", "a.gpkg", "", "warning")
    }
    return [(i.row, i.column, i.value, i.rule, i.message, i.fix, i.county) for i in issues]


def test_boundaries_are_said_in_full() -> None:
    both = units(甲=shapely.box(114, 30, 114.11, 30.1), 乙=shapely.box(114.1, 30, 114.2, 30.1))
    said = "“甲”与“乙”重叠 1,069.0 公顷（10,690,260 平方米）"
    fix = "修正边界，重叠处的点会有两个所属"
    assert whole(check_units(both, "county")) == [(1, "边界", "甲", "W09", said, fix, "甲")]
    ring = shapely.box(114, 30, 114.3, 30.3) - shapely.box(114.1, 30.1, 114.2, 30.2)
    east, west = shapely.box(114, 30, 114.15, 30.3), shapely.box(114.15, 30, 114.3, 30.3)
    said = "“甲”各单元之间有缝隙 10,679.9 公顷（106,798,601 平方米），邻接“甲”、“乙”"
    assert whole(check_units(units(甲=ring & east, 乙=ring & west), "county")) == [
        (1, "边界", "甲", "W09", said, "修正边界，缝隙处的点没有所属", "甲")
    ]
    main, far = shapely.box(114, 30, 114.1, 30.1), shapely.box(114.5, 30, 114.55, 30.05)
    slivers = [shapely.box(114.3 + n, 30, 114.3002 + n, 30.0002) for n in (0, 0.01)]
    many = units(
        甲=shapely.MultiPolygon([main, far, *slivers]), 乙=shapely.box(113, 30, 113.1, 30.1)
    )
    assert whole(check_units(many, "county")) == [
        (1, "边界", "甲", "W09", "“甲”有 2 块小于 1 公顷的碎片，共 856 平方米", "多为描边误差，请删除或并入", "甲"),
        (1, "边界", "甲", "W09", "“甲”由 2 块组成，主体之外 2,673.3 公顷（26,732,745 平方米）（飞地、岛屿）",
         "确为飞地则不必处理", "甲"),
    ]  # fmt: skip
    assert check_units(units(甲=shapely.Polygon()), "county") == []


def test_codes_and_the_list_are_said_in_full() -> None:
    listed = pd.DataFrame(
        {"name": ["甲", "丙", "丁"], "county_code": ["429800", "429809", "429901"]},
        index=["429800", "429809", "429901"],
    )
    layer = units(甲=shapely.box(114, 30, 114.1, 30.1), 丙=shapely.box(114.1, 30, 114.2, 30.1))
    layer["county_code"] = "429809"
    assert whole(check_units(layer, "county", listed)) == [
        (2, "边界", "丙", "E03", "“丙”代码 429801 不在区划表中；名称“丙”对应的代码是 429809", "核对代码与 scheme", "丙"),
    ]  # fmt: skip
    twice = pd.concat([listed, listed.set_axis(["429810", "429811", "429812"])])
    found = check_units(layer, "county", twice)
    assert found[0].message == "“丙”代码 429801 不在区划表中"  # two of the name: none is proposed


def test_codes_the_list_lacks() -> None:
    listed = pd.DataFrame(
        {"name": ["甲", "丙"], "county_code": ["429800", "429809"]}, index=["429800", "429809"]
    )
    layer = units(甲=shapely.box(114, 30, 114.1, 30.1), 丙=shapely.box(114.1, 30, 114.2, 30.1))
    layer["county_code"] = "429809"
    issues = check_units(layer, "county", listed)
    assert [i.rule for i in issues] == ["E03"]
    assert "对应的代码是 429809" in issues[0].message


@pytest.mark.parametrize("x", [109.0, 116.0])
@pytest.mark.parametrize("way", [0, 45, 90, 135])
@pytest.mark.parametrize(("metres", "said"), [(99.5, True), (100.5, False)])
def test_a_hundred_metres_are_as_many_in_every_direction(
    x: float, way: float, metres: float, *, said: bool
) -> None:
    east, north, _ = GEOD.fwd(x, 30.0, way, metres)
    frame = facilities(name=["示例", "示例"], x=[x, east], y=[30.0, north])
    assert found(frame) == ([("W04", 3)] if said else [])


def test_a_problem_goes_back_to_the_county_that_its_row_names() -> None:
    rows = (  # layer, file, row, county code, county
        ("a", "1.csv", 2, "", ""), ("a", "2.csv", 2, "", ""), ("a", "1.csv", None, "", ""),
        ("a", "1.csv", 3, "420502", "旧"), ("a", "1.csv", 4, "", "乙"), ("b", "1.csv", 2, "", ""),
    )  # fmt: skip
    issues = issue_rows(
        Issue(layer, file, "", row, "", "", "E01", "error", "", "", code, county)
        for layer, file, row, code, county in rows
    )
    senders = {
        "a": [("1.csv", "", 2, "420501"), ("2.csv", "", 2, "420502"), ("1.csv", "", 3, "420501")],
        "b": [("1.csv", "", 2, "420503")],
    }
    columns = ["file", "sheet", "row", "county_code"]
    counties = pd.DataFrame({"name": ["甲县", "乙县"]}, index=["420501", "420502"])
    named = name_counties(issues, lambda key: pd.DataFrame(senders[key], columns=columns), counties)
    told = {
        (i.layer, i.file, i.row): (i.county_code, i.county) for i in named.fillna(0).itertuples()
    }
    assert told == {
        ("a", "1.csv", 2): ("420501", "甲县"), ("a", "2.csv", 2): ("420502", "乙县"),
        ("a", "1.csv", 0): ("", ""), ("a", "1.csv", 3): ("420502", "乙县"),
        ("a", "1.csv", 4): ("", "乙"), ("b", "1.csv", 2): ("420503", ""),
    }  # fmt: skip


@pytest.mark.parametrize(("wide", "said"), [(1.0, ["之间有缝隙 1 平方米"]), (0.999, [])])
def test_a_gap_of_a_square_metre_is_one_and_a_smaller_one_is_rounding(
    wide: float, said: list[str]
) -> None:
    around = shapely.Polygon(
        shapely.box(0, 0, 9, 9).exterior, [shapely.box(4, 4, 5, 4 + wide).exterior]
    )
    found = _gaps(_told(units(甲=around)), np.array([around]), "county", sound=False)
    assert [i.message for i in found] == [f"“甲”各单元{one}，邻接“甲”" for one in said]


def test_where_edges_do_not_match_the_gap_between_them_is_measured() -> None:
    """Two halves of a ring that overlap above the hole and below it, as drawn by two hands."""
    left = shapely.box(0, 0, 6, 9) - shapely.box(4, 4, 6, 5)
    right = shapely.box(5, 0, 9, 9) - shapely.box(5, 4, 6, 5)
    found = _gaps(_told(units(甲=left, 乙=right)), np.array([left, right]), "county", sound=False)
    assert [i.message for i in found] == ["“甲”各单元之间有缝隙 2 平方米，邻接“甲”、“乙”"]
    apart = [shapely.box(110, 30, 110.6, 30.9) - shapely.box(110.4, 30.4, 110.6, 30.5),
             shapely.box(110.5, 30, 110.9, 30.9) - shapely.box(110.5, 30.4, 110.6, 30.5)]  # fmt: skip
    said = [i.message for i in check_units(units(甲=apart[0], 乙=apart[1]), "county")]
    assert [re.sub(r" .*", "", one) for one in said] == ["“甲”与“乙”重叠", "“甲”各单元之间有缝隙"]
    assert square_metres(said[1]) == pytest.approx(
        area(shapely.box(110.4, 30.4, 110.6, 30.5)), rel=1e-4
    )


@pytest.mark.parametrize(
    ("square_metres", "said"),
    [(9_999.4, "9,999 平方米"), (10_000.0, "1.0 公顷（10,000 平方米）"), (0.4, "0 平方米"),
     (1_234_567.0, "123.5 公顷（1,234,567 平方米）")],
)  # fmt: skip
def test_an_area_is_in_hectares_from_the_first(square_metres: float, said: str) -> None:
    assert _area(square_metres) == said


def test_an_overlap_of_a_square_metre_is_one_and_a_part_of_a_hectare_an_enclave() -> None:
    first = shapely.box(0, 0, 9, 9)
    for wide, count in ((1.0, 1), (0.999, 0)):
        second = shapely.box(8, 8, 8 + wide, 9)
        found = _overlaps(_told(units(甲=first, 乙=second)), np.array([first, second]), "county")
        assert [i.message for i in found] == ["“甲”与“乙”重叠 1 平方米"] * count
    for wide, said in (
        (100.0, "由 2 块组成，主体之外 1.0 公顷（10,000 平方米）（飞地、岛屿）"),
        (99.9, "有 1 块小于 1 公顷的碎片，共 9,990 平方米"),
    ):
        both = shapely.MultiPolygon([shapely.box(0, 0, 200, 200), shapely.box(300, 0, 400, wide)])
        found = _parts(_told(units(甲=both)), np.array([both]), "county")
        assert [i.message for i in found] == [f"“甲”{said}"]


def test_rows_of_another_name_are_no_twins_however_far_ones_own_is() -> None:
    """Two names, each at one place and at its antipode: nearer to each other than to themselves."""
    frame = facilities(name=list("甲甲乙乙"), x=[114.0, -66.0] * 2, y=[30.0, -30.0] * 2)
    assert found(frame) == []
    both = pd.concat([frame, frame.iloc[[2]].assign(row=6)], ignore_index=True)
    assert found(both) == [("W04", 6)]
