"""How each county stands with each layer: 未报, 已报, 有误, 已更正; kept from one collection to the next."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from hbgeo.collect.expected import Expected
from hbgeo.errors import RequestError
from hbgeo.show.collected import CORRECTED, MISSING, SENT, STATES, WRONG
from hbgeo.store.plain import is_plain

COLUMNS = ["county_code", "county", "layer", "state", "received_on", "rows", "aside", "due"]
COLUMNS += ["late", "why"]  # what machines get beside
_DAYS = ("received_on", "due")
FILE = "collect/state.csv"  # in maps/: what the next collection goes by


@dataclass(frozen=True)
class Standing:
    """What came of one layer of one county.

    Attributes
    ----------
    why
        What is wrong with it, a sentence each.
    """

    code: str
    layer: str
    received_on: date | None
    rows: int
    aside: int
    why: Sequence[str] = ()


def state_table(
    standings: Iterable[Standing],
    names: Mapping[str, str],
    layers: Sequence[str],
    expected: Sequence[Expected],
    before: Mapping[tuple[str, str], str],
) -> pd.DataFrame:
    """One row for each county that is expected or sent something, and each layer.

    Parameters
    ----------
    layers
        All that is merged or expected; what a county sent beside has a row of its own.
    before
        (County, layer) → its state after the last collection: what was wrong and no longer is,
        has been corrected.
    """
    known = {(one.code, one.layer): one for one in standings}
    every = {e.code for e in expected} or set(names)
    codes = sorted(every | {code for code, _ in known})
    due = {(e.code, e.layer): e for e in expected}
    rows = []
    for code in codes:
        beside = sorted(layer for c, layer in known if c == code and layer not in layers)
        for layer in [*layers, *beside]:
            asked = due.get((code, layer)) or due.get((code, ""))
            limit = asked.due if asked else None
            one = known.get((code, layer))
            if one is None and asked is None and expected:
                continue  # nobody asked this county for it
            state = _state(one, before.get((code, layer), ""))
            came = (asked.reported if asked and one else None) or (one.received_on if one else None)
            late = bool(one and limit and came and came > limit)
            why = "；".join(one.why) if one else ""
            day, last = (d.isoformat() if d else None for d in (came, limit))
            count = (one.rows, one.aside) if one else (0, 0)
            rows.append((code, names.get(code, ""), layer, state, day, *count, last, late, why))
    table = pd.DataFrame(rows, columns=COLUMNS)
    days = {c: pd.Series([r[COLUMNS.index(c)] for r in rows], dtype=object) for c in _DAYS}
    return table.assign(**days)  # a day that is not known stays None


def _state(one: Standing | None, before: str) -> str:
    if one is None:
        return MISSING
    if one.why:
        return WRONG
    return CORRECTED if before in {WRONG, CORRECTED} else SENT


def state_bytes(table: pd.DataFrame) -> bytes:
    """The table as it is kept for the next collection."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in table.itertuples(index=False, name=None):
        writer.writerow(["" if v is None or v != v else v for v in row])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def read_states(path: Path) -> dict[tuple[str, str], str]:
    """(County, layer) → state, as it was kept.

    Raises
    ------
    RequestError
        If the file is damaged.
    """
    if not is_plain(path, RequestError):
        return {}
    said = "上次收集的记录已损坏；请从备份恢复，或删去它（删去后看不出哪些是更正过的）"
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        raise RequestError(f"{path}：{said}") from None
    if any(row.get("state") not in STATES or not row.get("layer") for row in rows):
        raise RequestError(f"{path}：{said}")
    return {(row["county_code"], row["layer"]): row["state"] for row in rows}
