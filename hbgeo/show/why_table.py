"""Why units stand as they do: as the terminal shows it, as rows of a list, as records of JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from rich.console import RenderableType
from rich.text import Text

from hbgeo.measure.why_records import (
    AMOUNT,
    COVERED,
    NO_DATA,
    OUTSIDE,
    PARTS,
    UNCOVERED,
    Trace,
    Why,
)
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.show.screen import Lines, Listing
from hbgeo.show.table.values import number
from hbgeo.show.why_lacks import lacks_said, remedy_said
from hbgeo.show.why_words import (
    because_heading,
    figures_said,
    grounds_said,
    in_short,
    links_said,
    near_heading,
    nearest_said,
    parts_said,
    row_said,
    state_said,
)
from hbgeo.show.words import which_marks

WHY_COLUMNS = [
    "unit_code", "unit", "indicator", "name", "state", "demand", "part", "way", "facility_id",
    "facility", "status", "metres", "layer", "file", "sheet", "row", "lacks", "remedy",
]  # fmt: skip
_PARTS = 30  # units within the one asked of
_MANY = 8  # rows of a kind on the screen before they are cut, and said so


def why_shown(found: Sequence[Why], *, every: bool) -> list[RenderableType]:
    """What the terminal shows: each indicator in full, or all of them as a table.

    Parameters
    ----------
    every
        Whether no indicator was named: a line each.
    """
    marks = which_marks(
        sample=any(w.sample for w in found), approximate=any(w.approximate for w in found)
    )
    shown: list[RenderableType] = [Text("；".join(marks), style="bold yellow")] if marks else []
    if not found:
        return shown
    first = found[0]
    place = "".join((*first.parents, first.unit))
    kind = f"，{first.kind}" if first.kind else ""
    shown.append(Text(f"{place}（{first.unit_code}{kind}） 截至 {first.as_of}", style="bold"))
    if every:
        return [*shown, *_overview(found)]
    for why in found:
        shown += _one(why)
    return shown


def _overview(found: Sequence[Why]) -> list[RenderableType]:
    shown: list[RenderableType] = []
    mains = [w for w in found if w.one.variant is None]
    others = [w for w in found if w.one.variant is not None]
    for title, some in (("各项指标", mains), ("同一指标的其他读法", others)):
        rows = [w for w in some if w.counts or w.state == PARTS]
        if rows:
            shown.append(_table(title, rows))
    out = [w for w in mains if w.state == OUTSIDE]
    shown += _left_out(out)
    lost = "、".join(w.one.full_name for w in mains if w.state == NO_DATA)
    if lost:
        shown.append(Text(f"现在无法计算的：{lost}", style="dim"))
    code, one = found[0].unit_code, next((w for w in mains if w.state == UNCOVERED), found[0])
    shown.append(Text(f"看一项的来龙去脉：hbgeo why {code} {one.one.id}"))
    return shown


def _table(title: str, rows: Sequence[Why]) -> Listing:
    table = Listing(title)
    table.heading("指标", wrap=24, lead=True)
    table.heading("结论", wrap=14)
    table.heading("为什么，怎样才算", wrap=30)
    table.heading("指标代号", spare=1)
    for why in rows:
        said = in_short(why, "") or " ".join(figures_said(why))
        style = "" if why.state != COVERED else "dim"
        table.add_row(why.one.full_name, state_said(why), said, why.one.id, style=style)
    return table


def _left_out(out: Sequence[Why]) -> list[RenderableType]:
    """In which indicators the unit does not count: its own level's with the reason, others by level."""
    shown: list[RenderableType] = []
    own = [w for w in out if w.one.units == w.level or not w.grounds]
    if own:
        shown.append(Text("不计入的指标", style="bold"))
        shown += [Lines(f"{w.one.full_name}：{in_short(w, '')}", "dim", indent=2) for w in own]
    levels: dict[str, list[Why]] = {}
    for why in out:
        if why.one.units != why.level and why.grounds:
            levels.setdefault(why.one.units, []).append(why)
    for level, some in levels.items():
        said = (
            f"另有 {len(some)} 项指标按{LEVEL_NAMES[level]}算，不逐个算{LEVEL_NAMES[out[0].level]}"
        )
        above = next((g for w in some for g in w.grounds if g.unit), None)
        said += f"；看{above.unit}：hbgeo why {above.unit_code}" if above else ""
        shown.append(Lines(f"{said}。", "dim"))
    return shown


def _one(why: Why) -> list[RenderableType]:
    shown: list[RenderableType] = [
        Text(""),
        Text(f"{why.one.full_name}：{state_said(why)}", style="bold"),
        Lines(f"指标代号 {why.one.id}", "dim", indent=2),
    ]
    shown += [Lines(line, indent=2) for line in (*grounds_said(why), *figures_said(why))]
    shown += [Lines(line, indent=2) for line in links_said(why)]
    if why.counts:
        shown += _rows(because_heading(why), why.because, why)
        shown += _rows(near_heading(why), why.near, why)
    if said := nearest_said(why):
        shown.append(Lines(said, indent=2))
    if why.state == PARTS:
        shown += _listed("没有覆盖的", parts_said(why), most=_PARTS)
    if remedy := remedy_said(why):
        shown += [Lines(f"怎样才算覆盖：{remedy}", "bold", indent=2)]
    shown += [Lines(line, indent=2) for line in why.doubts]
    return shown


