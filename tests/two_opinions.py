"""Both opinions of a workspace, side by side: where they differ, in words."""

from __future__ import annotations

from dataclasses import asdict
from fractions import Fraction
from pathlib import Path

import second_opinion as second
import second_world
from second_opinion import Answer, Asked, Figure, Rule

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.options import Options
from hbgeo.workspace import Workspace

PARENTS = ("county", "prefecture", "province")


def differences(folder: Path, asked: list[Asked]) -> list[str]:
    """Every figure, list and number of a workspace of which the two do not say the same."""
    workspace, world = Workspace.open(folder), second_world.read_world(folder)
    rules = second.rules(folder)
    said = []
    for n, one in enumerate(asked):
        found = workspace.assess(options=Options(**asdict(one)))
        assert {a.indicator.id for a in found} == set(rules)
        for a in found:
            again = second.answer(world, rules[a.indicator.id], one)
            said += [f"{a.indicator.id} {one}: {d}" for d in compare(a, again, PARENTS[n % 3])]
    return said


def compare(a: Assessment, again: Answer | None, by: str = "county") -> list[str]:
    """Where an assessment and the second answer differ, as a whole and by county or above."""
    coverage = a.coverage
    if coverage is None or again is None:
        same = coverage is None and again is None
        return (
            []
            if same
            else [f"{coverage and figure(a, coverage)} {a.missing} and {again and again.figure()}"]
        )
    pairs: dict[str, tuple[object, object]] = {
        "figure": (figure(a, coverage), again.figure()),
        "aside": (sum(coverage.basis.set_aside.values()), again.aside),
    }
    if a.indicator.measure != "chain":
        pairs["used"] = (coverage.basis.used, again.used)
    else:
        vias = {c: via for c, via in coverage.units["via"].items() if via}
        pairs["links"] = (dict(coverage.basis.links), again.links)
        pairs["weakest"] = (vias, again.weakest)
    if a.indicator.measure in {"presence", "flag", "chain", "capacity"}:
        pairs["uncovered"] = (sorted(coverage.uncovered.index), again.uncovered)
    if a.indicator.units != "province":
        for (code, _), part in coverage.by(by).items():
            pairs[f"{by} {code}"] = (figure(a, part), again.figure(by, code))
            if a.indicator.measure == "capacity":
                supply = (part.places, part.deaths)
                pairs[f"supply of {by} {code}"] = (supply, again.supplied(by, code))
    return [f"{what}: {mine} and {other}" for what, (mine, other) in pairs.items() if mine != other]


def figure(a: Assessment, coverage: Coverage) -> Figure:
    """Covered and total, or an amount."""
    if a.indicator.measure in {"count", "sum"}:
        return Fraction(coverage.value)
    return coverage.share.covered, coverage.share.total


def outside_bounds(folder: Path, asked: Asked) -> tuple[list[str], int]:
    """Every second figure, of the whole, of a county and of a unit, that bounds leave out.

    Returns
    -------
    said, held
        What is outside, in words; how many figures were held against their bounds.
    """
    workspace, world = Workspace.open(folder), second_world.read_world(folder)
    rules, said, held = second.rules(folder), list[str](), 0
    for one, firm in workspace.doubts(options=Options(**asdict(asked))).of.items():
        again = second.answer(world, rules[one], asked)
        assert again is not None, one
        pairs = [("figure", firm.span, _as_bounded(again.figure(), rules[one]))]
        for code, span in firm.parts["county"].items():
            if code and rules[one]["units"] not in {"prefecture", "province"}:
                pairs.append((code, span, _as_bounded(again.figure("county", code), rules[one])))
        for what, span, value in pairs:
            held += 1
            low = span.low is not None and value is not None and value < span.low
            high = span.high is not None and value is not None and value > span.high
            said += [f"{one} {what}: {value} not in {span}"] if low or high else []
    return said, held


def _as_bounded(figure: Figure, rule: Rule) -> Fraction | None:
    """A figure in the measure of its bounds: covered demand, an amount, a percentage of a ratio."""
    if not isinstance(figure, tuple):
        return figure
    top, bottom = figure
    if rule["measure"] != "ratio":
        return top
    return 100 * top / bottom if bottom else None
