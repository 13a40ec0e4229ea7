"""A sample of a later date: the one that ships, carried on from the end of 2023; all of it invented.

What is carried on is drawn from the id of each row, so that the same date gives the same files, and
a later date goes on where an earlier one stopped.
"""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hbgeo import history
from hbgeo.errors import RequestError
from hbgeo.measure.snapshot_file import snapshot_bytes
from hbgeo.sample import make_workspace
from hbgeo.show.excel.rows import new_book
from hbgeo.store.folder import CACHE
from hbgeo.workspace import Workspace

START, LAST = date(2023, 12, 31), date(2035, 12, 31)
_ASSUMED = """
# 没有台账给出的数：虚构。换成统计、殡葬部门的数，并写明出处；人口表里有死亡率等列的，以表为准。
[assumptions]
deaths = { per_mille = 7.5, source = "示例数据，虚构" }
share  = { pct = 10, source = "示例数据，虚构" }
"""
_NOTE = """# 示例图层（推演至 {day}）

**由 `hbgeo init --as-of {day}` 从随附的示例推演而来：{start} 之后的内容全部是虚构的，不能引用。**
随附示例里在建、规划的项目按编号定下的日子陆续投用，少数设施关闭，床位、已用穴位、年度数字逐年变化；
另加格位已用、户数、建筑面积等列，死亡率和安葬占比写在 `catalog.toml` 的 `[assumptions]`，都是虚构。
`maps/snapshots` 里是推演之前（{start}）的快照，供比较增减和每月进度。以下是随附示例的说明。

"""
_OPENS = {"建成未启用": (30, 300), "在建": (90, 900), "规划": (500, 1500), "待设": (60, 1200)}
_WORKS = {"待设": "完好"}
_CLOSED, _CLOSES = 0.006, (60, 1500)  # the share that closes, and within how many days
_ABANDONED = 0.1  # the share of projects that come to nothing


def make_late_workspace(folder: Path, as_of: date) -> None:
    """Make a new workspace from the sample, carried on to a later date, with the snapshot of 2023.

    Raises
    ------
    RequestError
        If the folder is there and not empty, or the date is not between 2024 and 2035.
    """
    if not START < as_of <= LAST:
        raise RequestError(
            f"--as-of {as_of}：示例只能推演到 {START} 之后、{LAST} 以前的日期；不写 --as-of 就是 {START} 的示例"
        )
    make_workspace(folder)
    try:
        layers = folder / "layers"
        _add_what_is_asked(layers)
        _say_in_catalog(layers, START)
        _keep_snapshot(folder)
        _carry_on(layers, as_of)
        _say_in_catalog(layers, as_of)
    except BaseException:
        for part in ("layers", "maps"):
            with suppress(OSError):
                shutil.rmtree(folder / part)
        raise


# ---------------------------------------------------------------- files


@dataclass
class _Ledger:
    """The one sheet of a workbook of the sample, to be changed and written back."""

    path: Path
    sheet: str
    head: list[str]
    rows: list[list[Any]]

    @classmethod
    def read(cls, path: Path) -> _Ledger:
        from python_calamine import CalamineWorkbook

        book = CalamineWorkbook.from_path(path)
        [sheet] = book.sheet_names
        head, *rows = book.get_sheet_by_name(sheet).to_python()
        return cls(path, sheet, [str(cell) for cell in head], rows)

    def write(self) -> None:
        book = new_book()
        sheet = book.add_worksheet(self.sheet)
        for c, heading in enumerate(self.head):
            sheet.write_string(0, c, heading)
        rows = [[_written(cell) for cell in row] for row in self.rows]
        sheet.write_rows(1, rows, [[None] * len(self.head)] * len(rows))
        sheet.freeze_panes(1, 0)
        self.path.write_bytes(book.to_bytes())

    def at(self, heading: str) -> int:
        return self.head.index(heading)

    def add(self, heading: str, cell: Callable[[list[Any]], Any]) -> None:
        """A column before the last one, which is the remark that all is invented."""
        cells = [cell(row) for row in self.rows]
        self.head.insert(len(self.head) - 1, heading)
        for row, value in zip(self.rows, cells, strict=True):
            row.insert(len(row) - 1, value)


def _written(cell: Any) -> Any:
    """A cell as it is written back: dates as text, whole numbers whole, nothing for nothing."""
    if cell == "":
        return None
    if isinstance(cell, date):
        return cell.isoformat()[:10]
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _draw(what: str, key: Any) -> float:
    """A number from 0 to 1 that belongs to a row, the same in every run."""
    made = hashlib.sha256(f"{what}:{key}".encode()).digest()
    return int.from_bytes(made[:6], "big") / 2**48


def _day(what: str, key: Any, within: tuple[int, int]) -> date:
    """The day on which something happens to a row."""
    first, last = within
    return START + timedelta(days=first + int(_draw(what, key) * (last - first)))


def _years(since: date, as_of: date) -> float:
    return max(0.0, (as_of - since).days / 365.2425)


