"""The class of each unit in the legend of its indicator, as page and pictures have it, and its state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.measure.assessment import Assessment
from hbgeo.show import words
from hbgeo.show.page.classes import POLYGON_LEVELS, Classes, classify
from hbgeo.show.paper.poster import keys_of
from hbgeo.show.paper.poster_map import LegendKey

COUNTED, PARTLY, UNKNOWN = "计数", "部分覆盖", "无数据"
_AMOUNTS = ("count", "sum", "ratio")


@dataclass(frozen=True)
class UnitClasses:
    """The units of an indicator in classes.

    Attributes
    ----------
    names
        What the class of each is called in the legend, in the order of `Coverage.units`.
    keys
        The legend.
    states
        已覆盖, 未覆盖, 部分覆盖, 不适用 (nothing asked for), 无数据 (no weight); of amounts 计数.
    """

    names: NDArray[np.object_]
    keys: Sequence[LegendKey]
    states: NDArray[np.object_]


def classes_of(assessment: Assessment, units: Mapping[str, pd.DataFrame]) -> UnitClasses:
    """Put the units of a measured indicator into the classes of its legend.

    Units without boundaries (villages) are classed by themselves here, not by the polygons that
    they lie in.

    Parameters
    ----------
    units
        Level → units by code.
    """
    if assessment.coverage is None:
        raise AssertionError(assessment.indicator.id)  # asked only of what was measured
    shown = _by_themselves(assessment, units)
    at = shown.table.index.get_indexer(assessment.coverage.units.index)
    there = set(shown.of[at].tolist())  # not of the units that the indicator does not ask for
    keys = [key for key in keys_of(shown) if key.code >= 0 or key.code in there]
    called = {key.code: key.name for key in keys}
    names = np.array([called[int(code)] for code in shown.of[at]], dtype=object)
    return UnitClasses(names, keys, _states(assessment))


def _by_themselves(assessment: Assessment, units: Mapping[str, pd.DataFrame]) -> Classes:
    """The classes of the units of an indicator, whatever stands for them on a map."""
    level = assessment.indicator.units
    if level in POLYGON_LEVELS and "geometry" in units[level]:
        return classify(assessment, {level: units[level]})
    # the finest level of which classes are made stands for one that is finer still
    alone = replace(assessment, indicator=replace(assessment.indicator, units=POLYGON_LEVELS[-1]))
    plain = pd.DataFrame({"geometry": None}, index=units[level].index)
    return classify(alone, {POLYGON_LEVELS[-1]: plain})


def _states(assessment: Assessment) -> NDArray[np.object_]:
    coverage = assessment.coverage
    if coverage is None or assessment.indicator.measure in _AMOUNTS:
        count = 0 if coverage is None else len(coverage.units)
        return np.full(count, COUNTED, dtype=object)
    demand, covered = (coverage.units[c].to_numpy(dtype=float) for c in ("demand", "covered"))
    says = [words.COVERED, words.UNCOVERED]
    made = np.select([covered >= 1, covered == 0], says, PARTLY).astype(object)
    made[np.isnan(covered)] = UNKNOWN
    made[demand == 0] = words.NOT_APPLICABLE
    made[np.isnan(demand)] = UNKNOWN
    return made
