"""What the main job writes beside the page: the Excel report and two tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pandas as pd

from hbgeo.read.catalog import Catalog
from hbgeo.show.table.files import Writer

if TYPE_CHECKING:  # who gives them to another process to be written loads none of what writes
    from hbgeo.measure.assessment import Assessment
    from hbgeo.measure.names.found import SignNames
    from hbgeo.measure.tasks import Tasks
    from hbgeo.measure.trend import Trend
    from hbgeo.show.excel.sheet import Sheet


@dataclass(frozen=True)
class Papers:
    """What the job writes beside the page: the Excel report and two tables.

    Attributes
    ----------
    units
        Units of every level that was measured.
    nearest, waiting
        As in `Measured`.
    issues
        Every problem of the data, one a row.
    trend
        What changed since the snapshot before; None without one.
    inputs
        Layer → fingerprint of its files.
    tasks, names
        What was given out and came back (督办); what was found of the names on signs. None where no
        layer holds any.
    more
        Sheets of the report that rest on more than the figures: 服务半径, 规划方案.
    """

    catalog: Catalog
    assessments: Sequence[Assessment]
    units: Mapping[str, pd.DataFrame]
    nearest: Mapping[str, pd.DataFrame]
    waiting: Mapping[str, pd.DataFrame]
    issues: pd.DataFrame
    trend: Trend | None
    inputs: Mapping[str, str]
    tasks: Tasks | None = None
    names: SignNames | None = None
    more: Sequence[Sheet] = ()

    @property
    def files(self) -> dict[str, Writer]:
        """Name → what writes it."""
        return {
            "report.xlsx": self._write_report,
            "coverage.csv": self._write_coverage,
            "issues.csv": self._write_issues,
        }

    def _write_report(self, file: IO[bytes]) -> None:
        from hbgeo.show.excel.report import report_bytes

        made = report_bytes(
            self.catalog,
            self.assessments,
            self.units,
            nearest=self.nearest,
            waiting=self.waiting,
            issues=self.issues,
            trend=self.trend,
            inputs=self.inputs,
            tasks=self.tasks,
            names=self.names,
            more=self.more,
        )
        file.write(made)

    def _write_coverage(self, file: IO[bytes]) -> None:
        from hbgeo.show.table.csv import write_csv
        from hbgeo.show.table.units import unit_rows

        write_csv(unit_rows(self.assessments, self.units, self.nearest), file)

    def _write_issues(self, file: IO[bytes]) -> None:
        from hbgeo.show.table.csv import write_csv

        write_csv(self.issues, file)


def write_papers(papers: Papers, paths: Mapping[str, Path]) -> None:
    """Write papers to where they are wanted, each by its name."""
    for name, path in paths.items():
        with path.open("wb") as file:
            papers.files[name](file)
