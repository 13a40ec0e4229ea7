"""Units get their parents, places their township by county and name, rows the units they name."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.divisions.changes import Change, History
from hbgeo.read.divisions.naming import Naming
from hbgeo.read.divisions.register import Register
from hbgeo.read.schema.match import match_headings
from hbgeo.read.schema.records import read_schema
from hbgeo.read.schema.tidy import Tidy, tidy
from hbgeo.read.units import naming as tied
from hbgeo.read.units.facilities import make_facilities
from hbgeo.read.units.polygons import make_units
from hbgeo.read.units.tables import make_table
from hbgeo.read.units.villages import make_places

LAYER = Layer("township", "units", ("t.gpkg",), "示例", level="township", schema="unit")
PLACES = Layer("village", "places", ("v.csv",), "示例", level="village", schema="village")
COUNTIES = pd.DataFrame(
    {
        "name": ["甲县", "乙县", "丙市"],
        "county": ["甲县", "乙县", "丙市"],
        "prefecture_code": ["420100", "420100", "429004"],
        "prefecture": ["大江市", "大江市", "丙市"],
        "province_code": "420000",
        "province": "湖北省",
    },
    index=["420121", "420122", "429004"],
)
TOWNSHIPS = [
    ("420121100", "城关镇", "420121"),
    ("420121101", "万和镇", "420121"),
    ("420122100", "城关镇", "420122"),
    ("429004001", "东街道", "429004"),
]


def polygons(rows: list[tuple[str, str]]) -> pd.DataFrame:
    """Raw rows of a township layer: a square each, west to east."""
    raw = pd.DataFrame(rows, columns=["代码", "名称"])
    raw["geometry"] = shapely.box(range(len(raw)), 0, range(1, len(raw) + 1), 1)
    return raw.assign(file="t.gpkg", sheet="", row=range(1, len(raw) + 1))


def tidied(raw: pd.DataFrame, kind: str, layer: str) -> Tidy:
    """Raw rows under the columns of a schema."""
    schema = read_schema(kind)
    return tidy(raw, match_headings(raw.columns, schema), schema, layer)


def units(rows: list[tuple[str, str]], counties: pd.DataFrame | None = COUNTIES):
    """What make_units makes of them."""
    return make_units(tidied(polygons(rows), "unit", "township"), LAYER, counties)


def register() -> Register:
    """The names of three counties and four townships."""
    towns = pd.DataFrame(TOWNSHIPS, columns=["code", "name", "county_code"]).set_index("code")
    return Register({"county": COUNTIES, "township": towns})


def rows(key: str, table: dict[str, list[str]]):
    """Tidy rows of a ledger."""
    raw = pd.DataFrame(table, dtype="str")
    raw = raw.assign(file="v.csv", sheet="", row=range(2, len(raw) + 2))
    return tidied(raw, key, key)


def test_units_get_their_parents_from_the_county_layer():
    made = units([("429004001", "东街道"), ("420121100", "城关镇")]).frame
    assert made.index.tolist() == ["420121100", "429004001"]
    assert made["county"].tolist() == ["甲县", "丙市"]
    assert made["prefecture"].tolist() == ["大江市", "丙市"]
    assert made["prefecture_code"].tolist() == ["420100", "429004"]
    assert made["kind"].tolist() == ["镇", "街道"]


def test_a_unit_whose_county_is_not_there_is_reported_not_lost():
    made = units([("420199100", "孤镇")])
    assert len(made.frame) == 1
    assert [i.rule for i in made.issues.itertuples() if i.severity == "error"] == ["E03"]


def test_an_enclave_of_the_same_code_is_one_unit():
    made = units([("420121100", "城关镇"), ("420121101", "万和镇"), ("420121100", "城关镇")]).frame
    assert len(made) == 2
    assert made.loc["420121100", "geometry"].area == pytest.approx(2)


def test_one_code_with_two_names_is_refused():
    with pytest.raises(LayerError, match=r"代码 420121100 重复，名称不同.城关镇、万和镇"):
        units([("420121100", "城关镇"), ("420121100", "万和镇")])


@pytest.mark.parametrize("row", [("", "城关镇"), ("420121100", ""), ("420121", "城关镇")])
def test_a_unit_without_code_or_name_is_refused(row):
    with pytest.raises(LayerError, match="分母会因此出错"):
        units([("420121101", "万和镇"), row])


def test_self_crossing_borders_are_mended_and_said():
    raw = polygons([("420121100", "城关镇")])
    raw["geometry"] = [shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])]
    made = make_units(tidied(raw, "unit", "township"), LAYER, COUNTIES)
    assert [i.rule for i in made.issues.itertuples() if i.rule == "W09"] == ["W09"]
    assert isinstance(made.frame, gpd.GeoDataFrame)
    assert made.frame.geometry.is_valid.all()
    assert made.frame.geometry.iloc[0].area == pytest.approx(0.5)


def test_places_find_their_township_by_county_and_normal_name():
    table = {
        "村代码": ["420999999201", "420999999202", "420999999203"],
        "村名": ["和平村", "东村", "西村"],
        "所在县": ["甲县", "乙县", "乙县"],
        "所属乡镇": ["万和镇人民政府", "城关镇", "某开发区"],
    }
    made = make_places(rows("village", table), PLACES, register(), same_scheme=False)
    assert made.frame["township_code"].to_dict() == {
        "420999999201": "420121101",
        "420999999202": "420122100",
    }
    assert made.apart == 1
    assert [
        i.rule for i in made.issues.itertuples() if i.severity == "warning" and i.row is not pd.NA
    ] == ["W20"]


def test_zones_and_names_unknown_are_told_apart_once_each():
    table = {
        "村代码": ["420121450201", "420121450202", "420121101203", "420171001201", "420121101204"],
        "村名": ["一村", "二村", "三村", "四村", "五村"],
        "所在县": ["甲县", "甲县", "甲县", "江东开发区", "甲县"],
        "所属乡镇": ["示例农场", "示例农场", "万禾镇", "东街道", ""],
    }
    made = make_places(rows("village", table), PLACES, register(), same_scheme=False)
    assert (len(made.frame), made.apart) == (1, 4)
    said = {
        (i.rule, i.value): i.message for i in made.issues.itertuples() if i.rule in {"W11", "W20"}
    }
    assert set(said) == {("W11", "示例农场"), ("W20", "东街道"), ("W20", "万禾镇"), ("W20", "")}
    assert "找不到县（市、区）“江东开发区”" in said["W20", "东街道"]
    assert "1 个村（社区）归到 429004001 东街道" in said["W20", "东街道"]
    assert "其 2 个村（社区）单列" in said["W11", "示例农场"]
    assert "相近名称：万和镇" in said["W20", "万禾镇"]


def test_an_old_name_that_was_followed_is_said_once():
    change = Change("更名", "万禾镇", "甲县", "万和镇", "甲县", None, "示例文件")
    towns = pd.DataFrame(TOWNSHIPS, columns=["code", "name", "county_code"]).set_index("code")
    names = Register({"county": COUNTIES, "township": towns}, history=History([change]))
    table = {
        "村代码": ["420121101201", "420121101202"],
        "村名": ["一村", "二村"],
        "所在县": ["甲县", "甲县"],
        "所属乡镇": ["万禾镇", "万禾镇"],
    }
    made = make_places(rows("village", table), PLACES, names, same_scheme=False)
    assert made.frame["township_code"].tolist() == ["420121101"] * 2
    assert [i.rule for i in made.issues.itertuples() if i.rule == "W19"] == ["W19"]


def test_a_shared_township_name_without_county_attaches_no_village():
    table = {"村代码": ["420121100201"], "村名": ["和平村"], "所属乡镇": ["城关镇"]}
    made = make_places(rows("village", table), PLACES, register(), same_scheme=False)
    assert (len(made.frame), made.apart) == (0, 1)


def test_table_rows_are_tied_by_code_and_name_or_county_and_name():
    layer = Layer("population", "table", ("p.csv",), "示例", level="township")
    table = {
        "乡镇代码": ["420121100", "", "420121100"],
        "乡镇": ["城关镇", "城关镇", "万和镇"],
        "所在县": ["甲县", "乙县", "甲县"],
        "常住人口": ["1", "2", "3"],
    }
    made = make_table(rows("population", table), layer, register(), same_scheme=True)
    assert made.frame["unit_code"].tolist() == ["420121100", "420122100"]
    assert made.aside == 1
    assert "E04" in [i.rule for i in made.issues.itertuples()]


def test_rows_in_are_rows_tied_and_rows_put_aside():
    layer = Layer("cemetery", "facilities", ("c.xlsx",), "示例", schema="cemetery")
    table = {
        "编号": ["1", "2", "2", "4", "5"],
        "名称": ["甲", "乙", "丙", "丁", "戊"],
        "所在县": ["甲县", "乙县", "乙县", "没有县", ""],
        "所在乡镇": ["万和镇", "城关镇", "城关镇", "", "城关镇"],
    }
    made = rows("cemetery", table)
    made.frame["x"] = made.frame["y"] = float("nan")
    tied = make_facilities(made, layer, register(), same_scheme=True)
    assert len(tied.frame) + tied.aside == 5
    assert tied.frame.index.tolist() == ["1"]
    rules = sorted(i.rule for i in tied.issues.itertuples() if i.severity == "error")
    assert rules == ["E05", "E06", "E12", "E12"]


NAMES = {
    "county": st.sampled_from(["甲县", "乙县", "丙市", "没有县", ""]),
    "township": st.sampled_from(["城关镇", "万和镇", "东街", "万禾镇", ""]),
    "township_code": st.sampled_from(["420121100", "420121101", "999999999", ""]),
}
NAMINGS = st.lists(st.fixed_dictionaries(NAMES), max_size=12)


@given(namings=NAMINGS, codes=st.booleans(), most=st.sampled_from([2**62, 30]))
def test_rows_looked_up_together_name_whom_each_names_alone(namings, codes, most):
    frame = pd.DataFrame(namings, columns=list(NAMES), dtype="str")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tied, "_MOST", most)  # few numbers for a key: they are given anew
        named = tied.look_up(frame, register(), codes=codes, level="township")
    alone = [register().look_up(Naming(**naming), codes=codes) for naming in namings]
    assert [named.of(i) for i in range(len(namings))] == alone
    assert named.codes("township").tolist() == [one.township for one in alone]
    assert named.mark(lambda one: one.wrong).tolist() == [one.wrong for one in alone]
    assert len(named.found) == len({tuple(sorted(naming.items())) for naming in namings})


def test_every_row_tells_its_county_also_one_put_aside():
    """A row that names no township, and one whose state is none, still go back to a county."""
    table = {
        "编号": ["1", "2", "3"],
        "名称": ["甲", "乙", "丙"],
        "所在县": ["甲县", "乙县", "丙市"],
        "所在乡镇": ["万和镇", "没有镇", "东街道"],
        "状态": ["运营", "运营", "不知"],
    }
    made = rows("cemetery", table)
    made.frame["x"] = made.frame["y"] = float("nan")
    layer = Layer("cemetery", "facilities", ("c.xlsx",), "示例", schema="cemetery")
    found = make_facilities(made, layer, register(), same_scheme=True)
    told = dict(zip(found.senders["row"], found.senders["county_code"], strict=True))
    assert (len(found.frame), found.aside) == (1, 2)
    assert told == {2: "420121", 3: "420122", 4: "429004"}


def test_a_row_without_an_id_is_named_by_where_it_stands():
    layer = Layer("cemetery", "facilities", ("c.xlsx",), "示例", schema="cemetery")
    made = rows("cemetery", {"编号": ["7", ""], "名称": ["甲", "乙"], "所在县": ["甲县", "甲县"]})
    made.frame["x"] = made.frame["y"] = float("nan")
    for sheet, second in (("", "cemetery:v.csv#3"), ("台账", "cemetery:v.csv/台账#3")):
        made.frame["sheet"] = sheet
        found = make_facilities(made, layer, register(), same_scheme=True)
        assert found.frame.index.tolist() == ["7", second]


MEND = "改为现行标准名称；旧名可写入 layers/changes.csv，别名可写入 layers/aliases.csv"
ONE = "只留现在的一行；不是同一个的请改编号"
CEMETERY = Layer("cemetery", "facilities", ("c.xlsx",), "示例", schema="cemetery")


def said(made) -> list[tuple[object, ...]]:
    """Every problem of a row, whole: the row's number off the message."""
    found = made.issues[made.issues["row"].notna()]
    told = found[["row", "column", "value", "rule", "severity", "message", "fix"]]
    return [
        (row, column, value, rule, severity, message.removeprefix(f"第{row}行 "), fix)
        for row, column, value, rule, severity, message, fix in told.itertuples(index=False)
    ]


