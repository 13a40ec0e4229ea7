"""Units that the code list has and a layer has not, and what the denominators would be."""

from __future__ import annotations

import pandas as pd
import pytest

from hbgeo.measure.check.lacking import _names, _region, check_lacking, check_villages

# two prefectures: 4201 with three counties, 4202 with two; and one county under the province
COUNTIES = {"420101": "甲区", "420102": "乙区", "420103": "丙县", "420201": "丁市", "420202": "戊县",
            "429001": "己市"}  # fmt: skip


def listed(level: str) -> pd.DataFrame:
    rows = []
    for code, name in COUNTIES.items():
        if level == "county":
            kind = {"区": "市辖区", "市": "县级市", "县": "县"}[name[-1]]
            rows.append((code, name, kind, code, name))
        else:
            rows += [
                (f"{code}{tail}", f"{name[0]}{what}", kind, code, name)
                for tail, what, kind in (
                    ("001", "街街道", "街道"), ("101", "东镇", "镇"), ("201", "西乡", "乡"),
                    ("401", "开发区", "功能区"),
                )
            ]  # fmt: skip
    columns = ["code", "name", "kind", "county_code", "county"]
    return pd.DataFrame(rows, columns=columns).set_index("code")


def layer(level: str, *without: str) -> pd.DataFrame:
    full = listed(level)
    kept = full[(full["kind"] != "功能区") & ~full.index.str.startswith(without or ("x",))]
    return kept.assign(file="界.gpkg")


def told(units: pd.DataFrame, level: str, counties: tuple[str, ...] = ()) -> list[str]:
    issues = check_lacking(units, "layer", level, listed(level), counties)
    assert {(i.rule, i.severity, i.row) for i in issues} <= {("W18", "warning", None)}
    return [i.message for i in issues]


def test_nothing_is_said_of_a_whole_layer_nor_of_zones() -> None:
    assert told(layer("county"), "county") == []
    assert told(layer("township"), "township") == []


def test_all_townships_of_a_county_of_the_county_layer() -> None:
    units = layer("township", "420102", "4202", "4290")
    assert told(units, "township", ("420102",)) == [
        "“乙区”（420102）的 3 个乡镇（街道）都不在图层中：乙街街道、乙东镇、乙西乡",
        "按区划表，乡镇（街道）应为 9 个，图层有 6 个，缺 3 个；其中乡镇（镇、乡、民族乡）应为 6 个，现为 4 个；街道应为 3 个，现为 2 个",
    ]


def test_a_county_in_no_file_is_missed_where_most_of_its_prefecture_is_there() -> None:
    said = told(layer("county", "420103", "4202", "4290"), "county")
    assert said == [
        "区划表中的县（市、区）“丙县”（420103）不在图层中，分母会少一个",
        "按区划表，县（市、区）应为 3 个，图层有 2 个，缺 1 个；其中县（市、林区）应为 1 个，现为 0 个",
    ]
    assert told(layer("township", "420102", "420103", "4202", "4290"), "township") == []


def test_a_whole_prefecture_is_missed_where_most_of_the_province_is_there() -> None:
    said = told(layer("county", "429001"), "county")
    assert said[0] == "区划表中的县（市、区）“己市”（429001）不在图层中，分母会少一个"
    assert said[-1].startswith("按区划表，县（市、区）应为 6 个，图层有 5 个")


def test_one_township_of_many() -> None:
    said = told(layer("township", "420101201", "4202", "4290"), "township")
    assert said == [
        "区划表中的乡镇（街道）“甲西乡”（420101201）不在图层中，分母会少一个",
        "按区划表，乡镇（街道）应为 9 个，图层有 8 个，缺 1 个；其中乡镇（镇、乡、民族乡）应为 6 个，现为 5 个",
    ]


def test_townships_without_a_village() -> None:
    towns = layer("township", "4202", "4290")
    villages = pd.DataFrame({"township_code": ["420101101", "420101001", "420101201", "420102001"]})
    first, second = check_villages(villages, "village", towns)
    assert first.message == "“乙区”有 2 个乡镇（街道）没有一个村：乙东镇、乙西乡；村级分母会偏小"
    assert (first.county_code, first.county, second.county) == ("420102", "乙区", "丙县")


def test_nothing_is_said_of_townships_that_all_have_a_village() -> None:
    towns = layer("township", "420102", "420103", "4202", "4290")
    villages = pd.DataFrame({"township_code": towns.index})
    assert check_villages(villages, "village", towns) == []


