"""What is said of the sample's units, each sentence against a second computation and the ledgers themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from second_why import WORKS, Second, metres

from hbgeo.measure.context import Context
from hbgeo.measure.why import case_of, explain
from hbgeo.measure.why_records import COVERED, OUTSIDE, UNCOVERED, Lack, Trace, Why
from hbgeo.show.why_lacks import lacks_said
from hbgeo.show.why_table import sentences
from hbgeo.show.why_words import row_said
from hbgeo.tasks import find_tasks
from hbgeo.workspace import Workspace

WORK = {"state", "late", "undated", "closed", "empty"}
TOWNS = ("cemetery-township@broad", "cemetery-township@loose", "elder-general-township", "elder-township")  # fmt: skip
FILES = {"cemetery": "cemetery.xlsx", "eldercare": "eldercare.xlsx", "sign": "signs.xlsx"}


@pytest.fixture(scope="module")
def seconds(sample: Workspace) -> dict[str, Second]:
    return {key: Second(sample, key) for key in ("cemetery", "eldercare", "sign")}


def whys(sample: Workspace, indicator: str, codes: Any) -> Iterator[Why]:
    [a] = sample.assess([indicator])
    context = Context(sample, sample.options(), sample.placements)
    case = case_of(a, context)
    for code in codes:
        yield explain(a, a.indicator.units, str(code), context, case=case)


@pytest.fixture(scope="module")
def towns(sample: Workspace) -> list[Why]:
    """Of all 1,260 townships, why each stands as it does in one indicator."""
    return list(whys(sample, "cemetery-township", sample.units("township").index))


def some_of(codes: Any, count: int) -> list[str]:
    """Some of the codes, the same every time."""
    every = sorted(map(str, codes))
    return list(np.random.default_rng(20).choice(every, min(count, len(every)), replace=False))


@cache
def ledger(path: str) -> list[list[Any]]:
    """The cells of a ledger's first sheet, as they stand in the file."""
    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)


def cells(sample: Workspace, row: Trace) -> dict[str, Any]:
    """The row of the file that a sentence names, by its headings."""
    table = ledger(str(sample.catalog.folder / row.file))
    assert row.row is not None
    heads = next(line for line in table if len([c for c in line if c]) > 3)
    return dict(zip(map(str, heads), table[row.row - 1], strict=True))


def check_row(sample: Workspace, second: Second, why: Why, row: Trace) -> None:
    """A row stands where it is said to stand, and lacks what it is said to lack."""
    assert row.file == FILES[row.layer]
    said = cells(sample, row)
    if row.facility_id:
        assert row.facility_id in {str(v) for v in said.values()}
        assert row.name in {str(v) for v in said.values()}
        assert row.state == second.rows[row.facility_id]["status"]
    for lack, sentence in zip(row.lacks, lacks_said(row, why), strict=True):
        check_lack(sample, second, why, row, lack, said)
        assert sentence in row_said(row, why)


def check_lack(
    sample: Workspace, second: Second, why: Why, row: Trace, lack: Lack, said: dict[str, Any]
) -> None:
    one = second.rows.get(row.facility_id, {})
    if lack.kind in WORK:
        check_work(why, row, lack, one)
    elif lack.kind == "filter":
        column = {"级别": "level", "公墓性质": "nature", "设施类型": "kind", "机构类型": "kind", "标志类型": "kind", "标志类别": "kind"}[lack.column]  # fmt: skip
        have = one[column]
        assert lack.have == have
        assert have not in lack.want
        assert any(lack.want == c.wanted.get(column) for c in why.one.where) or why.links
    elif lack.kind == "conflict":
        assert row.facility_id in second.apart
        named = second.counties["geometry"][one["county_code"]]
        assert lack.metres == pytest.approx(metres(one["x"], one["y"], named), rel=5e-3)
        assert lack.unit == second.counties["name"][one["county_code"]]
    elif lack.kind == "county":
        assert not one["township_code"]
        assert one["county_code"] == why.unit_code[:6]
        assert not second.homes[row.facility_id]["township"]
    elif lack.kind == "above":
        assert not second.homes[row.facility_id]["village"]
        assert second.homes[row.facility_id]["township"] == town_of(sample, why)
    elif lack.kind == "way":
        ways = second.reaches(row.facility_id, why.level, why.unit_code)
        assert ways == ({"served"} if lack.have == "served" else {"home"})
        assert not ways & {"served" if w == "served" else "home" for w in lack.want}
    elif lack.kind == "elsewhere":
        home = second.homes[row.facility_id][why.level if not row.link else level_of(why, row)]
        assert home != why.unit_code
        assert second.works(row.facility_id)
        units = sample.units(why.level if not row.link else level_of(why, row))
        assert (lack.unit == "") == (home == "")
        assert lack.unit.endswith(str(units["name"].get(home, "")))
    else:
        assert lack.kind == "faulty"
        counties = {str(sample.units("county")["name"].get(why.unit_code[:6])), *why.parents}
        assert str(said["所在县"]) in counties
        number = said.get("公墓编号") or said.get("编号") or said.get("标志编号")
        assert str(number) not in second.rows


