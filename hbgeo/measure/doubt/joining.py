"""Every value of the groups that keys name, all at once."""

from __future__ import annotations

import numpy as np

from hbgeo.measure.doubt.question import Whole


def join(keys: Whole, group: Whole, value: Whole, groups: int) -> tuple[Whole, Whole]:
    """Every (position in keys, value of the group that it names)."""
    order = np.argsort(group, kind="stable")
    many = np.bincount(group, minlength=groups)
    start = np.cumsum(many) - many
    size = many[keys]
    at = np.repeat(np.arange(len(keys)), size)
    within = np.arange(len(at)) - np.repeat(np.cumsum(size) - size, size)
    return at, value[order[start[keys[at]] + within]]
