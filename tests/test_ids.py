"""One id a facility: files that number from the start, rows said twice, rows that contradict."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hbgeo.read.catalog import Layer
from hbgeo.read.crs import GEOD
from hbgeo.read.issues import Issue, Notes
from hbgeo.read.layer import read_layer
from hbgeo.read.schema.records import read_schema
from hbgeo.read.units import ids
from hbgeo.read.units.ids import Settled, _listed, _some, counts_up, settle_ids

LAYER = Layer("cemetery", "facilities", ("c.xlsx",), "示例", schema="cemetery")
NOWHERE = (np.nan, np.nan)

Row = tuple[str, str, str, str, str]  # file, id, name, county, township


def settle(
    *rows: Row,
    points: list[tuple[float, float]] | None = None,
    sheets: list[str] | None = None,
    counts: list[bool] | None = None,
    **more: list[object],
) -> tuple[Settled, list[Issue]]:
    """What becomes of the ids of some rows; each file's rows are numbered from 2."""
    columns = ["file", "id", "name", "county_code", "township_code"]
    frame = pd.DataFrame(rows, columns=columns, dtype="str").assign(village_code="", **more)
    frame["sheet"] = pd.Series(sheets or [""] * len(rows), dtype="str")
    frame["row"] = frame.groupby(["file", "sheet"]).cumcount() + 2
    frame[["x", "y"]] = points or [NOWHERE] * len(rows)
    notes = Notes("cemetery", frame, read_schema("cemetery"))
    mask = np.array(counts or [True] * len(rows))
    return settle_ids(frame, LAYER, mask, notes), notes.issues


