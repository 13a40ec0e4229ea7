"""A ledger, cleaned: its rows under standard headings, the rows set aside as they came, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_float_dtype

from hbgeo.errors import RequestError
from hbgeo.read.catalog import Layer
from hbgeo.read.cell.column import distinct, map_unique, spread
from hbgeo.read.cell.dates import show_day
from hbgeo.read.cell.personal import fit_to_show, hide_id_cards, hide_numbers
from hbgeo.read.cell.text import clean_text
from hbgeo.read.file.find import is_ready
from hbgeo.read.file.ledger import WHY, Progress
from hbgeo.read.file.others import way_out
from hbgeo.read.file.raw import read_raw
from hbgeo.read.issues import PROVENANCE, Issue, Notes
from hbgeo.read.layer import tidy_raw
from hbgeo.read.schema.match import RESERVED
from hbgeo.read.schema.personal import is_id_heading, is_personal
from hbgeo.read.schema.records import Schema, has_schema, read_schema, schema_keys
from hbgeo.read.schema.tidy import Tidy
from hbgeo.read.units.copies import told_twice

FROM = {"file": "来源文件", "sheet": "来源工作表", "row": "来源行号"}
_PLACES = {"lon": "x", "lat": "y"}
_LEADING = ("code", "id", "name", "kind", "nature", "level")
_DECIMALS = 8  # of a degree: a millimetre


@dataclass(frozen=True)
class Cleaned:
    """What became of one file.

    Attributes
    ----------
    rows
        Standard headings, values as values, coordinates in CGCS2000, and where each row stood.
    aside
        The rows that may not count, in the file's own words, with the reasons.
    tidied
        The rows under canonical columns, for further checks.
    taken
        Rows of data in the file: as many as `rows` and `aside` together.
    """

    rows: pd.DataFrame
    aside: pd.DataFrame
    tidied: pd.DataFrame
    schema: Schema
    issues: tuple[Issue, ...]
    skipped: tuple[tuple[str, str, int, str], ...]
    taken: int


def clean_ledger(
    path: Path, kind: str, crs: str = "", *, progress: Progress | None = None
) -> Cleaned:
    """Read any one file under the schema `kind`.

    Parameters
    ----------
    crs
        The coordinates' CRS where the file does not say.
    progress
        Told how many sheets of how many are read.

    Raises
    ------
    RequestError
        If there is no such file or schema.
    LayerError
        If the file cannot be read.
    """
    if path.is_dir() and not way_out(path.suffix):
        raise RequestError(f"{path}：是文件夹；请逐个文件导入")
    if not is_ready(path, RequestError):
        raise RequestError(f"{path}：没有这个文件")
    if not has_schema(kind):
        raise RequestError(f"--schema “{kind}”不在可选值 {'、'.join(schema_keys())} 中")
    schema = read_schema(kind)
    layer = Layer(kind, "table", (str(path),), "", schema=kind, crs=crs)
    raw = read_raw(path, layer, schema, progress=progress)
    made = tidy_raw(raw, fit_to_show(path.name), layer, schema)
    notes = Notes(kind, made.frame, schema)
    told_twice(made.frame, np.ones(len(made.frame), bool), notes, kept=True)
    return Cleaned(
        rows=_presented(made.frame, schema),
        aside=_set_aside(raw.frames, made),
        tidied=made.frame,
        schema=schema,
        issues=(*made.issues, *notes.issues),
        skipped=made.skipped,
        taken=sum(len(t) for t in raw.frames),
    )


def _presented(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Standard headings in the schema's order, then where each row stood."""
    made: dict[str, Any] = {}
    leading = [c for c in schema.order or _LEADING if c in schema.columns]
    for name in dict.fromkeys([*leading, *schema.columns]):
        column = schema.columns[name]
        source = _PLACES.get(column.id, column.id)
        if column.id == "coord_sys" and "crs" in frame:
            made[column.names[0]] = np.where(frame["x"].notna(), "CGCS2000", "")
        elif source in frame:
            made[column.names[0]] = _rounded(_shown(frame, source, column.type), column.type)
    made |= {heading: frame[c] for c, heading in FROM.items()}
    return pd.DataFrame(made, index=frame.index)


