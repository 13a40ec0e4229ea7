"""Rows of a layer as traces: where each stands, how it is, and what keeps it from counting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.measure.counting import Case, since_of
from hbgeo.measure.filters import match
from hbgeo.measure.why_records import Lack, Trace
from hbgeo.read.indicator import Clause
from hbgeo.read.issues import PROVENANCE

_STATE, _NONE = "状态为", "无"


def traces_of(
    case: Case,
    rows: Iterable[int],
    *,
    way: Mapping[int, str] | str = "",
    metres: Mapping[int, float] | None = None,
    lacks: Mapping[int, Sequence[Lack]] | None = None,
    link: str = "",
) -> list[Trace]:
    """Rows of the case's layer by their positions, in that order; each with what is said of it."""
    made, frame, layer = [], case.layer.frame, case.layer
    table = "unit_code" in frame
    state = layer.kind.counting.column if layer.kind.counting else ""
    for at in rows:
        cells = frame.iloc[at]
        far = None if metres is None else metres.get(at)
        made.append(
            Trace(
                way=way if isinstance(way, str) else way.get(at, ""),
                facility_id="" if table else str(frame.index[at]),
                name=_text(cells, "name"),
                state=_text(cells, state),
                layer=layer.key,
                title=layer.title or layer.kind.title,
                file=_text(cells, "file"),
                sheet=_text(cells, "sheet"),
                row=row_of(cells),
                metres=None if far is None or np.isnan(far) else float(far),
                link=link,
                facts=_facts(case, cells) if table else (),
                lacks=tuple((lacks or {}).get(at, ())),
            )
        )
    return made


def _facts(case: Case, cells: pd.Series) -> tuple[tuple[str, str], ...]:
    """What a row of a table says in the columns that are asked for, of what is not empty."""
    one, schema = case.one, case.layer.kind
    counting = schema.counting
    columns = [c for clause in (*one.where, *one.listed) for c in clause.wanted]
    columns += [one.year[0]] if one.year else []
    columns += [counting.column, since_of(one, schema) or counting.since] if counting else []
    told = []
    for column in dict.fromkeys((*columns, *one.filled)):
        day = day_in(cells, column) if column else None
        text = str(day) if day else _number(said(cells.get(column)))
        told += [(schema.heading(column), text)] if text else []
    return tuple(told)


def _number(text: str) -> str:
    """A whole number as people write it: 2023, not 2023.0."""
    return text.removesuffix(".0")


def row_of(cells: Any) -> int | None:
    """The number of a row in its sheet; None where it has none."""
    row = cells.get("row")
    return None if row is None or pd.isna(row) else int(row)


def day_in(cells: pd.Series, column: str) -> date | None:
    """A date that a row says; None where it says none."""
    value = cells.get(column) if column else None
    if value is None or pd.isna(value) or not hasattr(value, "date"):
        return None
    day: date = value.date()
    return day


def work_lacks(case: Case, at: int) -> list[Lack]:
    """Why a row does not work as of the date, or lacks what it must say; [] where it counts."""
    counted, schema, cells = case.counted, case.layer.kind, case.layer.frame.iloc[at]
    counting = schema.counting
    since = since_of(case.one, schema) or (counting.since if counting else "")
    until = counting.until if counting else ""
    found = []
    for why, rows in counted.work.set_aside.items():
        if not rows[at]:
            continue
        if why.startswith(_STATE):
            found.append(_state_lack(case, cells, why.removeprefix(_STATE), since, until))
        elif why.endswith("晚于截止日期"):
            found.append(Lack("late", schema.heading(since), when=day_in(cells, since)))
        elif since and why == f"{_NONE}{schema.heading(since)}":
            found.append(Lack("undated", schema.heading(since)))
        elif why == "截止日期前已关闭":
            found.append(Lack("closed", schema.heading(until), when=day_in(cells, until)))
        else:
            found.append(Lack("empty", why))
    return found


def _state_lack(case: Case, cells: pd.Series, state: str, since: str, until: str) -> Lack:
    """That a row's state does not count, with the date that says more."""
    schema, one = case.layer.kind, case.one
    counting = schema.counting
    if counting is None:
        raise AssertionError(state)  # without states none is set aside
    want = tuple(dict.fromkeys((*(one.status or counting.states), *case.context.options.status)))
    dates = [(column, day_in(cells, column)) for column in (until, since)]
    column, when = next(((c, d) for c, d in dates if d), ("", None))
    other = schema.heading(column) if column else ""
    return Lack("state", schema.heading(counting.column), state, want, when, other=other)


