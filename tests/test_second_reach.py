"""Radius, roads and catchment, computed twice: by hbgeo, and by a slow and obvious second one."""

from __future__ import annotations

import ast
import shutil
from decimal import Decimal
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import second_opinion as second
import second_reach
import second_world
import shapely
from dirty_worlds import AS_OF
from hypothesis import given, settings
from hypothesis import strategies as st
from second_opinion import Asked

from hbgeo.access import Catchment, measure_access
from hbgeo.measure.catchment import DECAYS, two_step
from hbgeo.measure.graph import make_network
from hbgeo.measure.network import costs_between
from hbgeo.measure.options import Options
from hbgeo.measure.reach import geodesic_costs
from hbgeo.reached import assess_radii
from hbgeo.workspace import Workspace

HOME = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def world() -> second_world.World:
    return second_world.read_world(HOME)


def sites_of(world: second_world.World, rule: second.Rule) -> dict[str, tuple[float, float]]:
    """Where the facilities stand that count."""
    table = world.tables[rule["layer"]]
    rows = second._counted(world, rule, table, Asked(AS_OF))
    return {r["id"]: r["point"] for r in rows if r["point"]}


def frame(points: dict) -> pd.DataFrame:
    xy = np.array(list(points.values()), float).reshape(-1, 2)
    return pd.DataFrame(xy, columns=["x", "y"], index=list(points))


@pytest.mark.parametrize("one", ["elder-community", "sign-village"])
def test_villages_of_the_sample_within_a_radius(
    one: str, world: second_world.World, sample: Workspace
) -> None:
    rule = second.rules()[one]
    if one not in sample.policy or sample.policy[one].units != "village":
        pytest.fail(f"{one} is no indicator of villages")
    codes = second._denominator(world, rule, world.units["village"])
    sites = np.array(list(sites_of(world, rule).values()))
    [made] = assess_radii(sample, [one], Options(as_of=AS_OF), [Decimal(2000)])
    assert made.coverage is not None
    got = made.coverage.units["covered"]
    assert len(got) == len(codes)
    rng = np.random.default_rng(1)
    for code in rng.choice(codes, 400, replace=False):
        point = world.units["village"][code]["point"]
        near = sites[np.abs(sites[:, 1] - point[1]) < 0.03] if point else []
        hit = any(second_reach.metres(point, tuple(site)) <= 2000 for site in near)
        assert got[code] == float(hit), code


def test_the_nearest_found_again_is_the_second_one_s_after_a_ledger_changed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(HOME / "layers", home / "layers")
    with pd.option_context("mode.string_storage", "pyarrow"):
        Workspace.open(home).measure(with_nearest=True)
        ledger = home / "layers" / "cemetery.xlsx"
        book = openpyxl.load_workbook(ledger)
        for sheet in book.worksheets:
            sheet.delete_rows(40, 300)
        book.save(ledger)
        after = Workspace.open(home)
        measured, seats = after.measure(with_nearest=True), after.units("township")
    world, rng = second_world.read_world(home), np.random.default_rng(22)
    for one in ("elder-township", "cemetery-township"):  # as before, and with fewer rows
        sites = list(sites_of(world, second.rules()[one]).items())
        near = measured.nearest[one].dropna()
        for code in rng.choice(near.index, 60, replace=False):
            seat = tuple(seats.loc[code, ["seat_x", "seat_y"]])
            metres, ident = min((second_reach.metres(seat, at), ident) for ident, at in sites)
            assert near.loc[code, "nearest_km"] == pytest.approx(metres / 1000, abs=1e-6), code
            assert near.loc[code, "nearest_id"] == ident, code


def test_townships_of_the_sample_by_area(world: second_world.World, sample: Workspace) -> None:
    rule = second.rules()["cemetery-township"]
    sites = list(sites_of(world, rule).values())
    [made] = assess_radii(sample, ["cemetery-township"], Options(as_of=AS_OF), [Decimal(5000)])
    assert made.coverage is not None
    for code, covered in made.coverage.units["covered"].iloc[::40].items():
        shape = world.units["township"][code]["geometry"]
        assert covered == pytest.approx(second_reach.share(shape, sites, 5000), abs=1e-4), code


