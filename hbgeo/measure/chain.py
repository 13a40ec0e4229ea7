"""Chains: a unit counts when each link works, for the unit itself or for the one above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.measure.basis import Basis
from hbgeo.measure.basis_words import FAULTY, chain_filters, faulty, weight_of, years_of_people
from hbgeo.measure.context import Context
from hbgeo.measure.counting import Case
from hbgeo.measure.coverage import Coverage, count_links, unit_table
from hbgeo.measure.methods import presence_of
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.enrich import YEARS
from hbgeo.read.indicator import Indicator
from hbgeo.read.table import LayerTable

Ints = NDArray[np.int64]
_COUNTS = ("used", "undated", "on_border", "outside", "by_ledger", "county_only")


@dataclass(frozen=True)
class Chain:
    """A chain, the units that count, and what each of its links is measured on, in their order."""

    one: Indicator
    context: Context
    units: LayerTable
    links: tuple[Case, ...]


@dataclass(frozen=True)
class _Step:
    """One link, the presence of it among the units of its level, and which of those each unit asks.

    `at` is the position of the unit itself, or of the one above it; -1 where that is not known.
    """

    case: Case
    presence: Coverage
    at: Ints

    def of_units(self, column: str) -> NDArray[np.float64]:
        """A figure of the unit that each unit asks; 0 where it is not known."""
        return np.append(self.presence.units[column].to_numpy(float), 0.0)[self.at]


def by_chain(chain: Chain) -> Coverage:
    """Count a unit as covered (1, else 0) when every link holds for it.

    A link holds for the units of its own level as presence does, by the same placements, states
    and dates; a unit below has what the unit above has that its parent code names. One whose
    parent is not known lacks the link. `via` names the weakest missing link, the first in the
    order in which the policy writes them, "" where none is missing; `facilities` is how many
    facilities stand behind a unit, over all links. No facility serves a unit by itself: there
    are no pairs.
    """
    units, weight = chain.units.frame, weight_of(chain.one, chain.context.options)
    steps = [_step(case, units, chain.one.units) for case in chain.links]
    names = [case.one.name for case in chain.links]
    holds = np.array([step.of_units("covered") > 0 for step in steps])
    whole = holds.all(axis=0)
    weakest = np.where(whole, len(names), holds.argmin(axis=0))
    table, unweighted = unit_table(
        units,
        weight,
        covered=whole.astype(float),
        facilities=np.sum([step.of_units("facilities") for step in steps], axis=0).astype(int),
        via=pd.array([*names, ""], dtype="str").take(weakest),
        held=(holds.astype(np.int64) << np.arange(len(names))[:, None]).sum(axis=0),
    )
    basis = _basis(chain, steps)
    links = count_links(names, table)
    if weight and YEARS in units:
        years, earlier = years_of_people(units, weight)
        basis = replace(basis, years=years, earlier=earlier)
    basis = replace(basis, links=links, unweighted=unweighted)
    return Coverage(chain.one.id, "chain", basis, table)


def _step(case: Case, units: pd.DataFrame, level: str) -> _Step:
    presence = presence_of(case)
    index = presence.units.index
    if case.one.units == level:
        return _Step(case, presence, index.get_indexer(units.index).astype(np.int64))
    at = case.context.placements.above(units, f"{case.one.units}_code", index)
    return _Step(case, presence, at)


def _basis(chain: Chain, steps: Sequence[_Step]) -> Basis:
    """The ground of all links together: a row that two of them count, counts in both."""
    one, options, units = chain.one, chain.context.options, chain.units
    bases = [step.presence.basis for step in steps]
    sources = [units.source, *(source for basis in bases for source in basis.sources)]
    by_people = weight_of(one, options)
    return Basis(
        as_of=options.as_of,
        filters=(*chain_filters(one, chain.links, options), *_orphans(chain, steps)),
        set_aside=_set_aside(chain, bases),
        approximate=units.approximate or any(basis.approximate for basis in bases),
        sample=units.sample
        or any(basis.sample for basis in bases)
        or bool(by_people and units.population_sample),
        sources=tuple(dict.fromkeys(source for source in sources if source)),
        **{name: sum(getattr(basis, name) for basis in bases) for name in _COUNTS},
    )


def _set_aside(chain: Chain, bases: Sequence[Basis]) -> dict[str, int]:
    """The rows that do not count, by link and reason; those with faults once a layer."""
    source = chain.context.source
    aside = {
        f"{case.one.name}：{why}": n
        for case, basis in zip(chain.links, bases, strict=True)
        for why, n in basis.set_aside.items()
        if not why.endswith(FAULTY)
    }
    aside[faulty(chain.context.options)] = sum(
        {case.layer.key: case.layer.aside for case in chain.links}.values()
    )
    for key in chain.one.needs:
        listed = source.find_layer(key)
        if listed is not None:
            aside[f"{source.schema_of(key).title}中未对应到单元"] = listed.aside
    return {why: n for why, n in aside.items() if n}


def _orphans(chain: Chain, steps: Sequence[_Step]) -> list[str]:
    """How many of the units that were asked for lack a link because their parent is not known."""
    units, within = chain.units.frame, chain.context.options.within
    mine = np.ones(len(units), dtype=bool)
    if within:
        mine = (units[["county_code", "prefecture_code"]] == within).any(axis=1).to_numpy()
    lost = {step.case.one.units: int((mine & (step.at < 0)).sum()) for step in steps}
    return [
        f"所属{LEVEL_NAMES[level]}不明的单元 {n:,} 个，按缺该环计" for level, n in lost.items() if n
    ]
