"""What a reader's own date and states are counted from: who could serve whom if every facility worked."""

from __future__ import annotations

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

_SAYS = {True: b"1", False: b"0"}


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
            asked = following(workspace, key)
            known = {one: _known(one, prints, kept) for one in asked}
            new = [asked[one] for one, follows in known.items() if follows is None]
            found = who_could_serve(workspace, key, new, options) if new else {}
            could = cache(partial(who_could_serve, workspace, key, asked.values(), options))
            for one, follows in known.items():
                if follows is None and kept:
                    kept.keep(f"candidates {one}", _of(one, prints), _SAYS[one in found])
                if one in found:
                    candidates[one] = found[one]
                elif follows:
                    candidates.later(one, partial(_one_of, could, one))
    return Scenarios(options, candidates)


def _known(one: str, prints: Mapping[str, str], kept: KeptParts | None) -> bool | None:
    """Whether an indicator was found to follow a scenario; None where that is not known."""
    said = kept.find(f"candidates {one}", _of(one, prints)) if kept else None
    return None if said is None else bytes(said) == _SAYS[True]


def _of(one: str, prints: Mapping[str, str]) -> str:
    return joined(prints.get(what, "") for what in (EVERY, one))


def _one_of(could: Callable[[], dict[str, Serving]], one: str) -> Serving:
    return could()[one]


def following(workspace: Workspace, key: str) -> dict[str, Indicator]:
    """The indicators of a layer that may follow a scenario, by id."""
    every = workspace.policy.items()
    return {one: what for one, what in every if what.layer == key and may_follow(what)}


def who_could_serve(
    workspace: Workspace, key: str, asked: Iterable[Indicator], options: Options
) -> dict[str, Serving]:
    """Indicator of a layer → who would serve whom if all its facilities worked, at any date; only those that may follow a scenario."""
    every = tuple(map(str, workspace.layers.table(key).frame.index.tolist()))
    as_if = replace(options, as_if=every)
    found = measure(list(asked), workspace, as_if, placements=workspace.placements)
    # a row of which only the county is known has no unit to be counted anew for
    left = {a.indicator.id for a in found.assessments if a.coverage and len(a.coverage.apart)}
    return {one: serving for one, serving in found.serving.items() if one not in left}