def in_machine_names(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Tidy rows as texts under canonical names: read again they are what they were, to the last digit.

    Coordinates are those of CGCS2000, areas square metres, dates as precise as they were given.
    """
    made: dict[str, pd.Series] = {}
    for name in map(str, frame.columns):
        column = schema.columns.get(name)
        if name in {*PROVENANCE, "x", "y", "crs", "geometry"} or name.endswith("_precision"):
            continue
        cells = _shown(frame, name, column.type if column else "text")
        made[name] = _as_digits(cells) if is_float_dtype(cells.dtype) else cells.astype("str")
        if column and column.type == "area":  # no heading says the unit
            made[name] = made[name].where(made[name] == "", made[name] + "平方米")
    if "x" in frame and "lon" in schema.columns and frame["x"].notna().any():
        made["coord_sys"] = pd.Series(
            np.where(frame["x"].notna(), "CGCS2000", ""), frame.index, dtype="str"
        )
        made |= {name: _as_digits(frame[place]) for name, place in _PLACES.items()}
    return pd.DataFrame(made, index=frame.index)


def _as_digits(cells: pd.Series) -> pd.Series:
    """Numbers in the fewest digits that are read as the very same number; nothing where there is none."""
    at, values = pd.factorize(cells, use_na_sentinel=False)
    texts = ["" if v != v else np.format_float_positional(v, trim="-") for v in values.tolist()]
    return spread(texts, at, cells.index)


def _shown(frame: pd.DataFrame, column: str, kind: str) -> pd.Series:
    cells = frame[column]
    if kind == "date":
        return _as_days(cells, frame.get(f"{column}_precision"))
    if kind == "choices":
        return cells.map("、".join).astype("str")
    return cells


def _rounded(cells: pd.Series, kind: str) -> pd.Series:
    """Numbers as people read them."""
    if kind in {"lon", "lat"}:
        return cells.round(_DECIMALS)
    if kind == "number" and (cells.dropna() % 1 == 0).all():
        return cells.astype("Int64")
    return cells


def _as_days(dates: pd.Series, precision: pd.Series | None) -> pd.Series:
    """Dates as text, each as precisely as it was given; every distinct one is written once."""
    numbers, days = pd.factorize(dates, use_na_sentinel=False)
    kinds, words = distinct(precision) if precision is not None else (0, ["day"])
    numbers, pairs = pd.factorize(numbers * len(words) + kinds)
    texts = [
        "" if pd.isna(days[i]) else show_day(days[i].date(), words[kind] or "day")
        for i, kind in (divmod(int(pair), len(words)) for pair in pairs)
    ]
    return spread(texts, numbers, dates.index)


def _set_aside(tables: Sequence[pd.DataFrame], made: Tidy) -> pd.DataFrame:
    """The rows put aside as the file has them, personal columns dropped, with every reason."""
    keys = set(made.aside[PROVENANCE].itertuples(index=False, name=None))
    why: dict[tuple[str, str, int], list[str]] = {}
    for issue in made.issues:
        if issue.severity == "error" and issue.row is not None:
            at = (issue.file, issue.sheet, issue.row)
            why.setdefault(at, []).append(issue.message.split(" ", 1)[1])
    parts = []
    for table in tables:
        near = table[table["row"].isin(made.aside["row"])]
        where = near[PROVENANCE].itertuples(index=False, name=None)
        mine = near[np.array([k in keys for k in where], dtype=bool)]
        own = [c for c in mine.columns if c not in RESERVED and not is_personal(c)]
        part = mine[own].apply(_fit)
        part[WHY] = [
            "；".join(why.get(k, [])) for k in mine[PROVENANCE].itertuples(index=False, name=None)
        ]
        for c, heading in FROM.items():
            part[heading] = mine[c]
        parts.append(part)
    return pd.concat(parts, ignore_index=True).fillna("") if parts else pd.DataFrame()


def _fit(cells: pd.Series) -> pd.Series:
    """A column of the file's own, fit to be shown."""
    heading = str(cells.name)
    hide = hide_id_cards if is_id_heading(heading) else hide_numbers
    return map_unique(cells, lambda t: hide(clean_text(t), heading))
