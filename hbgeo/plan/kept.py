"""Plans that were kept: read back, and held against the data of today."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from hbgeo.history import input_print
from hbgeo.measure.assessment import Assessment
from hbgeo.measure.options import Options
from hbgeo.workspace import Workspace

FOLDER = "plans"  # in maps/
FORM = 1  # of the file; another one is of another hbgeo
_MOST = 64 << 20  # bytes of a plan
_UNITS = {"units", "places", "grid"}  # roles of layers that every plan rests on
_SHOWN = ("near", "line", "proof", "gain", "said", "sites", "candidates", "covers", "reach", "goal")


def path_of(workspace: Workspace, indicator: str) -> Path:
    """Where the plan of an indicator is kept."""
    return workspace.root / "maps" / FOLDER / f"{indicator}.json"


def ground_of(
    workspace: Workspace, one: Assessment, options: Options, layers: Iterable[str]
) -> dict[str, Any]:
    """What a plan rests on: the figure before, what was asked, fingerprints of layers."""
    catalog = workspace.catalog.layers
    keys = {key for key, la in catalog.items() if la.role in _UNITS} | {*layers} | {"population"}
    asked = {k: str(v) for k, v in vars(options).items() if k not in {"place", "scope"}}
    share = one.share
    figure = None if share is None else [str(share.covered), str(share.total)]
    prints = {key: input_print(workspace, key) for key in sorted(keys) if key in catalog}
    return {"figure": figure, "asked": asked, "inputs": prints}


def read_plans(
    workspace: Workspace, assessments: Sequence[Assessment], options: Options
) -> tuple[list[dict[str, Any]], list[str]]:
    """The plans kept for indicators that still fit, in the policy's order; of others a line each."""
    found, lines = [], []
    for one in assessments:
        path = path_of(workspace, one.indicator.id)
        if not path.is_file():
            continue
        plan = _read(path)
        if plan is None:
            lines.append(f"{_named(path)} 损坏或不是本版的方案，未列入；请重新运行 hbgeo plan。")
        elif not _fits(plan["ground"], workspace, one, options):
            lines.append(
                f"{_named(path)} 与现在的数据或口径不同，未列入；请重新运行 hbgeo plan {one.indicator.id}。"
            )
        else:
            found.append(plan)
    return found, lines


def _named(path: Path) -> str:
    return f"规划方案 maps/{FOLDER}/{path.name}"


def _read(path: Path) -> dict[str, Any] | None:
    """A plan; None where the file holds none."""
    try:
        if path.stat().st_size > _MOST:
            return None
        plan = json.loads(path.read_text(encoding="utf-8"))
        shown, ground = plan["shown"], plan["ground"]
        whole = plan["form"] == FORM and all(key in shown for key in _SHOWN)
        whole = whole and all(isinstance(ground[key], Mapping) for key in ("asked", "inputs"))
        for site in plan["sites"]:
            words = shown["sites"][site["id"]]
            _ = words["pct"], words["look"], shown["candidates"][site["id"]][2], site["order"]
            Fraction(site["covered_after"])
        return plan if whole and isinstance(plan, dict) else None
    except (OSError, ValueError, TypeError, KeyError, IndexError, RecursionError):
        return None


def _fits(
    ground: Mapping[str, Any], workspace: Workspace, one: Assessment, options: Options
) -> bool:
    """Whether everything that a plan rests on is as it was."""
    now = ground_of(workspace, one, options, ground["inputs"])
    return json.dumps(now, sort_keys=True) == json.dumps(ground, sort_keys=True)
