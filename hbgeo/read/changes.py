"""Other spellings of units' names, and what became of units: 更名 改制 撤并 析置 划转, as tables."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from hbgeo.errors import LayerError
from hbgeo.read.divisions import normal_name
from hbgeo.read.schema import clean, parse_date

KINDS = ("更名", "改制", "撤并", "析置", "划转")
_HEADINGS = {
    "kind": "变更类型",
    "old": "原名称",
    "old_county": "原所在县",
    "new": "现名称",
    "new_county": "现所在县",
    "date": "变更日期",
    "source": "依据",
}
_ALIASES = files("hbgeo.read") / "data" / "aliases.csv"


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
        return f"“{self.old}”{when}{self.kind},现为“{to}”({self.source})"


@dataclass(frozen=True)
class Aliases:
    """Spellings of official names, each in one county and for a time."""

    names: Mapping[tuple[str, str], tuple[tuple[str, date | None, date | None], ...]] = field(
        default_factory=dict
    )

    def official(self, name: str, county_code: str, on: date | None = None) -> str:
        """The official name that `name` stands for in a county, on a day; "" if for none."""
        for official, since, until in self.names.get((county_code, normal_name(name)), ()):
            if on is None or ((not since or since <= on) and (not until or on < until)):
                return official
        return ""


def read_aliases() -> Aliases:
    """Read the shipped spellings: what other lists write for characters their fonts lack."""
    names: dict[tuple[str, str], list[tuple[str, date | None, date | None]]] = defaultdict(list)
    with _ALIASES.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            bounds = [
                date.fromisoformat(row[c]) if row[c] else None for c in ("valid_from", "valid_to")
            ]
            key = (row["county_code"], normal_name(row["alias"]))
            names[key].append((row["name"], bounds[0], bounds[1]))
    return Aliases({key: tuple(rows) for key, rows in names.items()})


def read_changes(path: Path | Traversable) -> tuple[Change, ...]:
    """Read a table of changes: `layers/changes.csv`, UTF-8 or GB18030.

    Columns: 变更类型 (更名 改制 撤并 析置 划转), 原名称, 原所在县, 现名称, 现所在县 (blank: as
    before), 变更日期, 依据. A 析置 has one row for each unit it went up in.

    Raises
    ------
    LayerError
        If a column is missing, a kind is unknown, a date cannot be read, or a name is blank.
    """
    rows = list(csv.reader(_text(path).splitlines()))
    heads = [clean(h) for h in rows[0]] if rows else []
    missing = [h for h in _HEADINGS.values() if h not in heads]
    if missing:
        allowed = "、".join(_HEADINGS.values())
        raise LayerError(f"{path.name}:缺少列 {'、'.join(missing)};应有 {allowed}")
    at = {key: heads.index(heading) for key, heading in _HEADINGS.items()}
    return tuple(
        _change({k: clean(row[i]) if i < len(row) else "" for k, i in at.items()}, path.name, n)
        for n, row in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in row)
    )


def _text(path: Path | Traversable) -> str:
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise LayerError(f"{path.name}:既不是 UTF-8 也不是 GB18030 编码")


def _change(row: Mapping[str, str], file: str, line: int) -> Change:
    at = f"{file} 第{line}行"
    if row["kind"] not in KINDS:
        raise LayerError(f"{at}:变更类型“{row['kind']}”不在可选值 {'、'.join(KINDS)} 中")
    for key in ("old", "old_county", "new", "source"):
        if not row[key]:
            raise LayerError(f"{at}:“{_HEADINGS[key]}”不能为空")
    day = parse_date(row["date"]) if row["date"] else None
    if row["date"] and day is None:
        raise LayerError(f"{at}:变更日期“{row['date']}”不是日期;应如 2021-06-30")
    if row["kind"] == "划转" and not row["new_county"]:
        raise LayerError(f"{at}:划转须写“{_HEADINGS['new_county']}”")
    return Change(
        row["kind"], row["old"], row["old_county"], row["new"],
        row["new_county"] or row["old_county"], day.date() if day else None, row["source"],
    )  # fmt: skip


def successors(changes: Iterable[Change], name: str, county: str) -> tuple[Change, ...]:
    """The changes that end the unit `name` of `county`: one, or several where it was split.

    Of changes on different days the latest counts: a name may have been used again.
    """
    plain = (normal_name(name), normal_name(county))
    mine = [c for c in changes if (normal_name(c.old), normal_name(c.old_county)) == plain]
    if not mine:
        return ()
    last = max(c.date or date.min for c in mine)
    return tuple(c for c in mine if (c.date or date.min) == last)