def check_work(why: Why, row: Trace, lack: Lack, one: dict[str, Any]) -> None:
    """A row is in the state, or has the date, that it is said to have."""
    day = pd.Timestamp(why.as_of)
    if lack.kind == "state":
        assert one["status"] == lack.have != WORKS[row.layer]
        assert lack.want == (WORKS[row.layer],)
        assert lack.when is None or lack.when in {
            v.date() for v in one.values() if isinstance(v, pd.Timestamp) and not pd.isna(v)
        }
    elif lack.kind == "late":
        assert one["status"] == WORKS[row.layer]
        assert pd.Timestamp(lack.when) == one["opened_on"] > day
    elif lack.kind == "undated":
        assert one["status"] == WORKS[row.layer]
        assert pd.isna(one["opened_on"])
    else:
        assert lack.kind == "closed"
        assert pd.Timestamp(lack.when) == one["closed_on"] <= day


def level_of(why: Why, row: Trace) -> str:
    return next(k.units for k in why.one.links if k.name == row.link)


def town_of(sample: Workspace, why: Why) -> str:
    return str(sample.units("village")["township_code"][why.unit_code])


def check_towns(sample: Workspace, second: Second, why: Why) -> None:
    one, code = why.one, why.unit_code
    kind = sample.units("township")["kind"][code]
    listed = set(sample.layer("eligible-township")["unit_code"])
    counts = not one.among or kind in one.among[0].wanted["kind"]
    counts &= not one.needs or code in listed
    assert (why.state != OUTSIDE) == counts
    if not counts:
        assert not all(g.holds for g in why.grounds)
        return
    assert all(g.holds for g in why.grounds)
    cover = second.cover(one.where, one.via, "township", code)
    assert {row.facility_id for row in why.because} == cover
    assert why.state == (COVERED if cover else UNCOVERED)
    for row in why.because:
        assert not row.lacks
        ways = second.reaches(row.facility_id, "township", code)
        asked = second.asked(row.facility_id, one.where)
        may = {way for clause in asked for way in clause.via or one.via}
        assert ("served" in row.way) == ("served" in ways & may)
        at_home = "home" in ways and bool(may & {"inside", "named"})
        assert bool({"inside", "named"} & set(row.way.split("+"))) == at_home
    for row in (*why.because, *why.near):
        check_row(sample, second, why, row)
    if not cover:  # whatever stands here or serves it and does not count is told of
        here = {i for i in second.rows if second.reaches(i, "township", code)}
        assert here <= {row.facility_id for row in why.near}
        assert why.nearest is not None
    assert sentences(why)


def test_every_township_of_one_indicator(
    sample: Workspace, seconds: dict[str, Second], towns: list[Why]
) -> None:
    assert len(towns) == 1260
    for why in towns:
        check_towns(sample, seconds["cemetery"], why)
    assert sum(w.state == COVERED for w in towns) == 311
    assert sum(w.state != OUTSIDE for w in towns) == 922
    kinds = {k for w in towns for row in w.near for k in row.kinds}
    assert kinds >= {"state", "late", "undated", "filter", "elsewhere"}


@pytest.mark.parametrize("indicator", TOWNS)
def test_some_townships_of_others(
    sample: Workspace, seconds: dict[str, Second], indicator: str
) -> None:
    codes = some_of(list(sample.units("township").index), 80)
    second = seconds[sample.policy[indicator].layer]
    for why in whys(sample, indicator, codes):
        check_towns(sample, second, why)


