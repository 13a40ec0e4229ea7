"""What a reader's own date and states are counted from: who could serve whom if every facility worked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from hbgeo.measure.assess import measure
from hbgeo.measure.options import Options
from hbgeo.measure.pairs import Serving
from hbgeo.read.table import LayerTable
from hbgeo.show.page.layer import DETAIL_LIMIT
from hbgeo.show.page.scenario import Scenarios, may_follow
from hbgeo.workspace import Workspace


def find_scenarios(
    workspace: Workspace, layers: Mapping[str, LayerTable], options: Options, *, details: bool
) -> Scenarios:
    """What a page counts anew from; of large layers only with `details`."""
    told = [key for key, layer in layers.items() if details or len(layer) <= DETAIL_LIMIT]
    return Scenarios(options, who_could_serve(workspace, told, options))


def who_could_serve(
    workspace: Workspace, layers: Iterable[str], options: Options
) -> dict[str, Serving]:
    """Indicator that may follow a scenario → who would serve whom if all facilities of its layer worked, at any date."""
    could: dict[str, Serving] = {}
    for key in layers:
        every = tuple(map(str, workspace.layers.table(key).frame.index.tolist()))
        mine = [one for one in workspace.policy.values() if one.layer == key]
        asked = [one for one in mine if may_follow(one)]
        as_if = replace(options, as_if=every)
        found = measure(asked, workspace, as_if, placements=workspace.placements)
        # a row of which only the county is known has no unit to be counted anew for
        left = {a.indicator.id for a in found.assessments if a.coverage and len(a.coverage.apart)}
        could |= {one: serving for one, serving in found.serving.items() if one not in left}
    return could
