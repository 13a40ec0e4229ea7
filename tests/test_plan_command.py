"""`hbgeo plan` as a planner types it: tables, JSON, files, and one clear line for whatever cannot be."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
from golden_cases import make_workspace

from hbgeo.workspace import Workspace

Run = Callable[..., tuple[int, str, str]]
ONE = "cemetery-township"
POLICY = """
system = "funeral"
title  = "惠民殡葬一体化服务体系"
[[target]]
indicator = "cemetery-township"
pct       = 60
deadline  = 2028-12-31
source    = "示例规划"
"""
WORLD: dict[str, Any] = {
    "policy": POLICY,
    "as_of": "2025-12-31",
    "county": [
        {"code": "420525", "name": "远安县"},
        {"code": "420528", "name": "长阳土家族自治县"},
    ],
    "township": [
        *({"code": f"42052510{n}", "name": f"示例{c}镇"} for n, c in enumerate("甲乙", 1)),
        *({"code": f"42052810{n}", "name": f"示例{c}镇"} for n, c in enumerate("丙丁戊", 1)),
    ],
    "population": """
乡镇代码  | 乡镇名称 | 所在县 | 年份 | 常住人口
420525101 | 示例甲镇 | 远安县 | 2023 | 10000
420525102 | 示例乙镇 | 远安县 | 2023 | 20000
420528101 | 示例丙镇 | 长阳县 | 2023 | 30000
420528102 | 示例丁镇 | 长阳县 | 2023 | 40000
420528103 | 示例戊镇 | 长阳县 | 2023 | 50000
""",
    "village": """
代码         | 村名     | 类别   | 所属乡镇 | 所在县 | 驻地 | 经度  | 纬度
420525101201 | 示例一村 | 行政村 | 示例甲镇 | 远安县 | 是   | 110.2 | 30.5
420525102201 | 示例二村 | 行政村 | 示例乙镇 | 远安县 | 是   | 110.7 | 30.5
420528101201 | 示例三村 | 行政村 | 示例丙镇 | 长阳县 | 是   | 111.1 | 30.5
420528102201 | 示例四村 | 行政村 | 示例丁镇 | 长阳县 | 是   | 111.5 | 30.5
420528103201 | 示例五村 | 行政村 | 示例戊镇 | 长阳县 | 是   | 111.9 | 30.5
420528103202 | 示例六村 | 行政村 | 示例戊镇 | 长阳县 |      | 111.8 | 30.5
""",
    "cemetery": """
编号 | 公墓名称   | 类型 | 性质   | 级别   | 状态 | 启用时间   | 所在县 | 所在乡镇 | 经度 | 纬度
G1   | 示例公墓   | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 远安县 | 示例甲镇 | 110.2 | 30.5
G2   | 示例丁公墓 | 公墓 | 公益性 | 乡镇级 | 在建 |            | 长阳县 | 示例丁镇 | 111.5 | 30.5
""",
    "land": """
编号 | 名称     | 状态 | 所在县 | 所在乡镇 | 经度  | 纬度 | 容量
L1   | 示例地一 | 规划 | 长阳县 | 示例戊镇 | 111.9 | 30.5 | 100
L2   | 示例地二 | 规划 | 长阳县 | 示例丁镇 | 111.5 | 30.5 |
""",
    "eldercare": """
机构编号 | 机构名称 | 机构类型   | 状态 | 所在县 | 所在乡镇 | 床位数 | 经度  | 纬度
E1       | 示例院一 | 农村福利院 | 规划 | 长阳县 | 示例丙镇 | 25000  | 111.1 | 30.5
E2       | 示例院二 | 农村福利院 | 规划 | 长阳县 | 示例戊镇 | 40000  | 111.9 | 30.5
E3       | 示例院三 | 农村福利院 | 规划 | 长阳县 | 示例丁镇 |        | 111.5 | 30.5
""",
    "roads": """
