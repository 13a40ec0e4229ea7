"""What was solved, as a plan: its sites in order, before and after by county, and what must be said."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.measure.basis_words import PEOPLE
from hbgeo.measure.coverage import Share
from hbgeo.measure.planned import AREA_COLUMNS, OtherPlan, Plan, PlannedSite
from hbgeo.measure.rounding import show_number
from hbgeo.plan.asking import GRID, PLACES, Asked
from hbgeo.plan.cover import facts_wanted
from hbgeo.plan.demand import total_of
from hbgeo.plan.file import planned_rows
from hbgeo.plan.scenario import COMING, Given, coming, read_back
from hbgeo.plan.solving import Other, Solved
from hbgeo.plan.task import reached_by
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.indicator import Target


def make_plan_of(
    given: Given, solved: Solved, before: Share, aim: Decimal | None, target: Target | None
) -> Plan:
    """Put the plan together, and read its figure back as `run` will."""
    sites = _sites(given, solved, before)
    chosen = [site for site, _, _ in solved.order]
    after = given.task.covered | reached_by(given.task, chosen)
    best, ids = solved.sites, given.demand.frame.index
    flows = given.task.model == "capacity"  # who is served by whom is not settled row by row
    return Plan(
        assessment=given.one,
        model=given.task.model,
        goal=_goal_words(given.asked, aim, target),
        reach=_reach_words(given),
        counts=given.demand.counts,
        before=before,
        sites=sites,
        covered=best.covered if flows else total_of(given.demand.weights, after),
        bound=best.bound,
        gap=best.gap,
        solver_bound=best.solver_bound,
        proven=best.proven,
        nodes=best.nodes,
        areas=_areas(given, after, sites).iloc[: 0 if flows else None],
        rows=_rows(given, sites, chosen, aim),
        aim=aim,
        target=target,
        unneeded=solved.unneeded,
        unreachable=tuple(str(ids[row]) for row in best.unreachable),
        others=tuple(_other(given, one) for one in solved.others),
        lines=(*_grounds(given), *solved.lines, *coming(given, aim)),
        read_back=read_back(given, after),
        sample=_is_sample(given),
        near=given.asked.by_place,
        names=_names(given, solved),
        loss_counts=PEOPLE if solved.losses_people else given.demand.counts,
        approximate=bool(given.one.coverage and given.one.coverage.basis.approximate),
    )


def _grounds(given: Given) -> list[str]:
    """What was taken for granted, and what was left out."""
    reach = given.reach.lines(given.found, given.measured)
    return [*given.demand.lines, *given.found.lines, *reach]


def _sites(given: Given, solved: Solved, before: Share) -> tuple[PlannedSite, ...]:
    frame, ids = given.found.frame, given.found.frame.index
    owners = given.found.owners(given.workspace, given.one.indicator.units)
    waiting = _waiting(given)
    done, made = before.covered, []
    for k, (site, gain, people) in enumerate(solved.order, 1):
        done += gain
        row, loss = frame.iloc[site], solved.losses.get(site)
        other = None if loss is None else loss.replacement
        made.append(
            PlannedSite(
                order=k,
                id=str(ids[site]),
                name=str(row["name"]) or str(row["township"]),
                x=float(row["x"]),
                y=float(row["y"]),
                unit_code=owners[site],
                county_code=str(row["county_code"]),
                county=str(row["county"]),
                township=str(row["township"]),
                gain=gain,
                people=people,
                covered_after=done,
                loss=None if loss is None else loss.loss,
                low=None if loss is None else loss.low,
                high=None if loss is None else loss.high,
                replacement="" if other is None else str(ids[other]),
                mark="" if loss is None else loss.mark,
                fixed=site in given.task.fixed,
                waiting=waiting.get(owners[site], ()),
            )
        )
    return tuple(made)


def _waiting(given: Given) -> dict[str, tuple[str, ...]]:
    """Unit → facilities that are under way or planned there and would count."""
    table = given.measured.waiting.get(given.one.indicator.id)
    if table is None or not len(table) or given.asked.by_place:
        return {}
    coming = table[table["status"].isin(COMING)]
    made: dict[str, tuple[str, ...]] = {}
    for unit, rows in coming.groupby("unit", sort=True):
        pairs = zip(rows["name"], rows["status"], strict=True)
        made[str(unit)] = tuple(f"{name}（{status}）" for name, status in pairs)
    return made


def _areas(given: Given, after: Mask, sites: Sequence[PlannedSite]) -> pd.DataFrame:
    """Before and after by county, in code order; exact numbers."""
    frame = given.demand.frame
    sums: dict[str, list[Fraction]] = {}
    names: dict[str, str] = {}
    columns = (
        frame["county_code"],
        frame["county"],
        given.demand.weights,
        given.task.covered,
        after,
    )
    for code, name, weight, was, will in zip(*columns, strict=True):
        one = sums.setdefault(str(code), [Fraction(0)] * 3)
        names[str(code)] = str(name)
        for k, counts in enumerate((True, was, will)):
            one[k] += weight if counts else 0
    many = pd.Series([site.county_code for site in sites], dtype="str").value_counts()
    rows = [(c, names[c], int(many.get(c, 0)), *sums[c]) for c in sorted(sums)]
    return pd.DataFrame(rows, columns=AREA_COLUMNS)


def _other(given: Given, one: Other) -> OtherPlan:
    ids = tuple(str(given.found.frame.index[site]) for site in one.chosen)
    people = None
    if given.demand.people is not None:
        new = reached_by(given.task, one.chosen) & ~given.task.covered
        people = total_of(given.demand.people, new)
    return OtherPlan(ids, one.covered, one.bound, one.proven, people)


def _names(given: Given, solved: Solved) -> dict[str, str]:
    """Id → name of every site that the plan speaks of."""
    spoken = {site for one in solved.others for site in one.chosen}
    spoken |= {one.replacement for one in solved.losses.values() if one.replacement is not None}
    some = given.found.frame.iloc[sorted(spoken)]
    names = zip(some.index, some["name"], some["township"], strict=True)
    return {str(one): str(name) or str(town) for one, name, town in names}


def _rows(
    given: Given, sites: Sequence[PlannedSite], chosen: Sequence[int], aim: Decimal | None
) -> pd.DataFrame:
    """The rows of the layer, each with the units that it serves beyond its own."""
    one = given.one.indicator
    served = {} if given.asked.by_place else _served(given, sites, chosen)
    entry = given.workspace.layers.entry(one.layer)
    rows = planned_rows(
        given.workspace,
        entry,
        facts_wanted(one),
        sites,
        given.found,
        served,
        sample=_is_sample(given),
    )
    pcts = [100 * site.covered_after / total_of(given.demand.weights) for site in sites]
    shown = [float(show_number(pct, aim)) for pct in pcts]
    return rows.assign(pct_after=shown)


def _served(
    given: Given, sites: Sequence[PlannedSite], chosen: Sequence[int]
) -> dict[str, list[str]]:
    """Site → names of the units that it covers and does not stand in, as a ledger writes them."""
    by_site, frame = given.task.cover.tocsc(), given.demand.frame
    towns = given.workspace.find_units("township")
    known = {} if towns is None else towns.frame["name"].to_dict()
    villages = given.workspace.find_units("village") if given.demand.level == "village" else None
    made: dict[str, list[str]] = {}
    for site, at in zip(sites, chosen, strict=True):
        rows = by_site.indices[by_site.indptr[at] : by_site.indptr[at + 1]]
        others = [int(r) for r in sorted(rows) if str(frame.index[r]) != site.unit_code]
        names = []
        for r in others:
            code, name, county = (
                str(frame.index[r]),
                str(frame["name"].iloc[r]),
                str(frame["county"].iloc[r]),
            )
            town = (
                ""
                if villages is None
                else str(known.get(villages.frame["township_code"].get(code), ""))
            )
            names.append(name if given.demand.level == "county" else f"{county}{town}{name}")
        made[site.id] = names
    return made


def _is_sample(given: Given) -> bool:
    """Whether the plan rests on invented data: of the figure, of places, of people."""
    keys = [given.asked.candidates, given.asked.roads, given.asked.exclude]
    if given.asked.by_place or given.asked.candidates == PLACES:
        keys.append("village")
    layers = given.workspace.catalog.layers
    basis = given.one.coverage.basis if given.one.coverage else None
    units = given.workspace.find_units(given.one.indicator.units)
    people = given.demand.people is not None and units is not None and units.population_sample
    return (
        bool(basis and basis.sample) or people or any(layers[k].sample for k in keys if k in layers)
    )


def _goal_words(asked: Asked, aim: Decimal | None, target: Target | None) -> str:
    if asked.sites is not None:
        return f"选 {asked.sites:,} 处，覆盖最多"
    if asked.every:
        return "用最少的点，覆盖所有能覆盖的"
    until = f"（{target.deadline}）" if target and target.deadline else ""
    return f"用最少的点，达到{'政策目标 ' if target else ' '}{aim:f}%{until}"


def _reach_words(given: Given) -> str:
    asked = given.asked
    if asked.within_m is not None:
        return f"{asked.within_m:f} 米以内算覆盖：直线距离，非步行时间"
    if asked.roads:
        return f"沿道路 {asked.minutes:f} 分钟以内算覆盖"
    if asked.by_time:
        return f"{asked.minutes:f} 分钟以内算覆盖：所给时间表"
    level = LEVEL_NAMES[given.one.indicator.units]
    return f"{level}内有设施，或在设施服务范围内，算覆盖"


def candidates_words(asked: Asked, level: str) -> str:
    """What the candidates are, in words."""
    if asked.candidates == PLACES:
        return "村（社区）"
    if asked.candidates.startswith(f"{GRID}:"):
        return f"约 {asked.candidates.partition(':')[2]} 米一个的格点"
    return f"图层“{asked.candidates}”" if asked.candidates else f"各{LEVEL_NAMES[level]}驻地"
