"""Results as tables, in every format a planner opens; each file is written whole or not at all."""

from __future__ import annotations

import errno
import io
import json
import os
import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
from numpy.typing import NDArray

from hbgeo.errors import OutputError
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.targets import Assessment
from hbgeo.read.catalog import Target
from hbgeo.show.book import EPOCH, Book, Page
from hbgeo.show.lines import csv_bytes as csv_bytes

FORMATS = (".csv", ".json", ".xlsx", ".geojson", ".gpkg", ".parquet")
UNIT_COLUMNS = [
    "indicator",
    "variant",
    "as_of",
    "code",
    "name",
    "kind",
    "county_code",
    "county",
    "prefecture",
    "demand",
    "covered",
    "facilities",
    "via",
    "nearest_id",
    "nearest_name",
    "nearest_km",
    "nearest_status",
    "population",
    "population_60",
    "value",
]
SORTS = {
    "code": "code",
    "population": "population",
    "population_60": "population_60",
    "distance": "nearest_km",
}
SAMPLE_MARK = "示例数据,非真实统计"
APPROXIMATE_MARK = "边界为近似示意"

_WHY = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已满",
    errno.EROFS: "所在位置只读",
    errno.EACCES: "没有写入权限,或文件正被其他程序(如 Excel)打开,请关闭后再试",
    errno.EPERM: "没有写入权限",
    errno.ENOENT: "文件夹不存在",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EISDIR: "这是一个文件夹",
    errno.ETXTBSY: "文件正被其他程序打开,请关闭后再试",
    errno.ENAMETOOLONG: "文件名太长",
}


def write_files(files: Mapping[Path, bytes]) -> None:
    """Write several files, all or none: each beside its place first, then moved onto it.

    Raises
    ------
    OutputError
        If one cannot be written; what stood there before is untouched.
    """
    staged: dict[Path, Path] = {}
    kept: dict[Path, Path | None] = {}
    moved: list[Path] = []
    current = Path()
    try:
        for current, content in files.items():
            staged[current] = _stage(current, content)
        for current, beside in staged.items():
            kept[current] = _keep(current)
            beside.replace(current)
            moved.append(current)
    except OSError as err:
        for path in moved:  # a later file failed: undo the earlier ones
            before = kept[path]
            path.unlink() if before is None else before.replace(path)
        raise unwritable(current, err) from None
    finally:
        for left in (*staged.values(), *kept.values()):
            if left is not None:
                left.unlink(missing_ok=True)


def unwritable(path: Path, err: OSError) -> OutputError:
    """What to say of a file that could not be written; what stood there before still does."""
    why = _WHY.get(err.errno or 0, err.strerror or str(err))
    return OutputError(f"{path}:无法写入:{why};原有文件未改动")


def table_bytes(
    table: pd.DataFrame, suffix: str, *, sample: bool = False, units: pd.DataFrame | None = None
) -> bytes:
    """Make the bytes of a table in the format of `suffix`.

    Parameters
    ----------
    sample
        Whether the first row of a workbook says that the data are invented.
    units
        Geometry by code for the map formats; a table with `x`, `y` brings its own.

    Raises
    ------
    OutputError
        If the format is not one of `FORMATS`, or a map format has no geometry.
    """
    makers: dict[str, Callable[[], bytes]] = {
        ".csv": lambda: csv_bytes(table),
        ".json": lambda: json_bytes(records(table)),
        ".xlsx": lambda: _xlsx(table, sample=sample),
        ".parquet": lambda: _parquet(table),
        ".geojson": lambda: _vector(_shapes(table, units), "GeoJSON"),
        ".gpkg": lambda: _vector(_shapes(table, units), "GPKG"),
    }
    if suffix.lower() not in makers:
        raise OutputError(f"不支持的输出格式“{suffix}”;可用 {'、'.join(FORMATS)}")
    return makers[suffix.lower()]()


