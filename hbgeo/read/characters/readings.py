"""How names are read where a dictionary misleads: the package's table, and the workspace's own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from hbgeo.errors import CatalogError
from hbgeo.read.toml import check_keys, read_toml
from hbgeo.store.plain import is_plain

READINGS = "readings.toml"  # in layers/: the workspace's own
_DATA = files("hbgeo.read.characters")
_STATES = ("settled", "both", "open", "either")
_PLACES = ("any", "first", "last", "before", "after")
_RULE: Mapping[str, tuple[type, ...]] = {
    "source": (str,), "chars": (list,), "state": (str,), "at": (str,), "of": (list,),
}  # fmt: skip
_NAME: Mapping[str, tuple[type, ...]] = {"source": (str,), "names": (list,)}
_SYLLABLE = re.compile(r"[a-z]*[aeiouvmn][a-z]*")
_MARKS = re.compile("[\u0304\u0301\u030c\u0300]")
Around = tuple[str, frozenset[str]]  # where a character stands, and beside which


@dataclass(frozen=True)
class Spoken:
    """How one character is read: its readings, the usual one first, and how sure that is.

    Attributes
    ----------
    state
        `settled`; `both`, each of them is right; `open`, the place-name authority decides; `either`, the first is usual;
        `unknown`, no one knows.
    """

    options: tuple[str, ...]
    state: str = "settled"


@dataclass(frozen=True)
class ReadingTable:
    """Names with their readings, and characters with theirs by where they stand."""

    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    chars: dict[str, list[tuple[Around, Spoken]]] = field(default_factory=dict)

    def of_char(self, name: str, at: int) -> Spoken | None:
        """How the rules read the character that stands there; None if none speaks of it."""
        for around, spoken in self.chars.get(name[at], ()):
            if _stands(name, at, around):
                return spoken
        return None

    def of_any(self, char: str) -> Spoken | None:
        """How the rules read a character wherever it stands; None if that depends, or none speaks of it."""
        rules = self.chars.get(char)
        return rules[0][1] if rules and rules[0][0][0] == "any" else None


def read_readings(folder: Path | None = None) -> ReadingTable:
    """The package's table, under that of the workspace whose `layers` folder is given.

    Raises
    ------
    CatalogError
        If the workspace's table is damaged: which entry, and what is allowed.
    """
    shipped = _shipped()
    own = None if folder is None else folder / READINGS
    if own is None or not is_plain(own, CatalogError):
        return shipped
    made = _parse(read_toml(own, CatalogError, ""), own.name)
    chars = dict(shipped.chars)
    for char, rules in made.chars.items():
        chars[char] = [*rules, *chars.get(char, [])]
    return ReadingTable(shipped.names | made.names, chars)


@lru_cache(maxsize=1)
def _shipped() -> ReadingTable:
    return _parse(read_toml(_DATA / READINGS, CatalogError, ""), READINGS)


def _parse(table: Mapping[str, Any], file: str) -> ReadingTable:
    check_keys(table, {"name": (list,), "rule": (list,)}, (), file, CatalogError)
    names: dict[str, tuple[str, ...]] = {}
    for at, entry in _entries(table, "name", _NAME, ("source", "names"), file):
        for text in _texts(entry["names"], at):
            name, *spoken = text.split()
            _check_syllables(text, spoken, at)
            if len(spoken) != len(name):
                raise CatalogError(f"{at}：“{text}”：{len(name)} 个字，应有 {len(name)} 个音节")
            names[name] = tuple(spoken)
    rules = []
    for at, entry in _entries(table, "rule", _RULE, ("source", "chars"), file):
        around = _around(entry, at)
        state = entry.get("state", "settled")
        if state not in _STATES:
            raise CatalogError(f"{at}：state “{state}”不在可选值 {'、'.join(_STATES)} 中")
        rules += [(around, *_char(text, state, at)) for text in _texts(entry["chars"], at)]
    return ReadingTable(names, _by_char(rules))


def _by_char(rules: Iterable[tuple[Around, str, Spoken]]) -> dict[str, list[tuple[Around, Spoken]]]:
    """The rules of each character: those of a place before those of any, the surer before the others."""
    made: dict[str, list[tuple[Around, Spoken]]] = {}
    for around, char, spoken in rules:
        made.setdefault(char, []).append((around, spoken))
    for mine in made.values():
        mine.sort(key=lambda one: (one[0][0] == "any", _STATES.index(one[1].state)))
    return made


def _entries(
    table: Mapping[str, Any],
    key: str,
    known: Mapping[str, tuple[type, ...]],
    needed: tuple[str, ...],
    file: str,
) -> Iterable[tuple[str, dict[str, Any]]]:
    for number, entry in enumerate(table.get(key, []), start=1):
        at = f"{file}：第 {number} 个 [[{key}]]"
        if not isinstance(entry, dict):
            raise CatalogError(f"{at}：应为表")
        check_keys(entry, known, needed, at, CatalogError)
        if not entry["source"].strip():
            raise CatalogError(f"{at}：source 不能为空；写明读音的依据")
        yield at, entry


def _around(entry: Mapping[str, Any], at: str) -> Around:
    where, of = entry.get("at", "any"), entry.get("of", [])
    if where not in _PLACES:
        raise CatalogError(f"{at}：at “{where}”不在可选值 {'、'.join(_PLACES)} 中")
    if bool(of) != (where in {"before", "after"}):
        raise CatalogError(f"{at}：of 与 at = before、after 须同时写")
    return where, frozenset(_texts(of, at))


def _char(text: str, state: str, at: str) -> tuple[str, Spoken]:
    char, *spoken = text.split()
    _check_syllables(text, spoken, at)
    if len(char) != 1:
        raise CatalogError(f"{at}：“{text}”应以一个字开头；两个字以上的写在 [[name]] 里")
    if (len(spoken) == 1) != (state == "settled"):
        allowed = "一个读音" if state == "settled" else "两个以上的读音"
        raise CatalogError(f"{at}：“{text}”：state = {state} 时应写{allowed}")
    return char, Spoken(tuple(spoken), state)


def _texts(values: list[Any], at: str) -> list[str]:
    for value in values:
        if not isinstance(value, str) or not value.strip():
            raise CatalogError(f'{at}：应为文字列表，如 ["蔡甸 cài diàn"]')
    return [unicodedata.normalize("NFC", value) for value in values]


def _check_syllables(text: str, spoken: list[str], at: str) -> None:
    for one in spoken or [""]:
        if not _SYLLABLE.fullmatch(plain(one)):
            raise CatalogError(f"{at}：“{text}”的读音写作汉语拼音，如 cài diàn")


@lru_cache(maxsize=1 << 14)
def plain(syllable: str) -> str:
    """A syllable without its tone, ü as v."""
    told = unicodedata.normalize("NFD", syllable).replace("u\u0308", "v")
    return unicodedata.normalize("NFC", _MARKS.sub("", told))


def _stands(name: str, at: int, around: Around) -> bool:
    where, of = around
    if where == "any":
        return True
    if where == "first":
        return at == 0
    if where == "last":
        return at == len(name) - 1
    if where == "before":
        return any(name.startswith(text, at + 1) for text in of)
    return any(name.endswith(text, 0, at) for text in of)
