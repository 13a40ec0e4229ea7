"""Years of burial: what is free, who is given it, and what is said where it cannot be told."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from golden_cases import make_workspace
from hypothesis import given
from hypothesis import strategies as st

from hbgeo import history
from hbgeo.measure.assessment import Assessment
from hbgeo.measure.basis import Basis
from hbgeo.measure.burial_room import missing_area, missing_places
from hbgeo.measure.burials import Burials, _Columns, _said, find_burials
from hbgeo.measure.capacity import Free, Supply, _with_years, free_places, share_out
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.options import Options
from hbgeo.measure.pairs import Pairs, positions_among
from hbgeo.measure.serving import onto
from hbgeo.measure.snapshot_file import read_snapshot, snapshot_bytes
from hbgeo.measure.source import Source
from hbgeo.measure.trend import compare
from hbgeo.measure.two_dates import SUPPLIED
from hbgeo.read.cell.decimals import exact, whole_numbers
from hbgeo.read.indicator import Assumption, Indicator
from hbgeo.read.table import LayerTable
from hbgeo.show.excel.norms import norm_sheet
from hbgeo.workspace import Workspace

ASSUMED = 'deaths = { per_mille = 6, source = "示例" }, share = { pct = 50, source = "示例" }'
HEAD = "编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇 | 服务范围 | 墓穴总数 | 已使用"
WORLD: dict[str, Any] = {
    "assumptions": ASSUMED,
    "county": [{"code": "420525", "name": "远安县"}, {"code": "420526", "name": "兴山县"}],
    "township": [
        {"code": "420525101", "name": "示例甲镇"}, {"code": "420525102", "name": "示例乙镇"},
        {"code": "420526101", "name": "示例丙镇"}, {"code": "420526102", "name": "示例丁镇"},
    ],
    "population": "乡镇代码 | 乡镇名称 | 常住人口\n420525101 | 示例甲镇 | 10000\n"
    "420525102 | 示例乙镇 | 20000\n420526101 | 示例丙镇 | 10000\n420526102 | 示例丁镇 | 10000\n",
    "cemetery": f"{HEAD}\n"
    "G1 | 县公墓 | 公墓 | 公益性 | 县级 | 运营 | 2020-05-01 | 远安县 | 示例甲镇 | 全县 | 1000 | 0\n"
    "G2 | 乙公墓 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 远安县 | 示例乙镇 | | 2000 | 100\n"
    "G3 | 丙公墓 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 兴山县 | 示例丙镇 | | 900 | 0\n"
    "G4 | 丁公墓 | 公墓 | 公益性 | 乡镇级 | 在建 | | 兴山县 | 示例丁镇 | | 900 | 0\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return make_workspace(WORLD, tmp_path_factory.mktemp("capacity"))


def assess(workspace: Workspace, one: str = "burial-capacity@township", **asked: Any) -> Assessment:
    options = Options(workspace.catalog.as_of, **asked)
    [a] = workspace.assess([one], options=options)
    return a


def supplied(a: Assessment) -> dict[str, tuple[float, float]]:
    assert a.coverage is not None
    rows = a.coverage.units[["places", "deaths"]].round(6)
    return {code[-3:]: (p, d) for code, p, d in rows.itertuples(name=None)}


# ------------------------------------------------------------------ by value


def test_a_shared_cemetery_and_own_ones(world: Workspace) -> None:
    a = assess(world)
    assert a.coverage is not None
    units = a.coverage.units
    assert units["places"].tolist() == pytest.approx([1000 / 3, 2000 / 3 + 1900, 900, 0])
    assert units["deaths"].tolist() == [30, 60, 30, 30]
    assert units["covered"].tolist() == [0, 1, 1, 0]
    assert units["value"].tolist() == pytest.approx([100 / 9, 2566.6666667 / 60, 30, 0])
    assert (a.coverage.places, a.coverage.deaths) == (3800, 150)
    assert a.figure == Fraction(3800, 150)
    assert (a.met, a.short) == (False, 700)
    assert (
        "距 30 年缺 700 个穴位，约需 350–560 平方米（单人 0.5、合葬每穴 0.8 平方米）。"
        in a.basis_lines
    )
    assert "尚余穴位（格位）3,800 个，每年需 150 个，可用 25.33 年。" in a.basis_lines


def test_a_part_is_exact_to_the_last_place(world: Workspace) -> None:
    coverage = assess(world).coverage
    assert coverage is not None
    parts = {name: (p.places, p.deaths) for (_, name), p in coverage.by("county").items()}
    assert parts == {"远安县": (2900, 90), "兴山县": (900, 60)}
    inside = assess(world, within="420525").coverage
    assert inside is not None
    assert (inside.places, len(inside.units)) == (2900, 2)


def test_a_scenario_opens_what_is_being_built(world: Workspace) -> None:
    assert supplied(assess(world))["102"] == (0, 30)
    opened = assess(world, as_if=("G4",))
    assert opened.coverage is not None
    assert opened.coverage.units["covered"].tolist() == [0, 1, 1, 1]


def test_of_counties_each_place_is_there_once(world: Workspace) -> None:
    for one in ("burial-capacity", "burial-capacity@county-strict"):
        coverage = assess(world, one).coverage
        assert coverage is not None
        assert coverage.units["places"].tolist() == [2900, 900]
        assert coverage.units["deaths"].tolist() == [90, 60]
        assert coverage.units["covered"].tolist() == [1, 0]  # 32.2 years and 15


def test_people_may_be_weighed(world: Workspace) -> None:
    a = assess(world, weight="population")
    assert a.coverage is not None
    assert (a.coverage.share.covered, a.coverage.share.total) == (30000, 50000)
    assert a.figure == Fraction(3800, 150)


def test_policy_goes_before_the_catalogue(tmp_path: Path) -> None:
    policy = """