def unit_rows(assessments: Sequence[Assessment], units: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """All units of all indicators: one row an indicator, variant and unit, in code order."""
    measured = [(a, a.coverage) for a in assessments if a.coverage]
    if not measured:
        return pd.DataFrame(columns=UNIT_COLUMNS)
    table = pd.concat([coverage.units for _, coverage in measured]).reset_index(names="code")
    sizes = [len(coverage.units) for _, coverage in measured]
    for column, values in {
        "indicator": [a.indicator.id for a, _ in measured],
        "variant": [a.indicator.variant or "" for a, _ in measured],
        "as_of": [a.as_of.isoformat() for a, _ in measured],
    }.items():
        table[column] = np.repeat(np.array(values, dtype=object), sizes)
    indexes = [coverage.units.index for _, coverage in measured]
    near = [a.nearest for a, _ in measured]
    for column in ("nearest_id", "nearest_name", "nearest_km", "nearest_status"):
        table[column] = _by_unit(near, column, indexes, None)
    table["nearest_km"] = table["nearest_km"].astype(float).round(3)
    own = [units[a.indicator.units] for a, _ in measured]
    for column in ("population", "population_60"):
        table[column] = _by_unit(own, column, indexes, np.nan)
    return table.reindex(columns=UNIT_COLUMNS)


def _by_unit(
    frames: Sequence[pd.DataFrame], column: str, indexes: Sequence[pd.Index], missing: float | None
) -> NDArray[Any]:
    """A column of several frames for the units of each, one after another."""
    parts = [
        frame[column].reindex(index).to_numpy() if column in frame else np.full(len(index), missing)
        for frame, index in zip(frames, indexes, strict=True)
    ]
    return np.concatenate(parts)


def uncovered_rows(
    assessment: Assessment, units: Mapping[str, pd.DataFrame], sort: str = "code"
) -> pd.DataFrame:
    """The units that have demand and none of it covered, largest or farthest first, or by code."""
    table = unit_rows([assessment], units).drop(columns="value")
    table = table[(table["covered"] == 0) & (table["demand"] > 0)]
    column = SORTS[sort]
    falling = column != "code"
    return table.sort_values(column, ascending=not falling, kind="stable", ignore_index=True)


def flat(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Stats rows as a flat table: nested parts become text."""
    made = []
    for row in rows:
        words = {
            "missing": "、".join(row["missing"]),
            "basis": ";".join(row["basis"].get("filters", [])),
        }
        kept = {k: v for k, v in row.items() if k not in {"targets", "basis", "missing"}}
        made.append(kept | words)
    return pd.DataFrame(made)


def stats_rows(assessment: Assessment, by: str | None = None) -> list[dict[str, Any]]:
    """The machine form of `stats`: one row for the whole, or with `by` one a parent unit.

    A row by unit carries no target: a target binds the whole.
    """
    if by is None or assessment.coverage is None:
        return [_stats_row(assessment, assessment.coverage, by, None, None)]
    parts = assessment.coverage.by(by)
    return [_stats_row(assessment, part, by, code, name) for (code, name), part in parts.items()]


def json_bytes(value: Any) -> bytes:
    """JSON as UTF-8, indented, keys in the order given."""
    text: str = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)
    return f"{text}\n".encode()


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain dicts; missing values are None."""
    rows = zip(*cells_of(table), strict=True)
    return [dict(zip(table.columns, row, strict=True)) for row in rows]


def cells_of(table: pd.DataFrame) -> list[list[Any]]:
    """The columns as lists of plain values; missing ones are None."""
    return [_cells(table[c]) for c in table.columns]


def _cells(column: pd.Series) -> list[Any]:
    if not (isinstance(column.dtype, pd.StringDtype) or column.dtype == np.float64):
        return [_plain(v) for v in column]
    at, known = pd.factorize(column)  # few are distinct; -1, the last, is missing
    values = np.array([*map(_plain, known), None], dtype=object)
    cells: list[Any] = values[at].tolist()
    return cells


def number(value: Fraction | None) -> int | float | None:
    """An exact number as JSON has it: whole ones as integers."""
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)


def _stage(path: Path, content: bytes) -> Path:
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    return beside


def _keep(path: Path) -> Path | None:
    """A second name (or, where there are no links, a copy) for what stands at `path`."""
    if not path.exists():
        return None
    before = path.with_name(f".{path.name}.{secrets.token_hex(4)}.old")
    try:
        os.link(path, before)
    except OSError:  # shares and some drives have no hard links
        shutil.copy2(path, before)
    return before


def _stats_row(
    assessment: Assessment,
    coverage: Coverage | None,
    by: str | None,
    code: str | None,
    name: str | None,
) -> dict[str, Any]:
    one, whole = assessment.indicator, by is None
    if whole:
        here = assessment
    else:
        here = Assessment(one, assessment.as_of, coverage, assessment.missing, whole=False)
    target = here.target
    share = None if coverage is None or here.counted else coverage.share
    return {
        "indicator": one.id,
        "base": one.base,
        "variant": one.variant,
        "system": one.system,
        "name": one.full_name,
        "measure": one.measure,
        "level": one.units,
        "by": by,
        "code": code,
        "unit": name,
        "as_of": assessment.as_of.isoformat(),
        "covered": None if share is None else number(share.covered),
        "total": None if share is None else number(share.total),
        "pct": None if share is None or share.pct is None else float(share.pct),
        "value": number(here.figure) if here.counted else None,
        "value_unit": _value_unit(one.measure, one.column) if here.counted else None,
        "target_pct": None
        if target is None or target.pct is None
        else number(Fraction(target.pct)),
        "target_value": None
        if target is None or target.value is None
        else number(Fraction(target.value)),
        "deadline": target.deadline.isoformat() if target and target.deadline else None,
        "short": here.short,
        "met": here.met,
        "status": here.status,
        "missing": list(here.missing),
        "basis": {} if coverage is None else _basis(coverage),
        "sample": bool(coverage and coverage.basis.sample),
        "approximate": bool(coverage and coverage.basis.approximate),
        "targets": [_target(t) for t in one.targets] if whole else [],
    }


def _value_unit(measure: str, column: str) -> str:
    return {"beds": "张"}.get(column, "个") if measure in {"count", "sum"} else ""


def _target(target: Target) -> dict[str, Any]:
    return {
        "pct": None if target.pct is None else number(Fraction(target.pct)),
        "value": None if target.value is None else number(Fraction(target.value)),
        "deadline": target.deadline.isoformat() if target.deadline else None,
        "source": target.source,
    }


def _basis(coverage: Coverage) -> dict[str, Any]:
    basis = coverage.basis
    made: dict[str, Any] = {}
    for key, value in vars(basis).items():
        made[key] = list(value) if isinstance(value, tuple) else value
    made["as_of"] = basis.as_of.isoformat() if basis.as_of else None
    made["set_aside"] = dict(basis.set_aside)
    return made


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return list(value)
    if (
        value is None
        or value is pd.NaT
        or (isinstance(value, float) and np.isnan(value))
        or value is pd.NA
    ):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, (float, np.floating)):
        return int(value) if float(value).is_integer() else float(value)
    return value.item() if isinstance(value, np.generic) else value


