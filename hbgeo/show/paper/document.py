"""A Word document in the form of official papers: A4, its margins and fonts, numbered pages."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from hbgeo.errors import OutputError
from hbgeo.show import look
from hbgeo.show.zipped import UNIX

if TYPE_CHECKING:  # python-docx comes with an extra
    import pandas as pd
    from docx.document import Document
    from docx.styles.style import ParagraphStyle
    from docx.text.paragraph import Paragraph

BODY = 16  # points of the text: 三号
LINE = 28  # points of a line
WIDE = 156.0  # millimetres between the margins of a page that stands
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_TABLE = (
    '<w:tbl {names}><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{width}" w:type="dxa"/>'
    '<w:jc w:val="center"/><w:tblLayout w:type="fixed"/><w:tblCellMar>'
    '<w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    "<w:tblGrid>"
)
_CELL = (
    '<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr>'
    '<w:spacing w:before="20" w:after="20" w:line="{line}" w:lineRule="exact"/><w:ind w:firstLine="0"/>'
    '<w:jc w:val="{side}"/></w:pPr>{runs}</w:p></w:tc>'
)
_STAMP = (1980, 1, 1, 0, 0, 0)  # a zip insists on a time of writing


def new_document(mark: str) -> Document:
    """An empty document with `mark` at the head of every page.

    Raises
    ------
    OutputError
        If python-docx is not installed.
    """
    try:
        import docx
        from docx.shared import Mm, Pt
    except ImportError:
        raise OutputError('写 .docx 需要 python-docx：pip install "hbgeo[print]"') from None
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    _set_font(document.styles["Normal"], look.PAPER_FONT, BODY)
    spacing = document.styles["Normal"].paragraph_format
    spacing.space_before, spacing.space_after, spacing.line_spacing = Pt(0), Pt(0), Pt(LINE)
    for level, font in ((1, look.PAPER_HEAD_FONT), (2, look.PAPER_SECOND_FONT)):
        style = document.styles[f"Heading {level}"]
        _set_font(style, font, BODY)
        style.font.bold = False
        style.paragraph_format.first_line_indent = Pt(2 * BODY)
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
        style.paragraph_format.line_spacing = Pt(LINE)
    if mark:
        section.header.paragraphs[0].text = mark
    _number_pages(section.footer.paragraphs[0])
    document.core_properties.author = "hbgeo"
    return document


def lay_across(document: Document) -> None:
    """Turn the page: wide tables stand better on one that lies."""
    from docx.enum.section import WD_ORIENTATION
    from docx.shared import Mm

    section = document.sections[0]
    section.orientation = WD_ORIENTATION.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin, section.bottom_margin = Mm(26), Mm(20)
    section.left_margin, section.right_margin = Mm(26), Mm(26)


def pages_by_county(
    mark: str,
    counties: Sequence[tuple[str, pd.DataFrame]],
    add: Callable[[Document, str, pd.DataFrame], None],
    nothing: str,
) -> bytes:
    """Make a paper of lists: a section across for each county.

    Parameters
    ----------
    counties
        What each is called, and its rows.
    add
        Writes one county.
    nothing
        What is said where there is none.

    Raises
    ------
    OutputError
        If python-docx is not installed.
    """
    document = new_document(mark)
    from docx.enum.section import WD_SECTION_START  # there, or it was said above

    lay_across(document)
    for n, (county, rows) in enumerate(counties):
        if n:
            document.add_section(WD_SECTION_START.NEW_PAGE)
        add(document, county, rows)
    if not counties:
        add_paragraph(document, nothing)
    return document_bytes(document)


def _set_font(style: ParagraphStyle, name: str, size: int) -> None:
    """A style's font for Latin and for Chinese: Word keeps the two apart."""
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size = name, Pt(size)
    style.font.color.rgb = RGBColor(0, 0, 0)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _number_pages(paragraph: Paragraph) -> None:
    """第 x 页, counted by Word."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run("— ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)  # noqa: SLF001 - python-docx has no other way to a field
    paragraph.add_run(" —")


def add_title(document: Document, text: str, size: int, font: str) -> None:
    """A line in the middle."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(size), font
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)  # noqa: SLF001 - as above


def add_paragraph(
    document: Document, text: str, *, indent: int = 2, size: float = BODY
) -> Paragraph:
    """A paragraph that begins so many characters in, two as Chinese papers do."""
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    paragraph.paragraph_format.first_line_indent = Pt(indent * size)
    if size != BODY:
        run.font.size = Pt(size)
        paragraph.paragraph_format.line_spacing = Pt(LINE * size / BODY)
    return paragraph


def add_signature(document: Document, texts: Sequence[str]) -> None:
    """Who signs and the day, to the right; a page never begins with them."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    for text in texts:
        paragraph = document.add_paragraph(text)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.right_indent = Pt(4 * BODY)
        paragraph.paragraph_format.keep_with_next = text is not texts[-1]


def add_table(
    document: Document,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    widths: Sequence[float] = (),
    size: float = 10.5,
    right: Collection[int] = (),
) -> None:
    """A table whose heading comes again on each page and whose rows stay whole; without rows “无”.

    Parameters
    ----------
    widths
        Of the columns, in millimetres; none: the first as wide as two others.
    size
        Of the characters, in points.
    right
        Columns of numbers, which end at the right.
    """
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    if not rows:
        document.add_paragraph("无。")
        return
    made = list(widths) or [WIDE * (2 if not n else 1) / (len(head) + 1) for n in range(len(head))]
    twips = [round(width * 1440 / 25.4) for width in made]
    parts = [_TABLE.format(names=nsdecls("w"), width=sum(twips))]
    parts += [f'<w:gridCol w:w="{width}"/>' for width in twips]
    parts.append("</w:tblGrid>")
    centre = dict.fromkeys(range(len(head)), "center")
    parts.append(_row(head, twips, size, centre, head=True))
    ends = dict.fromkeys(right, "right")
    parts += [_row(row, twips, size, ends) for row in rows]
    document.element.body.sectPr.addprevious(parse_xml("".join([*parts, "</w:tbl>"])))


def _row(
    texts: Sequence[str],
    twips: Sequence[int],
    size: float,
    align: Mapping[int, str],
    *,
    head: bool = False,
) -> str:
    bold, again = ("<w:b/>", "<w:tblHeader/>") if head else ("", "")
    letters = f'<w:rPr>{bold}<w:sz w:val="{round(2 * size)}"/></w:rPr>'
    cells = [
        _CELL.format(
            width=width,
            side=align.get(n, "left"),
            line=round(size * 26),
            runs="<w:r><w:br/></w:r>".join(
                f'<w:r>{letters}<w:t xml:space="preserve">{_safe(part)}</w:t></w:r>'
                for part in text.split("\n")
            ),
        )
        for n, (text, width) in enumerate(zip(texts, twips, strict=True))
    ]
    return f"<w:tr><w:trPr><w:cantSplit/>{again}</w:trPr>{''.join(cells)}</w:tr>"


def _safe(text: str) -> str:
    """A text as XML has it; what no XML can hold is a question mark."""
    return escape(_UNFIT.sub("?", text))


def add_picture(document: Document, picture: bytes) -> None:
    """A picture in the middle, as wide as the text."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm

    document.add_picture(io.BytesIO(picture), width=Mm(150))
    document.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.paragraphs[-1].paragraph_format.line_spacing = 1.0  # a fixed line would cut it


def document_bytes(document: Document) -> bytes:
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
            entry.create_system = UNIX
            new.writestr(entry, old.read(name))
    return made.getvalue()
