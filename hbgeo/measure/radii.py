"""An indicator asked otherwise: not who has a facility, but who lives within so many metres of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import pandas as pd
import shapely

from hbgeo.measure.assess import restrict
from hbgeo.measure.assessment import Assessment
from hbgeo.measure.basis import Basis
from hbgeo.measure.basis_words import weight_of
from hbgeo.measure.cases import find_case
from hbgeo.measure.context import Context
from hbgeo.measure.counting import Case
from hbgeo.measure.discs import areas_of
from hbgeo.measure.distance import has_point
from hbgeo.measure.options import Options
from hbgeo.measure.pairs import no_serving
from hbgeo.measure.placements import Placements
from hbgeo.measure.reach import by_radii
from hbgeo.measure.serving import standing
from hbgeo.measure.source import Source
from hbgeo.read.indicator import VIAS, Indicator

AREA = "area_km2"  # what polygons count for where nobody asks for people


@dataclass(frozen=True)
class Reached:
    """The facilities of an indicator that count and stand somewhere, and the ground of it."""

    case: Case
    facilities: pd.DataFrame
    basis: Basis


def can_reach(one: Indicator) -> bool:
    """Whether an indicator asks for facilities that stand somewhere, near units that do."""
    return one.measure in {"presence", "reach"} and one.units != "road"


def find_reached(one: Indicator, context: Context) -> Reached | list[str]:
    """The facilities that count for an indicator, wherever they stand; or what is missing to tell."""
    case = find_case(one, context)
    if isinstance(case, list):
        return case
    facilities, basis = standing(case)
    return Reached(case, facilities, basis)


def measure_radii(
    indicators: Iterable[Indicator],
    source: Source,
    options: Options,
    radii: Sequence[Decimal],
    *,
    placements: Placements | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Assessment]:
    """Measure how much of each indicator's units lies within each radius of what counts for it.

    Straight lines, by geodesic distance. Polygons count by area, in square kilometres, places one
    each; with a weight both count people, those of a polygon spread evenly over it. No target
    binds such a figure: those of the policy ask for something else.

    Returns
    -------
    assessments
        One a radius, indicator by indicator; `indicator.radius_m` says which.
    """
    context = Context(source, options, placements or Placements(source))
    made: list[Assessment] = []
    every = list(indicators)
    for done, one in enumerate(every):
        if progress:
            progress(done, len(every))
        asked = replace(
            one, measure="reach", targets=(), via=VIAS, weight=options.weight or one.weight
        )
        made += _of_one(asked, context, radii)
    return made


def _of_one(one: Indicator, context: Context, radii: Sequence[Decimal]) -> list[Assessment]:
    options = context.options
    scope, whole = options.within or options.scope, not options.within
    of = [replace(one, radius_m=radius, name=_named(one, radius)) for radius in radii]
    found = find_reached(replace(one, radius_m=None), context)
    if isinstance(found, list):
        missing = tuple(dict.fromkeys(found))
        return [Assessment(a, options.as_of, None, missing, whole, scope) for a in of]
    units, weight = found.case.units.frame, weight_of(one, options)
    by_area = weight is None and "geometry" in units
    if by_area:
        units, weight = units.assign(**{AREA: areas_of(units["geometry"].to_numpy())}), AREA
    metres = [float(radius) for radius in radii]
    every = by_radii(units, found.facilities, metres, basis=found.basis, weight=weight)
    parents = context.placements.parents(one.units)
    made = []
    for asked, coverage in zip(of, every, strict=True):
        how = _said_units(units, by_area=by_area)
        said = (*found.basis.filters, f"半径 {asked.radius_m:f} 米，直线距离，非步行时间", *how)
        basis = replace(coverage.basis, filters=said)
        full = replace(
            coverage, indicator=one.id, serving=no_serving(), parents=parents, basis=basis
        )
        mine = restrict(full, options.within) if options.within else full
        made.append(Assessment(asked, options.as_of, mine, (), whole, scope))
    return made


def _named(one: Indicator, radius: Decimal) -> str:
    return f"{one.name}：距设施 {radius:,f} 米以内（直线距离，非步行时间）"


def _said_units(units: pd.DataFrame, *, by_area: bool) -> list[str]:
    """What units count for, and those whose place is not known."""
    shaped = "geometry" in units
    if by_area:  # one without a shape has no area, and is listed as such
        lost = 0
    elif shaped:
        lost = int((~(shapely.area(units["geometry"].to_numpy()) > 0)).sum())
    else:
        lost = int((~has_point(units)).sum())
    said = ["按单元面积（平方公里）计" if by_area else "单元内的人口按面积均摊"] * shaped
    return said + [f"没有边界或坐标、算够不着的单元 {lost:,} 个"] * bool(lost)
