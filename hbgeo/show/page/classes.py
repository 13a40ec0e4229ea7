"""How the map shows an assessment: the class of every polygon, and the numbers behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.arrow import find_texts
from hbgeo.measure.assessment import Assessment
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.kept import Kept
from hbgeo.measure.rounding import show_amount
from hbgeo.measure.source import PARENTS
from hbgeo.read.catalog import PLACES
from hbgeo.read.cell.decimals import exact, exact_sums
from hbgeo.read.indicator import Indicator
from hbgeo.show import words
from hbgeo.show.page.breaks import amount_breaks, class_of, edges_of

POLYGON_LEVELS = ("province", "prefecture", "county", "township")
COVERED, UNCOVERED = 0, 1  # the two classes of the mode "cover"
NOT_APPLICABLE, NO_DATA = -1, -2  # in every mode
# the same by the names that the page has for them
CODES = {
    "covered": COVERED,
    "uncovered": UNCOVERED,
    "notApplicable": NOT_APPLICABLE,
    "noData": NO_DATA,
}
_COVER = (words.COVERED, words.UNCOVERED)
_SUMMED = ["covered", "total", "value", "weighed", "units"]
_COLUMNS = pd.Index([*_SUMMED, "rate"])  # one for all tables: making it takes longer than a table

Owners = Kept[NDArray[np.int64]]


class View(NamedTuple):
    """The legend of one assessment on the map: of `Classes` what is said of no unit."""

    level: str | None
    mode: str
    labels: tuple[str, ...]
    met_from: int | None
    edges: tuple[Decimal, ...]


@dataclass(frozen=True)
class Classes:
    """One assessment as the map shows it.

    Attributes
    ----------
    level
        Whose polygons are filled; None where there are none.
    mode
        `cover` (covered or not), `rate` (share covered), `norm` (one amount for each of another,
        in the indicator's own unit), or `amount`.
    labels
        The classes' names, in legend order.
    of
        Class of each polygon in the level's order, or one of NOT_APPLICABLE and NO_DATA.
    edges
        Lower edge of each class: percent for `rate`, the norm's unit for `norm`, amounts for
        `amount` (whose first class is nought); empty for `cover`.
    met_from
        First class that reaches the target (`rate` and `norm` with a target only).
    table
        Indexed like the level: `covered` and `total` (demand; of a norm its two amounts, of a
        capacity places and deaths a year), `rate` in percent, `value`.
    """

    level: str | None
    mode: str
    labels: tuple[str, ...]
    of: NDArray[np.int64]
    met_from: int | None
    table: pd.DataFrame
    edges: tuple[Decimal, ...] = ()

    @property
    def view(self) -> View:
        """The legend."""
        return View(self.level, self.mode, self.labels, self.met_from, self.edges)


def classify(
    assessment: Assessment, units: Mapping[str, pd.DataFrame], known: Owners | None = None
) -> Classes:
    """Give each polygon its class.

    Parameters
    ----------
    assessment
        What to show; without coverage every polygon is NO_DATA.
    units
        Level → frame; villages have no polygons and are shown by township, else by county.
    known
        Which polygon owns each unit, as far as it was found for other indicators.

    Notes
    -----
    Shares are shown in classes with a break at the target, compared exactly: up to three below
    it and three from it on, at round numbers that follow the data; none is empty, but the one
    that says that nobody has, or everybody has, reached the target.
    """
    level = map_level(assessment.indicator.units, units)
    index = units[level].index if level else pd.Index([])
    if assessment.coverage is None:
        of = np.full(len(index), NO_DATA)
        return Classes(level, "cover", _COVER, of, None, _blank(index))
    owner = _owner_of(assessment.coverage.units, assessment.indicator.units, level, units, known)
    table = _sum_by(_amounts_of(_summed_units(assessment.coverage)), owner, index)
    if assessment.indicator.measure in {"ratio", "capacity"}:
        table = table.assign(covered=table["value"])  # exact: covered there is a quotient
    if words.is_norm(assessment.indicator):
        return _by_norm(level, table, assessment)
    if assessment.counted:
        return _by_amount(level, table)
    rate = table["rate"].to_numpy()
    all_or_none = bool((np.isnan(rate) | (rate == 0) | (rate == 100)).all())
    if level == assessment.indicator.units and all_or_none:
        of = np.where(rate == 100, COVERED, UNCOVERED)
        return Classes(level, "cover", _COVER, _mask(of, table), None, table)
    target = assessment.target.pct if assessment.target else None
    return _by_rate(level, table, target)


def classify_parents(
    assessment: Assessment,
    own: Classes,
    units: Mapping[str, pd.DataFrame],
    known: Owners | None = None,
) -> list[Classes]:
    """The same indicator by every coarser level with polygons, the finest first.

    Returns
    -------
    parents
        In classes of their own; none where nothing was measured.
    """
    if assessment.coverage is None or own.level is None:
        return []
    target = assessment.target.pct if assessment.target else None
    found = []
    for level in reversed(POLYGON_LEVELS[1 : POLYGON_LEVELS.index(own.level)]):
        if level not in units or "geometry" not in units[level]:
            continue
        find = partial(_owners_above, own.table.index, units[own.level], level, units[level].index)
        asked = (own.table.index, units[level].index)
        owner = (known or Owners()).get(find, *asked, name=(own.level, level))
        table = _sum_by(own.table.to_numpy()[:, : len(_SUMMED)], owner, units[level].index)
        apart = assessment.coverage.apart
        if len(apart):
            held = find_texts(apart[f"{level}_code"], units[level].index)
            beside = _sum_by(_amounts_of(apart), held, units[level].index)
            table = _together(table, beside)
        if words.is_norm(assessment.indicator):
            found.append(_by_norm(level, table, assessment))
        elif assessment.counted:
            found.append(_by_amount(level, table))
        else:
            found.append(_by_rate(level, table, target))
    return found


def _owners_above(
    index: pd.Index, units: pd.DataFrame, level: str, above: pd.Index
) -> NDArray[np.int64]:
    """Where the polygon above each stands; -1 for nowhere."""
    return find_texts(units[f"{level}_code"].reindex(index), above)


def map_level(level: str, units: Mapping[str, pd.DataFrame]) -> str | None:
    """Return the finest level with polygons that is no finer than `level`."""
    order = [*POLYGON_LEVELS, "village", *PLACES]
    have = [one for one in POLYGON_LEVELS if one in units and "geometry" in units[one]]
    coarser = [one for one in have if order.index(one) <= order.index(level)]
    return coarser[-1] if coarser else (have[0] if have else None)


def owners_of(
    codes: pd.Index, level: str | None, villages: pd.DataFrame | None, frame: pd.DataFrame
) -> pd.Series:
    """Code of the polygon at `level` that each of `codes` belongs to; NaN where unknown."""
    column = f"{level}_code"
    if villages is not None and column in villages and column not in frame:
        return villages[column].reindex(codes)
    if column in frame:
        return frame[column].reindex(codes)
    return pd.Series(np.nan, index=codes, dtype=object)


def _owner_of(
    frame: pd.DataFrame,
    own: str,
    level: str | None,
    units: Mapping[str, pd.DataFrame],
    known: Owners | None,
) -> NDArray[np.int64]:
    """Where the polygon stands that each unit is, or lies in; -1 for nowhere."""
    index = units[level].index if level else pd.Index([])

    def find() -> NDArray[np.int64]:
        if own == level:
            return find_texts(frame.index, index)
        among = units.get(own if own in PLACES else "village")
        return find_texts(owners_of(frame.index, level, among, frame), index)

    return (known or Owners()).get(find, frame.index, index, name=(own, level))


def _blank(index: pd.Index) -> pd.DataFrame:
    return pd.DataFrame(np.nan, index=index, columns=_COLUMNS)


def _summed_units(coverage: Coverage) -> pd.DataFrame:
    """The units with what is summed up: of a capacity places for deaths, where both are known."""
    if coverage.method != "capacity":
        return coverage.units
    wanted = ("demand", "places", "deaths")
    demand, places, deaths = (coverage.units[c].to_numpy(dtype=float) for c in wanted)
    none = np.isnan(demand) | np.isnan(places) | np.isnan(deaths)
    known = {"value": np.where(none, np.nan, places), "demand": np.where(none, np.nan, deaths)}
    return coverage.units.assign(**known)


def _amounts_of(frame: pd.DataFrame) -> NDArray[np.float64]:
    """What is summed up of each unit, a column for each of `_SUMMED`."""
    demand = frame["demand"].to_numpy(dtype=float)
    weighed = ~np.isnan(demand)
    demand = np.where(weighed, demand, 0.0)
    covered = demand * np.nan_to_num(frame["covered"].to_numpy(dtype=float))
    none = np.full(len(frame), np.nan)
    value = frame["value"].to_numpy(dtype=float) if "value" in frame else none
    return np.column_stack([covered, demand, value, weighed, np.ones(len(frame))])


def _sum_by(
    amounts: NDArray[np.float64], owner: NDArray[np.int64], index: pd.Index
) -> pd.DataFrame:
    """Sum up by the polygon that owns each unit, by position; a polygon without any has no sums."""
    table = np.full((len(index), len(_SUMMED)), np.nan)
    for at, numbers in enumerate(amounts.T):
        known = (owner >= 0) & ~np.isnan(numbers)
        there = np.bincount(owner[known], minlength=len(index)) > 0
        table[there, at] = exact_sums(owner[known], numbers[known], len(index))[there]
    covered, total = table[:, 0], table[:, 1]
    rate = 100 * covered / np.where(total > 0, total, np.nan)
    return pd.DataFrame(np.column_stack([table, rate]), index=index, columns=_COLUMNS)


def _together(table: pd.DataFrame, beside: pd.DataFrame) -> pd.DataFrame:
    """Add the amounts known only by county to those of units."""
    value = table["value"].add(beside["value"], fill_value=0)
    return table.assign(value=value)


def _mask(of: NDArray[np.int64], table: pd.DataFrame) -> NDArray[np.int64]:
    """Put in where there is no rate, and where there is none for want of every weight."""
    rate, weighed, count = (table[column].to_numpy() for column in ("rate", "weighed", "units"))
    masked = np.where(np.isnan(rate), NOT_APPLICABLE, of)
    return np.where((weighed == 0) & (count > 0), NO_DATA, masked)


def _by_rate(level: str | None, table: pd.DataFrame, target: Decimal | None) -> Classes:
    known = ~np.isnan(table["rate"].to_numpy())
    covered, total = (table[column].to_numpy()[known] for column in ("covered", "total"))
    edges = rate_edges(target, covered, total)
    of = np.full(len(table), NOT_APPLICABLE)
    of[known] = class_of(covered, total, list(map(Fraction, edges[1:])))
    met_from = None if target is None else edges.index(target)
    labels = tuple(_range(low, high) for low, high in zip(edges, [*edges[1:], None], strict=True))
    return Classes(level, "rate", labels, _mask(of, table), met_from, table, tuple(edges))


def rate_edges(
    target: Decimal | None, covered: NDArray[np.float64], total: NDArray[np.float64]
) -> list[Decimal]:
    """Lower edges, in percent, of the classes of shares; one is the target."""
    return edges_of(target, Decimal(100), covered, total, Fraction(1), least=Decimal(1))


def _by_norm(level: str | None, table: pd.DataFrame, a: Assessment) -> Classes:
    """Classes of one amount for each of another."""
    one, per = a.indicator, Fraction(a.indicator.per or 1)
    known = ~np.isnan(table["rate"].to_numpy())
    covered, total = (table[column].to_numpy()[known] for column in ("covered", "total"))
    target = one.years if one.measure == "capacity" else a.target.value if a.target else None
    edges = tuple(norm_edges(one, target or None, covered, total))
    met_from = edges.index(target) if target in edges else None
    labels = norm_labels(one, edges)
    if one.measure == "capacity":
        return Classes(level, "norm", labels, _enough(level, table, a), met_from, table, edges)
    of = np.full(len(table), NOT_APPLICABLE)
    of[known] = class_of(covered, total, [Fraction(edge) * 100 / per for edge in edges[1:]])
    return Classes(level, "norm", labels, _mask(of, table), met_from, table, edges)


def _enough(level: str | None, table: pd.DataFrame, a: Assessment) -> NDArray[np.int64]:
    """Whether the places of each unit last (1, else 0), as measured, of larger ones in exact sums."""
    if a.coverage is None or level is None:
        return np.full(len(table), NO_DATA)
    years = Fraction(a.indicator.years or 0)
    if level == a.indicator.units:
        enough = a.coverage.units["covered"].to_dict()
    elif level in PARENTS:
        parts = {code: part for (code, _), part in a.coverage.by(level).items()}
        enough = {code: part.places >= years * part.deaths for code, part in parts.items()}
    else:  # of villages, on the map of townships
        needed = table["total"].fillna(0).map(lambda total: years * exact(total))
        enough = (table["covered"].fillna(0).map(exact) >= needed).to_dict()
    of = np.array([int(enough.get(code, 0)) for code in table.index], dtype=np.int64)
    weighed, count = (table[column].to_numpy() for column in ("weighed", "units"))
    return np.where(count > 0, np.where(weighed > 0, of, NO_DATA), NOT_APPLICABLE)


def norm_edges(
    one: Indicator,
    target: Decimal | None,
    covered: NDArray[np.float64],
    total: NDArray[np.float64],
) -> list[Decimal]:
    """Lower edges of the classes of a norm: of a capacity enough or not, else one at the target."""
    if one.measure == "capacity":
        return [Decimal(0), one.years or Decimal(0)]
    per = Fraction(one.per or 1)
    norms = covered / total * float(per)
    # a few far above the others are together in the last class
    top = Decimal(f"{np.quantile(norms, 0.95):.2g}") if len(norms) else Decimal(0)
    return edges_of(target, max(top, target or top), covered, total, 100 / per)


def norm_labels(one: Indicator, edges: Sequence[Decimal]) -> tuple[str, ...]:
    """What the classes of a norm are called: 不到 15, 15 – 30, 60 以上; 不够 30 年, 够 30 年."""
    said = [show_amount(edge) for edge in edges]
    if one.measure == "capacity":
        return tuple(name.format(years=said[1]) for name in (words.NOT_ENOUGH, words.ENOUGH))
    if len(said) == 1:
        return (f"{said[0]} 以上",)
    middle = [f"{low} – {high}" for low, high in pairwise(said[1:])]
    return (f"不到 {said[1]}", *middle, f"{said[-1]} 以上")


def _range(low: Decimal, high: Decimal | None) -> str:
    if high is None:
        return "100%" if low == 100 else f"{_plain(low)}% 以上"
    return f"{_plain(low)}–{_plain(high)}%"


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _amounts(low: int, high: int, *, whole: bool) -> str:
    """The amounts from `low` to below `high`; whole ones by the last that belongs to them."""
    if not whole:
        return f"不到 {high:,}" if low == 0 else f"{low:,} – {high:,}"
    first, last = max(low, 1), high - 1
    return f"{first:,}" if first == last else f"{first:,} – {last:,}"


def _by_amount(level: str | None, table: pd.DataFrame) -> Classes:
    """Nought, then up to four classes of about equally many units, at round amounts."""
    value = table["value"].to_numpy()
    known = value[~np.isnan(value)]
    some = known[known > 0]
    whole = bool((known % 1 == 0).all())
    edges = amount_breaks(some, whole=whole)
    of = np.where(value > 0, 1 + np.searchsorted(edges, np.nan_to_num(value), side="right"), 0)
    steps = [0, *edges]
    ranges = [_amounts(low, high, whole=whole) for low, high in pairwise(steps)]
    labels = ("0", *ranges, f"{steps[-1]:,} 以上" if edges else "1 以上" if whole else "0 以上")
    masked = np.where(np.isnan(value), NOT_APPLICABLE, of)
    return Classes(level, "amount", labels, masked, None, table, tuple(map(Decimal, steps)))
