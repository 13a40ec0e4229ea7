"""Makes dirty ledgers from a seed: every trap county ledgers are known for, in known numbers.

`make_dirty` writes a small workspace (two counties of four townships, all invented) whose cemetery
ledger is full of them, and says which issues must be found, in which row.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyproj
import shapely

from hbgeo.read.cell.coordinates import show_dms
from hbgeo.read.crs import wgs84_to_gcj02

COUNTIES = {"429801": ("示例甲县", 114.0), "429802": ("示例乙县", 114.4)}
TOWNSHIPS = {
    "429801": ["示例东镇", "示例西乡", "示例南镇", "示例北街道"],
    "429802": ["示例东镇", "示例河乡", "示例湖镇", "示例山街道"],
}
SOUTH, STEP = 30.5, 0.2
HEADINGS = [
    "序号",
    "公墓编号",
    "公墓名称",
    "设施类型",
    "公墓性质",
    "级别",
    "状态",
    "启用时间",
    "批准时间",
]
HEADINGS += ["县代码", "所在县", "所在乡镇", "坐标-经度", "坐标-纬度", "坐标系", "服务范围"]
HEADINGS += ["墓穴数-总数", "墓穴数-已用", "占地面积", "单人墓位面积(平方米)", "联系电话", "备注"]

FIRST_SHEET = 70  # rows of it

Row = dict[str, object]
Found = set[tuple[str, str, int]]  # rule, sheet, row


@dataclass
class Dirty:
    """What was planted: (rule, sheet, row) of every issue, and how many rows of data there are."""

    folder: Path
    expected: Found = field(default_factory=set)
    columns: set[tuple[str, str]] = field(default_factory=set)  # rule, sheet: about a whole sheet
    rows: int = 0
    aside: int = 0
    skipped: int = 0


def make_dirty(folder: Path, seed: int, suffix: str = ".xlsx") -> Dirty:
    """Write the workspace; `suffix` is that of the ledger: .xlsx, or .csv without what only Excel has."""
    rng = random.Random(seed)  # noqa: S311 - made data, no secret
    made = Dirty(folder)
    (folder / "layers").mkdir(parents=True)
    _write_units(folder / "layers")
    rows = [_good(rng, i) for i in range(120)]
    marks = _plant(rows, rng)
    sheets = (
        {"一": rows[:FIRST_SHEET], "二": rows[FIRST_SHEET:]} if suffix == ".xlsx" else {"": rows}
    )
    if suffix == ".xlsx":
        _write_xlsx(folder / "layers" / "台账.xlsx", sheets, marks, made, rng)
    else:
        _write_csv(folder / "layers" / "台账.csv", rows, marks, made, rng)
    made.rows = len(rows)
    (folder / "layers" / "catalog.toml").write_text(_CATALOG.format(suffix=suffix), "utf-8")
    return made


_CATALOG = """title = "示例"
as_of = 2023-12-31
scheme = "示例-2025"
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
[cemetery]
role = "facilities"
path = "台账{suffix}"
source = "示例"
sample = true
"""


def _box(county: str, at: int) -> tuple[float, float, float, float]:
    west = COUNTIES[county][1] + (at % 2) * STEP
    south = SOUTH + (at // 2) * STEP
    return west, south, west + STEP, south + STEP


def _write_units(folder: Path) -> None:
    towns = [
        (f"{c}10{i}", n, c, COUNTIES[c][0], shapely.box(*_box(c, i)))
        for c, names in TOWNSHIPS.items()
        for i, n in enumerate(names)
    ]
    table = pd.DataFrame(towns, columns=["区划代码", "名称", "县代码", "县名", "geometry"])
    gpd.GeoDataFrame(table, crs=4490).to_file(folder / "townships.gpkg")
    whole = table.groupby(["县代码", "县名"])["geometry"].agg(
        lambda g: shapely.union_all(g.to_numpy())
    )
    counties = whole.reset_index().rename(columns={"县代码": "区划代码", "县名": "名称"})
    gpd.GeoDataFrame(counties, crs=4490).to_file(folder / "counties.gpkg")


def _good(rng: random.Random, i: int) -> Row:
    """A row with nothing wrong, in one of the many ways people write."""
    county = rng.choice(list(COUNTIES))
    at = rng.randrange(4)
    west, south, east, north = _box(county, at)
    x = round(rng.uniform(west + 0.05, east - 0.05), 6) + 3e-7
    y = round(rng.uniform(south + 0.05, north - 0.05), 6) + 3e-7
    opened = dt.date(rng.randint(2005, 2022), rng.randint(2, 9), rng.randint(2, 28))
    total = rng.randint(300, 1999)
    row: Row = {
        "序号": i + 1,
        "公墓编号": f"GM{i:05d}",
        "公墓名称": rng.choice(["示例{}号公墓", "示例 {} 号公墓", "示例{}号\n公墓"]).format(i),
        "设施类型": rng.choice(["公墓", "骨灰堂", "骨灰楼(塔)", "骨灰楼(塔)", "生态安葬区"]),
        "公墓性质": rng.choice(["公益性", "1", "公益", "经营性", "2", " 公益性 "]),
        "级别": rng.choice(["县级", "乡镇级", "村级", "乡级"]),
        "状态": rng.choice(["运营", "运营中", "已运营", "正常"]),
        "启用时间": rng.choice(_SPELLINGS)(opened),
        "批准时间": rng.choice(["", "/", "2003-05-01", "2004年", "2001.06"]),
        "县代码": rng.choice([county, "", "无", f"{county}000000"]),
        "所在县": COUNTIES[county][0],
        "所在乡镇": TOWNSHIPS[county][at] + rng.choice(["", "", "人民政府", " "]),
        "坐标-经度": x,
        "坐标-纬度": y,
        "坐标系": "CGCS2000",
        "服务范围": rng.choice(["", "无", "全镇", TOWNSHIPS[county][at], "全县"]),
        "墓穴数-总数": rng.choice([total, f"{total:,}", f"{total}个", f" {total} "]),
        "墓穴数-已用": rng.choice([total // 3, "", "-", "—"]),
        "占地面积": rng.choice([12.5, "3亩", "2000平方米", "1.2公顷", ""]),
        "单人墓位面积(平方米)": rng.choice(["", 0.5, 0.45]),
        "联系电话": "",
        "备注": "示例",
    }
    row["_county"], row["_at"], row["_x"], row["_y"] = county, at, x, y
    _vary_place(row, rng)
    return row


_SPELLINGS: tuple[Callable[[dt.date], object], ...] = (
    lambda d: d,
    lambda d: d.isoformat(),
    lambda d: f"{d.year}/{d.month}/{d.day}",
    lambda d: f"{d.year}.{d.month}.{d.day}",
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f"{d:%Y%m%d}",
    lambda d: (d - dt.date(1899, 12, 30)).days,
    lambda d: f"{d.year}年{d.month}月",
    lambda d: f"{d.year}.{d.month}",
    lambda d: f"{d.year}",
)


def _vary_place(row: Row, rng: random.Random) -> None:
    x, y = float(str(row["_x"])), float(str(row["_y"]))
    way = rng.randrange(8)
    if way == 1:
        row["坐标-经度"], row["坐标-纬度"] = show_dms(x, 2), show_dms(y, 2)
    elif way == 2:
        lon, lat = (show_dms(v, 1).translate(str.maketrans("°′″", "度分秒")) for v in (x, y))
        row["坐标-经度"], row["坐标-纬度"] = f"东经{lon}", f"北纬{lat}"
    elif way == 3:
        row["坐标-经度"] = "".join(chr(ord(c) + 0xFEE0) for c in f"{x:.6f}")  # full width
    elif way == 4:
        row["坐标-经度"], row["坐标-纬度"] = f"{x:.6f},{y:.6f}", ""
    elif way == 5:
        shifted = wgs84_to_gcj02(np.array([x]), np.array([y]))
        row["坐标-经度"], row["坐标-纬度"] = (round(float(v[0]), 7) for v in shifted)
        row["坐标系"] = rng.choice(["GCJ-02", "高德", "gcj02"])
    elif way == 6:
        zone = pyproj.Transformer.from_crs(4490, 4526, always_xy=True)
        east, north = zone.transform(x, y)
        row["坐标-经度"], row["坐标-纬度"] = round(north, 2), round(east, 2)  # X is the northing
    elif way == 7:
        row["坐标系"] = rng.choice(["WGS84", "国家2000", "CGCS2000 "])


Plant = Callable[[Row, Row, random.Random], None]


def _set(column: str, value: object) -> Plant:
    return lambda row, _, __: row.__setitem__(column, value)


def _point(row: Row, x: float, y: float) -> None:
    row["坐标-经度"], row["坐标-纬度"], row["坐标系"] = x, y, "CGCS2000"


def _into_other_county(row: Row, _: Row, __: random.Random) -> None:
    other = "429802" if row["_county"] == "429801" else "429801"
    west, south, east, north = _box(other, 1 if other == "429802" else 0)
    _point(row, (west + east) / 2 + 1e-5, (south + north) / 2 + 1e-5)


def _beside_its_township(row: Row, _: Row, rng: random.Random) -> None:
    at = int(str(row["_at"]))
    west, _south, east, _north = _box(str(row["_county"]), at)
    edge = east + 0.002 if at % 2 == 0 else west - 0.002  # 190 m over the border inside the county
    _point(row, round(edge, 6) + 3e-7, round(float(str(row["_y"])), 6))
    row["所在乡镇"] = TOWNSHIPS[str(row["_county"])][at]
    rng.random()


def _far_from_its_township(row: Row, _: Row, __: random.Random) -> None:
    at = int(str(row["_at"])) ^ 1
    west, south, east, north = _box(str(row["_county"]), at)
    _point(row, (west + east) / 2 + 1e-5, (south + north) / 2 + 1e-5)


def _swap(row: Row, _: Row, __: random.Random) -> None:
    _point(row, float(str(row["_y"])), float(str(row["_x"])))


def _coarse(row: Row, _: Row, __: random.Random) -> None:
    west, south, _east, _north = _box(str(row["_county"]), int(str(row["_at"])))
    _point(row, round(west + 0.11, 2), round(south + 0.08, 2))


def _twin(row: Row, other: Row, __: random.Random) -> None:
    for key in ("公墓名称", "设施类型", "所在县", "所在乡镇", "县代码", "_county", "_at"):
        row[key] = other[key]
    row["服务范围"] = ""
    _point(row, float(str(other["_x"])), round(float(str(other["_y"])) + 0.0005, 6))  # 55 m


def _ambiguous(row: Row, _: Row, __: random.Random) -> None:
    row["所在县"], row["县代码"], row["所在乡镇"] = "", "", "示例东镇"
    row["坐标-经度"], row["坐标-纬度"], row["服务范围"] = "", "", ""


def _unknown(row: Row, _: Row, __: random.Random) -> None:
    row["所在乡镇"], row["服务范围"] = "无此镇", ""


def _half(row: Row, _: Row, __: random.Random) -> None:
    _point(row, float(str(row["_x"])), 0)
    row["坐标-纬度"] = ""


def _undated(row: Row, _: Row, __: random.Random) -> None:
    row["状态"], row["启用时间"], row["批准时间"] = "运营", "", ""


def _building(row: Row, _: Row, __: random.Random) -> None:
    row["状态"], row["启用时间"], row["批准时间"] = "在建", "2021-05-03", ""


def _too_many(row: Row, _: Row, __: random.Random) -> None:
    row["墓穴数-总数"], row["墓穴数-已用"] = 100, 140


def _too_early(row: Row, _: Row, __: random.Random) -> None:
    row["批准时间"], row["启用时间"] = "2021-09-01", "2020年"


def _no_county_place(row: Row, _: Row, __: random.Random) -> None:
    _point(row, 115.500123, 31.900123)
    row["所在县"], row["所在乡镇"], row["县代码"], row["服务范围"] = "", "", "", ""


# what is done to a row → the rules that must be found there, and whether the row is put aside
PLANTS: dict[str, tuple[Plant, tuple[str, ...], bool]] = {
    "code as a number": (_set("县代码", "4.2E+11"), ("E02",), True),
    "ambiguous name": (_ambiguous, ("E05",), True),
    "unknown township": (_unknown, ("E06",), True),
    "unknown state": (_set("状态", "差不多好了"), ("E07",), True),
    "unreadable longitude": (_set("坐标-经度", "东边"), ("E08",), True),
    "half a pair": (_half, ("E08",), True),
    "zero coordinates": (lambda r, _, __: _point(r, 0, 0), ("E09",), True),
    "in no county": (_no_county_place, ("E09",), False),
    "secret datum": (_set("坐标系", "西安80"), ("E10",), True),
    "no datum": (_set("坐标系", ""), ("E10",), True),
    "other county": (_into_other_county, ("E11",), False),
    "other township": (_far_from_its_township, ("E18",), False),
    "no date": (_set("启用时间", "十三五期间"), ("E13",), True),
    "opened before approved": (_too_early, ("E13",), False),
    "about 200": (_set("墓穴数-总数", "约200"), ("E14",), False),
    "more used than there are": (_too_many, ("E14",), True),
    "phone in a remark": (_set("备注", "负责人电话13812345678"), ("E15",), False),
    "swapped": (_swap, ("W01",), False),
    "two decimals": (_coarse, ("W02",), False),
    "beside its township": (_beside_its_township, ("W03",), False),
    "under way, yet opened": (_building, ("W05",), False),
    "works, yet undated": (_undated, ("W05",), False),
    "vague service area": (_set("服务范围", "周边3个村"), ("W06",), False),
    "rare character": (_set("备注", "示例𣲗源口"), ("W08",), False),
    "large grave": (_set("单人墓位面积(平方米)", 1.2), ("W10",), False),
    "October or January": (_set("启用时间", "2012.1"), ("W15",), False),
}
_ONLY_ONCE = {"rare character"}  # said once a text, not once a row


def _plant(rows: list[Row], rng: random.Random) -> dict[int, tuple[tuple[str, ...], bool]]:
    """Spoil rows chosen at random; returns their rules by position."""
    free = rng.sample(range(len(rows)), len(rows))
    marks: dict[int, tuple[tuple[str, ...], bool]] = {}
    for name, (spoil, rules, aside) in PLANTS.items():
        for _ in range(1 if name in _ONLY_ONCE else rng.randint(1, 3)):
            i = free.pop()
            if "坐标-经度" not in name:
                _plain_place(rows[i], name)
            spoil(rows[i], rows[i], rng)
            marks[i] = (rules, aside)
    first, second = sorted((free.pop(), free.pop()))
    _plain_place(rows[first], "")
    _twin(rows[second], rows[first], rng)
    marks[second] = (("W04",), False)
    again = free.pop()
    once = next(i for i in free if (i < FIRST_SHEET) == (again < FIRST_SHEET))
    rows[again]["公墓编号"] = rows[once]["公墓编号"]
    marks[again] = marks[once] = (("E12",), True)  # they contradict each other
    return marks


def _plain_place(row: Row, name: str) -> None:
    """Give back the row's plain coordinates: what is planted shall be the only trap there."""
    _point(row, float(str(row["_x"])), float(str(row["_y"])))
    if name == "no date" or "2012" in name:
        row["批准时间"] = ""


