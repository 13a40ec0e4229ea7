"""Why a unit stands as it does: every sentence against a second computation, and by hand."""

from __future__ import annotations

import json
import tempfile
import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from golden_cases import FOLDER, make_workspace
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgeo.errors import RequestError
from hbgeo.measure.doubt.question import Span
from hbgeo.measure.doubt.result import Firmness
from hbgeo.measure.why_records import Why
from hbgeo.named_unit import NamedUnit, find_unit
from hbgeo.show.why_lacks import remedy_said
from hbgeo.show.why_table import WHY_COLUMNS, sentences, why_record
from hbgeo.show.why_words import (
    figures_said,
    grounds_said,
    links_said,
    parts_said,
    row_said,
    source_said,
    state_said,
)
from hbgeo.why import find_why
from hbgeo.workspace import Workspace

CASES = tomllib.loads((FOLDER / "why.toml").read_text("utf-8"), parse_float=Decimal)["case"]


def _said(why: Why) -> dict[str, Any]:
    """What is said of one indicator, under the keys of the golden cases."""
    plain = lambda rows: [row_said(r, why).partition("。 出处：")[0].rstrip("。") for r in rows]  # noqa: E731
    return {
        "state": why.state,
        "shown": state_said(why),
        "grounds": grounds_said(why),
        "because": plain(why.because),
        "near": plain(why.near),
        "source": [source_said(row) for row in why.because],
        "reason": why.reason,
        "remedy": remedy_said(why),
        "links": links_said(why),
        "parts": parts_said(why),
        "figures": figures_said(why),
    }


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_golden(case: dict[str, Any], tmp_path: Path) -> None:
    workspace = make_workspace(case, tmp_path)
    [why] = find_why(workspace, case["unit"], [case["indicator"]]).of
    said = _said(why)
    assert {key: said[key] for key in case["expect"]} == case["expect"]
    record = why_record(why)
    assert record["state"] == why.state
    assert [bool(row["lacks"]) for row in record["near"]] == [True] * len(why.near)


def test_a_name_alone_or_behind_those_that_hold_it(sample: Workspace) -> None:
    assert find_unit(sample, "420222110").code == "420222110"
    assert find_unit(sample, "阳新县龙港镇") == NamedUnit("township", "420222110")
    assert find_unit(sample, "黄石市阳新县 龙港镇").code == "420222110"
    assert find_unit(sample, "龙港镇汪家垅村村民委员会").code == "420222110202"
    assert find_unit(sample, "龙港镇汪家垅村").code == "420222110202"
    assert find_unit(sample, "阳新县").level == "county"
    assert find_unit(sample, "黄石市") == find_unit(sample, "4202") == NamedUnit("prefecture", "420200")  # fmt: skip


def test_a_name_of_several_lists_each_with_its_code(sample: Workspace) -> None:
    frame = sample.units("township")
    twice = frame["name"][frame["name"].duplicated(keep=False)]
    name = str(twice.iloc[0])
    codes = list(twice.index[twice == name])
    with pytest.raises(RequestError) as said:
        find_unit(sample, name)
    assert all(f"（{code}）" in str(said.value) for code in codes)
    county = str(frame["county_code"][codes[0]])
    assert find_unit(sample, name, within=county).code == codes[0]
    assert find_unit(sample, f"{frame['county'][codes[0]]}{name}").code == codes[0]


def test_a_name_that_nobody_has_proposes_what_is_near(sample: Workspace) -> None:
    with pytest.raises(RequestError, match=r"没有叫“龙港真”的单位；是否指.*龙港镇（420222110）"):
        find_unit(sample, "龙港真")
    with pytest.raises(RequestError, match="单位的名称请连着写：hbgeo why 阳新县龙港镇"):
        find_why(sample, "阳新县", ["龙港镇"])


