"""The agenda of a workspace: what can be done, in the order of what it gains, with the figures it promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pandas as pd

from hbgeo.agenda.aims import Aim, Aims, find_aims
from hbgeo.agenda.asking import county_actions, doubt_actions
from hbgeo.agenda.building import building_actions
from hbgeo.agenda.standing import rows_waiting, standing_actions
from hbgeo.measure.agenda import BESIDE, COLUMNS, KINDS, ROW, Action, Agenda, Chosen, Step, Unit
from hbgeo.measure.doubt.result import Firmness
from hbgeo.measure.gaining import choose
from hbgeo.measure.options import Options
from hbgeo.measure.reasons import idle_by_unit, why_uncovered
from hbgeo.plan.demand import coverage_of
from hbgeo.read.units.tasks import task_id
from hbgeo.workspace import Workspace


def find_agenda(
    workspace: Workspace,
    names: Sequence[str],
    options: Options,
    *,
    budget: int | None = None,
    firmness: Mapping[str, Firmness] | None = None,
) -> Agenda:
    """Find what to do next for the indicators named, or for all that miss their target.

    Parameters
    ----------
    budget
        How many things at most: those that gain most together. None: all there are.
    firmness
        What the doubts of the data can make of each indicator: further rows to be asked about. None:
        as the workspace finds them.

    Raises
    ------
    RequestError
        If what is named says of no unit whether it is covered.

    Examples
    --------
    >>> workspace = hbgeo.Workspace.open("我的县")
    >>> made = find_agenda(workspace, ["cemetery-township"], workspace.options())
    >>> made.rows[["kind", "unit", "covered_after"]].to_numpy().tolist()
    [['build', '示例乙镇', Fraction(2, 1)]]
    """
    workspace = workspace.at(options.as_of)
    aims = find_aims(workspace, names, options)
    if firmness is None:
        firmness = _firmness(workspace, aims, options)
    actions, late = find_actions(workspace, aims, firmness)
    chosen = choose(actions, aims.weights, aims.short, budget)
    notes = _notes(chosen, aims, late, budget)
    notes += () if budget is not None else _lost(chosen, aims, late)
    rows, at = _rows(chosen.steps, aims), (options.as_of, options.part)
    return Agenda(rows, chosen, _figures(rows, aims), *at, notes, *_marks(aims))


def _marks(aims: Aims) -> tuple[bool, bool]:
    """Whether the figures rest on invented data, and on boundaries that are only a hint."""
    bases = [coverage_of(aim.one).basis for aim in aims.aims]
    return any(b.sample for b in bases), any(b.approximate for b in bases)


def _firmness(workspace: Workspace, aims: Aims, options: Options) -> Mapping[str, Firmness]:
    """What the doubts of the data can make of what is aimed at, and of nothing else."""
    few = replace(aims.measured, assessments=[aim.one for aim in aims.aims])
    return workspace.doubts(options=options, measured=few).of


def find_actions(
    workspace: Workspace, aims: Aims, firmness: Mapping[str, Firmness]
) -> tuple[list[Action], set[Unit]]:
    """All that can be done, and the units that time alone will cover."""
    standing, late = standing_actions(workspace, aims)
    actions = [*standing, *county_actions(workspace, aims)]
    actions += doubt_actions(workspace, aims, firmness, set(rows_waiting(actions)))
    there = {unit for one in standing for unit in one.serves}
    return actions + building_actions(workspace, aims, late | there), late


def _rows(steps: Sequence[Step], aims: Aims) -> pd.DataFrame:
    """One row a thing and indicator, with what is promised once it is done."""
    covered = {aim.id: coverage_of(aim.one).share.covered for aim in aims.aims}
    missing = aims.short
    remedies = {aim.id: _Remedies(aim, aims) for aim in aims.aims}
    made, new = [], dict[str, int]()
    for order, step in enumerate(steps, 1):
        one = step.action
        source = _source(one, new, aims)
        for aim in aims.aims:
            codes = [code for indicator, code in step.gained if indicator == aim.id]
            if not codes:
                continue
            gain = sum((aim.open[code] for code in codes), Fraction(0))
            covered[aim.id] += gain
            missing[aim.id] -= gain
            total = coverage_of(aim.one).share.total
            figures = (gain, covered[aim.id], 100 * covered[aim.id] / total)
            row = _row(one, aim, codes, figures, reached=missing[aim.id] <= 0)
            row["remedy"] = remedies[aim.id].of(row["unit_code"])
            made.append({"order": order, "source_row": source} | row)
    return pd.DataFrame(made, columns=[*COLUMNS, *BESIDE], dtype=object)


def _row(
    one: Action, aim: Aim, codes: Sequence[str], figures: Sequence[Fraction], *, reached: bool
) -> dict[str, Any]:
    """One line; the unit it stands for is the first in the county where the thing is done."""
    units, own = aim.units, one.county_code
    code = min(codes, key=lambda c: (str(units.loc[c, "county_code"]) != own, c))
    unit = units.loc[code]
    ordered = [code, *(c for c in codes if c != code)]
    target = aim.target
    return {
        "kind": one.kind,
        "county_code": str(unit["county_code"]),
        "county": str(unit["county"]),
        "unit_code": code,
        "indicator": aim.id,
        "action": one.said,
        "gain": figures[0],
        "covered_after": figures[1],
        "pct_after": figures[2],
        "unit": "、".join(str(units.loc[c, "name"]) for c in ordered),
        "title": aim.one.indicator.full_name,
        "unit_codes": "、".join(ordered),
        "task_ids": "、".join(task_id(aim.id, c) for c in ordered),
        "target_pct": None if target is None else target.pct,
        "deadline": None if target is None or target.deadline is None else str(target.deadline),
        "reached": None if target is None else reached,
        "layer": one.layer,
        "facility_id": one.facility,
        "facility": one.name,
        "change": dict(one.change),
    }


def _source(one: Action, new: dict[str, int], aims: Aims) -> str:
    """Where the row stands; of a new one which of the rows to be added it is."""
    if one.row is None:
        new[one.layer] = new.get(one.layer, 0) + 1
        layer = aims.context.source.find_layer(one.layer)
        title = one.layer if layer is None else layer.title
        return f"拟建行 {title} 第{new[one.layer]}条"
    return " ".join(part for part in (one.file, one.sheet, f"第{one.row}行") if part)


class _Remedies:
    """What the 督办单 of an indicator say may be done of each unit."""

    def __init__(self, aim: Aim, aims: Aims) -> None:
        waiting = aims.measured.waiting.get(aim.id)
        self._idle = {}
        if waiting is not None and not waiting.empty:
            self._idle = idle_by_unit(waiting, aim.one.as_of)
        self._chain, self._units = aim.one.indicator.measure == "chain", aim.units

    def of(self, code: str) -> str:
        """The words of one unit."""
        link = str(self._units.loc[code, "via"]) if self._chain else ""
        return why_uncovered(self._idle.get(code, []), link)[1]


def _figures(rows: pd.DataFrame, aims: Aims) -> pd.DataFrame:
    """Where each indicator stands, and where the list brings it."""
    made = []
    for aim in aims.aims:
        share, mine = coverage_of(aim.one).share, rows[rows["indicator"] == aim.id]
        after = share.covered + sum(mine["gain"], Fraction(0))
        kinds = {kind: int((mine["kind"] == kind).sum()) for kind in KINDS}
        reached = mine[mine["reached"].astype(bool)] if aim.target is not None else mine.iloc[:0]
        target = aim.target
        made.append(
            {
                "indicator": aim.id,
                "title": aim.one.indicator.full_name,
                "target_pct": None if target is None else target.pct,
                "deadline": None if target is None else target.deadline,
                "total": share.total,
                "covered": share.covered,
                "pct": share.pct,
                **kinds,
                "gain": after - share.covered,
                "covered_after": after,
                "pct_after": 100 * after / share.total if share.total else None,
                "bound_elsewhere": target is not None and aim.bound is not aim.one,
                "reached_at": None if reached.empty else int(reached["order"].iloc[0]),
                "left": sum(aim.open.values(), Fraction(0)) - (after - share.covered),
            }
        )
    return pd.DataFrame(made)


def _notes(chosen: Chosen, aims: Aims, late: set[Unit], budget: int | None) -> tuple[str, ...]:
    """What a planner must know of the list."""
    notes = []
    if asked := sum(step.action.kind == ROW for step in chosen.steps):
        notes.append(
            f"其中核实 {asked:,} 项，按行文所写的读法计入；核实不是如此的，该行及以下各行的数相应减去，所涉单元另按督办单办理"
        )
    if out := len(late & aims.weights.keys()):
        notes.append(f"有设施到启用日期即可计入的 {out:,} 个单元，不另列")
    others = [a for a in aims.aims if a.open and not a.by_presence]
    if others:
        names = "、".join(a.one.indicator.full_name for a in others)
        notes.append(f"不是建设施、设标志就能办成的指标，见督办单：{names}")
    if budget is not None and not chosen.proven and chosen.bound is not None:
        notes.append(
            f"只列 {budget:,} 项：新增 {float(chosen.gain):g}，任何别的 {budget:,} 项都不超过 {float(chosen.bound):g}，未能证明就是最多"
        )
    return tuple(notes)


def _lost(chosen: Chosen, aims: Aims, late: set[Unit]) -> tuple[str, ...]:
    """How many units a new row could not name so that it is theirs alone."""
    known = {unit for step in chosen.steps for unit in step.gained} | late
    mine = {aim.id for aim in aims.aims if aim.by_presence}
    lost = sum(unit not in known for unit in aims.weights if unit[0] in mine)
    if not lost:
        return ()
    return (
        f"有 {lost:,} 个单元排不出要办的事（如同一乡镇里有同名的村，台账上写不清是哪一个），见督办单",
    )
