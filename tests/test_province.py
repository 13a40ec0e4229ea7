"""A province by a glob: 103 county ledgers, each numbered from 1, ten of them flawed; every row told."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import openpyxl
import pandas as pd
import pytest

from hbgeo.sample import sample_folder
from hbgeo.workspace import Workspace

HEADINGS = ["编号", "公墓名称", "设施类型", "性质", "级别", "状态", "启用时间", "所在县", "所在乡镇",
            "经度", "纬度", "坐标系", "墓穴总数", "已使用"]  # fmt: skip
CATALOG = """title = "示例"
as_of = 2023-12-31
scheme = "MCA-2025"
[county]
role = "units"
level = "county"
path = "counties.gpkg"
source = "示例"
sample = true
[township]
role = "units"
level = "township"
path = "townships.gpkg"
source = "示例"
sample = true
approximate = true
[cemetery]
role = "facilities"
path = "公墓/*.xlsx"
source = "示例"
sample = true
"""
Rows = list[list[object]]
Sheets = dict[str, Rows]


def ledger(county: str, towns: pd.DataFrame) -> Rows:
    """A county's ledger: one cemetery a township, numbered from 1, the header first."""
    rows: Rows = [list(HEADINGS)]
    for number, (name, x, y) in enumerate(
        zip(towns["name"], towns["seat_x"], towns["seat_y"], strict=True), 1
    ):
        rows.append([number, f"示例{name}公墓", "公墓", "公益性", "乡镇级", "运营", "2020-05-01", county,
                     name, round(x, 5), round(y, 5), "CGCS2000", 100, 40])  # fmt: skip
    return rows


def titled(sheets: Sheets) -> None:
    """A title, and a total below."""
    rows = sheets["Sheet1"]
    rows.insert(0, ["示例公墓台账"])
    rows.append(["合计", "", "", "", "", "", "", "", "", "", "", "", 100 * (len(rows) - 2), ""])


def headed_again(sheets: Sheets) -> None:
    sheets["Sheet1"].insert(3, list(HEADINGS))


def negative(sheets: Sheets) -> None:
    sheets["Sheet1"][1][12] = -3


def too_many(sheets: Sheets) -> None:
    sheets["Sheet1"][2][13] = 101


def nowhere(sheets: Sheets) -> None:
    sheets["Sheet1"][1][8] = "示例无此镇"


def no_state(sheets: Sheets) -> None:
    sheets["Sheet1"][2][5] = "建成"


def contradicting(sheets: Sheets) -> None:
    """One number twice, once closed: nobody knows which is right."""
    sheets["Sheet1"].append([*sheets["Sheet1"][1]])
    sheets["Sheet1"][-1][5] = "关闭"


def shifted(sheets: Sheets) -> None:
    """A point in another county."""
    sheets["Sheet1"][1][9], sheets["Sheet1"][1][10] = 109.5, 30.3


def parted(sheets: Sheets) -> None:
    """Two sheets, each numbered from 1."""
    rows = sheets["Sheet1"]
    sheets["二"] = [list(HEADINGS), *([i, *row[1:]] for i, row in enumerate(rows[3:], 1))]
    del rows[3:]


def turned(sheets: Sheets) -> None:
    """Longitude and latitude in each other's column, in one row."""
    row = sheets["Sheet1"][1]
    row[9], row[10] = row[10], row[9]


FLAWS: dict[str, Callable[[Sheets], None]] = {
    "远安县": titled, "兴山县": headed_again, "秭归县": negative, "当阳市": too_many,
    "枝江市": nowhere, "宜都市": no_state, "谷城县": contradicting, "保康县": shifted,
    "房县": parted, "竹山县": turned,
}  # fmt: skip


@pytest.fixture(scope="module")
def province(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Workspace, set[tuple[str, str, int]]]:
    """The workspace, and where every row of data stands: file, sheet, row."""
    root = tmp_path_factory.mktemp("province")
    layers = root / "layers"
    (layers / "公墓").mkdir(parents=True)
    for name in ("counties.gpkg", "townships.gpkg"):
        shutil.copy(sample_folder() / name, layers / name)
    (layers / "catalog.toml").write_text(CATALOG, "utf-8")
    townships = Workspace.open(root).units("township")
    written = set()
    for code, towns in townships.groupby("county_code"):
        county = str(towns["county"].iloc[0])
        sheets: Sheets = {"Sheet1": ledger(county, towns)}
        FLAWS.get(county, lambda _: None)(sheets)
        book = openpyxl.Workbook()
        book.remove(book.active)
        file = f"{code}{county}.xlsx"
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for at, row in enumerate(rows, 1):
                sheet.append(row)
                if row[0] not in {"编号", "合计"} and len(row) > 1:
                    written.add((file, name if len(sheets) > 1 else "", at))
        book.save(layers / "公墓" / file)
    return Workspace.open(root), written


def test_every_row_counts_or_is_told(
    province: tuple[Workspace, set[tuple[str, str, int]]],
) -> None:
    workspace, written = province
    table = workspace.layers.table("cemetery")
    assert len({file for file, _, _ in written}) == 103
    assert len(written) > 1_260
    places = table.frame[["file", "sheet", "row"]].astype({"file": "str", "sheet": "str"})
    counting = {
        (f, s if (f, "", r) not in written else "", r) for f, s, r in places.itertuples(index=False)
    }
    assert len(counting) == len(table)
    assert counting <= written
    assert len(table) + table.aside == len(written)
    issues = table.issues
    errors = issues[(issues["severity"] == "error") & issues["row"].notna()]
    told = {(f, int(r)) for f, r in zip(errors["file"], errors["row"], strict=True)}
    assert {(f, r) for f, _, r in written - counting} <= told
    assert table.frame.index.is_unique


def test_the_flawed_rows_by_hand(province: tuple[Workspace, set[tuple[str, str, int]]]) -> None:
    workspace, _ = province
    table = workspace.layers.table("cemetery")
    errors = table.issues[table.issues["severity"] == "error"]
    by_file = {
        county: sorted(zip(mine["row"].tolist(), mine["rule"], strict=True))
        for county in FLAWS
        if len(mine := errors[errors["file"].str.contains(county)])
    }
    assert by_file == {
        "秭归县": [(2, "E14"), (2, "E14")], "当阳市": [(3, "E14")], "枝江市": [(2, "E06")], "宜都市": [(3, "E07")],
        "谷城县": [(2, "E12"), (len(workspace.units("township").query("county == '谷城县'")) + 2, "E12")],
    }  # fmt: skip
    [one] = workspace.assess(["cemetery-township"])
    assert one.coverage is not None
    lost = {"秭归县", "当阳市", "枝江市", "宜都市", "谷城县", "保康县"}
    missed = one.coverage.uncovered["county"].value_counts().to_dict()
    streets = {"枝江市", "宜都市", "当阳市", "秭归县", "谷城县", "保康县"}
    assert set(missed) <= lost & streets
    assert all(n == 1 for n in missed.values())