def test_without_an_indicator_main_readings_come_first(sample: Workspace) -> None:
    found = find_why(sample, "420222110")
    assert len(found.of) == len(sample.policy)
    variants = [w.one.variant is not None for w in found.of]
    assert variants == sorted(variants)
    by = {w.indicator: w for w in found.of}
    assert by["cemetery-county"].grounds[0].unit == "阳新县"
    assert by["sign-village"].state == "parts"
    assert by["elder-street"].state == "not-counted"
    assert all(sentences(w)[0].startswith("龙港镇：") for w in found.of)
    assert all(sentences(w)[1:] for w in found.of if w.state in {"covered", "uncovered"})


def _firmness(code: str) -> Firmness:
    row = {
        "layer": "cemetery", "file": "公墓.xlsx", "sheet": "台账", "row": 12, "kind": "undated",
        "readings": "启用时间未填：截止日期前，或截止日期后", "units": (code,), "effect": "+1", "turns": False,
        "county_code": code[:6], "county": "阳新县", "name": "示例公墓",
    }  # fmt: skip
    rows = pd.DataFrame([row, row | {"row": 13, "units": ("420222109",)}])
    units = pd.DataFrame({"low": [0.0], "high": [1.0]}, index=[code])
    span = Span(Fraction(311), Fraction(312), exact=True)
    return Firmness("cemetery-township", span, None, {}, units, rows)


def test_rows_in_doubt_that_could_change_the_unit_are_told(sample: Workspace) -> None:
    told = {"cemetery-township": _firmness("420222110")}
    [why] = find_why(sample, "420222110", ["cemetery-township"], firmness=told).of
    assert why.doubts == (
        "数据里还有没说清的地方：下面 1 行换一种读法，结论可能变为已覆盖。",
        "“示例公墓”（公墓.xlsx 工作表“台账”第 12 行）：启用时间未填：截止日期前，或截止日期后",
    )
    assert set(why.doubts) <= set(sentences(why))
    [other] = find_why(sample, "420222109", ["cemetery-township"], firmness=told).of
    assert other.doubts == ()


def test_doubts_are_found_where_they_are_asked_for(sample: Workspace) -> None:
    [why] = find_why(sample, "420222107", ["cemetery-township"], doubts=True).of
    row = next(r for r in why.near if r.kinds == ("undated",))
    assert why.doubts[0].endswith("下面 1 行换一种读法，结论可能变为已覆盖。")
    assert why.doubts[1].startswith(f"“{row.name}”（{source_said(row)}）：")
    assert find_why(sample, "420222107", ["cemetery-township"]).of[0].doubts == ()


def test_command_on_the_screen_as_json_and_in_files(typed_in: Any, tmp_path: Path) -> None:
    case = next(c for c in CASES if c["name"].startswith("在建的"))
    make_workspace(case, tmp_path)
    code, out, err = typed_in(tmp_path, "why", "示例甲镇", "cemetery-township")
    assert (code, err) == (0, "")
    assert "乡镇公益性公墓覆盖率：未覆盖" in out
    assert "怎样才算覆盖：督促按期建成投用" in out
    out.encode("gb18030")
    code, out, _ = typed_in(tmp_path, "why", "示例甲镇", "cemetery-township", "--json")
    [record] = json.loads(out)
    assert record["near"][0] == {
        "way": "named", "facility_id": "G1", "name": "示例公墓", "state": "在建", "metres": None,
        "layer": "cemetery", "file": "cemetery.csv", "sheet": "", "row": 2,
        "lacks": "“状态”写的是“在建”，启用时间 2024-06-30，要是“运营”才算",
    }  # fmt: skip
    assert record.keys() >= {"unit_code", "indicator", "state", "demand", "because", "near", "remedy"}  # fmt: skip
    assert (record["unit_code"], record["demand"], record["because"]) == ("420528101", 1, [])
    for suffix in ("json", "csv", "xlsx"):
        file = tmp_path / f"why.{suffix}"
        assert typed_in(tmp_path, "why", "示例甲镇", "-o", str(file))[0] == 0
        assert file.stat().st_size > 500
    assert list(pd.read_csv(tmp_path / "why.csv", dtype=str).columns) == WHY_COLUMNS
    sheets = pd.read_excel(tmp_path / "why.xlsx", sheet_name=None, engine="calamine", header=None)
    assert list(sheets) == ["说明", "台账行"]
    assert "怎样才算覆盖" in sheets["台账行"].to_string()
    code, _, err = typed_in(tmp_path, "why", "无此镇")
    assert code == 1
    assert err.count("\n") == 1