def test_what_is_wrong_with_facilities_in_full():
    table = {
        "编号": ["1", "2", "2", "4", "5", "6", "1", "8", "8"],
        "名称": ["甲", "乙", "乙", "丁", "戊", "己", "庚", "辛", "壬"],
        "所在县": ["甲县", "乙县", "乙县", "没有县", "", "", "甲县", "甲县", "乙县"],
        "所在乡镇": ["万和镇", "城关镇", "城关镇", "", "城关镇", "", "没有镇", "万和镇", "城关镇"],
        "服务范围": ["全镇、周边", "", "", "", "", "", "城关镇", "", ""],
    }
    made = rows("cemetery", table)
    made.frame["x"] = made.frame["y"] = float("nan")
    found = make_facilities(made, CEMETERY, register(), same_scheme=True)
    assert (found.frame.index.tolist(), found.aside) == (["1", "2"], 7)
    columns = ["county_code", "township_code", "village_code", "served"]
    assert found.frame[columns].to_numpy().tolist() == [
        ["420121", "420121101", "", ("420121101",)], ["420122", "420122100", "", ()],
    ]  # fmt: skip
    assert said(found) == [
        (5, "所在县", "没有县", "E06", "error", "找不到县（市、区）“没有县”；相近名称：甲县、乙县", MEND),
        (6, "所在乡镇", "城关镇", "E05", "error", "“城关镇”有2个同名单位，无法确定是哪一个", "补填所在县（市、区）"),
        (8, "所在乡镇", "没有镇", "E06", "error", "在甲县找不到乡镇（街道）“没有镇”", MEND),
        (2, "服务范围", "全镇、周边", "W06", "warning",
         "服务范围“全镇、周边”中的“周边”未能识别为村、乡镇或县，不计入服务覆盖", "写标准名称，以顿号分隔；或写 全县、全镇"),
        (7, "名称", "己", "E17", "error", "既无坐标也无所在单元，无法定位", "补填坐标或所在县、乡镇"),
        (4, "编号", "2", "E12", "error", "编号2重复：v.csv 第3行、第4行内容相同，只计第一行", "删去重复行"),
        (9, "编号", "8", "E12", "error", "编号8重复：v.csv 第9行、第10行的公墓名称、所在县、所在乡镇不同，都不计入", ONE),
        (10, "编号", "8", "E12", "error", "编号8重复：v.csv 第9行、第10行的公墓名称、所在县、所在乡镇不同，都不计入", ONE),
    ]  # fmt: skip


