"""What stands around the text of an official paper: whom it is for, its annexes, who signs, the day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from hbgeo.read.catalog import Letter
from hbgeo.show import look, words
from hbgeo.show.paper.document import BODY, add_paragraph, add_signature, add_title

_LINE = "＿" * 8  # to be filled in by hand


def add_head(document: Any, letter: Letter, title: str) -> None:
    """The number (发文字号), the title, and whom the paper is for (主送)."""
    add_title(document, letter.number or "＿＿＿〔＿＿＿＿〕＿＿号", BODY, look.PAPER_FONT)
    add_title(document, "", BODY, look.PAPER_FONT)
    add_title(document, title, 22, "方正小标宋简体")
    add_title(document, "", BODY, look.PAPER_FONT)
    add_paragraph(document, f"{letter.to.rstrip(':：') or _LINE}：", indent=0)


def add_foot(document: Any, letter: Letter, annexes: Sequence[str]) -> None:
    """The list of annexes (附件说明), who signs (署名), the day (成文日期), whom to ask (附注)."""
    add_paragraph(document, "")
    for n, name in enumerate(annexes, 1):
        lead = "附件：" if n == 1 else "　　　"
        add_paragraph(document, f"{lead}{n}．{name}").paragraph_format.keep_with_next = True
    for _ in range(2):
        add_paragraph(document, "").paragraph_format.keep_with_next = True
    add_signature(document, [letter.sender or _LINE, _dated(letter.dated)])
    add_paragraph(document, f"（联系人及电话：{letter.contact or _LINE}）")
    if letter.copied:
        add_paragraph(document, f"抄送：{letter.copied}", indent=0)


def _dated(day: date | None) -> str:
    return "＿＿＿＿年＿＿月＿＿日" if day is None else words.day(day, prose=True)
