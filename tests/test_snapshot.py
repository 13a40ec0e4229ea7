"""A snapshot holds what the assessments said, unit by unit, and who reached whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from golden_cases import make_workspace
from test_methods import FACTS, REACH, VILLAGE, WORLD

from hbgeo.arrow import find_texts
from hbgeo.measure.assessment import Measured
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.options import Options
from hbgeo.measure.snapshot import (
    NUMBERS,
    TEXTS,
    Snapshot,
    _positions,
    about_comparison,
    fingerprint_about,
    shape_fingerprints,
    take_snapshot,
    texts_of,
)
from hbgeo.read.policy import read_policy
from hbgeo.workspace import Workspace

ON = date(2023, 12, 31)
CHOSEN = ["cemetery-township", "cemetery-township@broad", "marriage-registration", "home-adaptation"]  # fmt: skip


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    text = {**WORLD, "county-facts": FACTS.format("是", "2023-06-01")}
    return make_workspace(text, tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def shot(workspace: Workspace) -> Snapshot:
    found = workspace.measure(CHOSEN, options=Options(as_of=ON))
    by_id = {a.indicator.id: a for a in found.assessments}
    found = replace(found, assessments=[by_id[one] for one in CHOSEN])
    units = {level: workspace.units(level) for level in ("township", "county", "prefecture")}
    return take_snapshot(
        found, units, title="示例", inputs={"b": "2", "a": "1"}, policy="p", scenario=("在建",)
    )


def test_it_says_when_of_what_and_on_what_ground(shot: Snapshot) -> None:
    assert shot.as_of == ON
    assert (shot.about["title"], shot.about["policy"], shot.about["sample"]) == ("示例", "p", False)
    assert list(shot.about["inputs"].items()) == [("a", "1"), ("b", "2")]
    assert shot.about["scenario"] == ["在建"]
    assert list(shot.about["indicators"]) == CHOSEN
    one = shot.about["indicators"]["cemetery-township"]
    assert (one["name"], one["system"], one["level"]) == (
        "乡镇公益性公墓覆盖率",
        "funeral",
        "township",
    )
    assert (one["measure"], one["status"]) == ("presence", "measured")
    assert one["basis"][1] == "应覆盖 4（单元 4 个），已覆盖 3。"
    assert shot.counted == set(CHOSEN)


def test_one_invented_layer_makes_the_snapshot_one_of_invented_data(workspace: Workspace) -> None:
    chosen = ["cemetery-township", "home-adaptation"]
    found = workspace.measure(chosen, options=Options(as_of=ON))
    first, second = found.assessments
    coverage = first.coverage
    assert coverage is not None
    invented = replace(coverage, basis=replace(coverage.basis, sample=True))
    units = {level: workspace.units(level) for level in ("township", "county")}

    def sample(said: Coverage) -> bool:
        mixed = replace(found, assessments=[replace(first, coverage=said), second])
        shot = take_snapshot(mixed, units, title="", inputs={}, policy="")
        return bool(shot.about["sample"])

    assert sample(invented)
    assert not sample(coverage)


def test_every_unit_of_every_indicator_is_a_row(shot: Snapshot) -> None:
    assert list(shot.units.columns) == [*TEXTS, *NUMBERS]
    rows = shot.units[["indicator", "level", "code", "name", "demand", "covered", "value"]]
    said = rows.astype(object).where(rows.notna(), None).to_numpy().tolist()
    towns = [(f"{c}{t}", f"示例{n}镇") for c, t, n in (
        ("420525", 101, "甲"), ("420525", 102, "乙"), ("420526", 101, "丙"), ("420526", 102, "丁"),
    )]  # fmt: skip
    cover = {"cemetery-township": [1, 0, 1, 1], "cemetery-township@broad": [1, 0, 1, 1]}
    wanted: list[list[Any]] = [
        [one, "township", code, name, 1.0, float(is_covered), None]
        for one, covered in cover.items()
        for (code, name), is_covered in zip(towns, covered, strict=True)
    ]
    wanted += [["marriage-registration", "prefecture", "420500", "宜昌市", 1.0, 1.0, None]]
    wanted += [
        ["home-adaptation", "county", "420525", "远安县", None, None, 1200.0],
        ["home-adaptation", "county", "420526", "兴山县", None, None, 300.0],
    ]
    assert said == wanted
    assert (shot.units["shape"].str.len() == 8).all()


def test_units_that_no_indicator_counts_are_there_without_one(workspace: Workspace) -> None:
    units = {level: workspace.units(level) for level in ("township", "county")}
    one = workspace.measure(["home-adaptation"], options=Options(as_of=ON, within="420526"))
    shot = take_snapshot(one, units, title="", inputs={}, policy="")
    rest = shot.units[shot.units["indicator"] == ""]
    assert rest["code"].tolist() == [
        "420525101", "420525102", "420526101", "420526102", "420525",
    ]  # fmt: skip
    assert rest["level"].tolist() == ["township"] * 4 + ["county"]
    assert rest["county"].tolist() == ["远安县", "远安县", "兴山县", "兴山县", "远安县"]
    assert rest["prefecture"].tolist() == ["宜昌市"] * 5
    assert rest[NUMBERS].isna().to_numpy().all()
    shapes = shape_fingerprints(units["township"]).tolist()
    assert rest["shape"].tolist()[:4] == shapes
    assert shot.counted == {"home-adaptation"}
    nothing = take_snapshot(Measured(), {}, title="", inputs={}, policy="")
    assert (nothing.as_of, len(nothing.units), nothing.counted) == (date.min, 0, set())


def test_within_a_radius_those_reach_a_place_who_are_linked_to_it(tmp_path: Path) -> None:
    world = make_workspace({**WORLD, "village": VILLAGE, "policy": REACH}, tmp_path)
    measured = world.measure()
    units = {level: world.units(level) for level in ("village", "township", "county")}
    shot = take_snapshot(measured, units, title="", inputs={}, policy="")
    assert shot.reach_of("near") == {"420525101201": ["G1"], "420526102201": ["G9"]}
    for one, links in measured.links.items():
        if "x" in measured.qualified[one]:
            named = links.groupby("unit")["facility"].agg(lambda ids: sorted(ids)).to_dict()
            assert {code: sorted(ids) for code, ids in shot.reach_of(one).items()} == named, one
    assert len(measured.links["cemetery-township"]) > 1


def test_who_reaches_whom_and_what_is_known_of_them(shot: Snapshot) -> None:
    one = "cemetery-township"
    everyone = {"420525101": ["G1", "G2"], "420526101": ["G9"], "420526102": ["G9"]}
    assert shot.reach_of(one) == everyone
    assert shot.reach_of("cemetery-township@broad") == everyone
    some = pd.Index(["420526102", "420525102", "429999"])
    assert shot.reach_of(one, some) == {"420526102": ["G9"]}
    assert shot.reach_of(one, pd.Index([], dtype="str")) == {}
    assert shot.reach_of("home-adaptation") == {}
    assert shot.reach_of("nothing") == {}
    assert shot.facilities_of(one).index.tolist() == ["G1", "G2", "G7", "G9"]
    assert shot.facilities_of("marriage-registration").empty
    facts = shot.facts_of(one, ["G9", "G8", "G1"])
    assert list(facts) == ["G9", "G1"]
    assert (facts["G9"]["name"], facts["G9"]["named"]) == ("近邻", "420526101")
    assert facts["G9"]["served"] == ("420526102",)
    assert (facts["G1"]["x"], facts["G1"]["ways"]) == (110.25123, 7)
    of = shot.of("home-adaptation")
    assert of.index.tolist() == ["420525", "420526"]
    assert shot.of("nothing").empty


def test_the_fingerprint_is_of_inputs_policy_and_scenario_alone() -> None:
    about = {"inputs": {"a": "1"}, "policy": "p", "scenario": [], "title": "甲"}
    assert fingerprint_about(about) == fingerprint_about(about | {"title": "乙", "sample": True})
    for key, other in (("inputs", {"a": "2"}), ("policy", "q"), ("scenario", ["在建"])):
        assert fingerprint_about(about) != fingerprint_about(about | {key: other})


def test_a_boundary_written_again_is_the_same_and_a_metre_more_is_another() -> None:
    box = shapely.box(110, 30, 111, 31)
    again = shapely.reverse(shapely.box(110.000001, 30, 111, 31))
    wider = shapely.box(110.00002, 30, 111, 31)
    units = gpd.GeoDataFrame(geometry=[box, again, wider], index=["a", "b", "c"])
    prints = shape_fingerprints(units)
    assert prints["a"] == prints["b"] != prints["c"]
    assert shape_fingerprints(pd.DataFrame(index=["a"])).to_dict() == {"a": ""}


@pytest.mark.parametrize("dtype", ["str", "object", "string"])
def test_texts_are_found_where_they_stand(dtype: str) -> None:
    texts = pd.Series(["b", None, "x", "a"], dtype=dtype)
    assert find_texts(texts, pd.Index(["a", "b"])).tolist() == [1, -1, -1, 0]
    many = pd.Index([*"zzabyaxbw"])  # of many the first
    assert find_texts(texts, many).tolist() == [3, -1, 6, 2]
    assert texts_of(texts).to_pylist() == ["b", None, "x", "a"]
    assert np.issubdtype(find_texts(texts, pd.Index([], dtype="str")).dtype, np.integer)


def test_an_indicator_that_is_not_there_is_reached_by_none(shot: Snapshot) -> None:
    assert shot.reach_of("没有的指标") == {}
    assert shot.of("没有的指标").empty
    assert shot.facts_of("没有的指标", ["G1"]) == {}


def test_the_order_in_which_layers_are_listed_makes_no_other_snapshot() -> None:
    inputs = {"county": "1", "township": "2"}
    other = {"township": "2", "county": "1"}
    assert fingerprint_about({"inputs": inputs}) == fingerprint_about({"inputs": other})


def test_what_a_comparison_must_know_of_an_indicator() -> None:
    """People are counted where units weigh by them; years and the indicator before are its own."""
    policy = read_policy()
    plain, beds = policy["cemetery-township"], policy["elder-beds-new"]
    nothing = {"unit": plain.unit, "years": [], "earlier": plain.earlier}
    assert about_comparison(plain) == nothing
    weighed = replace(plain, weight="population")
    assert about_comparison(weighed) == nothing | {"unit": "人"}
    assert about_comparison(replace(weighed, measure="sum", unit="床")) == nothing | {"unit": "床"}
    assert beds.year is not None
    assert about_comparison(beds)["years"] == list(beds.year[1]) != []


def test_many_rows_of_one_value_are_found_in_their_order() -> None:
    values = pd.Series([f"{n * 7 % 3}" for n in range(90)])
    found = {value: rows.tolist() for value, rows in _positions(values).items()}
    assert found == {v: [n for n in range(90) if values[n] == v] for v in ("0", "1", "2")}
    assert _positions(pd.Series([], dtype="str")) == {}


def test_many_facilities_of_a_unit_keep_their_order(tmp_path: Path) -> None:
    head = "编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇\n"
    row = "G{:02d} | 示例 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 远安县 | 示例{}镇\n"
    rows = [row.format(n * 37 % 60, "甲乙"[n % 2]) for n in range(60)]
    world = make_workspace({**WORLD, "cemetery": head + "".join(rows)}, tmp_path)
    found = world.measure(["cemetery-township"], options=Options(as_of=ON))
    units = {level: world.units(level) for level in ("township", "county")}
    shot = take_snapshot(found, units, title="示例", inputs={}, policy="p")
    reach = shot.reach_of("cemetery-township")
    assert reach == {
        f"42052510{1 + k}": [f"G{n * 37 % 60:02d}" for n in range(60) if n % 2 == k] for k in (0, 1)
    }


def test_a_snapshot_without_any_figure_has_its_columns_and_units(workspace: Workspace) -> None:
    nothing = workspace.measure(["assistance-ratio"], options=Options(as_of=ON))
    assert [a.coverage for a in nothing.assessments] == [None]
    units = {level: workspace.units(level) for level in ("township", "county")}
    shot = take_snapshot(nothing, units, title="示例", inputs={}, policy="p")
    assert shot.units.columns.tolist() == [*TEXTS, *NUMBERS]
    assert shot.units.index.tolist() == list(range(6))
    assert shot.units["indicator"].tolist() == [""] * 6
    assert shot.counted == set()
    assert sorted(zip(shot.units["level"], shot.units["code"], strict=True)) == sorted(
        (level, code) for level, frame in units.items() for code in frame.index
    )


def test_what_names_a_unit_is_text_where_no_level_has_a_township_above(
    workspace: Workspace,
) -> None:
    found = workspace.measure(["home-adaptation"], options=Options(as_of=ON))
    units = {"county": workspace.units("county")}
    made = take_snapshot(found, units, title="", inputs={}, policy="").units
    assert made["township_code"].tolist() == ["", ""]
    assert {c: str(made[c].dtype) for c in ("township_code", "shape")} == {
        "township_code": "str", "shape": "str",
    }  # fmt: skip