def test_the_neighbours_are_the_nearest_and_as_far_as_it_is_said(
    sample: Workspace, seconds: dict[str, Second]
) -> None:
    second, units = seconds["cemetery"], sample.units("township")
    some = some_of(list(units.index[units["kind"] == "镇"]), 100)
    seen = 0
    for why in whys(sample, "cemetery-township", some):
        if why.state != UNCOVERED:
            continue
        told = {r.facility_id: r.metres for r in why.near if r.kinds == ("elsewhere",)}
        shape = units["geometry"][why.unit_code]
        box = shapely_box(shape)
        far = {
            i: metres(r["x"], r["y"], shape)
            for i, r in second.rows.items()
            if not pd.isna(r["x"]) and box[0] < r["x"] < box[2] and box[1] < r["y"] < box[3]
            if second.works(i) and second.asked(i, why.one.where) and i not in second.apart
        }
        near = sorted(m for m in far.values() if m <= 5000)[:3]
        assert sorted(told.values()) == pytest.approx(near, rel=2e-3, abs=1)
        assert all(m == pytest.approx(far[i], rel=2e-3, abs=1) for i, m in told.items())
        seen += len(told)
        check_nearest(second, why)
    assert seen > 10


def shapely_box(shape: Any) -> tuple[float, float, float, float]:
    west, south, east, north = shape.bounds
    return west - 0.1, south - 0.1, east + 0.1, north + 0.1


def check_nearest(second: Second, why: Why) -> None:
    from hbgeo.read.crs import GEOD

    seat = second.townships.loc[why.unit_code]
    far = {
        i: GEOD.inv(seat["seat_x"], seat["seat_y"], r["x"], r["y"])[2]
        for i, r in second.rows.items()
        if not pd.isna(r["x"]) and second.works(i) and second.asked(i, why.one.where)
        if i not in second.apart
    }
    assert why.nearest is not None
    assert why.nearest.metres == pytest.approx(min(far.values()), rel=1e-6)
    assert far[why.nearest.facility_id] == pytest.approx(min(far.values()), rel=1e-6)


def test_what_lacks_nothing_but_to_work_covers_once_it_works(
    sample: Workspace, towns: list[Why]
) -> None:
    name = "cemetery-township"
    [before] = sample.assess([name])
    assert before.coverage is not None
    left = before.coverage.uncovered.index
    found = [w for w in towns if w.unit_code in set(left)]
    ready = {
        w.unit_code: row.facility_id
        for w in found
        for row in w.near
        if row.way and set(row.kinds) <= WORK
    }
    idle = {row.facility_id for w in found for row in w.near if row.way and set(row.kinds) <= WORK}
    options = replace(sample.options(), as_if=tuple(sorted(idle)))
    [after] = sample.assess([name], options=options)
    assert after.coverage is not None
    now = set(left) - set(after.coverage.uncovered.index)
    assert now == set(ready)
    assert len(ready) > 50


def test_reason_and_remedy_are_those_of_the_tasks(sample: Workspace) -> None:
    names = ["cemetery-township", "elder-street", "heritage-list", "sign-village"]
    tasks = find_tasks(sample, names, sample.options()).rows
    for name in names:
        rows = tasks[tasks["indicator"] == name].set_index("unit_code")
        codes = some_of(list(rows.index), min(60, len(rows)))
        for why in whys(sample, name, codes):
            assert (why.reason, why.remedy) == (rows["reason"][why.unit_code], rows["remedy"][why.unit_code])  # fmt: skip


