"""An earlier date carried to the later units: whatever became of a unit, no gain and no loss of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from golden_cases import make_workspace

from hbgeo import history
from hbgeo.errors import RequestError
from hbgeo.measure.bridge import SET_UP, WITHDRAWN
from hbgeo.measure.carry import NOT_COUNTED, _by_unit, _open_units, carried_served
from hbgeo.measure.options import Options
from hbgeo.measure.snapshot import Snapshot
from hbgeo.measure.snapshot_file import read_snapshot, snapshot_bytes
from hbgeo.measure.trend import Trend, compare
from hbgeo.workspace import Workspace

CHANGES = "变更类型,原名称,原所在县,现名称,现所在县,变更日期,依据\n"
COUNTY = [{"code": "420581", "name": "宜都市", "box": [110, 30, 112, 31]}]
A, B, C, D = (
    {"code": f"42058110{i}", "name": f"{n}溪镇", "box": [110 + i / 4, 30, 110.25 + i / 4, 31]}
    for i, n in enumerate("甲乙丙丁")
)
OLD_C = C | {"code": "420581202", "name": "丙溪乡"}
CEMETERIES = "编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇 | 所在村 | 经度 | 纬度 | 服务范围\n"
ONE = "cemetery-township"
Make = Callable[..., Workspace]


def cemetery(town: str, *, served: str = "", village: str = "", x: str = "", at: str = "G1",
             county: str = "宜都市", level: str = "乡镇级") -> str:  # fmt: skip
    y = "30.5111" if x else ""
    cells = [at, f"示例{at}", "公墓", "公益性", level, "运营", "2020-01-01", county, town, village]
    return " | ".join([*cells, x, y, served]) + "\n"


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def make_one(
        towns: Sequence[dict[str, Any]],
        rows: str | Sequence[str] = "",
        *,
        year: int = 2023,
        changes: str = "",
        county: Any = COUNTY,
        **more: Any,
    ) -> Workspace:
        folder = tmp_path / f"w{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        text = {"county": county, "township": list(towns), **more}
        if rows:
            text["cemetery"] = CEMETERIES + "".join(rows)
        text = {k: v for k, v in text.items() if v}
        made = make_workspace(text | {"as_of": date(year, 12, 31)}, folder)
        if changes:
            (folder / "layers" / "changes.csv").write_text(CHANGES + changes, "utf-8")
            return Workspace.open(folder)
        return made

    return make_one


def shot(workspace: Workspace, *names: str, **options: Any) -> Snapshot:
    asked = Options(as_of=workspace.catalog.as_of, **options)
    return history.take(workspace, workspace.measure(names or (ONE,), options=asked), asked)


def trend(old: Workspace, new: Workspace, *names: str) -> Trend:
    """The comparison, which two files of snapshots must give as well."""
    earlier, later = shot(old, *names), shot(new, *names)
    units = history.same_units(new, later)
    found = compare(earlier, later, units)
    kept = [read_snapshot(snapshot_bytes(s), "x") for s in (earlier, later)]
    again = compare(*kept, units)
    pd.testing.assert_frame_equal(found.changes, again.changes)
    pd.testing.assert_frame_equal(found.units, again.units)
    assert found.basis == again.basis
    return found


def told(found: Trend) -> list[tuple[str, str, str]]:
    return list(found.units[["code", "change", "reason"]].itertuples(index=False, name=None))


def moved(found: Trend) -> list[tuple[str, ...]]:
    columns = ["what", "code", "name", "was"]
    return list(found.boundaries[columns].itertuples(index=False, name=None))


ROW = "改制,丙溪乡,宜都市,丙溪镇,宜都市,2023-05-01,示例\n"


@pytest.mark.parametrize("written", ["丙溪镇", "丙溪乡"])
def test_a_township_that_turned_town_is_no_gain_by_name(make: Make, written: str) -> None:
    old = make([A, B, OLD_C, D], cemetery("丙溪乡"), year=2022)
    new = make([A, B, C, D], cemetery(written), changes=ROW)
    found = trend(old, new)
    assert (told(found), found.unchanged, len(found.changes)) == ([], 1, 0)
    assert moved(found) == [("改制", "420581102", "丙溪镇", "丙溪乡")]
    assert any("乡镇（街道）改制 1 个" in line for line in found.basis)


def test_the_earlier_table_of_changes_and_the_ground_itself_tell_as_well(make: Make) -> None:
    old = make([A, B, OLD_C, D], cemetery("丙溪乡"), year=2022, changes=ROW)
    plain = make([A, B, C, D], cemetery("丙溪镇"))
    assert told(trend(old, plain)) == []
    silent = make([A, B, OLD_C, D], cemetery("丙溪乡"), year=2022)
    found = trend(silent, plain)  # the very same boundary
    assert told(found) == []
    assert moved(found) == [("更名", "420581102", "丙溪镇", "丙溪乡")]


def test_two_snapshots_alone_tell_where_the_ground_is_the_same(make: Make) -> None:
    early = shot(make([A, B, OLD_C, D], cemetery("丙溪乡"), year=2022))
    late = shot(make([A, B, C, D], cemetery("丙溪镇"), changes=ROW))
    found = compare(early, late)  # no boundary layer at hand
    assert (told(found), found.unchanged) == ([], 1)
    gained = shot(
        make([A, B, C, D], [cemetery("丙溪镇"), cemetery("甲溪镇", at="G2")], changes=ROW)
    )
    assert told(compare(early, gained)) == [("420581100", "新增覆盖", "新增")]
    lost = shot(make([A, B, C, D], cemetery("甲溪镇", at="G2"), changes=ROW))
    [_, row] = compare(early, lost).units.to_dict("records")
    assert (row["code"], row["change"], row["facilities"]) == (
        "420581102",
        "失去覆盖",
        "示例G1（G1）",
    )


def test_a_closed_facility_of_a_renamed_township_is_still_a_loss(make: Make) -> None:
    old = make([A, B, OLD_C, D], [cemetery("丙溪乡"), cemetery("甲溪镇", at="G2")], year=2022)
    new = make([A, B, C, D], cemetery("甲溪镇", at="G2"), changes=ROW)
    found = trend(old, new)
    assert told(found) == [("420581102", "失去覆盖", "关闭")]
    [row] = found.changes.to_dict("records")
    assert (row["old_covered"], row["old_total"], row["new_covered"]) == (2, 4, 1)
    assert (row["gained"], row["lost"], row["unmatched"], row["old_reported"]) == (0, 1, 0, 50)


def test_a_township_merged_into_another_brings_its_facilities_by_name(make: Make) -> None:
    grown = A | {"box": [110, 30, 110.5, 31]}
    old = make([A, B, C, D], [cemetery("乙溪镇"), cemetery("丁溪镇", at="G2")], year=2022)
    rows = "撤并,乙溪镇,宜都市,甲溪镇,宜都市,2023-05-01,示例\n"
    for written in ("甲溪镇", "乙溪镇"):
        new = make([grown, C, D], [cemetery(written), cemetery("丁溪镇", at="G2")], changes=rows)
        found = trend(old, new)
        [row] = found.changes.to_dict("records")
        assert (row["old_covered"], row["old_total"], row["new_covered"]) == (2, 3, 2)
        assert told(found) == [("420581100", "边界调整", "边界调整")]
        assert ("撤并", "420581101", "乙溪镇", "") in moved(found)


def test_a_chain_of_changes_is_followed_by_their_dates(make: Make) -> None:
    last = C | {"code": "420581005", "name": "丙溪街道"}
    rows = (
        "改制,丙溪镇,宜都市,丙溪街道,宜都市,2023-09-01,示例\n"
        "更名,旧溪乡,宜都市,丙溪乡,宜都市,2023-01-05,示例\n"
        "改制,丙溪乡,宜都市,丙溪镇,宜都市,2023-05-01,示例\n"
    )
    old = make([A, B, OLD_C | {"name": "旧溪乡"}, D], cemetery("旧溪乡"), year=2022)
    new = make([A, B, last, D], cemetery("丙溪街道"), changes=rows)
    found = trend(old, new, ONE, "cemetery-township@rural-streets")
    assert told(found) == []
    assert moved(found) == [("改制", "420581005", "丙溪街道", "旧溪乡")]
    row = {r["indicator"]: r for r in found.changes.to_dict("records")}.get(ONE)
    assert row is None or (row["old_covered"], row["new_covered"], row["old_total"]) == (0, 0, 3)


def test_a_name_used_again_is_not_taken_for_the_earlier_one(make: Make) -> None:
    """丙溪镇 became 新溪镇 and 丁溪镇 became 丙溪镇: who named 丙溪镇 then is in 新溪镇 now."""
    rows = (
        "更名,丙溪镇,宜都市,新溪镇,宜都市,2023-03-01,示例\n"
        "更名,丁溪镇,宜都市,丙溪镇,宜都市,2023-05-01,示例\n"
    )
    old = make([A, B, C, D], cemetery("丙溪镇"), year=2022)
    new = make(
        [A, B, C | {"name": "新溪镇"}, D | {"name": "丙溪镇"}], cemetery("新溪镇"), changes=rows
    )
    found = trend(old, new)
    assert told(found) == []
    assert moved(found) == [
        ("更名", "420581102", "新溪镇", "丙溪镇"), ("更名", "420581103", "丙溪镇", "丁溪镇"),
    ]  # fmt: skip


HALF = D | {"box": [110.75, 30, 110.875, 31]}
E = {"code": "420581104", "name": "戊溪镇", "box": [110.875, 30, 111, 31]}


@pytest.mark.parametrize("kind", ["析置", "拆分", "新设"])
@pytest.mark.parametrize("dated", ["2023-05-01", ""])
def test_a_split_township_known_by_name_cannot_be_told(make: Make, kind: str, dated: str) -> None:
    rows = f"{kind},丁溪镇,宜都市,戊溪镇,宜都市,{dated},示例\n"
    old = make([A, B, C, D], cemetery("丁溪镇"), year=2022)
    new = make([A, B, C, HALF, E], cemetery("戊溪镇"), changes=rows)
    found = trend(old, new)
    assert told(found) == [("420581103", "无法对照", kind), ("420581104", "无法对照", kind)]
    assert found.units["facilities"].tolist() == ["示例G1（G1）", "示例G1（G1）"]
    [row] = found.changes.to_dict("records")
    assert (row["gained"], row["lost"], row["unmatched"], row["change"]) == (0, 0, 2, 0)
    assert (row["new_covered"], row["new_total"], row["old_reported"]) == (1, 5, 25)
    assert any(line.startswith("无法对照的单元 2 个：丁溪镇（420581103") for line in found.basis)
    assert (kind, "420581104", "戊溪镇", "丁溪镇") in moved(found)


def test_a_point_or_a_whole_service_area_tells_in_a_split_township(make: Make) -> None:
    rows = "析置,丁溪镇,宜都市,戊溪镇,宜都市,2023-05-01,示例\n"
    old = make([A, B, C, D], cemetery("丁溪镇", x="110.9111"), year=2022)
    new = make([A, B, C, HALF, E], cemetery("戊溪镇", x="110.9111"), changes=rows)
    found = trend(old, new)
    assert told(found) == [("420581103", "边界调整", "边界调整")]
    assert found.changes["old_covered"].tolist() == found.changes["new_covered"].tolist() == [1]
    broad = "cemetery-township@broad"
    old = make([A, B, C, D], cemetery("甲溪镇", served="丁溪镇"), year=2022)
    new = make([A, B, C, HALF, E], cemetery("甲溪镇", served="丁溪镇、戊溪镇"), changes=rows)
    found = trend(old, new, broad)
    assert told(found) == []  # both parts were served whole


def test_a_real_gain_in_a_split_township_without_any_row_is_one(make: Make) -> None:
    rows = "析置,丁溪镇,宜都市,戊溪镇,宜都市,2023-05-01,示例\n"
    old = make([A, B, C, D], cemetery("甲溪镇"), year=2022)
    new = make([A, B, C, HALF, E], [cemetery("甲溪镇"), cemetery("戊溪镇", at="G2")], changes=rows)
    assert told(trend(old, new)) == [("420581104", "新增覆盖", "新增")]


def test_a_unit_that_went_nowhere_is_named_and_its_rows_are_no_loss(make: Make) -> None:
    wide = C | {"box": [110.5, 30, 111, 31]}
    old = make([A, B, C, D], cemetery("丁溪镇"), year=2022)
    new = make([A, B, wide], cemetery("丙溪镇"))
    found = trend(old, new)
    assert told(found) == [("420581102", "无法对照", "撤销")]
    assert any("没有写明去向：丁溪镇（420581103）" in line for line in found.basis)


def test_a_township_that_changed_its_county_takes_its_rows_along(make: Make) -> None:
    counties = [
        {"code": "420581", "name": "宜都市", "box": [110, 30, 110.75, 31]},
        {"code": "420525", "name": "远安县", "box": [110.75, 30, 111, 31]},
    ]
    there = D | {"code": "420525103"}
    old = make([A, B, C, D], cemetery("丁溪镇"), year=2022)
    rows = "划转,丁溪镇,宜都市,丁溪镇,远安县,2023-05-01,示例\n"
    new = make([A, B, C, there], cemetery("丁溪镇", county="远安县"), changes=rows, county=counties)
    found = trend(old, new)
    assert told(found) == []
    assert ("划转", "420525103", "丁溪镇", "丁溪镇") in moved(found)


def test_a_county_that_turned_city_carries_townships_facts_and_populations(make: Make) -> None:
    county = [{"code": "420528", "name": "宜都县", "box": [110, 30, 112, 31]}]
    towns = [t | {"code": "420528" + t["code"][6:]} for t in (A, B)]
    facts = "所在县 | 事项 | 是否完成 | 完成时间 | 文号\n{} | 基本养老服务清单 | 是 | 2022-05-01 | 示例1号\n"
    ratio = "所在县 | 年份 | 城市低保标准 | 农村低保标准\n{} | {} | 800 | 600\n"
    names = (ONE, "elder-service-list", "assistance-ratio")
    old = make(
        towns, cemetery("乙溪镇", county="宜都县"), year=2022, county=county,
        **{"county-facts": facts.format("宜都县"), "assistance": ratio.format("宜都县", 2022)},
    )  # fmt: skip
    new = make(
        [A, B], cemetery("乙溪镇"), changes="改制,宜都县,,宜都市,,2023-05-01,示例\n",
        **{"county-facts": facts.format("宜都市"), "assistance": ratio.format("宜都市", 2023)},
    )  # fmt: skip
    found = trend(old, new, *names)
    assert (told(found), found.unchanged) == ([], 3)
    assert [row[:2] for row in moved(found)] == [
        ("改制", "420581"), ("代码变更", "420581100"), ("代码变更", "420581101"),
    ]  # fmt: skip


def merged(make: Make, before: Sequence[str], after: str) -> Trend:
    """A table's change where two counties became one: what both said, and what the one says."""
    counties = [
        {"code": "420581", "name": "宜都市", "box": [110, 30, 110.5, 31]},
        {"code": "420525", "name": "远安县", "box": [110.5, 30, 111, 31]},
    ]
    ratio = "所在县 | 年份 | 城市低保标准 | 农村低保标准\n"
    both = ratio + f"宜都市 | 2022 | {before[0]}\n远安县 | 2022 | {before[1]}\n"
    towns = [A, B, C | {"code": "420525102"}, D | {"code": "420525103"}]
    old = make(towns, year=2022, county=counties, assistance=both)
    rows = "撤并,远安县,,宜都市,,2023-05-01,示例\n"
    new = make([A, B, C, D], changes=rows, assistance=f"{ratio}宜都市 | 2023 | {after}\n")
    return trend(old, new, "assistance-ratio")


