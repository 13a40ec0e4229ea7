"""A Word document in the form of official papers: A4, its margins and fonts, numbered pages."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from hbgeo.errors import OutputError
from hbgeo.show import look

_STAMP = (1980, 1, 1, 0, 0, 0)  # a zip insists on a time of writing


def new_document(mark: str) -> Any:
    """An empty document with `mark` at the head of every page.

    Raises
    ------
    OutputError
        If python-docx is not installed.
    """
    try:
        from docx import Document
        from docx.shared import Mm
    except ImportError:
        raise OutputError("写 .docx 需要 python-docx:pip install 'hbgeo[print]'") from None
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    _set_font(document.styles["Normal"], look.PAPER_FONT, 14)
    for level in (1, 2):
        _set_font(document.styles[f"Heading {level}"], look.PAPER_HEAD_FONT, 16)
    if mark:
        section.header.paragraphs[0].text = mark
    _number_pages(section.footer.paragraphs[0])
    document.core_properties.author = "hbgeo"
    return document


def _set_font(style: Any, name: str, size: int) -> None:
    """A style's font for Latin and for Chinese: Word keeps the two apart."""
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size = name, Pt(size)
    style.font.color.rgb = RGBColor(0, 0, 0)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _number_pages(paragraph: Any) -> None:
    """第 x 页, counted by Word."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph.alignment = 1
    paragraph.add_run("— ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)  # noqa: SLF001 - python-docx has no other way to a field
    paragraph.add_run(" —")


def add_title(document: Any, text: str, size: int, font: str) -> None:
    """A line in the middle."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    paragraph.alignment = 1
    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(size), font
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)  # noqa: SLF001 - as above


def add_paragraph(document: Any, text: str) -> None:
    """A paragraph that begins two characters in, as Chinese papers do."""
    from docx.shared import Pt

    document.add_paragraph(text).paragraph_format.first_line_indent = Pt(28)


def add_table(document: Any, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table with its heading; without rows the word for none."""
    from docx.shared import Mm, Pt

    if not rows:
        document.add_paragraph("无。")
        return
    table = document.add_table(rows=1, cols=len(head))
    table.style, table.autofit = "Table Grid", False
    for cells, texts in [(table.rows[0].cells, head)] + [(None, row) for row in rows]:
        own = cells if cells is not None else table.add_row().cells
        for cell, text in zip(own, texts, strict=True):
            cell.text = text
            cell.width = Mm(64 if cell is own[0] else 92 / (len(head) - 1))
            for run in cell.paragraphs[0].runs:
                run.font.size, run.font.bold = Pt(10.5), cells is not None


def add_picture(document: Any, picture: bytes) -> None:
    """A picture in the middle, as wide as the text."""
    from docx.shared import Mm

    document.add_picture(io.BytesIO(picture), width=Mm(150))
    document.paragraphs[-1].alignment = 1


def document_bytes(document: Any) -> bytes:
    """The document's bytes: the same content gives the same bytes."""
    buffer = io.BytesIO()
    document.save(buffer)
    return _stop_clock(buffer.getvalue())


def _stop_clock(content: bytes) -> bytes:
    """The same archive with its clock stopped, so that the same figures give the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in sorted(old.namelist()):
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return made.getvalue()
