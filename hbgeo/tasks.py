"""督办单 of a workspace: what is to be done, what came back of it, and what was given out before."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from hbgeo.errors import RequestError
from hbgeo.measure.assessment import Measured
from hbgeo.measure.options import Options
from hbgeo.measure.tasks import FRESH, Tasks, county_of, has_tasks, make_tasks, notes_of
from hbgeo.read.table import LayerTable
from hbgeo.show.table.files import write_files
from hbgeo.store.fingerprint import fingerprint
from hbgeo.store.plain import is_plain
from hbgeo.workspace import Workspace

FOLDER, ISSUED = "tasks", "issued.csv"  # in maps/
PAPERS = (".docx", ".xlsx")  # what is given out; other formats are for machines
_COLUMNS = ["task_id", "county_code", "county", "unit_code", "unit", "indicator", "as_of", "back"]
_SAID = ("E06", "E07", "E12", "E13")  # problems of what came back that change how a task stands


def find_tasks(
    workspace: Workspace,
    names: Sequence[str],
    options: Options,
    measured: Measured | None = None,
) -> Tasks:
    """Find the tasks of the indicators named, or of all that miss their target.

    Parameters
    ----------
    measured
        What was measured of the whole under the same options, with the nearest facilities.

    Raises
    ------
    RequestError
        If what is named says of no unit whether it is covered.
    """
    whole = replace(options, within="")
    if measured is None or options.within:
        measured = workspace.measure(names, options=whole, with_nearest=True)
    usable = [a for a in measured.assessments if has_tasks(a)]
    if names and not usable:
        raise RequestError(_nothing(names, measured))
    tables = [workspace.layers.table(key) for key in _task_layers(workspace)]
    mine = {a.indicator.id for a in measured.assessments} if names else None
    everything = _joined(tables)
    returned, issued = _of(everything, mine), _of(_issued(workspace, everything), mine)
    how: dict[str, Any] = {"asked": bool(names), "as_of": options.as_of}
    rows = make_tasks(measured, returned=returned, issued=issued, **how)
    if options.within:
        inside = _counties(workspace, options.within)
        rows, returned, issued = (_inside(one, inside) for one in (rows, returned, issued))
    notes = (*_problems(tables), *notes_of(rows, returned, issued))
    bases = [a.coverage.basis for a in usable if a.coverage]
    marks = {k: any(getattr(b, k) for b in bases) for k in ("sample", "approximate")}
    return Tasks(rows, options.as_of, notes, returned is not None, **marks)


def tasks_of_run(workspace: Workspace, measured: Measured, options: Options) -> Tasks | None:
    """The tasks that were given out or came back; None where no layer holds any."""
    if not _task_layers(workspace):
        return None
    return find_tasks(workspace, (), options, measured).known


def tasks_content(workspace: Workspace, found: Tasks) -> Callable[[str], bytes]:
    """Suffix → the content of a file: a paper for each county, or the rows in their machine form."""

    def content(suffix: str) -> bytes:
        from hbgeo.show.excel.tasks import workbook_bytes
        from hbgeo.show.paper.tasks import document_of
        from hbgeo.show.table.formats import table_bytes

        catalog = workspace.catalog
        if suffix == ".docx":
            return document_of(found, catalog)
        if suffix == ".xlsx":
            return workbook_bytes(found, catalog)
        return table_bytes(found.table, suffix, sample=found.sample)

    return content


def keep_issued(workspace: Workspace, found: Tasks, output: Path | None) -> None:
    """Keep what was given out, so that a row deleted from what comes back is missed."""
    if output is None or output.suffix.lower() not in PAPERS or found.rows.empty:
        return
    returned = _joined([workspace.layers.table(k) for k in _task_layers(workspace)])
    marks = _marks(returned)
    before = {row["task_id"]: row for row in _read_issued(workspace)}
    for row in found.rows.to_dict("records"):
        if row["task_id"] not in before:
            made = {c: str(row.get(c) or "") for c in _COLUMNS}
            made |= {"as_of": found.as_of.isoformat(), "back": marks.get(county_of(row), "")}
            before[row["task_id"]] = made
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(before[task] for task in sorted(before))
    path = _path(workspace)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_files({path: b"\xef\xbb\xbf" + text.getvalue().encode()})


def _task_layers(workspace: Workspace) -> list[str]:
    return [key for key, layer in workspace.catalog.layers.items() if layer.role == "task"]


def _joined(tables: Sequence[LayerTable]) -> pd.DataFrame | None:
    frames = [table.frame for table in tables]
    if not frames:
        return None
    rows = pd.concat(frames, ignore_index=True)
    return rows[~rows["task_id"].duplicated()]


def _of(rows: pd.DataFrame | None, mine: set[str] | None) -> pd.DataFrame | None:
    """The tasks of some indicators; of all where None are named."""
    if rows is None or mine is None:
        return rows
    return rows[[_indicator(task) in mine for task in rows["task_id"]]]


def _indicator(task: str) -> str:
    return task.rpartition("-")[0]


def _issued(workspace: Workspace, returned: pd.DataFrame | None) -> pd.DataFrame:
    """What was given out before, and whether after what came back of its county."""
    rows, marks = _read_issued(workspace), _marks(returned)
    made = pd.DataFrame(rows, columns=_COLUMNS)
    fresh = [bool(r["back"]) and r["back"] == marks.get(county_of(r)) for r in rows]
    return made.assign(**{FRESH: pd.Series(fresh, made.index, dtype=bool)})


def _marks(returned: pd.DataFrame | None) -> dict[str, str]:
    """County → a fingerprint of which tasks came back of it."""
    if returned is None:
        return {}
    of: dict[str, list[str]] = {}
    for row in returned.to_dict("records"):
        unit = row["unit_code"] or str(row["task_id"]).rpartition("-")[2]
        of.setdefault(county_of({**row, "unit_code": unit}), []).append(row["task_id"])
    return {c: fingerprint("\n".join(sorted(ids)).encode())[:12] for c, ids in of.items()}


def _path(workspace: Workspace) -> Path:
    return workspace.root / "maps" / FOLDER / ISSUED


def _read_issued(workspace: Workspace) -> list[dict[str, str]]:
    """What was given out before, as it was kept."""
    path = _path(workspace)
    if not is_plain(path, RequestError):
        return []
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _damaged(path) from None
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    if any(None in row or None in row.values() or set(row) != set(_COLUMNS) for row in rows):
        raise _damaged(path)
    return rows


def _damaged(path: Path) -> RequestError:
    said = "发出督办单的记录已损坏；请从备份恢复，或删去它（删去后不能再指出被删去的行）"
    return RequestError(f"{path}：{said}")


def _problems(tables: Sequence[LayerTable]) -> list[str]:
    """What is wrong with what came back, a line each: where, what, and what is allowed."""
    lines = []
    for table in tables:
        wrong = table.issues[table.issues["rule"].isin(_SAID)]
        for row in wrong.to_dict("records"):
            where = " ".join(filter(None, (row["file"], row["sheet"])))
            lines.append(f"{where} {row['message']}；{row['fix']}")
    return lines


def _counties(workspace: Workspace, within: str) -> set[str]:
    """The counties of a county or prefecture."""
    units = workspace.units("county" if workspace.find_units("county") else "township")
    above = zip(units["county_code"], units["prefecture_code"], strict=True)
    return {within} | {str(county) for county, over in above if over == within}


def _inside(rows: Any, counties: set[str]) -> Any:
    """The tasks of some counties; None of None."""
    if rows is None:
        return None
    mine = [county_of(row) in counties for row in rows.to_dict("records")]
    return rows[mine].reset_index(drop=True)


def _nothing(names: Sequence[str], measured: Measured) -> str:
    lacking = [a for a in measured.assessments if a.coverage is None]
    if len(lacking) == len(measured.assessments) == 1:
        one = lacking[0]
        return f"{one.indicator.full_name}无法计算：缺少{'、'.join(one.missing)}"
    return f"“{'、'.join(names)}”不是逐个单位算覆盖与否的指标，没有可以督办的单位；可用的见 hbgeo targets"
