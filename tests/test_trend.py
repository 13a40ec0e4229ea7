"""Two dates compared: known edits give exactly those gains, losses and reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from golden_cases import make_workspace
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.table import Table

from hbgeo import history
from hbgeo.errors import LayerError, RequestError
from hbgeo.measure.bridge import MOVED_COLUMNS
from hbgeo.measure.options import Options
from hbgeo.measure.rounding import points
from hbgeo.measure.snapshot import Snapshot
from hbgeo.measure.snapshot_file import read_snapshot, snapshot_bytes
from hbgeo.measure.trend import (
    CHANGE_COLUMNS,
    UNIT_COLUMNS,
    Trend,
    _figures,
    _less,
    _plain,
    compare,
    series,
)
from hbgeo.read.divisions.changes import Change
from hbgeo.show import terminal, words
from hbgeo.show.excel.report import change_sheet
from hbgeo.workspace import Workspace

COUNTY = [{"code": "420525", "name": "远安县"}]
TOWNS = [
    {"code": "420525101", "name": "示例甲镇"},
    {"code": "420525102", "name": "示例乙镇"},
    {"code": "420525103", "name": "示例丙镇"},
    {"code": "420525104", "name": "示例丁镇"},
]
HEAD = "编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 关闭时间 | 所在县 | 所在乡镇 | 经度 | 纬度 | 服务范围"
ROW = "{id} | {name} | 公墓 | 公益性 | 乡镇级 | {status} | 2015-05-01 | {closed} | 远安县 | {town} | {x} | {y} | {served}"
# four equal strips of one degree: 甲 110.00–110.25, 乙 –110.50, 丙 –110.75, 丁 –111.00
A = {"id": "G1", "name": "示例公墓一", "town": "", "x": "110.1111", "y": "30.5111"}
B = {"id": "G2", "name": "示例公墓二", "town": "", "x": "110.3333", "y": "30.5222"}
HOMES = "所在县 | 事项 | 是否完成 | 完成时间 | 数量\n远安县 | 特殊困难老年人居家适老化改造 | 是 | {1} | {0}\n"
Make = Callable[..., Workspace]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def make_one(
        rows: list[Mapping[str, str]],
        *,
        towns: list[dict[str, Any]] = TOWNS,
        year: int = 2023,
        **more: Any,
    ) -> Workspace:
        blank = {"status": "运营", "closed": "", "served": ""}
        ledger = "\n".join([HEAD, *[ROW.format(**(blank | dict(r))) for r in rows], ""])
        folder = tmp_path / f"w{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        text = {"county": COUNTY, "township": towns, "cemetery": ledger, **more}
        return make_workspace(text | {"as_of": date(year, 12, 31)}, folder)

    return make_one


def shot(workspace: Workspace, *names: str, year: int = 2023) -> Snapshot:
    options = Options(as_of=date(year, 12, 31))
    chosen = workspace.measure(names or ("cemetery-township", "elder-street"), options=options)
    return history.take(workspace, chosen, options)


def trend(old: Workspace, new: Workspace, *names: str) -> Trend:
    return compare(
        shot(old, *names, year=2022), shot(new, *names), history.same_units(new, shot(new, *names))
    )


def told(found: Trend) -> list[tuple[str, str, str]]:
    return list(found.units[["code", "change", "reason"]].itertuples(index=False, name=None))


def test_no_change_gives_an_empty_table(make: Make) -> None:
    found = trend(make([A, B], year=2022), make([A, B]))
    assert found.changes.empty
    assert found.units.empty
    assert found.boundaries.empty
    assert found.unchanged == 1
    assert list(found.changes.columns) == CHANGE_COLUMNS
    assert list(found.units.columns) == UNIT_COLUMNS
    assert list(found.boundaries.columns) == MOVED_COLUMNS


def test_a_new_facility_is_a_gain_and_in_points_not_percent(make: Make) -> None:
    found = trend(make([A], year=2022), make([A, B]))
    assert told(found) == [("420525102", "新增覆盖", "新增")]
    assert found.units["facilities"][0] == "示例公墓二（G2）"
    [row] = found.changes.to_dict("records")
    assert (row["old_covered"], row["new_covered"], row["change"]) == (1, 2, 1)
    assert (row["old_pct"], row["new_pct"], row["points"]) == (25, 50, 25.0)
    assert (row["gained"], row["lost"], row["boundary"]) == (1, 0, 0)
    assert found.unchanged == 0


def test_a_closed_facility_is_a_loss(make: Make) -> None:
    found = trend(
        make([A, B], year=2022), make([A, B | {"status": "关闭", "closed": "2023-05-01"}])
    )
    assert told(found) == [("420525102", "失去覆盖", "关闭")]


def test_a_moved_facility_is_a_loss_here_and_a_gain_there(make: Make) -> None:
    found = trend(make([A], year=2022), make([A | {"x": "110.8888"}]))
    assert told(found) == [
        ("420525101", "失去覆盖", "迁移"),
        ("420525104", "新增覆盖", "迁移"),
    ]
    assert found.changes.to_dict("records")[0]["change"] == 0


def test_a_wider_service_area_says_so(make: Make) -> None:
    old, new = make([A], year=2022), make([A | {"served": "示例甲镇、示例丙镇"}])
    found = trend(old, new, "cemetery-township@broad")
    assert told(found) == [("420525103", "新增覆盖", "服务范围变化")]


def test_another_township_in_the_ledger_says_so(make: Make) -> None:
    placeless = {"x": "", "y": ""}
    old = make([A | placeless | {"town": "示例甲镇"}], year=2022)
    found = trend(old, make([A | placeless | {"town": "示例丙镇"}]))
    assert told(found) == [
        ("420525101", "失去覆盖", "改属"),
        ("420525103", "新增覆盖", "改属"),
    ]


def test_a_boundary_that_moved_over_a_facility_is_no_gain(make: Make) -> None:
    wide = [dict(t) for t in TOWNS]
    edges = [110.0, 110.05, 110.5, 110.75, 111.0]
    for i, town in enumerate(wide):
        town["box"] = [edges[i], 30.0, edges[i + 1], 31.0]
    found = trend(make([A], year=2022), make([A], towns=wide))
    [row] = found.changes.to_dict("records")
    assert (row["old_covered"], row["new_covered"], row["change"]) == (1, 1, 0)
    assert (row["gained"], row["lost"], row["boundary"]) == (0, 0, 2)
    assert told(found) == [
        ("420525101", "边界调整", "边界调整"),
        ("420525102", "边界调整", "边界调整"),
    ]
    assert list(found.boundaries["what"]) == ["边界调整", "边界调整"]
    assert list(found.boundaries["code"]) == ["420525101", "420525102"]


def test_a_merged_township_is_listed_and_the_old_figure_restated(make: Make) -> None:
    merged = [dict(TOWNS[0], box=[110.0, 30.0, 110.5, 31.0]), *TOWNS[2:]]
    merged[1] = dict(merged[1], box=[110.5, 30.0, 110.75, 31.0])
    merged[2] = dict(merged[2], box=[110.75, 30.0, 111.0, 31.0])
    found = trend(make([A, B], year=2022), make([A, B], towns=merged))
    whats = list(found.boundaries[["what", "code"]].itertuples(index=False, name=None))
    assert whats == [("撤销", "420525102"), ("边界调整", "420525101")]
    row = found.changes.to_dict("records")
    assert row == [] or row[0]["old_total"] == 3
    assert any("撤销 1" in line for line in found.basis)


def test_a_renamed_township_is_listed(make: Make) -> None:
    renamed = [dict(TOWNS[0], name="新甲镇"), *TOWNS[1:]]
    found = trend(make([A], year=2022), make([A], towns=renamed))
    assert list(found.boundaries.itertuples(index=False, name=None)) == [
        ("township", "更名", "420525101", "新甲镇", "示例甲镇")
    ]
    assert found.changes.empty


def test_other_boundaries_without_the_later_ones_are_refused(make: Make) -> None:
    wide = [dict(t, box=[110.0 + i, 30.0, 111.0 + i, 31.0]) for i, t in enumerate(TOWNS)]
    old, new = shot(make([A], year=2022), year=2022), shot(make([A], towns=wide))
    with pytest.raises(RequestError, match="边界不同"):
        compare(old, new)


def test_swapped_arguments_flip_the_signs(make: Make) -> None:
    old = shot(make([A, B], year=2022), year=2022)
    new = shot(make([B, A | {"x": "110.8888"}, A | {"id": "G3", "x": "110.6666"}]))
    there, back = compare(old, new), compare(new, old)
    [a], [b] = there.changes.to_dict("records"), back.changes.to_dict("records")
    assert (a["change"], a["points"]) == (-b["change"], -b["points"]) == (1, 25.0)
    assert (a["gained"], a["lost"]) == (b["lost"], b["gained"]) == (2, 1)
    flip = {"新增覆盖": "失去覆盖", "失去覆盖": "新增覆盖"}
    assert list(there.units["change"].map(flip)) == list(back.units["change"])


def test_flags_and_amounts_are_compared_too(make: Make) -> None:
    head = "所在县 | 事项 | 是否完成 | 完成时间 | 数量 | 文号\n"
    done = "远安县 | 基本养老服务清单 | 是 | 2023-05-01 | | 示例1号\n"
    homes = "远安县 | 特殊困难老年人居家适老化改造 | 是 | 2023-12-01 | {} |\n"
    old = make([A], year=2022, **{"county-facts": head + homes.format(100)})
    new = make([A], **{"county-facts": head + done + homes.format(350)})
    names = ("elder-service-list", "home-adaptation")
    options = Options(as_of=date(2023, 12, 31))
    early = history.take(
        old, old.measure(names, options=options), Options(as_of=date(2022, 12, 31))
    )
    found = compare(early, shot(new, *names))
    rows = {r["indicator"]: r for r in found.changes.to_dict("records")}
    assert (rows["home-adaptation"]["change"], rows["home-adaptation"]["old_value"]) == (250, 100)
    assert rows["elder-service-list"]["points"] == 100.0
    assert told(found) == [("420525", "新增覆盖", "新增")]


def test_a_series_lists_each_date_as_reported(make: Make) -> None:
    shots = [shot(make([A, B]), year=2023), shot(make([A], year=2022), year=2022)]
    table = series(shots)
    assert list(table["as_of"]) == ["2022-12-31", "2023-12-31"]
    assert [float(v) for v in table["pct"]] == [25.0, 50.0]


def test_a_series_has_the_figures_of_amounts_and_shares(make: Make) -> None:
    facts = {"county-facts": HOMES.format(100, "2023-12-01")}
    table = series([shot(make([A, B], **facts), "cemetery-township", "home-adaptation")])
    rows = table.astype(object).where(table.notna(), None).to_numpy().tolist()
    assert rows == [
        ["cemetery-township", "乡镇公益性公墓覆盖率", "2023-12-31", 2, 4, 50, None],
        [
            "home-adaptation",
            "特殊困难老年人居家适老化改造户数",
            "2023-12-31",
            None,
            None,
            None,
            100,
        ],
    ]


def test_an_amount_that_fell_is_less_and_swapped_more(make: Make) -> None:
    shots = []
    for day, homes in ((date(2023, 6, 30), 350), (date(2023, 12, 31), 100)):
        workspace = make([A], **{"county-facts": HOMES.format(homes, "2023-03-01")})
        options = Options(as_of=day)
        chosen = workspace.measure(["home-adaptation"], options=options)
        shots.append(history.take(workspace, chosen, options))
    early, late = shots
    [row] = compare(early, late).changes.to_dict("records")
    assert (row["old_reported"], row["old_value"], row["new_value"]) == (350, 350, 100)
    assert (row["change"], row["measure"], row["level"]) == (-250, "sum", "county")
    assert (row["system"], row["gained"], row["lost"], row["boundary"]) == ("eldercare", 0, 0, 0)
    assert row["points"] is None or row["points"] != row["points"]
    [back] = compare(late, early).changes.to_dict("records")
    assert (back["old_value"], back["new_value"], back["change"]) == (100, 350, 250)
    assert back["old_reported"] == 100


def test_a_ratio_is_compared_in_points_and_lists_no_units(make: Make) -> None:
    ledger = "所在县 | 年份 | 城市低保标准 | 农村低保标准\n远安县 | {} | 800 | {}\n"
    old = make([A], year=2022, assistance=ledger.format(2022, 600))
    new = make([A], assistance=ledger.format(2023, 620))
    found = compare(shot(old, "assistance-ratio", year=2022), shot(new, "assistance-ratio"))
    [row] = found.changes.to_dict("records")
    assert (row["old_covered"], row["old_total"], row["old_pct"]) == (600, 800, 75)
    assert (row["new_covered"], row["new_pct"], row["points"]) == (620, 77.5, 2.5)
    assert (row["old_reported"], row["change"]) == (75, 20)
    assert found.units.empty
    assert found.unchanged == 0


def test_a_flag_taken_back_is_a_loss_without_a_facility(make: Make) -> None:
    head = "所在县 | 事项 | 是否完成 | 完成时间\n"
    row = "远安县 | 基本养老服务清单 | {} | 2022-05-01\n"
    old = make([A], year=2022, **{"county-facts": head + row.format("是")})
    new = make([A], **{"county-facts": head + row.format("否")})
    early, late = shot(old, "elder-service-list", year=2022), shot(new, "elder-service-list")
    found = compare(early, late)
    assert told(found) == [("420525", "失去覆盖", "撤销")]
    assert found.units["facilities"].tolist() == [""]


def test_several_facilities_are_named_with_each_reason_once(make: Make) -> None:
    more = [B, B | {"id": "G3", "name": "示例公墓三"}]
    found = trend(make([A], year=2022), make([A, *more]))
    assert told(found) == [("420525102", "新增覆盖", "新增")]
    assert found.units["facilities"].tolist() == ["示例公墓二（G2）、示例公墓三（G3）"]
    placed = B | {"x": "110.6666"}
    both = trend(make([A, B], year=2022), make([A, placed, placed | {"id": "G3"}]))
    assert told(both) == [
        ("420525102", "失去覆盖", "迁移"),
        ("420525103", "新增覆盖", "迁移、新增"),
    ]
    names = ["name", "county_code", "county", "prefecture"]
    assert both.units[names].to_numpy().tolist()[0] == ["示例乙镇", "420525", "远安县", "宜昌市"]


def test_units_of_several_indicators_stand_one_after_the_other(make: Make) -> None:
    names = ("cemetery-township", "cemetery-township@broad")
    found = trend(make([A], year=2022), make([A, B]), *names)
    assert found.units["indicator"].tolist() == list(names)
    assert found.units.index.tolist() == [0, 1]
    assert found.changes["indicator"].tolist() == list(names)


def test_a_point_written_a_metre_off_has_not_moved(make: Make) -> None:
    served = {"served": "示例丙镇", "town": "示例甲镇"}
    new = make([A | served | {"x": "110.111108"}])
    old = make([A | {"town": "示例甲镇"}], year=2022)
    found = trend(old, new, "cemetery-township")
    assert told(found) == [("420525103", "新增覆盖", "服务范围变化")]
    farther = trend(old, make([A | served | {"x": "110.11112"}]), "cemetery-township")
    assert told(farther) == [("420525103", "新增覆盖", "迁移")]


def test_the_basis_says_what_makes_two_dates_comparable(make: Make) -> None:
    plain = "按 2023-12-31 的单元和边界比较；增减以个计，比率之差以百分点计。"
    old, new = make([A], year=2022), make([A, B])
    assert trend(old, new).basis == (plain,)
    early, late = shot(old, year=2022), shot(new)
    wider = replace(late, about={**late.about, "scenario": ["另计状态 在建"], "policy": "别的"})
    assert compare(early, wider).basis == (
        plain, "两期所用政策文件不同。", "2023-12-31 为情景：另计状态 在建。",
    )  # fmt: skip
    assert compare(wider, early).basis[0] == plain
    assert not compare(early, late).sample
    assert compare(early, replace(late, about={**late.about, "sample": True})).sample
    assert (compare(early, late).old, compare(early, late).new) == (early.as_of, late.as_of)


def test_a_unit_set_up_between_two_dates_is_restated_on_the_later_ones(make: Make) -> None:
    new_town = {"code": "420525105", "name": "示例戊镇", "box": [111.0, 30.0, 111.25, 31.0]}
    towns = [dict(t, box=[110 + i / 4, 30.0, 110.25 + i / 4, 31.0]) for i, t in enumerate(TOWNS)]
    outside = A | {"id": "G5", "x": "111.1111"}
    found = trend(
        make([A, outside], towns=towns, year=2022), make([A, outside], towns=[*towns, new_town])
    )
    assert list(
        found.boundaries[["level", "what", "code", "name"]].itertuples(index=False, name=None)
    ) == [("township", "新设", "420525105", "示例戊镇")]
    moved = "2022-12-31 的设施和各行数据已按后一期的单元和边界重新归属。"
    assert f"两期单元不同：乡镇（街道）新设 1 个；{moved}" in found.basis
    assert told(found) == []  # the facility stood there before: no gain
    assert found.unchanged == 1


def test_points_round_half_away_from_zero() -> None:
    assert str(points(Fraction(1, 200))) == "0.01"
    assert str(points(Fraction(-1, 200))) == "-0.01"
    assert str(points(Fraction(1, 3))) == "0.33"


def test_a_snapshot_comes_back_as_it_was_and_byte_for_byte(make: Make) -> None:
    kept = shot(make([A, B | {"served": "全镇", "town": "示例乙镇"}]))
    content = snapshot_bytes(kept)
    again = read_snapshot(content, "x")
    assert snapshot_bytes(again) == content
    assert again.as_of == kept.as_of
    assert again.fingerprint == kept.fingerprint
    pd.testing.assert_frame_equal(again.units, kept.units, check_dtype=False)
    assert again.reach_of("cemetery-township") == kept.reach_of("cemetery-township")
    assert again.facilities_of("cemetery-township")["served"]["G2"] == ("420525102",)


def test_something_else_is_no_snapshot(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pd.DataFrame({"a": [1]}).to_parquet(path)
    for content in (path.read_bytes(), b"", b"PAR1"):
        with pytest.raises(LayerError, match="不是 hbgeo run 写出的快照"):
            read_snapshot(content, "x.parquet")


def test_a_run_is_kept_by_date_and_an_earlier_one_of_other_inputs_beside_it(make: Make) -> None:
    workspace = make([A])
    folder = workspace.root / "maps" / "snapshots"
    folder.mkdir(parents=True)
    (folder / history.file_name(shot(workspace))).write_bytes(snapshot_bytes(shot(workspace)))
    assert [p.name for p in folder.iterdir()] == ["2023-12-31.parquet"]
    assert history.replaced(folder, shot(workspace)) == {}
    before = (folder / "2023-12-31.parquet").read_bytes()
    ledger = workspace.root / "layers" / "cemetery.csv"
    ledger.write_text(
        ledger.read_text("utf-8-sig").replace("示例公墓一", "示例公墓九"), "utf-8-sig"
    )
    changed = Workspace.open(workspace.root)
    [(name, content)] = history.replaced(folder, shot(changed)).items()
    assert (name[:11], content) == ("2023-12-31-", before)


def test_a_date_a_file_and_a_folder_all_stand_for_a_snapshot(make: Make, tmp_path: Path) -> None:
    workspace = make([A])
    live, source = history.find(workspace, "2023-12-31")
    assert source is workspace
    path = tmp_path / "kept.parquet"
    path.write_bytes(snapshot_bytes(live))
    kept, nowhere = history.find(workspace, str(path))
    assert nowhere is None
    assert kept.fingerprint == live.fingerprint
    other, there = history.find(workspace, str(workspace.root))
    assert there is not None
    assert other.fingerprint == live.fingerprint
    with pytest.raises(RequestError, match="应为快照文件"):
        history.find(workspace, "去年")


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(0, 3), max_size=4), st.lists(st.integers(0, 3), max_size=4))
def test_the_change_is_gains_less_losses(make: Make, before: list[int], after: list[int]) -> None:
    def rows(at: list[int]) -> list[dict[str, str]]:
        return [A | {"id": f"G{i}", "x": f"{110.1234 + 0.25 * town}"} for i, town in enumerate(at)]

    found = trend(make(rows(before), year=2022), make(rows(after)))
    row = (found.changes.to_dict("records") or [{"change": 0, "gained": 0, "lost": 0}])[0]
    assert row["gained"] - row["lost"] == row["change"] == len(set(after)) - len(set(before))
    assert row["gained"] == len(set(after) - set(before))


HOMES_HELD = "编号 | 机构名称 | 设施类型 | 状态 | 启用时间 | 建成时间 | 提档升级时间 | 床位数 | 所在县 | 所在乡镇\n"
HOME = "{0} | 示例{0} | {1} | 运营 | {2} | {2} | {3} | {4} | 远安县 | 示例甲镇\n"
YEARLY = ("mutual-care-upgraded", "elder-beds-new", "elder-complex-new", "home-adaptation")
BEFORE = ("mutual-care-2022", "elder-complex-2022", "home-adaptation-2022")


@pytest.fixture
def yearly(make: Make) -> Workspace:
    """One ledger for both dates: 2 upgraded in 2022, 3 in 2023; 40 beds of 2023, 25 of 2022."""
    care, complexes = "农村互助照料中心", "街道(乡镇)养老服务综合体"
    days = ["2022-03-01", "2022-04-01", "2023-03-01", "2023-04-01", "2023-05-01"]
    rows = [HOME.format(f"Y{i}", care, "2015-01-01", day, "") for i, day in enumerate(days)]
    rows += [HOME.format("Z1", complexes, "2022-06-01", "", 25)]
    rows += [HOME.format("Z2", complexes, "2023-06-01", "", 40)]
    both = HOMES.format(100, "2022-12-01")
    both += "远安县 | 特殊困难老年人居家适老化改造 | 是 | 2023-12-01 | 350\n"
    return make([A], eldercare=HOMES_HELD + "".join(rows), **{"county-facts": both})


def test_a_year_that_had_not_begun_is_a_dash_or_the_figure_of_the_year_before(
    yearly: Workspace,
) -> None:
    names = (*YEARLY, *BEFORE)
    early, late = shot(yearly, *names, year=2022), shot(yearly, *names)
    found = compare(early, late)
    columns = ["indicator", "old_indicator", "old_reported", "old_value", "new_value", "change"]
    rows = found.changes[columns].astype(object).where(found.changes[columns].notna(), None)
    assert {tuple(r) for r in rows.itertuples(index=False, name=None)} == {
        ("mutual-care-upgraded", "mutual-care-2022", 2, 2, 3, 1),
        ("home-adaptation", "home-adaptation-2022", 100, 100, 350, 250),
        ("elder-beds-new", "", None, None, 40, None),
    }
    assert found.unchanged == 4  # 1 complex each year, and what 2022 was
    assert found.units.empty
    kept = "“农村互助照料中心年内提档升级数”的 2022-12-31 数为“2022年农村互助照料中心提档升级数”。"
    assert kept in found.basis
    dash = "2022-12-31 时“年内新增养老床位”所计的年度尚未开始，当期记“—”，不计增减。"
    assert dash in found.basis
    assert "增减以各指标的计量单位（张、个、户）计" in found.basis[0]


def test_the_other_order_puts_the_dash_on_the_other_side(yearly: Workspace) -> None:
    early, late = shot(yearly, *YEARLY, *BEFORE, year=2022), shot(yearly, *YEARLY, *BEFORE)
    rows = {r["indicator"]: r for r in compare(late, early).changes.to_dict("records")}
    beds = rows["elder-beds-new"]
    assert (beds["old_value"], beds["old_reported"]) == (40, 40)
    assert pd.isna(beds["new_value"])
    assert pd.isna(beds["change"])
    care = rows["mutual-care-upgraded"]
    assert (care["old_value"], care["new_value"], care["change"]) == (3, 2, -1)


def test_without_the_year_before_or_before_both_years_there_is_no_figure(yearly: Workspace) -> None:
    early, late = shot(yearly, *YEARLY, year=2022), shot(yearly, *YEARLY)
    found = compare(early, late)  # the earlier snapshot has nothing of 2022
    assert found.changes["old_indicator"].tolist() == ["", "", "", ""]
    assert found.changes["change"].isna().all()
    assert sorted(found.changes["new_value"]) == [1, 3, 40, 350]
    older = compare(shot(yearly, *YEARLY, *BEFORE, year=2020), early)
    assert older.changes.empty
    assert older.unchanged == 0


def test_an_old_snapshot_that_counted_the_year_as_nought_is_a_dash_too(
    yearly: Workspace, tmp_path: Path
) -> None:
    """Snapshots of before held 0 for it, and said nothing of years: the policy does."""
    names = ("elder-beds-new", "mutual-care-2022")
    late = shot(yearly, *names)
    about = dict(late.about["indicators"])
    for one in about:
        about[one] = {k: v for k, v in about[one].items() if k not in {"unit", "years", "earlier"}}
    then = replace(late, as_of=date(2022, 12, 31), about={**late.about, "indicators": about})
    nought = replace(then, units=then.units.assign(value=then.units["value"] * 0))
    path = tmp_path / "then.parquet"
    path.write_bytes(snapshot_bytes(nought))
    early, nowhere = history.find(yearly, str(path))
    assert nowhere is None
    rows = {r["indicator"]: r for r in compare(early, late).changes.to_dict("records")}
    assert rows["elder-beds-new"]["old_indicator"] == ""
    assert pd.isna(rows["elder-beds-new"]["change"])
    table = series([early, late]).set_index(["indicator", "as_of"])["value"]
    assert pd.isna(table["elder-beds-new", "2022-12-31"])
    assert table["elder-beds-new", "2023-12-31"] == 40


NORM = """
system = "other"
title = "示例"
[[indicator]]
id = "beds-per-1000"
name = "示例每千名老人床位"
measure = "ratio"
per = 1000
units = "township"
unit = "张/千人"
layer = "eldercare"
numerator = "beds"
denominator = { layer = "population", column = "population_60" }
"""
BEDS = """
编号 | 机构名称 | 机构类型 | 状态 | 启用时间 | 所在县 | 所在乡镇 | 床位数
Y1 | 示例一 | 养老机构 | 运营 | 2020-05-01 | 远安县 | 示例甲镇 | 90
Y2 | 示例二 | 养老机构 | 运营 | {opened} | 远安县 | 示例乙镇 | 60
"""
ELDERS = """
乡镇代码 | 乡镇名称 | 县名 | 年份 | 常住人口 | 60岁及以上
420525101 | 示例甲镇 | 远安县 | 2022 | 9000 | 2000
420525102 | 示例乙镇 | 远安县 | 2022 | 9000 | 1000
420525101 | 示例甲镇 | 远安县 | 2023 | 9000 | 2000
420525102 | 示例乙镇 | 远安县 | 2023 | 9000 | {later}
"""


def norm_shots(make: Make) -> tuple[Snapshot, Snapshot]:
    text = {"policy": NORM, "population": ELDERS.format(later=1750)}
    workspace = make([A], eldercare=BEDS.format(opened="2023-05-01"), **text)
    early, late = (shot(workspace, "beds-per-1000", year=year) for year in (2022, 2023))
    return early, late


def test_a_norm_is_compared_in_its_own_unit(make: Make) -> None:
    """90 of 3,000 are 30 a thousand, 150 of 3,750 are 40: ten more, and no percentage points."""
    early, late = norm_shots(make)
    [row] = compare(early, late).changes.to_dict("records")
    assert (row["old_value"], row["new_value"], row["change"], row["unit"]) == (
        30,
        40,
        10,
        "张/千人",
    )
    assert (row["old_covered"], row["old_total"], row["new_covered"], row["new_total"]) == (
        90, 3000, 150, 3750,
    )  # fmt: skip
    assert (row["old_reported"], row["old_pct"], row["new_pct"], row["points"]) == (
        30, None, None, None,
    )  # fmt: skip
    table = series([early, late])
    assert table["value"].tolist() == [30, 40]
    assert table["pct"].isna().all()
    [back] = compare(late, early).changes.to_dict("records")
    assert (back["old_value"], back["new_value"], back["change"]) == (40, 30, -10)


def test_a_norm_is_compared_on_the_later_units(make: Make) -> None:
    """甲 and 乙 became one: 90 beds and 3,000 elders are carried over to it."""
    early, _ = norm_shots(make)
    towns = [{"code": "420525105", "name": "示例新镇", "box": [110, 30, 110.5, 31]}, *TOWNS[2:]]
    towns[1:] = [
        t | {"box": [110.5 + 0.25 * n, 30, 110.75 + 0.25 * n, 31]} for n, t in enumerate(TOWNS[2:])
    ]
    beds = (
        BEDS.format(opened="2023-05-01")
        .replace("示例甲镇", "示例新镇")
        .replace("示例乙镇", "示例新镇")
    )
    elders = (
        "乡镇代码 | 乡镇名称 | 县名 | 年份 | 常住人口 | 60岁及以上\n"
        "420525105 | 示例新镇 | 远安县 | 2023 | 9000 | 3000\n"
    )
    workspace = make([], towns=towns, eldercare=beds, policy=NORM, population=elders)
    merged = [
        Change("撤并", town["name"], "远安县", "示例新镇", "远安县", date(2023, 6, 1), "示例")
        for town in TOWNS[:2]
    ]
    late = shot(workspace, "beds-per-1000")
    units = history.same_units(workspace, late)
    [row] = compare(early, late, units, changes=merged).changes.to_dict("records")
    assert (row["new_value"], row["new_covered"], row["new_total"]) == (50, 150, 3000)
    assert (row["old_covered"], row["old_total"], row["old_value"]) == (90, 3000, 30)
    assert (row["change"], row["points"]) == (20, None)


def test_units_of_a_level_that_only_one_date_measured_are_not_compared(make: Make) -> None:
    old, new = make([A], year=2022), make([A, B], **{"county-facts": HOMES.format(1, "2023-01-01")})
    found = compare(shot(old, year=2022), shot(new, "cemetery-township", "home-adaptation"))
    assert found.boundaries.empty
    assert told(found) == [("420525102", "新增覆盖", "新增")]
    assert found.changes["old_indicator"].tolist() == ["", "cemetery-township"]


def test_a_dash_stands_in_every_show_of_it(yearly: Workspace) -> None:
    early, late = shot(yearly, *YEARLY, *BEFORE, year=2022), shot(yearly, *YEARLY, *BEFORE)
    found = compare(early, late)
    [table, *_] = [t for t in terminal.changes(found) if isinstance(t, Table)]
    cells = [list(column.cells) for column in table.columns[:4]]
    beds = cells[0].index("年内新增养老床位")
    assert [column[beds] for column in cells[1:]] == ["—", "40", "—"]
    homes = cells[0].index("特殊困难老年人居家适老化改造户数")
    assert [column[homes] for column in cells[1:]] == ["100", "350", "+250 户"]
    sheet = change_sheet(found)
    heads = [c.heading for c in sheet.columns]
    row = dict(zip(heads, next(r for r in sheet.rows if r[-1] == "elder-beds-new"), strict=True))
    assert (row["上期原报"], row["上期数"], row["本期数"], row["增减"]) == ("—", "—", 40, "—")
    assert (row["计量单位"], row["无法对照"]) == ("张", 0)


def test_before_its_year_an_indicator_says_so_and_not_what_is_short(yearly: Workspace) -> None:
    [a] = yearly.assess(["elder-beds-new"], options=Options(as_of=date(2022, 12, 31)))
    assert (a.status, a.short, a.met, a.shown) == ("no-data", None, None, "—")
    assert words.verdict(a) == "2023 年尚未开始"
    assert words.lacking(a) == "年内新增养老床位：无法计算，缺少2023 年的数（该年尚未开始）"
    [half] = yearly.assess(["elder-beds-new"], options=Options(as_of=date(2023, 6, 30)))
    assert (half.status, half.short, words.verdict(half)) == ("measured", 9960, "差 9,960 张")
    assert "2023 年尚未结束，只计到 2023-06-30。" in half.basis_lines
    [whole] = yearly.assess(["elder-beds-new"])
    assert not [line for line in whole.basis_lines if "尚未" in line]
    [plan] = yearly.assess(["elder-complex-plan"])
    assert "2021–2025 年尚未结束，只计到 2023-12-31。" in plan.basis_lines


def test_a_flag_of_units_listed_only_later_is_known_from_the_table(make: Make) -> None:
    """兴山县 had the service before it was listed: its being listed is no gain of service."""
    two = [*COUNTY, {"code": "420526", "name": "兴山县"}]
    head = "所在县 | 事项 | 是否完成 | 完成时间\n"
    rows = "".join(
        f"{county} | {fact} | 是 | 2021-05-01\n"
        for county in ("远安县", "兴山县")
        for fact in ("农村福利院县级直管", "失能特困对象县级集中照护")
    )
    homes = "{} | 设有农村福利院 | 是 | {}\n"
    facts = rows + homes.format("远安县", "2021-01-01") + homes.format("兴山县", "2023-02-01")
    workspace = make([A], county=two, **{"county-facts": head + facts})
    early = shot(workspace, "county-central-care", year=2022)
    late = shot(workspace, "county-central-care")
    assert early.about["indicators"]["county-central-care"]["beyond"] == ["420526"]
    assert len(early.of("county-central-care")) == 1
    found = compare(early, late)
    assert (told(found), found.unchanged) == ([], 1)
    kept = {
        k: v for k, v in early.about["indicators"]["county-central-care"].items() if k != "beyond"
    }
    old = replace(early, about={**early.about, "indicators": {"county-central-care": kept}})
    found = compare(old, late)  # a snapshot of before does not say
    assert told(found) == [("420526", "无法对照", "上期未列入")]
    [row] = found.changes.to_dict("records")
    assert (row["gained"], row["lost"], row["change"], row["new_covered"]) == (0, 0, 0, 2)


def test_figures_of_shares_and_of_amounts_by_hand() -> None:
    units = pd.DataFrame(
        {"demand": [1.0, 3.0], "covered": [1.0, 0.5], "value": [0.1, 0.2]}, index=["a", "b"]
    )
    assert _figures({"measure": "presence"}, units) == {
        "covered": Fraction(5, 2), "total": Fraction(4), "pct": Fraction(125, 2), "value": None,
    }  # fmt: skip
    nothing = {"covered": None, "total": None, "pct": None}
    assert _figures({"measure": "sum"}, units) == nothing | {"value": Fraction(3, 10)}
    assert _figures({"measure": "sum"}, units, {"apart": 0.7}) == nothing | {"value": Fraction(1)}
    assert _figures({"measure": "sum"}, units, {}) == nothing | {"value": Fraction(3, 10)}


def test_whole_figures_are_whole_numbers() -> None:
    assert [repr(_plain(v)) for v in (None, Fraction(3), Fraction(3, 2), Fraction(-1, 4))] == [
        "None", "3", "1.5", "-0.25",
    ]  # fmt: skip
    assert _less(Fraction(1), Fraction(3)) == Fraction(-2)
    assert (_less(None, Fraction(3)), _less(Fraction(1), None)) == (None, None)


def test_of_approximate_boundaries_the_ledgers_name_wins_at_both_dates(make: Make) -> None:
    """G1 names 甲 and stands in 丁; 甲 and 乙 have another border, so the earlier row is placed anew."""
    edges = [110.0, 110.05, 110.5, 110.75, 111.0]
    wide = [dict(t, box=[edges[i], 30.0, edges[i + 1], 31.0]) for i, t in enumerate(TOWNS)]
    rows = [A | {"town": "示例甲镇", "x": "110.8888"}]
    old = make(rows, year=2022, approximate=["township"])
    new = make(rows, towns=wide, approximate=["township"])
    early, late = shot(old, year=2022), shot(new)
    found = history._compare(early, late, late, new)
    assert (told(found), found.unchanged, found.changes.empty) == ([], 1, True)
    exact = compare(early, late, history.same_units(new, late))  # by its point it stands in 丁
    assert {code for code, _, _ in told(exact)} == {"420525101", "420525104"}
