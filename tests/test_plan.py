"""Plans: hand-worked worlds, every small world by brute force, and the file read back to its promise."""

from __future__ import annotations

import random
import shutil
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from golden_cases import FOLDER, make_workspace
from grids import write_grid

from hbgeo.measure.coverage import Share
from hbgeo.measure.planned import Plan
from hbgeo.measure.reach import by_radius
from hbgeo.plan.asking import Asked, read_asked
from hbgeo.plan.papers import write_plan
from hbgeo.plan.planning import Planned, make_plan
from hbgeo.show.plan_words import proof_words, rate
from hbgeo.workspace import Workspace

ROOT = Path(__file__).parent.parent
CASES = tomllib.loads((FOLDER / "plan.toml").read_text("utf-8"))["case"]
HEADS = "编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇\n"


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_case(case: dict[str, Any], tmp_path: Path) -> None:
    text = {k: v for k, v in case.items() if k not in {"asked", "expect", "name"}}
    workspace = make_workspace(text, tmp_path)
    assert found(plan_of(workspace, case), case["expect"]) == case["expect"]


def plan_of(workspace: Workspace, case: dict[str, Any]) -> Plan:
    asked = dict(case["asked"])
    asked["every"] = asked.pop("all", False)
    weight = case.get("options", {}).get("weight", "")
    options = replace(workspace.options(), weight=weight)
    return make_plan(workspace, case["indicator"], options, read_asked(**asked)).plan


def found(plan: Plan, wanted: dict[str, Any]) -> dict[str, Any]:
    """What came out, under the keys that a case expects."""
    back = plan.read_back
    made: dict[str, Any] = {
        "sites": [site.id for site in plan.sites],
        "gains": [site.gain for site in plan.sites],
        "people": [site.people for site in plan.sites],
        "before": plan.before.covered,
        "covered": plan.covered,
        "total": plan.total,
        "pct": rate(plan, plan.covered).rstrip("%"),
        "proven": plan.proven,
        "unneeded": plan.unneeded,
        "unreachable": list(plan.unreachable),
        "read_back": None if back is None else back.share.covered,
        "says": next((s for s in plan.lines if s == wanted.get("says")), "\n".join(plan.lines)),
    }
    return {k: made[k] for k in wanted}


# --- every small world by brute force -----------------------------------------------------------


def small_world(seed: int) -> tuple[dict[str, Any], dict[str, set[int]], list[int], set[int]]:
    """Townships in two counties, candidates that serve some of them, and who works already.

    Returns the layers, candidate → the townships it covers, people of each, those covered.
    """
    draw = random.Random(seed)  # noqa: S311
    many = draw.randint(4, 7)
    names = [f"示例{c}镇" for c in "甲乙丙丁戊己庚"[:many]]
    counties = [("420525", "远安县"), ("420528", "长阳县")]
    home = [draw.randint(0, 1) for _ in range(many)]
    home[0], home[1] = 0, 1
    codes = [f"{counties[h][0]}{101 + k}" for k, h in enumerate(home)]
    people = [draw.choice([1000, 2000, 2000, 5000, 7000]) for _ in range(many)]
    covered = {k for k in range(many) if draw.random() < 0.25}
    served: dict[str, set[int]] = {}
    rows = ["编号 | 名称 | 状态 | 所在县 | 所在乡镇 | 服务范围"]
    for n in range(draw.randint(3, 6)):
        own = draw.randrange(many)
        also = {k for k in range(many) if draw.random() < 0.3}
        words = "、".join(f"{counties[home[k]][1]}{names[k]}" for k in sorted(also))
        rows.append(
            f"L{n} | 示例地块{n} | 规划 | {counties[home[own]][1]} | {names[own]} | {words}"
        )
        served[f"L{n}"] = {own} | also
    cemeteries = [
        f"G{k} | 示例公墓{k} | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-01-01 | {counties[home[k]][1]} | {names[k]}"
        for k in sorted(covered)
    ] or [f"G9 | 示例馆 | 殡仪馆 | 公益性 | 乡镇级 | 运营 | 2020-01-01 | 远安县 | {names[0]}"]
    told = [
        f"{code} | {name} | {counties[h][1]} | 2023 | {p}"
        for code, name, h, p in zip(codes, names, home, people, strict=True)
    ]
    world = {
        "county": [
            {"code": "420525", "name": "远安县"},
            {"code": "420528", "name": "长阳土家族自治县"},
        ],
        "township": [{"code": c, "name": n} for c, n in sorted(zip(codes, names, strict=True))],
        "population": "\n".join(["乡镇代码 | 乡镇名称 | 所在县 | 年份 | 常住人口", *told, ""]),
        "land": "\n".join([*rows, ""]),
        "cemetery": HEADS + "\n".join([*cemeteries, ""]),
    }
    return world, served, people, covered