def test_overview_names_every_indicator_and_where_it_does_not_count(
    typed_in: Any, tmp_path: Path
) -> None:
    case = next(c for c in CASES if c["name"].startswith("在建的"))
    make_workspace(case, tmp_path)
    code, out, _ = typed_in(tmp_path, "why", "示例甲镇")
    assert code == 0
    for words in (
        "各项指标",
        "有在建项目",
        "按县（市、区）算",
        "看一项的来龙去脉",
        "现在无法计算的",
    ):
        assert words in out


STATES = ("运营", "在建", "规划", "停用")
DATES = ("2020-05-01", "2024-05-01", "")
ROWS = st.lists(
    st.tuples(
        st.sampled_from(STATES), st.sampled_from(DATES), st.sampled_from(("乡镇级", "村级")),
        st.sampled_from(("示例甲镇", "示例乙镇", "示例丙镇", "")),
        st.sampled_from(("", "示例乙镇", "示例乙镇、示例丙镇")),
    ),
    max_size=6,
)  # fmt: skip


@settings(max_examples=25)
@given(ROWS)
def test_small_worlds(rows: list[tuple[str, str, str, str, str]]) -> None:
    """Whoever covers, whoever lacks nothing but to work, and that nobody is left out of what is told."""
    names = ("示例甲镇", "示例乙镇", "示例丙镇")
    head = "编号|公墓名称|类型|性质|级别|状态|启用时间|所在县|所在乡镇|服务范围"
    lines = [
        f"G{n}|公墓{n}|公墓|公益性|{level}|{state}|{day}|长阳县|{town}|{served}"
        for n, (state, day, level, town, served) in enumerate(rows)
    ]
    text = {
        "county": [{"code": "420528", "name": "长阳土家族自治县"}],
        "township": [{"code": f"42052810{n}", "name": name} for n, name in enumerate(names, 1)],
        "cemetery": "\n".join(["", head, *(lines or ["X|x|公墓|公益性|村级|关闭||长阳县|示例甲镇|"]), ""]),
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        workspace = make_workspace(text, Path(folder))
        for name in names:
            [why] = find_why(workspace, name, ["cemetery-township"]).of
            reach = {
                f"G{n}": r for n, r in enumerate(rows) if r[3] == name or name in r[4].split("、")
            }
            works = {i for i, r in reach.items() if r[0] == "运营" and r[1] == "2020-05-01"}
            good = {i for i in works if reach[i][2] == "乡镇级"}
            assert {r.facility_id for r in why.because} == good
            assert why.state == ("covered" if good else "uncovered")
            if good:
                assert (why.near, remedy_said(why)) == ((), "")
                continue
            told = {r.facility_id: set(r.kinds) for r in why.near if r.way}
            assert set(told) - {"X"} == set(reach)
            assert all(("filter" in told[i]) == (reach[i][2] == "村级") for i in reach)
            assert all(bool(told[i] - {"filter"}) == (i not in works) for i in reach)
            county = {r.facility_id for r in why.near if r.kinds == ("county",)}
            alone = {f"G{n}" for n, r in enumerate(rows) if not r[3] and not r[4]}
            runs = {
                f"G{n}" for n, r in enumerate(rows) if r[:3] == ("运营", "2020-05-01", "乡镇级")
            }
            assert county >= alone & runs
