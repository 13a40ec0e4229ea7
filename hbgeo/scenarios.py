"""What a reader's own date and states are counted from: who could serve whom if every facility worked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache, partial
from types import MappingProxyType

from hbgeo.measure.assess import measure
from hbgeo.measure.lazily import Lazily
from hbgeo.measure.options import Options
from hbgeo.measure.pairs import Serving
from hbgeo.measure.prints import EVERY
from hbgeo.read.indicator import Indicator
from hbgeo.read.table import LayerTable
from hbgeo.show.page.layer import DETAIL_LIMIT
from hbgeo.show.page.scenario import Scenarios, may_follow
from hbgeo.store.fingerprint import joined
from hbgeo.store.parts import KeptParts
from hbgeo.workspace import Workspace


def find_scenarios(
    workspace: Workspace,
    layers: Mapping[str, LayerTable],
    options: Options,
    prints: Mapping[str, str] = MappingProxyType({}),
    kept: KeptParts | None = None,
    *,
    details: bool,
) -> Scenarios:
    """What a page counts anew from; of large layers only with `details`.

    Parameters
    ----------
    prints, kept
        By indicator the fingerprint of all that its figure rests on; what of a page was made before.
    """
    candidates: Lazily[Serving] = Lazily()
    for key, layer in layers.items():
        if details or len(layer) <= DETAIL_LIMIT:
            of = joined(prints.get(one, "") for one in (EVERY, *_following(workspace, key)))
            could = cache(partial(who_could_serve, workspace, [key], options))
            known = kept.find(f"candidates {key}", of) if kept else None
            ids = list(could()) if known is None else json.loads(bytes(known))
            if kept and known is None:
                kept.keep(f"candidates {key}", of, json.dumps(ids).encode())
            for one in ids:
                candidates.later(one, partial(_one_of, could, one))
    return Scenarios(options, candidates)


def _one_of(could: Callable[[], dict[str, Serving]], one: str) -> Serving:
    return could()[one]


def _following(workspace: Workspace, key: str) -> dict[str, Indicator]:
    """The indicators of a layer that may follow a scenario, by id."""
    every = workspace.policy.items()
    return {one: what for one, what in every if what.layer == key and may_follow(what)}


def who_could_serve(
    workspace: Workspace, layers: Iterable[str], options: Options
) -> dict[str, Serving]:
    """Indicator that may follow a scenario → who would serve whom if all facilities of its layer worked, at any date."""
    could: dict[str, Serving] = {}
    for key in layers:
        every = tuple(map(str, workspace.layers.table(key).frame.index.tolist()))
        asked, as_if = _following(workspace, key).values(), replace(options, as_if=every)
        found = measure(asked, workspace, as_if, placements=workspace.placements)
        # a row of which only the county is known has no unit to be counted anew for
        left = {a.indicator.id for a in found.assessments if a.coverage and len(a.coverage.apart)}
        could |= {one: serving for one, serving in found.serving.items() if one not in left}
    return could
