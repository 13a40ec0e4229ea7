"""Place names → facilities of their units, each with its class, and what is registered twice marked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.read.catalog import Layer
from hbgeo.read.cell.column import distinct, spread
from hbgeo.read.cell.text import clean
from hbgeo.read.divisions import normal_name
from hbgeo.read.divisions.register import Register
from hbgeo.read.issues import Issue, issue_rows
from hbgeo.read.schema.ranges import EXTENT
from hbgeo.read.schema.tidy import Tidy
from hbgeo.read.table import LayerTable
from hbgeo.read.units.classes import BODIES, class_of
from hbgeo.read.units.facilities import make_facilities
from hbgeo.read.units.naming import blank_texts

TODAY, PAST, TWICE = "现今", "历史", "重复登记"
VILLAGE_CLASSES = (*BODIES, *BODIES.values())  # which are a village or community themselves
_WIDE = 0.01  # degrees, about a kilometre: of what reaches farther the middle says no township
_WIDE_M = 1000.0


def make_placenames(
    made: Tidy, layer: Layer, register: Register, *, same_scheme: bool
) -> LayerTable:
    """Tie the names of a gazetteer to the units that hold them (see `make_facilities`).

    A village or community is its own 所在村. What reaches farther than a kilometre and names its
    county stands where it says, not in the middle of its extent.

    Returns
    -------
    table
        With `class` (see `class_of`), `use` (现今, 历史, or 重复登记 for a committee that is registered
        beside its village or community), and `given_on` (命名时间, else 设立年份) where there is either.
    """
    frame = made.frame.copy(deep=False)
    blank = blank_texts(frame)
    frame["class"] = _classes(frame)
    frame["use"] = frame.get("use", blank).where(lambda cells: cells != "", TODAY)
    dates = [frame[c] for c in ("named_on", "established_on") if c in frame]
    if dates:
        frame["given_on"] = dates[0].fillna(dates[-1])
    _name_by_area(frame)
    _name_by_division(frame, register)
    own = frame["class"].isin(VILLAGE_CLASSES) & (frame.get("village", blank) == "")
    frame["village"] = frame.get("village", blank).where(~own, frame.get("name", blank))
    _forget_middles(frame)
    table = make_facilities(replace(made, frame=frame), layer, register, same_scheme=same_scheme)
    return _with_doubles(table)


def _classes(frame: pd.DataFrame) -> pd.Series:
    """The class of each row, looked up once for all rows that say the same."""
    blank = blank_texts(frame)
    kinds, codes, ids = (frame.get(c, blank) for c in ("kind", "kind_code", "id"))
    inside = ids.where(ids.str.fullmatch(r"\d{20}"), "").str.slice(9, 14)
    said = codes.where(codes != "", inside)
    given = frame.get("class", blank)
    asked = pd.MultiIndex.from_arrays([kinds, said, given])
    numbers, known = pd.factorize(asked)
    made = [own or class_of(kind, code, "") for kind, code, own in known]
    return spread(made, numbers, frame.index)


def _name_by_area(frame: pd.DataFrame) -> None:
    """The library's `area` is the code of a county (6 digits) or township (9) that holds a name."""
    if "area" not in frame:
        return
    area = frame["area"].astype("str")
    for column, digits in (("county_code", 6), ("township_code", 9)):
        own = frame.get(column, blank_texts(frame))
        fits = area.str.fullmatch(rf"\d{{{digits}}}") & (own == "")
        frame[column] = own.where(~fits, area)


def _name_by_division(frame: pd.DataFrame, register: Register) -> None:
    """Read 所在（跨）行政区 where county and township are empty; several counties name none."""
    if "division" not in frame:
        return
    blank = blank_texts(frame)
    county, township = (frame.get(c, blank) for c in ("county", "township"))
    numbers, texts = distinct(frame["division"])
    parted = [_part(text, register) for text in texts]
    empty = (county == "") & (township == "")
    for column, k in (("county", 0), ("township", 1)):
        words = spread([pair[k] for pair in parted], numbers, frame.index)
        frame[column] = frame.get(column, blank).where(~empty, words)


def _part(text: str, register: Register) -> tuple[str, str]:
    """County and township that a text names one after the other; of several counties neither."""
    whole = clean(text).replace(" ", "")
    counties = register.names_in("county", whole)
    if len(counties) != 1:
        return "", ""
    name = counties[0]
    rest = whole.partition(name)[2].lstrip("-—·、,，")
    inside = [t for t in register.names_in("township", rest, name) if rest.startswith(t)]
    return name, inside[0] if len(inside) == 1 else ""


def _forget_middles(frame: pd.DataFrame) -> None:
    """Take the middle of a wide extent out of rows that name their county."""
    if EXTENT not in frame:
        return
    blank = blank_texts(frame)
    extent = frame.pop(EXTENT)
    named = np.zeros(len(frame), bool)
    for column in ("county", "county_code", "township", "township_code"):
        named |= (frame.get(column, blank) != "").to_numpy()
    wide = (extent > _WIDE) & ((extent < 360) | (extent > _WIDE_M))
    frame.loc[wide.to_numpy() & named, ["x", "y"]] = np.nan


def _with_doubles(table: LayerTable) -> LayerTable:
    """Mark committees that are registered beside their village or community, and say how many."""
    twice = find_doubles(table.frame)
    if not twice.any():
        return table
    frame = table.frame.copy(deep=False)
    frame["use"] = frame["use"].where(~twice, TWICE)
    said = f"{int(twice.sum()):,} 个村民委员会、居民委员会与同名的行政村、社区是同一实体，只计行政村、社区"
    file = str(frame["file"][twice].iloc[0])
    where = (table.key, file, "", None, "地名类别", "", "W34", "warning")
    issue = Issue(*where, said, "不必改动；不是同一实体的请改正名称或所在乡镇")
    issues = pd.concat([table.issues, issue_rows([issue])], ignore_index=True)
    return replace(table, frame=frame, issues=issues)


def find_doubles(frame: pd.DataFrame) -> Mask:
    """Mark the committees (村民委员会, 居民委员会) beside a village or community of the same name.

    Of several of one name in a township as many are marked as there are villages or communities.

    Parameters
    ----------
    frame
        `name`, `class`, `county_code`, `township_code`.
    """
    classes = frame["class"]
    mine = classes.isin(VILLAGE_CLASSES).to_numpy() & (frame["use"] == TODAY).to_numpy()
    at = np.flatnonzero(mine & (frame["county_code"] != "").to_numpy())
    rows = frame.iloc[at]
    body = rows["class"].isin(BODIES).to_numpy()
    names = [normal_name(name) for name in rows.get("name", rows["class"])]
    keys = [rows["county_code"].to_numpy(), rows["township_code"].to_numpy()]
    keys += [rows["class"].replace(BODIES).to_numpy(), np.array(names, dtype=object)]
    groups = pd.MultiIndex.from_arrays(keys)
    numbers = pd.factorize(groups)[0]
    there = np.bincount(numbers[~body], minlength=int(numbers.max(initial=-1)) + 1)
    order = pd.Series(numbers[body]).groupby(numbers[body]).cumcount().to_numpy()
    marked = np.zeros(len(frame), bool)
    marked[at[body]] = order < there[numbers[body]]
    return marked