# ---------------------------------------------------------------- what the later policy asks for


def _add_what_is_asked(layers: Path) -> None:
    """Columns that the sample has not, and the later indicators need, as they were in 2023."""
    cemetery = _Ledger.read(layers / "cemetery.xlsx")
    key, niches = cemetery.at("公墓编号"), cemetery.at("格位数")
    cemetery.add("格位已用", lambda row: _share_used(row[key], row[niches]))
    cemetery.write()
    eldercare = _Ledger.read(layers / "eldercare.xlsx")
    key, kind = eldercare.at("编号"), eldercare.at("机构类型")
    eldercare.add("是否医养结合机构", lambda row: _is_medical(row[key], row[kind]))
    eldercare.write()
    service = _Ledger.read(layers / "service-facility.xlsx")
    key = service.at("编号")
    service.add("建筑面积(平方米)", lambda row: 150 + 10 * int(60 * _draw("面积", row[key])))
    service.write()
    _add_households(layers / "population.csv")


def _is_medical(key: Any, kind: Any) -> str:
    """Whether a home has doctors too; nothing is said of what is no home."""
    if kind != "养老机构":
        return ""
    return "是" if _draw("医养", key) < 0.4 else "否"


def _share_used(key: Any, total: Any) -> Any:
    """How many niches are used; of a few nobody wrote it down."""
    if not isinstance(total, float) or _draw("未填", key) < 0.02:
        return ""
    return int(total * (0.1 + 0.5 * _draw("格位", key)))


def _add_households(path: Path) -> None:
    """Households of each township, of some three people."""
    rows = list(csv.reader(io.StringIO(path.read_text("gb18030"))))
    at = rows[0].index("常住人口")
    rows[0].insert(at + 1, "户数")
    for row in rows[1:]:
        people = row[at]
        size = 2.6 + 0.6 * _draw("户", row[0])
        row.insert(at + 1, str(int(float(people) / size)) if people.isdigit() else "")
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.write_bytes(text.getvalue().encode("gb18030"))


def _say_in_catalog(layers: Path, as_of: date) -> None:
    """The catalogue of the later date: when it is of, and that the data were carried on."""
    path = layers / "catalog.toml"
    text = path.read_text("utf-8")
    if "[assumptions]" not in text:
        text += _ASSUMED
    text = text.replace(f"as_of    = {START}", f"as_of    = {as_of}", 1)
    if as_of > START:
        day = f"{as_of.year}年{as_of.month}月{as_of.day}日"
        text = text.replace("示例数据，虚构，截至2023年12月31日", f"示例数据，虚构，推演至{day}")
        readme = layers / "README.md"
        note = _NOTE.format(day=as_of, start=START)
        readme.write_text(note + readme.read_text("utf-8"), "utf-8", newline="\n")
    path.write_text(text, "utf-8", newline="\n")


def _keep_snapshot(folder: Path) -> None:
    """Measure the sample as it was, and keep it as a run would have done."""
    workspace = Workspace.open(folder)
    options = workspace.options()
    snapshot = history.take(workspace, workspace.measure(options=options), options)
    kept = folder / "maps" / history.FOLDER
    kept.mkdir(parents=True)
    (kept / history.file_name(snapshot)).write_bytes(snapshot_bytes(snapshot))
    shutil.rmtree(folder / "maps" / CACHE, ignore_errors=True)  # of files that change now


# ---------------------------------------------------------------- what happened since


def _carry_on(layers: Path, as_of: date) -> None:
    cemetery = _Ledger.read(layers / "cemetery.xlsx")
    _open_and_close(cemetery, "公墓编号", as_of)
    for used, total in (("已使用", "墓穴总数"), ("格位已用", "格位数")):
        _fill_up(cemetery, used, total, as_of)
    cemetery.write()
    eldercare = _Ledger.read(layers / "eldercare.xlsx")
    _open_and_close(eldercare, "编号", as_of)
    _add_beds(eldercare, as_of)
    eldercare.write()
    for file, key, since in (
        ("service-facility", "编号", "启用时间"),
        ("signs", "标志编号", "设置时间"),
    ):
        ledger = _Ledger.read(layers / f"{file}.xlsx")
        _open_and_close(ledger, key, as_of, since=since)
        ledger.write()
    _complete_facts(layers / "county-facts.xlsx", as_of)
    _add_years(layers / "assistance.xlsx", as_of, ("所在县",), _next_assistance)
    _add_years(layers / "organisation.xlsx", as_of, ("所在县", "类别"), _next_organisation)