def worth(chosen: Sequence[str], served: dict[str, set[int]], covered: set[int]) -> set[int]:
    return covered.union(*(served[one] for one in chosen)) if chosen else set(covered)


@pytest.mark.parametrize("seed", range(40))
def test_plans_are_the_best_there_are_by_brute_force(seed: int, tmp_path: Path) -> None:
    world, served, people, covered = small_world(seed)
    workspace = make_workspace(world, tmp_path)
    sites, name = sorted(served), "cemetery-township@broad"
    every = [c for n in range(len(sites) + 1) for c in combinations(sites, n)]
    reach = worth(sites, served, covered)
    if reach == covered:
        return
    n = random.Random(seed).randint(1, len(sites))  # noqa: S311
    made = make_plan(workspace, name, workspace.options(), Asked(sites=n, candidates="land")).plan
    best = max(
        (len(worth(c, served, covered)), sum(people[k] for k in worth(c, served, covered)))
        for c in every
        if len(c) == n
    )
    got = worth([s.id for s in made.sites], served, covered)
    assert (made.covered, made.proven) == (best[0], "certificate")
    assert len(got) == best[0]
    assert made.bound == best[0]
    draw = random.Random(seed + 1)  # noqa: S311
    need = Fraction(draw.randint(len(covered) + 1, len(reach)))
    pct = Decimal(str(round(float(100 * need / len(people)) - 0.01, 4)))
    made = make_plan(workspace, name, workspace.options(), Asked(to=pct, candidates="land")).plan
    fits = [c for c in every if 100 * len(worth(c, served, covered)) >= Fraction(pct) * len(people)]
    fewest = min(map(len, fits))
    most = max(sum(people[k] for k in worth(c, served, covered)) for c in fits if len(c) == fewest)
    got = worth([s.id for s in made.sites], served, covered)
    assert len(made.sites) == fewest == made.bound
    assert sum(people[k] for k in got) == most
    assert [s.gain for s in made.sites] == marginal(made, served, covered)
    made = make_plan(
        workspace, name, workspace.options(), Asked(every=True, candidates="land")
    ).plan
    assert len(made.sites) == min(len(c) for c in every if worth(c, served, covered) == reach)
    assert len(made.unreachable) == len(people) - len(reach)


@pytest.mark.parametrize("seed", range(8))
def test_the_order_of_rows_does_not_matter(seed: int, tmp_path: Path) -> None:
    world, served, _, covered = small_world(seed)
    if worth(sorted(served), served, covered) == covered:
        return
    made = []
    for turn in (False, True):
        home = tmp_path / str(turn)
        home.mkdir()
        if turn:
            # boxes are laid out in the order of the rows: the names alone place everything here
            world = world | {"township": world["township"][::-1]}
            for key in ("land", "cemetery", "population"):
                head, *rows = world[key].strip().splitlines()
                world[key] = "\n".join([head, *rows[::-1], ""])
        workspace = make_workspace(world, home)
        asked = Asked(sites=2 if len(served) > 1 else 1, candidates="land")
        plan = make_plan(workspace, "cemetery-township@broad", workspace.options(), asked).plan
        made.append([(s.id, s.gain, s.people, s.loss) for s in plan.sites])
    assert made[0] == made[1]


