"""Rows are placed once, level by level, whatever is asked first."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hbgeo.measure.desk import Placings
from hbgeo.workspace import Workspace


@pytest.mark.parametrize("key", ["cemetery", "sign"])
def test_a_level_asked_for_later_is_placed_as_if_asked_for_at_once(
    sample: Workspace, key: str
) -> None:
    frame, levels = sample.layer(key), ("prefecture", "village")
    later, at_once = Placings(sample), Placings(sample)
    for level in ("township", *levels):
        later.placed(key, frame, level)
    for level in levels:
        one = Placings(sample).placed(key, frame, level)
        for at in one.placements:
            same(one.placements[at], later.placed(key, frame, level).placements[at])
        np.testing.assert_array_equal(
            at_once.placed(key, frame, level).conflict, later.placed(key, frame, level).conflict
        )


def same(one: object, other: object) -> None:
    for name, values in vars(one).items():
        np.testing.assert_array_equal(values, vars(other)[name])


def test_rows_name_the_prefecture_and_province_of_their_county(sample: Workspace) -> None:
    frame = sample.layer("sign")
    placed = Placings(sample).placed("sign", frame, "township").frame
    counties = sample.units("county")
    for column in ("prefecture_code", "province_code"):
        wanted = frame["county_code"].map(counties[column]).fillna("")
        pd.testing.assert_series_equal(placed[column], wanted, check_names=False)
