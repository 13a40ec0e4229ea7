"""Where the next facilities should stand: plans with their proof."""

from hbgeo.measure.siting.alternatives import in_order, losses, plans
from hbgeo.measure.siting.asking import lscp, mclp, partial_cover
from hbgeo.measure.siting.certificate import certificate
from hbgeo.measure.siting.covering import EFFORT, solve
from hbgeo.measure.siting.median import p_center, p_median
from hbgeo.measure.siting.problem import Problem
from hbgeo.measure.siting.result import NEEDED, SWAP, Loss, Sites
from hbgeo.measure.siting.supply import backup, capacity

__all__ = [
    "EFFORT",
    "NEEDED",
    "SWAP",
    "Loss",
    "Problem",
    "Sites",
    "backup",
    "capacity",
    "certificate",
    "in_order",
    "losses",
    "lscp",
    "mclp",
    "p_center",
    "p_median",
    "partial_cover",
    "plans",
    "solve",
]
