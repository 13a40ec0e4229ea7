"""A gazetteer as it is read: classes, extents, divisions, what is registered twice; lines; the policy's keys."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from golden_cases import make_workspace

from hbgeo.errors import LayerError, PolicyError
from hbgeo.measure.named import _Names
from hbgeo.measure.options import Options
from hbgeo.measure.roads import make_roads
from hbgeo.read.cell.eras import read_old_day
from hbgeo.read.cleaning import clean_ledger
from hbgeo.read.policy import read_policy
from hbgeo.read.schema.records import read_schema
from hbgeo.read.table import LayerTable
from hbgeo.read.units.classes import class_of
from hbgeo.workspace import Workspace

WORLD = {
    "county": [
        {"code": "420528", "name": "长阳土家族自治县"},
        {"code": "420529", "name": "五峰土家族自治县"},
    ],
    "township": [
        {"code": "420528101", "name": "示例甲镇"},
        {"code": "420528102", "name": "示例乙镇"},
        {"code": "420529101", "name": "示例甲镇"},
    ],
}


def _frame(folder: Path, placename: str) -> pd.DataFrame:
    return make_workspace(WORLD | {"placename": placename}, folder).layers.table("placename").frame


@pytest.mark.parametrize(
    ("kind", "code", "place", "made"),
    [
        ("农村居民点", "22200", "", "自然村"), ("", "", "42052810122200000001", "自然村"),
        ("村民委员会", "27610", "", "村民委员会"), ("行政村", "", "", "行政村"),
        ("河流", "12100", "", "水系"), ("湖泊", "", "", "水系"), ("主干路", "21800", "", "道路"),
        ("", "21999", "", "行政区域"), ("", "99999", "", "其他"), ("没听说过", "", "", "其他"),
        ("", "", "", ""), ("", "", "420528101222", ""),
    ],
)  # fmt: skip
def test_the_class_of_a_name(kind: str, code: str, place: str, made: str) -> None:
    assert class_of(kind, code, place) == made
    assert made in {*read_schema("placename").columns["class"].choices, ""}


def test_a_range_is_its_middle_and_what_is_wide_stands_where_it_says(tmp_path: Path) -> None:
    frame = _frame(tmp_path, """
地名代码 | 标准名称 | 类别名称 | 所在县           | 东经        | 至东经      | 北纬       | 至北纬
a1       | 甲湾     | 自然村   | 长阳土家族自治县 | 110°06′00″  | 110°06′07.2″ | 30°30′00″ | 30°30′03.6″
a2       | 乙河     | 河流     | 长阳土家族自治县 | 110.1001    | 110.8001    | 30.5001    | 30.6001
a3       | 丙河     | 河流     |                  | 110.1001    | 110.8001    | 30.5001    | 30.6001
a4       | 丁湾     | 自然村   | 长阳土家族自治县 | 110.3001    |             | 30.5001    |
a5       | 戊湾     | 自然村   | 长阳土家族自治县 | 110.2001至110.2003 | | 30.5001 |
""")  # fmt: skip
    points = [tuple(p) for p in frame[["x", "y"]].round(6).fillna(0).to_numpy().tolist()]
    assert points == [
        (110.101, 30.5005), (0, 0), (110.4501, 30.5501), (110.3001, 30.5001), (110.2002, 30.5001),
    ]  # fmt: skip
    assert not {"lon_to", "lat_to", "extent"} & set(frame.columns)


def test_a_division_names_county_and_township_and_several_name_none(tmp_path: Path) -> None:
    frame = _frame(tmp_path, """
地名代码 | 标准名称 | 类别名称 | 所在(跨)行政区                          | 经度     | 纬度
a1       | 甲湾     | 自然村   | 湖北省宜昌市长阳土家族自治县示例甲镇    | 110.9001 | 30.5001
a2       | 乙湾     | 自然村   | 宜昌市五峰土家族自治县                  | 111.1001 | 30.5001
a3       | 丙河     | 河流     | 长阳土家族自治县、五峰土家族自治县      | 110.1001 | 30.5001
""")  # fmt: skip
    assert frame[["county_code", "township_code"]].to_numpy().tolist() == [
        ["420528", "420528101"], ["420529", ""], ["", ""],
    ]  # fmt: skip


def test_a_committee_is_its_village_again_as_often_as_there_are_villages(tmp_path: Path) -> None:
    frame = _frame(tmp_path, """
