"""The other half of a norm: an amount of each unit from a layer beside that of the indicator."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hbgeo.arrays import Floats
from hbgeo.measure.basis_words import layer_title
from hbgeo.measure.context import Context
from hbgeo.measure.counting import needed_columns, with_numbers, working
from hbgeo.measure.source import PARTS
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.cell.decimals import exact_sums
from hbgeo.read.enrich import latest_rows
from hbgeo.read.indicator import Indicator
from hbgeo.read.keys import YEARS
from hbgeo.read.table import LayerTable


@dataclass(frozen=True)
class Beside:
    """What a table says of each unit.

    Attributes
    ----------
    amounts
        In the order of the units; NaN where it is not known.
    years
        Of which the amounts are.
    earlier
        The units of which only the amount of an earlier year is known.
    """

    amounts: Floats
    years: tuple[int, ...]
    earlier: tuple[str, ...]


def lacks_beside(one: Indicator, context: Context) -> list[str]:
    """What is missing of the layer of the denominator, where that is another."""
    if not one.beside:
        return []
    table, title = context.source.find_layer(one.beside), layer_title(one.beside, context)
    if table is None:
        return [title]
    if said := no_table(one.beside, table, context):
        return said
    schema = table.kind
    wanted = [*needed_columns(schema, context.options), one.denominator]
    if absent := [c for c in wanted if c not in table.frame]:
        return [f"{title}的列“{schema.heading(c)}”" for c in absent]
    level = table.level or one.units
    if not _makes_up(level, one.units, context):
        now = f"现在按{LEVEL_NAMES[level]}填报"
        return [f"按{LEVEL_NAMES[one.units]}填报的{title}表；{now}"]
    if _latest(one, table, context)[one.denominator].isna().all():
        return [f"{title}截至 {context.options.as_of} 的“{schema.heading(one.denominator)}”"]
    return []


def no_table(key: str, rows: LayerTable | None, context: Context) -> list[str]:
    """What is missing where rows must name a unit each, as those of a table do, and stand at points."""
    if rows is None or "unit_code" in rows:
        return []
    return [f"按单元填报的{layer_title(key, context)}表（role = “table”）；现在是设施图层"]


def amounts_beside(one: Indicator, units: pd.Index, context: Context) -> Beside:
    """The denominator of each unit: the latest that has ended by the date, as with population.

    Of a unit above the table's level it is the sum of those of all its parts; where one of them
    is not known, neither is that of the whole.

    Parameters
    ----------
    units
        Codes of the units of the indicator's level.
    """
    table = context.source.find_layer(one.beside)
    if table is None:
        raise AssertionError(one.id)  # said to be missing before anything is measured
    rows = _latest(one, table, context)
    known = pd.DataFrame({"amount": rows[one.denominator].astype(float), "year": rows[YEARS]})
    found = _at_level(known, table.level or one.units, one.units, context).reindex(units)
    said = found["year"].where(found["amount"].notna(), "").fillna("")
    first = said.str.split("、").str[0]
    years = sorted({int(year) for text in said.unique() for year in text.split("、") if year})
    late = first[(first != "") & (first != str(years[-1] if years else ""))]
    return Beside(found["amount"].to_numpy(float), tuple(years), tuple(late.index.astype(str)))


def _latest(one: Indicator, table: LayerTable, context: Context) -> pd.DataFrame:
    """One row a unit: of those that count, that of the latest year."""
    table = with_numbers([one.denominator], table)
    counts = working(table.frame, table.kind, context.options).mask
    return latest_rows(table.where(counts), context.options.as_of)


def _makes_up(level: str, whole: str, context: Context) -> bool:
    """Whether units of a level, put together, give those of another."""
    while whole != level:
        if whole not in PARTS or context.source.find_units(PARTS[whole]) is None:
            return False
        whole = PARTS[whole]
    return True


def _at_level(known: pd.DataFrame, level: str, whole: str, context: Context) -> pd.DataFrame:
    """Amounts and years of a level, added up to those of a higher one."""
    if whole == level:
        return known
    units = context.source.find_units(PARTS[whole])
    wholes = context.source.find_units(whole)
    if units is None or wholes is None:
        raise AssertionError(whole)  # see `lacks_beside`
    parts = _at_level(known, level, PARTS[whole], context).reindex(units.frame.index)
    count = len(wholes)
    owner = wholes.frame.index.get_indexer(pd.Index(units.frame[f"{whole}_code"]))
    amounts, mine = parts["amount"].to_numpy(float), owner >= 0
    given = mine & ~np.isnan(amounts)
    sums = exact_sums(owner[given], amounts[given], count)
    having, all_of = (np.bincount(owner[m], minlength=count) for m in (given, mine))
    years = parts["year"].fillna("").to_numpy()[mine]
    said = pd.Series(years).groupby(owner[mine]).agg(_join)
    made = {
        "amount": np.where((having == all_of) & (all_of > 0), sums, np.nan),
        "year": said.reindex(np.arange(count)).fillna("").to_numpy(),
    }
    return pd.DataFrame(made, index=wholes.frame.index)


def _join(years: pd.Series) -> str:
    return "、".join(sorted({one for said in years for one in said.split("、") if one}))
