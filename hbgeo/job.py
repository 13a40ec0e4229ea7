"""The main job: check the layers, measure every indicator, and write the page and the papers.

    report = hbgeo.run(workspace)          # assessments, issues, files
    report.write("maps")

With a worker (`worker`) a part of the layers is read, and the papers are made, beside the first
process, from the moment the figures are there; without one everything but foreign files is read here.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pandas as pd

from hbgeo.bounds import give_memory_back
from hbgeo.measure.doubt.result import Doubts
from hbgeo.measure.options import Options
from hbgeo.papers import LATER, Papers, draft_papers, finish_papers, write_papers
from hbgeo.sharing import read_together
from hbgeo.show.table.files import Staging, Writer, put
from hbgeo.store.folder import CACHE, StoreFolder
from hbgeo.store.parts import KeptParts, KeptSpans
from hbgeo.store.rests import remove_rests
from hbgeo.worker import Piece, Worker
from hbgeo.workspace import Workspace

if TYPE_CHECKING:  # two processes share the job: each loads what it does, when it does it
    from hbgeo import history
    from hbgeo.measure.assessment import Assessment, Measured
    from hbgeo.measure.names.found import SignNames
    from hbgeo.measure.snapshot import Snapshot
    from hbgeo.measure.tasks import Tasks
    from hbgeo.measure.trend import Trend
    from hbgeo.show.page.content import Content
    from hbgeo.showing import Reached

PAGE, COVERAGE = "index.html", "coverage.csv"
_SHELLS = 8  # pages whose shells are kept: titles, places where the map looks
STEPS = ("检查数据", "计算指标", "绘制地图", "写出文件")  # what `progress` counts


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
        `report.xlsx`, `coverage.csv`, `issues.csv` and the snapshot. Without a worker nothing is
        made before.
    notes
        What the user must know of the job itself, a line each: a snapshot that is damaged.
    token
        Under which the worker has drafted the papers; "" where it has not.
    mended
        Those of the notes that a further run would not tell: what they tell of is put right.
    content
        Encodes what the page shows, for a worker to draw; None where only `files` draws it.
    """

    assessments: list[Assessment]
    issues: pd.DataFrame
    files: Mapping[str, Writer]
    snapshot: Snapshot
    papers: Papers
    notes: Sequence[str] = ()
    doubts: Doubts = field(default_factory=Doubts)
    token: str = ""
    mended: Sequence[str] = ()
    content: Callable[[], Content] | None = None

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
            A process that makes the papers meanwhile, and then draws the page.
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
        home, said = _made(Path(folder)), progress or _say_nothing
        said(2, len(STEPS))
        with Staging() as staging, _ended_with_us(worker):
            paths = {name: staging.path(home / name) for name in self.files}
            given = {name: paths[name].absolute() for name in self.papers.files} if worker else {}
            written = self._made_by(worker, given) if worker else _say_nothing
            for path, write in self._own_files(home, given).items():
                give_memory_back()
                staging.write(path, write)
            page = self._drawn_by(worker, paths)
            said(3, len(STEPS))
            written(), page()
            remove_rests(home / CACHE)
            return staging.move()

    def _made_by(self, worker: Worker, given: Mapping[str, Path]) -> Callable[[], object]:
        """Have a worker write the papers; what waits until they are written."""
        if not self.token:
            return worker.give(write_papers, self.papers, given).take
        later = {key: getattr(self.papers, key) for key in LATER}
        piece = worker.give(finish_papers, self.token, later, given)

        def written() -> None:
            if not piece.take():  # one that died since has no draft, and neither have we
                write_papers(self.papers, given)

        return written

    def _drawn_by(self, worker: Worker | None, paths: Mapping[str, Path]) -> Callable[[], object]:
        """Have a worker draw the page, if it is wanted, after the papers; what waits until it is written."""
        if worker is None or self.content is None or PAGE not in paths:
            return _say_nothing
        return worker.give(_write_page, self.content(), paths[PAGE].absolute()).take

    def _own_files(self, home: Path, given: Collection[str]) -> dict[Path, Writer]:
        """The files that this process writes, an earlier snapshot of other inputs among them."""
        from hbgeo import history

        # the snapshot of a million facilities takes the most memory: before the page there is more
        every = reversed(list(self.files.items()))
        theirs = {*given, PAGE} if given and self.content else {*given}  # who is given papers draws
        mine = {home / name: write for name, write in every if name not in theirs}
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
        A process that reads a part of the layers, and begins the papers.
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
    home.placements.let_go()
    give_memory_back()  # of what was read: a third of all that is needed further on
    said(1, len(STEPS))
    return _reported(home, asked, issues, worker, looking)


