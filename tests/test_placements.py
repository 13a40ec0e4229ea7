"""Rows are placed once, level by level, whatever is asked first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from hbgeo.measure import placing
from hbgeo.measure.locate import UnitIndex
from hbgeo.measure.placements import Placements
from hbgeo.measure.placing import place
from hbgeo.workspace import Workspace


@pytest.mark.parametrize("key", ["cemetery", "sign"])
def test_a_level_asked_for_later_is_placed_as_if_asked_for_at_once(
    sample: Workspace, key: str
) -> None:
    table, levels = sample.layers.table(key), ("prefecture", "village")
    later, at_once = Placements(sample), Placements(sample)
    for level in ("township", *levels):
        later.placed(table, level)
    for level in levels:
        one = Placements(sample).placed(table, level)
        for at in one.placements:
            same(one.placements[at], later.placed(table, level).placements[at])
        np.testing.assert_array_equal(
            at_once.placed(table, level).conflict, later.placed(table, level).conflict
        )


class Kept:
    """Remembers, and says what it was asked."""

    def __init__(self) -> None:
        self.frames: dict[str, list[pd.DataFrame]] = {}

    def get(self, key: str) -> list[pd.DataFrame] | None:
        return self.frames.get(key)

    def put(self, key: str, frames: Sequence[pd.DataFrame]) -> None:
        self.frames[key] = list(frames)


def test_placements_known_from_before_are_those_worked_out(
    sample: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, kept = sample.layers.table("cemetery"), Kept()
    first = Placements(sample, kept).placed(table, "prefecture")
    assert kept.frames["cemetery"][0]["level"].tolist() == ["county", "township"]
    placed: list[str] = []

    def watch(*given: Any, **more: Any) -> Any:
        placed.append("again")
        return place(*given, **more)

    monkeypatch.setattr(placing, "place", watch)
    again = Placements(sample, kept).placed(table, "prefecture")
    assert placed == ["again"]  # of the prefecture alone
    for level in ("county", "township", "prefecture"):
        same(again.placements[level], first.placements[level])
    np.testing.assert_array_equal(again.conflict, first.conflict)
    pd.testing.assert_frame_equal(again.frame, first.frame)
    assert first.conflict.any()


def same(one: object, other: object) -> None:
    for name, values in vars(one).items():
        np.testing.assert_array_equal(values, vars(other)[name])


def test_rows_name_the_prefecture_and_province_of_their_county(sample: Workspace) -> None:
    frame = sample.layer("sign")
    placements, signs = Placements(sample), sample.layers.table("sign")
    known = placements.placed(signs, "township").placements
    placed, counties = placements.placed(signs, "prefecture"), sample.units("county")
    assert placed.placements.keys() == {"prefecture", *known}
    again, placed = placements.placed(signs, "township"), placed.frame
    assert again.frame is placed
    for column in ("prefecture_code", "province_code"):
        wanted = frame["county_code"].map(counties[column]).fillna("")
        assert placed[column].tolist() == wanted.tolist()
        assert placed.index.equals(wanted.index)


def test_some_units_are_cut_once_for_the_same_marks(sample: Workspace) -> None:
    placements, units = Placements(sample), sample.find_units("township")
    assert units is not None
    marked = (units.frame["kind"] == "镇").to_numpy()
    some = placements.some_units("township", marked)
    assert some is placements.some_units("township", marked.copy())
    pd.testing.assert_frame_equal(some.frame, pd.DataFrame(units.frame[marked]))
    assert (some.key, some.approximate, some.sample) == ("township", True, True)
    assert len(placements.some_units("township", ~marked)) == (~marked).sum()
    whole = placements.some_units("township", np.ones(len(units), dtype=bool))
    pd.testing.assert_frame_equal(whole.frame, pd.DataFrame(units.frame))


@pytest.mark.parametrize("level", ["county", "township"])
def test_who_holds_a_point_is_told_as_if_it_named_nobody(sample: Workspace, level: str) -> None:
    table, units = sample.layers.table("sign"), sample.units(level)
    rows = table.frame.copy()
    corner = shapely.get_parts(units["geometry"].iloc[0])[0]
    some = np.array(corner.exterior.coords)[:40]  # on the border of several
    touching = {
        code: shapely.intersects(shape, shapely.points(some))
        for code, shape in units["geometry"].items()
    }
    last = [max(code for code, hit in touching.items() if hit[n]) for n in range(len(some))]
    for column, values in (("x", some[:, 0]), ("y", some[:, 1]), (f"{level}_code", last)):
        rows.loc[rows.index[: len(values)], column] = values
    edged = replace(table, frame=rows)
    placements = Placements(sample)
    held = placements.holders_of(edged, level)
    placed = placements.placed(edged, level).placements[level]
    assert placed.on_border[: len(some)].any()
    assert (placed.point_unit != held).any()  # who names the last of several is held by the first
    alone = UnitIndex(units).query(rows["x"].to_numpy(), rows["y"].to_numpy())
    assert held.tolist() == alone.tolist()
    assert placements.holders_of(edged, level).tolist() == alone.tolist()


def test_what_was_let_go_is_made_again(sample: Workspace) -> None:
    table, placements = sample.layers.table("sign"), Placements(sample)
    placed = placements.placed(table, "township").placements["township"]
    placements.let_go()
    index = placements.index_of("township")
    assert index is not None
    x, y = (table.frame[c].to_numpy() for c in "xy")
    assert (
        index.query(x, y, named=table.frame["township_code"].tolist()).tolist()
        == placed.point_unit.tolist()
    )
    placements.let_go()
    placements.let_go()
    assert index.query(x[:50], y[:50]).tolist() == index.query(x, y)[:50].tolist()