@pytest.mark.parametrize("seed", range(12))
def test_what_a_refusal_costs_is_what_planning_anew_costs(seed: int, tmp_path: Path) -> None:
    world, served, people, covered = small_world(seed)
    workspace = make_workspace(world, tmp_path)
    reach = worth(sorted(served), served, covered)
    if reach == covered or len(served) < 3:
        return
    options = replace(workspace.options(), weight="population")
    asked = Asked(sites=2, candidates="land")
    plan = make_plan(workspace, "cemetery-township@broad", options, asked).plan
    for site in plan.sites:
        left = [one for one in served if one != site.id]
        best = max(sum(people[k] for k in worth(c, served, covered)) for c in combinations(left, 2))
        assert site.loss == plan.covered - best
        if worth(left, served, covered) != covered:
            again = replace(asked, refuse=(site.id,))
            anew = make_plan(workspace, "cemetery-township@broad", options, again).plan
            assert anew.covered == best


@pytest.mark.parametrize("seed", range(15))
def test_sites_that_can_take_only_so_much_serve_most(seed: int, tmp_path: Path) -> None:
    """Against every choice of sites, each worth its least cut: beds of some, people of the others' towns."""
    world, served, people, covered = small_world(seed)
    draw = random.Random(seed)  # noqa: S311
    beds = {one: draw.choice([500, 2500, 6000]) for one in served}
    head, *rows = world.pop("land").strip().splitlines()
    told = [f"{row} | {beds[row.split(' | ')[0]]}" for row in rows]
    world["eldercare"] = "\n".join([head.replace("编号", "机构编号") + " | 床位数", *told, ""])
    workspace = make_workspace(world, tmp_path)
    if worth(sorted(served), served, covered) == covered:
        return

    def most(chosen: Sequence[str]) -> int:
        cuts = [c for n in range(len(chosen) + 1) for c in combinations(chosen, n)]
        return min(
            sum(beds[one] for one in cut)
            + sum(
                people[k]
                for k in worth([c for c in chosen if c not in cut], served, covered) - covered
            )
            for cut in cuts
        )

    n = draw.randint(1, len(served))
    asked = Asked(sites=n, candidates="eldercare", supply="床位数")
    options = replace(workspace.options(), weight="population")
    plan = make_plan(workspace, "cemetery-township@broad", options, asked).plan
    best = max(most(chosen) for chosen in combinations(sorted(served), n))
    assert plan.covered - plan.before.covered == best == sum(site.gain for site in plan.sites)
    gains = [site.gain for site in plan.sites]
    assert gains == sorted(gains, reverse=True)
    assert plan.proven == "solver"


def marginal(plan: Plan, served: dict[str, set[int]], covered: set[int]) -> list[int]:
    gains, done = [], set(covered)
    for site in plan.sites:
        gains.append(len(served[site.id] - done))
        done |= served[site.id]
    return gains


# --- the file read back ----------------------------------------------------------------------------


def read_back(
    workspace: Workspace, made: Planned, folder: Path, suffix: str, name: str
) -> tuple[Share, Share]:
    """Add the plan's file to its layer, and measure with the states it names, and with its sites alone."""
    again = folder / f"再算{suffix}"
    shutil.copytree(workspace.root / "layers", again / "layers")
    entry = workspace.layers.entry(made.plan.assessment.indicator.layer)
    write_plan(workspace, replace(made, kept=None), again / "layers" / f"规划{suffix}", None)
    catalog = again / "layers" / "catalog.toml"
    [old] = entry.paths
    kind, text = f"[{entry.key}]", catalog.read_text("utf-8")
    before, _, after = text.partition(kind)
    lines = after.split("\n")
    at = next(k for k, line in enumerate(lines) if line.replace(" ", "").startswith("path="))
    lines[at] = f'path = ["{old}", "规划{suffix}"]'
    catalog.write_text(before + kind + "\n".join(lines), "utf-8")
    there, back = Workspace.open(again), made.plan.read_back
    assert back is not None
    ids = tuple(site.id for site in made.plan.sites)
    shares = []
    for how in ({"status": tuple(back.status.split(","))}, {"as_if": ids}):
        [one] = there.assess([name], options=replace(there.options(), **how))
        assert one.coverage is not None
        shares.append(one.coverage.share)
    return shares[0], shares[1]


def promised(plan: Plan) -> tuple[Share, Share]:
    assert plan.read_back is not None
    return plan.read_back.share, Share(plan.covered, plan.total)


