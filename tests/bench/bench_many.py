"""What one more small file or sheet costs: CPU milliseconds a one-row file, and a one-row sheet.

    python tests/bench/bench_many.py            # 500 files, 500 sheets
    python tests/bench/bench_many.py 5000       # so many of each

The rows are invented. Prints what the layer takes as a whole, and that by file or sheet.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import xlsxwriter

from hbgeo.read.catalog import Layer
from hbgeo.read.layer import read_layer

HEADING = [
    *("编号", "机构名称", "机构类型", "服务功能", "状态", "建成时间", "提档升级时间", "启用时间"),
    *("关闭时间", "所在县", "所在乡镇", "所在社区", "经度", "纬度", "坐标系", "服务范围"),
    *("建筑面积(平方米)", "床位数", "护理型床位", "等级", "运营方式", "联系电话", "备注"),
]
LIMIT_MS = 10  # of CPU, each


def make_row(number: int) -> list[str]:
    """Make one institution, as a street office would list its own."""
    x, y = 114.34 + number % 90 / 1e4, 30.63 + number % 70 / 1e4
    name = [f"YL{number:010}", f"示例{number}日间照料中心", "日间照料中心", "日托、助餐", "运营"]
    days = ["2019-03-18", "", "2019-06-09", ""]
    where = [
        "江岸区",
        "大智街道",
        "先锋社区",
        f"{x:.6f}",
        f"{y:.6f}",
        "CGCS2000",
        "先锋社区、铭新社区",
    ]
    return [
        *name,
        *days,
        *where,
        str(number % 900 + 100),
        "20",
        "7",
        "二级",
        "公建公营",
        "",
        "示例",
    ]


def write_files(folder: Path, count: int) -> str:
    """Write so many ledgers of one row; give the glob that finds them."""
    for number in range(count):
        lines = "\n".join(map(",".join, [HEADING, make_row(number)]))
        (folder / f"街道{number:05d}.csv").write_text(lines + "\n", "utf-8-sig")
    return "*.csv"


def write_sheets(folder: Path, count: int) -> str:
    """Write a workbook of so many sheets of one row; give its name."""
    with xlsxwriter.Workbook(folder / "街道.xlsx") as book:
        for number in range(count):
            sheet = book.add_worksheet(f"街道{number:05d}")
            sheet.write_row(0, 0, HEADING)
            sheet.write_row(1, 0, make_row(number))
    return "街道.xlsx"


def measure(path: str, folder: Path, count: int) -> float:
    """Read the layer; give the CPU milliseconds by file or sheet."""
    layer = Layer("eldercare", "facilities", (path,), "示例", schema="eldercare")
    before = time.process_time()
    made = read_layer(layer, folder)
    took = time.process_time() - before
    if len(made.frame) != count:
        raise SystemExit(f"{path}: {len(made.frame)} rows of {count}")
    return took * 1000 / count


def main() -> None:
    """Measure both, after one file of each has paid for what is loaded once."""
    count = int(sys.argv[1]) if sys.argv[1:] else 500
    for name, write in (("files", write_files), ("sheets", write_sheets)):
        for many in (1, count):
            with tempfile.TemporaryDirectory() as folder:
                each = measure(write(Path(folder), many), Path(folder), many)
        said = "" if each <= LIMIT_MS else f"  over the limit of {LIMIT_MS} ms"
        print(f"{count:,} {name}: {each:.1f} ms of CPU each{said}")  # noqa: T201 - a script


if __name__ == "__main__":
    main()
