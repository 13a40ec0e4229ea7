"""The rows of a layer that were put aside, with all that could be read of them, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from hbgeo.alike import number_sequences, number_together, numbered
from hbgeo.arrays import Mask
from hbgeo.read.cell.column import as_objects
from hbgeo.read.cell.coordinates import CHINA
from hbgeo.read.issues import PROVENANCE, UNREAD, Issue
from hbgeo.read.units.naming import Named

SERVED = "served"  # column of cells of which a part names nobody
PLACE, TWICE, COPY = (
    "place",
    "twice",
    "copy",
)  # in `why`: no place at all; see `LayerTable.left_out`


def reasons_of_naming(named: Named, bad: Mask) -> pd.Series:
    """The columns in which each row that is put aside names a unit wrongly, joined by a comma."""
    wrong = named.texts(
        lambda one: ",".join(dict.fromkeys(p.column for p in one.problems if p.severity == "error"))
    )
    return wrong.where(pd.Series(bad, wrong.index), "")


def leave_out(
    frame: pd.DataFrame, named: Named, bad: Mask, reasons: Mapping[str, Mask]
) -> pd.DataFrame:
    """Take the rows that are put aside when they are tied to units.

    Parameters
    ----------
    frame
        The rows tied, with the codes of the units they name.
    reasons
        What is wrong beside the naming → the rows of which it is so.
    """
    at = np.flatnonzero(bad)
    why = reasons_of_naming(named.some(at), np.ones(len(at), dtype=bool))
    for reason, rows in reasons.items():
        more = why.where(why == "", why + ",") + reason
        why = why.where(~pd.Series(np.asarray(rows)[at], why.index), more)
    return frame[bad].assign(why=why)


def leave_aside(tied: pd.DataFrame, named: Named) -> pd.DataFrame:
    """Take the rows that reading put aside, which may besides name their unit wrongly, or none.

    Parameters
    ----------
    tied
        Those rows, with the codes of the units they name.
    """
    wrong = reasons_of_naming(named, np.ones(len(tied), dtype=bool))
    if "x" in tied:
        nowhere = named.mark(lambda one: not (one.county or one.township or one.village))
        nowhere &= tied["x"].isna().to_numpy()
        wrong = wrong.where(~(pd.Series(nowhere, wrong.index) & (wrong == "")), PLACE)
    return tied.assign(why=wrong.to_numpy())


def _with_cells(rows: pd.DataFrame, unread: pd.DataFrame) -> pd.DataFrame:
    """Rows that were left out, with the columns of their cells that could not be read before."""
    cells = unread.drop_duplicates([*PROVENANCE, "column"])
    place, told = number_together([rows, cells], PROVENANCE)
    of, columns = pd.factorize(cells["column"])
    cell, known = number_sequences(told, of, int(max(place.max(), told.max(initial=-1))) + 1)
    number = numbered([pd.Series(cell[place]), rows["why"].reset_index(drop=True)])
    first = np.unique(number, return_index=True)[1]
    said = [",".join(columns[k] for k in known[at]) for at in cell[place[first]].tolist()]
    both = zip(said, rows["why"].iloc[first].tolist(), strict=True)
    why = as_objects([",".join(filter(None, parts)) for parts in both])[number]
    return rows.assign(why=pd.Series(why, rows.index, dtype="str"))


def with_served(unread: pd.DataFrame, issues: Iterable[Issue]) -> pd.DataFrame:
    """The cells that gave no value, with those of 服务范围 of which a part names nobody."""
    missed = [(i.file, i.sheet, i.row, SERVED, i.value) for i in issues if i.rule == "W06"]
    more = pd.DataFrame(missed, columns=UNREAD)
    return pd.concat([unread, more], ignore_index=True) if missed else unread


def together(unread: pd.DataFrame, aside: pd.DataFrame, left: pd.DataFrame) -> pd.DataFrame:
    """All rows left out: those that reading put aside, then those left when tying."""
    if aside.empty or left.empty:
        whole = left if aside.empty else aside
    else:
        whole = pd.concat([_plain(aside), _plain(left)])
    whole = _with_points(_plain(whole)).reset_index(drop=True)
    return _with_cells(whole, unread) if len(whole) else whole


def _with_points(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with the points that are some: numbers typed in a coordinate's place stay nowhere."""
    rows = rows.drop(columns=["lon", "lat", "coord_sys", "coarse", "geometry"], errors="ignore")
    if "x" not in rows or "y" not in rows:
        return rows
    west, south, east, north = CHINA
    here = rows["x"].between(west, east) & rows["y"].between(south, north)
    return rows.assign(x=rows["x"].where(here), y=rows["y"].where(here))


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows whose columns are numbers, dates, texts or tuples of texts: what can be kept."""
    made = {}
    for name, column in rows.items():
        if isinstance(column.dtype, pd.CategoricalDtype):
            made[name] = column.astype("str").fillna("")
        elif column.dtype == np.dtype(object):
            made[name] = _texts(column)
    return rows.assign(**{str(name): column for name, column in made.items()})


def _texts(column: pd.Series) -> pd.Series:
    values = column.tolist()
    if any(isinstance(value, tuple) for value in values):
        lists = np.empty(len(values), dtype=object)
        lists[:] = [value if isinstance(value, tuple) else () for value in values]
        return pd.Series(lists, column.index)
    return pd.Series(["" if pd.isna(v) else str(v) for v in values], column.index, dtype="str")
