"""Access by catchment: what an indicator's facilities offer to the people of each unit, competition counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.errors import RequestError
from hbgeo.measure.assessment import Assessment
from hbgeo.measure.basis import Basis, some_of
from hbgeo.measure.basis_words import SAMPLE_MARK, weight_heading
from hbgeo.measure.catchment import Access, decay_words, two_step
from hbgeo.measure.context import Context
from hbgeo.measure.network import Costs, costs_between
from hbgeo.measure.network_words import astray_words
from hbgeo.measure.options import Options
from hbgeo.measure.radii import Reached, find_reached
from hbgeo.measure.reach import geodesic_costs
from hbgeo.reached import read_network, refuse_pointless
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.cell.column import map_unique
from hbgeo.read.cell.numbers import number_of
from hbgeo.read.indicator import VIAS, Indicator
from hbgeo.workspace import Workspace

COLUMNS = [
    "code", "name", "demand", "supply", "score", "catchment_m", "decay", "catchment_min",
    "county_code", "county",
]  # fmt: skip
PEOPLE = "population"
_SUPPLY = {"eldercare": "beds", "cemetery": "plots_total"}  # what a layer offers, by its schema


@dataclass(frozen=True)
class Catchment:
    """How far facilities draw: metres in a straight line, or minutes on the roads of a layer."""

    metres: Decimal | None = None
    minutes: Decimal | None = None
    roads: str = ""
    decay: str = "none"
    supply: str = ""

    @property
    def limit(self) -> float:
        """Metres or minutes."""
        return float(self.minutes if self.metres is None else self.metres)  # type: ignore[arg-type]

    @property
    def words(self) -> str:
        """How far, as people say it."""
        if self.metres is not None:
            return f"{self.metres:,f} 米以内（直线距离，非步行时间）"
        return f"沿道路 {self.minutes:,f} 分钟以内"


@dataclass(frozen=True)
class AccessTable:
    """What `access` gives: the rows, their ground, what must be said, and who has no part in them."""

    one: Indicator
    title: str
    table: pd.DataFrame
    basis: Basis
    said: tuple[str, ...]
    apart: pd.DataFrame


def measure_access(
    workspace: Workspace,
    name: str,
    options: Options,
    catchment: Catchment,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> AccessTable:
    """Measure the access of each unit of an indicator's level to the facilities that count for it.

    Demand are the people of all units of the level (`options.weight`, else 常住人口), at their seats;
    places count at their own points. Supply is a column of the facilities.

    Raises
    ------
    RequestError
        If the indicator does not rest on points, there is no such column of supply, or the roads
        are none.
    LayerError
        If a layer that it needs is missing.
    """
    here = workspace.at(options.as_of)
    one, found = _asked(here, name, options)
    # all who live there draw on what is near; in order of codes, so that sums are always the same
    units = here.placements.units(one.units).frame.sort_index()
    supply, supply_words = _supply_of(found, catchment.supply)
    costs, road_words = _costs(here, _seats(units), found.facilities, catchment, progress)
    demand = units.get(one.weight, pd.Series(1.0, units.index)).astype(float)
    made = two_step(demand, supply, costs, catchment=catchment.limit, decay=catchment.decay)
    basis = _with_roads(here, found.basis, catchment.roads)
    said = (
        *_words(one, catchment, units, supply_words, options),
        *_left_words(made, found),
        *road_words,
        *[f"来源：{source}" for source in basis.sources],
    )
    table = _within(_table(units, made, catchment), units, options.within)
    title, apart = f"{one.full_name}：可达性（两步移动搜寻）", _apart(made, found, units)
    return AccessTable(one, title, table, basis, said, apart)


def _words(
    one: Indicator, catchment: Catchment, units: pd.DataFrame, supply: str, options: Options
) -> tuple[str, ...]:
    """How it was measured."""
    return (
        f"服务范围：{catchment.words}；衰减：{decay_words(catchment.decay)}。",
        f"两步移动搜寻法：得分是每人可得的{supply}，各设施按范围内的人分摊；需求为{_demand_words(one)}。",
        *_seat_words(units),
        *[f"只列出{options.part}；界外的人和设施照样参与分摊。"] * bool(options.within),
    )


def _with_roads(workspace: Workspace, basis: Basis, key: str) -> Basis:
    """Whether roads are invented, and who supplied them."""
    if not key:
        return basis
    layer = workspace.layers.entry(key)
    sources = tuple(dict.fromkeys([*basis.sources, layer.source]))
    return replace(basis, sample=basis.sample or layer.sample, sources=sources)


def _asked(workspace: Workspace, name: str, options: Options) -> tuple[Indicator, Reached]:
    """The one indicator that is meant, weighed by people, and the facilities that count for it."""
    chosen = refuse_pointless(workspace, name)
    if len(chosen) > 1:
        raise RequestError(f"“{name}”有 {len(chosen)} 个指标；请写其中一个，如 {chosen[0].id}")
    one = replace(chosen[0], measure="reach", radius_m=None, via=VIAS, targets=())
    units = workspace.find_units(one.units)
    people = PEOPLE if units is not None and PEOPLE in units else ""
    one = replace(one, weight=options.weight or one.weight or people)
    found = find_reached(one, Context(workspace, options, workspace.placements))
    if isinstance(found, list):
        missing = tuple(dict.fromkeys(found))
        raise RequestError(Assessment(one, options.as_of, None, missing).basis_lines[0])
    return one, replace(found, facilities=found.facilities.sort_index(kind="stable"))


def _demand_words(one: Indicator) -> str:
    if not one.weight:
        return f"每个{LEVEL_NAMES[one.units]}按 1 计（没有人口数据）"
    return weight_heading(one.weight)


def _within(table: pd.DataFrame, units: pd.DataFrame, code: str) -> pd.DataFrame:
    """The rows of one county or prefecture; all for "": who lives beyond it draws on facilities too."""
    if not code:
        return table
    parents = pd.DataFrame(units)[[c for c in ("county_code", "prefecture_code") if c in units]]
    mine = units.index[(parents == code).any(axis=1)]
    return table[table["code"].isin(mine.astype(str))].reset_index(drop=True)


def _seats(units: pd.DataFrame) -> pd.DataFrame:
    """Where the people of each unit are taken to be."""
    x, y = ("seat_x", "seat_y") if "geometry" in units else ("x", "y")
    return pd.DataFrame({"x": units[x], "y": units[y]}, index=units.index)


def _seat_words(units: pd.DataFrame) -> list[str]:
    return ["各单元的人算在其驻地（标为驻地的村，否则界内代表点）。"] * ("geometry" in units)


def _supply_of(found: Reached, column: str) -> tuple[pd.Series, str]:
    """What each facility offers, NaN where it does not say; and what it is called."""
    schema, frame = found.case.layer.kind, found.facilities
    by_heading = {schema.heading(c): c for c in schema.columns}
    wanted = by_heading.get(column, column) or _SUPPLY.get(schema.key, "")
    numbers = [
        c for c, of in schema.columns.items() if of.type in {"number", "area"} and c in frame
    ]
    if wanted not in frame or (wanted in schema.columns and wanted not in numbers):
        have = "、".join(f"{c}（{schema.heading(c)}）" for c in numbers)
        said = (
            f"--supply “{column or wanted}”" if column or wanted else "请用 --supply 写明供给的列"
        )
        of = f"{schema.title}图层{f'的数字列有 {have}' if have else '没有数字列，不能算可达性'}"
        raise RequestError(f"{said}：{of}")
    cells = frame[wanted]
    if not pd.api.types.is_numeric_dtype(cells):
        cells = map_unique(cells, number_of)
    amounts = cells.astype(float)
    return amounts.where(amounts >= 0), schema.heading(wanted)


def _costs(
    workspace: Workspace,
    places: pd.DataFrame,
    facilities: pd.DataFrame,
    catchment: Catchment,
    progress: Callable[[int, int], None] | None,
) -> tuple[Costs, list[str]]:
    """Who is within the catchment of what, and the ground of it."""
    if catchment.metres is not None:
        return geodesic_costs(places, facilities, catchment.limit), []
    network, words = read_network(workspace, catchment.roads)
    costs = costs_between(network, places, facilities, limit=catchment.limit, progress=progress)
    astray = [*astray_words(costs, "单元"), *astray_words(costs, "设施", facilities=True)]
    return costs, [*words, *astray, *_named(costs, places.index)]


def _named(costs: Costs, codes: pd.Index) -> list[str]:
    """Which units get nowhere by road."""
    lost = codes[np.union1d(costs.too_far, costs.cut_off)].astype(str).tolist()
    return [f"其中到不了路网主体的单元：{some_of(lost)}。"] * bool(lost)


def _parts(made: Access) -> tuple[tuple[pd.Index, str], ...]:
    return (
        (made.idle, "范围内没有人、供给未分出的设施"),
        (made.unknown, "没有写明供给、未计入的设施"),
        (made.unweighed, "缺人口、只得分不占供给的单元"),
    )


def _apart(made: Access, found: Reached, units: pd.DataFrame) -> pd.DataFrame:
    """All of whom the words name the first five: a workbook lists them."""
    names = pd.concat([found.facilities["name"], units["name"]])
    names = names[~names.index.duplicated()]
    rows = [(str(one), names.get(one, ""), what) for ids, what in _parts(made) for one in ids]
    return pd.DataFrame(rows, columns=["编号（代码）", "名称", "原因"])


def _left_words(made: Access, found: Reached) -> list[str]:
    """Who has no part in it: facilities without people or supply, units whose people are not known."""
    basis = found.basis
    aside = "、".join(f"{why} {n:,}" for why, n in basis.set_aside.items())
    used = f"计入设施 {len(found.facilities):,} 处" + (f"；未计入：{aside}。" if aside else "。")
    listed = [f"{what} {len(ids):,} 个：{some_of(list(ids.astype(str)))}。" for ids, what in _parts(made) if len(ids)]  # fmt: skip
    asked = found.case.one
    who = f"需求：全部{LEVEL_NAMES[asked.units]}，不限于指标的分母"
    rows = [one for one in basis.filters if not one.startswith(("分母：", "按", "情景：仅限"))]
    return [f"截至 {basis.as_of}。" + "；".join([who, *rows]) + "。", used, *listed]


def _table(units: pd.DataFrame, made: Access, catchment: Catchment) -> pd.DataFrame:
    none = np.full(len(units), np.nan)
    metres, minutes = (
        none if far is None else np.full(len(units), float(far))
        for far in (catchment.metres, catchment.minutes if catchment.metres is None else None)
    )
    plain = pd.DataFrame(units)
    columns: dict[str, Any] = {
        "code": units.index.astype(str), "name": plain["name"].to_numpy(),
        **{c: made.places[c].to_numpy() for c in ("demand", "supply", "score")},
        "catchment_m": metres, "decay": catchment.decay, "catchment_min": minutes,
        **{c: plain[c].to_numpy() if c in plain else "" for c in ("county_code", "county")},
    }  # fmt: skip
    return pd.DataFrame(columns, columns=COLUMNS).sort_values("code", ignore_index=True)


def access_content(workspace: Workspace, made: AccessTable) -> Callable[[str], bytes]:
    """Suffix → the content of the table; map formats get the units' shapes."""

    def content(suffix: str) -> bytes:
        from hbgeo.show.excel.listing import list_bytes
        from hbgeo.show.table.formats import table_bytes

        if suffix == ".xlsx":
            mark = SAMPLE_MARK if made.basis.sample else ""
            tables = {"数据": made.table} | (
                {"未分出、未计入": made.apart} if len(made.apart) else {}
            )
            return list_bytes("access", made.title, " ".join(made.said), tables, mark=mark)
        return table_bytes(made.table, suffix, units=workspace.units(made.one.units))

    return content
