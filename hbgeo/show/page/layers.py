"""A facility layer for the page: its points, and what is known of each facility."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.schema import Schema, read_schema
from hbgeo.show.page.facilities import SYMBOLS, Points, encode_points, symbol_of, working_states
from hbgeo.show.page.pack import Part, pack, texts

DETAIL_LIMIT = 200_000  # larger layers carry the facts only of the rows that do not count
FACT_COLUMNS = ("name", "kind", "status", "opened_on", "closed_on", "county", "township", "village")
# never shown twice, or not for the eye
_HIDDEN = {"id", "x", "y", "file", "sheet", "row", "works", "crs", *FACT_COLUMNS}


@dataclass(frozen=True)
class PageLayer:
    """One layer in the order in which the page numbers its rows.

    Attributes
    ----------
    frame
        The rows: the ledger's order, which packs best; of a large layer the points' order, so
        that no table of positions is needed.
    points
        The encoded points; `points.order` are positions in `frame`.
    whole
        Whether every row's facts go into the page.
    """

    key: str
    frame: pd.DataFrame
    points: Points
    whole: bool

    @property
    def schema(self) -> Schema:
        """The layer's kind."""
        return read_schema(str(self.frame.attrs.get("schema") or self.key))

    @property
    def title(self) -> str:
        """The layer's name on the page."""
        return title_of(self.key, self.frame)

    def positions(self, ids: pd.Series) -> NDArray[np.int64]:
        """Where facilities stand in the page's order; -1 where there is none."""
        return np.asarray(self.frame.index.get_indexer(pd.Index(ids)), dtype=np.int64)


def make_layer(key: str, layer: pd.DataFrame, *, details: bool = False) -> PageLayer:
    """Order a layer's rows and encode its points; `details` keeps the facts of any number."""
    points = encode_points(layer)
    whole = details or len(layer) <= DETAIL_LIMIT
    if whole:
        return PageLayer(key, layer, points, whole)
    ordered = layer.iloc[points.order]
    ordered.attrs = layer.attrs
    in_place = Points(np.arange(len(layer)), points.meta, points.planes)
    return PageLayer(key, ordered, in_place, whole)


def title_of(key: str, frame: pd.DataFrame | None) -> str:
    """What a layer is called: as it says, else by its level, else by its kind."""
    given = None if frame is None else frame.attrs.get("title")
    return str(given or LEVEL_NAMES.get(key) or read_schema(key).title)


def layer_head(layer: PageLayer) -> dict[str, Any]:
    """What the page shows of a layer before anything is decoded."""
    frame = layer.frame
    working = working_states(frame)
    states = frame["status"].fillna("") if "status" in frame else pd.Series("", frame.index)
    counts = states.value_counts(sort=False)
    return {
        "key": layer.key,
        "title": layer.title,
        "rows": len(frame),
        "grid": layer.points.meta,
        "whole": layer.whole,
        "states": [
            [str(state) or "状态未填", int(n), SYMBOLS[symbol_of(str(state), working)]]
            for state, n in sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))
        ],
    }


def points_part(layer: PageLayer) -> str:
    """The planes of the points, and behind them which row each is."""
    planes = layer.points.planes
    if not layer.whole or not layer.points.meta["n"]:
        return pack(planes)
    order = layer.points.order[: layer.points.meta["n"]]
    rows = [(order >> 8 * byte & 255).astype(np.uint8).tobytes() for byte in range(4)]
    return pack(b"".join([planes, *rows]))


def facts_part(layer: PageLayer, villages: pd.DataFrame | None) -> str:
    """What is known of each facility, column by column, under Chinese headings.

    Parameters
    ----------
    villages
        Names that need not stand twice: a village column that agrees with the codes is stored
        as positions in it.
    """
    part = Part()
    kept = np.arange(len(layer.frame)) if layer.whole else _troubled(layer.frame)
    frame = layer.frame.iloc[kept]
    schema = layer.schema
    extra = [c for c in frame.columns if c in schema.columns and not _is_hidden(c)]
    seen: dict[str, list[str]] = {}
    columns = {
        column: _column(part, frame, column, seen, villages)
        for column in [*FACT_COLUMNS, *extra]
        if column in frame
    }
    return part.pack(
        {
            "rows": None if layer.whole else part.steps(kept),
            "count": len(frame),
            "id": part.column(str(one) for one in frame.index),
            "works": part.whole(frame["works"].to_numpy(bool)) if "works" in frame else None,
            "columns": columns,
            "extra": [[schema.heading(c), c] for c in extra if _says_something(frame[c])],
            "ledger": [part.column(frame[c]) for c in ("file", "sheet", "row") if c in frame],
        }
    )


def _troubled(frame: pd.DataFrame) -> NDArray[np.int64]:
    """Rows worth a planner's look: those that do not count."""
    if "works" not in frame:
        return np.arange(0)
    return np.flatnonzero(~frame["works"].to_numpy(bool))


def _is_hidden(column: str) -> bool:
    return column in _HIDDEN or column.endswith("_code")


def _says_something(column: pd.Series) -> bool:
    return any(text != "" for text in texts(column.drop_duplicates() if _flat(column) else column))


def _flat(column: pd.Series) -> bool:
    return not column.map(lambda cell: isinstance(cell, list | tuple)).any()


def _column(
    part: Part,
    frame: pd.DataFrame,
    column: str,
    seen: dict[str, list[str]],
    villages: pd.DataFrame | None,
) -> Mapping[str, Any]:
    """A column, or a pointer to where the same texts already stand."""
    shown = texts(frame[column])
    for other, same in seen.items():
        if same == shown and len(shown) > 1:
            return {"same": other}
    seen[column] = shown
    if column == "village" and villages is not None and "village_code" in frame:
        at = villages.index.get_indexer(pd.Index(frame["village_code"]))
        names = [*texts(villages["name"]), ""]
        if [names[i] for i in at] == shown:
            return {"villages": part.steps(at)}
    return part.column(shown)
