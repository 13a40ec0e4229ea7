"""Values that nobody means, as TOML writes them, put at every key of a file."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

NASTY = {
    "empty text": '""',
    "blanks": '"  "',
    "text": '"天地玄黄"',
    "path up": '"../../evil"',
    "path back": '"a\\\\..\\\\b"',
    "device": '"CON"',
    "dot": '"x."',
    "long": json.dumps("长" * 300),
    "huge": json.dumps("x" * 20_000),
    "NUL": '"a\\u0000b"',
    "escape": '"\\u001b[2J"',
    "bidi": '"a\\u202eb"',
    "lines": '"a\\nb"',
    "beyond": '"\\U0001f600"',
    "glob": '"**/**/*"',
    "all": '"/**/*"',
    "address": '"https://[/{z}/{x}/{y}"',
    "expression": "\"__import__('os')\"",
    "true": "true",
    "zero": "0",
    "minus": "-1",
    "minus zero": "-0.0",
    "float": "1.5",
    "above": "100.0001",
    "great": "9999999999999999999999",
    "digits": "1" * 5000,
    "hex": "0x" + "f" * 5000,
    "decimals": "0." + "3" * 5000,
    "nan": "nan",
    "inf": "-inf",
    "exponent": "1e9999999",
    "absurd exponent": "1e" + "9" * 30,
    "tiny": "1e-9999999",
    "day": "2023-12-31",
    "old day": "0001-01-01",
    "late day": "9999-12-31",
    "no day": "2023-02-30",
    "moment": "2023-12-31T12:00:00Z",
    "time": "12:00:00",
    "list": "[]",
    "list of blanks": '[""]',
    "list of lists": "[[[1], 2], 3]",
    "mixed": '["a", 1, true, 1.5]',
    "numbers": "[3, -3]",
    "table": "{}",
    "table of one": "{ a = 1 }",
    "tables": "[{}, { id = 3 }, 3]",
    "deep": "[" * 10_000 + "]" * 10_000,
    "deep tables": "{a=" * 10_000 + "1" + "}" * 10_000,
    "rather deep": "[" * 40 + "]" * 40,
    "dots": "{ " + ".".join("a" * 5_000) + " = 1 }",
}
NAMES = ["../../evil", "..", "a/b", "a\\b", "CON", "lpt1", "a.", "", " ", "长" * 61, "a\0", "😀"]

Path = tuple[Any, ...]  # keys and numbers that lead to a value


def paths(table: Any, here: Path = ()) -> Iterator[Path]:
    """Where each key's value stands, tables inside tables and lists too."""
    items = table.items() if isinstance(table, dict) else enumerate(table)
    for key, value in items:
        if isinstance(table, dict):
            yield (*here, key)
        if isinstance(value, dict) or (isinstance(value, list) and dict in map(type, value)):
            yield from paths(value, (*here, key))


def with_value(table: dict[str, Any], path: Path, literal: str) -> str:
    """The file with one value exchanged."""
    return "".join(f"{_key(k)} = {_text(v, (k,), path, literal)}\n" for k, v in table.items())


def parse(text: str) -> dict[str, Any]:
    """A file whose values are to be exchanged."""
    return tomllib.loads(text, parse_float=Decimal)


def _key(key: str) -> str:
    return json.dumps(key, ensure_ascii=False)


def _text(value: Any, here: Path, path: Path, literal: str) -> str:
    if here == path:
        return literal
    if isinstance(value, dict):
        inside = (f"{_key(k)} = {_text(v, (*here, k), path, literal)}" for k, v in value.items())
        return "{" + ", ".join(inside) + "}"
    if isinstance(value, list):
        return f"[{', '.join(_text(v, (*here, i), path, literal) for i, v in enumerate(value))}]"
    if isinstance(value, (bool, str)):
        return json.dumps(value, ensure_ascii=False)
    return value.isoformat() if isinstance(value, date) else str(value)
