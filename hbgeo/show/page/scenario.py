"""Who could serve whom, and by what rule a facility counts: all a scenario needs.

The page counts with these and measures nothing: that a facility qualifies for an indicator and
reaches a unit was found by `measure`, as was every figure the page opens with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.options import Options
from hbgeo.measure.pairs import Serving
from hbgeo.read.indicator import Indicator
from hbgeo.read.schema.records import Schema
from hbgeo.show.page.classes import map_level
from hbgeo.show.page.layer import PageLayer

_COUNTABLE = ("presence", "count", "sum")


@dataclass(frozen=True)
class Scenarios:
    """What a page needs so that its reader may move the date and count further states.

    Attributes
    ----------
    options
        The options behind the figures that the page opens with.
    candidates
        Indicator id → every facility that would serve a unit if it worked, whatever its state and
        dates.
    """

    options: Options
    candidates: Mapping[str, Serving]


def may_follow(what: Indicator) -> bool:
    """Whether an indicator is of a kind that the page can count anew, whatever its figures are."""
    of_another_year = what.year is not None and (not what.year[1] or what.of_its_date)
    return what.measure in _COUNTABLE and not of_another_year


def rule_of(
    one: Assessment,
    layer: PageLayer | None,
    units: Mapping[str, pd.DataFrame],
    scenarios: Scenarios | None,
) -> dict[str, Any] | None:
    """By what states and dates a facility counts for an indicator; None where only Python can say.

    Notes
    -----
    `states` count, and whatever the reader adds. Where `bounded`, those in `dated` (None: all)
    count only from the day in `since` on, and without one if `undated`; all of them only until
    the day in `until`. `forced` facilities count always.
    """
    what = one.indicator
    counting = layer.schema.counting if layer else None
    if scenarios is None or what.id not in scenarios.candidates or not _is_countable(one, units):
        return None
    if layer is None or counting is None or not layer.whole:
        return None
    options = scenarios.options
    since = what.year[0] if what.year else counting.since
    forced = layer.positions(pd.Series(list(options.as_if), dtype=object))
    return {
        "layer": layer.key,
        "column": counting.column,
        "blank": counting.blank,
        "states": list(dict.fromkeys([*(what.status or counting.states), *options.status])),
        "dated": None if what.year else list(counting.states),
        "since": since if since in layer.frame else "",
        "until": counting.until if counting.until in layer.frame else "",
        "undated": _counts_undated(layer.schema, options, yearly=bool(what.year)),
        "forced": [int(at) for at in forced if at >= 0],
        "bounded": bool(since),
    }


def _is_countable(one: Assessment, units: Mapping[str, pd.DataFrame]) -> bool:
    """Whether the figure is a count of whole units, or a sum over facilities."""
    what, coverage = one.indicator, one.coverage
    if coverage is None or not may_follow(what) or len(coverage.apart):
        return False
    level = map_level(what.units, units)
    if what.units not in ("village", level):
        return False
    if one.counted:
        return True
    demand, covered = (coverage.units[c].to_numpy(dtype=float) for c in ("demand", "covered"))
    demand = demand[~np.isnan(demand)]
    plain = np.isin(demand, (0, 1)) if what.units == "village" else demand % 1 == 0
    return bool(plain.all() and np.isin(covered, (0, 1)).all())


def _counts_undated(schema: Schema, options: Options, *, yearly: bool) -> bool:
    """As `measure.select` has it: an increment of a year is never counted without its date."""
    if yearly:
        return False
    if options.undated:
        return options.undated == "include"
    return schema.counting is not None and schema.counting.include_undated
