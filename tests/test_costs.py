"""A table of minutes: read under either language's headings, and refused in one clear line."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from hbgeo.errors import HbgeoError
from hbgeo.read.costs import read_costs

PLACES, FACILITIES = pd.Index(["420101001", "420101002"]), pd.Index(["F1", "F2"])


def write(folder: Path, *lines: str, name: str = "路程.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.mark.parametrize(
    "head", ["place,facility,minutes", "村代码,设施编号,车程（分钟）", "出发地,目的地,分钟"]
)
def test_minutes_are_read_under_either_languages_headings(tmp_path: Path, head: str) -> None:
    made = read_costs(write(tmp_path, head, "420101001,F1,12.5", "420101002,F1,0"), PLACES, FACILITIES)  # fmt: skip
    assert made.to_dict("list") == {
        "place": ["420101001", "420101002"], "facility": ["F1", "F1"], "minutes": [12.5, 0.0],
    }  # fmt: skip


def test_a_workbook_is_read_sheet_by_sheet(tmp_path: Path) -> None:
    path = tmp_path / "路程.xlsx"
    with pd.ExcelWriter(path, engine="xlsxwriter") as book:
        for sheet, minutes in (("甲", 5), ("乙", 9)):
            rows = {"村代码": ["420101001"], "设施编号": [f"F{minutes // 4}"], "分钟": [minutes]}
            pd.DataFrame(rows).to_excel(book, sheet_name=sheet, index=False)
    assert read_costs(path, PLACES, FACILITIES)["minutes"].tolist() == [5, 9]


def test_metres_may_stand_in_the_place_of_minutes(tmp_path: Path) -> None:
    made = read_costs(write(tmp_path, "地点代码,设施编号,路程（米）", "420101001,F1,1200"))
    assert made["metres"].tolist() == [1200]
    assert "minutes" not in made


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["420101001,F1,-3"], r"^路程\.csv 第2行“minutes”列：“-3”应为 0 以上的数"),
        (["420101001,F1,5", "420101001,F2,半小时", "420101002,F2,"], r"第3行“minutes”列：“半小时”.*（另有 1 行）"),
        (["420101001,F1,inf"], "第2行“minutes”列：“inf”"),
        (["420101009,F1,5"], "第2行“place”列：“420101009”不是已有单元或地点的代码"),
        (["420101001,F9,5"], "第2行“facility”列：“F9”不是已有设施的代码或编号"),
        ([",F1,5"], "第2行“place”列：“”空白"),
        (["420101001,F1,5", "420101001,F1,6"], "第3行：420101001 到 F1 与路程.csv 第2行的数不同"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, lines: list[str], said: str) -> None:
    path = write(tmp_path, "place,facility,minutes", *lines)
    with pytest.raises(HbgeoError, match=said) as err:
        read_costs(path, PLACES, FACILITIES)
    assert "\n" not in str(err.value)


def test_a_pair_that_is_said_twice_alike_is_one(tmp_path: Path) -> None:
    path = write(tmp_path, "place,facility,minutes", "420101001,F1,5", "420101001,F1,5")
    assert len(read_costs(path)) == 1


def test_a_sheet_of_a_workbook_is_named(tmp_path: Path) -> None:
    path = tmp_path / "路程.xlsx"
    rows = {"村代码": ["420101001"], "设施编号": ["F1"], "分钟": ["约五"]}
    pd.DataFrame(rows).to_excel(path, sheet_name="一月", index=False, engine="xlsxwriter")
    with pytest.raises(HbgeoError, match="工作表“一月” 第2行“分钟”列：“约五”"):
        read_costs(path)


@pytest.mark.parametrize("head", ["place,facility,小时", "村代码,分钟,备注", "place,facility"])
def test_a_table_without_minutes_or_facilities_is_none(tmp_path: Path, head: str) -> None:
    with pytest.raises(HbgeoError, match=r"路程\.csv.*minutes（分钟）|表头"):
        read_costs(write(tmp_path, head, "1,2,3"))
    with pytest.raises(HbgeoError, match="没有这个文件"):
        read_costs(tmp_path / "无.csv")
    with pytest.raises(HbgeoError, match="没有"):
        read_costs(write(tmp_path, "place,facility,minutes"))
