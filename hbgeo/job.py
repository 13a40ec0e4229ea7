"""The main job: check the layers, measure every indicator, and write the page and the papers.

    report = hbgeo.run(workspace)          # assessments, issues, files
    report.write("maps")

With a worker (`worker`) a part of the layers is read, and the papers are made, beside the first
process; without one everything but foreign files is read here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import IO, Any

import pandas as pd

from hbgeo import history
from hbgeo.measure.assessment import Assessment, Measured
from hbgeo.measure.doubt.result import Doubts
from hbgeo.measure.names.found import SignNames
from hbgeo.measure.options import Options
from hbgeo.measure.snapshot import Snapshot
from hbgeo.measure.snapshot_file import snapshot_bytes
from hbgeo.measure.tasks import Tasks
from hbgeo.measure.trend import Trend
from hbgeo.read.catalog import Catalog
from hbgeo.sharing import read_together
from hbgeo.show.excel.doubts import firmness_sheets
from hbgeo.show.excel.report import report_bytes
from hbgeo.show.excel.sheet import Sheet
from hbgeo.show.table.csv import write_csv
from hbgeo.show.table.effects import with_effects
from hbgeo.show.table.files import Staging, Writer
from hbgeo.show.table.units import unit_rows
from hbgeo.showing import Reached, find_reached
from hbgeo.store.folder import CACHE
from hbgeo.store.rests import remove_rests
from hbgeo.tasks import tasks_of_run
from hbgeo.worker import Piece, Worker
from hbgeo.workspace import Workspace

STEPS = ("检查数据", "计算指标", "绘制地图", "写出文件")  # what `progress` counts


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
            "issues.csv": lambda file: write_csv(self.issues, file),
        }

    def _write_report(self, file: IO[bytes]) -> None:
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
        write_csv(unit_rows(self.assessments, self.units, self.nearest), file)


@dataclass(frozen=True)
class Report:
    """What the main job found, and what writes it.

    Attributes
    ----------
    assessments
        Every indicator and variant, in the policy's order.
    issues
        Every problem of the data, one a row, and what it could change (see `with_effects`).
    files
        Name → a function that writes that file into an open binary file: `index.html`,
        `report.xlsx`, `coverage.csv`, `issues.csv` and the snapshot. Nothing is made before.
    notes
        What the user must know of the job itself, a line each: a snapshot that is damaged.
    mended
        Those of the notes that a further run would not tell: what they tell of is put right.
    """

    assessments: list[Assessment]
    issues: pd.DataFrame
    files: Mapping[str, Writer]
    snapshot: Snapshot
    papers: Papers
    notes: Sequence[str] = ()
    doubts: Doubts = field(default_factory=Doubts)
    mended: Sequence[str] = ()

    @property
    def tasks(self) -> Tasks | None:
        """The tasks that were given out and came back (督办); None where no layer holds any."""
        return self.papers.tasks

    @property
    def names(self) -> SignNames | None:
        """What was found of the names on signs; None where no layer holds signs."""
        return self.papers.names

    def write(
        self,
        folder: str | Path,
        *,
        worker: Worker | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> list[Path]:
        """Write all files into a folder, which is made if need be: all of them or none.

        Parameters
        ----------
        worker
            A process that makes the papers meanwhile.
        progress
            As for `run`.

        Returns
        -------
        paths
            What was written, the page first.

        Raises
        ------
        OutputError
            If a file cannot be written; what stood there before is untouched.
        """
        home, said = Path(folder), progress or _say_nothing
        (home / history.FOLDER).mkdir(parents=True, exist_ok=True)
        said(2, len(STEPS))
        with Staging() as staging, _ended_with_us(worker):
            paths = {name: staging.path(home / name) for name in self.files}
            given = {name: paths[name].absolute() for name in self.papers.files} if worker else {}
            piece = worker.give(write_papers, self.papers, given) if worker else None
            for path, write in self._own_files(home, given).items():
                staging.write(path, write)
            said(3, len(STEPS))
            if piece:
                piece.take()
            remove_rests(home / CACHE)
            return staging.move()

    def _own_files(self, home: Path, given: Mapping[str, Path]) -> dict[Path, Writer]:
        """The files that this process writes, an earlier snapshot of other inputs among them."""
        mine = {home / name: write for name, write in self.files.items() if name not in given}
        history.make_way(home / history.FOLDER, self.snapshot)
        older = history.replaced(home / history.FOLDER, self.snapshot)
        names = {home / history.FOLDER / name: content for name, content in older.items()}
        return mine | {path: partial(_write_bytes, content) for path, content in names.items()}


def run(
    workspace: Workspace | str | Path,
    *,
    options: Options | None = None,
    worker: Worker | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Do the main job: check the layers and measure every indicator.

    Parameters
    ----------
    workspace
        A workspace, or its folder.
    options
        What is asked differently from the policy's own reading.
    worker
        A process that reads a part of the layers.
    progress
        Called with the steps of `STEPS` that are done, and how many there are.

    Raises
    ------
    HbgeoError
        If the workspace, its catalogue, its policy or a layer is wrong.

    Examples
    --------
    >>> report = hbgeo.run("我的县")
    >>> [path.name for path in report.write("我的县/maps")][:4]
    ['index.html', 'report.xlsx', 'coverage.csv', 'issues.csv']
    """
    home = workspace if isinstance(workspace, Workspace) else Workspace.open(workspace)
    asked, said = options or home.options(), progress or _say_nothing
    said(0, len(STEPS))
    looking = read_together(home, worker) if worker else None
    issues = home.issues()
    said(1, len(STEPS))
    return _reported(home, asked, issues, looking)


