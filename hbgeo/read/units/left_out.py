"""The rows of a layer that were put aside, with all that could be read of them, and why."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.read.issues import PROVENANCE
from hbgeo.read.schema.tidy import Tidy
from hbgeo.read.units.naming import Named

PLACE, TWICE, COPY = "place", "twice", "copy"  # in `why`: no place at all; see `LayerTable.left_out`


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
    why = reasons_of_naming(named, bad)
    for reason, rows in reasons.items():
        more = why.where(why == "", why + ",") + reason
        why = why.where(~pd.Series(rows, why.index), more)
    return frame.assign(why=why)[bad]


def with_reasons(aside: pd.DataFrame, unread: pd.DataFrame) -> pd.DataFrame:
    """The rows that reading put aside, with the columns whose cells could not be read as `why`."""
    wrong = unread.drop_duplicates([*PROVENANCE, "column"])
    joined = wrong.groupby(PROVENANCE, sort=False)["column"].agg(",".join)
    if not len(joined):
        return aside.assign(why="")
    where = pd.MultiIndex.from_frame(aside[PROVENANCE].astype({"row": np.int64}))
    joined.index = joined.index.set_levels(joined.index.levels[2].astype(np.int64), level=2)
    return aside.assign(why=joined.reindex(where).fillna("").to_numpy())


def leave_aside(made: Tidy, tied: pd.DataFrame, named: Named) -> pd.DataFrame:
    """Take the rows that reading put aside, which may besides name their unit wrongly, or none.

    Parameters
    ----------
    tied
        Those rows, with the codes of the units they name.
    """
    told = with_reasons(tied, made.unread)
    wrong = reasons_of_naming(named, np.ones(len(tied), dtype=bool))
    if "x" in tied:
        nowhere = named.mark(lambda one: not (one.county or one.township or one.village))
        nowhere &= tied["x"].isna().to_numpy()
        wrong = wrong.where(~(pd.Series(nowhere, wrong.index) & (wrong == "")), PLACE)
    both = told["why"].to_numpy(object) + np.where(wrong == "", "", "," + wrong).astype(object)
    return told.assign(why=[why.strip(",") for why in both])


def together(aside: pd.DataFrame, left: pd.DataFrame) -> pd.DataFrame:
    """All rows left out: those that reading put aside, then those left when tying."""
    if aside.empty or left.empty:
        whole = left if aside.empty else aside
    else:
        lists = [c for c in left if left[c].dtype == object or aside.get(c, left[c]).dtype == object]
        whole = pd.concat([f.astype(dict.fromkeys(lists, object), errors="ignore") for f in (aside, left)])
    return whole.reset_index(drop=True)
