"""Who is really reached and where to build next, as the page and the report show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from hbgeo.errors import RequestError
from hbgeo.measure.assessment import Measured
from hbgeo.measure.beyond import Beyond, measure_beyond
from hbgeo.measure.coverage import Share
from hbgeo.measure.options import Options
from hbgeo.measure.radii import measure_radii
from hbgeo.plan.kept import read_plans
from hbgeo.show.excel.beyond import beyond_sheets
from hbgeo.show.excel.plans import plans_sheet
from hbgeo.show.excel.sheet import Sheet
from hbgeo.workspace import Workspace

FEW = 40  # units: of so many, the area within each radius is quickly measured too


@dataclass(frozen=True)
class Reached:
    """How far villages are from what counts, and the plans that still fit; a line of each that does not."""

    beyond: Sequence[Beyond] = ()
    plans: Sequence[Mapping[str, Any]] = ()
    notes: Sequence[str] = ()

    @property
    def for_page(self) -> dict[str, Any]:
        """What the page is given of them."""
        return {"beyond": self.beyond, "plans": self.plans}

    def sheets(self) -> list[Sheet]:
        """What the report shows of them."""
        planned = plans_sheet(self.plans)
        return [*beyond_sheets(self.beyond), *([planned] if planned else [])]


def find_reached(workspace: Workspace, measured: Measured, options: Options) -> Reached:
    """Measure how far villages are, and read the plans that were kept.

    Of an indicator of few units the area within each radius is measured as well.
    """
    villages = workspace.find_units("village")
    frame = None if villages is None else villages.frame
    found = measure_beyond(measured, frame, nearby=workspace.nearby)
    workspace.nearby.save()
    plans, notes = read_plans(workspace, measured.assessments, options)
    return Reached([_with_area(workspace, one, options) for one in found], plans, notes)


def find_beyond(workspace: Workspace, name: str, options: Options) -> Beyond:
    """How far villages are from what counts for one indicator, or a variant of one.

    Raises
    ------
    RequestError
        If `name` is no single indicator, it does not rest on points, or there are no villages.
    """
    chosen = workspace.choose([name])
    if len(chosen) != 1:
        raise RequestError(f"“{name}”不是单个指标；请写指标代号，或代号@变体")
    villages = workspace.find_units("village")
    if villages is None:
        raise RequestError("没有村（社区）图层，不能列出服务半径以外的村")
    measured = workspace.measure([name], options=options, with_nearest=True)
    [one] = measured.assessments
    if one.coverage is None:
        raise RequestError(f"{one.indicator.full_name}无法计算：缺少{'、'.join(one.missing)}")
    found = measure_beyond(measured, villages.frame, variants=True)
    if not found:
        raise RequestError(f"“{name}”不是按设施点位计算的指标，或设施、村都没有坐标，不能按距离列")
    return replace(found[0], sample=villages.sample)


def _with_area(workspace: Workspace, one: Beyond, options: Options) -> Beyond:
    what, coverage = one.assessment.indicator, one.assessment.coverage
    units = workspace.find_units(what.units)
    if coverage is None or units is None or "geometry" not in units.frame:
        return one
    if len(units.frame) > FEW or what.weight or options.weight:
        return one
    here = workspace.at(options.as_of)
    made = measure_radii([what], here, options, one.radii, placements=here.placements)
    areas: dict[Decimal, Share] = {
        radius: a.share for radius, a in zip(one.radii, made, strict=True) if a.share is not None
    }
    return replace(one, areas=areas)
