"""A layer as it is measured and shown: its rows, and all that a figure made from them must say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.read.catalog import LEVEL_NAMES, Layer
from hbgeo.read.columns import Columns
from hbgeo.read.issues import PROVENANCE, UNREAD, Issue, issue_rows
from hbgeo.read.schema.records import Schema, read_schema

SENDER_COLUMNS = [*PROVENANCE, "county_code"]


@dataclass(frozen=True)
class LayerTable:
    """A layer: its rows, tied to the units they name, and what is known of it as a whole.

    Attributes
    ----------
    frame
        Units and places indexed by code, facilities by id, tables by position.
    schema
        The name of its schema, which need not be its key.
    level
        Of units, places and tables; "" for facilities.
    year
        Of a table of yearly figures that has no column of years.
    aside, apart
        How many rows an error put aside, and how many places have no parent unit.
    issues
        What reading found wrong, one row a problem (`ISSUE_COLUMNS`).
    senders
        Which county each row names, those put aside among them: its problems go back there.
    population_sample
        For units: whether their population is invented.
    left_out
        Of facilities and tables: the rows that were put aside, under the columns of `frame` as far
        as they could be read, and `why`: the canonical columns that are wrong, joined by a comma
        (`point` for coordinates, `place` for none at all, `twice` where rows of one id contradict
        each other, `copy` of a row that is told elsewhere).
    unread
        The cells of any row that gave no value, or a wrong one (`read.issues.UNREAD`).
    """

    key: str
    frame: pd.DataFrame
    title: str = ""
    schema: str = "facility"
    level: str = ""
    source: str = ""
    sample: bool = False
    approximate: bool = False
    year: int | None = None
    aside: int = 0
    apart: int = 0
    issues: pd.DataFrame = field(default_factory=lambda: issue_rows(()))
    senders: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=SENDER_COLUMNS))
    population_sample: bool = False
    left_out: pd.DataFrame = field(default_factory=pd.DataFrame)
    unread: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=UNREAD))

    def __contains__(self, column: object) -> bool:
        """Whether the layer has a column."""
        return column in self.frame

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.frame)

    @property
    def kind(self) -> Schema:
        """The schema by whose columns its rows are known."""
        return read_schema(self.schema)

    @cached_property
    def columns(self) -> Columns:
        """Its columns of texts, each numbered when it is first asked for."""
        return Columns(self.frame)

    def where(self, rows: Mask) -> LayerTable:
        """Some of the rows, as a plain frame, which is cut and read in a fraction of the time."""
        plain = pd.DataFrame(self.frame)
        return replace(self, frame=plain if rows.all() else plain[rows])

    def assign(self, **columns: Any) -> LayerTable:
        """The same layer with further columns."""
        return replace(self, frame=self.frame.assign(**columns))


def of_layer(
    layer: Layer, frame: pd.DataFrame, issues: Iterable[Issue] = (), **more: Any
) -> LayerTable:
    """Make the record of a layer of the catalogue.

    Parameters
    ----------
    more
        Further attributes: `aside`, `apart`, `senders`.
    """
    return LayerTable(
        key=layer.key,
        frame=frame,
        title=title_of(layer),
        schema=layer.schema,
        level=layer.level,
        source=layer.source,
        sample=layer.sample,
        approximate=layer.approximate,
        year=layer.year,
        issues=issue_rows(issues),
        **more,
    )


def title_of(layer: Layer) -> str:
    """What a layer is called: units by their level, everything else by its kind."""
    return LEVEL_NAMES[layer.level] if layer.role == "units" else read_schema(layer.schema).title


def to_frames(table: LayerTable) -> list[pd.DataFrame]:
    """What reading made of a layer, as frames to be kept; the catalogue knows the rest."""
    counts = pd.DataFrame({"aside": [table.aside], "apart": [table.apart]})
    texts = dict.fromkeys(set(UNREAD) - {"row"}, "str")
    unread = table.unread.astype(texts | {"row": "int64"})
    return [table.frame, table.senders, table.issues, counts, table.left_out, unread]


def from_frames(layer: Layer, frames: Sequence[pd.DataFrame]) -> LayerTable:
    """The layer that `to_frames` took apart."""
    frame, senders, issues, counts, left_out, unread = frames
    aside, apart = (int(counts[c].iloc[0]) for c in ("aside", "apart"))
    made = of_layer(layer, frame, aside=aside, apart=apart, senders=senders)
    return replace(made, issues=issues, left_out=left_out, unread=unread)
