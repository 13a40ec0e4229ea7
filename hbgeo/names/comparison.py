"""Signs and the names they are held against, in the columns by which they are compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from hbgeo.measure.names.check import check_names
from hbgeo.measure.names.found import SIGN_COLUMNS, Checked
from hbgeo.measure.names.places import PLACE_COLUMNS, Places
from hbgeo.measure.names.reading import Reader
from hbgeo.measure.names.text import Judge
from hbgeo.measure.touching import touching_units
from hbgeo.names.gazetteer import find_gazetteer
from hbgeo.names.rows import lonlat_of, once, place_rows
from hbgeo.names.standards import and_villages, in_any_township, in_townships, kinds_told
from hbgeo.read.characters.readings import read_readings
from hbgeo.read.characters.variants import read_variants
from hbgeo.read.keys import GAZETTEER
from hbgeo.read.table import LayerTable
from hbgeo.workspace import Workspace

_WIDEST_FIRST = ("province", "prefecture", "county", "name")


def check_table(
    workspace: Workspace,
    table: LayerTable,
    progress: Callable[[int, int], None] | None,
) -> Checked:
    """Hold the signs of a layer against the gazetteer, or what stands for it."""
    layer, scope, _ = find_gazetteer(workspace)
    judge = Judge(read_variants(), Reader(read_readings(workspace.catalog.folder)))
    signs, towns = sign_rows(table, find_parents(workspace)), workspace.find_units("township")
    how: dict[str, Any] = {"lonlat": lonlat_of(table), "scope": scope, "sample": table.sample}
    how["beside"] = [] if towns is None else touching_units(towns.frame)
    if layer is not None and not scope:
        how["told"] = kinds_told(layer)
    places = Places(_rows_of(workspace, layer), judge)
    return check_names(signs, places, judge, progress=progress, **how)


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
    layer, scope, against = find_gazetteer(workspace)
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
