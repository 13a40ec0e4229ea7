"""What to do next: things that can be done, whom each would cover, and what the list of them promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

import pandas as pd

ROW, FINISH, SIGN, BUILD = "row", "finish", "sign", "build"
KINDS = {ROW: "核实", FINISH: "建成启用", SIGN: "标志", BUILD: "新建"}  # the cheapest first
COLUMNS = [
    "order", "kind", "county_code", "county", "unit_code", "indicator", "action", "gain",
    "covered_after", "pct_after", "source_row",
]  # fmt: skip
# what is said beside: names, all units of a line, its tasks, the target, what the ledger will say
BESIDE = [
    "unit", "title", "unit_codes", "task_ids", "remedy", "target_pct", "deadline", "reached",
    "layer", "facility_id", "facility", "change",
]  # fmt: skip
Unit = tuple[str, str]  # an indicator and one of its units
_RANK = {kind: n for n, kind in enumerate(KINDS)}


@dataclass(frozen=True)
class Action:
    """One thing that can be done in the ledgers' words, and whom it would cover.

    Attributes
    ----------
    kind
        One of `KINDS`.
    said
        What is to be done.
    serves
        The units, by indicator, that it would cover beside those that are.
    layer, facility, name
        Of the ledger's row that is changed or added.
    change
        Column of the schema → what it will say; of a new row all that it says.
    file, sheet, row
        Where the row stands; nowhere for a new one.
    county_code
        Where it stands or will stand.
    first
        Among things of a kind that gain alike, smaller ones go before.
    one_of
        Of things with the same text here only one can be done: the readings of one row.
    """

    kind: str
    said: str
    serves: frozenset[Unit]
    layer: str
    facility: str
    name: str = ""
    change: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    sheet: str = ""
    row: int | None = None
    county_code: str = ""
    first: tuple[int, str] = (0, "")
    one_of: str = ""

    @property
    def rank(self) -> int:
        """How dear its kind is: the cheapest kinds go first among things that gain alike."""
        return _RANK[self.kind]

    @property
    def key(self) -> tuple[object, ...]:
        """Where it stands among things that gain alike."""
        unit = (
            min((code, indicator) for indicator, code in self.serves) if self.serves else ("", "")
        )
        return (_RANK[self.kind], self.first, self.county_code, unit, self.layer, self.facility)


@dataclass(frozen=True)
class Step:
    """A thing in its place on the list, and the units that it covers which none before it does."""

    action: Action
    gained: tuple[Unit, ...]
    gain: Fraction


@dataclass(frozen=True)
class Chosen:
    """The list.

    Attributes
    ----------
    bound
        What no other list of so many things can gain more than; None without a limit.
    """

    steps: tuple[Step, ...]
    bound: Fraction | None = None

    @property
    def gain(self) -> Fraction:
        """What all of it gains."""
        return sum((step.gain for step in self.steps), Fraction(0))

    @property
    def proven(self) -> bool:
        """Whether no list of so many things gains more."""
        return self.bound is None or self.bound == self.gain


@dataclass(frozen=True)
class Agenda:
    """What to do next.

    Attributes
    ----------
    rows
        `COLUMNS` and `BESIDE`, by `order`: one row a thing and indicator that it brings nearer;
        `gain` and `covered_after` are exact numbers, `pct_after` as well. What a row promises holds
        once all rows down to it are done.
    chosen
        The things themselves.
    figures
        One row an indicator: where it stands, where the list brings it, and its target.
    part
        The county or prefecture that was asked for; "" for all.
    """

    rows: pd.DataFrame
    chosen: Chosen
    figures: pd.DataFrame
    as_of: date
    part: str = ""
    notes: tuple[str, ...] = ()
    sample: bool = False
    approximate: bool = False

    @property
    def steps(self) -> tuple[Step, ...]:
        """The things to do, in their order."""
        return self.chosen.steps