def test_villages_and_chains(sample: Workspace, seconds: dict[str, Second]) -> None:
    second, villages = seconds["eldercare"], sample.units("village")
    rich = set(villages["township_code"][villages.index.isin(sample.layer("eldercare")["village_code"])])  # fmt: skip
    codes = some_of([c for c in villages.index if villages["township_code"][c] in rich], 60)
    for why in whys(sample, "three-level-network", codes):
        town = str(villages["township_code"][why.unit_code])
        at = {"village": why.unit_code, "township": town, "county": why.unit_code[:6]}
        at["county"] = str(villages["county_code"][why.unit_code])
        for link, state in zip(why.one.links, why.links, strict=True):
            level, code = link.units, at[link.units]
            cover = second.cover(link.where, link.via, level, code, town if level == "village" else "")  # fmt: skip
            assert {r.facility_id for r in why.because if r.link == link.name} == cover
            assert state.holds == bool(cover)
            assert state.unit_code == code
        assert (why.state == COVERED) == all(k.holds for k in why.links)
        for row in (*why.because, *why.near):
            if row.kinds != ("elsewhere",) and not row.link.startswith("县级"):
                assert row.file == "eldercare.xlsx"
            if row.facility_id:
                assert row.facility_id in {str(v) for v in cells(sample, row).values()}


def test_signs_of_villages(sample: Workspace, seconds: dict[str, Second]) -> None:
    second, villages = seconds["sign"], sample.units("village")
    named = set(sample.layer("sign")["village_code"]) - {""}
    some = some_of(sorted(named & set(villages.index)), 60) + some_of(list(villages.index), 60)
    states = set()
    for why in whys(sample, "sign-village", some):
        if villages["kind"][why.unit_code] != "行政村":
            assert why.state == OUTSIDE
            continue
        cover = second.cover(why.one.where, why.one.via, "village", why.unit_code)
        assert {r.facility_id for r in why.because} == cover
        assert why.state == (COVERED if cover else UNCOVERED)
        for row in (*why.because, *why.near):
            check_row(sample, second, why, row)
        states.add(why.state)
    assert states == {COVERED, UNCOVERED}


def test_amounts_of_counties_are_those_of_their_rows(
    sample: Workspace, seconds: dict[str, Second]
) -> None:
    second, counties = seconds["eldercare"], sample.units("county").index
    care = {"养老机构", "农村福利院"}
    for why in whys(sample, "elder-beds", counties):
        mine = [
            r
            for i, r in second.rows.items()
            if second.works(i) and second.homes[i].get("county") == why.unit_code
            if not pd.isna(r["beds"])
        ]
        assert why.figures["value"] == sum(Fraction(r["beds"]) for r in mine)
        assert sum((r.amount or 0) for r in why.because) == why.figures["value"]
        assert len(why.because) == len(mine)
    for why in whys(sample, "nursing-beds-share", counties):
        mine = [
            r
            for i, r in second.rows.items()
            if second.works(i) and second.homes[i].get("county") == why.unit_code
            if not pd.isna(r["beds"]) and not pd.isna(r["beds_nursing"]) and r["kind"] in care
        ]
        top, bottom = (sum(Fraction(r[c]) for r in mine) for c in ("beds_nursing", "beds"))
        assert sum((r.amount or 0) for r in why.because) == top
        assert sum((r.share or 0) for r in why.because) == bottom
        if bottom:
            assert why.figures["value"] == top * 100 / bottom


@pytest.mark.parametrize(
    "indicator", ["heritage-list", "elder-service-list", "county-central-care"]
)
def test_facts_of_counties(sample: Workspace, indicator: str) -> None:
    facts = sample.layer("county-facts").to_dict("records")
    one, day = sample.policy[indicator], pd.Timestamp(sample.catalog.as_of)
    states = set()
    for why in whys(sample, indicator, sample.units("county").index):
        mine = [r for r in facts if r["unit_code"] == why.unit_code]
        yes = [r for r in mine if r["done"] == "是" and r["done_on"] <= day]
        has = {r["fact"] for r in yes if not one.filled or r["document"]}
        wanted = [set(c.wanted["fact"]) for c in one.where]
        listed = not one.listed or any(r["fact"] in one.listed[0].wanted["fact"] for r in yes)
        assert (why.state != OUTSIDE) == listed
        if listed:
            met = (all if one.every else any)(bool(w & has) for w in wanted)
            assert why.state == (COVERED if met else UNCOVERED)
            assert {r.row for r in why.because} == {r["row"] for r in yes if r["fact"] in set().union(*wanted) & has}  # fmt: skip
            lacking = [w for w in wanted if not w & has]
            told = {k for r in why.near for k in r.kinds}
            assert bool(told - {"faulty"}) == (bool(lacking) and not met)
        states.add(why.state)
    assert len(states) > 1