system = "funeral"
title = "本地"
[[indicator]]
id = "own-capacity"
name = "本县测算"
measure = "capacity"
units = "township"
layer = "cemetery"
where = { nature = ["公益性"] }
years = 20
unit = "年"
deaths = { per_mille = 12, source = "本县公报" }
source = "本县办法"
"""
    a = assess(make_workspace(WORLD | {"policy": policy}, tmp_path), "own-capacity")
    assert a.coverage is not None
    assert a.coverage.units["deaths"].tolist() == [60, 120, 60, 60]
    assert a.coverage.units["covered"].tolist() == [0, 1, 0, 0]  # 21.4 years of twenty, 15
    assert a.coverage.basis.assumed == ("死亡率：12‰（本县公报）", "公益性安葬占比：50%（示例）")


def test_the_sample_says_what_is_missing(sample: Workspace) -> None:
    for a in sample.assess(["burial-capacity", "burial-capacity@township-strict"]):
        assert a.status == "no-data"
        assert [m[:5] for m in a.missing] == ["死亡率（人", "公益性安葬"]


def test_no_columns_of_totals(tmp_path: Path) -> None:
    plain = "\n".join(line.rsplit("|", 2)[0] for line in WORLD["cemetery"].splitlines()) + "\n"
    a = assess(make_workspace(WORLD | {"cemetery": plain}, tmp_path))
    assert a.missing == ("公墓（cemetery）的列“墓穴总数”或“格位数”",)


def test_five_unknown_facilities_then_and_so_on(tmp_path: Path) -> None:
    rows = [f"U{n} | 某 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 兴山县 | 示例丁镇 | | 10 |"
            for n in range(6)]  # fmt: skip
    a = assess(make_workspace(WORLD | {"cemetery": WORLD["cemetery"] + "\n".join(rows)}, tmp_path))
    assert a.coverage is not None
    assert a.coverage.basis.unknown == tuple(f"U{n}" for n in range(6))
    assert a.coverage.basis.unweighted == ("420526102",)
    said = "余量不明（缺总数或已用数）、不计其穴位的设施 6 个：U0、U1、U2、U3、U4等。"
    assert said in a.basis_lines


@pytest.mark.parametrize(
    ("row", "right"),
    [
        ({"plots_total": 100, "plots_used": 30}, 70), ({"plots_total": 100}, None), ({}, None),
        ({"plots_total": 0}, 0), ({"plots_used": 0, "niches_total": 9, "niches_used": 2}, 7),
        ({"plots_used": 3, "niches_total": 9, "niches_used": 2}, None),
        ({"niches_total": 9}, None), ({"niches_total": 0}, 0), ({"niches_used": 4}, None),
        ({"plots_total": 5, "plots_used": 5, "niches_total": 9}, None),
        ({"plots_total": 10, "plots_used": 4, "double_plots": 10}, 12),
        ({"plots_total": 10, "plots_used": 4, "double_plots": 6}, 8),
        ({"plots_total": 10, "plots_used": 4, "double_plots": 6, "double_used": 0}, 12),
        ({"plots_total": 10, "plots_used": 10, "double_plots": 6}, 0),
        ({"plots_total": 10, "plots_used": 0, "double_plots": 6}, 16),
        ({"plots_total": 10, "plots_used": 11}, None), ({"double_plots": 4}, None),
        ({"plots_total": 10.5, "plots_used": 0.2}, 10.3),
        ({"plots_total": 10, "plots_used": 8, "double_plots": 8, "double_used": 2}, None),
        ({"plots_total": 10, "plots_used": 5, "double_plots": 6, "double_used": 0}, None),
        ({"plots_total": 10, "plots_used": 4, "double_plots": 6, "double_used": 5}, None),
        ({"plots_total": 10, "plots_used": 8, "double_plots": 8, "double_used": 6}, 4),
    ],
)  # fmt: skip
def test_free_places(row: dict[str, float], right: float | None) -> None:
    free = free_places(pd.DataFrame({k: [float(v)] for k, v in row.items()}, index=["G1"]))
    assert free.known.tolist() == [right is not None]
    assert Fraction(free.parts[0], free.per) == exact(right or 0)


@pytest.mark.parametrize(
    ("deaths", "places", "years", "lacking"),
    [("30", 3000, "100", 0), ("30", 3000, "101", 30), ("2.5", 10, "20.1", 41), ("0", 5, "20", 0)],
)
def test_places_missing_are_the_deaths_of_all_years_less_what_is_free(
    deaths: str, places: int, years: str, lacking: int
) -> None:
    coverage = cast("Coverage", SimpleNamespace(deaths=Fraction(deaths), places=Fraction(places)))
    assert missing_places(coverage, Decimal(years)) == lacking
    assert missing_area(lacking) == (Decimal(lacking) / 2, Decimal(lacking) * 4 / 5)


def test_a_column_of_texts_is_no_number() -> None:
    assert not free_places(pd.DataFrame({"plots_total": ["很多"]})).known.any()


def test_whole_numbers_are_the_decimals() -> None:
    parts, per = whole_numbers(np.array([0.1, 12.25, np.nan, 3]))
    assert (parts.tolist(), per) == ([10, 1225, 0, 300], 100)
    parts, per = whole_numbers(np.array([1e15, 0.123456789012345]))
    assert [Fraction(p, per) for p in parts] == [10**15, exact(0.123456789012345)]


# ------------------------------------------------------------------ laws


@st.composite
def supplies(draw: st.DrawFn) -> tuple[Pairs, pd.DataFrame, list[float]]:
    """Facilities, the units that each supplies, and those units' people."""
    units = draw(st.integers(1, 5))
    heads = st.one_of(st.integers(0, 9999).map(float), st.just(np.nan))
    people = draw(st.lists(heads, min_size=units, max_size=units))
    some = st.sets(st.integers(0, units - 1), max_size=units)
    sets = draw(st.lists(some, min_size=1, max_size=6))
    totals = [draw(st.integers(0, 5000)) for _ in sets]
    used = [draw(st.one_of(st.just(np.nan), st.integers(0, t).map(float))) for t in totals]
    pairs = sorted((u, f) for f, mine in enumerate(sets) for u in mine)
    unit, facility = (np.array([p[k] for p in pairs], dtype=np.int32) for k in (0, 1))
    frame = pd.DataFrame({"plots_total": np.array(totals, float), "plots_used": used})
    return Pairs(unit, facility, np.ones(len(pairs), np.int8)), frame, people


