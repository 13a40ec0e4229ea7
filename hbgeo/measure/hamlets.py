"""The natural villages of a gazetteer as units: those that hold on a date, with their townships."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from hbgeo.measure.counting import working
from hbgeo.measure.options import Options
from hbgeo.measure.source import PARENTS
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.table import LayerTable

HAMLET = "自然村"
_PARENTS = [column for pair in PARENTS.values() for column in pair]
_KEPT = ("name", "roman", "village_code", "x", "y")


def make_hamlets(
    gazetteer: LayerTable,
    townships: LayerTable | None,
    counties: LayerTable | None,
    owners: pd.Series,
    as_of: date,
) -> LayerTable:
    """Take the natural villages out of a gazetteer that hold on a date: by 使用时间 and the years.

    Parameters
    ----------
    owners
        The township of each row by its point, "" for none: of rows that name no unit.

    Returns
    -------
    units
        Indexed by 地名代码 (see `settle_ids`): `name`, `kind`, `village_code`, `township_code`,
        the parents, `x`, `y` and the seat. Names of which not even the county is known are kept
        out, and counted in `apart`.
    """
    frame = gazetteer.frame
    valid = working(frame, gazetteer.kind, Options(as_of=as_of)).mask
    mine = (frame["class"] == HAMLET).to_numpy() & valid
    rows = pd.DataFrame(frame)[mine]
    stated = rows["township_code"]
    township = stated.where((stated != "") | (rows["county_code"] != ""), owners[mine])
    made = pd.DataFrame({c: rows[c] for c in _KEPT if c in rows}, index=rows.index)
    made["kind"], made["township_code"] = HAMLET, township
    for column in _PARENTS:
        made[column] = ""
    for above, codes in ((counties, rows["county_code"]), (townships, township)):
        if above is not None:
            _inherit(made, above.frame, codes)
    for axis in "xy":
        made[f"seat_{axis}"] = made.get(axis, np.nan)
    known = (made["county_code"] != "").to_numpy()
    made = made[known].rename_axis("code").sort_index()
    title, apart = LEVEL_NAMES["hamlet"], gazetteer.apart + int((~known).sum())
    return replace(gazetteer, frame=made, title=title, level="hamlet", apart=apart)


def _inherit(made: pd.DataFrame, above: pd.DataFrame, codes: pd.Series) -> None:
    """Give rows the parents of the unit that they name, where it is one of those."""
    listed = codes.tolist()
    for column in _PARENTS:
        own = column if column in above else {"county": "name"}.get(column, "")
        known = (above[own] if own else above.index.to_series()).to_dict()
        if own or column == "county_code":  # counties may have no column of their own code
            before = made[column].tolist()
            made[column] = [known.get(c, was) for c, was in zip(listed, before, strict=True)]
