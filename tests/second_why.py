"""A second computation of who covers whom: plain loops over the rows, none of the package's rules used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pyproj
import shapely

from hbgeo.workspace import Workspace

WORKS = {"cemetery": "运营", "eldercare": "运营", "sign": "完好"}
APART_M = 500


@dataclass
class Second:
    """The rows of one layer as plain dicts, and where each stands, found one by one."""

    workspace: Workspace
    key: str
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    homes: dict[str, dict[str, str]] = field(default_factory=dict)
    apart: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        frame = self.workspace.layer(self.key)
        self.rows = {str(i): r for i, r in zip(frame.index, frame.to_dict("records"), strict=True)}
        self.townships = self.workspace.units("township")
        self.counties = self.workspace.units("county")
        shapely.prepare(self.counties["geometry"].to_numpy())
        self._trees = {
            level: (shapely.STRtree(units["geometry"].to_numpy()), units.index)
            for level, units in (("township", self.townships), ("county", self.counties))
        }
        for one, row in self.rows.items():
            if self._is_apart(row):
                self.apart.add(one)
            self.homes[one] = {} if one in self.apart else self._home(row)

    def _is_apart(self, row: dict[str, Any]) -> bool:
        """Whether the point is over 500 m from the county that is named: its outline is no rough one."""
        if not row["county_code"] or not _has_point(row):
            return False
        shape = self.counties["geometry"][row["county_code"]]
        if shapely.intersects(shape, shapely.Point(row["x"], row["y"])):
            return False
        return metres(row["x"], row["y"], shape) > APART_M

    def _home(self, row: dict[str, Any]) -> dict[str, str]:
        """The unit of each level; the ledger goes before townships' outlines, which are rough."""
        county = row["county_code"] or self._holder("county", row)
        town = row["township_code"]
        if not town:
            town = self._holder("township", row)
            if row["county_code"] and town[:6] != row["county_code"]:
                town = ""
        return {"county": county, "township": town, "village": row.get("village_code") or ""}

    def _holder(self, level: str, row: dict[str, Any]) -> str:
        if not _has_point(row):
            return ""
        tree, codes = self._trees[level]
        hits = tree.query(shapely.Point(row["x"], row["y"]), predicate="intersects")
        return min((str(codes[h]) for h in hits), default="")

    def works(self, one: str) -> bool:
        """Whether a row works on the workspace's date."""
        row, day = self.rows[one], pd.Timestamp(self.workspace.catalog.as_of)
        if row["status"] != WORKS[self.key]:
            return False
        since = row.get("opened_on" if self.key != "sign" else "installed_on", pd.NaT)
        until = row.get("closed_on", pd.NaT)
        if self.key != "sign" and pd.isna(since):
            return False
        return not (since > day) and not (until <= day)

    def asked(self, one: str, clauses: Sequence[Any]) -> list[Any]:
        """The clauses that a row fits."""
        return [
            c for c in clauses if all(_holds(self.rows[one][k], v) for k, v in c.wanted.items())
        ]

    def reaches(self, one: str, level: str, code: str, town: str = "") -> set[str]:
        """How a row reaches a unit: home, served."""
        ways = set()
        if one in self.apart:
            return ways
        if self.homes[one].get(level) == code:
            ways.add("home")
        chain = {code, code[:6], code[:4] + "00", code[:2] + "0000", town} - {""}
        if chain & set(self.rows[one]["served"]):
            ways.add("served")
        return ways

    def cover(self, clauses: Sequence[Any], via: Sequence[str], level: str, code: str, town: str = "") -> set[str]:  # fmt: skip
        """The rows that count and reach a unit."""
        return {
            one
            for one in self.rows
            if self.works(one)
            for c in self.asked(one, clauses)
            for way in self.reaches(one, level, code, town)
            if way == "home" or "served" in (c.via or via)
            if way == "served" or {"inside", "named"} & set(c.via or via)
        }


def _has_point(row: dict[str, Any]) -> bool:
    return not (pd.isna(row["x"]) or pd.isna(row["y"]))


def _holds(cell: Any, wanted: Sequence[str]) -> bool:
    given = set(cell) if isinstance(cell, tuple) else {cell}
    return any(set(w.split("+")) <= given for w in wanted)


def metres(x: float, y: float, shape: Any) -> float:
    """How far a point is from a shape, in a projection about the point in which that is true."""
    near = pyproj.Proj(proj="aeqd", lat_0=y, lon_0=x, ellps="GRS80")
    fine = shapely.segmentize(shape, 0.002)
    flat = shapely.transform(fine, lambda xy: _flat(near, xy))
    return float(shapely.distance(shapely.Point(0, 0), flat))


def _flat(near: pyproj.Proj, xy: Any) -> Any:
    import numpy as np

    return np.column_stack(near(xy[:, 0], xy[:, 1]))