def _reported(
    home: Workspace, asked: Options, issues: pd.DataFrame, looking: Piece[None] | None
) -> Report:
    """Measure every indicator; what writes the files of it."""
    measured = home.measure(options=asked, with_nearest=True)
    snapshot = history.take(home, measured, asked)
    back = history.far_back(home, snapshot)
    reached = find_reached(home, measured, asked)
    mended = _damage(home, snapshot)
    notes = [*mended, *back.notes, *_left_out(home), *reached.notes]
    doubts = home.doubts(options=asked, measured=measured)
    issues = with_effects(issues, doubts, home.policy)
    if looking:
        looking.take()
    papers = _papers(home, measured, issues, snapshot, back.trend, asked)
    sheets = [*firmness_sheets(doubts, measured.assessments), *reached.sheets()]
    papers = replace(papers, more=sheets)
    page: Writer = partial(_write_page, home, measured, asked, back, papers.names, reached, doubts)
    files = {"index.html": page, **papers.files}
    files[f"{history.FOLDER}/{history.file_name(snapshot)}"] = partial(_write_snapshot, snapshot)
    return Report(measured.assessments, issues, files, snapshot, papers, notes, doubts, mended)


def _damage(workspace: Workspace, snapshot: Snapshot) -> list[str]:
    """A line that names the snapshot in this one's place, where it is damaged."""
    said = history.damage(workspace.root / "maps" / history.FOLDER, snapshot)
    return [f"{said}。它已另取名（{history.DAMAGED}），本次的快照写在原处。"] if said else []


def _left_out(workspace: Workspace) -> list[str]:
    """A line for each layer whose signs were not looked at."""
    from hbgeo.names.papers import left_out

    return left_out(workspace)


def _papers(
    workspace: Workspace,
    measured: Measured,
    issues: pd.DataFrame,
    snapshot: Snapshot,
    trend: Trend | None,
    options: Options,
) -> Papers:
    from hbgeo.names.papers import (
        names_of,  # the second process looks at no names, and loads faster
    )

    return Papers(
        workspace.catalog,
        measured.assessments,
        history.units_of(workspace, measured.assessments),
        measured.nearest,
        measured.waiting,
        issues,
        trend,
        snapshot.about["inputs"],
        tasks_of_run(workspace, measured, options),
        names_of(workspace, options.within),
    )


def write_papers(papers: Papers, paths: Mapping[str, Path]) -> None:
    """Write papers to where they are wanted, each by its name."""
    for name, path in paths.items():
        with path.open("wb") as file:
            papers.files[name](file)


@contextmanager
def _ended_with_us(worker: Worker | None) -> Iterator[None]:
    """Where we are stopped, stop the worker first: it writes files that are about to be removed."""
    try:
        yield
    except BaseException:
        if worker:
            worker.close()
        raise


def _say_nothing(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


def _write_bytes(content: bytes, file: IO[bytes]) -> None:
    file.write(content)


def _write_snapshot(snapshot: Snapshot, file: IO[bytes]) -> None:
    file.write(snapshot_bytes(snapshot))


def _write_page(
    workspace: Workspace,
    measured: Measured,
    options: Options,
    back: history.Back,
    names: SignNames | None,
    reached: Reached,
    doubts: Doubts,
    file: IO[bytes],
) -> None:
    from hbgeo.products import draw_page  # the second process draws none, and loads faster

    more: dict[str, Any] = {"back": back, "names": names, "reached": reached, "doubts": doubts}
    page = draw_page(workspace, measured, options, **more)
    file.write(page.get_root().render().encode())
