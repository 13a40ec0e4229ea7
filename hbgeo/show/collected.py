"""What a collection found, as the workbook, the page and the terminal take it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pandas as pd

from hbgeo.show.words import SAMPLE_MARK

STATES = MISSING, SENT, WRONG, CORRECTED = "未报", "已报", "有误", "已更正"


@dataclass(frozen=True)
class Collected:
    """What a collection found.

    Attributes
    ----------
    states
        County × layer (`hbgeo.collect.states.COLUMNS`).
    titles
        Layer → what it is called.
    balance
        Rows of each layer: read, merged, set aside, and of units only compared.
    aside
        Every row, or whole ledger, that was set aside, and why.
    conflicts
        What counties contradict each other in (`hbgeo.collect.neighbours.COLUMNS`).
    issues
        Every problem that reading found, under the county's own file.
    left
        A line for each entry of the folder of which nothing could be taken, and for each layer
        that the province has itself.
    read, parts
        How many ledgers were read anew, of how many.
    """

    home: Path
    title: str
    states: pd.DataFrame
    titles: Mapping[str, str]
    balance: pd.DataFrame
    aside: pd.DataFrame
    conflicts: pd.DataFrame
    issues: pd.DataFrame
    left: Sequence[str]
    read: int
    parts: int
    sample: bool

    @property
    def mark(self) -> str:
        """What says that rows are invented; "" where none is."""
        return SAMPLE_MARK if self.sample else ""

    def called(self, layer: Hashable) -> str:
        """A layer by what it is called."""
        return self.titles.get(str(layer), str(layer))

    def counted(self) -> str:
        """How many counties sent all, some or nothing, and how many cells are in each state."""
        states = self.states
        sent = states[states["state"] != MISSING]["county_code"].nunique()
        every = states["county_code"].nunique()
        counts = states["state"].value_counts()
        each = "，".join(f"{s} {counts.get(s, 0):,}" for s in STATES)
        late = int(states["late"].sum())
        return f"{every:,} 个县中 {sent:,} 个有报送。按县和图层计：{each}；逾期 {late:,}。"

    def by_county(self) -> Iterator[tuple[str, dict[str, dict[Hashable, Any]]]]:
        """Each county's name, and its rows of `states` by layer."""
        for _, rows in groupby(self.states.to_dict("records"), key=itemgetter("county_code")):
            own = list(rows)
            yield str(own[0]["county"]), {str(row["layer"]): row for row in own}

    def wrong(self) -> list[str]:
        """What counties are to mend, a line each."""
        some = self.states[self.states["why"] != ""].to_dict("records")
        return [f"{r['county']} {self.called(r['layer'])}：{r['why']}" for r in some]