地名代码 | 标准名称         | 类别名称   | 所在县           | 所在乡镇
a1       | 双河村           | 行政村     | 长阳土家族自治县 | 示例甲镇
a2       | 双河村村民委员会 | 村民委员会 | 长阳土家族自治县 | 示例甲镇
a3       | 双河村村委会     | 村民委员会 | 长阳土家族自治县 | 示例甲镇
a4       | 双河村村委会     | 村民委员会 | 长阳土家族自治县 | 示例乙镇
a5       | 东街社区         | 社区       | 长阳土家族自治县 | 示例乙镇
a6       | 东街社区居委会   | 居民委员会 | 长阳土家族自治县 | 示例乙镇
""")  # fmt: skip
    assert frame["use"].tolist() == ["现今", "重复登记", "现今", "现今", "现今", "重复登记"]


def test_the_librarys_own_export_is_read(tmp_path: Path) -> None:
    workspace = make_workspace(WORLD, tmp_path)
    rows = [
        {
            "id": "ec85", "place_code": "42052810122200000001", "standard_name": "王家湾",
            "place_type": "农村居民点", "place_type_code": "22200", "area_name": "长阳土家族自治县",
            "area": "420528101", "roman_alphabet_spelling": "Wángjiāwān", "old_name": "旧湾、老湾",
            "gdm": {"type": "MultiPoint", "coordinates": [[110.2345, 30.5432]]}, "pdm": None,
        }
    ]  # fmt: skip
    home = workspace.catalog.folder
    (home / "库.json").write_text(json.dumps({"total": 1, "records": rows}), "utf-8")
    with (home / "catalog.toml").open("a", encoding="utf-8") as file:
        file.write('\n[placename]\nrole = "facilities"\npath = "库.json"\nsource = "示例"\n')
    table = Workspace.open(tmp_path).layers.table("placename")
    row = table.frame.loc["42052810122200000001"]
    wanted = ("name", "roman", "old_names", "class", "township_code", "x", "y", "crs")
    assert [row[c] for c in wanted] == [
        "王家湾", "Wángjiāwān", "旧湾、老湾", "自然村", "420528101", 110.2345, 30.5432, "CGCS2000",
    ]  # fmt: skip


def test_names_of_the_same_fit_are_nobodys() -> None:
    names = _Names(
        {"1": "1"}, {"湾": [("1", ("", "t1", "c1")), ("2", ("", "t2", "c1"))]}, frozenset({"9"})
    )
    assert names.find("", ("湾", ""), ("", "t2", "c1")) == "2"
    assert names.find("", ("湾", ""), ("", "", "c1")) == ""
    assert names.find("", ("湾", ""), ("", "", "")) == ""
    assert names.find("", ("别处", "湾"), ("", "t1", "")) == "1"
    assert names.find("9", ("湾", ""), ("", "t2", "c1")) == ""
    assert names.find("8", ("湾", ""), ("", "t2", "c1")) == "2"


def _roads(lines: list[tuple[str, list[tuple[float, float]]]]) -> pd.DataFrame:
    blank = [""] * len(lines)
    frame = gpd.GeoDataFrame(
        {
            "name": [n for n, _ in lines], "class": ["村道"] * len(lines), "place_code": blank,
            "county_code": ["420528"] * len(lines), "township_code": blank,
        },
        geometry=[shapely.LineString(p) for _, p in lines], crs=4490,
    )  # fmt: skip
    counties = pd.DataFrame({"name": ["长阳"]}, index=["420528"])
    owners = pd.Series("", frame.index)
    return make_roads(
        LayerTable("roads", frame), LayerTable("county", counties), owners, None
    ).frame


def test_a_roads_ends_and_crossings() -> None:
    made = _roads([
        ("甲路", [(110.0, 30.0), (110.1, 30.0)]), ("甲路", [(110.1, 30.0), (110.2, 30.0)]),
        ("甲路", [(110.15, 30.0), (110.15, 30.1)]),
        ("乙路", [(110.05, 29.9), (110.05, 30.1)]), ("", [(110.06, 29.9), (110.06, 30.1)]),
        ("环路", [(111.0, 30.0), (111.1, 30.0), (111.1, 30.1), (111.0, 30.0)]),
    ])  # fmt: skip
    assert made["ends"].to_dict() == {
        "420528-乙路": ((110.05, 29.9), (110.05, 30.1)),
        "420528-环路": ((111.0, 30.0),),
        "420528-甲路": ((110.0, 30.0), (110.15, 30.1), (110.2, 30.0)),
    }
    assert made["crossings"].to_dict() == {
        "420528-乙路": ((110.05, 30.0),), "420528-环路": (), "420528-甲路": ((110.05, 30.0),),
    }  # fmt: skip


def test_roads_without_a_name_are_no_units() -> None:
    assert _roads([("", [(110.0, 30.0), (110.1, 30.0)])]).empty


def test_a_layer_of_lines_must_have_lines(tmp_path: Path) -> None:
    workspace = make_workspace(WORLD, tmp_path)
    home = workspace.catalog.folder
    (home / "路.csv").write_text("道路名称,所在县\n甲路,长阳土家族自治县\n", "utf-8")
    with (home / "catalog.toml").open("a", encoding="utf-8") as file:
        file.write('\n[roads]\nrole = "lines"\npath = "路.csv"\nsource = "示例"\n')
    with pytest.raises(LayerError, match="道路应为线图层"):
        Workspace.open(tmp_path).layers.table("roads")


SHARE = 'id = "x"\nname = "示例"\nmeasure = "ratio"\nunits = "county"\nlayer = "sign"\n'
ROAD = 'id = "x"\nname = "示例"\nmeasure = "presence"\nunits = "road"\nlayer = "sign"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SHARE, "缺少键 numerator"),
        (SHARE + 'part = { status = ["破损"] }\nnumerator = "x"', "自成分子分母"),
        (SHARE + 'part = { status = ["破损"] }\nrecent = { column = "a", days = 3 }', "只写其中一个"),
        (SHARE + 'recent = { column = "checked_on" }', "recent 应写作"),
        (SHARE + 'recent = { column = "checked_on", days = 0 }', "recent 应写作"),
        (ROAD, "须写 radius_m"),
        (ROAD + 'radius_m = 50\nat = ["middle"]', "可选值 ends、crossings"),
        (ROAD.replace("presence", "count"), "只用于 measure"),
        (SHARE + 'part = { status = ["破损"] }\nat = ["ends"]', "只用于 units = “road”"),
    ],
)  # fmt: skip
def test_keys_that_do_not_go_together_are_refused(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(
        f'system = "other"\ntitle = "示例"\n[[indicator]]\n{text}', "utf-8"
    )
    with pytest.raises(PolicyError, match=said):
        read_policy([tmp_path])


def test_figures_of_two_dates_do_not_share_their_places(tmp_path: Path) -> None:
    workspace = make_workspace(WORLD | {"placename": """
