"""Which class each polygon is coloured as: exact at the target, sums of what lies in it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.basis import Basis
from hbgeo.measure.coverage import Coverage
from hbgeo.read.indicator import Indicator, Target
from hbgeo.show.page.classes import Classes, classify, rate_edges


def shown(covered: int, total: int, pct: str | None) -> Classes:
    """The class of one county, so many of whose townships are covered, beside an empty one."""
    codes = [f"420528{101 + n}" for n in range(total)]
    towns = pd.DataFrame({"demand": 1.0, "covered": 0.0, "county_code": "420528"}, index=codes)
    towns.iloc[:covered, 1] = 1.0
    boxes = [shapely.box(110 + n, 30, 111 + n, 31) for n in range(2)]
    counties = gpd.GeoDataFrame(index=["420528", "420529"], geometry=boxes, crs="EPSG:4490")
    targets = (Target(Decimal(pct), None, None, ("示例",)),) if pct else ()
    one = Indicator(
        "town", None, "funeral", "", "示例", "presence", "township", "", "", targets=targets
    )
    day = date(2023, 12, 31)
    measured = Assessment(one, day, Coverage("town", "presence", Basis(as_of=day), towns))
    return classify(measured, {"county": counties})


@pytest.mark.parametrize(
    ("covered", "total", "pct", "met"),
    [
        (7, 20, "35", True), (6, 20, "35", False), (8, 20, "35", True),
        (323, 922, "35", True), (322, 922, "35", False),
        (3, 5, "60", True), (351, 1000, "35.1", True), (350, 1000, "35.1", False),
        (3, 3, "100", True), (2, 3, "100", False),
    ],
)  # fmt: skip
def test_a_share_exactly_at_the_target_is_coloured_as_reached(
    covered: int,
    total: int,
    pct: str,
    met: bool,  # noqa: FBT001 - a value of the table
) -> None:
    classes = shown(covered, total, pct)
    assert classes.met_from is not None
    assert classes.edges[classes.met_from] == Decimal(pct)
    assert (classes.of[0] >= classes.met_from) == met
    assert classes.of[1] == -1  # a county without a township has no rate


@pytest.mark.parametrize(("covered", "wanted"), [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (5, 4)])
def test_without_a_target_an_edge_belongs_to_the_class_above(covered: int, wanted: int) -> None:
    classes = shown(covered, 5, None)
    assert (classes.of[0], classes.met_from) == (wanted, None)
    assert classes.labels == ("0% – 20%", "20% – 40%", "40% – 60%", "60% – 80%", "80% 以上")


def test_the_target_is_one_of_the_edges() -> None:
    assert rate_edges(Decimal(35)) == [Decimal(n) for n in (0, 18, 35, 57, 78)]
    assert rate_edges(Decimal(100)) == [Decimal(n) for n in (0, 25, 50, 75, 100)]