def test_a_point_alone_is_place_enough():
    made = rows("cemetery", {"编号": ["1", "2"], "名称": ["甲", "乙"], "所在县": ["", ""]})
    made.frame["x"], made.frame["y"] = [114.0, float("nan")], [30.0, float("nan")]
    found = make_facilities(made, CEMETERY, register(), same_scheme=True)
    assert (found.frame.index.tolist(), found.aside) == (["1"], 1)


def test_what_is_wrong_with_tables_in_full():
    layer = Layer("population", "table", ("p.csv",), "示例", level="township")
    table = {
        "乡镇代码": ["420121100", "", "420121100", "", ""],
        "乡镇": ["城关镇", "城关镇", "万和镇", "", "没有镇"],
        "所在县": ["甲县", "乙县", "甲县", "甲县", "甲县"],
        "常住人口": ["1", "2", "3", "4", "5"],
    }
    found = make_table(rows("population", table), layer, register(), same_scheme=True)
    assert found.frame["unit_code"].tolist() == ["420121100", "420122100"]
    assert (found.aside, found.apart, len(found.senders)) == (3, 0, 5)
    both = "代码与名称须一致；两套代码（民政/统计）不可混用，请用 scheme 说明"
    assert said(found) == [
        (4, "乡镇代码", "420121100", "E04", "error", "代码420121100是“城关镇”，表中名称为“万和镇”", both),
        (6, "所在乡镇", "没有镇", "E06", "error", "在甲县找不到乡镇（街道）“没有镇”", MEND),
        (5, "名称", "", "E06", "error", "“”没有对应到乡镇（街道）", "补填代码，或县与名称"),
    ]  # fmt: skip
    other = make_table(rows("population", table), layer, register(), same_scheme=False)
    assert other.frame["unit_code"].tolist() == ["420121100", "420122100", "420121101"]


