"""The agenda: what is on it, in which order, and that doing it in the files brings what it promises."""

from __future__ import annotations

import io
import itertools
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import docx
import openpyxl
import pandas as pd
import pytest
from agenda_worlds import carry_out
from golden_cases import make_workspace
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgeo import cli
from hbgeo.agenda.finding import find_agenda
from hbgeo.agenda.papers import agenda_content, new_rows
from hbgeo.errors import RequestError
from hbgeo.measure.agenda import BUILD, COLUMNS, FINISH, ROW, SIGN, Action, Agenda, Chosen
from hbgeo.measure.doubt.question import Span
from hbgeo.measure.doubt.result import Firmness
from hbgeo.measure.gaining import choose
from hbgeo.measure.options import Options
from hbgeo.sample import make_workspace as make_sample
from hbgeo.tasks import find_tasks
from hbgeo.workspace import Workspace

ONE = "cemetery-township"
COUNTY, OTHER = "420528", "420529"
WORLD: dict[str, Any] = {
    "as_of": "2023-12-31",
    "county": [
        {"code": COUNTY, "name": "长阳土家族自治县"}, {"code": OTHER, "name": "五峰土家族自治县"},
    ],
    "township": [
        *({"code": f"{COUNTY}10{n}", "name": f"示例{c}镇"} for n, c in enumerate("甲乙丙丁戊己", 1)),
        *({"code": f"{OTHER}10{n}", "name": f"示例{c}镇"} for n, c in enumerate("庚辛", 1)),
    ],
    # 甲 has one; 乙 and 丙 are under way, nearer and farther; 丁 has one without a date; 戊 has
    # nothing; of 己 one opens later; somewhere in the other county stands one that names no township
    "cemetery": (
        "编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇 | 服务范围 | 备注\n"
        "G1 | 甲公墓 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 长阳县 | 示例甲镇 | | \n"
        "G2 | 乙公墓 | 公墓 | 公益性 | 乡镇级 | 在建 | 2024-10-31 | 长阳县 | 示例乙镇 | | \n"
        "G3 | 丙公墓 | 公墓 | 公益性 | 乡镇级 | 建成未启用 | | 长阳县 | 示例丙镇 | | \n"
        "G4 | 丁公墓 | 公墓 | 公益性 | 乡镇级 | 运营 | | 长阳县 | 示例丁镇 | | \n"
        "G6 | 己公墓 | 公墓 | 公益性 | 乡镇级 | 运营 | 2024-03-01 | 长阳县 | 示例己镇 | | \n"
        "G7 | 庚公墓 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 五峰县 | | | \n"
    ),
}  # fmt: skip
WORDS = {
    "G4": "“丁公墓”（运营）核实并补填启用时间；如核实如此，台账改为：启用时间填实际日期（不晚于 2023-12-31）",
    "G7": "“庚公墓”只写到县，核实所在乡镇；如核实在示例庚镇，台账所在乡镇填“示例庚镇”",
    "G3": "“丙公墓”（建成未启用）督促启用；办成后台账改为：状态“运营”，启用时间填实际日期（不晚于 2023-12-31）",
    "G2": "“乙公墓”（在建）督促按期建成投用；办成后台账改为：状态“运营”，启用时间填实际日期（不晚于 2023-12-31）",
    f"GH{COUNTY}105": "在示例戊镇新建公墓（公墓性质：公益性，级别：乡镇级）",
    f"GH{OTHER}102": "在示例辛镇新建公墓（公墓性质：公益性，级别：乡镇级）",
}
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    make_workspace(WORLD, tmp_path)
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on the workspace: exit code, stdout, stderr."""

    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["hbgeo", "-C", str(home), *words])
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def found(home: Path, names: tuple[str, ...] = (ONE,), **how: Any) -> Agenda:
    workspace = Workspace.open(home)
    within = how.pop("within", "")
    return find_agenda(workspace, names, replace(workspace.options(), within=within), **how)


def figures(home: Path, options: Options) -> dict[str, tuple[Fraction, Fraction]]:
    """Covered and total of every indicator, as the files have them now."""
    every = Workspace.open(home).assess(options=options)
    return {
        a.indicator.id: (a.coverage.share.covered, a.coverage.share.total)
        for a in every
        if a.coverage is not None
    }


def promised(made: Agenda, upto: int) -> dict[str, tuple[Fraction, Fraction]]:
    """The same as an agenda promises it once so many things are done."""
    now = {}
    for row in made.figures.to_dict("records"):
        mine = made.rows[
            (made.rows["indicator"] == row["indicator"]) & (made.rows["order"] <= upto)
        ]
        after = mine["covered_after"].iloc[-1] if len(mine) else row["covered"]
        now[row["indicator"]] = (after, row["total"])
    return now


# ---------------------------------------------------------------- what is on it


def test_each_unit_left_out_has_its_cheapest_way_in_order(home: Path) -> None:
    rows = found(home).rows
    assert list(rows.columns[:11]) == COLUMNS
    said = rows[["kind", "facility_id", "unit_code", "gain", "covered_after"]].to_numpy().tolist()
    assert said == [
        [ROW, "G4", f"{COUNTY}104", 1, 2],
        [ROW, "G7", f"{OTHER}101", 1, 3],
        [FINISH, "G3", f"{COUNTY}103", 1, 4],
        [FINISH, "G2", f"{COUNTY}102", 1, 5],
        [BUILD, f"GH{COUNTY}105", f"{COUNTY}105", 1, 6],
        [BUILD, f"GH{OTHER}102", f"{OTHER}102", 1, 7],
    ]
    assert dict(zip(rows["facility_id"], rows["action"], strict=True)) == WORDS
    assert rows["pct_after"].tolist() == [Fraction(100 * n, 8) for n in range(2, 8)]
    # 35 % of 8 is 2.8: the third covered unit reaches it
    assert rows["reached"].tolist() == [False, True, True, True, True, True]


def test_each_line_says_the_row_of_the_ledger_or_which_row_is_to_be_added(home: Path) -> None:
    assert found(home).rows["source_row"].tolist() == [
        "cemetery.csv 第5行", "cemetery.csv 第7行", "cemetery.csv 第4行", "cemetery.csv 第3行",
        "拟建行 公墓 第1条", "拟建行 公墓 第2条",
    ]  # fmt: skip


def test_what_opens_on_a_day_to_come_needs_nothing(home: Path) -> None:
    made = found(home)
    assert f"{COUNTY}106" not in set(made.rows["unit_code"])
    assert "有设施到启用日期即可计入的 1 个单元，不另列" in made.notes


def test_its_lines_are_tasks_of_the_same_unit_and_indicator_with_the_same_remedy(
    home: Path,
) -> None:
    workspace = Workspace.open(home)
    tasks = find_tasks(workspace, (), workspace.options()).rows
    known = dict(zip(tasks["task_id"], tasks["remedy"], strict=True))
    rows = found(home, ()).rows
    of_one = rows[rows["indicator"] == ONE]
    assert len(of_one) == 6
    for task, remedy in zip(rows["task_ids"], rows["remedy"], strict=True):
        assert known[task] == remedy


def test_a_part_has_its_own_lines_and_figures(home: Path) -> None:
    rows = found(home, within=OTHER).rows
    assert rows[["facility_id", "covered_after", "pct_after"]].to_numpy().tolist() == [
        ["G7", 1, 50], [f"GH{OTHER}102", 2, 100],
    ]  # fmt: skip


def test_nothing_is_built_where_something_under_way_suffices(home: Path) -> None:
    rows = found(home).rows
    built = set(rows["unit_code"][rows["kind"] == BUILD])
    assert built == {f"{COUNTY}105", f"{OTHER}102"}


def test_a_limit_keeps_those_that_gain_most(home: Path) -> None:
    made = found(home, budget=2)
    assert made.rows["facility_id"].tolist() == ["G4", "G7"]
    assert made.chosen.proven


def test_what_says_nothing_of_single_units_is_refused(home: Path) -> None:
    with pytest.raises(RequestError, match="不是逐个单位算覆盖与否的指标"):
        found(home, ("elder-beds",))


# ---------------------------------------------------------------- several indicators at once

BOTH: dict[str, Any] = {
    **{k: WORLD[k] for k in ("as_of", "county", "township")},
    "village": (
        "代码 | 村名 | 类别 | 所属乡镇 | 所在县 | 驻地 | 经度 | 纬度\n"
        f"{COUNTY}101201 | 一村 | 行政村 | 示例甲镇 | 长阳县 | 是 | 110.08 | 30.5\n"
        f"{COUNTY}102201 | 二村 | 行政村 | 示例乙镇 | 长阳县 | 是 | 110.25 | 30.5\n"
    ),
    "central-village": f"村代码 | 村名 | 所在县\n{COUNTY}101201 | 一村 | 长阳县\n{COUNTY}102201 | 二村 | 长阳县\n",
    "cemetery": (
        "编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇 | 所在村 | 服务范围 | 备注\n"
        "G1 | 甲公墓 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 长阳县 | 示例甲镇 | | | \n"
    ),
}  # fmt: skip


def test_a_new_one_in_the_central_village_serves_its_township_too(tmp_path: Path) -> None:
    make_workspace(BOTH, tmp_path)
    made = found(tmp_path, (ONE, "burial-central-village"), within=COUNTY)
    first = made.rows[made.rows["order"] == 1]
    assert first[["indicator", "unit_code", "gain"]].to_numpy().tolist() == [
        [ONE, f"{COUNTY}102", 1], ["burial-central-village", f"{COUNTY}102201", 1],
    ]  # fmt: skip
    assert first["action"].unique().tolist() == [
        "在示例乙镇二村新建公墓（公墓性质：公益性，级别：乡镇级）"
    ]
    # the other village lies where the township has one: its own needs no level
    second = made.rows[made.rows["unit_code"] == f"{COUNTY}101201"].iloc[0]
    assert second["action"] == "在示例甲镇一村新建公墓（公墓性质：公益性）"
    assert second["change"]["village"] == "一村"


ELDERS: dict[str, Any] = {
    **{k: BOTH[k] for k in ("as_of", "county", "township")},
    "village": (
        "代码 | 村名 | 类别 | 所属乡镇 | 所在县 | 驻地 | 经度 | 纬度\n"
        f"{COUNTY}101001 | 一社区 | 社区 | 示例甲镇 | 长阳县 | 是 | 110.08 | 30.5\n"
    ),
    "eldercare": (
        "编号 | 机构名称 | 机构类型 | 服务功能 | 状态 | 启用时间 | 所在县 | 所在乡镇 | 所在社区\n"
        "E1 | 院 | 农村福利院 | 全托 | 运营 | 2020-05-01 | 长阳县 | 示例乙镇 | \n"
    ),
}  # fmt: skip


def test_one_new_row_says_all_that_its_village_and_its_township_lack(tmp_path: Path) -> None:
    make_workspace(ELDERS, tmp_path)
    names = ("elder-general-township", "elder-community", "day-care-community")
    rows = found(tmp_path, names).rows
    first = rows[rows["order"] == 1]
    assert first["indicator"].tolist() == [
        "elder-community", "elder-general-township", "day-care-community",
    ]  # fmt: skip
    assert first["action"].iloc[0] == (
        "在示例甲镇一社区新建街道(乡镇)养老服务综合体（服务功能：日托）"
    )
    # nothing else is built in that village
    assert f"{COUNTY}101001" not in set(rows["unit_code"][rows["order"] > 1])


SIGNS: dict[str, Any] = {
    **{k: BOTH[k] for k in ("as_of", "county", "township", "village")},
    "sign": (
        "标志编号 | 标志名称 | 罗马字母拼写 | 标志类别 | 所在县 | 所在乡镇 | 所在村 | 设置时间 | 状态\n"
        "B1 | 一村 | Yī Cūn | 村牌 | 长阳县 | 示例甲镇 | 一村 | 2020-05-01 | 破损\n"
    ),
}  # fmt: skip


def test_a_broken_sign_is_mended_and_a_lacking_one_put_up(tmp_path: Path) -> None:
    make_workspace(SIGNS, tmp_path)
    rows = found(tmp_path, ("sign-village",)).rows
    assert rows[["kind", "action", "covered_after"]].to_numpy().tolist() == [
        [SIGN, "“一村”（破损）修复；办成后台账改为：状态“完好”", 1],
        [SIGN, "在示例乙镇设村牌“二村”（Èr Cūn）", 2],
    ]
    assert rows["change"].iloc[0] == {"status": "完好"}  # mended is not put up anew: its date stays


# ---------------------------------------------------------------- rows in doubt


def firmness(*rows: dict[str, Any]) -> dict[str, Firmness]:
    base = {
        "layer": "cemetery",
        "file": "cemetery.csv",
        "sheet": "",
        "kind": "name",
        "name": "某公墓",
    }
    base |= {
        "readings": "两处之一",
        "county_code": COUNTY,
        "least": Fraction(0),
        "most": Fraction(1),
    }
    frame = pd.DataFrame([base | row for row in rows])
    span = Span(Fraction(1), Fraction(2), exact=True)
    return {ONE: Firmness(ONE, span, None, {}, pd.DataFrame(), frame)}


def test_a_row_in_doubt_stands_there_with_the_reading_that_covers(home: Path) -> None:
    doubts = firmness({"row": 90, "units": (f"{COUNTY}101", f"{COUNTY}105")})  # 甲 is covered
    rows = found(home, firmness=doubts).rows
    [mine] = rows[rows["source_row"] == "cemetery.csv 第90行"].to_dict("records")
    assert mine["kind"] == ROW
    assert mine["unit_code"] == f"{COUNTY}105"
    assert mine["action"] == "核实“某公墓”（两处之一）；如核实计入示例戊镇，按核实结果改台账"
    assert f"GH{COUNTY}105" not in set(rows["facility_id"])  # no need to build there then


def test_a_row_is_promised_once_however_many_units_it_may_be_of(home: Path) -> None:
    doubts = firmness({"row": 90, "units": (f"{COUNTY}105", f"{OTHER}102")})
    rows = found(home, firmness=doubts).rows
    assert (rows["source_row"] == "cemetery.csv 第90行").sum() == 1
    assert (rows["kind"] == BUILD).sum() == 1
    assert rows["covered_after"].iloc[-1] == 7


@pytest.mark.parametrize(
    "row",
    [
        {"least": Fraction(-1), "units": (f"{COUNTY}105",)},  # another reading takes away
        {"most": Fraction(0), "units": (f"{COUNTY}105",)},
        {"units": tuple(f"{COUNTY}10{n}" for n in range(1, 6))},  # of any of many
        {"most": Fraction(7), "units": (f"{COUNTY}105", f"{OTHER}102")},  # not plain of whom
    ],
)
def test_nothing_is_promised_of_a_row_of_which_it_is_not_plain(
    home: Path, row: dict[str, Any]
) -> None:
    rows = found(home, firmness=firmness({"row": 90, **row})).rows
    assert "cemetery.csv 第90行" not in set(rows["source_row"])


def test_a_row_that_stands_there_already_is_not_asked_about_twice(home: Path) -> None:
    doubts = firmness({"row": 5, "units": (f"{COUNTY}104",)})
    rows = found(home, firmness=doubts).rows
    assert (rows["source_row"] == "cemetery.csv 第5行").sum() == 1


# ---------------------------------------------------------------- the promise


def test_doing_it_thing_by_thing_gives_the_promised_figures(home: Path, tmp_path: Path) -> None:
    made = found(home, ())
    for upto in range(len(made.steps) + 1):
        copy = tmp_path / f"copy{upto}"
        shutil.copytree(home / "layers", copy / "layers")
        carry_out(copy, made, upto)
        now = figures(copy, Workspace.open(copy).options())
        for indicator, promise in promised(made, upto).items():
            assert now[indicator] == promise, (upto, indicator)


STATES = ["运营", "运营", "运营", "在建", "规划", "建成未启用", "停用", "关闭", ""]
DAYS = ["2020-05-01", "2024-06-30", "", "2023-12-31"]
KINDS = ["公墓", "骨灰堂", "公墓", "殡仪馆"]


def random_world(seed: int) -> dict[str, Any]:
    """Ledgers with every state and date, rows without a township, rows that serve others."""
    random = Random(seed)  # noqa: S311 - made data, no secret
    towns = [
        (c, f"示例{n}镇")
        for c, names in (("长阳县", "甲乙丙丁戊己"), ("五峰县", "庚辛"))
        for n in names
    ]
    villages = [(county, town, f"{town[2]}{k}村") for county, town in towns for k in "一二"]
    codes = {
        t: f"{COUNTY if c == '长阳县' else OTHER}10{n}" for n, (c, t) in enumerate(towns[:6], 1)
    }
    codes |= {t: f"{OTHER}10{n}" for n, (_, t) in enumerate(towns[6:], 1)}
    lines = [
        "编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 关闭时间 | 所在县 | 所在乡镇 | 所在村 | 服务范围 | 备注"
    ]
    for n in range(random.randint(4, 14)):
        county, town, village = random.choice(villages)
        depth = random.randint(0, 2)
        cells = [
            f"G{n}",
            f"公墓{n}",
            random.choice(KINDS),
            random.choice(["公益性", "公益性", "公益性", "经营性"]),
        ]
        cells += [
            random.choice(["县级", "乡镇级", "乡镇级", "乡镇级", "村级"]),
            random.choice(STATES),
        ]
        cells += [random.choice(DAYS), random.choice(["", "", "", "2022-01-01"])]
        cells += [county, town if depth else "", village if depth > 1 else ""]
        cells += [
            random.choice(
                ["", "", "、".join(random.sample([t for c, t in towns if c == county], 2))]
            ),
            "",
        ]
        lines.append(" | ".join(cells))
    listed = [
        f"{codes[t]}20{k} | {v} | 行政村 | {t} | {c} | {'是' if k == 1 else ''} | |"
        for (c, t, v), k in zip(villages, itertools.cycle((1, 2)), strict=False)
    ]
    central = [f"{codes[t]}201 | {t[2]}一村 | {c}" for c, t in towns]
    return {
        **{k: WORLD[k] for k in ("as_of", "county", "township")},
        "cemetery": "\n".join(lines) + "\n",
        "village": "\n".join(["代码 | 村名 | 类别 | 所属乡镇 | 所在县 | 驻地 | 经度 | 纬度", *listed]) + "\n",
        "central-village": "\n".join(["村代码 | 村名 | 所在县", *central]) + "\n",
    }  # fmt: skip


NAMES = (
    ONE,
    "burial-central-village",
    "cemetery-county",
    "burial-county",
    "cemetery-township@loose",
)


@pytest.mark.parametrize("seed", range(24))
def test_in_random_ledgers_doing_it_gives_the_promised_figures(seed: int, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    make_workspace(random_world(seed), home)
    options = Workspace.open(home).options()
    options = replace(options, undated=["", "include", ""][seed % 3], within=["", COUNTY][seed % 2])
    names = NAMES if seed % 4 else (ONE,)  # alone, what is cheap comes before what is new
    made = find_agenda(Workspace.open(home), names, options, firmness={})
    assert made.steps
    for upto in {len(made.steps), len(made.steps) // 2}:
        copy = tmp_path / f"copy{upto}"
        shutil.copytree(home / "layers", copy / "layers")
        carry_out(copy, made, upto)
        now = figures(copy, options)
        for indicator, promise in promised(made, upto).items():
            assert now[indicator] == promise, (upto, indicator)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("sample") / "home"
    make_sample(home)
    return home


@pytest.mark.parametrize("county", ["420581", "420222", "421022"])  # 宜都、阳新、公安
def test_the_agenda_of_a_county_done_in_its_ledgers_gives_the_promised_figures(
    county: str, sample: Path, tmp_path: Path
) -> None:
    workspace = Workspace.open(sample)
    options = replace(workspace.options(), within=county)
    made = find_agenda(workspace, (), options)
    kinds = {step.action.kind for step in made.steps}
    assert {FINISH, SIGN, BUILD} <= kinds
    assert county == "420581" or ROW in kinds
    shutil.copytree(sample / "layers", tmp_path / "layers")
    carry_out(tmp_path, made)
    now = figures(tmp_path, options)
    for indicator, promise in promised(made, len(made.steps)).items():
        assert now[indicator] == promise, indicator


def test_rows_added_as_they_are_written_change_no_figure_and_are_to_be_finished_next(
    home: Path,
) -> None:
    options = Workspace.open(home).options()
    before, made = figures(home, options), found(home)
    path = home / "layers" / "cemetery.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    rows = new_rows(Workspace.open(home), made)["cemetery"]
    names = {"id": "编号", "name": "公墓名称", "kind": "类型", "nature": "性质", "level": "级别"}
    names |= {"status": "状态", "county": "所在县", "township": "所在乡镇", "note": "备注"}
    more = rows[list(names)].rename(columns=names)
    pd.concat([table, more]).fillna("").to_csv(path, index=False, encoding="utf-8-sig")
    assert figures(home, options) == before
    again = found(home).rows
    assert set(again["facility_id"][again["kind"] == FINISH]) == {"G2", "G3", *rows["id"]}
    assert BUILD not in set(again["kind"])


# ---------------------------------------------------------------- the order

UNITS = [("a", "1"), ("a", "2"), ("a", "3"), ("b", "1"), ("b", "2")]
WEIGHTS = st.fixed_dictionaries({unit: st.integers(1, 3).map(Fraction) for unit in UNITS})
THINGS = st.lists(
    st.tuples(
        st.sampled_from([ROW, FINISH, SIGN, BUILD]),
        st.frozensets(st.sampled_from([*UNITS, ("a", "9")]), max_size=4),
        st.sampled_from(["", "", "x", "y"]),
    ),
    max_size=8,
)  # fmt: skip


def actions_of(things: list[Any]) -> list[Action]:
    return [
        Action(kind, "", serves, "layer", f"{n}", one_of=group)
        for n, (kind, serves, group) in enumerate(things)
    ]


def allowed(some: tuple[Action, ...]) -> bool:
    groups = [one.one_of for one in some if one.one_of]
    return len(groups) == len(set(groups))


@given(THINGS, WEIGHTS, st.integers(1, 5))
@settings(max_examples=150, deadline=None)
def test_so_many_things_gain_as_much_as_any_so_many(
    things: list[Any], weights: dict[Any, Fraction], budget: int
) -> None:
    actions = actions_of(things)
    best = max(
        sum(weights.get(u, Fraction(0)) for u in frozenset().union(*(a.serves for a in some)))
        for n in range(budget + 1)
        for some in itertools.combinations(actions, n)
        if allowed(some)
    )
    made = choose(actions, weights, {}, budget)
    assert made.gain == best
    assert made.proven
    assert len(made.steps) <= budget
    check_steps(made, weights)


@given(THINGS, WEIGHTS)
@settings(max_examples=150, deadline=None)
def test_without_a_limit_all_that_can_be_covered_is(
    things: list[Any], weights: dict[Any, Fraction]
) -> None:
    actions = actions_of([(kind, serves, "") for kind, serves, _ in things])
    made = choose(actions, weights, {})
    covered = {unit for step in made.steps for unit in step.gained}
    assert covered == {u for a in actions for u in a.serves if u in weights}
    check_steps(made, weights)


def check_steps(made: Chosen, weights: dict[Any, Fraction]) -> None:
    """Every unit once, what each gains is its weight, and gains never rise."""
    gained = [unit for step in made.steps for unit in step.gained]
    assert len(gained) == len(set(gained))
    gains = [step.gain for step in made.steps]
    assert gains == [sum(weights[unit] for unit in step.gained) for step in made.steps]
    assert gains == sorted(gains, reverse=True)
    assert all(gains)
    assert allowed(tuple(step.action for step in made.steps))


def test_of_things_that_gain_alike_the_cheapest_kind_goes_first_then_what_is_still_needed() -> None:
    weights = {unit: Fraction(1) for unit in UNITS}
    things = [(kind, frozenset({unit}), "") for kind, unit in zip([BUILD, SIGN, FINISH, ROW], UNITS, strict=False)]  # fmt: skip
    order = [step.action.kind for step in choose(actions_of(things), weights, {}).steps]
    assert order == [ROW, FINISH, SIGN, BUILD]
    both = actions_of([(BUILD, frozenset({("a", "1")}), ""), (BUILD, frozenset({("b", "1")}), "")])
    first = choose(both, weights, {"a": Fraction(0), "b": Fraction(1)}).steps[0]
    assert first.gained == (("b", "1"),)


# ---------------------------------------------------------------- its forms


def test_the_machine_form_has_the_names_of_the_design(run: Run) -> None:
    code, out, err = run("agenda", ONE, "--json")
    assert (code, "其中核实 2 项" in err) == (0, True)
    rows = json.loads(out)
    assert list(rows[0])[:11] == COLUMNS
    assert (
        rows[0] | {"order": 1, "kind": "row", "gain": 1, "covered_after": 2, "pct_after": 25}
        == rows[0]
    )
    assert rows[2]["change"] == {"status": "运营", "opened_on": "2023-12-31"}


def test_the_terminal_says_where_it_leads_and_what_comes_first(run: Run) -> None:
    code, out, _ = run("agenda", ONE, "--in", "五峰土家族自治县")
    assert code == 0
    assert "五峰土家族自治县 要办的事 截至 2023-12-31" in out
    assert "共 2 项：核实 1 项，新建 1 项。" in out
    assert "100.00%" in out


def test_with_nothing_to_do_it_says_so(home: Path, run: Run) -> None:
    path = home / "layers" / "cemetery.csv"
    text = path.read_text("utf-8-sig").replace("示例甲镇,", "示例甲镇,全县", 1)
    path.write_text(text, "utf-8-sig")
    code, out, _ = run("agenda", ONE, "--in", COUNTY)
    assert code == 0
    assert "没有排得出的事" in out
    code, out, _ = run("agenda", ONE, "--in", COUNTY, "--json")
    assert (code, out) == (0, "[]\n")
    for suffix in (".xlsx", ".docx", ".csv"):
        assert run("agenda", ONE, "--in", COUNTY, "-o", str(home / f"none{suffix}"))[0] == 0


def test_a_limit_that_is_no_number_is_refused(run: Run) -> None:
    code, _, err = run("agenda", ONE, "--budget", "0")
    assert (code, err) == (1, "hbgeo：--budget “0”不对；写大于 0 的整数\n")


def test_the_workbook_has_a_sheet_a_county_the_cells_to_change_and_the_rows_to_add(
    home: Path,
) -> None:
    workspace, made = Workspace.open(home), found(home)
    book = openpyxl.load_workbook(io.BytesIO(agenda_content(workspace, made)(".xlsx")))
    assert book.sheetnames == [
        "汇总",
        "长阳土家族自治县",
        "五峰土家族自治县",
        "改台账",
        "拟建行 公墓",
    ]
    changes = [[c.value for c in row] for row in book["改台账"].iter_rows(min_row=5)]
    assert [
        1,
        "长阳土家族自治县",
        "cemetery.csv",
        None,
        5,
        "G4",
        "丁公墓",
        "启用时间",
        "2023-12-31",
    ] in changes
    assert [
        2,
        "五峰土家族自治县",
        "cemetery.csv",
        None,
        7,
        "G7",
        "庚公墓",
        "所在乡镇",
        "示例庚镇",
    ] in changes
    heads = [c.value for c in book["拟建行 公墓"][4]]
    first = dict(zip(heads, [c.value for c in book["拟建行 公墓"][5]], strict=True))
    assert first | {"公墓编号": f"GH{COUNTY}105", "状态": "规划", "所在乡镇": "示例戊镇"} == first
    assert first["启用时间"] is None


def test_the_paper_has_a_page_a_county(home: Path) -> None:
    workspace, made = Workspace.open(home), found(home)
    paper = docx.Document(io.BytesIO(agenda_content(workspace, made)(".docx")))
    assert len(paper.tables) == 2
    assert paper.tables[0].cell(1, 4).text == WORDS["G4"]


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".json", ".xlsx", ".docx"])
def test_the_same_input_gives_the_same_bytes(home: Path, suffix: str) -> None:
    contents = [agenda_content(Workspace.open(home), found(home))(suffix) for _ in range(2)]
    assert contents[0] == contents[1]
