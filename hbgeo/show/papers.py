"""What the main job writes beside the page: the Excel report and two tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from hbgeo.measure.targets import Assessment
from hbgeo.measure.trend import Trend
from hbgeo.read.catalog import Catalog
from hbgeo.show import tables, workbook


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
    report = workbook.report_bytes(
        catalog, assessments, dict(units), issues=issues, trend=trend, inputs=inputs
    )
    return {
        "report.xlsx": report,
        "coverage.csv": tables.csv_bytes(tables.unit_rows(assessments, dict(units))),
        "issues.csv": tables.csv_bytes(issues),
    }