def test_two_counties_that_became_one_add_up_what_tables_say(make: Make) -> None:
    [row] = merged(make, ("800 | 600", "200 | 100"), "1000 | 750").changes.to_dict("records")
    assert (row["old_covered"], row["old_total"], row["old_reported"]) == (700, 1000, 70)
    assert (row["new_covered"], row["points"], row["change"]) == (750, 5.0, 50)


def test_what_two_counties_say_adds_up_in_decimals(make: Make) -> None:
    """0.1 + 0.2 of 0.4 is 0.3 of 0.4: in binary it would be a change of a hair."""
    found = merged(make, ("0.3 | 0.1", "0.1 | 0.2"), "0.4 | 0.3")
    assert (found.changes.empty, found.unchanged) == (True, 1)


def test_people_go_with_their_township(make: Make) -> None:
    grown = A | {"box": [110, 30, 110.5, 31]}
    people = "所在县 | 乡镇 | 年份 | 常住人口\n"
    old = make(
        [A, B, OLD_C], cemetery("丙溪乡"), year=2022,
        population=people + "宜都市|甲溪镇|2022|100\n宜都市|乙溪镇|2022|200\n宜都市|丙溪乡|2022|300\n",
    )  # fmt: skip
    new = make(
        [grown, C], cemetery("丙溪镇"),
        changes="撤并,乙溪镇,宜都市,甲溪镇,宜都市,2023-05-01,示例\n" + ROW,
        population=people + "宜都市|甲溪镇|2023|250\n宜都市|丙溪镇|2023|350\n",
    )  # fmt: skip
    early, late = shot(old, weight="population"), shot(new, weight="population")
    [row] = compare(early, late, history.same_units(new, late)).changes.to_dict("records")
    assert (row["old_covered"], row["old_total"]) == (300, 600)
    assert (row["new_covered"], row["new_total"], row["unit"]) == (350, 600, "人")
    assert (row["gained"], row["lost"]) == (0, 0)


