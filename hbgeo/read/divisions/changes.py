"""Other spellings of units' names, and what became of units (更名 改制 撤并 析置 划转), as tables."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from hbgeo.errors import LayerError
from hbgeo.read.cell.dates import parse_date
from hbgeo.read.cell.text import clean
from hbgeo.read.divisions import normal_name
from hbgeo.read.file.quotes import check_quotes
from hbgeo.read.file.separator import HEAD

KINDS = ("更名", "改制", "撤并", "析置", "拆分", "新设", "划转")
SPLITS = frozenset({"析置", "拆分", "新设"})  # the old unit may go on beside what came out of it
_HEADINGS = {
    "kind": "变更类型",
    "old": "原名称",
    "old_county": "原所在县",
    "new": "现名称",
    "new_county": "现所在县",
    "date": "变更日期",
    "source": "依据",
}
_ALIAS_HEADINGS = {
    "name": "标准名称",
    "county": "所在县",
    "alias": "别名",
    "since": "启用日期",
    "until": "停用日期",
    "source": "依据",
}
_SIZE_LIMIT = 16 << 20  # bytes
SHIPPED_ALIASES = files("hbgeo.read.divisions") / "data" / "aliases.csv"


@dataclass(frozen=True)
class Change:
    """What became of one unit: it bears another name, went up in others, or changed its county."""

    kind: str
    old: str
    old_county: str
    new: str
    new_county: str
    date: date | None
    source: str

    def describe(self) -> str:
        """The change in one clause, for messages."""
        when = f"{self.date.isoformat()} " if self.date else ""
        to = self.new if self.new_county == self.old_county else f"{self.new_county}{self.new}"
        return f"“{self.old}”{when}{self.kind}，现为“{to}”（{self.source}）"


@dataclass(frozen=True)
class Aliases:
    """Spellings of official names, each in one county (by code or name) and for a time."""

    names: Mapping[tuple[str, str], tuple[tuple[str, date | None, date | None], ...]] = field(
        default_factory=dict
    )

    def official(
        self, name: str, county_code: str, county: str = "", on: date | None = None
    ) -> str:
        """The official name that `name` stands for in a county, on a day; "" if for none."""
        for parent in (county_code, normal_name(county)):
            for official, since, until in self.names.get((parent, normal_name(name)), ()):
                if on is None or _holds(since, until, on):
                    return official
        return ""

    def dated(self, on: date) -> str:
        """Which of the spellings that hold for a time hold on a day: the same text, the same ones."""
        bounds = (b for rows in self.names.values() for _, *b in rows if any(b))
        return "".join(str(int(_holds(since, until, on))) for since, until in bounds)

    def before(self, other: Aliases) -> Aliases:
        """These spellings, then those of `other` where these say nothing."""
        keys = dict.fromkeys([*self.names, *other.names])
        return Aliases({k: (*self.names.get(k, ()), *other.names.get(k, ())) for k in keys})


def _holds(since: date | None, until: date | None, on: date) -> bool:
    return (not since or since <= on) and (not until or on < until)


def read_aliases(path: Path | Traversable = SHIPPED_ALIASES) -> Aliases:
    """Read a table of other spellings: the shipped one, or a workspace's `layers/aliases.csv`.

    Columns: 标准名称, 所在县 (name or six-digit code), 别名, 启用日期, 停用日期 (blank: no bound; the
    day of 停用日期 itself is out), 依据. The shipped table has what other lists write for
    characters that their fonts lack.

    Raises
    ------
    LayerError
        If a column is missing, a date cannot be read, or a name is blank.
    """
    names: dict[tuple[str, str], list[tuple[str, date | None, date | None]]] = defaultdict(list)
    for line, row in _rows(path, _ALIAS_HEADINGS):
        at = f"{path.name} 第{line}行"
        _refuse_blank(row, ("name", "county", "alias"), _ALIAS_HEADINGS, at)
        bounds = [_day(row[c], "start", _ALIAS_HEADINGS[c], at) for c in ("since", "until")]
        key = (normal_name(row["county"]), normal_name(row["alias"]))
        names[key].append((row["name"], bounds[0], bounds[1]))
    return Aliases({key: tuple(rows) for key, rows in names.items()})


def read_changes(path: Path | Traversable) -> tuple[Change, ...]:
    """Read a table of changes: `layers/changes.csv`, UTF-8 or GB18030.

    Columns: 变更类型 (更名 改制 撤并 析置 拆分 新设 划转), 原名称 (blank for a 新设 from no one
    unit), 原所在县 (blank: a county itself changed), 现名称, 现所在县 (blank: as before), 变更日期,
    依据. A 析置 or 拆分 has one row for each new unit.

    Raises
    ------
    LayerError
        If a column is missing, a kind is unknown, a date cannot be read, or a name is blank.
    """
    return tuple(_change(row, f"{path.name} 第{line}行") for line, row in _rows(path, _HEADINGS))


def _rows(
    path: Path | Traversable, headings: Mapping[str, str]
) -> list[tuple[int, dict[str, str]]]:
    """The filled rows of a small table with their lines, under the keys of `headings`."""
    rows = _cells(path)
    heads = [clean(h) for h in rows[0]] if rows else []
    missing = [h for h in headings.values() if h not in heads]
    if missing:
        allowed = "、".join(headings.values())
        raise LayerError(f"{path.name}：缺少列 {'、'.join(missing)}；应有 {allowed}")
    at = {key: heads.index(heading) for key, heading in headings.items()}
    return [
        (line, {k: clean(row[i]) if i < len(row) else "" for k, i in at.items()})
        for line, row in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in row)
    ]


def _cells(path: Path | Traversable) -> list[list[str]]:
    """The cells of a table, row by row; a quote that swallows rows is refused."""
    text = _text(path)
    check_quotes(text.encode(), b",", text[:HEAD].encode(), path.name)
    try:
        return list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        raise LayerError(f"{path.name}：不是有效的 CSV（有一格太长）") from None


def _text(path: Path | Traversable) -> str:
    with path.open("rb") as file:
        data = file.read(_SIZE_LIMIT + 1)
    if len(data) > _SIZE_LIMIT:
        raise LayerError(f"{path.name}：超过 {_SIZE_LIMIT >> 20} MB，不是变更或别名表")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise LayerError(f"{path.name}：既不是 UTF-8 也不是 GB18030 编码")


def _change(row: Mapping[str, str], at: str) -> Change:
    if row["kind"] not in KINDS:
        raise LayerError(f"{at}：变更类型“{row['kind']}”不在可选值 {'、'.join(KINDS)} 中")
    needed = ["new", "source"] if row["kind"] == "新设" else ["old", "new", "source"]
    needed += ["new_county"] if row["kind"] == "划转" else []
    _refuse_blank(row, needed, _HEADINGS, at)
    return Change(
        row["kind"], row["old"], row["old_county"], row["new"],
        row["new_county"] or row["old_county"], _day(row["date"], "end", _HEADINGS["date"], at),
        row["source"],
    )  # fmt: skip


def _refuse_blank(
    row: Mapping[str, str], keys: Iterable[str], headings: Mapping[str, str], at: str
) -> None:
    for key in keys:
        if not row[key]:
            raise LayerError(f"{at}：“{headings[key]}”不能为空")


def _day(text: str, bound: str, heading: str, at: str) -> date | None:
    if not text:
        return None
    day = parse_date(text, bound)
    if day is None:
        raise LayerError(f"{at}：{heading}“{text}”不是日期；应如 2021-06-30")
    return date(day.year, day.month, day.day)


class History:
    """What became of units that are no longer there, looked up by old name and county.

    A change without 原所在县 is one of a county.
    """

    def __init__(self, changes: Iterable[Change] = ()) -> None:
        self._by_old: dict[tuple[str, str], list[Change]] = defaultdict(list)
        self._anywhere: dict[str, set[str]] = defaultdict(set)
        self._by_new: dict[tuple[str, str], list[Change]] = defaultdict(list)
        for change in changes:
            if not change.old:
                continue  # set up from no one unit: nobody's name leads to it
            old, county = normal_name(change.old), normal_name(change.old_county)
            self._by_old[county, old].append(change)
            self._anywhere[old].add(county)
            for home in {county, normal_name(change.new_county)}:
                self._by_new[home, normal_name(change.new)].append(change)

    def follow(self, name: str, county: str) -> tuple[Change, ...]:
        """The last changes of the unit `name` of `county`: one, or several where it was split.

        Names that changed twice are followed to the end. Of changes of one name on several
        days the latest counts: a name may have been used again. Without `county` only a name
        that one county alone has lost is followed.
        """
        plain, at = normal_name(name), normal_name(county)
        if not at and len(self._anywhere.get(plain, ())) == 1:
            at = next(iter(self._anywhere[plain]))
        found: tuple[Change, ...] = ()
        for _ in range(20):  # a table that goes in a circle must not hold anyone up
            mine = self._by_old.get((at, plain), [])
            last = max((c.date or date.min for c in mine), default=None)
            step = tuple(c for c in mine if (c.date or date.min) == last)
            if not step:
                return found
            found = step
            if len(step) > 1:
                return found
            at, plain = normal_name(step[0].new_county), normal_name(step[0].new)
        return ()

    def back(self, name: str, county: str) -> tuple[Change, ...]:
        """The changes, however many steps back, that led to the unit `name` of `county`.

        For lists and ledgers of before: a row may already bear the name of afterwards.
        """
        found: dict[Change, None] = {}
        ahead = [(normal_name(county), normal_name(name))]
        for at, plain in ahead:
            for change in self._by_new.get((at, plain), ()):
                if change not in found:
                    found[change] = None
                    ahead.append((normal_name(change.old_county), normal_name(change.old)))
        return tuple(found)
