"""Speeds as roads are tagged and ledgers write them (60, 60公里/小时, 30 mph) → km/h."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.read.cell.column import map_unique
from hbgeo.read.cell.text import clean, is_filled
from hbgeo.read.issues import Notes
from hbgeo.read.schema.records import Column

MILE = 1.609344  # kilometres
FASTEST = 150.0  # km/h; a higher one is a slip
_SPEED = re.compile(
    r"(?P<n>\d+(?:\.\d+)?)(?P<unit>mph|knots|km/h|kmh|kph|公里/小时|千米/小时|公里/时|千米/时|公里每小时|码|迈)?",
    re.IGNORECASE,
)
_NO_LIMIT = {"none", "signals", "variable", "walk", "default", "不限", "不限速"}
_TIMES = {"mph": MILE, "knots": 1.852, "迈": 1.0, "码": 1.0}  # a driver's 80迈, 80码 are km/h


def speed_of(text: str) -> float:
    """Read one speed, in km/h; NaN for none. Of several (60;80, 60|80) the least is taken.

    Words that set no number (none, signals) and limits by country (CN:urban) give none.
    """
    said = re.split(r"[;|、]", clean(text))
    found = [_SPEED.fullmatch(re.sub(r"\s", "", one)) for one in said]
    if not all(found):
        return np.nan
    return min(float(m["n"]) * _TIMES.get((m["unit"] or "").lower(), 1.0) for m in found if m)


def says_no_number(text: str) -> bool:
    """Whether a cell says on purpose that there is no number."""
    return clean(text).lower() in _NO_LIMIT or bool(re.fullmatch(r"[A-Za-z]{2}:\w+", clean(text)))


def read_speeds(cells: pd.Series, _: Column, notes: Notes) -> tuple[pd.Series, Mask]:
    """Read a column of speeds; what is none, or cannot be driven, is a warning and no speed."""
    speeds = map_unique(cells, lambda t: speed_of(t) if is_filled(t) else np.nan).astype(float)
    possible = ((speeds > 0) & (speeds <= FASTEST)).to_numpy()
    said = map_unique(cells, lambda t: is_filled(t) and not says_no_number(t)).to_numpy(bool)
    say = lambda v: f"“{cells.name}”={v}不是车速，按道路等级的车速计"  # noqa: E731
    fix = f"只填 0 以上、{FASTEST:.0f} 以内的数（公里/小时）"
    notes.cells(said & ~possible, cells, say, rule="E14", fix=fix, severity="warning")
    return speeds.where(possible), np.zeros(len(cells), bool)