def _rows(heading: str, rows: Sequence[Trace], why: Why) -> list[RenderableType]:
    return _listed(heading, [row_said(row, why) for row in rows], always=True)


def _listed(
    heading: str, said: Sequence[str], *, always: bool = False, most: int = _MANY
) -> list[RenderableType]:
    if not heading or not (said or always):
        return []
    shown: list[RenderableType] = [Lines(heading + ("：" if said else "。"), indent=2)]
    shown += [Lines(f"{n}. {line}", indent=4) for n, line in enumerate(said[:most], 1)]
    if len(said) > most:
        more = f"另有 {len(said) - most:,} 条，用 -o 文件.xlsx 可以看全。"
        shown.append(Lines(more, "dim", indent=4))
    return shown


def sentences(why: Why) -> list[str]:
    """All that is said of one indicator, a sentence each, in the order of the screen."""
    said = [f"{why.unit}：{state_said(why)}。"]
    said += [*grounds_said(why), *figures_said(why), *links_said(why)]
    said += [row_said(row, why) for row in (*why.because, *why.near)]
    said += [nearest_said(why), *parts_said(why), remedy_said(why), *why.doubts]
    return [line for line in said if line]


def why_record(why: Why) -> dict[str, Any]:
    """One unit and indicator as JSON has it."""
    return {
        "unit_code": why.unit_code,
        "unit": why.unit,
        "level": why.level,
        "indicator": why.one.id,
        "name": why.one.full_name,
        "as_of": why.as_of.isoformat(),
        "state": why.state,
        "demand": _plain(why.demand),
        "covered": _plain(why.covered),
        "grounds": [{"kind": g.kind, "holds": g.holds, "want": g.want, "have": g.have} for g in why.grounds],
        "because": [_row(row) for row in why.because],
        "near": [_row(row) | {"lacks": "；".join(lacks_said(row, why))} for row in why.near],
        "nearest": None if why.nearest is None else _row(why.nearest),
        "reason": why.reason,
        "remedy": remedy_said(why),
        "advice": why.remedy,
        "figures": {k: number(v) for k, v in why.figures.items()},
        "links": [{"name": k.name, "unit_code": k.unit_code, "unit": k.unit, "holds": k.holds} for k in why.links],
        "parts": [
            {"unit_code": p.unit_code, "unit": p.unit, "state": p.state, "reason": p.reason, "remedy": p.remedy}
            for p in why.parts
        ],
        "missing": list(why.missing),
        "doubts": list(why.doubts),
        "says": sentences(why),
        "sample": why.sample,
        "approximate": why.approximate,
    }  # fmt: skip


def _row(row: Trace) -> dict[str, Any]:
    made: dict[str, Any] = {
        "way": row.way,
        "facility_id": row.facility_id,
        "name": row.name,
        "state": row.state,
        "metres": None if row.metres is None else round(row.metres, 1),
        "layer": row.layer,
        "file": row.file,
        "sheet": row.sheet,
        "row": row.row,
    }
    made |= {"link": row.link} if row.link else {}
    made |= {"amount": number(row.amount)} if row.amount is not None else {}
    return made


def _plain(value: float | None) -> int | float | None:
    return None if value is None else int(value) if value == int(value) else value


def why_rows(found: Sequence[Why]) -> pd.DataFrame:
    """A row for each row of a ledger that is told of; one without any where there is none."""
    rows = []
    for why in found:
        head = {
            "unit_code": why.unit_code, "unit": why.unit, "indicator": why.one.id,
            "name": why.one.full_name, "state": why.state, "demand": why.demand,
            "remedy": remedy_said(why),
        }  # fmt: skip
        traces = [("because", t) for t in why.because] + [("near", t) for t in why.near]
        traces += [("nearest", why.nearest)] if why.nearest else []
        for part, trace in traces:
            cells = _row(trace)
            cells |= {"facility": cells["name"], "status": cells["state"], "part": part}
            said = "" if part == "because" else "；".join(lacks_said(trace, why))
            rows.append({**cells, **head, "lacks": said})
        if not traces:
            rows.append(
                {
                    **head,
                    "part": "",
                    "lacks": " ".join(grounds_said(why)) if why.state == OUTSIDE else "",
                }
            )
    table = pd.DataFrame(rows, columns=WHY_COLUMNS)
    return table.assign(row=table["row"].astype("Int64"))


def says_rows(found: Sequence[Why]) -> pd.DataFrame:
    """Every sentence, by indicator."""
    rows = [
        {"unit": w.unit, "name": w.one.full_name, "state": state_said(w), "says": line}
        for w in found
        for line in sentences(w) or [""]
    ]
    return pd.DataFrame(rows, columns=["unit", "name", "state", "says"])


__all__ = ["AMOUNT", "WHY_COLUMNS", "says_rows", "sentences", "why_record", "why_rows", "why_shown"]
