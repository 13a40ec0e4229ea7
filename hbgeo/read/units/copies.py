"""Facilities told twice: a sheet that sums up its neighbours, a copy of a file or a sheet."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hbgeo.alike import numbered
from hbgeo.arrays import Mask, Numbers
from hbgeo.read.cell.column import contains
from hbgeo.read.cell.personal import HIDDEN
from hbgeo.read.issues import PROVENANCE, Issue, Notes
from hbgeo.read.units.ids import counts_up, said_columns

_Place = tuple[str, str, str, int]  # name, file, sheet, row


def told_twice(frame: pd.DataFrame, counts: Mask, notes: Notes, *, kept: bool = False) -> Mask:
    """Mark and say the rows that another sheet has already, where a sheet stands in others whole.

    Rows are the same that agree in name, place and all else but the number of a form. Rows that are
    alike within one sheet (ten door plates of a street) are no evidence. A few rows of a sheet
    that another has as well are only said.

    Parameters
    ----------
    counts
        The rows that would count.
    kept
        Whether rows marked stay where they are, so that they are only warned of.
    """
    twice = np.zeros(len(frame), bool)
    sheets = numbered([frame["file"], frame["sheet"]])
    known = np.flatnonzero(counts & _is_named(frame))
    if not len(known) or sheets.min() == sheets.max():
        return twice
    names = [frame[c].iloc[known] for c in ("name", "township_code") if c in frame]
    things = numbered(names)  # few are told in two sheets: the rest need no closer look
    known = known[_in_two(things, sheets[known])]
    if not len(known):
        return twice
    rows = frame.iloc[known]
    facility = numbered([_lasting_ids(rows), *(rows[c] for c in said_columns(rows))])
    alike = _elsewhere(facility, sheets[known])
    known, facility = known[alike], facility[alike]
    many, all_rows = (np.bincount(sheets[at], minlength=sheets.max() + 1) for at in (known, np.flatnonzero(counts)))  # fmt: skip
    whole = (many == all_rows)[sheets[known]]
    sure = np.isin(facility, facility[whole])
    first = pd.Series(known).groupby(facility).transform("min").to_numpy()
    again = known != first
    twice[known[again & sure]] = True
    pairs = zip(*(_places(frame, at[again]) for at in (known, first)), strict=True)
    for (row, other), certain in zip(pairs, sure[again].tolist(), strict=True):
        _note(row, other, notes, certain=certain, kept=kept)
    return twice


def _places(frame: pd.DataFrame, at: Numbers) -> list[_Place]:
    """What some rows are called, and where they stand."""
    return [*frame.iloc[at][["name", *PROVENANCE]].itertuples(index=False, name=None)]


def _is_named(frame: pd.DataFrame) -> Mask:
    """Mark the rows that name a facility and a place."""
    if "name" not in frame:
        return np.zeros(len(frame), bool)
    placed = frame["x"].notna().to_numpy() if "x" in frame else np.zeros(len(frame), bool)
    for column in ("township", "township_code", "village_code"):
        if column in frame:
            placed = placed | (frame[column] != "").to_numpy()
    named = (frame["name"] != "").to_numpy() & ~contains(frame["name"], HIDDEN)
    return np.asarray(placed & named)


def _in_two(things: Numbers, sheets: Numbers) -> Mask:
    """Mark the rows whose thing stands in two sheets at least."""
    size = int(things.max(initial=-1)) + 1
    least, most = np.full(size, sheets.max()), np.zeros(size, sheets.dtype)
    np.minimum.at(least, things, sheets)
    np.maximum.at(most, things, sheets)
    return np.asarray((least < most)[things])


def _lasting_ids(rows: pd.DataFrame) -> pd.Series:
    """The ids that tell facilities apart anywhere; not those that only number a form's lines."""
    own = rows.get("id", pd.Series("", rows.index, dtype="str"))
    return own.where(~own.map(counts_up).to_numpy(bool) & ~contains(own, HIDDEN), "")


def _elsewhere(things: Numbers, sheets: Numbers) -> Mask:
    """Mark the rows whose thing stands once in their own sheet, and in another as well."""
    table = pd.DataFrame({"thing": things, "sheet": sheets})
    once = ~table.duplicated(keep=False)
    several = table["thing"].duplicated(keep=False)
    return np.asarray((once & table["thing"].isin(table["thing"][once & several])).to_numpy())


def _note(row: _Place, other: _Place, notes: Notes, *, certain: bool, kept: bool) -> None:
    (name, file, sheet, number), (_, *elsewhere, line) = row, other
    where = " ".join(p for p in elsewhere if p) + f" 第{line}行"
    here = " ".join(p for p in (file, sheet) if p)
    said = f"第{number}行 {here} 的“{name}”与 {where}内容相同"
    said += "，是同一批设施的汇总或副本" if certain else "，疑似重复设施，照常计入"
    said += "，只计一次" if certain and not kept else ""
    fix = "删去汇总表或副本，或在 catalog.toml 中写 layer 只读一个工作表"
    rule, severity = ("E12", "error") if certain and not kept else ("W04", "warning")
    cell = (notes.layer, file, sheet, int(number), "名称", str(name))
    notes.issues.append(Issue(*cell, rule, severity, said, fix))
