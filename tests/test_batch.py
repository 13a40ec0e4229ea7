"""Tables tidied together are what each is by itself: rows, problems, order, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from hbgeo.errors import LayerError
from hbgeo.read import batch
from hbgeo.read.batch import Batches
from hbgeo.read.catalog import Layer
from hbgeo.read.file.ledger import RawTable
from hbgeo.read.issues import issue_table
from hbgeo.read.layer import read_layer
from hbgeo.read.schema.match import match_headings
from hbgeo.read.schema.records import read_schema
from hbgeo.read.schema.tidy import Tidy

HEAD = "编号,机构名称,机构类型,状态,启用时间,所在县,经度,纬度,坐标系,床位数,联系电话"
OTHER = "编号,名称,状态,所在县,坐标,坐标系,没见过的列"
GOOD = "日间照料中心,运营,2020-05-01,江岸区,114.305123,30.593456,CGCS2000,20,"
ROWS = {  # a file each: what can be said of a row, or done to it
    "plain": f"{HEAD}\nA1,甲,{GOOD}\n",
    "a month": f"{HEAD}\nB1,乙,{GOOD.replace('2020-05-01', '2020-05')}\n",
    "other": f'{OTHER}\nC1,丙,运营,江岸区,"114.305,30.593",CGCS2000,说明\n',
    "aside": f"{HEAD}\nD1,丁,{GOOD.replace('运营', '怪')}\nD2,丁,{GOOD.replace('114.3', '14.3')}\nD3,丁,{GOOD}\n",
    "coarse": f"{HEAD}\nE1,戊,{GOOD.replace('305123', '3').replace('593456', '5')}\n合计,,,,,,,,,20,\n",
    "two datums": f"{HEAD}\nF1,己,{GOOD.replace('CGCS2000', 'GCJ-02')}\nF2,己,{GOOD}\n",
    "empty": f"{HEAD}\n",
    "negative": f'{OTHER}\nG1,庚,怪,江岸区,"3,4",CGCS2000,\n',
}


def write(folder: Path, files: dict[str, str]) -> None:
    for number, text in enumerate(files.values()):
        (folder / f"{number:03}.csv").write_text(text, "utf-8")


def read(folder: Path, path: str = "*.csv") -> Tidy:
    return read_layer(Layer("eldercare", "facilities", (path,), "示例", schema="eldercare"), folder)


def plain(table: pd.DataFrame) -> pd.DataFrame:
    """A table whatever its text is kept as; where every date is a day none need say so."""
    words = [c for c in table if isinstance(table[c].dtype, pd.CategoricalDtype)]
    made = table.astype(dict.fromkeys(words, "str"))
    return made[sorted(set(made) - {"opened_on_precision"})]


def test_tables_read_together_are_what_each_is_alone(tmp_path, monkeypatch):
    write(tmp_path, ROWS)
    together = read(tmp_path)
    monkeypatch.setattr(batch, "_MANY", 1)
    alone = read(tmp_path)
    pd.testing.assert_frame_equal(plain(together.frame), plain(alone.frame))
    pd.testing.assert_frame_equal(plain(together.aside), plain(alone.aside))
    pd.testing.assert_frame_equal(issue_table(together.issues), issue_table(alone.issues))
    assert together.skipped == alone.skipped == (("004.csv", "", 3, "合计"),)


def test_rows_stand_in_the_order_of_their_files(tmp_path):
    write(tmp_path, ROWS)
    made = read(tmp_path)
    assert made.frame["id"].tolist() == ["A1", "B1", "C1", "D3", "E1", "F1", "F2"]
    assert made.aside["id"].tolist() == ["D1", "D2", "G1"]
    assert made.frame["file"].tolist()[:3] == ["000.csv", "001.csv", "002.csv"]
    assert made.frame["opened_on_precision"].tolist()[:2] == ["day", "month"]


def test_a_columns_problem_is_said_of_every_file_an_empty_one_too(tmp_path):
    write(tmp_path, ROWS)
    phones = [i.file for i in read(tmp_path).issues if i.column == "联系电话"]
    assert sorted(phones) == [f"{n:03}.csv" for n in (0, 1, 3, 4, 5, 6)]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (GOOD.replace("CGCS2000", ""), r"^007\.csv：未说明坐标系"),
        (
            GOOD.replace("114.305123,30.593456", "30.593456,114.305123"),
            r"^007\.csv 第2行起：经度、纬度两列写反\（1 行\）",
        ),
    ],
    ids=["no CRS", "swapped"],
)
def test_a_file_wrong_as_a_whole_is_named_among_good_ones(tmp_path, row, said):
    good = f"{HEAD}\nA1,甲,{GOOD}\nA2,甲,{GOOD}\n"
    write(tmp_path, {str(n): good if n != 7 else f"{HEAD}\nA1,甲,{row}\n" for n in range(12)})
    with pytest.raises(LayerError, match=said):
        read(tmp_path)


def test_sheets_of_a_workbook_are_rows_of_their_own_sheet(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        for number in range(5):
            sheet = book.add_worksheet(f"街道{number}")
            sheet.write_row(0, 0, HEAD.split(","))
            sheet.write_row(number + 1, 0, [f"A{number}", "甲", *GOOD.split(",")])
    frame = read(tmp_path, "a.xlsx").frame
    assert frame["sheet"].tolist() == [f"街道{n}" for n in range(5)]
    assert frame["row"].tolist() == [2, 3, 4, 5, 6]
    told: list[tuple[int, int]] = []
    layer = Layer("eldercare", "facilities", ("a.xlsx",), "示例", schema="eldercare")
    read_layer(layer, tmp_path, progress=lambda done, of: told.append((done, of)))
    assert told == [(n, 5) for n in range(5)]


def test_reading_tells_how_far_it_is(tmp_path):
    write(tmp_path, ROWS)
    layer = Layer("eldercare", "facilities", ("*.csv",), "示例", schema="eldercare")
    told: list[tuple[int, int]] = []
    read_layer(layer, tmp_path, progress=lambda done, of: told.append((done, of)))
    assert told == [(n, 8) for n in range(8)]


@pytest.mark.parametrize(("rows", "waits"), [(1_000, True), (1_001, False)])
def test_a_table_of_a_thousand_rows_waits_for_others(rows: int, *, waits: bool) -> None:
    names = [f"示例{n}" for n in range(rows)]
    cells = {"名称": names, "经度": "111.3", "纬度": "30.9", "坐标系": "CGCS2000"}
    frame = pd.DataFrame(cells).assign(file="a.csv", sheet="", row=range(2, rows + 2))
    schema = read_schema("facility")
    batches = Batches(Layer("facility", "facilities", (), "示例", schema="facility"), schema)
    batches.add(RawTable(frame, match_headings(cells, schema)), "a.csv")
    assert [len(made.frame) for made in batches._made] == ([] if waits else [rows])
    assert len(batches.joined().frame) == rows


def test_tables_that_only_together_are_refused_are_taken_in_parts_in_their_order(monkeypatch):
    """Whatever is wrong with several at once: none is lost for it, and none comes before another."""
    schema = read_schema("facility")
    batches = Batches(Layer("facility", "facilities", (), "示例", schema="facility"), schema)
    alone = Batches._tidy

    def refuse(self: Batches, table: RawTable) -> Tidy:
        if len(table.frame) > 2:
            raise LayerError("多了")
        return alone(self, table)

    monkeypatch.setattr(Batches, "_tidy", refuse)
    for name in "甲乙丙丁戊":
        cells = {"名称": [name], "经度": "111.3123", "纬度": "30.9123", "坐标系": "CGCS2000"}
        frame = pd.DataFrame(cells).assign(file=f"{name}.csv", sheet="", row=2)
        batches.add(RawTable(frame, match_headings(cells, schema)), f"{name}.csv")
    assert batches.joined().frame["name"].tolist() == list("甲乙丙丁戊")
    assert [len(made.frame) for made in batches._made] == [2, 1, 2]
