"""The plan as a layer: rows a ledger of the indicator's kind would have, so that `run` reads them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from hbgeo.errors import RequestError
from hbgeo.measure.planned import PlannedSite
from hbgeo.plan.candidates import Candidates
from hbgeo.read.catalog import Layer
from hbgeo.read.inputs import layer_of
from hbgeo.read.schema.records import Schema
from hbgeo.workspace import Workspace

_PLANNED = ("规划", "待设")  # the states of what is not there yet, by kind of ledger
NOTE = "选址方案的建议点，未落实"
SAMPLE_NOTE = f"{NOTE}；示例"
_OWN = ("id", "name", "county", "county_code", "township", "township_code", "village")
_PLACE = ("x", "y", "coord_sys", "served", "note")
_MORE = ("order", "gain", "pct_after")


def planned_state(schema: Schema) -> str:
    """What a ledger of this kind says of something that is only planned.

    Raises
    ------
    RequestError
        If it has no word for that.
    """
    counting = schema.counting
    column = schema.columns.get(counting.column) if counting else None
    known = column.choices if column else {}
    for state in _PLANNED:
        if state in known and counting and state not in counting.states:
            return state
    raise RequestError(
        f"{schema.title}没有“规划”一类的状态，不能写规划点；可用公墓、养老设施等有状态的台账"
    )


def planned_rows(
    workspace: Workspace,
    layer: Layer,
    facts: Mapping[str, str],
    sites: Sequence[PlannedSite],
    found: Candidates,
    served: Mapping[str, Sequence[str]],
    *,
    sample: bool,
) -> pd.DataFrame:
    """The rows of a plan under the canonical columns of the indicator's schema.

    Parameters
    ----------
    facts
        What makes a row count: column → value (see `cover.facts_wanted`).
    served
        Site → the names of the units that it serves beyond the one it stands in.
    sample
        Whether the plan rests on invented data, which its rows then say.
    """
    schema = workspace.schema_of(layer.key)
    rows = found.frame.loc[[site.id for site in sites]] if sites else found.frame.iloc[:0]
    made: dict[str, Sequence[object]] = {"id": [site.id for site in sites]}
    made["name"] = [_name(site, schema, rows, k) for k, site in enumerate(sites)]
    state = schema.counting.column if schema.counting else "status"
    said = {**facts, state: planned_state(schema)}
    made |= {column: [value.replace("+", "、")] * len(sites) for column, value in said.items()}
    made |= _where(rows, schema, codes=_same_codes(workspace))
    made["served"] = ["、".join(served.get(site.id, ())) for site in sites]
    made["note"] = [SAMPLE_NOTE if sample else NOTE] * len(sites)
    made["order"] = [site.order for site in sites]
    made["gain"] = [float(site.gain) for site in sites]
    table = pd.DataFrame(made | _expected(schema, made, len(sites)))
    return table[_order_of(table, schema)]


def _where(rows: pd.DataFrame, schema: Schema, *, codes: bool) -> dict[str, Sequence[object]]:
    """Where each stands: the names of its units, their codes if they may be said, its position."""
    made: dict[str, Sequence[object]] = {}
    for level in ("county", "township", "village"):
        made[level] = rows[level].tolist()
        if level != "village" and codes:
            made[f"{level}_code"] = rows[f"{level}_code"].tolist()
    if "unit_named" in schema.columns:
        made["unit_named"] = made["village"]
    made |= {"x": rows["x"].tolist(), "y": rows["y"].tolist()}
    return made | {"coord_sys": ["CGCS2000" if x == x else "" for x in rows["x"].tolist()]}


def _expected(schema: Schema, made: Mapping[str, object], rows: int) -> dict[str, Sequence[object]]:
    """The columns that such a ledger must have and a plan has nothing for: empty."""
    lacking = [c.id for c in schema.columns.values() if c.expected and c.id not in made]
    return {column: [""] * rows for column in lacking}


def _order_of(table: pd.DataFrame, schema: Schema) -> list[str]:
    """The columns as a ledger has them: the schema's order, then ours."""
    known = [c for c in ("id", "name", *schema.columns) if c in table]
    return list(dict.fromkeys([*known, "x", "y", *(str(c) for c in table if c not in known)]))


def _name(site: PlannedSite, schema: Schema, rows: pd.DataFrame, at: int) -> str:
    """规划点·乡镇: what stands there is not named yet; a sign is named by what it says."""
    village, own = str(rows["village"].iloc[at]), str(rows["name"].iloc[at])
    if "unit_named" in schema.columns:
        return village or own or site.township or site.county
    above = site.county if own == site.county else site.township or site.county
    parts = dict.fromkeys(p for p in (above, village, own) if p)
    return f"规划点·{'·'.join(parts)}"


def _same_codes(workspace: Workspace) -> bool:
    """Whether codes of the units may stand in a ledger, which is of the catalogue's scheme."""
    units = layer_of(workspace.catalog, "township") or layer_of(workspace.catalog, "county")
    return units is not None and units.scheme == workspace.catalog.scheme


def under_headings(table: pd.DataFrame, layer: Layer, schema: Schema) -> pd.DataFrame:
    """The rows under a ledger's own headings: those the catalogue names for the layer go first.

    A column that the catalogue names and a plan has nothing for is there, and empty: the entry
    reads this file too.
    """
    names = {"x": "lon", "y": "lat"}
    heads = {c: _heading(names.get(c, c), layer, schema) for c in table.columns}
    made = table.rename(columns=heads)
    lacking = [h for h in layer.columns.values() if h not in made]
    return made.assign(**dict.fromkeys(lacking, ""))


def _heading(column: str, layer: Layer, schema: Schema) -> str:
    ours = {"order": "建设次序", "gain": "新增覆盖", "pct_after": "建成后覆盖率（%）"}
    return layer.columns.get(column) or ours.get(column) or schema.heading(column)
