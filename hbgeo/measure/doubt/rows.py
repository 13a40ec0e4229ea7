"""Rows of a layer and rows that were left out of it, as one frame; and where a told row stands."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from hbgeo.measure.doubt.question import Whole
from hbgeo.read.issues import PROVENANCE
from hbgeo.read.table import LayerTable
from hbgeo.read.units.left_out import COPY, TWICE

_ABOVE = ("county_code", "township_code")  # of rows of tables that were left out
_OBJECT = np.dtype(object)


def positions_of(frame: pd.DataFrame, where: pd.DataFrame) -> Whole:
    """The position in a layer of each row told by file, sheet and number; -1 for none."""
    if where.empty or frame.empty:
        return np.full(len(where), -1, dtype=np.int64)
    some = np.flatnonzero(frame["row"].isin(where["row"].astype(np.int64)).to_numpy())
    index = pd.MultiIndex.from_frame(frame[PROVENANCE].iloc[some].astype({"row": np.int64}))
    asked = pd.MultiIndex.from_frame(where[PROVENANCE].astype({"row": np.int64}))
    found = index.get_indexer_for(asked) if index.is_unique else _first(index, asked)
    return np.append(some, -1)[found].astype(np.int64)


def _first(index: pd.MultiIndex, asked: pd.MultiIndex) -> Whole:
    """As `get_indexer`, where rows of several sheets may be called the same."""
    once = ~index.duplicated()
    return np.append(np.flatnonzero(once), -1)[index[once].get_indexer_for(asked)]


def left_out(layer: LayerTable) -> pd.DataFrame:
    """The rows that were left out for a doubt: no copies of rows that count."""
    left = layer.left_out
    if left.empty:
        return left
    number, words = pd.factorize(left["why"], use_na_sentinel=False)
    why = [str(said).split(",") for said in words]
    copy, twice = (
        np.array([of in some for some in why], dtype=bool)[number] for of in (COPY, TWICE)
    )
    if "id" in left:
        copy |= twice & left["id"].isin(layer.frame.index).to_numpy()
    return left[~copy & (left["why"] != "").to_numpy()].reset_index(drop=True)


def stacked(base: pd.DataFrame, left: pd.DataFrame) -> pd.DataFrame:
    """Rows of the layer and rows left out as one frame, under the columns of the layer."""
    if "unit_code" not in base:
        base = base.rename_axis("id").reset_index()
    base = base.assign(why="")
    if left.empty:
        return base.reset_index(drop=True)
    columns = {}
    for name in dict.fromkeys([*base, *_more(left)]):
        own = base[name] if name in base else pd.Series("", base.index, dtype="str")
        other = left.get(name)
        if other is None:
            other = pd.Series([_blank(own)] * len(left))
        if isinstance(own.dtype, pd.CategoricalDtype):
            own, other = own.astype("str"), other.astype("str").fillna("")
        columns[name] = _below(own, other)
    whole = pd.DataFrame(columns)
    texts = {c: "str" for c in whole if c not in base}
    kinds = texts | {
        c: "str" if isinstance(t, pd.CategoricalDtype) else t for c, t in base.dtypes.items()
    }
    return whole.astype({c: t for c, t in kinds.items() if t != _OBJECT})


def _below(own: pd.Series, other: pd.Series) -> Any:
    """Two columns, one below the other, under the kind that both have, or as plain values."""
    if own.dtype == other.dtype:
        return pd.concat([own, other], ignore_index=True)
    return np.concatenate([own.to_numpy(object), other.to_numpy(object)])


def _more(left: pd.DataFrame) -> list[str]:
    """The columns of rows left out that matter even where no row that counts has them."""
    return [str(c) for c in left if c in _ABOVE or str(c).endswith("_precision")]


def _blank(column: pd.Series) -> Any:
    if pd.api.types.is_datetime64_any_dtype(column):
        return pd.NaT
    if pd.api.types.is_numeric_dtype(column):
        return np.nan
    return () if column.dtype == _OBJECT and any(isinstance(v, tuple) for v in column) else ""
