"""What fits a screen: text broken between words, tables that stack or leave out what has no room."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import zip_longest
from typing import Any

from rich import box
from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions
from rich.segment import Segment
from rich.style import Style
from rich.table import Column, Table
from rich.text import Text

# what stays together: digits, codes and Latin words, and a mark with the character before it
_OPENING, _CLOSING = "（「『《〈“‘【〔([", "，。、；：！？）」』》〉”’】〕%‰…),;:"
_ATOM = re.compile(
    rf"\s+|[{re.escape(_OPENING)}]*"
    rf"(?:[!-'*-~]+(?:(?<=[\d%]) [\u4e00-\u9fff])?|[^\s!-~]|[()])[{re.escape(_CLOSING)}]*"
)
_CODE = re.compile(r"[^/\\;&?]*[/\\;&?]+|[^/\\;&?]+")  # a path or two amounts, which may be parted
_WORD = re.compile(r"\s+|\S+(?:(?<=[\d%]) [\u4e00-\u9fff]\S*)?")
_SHORT = 14  # cells of a word between spaces that is not broken at all
_GAP = 2  # cells between columns
_HEADING = 6  # cells to which a heading may be broken
_RULE = "─"
_INDENT = 2  # of the cells under the name of their row


def wrap(text: str, width: int) -> list[str]:
    """Break a text into lines of at most so many cells, never inside a number or a code.

    A longer word than a line is broken behind a stroke or a comma, else where the line ends.
    """
    lines = []
    for line in text.split("\n"):
        lines += _wrap_line(line, max(width, 2))
    return lines


def _wrap_line(line: str, width: int) -> list[str]:
    if cell_len(line) <= width:
        return [line.rstrip()]
    lines, now = list[str](), ""
    for piece in _pieces(line, width):
        if cell_len(now) + cell_len(piece.rstrip()) <= width:
            now += piece
        else:
            lines.append(now.rstrip())
            now = piece.lstrip()
    return [*lines, now.rstrip()] if now.strip() or not lines else lines


def _pieces(line: str, width: int) -> Iterator[str]:
    """What a line is made of, none wider than it: what is too long for that is cut."""
    indent = line[: len(line) - len(line.lstrip())]
    for at, atom in enumerate(_atoms(line[len(indent) :], min(width, _SHORT))):
        parts = [atom] if cell_len(atom) <= width else _CODE.findall(atom)
        for part in [indent + parts[0], *parts[1:]] if at == 0 else parts:
            while cell_len(part) > width:
                piece = set_cell_size(part, width).rstrip()
                yield piece
                part = part[len(piece) :]
            yield part


def _atoms(line: str, short: int) -> Iterator[str]:
    """What stays together: spaces, short words between them, and of the others numbers and codes."""
    for word in _WORD.findall(line):
        if cell_len(word) <= short:
            yield word
        else:
            yield from _ATOM.findall(word)


def least_width(text: str) -> int:
    """The cells that a text needs at least, if nothing in it is to be cut."""
    parts = (p for line in text.split("\n") for a in _ATOM.findall(line) for p in _CODE.findall(a))
    return max(map(cell_len, parts), default=0)


class Lines:
    """A text of any length under each other, not broken inside a number."""

    def __init__(self, text: str, style: str | Style = "", *, indent: int = 0) -> None:
        self.text, self.style, self.indent = text, style, indent

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        style = console.get_style(self.style)
        for line in wrap(self.text, options.max_width - self.indent):
            yield Segment(" " * self.indent + line, style)
            yield Segment.line()


@dataclass(frozen=True)
class _Fit:
    """What a column is ready to give up where there is no room for all."""

    wrap: int = 0
    spare: int = 0
    lead: bool = False


class Listing(Table):
    """A table for any width: texts wrap, names go above their row, columns that can be spared go.

    Numbers and codes are never cut; what was left out is said under the table.
    """

    def __init__(self, title: str) -> None:
        super().__init__(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        self._fits: list[_Fit] = []

    def heading(
        self, name: str, *, right: bool = False, wrap: int = 0, spare: int = 0, lead: bool = False
    ) -> None:
        """Add a column.

        Parameters
        ----------
        wrap
            Cells to which its texts may be broken; 0: never.
        spare
            Where there is no room, the column with the highest number goes first; 0: never.
        lead
            Whether it stands above the rest of its row where the row has no room.
        """
        self.add_column(name, justify="right" if right else "left")
        self._fits.append(_Fit(wrap, spare, lead))

    def as_data(self) -> dict[str, Any]:
        """The table as JSON can hold it: its title, headings, and rows with their styles.

        Raises
        ------
        TypeError
            If a row has a style that is no text.
        """
        columns = zip(self.columns, self._fits, strict=True)
        cells = [[_plain(c) for c in column.cells] for column in self.columns]
        styles = [row.style or "" for row in self.rows]
        if not all(isinstance(style, str) for style in styles):
            raise TypeError("a style that is no text")
        return {
            "title": _plain(self.title),
            "headings": [[str(c.header), c.justify == "right", *astuple(f)] for c, f in columns],
            "rows": [list(row) for row in zip(*cells, strict=True)],
            "styles": styles,
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Listing:
        """The table that `as_data` was taken of."""
        made = cls(data["title"])
        for name, right, wrap, spare, lead in data["headings"]:
            made.heading(name, right=right, wrap=wrap, spare=spare, lead=lead)
        for row, style in zip(data["rows"], data["styles"], strict=True):
            made.add_row(*row, style=style)
        return made

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        width = options.max_width
        cells = [[_plain(c) for c in column.cells] for column in self.columns]
        sheet = _Sheet([str(c.header) for c in self.columns], cells, self.columns, self._fits)
        for line in wrap(_plain(self.title), width) if self.title else []:
            yield from _line(line, Style(bold=True))
        styles = [console.get_style(row.style or "") for row in self.rows]
        yield from sheet.drawn(width, styles)
        yield Segment.line()


def _plain(cell: object) -> str:
    return cell.plain if isinstance(cell, Text) else str(cell)


def _line(text: str, style: Style | None = None) -> Iterator[Segment]:
    if text.strip():
        yield Segment(text.rstrip(), style)
    yield Segment.line()


@dataclass(frozen=True)
class _Sheet:
    """The columns of a table, and how they share the width there is."""

    headings: Sequence[str]
    cells: Sequence[Sequence[str]]
    columns: Sequence[Column]
    fits: Sequence[_Fit]

    def drawn(self, width: int, styles: Sequence[Style]) -> Iterator[Segment]:
        """The header, the rows, and what was left out."""
        every = list(range(len(self.headings)))
        leads = [i for i in every if self.fits[i].lead]
        rest = [i for i in every if i not in leads]
        spared = list[int]()
        while True:
            kept = [i for i in every if i not in spared]
            if widths := self._widths(kept, width):
                yield from self._flat(widths, styles)
                break
            mine = [i for i in rest if i not in spared]
            if leads and (widths := self._widths(mine, width - _INDENT)):
                yield from self._stacked(leads, widths, styles, width)
                break
            left = [i for i in mine if self.fits[i].spare]
            if not left:
                yield from self._fields(kept, styles, width)
                break
            spared.append(max(left, key=lambda i: self.fits[i].spare))
        if spared:
            names = "、".join(self.headings[i] for i in sorted(spared))
            said = f"窗口窄，没有列出：{names}；放宽窗口可以看到。"
            for line in wrap(said, width):
                yield from _line(line, Style(dim=True))

    def _widths(self, at: Sequence[int], width: int) -> dict[int, int] | None:
        """How wide each column stands; None where they have no room side by side."""
        full = {i: self._natural(i) for i in at}
        room = width - _GAP * (len(at) - 1)
        if sum(full.values()) <= room:
            return full
        made = {i: self._least(i, full[i]) for i in at}
        left = room - sum(made.values())
        if left < 0:
            return None
        for i in sorted(at, key=lambda i: full[i] - made[i]):  # who lacks least is served first
            waiting = [k for k in at if made[k] < full[k]]
            if i in waiting:
                more = min(full[i] - made[i], left // len(waiting))
                made[i] += more
                left -= more
        return made

    def _natural(self, i: int) -> int:
        return max(map(cell_len, [self.headings[i], *self.cells[i]]))

    def _least(self, i: int, full: int) -> int:
        cells = max(map(cell_len, self.cells[i]), default=0)
        heading = min(cell_len(self.headings[i]), _HEADING)
        if self.fits[i].wrap:
            needed = max(map(least_width, dict.fromkeys(self.cells[i])), default=0)
            cells = min(cells, max(self.fits[i].wrap, needed))
        return min(full, max(cells, heading, least_width(self.headings[i])))

    def _flat(self, widths: Mapping[int, int], styles: Sequence[Style]) -> Iterator[Segment]:
        yield from self._row({i: self.headings[i] for i in widths}, widths, Style(bold=True))
        yield from _line(_RULE * (sum(widths.values()) + _GAP * (len(widths) - 1)))
        for at, style in enumerate(styles):
            yield from self._row({i: self.cells[i][at] for i in widths}, widths, style)

    def _stacked(
        self, leads: Sequence[int], widths: Mapping[int, int], styles: Sequence[Style], width: int
    ) -> Iterator[Segment]:
        bold = Style(bold=True)
        yield from _line(" / ".join(self.headings[i] for i in leads), bold)
        yield from self._row({i: self.headings[i] for i in widths}, widths, bold, _INDENT)
        yield from _line(_RULE * width)
        for at, style in enumerate(styles):
            names = [self.cells[i][at] for i in leads]
            for k, name in enumerate(names):
                mine = style if k == len(names) - 1 else bold
                for line in wrap(name, width) if name.strip() else []:
                    yield from _line(line, mine)
            yield from self._row({i: self.cells[i][at] for i in widths}, widths, style, _INDENT)

    def _row(
        self, cells: Mapping[int, str], widths: Mapping[int, int], style: Style, indent: int = 0
    ) -> Iterator[Segment]:
        broken = [wrap(cells[i], widths[i]) for i in widths]
        for parts in zip_longest(*broken, fillvalue=""):
            aligned = []
            for (i, size), part in zip(widths.items(), parts, strict=True):
                blank = " " * (size - cell_len(part))
                aligned.append(blank + part if self.columns[i].justify == "right" else part + blank)
            text = (" " * _GAP).join(aligned)
            if text.strip():
                yield from _line(" " * indent + text, style)

    def _fields(self, at: Sequence[int], styles: Sequence[Style], width: int) -> Iterator[Segment]:
        """Every field on a line of its own: no window is too narrow for that."""
        for row, style in enumerate(styles):
            for i in at:
                if self.cells[i][row].strip():
                    said = f"{self.headings[i]}：{self.cells[i][row].strip()}"
                    for line in wrap(said, width):
                        yield from _line(line, style)
            yield from _line(_RULE * width)
