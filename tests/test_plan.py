"""Plans: hand-worked worlds, every small world by brute force, and the file read back to its promise."""

from __future__ import annotations

import json
import random
import shutil
import tomllib
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
from golden_cases import FOLDER, make_workspace

from hbgeo.measure.planned import Plan
from hbgeo.measure.reach import by_radius
from hbgeo.plan.asking import Asked, read_asked
from hbgeo.plan.papers import layer_bytes, write_plan
from hbgeo.plan.planning import make_plan
from hbgeo.show.plan_words import proof_words, rate
from hbgeo.workspace import Workspace

ROOT = Path(__file__).parent.parent
CASES = tomllib.loads((FOLDER / "plan.toml").read_text("utf-8"))["case"]
Run = Callable[..., tuple[int, str, str]]
HEADS = "编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇\n"


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_case(case: dict[str, Any], tmp_path: Path) -> None:
    text = {k: v for k, v in case.items() if k not in {"asked", "expect", "name"}}
    workspace = make_workspace(text, tmp_path)
    assert found(plan_of(workspace, case), case["expect"]) == case["expect"]


def plan_of(workspace: Workspace, case: dict[str, Any]) -> Plan:
    from dataclasses import replace

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
    draw = random.Random(seed)
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
    n = random.Random(seed).randint(1, len(sites))
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
    need = Fraction(random.Random(seed + 1).randint(len(covered) + 1, len(reach)))
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


def marginal(plan: Plan, served: dict[str, set[int]], covered: set[int]) -> list[int]:
    gains, done = [], set(covered)
    for site in plan.sites:
        gains.append(len(served[site.id] - done))
        done |= served[site.id]
    return gains


# --- the file read back ----------------------------------------------------------------------------


def read_back(
    workspace: Workspace, made: Any, folder: Path, suffix: str, name: str, **option: Any
) -> tuple[Fraction, Fraction]:
    """Add the plan's file to its layer, and measure under the states or ids of a scenario."""
    from dataclasses import replace

    again = folder / f"再算{suffix}"
    shutil.copytree(workspace.root / "layers", again / "layers")
    entry = workspace.layers.entry(made.plan.assessment.indicator.layer)
    write_plan(workspace, made, again / "layers" / f"规划{suffix}", None)
    catalog = again / "layers" / "catalog.toml"
    [old] = entry.paths
    kind, text = f"[{entry.key}]", catalog.read_text("utf-8")
    before, _, after = text.partition(kind)
    lines = after.split("\n")
    at = next(k for k, line in enumerate(lines) if line.replace(" ", "").startswith("path="))
    lines[at] = f'path = ["{old}", "规划{suffix}"]'
    catalog.write_text(before + kind + "\n".join(lines), "utf-8")
    there = Workspace.open(again)
    [one] = there.assess([name], options=replace(there.options(), **option))
    assert one.coverage is not None
    return one.coverage.share.covered, one.coverage.share.total


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".geojson", ".gpkg", ".json", ".parquet"])
def test_the_file_of_the_sample_is_read_back_to_what_was_promised(
    suffix: str, sample: Workspace, tmp_path: Path
) -> None:
    made = make_plan(sample, "cemetery-township", sample.options(), Asked(to_target=True))
    back, ids = made.plan.read_back, tuple(site.id for site in made.plan.sites)
    assert back is not None
    states = tuple(back.status.split(","))
    got = read_back(sample, made, tmp_path / "a", suffix, "cemetery-township", status=states)
    assert got == (back.share.covered, back.share.total)
    got = read_back(sample, made, tmp_path / "b", suffix, "cemetery-township", as_if=ids)
    assert got == (made.plan.covered, made.plan.total)


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("elder-street", Asked(sites=9)),
        ("elder-community", Asked(sites=5)),
        ("cemetery-county", Asked(to_target=True)),
        ("cemetery-township@broad", Asked(sites=4, candidates="places")),
        ("burial-central-village", Asked(sites=6)),
        ("sign-village", Asked(sites=3)),
        ("cemetery-township", Asked(sites=6, candidates="grid:4000")),
    ],
)
def test_every_kind_of_ledger_reads_its_plan_back(
    name: str, asked: Asked, sample: Workspace, tmp_path: Path
) -> None:
    made = make_plan(sample, name, sample.options(), asked)
    back, ids = made.plan.read_back, tuple(site.id for site in made.plan.sites)
    assert back is not None
    states = tuple(back.status.split(","))
    got = read_back(sample, made, tmp_path / "a", ".xlsx", name, status=states)
    assert got == (back.share.covered, back.share.total)
    got = read_back(sample, made, tmp_path / "b", ".csv", name, as_if=ids)
    assert got == (made.plan.covered, made.plan.total)


@pytest.mark.parametrize("seed", range(12))
def test_the_file_of_a_made_up_world_is_read_back(seed: int, tmp_path: Path) -> None:
    world, served, _, covered = small_world(seed)
    (tmp_path / "w").mkdir()
    workspace = make_workspace(world, tmp_path / "w")
    if worth(sorted(served), served, covered) == covered:
        return
    name = "cemetery-township@broad"
    made = make_plan(workspace, name, workspace.options(), Asked(every=True, candidates="land"))
    assert made.plan.read_back is not None
    assert made.plan.read_back.share.covered == made.plan.covered  # no plans of the ledger's own
    got = read_back(workspace, made, tmp_path, ".csv", name, status=("运营", "规划"))
    assert got == (made.plan.covered, made.plan.total)
