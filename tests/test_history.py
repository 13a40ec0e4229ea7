"""What a page tells of the dates before: figures as they were reported, and by name what is left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from golden_cases import make_workspace

import hbgeo
from hbgeo import history
from hbgeo.history import Back, far_back, look_far_back
from hbgeo.measure import snapshot_file
from hbgeo.measure.options import Options
from hbgeo.measure.snapshot_file import read_figures, read_snapshot, snapshot_bytes
from hbgeo.measure.trend import GAINED, LOST, series
from hbgeo.show.page.head import make_head
from hbgeo.show.page.inputs import PageInputs
from hbgeo.workspace import Workspace

TOWN = "cemetery-township"
HOMES = "home-adaptation"
# four towns: 甲 from 2019 on, 乙 from 2021 until 2022, 丙 from 2023
WORLD: dict[str, Any] = {
    "as_of": date(2023, 12, 31),
    "county": [{"code": "420525", "name": "远安县"}],
    "township": [
        {"code": f"42052510{n}", "name": f"示例{name}镇"} for n, name in enumerate("甲乙丙丁", 1)
    ],
    "cemetery": """
        编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 关闭时间 | 所在县 | 所在乡镇
        G1 | 示例公墓一 | 公墓 | 公益性 | 乡镇级 | 运营 | 2019-05-01 | | 远安县 | 示例甲镇
        G2 | 示例公墓二 | 公墓 | 公益性 | 乡镇级 | 运营 | 2021-05-01 | 2023-02-01 | 远安县 | 示例乙镇
        G3 | 示例公墓三 | 公墓 | 公益性 | 乡镇级 | 运营 | 2023-05-01 | | 远安县 | 示例丙镇
    """,
    "county-facts": (
        "所在县 | 事项 | 是否完成 | 完成时间 | 数量\n"
        "远安县 | 特殊困难老年人居家适老化改造 | 是 | 2020-12-01 | 12000\n"
    ),
}


@pytest.fixture
def world(tmp_path: Path) -> Workspace:
    folder = tmp_path / "world"
    folder.mkdir()
    return make_workspace(WORLD, folder)


def keep(world: Workspace, *years: int, **more: Any) -> list[Path]:
    """Keep a snapshot of each year's end, as runs of those days would have done."""
    home, made = world.root / "maps" / history.FOLDER, []
    home.mkdir(parents=True, exist_ok=True)
    for year in years:
        options = Options(as_of=date(year, 12, 31), **more)
        shot = history.take(world, world.measure([TOWN, HOMES], options=options), options)
        made.append(home / f"{year}-12-31.parquet")
        made[-1].write_bytes(snapshot_bytes(shot))
    return made


def back(world: Workspace, **more: Any) -> Back:
    options = Options(as_of=date(2023, 12, 31), **more)
    return look_far_back(world, world.measure([TOWN, HOMES], options=options), options)


def told(found: Back, name: str = TOWN) -> dict[int, Fraction]:
    return {day.year: figure for day, figure in found.past.get(name, ())}


def test_every_earlier_date_has_the_figure_that_was_reported_then(world: Workspace) -> None:
    keep(world, 2018, 2019, 2020, 2021, 2022, 2023)
    found = back(world)
    # of four towns none, 甲, 甲, 甲 and 乙, the same; the page's own date is not among them
    assert told(found) == {2018: 0, 2019: 25, 2020: 25, 2021: 50, 2022: 50}
    assert told(found, HOMES) == {}  # all those dates lie before the years it counts
    assert found.notes == []
    assert found.trend is not None
    rows = found.trend.units.set_index("name")["change"].to_dict()
    assert rows == {"示例乙镇": LOST, "示例丙镇": GAINED}


def test_without_earlier_dates_and_of_a_scenario_there_is_nothing(world: Workspace) -> None:
    assert back(world) == Back(None, {}, [])
    keep(world, 2023)
    assert back(world) == Back(None, {}, [])
    keep(world, 2022)
    assert told(back(world)) == {2022: 50}
    assert back(world, status=("在建",)) == Back(None, {}, [])


def test_twelve_dates_at_most_the_latest(world: Workspace) -> None:
    keep(world, *range(2008, 2023))
    assert list(told(back(world))) == list(range(2011, 2023))


def damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def test_an_older_damaged_one_is_named_and_the_others_stand(world: Workspace) -> None:
    paths = keep(world, 2019, 2020, 2021, 2022)
    damaged(paths[1])
    found = back(world)
    [note] = found.notes
    assert note.startswith("2020-12-31.parquet：")
    assert note.endswith("历期不含这一期。")
    assert told(found) == {2019: 25, 2021: 50, 2022: 50}
    assert found.trend is not None
    assert found.trend.old == date(2022, 12, 31)
    assert list(hbgeo.run(world).notes) == [note]  # a run says it too


def test_the_latest_damaged_one_is_named_once_and_nothing_is_compared(world: Workspace) -> None:
    paths = keep(world, 2021, 2022)
    damaged(paths[-1])
    found = back(world)
    [note] = found.notes
    assert note.startswith("2022-12-31.parquet：")
    assert "历期不含这一期。本次没有与上一期的比较" in note
    assert found.trend is None  # the one of 2021 does not stand in for it
    assert told(found) == {2021: 50}


@pytest.mark.parametrize("wrong", ["of another date", "a scenario", "a folder"])
def test_what_stands_under_a_date_and_is_not_of_it_is_named(world: Workspace, wrong: str) -> None:
    first, second, _ = keep(world, 2019, 2020, 2022)
    if wrong == "of another date":
        second.write_bytes(first.read_bytes())
    elif wrong == "a scenario":
        keep(world, 2020, status=("规划",))
    else:
        second.unlink()
        second.mkdir()
    found = back(world)
    [note] = found.notes
    assert "2020-12-31.parquet：" in note
    assert note.endswith("历期不含这一期。")
    assert told(found) == {2019: 25, 2022: 50}
    assert found.trend is not None


def test_a_figure_of_another_kind_is_on_no_line(world: Workspace) -> None:
    keep(world, 2022)
    options = Options(as_of=date(2023, 12, 31))
    now = history.take(world, world.measure([TOWN, HOMES], options=options), options)
    about = {k: dict(v) for k, v in now.about["indicators"].items()}
    about[TOWN]["measure"] = "count"  # a local policy counts now what was a rate
    changed = replace(now, about={**now.about, "indicators": about})
    assert far_back(world, now).past.keys() == {TOWN}
    assert far_back(world, changed).past == {}


def test_the_figures_alone_are_read_as_the_whole_has_them(world: Workspace) -> None:
    [path] = keep(world, 2021)
    content = path.read_bytes()
    lean, whole = read_figures(content, path.name), read_snapshot(content, path.name)
    assert lean.as_of == whole.as_of
    assert lean.about == whole.about
    assert series([lean]).equals(series([whole]))
    assert not len(lean.facilities)
    before, _, after = snapshot_file._parted(content)
    older = (before + after).replace(b"hbgeo-blake2b:", b"")  # before there were digests
    with pytest.raises(hbgeo.HbgeoError, match="快照"):
        read_figures(older[:-100], path.name)


def test_the_head_shows_them_as_they_were_shown_then(world: Workspace) -> None:
    options = Options(as_of=date(2023, 12, 31))
    measured = world.measure([TOWN, HOMES], options=options)
    [town] = [a for a in measured.assessments if a.indicator.id == TOWN]
    near = Fraction(34996, 1000)
    first, *_ = town.indicator.targets
    later = replace(first, pct=Decimal(60), deadline=date(2025, 12, 31))
    both = replace(town, indicator=replace(town.indicator, targets=(first, later)))
    assert first.pct == 35
    past = {TOWN: [(date(2022, 6, 30), near), (date(2022, 12, 31), Fraction(50))]}
    past |= {HOMES: [(date(2022, 12, 31), Fraction(12000))]}
    head = make_head(PageInputs(world.catalog, measured, world.all_units(), {}, past=past))
    shown = {one["id"]: one.get("past") for one in head["indicators"]}
    # cut down where rounding would reach the target of that day
    assert shown == {
        TOWN: [["2022-06-30", "34.99"], ["2022-12-31", "50.00"]],
        HOMES: [["2022-12-31", "12,000"]],
    }
    assert replace(both, as_of=date(2024, 6, 30)).show(near) == "35.00"  # 60 % is asked by then
    none = make_head(PageInputs(world.catalog, measured, world.all_units(), {}))
    assert not any("past" in one for one in none["indicators"])
    assert none["before"] == ""
