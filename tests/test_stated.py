"""Units that stand around a table hold for its columns, wherever they are written."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.cell.numbers import MU, Unit
from hbgeo.read.file.stated import stated_units, with_unit_line
from hbgeo.read.layer import read_layer

HEAD = ["乡镇代码", "乡镇名称", "年份", "常住人口", "60岁及以上"]
ROW = ["420525101", "甲溪镇", 2023, 1.0023, 0.3]  # 1.0023 × 10,000 is 10,023 to the last figure
GRAVES = ["公墓编号", "公墓名称", "所在乡镇", "占地面积", "墓穴总数"]
GRAVE = ["1", "甲", "甲溪镇", 3, 2.5]


def read(
    folder: Path,
    *rows: list[object],
    schema: str = "population",
    sheet: str = "表",
    name: str = "a.xlsx",
) -> list[list[object]]:
    """What a workbook's rows give: population and those of 60, or area and graves."""
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    book.save(folder / name)
    layer = Layer(schema, "table", (name,), "示例", schema=schema, level="township")
    frame = read_layer(layer, folder).frame
    columns = ["population", "population_60"] if schema == "population" else ["area_m2", "plots_total"]  # fmt: skip
    return frame[columns].to_numpy().tolist()


@pytest.mark.parametrize(
    "above",
    [["单位:万人"], ["甲县人口表(单位:万人)"], ["甲县人口表", "计量单位: 万人"], ["甲县人口表【万人】"], ["填报单位:甲县 单位:万人、亩"],
     ["单位:万"]],
)  # fmt: skip
def test_a_unit_above_the_table_holds_for_its_counts_and_not_for_years(
    tmp_path: Path, above: list[str]
) -> None:
    assert read(tmp_path, [*above], HEAD, ROW) == [[10023.0, 3000.0]]


@pytest.mark.parametrize(
    ("line", "made"),
    [
        (["", "", "", "(万人)", "百人"], [10023.0, 30.0]),
        (["单位", "", "", "万人", ""], [10023.0, 0.3]),
        (["", "", "年", "", ""], None),
        (["", "", "", "百万人", "千人"], [1002300.0, 300.0]),
    ],
)
def test_a_line_of_units_below_the_heading_is_no_data(
    tmp_path: Path, line: list[str], made: list[float] | None
) -> None:
    rows = read(tmp_path, HEAD, line, ROW)
    assert (rows[0] == made) if made else (len(rows) == 2)


def test_a_unit_may_stand_in_the_name_of_sheet_or_file_or_in_a_note_below(tmp_path: Path) -> None:
    for more in ({"sheet": "人口(万人)"}, {"name": "人口(万人).xlsx"}):
        assert read(tmp_path, HEAD, ROW, **more) == [[10023.0, 3000.0]]
    assert read(tmp_path, HEAD, ROW, ["注:单位:万人"]) == [[10023.0, 3000.0]]


@pytest.mark.parametrize(
    ("heading", "value"),
    [("常住人口(万人)", 10023.0), ("常住人口(万)", 10023.0), ("常住人口(百人)", 100.23), ("常住人口/万人", 10023.0),
     ("常住人口-万人", 10023.0), ("常住人口(单位:千人)", 1002.3), ("常住人口(人)", 1.0023), ("常住人口", 1.0023)],
)  # fmt: skip
def test_a_heading_says_its_unit_itself(tmp_path: Path, heading: str, value: float) -> None:
    assert read(tmp_path, [*HEAD[:3], heading, HEAD[4]], ROW)[0][0] == value
    if heading != "常住人口":  # its own word goes before that of the table
        row = [*ROW[:4], 0.001]
        other = read(tmp_path, ["单位:千人"], [*HEAD[:3], heading, HEAD[4]], row)
        assert other == [[value, 1.0]]


@pytest.mark.parametrize(
    ("stated", "area", "graves"),
    [
        ("单位:亩", 3 * MU, 2.5), ("单位:千公顷、百穴", 3e7, 250.0), ("单位:平方公里", 3e6, 2.5),
        ("单位:万亩和百个", 3e4 * MU, 250.0), ("单位:万平方米;单位:千座", 3e4, 2500.0), ("单位:亩 万人", 3 * MU, 2.5),
    ],
)  # fmt: skip
def test_areas_and_counts_take_each_their_own(
    tmp_path: Path, stated: str, area: float, graves: float
) -> None:
    made = read(tmp_path, [stated], GRAVES, GRAVE, schema="cemetery")
    assert made == [[pytest.approx(area, rel=1e-12), graves]]


def test_two_units_for_one_column_are_refused(tmp_path: Path) -> None:
    said = r"^a.xlsx 人口\(万人\)：“常住人口”列的单位说法不一：万人、人；请写在列名里，如 常住人口（万人）$"
    with pytest.raises(LayerError, match=said):
        read(tmp_path, ["单位:人"], HEAD, ROW, sheet="人口(万人)")


def test_a_column_of_units_tells_row_by_row(tmp_path: Path) -> None:
    rows = [["420525101", "甲溪镇", 2023, 1.5, "万人"], ["420525102", "乙溪镇", 2023, 15000, "人"],
            ["420525103", "丙溪镇", 2023, "1.5万", "万人"]]  # fmt: skip
    book = openpyxl.Workbook()
    for row in ([*HEAD[:4], "单位"], *rows[:2]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    layer = Layer("population", "table", ("a.xlsx",), "示例", schema="population", level="township")
    assert read_layer(layer, tmp_path).frame["population"].tolist() == [15000.0, 15000.0]


def test_a_cell_that_says_its_own_multiple_is_not_multiplied_twice(tmp_path: Path) -> None:
    row = [*ROW[:3], "1.2万", "3百人"]
    assert read(tmp_path, ["单位:万人"], HEAD, row) == [[12000.0, 300.0]]


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("填报单位:万州区民政局", {}),
        ("主办单位:某某 单位:人", {"人": Unit(1, "人")}),
        ("单位:元/月", {"元/月": Unit(1, "元")}),
        ("单位:户/人", {"户": Unit(1, "户"), "人": Unit(1, "人")}),
        ("人口(万人)一览", {}),
        ("人口(截至2023年)", {}),
    ],
)
def test_only_what_is_a_unit_is_stated(text: str, units: dict[str, Unit]) -> None:
    assert stated_units([text]) == units


def test_a_line_with_anything_but_units_is_data() -> None:
    assert with_unit_line(["名称", "人口"], ["户", "12"]) is None
    assert with_unit_line(["名称", "人口"], ["—", "/"]) is None
    assert with_unit_line(["名称", "人口"], ["-", "(万人)"]) == ["名称", "人口(万人)"]
