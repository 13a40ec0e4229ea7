"""What a column and a schema are; read from `schemas/*.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

from hbgeo.read.cell.text import choice_key


@dataclass(frozen=True)
class Column:
    """One canonical column: the headings it goes by, how its cells are read, what it counts."""

    id: str
    names: tuple[str, ...]
    type: str = "text"
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bound: str = "end"
    expected: bool = False
    unit: str = ""
    old: bool = False  # dates may be of any year of our era, of a reign or a dynasty
    lenient: bool = False  # a bad cell is empty, and its row counts for all that do not ask for it


@dataclass(frozen=True)
class Counting:
    """Which rows work, as of a date: the states that count and the dates that bound them."""

    column: str
    states: tuple[str, ...]
    since: str = ""
    until: str = ""
    include_undated: bool = False
    blank: str = ""
    ended: tuple[str, ...] = ()  # states that the end brings: who asks for one minds no end


@dataclass(frozen=True)
class Fallback:
    """A column that stands in for an empty one, in rows of some kinds only."""

    column: str
    when: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Schema:
    """One kind of layer."""

    key: str
    title: str
    columns: Mapping[str, Column]
    counting: Counting | None = None
    fallback: Mapping[str, Fallback] = field(default_factory=dict)
    mixed: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    order: tuple[str, ...] = ()  # columns that stand first in what is written, in this order

    def __hash__(self) -> int:
        return hash(self.key)

    def heading(self, column: str) -> str:
        """The Chinese heading of a column, for messages and exports."""
        known = self.columns.get(column)
        return known.names[0] if known and known.names else column

    def decides(self, column: Column) -> bool:
        """Whether a bad cell of this column puts its row aside: it decides where or if it counts."""
        counting = self.counting
        bounds = {counting.column, counting.since, counting.until} if counting else set()
        deciding = {"choice", "yesno", "lon", "lat", "pair", "code"}
        return (column.type in deciding or column.id in bounds) and not column.lenient


SCHEMAS_OF = {"roads": "road"}  # layers of the shipped policy that are not called as their schema
_SCHEMAS = files("hbgeo.read.schema") / "schemas"
_YES = (
    *("是", "1", "1.0", "有", "已", "true", "yes", "y", "√", "✓", "☑"),
    *("完成", "已完成", "已建立", "已实行", "已出台", "已公布", "已印发", "达标", "已达标"),
)
_NO = (
    *("否", "0", "0.0", "无", "没有", "未", "尚未", "false", "no", "n", "×", "✗", "x"),
    *("未完成", "未建立", "未实行", "未出台", "未公布", "未印发", "不达标", "未达标"),
)


@lru_cache(maxsize=32)
def read_schema(key: str) -> Schema:
    """Read the shipped schema `key`; a facility layer of a new kind gets the general one."""
    file = _SCHEMAS / f"{key}.toml"
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,59}", key) or not file.is_file():
        return replace(read_schema("facility"), key=key)
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    base = read_schema(table["extends"]) if "extends" in table else None
    columns = dict(base.columns) if base else {}
    for name, row in table["column"].items():
        columns.pop(name, None)
        if not row.get("absent"):
            columns[name] = _column(name, row)
    counting = base.counting if base else None
    if "counting" in table:
        counting = _counting(table["counting"])
    fallback = {
        column: Fallback(row["column"], {k: tuple(v) for k, v in row["when"].items()})
        for column, row in table.get("fallback", {}).items()
    }
    mixed = _mixed(table.get("mixed", {}))
    order = tuple(table.get("order", base.order if base else ()))
    return Schema(key, table["title"], columns, counting, fallback, mixed, order)


@lru_cache(maxsize=64)
def _with_words(key: str, words: tuple[tuple[str, str, str], ...]) -> Schema:
    schema = read_schema(key)
    columns = dict(schema.columns)
    for name, word, value in words:
        own = {
            v: tuple(a for a in aliases if choice_key(a) != choice_key(word))
            for v, aliases in columns[name].choices.items()
        }
        own[value] = (*own[value], word)
        columns[name] = replace(columns[name], choices=own)
    return replace(schema, columns=columns)


def schema_with(key: str, values: Mapping[str, Mapping[str, str]]) -> Schema:
    """The schema `key` with a catalogue's `values`: a ledger's own words for what a column may say.

    Parameters
    ----------
    values
        Column → word → the value it stands for; it goes before the words of the schema.
    """
    words = ((c, word, value) for c, own in values.items() for word, value in own.items())
    return _with_words(key, tuple(words))


def has_schema(key: str) -> bool:
    """Tell whether a schema of that name is shipped."""
    return key in schema_keys()


def every_schema() -> list[Schema]:
    """Every schema that is shipped, by name."""
    return [read_schema(key) for key in schema_keys()]


def schema_keys() -> list[str]:
    """The kinds of layers a schema is shipped for."""
    return sorted(f.name.removesuffix(".toml") for f in _SCHEMAS.iterdir())


def schema_of_units(level: str) -> Schema:
    """The schema by whose columns the units of a level are told apart."""
    of = {"village": "village", "hamlet": "placename", "road": "road"}
    return read_schema(of.get(level, "unit"))


def _column(name: str, row: Mapping[str, Any]) -> Column:
    choices = {k: tuple(v) for k, v in row.get("choices", {}).items()}
    if row.get("type") == "yesno":
        choices = {"是": _YES, "否": _NO}
    return Column(
        id=name,
        names=tuple(row["names"]),
        type=row.get("type", "text"),
        choices=choices,
        bound=row.get("bound", "end"),
        expected=row.get("expected", False),
        unit=row.get("unit", ""),
        old=row.get("old", False),
        lenient=row.get("lenient", False),
    )


def _counting(row: Mapping[str, Any]) -> Counting:
    return Counting(
        column=row["column"],
        states=tuple(row["states"]),
        since=row.get("from", ""),
        until=row.get("until", ""),
        include_undated=row.get("undated", "exclude") == "include",
        blank=row.get("blank", ""),
        ended=tuple(row.get("ended", ())),
    )


def _mixed(table: Mapping[str, Any]) -> dict[str, dict[str, tuple[str, ...]]]:
    return {c: {v: tuple(also) for v, also in values.items()} for c, values in table.items()}
