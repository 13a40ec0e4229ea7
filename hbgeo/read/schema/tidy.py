"""Raw text under the file's own headings → typed columns under the schema's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from hbgeo.arrays import Mask
from hbgeo.read.cell.column import as_text, without
from hbgeo.read.cell.parts import join_parts
from hbgeo.read.cell.text import clean_text
from hbgeo.read.cell.values import (
    area_unit_column,
    part_pairs,
    read_degrees,
    read_pairs,
    read_precision,
    read_values,
    with_multiples,
    with_units,
)
from hbgeo.read.issues import PROVENANCE, UNREAD, Issue, Notes
from hbgeo.read.schema.axes import (
    COORDINATES,
    PARTS,
    CoordinateSet,
    looks_like_coordinates,
    read_axis,
)
from hbgeo.read.schema.impossible import note_impossible
from hbgeo.read.schema.match import Headings, heading_key, is_counter
from hbgeo.read.schema.ranges import split_ranges, take_middles
from hbgeo.read.schema.records import Column, Schema

_PARTS = {part for parts in PARTS.values() for part in parts}
_UNREAD = {"E02", "E07", "E08", "E13", "E14"}  # rules of cells that gave no value, or a wrong one
_NEAR = 72  # of 100: headings this like an alias are proposed


@dataclass(frozen=True)
class Tidy:
    """A layer's rows under canonical columns.

    Attributes
    ----------
    frame
        The rows that may count.
    aside
        The rows that may not.
    issues
        What is wrong, and what reading has to say.
    skipped
        The lines of the files that are no rows of data: (file, sheet, row, text).
    either_order
        Whether longitude and latitude may come either way round: nobody has named an order.
    coordinates
        The headings of the coordinates, which may name a datum; None where there are none.
    unread
        The cells that say something which gave no value, or a wrong one (`UNREAD`): `column` is the
        canonical one. Rows with such a cell may count all the same.
    """

    frame: pd.DataFrame
    aside: pd.DataFrame
    issues: tuple[Issue, ...]
    skipped: tuple[tuple[str, str, int, str], ...] = ()
    either_order: bool = False
    coordinates: CoordinateSet | None = None
    unread: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=UNREAD))


def tidy(raw: pd.DataFrame, headings: Headings, schema: Schema, layer: str) -> Tidy:
    """Bring the raw rows of one table under the schema's columns and say what is wrong with them.

    Parameters
    ----------
    raw
        Text columns under the file's own headings, with the columns `file`, `sheet`, `row`
        of `PROVENANCE` (and perhaps `geometry`, which passes through).
    headings
        What the headings mean, as they were matched where the table was read.
    layer
        The layer's key, for the issues.

    Returns
    -------
    tidied
        `frame` has the canonical columns that were found: text, `datetime64` for dates (a year
        or month alone counts as its last day for a `from` bound, its first for an `until`; how
        precise it was is in `opened_on_precision` and the like, where not every day is given),
        `float64` for numbers and areas (m²), tuples for multiple choices, `lon` and `lat` as
        numbers and `coarse` where they have too few decimals. Order is that of `raw`; its rows
        and those of `aside` are together all of them.
    """
    notes = Notes(layer, raw, schema)
    _note_columns(notes, schema, headings)
    _note_coordinates(notes, headings, shapes="geometry" in raw)
    frame = raw[[*PROVENANCE, *(["geometry"] if "geometry" in raw else [])]].copy()
    raw = _split_pairs(_join_parts(raw, headings.found), headings.found)
    raw, found = split_ranges(raw, headings.found, schema)
    headings = replace(headings, found=found)
    bad = _read_columns(frame, raw, headings, notes)
    bad |= _read_both(frame, raw, headings, notes)
    take_middles(frame)
    bad |= note_impossible(frame, headings.found, notes)
    _fall_back(frame, schema)
    either = either_order(headings.found, schema)
    at = {c: h for c, h in headings.found.items() if c in COORDINATES}
    both = CoordinateSet(at) if at else None
    issues, more = tuple(notes.issues), {"either_order": either, "coordinates": both}
    unread = _unread(issues, headings.found)
    return Tidy(without(frame, bad), frame[bad], issues, unread=unread, **more)


def _unread(issues: Iterable[Issue], found: Mapping[str, str]) -> pd.DataFrame:
    """The cells without a value, under the canonical names of their columns."""
    called = {clean_text(heading): column for column, heading in found.items()}
    rows = [
        (i.file, i.sheet, i.row, called.get(i.column, i.column), i.value)
        for i in issues
        if i.row is not None and i.rule in _UNREAD
    ]
    return pd.DataFrame(rows, columns=UNREAD)


def _join_parts(raw: pd.DataFrame, found: Mapping[str, str]) -> pd.DataFrame:
    """Degrees, minutes and seconds in columns of their own are put together under the degrees."""
    for whole, parts in PARTS.items():
        if whole in found and any(c in found for c in parts):
            minutes, seconds = (raw[found[c]] if c in found else None for c in parts)
            raw = raw.assign(**{found[whole]: join_parts(raw[found[whole]], minutes, seconds)})
    return raw


def _split_pairs(raw: pd.DataFrame, found: Mapping[str, str]) -> pd.DataFrame:
    """Cells of the longitude column that hold both coordinates are parted."""
    if not {"lon", "lat"} <= found.keys():
        return raw
    lon, lat = found["lon"], found["lat"]
    return raw.assign(**dict(zip((lon, lat), part_pairs(raw[lon], raw[lat]), strict=True)))


def _read_columns(frame: pd.DataFrame, raw: pd.DataFrame, headings: Headings, notes: Notes) -> Mask:
    """Read every column but that of both coordinates; give the rows that may not count."""
    schema = notes.schema
    bad, coarse = np.zeros(len(raw), dtype=bool), dict[str, Mask]()
    units = area_unit_column(headings.others)
    for name, heading in headings.found.items():
        column = schema.columns.get(name, Column(name, (heading,)))
        if column.type == "pair" or name in _PARTS:
            continue
        cells = raw[heading]
        if column.type == "area":
            cells = with_units(cells, heading, raw[units] if units else None)
        elif column.type == "number" and name != "year":
            cells = with_multiples(cells, heading, raw[units] if units else None)
        if column.type in {"lon", "lat"}:
            frame[name], few, wrong = read_degrees(cells, notes)
            coarse.setdefault(column.type, few)  # of where a range begins
        else:
            frame[name], wrong = read_values(cells, column, notes)
        if schema.decides(column):
            bad |= wrong
        if column.type == "date" and (given := read_precision(cells, column)) is not None:
            frame[f"{name}_precision"] = given
    if {"lon", "lat"} <= set(frame.columns):
        frame["coarse"] = coarse["lon"] & coarse["lat"]
    return bad


def _note_columns(notes: Notes, schema: Schema, headings: Headings) -> None:
    for heading in headings.personal:
        said = f"列“{heading}”疑似个人信息，已丢弃，不进入任何输出"
        notes.column(heading, "E15", said, "报送前请删除该列")
    unused = [h for h in headings.others if not is_counter(h)]
    proposed = propose_columns(unused, schema, headings.found)
    for column in schema.columns.values():
        near = [f"“{h}”" for h, c in proposed.items() if c == column.id]
        if column.expected and column.id not in headings.found:
            said = f"没有“{column.names[0]}”列；可用的列名：{'、'.join(column.names[:4])}"
            said += f"；相近的列：{'、'.join(near)}" if near else ""
            how = f'{column.id} = "{near[0][1:-1]}"' if near else "该列"
            fix = f"补上该列，或在 catalog.toml 的 columns 中写 {how}"
            notes.column(column.names[0], "E01", said, fix)
        elif near and not looks_like_coordinates(near[0][1:-1]):
            said = f"列{near[0]}没有认出，未使用；疑为“{column.names[0]}”"
            fix = f'如是，在 catalog.toml 的 columns 中写 {column.id} = "{near[0][1:-1]}"'
            notes.column(near[0][1:-1], "W13", said, fix)


def _note_coordinates(notes: Notes, headings: Headings, *, shapes: bool) -> None:
    """Name the columns that look like coordinates, where the layer might have had use for them."""
    if shapes or not {"lon", "lat"} <= notes.schema.columns.keys():
        return
    at = {c: h for c, h in headings.found.items() if c in COORDINATES}
    used = f"（坐标取自{CoordinateSet(at).headings}）" if at else ""
    for heading in filter(looks_like_coordinates, headings.others):
        said = f"列“{heading}”像是坐标，没有使用{used}"
        fix = "如应使用，在 catalog.toml 的 columns 中写明哪一列是 lon、lat（同在一列的写 lonlat）"
        notes.column(heading, "W13", said, fix)


def propose_columns(unused: list[str], schema: Schema, found: Mapping[str, str]) -> dict[str, str]:
    """Unused heading → the column it is most like, among those not found; never taken by itself."""
    names = {
        heading_key(n): c.id for c in schema.columns.values() if c.id not in found for n in c.names
    }
    if len(unused) > 200 or not names:  # no ledger of a county: not worth the time
        return {}
    proposed = {}
    for heading in unused:
        best = process.extractOne(
            heading_key(heading), list(names), scorer=fuzz.ratio, score_cutoff=_NEAR
        )
        if best:
            proposed[heading] = names[best[0]]
    return proposed


def _both_column(found: Mapping[str, str], schema: Schema) -> str:
    """The column that holds both coordinates, or ""."""
    known = (c for c in found if c in schema.columns)
    return next((c for c in known if schema.columns[c].type == "pair"), "")


def either_order(found: Mapping[str, str], schema: Schema) -> bool:
    """Whether the headings leave the order of the coordinates open.

    X is the northing to a surveyor and the longitude to a programmer: no order to break. Nor has
    one column of both any, unless two columns beside it say what is what.
    """
    apart, one = {"lon", "lat"} <= found.keys(), bool(_both_column(found, schema))
    axis = read_axis(found["lon"]) if apart else None
    return not apart if one else axis is not None and axis.plane


def _read_both(frame: pd.DataFrame, raw: pd.DataFrame, headings: Headings, notes: Notes) -> Mask:
    """Fill `lon`, `lat` and `coarse` from the column that holds both, where theirs are empty."""
    one = _both_column(headings.found, notes.schema)
    if not one:
        return np.zeros(len(raw), bool)
    cells = raw[headings.found[one]]
    apart = {"lon", "lat"} <= set(frame.columns)
    if apart:  # only for the rows whose own columns are empty
        empty = frame["lon"].isna() & frame["lat"].isna()
        cells = as_text(cells).where(empty, "")
    lon, lat, coarse, wrong = read_pairs(cells, notes)
    if apart:
        lon, lat = frame["lon"].fillna(lon), frame["lat"].fillna(lat)
        coarse |= frame["coarse"].to_numpy()
    frame["lon"], frame["lat"], frame["coarse"] = lon, lat, coarse
    return wrong


def _fall_back(frame: pd.DataFrame, schema: Schema) -> None:
    for column, other in schema.fallback.items():
        if other.column not in frame or any(c not in frame for c in other.when):
            continue
        due = np.logical_and.reduce([frame[c].isin(v) for c, v in other.when.items()])
        if column not in frame:
            frame[column] = pd.Series("", frame.index, dtype="str")
        frame[column] = frame[column].where(~(due & (frame[column] == "")), frame[other.column])
