"""Changes of `catalog.toml` as text: a layer added or mended, all else byte for byte as it was."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from hbgeo.errors import CatalogError, HbgeoError
from hbgeo.read.catalog import Catalog, Layer, read_catalog

_BOM = "\ufeff"
_PART = re.compile(
    r"\"{3}.*?(?:\"{3}|\Z)|'{3}.*?(?:'{3}|\Z)|\"(?:\\.|[^\"\\\n])*\"?|'[^'\n]*'?|#[^\n]*|\n"
    r"|[\[\]{}]|[^\"'#\n\[\]{}]+",
    re.DOTALL,
)
_HEADER = re.compile(r"\s*\[\s*(?P<quote>[\"']?)(?P<name>[^\[\]\"']+?)(?P=quote)\s*\]")
_KEY = re.compile(r"\s*(?P<quote>[\"']?)(?P<name>[^\s=\"'#\[\].]+)(?P=quote)\s*=\s*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_KEPT = "# 原来的条目（由 hbgeo add 换下，去掉行首的 # 可恢复）："


def toml_text(value: Any) -> str:
    """A value as TOML writes it: texts escaped, tables in one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, Decimal)):
        return str(value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, Mapping):
        pairs = (f"{_key_text(key)} = {toml_text(one)}" for key, one in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(toml_text, value))}]"
    made = (_ESCAPES.get(c) or (f"\\u{ord(c):04X}" if ord(c) < 32 else c) for c in str(value))
    return f'"{"".join(made)}"'.replace("\x7f", "\\u007F")


def _key_text(key: str) -> str:
    return key if _BARE.fullmatch(key) else toml_text(key)


def entry_text(key: str, entry: Mapping[str, Any]) -> str:
    """A layer's table: one key a line."""
    width = max(map(len, entry))
    lines = [f"{name:<{width}} = {toml_text(value)}" for name, value in entry.items()]
    return "\n".join([f"[{_key_text(key)}]", *lines, ""])


def with_entry(text: str, key: str, entry: Mapping[str, Any]) -> str:
    """The catalogue with one more layer; one of the same key stays as a comment before it."""
    new = entry_text(key, entry)
    if (found := _section(text, key)) is None:
        gap = "" if not text or text.endswith("\n") else "\n"
        return text + _as_lines(f"{gap}\n{new}", text)
    start, end = found[0][0], found[-1][1]
    old = text[start:end].rstrip("\r\n")
    kept = "\n".join(f"# {line}".rstrip() for line in old.replace("\r", "").split("\n"))
    return text[:start] + _as_lines(f"{_KEPT}\n{kept}\n{new}", text) + text[end:]


def replaced_entry(text: str, key: str, entry: Mapping[str, Any] | None) -> str:
    """The catalogue with a layer's table written anew where it stands, or at the end; None takes it out."""
    found = _section(text, key)
    if found is None:
        return text if entry is None else with_entry(text, key, entry)
    start, end = found[0][0], found[-1][1]
    if entry is None:
        before = text[:start].rstrip("\r\n")
        return before + _as_lines("\n", text) * bool(before) + text[end:]
    return text[:start] + _as_lines(entry_text(key, entry), text) + text[end:]


def with_keys(text: str, key: str, changes: Mapping[str, Mapping[str, Any]]) -> str:
    """The catalogue with tables of a layer (`columns`, `values`) written anew, or added to it.

    Raises
    ------
    CatalogError
        If it has no such layer.
    """
    for name, value in changes.items():
        found = _section(text, key)
        if found is None:
            raise CatalogError(f"catalog.toml 中没有 [{key}]")
        line = f"{name} = {toml_text(value)}"
        mine = [s for s in found[1:] if _name(_KEY, text[slice(*s)]) == name]
        start, end = mine[0] if mine else (found[-1][1], found[-1][1])
        before = "" if start == 0 or text[start - 1] == "\n" else "\n"
        text = text[:start] + _as_lines(f"{before}{line}\n", text) + text[end:]
    return text


def checked(catalog: Catalog, text: str, key: str, layer: Layer) -> str:
    """Read the changed text and make sure it means what was answered and nothing else changed.

    Raises
    ------
    CatalogError
        If it does not, with what to do.
    """
    wanted = replace(catalog, layers={**catalog.layers, key: layer})
    if replace(read_again(text), folder=catalog.folder) != wanted:
        raise CatalogError(f"没有写入：catalog.toml 中 [{key}] 的写法不能自动改，请手工修改")
    return text


def read_again(text: str) -> Catalog:
    """What a changed catalogue says, before it is written.

    Raises
    ------
    CatalogError
        If it is none any more.
    """
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "catalog.toml").write_bytes(text.encode())
        try:
            return read_catalog(Path(folder))
        except HbgeoError as err:
            raise CatalogError(f"没有写入：这样写目录就读不了了（{err}）") from None


def read_text(catalog: Catalog) -> str:
    """The text of a catalogue, its line ends and its mark of UTF-8 as they are."""
    return (catalog.folder / "catalog.toml").read_bytes().decode("utf-8")


def _as_lines(made: str, text: str) -> str:
    """What is written has the line ends of what stands there."""
    return made.replace("\n", "\r\n") if "\r\n" in text else made


def _section(text: str, key: str) -> list[tuple[int, int]] | None:
    """The header of a layer's table and its keys, each from its line's start to its end."""
    every = list(_statements(text))
    heads = [at for at, s in enumerate(every) if _name(_HEADER, text[slice(*s)])]
    for at, end in zip(heads, [*heads[1:], len(every)], strict=True):
        if _name(_HEADER, text[slice(*every[at])]) == key:
            keys = [s for s in every[at + 1 : end] if _name(_KEY, text[slice(*s)])]
            return [every[at], *keys]
    return None


def _name(pattern: re.Pattern[str], statement: str) -> str:
    found = pattern.match(statement.lstrip(_BOM))
    return found["name"] if found else ""


def _statements(text: str) -> Iterator[tuple[int, int]]:
    """Where each statement begins and ends: a line, or several where brackets or texts go on."""
    start, depth = 0, 0
    for part in _PART.finditer(text):
        depth += (part[0] in "[{") - (part[0] in "]}") if len(part[0]) == 1 else 0
        if part[0] == "\n" and depth <= 0:
            yield start, part.end()
            start, depth = part.end(), 0
    if start < len(text):
        yield start, len(text)
