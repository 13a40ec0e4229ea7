"""Who lives beyond reach: figures equal those of stats and plan, whatever shows them; plans that still fit."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from pyproj import Geod

import hbgeo
from hbgeo.errors import RequestError
from hbgeo.measure.beyond import RADII, Beyond, measure_beyond
from hbgeo.measure.context import Context
from hbgeo.measure.radii import find_reached, measure_radii
from hbgeo.plan.asking import Asked
from hbgeo.plan.kept import path_of, read_plans
from hbgeo.plan.papers import write_plan
from hbgeo.plan.planning import make_plan
from hbgeo.read.file.find import find_files
from hbgeo.show.excel.beyond import FAR, MOST, beyond_sheets
from hbgeo.show.page.beyond import beyond_part
from hbgeo.show.page.inputs import PageInputs
from hbgeo.show.page.layer import make_layer
from hbgeo.show.page.pack import unpack
from hbgeo.showing import find_beyond
from hbgeo.showing import find_reached as find_shown
from hbgeo.workspace import Workspace

GEOD = Geod(ellps="GRS80")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def found(sample: Workspace) -> dict[str, Beyond]:
    measured = sample.measure(with_nearest=True)
    made = measure_beyond(measured, sample.units("village"))
    return {one.assessment.indicator.id: one for one in made}


def test_facilities_are_those_that_count_by_radius(
    sample: Workspace, found: dict[str, Beyond]
) -> None:
    options = sample.options()
    context = Context(sample.at(options.as_of), options, sample.placements)
    for one in found.values():
        reached = find_reached(one.assessment.indicator, context)
        assert not isinstance(reached, list)
        assert {*one.facilities.index} == {*reached.facilities.index}, one.assessment.indicator.id


def test_of_villages_it_is_the_figure_of_stats(sample: Workspace, found: dict[str, Beyond]) -> None:
    options = sample.options()
    here = sample.at(options.as_of)
    of_villages = [one for one in found.values() if one.assessment.indicator.units == "village"]
    assert len(of_villages) >= 4
    for one in of_villages:
        what = one.assessment.indicator
        by_stats = measure_radii([what], here, options, RADII, placements=here.placements)
        assert [a.share and (a.share.covered, a.share.total) for a in by_stats] == [
            (one.share(radius).covered, one.share(radius).total) for radius in RADII
        ], what.id


def test_it_is_what_a_plan_begins_with(sample: Workspace, found: dict[str, Beyond]) -> None:
    asked = Asked(sites=1, within_m=Decimal(5000))
    plan = make_plan(sample, "elder-township", sample.options(), asked).plan
    share = found["elder-township"].share(Decimal(5000))
    assert (plan.before.covered, plan.before.total) == (share.covered, share.total)


def test_distances_are_geodesic_and_the_nearest_is_nearest(
    sample: Workspace, found: dict[str, Beyond]
) -> None:
    one = found["cemetery-county"]
    villages = sample.units("village")
    cemeteries = sample.layers.table("cemetery").frame.loc[one.facilities.index]
    some = one.places.dropna(subset="metres").sample(25, random_state=7)
    for code, row in some.iterrows():
        x, y = villages.loc[code, ["seat_x", "seat_y"]].astype(float)
        n = len(cemeteries)
        far = GEOD.inv(
            np.full(n, x), np.full(n, y), cemeteries["x"].to_numpy(), cemeteries["y"].to_numpy()
        )[2]
        assert row["metres"] == pytest.approx(far.min(), abs=1e-3)
        assert row["nearest"] == cemeteries.index[far.argmin()]


def test_those_within_beyond_and_nowhere_are_all(found: dict[str, Beyond]) -> None:
    for one in found.values():
        counts = [int(one.share(radius).covered) for radius in RADII]
        assert counts == sorted(counts)
        for radius, inside in zip(RADII, counts, strict=True):
            left = one.left(radius)
            assert inside + len(left) + one.unplaced == len(one.places)
            assert left["metres"].is_monotonic_decreasing
        by_county = sum((c.share(FAR).covered for c in one.counties.values()), Fraction(0))
        assert by_county == one.share(FAR).covered


def test_people_count_where_villages_have_them(sample: Workspace) -> None:
    villages = sample.units("village").copy()
    villages["population"] = np.arange(len(villages)) % 7 * 100.0
    villages.loc[villages.index[:50], "population"] = np.nan
    measured = sample.measure(["elder-community"], with_nearest=True)
    [one] = measure_beyond(measured, villages)
    assert one.has_people
    inside = one.places[one.places["metres"] <= 3000]
    assert one.people(Decimal(3000)).covered == int(inside["people"].sum())
    assert one.people(Decimal(3000)).total == int(one.places["people"].sum())
    [sheet, _] = beyond_sheets([one])
    at = [c.heading for c in sheet.columns].index("以内的人口（人）")
    assert sheet.rows[1][at] == int(inside["people"].sum())


def test_nothing_where_nothing_stands(sample: Workspace) -> None:
    measured = sample.measure(["elder-community"], with_nearest=True)
    assert measure_beyond(measured, None) == []
    nowhere = sample.units("village").assign(seat_x=np.nan, seat_y=np.nan)
    assert measure_beyond(measured, nowhere) == []
    assert beyond_sheets([]) == []
    none = replace(
        measured, qualified={"elder-community": measured.qualified["elder-community"].iloc[:0]}
    )
    assert measure_beyond(none, sample.units("village")) == []


def test_the_sheets_say_what_is_counted(found: dict[str, Beyond]) -> None:
    radii, left = beyond_sheets([*found.values()])
    assert (radii.name, left.name) == ("服务半径", "服务半径外的村")
    assert len(radii.rows) == len(RADII) * len(found)
    heads = [column.heading for column in radii.columns]
    assert heads[:5] == ["指标", "半径（公里）", "以内的村（社区）", "村（社区）总数", "占比（%）"]
    first = next(iter(found.values()))
    share = first.share(RADII[0])
    assert radii.rows[0][1:4] == [1.0, int(share.covered), int(share.total)]
    assert "直线距离，非步行时间" in radii.notes[0]
    mine = [row for row in left.rows if row[0] == first.assessment.indicator.full_name]
    assert len(mine) == min(MOST, len(first.left(FAR)))
    assert [row[-1] for row in mine] == [*map(str, first.left(FAR).index[:MOST])]
    assert any(f"最远的 {MOST} 个" in note for note in left.notes)


def test_the_page_carries_the_same_counts(sample: Workspace, found: dict[str, Beyond]) -> None:
    measured = sample.measure(["cemetery-township"], with_nearest=True)
    one = found["cemetery-township"]
    table = sample.layers.table("cemetery")
    inputs = PageInputs(
        sample.catalog,
        measured,
        sample.all_units(),
        {"cemetery": make_layer("cemetery", table)},
        beyond=[one],
    )
    raw = unpack(beyond_part(inputs))
    size = int.from_bytes(raw[:4], "little")
    head, planes = json.loads(raw[4 : 4 + size]), raw[4 + size :]
    of = head["of"]["cemetery-township"]

    def whole(span: list[int]) -> np.ndarray[Any, Any]:
        first, width, count = span
        bytes_ = np.frombuffer(planes, np.uint8)[first : first + width * count].reshape(
            width, count
        )
        return (bytes_.astype(np.int64) * 256 ** np.arange(width)[:, None]).sum(axis=0)

    assert int(whole(of["total"]).sum()) == len(one.places)
    for span, radius in zip(of["inside"], RADII, strict=True):
        assert int(whole(span).sum()) == one.share(radius).covered
    at = head["counties"].index("420324")
    assert int(whole(of["inside"][2])[at + 1]) == one.counties["420324"].share(RADII[2]).covered
    tenths, beyond = whole(of["tenths"]), whole(of["beyond"])
    carried = one.left(RADII[0]).head(len(tenths))
    assert sorted(tenths, reverse=True) == [round(m / 100) for m in carried["metres"]]
    assert int((beyond > 3).sum()) == int((carried["metres"] > 10_000).sum())


def test_a_command_lists_them_all(
    typed_in: Run, sample: Workspace, found: dict[str, Beyond], tmp_path: Path
) -> None:
    one = found["cemetery-township"]
    words = ("uncovered", "cemetery-township", "--beyond", "20000")
    code, out, _ = typed_in(sample.root, *words)
    assert code == 0
    assert f"离设施超过 20 公里的村（社区） {len(one.left(Decimal(20000))):,} 个" in out
    assert "直线距离，非步行时间" in out
    rows = json.loads(typed_in(sample.root, *words, "--json")[1])
    assert [row["code"] for row in rows] == [*map(str, one.left(Decimal(20000)).index)]
    file = tmp_path / "远.xlsx"
    assert typed_in(sample.root, *words, "-o", str(file))[0] == 0
    sheet = openpyxl.load_workbook(io.BytesIO(file.read_bytes()), read_only=True).worksheets[0]
    assert sum(1 for row in sheet.iter_rows(values_only=True) if row[0]) >= len(rows)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("cemetery-township", "--beyond", "0"), "--beyond"),
        (("cemetery-township", "--beyond", "很远"), "--beyond"),
        (("nursing-beds-share", "--beyond", "5000"), "不是按设施点位计算"),
        (("funeral", "--beyond", "5000"), "不是单个指标"),
    ],
)
def test_what_cannot_be_listed_says_why(
    typed_in: Run, sample: Workspace, words: tuple[str, ...], said: str
) -> None:
    code, _, err = typed_in(sample.root, "uncovered", *words)
    assert code == 1
    assert said in err
    assert err.count("\n") <= 3


def test_a_variant_can_be_asked_for(sample: Workspace) -> None:
    one = find_beyond(sample, "cemetery-township@broad", sample.options())
    assert (
        one.share(FAR).covered
        > find_beyond(sample, "cemetery-township", sample.options()).share(FAR).covered
    )
    with pytest.raises(RequestError):
        find_beyond(sample, "eldercare", sample.options())


@pytest.fixture
def planned(sample: Workspace, tmp_path: Path) -> Workspace:
    """A workspace of one's own, with a plan kept."""
    root = tmp_path / "ws"
    shutil.copytree(sample.root / "layers", root / "layers")
    workspace = Workspace.open(root)
    made = make_plan(workspace, "cemetery-township", workspace.options(), Asked(to_target=True))
    write_plan(workspace, made, tmp_path / "规划.xlsx", None)
    return workspace


