"""Which rows may tell one thing twice: the first of each name and unit, found at once for a whole ledger."""

from __future__ import annotations

from random import Random

import pandas as pd
import pytest

from hbgeo.measure.doubt.suspects import _first_alike

COLUMNS = ("name", "county_code", "township_code")


@pytest.mark.parametrize("seed", range(30))
def test_the_first_row_of_the_same_name_and_units(seed: int) -> None:
    draw = Random(seed)  # noqa: S311
    rows = [[draw.choice(["甲", "乙", "", None]) for _ in COLUMNS] for _ in range(seed)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")
    frame = frame.drop(columns="township_code") if seed % 3 == 0 else frame
    told = [tuple(row) for row in frame.itertuples(index=False)]
    whole = [all(isinstance(cell, str) for cell in row) for row in told]
    wanted = [told.index(row) if sound else -1 for row, sound in zip(told, whole, strict=True)]
    assert _first_alike(frame).tolist() == wanted
