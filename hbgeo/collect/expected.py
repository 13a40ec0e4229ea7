"""Who is expected to send what, and until when: the list of `--expect`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hbgeo.collect.counties import Counties
from hbgeo.errors import RequestError
from hbgeo.read.cell.dates import read_day
from hbgeo.read.cell.text import choice_key, clean
from hbgeo.read.file.endings import LEDGERS
from hbgeo.read.file.excel import read_sheets
from hbgeo.read.file.find import is_ready

_HEADINGS = {
    "code": ("code", "代码", "县代码", "区划代码", "行政区划代码"),
    "name": ("name", "名称", "县", "县（市、区）", "县市区", "县名称", "所在县"),
    "due": ("due", "限期", "期限", "截止日期", "报送期限", "应报日期"),
    "reported": ("reported", "报送日期", "收到日期", "已报日期"),
    "layer": ("layer", "图层", "类别"),
}


@dataclass(frozen=True)
class Expected:
    """What a county is expected to send.

    Attributes
    ----------
    layer
        "" for whatever it sends.
    due
        The last day on which it is in time; None where none is set.
    reported
        The day on which it came, which goes before the dates of files; None where not said.
    """

    code: str
    layer: str = ""
    due: date | None = None
    reported: date | None = None


def read_expected(path: Path, counties: Counties) -> list[Expected]:
    """Read the list: columns code, name, due; optional reported and layer; also under Chinese headings.

    Raises
    ------
    RequestError
        If the list, or a row of it, is wrong: where, and what is allowed.
    """
    if path.suffix.lower() not in LEDGERS:
        raise RequestError(f"{path}：应报名单应为 .csv 或 .xlsx，列为 code、name、due")
    if not is_ready(path, RequestError):
        raise RequestError(f"{path}：没有这个文件；应报名单的列为 code、name、due")
    lines = _lines(path)
    columns = _columns(lines[0] if lines else [], path)
    made = list[Expected]()
    seen: dict[tuple[str, str], int] = {}
    for number, line in enumerate(lines[1:], 2):
        cells = {c: clean(line[n]) if n < len(line) else "" for c, n in columns.items()}
        if not any(cells.values()):
            continue
        one = _expected(cells, counties, f"{path.name} 第{number}行")
        first = seen.setdefault((one.code, one.layer), number)
        if first != number:
            name = counties.names[one.code]
            raise RequestError(
                f"{path.name} 第{number}行：{name}在第{first}行已有；每县（每图层）只写一行"
            )
        made.append(one)
    if not made:
        raise RequestError(f"{path}：应报名单没有一行；列为 code、name、due，每县一行")
    return made


def _lines(path: Path) -> list[list[str]]:
    """The rows of the first sheet as texts."""
    cells = read_sheets(path)[0].cells
    return [list(map(str, row)) for row in zip(*(cells[c].tolist() for c in cells), strict=True)]


def _columns(head: list[str], path: Path) -> dict[str, int]:
    """Column → its position."""
    known = {choice_key(name): c for c, names in _HEADINGS.items() for name in names}
    found = {known[choice_key(h)]: n for n, h in reversed(list(enumerate(head))) if choice_key(h) in known}  # fmt: skip
    if "code" not in found and "name" not in found:
        seen = "、".join(h for h in head if h) or "空白"
        raise RequestError(
            f"{path.name}：第 1 行没有 code 或 name 列（代码、名称亦可）；看到的是 {seen}"
        )
    return found


def _expected(cells: dict[str, str], counties: Counties, at: str) -> Expected:
    code, name = cells.get("code", ""), cells.get("name", "")
    county = counties.named(code, name)
    if not county:
        raise RequestError(f"{at}：代码“{code}”、名称“{name}”不是（同）一个县；请按单元图层改正")
    return Expected(
        county,
        cells.get("layer", ""),
        _day(cells, "due", "限期", at),
        _day(cells, "reported", "报送日期", at),
    )


def _day(cells: dict[str, str], column: str, called: str, at: str) -> date | None:
    text = cells.get(column, "")
    if not text:
        return None
    day = read_day(text)
    if day is None or day.precision != "day":
        raise RequestError(f"{at}：{called}（{column}）“{text}”不是某一天；写作 2024-03-31")
    return day.last
