"""The 通报 as .docx: findings by system in the office's wording, every figure from the assessments."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from hbgeo.errors import RequestError
from hbgeo.measure.assessment import Assessment
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.pace import pace_of
from hbgeo.measure.trend import Trend
from hbgeo.read.catalog import Catalog
from hbgeo.read.indicator import Target
from hbgeo.read.policy import SYSTEMS
from hbgeo.show import look, words
from hbgeo.show.paper.document import (
    add_paragraph,
    add_picture,
    add_table,
    add_title,
    document_bytes,
    new_document,
)
from hbgeo.show.progress import in_time, next_target, pace_words, with_marks
from hbgeo.show.words import SAMPLE_MARK, marks

if TYPE_CHECKING:  # python-docx comes with an extra
    from docx.document import Document

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


def brief_bytes(
    catalog: Catalog,
    assessments: Sequence[Assessment],
    *,
    picture: bytes | None = None,
    sample_ok: bool = False,
    trend: Trend | None = None,
) -> bytes:
    """Make the 通报.

    Parameters
    ----------
    picture
        A map as PNG (see `show.picture`).
    sample_ok
        Whether invented data may be printed; it is then marked on every page.
    trend
        What changed since the snapshot before, for the pace that was kept.

    Raises
    ------
    RequestError
        If data are invented and `sample_ok` is not set.
    OutputError
        If python-docx is not installed.
    """
    refuse_sample(assessments, sample_ok=sample_ok)
    document = new_document(marks(assessments))
    period = words.day(assessments[0].as_of if assessments else catalog.as_of, prose=True)
    add_title(document, f"关于{catalog.title}目标完成情况的通报", 22, look.PAPER_HEAD_FONT)
    add_title(document, f"（统计截止日期：{period}）", 16, look.PAPER_FONT)
    for text in opening(assessments, period):
        add_paragraph(document, text)
    number = _add_findings(document, assessments, period, trend)
    document.add_heading(f"{_NUMERALS[number]}、未达到目标的指标", 1)
    add_table(document, *_short_table(_mains(assessments)))
    if picture:
        add_picture(document, picture)
    _annex(document, assessments)
    return document_bytes(document)


def _add_findings(
    document: Document, assessments: Sequence[Assessment], period: str, trend: Trend | None
) -> int:
    """A chapter a system, a paragraph an indicator; return how many chapters there are."""
    number = 0
    for system in (*ORDER, "other"):
        mine = [a for a in _mains(assessments) if a.indicator.system == system]
        if not mine:
            continue
        document.add_heading(f"{_NUMERALS[number]}、{SYSTEMS[system]}", 1)
        number += 1
        for a in mine:
            variants = [v for v in assessments if _variant_of(v, a)]
            add_paragraph(document, finding(a, variants, period, trend))
    return number


def _mains(assessments: Sequence[Assessment]) -> list[Assessment]:
    """The main reading of each indicator."""
    return [a for a in assessments if a.indicator.variant is None]


def refuse_sample(assessments: Sequence[Assessment], *, sample_ok: bool) -> None:
    """Refuse invented data, unless it is only to be seen what the paper looks like.

    Raises
    ------
    RequestError
        If any figure rests on a sample layer and `sample_ok` is not set.
    """
    if SAMPLE_MARK in marks(assessments) and not sample_ok:
        raise RequestError("所用图层有示例数据，不能出通报；只想看样子请加 --sample-ok，文内会注明")


def opening(assessments: Sequence[Assessment], period: str) -> list[str]:
    """The first paragraph: how many indicators, how many met, and what the counting rests on."""
    mains = _mains(assessments)
    met = sum(a.met is True for a in mains)
    missed = sum(a.met is False for a in mains)
    plain = sum(a.coverage is not None and a.met is None for a in mains)
    lost = sum(a.coverage is None for a in mains)
    said = f"截至{period}，共统计{len(mains)}项指标：达到目标的{met}项，未达到的{missed}项，"
    said += f"未定数量目标、只报现状的{plain}项，不计算或缺少数据无法计算的{lost}项。"
    return [said + "现将有关情况通报如下。"]


def finding(
    a: Assessment,
    variants: Sequence[Assessment] = (),
    period: str = "",
    trend: Trend | None = None,
) -> str:
    """One indicator in a sentence or two of the office's wording.

    Every number is the assessment's own; other readings follow, then the first and last three
    prefectures, the pace, and the targets to come.
    """
    one = a.indicator
    if one.measure == "none":
        return f"{one.name}：会议只作定性要求，不计算。"
    if a.coverage is None:
        return f"{words.lacking(a)}。"
    if a.figure is None:
        return f"{one.name}：没有应当覆盖的单元，不适用。"
    said = f"截至{period}，{_main(a, a.coverage)}{_against(a)}。"
    others = [v for v in variants if v.figure is not None]
    if others:
        listed = "；".join(
            f"“{v.indicator.variant_name}”{words.figure_in_prose(v)}" for v in others
        )
        said += f"按其他口径：{listed}。"
    return said + _ends(a, a.coverage) + ahead(a, trend)


def ahead(a: Assessment, trend: Trend | None = None) -> str:
    """What is still to come: the pace of the target that runs, the next one, those that only stand beside.

    Of a target in words, of a draft or of others nothing is said but what it asks for.
    """
    said, target, follows = [], a.target, next_target(a)
    if target is not None and target.deadline is not None and target.is_ahead(a.as_of):
        pace = pace_words(a, pace_of(a, target, trend), prose=True)
        if pace:
            said.append(f"到{words.due(target.deadline, prose=True)}{pace}。")
    if follows is not None and follows.deadline is not None:
        due = words.due(follows.deadline, prose=True)
        said.append(f"下一个目标是{due}{words.goal_in_prose(a, follows)}。")
    beside = [t for t in in_time(a.indicator.targets) if _only_shown(a, t)]
    if beside:
        listed = "、".join(_beside(a, t) for t in beside)
        said.append(f"另有只列出、不判达标的目标：{listed}。")
    return "".join(said)


def _only_shown(a: Assessment, target: Target) -> bool:
    return a.whole and not target.binds(a.scope) and target.is_ahead(a.as_of)


def _beside(a: Assessment, target: Target) -> str:
    """A target that binds nothing here: 2030年底73%(草案、全国)."""
    due = "" if target.deadline is None else words.due(target.deadline, prose=True)
    goal = words.goal(target, prose=True) if target.words else words.goal_in_prose(a, target)
    return due + with_marks(goal, a, target)


def ends(
    coverage: Coverage, count: int = 3
) -> tuple[list[tuple[str, Fraction]], list[tuple[str, Fraction]]]:
    """The first and the last prefectures by rate; those tied with the last one named come along.

    Areas without anything to cover are left out; with fewer than twice `count` there are no ends.
    """
    areas = [(name, p.share.pct) for (_, name), p in coverage.by("prefecture").items()]
    known = [(name, pct) for name, pct in areas if pct is not None]
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
        "county": "县（市、区）",
        "township": "乡镇（街道）",
        "village": "村（社区）",
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
    shown = words.figure_in_prose(a)
    if words.is_norm(one):
        pairs = zip(words.norm_headings(a), words.norm_sums(coverage, prose=True), strict=True)
        return f"{one.name}为{shown}（{'，'.join(name + amount for name, amount in pairs)}）"
    if a.counted or one.measure == "ratio":
        return f"{one.name}为{shown}"
    unit, share = words.measure_word(a), coverage.share
    total, covered = (words.amount(n, prose=True) for n in (share.total, share.covered))
    provinces = coverage.units["province"].nunique()
    area = "全省" if a.whole and provinces == 1 else "共"
    among = f"{noun(a)}的{total}{unit}" if words.is_weighed(a) else f"{total}{unit}{noun(a)}"
    return f"{area}{among}中，符合的有{covered}{unit}，{one.name}{shown}"


def _against(a: Assessment) -> str:
    """How the figure stands to its target: met, or what is short; nothing where none is set."""
    target = a.target
    if not a.indicator.quantified:
        return "（未定数量目标，只报现状）"
    if target is None or a.met is None:
        judged = a.indicator.targets and a.whole
        return f"（{words.NOT_JUDGED}）" if judged else "（没有目标值）"
    by = words.due(target.deadline, prose=True) if target.deadline else ""
    goal = by + words.goal_in_prose(a, target)
    if a.met:
        return f"，已达到{goal}的目标"
    if words.is_norm(a.indicator) and a.short:
        short = words.amount(Fraction(a.short), prose=True) + words.short_word(a)
        return f"，距{goal}的目标{words.verdict(a).replace(' ', '')}，缺{short}"
    if a.indicator.measure == "ratio" or not a.short:
        return f"，距{goal}的目标{words.verdict(a)}"
    return f"，距{goal}的目标还差{a.short}{words.measure_word(a)}"


def _ends(a: Assessment, coverage: Coverage) -> str:
    if a.counted or a.indicator.measure == "ratio" or a.target is None:
        return ""
    if a.indicator.units == "province":
        return ""
    first, last = ends(coverage)
    if not first:
        return ""
    return f"分市州看，居前的是{_listed(a, first)}；居后的是{_listed(a, last)}。"


def _listed(a: Assessment, side: Sequence[tuple[str, Fraction]]) -> str:
    """Prefectures with their rates; a long tie is said as one."""
    rates = {pct for _, pct in side}
    if len(side) > _NAMED and len(rates) == 1:
        return f"{side[0][0]}等{len(side)}个（并列，{words.part_rate(a, side[0][1])}%）"
    return "、".join(f"{name}（{words.part_rate(a, pct)}%）" for name, pct in side)


def _short_table(mains: Sequence[Assessment]) -> tuple[list[str], list[list[str]]]:
    rows = []
    for a in mains:
        target = a.target
        if a.met is not False or target is None:
            continue
        shown = words.figure_in_prose(a)
        goal = words.goal(target, prose=True)
        rows.append([a.indicator.name, shown, goal, words.standing(a), _deadline(a)])
    return ["指标", "现状", "目标", "差额", "期限"], rows


def _deadline(a: Assessment) -> str:
    if a.target is None or a.target.deadline is None:
        return "未写明"
    left = (a.target.deadline - a.as_of).days
    return f"{a.target.deadline}（{words.days_left(left, prose=True)}）"


def _annex(document: Document, assessments: Sequence[Assessment]) -> None:
    """Every indicator at a glance, the prefectures of those with a target, the ground of each."""
    document.add_page_break()  # type: ignore[no-untyped-call]  # nor does python-docx type all
    document.add_heading("附件1 各项指标一览", 1)
    head = ["指标", "应覆盖", words.COVERED, "数值", "结论"]
    rows = []
    for a in assessments:
        share = a.share
        counts = [words.amount(share.total), words.amount(share.covered)] if share else ["", ""]
        shown = words.figure_in_prose(a)
        rows.append([a.indicator.full_name, *counts, shown, words.standing(a)])
    add_table(document, head, rows)
    document.add_heading("附件2 分市州情况", 1)
    for a in assessments:
        if _by_prefecture(a) and a.coverage is not None:
            document.add_paragraph(f"{a.indicator.name}", style="List Bullet")
            add_table(document, _prefecture_head(a), _prefecture_rows(a, a.coverage))
    document.add_heading("附件3 口径", 1)
    for a in assessments:
        if a.indicator.variant is None:
            document.add_paragraph(
                f"{a.indicator.name}：{''.join(a.basis_lines)}", style="List Bullet"
            )


def _by_prefecture(a: Assessment) -> bool:
    one = a.indicator
    wanted = one.variant is None and a.target is not None and not a.counted
    return wanted and one.measure != "ratio" and one.units not in {"province", "prefecture"}


def _prefecture_head(a: Assessment) -> list[str]:
    counted_in = f"（{words.measure_word(a)}）" if words.is_weighed(a) else ""
    return ["地区", noun(a) + counted_in, words.COVERED + counted_in, "覆盖率（%）"]


def _prefecture_rows(a: Assessment, coverage: Coverage) -> list[list[str]]:
    rows = []
    for (_, name), area in coverage.by("prefecture").items():
        share = area.share
        counts = [words.amount(share.total), words.amount(share.covered)]
        rows.append([name, *counts, words.part_rate(a, share.pct)])
    return rows