def _cell(value: object) -> object:
    return "" if value is None else value


def _note(made: Dirty, sheet: str, line: int, mark: tuple[tuple[str, ...], bool] | None) -> None:
    if mark is not None:
        made.expected |= {(rule, sheet, line) for rule in mark[0]}
        made.aside += mark[1]


def _write_xlsx(
    path: Path,
    sheets: dict[str, list[Row]],
    marks: dict[int, tuple[tuple[str, ...], bool]],
    made: Dirty,
    rng: random.Random,
) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    number = 0
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        line = _two_line_header(sheet)
        rows_sorted = rows
        for k, row in enumerate(rows_sorted):
            if k in {20, 40}:
                sheet.cell(line, 1, "小计")
                sheet.cell(line, HEADINGS.index("墓穴数-总数") + 1, 12345)
                line, made.skipped = line + 1, made.skipped + 1
            if k == 10:
                sheet.cell(line, 1, 999)  # a form's empty line, numbered
                line += 1
            for c, heading in enumerate(HEADINGS):
                sheet.cell(line, c + 1, _cell(row[heading]))
            _note(made, name, line, marks.get(number))
            if k == 30:
                sheet.row_dimensions[line].hidden = True
                made.columns.add(("W12", name))
            if k == 35 and number not in marks:
                sheet.cell(line, HEADINGS.index("墓穴数-已用") + 1, "=1+1")
                made.expected.add(("W16", name, line))
            line, number = line + 1, number + 1
        sheet.cell(line, 1, "合计")
        sheet.cell(line, HEADINGS.index("墓穴数-总数") + 1, 99999)
        sheet.cell(line + 1, 1, "填表人:示例 审核人:示例 填表日期:2023年6月30日")
        made.skipped += 2
        made.columns |= {("W14", name), ("E15", name), ("E07", "")}
    note = book.create_sheet("说明")
    note["A1"] = "填写说明:各县按月报送"
    made.columns.add(("W13", "说明"))
    rng.random()
    book.save(path)