def test_what_is_wrong_with_places_in_full():
    table = {
        "村代码": ["420121450201", "420121450202", "420121101203", "420171001201", "420121101204",
                 "420121101205", "420121101205", "", "420121101206", "420121101207", "420121101207"],
        "村名": ["一村", "二村", "三村", "四村", "五村", "六村", "六村", "八村", "", "九村", "十村"],
        "所在县": ["甲县", "甲县", "甲县", "江东开发区", *["甲县"] * 7],
        "所属乡镇": ["示例农场", "示例农场", "万禾镇", "东街道", "", *["万和镇"] * 6],
    }  # fmt: skip
    found = make_places(rows("village", table), PLACES, register(), same_scheme=False)
    told = found.frame[["name", "county_code", "stated_township", "township_code", "kind"]]
    assert told.reset_index().to_numpy().tolist() == [
        ["420121101205", "六村", "420121", "万和镇", "420121101", "行政村"],
        ["420171001201", "四村", "429004", "东街道", "429004001", "行政村"],
    ]
    assert (found.aside, found.apart, len(found.senders)) == (5, 4, 11)
    fix = "核对归属；所在县应为法定的县（市、区）"
    zone = "要计入时，请把所属乡镇改为功能区所在的法定乡镇（街道）"
    whole = said(found)
    assert [one[:4] for one in whole[:5]] == [
        (9, "名称", "八村", "E02"), (10, "名称", "", "E02"), (8, "代码", "420121101205", "E12"),
        (11, "代码", "420121101207", "E12"), (12, "代码", "420121101207", "E12"),
    ]  # fmt: skip
    differ = "代码420121101207重复：v.csv 第11行、第12行的村名不同，都不计入"
    assert [one[5:] for one in whole[:5]] == [
        ("村（社区）“八村”缺少代码或名称", "补填"), ("村（社区）“”缺少代码或名称", "补填"),
        ("代码420121101205重复：v.csv 第7行、第8行内容相同，只计第一行", "删去重复行"),
        (differ, ONE), (differ, ONE),
    ]  # fmt: skip
    alone = "其 1 个村（社区）单列、不计入合计"
    assert whole[5:] == [
        (6, "所属乡镇", "", "W20", "warning", f"没有写所属乡镇；{alone}", MEND),
        (4, "所属乡镇", "万禾镇", "W20", "warning",
         f"在甲县找不到乡镇（街道）“万禾镇”；相近名称：万和镇；{alone}", MEND),
        (2, "所属乡镇", "示例农场", "W11", "warning",
         "甲县“示例农场”是功能区，其 2 个村（社区）单列、不计入合计", zone),
        (5, "所属乡镇", "东街道", "W20", "warning",
         "找不到县（市、区）“江东开发区”；“东街道”别处没有同名，1 个村（社区）归到 429004001 东街道", fix),
    ]  # fmt: skip