@pytest.mark.parametrize(
    ("name", "asked", "suffix"),
    [
        ("cemetery-township", Asked(to_target=True), ".xlsx"),
        ("elder-street", Asked(sites=9), ".gpkg"),
        ("elder-community", Asked(sites=5), ".csv"),
        ("cemetery-county", Asked(to_target=True), ".geojson"),
        ("cemetery-township@broad", Asked(sites=4, candidates="places"), ".xlsx"),
        ("sign-village", Asked(sites=3), ".xlsx"),
        ("cemetery-township", Asked(sites=6, candidates="grid:4000"), ".csv"),
    ],
)
def test_every_kind_of_ledger_reads_its_plan_back_to_what_was_promised(
    name: str, asked: Asked, suffix: str, sample: Workspace, tmp_path: Path
) -> None:
    made = make_plan(sample, name, sample.options(), asked)
    assert read_back(sample, made, tmp_path, suffix, name) == promised(made.plan)


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".geojson", ".gpkg", ".json", ".parquet"])
@pytest.mark.parametrize("seed", range(3))
def test_the_file_of_a_made_up_world_is_read_back_in_every_format(
    seed: int, suffix: str, tmp_path: Path
) -> None:
    world, served, _, covered = small_world(seed)
    (tmp_path / "w").mkdir()
    workspace = make_workspace(world, tmp_path / "w")
    if worth(sorted(served), served, covered) == covered:
        return
    name = "cemetery-township@broad"
    made = make_plan(workspace, name, workspace.options(), Asked(every=True, candidates="land"))
    assert made.plan.read_back is not None
    assert made.plan.read_back.share.covered == made.plan.covered  # the ledger plans nothing itself
    assert read_back(workspace, made, tmp_path, suffix, name) == promised(made.plan)


def test_the_file_stands_in_an_entry_that_names_its_own_columns(tmp_path: Path) -> None:
    world, _, _, _ = small_world(1)
    (tmp_path / "w").mkdir()
    workspace = make_workspace(world, tmp_path / "w")
    layers = workspace.root / "layers"
    for old, new in (("公墓名称", "墓园"), ("性质", "什么墓"), ("编号", "号")):
        text = (layers / "cemetery.csv").read_text("utf-8-sig").replace(old, new, 1)
        (layers / "cemetery.csv").write_text(text, "utf-8-sig")
    catalog = layers / "catalog.toml"
    named = 'columns = { name = "墓园", nature = "什么墓", id = "号" }'
    text = catalog.read_text("utf-8").replace(
        'path = "cemetery.csv"', f'path = "cemetery.csv"\n{named}'
    )
    catalog.write_text(text, "utf-8")
    workspace = Workspace.open(workspace.root)
    name = "cemetery-township"
    made = make_plan(workspace, name, workspace.options(), Asked(every=True))
    for suffix in (".xlsx", ".csv"):
        assert read_back(workspace, made, tmp_path, suffix, name) == promised(made.plan)


def test_units_without_shapes_are_planned_by_name(tmp_path: Path) -> None:
    world, _, _, covered = small_world(5)
    world["township"] = [one | {"box": []} for one in world["township"]]
    (tmp_path / "w").mkdir()
    workspace = make_workspace(world, tmp_path / "w")
    name = "cemetery-township"
    made = make_plan(workspace, name, workspace.options(), Asked(every=True))
    assert len(made.plan.sites) == len(world["township"]) - len(covered)
    assert all(site.x != site.x for site in made.plan.sites)  # nobody knows where
    for suffix in (".xlsx", ".csv", ".geojson", ".gpkg", ".json"):
        assert read_back(workspace, made, tmp_path, suffix, name) == promised(made.plan)