def _two_line_header(sheet: openpyxl.worksheet.worksheet.Worksheet) -> int:
    """A title, a line with the unit of area, and a header of two levels; returns the next line."""
    sheet["A1"] = "示例县公益性公墓台账(截至2023年12月31日)"
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(HEADINGS))
    sheet["A2"] = "填报单位:示例县民政局   单位:亩"
    for c, heading in enumerate(HEADINGS, start=1):
        group, _, part = heading.partition("-")
        sheet.cell(3, c, group)
        if part:
            sheet.cell(4, c, part)
        else:
            sheet.merge_cells(start_row=3, start_column=c, end_row=4, end_column=c)
    for group in ("坐标", "墓穴数"):
        columns = [c for c, h in enumerate(HEADINGS, start=1) if h.startswith(f"{group}-")]
        for c in columns[1:]:
            sheet.cell(3, c).value = None
        sheet.merge_cells(start_row=3, start_column=columns[0], end_row=3, end_column=columns[-1])
    return 5


def _write_csv(
    path: Path,
    rows: list[Row],
    marks: dict[int, tuple[tuple[str, ...], bool]],
    made: Dirty,
    rng: random.Random,
) -> None:
    lines: list[list[object]] = [
        ["示例县公益性公墓台账"],
        ["填报单位:示例 单位:亩"],
        list(HEADINGS),
    ]
    for k, row in enumerate(rows):
        if k == 50:
            lines.append(["小计", "", "", "", 12])
            made.skipped += 1
        lines.append([_cell(row[h]) for h in HEADINGS])
        _note(made, "", len(lines), marks.get(k))
        if k % 40 == 7:
            lines.append([])
    lines += [["合计", *[""] * 10, "100"], ["备注:示例"]]
    made.skipped += 2
    made.columns |= {("W14", ""), ("E15", ""), ("E07", "")}  # the last proposes `values`
    encoding = rng.choice(["gb18030", "utf-8", "utf-8-sig", "utf-16"])
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(lines)