def test_what_is_wrong_with_boundaries_in_full():
    raw = polygons([("420121100", "城关镇"), ("420121101", "万和镇"), ("420199100", "孤镇")])
    raw.loc[0, "geometry"] = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    raw.loc[1, "geometry"] = None
    found = make_units(tidied(raw, "unit", "township"), LAYER, COUNTIES)
    assert said(found) == [
        (2, "名称", "万和镇", "W09", "error", "“万和镇”没有边界，只能按名称计算", "补充边界"),
        (1, "名称", "城关镇", "W09", "warning", "“城关镇”的边界自相交，已修正", "修正边界"),
        (3, "县代码", "420199", "E03", "error", "上级代码420199不在县级图层中", "核对县代码与 scheme"),
    ]  # fmt: skip
    assert found.frame.geometry.is_empty.tolist() == [False, True, False]
    assert found.frame["county"].tolist() == ["甲县", "甲县", ""]


def test_lines_and_points_are_no_units():
    raw = polygons([("420121100", "城关镇"), ("420121101", "万和镇")])
    raw.loc[1, "geometry"] = shapely.Point(1, 1)
    with pytest.raises(LayerError, match=r"t\.gpkg 第2行：单元图层应为面图层"):
        make_units(tidied(raw, "unit", "township"), LAYER, COUNTIES)


