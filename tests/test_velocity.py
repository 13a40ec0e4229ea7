"""Speeds as people and OpenStreetMap write them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hbgeo.read.cell.velocity import MILE, read_speeds, says_no_number, speed_of
from hbgeo.read.issues import Notes
from hbgeo.read.schema.records import Column, read_schema


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("60", 60), ("60.5", 60.5), ("60 km/h", 60), ("60公里/小时", 60), ("30 mph", 30 * MILE),
        ("30mph", 30 * MILE), ("10 knots", 18.52), ("80;60", 60), ("８０", 80), ("80码", 80),
    ],
)  # fmt: skip
def test_a_speed_is_read_in_kilometres_an_hour(text: str, kmh: float) -> None:
    assert speed_of(text) == pytest.approx(kmh)


@pytest.mark.parametrize("text", ["", "fast", "-60", "60-80", "CN:urban", "none"])
def test_what_is_no_speed_gives_none(text: str) -> None:
    assert np.isnan(speed_of(text))


def test_words_that_set_no_number_on_purpose_are_no_slip() -> None:
    assert [says_no_number(t) for t in ("none", "CN:urban", "Signals", "fast", "60")] == [True, True, True, False, False]  # fmt: skip


def test_speeds_that_cannot_be_are_said_and_not_used() -> None:
    cells = pd.Series(["60", "0", "-5", "999", "快", "none", ""], name="限速")
    rows = pd.DataFrame({"file": "路.gpkg", "sheet": "", "row": range(1, 8)})
    notes = Notes("roads", rows, read_schema("road"))
    speeds, wrong = read_speeds(cells, Column("speed_kmh", ()), notes)
    assert speeds.tolist()[0] == 60
    assert speeds[1:].isna().all()
    assert not wrong.any()
    assert [i.row for i in notes.issues] == [2, 3, 4, 5]
    assert notes.issues[0].message == "第2行 “限速”=0不是车速，按道路等级的车速计"
