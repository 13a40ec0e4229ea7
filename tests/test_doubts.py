"""What is left open of figures: laws over ledgers of which every combination of readings is tried."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import doubtful_tables as tables
import pytest
from doubtful_ledgers import (
    GOALS,
    INDICATORS,
    World,
    covered,
    figure,
    is_met,
    make_world,
    write_world,
)

from hbgeo.measure.doubt.result import Doubts
from hbgeo.workspace import Workspace

SEEDS = range(24)


@pytest.fixture(scope="module", params=SEEDS)
def asked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    world = make_world(request.param)
    folder = tmp_path_factory.mktemp("doubts")
    write_world(world, folder)
    return world, Workspace.open(folder).doubts(INDICATORS)


def _tried(world: World, indicator: str) -> list[tuple[Fraction | None, int]]:
    return [(figure(some, indicator), cost) for some, cost in world.combinations()]


@pytest.mark.parametrize("indicator", INDICATORS)
def test_bounds_are_those_of_all_combinations(asked: tuple[World, Doubts], indicator: str):
    world, doubts = asked
    values = [value for value, _ in _tried(world, indicator) if value is not None]
    if not values:
        assert indicator not in doubts.of or doubts.of[indicator].span.low is None
        return
    span = doubts.of[indicator].span
    assert (span.low, span.high, span.exact) == (min(values), max(values), True)


@pytest.mark.parametrize("indicator", INDICATORS)
def test_a_conclusion_is_firm_where_no_combination_turns_it(
    asked: tuple[World, Doubts], indicator: str
):
    world, doubts = asked
    tried = _tried(world, indicator)
    own = is_met(world, tried[0][0], indicator)
    turned = [
        c for v, c in tried if (met := is_met(world, v, indicator)) is not None and met != own
    ]
    if own is None:  # nothing over nothing has no conclusion to turn
        assert indicator == "case-ratio"
        return
    found = doubts.of[indicator]
    assert found.firm is (not turned)
    if turned:
        assert found.turning is not None
        assert (found.turning.rows, found.turning.at_least) == (min(turned), min(turned))


def test_units_are_open_whose_state_differs(asked: tuple[World, Doubts]):
    world, doubts = asked
    for indicator in [one for one in INDICATORS if not one.startswith("case-")]:
        sets = [covered(some, indicator) for some, _ in world.combinations()]
        wanted = set.union(*sets) - set.intersection(*sets)
        assert set(doubts.of[indicator].units.index) == wanted


def test_there_are_goals_for_all():
    assert set(GOALS) == set(INDICATORS)


def test_worlds_leave_much_open():
    sizes = [make_world(seed).size for seed in SEEDS]
    assert max(sizes) > 500
    assert any(make_world(seed).twins for seed in SEEDS)


def test_without_doubts_bounds_are_the_figure(tmp_path: Path):
    world = make_world(0)
    plain = World(world.towns, [row for row in world.rows if len(row.readings) == 1])
    write_world(plain, tmp_path)
    workspace = Workspace.open(tmp_path)
    for a in workspace.assess(INDICATORS):
        if a.coverage is None:
            continue
        firm = workspace.doubts([a.indicator.id]).of[a.indicator.id]
        assert firm.span.low == firm.span.high
        assert not firm.open
        assert firm.rows.empty


@pytest.mark.parametrize("seed", range(40))
def test_facts_and_chains_are_bounded_by_all_combinations(seed: int, tmp_path: Path):
    facts, chain = tables.make_facts(seed), tables.make_chain(seed)
    tables.write_tables(facts, chain, tmp_path)
    found = Workspace.open(tmp_path).doubts(["county-central-care", "three-level-network"]).of
    tried = [tables.central_care(some) for some in tables.combinations(facts)]
    care = found["county-central-care"]
    covered = [c for c, _ in tried]
    assert (care.span.low, care.span.high, care.span.exact) == (min(covered), max(covered), True)
    met = {c >= total for c, total in tried if total}
    assert care.firm is (len(met) == 1)
    villages = [tables.network(some) for some in tables.combinations(chain)]
    sizes = [len(some) for some in villages]
    span = found["three-level-network"].span
    assert (span.low, span.high, span.exact) == (min(sizes), max(sizes), True)
    wanted = set.union(*villages) - set.intersection(*villages)
    assert set(found["three-level-network"].units.index) == wanted
