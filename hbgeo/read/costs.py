"""A table of travel costs that the user gives: from which place to which facility, in how many minutes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.errors import LayerError, RequestError
from hbgeo.read.catalog import Layer
from hbgeo.read.cell.column import as_text, map_unique
from hbgeo.read.cell.numbers import number_of
from hbgeo.read.cell.personal import fit_to_show, hide_id_cards
from hbgeo.read.cell.text import clean, clean_text
from hbgeo.read.file.find import is_ready
from hbgeo.read.file.ledger import RawTable
from hbgeo.read.file.raw import read_raw
from hbgeo.read.issues import PROVENANCE
from hbgeo.read.schema.records import Column, Schema

COSTS = ("minutes", "metres")
_ALLOWED = "列为 place（地点代码）、facility（设施编号）、minutes（分钟）或 metres（米）"
_COLUMNS = {
    "place": (
        *("地点代码", "地点编号", "地点", "出发地", "出发地代码", "起点", "起点代码", "单元代码"),
        *("村代码", "村级代码", "行政村代码", "乡镇代码", "代码", "place", "origin", "from"),
    ),
    "facility": (
        *("设施编号", "设施代码", "设施", "目的地", "目的地编号", "终点", "终点编号", "编号"),
        *("facility", "destination", "to"),
    ),
    "minutes": (
        *("分钟", "分钟数", "时间（分钟）", "用时（分钟）", "耗时（分钟）", "车程（分钟）"),
        *("行程时间（分钟）", "通行时间（分钟）", "行车时间（分钟）", "步行时间（分钟）", "minutes", "mins", "min"),
    ),
    "metres": ("米", "距离（米）", "路程（米）", "里程（米）", "道路距离（米）", "metres", "meters"),
}  # fmt: skip


def read_costs(
    path: Path, places: pd.Index | None = None, facilities: pd.Index | None = None
) -> pd.DataFrame:
    """Read what it takes to get from places to facilities, as a file of any kind states it.

    Parameters
    ----------
    path
        With the columns place, facility, minutes (or metres), under these or Chinese headings.
    places, facilities
        The labels that there are; None: any.

    Returns
    -------
    costs
        `place` and `facility` as text, `minutes` or `metres` (or both); a row each pair.

    Raises
    ------
    RequestError
        If there is no such file.
    LayerError
        If it cannot be read, a cell is no number of 0 or more, an id is empty or not known, or a
        pair stands there twice with different figures: file, sheet, row and column are named.
    """
    if path.is_dir() or not is_ready(path, RequestError):
        raise RequestError(f"{path}：没有这个文件；路程表的{_ALLOWED}")
    names = {c: Column(c, names) for c, names in _COLUMNS.items()}
    schema = Schema("costs", "路程表", names)
    layer = Layer("costs", "table", (str(path),), "", schema="costs")
    tables = [_read(table, path) for table in read_raw(path, layer, schema).tables]
    made = pd.concat(tables, ignore_index=True)
    if not len(made):
        raise LayerError(f"{fit_to_show(path.name)}：没有一行数据；路程表的{_ALLOWED}")
    for column, known in (("place", places), ("facility", facilities)):
        if known is not None:
            _refuse_unknown(made, column, known)
    _refuse_contradictions(made)
    kept = made.drop_duplicates(["place", "facility"], ignore_index=True)
    return kept[["place", "facility", *(c for c in COSTS if c in made)]]


def _read(table: RawTable, path: Path) -> pd.DataFrame:
    """One sheet's rows, checked cell by cell."""
    found, frame = table.meaning.found, table.frame
    lacking = [c for c in ("place", "facility") if c not in found]
    have = [c for c in COSTS if c in found]
    if lacking or not have:
        sheet = str(frame["sheet"].iloc[0]) if len(frame) else ""
        where = f"{fit_to_show(path.name)}{f' 工作表“{sheet}”' if sheet else ''}"
        missing = "、".join([*lacking, *([] if have else ["minutes"])])
        raise LayerError(f"{where}：没有 {missing} 列；路程表的{_ALLOWED}")
    made = frame[PROVENANCE].reset_index(drop=True)
    for column in ("place", "facility"):
        cells = as_text(frame[found[column]]).reset_index(drop=True)
        made[column] = map_unique(cells, clean_text).astype("str")
        _refuse(made, cells, (made[column] == "").to_numpy(), "空白；应写代码或编号")
    for column in have:
        cells = as_text(frame[found[column]]).reset_index(drop=True)
        made[column] = map_unique(cells, lambda text: number_of(clean(text))).astype(float)
        bad = ~(np.isfinite(made[column]) & (made[column] >= 0)).to_numpy()
        _refuse(made, cells, bad, "应为 0 以上的数；到不了的请删去该行")
    return made.assign(**{f"{c} heading": str(found[c]) for c in ("place", "facility")})


def _refuse_unknown(made: pd.DataFrame, column: str, known: pd.Index) -> None:
    bad = ~made[column].isin(known.astype(str)).to_numpy()
    if bad.any():
        cells = made[column].rename(made[f"{column} heading"].iloc[int(np.argmax(bad))])
        what = "单元或地点" if column == "place" else "设施"
        _refuse(made, cells, bad, f"不是已有{what}的代码或编号；请改正或删去该行")


def _refuse_contradictions(made: pd.DataFrame) -> None:
    """Refuse a pair that stands there twice, with different figures."""
    have = [c for c in COSTS if c in made]
    plain = made.drop_duplicates(["place", "facility", *have])
    twice = plain.duplicated(["place", "facility"]).to_numpy()
    if twice.any():
        second = plain.index[int(np.argmax(twice))]
        same = made[["place", "facility"]].eq(made.loc[second, ["place", "facility"]]).all(axis=1)
        first = made[same].iloc[0]
        pair = f"{first['place']} 到 {first['facility']}"
        said = f"{pair} 与{_at(first)}的数不同；每对只写一行"
        raise LayerError(f"{_at(made.loc[second])}：{said}")


def _refuse(made: pd.DataFrame, cells: pd.Series, bad: Mask, why: str) -> None:
    if not bad.any():
        return
    first = int(np.argmax(bad))
    more = int(bad.sum()) - 1
    column = clean_text(str(cells.name))
    value = hide_id_cards(clean_text(str(cells.iloc[first])), column)
    rest = f"（另有 {more:,} 行）" if more else ""
    raise LayerError(f"{_at(made.iloc[first])}“{column}”列：“{value}”{why}{rest}")


def _at(row: pd.Series) -> str:
    sheet = f" 工作表“{row['sheet']}”" if row["sheet"] else ""
    return f"{row['file']}{sheet} 第{row['row']}行"
