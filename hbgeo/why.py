"""Why a unit of a workspace stands as it does, indicator by indicator, and what would change it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from hbgeo.errors import RequestError
from hbgeo.measure.assessment import Measured
from hbgeo.measure.context import Context
from hbgeo.measure.doubt.result import Firmness
from hbgeo.measure.options import Options
from hbgeo.measure.why import explain
from hbgeo.measure.why_records import Why
from hbgeo.named_unit import NamedUnit, find_unit
from hbgeo.workspace import Workspace


@dataclass(frozen=True)
class Whys:
    """What is known of one unit, an indicator each: main readings first, in the policy's order."""

    unit: NamedUnit
    of: tuple[Why, ...]
    every: bool

    @property
    def table(self) -> pd.DataFrame:
        """A row for each row of a ledger that is told of (`show.why_table.WHY_COLUMNS`)."""
        from hbgeo.show.why_table import why_rows

        return why_rows(self.of)

    @property
    def records(self) -> list[dict[str, Any]]:
        """Each as JSON has it."""
        from hbgeo.show.why_table import why_record

        return [why_record(one) for one in self.of]


def find_why(
    workspace: Workspace,
    unit: str,
    indicators: Sequence[str] = (),
    options: Options | None = None,
    *,
    firmness: Mapping[str, Firmness] | None = None,
    doubts: bool = False,
) -> Whys:
    """Say why a unit stands as it does.

    Parameters
    ----------
    unit
        Its code or name (`named_unit.find_unit`), within `options.within` if that is set.
    indicators
        Ids, `id@variant` or systems; none: every indicator, also those in which it does not count.
    firmness
        Indicator → what the doubts of the data can make of it, where that is known.
    doubts
        Whether to find that, where it is not given.

    Raises
    ------
    RequestError
        If the unit is not there or there are several of the name, or an id is not known.
    """
    asked = options or workspace.options()
    here = workspace.at(asked.as_of)
    try:
        chosen = [one.id for one in workspace.choose(indicators)]
    except RequestError as err:
        raise _perhaps_unit(here, unit, indicators, err) from None
    named = find_unit(here, unit, within=asked.within)
    whole = replace(asked, within="", place="")
    measured = workspace.measure(chosen, options=whole)
    if doubts and firmness is None:
        firmness = workspace.doubts(chosen, options=whole, measured=measured).of
    found = _explained(measured, named, Context(here, whole, here.placements), firmness or {})
    return Whys(named, found, every=not indicators)


def _explained(
    measured: Measured, unit: NamedUnit, context: Context, firmness: Mapping[str, Firmness]
) -> tuple[Why, ...]:
    """Each indicator's, main readings first; else in the policy's order."""
    found = [
        explain(
            a,
            unit.level,
            unit.code,
            context,
            firmness=firmness.get(a.indicator.id),
            case=measured.cases.get(a.indicator.id),
        )
        for a in measured.assessments
    ]
    return tuple(sorted(found, key=lambda why: why.one.variant is not None))


def _perhaps_unit(
    workspace: Workspace, unit: str, indicators: Sequence[str], err: RequestError
) -> RequestError:
    """Of a county and a township typed apart: how to write them."""
    for word in indicators:
        try:
            find_unit(workspace, f"{unit}{word}")
        except RequestError:
            continue
        return RequestError(f"没有指标“{word}”；单位的名称请连着写：hbgeo why {unit}{word}")
    return err


def why_content(workspace: Workspace, found: Whys) -> Callable[[str], bytes]:
    """Suffix → the content of a file: for people the sentences and the rows, else records or rows."""

    def content(suffix: str) -> bytes:
        from hbgeo.show.excel.listing import book_of, list_sheet
        from hbgeo.show.table.formats import table_bytes
        from hbgeo.show.table.values import json_bytes
        from hbgeo.show.why_table import says_rows
        from hbgeo.show.words import which_marks

        if suffix == ".json":
            return json_bytes(found.records)
        if suffix != ".xlsx":
            return table_bytes(found.table, suffix)
        first = found.of[0]
        sample, rough = any(w.sample for w in found.of), any(w.approximate for w in found.of)
        mark = "；".join(which_marks(sample=sample, approximate=rough))
        title = f"{''.join((*first.parents, first.unit))}：为什么，怎样才算"
        line = f"截至日期：{first.as_of}。{workspace.catalog.title}"
        said = list_sheet("说明", title, line, says_rows(found.of), "why", mark=mark)
        rows = list_sheet("台账行", title, line, found.table, "why", mark=mark)
        return book_of([said, rows])

    return content
