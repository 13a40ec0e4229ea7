"""The sample of a later date: carried on the same every time, marked as invented, with a pace to see."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hbgeo import history
from hbgeo.errors import RequestError
from hbgeo.late_sample import LAST, START, _day, _draw, make_late_workspace
from hbgeo.measure.pace import pace_of
from hbgeo.sample import sample_folder
from hbgeo.show.words import SAMPLE_MARK, marks
from hbgeo.workspace import Workspace

DAY = date(2025, 12, 31)


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("late") / "ws"
    make_late_workspace(folder, DAY)
    return Workspace.open(folder)


@pytest.mark.parametrize("day", [START, date(2020, 1, 1), date(2036, 1, 1)])
def test_a_date_that_the_sample_cannot_have_is_refused_in_a_line(tmp_path: Path, day: date) -> None:
    with pytest.raises(
        RequestError, match=rf"--as-of {day}：示例只能推演到 {START} 之后、{LAST} 以前"
    ):
        make_late_workspace(tmp_path / "ws", day)
    assert not (tmp_path / "ws").exists()


def test_a_folder_that_is_not_empty_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(RequestError, match="文件夹不为空"):
        make_late_workspace(tmp_path, DAY)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_what_is_drawn_belongs_to_the_row_and_lies_within_its_days() -> None:
    assert _draw("在建", "GM1") == _draw("在建", "GM1") != _draw("在建", "GM2")
    days = {_day("在建", n, (90, 900)) for n in range(400)}
    assert date(2024, 3, 30) <= min(days) < max(days) < date(2026, 6, 18)


def test_every_invented_figure_says_so(late: Workspace) -> None:
    layers = late.catalog.layers
    plain = Workspace.open(sample_folder().parent).catalog.layers
    assert {key: one.sample for key, one in layers.items()} == {
        k: o.sample for k, o in plain.items()
    }
    assert "推演至2025年12月31日" in layers["cemetery"].source
    assert "示例" in late.catalog.title
    found = late.assess(["cemetery-township"])
    assert SAMPLE_MARK in marks(found)
    readme = (late.root / "layers" / "README.md").read_text("utf-8")
    assert readme.startswith("# 示例图层（推演至 2025-12-31）")


def test_the_snapshot_of_2023_says_what_the_sample_says(late: Workspace, sample: Workspace) -> None:
    names = ["cemetery-township", "elder-street", "elder-beds", "community-organisations"]
    shot, _ = history.find(late, "2023-12-31")
    was = {a.indicator.id: a for a in sample.assess(names)}
    for one, a in was.items():
        table = shot.of(one)
        assert a.coverage is not None
        column = "value" if a.counted else "covered"
        assert table[column].sum() == a.coverage.units[column].sum(), one


def test_trend_and_pace_are_there_from_the_first_run_on(late: Workspace) -> None:
    options = late.options()
    measured = late.measure(["cemetery-township", "elder-guidance-county"], options=options)
    trend, notes = history.look_back(late, measured, options)
    assert not notes
    assert trend is not None
    assert (trend.old, trend.new) == (START, DAY)
    row = trend.changes.set_index("indicator").loc["cemetery-township"]
    assert row["change"] > 0
    a = next(a for a in measured.assessments if a.indicator.id == "cemetery-township")
    assert a.coverage is not None
    gained = int(a.coverage.share.covered) - 311  # as the sample says at the end of 2023
    [target] = [t for t in a.indicator.targets if t.deadline == date(2023, 12, 31)]
    pace = pace_of(a, target, trend)
    assert pace.needed is None  # it has passed
    assert float(pace.kept or 0) == pytest.approx(gained * 30.436875 / 731)


def test_states_of_targets_at_a_later_day(late: Workspace) -> None:
    options = replace(late.options(), as_of=date(2026, 11, 25))
    found = late.at(options.as_of).assess(options=options)
    mains = [a for a in found if a.indicator.variant is None]
    states = Counter(a.state_of(t) for a in mains for t in a.indicator.targets)
    assert states == {"passed": 27, "running": 11, "coming": 4}
    open_ones = {a.indicator.id for a in mains if a.target and a.state_of(a.target) == "running"}
    measured = {a.indicator.id for a in mains if a.status == "measured"}
    assert {"elder-beds", "nursing-beds-share", "burial-capacity"} <= open_ones & measured
