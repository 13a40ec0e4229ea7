"""Where a point is: the units of every level that hold it, and the name and the sign nearest to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.errors import RequestError
from hbgeo.measure.distance import nearest
from hbgeo.measure.locate import UnitIndex, metres_to_units
from hbgeo.names.rows import gone, once
from hbgeo.names.signs import SIGNS
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.cell.coordinates import COARSE, read_pair
from hbgeo.read.keys import GAZETTEER
from hbgeo.read.points import bring_point
from hbgeo.read.table import LayerTable
from hbgeo.workspace import Workspace

LEVELS = ("province", "prefecture", "county", "township", "village")
COLUMNS = [
    "x", "y", *(f"{level}{part}" for level in LEVELS for part in ("_code", "")),
    "nearest_name", "nearest_sign", "metres", "nearest_code", "sign_id", "sign_status",
    "sign_metres", "on_border", "nearest_unit_code", "nearest_unit", "unit_metres",
]  # fmt: skip
_NOT_THERE = ("缺失", "待设")  # states of a sign
_POINTS = (("x", "y"), ("seat_x", "seat_y"))


@dataclass(frozen=True)
class Where:
    """Where a point is.

    Attributes
    ----------
    row
        `COLUMNS`: `x`, `y` in CGCS2000; the code and the name of the unit of each level, None
        where none is known to hold the point; `metres` to the nearest name, `sign_metres` to the
        nearest sign that stands, `unit_metres` to the nearest unit of a point that is in none; geodesic.
        `on_border` lists the levels at which the point is on a border that units share.
    notes
        What must be said beside it.
    sample, approximate
        Whether a layer it rests on is invented, or has approximate boundaries.
    """

    row: dict[str, Any]
    notes: tuple[str, ...]
    sample: bool
    approximate: bool

    @property
    def inside(self) -> bool:
        """Whether some unit holds the point."""
        return any(self.row[f"{level}_code"] for level in LEVELS)

    @property
    def rows(self) -> pd.DataFrame:
        """The row as a table."""
        shown = self.row | {"on_border": "、".join(LEVEL_NAMES[at] for at in self.row["on_border"])}
        return pd.DataFrame([shown], columns=COLUMNS)


def read_position(text: str, crs: str = "") -> tuple[float, float, list[str]]:
    """Read a longitude and a latitude as people write them, and bring them to CGCS2000.

    Parameters
    ----------
    text
        Both, in any spelling ledgers use; in China their order does not matter.
    crs
        What the catalogue takes; "" takes CGCS2000, and says so.

    Returns
    -------
    x, y, notes

    Raises
    ------
    RequestError
        If the text is no pair of coordinates.
    LayerError
        If the CRS is not known or cannot hold them.
    """
    pair = read_pair(text)
    if pair is None:
        raise RequestError(f"“{text}”不是一对坐标；写作 114.305 30.593，或 114°18′18″ 30°35′35″")
    (first, step), (second, other) = pair
    x, y = bring_point(first, second, crs or "CGCS2000")
    notes = [] if crs else ["没有写 --crs，按 CGCS2000（WGS84、天地图同此）。"]
    if abs(first) < 1000 and max(step, other) > COARSE:
        notes.append("坐标不足四位小数，误差可达百米以上，可能落入相邻的单元。")
    return x, y, notes


def find_where(workspace: Workspace, x: float, y: float) -> Where:
    """Find the units that hold a point, and the name and the sign nearest to it.

    A point on a border that units share belongs to the one of the smallest code. Villages
    without boundaries hold nothing. Where no boundary of a level is known, the unit is the one
    that the narrowest unit found belongs to.

    Parameters
    ----------
    x, y
        In CGCS2000.

    Raises
    ------
    LayerError
        If a layer cannot be read.
    """
    row: dict[str, Any] = dict.fromkeys(COLUMNS) | {"x": x, "y": y, "on_border": []}
    layers, notes = list[LayerTable](), list[str]()
    _hold(workspace, row, layers, notes)
    if not any(row[f"{level}_code"] for level in LEVELS):
        _nearest_unit(layers, row)
    for part, tables in (
        (("nearest_name", "nearest_code", "metres"), _places(workspace)),
        (("nearest_sign", "sign_id", "sign_metres"), _signs(workspace)),
    ):
        near = _nearest(tables, x, y)
        if near is not None:
            table, label, metres = near
            told = table.frame.loc[label]
            row |= dict(zip(part, (_text(told["name"]), str(label), round(metres, 1)), strict=True))
            layers.append(table)
            if part[0] == "nearest_sign" and "status" in table:
                row["sign_status"] = _text(told["status"])
    approximate = any(table.approximate for table in layers)
    return Where(row, tuple(notes), any(table.sample for table in layers), approximate)


def where_content(found: Where) -> Callable[[str], bytes]:
    """Suffix → the content of a file that says where a point is."""

    def content(suffix: str) -> bytes:
        from hbgeo.show.excel.listing import list_bytes
        from hbgeo.show.table.formats import table_bytes
        from hbgeo.show.words import which_marks

        if suffix != ".xlsx":
            return table_bytes(found.rows, suffix)
        mark = "；".join(which_marks(sample=found.sample, approximate=found.approximate))
        line = "坐标为 CGCS2000，距离沿椭球面计。" + "".join(found.notes)
        return list_bytes("whereis", "一个点在哪里", line, {"数据": found.rows}, mark=mark)

    return content


def _hold(
    workspace: Workspace, row: dict[str, Any], layers: list[LayerTable], notes: list[str]
) -> None:
    """Fill in the units that hold the point; the layers that were asked go to `layers`."""
    said: dict[str, tuple[str, str]] = {}
    for level, table, index in _with_shapes(workspace):
        layers.append(table)
        at, shared = _owner(index, row)
        if shared:
            row["on_border"].insert(0, level)
        if at >= 0:
            unit = table.frame.iloc[at]
            _fill(row, level, str(table.frame.index[at]), _text(unit["name"]))
            for above in LEVELS[: LEVELS.index(level)]:
                if code := _text(unit.get(f"{above}_code", "")):
                    said.setdefault(above, (code, _text(unit.get(above, ""))))
    for above, (code, name) in said.items():
        own = row[f"{above}_code"]
        if own is None:
            _fill(row, above, code, name)
        elif own != code:
            here = f"{LEVEL_NAMES[above]}界线把这一点划在{row[above]}（{own}）"
            notes.append(f"{here}，下级单元却属于{name}（{code}）：两份界线不一致，请核对。")
    notes += _about(workspace, layers, row)


def _about(workspace: Workspace, layers: list[LayerTable], row: dict[str, Any]) -> Iterator[str]:
    """What to say of the levels that hold nothing of the point, and of borders."""
    shaped = {table.level for table in layers}
    lost = [at for at in LEVELS if at in shaped and not row[f"{at}_code"]]
    if len(lost) < len(shaped):
        if lost:
            yield f"这一点不在任何{'、'.join(LEVEL_NAMES[at] for at in lost)}的界线内。"
        if "village" not in shaped and workspace.find_units("village") is not None:
            yield "村没有界线，不能判定在哪个村，可看最近的地名。"
    if row["on_border"]:
        words = "、".join(LEVEL_NAMES[level] for level in row["on_border"])
        yield f"这一点压在{words}的共同界线上，按规则归代码最小的一个。"


def _with_shapes(workspace: Workspace) -> Iterator[tuple[str, LayerTable, UnitIndex]]:
    """The levels that have boundaries of their own, the narrowest first.

    What is put together from others is left out: what these say of it is the same.
    """
    own = {la.level for la in workspace.catalog.layers.values() if la.role == "units"}
    for level in reversed(LEVELS):
        table = workspace.find_units(level) if level in own else None
        index = None if table is None else workspace.find_index(level)
        if table is not None and index is not None:
            yield level, table, index


def _owner(index: UnitIndex, row: dict[str, Any]) -> tuple[int, bool]:
    at, shared = index.owners([row["x"]], [row["y"]])
    return int(at[0]), bool(shared[0])


def _fill(row: dict[str, Any], level: str, code: str, name: str) -> None:
    row[f"{level}_code"], row[level] = code, name


def _nearest_unit(layers: list[LayerTable], row: dict[str, Any]) -> None:
    """Of a point in no unit, the nearest of the widest level that has boundaries."""
    for table in reversed(layers):
        metres = _metres_to(table.frame, row["x"], row["y"])
        if len(metres) and np.isfinite(metres.min()):
            code = min(table.frame.index[metres == metres.min()])
            row["nearest_unit_code"], row["unit_metres"] = str(code), round(float(metres.min()), 1)
            row["nearest_unit"] = _text(table.frame.loc[code, "name"])
            return


def _metres_to(units: pd.DataFrame, x: float, y: float) -> np.ndarray[Any, Any]:
    size = len(units)
    return metres_to_units(np.full(size, x), np.full(size, y), units, np.arange(size))


def _places(workspace: Workspace) -> Iterator[LayerTable]:
    """What has names at a point: the gazetteer's of today, each once, and villages."""
    gazetteer = workspace.find_layer(GAZETTEER)
    villages = workspace.find_units("village")
    if gazetteer is not None:
        today = once(gazetteer)
        yield today.where(~gone(today, workspace.catalog.as_of))
    if villages is not None and (gazetteer is None or villages.key != gazetteer.key):
        yield villages