地名代码 | 标准名称 | 类别名称 | 所在县           | 所在乡镇 | 废止年份
a1       | 甲湾     | 自然村   | 长阳土家族自治县 | 示例甲镇 | 2023
a2       | 乙湾     | 自然村   | 长阳土家族自治县 | 示例甲镇 |
""", "sign": """
标志编号 | 标志名称 | 标志类别 | 所在县           | 所在乡镇 | 设置时间   | 状态
B1       | 乙湾     | 自然村牌 | 长阳土家族自治县 | 示例甲镇 | 2020-01-01 | 完好
"""}, tmp_path)  # fmt: skip
    said = {}
    for day in (date(2022, 12, 31), date(2023, 12, 31), date(2022, 12, 31)):
        [one] = workspace.assess(["sign-hamlet"], options=Options(as_of=day))
        assert one.coverage is not None
        said[day.year] = (list(one.coverage.units.index), list(one.coverage.uncovered.index))
    assert said == {2022: (["a1", "a2"], ["a1"]), 2023: (["a2"], [])}


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [
        ("1523", "1523-01-01", "1523-12-31"), ("公元621年", "0621-01-01", "0621-12-31"),
        ("光绪二十年", "1894-01-01", "1894-12-31"), ("清光绪元年", "1875-01-01", "1875-12-31"),
        ("民国23年", "1934-01-01", "1934-12-31"), ("中华民国元年", "1912-01-01", "1912-12-31"),
        ("明洪武年间", "1368-01-01", "1398-12-31"), ("清代", "1644-01-01", "1912-12-31"),
        ("1985年3月", "1985-03-01", "1985-03-31"), ("2021-06-30", "2021-06-30", "2021-06-30"),
    ],
)  # fmt: skip
def test_a_date_of_old_is_read(cell: str, first: str, last: str) -> None:
    day = read_old_day(cell)
    assert day is not None
    assert (day.first.isoformat(), day.last.isoformat()) == (first, last)


@pytest.mark.parametrize(
    "cell", ["", "0", "光绪九十年", "古已有之", "西汉", "明天", "3000", "1523年13月"]
)
def test_what_is_no_date_of_old_is_not_guessed(cell: str) -> None:
    assert read_old_day(cell) is None


def test_a_name_is_kept_however_old_and_also_where_nobody_knows_since_when(tmp_path: Path) -> None:
    table = make_workspace(
        WORLD
        | {
            "placename": """