VILLAGES = "代码 | 名称 | 类型 | 所在县 | 所属乡镇 | 经度 | 纬度\n"


def test_villages_follow_their_township_whose_codes_they_bear(make: Make) -> None:
    line = "{}00{} | {} | 行政村 | 宜都市 | {} | 110.6 | 30.5\n"
    before = [line.format("420581202", i, n, "丙溪乡") for i, n in ((1, "东村"), (2, "西村"))]
    after = [line.format("420581102", i, n, "丙溪镇") for i, n in ((1, "西村"), (2, "东村"))]
    signs = "编号 | 标志类型 | 状态 | 设置时间 | 所在县 | 所在乡镇 | 所在村\nB1 | 村牌 | 完好 | 2020-01-01 | 宜都市 | {} | 东村\n"
    old = make([OLD_C], year=2022, village=VILLAGES + "".join(before), sign=signs.format("丙溪乡"))
    new = make([C], changes=ROW, village=VILLAGES + "".join(after), sign=signs.format("丙溪镇"))
    found = trend(old, new, "sign-village")
    assert (told(found), found.unchanged) == ([], 1)
    assert [
        a.coverage.share.covered
        for w in (old, new)
        for a in w.assess(["sign-village"])
        if a.coverage
    ] == [1, 1]


def test_an_eligible_list_that_grew_is_no_gain_of_facilities(make: Make) -> None:
    listed = "所在县 | 乡镇 | 年份\n"
    homes = "编号 | 机构名称 | 设施类型 | 状态 | 启用时间 | 所在县 | 所在乡镇\nY1 | 示例 | 综合性社区养老服务机构 | 运营 | 2020-01-01 | 宜都市 | {}\n"
    old = make(
        [A, B, OLD_C], year=2022, eldercare=homes.format("丙溪乡"),
        **{"eligible-township": listed + "宜都市 | 丙溪乡 | 2022\n"},
    )  # fmt: skip
    more = listed + "宜都市 | 丙溪镇 | 2023\n宜都市 | 甲溪镇 | 2023\n"
    new = make(
        [A, B, C], changes=ROW, eldercare=homes.format("丙溪镇"), **{"eligible-township": more}
    )
    found = trend(old, new, "elder-township")
    assert told(found) == []
    assert found.unchanged == 1


