"""Groups of units by parent: those of shared work are those of each frame for itself."""

import numpy as np
import pandas as pd

from hbgeo.measure.doubt.grouped import Grouped, numbered, some_of
from hbgeo.measure.pairs import positions_among
from hbgeo.measure.source import PARENTS


def units(*counties: str) -> pd.DataFrame:
    codes = [f"{county or 'x'}{k}" for k, county in enumerate(counties)]
    frame = pd.DataFrame({"county_code": counties}, index=codes, dtype="str")
    return frame.assign(prefecture_code=frame["county_code"].str[:1], province_code="4")


def test_groups_are_in_the_order_of_codes_and_no_code_is_in_none() -> None:
    number, codes = numbered(pd.Series(["b", "", "a", "b"], dtype="str"))
    assert (number.tolist(), codes) == ([1, -1, 0, 1], ["a", "b"])
    number, codes = numbered(pd.Series(["", None, ""], dtype="str"))
    assert (number.tolist(), codes) == ([-1, -1, -1], [])
    number, codes = numbered(pd.Series([], dtype="str"))
    assert (number.tolist(), codes) == ([], [])


def test_groups_found_together_are_those_found_apart() -> None:
    grouped, frames = Grouped(), [units("12", "11", "", "12"), units("31"), units("12", "11")]
    for frame in [*frames, *reversed(frames), frames[0].assign(demand=1.0)]:
        for level, (column, _) in PARENTS.items():
            number, codes = grouped.groups(frame)[level]
            alone, names = numbered(frame[column])
            assert (number.tolist(), codes) == (alone.tolist(), names)
        assert grouped.codes(frame).tolist() == frame.index.tolist()


def test_some_units_are_the_frame_itself_only_where_they_are_all_of_it_in_its_order() -> None:
    frame = units("12", "11")
    assert some_of(frame, frame.assign(demand=1.0).index) is frame
    turned = some_of(frame, frame.index[::-1])
    assert turned.index.tolist() == frame.index.tolist()[::-1]
    assert some_of(frame, frame.index[:1]).index.tolist() == frame.index.tolist()[:1]


def test_positions_among_some_are_those_of_looking_each_up() -> None:
    chance = np.random.default_rng(0)
    for _ in range(20):
        every = pd.Index([f"u{k}" for k in chance.permutation(12)])
        some = every[chance.permutation(12)[: chance.integers(0, 13)]]
        assert positions_among(every, some).tolist() == some.get_indexer(every).tolist()