def test_a_layer_without_codes_or_names_is_refused():
    for heading, other in (("代码", "名称"), ("名称", "代码")):
        raw = polygons([("420121100", "城关镇")]).drop(columns=heading)
        with pytest.raises(LayerError, match=r"^\[township\] 没有“.+”列；可在 columns 中指明$"):
            make_units(tidied(raw, "unit", "township"), LAYER, COUNTIES)
        assert other in raw


def test_several_wrong_units_are_counted_where_they_are_refused():
    rows_of = [("420121101", "万和镇"), ("", "甲"), ("", "乙")]
    with pytest.raises(LayerError) as caught:
        units(rows_of)
    assert str(caught.value) == (
        "t.gpkg 第2行：乡镇（街道）图层 [township] 代码或名称为空（共 2 行）；分母会因此出错，请先改正"
    )
    with pytest.raises(LayerError, match=r"第1行：.*代码应为 9 位数字；分母"):
        units([("420121", "城关镇")])


def test_without_a_county_layer_parents_are_known_by_their_codes():
    found = units([("429004001", "东街道"), ("420121100", "城关镇")], None).frame
    columns = ["county_code", "prefecture_code", "province_code"]
    assert found[columns].to_numpy().tolist() == [
        ["420121", "420100", "420000"], ["429004", "429004", "420000"],
    ]  # fmt: skip
    county = Layer("county", "units", ("t.gpkg",), "示例", level="county", schema="unit")
    raw = polygons([("429004", "丙市"), ("420121", "甲县")])
    own = make_units(tidied(raw, "unit", "county"), county, None).frame
    assert own[["county_code", "county", "prefecture_code"]].to_numpy().tolist() == [
        ["420121", "甲县", "420100"], ["429004", "丙市", "429004"],
    ]  # fmt: skip
    assert own["prefecture"].tolist() == ["", "丙市"]  # run by the province: its own prefecture


def test_parents_that_no_file_names_are_named_by_the_shipped_list():
    rows_of = [("420525101", "甲镇"), ("429004001", "乙街道")]
    named = Layer("township", "units", ("t.gpkg",), "示例", level="township", schema="unit", scheme="MCA-2025")  # fmt: skip
    raw = polygons(rows_of)
    found = make_units(tidied(raw, "unit", "township"), named, None).frame
    columns = ["county", "prefecture", "province"]
    assert found[columns].to_numpy().tolist() == [
        ["远安县", "宜昌市", "湖北省"], ["仙桃市", "仙桃市", "湖北省"],
    ]  # fmt: skip
    own = pd.DataFrame({"county": ["自称县"]}, index=["420525"])
    kept = make_units(tidied(raw, "unit", "township"), named, own).frame
    assert kept["county"].tolist() == ["自称县", "仙桃市"]


