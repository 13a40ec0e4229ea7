"""Natural villages, communities and roads with their signs: twice over, and by hand."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import pytest
import second_opinion as second
from place_worlds import days, make_places
from second_world import read_world
from two_opinions import compare

from hbgeo.measure.options import Options
from hbgeo.workspace import Workspace

IDS = [one for one, rule in second.rules().items() if rule["units"] in {"hamlet", "road"}]
IDS += ["sign-village", "sign-community", "sign-inspected", "sign-damaged", "signs-new"]
IDS += ["door-plates", "names-new", "names-on-maps", "names-protected"]


@pytest.mark.parametrize("seed", range(200, 212))
def test_both_say_the_same_of_places_and_their_signs(seed: int, tmp_path: Path) -> None:
    asked = make_places(seed, tmp_path)
    workspace, world = Workspace.open(tmp_path), read_world(tmp_path)
    rules = second.rules(tmp_path)
    for one in (asked[0], replace(asked[0], as_of=days()[seed % 2])):
        for a in workspace.assess(IDS, options=Options(**asdict(one))):
            again = second.answer(world, rules[a.indicator.id], one)
            assert compare(a, again, ("county", "prefecture")[seed % 2]) == [], a.indicator.id


def test_random_worlds_have_signed_places_and_others(tmp_path: Path) -> None:
    seen: dict[str, set[bool]] = {}
    for seed in range(200, 206):
        folder = tmp_path / str(seed)
        make_places(seed, folder)
        for a in Workspace.open(folder).assess(IDS[:3]):
            if a.coverage is not None:
                seen.setdefault(a.indicator.id, set()).update(a.coverage.units["covered"] > 0)
    assert seen == {one: {True, False} for one in IDS[:3]}
