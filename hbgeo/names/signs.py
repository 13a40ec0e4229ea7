"""The signs of a workspace held against its place names: what was found, as tables and as shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.errors import RequestError
from hbgeo.measure.names.check import SIGN_COLUMNS, Checked, check_names
from hbgeo.measure.names.generics import VILLAGE
from hbgeo.measure.names.places import PLACE_COLUMNS, Places
from hbgeo.measure.names.reading import Reader
from hbgeo.measure.names.rules import RULES
from hbgeo.measure.names.text import Judge
from hbgeo.measure.touching import touching_units
from hbgeo.names.kept import checked_names, is_known
from hbgeo.names.rows import lonlat_of, once, place_rows, unit_names
from hbgeo.names.standards import and_villages, in_any_township, in_townships, kinds_told
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.characters.readings import read_readings
from hbgeo.read.characters.variants import read_variants
from hbgeo.read.keys import GAZETTEER
from hbgeo.read.table import LayerTable
from hbgeo.workspace import Workspace

SIGNS = "sign"
_WIDEST_FIRST = ("province", "prefecture", "county", "name")


@dataclass(frozen=True)
class NamesFound:
    """What was found of the signs of one layer, and what must be said beside it.

    Attributes
    ----------
    against
        What the signs were held against, in words.
    names
        County → its name.
    """

    checked: Checked
    title: str
    against: str
    notes: tuple[str, ...]
    sample: bool
    names: dict[str, str]

    @property
    def rows(self) -> pd.DataFrame:
        """One row a finding."""
        return self.checked.rows

    def content(self, suffix: str) -> bytes:
        """The content of a file by its suffix: a workbook has the rules on a sheet of their own."""
        from hbgeo.show.excel.names import names_bytes
        from hbgeo.show.table.formats import table_bytes
        from hbgeo.show.words import SAMPLE_MARK

        if suffix == ".xlsx":
            none = "，没有发现问题" if self.rows.empty else ""
            line = f"{self.against}。共 {sum(self.checked.signs.values()):,} 块标志{none}。提醒由人核定，本表不自动改正任何名称。"
            mark = SAMPLE_MARK if self.sample else ""
            return names_bytes(self.rows, rules_table(), self.names, self.title, line, mark=mark)
        return table_bytes(self.rows, suffix)


def rules_table() -> pd.DataFrame:
    """The rules, each with its article and an example."""
    columns = ["rule", "title", "severity", "article", "example"]
    rows = [[r.id, r.title, r.severity, r.article, r.example] for r in RULES.values()]
    return pd.DataFrame(rows, columns=columns)


def find_names(
    workspace: Workspace,
    key: str = SIGNS,
    within: str = "",
    *,
    progress: Callable[[int, int], None] | None = None,
) -> NamesFound:
    """Hold the signs of a layer against the gazetteer, or the list of villages where there is none.

    Parameters
    ----------
    within
        The code of a county or prefecture: only its signs' findings are given.

    Raises
    ------
    RequestError
        If the layer's rows are no signs: they have no names.
    """
    table = workspace.layers.table(key)
    if table.level or "name" not in table or "kind" not in table:
        raise RequestError(
            f'图层“{key}”不是地名标志：要有标志名称、标志类别两列，如 schema = "sign"'
        )
    layer, scope, against = _gazetteer(workspace)

    check = partial(_check, workspace, table, layer, scope, progress)
    checked = checked_names(workspace, key, "" if scope else GAZETTEER, check)
    names = unit_names(workspace, "county")
    checked = _inside(checked, within) if within else checked
    notes = (*_notes(checked, scope), *mixed_notes(checked.mixed, names))
    return NamesFound(checked, table.title, against, notes, table.sample, names)


def _check(
    workspace: Workspace,
    table: LayerTable,
    layer: LayerTable | None,
    scope: tuple[str, ...],
    progress: Callable[[int, int], None] | None,
) -> Checked:
    """Hold the signs of a table against the names of a layer."""
    judge = Judge(read_variants(), Reader(read_readings(workspace.catalog.folder)))
    signs, towns = sign_rows(table, find_parents(workspace)), workspace.find_units("township")
    how: dict[str, Any] = {"lonlat": lonlat_of(table), "scope": scope, "sample": table.sample}
    how["beside"] = [] if towns is None else touching_units(towns.frame)
    if layer is not None and not scope:
        how["told"] = kinds_told(layer)
    places = Places(_rows_of(workspace, layer), judge)
    return check_names(signs, places, judge, progress=progress, **how)


def is_looked_at(workspace: Workspace, key: str) -> bool:
    """Whether the signs of a layer were held against the very same names before."""
    _, scope, _ = _gazetteer(workspace)
    return is_known(workspace, key, "" if scope else GAZETTEER)


def sign_rows(table: LayerTable, parents: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    """The signs of a layer, in the columns that names are checked by."""
    frame = table.frame
    given = {
        "name": "name", "roman": "roman", "kind": "kind", "place_code": "place_code",
        "named": "unit_named", "village_code": "village_code", "township_code": "township_code",
        "county_code": "county_code", "file": "file", "sheet": "sheet",
    }  # fmt: skip
    made: dict[str, Any] = {mine: _cells(frame, theirs) for mine, theirs in given.items()}
    town, county = made["township_code"], made["county_code"]
    unit = town.where(town != "", county).tolist()
    made["id"] = frame.index.astype("str").to_series()
    made["parents"] = pd.Series([parents.get(code, ()) for code in unit], dtype=object)
    made["row"] = frame["row"]
    return pd.DataFrame({c: made[c].reset_index(drop=True) for c in SIGN_COLUMNS})


def _cells(frame: pd.DataFrame, name: str) -> pd.Series:
    """A column as text, as compact as it is kept; empty cells without it."""
    if name not in frame:
        return pd.Series("", index=frame.index, dtype="str")
    return frame[name].astype("str").fillna("")


def find_places(workspace: Workspace) -> tuple[pd.DataFrame, tuple[str, ...], str]:
    """The places signs may stand for; of which kinds of signs they are all; and the words for it."""
    layer, scope, against = _gazetteer(workspace)
    return _rows_of(workspace, layer), scope, against


def _rows_of(workspace: Workspace, layer: LayerTable | None) -> pd.DataFrame:
    """Places in the columns that signs are matched by: with a gazetteer also the villages it lacks."""
    if layer is None:
        return pd.DataFrame(columns=PLACE_COLUMNS)
    if layer.key != GAZETTEER:
        return place_rows(layer, workspace.catalog.as_of)
    layer, as_of = once(layer), workspace.catalog.as_of
    made, index = place_rows(layer, as_of), workspace.find_index("township")
    towns = workspace.find_units("township")
    if index is not None and towns is not None:
        made = in_townships(made, layer, index, towns.frame.index)
    if towns is not None:
        made = in_any_township(made, towns.frame)
    villages = workspace.find_units("village")
    return made if villages is None else and_villages(made, place_rows(villages, as_of))


def _gazetteer(workspace: Workspace) -> tuple[LayerTable | None, tuple[str, ...], str]:
    """What holds the places signs may stand for; of which kinds of signs all; and the words for it."""
    layer = workspace.find_layer(GAZETTEER)
    if layer is not None:
        more = "" if workspace.find_units("village") is None else "，它没有的村对照村名单"
        return layer, (), f"对照{layer.title}“{layer.key}”{more}"
    villages = workspace.find_units("village")
    if villages is None:
        return None, ("",), "没有地名图层和村名单，只看标志自身的写法"
    return (
        villages,
        (VILLAGE,),
        f"对照{LEVEL_NAMES['village']}名单；没有地名图层（placename）",
    )


def find_parents(workspace: Workspace) -> dict[str, tuple[str, ...]]:
    """Unit → the names that may stand before a sign's own, the widest first."""
    made: dict[str, tuple[str, ...]] = {}
    for level in ("county", "township"):
        units = workspace.find_units(level)
        if units is None:
            continue
        columns = [units.frame[c].tolist() for c in _WIDEST_FIRST if c in units]
        made |= dict(zip(units.frame.index, zip(*columns, strict=True), strict=True))
    return made


def _inside(checked: Checked, within: str) -> Checked:
    """What was found in one county or prefecture."""
    start = within[:4] if within.endswith("00") else within
    mine = [str(code).startswith(start) for code in checked.rows["county_code"]]
    counts = {
        part: {c: n for c, n in getattr(checked, part).items() if c.startswith(start)}
        for part in ("signs", "unheld", "mixed")
    }
    rows = checked.rows[np.array(mine, dtype=bool)].reset_index(drop=True)
    return replace(checked, rows=rows, **counts)


def _notes(checked: Checked, scope: tuple[str, ...]) -> list[str]:
    count = sum(checked.unheld.values())
    if not count:
        return []
    why = "名单里没有这类地名，" if scope else ""
    return [f"{count:,} 块标志没有找到标准名称：{why}只核对了写法和拼写。"]


def mixed_notes(mixed: Mapping[str, tuple[int, int]], names: dict[str, str]) -> list[str]:
    """Counties whose village signs part the generic here and join it there: both are right, not mixed."""
    return [
        f"{names.get(county, county)}的村牌拼写不统一：“村”分写 {apart:,} 块，连写 {joined:,} 块；两种写法都可，一县宜用一种。"
        for county, (apart, joined) in mixed.items()
    ]
