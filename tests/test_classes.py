"""Which class each polygon is coloured as: exact at the target, sums of what lies in it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.basis import Basis
from hbgeo.measure.coverage import Coverage
from hbgeo.read.indicator import Indicator, Target
from hbgeo.show.page.breaks import amount_breaks
from hbgeo.show.page.classes import Classes, classify, classify_parents, rate_edges


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


def edges_of(target: str | None, parts: list[int], wholes: list[int]) -> list[str]:
    """The edges of the classes of shares, as text."""
    given = (np.array(numbers, dtype=float) for numbers in (parts, wholes))
    return [str(edge) for edge in rate_edges(None if target is None else Decimal(target), *given)]


@pytest.mark.parametrize(
    ("target", "shares", "wanted"),
    [
        # three classes on either side, each with as many of the units as may be
        ("35", [5, 6, 12, 14, 26, 30, 36, 40, 55, 60, 90, 100],
         ["0", "10", "20", "35", "55", "75"]),
        ("35", [1, 2, 3, 50], ["0", "35"]),  # one class holds all: no empty one beside it
        ("35", [34, 34, 1], ["0", "15", "35"]),  # nobody reaches the target: that is said, once
        ("35", [35, 35, 99], ["0", "35", "65"]),
        ("100", [10, 20, 50, 90, 100], ["0", "30", "60", "100"]),  # as even as may be
        ("35.1", [35, 36, 5, 10], ["0", "10", "20", "35.1"]),
        ("0", [10, 20, 50, 90], ["0", "30", "60"]),
        (None, [0, 20, 40, 60, 80, 100], ["0", "20", "40", "60", "80"]),
        (None, [50, 50, 50], ["0"]),
        ("50", [], ["0", "50"]),
    ],
)  # fmt: skip
def test_breaks_are_round_follow_the_data_and_leave_no_class_empty(
    target: str | None, shares: list[int], wanted: list[str]
) -> None:
    assert edges_of(target, shares, [100] * len(shares)) == wanted


@pytest.mark.parametrize("seed", range(20))
def test_whatever_the_data_a_break_is_at_the_target_and_no_other_class_is_empty(seed: int) -> None:
    draw = np.random.default_rng(seed)
    wholes = draw.integers(1, 40, 103)
    parts = np.minimum(wholes, np.floor(wholes * draw.beta(*draw.uniform(0.2, 3, 2), 103)))
    target = int(draw.integers(1, 100))
    edges = [int(edge) for edge in edges_of(str(target), parts.tolist(), wholes.tolist())]
    turn = edges.index(target)
    assert edges == sorted(set(edges))
    assert turn <= 3
    assert len(edges) - turn <= 3
    of = [sum(int(part) * 100 >= edge * int(whole) for edge in edges[1:])
          for part, whole in zip(parts, wholes, strict=True)]  # fmt: skip
    empty = set(range(len(edges))) - set(of)
    # a side where nobody stands has one class, which says so
    assert empty <= ({0} if turn == 1 else set()) | ({turn} if turn == len(edges) - 1 else set())


def test_amounts_have_breaks_at_round_numbers_none_without_units() -> None:
    amounts = np.array([1, 2, 3, 5, 37, 40, 1240], dtype=float)
    assert amount_breaks(amounts, whole=True) == [3, 5, 40]
    assert amount_breaks(np.ones(5), whole=True) == []
    assert amount_breaks(np.array([317.0, 322, 1188, 1190, 5210]), whole=True) == [1200]
    assert amount_breaks(np.array([]), whole=True) == []


DAY = date(2026, 11, 25)
TOWNS = ("420528101", "420528102", "420528103", "420528104", "420529101")


def townships() -> dict[str, gpd.GeoDataFrame]:
    """Four townships of one county and one of another, with both counties."""
    boxes = [shapely.box(110 + n, 30, 111 + n, 31) for n in range(5)]
    frame = gpd.GeoDataFrame(index=list(TOWNS), geometry=boxes, crs="EPSG:4490")
    frame["county_code"] = [code[:6] for code in TOWNS]
    counties = gpd.GeoDataFrame(index=["420528", "420529"], geometry=boxes[:2], crs="EPSG:4490")
    return {"county": counties, "township": frame}


def supplied(
    places: list[float], deaths: list[float], years: str = "30", **more: object
) -> Assessment:
    """A capacity of the five townships."""
    one = Indicator(
        "left", None, "funeral", "", "示例", "capacity", "township", "cemetery", "",
        years=Decimal(years), unit="年", **more,
    )  # fmt: skip
    units = pd.DataFrame({"places": places, "deaths": deaths}, index=list(TOWNS))
    units["demand"] = np.where(units.isna().any(axis=1), np.nan, 1.0)
    units["covered"] = (units["places"] >= int(years) * units["deaths"]).astype(float)
    units["value"] = units["places"] / units["deaths"]
    units["county_code"], units["county"] = [code[:6] for code in TOWNS], ""
    return Assessment(one, DAY, Coverage("left", "capacity", Basis(as_of=DAY), units))


def test_a_capacity_shows_who_has_enough_at_every_level() -> None:
    # 30 years exactly, a little less, no places, not known; the second county: 60 years
    a = supplied([300, 299, 0, np.nan, 600], [10, 10, 5, 2, 10])
    units = townships()
    own = classify(a, units)
    assert (own.mode, own.labels, own.met_from) == ("norm", ("不够 30 年", "够 30 年"), 1)
    assert own.of.tolist() == [1, 0, 0, -2, 1]
    [county] = classify_parents(a, own, units)
    # 599 places for 25 deaths a year, the unknown township in neither: 23.96 years
    assert county.table.loc["420528", ["covered", "total"]].tolist() == [599, 25]
    assert (county.of.tolist(), county.labels) == ([0, 1], own.labels)


def test_a_unit_where_nobody_asks_for_a_place_has_no_years() -> None:
    own = classify(supplied([300, 300, 0, 0, 600], [10, 0, 0, 2, 10]), townships())
    assert own.of.tolist() == [1, 1, 1, 0, 1]  # nobody dies: there is enough
    assert np.isnan(own.table["rate"].to_numpy()).tolist() == [False, True, True, False, False]


def test_places_of_a_unit_that_cannot_be_told_are_in_no_sum() -> None:
    a = supplied([300, 20, 0, 0, 600], [10, 10, 5, 2, 10])
    assert a.coverage is not None
    a.coverage.units.loc[TOWNS[1], "demand"] = np.nan
    own = classify(a, townships())
    assert own.of.tolist() == [1, -2, 0, 0, 1]
    [county] = classify_parents(a, own, townships())
    assert county.table.loc["420528", ["covered", "total"]].tolist() == [300, 17]


def normed(area: list[float], households: list[float], target: str | None) -> Assessment:
    """Square metres a hundred households, of the five townships."""
    targets = (Target(None, Decimal(target), None, ("示例",)),) if target else ()
    one = Indicator(
        "area", None, "governance", "", "示例", "ratio", "township", "service-facility", "",
        per=Decimal(100), unit="平方米/百户", targets=targets,
    )  # fmt: skip
    units = pd.DataFrame({"value": area, "demand": households}, index=list(TOWNS))
    units["covered"] = units["value"] / units["demand"]
    units["county_code"] = [code[:6] for code in TOWNS]
    return Assessment(one, DAY, Coverage("area", "ratio", Basis(as_of=DAY), units))


def test_a_norm_has_its_classes_about_the_target_in_its_own_unit() -> None:
    # 30, 29.99, 14, 60 and 45 平方米 a hundred households
    a = normed([300, 299.9, 140, 600, 450], [1000] * 5, "30")
    own = classify(a, townships())
    assert (own.mode, own.met_from) == ("norm", 2)
    assert own.labels == ("不到 16", "16 – 30", "30 – 38", "38 – 48", "48 以上")
    assert own.of.tolist() == [2, 1, 0, 4, 3]
    [county] = classify_parents(a, own, townships())
    # 1339.9 for 4000 households: 33.5; 45; nobody is below, and that is one class
    assert county.labels == ("不到 30", "30 – 36", "36 以上")
    assert (county.of.tolist(), county.met_from) == ([1, 2], 1)


def test_a_norm_without_a_target_parts_the_units_evenly() -> None:
    own = classify(normed([100, 200, 300, 400, 500], [1000] * 5, None), townships())
    assert (own.edges, own.met_from) == ((0, 15, 25, 35, 45), None)
    assert own.of.tolist() == [0, 1, 2, 3, 4]
