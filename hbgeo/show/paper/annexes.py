"""The annexes of the notice: every indicator at a glance, the prefectures, the ground of the figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import ceil
from typing import Any

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.coverage import Share
from hbgeo.show import words
from hbgeo.show.paper.document import WIDE, add_paragraph, add_table, add_title

ANNEXES = ("各项指标一览", "分市州情况", "口径和数据来源")
_SMALL, _SMALLEST, _SAID = 9, 8, 10.5  # points of the letters of tables, and beside them
_ACROSS = 4  # indicators in one table of prefectures
_NAME = 24.0  # millimetres of the column of prefectures
_COUNTS = "应覆盖 "  # and one with the counts
_SOURCE = "来源"  # how a line of the basis begins that names a source


def add_annexes(document: Any, assessments: Sequence[Assessment]) -> None:
    """Write the three annexes, each on a page of its own."""
    _add_glance(document, assessments)
    _add_prefectures(document, [a for a in assessments if _by_prefecture(a)])
    _add_grounds(document, [a for a in assessments if a.indicator.variant is None])


def _begin(document: Any, number: int) -> None:
    """A new page: 附件1 at the left, its name in the middle."""
    document.add_heading(f"附件{number}", 1).paragraph_format.first_line_indent = 0
    document.paragraphs[-1].paragraph_format.page_break_before = True
    add_title(document, ANNEXES[number - 1], 18, "方正小标宋简体")


def _add_glance(document: Any, assessments: Sequence[Assessment]) -> None:
    _begin(document, 1)
    head = ["指标", "应覆盖", words.COVERED, "数值", "结论"]
    rows = []
    for a in assessments:
        share = a.share
        counts = [words.amount(share.total), words.amount(share.covered)] if share else ["", ""]
        name = (
            a.indicator.full_name
            if a.indicator.variant is None
            else f"　{a.indicator.variant_name}"
        )
        rows.append([name, *counts, words.figure_with_unit(a), words.standing(a)])
    add_table(document, head, rows, widths=(62, 23, 23, 24, 24), size=_SMALL, right=(1, 2, 3))


def _add_prefectures(document: Any, shown: Sequence[Assessment]) -> None:
    """A few tables of the same rows: indicators across, each cell the rate and what it is of."""
    _begin(document, 2)
    said = "每格为覆盖率（%）和已覆盖数/应覆盖数；应覆盖数不足5个的只列数，不排名；“—”为没有应覆盖的单元。"
    add_paragraph(document, said, size=_SAID)
    for some in _evenly(shown):
        head = ["地区", *(a.indicator.name for a in some)]
        widths = (_NAME, *[(WIDE - _NAME) / len(some)] * len(some))
        rows = _prefecture_rows(some)
        add_table(document, head, rows, widths=widths, size=_SMALLEST, right=range(1, _ACROSS + 1))
        add_paragraph(document, "", size=_SMALLEST)
    if not shown:
        document.add_paragraph("无。")


def _evenly(shown: Sequence[Assessment]) -> list[Sequence[Assessment]]:
    """As few tables as will do, each of about as many indicators."""
    tables = ceil(len(shown) / _ACROSS)
    edges = [round(n * len(shown) / tables) for n in range(tables + 1)] if tables else []
    return [shown[a:b] for a, b in pairwise(edges)]


def _by_prefecture(a: Assessment) -> bool:
    one = a.indicator
    wanted = one.variant is None and a.target is not None and not a.counted
    wanted = wanted and a.coverage is not None
    return wanted and one.measure != "ratio" and one.units not in {"province", "prefecture"}


def _prefecture_rows(some: Sequence[Assessment]) -> list[list[str]]:
    by: dict[tuple[str, str], dict[int, str]] = {}
    for n, a in enumerate(some):
        areas = a.coverage.by("prefecture") if a.coverage is not None else {}
        for key, area in areas.items():
            by.setdefault(key, {})[n] = _cell(a, area.share)
    return [
        [name, *(cells.get(n, words.NONE) for n in range(len(some)))]
        for (_, name), cells in by.items()
    ]


def _cell(a: Assessment, share: Share) -> str:
    if not share.total:
        return words.NONE
    covered, total = words.amount(share.covered), words.amount(share.total)
    return f"{words.part_rate(a, share.pct)} ({covered}/{total})"


def _add_grounds(document: Any, mains: Sequence[Assessment]) -> None:
    """The ground of each figure, and every source once."""
    _begin(document, 3)
    marks = {f"{mark}。" for mark in (words.SAMPLE_MARK, words.APPROXIMATE_MARK)}
    rows = [[a.indicator.name, "".join(_own_lines(a, marks))] for a in mains]
    add_table(document, ["指标", "口径"], rows, widths=(34, 122), size=_SMALLEST)
    for n, source in enumerate(_sources(mains), 1):
        lead = "数据来源：" if n == 1 else ""
        add_paragraph(document, f"{lead}{n}．{source}", size=_SAID)


def _own_lines(a: Assessment, marks: set[str]) -> list[str]:
    """What the basis says of this figure alone.

    The date, the marks and the sources stand elsewhere, and the counts in the first annex.
    """
    sources = a.coverage.basis.sources if a.coverage is not None else ()
    return [
        _undated(line, a)
        for line in a.basis_lines
        if line not in marks
        and not line.startswith(_COUNTS)
        and not (line.startswith(_SOURCE) and any(map(line.endswith, sources)))
    ]


def _undated(line: str, a: Assessment) -> str:
    dated = f"截至 {a.as_of}"
    return line[len(dated) + 1 :] if line.startswith(dated) else line


def _sources(mains: Iterable[Assessment]) -> list[str]:
    bases = [a.coverage.basis for a in mains if a.coverage is not None]
    return list(dict.fromkeys(source for basis in bases for source in basis.sources))
