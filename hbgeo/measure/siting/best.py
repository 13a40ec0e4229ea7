"""The plan that covers most with so many sites: the own tree first, HiGHS where that stays open."""

from __future__ import annotations

from math import floor

import numpy as np

from hbgeo.arrays import Mask
from hbgeo.measure.siting.instance import Instance
from hbgeo.measure.siting.neighbourhood import polish
from hbgeo.measure.siting.part import part_of
from hbgeo.measure.siting.solver import Answer, minimise
from hbgeo.measure.siting.tree import Growing, Tree

EARLY = 30  # programmes before the plan is polished
_SLACK = 1e-6


def find_best(
    instance: Instance, effort: int, plan: tuple[int, ...] = (), *, asking: bool = True
) -> tuple[Tree, Answer | None]:
    """The tree that was grown, and HiGHS's answer where it was asked.

    Parameters
    ----------
    plan
        One that is known.
    asking
        Whether HiGHS may be asked.
    """
    growing = Growing(instance)
    if plan:
        growing.offer(mask_of(plan, instance))
    tree = growing.grow(min(effort, EARLY))
    if not tree.closed and effort > EARLY:
        polish(growing)
        tree = growing.go_on(effort)
    if tree.closed or instance.must is not None or not asking:
        return tree, None
    return tree, _ask(tree, growing, effort)


def _ask(tree: Tree, growing: Growing, effort: int) -> Answer:
    """Put to HiGHS what the root's prices leave open; what it finds is counted again."""
    instance = growing.instance
    chosen, barred = growing.settled(tree.nodes[0])
    part = part_of(instance, chosen, barred)
    count, sites = part.matrix.shape
    if not sites or not count or part.left <= 0:
        return Answer(None, None, optimal=False)
    cost = np.concatenate([np.zeros(sites), -part.summed(instance.weights)])
    rows, low, high = part.programme(instance, chosen)
    found = minimise(cost, rows, low, high, whole=sites, nodes=effort)
    settled = float(instance.weights[part.done].sum())
    bound = None if found.bound is None else settled - found.bound
    best = tree.plans[0][0] if tree.plans else -1
    if found.point is None:
        return Answer(None, bound, optimal=False)
    plan = chosen.copy()
    plan[part.free[found.point[:sites] > _SLACK]] = True
    value = instance.value(plan) if growing.search.complete(plan) else -1
    growing.offer(plan)
    tree.bound = max(tree.bound, tree.floor)
    honest = value >= best and bound is not None and floor(bound + _SLACK) <= value
    return Answer(found.point, bound, optimal=found.optimal and honest)


def mask_of(plan: tuple[int, ...], instance: Instance) -> Mask:
    """Sites as a mask."""
    made = np.zeros(len(instance.held), bool)
    made[list(plan)] = True
    return made
