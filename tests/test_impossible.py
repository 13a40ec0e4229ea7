"""Impossible numbers put their row aside, each with an E14 that says which."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hbgeo.read.issues import Notes
from hbgeo.read.schema.impossible import note_impossible
from hbgeo.read.schema.records import read_schema


def noted(schema: str, **columns: list[float]) -> tuple[list[bool], list[str]]:
    frame = pd.DataFrame(columns)
    count = len(frame)
    rows = pd.DataFrame({"file": "a.csv", "sheet": "", "row": range(2, count + 2)})
    notes = Notes("layer", rows, read_schema(schema))
    found = {c: f"“{c}”列" for c in columns}
    bad = note_impossible(frame, found, notes)
    assert {(i.rule, i.severity) for i in notes.issues} <= {("E14", "error")}
    return bad.tolist(), [i.message for i in notes.issues]


def test_more_used_than_there_are() -> None:
    bad, said = noted(
        "cemetery", plots_total=[100.0, 100.0, np.nan, 0.0], plots_used=[100.0, 101.0, 5.0, np.nan]
    )
    assert bad == [False, True, False, False]
    assert said == ["第3行 ““plots_used”列”=101大于““plots_total”列”，该行不计入"]


def test_graves_and_niches_that_cannot_be() -> None:
    assert noted("cemetery", niches_total=[5.0, 5.0], niches_used=[5.0, 6.0])[0] == [False, True]
    bad, said = noted(
        "cemetery", plots_total=[10.0] * 5, plots_used=[5.0, 5.0, 5.0, 2.0, 9.0],
        double_plots=[8.0, 11.0, 8.0, 8.0, 4.0], double_used=[4.0, 4.0, 9.0, 3.0, 2.0],
    )  # fmt: skip
    assert bad == [False, True, True, True, True]
    assert said[-1] == (
        "第6行 ““double_used”列”=2与““plots_used”列”““plots_total”列”不符：已用的单人穴多于单人穴总数，该行不计入"
    )


@pytest.mark.parametrize(
    "numbers", [{"mortality": [1000.5]}, {"burial_share": [100.5]}, {"deaths": [6.0], "population": [5.0]}]
)  # fmt: skip
def test_deaths_that_cannot_be(numbers: dict[str, list[float]]) -> None:
    assert noted("population", **numbers)[0] == [True]


def test_more_nursing_beds_than_beds() -> None:
    bad, _ = noted("eldercare", beds=[10.0, 10.0, 0.0], beds_nursing=[11.0, 2.0, 0.5])
    assert bad == [True, False, True]


@pytest.mark.parametrize(
    "numbers",
    [
        {"population": [-1.0]}, {"population": [5.0], "population_60": [6.0]},
        {"population": [5.0], "population_65": [6.0]},
        {"population_60": [5.0], "population_65": [5.5]}, {"registered": [-0.5]},
    ],
)  # fmt: skip
def test_people_that_cannot_be(numbers: dict[str, list[float]]) -> None:
    assert noted("population", **numbers)[0] == [True]


def test_numbers_that_can_be() -> None:
    bad, said = noted(
        "population", population=[0.0, 5.0, np.nan], population_60=[0.0, 5.0, 3.0],
        population_65=[0.0, 5.0, 3.0], year=[2023.0, 2023.0, np.nan],
    )  # fmt: skip
    assert (bad, said) == ([False] * 3, [])


def test_columns_of_texts_and_coordinates_are_let_be() -> None:
    frame = pd.DataFrame({"name": ["-1"], "lon": [-114.3]})
    rows = pd.DataFrame({"file": ["a"], "sheet": [""], "row": [2]})
    notes = Notes("layer", rows, read_schema("cemetery"))
    assert not note_impossible(frame, {"name": "名称", "lon": "经度"}, notes).any()


@pytest.mark.parametrize(("part", "whole"), [(5.0, 5.0), (0.0, 0.0), (5.0, 4.0)])
def test_a_part_as_great_as_its_whole_is_none_too_many(part: float, whole: float) -> None:
    bad, said = noted("eldercare", beds=[whole], beds_nursing=[part])
    assert bad == [part > whole]
    assert said == ["第2行 ““beds_nursing”列”=5大于““beds”列”，该行不计入"] * (part > whole)


def test_nought_is_no_negative_number_and_a_negative_one_is_said() -> None:
    bad, said = noted("cemetery", plots_total=[0.0, -0.5, -1234567.0], area_m2=[-1.0, 0.0, 3.0])
    assert bad == [True, True, True]
    assert said == [
        "第3行 ““plots_total”列”=-0.5是负数，该行不计入",
        "第4行 ““plots_total”列”=-1234567是负数，该行不计入",
        "第2行 ““area_m2”列”=-1是负数，该行不计入",
    ]
