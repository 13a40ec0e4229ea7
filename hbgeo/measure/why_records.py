"""What is known of one unit's state: the grounds, the rows behind it, those that nearly do, the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from hbgeo.read.indicator import Indicator

COVERED, PARTLY, UNCOVERED = "covered", "partly", "uncovered"
OUTSIDE, UNKNOWN, NO_DATA, AMOUNT = "not-counted", "unknown", "no-data", "amount"
PARTS = "parts"  # the unit is above those that count: how they stand
STATES = (COVERED, PARTLY, UNCOVERED, OUTSIDE, UNKNOWN, NO_DATA, AMOUNT, PARTS)


AMOUNTS = ("count", "sum", "ratio")  # measures of which no unit is covered or not


@dataclass(frozen=True)
class Lack:
    """One thing that keeps a row from covering a unit.

    Attributes
    ----------
    kind
        `state`, `late`, `undated`, `closed`, `empty`: it does not work as of the date.
        `filter`, `year`: it is not what is asked for. `way`: it reaches the unit by a way that
        does not count. `conflict`: its point is too far from the unit it names. `county`,
        `above`: it names no unit of the level. `elsewhere`: it stands in another unit. `far`:
        it lies beyond the radius. `faulty`: reading set it aside; `unit` is the county it names.
        `places`: what of it is free is not known. `row`: there is none of the kind.
    column, have, want
        The heading of the column, what stands there, what is asked for.
    when
        A date that says more: of opening, of closing.
    unit, other
        The units it is about, by their names.
    metres
        How far.
    """

    kind: str
    column: str = ""
    have: str = ""
    want: tuple[str, ...] = ()
    when: date | None = None
    unit: str = ""
    other: str = ""
    metres: float | None = None


@dataclass(frozen=True)
class Trace:
    """One row of a ledger, and what it has to do with a unit.

    Attributes
    ----------
    way
        How it reaches the unit: `inside`, `named`, `served` (joined by +), `radius`, `row` of a
        table; "" where it does not.
    facility_id
        Its id; "" of a row of a table.
    state
        What its ledger says of whether it works; "" where it says nothing.
    metres
        From the unit's outline (a place: from its point); None where that says nothing.
    layer, title, file, sheet, row
        Where it stands.
    link
        Of a chain: for which link.
    amount, share
        What it adds to an amount, and what it brings to the other half of a ratio.
    facts
        Of a row of a table: headings and cells of what it is asked for.
    lacks
        What keeps it from covering; () of what covers.
    """

    way: str
    facility_id: str
    name: str
    state: str
    layer: str
    title: str
    file: str = ""
    sheet: str = ""
    row: int | None = None
    metres: float | None = None
    link: str = ""
    amount: Fraction | None = None
    share: Fraction | None = None
    facts: tuple[tuple[str, str], ...] = ()
    lacks: tuple[Lack, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of what it lacks."""
        return tuple(one.kind for one in self.lacks)


@dataclass(frozen=True)
class Ground:
    """One condition of the denominator, and whether the unit meets it.

    Attributes
    ----------
    kind
        `level`: units of another level count. `among`: of some kinds only. `needs`: those of a
        list. `listed`: those that the layer itself lists. `weight`: those whose people are known.
    want, have
        What is asked for and what the unit has, in words.
    unit, unit_code
        Of `level`: the unit above that counts instead; "" for none.
    row
        The row of the list that names the unit; None for none.
    year
        Of a weight: of which year it is.
    """

    kind: str
    holds: bool
    want: str = ""
    have: str = ""
    unit: str = ""
    unit_code: str = ""
    row: Trace | None = None
    year: str = ""


@dataclass(frozen=True)
class LinkState:
    """One link of a chain: of which unit it is asked, and whether it holds."""

    name: str
    unit_code: str
    unit: str
    holds: bool
    reason: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class Part:
    """One unit within the one asked of: how it stands, and what may be done."""

    unit_code: str
    unit: str
    state: str
    reason: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class Why:
    """Why one unit stands as it does in one indicator.

    Attributes
    ----------
    state
        One of `STATES`.
    demand
        What it counts for; None where it does not, or nobody knows.
    covered
        From 0 to 1, of what has cover; None otherwise.
    grounds
        The conditions of the denominator.
    because, near
        The rows behind its state; those that nearly cover it, each with what it lacks.
    nearest
        The nearest facility that works and qualifies, with metres from the unit's seat; None for none.
    reason, remedy
        Why it is left out and what may be done, in the words of the 督办单; "" where it is not.
    figures
        Of an amount `value`; of a ratio `numerator`, `denominator`, `value`; of a capacity
        `places`, `deaths`, `years`; what is not known is not there.
    halves
        Of a ratio: what its numerator and its denominator are called.
    links
        Of a chain.
    parts
        The units within it, where those count.
    missing
        What an indicator lacks that cannot be computed.
    doubts
        Rows in doubt that could change its state, in sentences.
    """

    unit_code: str
    unit: str
    level: str
    kind: str
    parents: tuple[str, ...]
    one: Indicator
    as_of: date
    state: str
    demand: float | None = None
    covered: float | None = None
    grounds: tuple[Ground, ...] = ()
    because: tuple[Trace, ...] = ()
    near: tuple[Trace, ...] = ()
    nearest: Trace | None = None
    reason: str = ""
    remedy: str = ""
    figures: Mapping[str, Fraction] = field(default_factory=dict)
    halves: tuple[str, str] = ("", "")
    links: tuple[LinkState, ...] = ()
    parts: tuple[Part, ...] = ()
    missing: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    sample: bool = False
    approximate: bool = False

    @property
    def indicator(self) -> str:
        """The indicator's id."""
        return self.one.id

    @property
    def counts(self) -> bool:
        """Whether the unit itself is in the denominator, or its rows in an amount."""
        return self.state not in {OUTSIDE, PARTS, NO_DATA}


def state_of(covered: float) -> str:
    """The state of a unit by how much of it is covered."""
    return UNCOVERED if covered <= 0 else COVERED if covered >= 1 else PARTLY