def _reported(
    home: Workspace,
    asked: Options,
    issues: pd.DataFrame,
    worker: Worker | None,
    looking: Piece[None] | None,
) -> Report:
    """Measure every indicator; what writes the files of it."""
    from hbgeo import history
    from hbgeo.show.excel.doubts import firmness_sheets
    from hbgeo.show.excel.kept import KeptSheets
    from hbgeo.show.table.effects import with_effects
    from hbgeo.showing import find_reached

    measured = home.measure(options=asked, with_nearest=True)
    snapshot = history.take(home, measured, asked)
    back = history.far_back(home, snapshot)
    papers = _papers(home, measured, issues, snapshot, back.trend)
    token = _drafted_by(worker, papers) if worker else ""
    reached = find_reached(home, measured, asked)
    mended = _damage(home, snapshot)
    notes = [*mended, *back.notes, *_left_out(home), *reached.notes]
    doubts = home.doubts(options=asked, measured=measured)
    issues = with_effects(issues, doubts, home.policy)
    kept = KeptSheets(_kept_parts(home, "firm"), measured.prints)
    sheets = [*firmness_sheets(doubts, measured.assessments, kept), *reached.sheets()]
    since = _done_since(home, measured, asked, looking)
    papers = replace(papers, issues=issues, more=sheets, **since)
    page = partial(_page_content, home, measured, asked, back, papers.names, reached, doubts)
    files: dict[str, Writer] = {PAGE: partial(_draw, page), **papers.files}
    files[f"{history.FOLDER}/{history.file_name(snapshot)}"] = partial(_write_snapshot, snapshot)
    return Report(
        measured.assessments, issues, files, snapshot, papers, notes, doubts, token, mended, page
    )


def _made(home: Path) -> Path:
    """A folder to write into, with the one for snapshots in it."""
    from hbgeo import history

    (home / history.FOLDER).mkdir(parents=True, exist_ok=True)
    return home


def _damage(workspace: Workspace, snapshot: Snapshot) -> list[str]:
    """A line that names the snapshot in this one's place, where it is damaged."""
    from hbgeo import history

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
) -> Papers:
    """The papers, as far as they rest on the figures."""
    from hbgeo import history

    units = history.units_of(workspace, measured.assessments)
    return Papers(
        workspace.catalog,
        measured.assessments,
        # no paper draws them, and shapes take long to be handed on
        {
            key: pd.DataFrame(f.drop(columns="geometry", errors="ignore"))
            for key, f in units.items()
        },
        measured.nearest,
        measured.waiting,
        issues,
        trend,
        snapshot.about["inputs"],
        measured.prints,
        KeptSpans(
            _kept_parts(workspace, "coverage"), workspace.root.absolute() / "maps" / COVERAGE
        ),
        _kept_parts(workspace, "sheets"),
    )


def _kept_parts(workspace: Workspace, name: str) -> KeptParts:
    """The parts of a file, as they were made for the one before."""
    store = StoreFolder(workspace.store.absolute(), "parts", most=None)
    return KeptParts(store, name, workspace.layers.inputs.unchanged)


def _done_since(
    workspace: Workspace, measured: Measured, options: Options, looking: Piece[None] | None
) -> dict[str, Any]:
    """What was given out and came back, and what was found of names on signs."""
    from hbgeo.names.papers import names_of
    from hbgeo.tasks import tasks_of_run

    tasks = tasks_of_run(workspace, measured, options)
    if looking:
        looking.take()
    return {"tasks": tasks, "names": names_of(workspace, options.within)}


def _drafted_by(worker: Worker, papers: Papers) -> str:
    """Have a worker begin the papers while it is asked what is in doubt; the token of the draft."""
    token = secrets.token_hex(8)
    worker.give(draft_papers, token, papers)
    return token


@contextmanager
def _ended_with_us(worker: Worker | None) -> Iterator[None]:
    """Where we are stopped, stop the worker first: it writes files that are about to be removed."""
    try:
        yield
    except BaseException:
        if worker:
            worker.close()
        raise


def _say_nothing(*_: int) -> None:
    """Progress that nobody watches, and papers that nobody waits for."""


def _write_bytes(content: bytes, file: IO[bytes]) -> None:
    file.write(content)


def _write_snapshot(snapshot: Snapshot, file: IO[bytes]) -> None:
    from hbgeo.measure.snapshot_file import write_snapshot

    write_snapshot(snapshot, file)


def _page_content(
    workspace: Workspace,
    measured: Measured,
    options: Options,
    back: history.Back,
    names: SignNames | None,
    reached: Reached,
    doubts: Doubts,
) -> Content:
    from hbgeo.products import page_content

    more: dict[str, Any] = {"back": back, "names": names, "reached": reached, "doubts": doubts}
    more["kept"] = _kept_parts(workspace, "page")
    content = page_content(workspace, measured, options, **more)
    return replace(content, shells=StoreFolder(workspace.store.absolute(), "shell", most=_SHELLS))


def _draw(content: Callable[[], Content], file: IO[bytes]) -> None:
    from hbgeo.show.page.shell import page_bytes  # the one process that draws loads what it takes

    file.write(page_bytes(content()))


def _write_page(content: Content, path: Path) -> None:
    """Draw the page where a worker is asked to, beside its place."""
    put(path, PAGE, partial(_draw, lambda: content))