def test_access_of_the_sample(world: second_world.World, sample: Workspace) -> None:
    rule = second.rules()["elder-township"]
    table = world.tables["eldercare"]
    rows = second._counted(world, rule, table, Asked(AS_OF))
    supply = {r["id"]: float(r["beds"] or 0) for r in rows if r["point"]}
    sites = {r["id"]: r["point"] for r in rows if r["point"]}
    units = sample.units("township")
    seats = {
        c: (x, y) for c, x, y in zip(units.index, units["seat_x"], units["seat_y"], strict=True)
    }
    people = second_world.population(world, "township", "population", AS_OF) or {}
    demand = {c: float(people.get(c, 0)) for c in seats}
    pairs = second_reach.within(seats, sites, 8000)
    score, idle = second_reach.catchment(demand, supply, pairs, 8000, "gaussian")
    how = Catchment(metres=Decimal(8000), decay="gaussian")
    made = measure_access(sample, "elder-township", Options(as_of=AS_OF), how)
    got = made.table.set_index("code")["score"]
    assert got.index.tolist() == sorted(seats)
    np.testing.assert_allclose(got[list(seats)], [float(score[c]) for c in seats], rtol=1e-6, atol=1e-12)  # fmt: skip
    said = next((line for line in made.said if "范围内没有人" in line), " 0 个")
    assert f" {len(idle)} 个" in said


def random_rows(rng: np.random.Generator) -> list[dict]:
    """Roads about 112° E 30.5° N, some kilometres long."""
    at = np.add(rng.uniform(-0.03, 0.03, (9, 2)), [112, 30.5])
    rows = []
    for _ in range(int(rng.integers(3, 12))):
        stops = at[rng.choice(9, int(rng.integers(2, 5)), replace=False)]
        rows.append({
            "line": [tuple(map(float, s)) for s in stops],
            "class": str(rng.choice(["国道", "县道", "村道", "", "非机动车道"], p=[0.3, 0.3, 0.2, 0.1, 0.1])),
            "speed_kmh": float(rng.choice([0, 30, 70])),
            "oneway": str(rng.choice(["", "否", "是", "反向"])),
        })  # fmt: skip
    return [*rows, {"line": [(112.0, 30.5), (112.01, 30.51)], "class": "国道", "speed_kmh": 0.0, "oneway": ""}]  # fmt: skip


def as_lines(rows: list[dict]) -> gpd.GeoDataFrame:
    plain = [{k: v for k, v in row.items() if k != "line"} for row in rows]
    shapes = [shapely.LineString(row["line"]) for row in rows]
    return gpd.GeoDataFrame(plain, geometry=shapes, crs="EPSG:4490")


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), by=st.sampled_from(["minutes", "metres"]))
def test_costs_by_road_from_anywhere(seed: int, by: str) -> None:
    rng = np.random.default_rng(seed)
    rows = random_rows(rng)
    places = {k: tuple(np.add(rng.uniform(-0.05, 0.05, 2), [112, 30.5])) for k in range(6)}
    sites = {k: tuple(np.add(rng.uniform(-0.05, 0.05, 2), [112, 30.5])) for k in range(4)}
    wanted = second_reach.by_road(rows, places, sites, by)
    found = costs_between(make_network(as_lines(rows)), frame(places), frame(sites), limit=1e9, by=by)  # fmt: skip
    got = dict(zip(zip(found.place.tolist(), found.facility.tolist(), strict=True), found.cost, strict=True))  # fmt: skip
    assert got.keys() == wanted.keys()
    # each stretch is rounded to a tenth of a second or a decimetre, corners to a centimetre
    for pair, cost in wanted.items():
        assert got[pair] == pytest.approx(cost, abs=0.02 if by == "minutes" else 2), pair


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), decay=st.sampled_from(DECAYS))
def test_catchments_from_anywhere(seed: int, decay: str) -> None:
    rng = np.random.default_rng(seed)
    places = {f"p{k}": tuple(np.add(rng.uniform(-0.05, 0.05, 2), [112, 30.5])) for k in range(8)}
    sites = {f"f{k}": tuple(np.add(rng.uniform(-0.05, 0.05, 2), [112, 30.5])) for k in range(5)}
    demand = {p: float(rng.integers(0, 4) * 100) for p in places}
    supply = {f: float(rng.integers(0, 3) * 10) for f in sites}
    score, idle = second_reach.catchment(demand, supply, second_reach.within(places, sites, 4000), 4000, decay)  # fmt: skip
    costs = geodesic_costs(frame(places), frame(sites), 4000)
    made = two_step(pd.Series(demand), pd.Series(supply), costs, catchment=4000, decay=decay)
    np.testing.assert_allclose(made.places["score"], [float(score[p]) for p in places], rtol=1e-6, atol=1e-9)  # fmt: skip
    assert set(made.idle) == set(idle)


def test_the_second_one_knows_nothing_of_the_first() -> None:
    tree = ast.parse(Path(second_reach.__file__).read_text("utf-8"))
    names = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    names |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert not [name for name in names if name and name.split(".")[0] == "hbgeo"]
