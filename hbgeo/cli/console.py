"""What a command gives, to wherever it was asked for: a file, JSON, or the terminal; and its progress."""

from __future__ import annotations

import sys
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console, ConsoleOptions
    from rich.segment import Segment

    from hbgeo.dialogue import Dialogue

_MOST_NOTED = 4 << 20  # bytes of a file that may be written again
_PATIENCE = 1  # seconds until what is on the way is shown


class Names:
    """How the columns of a list that is written are called; set before the command runs."""

    of = ""  # the command
    machine = chinese = False


class Heard:
    """What the command has said so far, where somebody will keep it."""

    said: list[tuple[str, Any]] | None = None


def hear(kind: str, what: Callable[[], Any]) -> None:
    """Note what is said; what cannot be noted ends the noting, not the command."""
    if Heard.said is not None:
        try:
            Heard.said.append((kind, what()))
        except TypeError:
            Heard.said = None


def say_again(said: Iterable[tuple[str, Any]]) -> None:
    """Say what a command said before: on the terminal as wide as it is now, into the same file."""
    for kind, what in said:
        if kind == "show":
            from hbgeo.show.said import from_data

            show(*map(from_data, what))
        elif kind == "warn":
            warn(what)
        elif kind == "json":
            write_json(what)
        else:
            write(Path(what[0]), b64decode(what[1]))


def emit(
    table: Callable[[], pd.DataFrame],
    shown: Callable[[], Iterable[Any]],
    *,
    output: Path | None,
    as_json: bool,
    records: Sequence[Any] | Mapping[str, Any] | None = None,
    content: Callable[[str], bytes] | None = None,
    more: Callable[[], dict[str, pd.DataFrame]] = dict,
) -> None:
    """Write a result to a file by its suffix, as JSON to stdout, or show it.

    Parameters
    ----------
    table
        The result as a table.
    shown
        What the terminal shows of it.
    records
        What JSON holds, where that is more than the table's rows.
    content
        Suffix → the bytes of a file, where that is more than the table.
    more
        Further tables of a workbook for machines.
    """
    if output:
        write(output, _content(table, output.suffix.lower(), content, more))
    elif as_json:
        from hbgeo.show.table.values import records as rows_of

        write_json(rows_of(table()) if records is None else records)
    else:
        show(*shown())


def _content(
    table: Callable[[], pd.DataFrame],
    suffix: str,
    content: Callable[[str], bytes] | None,
    more: Callable[[], dict[str, pd.DataFrame]],
) -> bytes:
    """A file in the names that were asked for: of a list's columns, machines' or Chinese."""
    from hbgeo.show.table.formats import table_bytes

    if suffix == ".xlsx" and Names.machine:
        return table_bytes(table(), suffix, more=more())
    if suffix == ".csv" and Names.chinese:
        from hbgeo.show.table.headings import in_chinese

        return table_bytes(in_chinese(table(), Names.of), suffix)
    return content(suffix) if content else table_bytes(table(), suffix)


def write(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all, and say so."""
    from hbgeo.show.said import written
    from hbgeo.show.table.files import write_files

    write_files({path: content})
    hear("write", lambda: [str(path), _as_text(content)])
    show_unheard(written([path]))


def _as_text(content: bytes) -> str:
    """The bytes of a file as JSON can hold them.

    Raises
    ------
    TypeError
        If there are too many to be noted.
    """
    if len(content) > _MOST_NOTED:
        raise TypeError(f"{len(content)} bytes are not noted")
    return b64encode(content).decode()


def show(*parts: Any) -> None:
    """Print tables and lines; where nobody watches, wide enough that nothing is cut."""
    from hbgeo.show.said import as_data

    hear("show", lambda: [as_data(part) for part in parts])
    show_unheard(*parts)


def show_unheard(*parts: Any) -> None:
    """The same, of what holds this once and is not said again."""
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=False)
    if not console.is_terminal:
        console = Console(width=200, highlight=False, markup=False, emoji=False)
    for part in parts:
        console.print(_Plain(part))


def show_whole(line: str) -> None:
    """Print a line in which a command stands: a break within it could not be pasted."""
    from rich.console import Console

    Console().print(_Plain(line), highlight=False, markup=False, emoji=False, soft_wrap=True)


def warn(lines: Iterable[str]) -> None:
    """Say what the user must know of a result beside it, on stderr: stdout may be a machine's."""
    from hbgeo.show.said import without_steering

    told = list(lines)
    hear("warn", lambda: [without_steering(line) for line in told])
    for line in told:  # each in one line, however long: others search them
        _stderr().print(_Plain(line), highlight=False, markup=False, emoji=False, soft_wrap=True)


class _Plain:
    """What is to be shown, without characters that would steer a terminal, and nobody's numbers."""

    def __init__(self, part: Any) -> None:
        self.part = part

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        from rich.text import Text

        from hbgeo.read.cell.text import without_controls
        from hbgeo.show.said import without_steering
        from hbgeo.show.screen import Lines

        part = self.part
        if isinstance(part, (str, Text)):
            style = part.style if isinstance(part, Text) else ""
            said = without_steering(str(part))
            part = Text(said, style) if options.no_wrap else Lines(said, style)
        for one in console.render(part, options):
            yield one if one.text == "\n" else one._replace(text=without_controls(one.text))


def dialogue(*, asks: bool) -> Dialogue:
    """Questions typed on the terminal; without `asks` what is not given is refused."""
    import typer

    from hbgeo.dialogue import Dialogue

    def ask(question: str) -> str:
        return str(typer.prompt(question, default="", show_default=False, prompt_suffix="："))

    return Dialogue(ask if asks else None, show)


def write_json(value: Any) -> None:
    """JSON on stdout and nothing else; as plain ASCII where the console is not UTF-8."""
    import json

    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    text = json.dumps(value, ensure_ascii=plain, indent=1, allow_nan=False)
    hear("json", lambda: value)
    print(text)


@cache
def _stderr() -> Console:
    """One for all bars: those of one console stand below each other."""
    from rich.console import Console

    return Console(stderr=True)


@contextmanager
def count_rows() -> Iterator[Callable[[int, int], None]]:
    """How many rows are done, on a terminal only; how many there are nobody knows."""
    from rich.progress import Progress, SpinnerColumn, TextColumn

    console = _stderr()
    text = TextColumn("{task.completed:,} 行")
    with Progress(
        SpinnerColumn(), text, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, _: bar.update(task, completed=done)


@contextmanager
def count_read(word: str = "读取") -> Iterator[Callable[[int, int], None] | None]:
    """How much of a layer is read, on a terminal only, and only if it takes over a second."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, Progress, TextColumn

    read = TextColumn(f"{word} {{task.completed:,}}/{{task.total:,}}")
    bar = Progress(read, BarColumn(), console=_stderr(), transient=True)
    task = bar.add_task("", total=1)
    late = Timer(_PATIENCE, bar.start)
    late.start()
    try:
        yield lambda done, of: bar.update(task, completed=done, total=of)
    finally:
        late.cancel()
        late.join()
        bar.stop()


@contextmanager
def count_steps(names: Sequence[str]) -> Iterator[Callable[[int, int], None]]:
    """A progress bar over named steps, on a terminal only."""
    from rich.progress import BarColumn, Progress, TextColumn

    console = _stderr()
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), console=console, transient=True,
        disable=not console.is_terminal,
    )  # fmt: skip
    with bar:
        task = bar.add_task("", total=len(names))
        yield lambda done, _: bar.update(task, description=names[done], completed=done)
