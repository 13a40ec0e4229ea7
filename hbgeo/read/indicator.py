"""What the policy asks for, as records: filters, links, targets, indicators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

VIAS = ("inside", "served", "named")
ROAD_POINTS = ("ends", "crossings")  # where the signs of a road stand
AS_OF = -1  # in `Indicator.year`: the year of the date of the figure
PROVINCE, NATION = "province", "nation"  # scopes of a target, beside the code of a county or city


@dataclass(frozen=True)
class Clause:
    """Rows whose every named column holds one of the wanted values, reached by one of `via`."""

    wanted: Mapping[str, tuple[str, ...]]
    via: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Target:
    """What is to be reached, by when, and the document that sets it.

    Exactly one of `pct`, `value` and `words` says what.

    Attributes
    ----------
    words
        A goal without a number (基本建成); "" where there is one. Never met or missed.
    sources
        The documents that set this number for this date.
    reliability
        How sure the source is: A, A-, B, C; "" where nobody said.
    draft
        Whether the document is a draft still: it decides nothing.
    scope
        Whom it binds: `province`, `nation`, or the code of a county or prefecture.
    """

    pct: Decimal | None
    value: Decimal | None
    deadline: date | None
    sources: tuple[str, ...]
    words: str = ""
    reliability: str = ""
    draft: bool = False
    scope: str = PROVINCE

    @property
    def source(self) -> str:
        """All its documents in one text."""
        return "；".join(self.sources)

    def binds(self, scope: str) -> bool:
        """Whether figures of a scope are held against it: a number, in force, and set for it."""
        return not self.words and not self.draft and self.scope == scope

    def is_ahead(self, on: date) -> bool:
        """Whether it is still to be reached on a date: the deadline itself is, and so is no deadline."""
        return self.deadline is None or self.deadline >= on


@dataclass(frozen=True)
class Link:
    """One step of a chain: facilities of a layer that must work for a unit, or for the one above it.

    Attributes
    ----------
    units
        The level at which it is asked: of a village's own, or of its township or county.
    name
        What it is called where it is missing: 村级站点.
    via, status
        As those of an indicator.
    """

    units: str
    layer: str
    name: str
    where: tuple[Clause, ...] = ()
    via: tuple[str, ...] = VIAS
    status: tuple[str, ...] = ()


@dataclass(frozen=True)
class Assumption:
    """A number that no ledger gives (deaths a year in ‰, a share in %), and where it comes from."""

    amount: Decimal
    source: str


@dataclass(frozen=True)
class Indicator:
    """What is measured, under one reading of it (`variant` is None for the main one).

    Attributes
    ----------
    year
        A date or year column, and the years that count; no years: the latest of the table.
    filled
        Columns of the layer without which a row does not count (a document's number).
    listed
        For `flag`: only units with a counting row that matches these are in the denominator.
    every
        For `flag`: a unit needs a row for each clause of `where`, not for any of them.
    row
        The row it answers in the conference's list of 34 facts, "" for others.
    source
        The document behind it, where no target names one.
    unit
        The measure word of what is counted (张, 户, 家), of a ratio that of both its amounts; ""
        stands for 个. No part of the fingerprint of a policy: how a figure is said changes none.
    earlier
        The indicator of the same thing for the years before; a comparison takes its figure at a
        date at which the years of this one have not begun. No part of the fingerprint either.
    per
        For `ratio`: the figure is so many times the quotient, in `unit` (平方米 a hundred
        households), and no percentage; None for a percentage.
    beside
        For `ratio`: the layer of the denominator, where it is another than that of the numerator,
        joined by the unit's code; "" for the same.
    links
        For `chain`: what must work for a unit, step by step.
    years
        For `capacity`: how many years of burial must be left.
    stated
        For `flag`: the table must say something of the matter, yes or no; without any such row
        there is no figure.
    lacks
        For `none`: what is missing to compute it; () where it was never said in numbers.
    at
        For `presence` of roads: at which of their points a sign must stand.
    part, recent
        For `ratio`: of the rows that count those are the numerator that match `part`, or whose
        date (a column) lies in so many days up to the date of the figure.
    deaths, share
        For `capacity`: deaths a year of a thousand people, and how many of a hundred of them are
        buried in public-interest places; None: as the workspace's tables or catalogue say.
    """

    base: str
    variant: str | None
    system: str
    system_title: str
    name: str
    measure: str
    units: str
    layer: str
    origin: str
    variant_name: str = ""
    note: str = ""
    where: tuple[Clause, ...] = ()
    among: tuple[Clause, ...] = ()
    via: tuple[str, ...] = VIAS
    column: str = ""
    year: tuple[str, tuple[int, ...]] | None = None
    numerator: str = ""
    denominator: str = ""
    radius_m: Decimal | None = None
    weight: str = ""
    status: tuple[str, ...] = ()
    quantified: bool = True
    needs: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    filled: tuple[str, ...] = ()
    listed: tuple[Clause, ...] = ()
    every: bool = False
    row: str = ""
    source: str = ""
    unit: str = field(default="", repr=False)
    earlier: str = field(default="", repr=False)
    per: Decimal | None = None
    beside: str = ""
    links: tuple[Link, ...] = ()
    years: Decimal | None = None
    deaths: Assumption | None = None
    share: Assumption | None = None
    stated: bool = False
    lacks: tuple[str, ...] = ()
    at: tuple[str, ...] = ROAD_POINTS
    part: tuple[Clause, ...] = ()
    recent: tuple[str, int] | None = None

    @property
    def id(self) -> str:
        """`base`, or `base@variant`."""
        return self.base if self.variant is None else f"{self.base}@{self.variant}"

    def of_link(self, link: Link) -> Indicator:
        """What one of its links asks at the link's own level: a presence, of all units there."""
        return replace(
            self,
            name=link.name,
            variant_name="",
            note="",
            measure="presence",
            units=link.units,
            layer=link.layer,
            where=link.where,
            via=link.via,
            status=link.status,
            among=(),
            needs=(),
            weight="",
            targets=(),
            links=(),
        )

    @property
    def of_its_date(self) -> bool:
        """Whether it counts the year of the date for which its figure holds, whichever that is."""
        return self.year is not None and self.year[1] == (AS_OF,)

    @property
    def shares(self) -> bool:
        """Whether it tells which part of the rows that count are of a kind."""
        return bool(self.part) or self.recent is not None

    @property
    def counted(self) -> bool:
        """Whether the figure is an amount in its own unit rather than a percentage."""
        amounts = {"count", "sum", "capacity"}
        return self.measure in amounts or self.per is not None or bool(self.lacks and self.unit)

    def not_begun(self, on: date) -> bool:
        """Whether all the years that it counts lie after a date: there is no figure yet."""
        years = self.year[1] if self.year and not self.of_its_date else ()
        return bool(years) and min(years) > on.year

    @property
    def full_name(self) -> str:
        """The name, with the variant's in brackets."""
        return f"{self.name}（{self.variant_name}）" if self.variant_name else self.name