def _xlsx(table: pd.DataFrame, *, sample: bool) -> bytes:
    book = Book()
    sheet = book.add_worksheet("数据")
    bold, top = book.add_format({"bold": True, "bottom": 1}), 1 if sample else 0
    if sample:
        sheet.write_string(
            0, 0, SAMPLE_MARK, book.add_format({"bold": True, "font_color": "#B45309"})
        )
    write_table(sheet, top, table, bold)
    return book.to_bytes()


def write_table(sheet: Page, top: int, table: pd.DataFrame, head: Any) -> None:
    """Write a table's header at `top`, held in sight, and its rows under it."""
    for c, column in enumerate(table.columns):
        sheet.write_string(top, c, str(column), head)
    rows = list(zip(*cells_of(table), strict=True))
    sheet.write_rows(top + 1, rows, [[None] * len(table.columns)] * len(rows))
    sheet.freeze_panes(top + 1, 0)
    sheet.set_column(0, max(len(table.columns) - 1, 0), 14)


def _parquet(table: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    return buffer.getvalue()


def _shapes(table: pd.DataFrame, units: pd.DataFrame | None) -> gpd.GeoDataFrame:
    if units is not None and "geometry" in units and "code" in table:
        shapes = units["geometry"].reindex(table["code"]).to_numpy()
    elif {"x", "y"} <= set(table.columns):
        shapes = gpd.points_from_xy(table["x"], table["y"])
    elif units is not None and "x" in units and "code" in table:
        seats = units.reindex(table["code"])
        shapes = gpd.points_from_xy(seats["x"], seats["y"])
    else:
        raise OutputError("这张表没有几何,不能写成地图格式;可用 .csv、.xlsx、.json、.parquet")
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4490")


def _vector(frame: gpd.GeoDataFrame, driver: str) -> bytes:
    """Write through GDAL's memory files; its clock is stopped so that bytes do not change."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": EPOCH})
    buffer = io.BytesIO()
    frame = frame.assign(
        **{c: frame[c].map(str) for c in frame.columns if frame[c].dtype == object}
    )
    pyogrio.write_dataframe(frame, buffer, driver=driver, layer="hbgeo")
    return buffer.getvalue()
