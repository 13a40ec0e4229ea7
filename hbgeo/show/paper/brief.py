"""The 通报 as .docx: findings by system in the office's wording, every figure from the assessments."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from hbgeo.errors import OutputError, RequestError
from hbgeo.measure.assessment import Assessment
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.rounding import show_number
from hbgeo.read.catalog import Catalog
from hbgeo.read.policy import SYSTEMS
from hbgeo.show.words import SAMPLE_MARK, marks, verdict

ORDER = (
    "assistance",
    "governance",
    "eldercare",
    "organisations",
    "minors",
    "funeral",
    "place-names",
)
_NUMERALS = "一二三四五六七八九十"
_RURAL = {"镇", "乡", "民族乡"}
_NAMED = 4  # a longer tie is not named one by one
_STAMP = (1980, 1, 1, 0, 0, 0)  # a zip insists on a time of writing


def brief_bytes(
    catalog: Catalog,
    assessments: Sequence[Assessment],
    *,
    picture: bytes | None = None,
    sample_ok: bool = False,
) -> bytes:
    """Make the 通报.

    Parameters
    ----------
    picture
        A map as PNG (see `show.picture`).
    sample_ok
        Whether invented data may be printed; it is then marked on every page.

    Raises
    ------
    RequestError
        If data are invented and `sample_ok` is not set.
    OutputError
        If python-docx is not installed.
    """
    refuse_sample(assessments, sample_ok=sample_ok)
    mark = marks(assessments)
    document = _new_document(mark)
    as_of = assessments[0].as_of if assessments else catalog.as_of
    period = f"{as_of.year}年{as_of.month}月{as_of.day}日"
    _centre(document, f"关于{catalog.title}目标完成情况的通报", 22, "黑体")
    _centre(document, f"(统计截止日期:{period})", 16, "仿宋")
    for text in opening(assessments, period):
        _say(document, text)
    mains = [a for a in assessments if a.indicator.variant is None]
    number = 0
    for system in (*ORDER, "other"):
        mine = [a for a in mains if a.indicator.system == system]
        if mine:
            document.add_heading(f"{_NUMERALS[number]}、{SYSTEMS[system]}", 1)
            number += 1
            for a in mine:
                variants = [v for v in assessments if _variant_of(v, a)]
                _say(document, finding(a, variants, period))
    document.add_heading(f"{_NUMERALS[number]}、未达到目标的指标", 1)
    _add_table(document, *_short_table(mains))
    if picture:
        _add_picture(document, picture)
    _annex(document, assessments)
    buffer = io.BytesIO()
    document.save(buffer)
    return _still(buffer.getvalue())


def refuse_sample(assessments: Sequence[Assessment], *, sample_ok: bool) -> None:
    """Refuse invented data, unless it is only to be seen what the paper looks like.

    Raises
    ------
    RequestError
        If any figure rests on a sample layer and `sample_ok` is not set.
    """
    if SAMPLE_MARK in marks(assessments) and not sample_ok:
        raise RequestError("所用图层有示例数据,不能出通报;只想看样子请加 --sample-ok,文内会注明")


def opening(assessments: Sequence[Assessment], period: str) -> list[str]:
    """The first paragraph: how many indicators, how many met, and what the counting rests on."""
    mains = [a for a in assessments if a.indicator.variant is None]
    met = sum(a.met is True for a in mains)
    missed = sum(a.met is False for a in mains)
    plain = sum(a.coverage is not None and a.met is None for a in mains)
    lost = sum(a.coverage is None for a in mains)
    said = f"截至{period},共统计{len(mains)}项指标:达到目标的{met}项,未达到的{missed}项,"
    said += f"未定数量目标、只报现状的{plain}项,不计算或缺少数据无法计算的{lost}项。"
    return [said + "现将有关情况通报如下。"]


def finding(a: Assessment, variants: Sequence[Assessment] = (), period: str = "") -> str:
    """One indicator in a sentence or two of the office's wording.

    Every number is the assessment's own; other readings follow, then the first and last three
    prefectures.
    """
    one = a.indicator
    if one.measure == "none":
        return f"{one.name}:会议只作定性要求,不计算。"
    if a.coverage is None:
        return f"{one.name}:无法计算,缺少{'、'.join(a.missing)}。"
    if a.figure is None:
        return f"{one.name}:没有应当覆盖的单元,不适用。"
    said = f"截至{period},{_main(a, a.coverage)}{_against(a)}。"
    others = [v for v in variants if v.figure is not None]
    if others:
        listed = ";".join(f"“{v.indicator.variant_name}”{_value(v)}" for v in others)
        said += f"按其他口径:{listed}。"
    return said + _ends(a, a.coverage)


def ends(
    coverage: Coverage, count: int = 3
) -> tuple[list[tuple[str, Fraction]], list[tuple[str, Fraction]]]:
    """The first and the last prefectures by rate; those tied with the last one named come along.

    Areas without anything to cover are left out; with fewer than twice `count` there are no ends.
    """
    parts = [(name, p.share.pct) for (_, name), p in coverage.by("prefecture").items()]
    known = [(name, pct) for name, pct in parts if pct is not None]
    if len(known) < 2 * count:
        return [], []
    rates = sorted((pct for _, pct in known), reverse=True)
    high, low = rates[count - 1], rates[-count]
    if high <= low:  # all alike: nobody is first
        return [], []
    first = sorted((k for k in known if k[1] >= high), key=lambda k: -k[1])
    last = sorted((k for k in known if k[1] <= low), key=lambda k: -k[1])
    return first, last


def noun(a: Assessment) -> str:
    """What is counted, in a word: 乡镇, 街道, 县(市、区), 社区, 行政村."""
    one = a.indicator
    kinds = {v for clause in one.among for v in clause.wanted.get("kind", ())}
    word = {
        "province": "省",
        "prefecture": "市州",
        "county": "县(市、区)",
        "township": "乡镇(街道)",
        "village": "村(社区)",
    }[one.units]
    if one.units == "township" and kinds:
        word = "乡镇" if kinds <= _RURAL else "街道" if kinds == {"街道"} else word
    if one.units == "village" and len(kinds) == 1:
        word = kinds.pop()
    if one.units == "county" and kinds and "市辖区" not in kinds:
        word = "县市"
    return f"名单内{word}" if one.needs else word


def _variant_of(v: Assessment, a: Assessment) -> bool:
    return v.indicator.base == a.indicator.base and v.indicator.variant is not None


def _main(a: Assessment, coverage: Coverage) -> str:
    one = a.indicator
    if a.counted:
        return f"{one.name}为{_value(a)}"
    if one.measure == "ratio":
        return f"{one.name}为{a.shown}%"
    share = coverage.share
    total, covered = (
        show_number(n, percent=False).replace(",", "") for n in (share.total, share.covered)
    )
    provinces = coverage.units["province"].nunique()
    area = "全省" if a.whole and provinces == 1 else "共"
    return f"{area}{total}个{noun(a)}中,符合的有{covered}个,{one.name}{a.shown}%"


def _value(a: Assessment) -> str:
    if not a.counted:
        return f"{a.shown}%"
    unit = {"beds": "张", "amount": "户"}.get(a.indicator.column, "个")
    people = a.indicator.id in {"social-workers", "volunteers"}
    return f"{a.shown.replace(',', '')}{'人' if people else unit}"


def _against(a: Assessment) -> str:
    """How the figure stands to its target: met, or what is short; nothing where none is set."""
    target = a.target
    if not a.indicator.quantified:
        return "(未定数量目标,只报现状)"
    if target is None or a.met is None:
        return "(没有目标值)"
    unit = _value(a)[-1] if a.counted else "个"
    goal = f"{target.value:f}{unit}" if a.counted else f"{target.pct:f}%"
    by = f"{target.deadline.year}年底" if target.deadline else ""
    if a.met:
        return f",已达到{by}{goal}的目标"
    if a.indicator.measure == "ratio":
        return f",距{by}{goal}的目标{verdict(a)}"
    return f",距{by}{goal}的目标还差{a.short}{unit}"


def _ends(a: Assessment, coverage: Coverage) -> str:
    if a.counted or a.indicator.measure == "ratio" or a.target is None:
        return ""
    if a.indicator.units == "province":
        return ""
    first, last = ends(coverage)
    if not first:
        return ""
    return f"分市州看,居前的是{_listed(first)};居后的是{_listed(last)}。"


def _listed(side: Sequence[tuple[str, Fraction]]) -> str:
    """Prefectures with their rates; a long tie is said as one."""
    rates = {pct for _, pct in side}
    if len(side) > _NAMED and len(rates) == 1:
        return f"{side[0][0]}等{len(side)}个(并列,{show_number(side[0][1])}%)"
    return "、".join(f"{name}({show_number(pct)}%)" for name, pct in side)


def _short_table(mains: Sequence[Assessment]) -> tuple[list[str], list[list[str]]]:
    rows = []
    for a in mains:
        target = a.target
        if a.met is not False or target is None:
            continue
        goal = f"{target.value:f}" if a.counted else f"{target.pct:f}%"
        rows.append([a.indicator.name, _value(a), goal, verdict(a), _deadline(a)])
    return ["指标", "现状", "目标", "差额", "期限"], rows


def _deadline(a: Assessment) -> str:
    if a.target is None or a.target.deadline is None:
        return "未写明"
    left = (a.target.deadline - a.as_of).days
    state = "已过" if left < 0 else "已到" if left == 0 else f"还有{left}天"
    return f"{a.target.deadline}({state})"


def _annex(document: Any, assessments: Sequence[Assessment]) -> None:
    """Every indicator at a glance, the prefectures of those with a target, the ground of each."""
    document.add_page_break()
    document.add_heading("附件1 各项指标一览", 1)
    head = ["指标", "应覆盖", "已覆盖", "数值", "结论"]
    rows = []
    for a in assessments:
        share = None if a.coverage is None or a.counted else a.coverage.share
        counts = (
            [show_number(n, percent=False) for n in (share.total, share.covered)]
            if share
            else ["", ""]
        )
        value = "—" if a.figure is None else _value(a)
        rows.append([a.indicator.full_name, *counts, value, verdict(a)])
    _add_table(document, head, rows)
    document.add_heading("附件2 分市州情况", 1)
    for a in assessments:
        if _by_prefecture(a) and a.coverage is not None:
            document.add_paragraph(f"{a.indicator.name}", style="List Bullet")
            _add_table(
                document, ["地区", noun(a), "已覆盖", "覆盖率(%)"], _prefecture_rows(a.coverage)
            )
    document.add_heading("附件3 口径", 1)
    for a in assessments:
        if a.indicator.variant is None:
            document.add_paragraph(
                f"{a.indicator.name}:{''.join(a.basis_lines)}", style="List Bullet"
            )


def _by_prefecture(a: Assessment) -> bool:
    one = a.indicator
    wanted = one.variant is None and a.target is not None and not a.counted
    return wanted and one.measure != "ratio" and one.units not in {"province", "prefecture"}


def _prefecture_rows(coverage: Coverage) -> list[list[str]]:
    rows = []
    for (_, name), part in coverage.by("prefecture").items():
        share = part.share
        counts = [show_number(n, percent=False) for n in (share.total, share.covered)]
        rows.append([name, *counts, "—" if share.pct is None else show_number(share.pct)])
    return rows


def _new_document(mark: str) -> Any:
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
    _set_font(document.styles["Normal"], "仿宋", 14)
    for level in (1, 2):
        _set_font(document.styles[f"Heading {level}"], "黑体", 16)
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


def _centre(document: Any, text: str, size: int, font: str) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    paragraph.alignment = 1
    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(size), font
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)  # noqa: SLF001 - as above


def _say(document: Any, text: str) -> None:
    """A paragraph that begins two characters in, as Chinese papers do."""
    from docx.shared import Pt

    document.add_paragraph(text).paragraph_format.first_line_indent = Pt(28)


def _add_table(document: Any, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
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


def _add_picture(document: Any, picture: bytes) -> None:
    from docx.shared import Mm

    document.add_picture(io.BytesIO(picture), width=Mm(150))
    document.paragraphs[-1].alignment = 1


def _still(content: bytes) -> bytes:
    """The same archive with its clock stopped, so that the same figures give the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in sorted(old.namelist()):
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return made.getvalue()