def test_a_kind_that_is_stated_is_kept_and_a_blank_one_told_by_the_name():
    raw = polygons([("420121100", "城关街"), ("420121101", "万和镇")])
    raw["类型"] = ["街道", ""]
    found = make_units(tidied(raw, "unit", "township"), LAYER, COUNTIES).frame
    assert found["kind"].tolist() == ["街道", "镇"]
    table = {
        "村代码": ["420121101201"],
        "村名": ["和平农场"],
        "类别": ["类似村"],
        "所属乡镇": ["万和镇"],
        "所在县": ["甲县"],
    }
    places = make_places(rows("village", table), PLACES, register(), same_scheme=False).frame
    assert places["kind"].tolist() == ["类似村"]


def test_a_row_of_another_schemes_code_still_goes_back_to_a_county():
    """What a code of the sender's own list says is enough to know whom to send the row back to."""
    table = {
        "编号": ["1", "2"],
        "名称": ["甲", "乙"],
        "所在县": ["甲县", ""],
        "县代码": ["", "420122"],
    }
    made = rows("cemetery", table)
    assert made.aside.empty
    named = tied.look_up(made.frame, register(), codes=False, level="township")
    assert named.codes("county").tolist() == ["420121", ""]
    told = tied.senders_of(made, register(), named)
    assert dict(zip(told["row"], told["county_code"], strict=True)) == {2: "420121", 3: "420122"}


def test_namings_of_very_many_words_are_told_apart() -> None:
    """Six columns of 2,048 words make 2^66 numbers, and 512 · 2,048^5 is the 2^64 that is nought."""
    words = [str(n) for n in range(2_048)]
    columns = [pd.Series([*words, "512"]), *(pd.Series([*words, "0"]) for _ in range(5))]
    numbers, first = tied._same(columns, 2_049)
    assert numbers.tolist() == first.tolist() == list(range(2_049))
    again, seen = tied._same([column.iloc[[0, 3, 0, 3]] for column in columns], 4)
    assert (again.tolist(), seen.tolist()) == ([0, 1, 0, 1], [0, 1])
    none, one = tied._same([], 3)
    assert (none.tolist(), one.tolist()) == ([0, 0, 0], [0])


def test_a_level_asks_for_no_column_below_it() -> None:
    frame = pd.DataFrame({"county": [""], "township_code": ["420121100"]}, dtype="str")
    [county] = tied.look_up(frame, register(), codes=True, level="county").found
    [town] = tied.look_up(frame, register(), codes=True, level="township").found
    assert (county.county, county.township, town.township) == ("", "", "420121100")


def test_a_copy_of_a_sheet_counts_once_and_a_wrong_row_is_no_copy():
    raw = pd.DataFrame(
        {"公墓编号": ["1", "2", "3", "1", "2"], "公墓名称": ["甲公墓", "乙公墓", "丙公墓", "甲公墓", "乙公墓"],
         "所在县": ["甲县"] * 2 + ["无县"] + ["甲县"] * 2, "所在乡镇": ["城关镇", "万和镇", "无镇", "城关镇", "万和镇"]},
        dtype="str",
    )  # fmt: skip
    raw = raw.assign(file="v.xlsx", sheet=["一", "一", "一", "二", "二"], row=[2, 3, 4, 2, 3])
    tidy_rows = tidied(raw, "cemetery", "cemetery")
    tidy_rows.frame["x"] = tidy_rows.frame["y"] = float("nan")
    made = make_facilities(tidy_rows, CEMETERY, register(), same_scheme=True)
    assert made.frame["name"].tolist() == ["甲公墓", "乙公墓"]
    assert (made.frame["sheet"].tolist(), made.aside) == (["一", "一"], 3)
    twice = made.issues[made.issues["message"].str.contains("汇总或副本，只计一次")]
    assert twice[["sheet", "row", "rule"]].to_numpy().tolist() == [
        ["二", 2, "E12"],
        ["二", 3, "E12"],
    ]
