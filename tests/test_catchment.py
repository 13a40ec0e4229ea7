"""Two-step floating catchment: worked by hand, and what comes out is what went in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgeo.errors import HbgeoError
from hbgeo.measure.catchment import DECAYS, decay_weights, decay_words, two_step
from hbgeo.measure.network import Costs, costs_of_table


def minutes(rows: list[tuple[str, str, float]], places: str, facilities: str) -> Costs:
    table = pd.DataFrame(rows, columns=["place", "facility", "minutes"])
    return costs_of_table(table, pd.Index(list(places)), pd.Index(list(facilities)), limit=60)


def test_two_step_by_hand() -> None:
    # F has 30 beds for 100 + 200 people, G 10 for the 200 of b; c is beyond both
    costs = minutes([("a", "F", 10), ("b", "F", 20), ("b", "G", 30), ("c", "G", 31)], "abc", "FG")
    demand, supply = pd.Series([100.0, 200, 50], list("abc")), pd.Series([30.0, 10], list("FG"))
    made = two_step(demand, supply, costs, catchment=30)
    assert made.facilities["ratio"].tolist() == pytest.approx([0.1, 0.05])
    assert made.places["score"].tolist() == pytest.approx([0.1, 0.15, 0])
    assert made.places["supply"].tolist() == [30, 40, 0]
    assert made.facilities["demand"].tolist() == [300, 200]


def test_steps_by_hand() -> None:
    # a at 10 of 30 minutes counts 1, b at 20 counts 0.68: F has 30 / (100 + 136)
    costs = minutes([("a", "F", 10), ("b", "F", 20), ("b", "G", 30)], "ab", "FG")
    demand, supply = pd.Series([100.0, 200], list("ab")), pd.Series([30.0, 10], list("FG"))
    made = two_step(demand, supply, costs, catchment=30, decay="step")
    f, g = 30 / 236, 10 / 44
    assert made.places["score"].tolist() == pytest.approx([f, 0.68 * f + 0.22 * g])


def test_the_gaussian_falls_from_one_to_nought_at_the_edge() -> None:
    weights = decay_weights(np.array([0.0, 15, 30]), 30, "gaussian")
    assert weights.tolist() == pytest.approx([1, (np.exp(-0.125) - np.exp(-0.5)) / (1 - np.exp(-0.5)), 0])  # fmt: skip
    assert weights[1] == pytest.approx(0.7014, abs=1e-4)


def test_who_has_nobody_and_what_is_not_known_is_listed() -> None:
    costs = minutes([("a", "F", 5), ("b", "G", 5), ("a", "H", 5)], "ab", "FGHI")
    demand = pd.Series([100.0, np.nan], list("ab"))
    supply = pd.Series([30.0, 10, np.nan, 7], list("FGHI"))
    made = two_step(demand, supply, costs, catchment=30)
    assert made.idle.tolist() == ["G", "I"]
    assert made.unknown.tolist() == ["H"]
    assert made.unweighed.tolist() == ["b"]
    assert made.places["score"].tolist() == [0.3, 0]


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32), decay=st.sampled_from(DECAYS))
def test_what_comes_out_is_the_supply_that_has_demand(seed: int, decay: str) -> None:
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, 12)), int(rng.integers(1, 8))
    demand = pd.Series(rng.integers(0, 3, n) * rng.uniform(0, 500, n))
    supply = pd.Series(rng.integers(0, 3, m) * 10.0)
    cost = rng.uniform(0, 60, (n, m))
    place, facility = np.nonzero(cost <= 40)
    costs = Costs(place.astype(np.int32), facility.astype(np.int32), cost[place, facility], "minutes", 40, n, m)  # fmt: skip
    made = two_step(demand, supply, costs, catchment=30, decay=decay)
    served = supply[~supply.index.isin(made.idle)].sum()
    assert (made.places["score"] * demand).sum() == pytest.approx(served, abs=1e-9)
    order = rng.permutation(n)
    again = Costs(np.argsort(order)[place].astype(np.int32), facility.astype(np.int32), cost[place, facility], "minutes", 40, n, m)  # fmt: skip
    other = two_step(demand.iloc[order], supply, again, catchment=30, decay=decay)
    np.testing.assert_allclose(other.places["score"].sort_index(), made.places["score"], rtol=1e-12)  # fmt: skip


@pytest.mark.parametrize("catchment", [0, -1, np.nan, 61])
def test_what_is_no_catchment_is_refused(catchment: float) -> None:
    costs = minutes([("a", "F", 5)], "a", "F")
    one = pd.Series([1.0])
    with pytest.raises(HbgeoError, match="应大于 0、不超过路程表的 60"):
        two_step(one, one, costs, catchment=catchment)
    with pytest.raises(HbgeoError, match="不在可选值 none、step、gaussian 中"):
        two_step(one, one, costs, catchment=9, decay="linear")


def test_each_decay_has_words() -> None:
    assert len({decay_words(decay) for decay in DECAYS}) == len(DECAYS)