def test_an_old_snapshot_without_what_came_later_is_still_read(make: Make) -> None:
    early = shot(make([A, B, OLD_C, D], cemetery("丙溪乡"), year=2022))
    late = shot(make([A, B, C, D], cemetery("丙溪镇"), changes=ROW))
    about = {k: v for k, v in early.about.items() if k != "changes"}
    bare = replace(early, about=about, units=early.units.drop(columns="township_code"))
    content = snapshot_bytes(replace(bare, units=early.units))
    assert told(compare(read_snapshot(content, "x"), late)) == []


def test_a_split_without_the_later_boundaries_is_refused(make: Make) -> None:
    rows = "析置,丁溪镇,宜都市,戊溪镇,宜都市,2023-05-01,示例\n"
    early = shot(make([A, B, C, D], cemetery("丁溪镇"), year=2022))
    late = shot(make([A, B, C, HALF, E], cemetery("戊溪镇"), changes=rows))
    with pytest.raises(RequestError, match=r"边界不同\（乡镇\（街道\）\），须有后一期的边界图层"):
        compare(early, late)


def between(old: Workspace, new: Workspace) -> Trend:
    """The comparison of two folders, as the command makes it."""
    return history.between(new, [str(old.root), str(new.root)])


def test_an_earlier_ledger_that_writes_the_later_name_is_no_gain(make: Make) -> None:
    old = make([A, B, OLD_C, D], cemetery("丙溪镇"), year=2022)
    new = make([A, B, C, D], cemetery("丙溪镇"), changes=ROW)
    assert old.layers.table("cemetery").issues["rule"].tolist() == ["E06"]
    found = between(old, new)
    assert [t for t in told(found) if t[1] != "边界调整"] == []
    assert found.unchanged == 11
    own = make([A, B, OLD_C, D], cemetery("丙溪镇"), year=2022, changes=ROW)
    [issue] = own.layers.table("cemetery").issues.to_dict("records")
    assert (issue["rule"], issue["severity"]) == ("W19", "warning")
    assert "“丙溪镇”是变更后的名称，区划图层中还是“丙溪乡”，按其计" in issue["message"]
    assert told(between(own, new)) == []


