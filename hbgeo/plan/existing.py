"""What stands already: whom the facilities that count reach, now and in the states that a scenario adds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.errors import RequestError
from hbgeo.measure.assessment import Assessment, Measured
from hbgeo.measure.network import Costs, costs_between, costs_of_table, make_network
from hbgeo.plan.asking import Asked
from hbgeo.plan.candidates import PREFIX, Candidates
from hbgeo.plan.cover import matrix_of, presence_cover, straight_cover, straight_covered
from hbgeo.plan.demand import Demand, coverage_of
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.workspace import Workspace

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from hbgeo.measure.network import Network


@dataclass(frozen=True)
class Reach:
    """Who reaches whom, by the way that was asked for.

    Attributes
    ----------
    network
        The roads, where minutes are driven; `table` the minutes, where they are given.
    """

    workspace: Workspace
    one: Assessment
    asked: Asked
    demand: Demand
    network: Network | None = None
    table: pd.DataFrame | None = None

    def of(self, found: Candidates) -> csr_matrix:
        """Demand × candidates."""
        asked, demand = self.asked, self.demand
        if asked.within_m is not None:
            return straight_cover(demand, found, float(asked.within_m))
        if asked.by_time:
            costs = self._costs(found.frame, prefixed=True)
            pairs = (costs.place.astype(np.intp), costs.facility.astype(np.intp))
            return matrix_of(*pairs, demand, found)
        return presence_cover(self.workspace, self.one.indicator, demand, found)

    def existing(self, measured: Measured) -> Mask:
        """The demand that what works reaches already."""
        asked, demand = self.asked, self.demand
        [one] = measured.assessments
        if not asked.by_place:
            covered = coverage_of(one).units["covered"].reindex(demand.frame.index)
            return (covered > 0).to_numpy(bool)
        facilities = measured.qualified[one.indicator.id]
        if "x" not in facilities:
            return np.zeros(len(demand), dtype=bool)
        if asked.within_m is not None:
            return straight_covered(demand, facilities, float(asked.within_m))
        reached = np.zeros(len(demand), dtype=bool)
        reached[self._costs(facilities).place] = True
        return reached

    def lines(self, found: Candidates, measured: Measured) -> list[str]:
        """Who could not be reckoned with, in sentences."""
        if not self.asked.by_place:
            return []
        [one] = measured.assessments
        facilities = measured.qualified[one.indicator.id]
        lost = int(facilities["x"].isna().sum()) if "x" in facilities else 0
        said = [f"{lost:,} 处现有设施没有坐标，没有计入谁离得近。"] if lost else []
        if self.network is not None:
            said += _said_of_roads(self._costs(found.frame), self.network)
        if self.table is not None:
            said += self._said_of_table(self.table, found.frame.index, facilities.index)
        return said

    def _said_of_table(self, table: pd.DataFrame, sites: pd.Index, works: pd.Index) -> list[str]:
        """How many rows of the table name nobody who is reckoned with."""
        named = {str(one) for one in (*sites, *works)}
        known = table["facility"].isin(named) | (PREFIX + table["facility"]).isin(named)
        lost = int((~known | ~table["place"].isin(self.demand.frame.index.astype(str))).sum())
        said = f"时间表中 {lost:,} 行的 place 或 facility 不是要覆盖的、候选点或现有设施，未用。"
        return [said] if lost else []

    def _costs(self, facilities: pd.DataFrame, *, prefixed: bool = False) -> Costs:
        """Minutes between demand and facilities, within the limit."""
        limit = float(self.asked.minutes or 0)
        places = self.demand.frame
        if self.network is not None:
            return costs_between(self.network, places, facilities, limit=limit)
        if self.table is None:
            raise AssertionError(self.asked)  # asked of minutes only
        index, table = facilities.index.astype(str), self.table
        if prefixed:  # a table may name a seat by the code of its unit
            known = {label.removeprefix(PREFIX): label for label in index}
            named = [known.get(str(one), str(one)) for one in table["facility"]]
            table = table.assign(facility=named)
        return costs_of_table(table, places.index.astype(str), index, limit=limit)


def make_reach(workspace: Workspace, one: Assessment, asked: Asked, demand: Demand) -> Reach:
    """The way to reach somebody that was asked for, with its roads or its table read.

    Raises
    ------
    RequestError, LayerError
        If the layer is no roads, or the table cannot be read or names nobody.
    """
    reach = Reach(workspace, one, asked, demand)
    if asked.roads:
        entry = workspace.layers.entry(asked.roads)
        if entry.role != "lines":
            raise RequestError(f'--roads：图层“{asked.roads}”不是道路；应为 role = "lines" 的图层')
        return replace(reach, network=make_network(workspace.layers.table(asked.roads).frame))
    if asked.costs is None:
        return reach
    from hbgeo.read.costs import read_costs

    table = read_costs(asked.costs)
    what = f"{LEVEL_NAMES[demand.level]}代码" if demand.level else "格子编号"
    if "minutes" not in table:
        raise RequestError(
            f"{asked.costs}：没有 minutes（分钟）列；列应为 place、facility、minutes"
        )
    if not table["place"].isin(demand.frame.index.astype(str)).any():
        raise RequestError(f"{asked.costs}：没有一行的 place 是要覆盖的{what}；请核对代码")
    return replace(reach, table=table)


def _said_of_roads(costs: Costs, network: Network) -> list[str]:
    said = []
    if n := len(costs.too_far):
        said.append(f"{n:,} 个要覆盖的离道路超过 {costs.far:g} 米，到不了任何设施。")
    if n := len(costs.cut_off):
        said.append(f"{n:,} 个要覆盖的所在路段与主路网不通（孤立或单行），只算通得到的设施。")
    for why, n in network.left_out.items():
        said.append(f"道路图层中 {n:,} 条{why}，未用。")
    return said


def idle_of(workspace: Workspace, measured: Measured, state: str) -> int:
    """How many of the facilities that count in a scenario are of a state."""
    [one] = measured.assessments
    table = workspace.layers.table(one.indicator.layer)
    counting = table.kind.counting
    if counting is None or counting.column not in table:
        return 0
    serving = measured.serving[one.indicator.id]
    ids = (
        serving.table["facility"].unique()
        if len(serving)
        else measured.qualified[one.indicator.id].index
    )
    return int((table.frame[counting.column].reindex(ids) == state).sum())