def test_what_is_said_of_townships_without_a_village_in_full() -> None:
    towns = layer("township", "420102", "420103", "4202", "4290")
    more = pd.DataFrame(
        {"name": [f"丁{n}镇" for n in range(3)], "county_code": "420101", "county": "甲区"},
        index=[f"42010130{n}" for n in range(3)],
    )
    [issue] = check_villages(
        pd.DataFrame({"township_code": ["420101001"]}), "village", pd.concat([towns, more])
    )
    assert issue.message == (
        "“甲区”有 5 个乡镇（街道）没有一个村：甲东镇、甲西乡、丁0镇、丁1镇、丁2镇；村级分母会偏小"
    )
    assert (issue.layer, issue.row, issue.column, issue.value) == (
        "village",
        None,
        "所在乡镇",
        "420101101",
    )
    assert (issue.rule, issue.severity, issue.fix) == ("W18", "warning", "补上这些乡镇的村")
    [issue] = check_villages(
        pd.DataFrame({"township_code": ["x"]}), "village", pd.concat([towns, more])
    )
    assert issue.message == (
        "“甲区”有 6 个乡镇（街道）没有一个村：甲街街道、甲东镇、甲西乡、丁0镇、丁1镇等 6 个；村级分母会偏小"
    )


def test_half_of_a_prefecture_is_not_most_of_it() -> None:
    """Of the two counties of 4202 one is there, and of the six of the province three."""
    assert told(layer("county", "420102", "420103", "420202"), "county") == []


def test_where_the_words_of_a_lacking_unit_stand() -> None:
    units = layer("township", "420101201", "4202", "4290")
    one, whole = check_lacking(units, "layer", "township", listed("township"))
    assert (one.layer, one.file, one.column, one.value) == ("layer", "界.gpkg", "代码", "420101201")
    assert one.fix == "补上该单元，或核对 scheme"
    assert (whole.value, whole.fix) == ("", "分母以补齐后的为准")
    lacking = check_lacking(
        layer("township", "420102", "4202", "4290"),
        "layer",
        "township",
        listed("township"),
        ("420102",),
    )
    assert (lacking[0].value, lacking[0].fix) == ("420102", "补上该县的乡镇边界，或核对 scheme")


def test_counties_are_told_by_code_and_one_or_two_townships_are_enough() -> None:
    """A county of one township lacks that one; of two it may lack all."""
    full = listed("township")[::-1]
    two = full[full.index.isin(["420101101", "420102001", "420102101"])]
    few = pd.concat([full[~full.index.str.startswith(("420101", "420102"))], two])
    units = few[few["county_code"] == "420103"].assign(file="界.gpkg")
    issues = check_lacking(units, "layer", "township", few, ("420101", "420102"))
    assert [i.message for i in issues[:-1]] == [
        "区划表中的乡镇（街道）“甲东镇”（420101101）不在图层中，分母会少一个",
        "“乙区”（420102）的 2 个乡镇（街道）都不在图层中：乙东镇、乙街街道",
    ]
    only = units[units["name"] == "丙东镇"]
    assert check_lacking(only, "layer", "township", few)[0].file == "界.gpkg"
    empty = check_villages(pd.DataFrame({"township_code": ["x"]}), "village", two)
    assert [i.message for i in empty] == [
        "“甲区”有 1 个乡镇（街道）没有一个村：甲东镇；村级分母会偏小",
        "“乙区”有 2 个乡镇（街道）没有一个村：乙东镇、乙街街道；村级分母会偏小",
    ]


def test_exactly_half_of_a_prefecture_is_not_most_of_it() -> None:
    """One of two counties of 4202 asks for no other; of the province three of six neither."""
    assert _region(set(COUNTIES), {"420201"}) == {"420201"}
    assert _region(set(COUNTIES), {"420101", "420201", "429001"}) == {"420101", "420201", "429001"}
    assert _region(set(COUNTIES), {"420101", "420102"}) == {"420101", "420102", "420103"}
    every = {"420101", "420102", "420201", "429001"}  # four of six: all of the province
    assert _region(set(COUNTIES), every) == set(COUNTIES)
    assert _region(set(COUNTIES), set()) == set()


@pytest.mark.parametrize(
    ("count", "said"), [(5, "一、二、三、四、五"), (6, "一、二、三、四、五等 6 个")]
)
def test_five_units_are_named(count: int, said: str) -> None:
    assert _names(pd.DataFrame({"name": list("一二三四五六")[:count]})) == said


def test_a_county_of_one_township_lacks_that_township() -> None:
    one = listed("township").loc[["420101001", "420102001", "420102101"]]
    units = one.loc[["420101001"]].assign(file="界.gpkg")
    both = check_lacking(units[:0], "layer", "township", one, ("420101", "420102"))
    assert [i.message.split("（")[0] for i in both[:2]] == ["区划表中的乡镇", "“乙区”"]
    assert (both[0].file, both[0].value, both[1].value) == ("", "420101001", "420102")
    [whole, rest] = check_lacking(units, "layer", "township", one, ("420102",))
    assert whole.message == "“乙区”（420102）的 2 个乡镇（街道）都不在图层中：乙街街道、乙东镇"
    assert (whole.file, whole.value, rest.value, rest.fix) == (
        "界.gpkg",
        "420102",
        "",
        "分母以补齐后的为准",
    )
