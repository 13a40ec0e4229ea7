"""Coverage by presence: laws, brute force with prepared geometry, and what the basis says."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from hbgeo.errors import LayerError
from hbgeo.measure.basis import Basis
from hbgeo.measure.coverage import Coverage, Share, by_presence, unit_table
from hbgeo.measure.pairs import no_serving
from hbgeo.workspace import Workspace


def grid(n: int = 3, **columns: object) -> gpd.GeoDataFrame:
    """n × n squares of a tenth of a degree, coded row by row, in one county a row."""
    boxes = [
        shapely.box(110 + 0.1 * i, 30 + 0.1 * j, 110.1 + 0.1 * i, 30.1 + 0.1 * j)
        for j in range(n)
        for i in range(n)
    ]
    codes = [f"42052{j}{100 + i}" for j in range(n) for i in range(n)]
    county = [c[:6] for c in codes]
    table = {"name": [f"示例{c}镇" for c in codes], "county_code": county, "county": county}
    return gpd.GeoDataFrame({**table, **columns}, geometry=boxes, index=codes, crs="EPSG:4490")


def facilities(*points: tuple[float, float], **columns: object) -> pd.DataFrame:
    x, y = zip(*points, strict=True) if points else ((), ())
    ids = [f"F{i}" for i in range(len(points))]
    return pd.DataFrame({"x": x, "y": y, **columns}, index=ids, dtype=object).astype(
        {"x": float, "y": float}
    )


def test_one_facility_covers_the_unit_it_stands_in() -> None:
    coverage = by_presence(grid(), facilities((110.05, 30.05)))
    assert list(coverage.units.index[coverage.units["covered"] == 1]) == ["420520100"]
    assert coverage.pct == pytest.approx(100 / 9)
    assert coverage.share.pct == Fraction(100, 9)


def test_a_geodataframe_of_points_is_taken_too() -> None:
    points = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy([110.05], [30.05]), index=["F0"], crs="EPSG:4490"
    )
    assert by_presence(grid(), points).share.covered == 1


def test_order_and_index_are_the_callers_and_inputs_unchanged() -> None:
    units = grid().iloc[::-1]
    before = units.copy()
    points = facilities((110.05, 30.05), (110.15, 30.25))
    coverage = by_presence(units, points)
    assert list(coverage.units.index) == list(units.index)
    pd.testing.assert_frame_equal(pd.DataFrame(units), pd.DataFrame(before))


def test_what_is_said_of_units_is_theirs_until_it_is_changed() -> None:
    """Several tables of the same units hold the same memory; a change of one is its own."""
    units = pd.DataFrame(grid(population=range(9)))
    units["name"] = [f"示例{n}镇" for n in range(9)]
    tables = [unit_table(units, "population", covered=np.ones(9))[0] for _ in range(2)]
    one, other = tables
    assert one["name"].array is other["name"].array
    one.loc[one.index[0], "name"] = "示例改镇"
    one.loc[one.index[0], "demand"] = 5.0
    assert (other["name"].iloc[0], units["name"].iloc[0]) == ("示例0镇", "示例0镇")
    assert (other["demand"].iloc[0], units["population"].iloc[0]) == (0, 0)


def test_no_facilities_and_no_units() -> None:
    none = by_presence(grid(), facilities())
    assert none.share.covered == 0
    assert none.pct == 0
    empty = by_presence(grid().iloc[:0], facilities((110.05, 30.05)))
    assert empty.pct is None
    assert len(empty.uncovered) == 0
    assert empty.basis.outside == 1


def test_served_codes_go_down_never_up() -> None:
    points = facilities((110.05, 30.05), served=[("420521", "420522101")])
    coverage = by_presence(grid(), points)
    covered = set(coverage.units.index[coverage.units["covered"] == 1])
    assert covered == {"420520100", "420521100", "420521101", "420521102", "420522101"}
    assert coverage.units.loc["420521100", "via"] == "served"
    counties = grid().dissolve("county_code").assign(name="县")
    up = by_presence(counties, facilities((110.05, 30.05), served=[("420522101",)]))
    assert list(up.uncovered.index) == ["420521", "420522"]


def test_a_facility_that_serves_its_own_unit_counts_once_there() -> None:
    points = facilities((110.05, 30.05), served=[("420520",)])
    coverage = by_presence(grid(), points)
    assert coverage.units.loc["420520100", ["facilities", "via"]].tolist() == [1, "inside+served"]
    assert len(coverage.links) == 3


def test_units_without_a_weight_leave_both_sums_and_are_listed() -> None:
    weights = [1000.0, np.nan, 3000.0, *[0.0] * 6]
    coverage = by_presence(grid(population=weights), facilities((110.05, 30.05), (110.15, 30.05)),
                           weight="population")  # fmt: skip
    assert coverage.share.pct == 25
    assert coverage.basis.unweighted == ("420520101",)


def test_an_unknown_weight_names_the_columns_there_are() -> None:
    with pytest.raises(LayerError, match="没有可加权的列“people”；已有列：name"):
        by_presence(grid(), facilities((110.05, 30.05)), weight="people")


def test_parts_add_up_to_the_whole_as_ratios_of_sums() -> None:
    points = facilities((110.05, 30.05), (110.15, 30.05), (110.25, 30.15))
    coverage = by_presence(grid(), points)
    parts = coverage.by("county")
    assert [(k[0], p.share.covered, p.share.total) for k, p in parts.items()] == [
        ("420520", 2, 3), ("420521", 1, 3), ("420522", 0, 3),
    ]  # fmt: skip
    assert sum(p.share.covered for p in parts.values()) == coverage.share.covered
    with pytest.raises(LayerError, match="不能按“town”汇总"):
        coverage.by("town")


@given(st.lists(st.tuples(st.integers(-1, 7), st.integers(-1, 7)), max_size=40), st.randoms())
def test_each_point_counts_once_in_whatever_order(
    halves: list[tuple[int, int]], order: object
) -> None:
    """Points on corners, edges and insides of the grid, on a lattice of half squares."""
    units = grid()
    points = [(110 + 0.05 * a, 30 + 0.05 * b) for a, b in halves]
    coverage = by_presence(units, facilities(*points))
    owners = []
    for x, y in points:
        holds = units.index[shapely.intersects_xy(units.geometry.to_numpy(), x, y)]
        owners.append(min(holds, default=None))
    expected = pd.Series(owners, dtype=object).value_counts().reindex(units.index, fill_value=0)
    assert coverage.units["facilities"].tolist() == expected.tolist()
    assert coverage.basis.outside == owners.count(None)
    shuffled = points.copy()
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    again = by_presence(units, facilities(*shuffled)).units["facilities"]
    assert again.tolist() == expected.tolist()


@pytest.mark.parametrize("level", ["county", "township"])
@pytest.mark.parametrize("key", ["cemetery", "eldercare", "sign"])
def test_the_samples_counts_equal_brute_force(sample: Workspace, level: str, key: str) -> None:
    """Every point against every polygon, with prepared geometry and no index."""
    units, points = sample.units(level), sample.layer(key)[["x", "y"]]
    coverage = by_presence(units, points)
    x, y = points["x"].to_numpy(), points["y"].to_numpy()
    owner = np.full(len(points), -1)
    for i in np.argsort(units.index.to_numpy().astype(str))[::-1]:  # the smallest code last
        shape = units.geometry.iloc[i]
        shapely.prepare(shape)
        owner[shapely.intersects_xy(shape, x, y)] = i
    counts = np.bincount(owner[owner >= 0], minlength=len(units))
    assert coverage.units["facilities"].tolist() == counts.tolist()
    assert coverage.share.covered == (counts > 0).sum()
    assert coverage.basis.outside == (owner < 0).sum()


def test_no_links_have_the_columns_of_links() -> None:
    links, none = by_presence(grid(), facilities((110.05, 30.05))).links, no_serving().table
    assert none.columns.tolist() == links.columns.tolist() == ["unit", "facility", "via"]
    assert {str(kind) for kind in none.dtypes} == {"str"}
    assert none.empty


def test_units_of_a_county_keep_their_order_among_many() -> None:
    codes = [f"{n:03d}" for n in np.random.default_rng(1).permutation(90)]
    county = [f"42052{k % 3}" for k in range(90)]
    table = {"county_code": county, "county": county, "demand": 1.0, "covered": 1.0}
    parts = Coverage("x", "presence", Basis(), pd.DataFrame(table, index=codes)).by("county")
    assert [key[0] for key in parts] == ["420520", "420521", "420522"]
    assert [part.units.index.tolist() for part in parts.values()] == [codes[k::3] for k in range(3)]


def test_a_value_is_that_of_all_units_and_of_what_stands_beside_them() -> None:
    units = pd.DataFrame({"value": [0.1, 0.2, np.nan], "covered": 0.0, "demand": 1.0})
    whole = Coverage("x", "sum", Basis(), units)
    assert whole.value == Fraction(3, 10)
    beside = replace(whole, apart=pd.DataFrame({"value": [0.4, np.nan, 1.0]}))
    assert beside.value == Fraction(17, 10)


def test_shapes_are_no_mere_hint_and_data_not_invented_unless_it_is_said() -> None:
    """Ten kilometres from the unit it names a point contradicts it; of a hint it does not."""
    point = facilities((110.05, 30.05), unit_code=["420520102"])
    plain = by_presence(grid(), point)
    assert plain.share.covered == 0
    assert (plain.basis.approximate, plain.basis.sample, plain.basis.used) == (False, False, 0)
    assert plain.basis.set_aside == {"点位与台账所在单元不符": 1}
    hint = by_presence(grid(), point, approximate=True, sample=True)
    assert list(hint.units.index[hint.units["covered"] == 1]) == ["420520102"]
    assert (hint.basis.approximate, hint.basis.sample, hint.basis.by_ledger) == (True, True, 1)


def test_places_and_deaths_are_added_up_with_what_no_double_holds() -> None:
    table = pd.DataFrame(
        {"demand": [1.0, 1, np.nan], "places": [0.333, 2.5, 9.0], "deaths": [0.5, 1.25, 9.0]},
        index=["a", "b", "c"],
    )
    finer = {"places": {"a": Fraction(1, 3), "c": Fraction(9)}}
    made = Coverage("x", "capacity", Basis(), table, finer=finer)
    assert (made.places, made.deaths) == (Fraction(1, 3) + Fraction(5, 2), Fraction(7, 4))
    assert made.years_left == Fraction(34, 21)
    assert replace(made, finer={}).places == Fraction("2.833")


def test_a_share_is_exact_unless_it_is_said_not_to_be() -> None:
    quarter = Share(Fraction(1), Fraction(4))
    assert (quarter.exact, quarter.pct) == (True, 25)
    assert Share(Fraction(0), Fraction(0)).pct is None


def test_amounts_of_no_unit_are_added_to_those_of_units_only_where_there_are_some() -> None:
    units = pd.DataFrame({"value": [1.5, 2.0, np.nan]}, index=list("abc"))
    plain = Coverage("x", "sum", Basis(), units)
    assert plain.value == Fraction(7, 2)
    assert replace(plain, apart=pd.DataFrame({"value": [0.25, 4.0]})).value == Fraction(31, 4)