def test_a_seat_outside_its_own_county_is_moved_inside_its_township(tmp_path: Path) -> None:
    world, _, _, _ = small_world(6)
    first = world["township"][0]
    county = "远安县" if first["code"].startswith("420525") else "长阳县"
    world["village"] = (
        "代码 | 村名 | 类别 | 所属乡镇 | 所在县 | 驻地 | 经度 | 纬度\n"
        f"{first['code']}201 | 示例一村 | 行政村 | {first['name']} | {county} | 是 | 113.5 | 30.5\n"
    )
    (tmp_path / "w").mkdir()
    workspace = make_workspace(world, tmp_path / "w")
    name = "cemetery-township"
    made = make_plan(workspace, name, workspace.options(), Asked(every=True))
    assert "1 个驻地点位在所属单元界线以外，改用单元内的代表点。" in made.plan.lines
    assert read_back(workspace, made, tmp_path, ".xlsx", name) == promised(made.plan)


def test_a_seat_that_was_moved_is_excluded_where_it_stands_at_last(tmp_path: Path) -> None:
    world, _, _, _ = small_world(6)
    first = world["township"][0]
    county = "远安县" if first["code"].startswith("420525") else "长阳县"
    world["village"] = (
        "代码 | 村名 | 类别 | 所属乡镇 | 所在县 | 驻地 | 经度 | 纬度\n"
        f"{first['code']}201 | 示例一村 | 行政村 | {first['name']} | {county} | 是 | 113.5 | 30.5\n"
    )
    workspace, name = make_workspace(world, tmp_path), "cemetery-township"
    one = make_plan(workspace, name, workspace.options(), Asked(every=True)).plan
    [moved] = [site for site in one.sites if site.id == f"GH{first['code']}"]
    for key, x in (("old", 113.5), ("new", moved.x)):
        ban = gpd.GeoDataFrame(geometry=[shapely.box(x - 0.01, 29, x + 0.01, 32)], crs="EPSG:4490")
        ban.assign(name="示例").to_file(tmp_path / "layers" / f"{key}.gpkg")
        catalog = tmp_path / "layers" / "catalog.toml"
        entry = f'\n\n[{key}]\nrole = "background"\npath = "{key}.gpkg"\nsource = "示例"'
        catalog.write_text(catalog.read_text("utf-8") + entry, "utf-8")
    again = Workspace.open(tmp_path)
    for key, stands in (("old", True), ("new", False)):
        asked = Asked(every=True, exclude=key)
        made = make_plan(again, name, again.options(), asked).plan
        assert (moved.id in [site.id for site in made.sites]) == stands


def test_an_indicator_of_nearness_is_planned_by_its_own_radius(tmp_path: Path) -> None:
    world, _, _, _ = small_world(7)
    world["policy"] = """
system = "funeral"
title  = "惠民殡葬一体化服务体系"
[[indicator]]
id       = "cemetery-near"
name     = "一公里内有公墓的村"
measure  = "reach"
radius_m = 1000
units    = "village"
layer    = "cemetery"
where    = { nature = ["公益性"] }
[[indicator.target]]
pct      = 50
source   = "示例"
"""
    town = world["township"][0]
    county = "远安县" if town["code"].startswith("420525") else "长阳县"
    rows = [
        f"{town['code']}20{k} | 示例{k}村 | 行政村 | {town['name']} | {county} | 110.1{k} | 30.5"
        for k in (1, 2, 4, 6)
    ]
    world["village"] = "代码 | 村名 | 类别 | 所属乡镇 | 所在县 | 经度 | 纬度\n" + "\n".join(
        [*rows, ""]
    )
    (tmp_path / "w").mkdir()
    workspace = make_workspace(world, tmp_path / "w")
    made = make_plan(
        workspace, "cemetery-near", workspace.options(), Asked(to_target=True, candidates="places")
    )
    assert (len(made.plan.sites), made.plan.covered, made.plan.total) == (1, 2, 4)
    assert read_back(workspace, made, tmp_path, ".csv", "cemetery-near") == promised(made.plan)


# --- near ------------------------------------------------------------------------------------------