@pytest.fixture(autouse=True, params=[ids.FEW, 0], ids=["few", "many"])
def _compared(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rows are compared one with another, many by SciPy: both say the same."""
    monkeypatch.setattr(ids, "FEW", request.param)


def test_files_that_number_from_the_start_have_different_facilities():
    made, [issue] = settle(
        ("夷陵区.xlsx", "1", "分乡公墓", "420506", "420506101"),
        ("夷陵区.xlsx", "2", "樟村坪公墓", "420506", "420506102"),
        ("长阳县.xlsx", "1", "龙舟坪公墓", "420528", "420528100"),
        ("长阳县.xlsx", "2", "磨市公墓", "420528", "420528103"),
        ("长阳县.xlsx", "3", "贺家坪公墓", "420528", "420528104"),
    )
    assert made.ids.tolist() == ["夷陵区/1", "夷陵区/2", "长阳县/1", "长阳县/2", "3"]
    assert not made.aside.any()
    assert (issue.rule, issue.severity, issue.row) == ("E12", "warning", None)
    assert issue.message == (
        "编号1、2 在 夷陵区.xlsx、长阳县.xlsx 中都有，名称或地点不同，按不同设施计；为不混淆，编号前加文件名，如 夷陵区/1"
    )


def test_sheets_and_files_of_one_stem_are_told_apart():
    rows = [("a.xlsx", "1", n, "420506", t) for n, t in (("甲", "101"), ("乙", "102"))]
    made, _ = settle(*rows, ("a.csv", "1", "丙", "420506", "103"), sheets=["东", "西", ""])
    assert made.ids.tolist() == ["a.xlsx/东/1", "a.xlsx/西/1", "a.csv/1"]


def test_rows_of_one_sheet_that_say_the_same_count_once():
    row = ("a.csv", "1", "甲", "420506", "420506101")
    made, [issue] = settle(row, row, row, note=["", "又", "再"])[0], settle(row, row)[1]
    assert made.aside.tolist() == [False, True, True]
    assert made.ids.tolist() == ["1"] * 3
    assert issue.message == "第3行 编号1重复：a.csv 第2行、第3行内容相同，只计第一行"


def test_rows_that_contradict_each_other_count_nowhere_whichever_stands_first():
    row = ("a.csv", "G1", "甲", "420506", "420506101")
    for states in (["在建", "运营"], ["运营", "在建"]):
        made, issues = settle(row, row, status=states)
        assert made.aside.all()
        said = "编号G1重复：a.csv 第2行、第3行的状态不同，都不计入"
        assert [i.message for i in issues] == [f"第2行 {said}", f"第3行 {said}"]
        assert {i.severity for i in issues} == {"error"}


def test_a_wrong_row_is_no_rival():
    row = ("a.csv", "G1", "甲", "420506", "420506101")
    made, issues = settle(row, row, status=["运营", "在建"], counts=[False, True])
    assert (made.aside.any(), issues) == (False, [])


@pytest.mark.parametrize(
    ("number", "name", "county", "township", "one"),
    [
        ("7", "甲公墓", "420506", "420506101", True),
        ("7", "乙公墓", "420506", "420506101", False),  # files of two kinds, both numbered from 1
        ("7", "甲公墓", "420506", "420506102", False),  # a name that every township has
        ("7", "", "420506", "420506101", False),
        ("124205063098765432", "甲公墓", "420528", "420528101", True),
        ("124205063098765432", "乙公墓", "420506", "420506101", True),
        ("124205063098765432", "乙公墓", "420506", "420506102", False),
    ],
)
def test_across_files_an_id_needs_a_name_or_place_that_agrees(
    number: str, name: str, county: str, township: str, *, one: bool
):
    made, issues = settle(
        ("旧.csv", number, "甲公墓", "420506", "420506101"),
        ("新.csv", number, name, county, township),
        status=["在建", "运营"],
    )
    assert made.aside.tolist() == [one, one]
    assert [i.severity for i in issues] == (["error"] * 2 if one else ["warning"])
    for issue in issues:
        assert "旧.csv" in issue.message
        assert "新.csv" in issue.message
    assert made.ids.is_unique != one


def test_a_copy_of_a_file_counts_once():
    rows = [("420506101", "甲"), ("420506102", "乙")]
    copies = [(f, str(i), n, "420506", t) for f in ("a.csv", "a - 副本.csv") for i, (t, n) in enumerate(rows)]  # fmt: skip
    made, issues = settle(*copies)
    assert made.aside.tolist() == [False, False, True, True]
    assert made.ids.tolist() == ["0", "1", "0", "1"]
    assert issues[0].message == (
        "第2行 编号0重复：a.csv 第2行、a - 副本.csv 第2行内容相同，只计第一行"
    )


@pytest.mark.parametrize(
    ("number", "north", "one"),
    [("420506001", 30.0, True), ("420506001", 30.0008, True), ("420506001", 30.001, False),
     ("1", 30.0, True), ("1", 30.0008, False)],
)  # fmt: skip
def test_points_that_agree_are_a_place_that_agrees(number: str, north: float, *, one: bool):
    """0.0008° of latitude are 89 m, 0.001° are 111 m."""
    rows = [(f"{f}.csv", number, f, "420506", "") for f in ("甲", "乙")]
    made, _ = settle(*rows, points=[(111.0, 30.0), (111.0, north)])
    assert made.aside.tolist() == [one, one]  # their names differ: a contradiction
    assert made.ids.is_unique != one


def test_hidden_ids_and_names_are_compared_with_nothing():
    made, issues = settle(
        ("a.csv", "[已隐去]", "甲", "420506", "420506101"),
        ("a.csv", "[已隐去]", "乙", "420506", "420506102"),
        ("b.csv", "420506001", "[已隐去]", "420506", "420506103"),
        ("c.csv", "420506001", "[已隐去]", "420506", "420506104"),
    )
    assert made.ids.tolist() == ["cemetery:a.csv#2", "cemetery:a.csv#3", "b/420506001", "c/420506001"]  # fmt: skip
    assert not made.aside.any()
    assert [i.severity for i in issues] == ["warning"]


def test_many_rows_of_one_id_are_named_by_the_first_eight():
    row = ("a.csv", "1", "甲", "420506", "420506101")
    _, issues = settle(*[row] * 10)
    listed = "a.csv 第2行、" + "、".join(f"第{n}行" for n in range(3, 10))
    assert issues[0].message == f"第3行 编号1重复：{listed}、等 10 行内容相同，只计第一行"
    assert len(issues) == 9


def test_files_of_one_name_are_called_by_their_folders(tmp_path: Path):
    for county in ("甲县", "乙县"):
        folder = tmp_path / county / "公墓"
        folder.mkdir(parents=True)
        text = (
            f"编号,公墓名称,所在县,状态\n1,{county}公墓,{county},约\n2,{county}二,{county},运营\n"
        )
        (folder / "台账.csv").write_text(text, "utf-8")
    (tmp_path / "别.csv").write_text("编号,公墓名称,所在县\n1,丙,丙县\n", "utf-8")
    layer = Layer(
        "cemetery", "facilities", ("*/公墓/台账.csv", "别.csv"), "示例", schema="cemetery"
    )
    made = read_layer(layer, tmp_path)
    names = ["乙县/公墓/台账.csv", "甲县/公墓/台账.csv"]
    assert made.frame["file"].tolist() == [*names, "别.csv"]
    assert made.aside["file"].tolist() == names
    assert [i.file for i in made.issues if i.rule == "E07"] == names


@pytest.mark.parametrize("x", [109.0, 116.0])
@pytest.mark.parametrize("way", [0, 45, 90, 135])
@pytest.mark.parametrize(("metres", "one"), [(99.5, True), (100.5, False)])
def test_a_place_that_agrees_lies_within_a_hundred_metres_in_every_direction(
    x: float, way: float, metres: float, *, one: bool
):
    east, north, _ = GEOD.fwd(x, 30.0, way, metres)
    rows = [(f"{f}.csv", "420506001", f, "420506", "") for f in ("甲", "乙")]
    made, _ = settle(*rows, points=[(x, 30.0), (east, north)])
    assert made.aside.tolist() == [one, one]


def test_what_repeats_is_said_where_it_stands():
    row = ("a.xlsx", "G1", "甲", "420506", "420506101")
    _, issues = settle(row, row, row, sheets=["东", "西", "西"])
    assert [(i.file, i.sheet, i.row, i.column, i.value) for i in issues] == [
        ("a.xlsx", "西", 2, "编号", "G1"), ("a.xlsx", "西", 3, "编号", "G1"),
    ]  # fmt: skip
    assert issues[0].message == (
        "第2行 编号G1重复：a.xlsx 东 第2行、a.xlsx 西 第2行、第3行内容相同，只计第一行"
    )
    assert issues[0].fix == "删去重复行"


def test_what_differs_is_named_by_its_headings_once():
    row = ("a.csv", "G1", "甲", "420506", "420506101")
    points = [(111.0, 30.0), (111.1, 30.1)]
    _, issues = settle(row, row, points=points, status=["运营", "在建"])
    said = "编号G1重复：a.csv 第2行、第3行的状态、坐标不同，都不计入"
    assert [i.message for i in issues] == [f"第2行 {said}", f"第3行 {said}"]
    assert issues[0].fix == "只留现在的一行；不是同一个的请改编号"


def test_five_digits_only_number_the_lines():
    assert [counts_up(one) for one in ("", "7", "12345", "GM-12345", "123456", "G1M23456")] == [
        True, True, True, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("count", "said"),
    [(8, "第8行、第9行"), (9, "第8行、第9行、等 9 行"), (10, "第8行、第9行、等 10 行")],
)
def test_up_to_eight_rows_are_named(count: int, said: str) -> None:
    shown = _listed([("a.csv", "", row) for row in range(2, 2 + count)])
    assert shown.startswith("a.csv 第2行、第3行、")
    assert shown.endswith(said)


@pytest.mark.parametrize(("count", "said"), [(8, " "), (9, "等 9 个")])
def test_up_to_eight_ids_are_named(count: int, said: str) -> None:
    named = "、".join(map(str, range(1, 9)))
    assert _some([str(n) for n in range(1, count + 1)]) == named + said
