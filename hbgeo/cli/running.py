"""`hbgeo run`: the main job, and what the terminal shows of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hbgeo.cli.answering import asked_of, listening
from hbgeo.cli.console import count_steps, say_again, show
from hbgeo.cli.here import Here
from hbgeo.cli.options import Ask, Wait, asks, working

if TYPE_CHECKING:
    from hbgeo.answers import Answers
    from hbgeo.worker import Worker

# what both processes of a run load, and what the second does alone
_BOTH = ("hbgeo.job", "hbgeo.history", "hbgeo.products", "hbgeo.names.papers")
_ITS = ("hbgeo.show.excel.report", "hbgeo.show.page.draw")
_MUCH, _LARGE = 1 << 20, 32 << 20  # bytes of layers that changed, of all of them


@asks
def run(ask: Ask, wait: Wait = False) -> None:
    """检查、计算全部指标，写出 maps/ 下的地图、报表和清单。"""
    from hbgeo.answers import Answer, Answers

    asked = asked_of("run", vars(ask))
    with working(Here.root, wait=wait):
        before = None if ask.policy else Answers.of(Here.root)
        if before and (known := before.find(asked)):
            _say_untouched(known)
            return
        with listening() as said:
            files, mended = _run(ask, before, helped=not before or _is_much(before, asked))
        if said and before:
            after = Answers.of(Here.root, before.whole.seen)
            after.see(asked)
            changed = before.whole.differing(after.whole)
            # what it told of a snapshot that stood in the way it would not tell again
            if not changed or (not mended and changed <= set(files)):
                after.keep(asked, Answer(said).with_files(files))


def _is_much(before: Answers, asked: str) -> bool:
    """Whether there is so much to be done that two processes are quicker than one.

    Of a small workspace of which little has changed most is taken as it was made before: a second
    process would take longer to begin.
    """
    every = before.size
    return not 0 < every < _LARGE or before.unseen(asked) >= _MUCH


def _run(ask: Ask, before: Answers | None, *, helped: bool) -> tuple[list[Path], Sequence[str]]:
    """Do the job, and show what came of it; the files that were written, and what was put right.

    Parameters
    ----------
    before
        What has just been read of the workspace's files.
    helped
        Whether a second process does a part of it.
    """
    given: dict[str, Any] = {"worker": _helper() if helped else None}
    from hbgeo import job

    with count_steps(job.STEPS) as given["progress"]:
        workspace, options = ask.open()
        workspace.layers.inputs.seen = before.whole.seen if before else {}
        report = job.run(workspace, options=options, **given)
        files = report.write(workspace.root / "maps", **given)
    _show_run(workspace.catalog, report, files, options.part)
    return files, report.mended


def _helper() -> Worker | None:
    from hbgeo.store.lock import still
    from hbgeo.worker import helper

    with still():  # who is to be copied has no other thread
        return helper(_BOTH, _ITS)


def _say_untouched(known: Any) -> None:
    """Show what an earlier run found of the very same, and that its files stand."""
    from hbgeo.show.said import untouched

    say_again(known.said)
    show(untouched(map(Path, known.files)))


def _show_run(catalog: Any, report: Any, files: list[Path], place: str) -> None:
    from hbgeo.cli.console import show_unheard
    from hbgeo.show import terminal, terminal_data
    from hbgeo.show.doubts_table import firm_line
    from hbgeo.show.names_table import names_lines
    from hbgeo.show.said import written
    from hbgeo.show.tasks_table import tasks_lines

    counts = terminal_data.issue_count(report.issues)
    table = terminal.targets(catalog, report.assessments, place=place)
    said = [*tasks_lines(report.tasks), *names_lines(report.names)]
    firm = firm_line(report.doubts, report.assessments)
    show(*table, *firm, counts, *said, *report.notes)
    show_unheard(written(files))
