"""How firm the figures are and which rows they rest on: for the terminal, and as machines have it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from rich.console import RenderableType
from rich.text import Text

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.doubt.result import DOUBT_COLUMNS, Doubts, Firmness
from hbgeo.show import doubt_words, words
from hbgeo.show.screen import Lines, Listing
from hbgeo.show.table.values import records

_ORDER = ("doubtful", "open", "", "firm")  # of conclusions, what asks for attention first
_MANY = 30  # rows shown before they are cut, and said so


def doubt_rows(doubts: Doubts, assessments: Sequence[Assessment]) -> pd.DataFrame:
    """The rows in doubt with `DOUBT_COLUMNS`, those that decide first.

    Of one indicator those of its own; of several every row once a kind, where `turns` names the
    conclusions that it turns alone.
    """
    if len(assessments) == 1 and (firm := doubts.of.get(assessments[0].indicator.id)):
        return doubt_words.in_order(firm)[DOUBT_COLUMNS].reset_index(drop=True)
    rows = doubts.rows[DOUBT_COLUMNS]
    turning = [not said for said in rows["turns"]]
    return rows.assign(_t=turning).sort_values("_t", kind="stable", ignore_index=True)[
        DOUBT_COLUMNS
    ]


def flat_doubts(rows: pd.DataFrame) -> pd.DataFrame:
    """The same as a table of plain cells: codes and readings joined, days and decimals as text."""
    units = ["、".join(map(str, codes)) for codes in rows["units"]]
    readings = [doubt_words.say(value) for value in rows["readings"]]
    flat = rows.assign(units=units, readings=readings)
    return flat.astype({"units": "str", "readings": "str", "row": "Int64"})


def doubt_records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as JSON has them: units and readings are lists where they are several."""
    return records(rows)


def doubts_shown(
    doubts: Doubts, assessments: Sequence[Assessment], place: str = ""
) -> list[RenderableType]:
    """A head line for each indicator, then the rows, those that decide first."""
    known = [(a, doubts.of[a.indicator.id]) for a in assessments if a.indicator.id in doubts.of]
    mark = words.marks([a for a, _ in known])
    shown: list[RenderableType] = [Text(mark, style="bold yellow")] if mark else []
    if len(assessments) == 1:
        return [*shown, *(part for a, firm in known for part in _one(a, firm, place))] or [
            Text(words.lacking(a)) for a in assessments
        ]
    if not known:
        return [Text("没有算出数值的指标。")]
    return [*shown, _heads(known, place), *_every(doubts, dict(_names(known)))]


def _names(known: Sequence[tuple[Assessment, Firmness]]) -> list[tuple[str, str]]:
    return [(a.indicator.id, a.indicator.full_name) for a, _ in known]


def head_line(a: Assessment, firm: Firmness) -> str:
    """Figure, span and conclusion in a line: 33.73%，核实后 33.41%–34.06%。存疑：差 12 个，取决于 3 行."""
    same = not firm.open
    span = "" if same else f"，{doubt_words.AFTER} {doubt_words.show_span(firm, a)}"
    bounds = "" if firm.span.exact or same else "（上下限未必都能达到）"
    said = doubt_words.conclusion(firm, a)
    ends = [said if said != words.NONE else words.verdict(a), doubt_words.settled(firm)]
    return f"{words.figure_with_unit(a)}{span}{bounds}。{'；'.join(filter(None, ends))}。"


def _one(a: Assessment, firm: Firmness, place: str) -> list[RenderableType]:
    """One indicator: its line, what cannot be bounded, and its rows."""
    name = f"{place} {a.indicator.full_name} 截至 {a.as_of}".lstrip()
    shown: list[RenderableType] = [Text(name, style="bold"), Lines(head_line(a, firm))]
    shown += [Lines(f"另须说明：{said}", "dim") for said in firm.unbounded]
    if not len(firm.rows):
        besides = "除上述外，" if firm.unbounded else ""
        return [*shown, Text(f"{besides}没有能改变这个数的疑点。")]
    rows = doubt_words.in_order(firm)
    table = Listing(f"疑点 {len(rows):,} 行，决定结论的在前")
    table.heading("作用", wrap=8)
    _place_headings(table)
    table.heading("影响", right=True)
    for row in rows.head(_MANY).to_dict("records"):
        cells = [row["role"], *_place_cells(row), doubt_words.say(row["effect"])]
        table.add_row(*cells, style="" if row["role"] else "dim")
    return [*shown, table, *_rest(len(rows))]


