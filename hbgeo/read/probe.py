"""What a file shows of itself before anybody has said what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.cell.personal import hide_numbers
from hbgeo.read.cell.text import choice_key, clean_text
from hbgeo.read.file.ledger import NO_HEADER, RawTable
from hbgeo.read.file.raw import read_raw
from hbgeo.read.schema.axes import COORDINATES, CoordinateSet, find_sets
from hbgeo.read.schema.match import RESERVED, is_counter, match_columns
from hbgeo.read.schema.personal import is_personal
from hbgeo.read.schema.records import Schema, read_schema, schema_keys

_LOOK = 2_000  # rows looked at for values
_LONGEST = 24  # characters of a value shown


@dataclass(frozen=True)
class Probe:
    """The tables of a file under their own headings.

    Attributes
    ----------
    headings
        Those of all its sheets, without personal ones and numbers of lines.
    sets
        The sets of headings that say where a row is; none where the file has shapes.
    """

    path: Path
    tables: tuple[pd.DataFrame, ...]
    headings: tuple[str, ...]
    sets: tuple[CoordinateSet, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(map(len, self.tables))

    @property
    def sheets(self) -> list[str]:
        """The names of its sheets; none of a file that has none."""
        names = [str(t["sheet"].iloc[0]) for t in self.tables if len(t) and "sheet" in t]
        return [name for name in names if name]

    @property
    def shapes(self) -> bool:
        """Whether it is a map."""
        return any("geometry" in table for table in self.tables)

    def examples(self, heading: str, most: int = 3) -> list[str]:
        """The first different values under a heading, fit to be shown."""
        seen: dict[str, None] = {}
        for table in self.tables:
            if heading in table:
                for cell in table[heading].head(_LOOK).tolist():
                    if text := clean_text(str(cell)).strip():
                        seen[hide_numbers(text, heading)[:_LONGEST]] = None
                    if len(seen) >= most:
                        return list(seen)
        return list(seen)


def probe_file(path: Path, kind: str = "", sheet: str = "") -> Probe:
    """Read a file of any kind without knowing what it is.

    Parameters
    ----------
    kind
        The schema it is thought to be of, whose headings are looked for first.

    Raises
    ------
    LayerError
        If it cannot be read, or has no heading that any schema knows.
    """
    keys = [k for k in (kind, "facility") if k in schema_keys()]
    first: LayerError | None = None
    for key in dict.fromkeys([*keys, *schema_keys()]):
        layer = Layer("add", "table", (str(path),), "", schema=key, table=sheet)
        try:
            return _probe(path, read_raw(path, layer, without_places(read_schema(key))).tables)
        except LayerError as err:
            first = first or err
            if NO_HEADER not in str(err):
                break
    raise first or LayerError(f"{path.name}：读不了")


def _probe(path: Path, tables: tuple[RawTable, ...]) -> Probe:
    frames = tuple(table.frame for table in tables)
    every = dict.fromkeys(h for frame in frames for h in frame.columns if h not in RESERVED)
    own = tuple(h for h in every if h and not is_personal(h) and not is_counter(h))
    shapes = any("geometry" in frame for frame in frames)
    return Probe(path, frames, own, () if shapes else tuple(find_sets(own)))


def without_places(schema: Schema) -> Schema:
    """A schema without coordinates: nobody has said yet which are meant."""
    kept = {k: c for k, c in schema.columns.items() if k not in COORDINATES and c.type != "pair"}
    return replace(schema, columns=kept)


def likely_schemas(probe: Probe) -> list[tuple[str, Mapping[str, str]]]:
    """Every kind of layer with the headings it knows, the likeliest first.

    That the file, a sheet or a value's heading bears its title speaks for a kind as well.
    """
    name = choice_key(probe.path.stem + "".join(probe.sheets))
    found = []
    for key in schema_keys():
        schema = read_schema(key)
        known = match_columns(probe.headings, without_places(schema))
        needed = [c for c in schema.columns.values() if c.expected]
        lacking = sum(c.id not in known for c in needed)
        named = 4 * (choice_key(schema.title)[:2] in name)
        found.append((len(known) - lacking + named + _fitting(probe, schema, known), key, known))
    found.sort(key=lambda one: (-one[0], one[1]))
    return [(key, known) for _, key, known in found]


def _fitting(probe: Probe, schema: Schema, known: Mapping[str, str]) -> float:
    """How well the values under its headings are those that its columns may hold."""
    score = 0.0
    for column, heading in known.items():
        if choices := schema.columns[column].choices:
            words = {choice_key(w) for value, also in choices.items() for w in (value, *also)}
            seen = probe.examples(heading, 8)
            score += 3 * (sum(choice_key(v) in words for v in seen) / max(len(seen), 1) - 0.5)
    return score