def test_a_later_name_of_two_merged_units_is_not_guessed_among_them(make: Make) -> None:
    rows = "".join(f"撤并,{n},宜都市,新溪镇,宜都市,2023-05-01,示例\n" for n in ("丙溪镇", "丁溪镇"))
    old = make([A, B, C, D], cemetery("新溪镇"), year=2022, changes=rows)
    [issue] = old.layers.table("cemetery").issues.to_dict("records")
    assert (issue["rule"], issue["severity"]) == ("E06", "error")
    assert "还是“丙溪镇、丁溪镇”，无法确定是哪一个" in issue["message"]


def test_a_service_area_may_write_the_old_name_at_either_date(make: Make) -> None:
    broad = "cemetery-township@broad"
    old = make([A, B, OLD_C, D], cemetery("甲溪镇", served="丙溪乡"), year=2022)
    for written in ("丙溪镇", "丙溪乡"):
        new = make([A, B, C, D], cemetery("甲溪镇", served=written), changes=ROW)
        assert told(trend(old, new, broad)) == []
        [a] = new.assess([broad])
        assert a.coverage is not None
        assert list(a.coverage.units.index[a.coverage.units["covered"] > 0]) == [
            "420581100", "420581102",
        ]  # fmt: skip


def test_a_shifted_border_does_not_make_a_counted_row_doubtful(make: Make) -> None:
    """Named and by its point in 丁溪镇 then; the border moved 10 km, the point is in 丙溪镇 now."""
    wide, narrow = C | {"box": [110.5, 30, 110.875, 31]}, D | {"box": [110.875, 30, 111, 31]}
    old = make([A, B, C, D], cemetery("丁溪镇", x="110.8111"), year=2022)
    new = make([A, B, wide, narrow], cemetery("丙溪镇", x="110.8111"))
    found = trend(old, new)
    assert told(found) == [
        ("420581102", "边界调整", "边界调整"), ("420581103", "边界调整", "边界调整"),
    ]  # fmt: skip
    [row] = found.changes.to_dict("records")
    assert (row["old_covered"], row["new_covered"], row["gained"], row["lost"]) == (1, 1, 0, 0)


