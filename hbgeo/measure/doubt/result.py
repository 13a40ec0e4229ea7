"""How firm a figure is: its bounds, whether its conclusion holds, and the rows that decide it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from hbgeo.measure.doubt.question import Fewest, Span

DOUBT_COLUMNS = ["layer", "file", "sheet", "row", "kind", "readings", "units", "effect", "turns"]
DOUBT_COLUMNS += ["county_code", "county"]


@dataclass(frozen=True)
class Firmness:
    """What the doubts of the data can make of one indicator.

    Attributes
    ----------
    indicator
        Its id.
    span
        Of the whole figure: of covered demand (presence, reach, flag, chain, capacity), of the
        amount (count, sum), of the percentage (ratio).
    firm
        Whether the conclusion (met or not) holds under every combination of readings: True is
        proven, False if some combination turns it, None where that is open or no target binds.
    parts
        Level (county, prefecture, province) → code → span of the part.
    units
        By unit code: `low`, `high` of `covered` (of `value` for count and sum), of those units only
        for which they differ.
    rows
        The rows in doubt that could change the figure, the one that could change most first:
        `DOUBT_COLUMNS` with `effect` as text (「+1」, 「-1」, 「-1至+2」), `units` as a tuple of codes, `turns` whether it turns
        the conclusion alone; and beside them `id` and `name` (of the facility), `chooser`, `least`, `most` (the
        signed change of the figure that it could make alone, Fractions), `deciding` (0-based place
        in the turning set, -1 outside it).
    turning, settling
        The fewest rows whose other readings turn the conclusion; the fewest that, confirmed as the
        figure has them, leave one that no others can turn. None without a target or where firm.
    unbounded
        What cannot be bounded, in sentences: missing weights, amounts that nobody says.
    largest
        Rows in the largest group of rows and units that had to be looked at together.
    pct
        Of the percentage, where rows in doubt decide which units count; None where all of them are
        known, and the percentage follows from `span`.
    """

    indicator: str
    span: Span
    firm: bool | None
    parts: Mapping[str, Mapping[str, Span]]
    units: pd.DataFrame
    rows: pd.DataFrame
    turning: Fewest | None = None
    settling: Fewest | None = None
    unbounded: tuple[str, ...] = ()
    largest: int = 0
    pct: Span | None = None

    @property
    def open(self) -> bool:
        """Whether the figure could be another one."""
        return self.span.low != self.span.high or bool(self.unbounded)


@dataclass(frozen=True)
class Doubts:
    """The firmness of every indicator that has a figure, and all rows in doubt.

    Attributes
    ----------
    of
        Indicator id → its firmness.
    rows
        Every doubtful row of the layers that the indicators use, one a row and kind: `DOUBT_COLUMNS`
        (`effect` on the `indicator` of which it changes the largest part, "" on none; `turns` the ids
        of the conclusions that it turns alone, joined by 、), `id`, `name`.
    prints
        Indicator id → the fingerprint of all that its firmness rests on; "" where that is not known.
    """

    of: Mapping[str, Firmness] = field(default_factory=dict)
    rows: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=DOUBT_COLUMNS))
    prints: Mapping[str, str] = field(default_factory=dict)
