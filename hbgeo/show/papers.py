"""What the main job writes beside the page: the Excel report and two tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.trend import Trend
from hbgeo.read.catalog import Catalog
from hbgeo.show.excel.report import report_bytes
from hbgeo.show.table.csv import csv_bytes
from hbgeo.show.table.units import unit_rows


def light(assessments: Sequence[Assessment]) -> list[Assessment]:
    """The assessments without what papers never show: who serves whom, one row a pair."""
    made = []
    for one in assessments:
        coverage = one.coverage
        if coverage is not None:
            coverage = replace(coverage, links=coverage.links.head(0))
        made.append(replace(one, coverage=coverage, qualified=one.qualified.head(0)))
    return made


def papers_bytes(
    catalog: Catalog,
    assessments: Sequence[Assessment],
    units: Mapping[str, pd.DataFrame],
    issues: pd.DataFrame,
    trend: Trend | None,
    inputs: Mapping[str, str],
) -> dict[str, bytes]:
    """The content of `report.xlsx`, `coverage.csv` and `issues.csv`, by name.

    Parameters
    ----------
    units
        Units of every level that was measured.
    issues
        Every problem of the data, one a row.
    trend
        What changed since the snapshot before; None without one.
    inputs
        Layer → fingerprint of its files.
    """
    report = report_bytes(
        catalog, assessments, dict(units), issues=issues, trend=trend, inputs=inputs
    )
    return {
        "report.xlsx": report,
        "coverage.csv": csv_bytes(unit_rows(assessments, dict(units))),
        "issues.csv": csv_bytes(issues),
    }
