"""A facility layer for the page: its points, and what is known of each facility."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.arrow import find_texts
from hbgeo.read.cell.text import in_sentence
from hbgeo.read.schema.records import Schema
from hbgeo.read.table import LayerTable
from hbgeo.show.page.cells import Texts, read_off, texts
from hbgeo.show.page.pack import PartWriter, pack, planes_of
from hbgeo.show.page.points import (
    SYMBOLS,
    EncodedPoints,
    encode_points,
    states_of,
    symbol_of,
    working_states,
)

DETAIL_LIMIT = 200_000  # larger layers carry the facts only of the rows that do not count
SIGNS = "sign"  # the schema of layers whose rows are drawn as the signs that they are
FACT_COLUMNS = ("name", "kind", "status", "opened_on", "closed_on", "county", "township", "village")
_LEDGER = ("file", "sheet", "row")
_BESIDE = (*_LEDGER, "works", "village_code")
# never shown twice, or not for the eye
_HIDDEN = {"id", "x", "y", "works", "crs", *_LEDGER, *FACT_COLUMNS}


@dataclass(frozen=True)
class PageLayer:
    """One layer, and what of it goes into the page.

    Attributes
    ----------
    table
        The rows as the ledger has them, with `works`: whether each counts as of the date.
    points
        The encoded points.
    whole
        Whether every row's facts go into the page.
    """

    key: str
    table: LayerTable
    points: EncodedPoints
    whole: bool

    @property
    def frame(self) -> pd.DataFrame:
        """The layer's rows."""
        return self.table.frame

    @property
    def schema(self) -> Schema:
        """The layer's kind."""
        return self.table.kind

    @property
    def numbered(self) -> NDArray[np.int64]:
        """Positions in `frame` of the rows as the page numbers them.

        The ledger's order packs best; that of the points needs no table of where each row is.
        """
        return np.arange(len(self.frame)) if self.whole else self.points.order

    def positions(self, ids: pd.Series | pd.Index) -> NDArray[np.int64]:
        """Where facilities stand in the page's order; -1 where there is none."""
        index = self.frame.index
        if ids is index:
            at = np.arange(len(index))
        elif isinstance(index.array, pd.arrays.ArrowStringArray):  # a million, say
            at = find_texts(ids, index)
        else:
            at = np.asarray(index.get_indexer(pd.Index(ids)), dtype=np.int64)
        if self.whole or not len(at):
            return at
        number = np.empty(len(self.frame) + 1, dtype=np.int64)
        number[self.numbered], number[-1] = np.arange(len(self.frame)), -1
        return number[at]


def make_layer(key: str, table: LayerTable, *, details: bool = False) -> PageLayer:
    """Encode a layer's points; `details` keeps the facts of any number."""
    points = encode_points(table.frame, working_states(table.kind))
    return PageLayer(key, table, points, details or len(table) <= DETAIL_LIMIT)


def layer_head(layer: PageLayer) -> dict[str, Any]:
    """What the page shows of a layer before anything is decoded."""
    frame = layer.frame
    working, states = working_states(layer.schema), states_of(frame)
    counts = np.bincount(states.at, minlength=len(states.distinct)).tolist()
    return {
        "key": layer.key,
        "title": layer.table.title,
        "rows": len(frame),
        "grid": layer.points.meta,
        "whole": layer.whole,
        "signs": layer.table.schema == SIGNS,
        "states": [
            [state or "状态未填", n, SYMBOLS[symbol_of(state, working)]]
            for n, state in sorted(zip(counts, states.distinct, strict=True), key=_most_first)
        ],
    }


def _most_first(counted: tuple[int, str]) -> tuple[int, str]:
    return -counted[0], counted[1]


def points_part(layer: PageLayer) -> str:
    """The planes of the points, and behind them which row each is."""
    planes = layer.points.planes
    if not layer.whole or not layer.points.meta["n"]:
        return pack(planes, noise=True)
    order = layer.points.order[: layer.points.meta["n"]]
    return pack(planes + planes_of(order, 4))


def facts_part(layer: PageLayer, villages: pd.DataFrame | None) -> str:
    """What is known of each facility, column by column, under Chinese headings.

    Parameters
    ----------
    villages
        Names that need not stand twice: a village column that agrees with the codes is stored
        as positions in it.
    """
    part = PartWriter()
    schema, every = layer.schema, layer.frame.columns
    extra = [c for c in every if c in schema.columns and not _is_hidden(c)]
    asked = [*FACT_COLUMNS, *extra]
    carried = layer.numbered if layer.whole else _troubled(layer)
    frame = layer.frame[[c for c in every if c in {*asked, *_BESIDE}]]
    frame = frame if layer.whole else frame.iloc[layer.numbered[carried]]
    shown = {c: read_off(frame[c]) for c in asked if c in frame}
    columns = _columns(part, shown, _village_of(frame, villages))
    return part.pack(
        {
            "rows": None if layer.whole else part.steps(carried),
            "count": len(frame),
            "id": part.column(frame.index.to_series()),
            "works": part.whole(frame["works"].to_numpy(bool)) if "works" in frame else None,
            "columns": columns,
            "extra": [[in_sentence(schema.heading(c)), c] for c in extra if any(shown[c].distinct)],
            "ledger": [part.column(frame[c]) for c in _LEDGER if c in frame],
        }
    )


def _troubled(layer: PageLayer) -> NDArray[np.int64]:
    """The page's numbers of the rows worth a planner's look: those that do not count."""
    if "works" not in layer.frame:
        return np.arange(0)
    works = layer.frame["works"].to_numpy(bool)
    return np.flatnonzero(~works[layer.numbered])


def _is_hidden(column: str) -> bool:
    return column in _HIDDEN or column.endswith("_code")


def _columns(
    part: PartWriter, shown: Mapping[str, Texts], villages: tuple[NDArray[np.int64], Texts] | None
) -> dict[str, Any]:
    """The columns, or a pointer to where the same texts already stand."""
    stored: dict[str, Any] = {}
    for column, cells in shown.items():
        same = [c for c in stored if "same" not in stored[c] and shown[c].same_as(cells)]
        if same and len(cells) > 1:
            stored[column] = {"same": same[0]}
        elif column == "village" and villages and villages[1].same_as(cells):
            stored[column] = {"villages": part.steps(villages[0])}
        else:
            stored[column] = part.column(cells)
    return stored


def _village_of(
    frame: pd.DataFrame, villages: pd.DataFrame | None
) -> tuple[NDArray[np.int64], Texts] | None:
    """By the codes, the position among the villages of each row's (-1: none), and its name."""
    if villages is None or "village_code" not in frame:
        return None
    row, codes = pd.factorize(frame["village_code"])
    at = np.append(villages.index.get_indexer(codes), -1)[row]
    names = np.array([*texts(villages["name"]), ""], dtype=object)
    return at, read_off(pd.Series(names[at], dtype=object))