道路名称 | 道路等级 | 设计速度 | 线
示例路 | 乡道 | 60 | 111.1 30.5, 111.5 30.5, 111.8 30.5, 111.9 30.5
""",
}


KEYS = {
    "indicator", "model", "sites", "covered", "total", "pct", "before", "bound", "gap", "solver_bound", "proven",
    "plans", "unreachable", "basis", "sample",
}  # fmt: skip
SITE_KEYS = {
    "order", "id", "name", "x", "y", "unit_code", "gain", "covered_after", "pct_after", "loss_if_refused", "loss_low",
    "loss_high", "replacement",
}  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    make_workspace(WORLD, tmp_path)
    layers = tmp_path / "layers"
    lake = gpd.GeoDataFrame(
        {"name": ["示例湖"]}, geometry=[shapely.box(111.7, 30.4, 112, 30.6)], crs="EPSG:4490"
    )
    lake.to_file(layers / "lake.gpkg")
    line = gpd.GeoDataFrame(
        {"name": ["示例河"]}, geometry=[shapely.LineString([(110, 30), (111, 31)])], crs="EPSG:4490"
    )
    line.to_file(layers / "river.gpkg")
    more = "".join(
        f'\n\n[{key}]\nrole = "background"\npath = "{key}.gpkg"\nsource = "示例"'
        for key in ("lake", "river")
    )
    catalog = layers / "catalog.toml"
    catalog.write_text(catalog.read_text("utf-8") + more, "utf-8")
    return tmp_path


def asked(run: Run, home: Path, *words: str) -> dict[str, Any]:
    """What a plan says as JSON."""
    code, out, err = run(home, "plan", ONE, *words, "--json")
    assert code == 0, err
    made: dict[str, Any] = json.loads(out)
    return made


def ids(made: dict[str, Any]) -> list[str]:
    return [site["id"] for site in made["sites"]]


def test_the_next_target_is_met_with_the_fewest_townships_and_most_people(
    home: Path, typed_in: Run
) -> None:
    made = asked(typed_in, home, "--to-target")
    assert ids(made) == ["GH420528103", "GH420528102"]  # 3 of 5 are 60 %
    assert (made["before"], made["covered"], made["total"], made["pct"]) == (1, 3, 5, 60)
    assert (made["model"], made["proven"], made["bound"], made["gap"]) == (
        "partial",
        "certificate",
        2,
        0,
    )
    assert [s["people"] for s in made["sites"]] == [50000, 40000]
    assert [s["pct_after"] for s in made["sites"]] == [40, 60]
    second = made["sites"][1]
    assert (second["loss_if_refused"], second["replacement"]) == (10000, "GH420528101")
    assert second["waiting"] == ["示例丁公墓（在建）"]
    areas = {a["county"]: (a["sites"], a["before"], a["after"]) for a in made["areas"]}
    assert areas == {"远安县": (0, 1, 1), "长阳土家族自治县": (2, 0, 2)}


def test_the_json_has_the_keys_that_others_rely_on(home: Path, typed_in: Run) -> None:
    made = asked(typed_in, home, "--sites", "2", "--plans", "3")
    assert made.keys() >= KEYS
    assert made["sites"][0].keys() >= SITE_KEYS
    assert len(made["plans"]) == 3
    assert {"sites", "covered", "pct", "bound", "proven"} <= made["plans"][0].keys()
    assert sorted(made["plans"][0]["sites"]) == sorted(ids(made))
    assert len({tuple(p["sites"]) for p in made["plans"]}) == 3


def test_three_are_refused_and_the_plan_is_made_anew(home: Path, typed_in: Run) -> None:
    made = asked(typed_in, home, "--sites", "1", "--refuse", "示例戊镇，420528102、GH420528101")
    assert ids(made) == ["GH420525102"]


def test_a_fixed_site_is_in_the_plan(home: Path, typed_in: Run) -> None:
    made = asked(typed_in, home, "--sites", "2", "--fix", "示例乙镇")
    assert ids(made) == ["GH420528103", "GH420525102"]
    assert [s["fixed"] for s in made["sites"]] == [False, True]


def test_a_part_is_planned_by_itself(home: Path, typed_in: Run) -> None:
    made = asked(typed_in, home, "--all", "--in", "远安县")
    assert (ids(made), made["covered"], made["total"]) == (["GH420525102"], 2, 2)


def test_what_is_under_way_may_be_counted_by_asking(home: Path, typed_in: Run) -> None:
    made = asked(typed_in, home, "--to-target", "--status", "在建")
    assert (ids(made), made["before"]) == (["GH420528103"], 2)


def test_nothing_is_built_in_what_is_excluded(home: Path, typed_in: Run) -> None:
    made = asked(typed_in, home, "--sites", "1", "--exclude", "lake")
    assert ids(made) == ["GH420528102"]
    assert "1 个候选点在“lake”的范围内，已排除。" in made["basis"]["lines"]


def test_candidates_may_be_a_layer_the_villages_or_a_grid(home: Path, typed_in: Run) -> None:
    made = asked(typed_in, home, "--sites", "1", "--candidates", "land")
    assert ids(made) == ["L1"]
    made = asked(typed_in, home, "--sites", "1", "--candidates", "places")
    assert [s["township"] for s in made["sites"]] == ["示例戊镇"]
    made = asked(typed_in, home, "--sites", "4", "--candidates", "grid:20000")
    assert {s["township"] for s in made["sites"]} == {f"示例{c}镇" for c in "乙丙丁戊"}
    again = asked(typed_in, home, "--sites", "1", "--candidates", "grid:20000", "--in", "远安县")
    assert {*ids(again)} <= {*ids(made)}  # the lattice does not move


def test_near_is_straight_and_said_so(home: Path, typed_in: Run) -> None:
    code, out, err = typed_in(home, "plan", ONE, "--sites", "1", "--within", "10000")
    assert code == 0, err
    assert "直线距离，非步行时间" in out
    assert "示例戊镇" in out  # two villages, 9.6 km apart
    made = asked(typed_in, home, "--sites", "1", "--within", "10000", "--weight", "population")
    assert (made["sites"][0]["gain"], made["total"], made["before"]) == (50000, 150000, 10000)


def test_the_best_plans_come_in_order_and_their_bounds_are_of_what_is_asked(
    home: Path, typed_in: Run
) -> None:
    more = asked(typed_in, home, "--sites", "1", "--plans", "5")
    assert [p["covered"] for p in more["plans"]] == [2, 2, 2, 2, 1]  # the fifth has one already
    assert [p["people"] for p in more["plans"][:4]] == [50000, 40000, 30000, 20000]
    assert [p["bound"] for p in more["plans"]] == [2, 2, 2, 2, 1]
    every = asked(typed_in, home, "--all", "--plans", "5")
    assert [(p["covered"], p["bound"]) for p in every["plans"]] == [(5, 4)]  # no other covers all
    goal = asked(typed_in, home, "--to", "40", "--plans", "5")
    assert [(p["covered"], p["bound"]) for p in goal["plans"]] == [(2, 1)] * 4


def test_a_site_takes_no_more_than_it_can(home: Path, typed_in: Run) -> None:
    words = [
        "--sites",
        "2",
        "--candidates",
        "eldercare",
        "--supply",
        "床位数",
        "--weight",
        "population",
    ]
    ledger = home / "layers" / "eldercare.csv"
    ledger.write_text(
        ledger.read_text("utf-8-sig").replace("示例丁镇,,", "示例丁镇,9000,"), "utf-8-sig"
    )
    made = asked(typed_in, home, *words)
    assert (ids(made), made["model"]) == (["E2", "E1"], "capacity")
    assert [s["gain"] for s in made["sites"]] == [40000, 25000]  # of 50,000 and of 30,000 people
    assert (made["before"], made["covered"], made["total"]) == (10000, 75000, 150000)
    assert (made["proven"], made["bound"], made["areas"]) == ("solver", 75000, [])
    code, out, _ = typed_in(home, "plan", ONE, *words)
    assert code == 0
    assert "求解器称最优" in out


def test_minutes_on_roads(home: Path, typed_in: Run) -> None:
    made = asked(typed_in, home, "--sites", "1", "--roads", "roads", "--minutes", "40")
    assert ids(made) == ["GH420528102"]  # 38 km each way at 60 km/h
    assert made["sites"][0]["gain"] == 4
    assert made["basis"]["reach"] == "沿道路 40 分钟以内算覆盖"


def test_minutes_of_a_table(home: Path, typed_in: Run) -> None:
    table = home / "时间.csv"
    table.write_text(
        "place,facility,minutes\n420528101201,420525102,20\n420528102201,GH420525102,30\n"
        "420528103201,GH420525102,31\n420525102201,G1,5\n无此村,G1,5\n",
        "utf-8",
    )
    made = asked(typed_in, home, "--sites", "1", "--costs", str(table), "--minutes", "30")
    assert (ids(made), made["sites"][0]["gain"], made["before"]) == (["GH420525102"], 2, 1)
    lost = "时间表中 1 行的 place 或 facility 不是要覆盖的、候选点或现有设施，未用。"
    assert lost in made["basis"]["lines"]


def test_the_terminal_says_it_in_the_offices_words(home: Path, typed_in: Run) -> None:
    code, out, err = typed_in(home, "plan", ONE, "--to-target", "--plans", "2", "--even")
    assert code == 0, err
    for said in (
        "下一步建在哪里", "次序", "惠及人口（人）", "可否替换", "已证明最优（附证书可核对）", "分县：建设前后",
        "现在 1 / 5（20.00%），2 处建成后 3 / 5（60.00%）。", "台账中在建 1 处建成后，覆盖率为 40.00%",
        "最好的 2 个方案", "按县均衡：每县至多 1 处",
    ):  # fmt: skip
        assert said in out, said


def test_what_is_not_needed_is_counted_and_not_listed(home: Path, typed_in: Run) -> None:
    code, out, _ = typed_in(home, "plan", ONE, "--sites", "5")
    assert code == 0
    assert "要求的点中有 1 处用不上" in out


def test_the_file_is_a_ledger_and_the_certificate_lies_beside_it(home: Path, typed_in: Run) -> None:
    layer, proof = home / "规划.xlsx", home / "证书.json"
    code, out, err = typed_in(
        home, "plan", ONE, "--to-target", "-o", str(layer), "--certificate", str(proof)
    )
    assert code == 0, err
    assert "已写出" in out
    assert json.loads(proof.read_text("utf-8"))["model"] == "partial"
    [sheet] = openpyxl.load_workbook(layer).worksheets
    head, first, second = sheet.iter_rows(values_only=True)
    row = dict(zip(head, first, strict=True))
    assert row["公墓编号"] == "GH420528103"
    assert (row["公墓名称"], row["状态"], row["公墓性质"], row["级别"]) == (
        "规划点·示例戊镇",
        "规划",
        "公益性",
        "乡镇级",
    )
    assert (row["所在县"], row["所在乡镇"], row["乡镇代码"]) == (
        "长阳土家族自治县",
        "示例戊镇",
        "420528103",
    )
    assert (row["经度"], row["纬度"], row["坐标系"], row["建设次序"]) == (
        111.9,
        30.5,
        "CGCS2000",
        1,
    )
    assert second[0] == "GH420528102"


def test_columns_are_called_as_asked(home: Path, typed_in: Run) -> None:
    path = home / "a.csv"
    assert typed_in(home, "plan", ONE, "--sites", "1", "-o", str(path))[0] == 0
    assert list(pd.read_csv(path))[:2] == ["id", "name"]
    assert typed_in(home, "plan", ONE, "--sites", "1", "-o", str(path), "--chinese")[0] == 0
    assert list(pd.read_csv(path))[:2] == ["编号", "名称"]
    book = home / "a.xlsx"
    assert typed_in(home, "plan", ONE, "--sites", "1", "-o", str(book), "--machine")[0] == 0
    assert list(pd.read_excel(book, engine="openpyxl"))[:2] == ["id", "name"]


def test_the_same_question_gets_the_same_bytes(home: Path, typed_in: Run) -> None:
    made = []
    for name in ("a.xlsx", "b.xlsx"):
        assert typed_in(home, "plan", ONE, "--to-target", "-o", str(home / name))[0] == 0
        made.append((home / name).read_bytes())
    assert made[0] == made[1]


WRONG = [
    (["--to-target", "--sites", "2"], "--sites、--to、--to-target、--all 要写一个，也只能写一个"),
    ([], "--sites、--to、--to-target、--all 要写一个，也只能写一个"),
    (["--sites", "0"], "--sites “0”不对；写大于 0 的整数"),
    (["--sites", "两处"], "--sites “两处”不对；写大于 0 的整数"),
    (["--sites", "6"], "--sites 6 多于可选的候选点 5 处"),
    (["--sites", "5", "--refuse", "示例甲镇"], "--sites 5 多于可选的候选点 4 处"),
    (["--to", "0"], "--to “0”不对；写大于 0、不超过 100 的百分比"),
    (["--to", "101"], "--to “101”超过 100"),
    (["--to", "20"], "现在已是 20.00%，不低于 --to 20"),
    (["--to", "nan"], "--to “nan”不对"),
    (["--sites", "1", "--within", "0"], "--within “0”不对；写大于 0 的米数"),
    (["--sites", "1", "--within", "-5"], "--within “-5”不对；写大于 0 的米数"),
    (["--sites", "1", "--minutes", "30"], "--minutes 要和 --roads 图层（或 --costs 文件）一起写"),
    (["--sites", "1", "--roads", "roads"], "要写 --minutes 分钟"),
    (
        ["--sites", "1", "--roads", "roads", "--minutes", "-3"],
        "--minutes “-3”不对；写大于 0 的分钟数",
    ),
    (["--sites", "1", "--roads", "lake", "--minutes", "30"], "图层“lake”不是道路"),
    (["--sites", "1", "--roads", "公路", "--minutes", "30"], "目录中没有图层“公路”"),
    (
        ["--sites", "1", "--within", "5", "--roads", "roads"],
        "--within、--costs、--roads 只能写一个",
    ),
    (["--sites", "1", "--costs", "没有.csv", "--minutes", "5"], "没有.csv：没有这个文件"),
    (
        ["--to-target", "--in", "远安县"],
        "没有定出百分比的目标（--in 只看一个市县时，由它自己的目标判定）",
    ),
    (["--to-target", "--within", "5000"], "政策的目标管的是有没有设施，不是离得多近"),
    (["--sites", "1", "--weight", "grid"], "--weight grid 要写明多近算覆盖"),
    (
        ["--sites", "1", "--weight", "人"],
        "--weight “人”不在可选值 population、population_60、grid 中",
    ),
    (
        ["--sites", "1", "--fix", "示例乙镇", "--refuse", "示例乙镇"],
        "“示例乙镇”同时写在 --fix 和 --refuse 里",
    ),
    (
        ["--sites", "1", "--fix", "示例乙镇", "--refuse", "420525102"],
        "“示例乙镇”同时写在 --fix 和 --refuse 里",
    ),
    (["--sites", "1", "--fix", "示例乙镇，示例丙镇"], "--fix 写了 2 处，多于 --sites 1"),
    (["--sites", "1", "--refuse", "无名镇"], "--refuse：候选点里没有“无名镇”"),
    (["--sites", "1", "--fix", "GH42052"], "--fix：候选点里没有“GH42052”"),
    (["--to", "100", "--refuse", "示例乙镇"], "候选点全部建成也只到 80.00%，达不到 100.00%"),
    (["--sites", "1", "--candidates", "没有"], "目录中没有图层“没有”"),
    (["--sites", "1", "--candidates", "population"], "图层“population”没有点位"),
    (["--sites", "1", "--candidates", "grid:0"], "--candidates “0”不对；写米数，如 grid:2000"),
    (["--sites", "1", "--candidates", "grid:1"], "--candidates grid:1 太密"),
    (["--sites", "1", "--candidates", "grid:900000"], "没有可用的候选点"),
    (["--sites", "1", "--exclude", "没有"], "目录中没有图层“没有”"),
    (["--sites", "1", "--exclude", "river"], "图层“river”里没有面"),
    (
        ["--sites", "1", "--exclude", "county"],
        "没有可用的候选点（5 个候选点在“county”的范围内，已排除。）",
    ),
    (["--sites", "1", "--plans", "21"], "--plans “21”太多；写 1 到 20 的整数"),
    (["--sites", "1", "--plans", "0"], "--plans “0”不对；写 1 到 20 的整数"),
    (["--sites", "1", "--effort", "多"], "--effort “多”不对；写大于 0 的整数"),
    (["--sites", "1", "--certificate", "证书.txt"], "证书.txt：证书的扩展名应为 .json"),
    (["--sites", "1", "-o", "a.docx"], "不支持的输出格式“.docx”"),
    (["--sites", "1", "-o", "a.json", "--certificate", "a.json"], "写的是同一个文件"),
    (["--sites", "1", "--candidates", "grid"], "--candidates grid 要写明间隔多少米"),
    (["--to", "60", "--supply", "容量"], "--supply 只能和 --sites 个数 一起写"),
    (
        ["--sites", "1", "--candidates", "eldercare", "--supply", "床位数"],
        "候选点 E3 的“床位数”没有填",
    ),
    (["--sites", "1", "--supply", "容量"], "--supply 要和 --candidates 图层 一起写"),
    (
        ["--sites", "1", "--candidates", "land", "--supply", "容量"],
        "--supply：图层“land”没有列“容量”",
    ),
]


@pytest.mark.parametrize(("words", "said"), WRONG, ids=[" ".join(w) or "no goal" for w, _ in WRONG])
def test_what_cannot_be_is_said_in_one_line(
    words: list[str], said: str, home: Path, typed_in: Run
) -> None:
    code, out, err = typed_in(home, "plan", ONE, *words)
    assert (code, out) == (1, "")
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("没有", "没有指标“没有”"),
        ("funeral", "“funeral”不是单个指标"),
        ("assistance-ratio", "无法计算"),
        ("burial-capacity", "无法计算"),
        ("home-adaptation", "无法计算"),
        ("burial-county@all-counties", "县市覆盖率（分母含市辖区）的目标期限都已过"),
    ],
)
def test_an_indicator_that_cannot_be_planned_says_why(
    name: str, said: str, home: Path, typed_in: Run
) -> None:
    code, _, err = typed_in(home, "plan", name, "--to-target", "--as-of", "2026-06-30")
    assert code == 1
    assert said in err
    assert err.count("\n") == 1


def test_a_target_that_is_met_needs_nothing(tmp_path: Path, typed_in: Run) -> None:
    make_workspace({**WORLD, "policy": POLICY.replace("= 60", "= 20")}, tmp_path)
    code, _, err = typed_in(tmp_path, "plan", ONE, "--to-target")
    assert (code, err.count("\n")) == (1, 1)
    assert "现在是 20.00%，已达到目标 20%，不用再建" in err


def test_a_target_that_is_met_gives_way_to_the_next(tmp_path: Path, typed_in: Run) -> None:
    more = POLICY + POLICY.partition('体系"\n')[2].replace("= 60", "= 20").replace("2028", "2026")
    make_workspace({**WORLD, "policy": more}, tmp_path)
    made = asked(typed_in, tmp_path, "--to-target")
    assert (made["aim_pct"], made["goal"]) == (60, "用最少的点，达到政策目标 60%（2028-12-31）")


def test_signs_have_no_plans_where_a_road_is_asked_for(sample: Workspace, typed_in: Run) -> None:
    code, _, err = typed_in(sample.root, "plan", "names-new", "--sites", "1")
    assert code == 1
    code, _, err = typed_in(sample.root, "plan", "elder-service-list", "--sites", "1")
    assert (code, err.count("\n")) == (1, 1)
    assert "不是“有设施就算覆盖”的指标，不能选址" in err


def test_a_county_without_roads_or_grid_says_so(home: Path, typed_in: Run) -> None:
    code, _, err = typed_in(
        home, "plan", ONE, "--sites", "1", "--weight", "grid", "--within", "5000"
    )
    assert code == 1
    assert "population-grid" in err