def shared(given_: tuple[Pairs, pd.DataFrame, list[float]]) -> tuple[Supply, Fraction, Fraction]:
    """What the units get, all of it, and all that stands somewhere."""
    pairs, frame, people = given_
    free = free_places(frame)
    supply = share_out(pairs, free, np.ones(len(frame), bool), np.array(people))
    got = sum((supply[u] for u in range(len(people))), Fraction())
    standing = ~supply.unplaced
    return supply, got, Fraction(int(free.parts[standing].sum()), free.per)


@given(supplies())
def test_no_place_is_lost_or_counted_twice(
    given_: tuple[Pairs, pd.DataFrame, list[float]],
) -> None:
    _, got, standing = shared(given_)
    assert got == standing


@given(supplies())
def test_of_own_units_and_of_all_that_are_served_the_sum_is_one(
    given_: tuple[Pairs, pd.DataFrame, list[float]],
) -> None:
    pairs, frame, _ = given_
    people = [7.0] * (int(pairs.unit.max(initial=0)) + 1)
    first = np.unique(pairs.facility, return_index=True)[1]
    own = Pairs(pairs.unit[first], pairs.facility[first], pairs.via[first])
    assert shared((own, frame, people))[1] == shared((pairs, frame, people))[1]


@given(st.integers(1, 10**7), st.integers(1, 10**6), st.integers(0, 10**6))
def test_years_fall_when_people_come_and_thirty_are_enough(
    people: int, more: int, places: int
) -> None:
    covered, years = one_town(people, places)
    covered_later, years_later = one_town(people + more, places)
    assert (covered == 1) == (years >= 30)
    assert years > years_later or places == 0
    assert covered >= covered_later


