"""The files of a plan: the layer that `run` reads back, and the certificate."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd
from rich.console import RenderableType

from hbgeo.errors import OutputError
from hbgeo.plan.file import under_headings
from hbgeo.plan.kept import path_of
from hbgeo.plan.planning import Planned
from hbgeo.read.catalog import Layer
from hbgeo.show.said import written
from hbgeo.show.table.files import write_files
from hbgeo.show.table.formats import book_bytes, table_bytes
from hbgeo.show.table.headings import in_chinese
from hbgeo.show.table.values import json_bytes
from hbgeo.workspace import Workspace

_SHEET = "规划"


def write_plan(
    workspace: Workspace,
    made: Planned,
    output: Path | None,
    certificate: Path | None,
    *,
    machine: bool = False,
    chinese: bool = False,
) -> list[RenderableType]:
    """Write the layer and the certificate, both or neither, where they are asked for; a layer's plan is kept too.

    Parameters
    ----------
    machine, chinese
        Names of columns for machines in a workbook, for people in a .csv.

    Returns
    -------
    said
        What was written, to be shown.

    Raises
    ------
    OutputError
        If a file cannot be written, or is of a format there is not.
    """
    files: dict[Path, bytes] = {}
    if output is not None:
        entry = workspace.layers.entry(made.plan.assessment.indicator.layer)
        how = {"machine": machine, "chinese": chinese}
        files[output] = layer_bytes(workspace, made, entry, output.suffix.lower(), **how)
    if certificate is not None:
        _check_name(certificate, files)
        files[certificate] = json_bytes(made.certificate())
    if not files:
        return []
    write_files(files)
    return [written(files), *(_keep(workspace, made) if output is not None else [])]


def _keep(workspace: Workspace, made: Planned) -> list[RenderableType]:
    """Keep the plan for the page and the report, where it belongs; say where that cannot be written.

    It stands apart from what was asked for: that may be on another drive, this in a folder that one
    may only read.
    """
    if made.kept is None:
        return []
    path = path_of(workspace, made.plan.assessment.indicator.id)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_files({path: json_bytes(made.kept())})
    except (OSError, OutputError):
        return [f"{path} 写不进去，地图和报表里不会有这个方案。"]
    return [written([path])]


def _check_name(certificate: Path, files: Collection[Path]) -> None:
    """Refuse a certificate that is no .json, or would stand where another file is to be."""
    if certificate.suffix.lower() != ".json":
        raise OutputError(f"{certificate}：证书的扩展名应为 .json")
    if certificate in files:
        raise OutputError(f"{certificate}：-o 和 --certificate 写的是同一个文件；请换一个名字")


def layer_bytes(
    workspace: Workspace, made: Planned, entry: Layer, suffix: str, *, machine: bool, chinese: bool
) -> bytes:
    """The layer in a format: for people under a ledger's headings, else under the schema's names.

    A workbook's sheet, or the table of a map file, is called as the catalogue's entry has it, so
    that both files may stand in one entry.
    """
    rows, plan = made.plan.rows, made.plan
    if suffix == ".xlsx" and not machine:
        table = under_headings(rows, entry, workspace.schema_of(entry.key))
        return book_bytes({entry.table or _SHEET: table}, sample=plan.sample)
    if suffix == ".xlsx":
        return book_bytes({entry.table or _SHEET: rows}, sample=plan.sample)
    if suffix == ".csv" and chinese:
        return table_bytes(in_chinese(rows, "plan"), suffix)
    return table_bytes(_as_named(rows, entry), suffix, name=entry.table or _SHEET)


def _as_named(rows: pd.DataFrame, entry: Layer) -> pd.DataFrame:
    """The rows with what the catalogue names for the layer under the names it gives."""
    names = {"lon": "x", "lat": "y"}
    own = {h: rows.get(names.get(c, c), "") for c, h in entry.columns.items()}
    return rows.assign(**{str(h): cells for h, cells in own.items()})