def test_the_other_order_gives_the_other_signs(make: Make) -> None:
    old = make([A, B, OLD_C, D], [cemetery("丙溪乡"), cemetery("甲溪镇", at="G2")], year=2022)
    new = make([A, B, C, D], cemetery("丙溪镇"), changes=ROW)
    units = history.same_units(new, shot(new))
    there, back = compare(shot(old), shot(new), units), compare(shot(new), shot(old), units)
    assert told(there) == [("420581100", "失去覆盖", "关闭")]
    assert told(back) == [("420581100", "新增覆盖", "关闭")]


def test_a_row_in_doubt_stands_by_its_point_in_the_first_unit_too(make: Make) -> None:
    """Named and by its point in 乙溪镇 then; the border moved, the point is in 甲溪镇 now."""
    narrow, wide = A | {"box": [110, 30, 110.125, 31]}, B | {"box": [110.125, 30, 110.5, 31]}
    old = make([narrow, wide, C, D], cemetery("乙溪镇", x="110.1911"), year=2022)
    new = make([A, B, C, D], cemetery("甲溪镇", x="110.1911"))
    [row] = trend(old, new).changes.to_dict("records")
    assert (row["old_covered"], row["new_covered"], row["gained"], row["lost"]) == (1, 1, 0, 0)


class Carried(NamedTuple):
    """What became of the units of one level: those that live on, and those that are lost."""

    every: dict[str, tuple[str, ...]]
    lost: set[str]


def test_what_is_served_is_carried_level_by_level() -> None:
    heirs = {
        "township": Carried({"420525101": ("420525103", "420525104")}, {"420525102"}),
        "village": Carried({"420525101201": ("420525103201",)}, {"420525101202"}),
    }
    bridge = SimpleNamespace(heirs=heirs)
    served = [
        "4205",
        "420525",
        "420525101",
        "420525102",
        "420525101201",
        "420525101202",
        "420525103",
    ]
    assert carried_served(served, bridge) == (  # type: ignore[arg-type]
        "4205", "420525", "420525103", "420525104", "420525103201",
    )  # fmt: skip


