"""What is to be solved, whoever solves it: demand × sites, and what is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from hbgeo.arrays import Mask
from hbgeo.measure.coverage import Share
from hbgeo.plan.demand import total_of

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


@dataclass(frozen=True)
class Task:
    """What is to be solved: demand × sites, and what is asked.

    Attributes
    ----------
    people
        How many live in each demand, where the figure counts units; of plans equally good the one
        for most people is taken.
    need
        Percent to be reached, of the model `partial`.
    group
        The county of each site, where counties are to be served evenly; else None.
    """

    cover: csr_matrix
    weights: Sequence[int | Fraction]
    covered: Mask
    people: Sequence[Fraction] | None
    model: str
    n: int | None
    need: Fraction | None
    fixed: tuple[int, ...]
    refused: tuple[int, ...]
    group: Sequence[str] | None
    effort: int | None


def before_of(task: Task) -> Share:
    """Covered and total as things stand, exact."""
    return Share(total_of(task.weights, task.covered), total_of(task.weights))


def covered_by(task: Task, chosen: Sequence[int]) -> Fraction:
    """What some sites and what exists cover, exact."""
    return total_of(task.weights, task.covered | reached_by(task, chosen))


def reached_by(task: Task, chosen: Sequence[int]) -> Mask:
    """The demand that some sites cover."""
    if not len(chosen):
        return np.zeros(task.cover.shape[0], dtype=bool)
    return np.asarray(task.cover[:, list(chosen)].sum(axis=1)).ravel() > 0