地名代码 | 标准名称 | 类别名称 | 所在县           | 设立年份   | 废止年份
a1       | 甲湾     | 自然村   | 长阳土家族自治县 | 1523       |
a2       | 乙湾     | 自然村   | 长阳土家族自治县 | 古已有之   |
a3       | 丙湾     | 自然村   | 长阳土家族自治县 | 明代       | 民国23年
a4       | 丁湾     | 自然村   | 长阳土家族自治县 | 不详       | 很久以前
"""
        },
        tmp_path,
    ).layers.table("placename")
    founded = table.frame["established_on"]
    assert founded.dt.year.fillna(0).astype(int).to_dict() == {"a1": 1523, "a2": 0, "a3": 1644}
    assert table.frame.loc["a3", "abolished_on"].year == 1934
    said = table.issues[table.issues["rule"] == "E13"]
    assert said["severity"].tolist() == ["warning", "warning", "error"]
    assert "古已有之" in said["message"].iloc[0]


def test_a_gazetteer_is_written_in_the_order_of_the_census_and_old_dates_as_they_were_given(
    tmp_path: Path,
) -> None:
    ledger = tmp_path / "地名.csv"
    ledger.write_text(
        "类别名称,设立年份,标准名称,地名代码,经度,纬度,别名,曾用名\n自然村,清光绪年间,示例甲湾,a1,110.851234,30.491234,甲家湾,旧湾\n"
        "自然村,1523,示例乙湾,a2,110.861234,30.491234,,\n",
        "utf-8",
    )
    made = clean_ledger(ledger, "placename", crs="CGCS2000")
    heads = [c for c in made.rows.columns if not c.startswith("来源")]
    assert heads == [
        "地名代码", "标准名称", "别名", "设立年份", "经度", "纬度", "坐标系", "类别名称", "曾用名",
    ]  # fmt: skip
    assert made.rows["设立年份"].tolist() == ["清光绪年间", "1523"]


def test_dates_in_the_wrong_order_are_said_of_any_age(tmp_path: Path) -> None:
    workspace = make_workspace(
        WORLD
        | {
            "placename": """
地名代码 | 标准名称 | 类别名称 | 所在县           | 设立年份 | 废止年份
a1       | 甲湾     | 自然村   | 长阳土家族自治县 | 1523     | 1523
a2       | 乙湾     | 自然村   | 长阳土家族自治县 | 清代     | 光绪元年
a3       | 丙湾     | 自然村   | 长阳土家族自治县 | 1934     | 明代
a4       | 丁湾     | 自然村   | 长阳土家族自治县 | 公元621年 | 620
"""
        },
        tmp_path,
    )
    issues = workspace.issues(["placename"])
    said = issues[(issues["rule"] == "E13")]
    assert said["row"].tolist() == [4, 5]
