"""Words of a ledger that its columns do not know: one line for the catalogue, to be checked and pasted."""

from __future__ import annotations

import pandas as pd
from rapidfuzz import fuzz

from hbgeo.read.catalog import Layer, column_of
from hbgeo.read.cell.choices import unknown_words
from hbgeo.read.cell.personal import HIDDEN
from hbgeo.read.issues import Issue
from hbgeo.read.schema.records import Column, schema_with

_NEAR = 50  # of 100: words this like an allowed one are proposed for it
_APART = 20  # and more than any other: 建成 is half 建成未启用, half 建成投用
_MOST = 20  # words of one line


def propose_values(issues: pd.DataFrame, layer: Layer) -> list[Issue]:
    """Propose the `values` line that would read the words which no column of the layer knows.

    Parameters
    ----------
    issues
        What reading the layer found wrong (`ISSUE_COLUMNS`).

    Returns
    -------
    issues
        One warning, or none: the words in the order of how often they stand there, each with
        the allowed one it is most like, "" where none or more than one is meant. The catalogue's own stay.
    """
    unknown = issues[(issues["rule"] == "E07") & issues["row"].notna()]
    if unknown.empty:
        return []
    schema = schema_with(layer.schema, layer.own_words)
    counts: dict[tuple[str, str], int] = {}
    sizes = unknown.groupby(["column", "value"], sort=True).size()
    for (heading, cell), rows in zip(sizes.index.tolist(), sizes.tolist(), strict=True):
        column = schema.columns.get(column_of(heading, schema, layer.columns))
        if column is None or HIDDEN in cell:
            continue
        for word in unknown_words(cell, column):
            counts[column.id, word] = counts.get((column.id, word), 0) + rows
    if not counts:
        return []
    often = sorted(counts, key=lambda pair: (-counts[pair], pair))[:_MOST]
    line: dict[str, dict[str, str]] = {c: dict(own) for c, own in layer.own_words.items()}
    for name, word in often:
        line.setdefault(name, {})[word] = _nearest(word, schema.columns[name])
    more = f"（只列出最多的 {_MOST} 种）" if len(counts) > _MOST else ""
    said = f"有 {len(counts)} 种写法不在可选值中，如是本地的习惯写法，可在目录里对应到可选值{more}"
    fix = f"逐个核对（右边是最相近的可选值，空着的请填）后，在 catalog.toml 的 [{layer.key}] 中写 {_toml(line)}"
    return [Issue(layer.key, "", "", None, "", "", "E07", "warning", said, fix)]


def _nearest(word: str, column: Column) -> str:
    """The word of a column that another is most like; "" where it is like none, or like two."""
    near = {
        value: max(fuzz.ratio(word, name) for name in (value, *aliases))
        for value, aliases in column.choices.items()
    }
    first, *others = sorted(near.values(), reverse=True)
    sure = first >= _NEAR and all(first - other >= _APART for other in others[:1])
    return max(near, key=near.__getitem__) if sure else ""


def _toml(line: dict[str, dict[str, str]]) -> str:
    columns = []
    for column, words in line.items():
        pairs = ", ".join(f"{_text(word)} = {_text(value)}" for word, value in words.items())
        columns.append(f"{column} = {{ {pairs} }}")
    return f"values = {{ {', '.join(columns)} }}"


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
