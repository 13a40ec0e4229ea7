"""An area's figure is that of its units, added up the quick way or exactly, part by part."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.basis import Basis
from hbgeo.measure.coverage import Coverage
from hbgeo.read.policy import read_policy
from hbgeo.show.excel.areas import _areas, _ranks

POLICY = read_policy([])
BY_MEASURE = {one.measure: one for one in POLICY.values() if one.per is None}
PLACES = {
    "420101": ("甲县", "4201", "甲市"),
    "420102": ("乙县", "4201", "甲市"),
    "420203": ("丙县", "4202", "乙市"),
}
WHOLE = st.integers(0, 10**6).map(float)
UNIT = st.fixed_dictionaries(
    {
        "county_code": st.sampled_from(list(PLACES)[:2]),
        "demand": st.just(1.0) | st.just(np.nan) | WHOLE,
        "covered": st.sampled_from([0.0, 1.0]),
        "value": st.just(np.nan) | WHOLE,
    }
)


def coverage_of(rows: list[dict[str, Any]], measure: str) -> Coverage:
    units = pd.DataFrame(rows, columns=["county_code", "demand", "covered", "value"])
    places = pd.DataFrame.from_dict(
        PLACES, orient="index", columns=["county", "prefecture_code", "prefecture"]
    ).rename_axis("county_code")
    return Coverage(
        "x", measure, Basis(), units.join(places, on="county_code"), parents=places.reset_index()
    )


@pytest.mark.parametrize("measure", ["presence", "ratio", "sum"])
@pytest.mark.parametrize("level", ["county", "prefecture"])
@settings(max_examples=40, deadline=None)
@given(rows=st.lists(UNIT, min_size=1, max_size=6))
def test_areas_are_the_parts_of_the_coverage(
    measure: str, level: str, rows: list[dict[str, Any]]
) -> None:
    coverage = coverage_of(rows, measure)
    a = Assessment(BY_MEASURE[measure], date(2023, 12, 31), coverage)
    found = _areas(a, coverage, level)
    parts = coverage.by(level)
    assert list(found) == list(parts)
    for key, part in parts.items():
        if measure == "sum":
            assert found[key] == part.value
        else:
            assert (found[key].covered, found[key].total) == (part.share.covered, part.share.total)


@given(st.lists(st.fractions(0, 100), max_size=8))
def test_a_rank_is_one_more_than_the_areas_above(values: list[Any]) -> None:
    ranks = _ranks({(str(n), ""): value for n, value in enumerate(values)})
    assert ranks == {str(n): 1 + sum(v > value for v in values) for n, value in enumerate(values)}
