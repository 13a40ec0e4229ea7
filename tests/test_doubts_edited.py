"""What doubts promise holds in the files: rows edited, read again, measured again."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import openpyxl
import pytest
from doubtful_ledgers import (
    COUNTIES,
    INDICATORS,
    Reading,
    Row,
    World,
    make_world,
    name_of,
    write_rows,
    write_world,
)

from hbgeo.measure.doubt.result import Firmness
from hbgeo.sample import sample_folder
from hbgeo.workspace import Workspace

TOWNSHIP = "cemetery-township"


def _edited(row: Row, reading: Reading, number: int) -> Row:
    """A row whose cells say one reading and no other."""
    cells = row.cells | {"编号": f"E{number:03}", "状态": "运营", "启用时间": "2020-05-01"}
    if reading == Reading():
        return Row(cells | {"状态": "关闭"}, [reading])
    county = reading.town[:6] or reading.county
    return Row(
        cells
        | {"性质": "公益性" if reading.public else "经营性", "级别": reading.level}
        | {"所在县": COUNTIES[county], "所在乡镇": name_of(reading.town) if reading.town else ""}
        | {"经度": "", "纬度": "", "服务范围": "全县" if reading.served else ""}
        | {"墓穴总数": str(reading.plots or ""), "已使用": str(reading.used)},
        [reading],
    )


def _readings(world: World, at: int) -> list[Reading | None]:
    twin = any(at in pair for pair in world.twins)
    return [*world.rows[at].readings, *([None] if twin else [])]


def _with(world: World, chosen: Sequence[tuple[int, Reading | None]]) -> World:
    """The world with some of its rows edited, or deleted."""
    of = dict(chosen)
    rows = [
        row if n not in of else _edited(row, said, n)
        for n, row in enumerate(world.rows)
        if n not in of or (said := of[n]) is not None
    ]
    return World(world.towns, rows)


def _again(folder: Path, world: World, indicator: str) -> tuple[bool | None, Firmness | None]:
    write_rows(world.rows, folder / "layers" / "cemetery.csv")
    workspace = Workspace.open(folder)
    [a] = workspace.assess([indicator])
    return a.met, workspace.doubts([indicator]).of.get(indicator)


@pytest.mark.parametrize("seed", range(8))
def test_rows_of_the_turning_set_turn_it_in_the_file(seed: int, tmp_path: Path) -> None:
    world = make_world(seed)
    write_world(world, tmp_path)
    workspace = Workspace.open(tmp_path)
    before = {a.indicator.id: a.met for a in workspace.assess(INDICATORS)}
    for indicator, firm in workspace.doubts(INDICATORS).of.items():
        if firm.firm is not False or firm.turning is None:
            continue
        rows = sorted({int(r) - 2 for r in firm.rows.loc[firm.rows["deciding"] >= 0, "row"]})
        turned, wider = False, []
        for said in product(*(_readings(world, at) for at in rows)):
            met, now = _again(tmp_path, _with(world, list(zip(rows, said, strict=True))), indicator)
            turned |= met is not None and met != before[indicator]
            if now is not None and now.span.low is not None and firm.span.low is not None:
                wider.append(now.span.low < firm.span.low or now.span.high > firm.span.high)
            if turned and len(wider) > 3:
                break
        assert turned, f"{indicator}: rows {rows}"
        assert not any(wider), indicator
        write_rows(world.rows, tmp_path / "layers" / "cemetery.csv")


@pytest.mark.parametrize("seed", range(12, 20))
def test_rows_of_the_settling_set_settle_it_in_the_file(seed: int, tmp_path: Path) -> None:
    world = make_world(seed)
    write_world(world, tmp_path)
    workspace = Workspace.open(tmp_path)
    figures = {a.indicator.id: a for a in workspace.assess(INDICATORS)}
    for indicator, firm in workspace.doubts(INDICATORS).of.items():
        if firm.firm is not False or firm.settling is None or firm.settling.rows is None:
            continue
        mine = firm.rows["chooser"].isin(list(firm.settling.choosers))
        rows = sorted({int(r) - 2 for r in firm.rows.loc[mine, "row"]})
        own = [(at, world.rows[at].readings[0]) for at in rows]
        if any(said.county and not said.town for _, said in own):
            continue  # what names only its county cannot say that it is nowhere else
        met, now = _again(tmp_path, _with(world, own), indicator)
        assert met == figures[indicator].met
        assert now is not None
        assert now.firm is True, f"{indicator}: rows {rows}"
        write_rows(world.rows, tmp_path / "layers" / "cemetery.csv")


def _dated(folder: Path, rows: Sequence[int], day: str) -> None:
    """Write an opening date into some rows of the sample's ledger of cemeteries, as a planner would."""
    path = folder / "layers" / "cemetery.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["公墓台账"]
    head = next(n for n in range(1, 6) if "启用时间" in [c.value for c in sheet[n]])
    column = [c.value for c in sheet[head]].index("启用时间") + 1
    for row in rows:
        assert not sheet.cell(row, column).value
        sheet.cell(row, column).value = day
    book.save(path)


def test_the_sample_s_deciding_rows_edited_in_the_workbook(tmp_path: Path) -> None:
    shutil.copytree(sample_folder(), tmp_path / "layers")
    first = Workspace.open(tmp_path).doubts([TOWNSHIP]).of[TOWNSHIP]
    assert (first.span.low, first.span.high, first.firm) == (311, 331, False)
    assert first.turning is not None
    assert (
        first.turning.rows == first.turning.at_least == 12
    )  # 35 % of 922 are 323, 311 are covered
    rows = first.rows.loc[first.rows["deciding"] >= 0, "row"].tolist()
    _dated(tmp_path, rows[:11], "2021-05-01")
    [a] = Workspace.open(tmp_path).assess([TOWNSHIP])
    assert a.coverage is not None
    assert (a.coverage.share.covered, a.met) == (322, False)
    second = Workspace.open(tmp_path).doubts([TOWNSHIP]).of[TOWNSHIP]
    assert (second.span.low, second.span.high) == (322, 331)  # narrower, inside the first
    _dated(tmp_path, rows[11:], "2021-05-01")
    [a] = Workspace.open(tmp_path).assess([TOWNSHIP])
    assert a.coverage is not None
    assert (a.coverage.share.covered, a.met) == (323, True)
    others = [r for r in first.rows["row"].tolist() if r not in rows]
    _dated(tmp_path, others, "2024-05-01")
    third = Workspace.open(tmp_path).doubts([TOWNSHIP]).of[TOWNSHIP]
    assert (third.span.low, third.span.high, third.firm) == (323, 323, True)