def _open_and_close(ledger: _Ledger, key: str, as_of: date, *, since: str = "启用时间") -> None:
    """Projects come into use on their day, and a few of those in use are closed."""
    at, status, opened = ledger.at(key), ledger.at("状态"), ledger.at(since)
    closed = ledger.at("关闭时间") if "关闭时间" in ledger.head else None
    for row in ledger.rows:
        one, state = row[at], row[status]
        if state in _OPENS and _draw("放弃", one) >= _ABANDONED:
            day = _day(state, one, _OPENS[state])
            if day <= as_of:
                row[status], row[opened] = _WORKS.get(state, "运营"), day
            elif state == "规划" and day - timedelta(days=400) <= as_of:
                row[status] = "在建"
        elif closed is not None and _is_old(row, status, opened) and _draw("关闭", one) < _CLOSED:
            day = _day("关闭日", one, _CLOSES)
            if day <= as_of:
                row[status], row[closed] = "关闭", day


def _is_old(row: list[Any], status: int, opened: int) -> bool:
    """Whether a facility works that no yearly task of 2022 and 2023 counts: those figures stay."""
    return row[status] == "运营" and "1949" < str(row[opened]) < "2022"


def _fill_up(ledger: _Ledger, used: str, total: str, as_of: date) -> None:
    """Places are taken year by year, never more than there are."""
    at, status, opened = ledger.at("公墓编号"), ledger.at("状态"), ledger.at("启用时间")
    taken, whole = ledger.at(used), ledger.at(total)
    for row in ledger.rows:
        numbers = [row[taken], row[whole]]
        if row[status] != "运营" or not all(isinstance(n, (int, float)) for n in numbers):
            continue
        if row[taken] > row[whole]:
            continue
        since = row[opened] if isinstance(row[opened], date) and row[opened] > START else START
        more = row[whole] * (0.01 + 0.03 * _draw(used, row[at])) * _years(since, as_of)
        row[taken] = min(int(row[whole]), int(row[taken] + more))


def _add_beds(ledger: _Ledger, as_of: date) -> None:
    """Some homes grow, and more of their beds become nursing beds, for three years."""
    at, kind = ledger.at("编号"), ledger.at("机构类型")
    beds, nursing = ledger.at("床位数"), ledger.at("护理型床位")
    status, opened = ledger.at("状态"), ledger.at("启用时间")
    done = min(1.0, _years(START, as_of) / 3)
    for row in ledger.rows:
        home = row[kind] in {"养老机构", "农村福利院"} and _is_old(row, status, opened)
        if (
            not home
            or not isinstance(row[beds], float)
            or not isinstance(row[nursing], float)
            or row[nursing] > row[beds]
        ):
            continue
        if _draw("扩建", row[at]) < 0.3:
            row[beds] = float(int(row[beds] * (1 + 0.2 * done)))
        if _draw("护理", row[at]) < 0.6:
            row[nursing] = float(int(row[nursing] + (row[beds] - row[nursing]) * 0.5 * done))


def _complete_facts(path: Path, as_of: date) -> None:
    """Counties do what they had not done."""
    ledger = _Ledger.read(path)
    county, what = ledger.at("所在县"), ledger.at("事项")
    done, day_at, number = ledger.at("是否完成"), ledger.at("完成时间"), ledger.at("文号")
    for row in ledger.rows:
        key = f"{row[county]}{row[what]}"
        if row[done] != "否" or row[what].startswith(("设有", "全国")):
            continue
        day = _day("事项", key, (60, 1000))
        if day <= as_of and _draw("放弃", key) >= _ABANDONED:
            row[done], row[day_at] = "是", day
            row[number] = f"示例发〔{day.year}〕{1 + int(80 * _draw('文号', key))}号"
    ledger.write()


def _add_years(
    path: Path, as_of: date, keys: tuple[str, ...], following: Callable[[_Ledger, list[Any]], None]
) -> None:
    """Figures of every full year since: each row's last year, carried on."""
    ledger = _Ledger.read(path)
    year = ledger.at("年份")
    last = as_of.year if (as_of.month, as_of.day) == (12, 31) else as_of.year - 1
    latest: dict[tuple[Any, ...], list[Any]] = {}
    for row in ledger.rows:
        key = tuple(row[ledger.at(k)] for k in keys)
        if key not in latest or row[year] > latest[key][year]:
            latest[key] = row
    for row in latest.values():
        now = list(row)
        while now[year] < last:
            now = [*now]
            now[year] += 1
            following(ledger, now)
            ledger.rows.append(now)
    ledger.write()


def _next_assistance(ledger: _Ledger, row: list[Any]) -> None:
    """Rural standards rise faster than urban ones, and fewer people need them."""
    for heading, step in (("城市低保标准(元/月)", 10), ("农村低保标准(元/月)", 20)):
        if isinstance(row[ledger.at(heading)], float):
            row[ledger.at(heading)] += step
    people = ledger.at("低保对象人数")
    if isinstance(row[people], float):
        row[people] = float(int(row[people] * 0.98))


def _next_organisation(ledger: _Ledger, row: list[Any]) -> None:
    """A few more every year."""
    end, new = ledger.at("期末数"), ledger.at("本年新增")
    if not isinstance(row[end], float):
        return
    more = float(int(row[end] * 0.02))
    row[end] += more
    if isinstance(row[new], float):
        row[new] = more