def one_town(people: int, places: int) -> tuple[float, Fraction]:
    """Whether a township with a cemetery of its own is covered, three of a thousand a year, and its years."""
    free = free_places(pd.DataFrame({"plots_total": [float(places)], "plots_used": [0.0]}))
    pairs = Pairs(np.zeros(1, np.int32), np.zeros(1, np.int32), np.ones(1, np.int8))
    supply = share_out(pairs, free, np.ones(1, bool), np.array([float(people)]))
    units = pd.DataFrame({"demand": [1.0], "covered": [1.0]}, index=["420525101"])
    burials = Burials(np.array([people * 3], dtype=object), 1000, np.ones(1, bool))
    served = Coverage("", "capacity", Basis(), units)
    made = _with_years(served, Fraction(30), np.zeros(1, np.intp), supply, burials)
    return float(made.units["covered"].iloc[0]), made.years_left or Fraction(0)


# ------------------------------------------------------------------ two dates


def taken(workspace: Workspace, day: str) -> Any:
    options = Options(pd.Timestamp(day).date())
    shot = history.take(
        workspace, workspace.measure(["burial-capacity@township"], options=options), options
    )
    return read_snapshot(snapshot_bytes(shot), "shot.parquet")


def test_two_dates(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    old = taken(make_workspace(WORLD, tmp_path / "a"), "2023-12-31")
    later = (
        WORLD["cemetery"].replace("在建 | |", "运营 | 2024-05-01 |").replace("900 | 0", "900 | 60")
    )
    new = taken(make_workspace(WORLD | {"cemetery": later}, tmp_path / "b"), "2024-12-31")
    trend = compare(old, new)
    [row] = trend.changes.to_dict("records")
    assert (row["old_covered"], row["new_covered"], row["change"], row["unit"]) == (2, 1, -1, "个")
    assert row["old_value"] == pytest.approx(3800 / 150)
    assert row["new_value"] == pytest.approx(4580 / 150)
    [gone] = trend.units.to_dict("records")
    assert (gone["code"], gone["reason"]) == ("420526101", SUPPLIED)


def test_a_snapshot_without_capacity_has_no_such_columns(world: Workspace) -> None:
    options = Options(world.catalog.as_of)
    shot = history.take(world, world.measure(["cemetery-township"], options=options), options)
    assert "places" not in shot.units
    assert "places" not in read_snapshot(snapshot_bytes(shot), "x").units


def test_two_towns_became_one(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    old = taken(make_workspace(WORLD, tmp_path / "a"), "2023-12-31")
    after = {
        **WORLD,
        "township": [
            *WORLD["township"][:2],
            {"code": "420526101", "name": "示例丙镇", "box": [111, 30, 112, 31]},
        ],
        "population": WORLD["population"].replace("420526102 | 示例丁镇 | 10000\n", "")
        .replace("示例丙镇 | 10000", "示例丙镇 | 20000"),
    }  # fmt: skip
    later = make_workspace(after, tmp_path / "b")
    (tmp_path / "b/layers/changes.csv").write_text(
        "变更类型,原名称,原所在县,现名称,现所在县,变更日期,依据\n"
        "撤并,示例丁镇,兴山县,示例丙镇,兴山县,2024-05-01,示例\n", "utf-8-sig",
    )  # fmt: skip
    later = Workspace.open(tmp_path / "b")
    new = taken(later, "2024-12-31")
    trend = compare(old, new, {"township": later.units("township")})
    told = {r["code"]: r["change"] for r in trend.units.to_dict("records")}
    assert told == {"420526101": "无法对照"}  # its boundary is another one
    [row] = trend.changes.to_dict("records")
    assert (row["unmatched"], row["change"], row["old_reported"]) == (1, 0, 50)
    assert row["old_value"] == row["new_value"] == pytest.approx(3800 / 150)


# ------------------------------------------------------------------ shown


def test_a_sheet_of_areas(world: Workspace) -> None:
    sheet = norm_sheet(assess(world), "可用年限", "")
    headings = [column.heading for column in sheet.columns]
    rows = {row[2]: dict(zip(headings, row, strict=True)) for row in sheet.rows}
    wanted = ("可用穴位（个）", "年需求（个）", "年限（年）", "缺口（个）")
    assert [rows["兴山县"][c] for c in wanted] == [900, 60, 15, 900]
    assert [rows["远安县"][c] for c in wanted] == [2900, 90, 32.22, 0]


@pytest.mark.parametrize(
    ("people", "doubt", "unplaced"),
    [
        ([100.0, 300.0], [False, False], [False]),
        ([100.0, np.nan], [False, True], [False]),  # its share cannot be told
        ([np.nan, np.nan], [True, True], [True]),
        ([0.0, 0.0], [True, True], [True]),
    ],
)
def test_who_cannot_be_told_its_share(
    people: list[float], doubt: list[bool], unplaced: list[bool]
) -> None:
    pairs = Pairs(np.array([0, 1], np.int32), np.array([0, 0], np.int32), np.ones(2, np.int8))
    supply = share_out(pairs, free(8.0), np.ones(1, bool), np.array(people))
    assert supply.doubt.tolist() == doubt
    assert supply.unplaced.tolist() == unplaced
    assert sum(supply[n] for n in range(2)) == (0 if unplaced[0] else 8)


@pytest.mark.parametrize("people", [100.0, np.nan, 0.0])
def test_what_supplies_one_unit_alone_is_all_its_own(people: float) -> None:
    pairs = Pairs(np.array([0], np.int32), np.array([0], np.int32), np.ones(1, np.int8))
    supply = share_out(pairs, free(8.0), np.ones(1, bool), np.array([people]))
    assert (supply[0], supply.doubt.tolist(), supply.unplaced.tolist()) == (8, [False], [False])


def free(plots: float) -> Free:
    """One facility with so many graves, none of them used."""
    return free_places(pd.DataFrame({"plots_total": [plots], "plots_used": [0.0]}))


class Kept:
    """A source that has a table of people, and nothing else."""

    def find_layer(self, _: str) -> LayerTable:
        return LayerTable("population", pd.DataFrame(), source="公报")


def test_of_units_that_are_not_there_no_deaths_are_told() -> None:
    nowhere = cast("Source", SimpleNamespace(find_units=lambda _: None))
    one = Indicator("x", None, "funeral", "", "示例", "capacity", "county", "cemetery", "")
    none = find_burials(one, nowhere, "county")
    assert (none.parts.tolist(), none.per, none.known.tolist()) == ([], 1, [])
    assert (none.parts.dtype, none.known.dtype) == (object, bool)


def test_pairs_of_all_units_are_renumbered_to_those_that_count() -> None:
    unit, facility = np.array([0, 1, 3, 3], np.int32), np.array([5, 6, 7, 8], np.int32)
    pairs = Pairs(unit, facility, np.array([1, 2, 1, 4], np.int8))
    kept = onto(pairs, positions_among(pd.Index(list("abcd")), pd.Index(["d", "b"])))
    assert (kept.unit.tolist(), kept.facility.tolist()) == ([1, 0, 0], [6, 7, 8])
    assert (kept.via.tolist(), kept.unit.dtype) == ([2, 1, 4], np.int32)


def test_where_each_number_of_deaths_and_shares_is_from() -> None:
    nothing = np.full(1200, np.nan)
    rate, dead = nothing.copy(), nothing.copy()
    rate[:1100], dead[1000:1101] = 6.5, 40
    guess = Assumption(Decimal("6.50"), "年鉴")
    rows = _Columns(np.ones(1200), rate, dead, nothing, {"deaths": guess, "share": guess})

    def said(key: str, rows: _Columns = rows) -> list[str]:
        return list(_said(rows, key, Kept(), "乡镇（街道）"))  # type: ignore[arg-type]

    assert said("deaths") == [
        "年死亡人数：人口表（公报），101 个乡镇（街道）", "死亡率：人口表（公报），1,000 个乡镇（街道）",
        "死亡率：6.50‰（年鉴），99 个乡镇（街道）",
    ]  # fmt: skip
    assert said("share") == ["公益性安葬占比：6.50%（年鉴）"]
    unsaid = replace(rows, share=np.full(1200, 60.0), assumed={"deaths": None, "share": guess})
    assert said("share", unsaid) == ["公益性安葬占比：人口表（公报），1,200 个乡镇（街道）"]
    assert said("deaths", unsaid) == said("deaths")[:2]
    assert rows.filled("deaths").tolist() == [6.5] * 1200
    assert rows.filled("share").tolist() == [6.5] * 1200
    assert np.isnan(unsaid.filled("deaths")).sum() == 100
    assert rows.counted.sum() == 101


@pytest.mark.parametrize(
    ("row", "unsure"),
    [
        ((10, 4, 6, None), True), ((10, 4, 6, 2), False), ((10, 0, 6, None), False),
        ((10, 10, 6, None), False), ((10, 4, 0, None), False), ((10, 4, 10, None), False),
        ((10, 1, 1, None), True), ((10, 9, 9, None), True), ((10, 11, 6, None), False),
        ((10, 4, None, None), False),
    ],
)  # fmt: skip
def test_what_is_free_is_unsure_only_where_both_kinds_of_plots_are_taken_in_part(
    row: tuple[float | None, ...], *, unsure: bool
) -> None:
    names = ("plots_total", "plots_used", "double_plots", "double_used")
    frame = pd.DataFrame({n: [np.nan if v is None else float(v)] for n, v in zip(names, row, strict=True)})  # fmt: skip
    assert free_places(frame).unsure.tolist() == [unsure]