def test_who_is_near_is_counted_as_by_radius_counts(sample: Workspace) -> None:
    """Existing facilities and the plan's sites, put to `by_radius` as facilities, reach as many."""
    name, radius = "cemetery-township", Decimal(4000)
    options = replace(sample.options(), within=sample.within("宜昌市"))
    plan = make_plan(sample, name, options, Asked(sites=5, within_m=radius)).plan
    measured = sample.measure([name], options=options)
    works = measured.qualified[name][["x", "y"]]
    sites = pd.DataFrame({"x": [s.x for s in plan.sites], "y": [s.y for s in plan.sites]})
    units = sample.units("village")
    [one] = measured.assessments
    assert one.coverage is not None
    mine = units[units["township_code"].isin(one.coverage.units.index)]
    for facilities, covered in (
        (works, plan.before.covered),
        (pd.concat([works, sites]), plan.covered),
    ):
        share = by_radius(mine, facilities.reset_index(drop=True), float(radius)).share
        assert (share.covered, share.total) == (covered, plan.total)


def test_the_people_of_villages_sum_to_those_of_their_townships(sample: Workspace) -> None:
    options = replace(sample.options(), weight="population", within=sample.within("远安县"))
    plan = make_plan(
        sample, "cemetery-township", options, Asked(sites=1, within_m=Decimal(3000))
    ).plan
    towns = sample.units("township")
    mine = towns[(towns["county_code"] == "420525") & towns["kind"].isin(["镇", "乡", "民族乡"])]
    assert plan.total == int(mine["population"].sum())


def test_people_in_cells_are_covered_where_they_live(tmp_path: Path) -> None:
    world, _, _, _ = small_world(3)
    workspace = make_workspace(world, tmp_path)
    values = np.zeros((10, 20), dtype=np.float32)
    values[5, 2], values[5, 3], values[4, 15] = 100.25, 50, 300
    write_grid(workspace.root / "layers" / "people.tif", values)
    catalog = workspace.root / "layers" / "catalog.toml"
    more = (
        '\n\n[population-grid]\nrole = "grid"\npath = "people.tif"\nsource = "示例"\nyear = 2023\n'
    )
    catalog.write_text(catalog.read_text("utf-8") + more, "utf-8")
    workspace = Workspace.open(tmp_path)
    asked = Asked(sites=1, within_m=Decimal(12000), grid=True, candidates="grid:5000")
    plan = make_plan(workspace, "cemetery-township", workspace.options(), asked).plan
    assert (plan.total, plan.before.covered, plan.counts) == (Fraction("450.25"), 0, "人")
    [site] = plan.sites
    assert site.gain == 300
    plan = make_plan(
        workspace, "cemetery-township", workspace.options(), replace(asked, sites=2)
    ).plan
    assert [s.gain for s in plan.sites] == [300, Fraction("150.25")]  # cells 9.6 km apart


# --- words -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proven", "gap", "model", "said"),
    [
        ("certificate", 0, "mclp", "已证明最优（附证书可核对）"),
        ("solver", 12, "mclp", "求解器称最优；自算距上界 12 个"),
        ("no", 12, "mclp", "未证明最优，距上界 12 个"),
        ("no", 1, "partial", "未证明最优，距下界 1 处"),
        ("no", None, "mclp", "未证明最优，上界未算出"),
    ],
)
def test_how_sure_a_plan_is_has_three_honest_words(
    proven: str, gap: int | None, model: str, said: str, tmp_path: Path
) -> None:
    workspace = make_workspace(small_world(0)[0], tmp_path)
    plan = make_plan(workspace, "cemetery-township", workspace.options(), Asked(sites=1)).plan
    made = replace(plan, proven=proven, model=model, gap=None if gap is None else Fraction(gap))
    assert proof_words(made, certificate=True) == said


def test_a_rate_is_never_rounded_up_to_what_is_to_be_reached(tmp_path: Path) -> None:
    workspace = make_workspace(small_world(0)[0], tmp_path)
    plan = make_plan(workspace, "cemetery-township", workspace.options(), Asked(sites=1)).plan
    made = replace(plan, aim=Decimal(35), before=Share(Fraction(0), Fraction(100_000)))
    assert rate(made, Fraction(34_999)) == "34.99%"
    assert rate(made, Fraction(35_000)) == "35.00%"


def test_the_certificate_names_demand_and_sites_by_their_ids(tmp_path: Path) -> None:
    workspace = make_workspace(small_world(2)[0], tmp_path)
    made = make_plan(workspace, "cemetery-township", workspace.options(), Asked(sites=1))
    proof = made.certificate()
    assert proof["sites"] == [site.id for site in made.plan.sites]
