"""What the main job writes beside the page: the Excel report and two tables.

A process may make them in two steps: `draft_papers` what rests on the figures alone, as soon as
they are there; `finish_papers` the rest, when it is known.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pandas as pd

from hbgeo.read.catalog import Catalog
from hbgeo.show.table.files import Writer, put
from hbgeo.store.parts import KeptParts, KeptSpans

if TYPE_CHECKING:  # who gives them to another process to be written loads none of what writes
    from hbgeo.measure.assessment import Assessment
    from hbgeo.measure.names.found import SignNames
    from hbgeo.measure.tasks import Tasks
    from hbgeo.measure.trend import Trend
    from hbgeo.show.excel.sheet import Sheet


LATER = ("issues", "tasks", "names", "more")  # of `Papers`, what no draft needs


@dataclass(frozen=True)
class Draft:
    """What of the papers rests on the figures alone: the first sheets of the report, `coverage.csv`."""

    sheets: Sequence[Sheet]
    coverage: bytes


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
    prints, kept, sheets
        As in `Measured`; rows of `coverage.csv`, and sheets, as they were made before.
    tasks, names
        What was given out and came back (督办); what was found of the names on signs. None where no
        layer holds any.
    more
        Sheets of the report that rest on more than the figures: 服务半径, 规划方案.
    draft
        What was made of them before; None makes everything when it is written.
    """

    catalog: Catalog
    assessments: Sequence[Assessment]
    units: Mapping[str, pd.DataFrame]
    nearest: Mapping[str, pd.DataFrame]
    waiting: Mapping[str, pd.DataFrame]
    issues: pd.DataFrame
    trend: Trend | None
    inputs: Mapping[str, str]
    prints: Mapping[str, str] = field(default_factory=dict)
    kept: KeptSpans = field(default_factory=KeptSpans)
    sheets: KeptParts = field(default_factory=KeptParts)
    tasks: Tasks | None = None
    names: SignNames | None = None
    more: Sequence[Sheet] = ()
    draft: Draft | None = None

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
            figures=self.draft.sheets if self.draft else self._figure_sheets(),
        )
        file.write(made)

    def _figure_sheets(self) -> list[Sheet]:
        from hbgeo.show.excel.kept import KeptSheets
        from hbgeo.show.excel.report import figure_sheets

        known: dict[str, Any] = {"nearest": self.nearest, "waiting": self.waiting}
        known["kept"] = KeptSheets(self.sheets, self.prints)
        return figure_sheets(self.catalog, self.assessments, self.units, trend=self.trend, **known)

    def _write_coverage(self, file: IO[bytes]) -> None:
        from hbgeo.show.table.units import write_units

        if self.draft:
            file.write(self.draft.coverage)
        else:
            told: dict[str, Any] = {"prints": self.prints, "kept": self.kept}
            write_units(self.assessments, self.units, self.nearest, file, **told)

    def _write_issues(self, file: IO[bytes]) -> None:
        from hbgeo.show.table.csv import write_csv

        write_csv(self.issues, file)

    def drafted(self) -> Papers:
        """The same, with what rests on the figures alone made."""
        coverage = io.BytesIO()
        self._write_coverage(coverage)
        return replace(self, draft=Draft(self._figure_sheets(), coverage.getvalue()))


def write_papers(papers: Papers, paths: Mapping[str, Path]) -> None:
    """Write papers to where they are wanted, each by its name, beside its place.

    Raises
    ------
    OutputError
        If one cannot be written.
    """
    for name, path in paths.items():
        put(path, name, papers.files[name])


_drafts: dict[str, Papers] = {}  # by the job's token; of this process, and one at a time


def draft_papers(token: str, papers: Papers) -> None:
    """Make what rests on the figures alone, for `finish_papers` to find in the same process."""
    _drafts.clear()
    _drafts[token] = papers.drafted()


def finish_papers(token: str, later: Mapping[str, Any], paths: Mapping[str, Path]) -> bool:
    """Write the papers that were drafted with what is known since (`LATER`), each to its place.

    Returns
    -------
    written
        False where this process has no draft of that token: nothing is written then.
    """
    papers = _drafts.pop(token, None)
    if papers is None:
        return False
    write_papers(replace(papers, **later), paths)
    return True