def test_of_which_later_units_it_cannot_be_told_whether_they_were_covered() -> None:
    """甲 and 丙 were covered; 甲 was parted, 丙 and 乙 are lost; 4 is covered now."""
    links = pd.DataFrame(
        [("甲", "1", "析置", False), ("甲", "4", "析置", False), ("乙", "2", "拆分", False), ("甲", "3", "更名", True)],
        columns=["old", "new", "kind", "sure"],
    )  # fmt: skip
    heirs = SimpleNamespace(
        lost={"丙": ("2", "1", "9"), "乙": ("3",)}, links=pd.DataFrame({"new": ["1", "6"]})
    )
    reported = pd.DataFrame({"covered": [1.0, 0.0, 0.5]}, index=["甲", "乙", "丙"])
    units = pd.DataFrame({"covered": [None, 0.0, np.nan, 0.25, 0.0, 0.0]}, index=list("123456"))
    asked: list[list[str]] = []

    def reach_of(one: str, codes: pd.Index) -> dict[str, list[str]]:
        asked.append([one, *codes])
        return {"甲": ["a", "b"], "丙": ["b", "c"]}

    earlier = SimpleNamespace(reach_of=reach_of)
    found = _open_units("x", earlier, reported, units.astype(float), links, heirs)  # type: ignore[arg-type]
    assert found == {
        "1": ("析置", ["a", "b", "c"]), "2": (WITHDRAWN, ["b", "c"]),
        "5": (SET_UP, []), "6": (NOT_COUNTED, []),
    }  # fmt: skip
    assert asked == [["x", "甲", "丙", "丙"]]


def test_a_later_unit_has_what_its_earlier_ones_had() -> None:
    """甲 and 乙 became 1, 丙 is 2, 丁 was parted into 3 and 4, of 5 nothing is known."""
    links = pd.DataFrame(
        [("甲", "1", "", True), ("乙", "8", "", True), ("乙", "1", "", True), ("丙", "2", "", True), ("丁", "3", "析置", False),
         ("丁", "4", "析置", False), ("戊", "1", "", True), ("己", "6", "", True), ("甲", "9", "", True)],
        columns=["old", "new", "kind", "sure"],
    )  # fmt: skip
    heirs = SimpleNamespace(links=links, lost={}, origins={"1": ["甲", "乙"]})
    earlier = SimpleNamespace(reach_of=lambda *_: {"丁": ["d"]})
    reported = pd.DataFrame(
        {"demand": [1.0, 1.0, 1.0, 1.0], "covered": [0.0, 1.0, 0.0, 1.0], "value": [0.1, 0.2, 5.0, 7.0]},
        index=list("甲乙丙丁"),
    )  # fmt: skip

    def made(measure: str, rows: pd.DataFrame = reported) -> list[list[object]]:
        index = pd.Index(list("123456"))
        found = _by_unit("x", measure, earlier, index, heirs, rows)  # type: ignore[arg-type]
        assert found.units.columns.tolist() == ["demand", "covered", "value"]
        if measure == "flag":
            assert found.open == {
                "3": ("析置", ["d"]),
                "4": ("析置", ["d"]),
                "5": (SET_UP, []),
                "6": (NOT_COUNTED, []),
            }
            assert found.origins == {"1": ["甲", "乙"]}
        else:
            assert (found.open, found.origins, found.links) == ({}, {}, None)
        units = found.units.astype(object)
        return units.where(found.units.notna(), None).to_numpy().tolist()

    none = [None, None, None]
    assert made("flag") == [[1, 1, 0.3], [1, 0, 5], none, none, none, none]
    people = reported.assign(demand=[10.0, 20.0, 30.0, np.nan])
    assert made("flag", people) == [[30, 1, 0.3], [30, 0, 5], none, none, none, none]
    summed = made("sum", people)  # a unit that was parted goes to one of its parts
    assert summed == [[30, 1, 0.3], [30, 0, 5], [None, 1, 7], none, none, none]
    ratio = made("ratio", people.assign(demand=[10.0, 20.0, 0.0, 14.0]))
    assert ratio == [[30, 0.01, 0.3], [0, 0, 5], [14, 0.5, 7], none, none, none]
