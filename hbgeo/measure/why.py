"""Why a unit stands as it does in an indicator, and what would change it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pandas as pd

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.basis import Basis
from hbgeo.measure.cases import find_case, find_chain
from hbgeo.measure.chain import Chain
from hbgeo.measure.context import Context
from hbgeo.measure.counting import Case
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.doubt.result import Firmness
from hbgeo.measure.methods import waiting_for
from hbgeo.measure.reasons import Idle, idle_by_unit, why_uncovered
from hbgeo.measure.why_doubts import doubts_said
from hbgeo.measure.why_grounds import grounds_of, is_above, listed_ground, of_other_level
from hbgeo.measure.why_near import covering_rows, near_rows, nearest_row, place_of
from hbgeo.measure.why_parts import parts_of
from hbgeo.measure.why_radius import radius_rows
from hbgeo.measure.why_records import (
    AMOUNT,
    AMOUNTS,
    COVERED,
    NO_DATA,
    OUTSIDE,
    PARTLY,
    UNCOVERED,
    UNKNOWN,
    LinkState,
    Trace,
    Why,
    state_of,
)
from hbgeo.measure.why_tables import amount_rows, figures_of, flag_rows, halves_of, supplying_rows

_PARENTS = ("prefecture", "county", "township", "village")


def explain(
    a: Assessment,
    level: str,
    code: str,
    context: Context,
    *,
    firmness: Firmness | None = None,
    case: Case | Chain | None = None,
) -> Why:
    """Say why one unit stands as it does in one indicator.

    Parameters
    ----------
    a
        The indicator as `measure` has it of the whole workspace, under the context's options.
    level, code
        A unit that is there.
    firmness
        What the doubts of the data can make of the indicator, if that is known.
    case
        What it is measured on (`case_of`), for who asks of many units; None: looked up.
    """
    one, unit = a.indicator, context.placements.units(level).frame.loc[[code]].iloc[0]
    why = _begun(a, unit, level, code)
    if a.coverage is None:
        return why
    if level != one.units:
        if is_above(level, one.units):
            return parts_of(why, a.coverage, context)
        return replace(why, state=OUTSIDE, grounds=(of_other_level(one, level, unit, context),))
    case = case or case_of(a, context)
    grounds = grounds_of(one, code, context)
    if isinstance(case, Case):
        grounds += listed_ground(case, code)
    why = replace(why, grounds=tuple(grounds))
    if code not in a.coverage.units.index:
        return replace(why, state=OUTSIDE)
    why = _measured(why, a.coverage)
    made = _of_chain(why, case, unit) if isinstance(case, Chain) else _of_case(why, case)
    return replace(made, doubts=doubts_said(firmness, code, made.state))


def case_of(a: Assessment, context: Context) -> Case | Chain:
    """What an indicator that has figures is measured on."""
    one = a.indicator
    found = find_chain(one, context) if one.links else find_case(one, context)
    if isinstance(found, list):
        raise AssertionError(one.id)  # what has figures can be measured again
    return found


def _begun(a: Assessment, unit: pd.Series, level: str, code: str) -> Why:
    """Which unit and indicator it is about."""
    basis = a.coverage.basis if a.coverage else Basis()
    return Why(
        unit_code=code,
        unit=str(unit["name"]),
        level=level,
        kind=_text(unit, "kind"),
        parents=_parents(unit, level),
        one=a.indicator,
        as_of=a.as_of,
        state=NO_DATA,
        missing=a.missing,
        sample=basis.sample,
        approximate=basis.approximate,
    )


def _text(unit: pd.Series, column: str) -> str:
    """A text of a unit; "" where nothing is said."""
    value = unit.get(column)
    return "" if value is None or pd.isna(value) else str(value)


def _parents(unit: pd.Series, level: str) -> tuple[str, ...]:
    """The names of the units that hold it, the widest first."""
    above = _PARENTS[: _PARENTS.index(level)] if level in _PARENTS else _PARENTS
    names = [_text(unit, column) for column in above]
    return tuple(dict.fromkeys(name for name in names if name))


def _measured(why: Why, coverage: Coverage) -> Why:
    """Its demand, how much of it is covered, and its amounts."""
    row = coverage.units.loc[why.unit_code]
    per = Fraction(why.one.per) if why.one.per is not None else None
    figures = figures_of(coverage, why.unit_code, per)
    if why.one.measure in AMOUNTS:
        return replace(why, state=AMOUNT, figures=figures)
    if pd.isna(row["demand"]):
        return replace(why, state=UNKNOWN, figures=figures)
    covered = float(row["covered"])
    return replace(
        why,
        state=state_of(covered),
        demand=float(row["demand"]),
        covered=covered,
        figures=figures,
    )


def _of_case(why: Why, case: Case) -> Why:
    """The rows behind its state, and those that nearly do."""
    one, code = case.one, why.unit_code
    if one.measure in AMOUNTS:
        because, near = amount_rows(case, code)
        halves = halves_of(case)
        return replace(why, because=tuple(because), near=tuple(near), halves=halves)
    if one.measure == "flag":
        because, near = flag_rows(case, code)
        made = replace(
            why, because=tuple(because), near=tuple(near) if why.state != COVERED else ()
        )
        return _left_out(made, [], case)
    place = place_of(case, code)
    if place is None:
        return why
    if one.measure == "reach":
        because, near = radius_rows(place)
    elif one.measure == "capacity":
        because, untold = supplying_rows(place)
        near = [*untold, *near_rows(place)]
    else:
        because, near = covering_rows(place), []
        near = near_rows(place) if why.state != COVERED else []
    near = [] if why.state == COVERED else near
    made = replace(why, because=tuple(because), near=tuple(near))
    made = replace(made, nearest=None if why.state == COVERED else nearest_row(place))
    return _left_out(made, _idle(case, code) if one.measure == "presence" else [], case)


def _left_out(why: Why, idle: list[Idle], case: Case) -> Why:
    """Why it is left out and what may be done, as the 督办单 says it."""
    if why.state not in {UNCOVERED, PARTLY}:
        return why
    reason, remedy = why_uncovered(idle, one=case.one)
    return replace(why, reason=reason, remedy=remedy)


def _idle(case: Case, code: str) -> list[Idle]:
    """The facilities that would cover a unit if they worked."""
    waiting = waiting_for(case)
    if waiting.empty:
        return []
    mine = waiting[waiting["unit"] == code]
    return idle_by_unit(mine, case.context.options.as_of).get(code, [])


def _of_chain(why: Why, chain: Chain, unit: pd.Series) -> Why:
    """The links, the rows behind those that hold, and what nearly mends the others."""
    because, near, links = list[Trace](), list[Trace](), list[LinkState]()
    for case in chain.links:
        name, level = case.one.name, case.one.units
        asked = why.unit_code if level == chain.one.units else str(unit.get(f"{level}_code") or "")
        place = place_of(case, asked)
        if place is None:
            links.append(LinkState(name, asked, "", holds=False))
            continue
        rows = covering_rows(place, name)
        because += rows
        reason, remedy = "", ""
        if not rows:
            near += near_rows(place, name)
            reason, remedy = why_uncovered(_idle(case, asked), one=case.one)
        holds = bool(rows)
        links.append(LinkState(name, asked, place.name_of(place.at), holds, reason, remedy))
    made = replace(why, because=tuple(because), near=tuple(near), links=tuple(links))
    if why.state != UNCOVERED:
        return made
    weakest = next((link.name for link in links if not link.holds), "")
    reason, remedy = why_uncovered([], weakest)
    return replace(made, reason=reason, remedy=remedy)