def asked_lacks(case: Case, rows: Sequence[int]) -> dict[int, list[Lack]]:
    """By row: what of it is not as the indicator asks, by the clause that it comes nearest to."""
    one, frame, schema = case.one, case.layer.frame, case.layer.kind
    mixed = schema.mixed if case.context.options.count_mixed else None
    some = frame.iloc[list(rows)]
    best: dict[int, list[Lack]] = {}
    for clause in one.where or (Clause({}),):
        fails: dict[str, Mask] = {
            column: ~match(some, Clause({column: values}), mixed)
            for column, values in clause.wanted.items()
        }
        for n, at in enumerate(rows):
            lacking = [
                Lack("filter", schema.heading(c), said(some[c].iloc[n]), clause.wanted[c])
                for c, failed in fails.items()
                if failed[n]
            ]
            if at not in best or len(lacking) < len(best[at]):
                best[at] = lacking
    for at in rows:
        if not best[at] and one.year and not case.counted.matched[at]:
            best[at] = [_year_lack(case, at)]
    return best


def _year_lack(case: Case, at: int) -> Lack:
    """That a row is of another year than those that count, or of one still to come."""
    column = (case.one.year or ("", ()))[0]
    value = case.layer.frame[column].iloc[at]
    have = "" if pd.isna(value) else str(getattr(value, "year", None) or int(value))
    years = tuple(map(str, case.counted.years))
    return Lack("year", case.layer.kind.heading(column), have, years)


def said(cell: Any) -> str:
    """What a cell says, several values joined; "" for nothing."""
    if isinstance(cell, tuple):
        return "、".join(map(str, cell))
    if cell is None or (not isinstance(cell, str) and pd.isna(cell)):
        return ""
    return str(cell)


def faulty_rows(case: Case, county: str, name: str = "", unit: str = "") -> list[Trace]:
    """The rows of a county that reading set aside and that could have counted, whomever they are of.

    Parameters
    ----------
    unit
        The unit that is asked for, "" for none: a row that rightly names another is none of its.
    """
    layer = case.layer
    never = _never(case, unit)
    issues = layer.issues
    wrong = issues[(issues["severity"] == "error") & issues["row"].notna()]
    senders = layer.senders
    if wrong.empty or not len(senders):
        return []
    mine = senders[senders["county_code"] == county]
    here = set(mine[PROVENANCE].itertuples(index=False, name=None))
    read = layer.frame[PROVENANCE]
    near = read[read["row"].isin(wrong["row"].astype(int))]
    kept = set(near.itertuples(index=False, name=None))
    found: dict[tuple[str, str, int], Trace] = {}
    for issue in wrong.to_dict("records"):
        where = (str(issue["file"]), str(issue["sheet"]), int(issue["row"]))
        if where in here and where not in kept | never and where not in found:
            message = str(issue["message"]).removeprefix(f"第{where[2]}行").strip()
            lack = Lack("faulty", str(issue["column"]), message, unit=name or county)
            title = layer.title or layer.kind.title
            found[where] = Trace("", "", "", "", layer.key, title, *where, lacks=(lack,))
    return list(found.values())


def _never(case: Case, unit: str) -> set[tuple[str, str, int]]:
    """The rows left out that could not count for a unit: of another, or of a kind not asked for."""
    left, column = case.layer.left_out, f"{case.one.units}_code"
    made = set[tuple[str, str, int]]()
    for n, row in enumerate(left.to_dict("records")):
        why, place = set(str(row["why"]).split(",")), str(row.get(column) or "")
        named = place and not why & {column, case.one.units, "county", "county_code"}
        cells = left.iloc[[n]]
        asked = any(
            all(
                match(cells, Clause({c: v}))[0]
                for c, v in clause.wanted.items()
                if c in cells and c not in why
            )
            for clause in case.one.where or (Clause({}),)
        )
        if not asked or (unit and named and place != unit and not row.get("served")):
            made.add((str(row["file"]), str(row["sheet"]), int(row["row"])))
    return made


def _text(cells: pd.Series, column: str) -> str:
    return said(cells.get(column)) if column else ""