def test_a_plan_is_kept_and_fits(planned: Workspace) -> None:
    path = path_of(planned, "cemetery-township")
    assert path == planned.root / "maps" / "plans" / "cemetery-township.json"
    shown = find_shown(planned, planned.measure(with_nearest=True), planned.options())
    assert shown.notes == []
    [plan] = shown.plans
    told = plan["shown"]
    assert (plan["before"], plan["total"], plan["covered"]) == (311, 922, 323)
    assert told["sites"][plan["sites"][-1]["id"]]["pct"] == "35.03%"
    new = {
        code for codes in (told["covers"][site["id"]] for site in plan["sites"]) for code in codes
    }
    assert len(new) == plan["covered"] - plan["before"]
    sheet = next(sheet for sheet in shown.sheets() if sheet.name == "规划方案")
    assert [row[1] for row in sheet.rows] == [*range(1, 13)]
    assert sheet.rows[-1][7] == 35.03
    assert any("已证明最优" in note for note in sheet.notes)


def test_a_plan_of_other_data_or_another_question_is_out_of_date(planned: Workspace) -> None:
    measured = planned.measure(with_nearest=True)
    later = replace(planned.options(), status=("在建",))
    plans, [line] = read_plans(planned, measured.assessments, later)
    assert plans == []
    assert "与现在的数据或口径不同" in line
    assert "hbgeo plan cemetery-township" in line


