"""What the terminal shows of 督办: how the tasks of each county stand, and what did not come back."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from hbgeo.measure.tasks import STATES, Tasks
from hbgeo.show.screen import Listing
from hbgeo.show.tasks_words import by_county, mark_of, summary

_MANY = 20  # lines shown before they are cut, and said so


def tasks_shown(found: Tasks) -> list[RenderableType]:
    """A table by county, and the notes."""
    if found.rows.empty:
        return [Text("没有要督办的单位。"), *notes_shown(found.notes)]
    table = Listing(f"督办单 截至 {found.as_of}")
    table.heading("代码")
    table.heading("县（市、区）", wrap=12)
    for heading in STATES.values():
        table.heading(heading, right=True)
    table.heading("最早期限")
    for (code, name), rows in by_county(found.rows).items():
        counts = rows["state"].value_counts()
        due = min(rows["deadline"].dropna(), default="")
        table.add_row(code, name, *(f"{counts.get(state, 0):,}" for state in STATES), due)
    mark = mark_of(found)
    marks = [Text(mark, style="bold yellow")] if mark else []
    return [*marks, table, Text(summary(found)), *notes_shown(found.notes)]


def tasks_lines(found: Tasks | None) -> list[RenderableType]:
    """What the main job says of them: nothing where no layer holds any."""
    if found is None:
        return []
    return [Text(summary(found)), *notes_shown(found.notes)]


def notes_shown(notes: Sequence[str]) -> list[RenderableType]:
    """The first of the notes, and how many more there are."""
    shown: list[RenderableType] = [Text(note) for note in notes[:_MANY]]
    if len(notes) > _MANY:
        shown.append(
            Text(f"另有 {len(notes) - _MANY} 条，见 hbgeo tasks -o 文件.xlsx 的备注", style="dim")
        )
    return shown
