"""Lists of a workspace's place names: those that are alike, and those that may be worth protecting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.errors import RequestError
from hbgeo.measure.names.forms import plain_name
from hbgeo.measure.names.heritage import suggest_protected
from hbgeo.measure.names.namesakes import find_namesakes
from hbgeo.measure.names.reading import Reader
from hbgeo.measure.names.text import Judge
from hbgeo.measure.touching import touching_units
from hbgeo.names.gazetteer import unit_names
from hbgeo.names.rows import lonlat_of, once, place_rows, texts_of
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.characters.readings import read_readings
from hbgeo.read.characters.variants import read_variants
from hbgeo.read.keys import GAZETTEER
from hbgeo.read.table import LayerTable
from hbgeo.show.words import SAMPLE_MARK
from hbgeo.workspace import Workspace

_ONE = {"村民委员会": "行政村", "居民委员会": "社区", "居民点": "自然村", "自然村落": "自然村"}
_TOLD = ("meaning", "origin", "history")
_MOST_KM = 5


@dataclass(frozen=True)
class NameList:
    """A list, its title, the line above it, and what must be said beside it."""

    rows: pd.DataFrame
    kind: str
    title: str
    line: str
    notes: tuple[str, ...]
    sample: bool

    def content(self, suffix: str) -> bytes:
        """The content of a file by its suffix."""
        from hbgeo.show.excel.listing import list_bytes
        from hbgeo.show.table.formats import table_bytes

        if suffix != ".xlsx":
            return table_bytes(self.rows, suffix)
        line = "".join([self.line, *self.notes])
        mark = SAMPLE_MARK if self.sample else ""
        return list_bytes(self.kind, self.title, line, {self.title: self.rows}, mark=mark)


def list_namesakes(workspace: Workspace, within: str = "") -> NameList:
    """The places of one name or one reading: see `find_namesakes`.

    Raises
    ------
    RequestError
        If the workspace has neither place names nor a list of villages.
    """
    layer = _places(workspace)
    rows = _rows(layer, workspace.catalog.as_of)
    today = ~rows["gone"].to_numpy(bool)
    lonlat = lonlat_of(layer)
    judge = Judge(read_variants(), Reader(read_readings(workspace.catalog.folder)))
    towns = workspace.find_units("township")
    found = find_namesakes(
        rows[today],
        judge,
        beside=[] if towns is None else touching_units(towns.frame),
        lonlat=None if lonlat is None else lonlat[today],
        names=unit_names(workspace, "county", "township"),
    )
    found = inside(found, within)
    line = f"{layer.title}中今天使用的 {int(today.sum()):,} 个名称，同一类别内比较。跨县只列相距 {_MOST_KM} 公里以内的；没有坐标的，列所在乡镇相接的。"
    unknown = rows["county_code"].to_numpy(object)[today] == ""
    notes = [f"{int(unknown.sum()):,} 个名称不知所在县，没有比较。"] if unknown.any() else []
    return NameList(found, "same", "重名和同音", line, tuple(notes), layer.sample)


def list_protected(workspace: Workspace, within: str = "") -> NameList:
    """The names that may be worth protecting: see `suggest_protected`.

    Raises
    ------
    RequestError
        If the workspace has no layer of place names.
    """
    layer = workspace.find_layer(GAZETTEER)
    if layer is None:
        raise RequestError(
            f"没有地名图层（{GAZETTEER}）：地名保护名录的建议按设立年份、曾用名、历史沿革提出，村名单里没有这些"
        )
    layer = once(layer)
    as_of = workspace.catalog.as_of
    rows, year = _rows(layer, as_of), as_of.year
    names = unit_names(workspace, "county", "township")
    found = inside(suggest_protected(rows, year), within)
    for column in ("county", "unit"):
        found[column] = [names.get(code, "") for code in found[f"{column}_code"]]
    listed, told = int(rows["listed"].sum()), bool((rows["founded"] != "").any())
    line = f"{layer.title} {len(rows):,} 个名称中建议研究的，年代算到 {year} 年。都是建议：是否列入由地名主管部门核定，本表不是名录。"
    notes = [f"已列入名录的 {listed:,} 个不再建议。"] if listed else []
    notes += [] if told else ["没有设立年份，只看了历史沿革等文字。"]
    return NameList(found, "protect", "地名保护名录建议", line, tuple(notes), layer.sample)


def _places(workspace: Workspace) -> LayerTable:
    layer = workspace.find_layer(GAZETTEER)
    if layer is not None:
        return once(layer)
    villages = workspace.find_units("village")
    if villages is None:
        raise RequestError(f"没有地名图层（{GAZETTEER}），也没有{LEVEL_NAMES['village']}名单")
    return villages


def _rows(layer: LayerTable, as_of: date) -> pd.DataFrame:
    """Places in the columns that lists are made from; a list of villages has but their kind."""
    frame, known = layer.frame, place_rows(layer, as_of)
    told = [texts_of(layer, one) for one in _TOLD]
    listed = frame["heritage"] if "heritage" in frame else [""] * len(frame)
    made: dict[str, Any] = {
        "code": known["code"].tolist(),
        "name": [plain_name(one, sample=layer.sample) for one in known["name"]],
        "unit_code": known["unit_code"].tolist(),
        "county_code": known["county_code"].tolist(),
        "class": [_ONE.get(one, one) for one in texts_of(layer, "class", "kind")],
        "founded": texts_of(layer, "established_on"),
        "old": [tuple(one) for one in known["old"]],
        "text": ["。".join(filter(None, one)) for one in zip(*told, strict=True)],
        "gone": known["gone"].tolist(),
        "listed": [one is True or str(one) in {"True", "是"} for one in listed],
    }
    return pd.DataFrame({c: pd.Series(v, dtype=bool if c in {"gone", "listed"} else object) for c, v in made.items()})  # fmt: skip


def inside(rows: pd.DataFrame, within: str) -> pd.DataFrame:
    """The rows that concern a county or prefecture."""
    if not within:
        return rows
    start = within[:4] if within.endswith("00") else within
    mine = [
        any(c.startswith(start) for c in str(codes).split("、")) for codes in rows["county_code"]
    ]
    return rows[np.array(mine, bool)].reset_index(drop=True)