def test_a_changed_ledger_puts_a_plan_out_of_date(planned: Workspace) -> None:
    measured = planned.measure()
    [file] = find_files(planned.layers.entry("cemetery"), planned.catalog.folder)
    assert isinstance(file, Path)
    file.write_bytes(file.read_bytes() + b"\n")
    again = Workspace.open(planned.root)
    plans, lines = read_plans(again, measured.assessments, again.options())
    assert plans == []
    assert len(lines) == 1


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"form": 1}', '{"form": 99, "sites": []}', "\ud800"]
)
def test_what_is_no_plan_is_said_and_left_out(planned: Workspace, content: str) -> None:
    path = path_of(planned, "cemetery-township")
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    plans, [line] = read_plans(planned, planned.measure().assessments, planned.options())
    assert plans == []
    assert "损坏或不是本版的方案" in line


def test_run_names_a_plan_that_is_out_of_date(planned: Workspace) -> None:
    options = replace(planned.options(), status=("在建",))
    report = hbgeo.run(planned, options=options)
    assert any("规划方案 maps/plans/cemetery-township.json" in note for note in report.notes)


def test_of_few_units_the_area_is_that_of_stats(
    sample: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = sample.measure(["cemetery-county"], with_nearest=True)
    options = sample.options()
    [plain] = find_shown(sample, measured, options).beyond
    assert not plain.areas  # a hundred counties are many
    monkeypatch.setattr("hbgeo.showing.FEW", 200)
    [one] = find_shown(sample, measured, options).beyond
    what, here = one.assessment.indicator, sample.at(options.as_of)
    by_stats = measure_radii([what], here, options, RADII, placements=here.placements)
    assert [one.areas[r] for r in RADII] == [a.share for a in by_stats]
    [sheet, _] = beyond_sheets([one])
    at = [column.heading for column in sheet.columns].index("面积占比（%）")
    assert [row[at] for row in sheet.rows] == [float(a.shown) for a in by_stats]