def _signs(workspace: Workspace) -> Iterator[LayerTable]:
    """The signs that stand, in whatever state."""
    for key, layer in workspace.catalog.layers.items():
        if layer.schema == SIGNS and layer.role == "facilities":
            table = workspace.layers.table(key)
            if "status" in table:
                table = table.where(~table.frame["status"].isin(_NOT_THERE).to_numpy())
            yield table


def _nearest(
    tables: Iterator[LayerTable], x: float, y: float
) -> tuple[LayerTable, Any, float] | None:
    """The nearest row of some layers that has a name: its layer, its label, and how far it is."""
    best: tuple[LayerTable, Any, float] | None = None
    here = pd.DataFrame({"x": [x], "y": [y]})
    for table in tables:
        points = next((pair for pair in _POINTS if set(pair) <= set(table.frame.columns)), None)
        if points is None or "name" not in table:
            continue
        named = table.frame["name"].astype("str").fillna("") != ""
        there = table.frame.loc[named, list(points)].set_axis(["x", "y"], axis=1)
        found = nearest(here, pd.DataFrame(there).astype(float)).iloc[0]
        if found["facility"] >= 0 and (best is None or found["metres"] < best[2]):
            best = table, there.index[int(found["facility"])], float(found["metres"])
    return best


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)