def _place_headings(table: Listing) -> None:
    table.heading("县（市、区）", wrap=8, spare=2)
    table.heading("出处", wrap=16)
    table.heading("名称", wrap=12, spare=1)
    table.heading("疑点", wrap=10)
    table.heading("可能的读法", wrap=20)


def _place_cells(row: dict[Any, Any]) -> list[str]:
    texts = [doubt_words.say(row.get(key)) for key in ("county", "name", "readings")]
    return [texts[0], doubt_words.where(row), texts[1], doubt_words.kind_of(row), texts[2]]


def _rest(count: int) -> list[RenderableType]:
    """How many rows are not shown, and where they are."""
    if count <= _MANY:
        return []
    said = f"只列前 {_MANY} 行，另有 {count - _MANY:,} 行；全部请用 -o 文件.xlsx"
    return [Text(said, style="dim")]


def _heads(known: Sequence[tuple[Assessment, Firmness]], place: str) -> RenderableType:
    """The figures that could be others and those of which something is concluded, firm ones last."""
    told = [(a, f) for a, f in known if f.open or doubt_words.state_of(f, a)]
    told.sort(key=lambda one: _ORDER.index(doubt_words.state_of(one[1], one[0])))
    table = Listing(f"{place} 把握：{len(told)} 项".lstrip())
    table.heading("指标", wrap=24, lead=True)
    table.heading("数值", right=True)
    table.heading("最低–最高", right=True, wrap=12)
    table.heading("结论", wrap=16)
    table.heading("核实几行即可断定", wrap=12, spare=1)
    for a, firm in told:
        cells = [words.figure(a), doubt_words.show_span(firm, a), doubt_words.conclusion(firm, a)]
        style = "" if doubt_words.state_of(firm, a) in {"doubtful", "open"} else "dim"
        table.add_row(
            a.indicator.full_name, *cells, doubt_words.how_many(firm.settling), style=style
        )
    return table


def _every(doubts: Doubts, names: dict[str, str]) -> list[RenderableType]:
    """All rows in doubt, those that turn a conclusion first."""
    if not len(doubts.rows):
        return [Text("台账里没有疑点。")]
    rows = doubts.rows.assign(_t=[not said for said in doubts.rows["turns"]])
    rows = rows.sort_values("_t", kind="stable")
    table = Listing(f"疑点 {len(rows):,} 行，能改变结论的在前")
    _place_headings(table)
    table.heading("最多影响", wrap=16)
    table.heading("能改变的结论", wrap=16)
    for row in rows.head(_MANY).to_dict("records"):
        turned = doubt_words.first_of([names.get(one, one) for one in turned_by(row["turns"])])
        effect = f"{names.get(row['indicator'], '')} {doubt_words.say(row['effect'])}".strip()
        table.add_row(*_place_cells(row), effect, turned)
    return [table, *_rest(len(rows))]


def turned_by(turns: Any) -> list[str]:
    """The ids of the conclusions that a row turns, of all indicators' rows."""
    return [one for one in str(turns).split("、") if one] if isinstance(turns, str) else []


def firm_line(doubts: Doubts, assessments: Sequence[Assessment]) -> list[RenderableType]:
    """What the main job says of them: how many conclusions are firm, and which are not."""
    states: dict[str, list[str]] = {"firm": [], "doubtful": [], "open": []}
    for a in assessments:
        state = doubt_words.state_of(doubts.of.get(a.indicator.id), a)
        if state and a.indicator.variant is None:
            states[state].append(a.indicator.name)
    if not any(states.values()):
        return []
    said = f"把握：结论稳 {len(states['firm'])} 项"
    for state in ("doubtful", "open"):
        if names := states[state]:
            said += f"，{doubt_words.MARKS[state]} {len(names)} 项（{'、'.join(names)}）"
    return [Text(f"{said}；详见 hbgeo doubts")]
