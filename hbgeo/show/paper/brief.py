"""The 通报 as .docx: findings by system in the office's wording, every figure from the assessments."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from hbgeo.errors import RequestError
from hbgeo.measure.assessment import Assessment
from hbgeo.measure.coverage import Coverage, Share
from hbgeo.measure.doubt.result import Doubts, Firmness
from hbgeo.measure.names.found import SignNames
from hbgeo.measure.pace import pace_of
from hbgeo.measure.trend import Trend
from hbgeo.read.catalog import Catalog
from hbgeo.read.indicator import Target
from hbgeo.read.policy import SYSTEMS
from hbgeo.show import words
from hbgeo.show.doubt_words import caveat
from hbgeo.show.names_words import in_prose
from hbgeo.show.paper.annexes import ANNEXES, add_annexes
from hbgeo.show.paper.document import (
    add_paragraph,
    add_picture,
    add_table,
    document_bytes,
    new_document,
)
from hbgeo.show.paper.letter import add_foot, add_head
from hbgeo.show.progress import goal_said, in_time, next_target, pace_words, with_marks
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
_NAMES = "place-names"
_NUMERALS = "一二三四五六七八九十"
_RURAL = {"镇", "乡", "民族乡"}
_NAMED = 4  # a longer tie is not named one by one
_LEAST = 5  # units an area must have to be ranked: one of two is no 50 %


def brief_bytes(
    catalog: Catalog,
    assessments: Sequence[Assessment],
    *,
    picture: bytes | None = None,
    sample_ok: bool = False,
    trend: Trend | None = None,
    names: SignNames | None = None,
    doubts: Doubts | None = None,
) -> bytes:
    """Make the 通报.

    Parameters
    ----------
    picture, sample_ok
        A map as PNG (see `show.picture`); whether invented data may be printed; it is then marked on every page.
    trend, names, doubts
        What changed since the snapshot before, for the pace; names on signs; how firm figures are.

    Raises
    ------
    RequestError
        If data are invented and `sample_ok` is not set.
    OutputError
        If python-docx is not installed.
    """
    refuse_sample(assessments, sample_ok=sample_ok)
    document = new_document(marks(assessments))
    as_of = assessments[0].as_of if assessments else catalog.as_of
    title = f"关于{catalog.title}目标完成情况的通报"
    add_head(document, catalog.letter, title)
    add_paragraph(document, opening(assessments, words.day(as_of, prose=True)))
    _add_missed(document, assessments)
    _add_findings(document, assessments, trend, names, doubts)
    if picture:
        add_picture(document, picture)
    add_foot(document, catalog.letter, ANNEXES)
    add_annexes(document, assessments)
    return document_bytes(document)


def _add_missed(document: Document, assessments: Sequence[Assessment]) -> None:
    """What matters most, at the head: the targets that are missed, those overdue first."""
    short = _missed(assessments)
    add_paragraph(document, missed(short))
    if short:
        head, rows = _short_table(short)
        add_table(document, head, rows, widths=(48, 25, 27, 31, 25), right=(1, 2))


def missed(short: Sequence[Assessment]) -> str:
    """The second paragraph: how many targets are missed, and how many of them are overdue."""
    if not short:
        return "有目标的指标均已达到目标。"
    over, undated = sum(_days(a) <= 0 for a in short), sum(_days(a) == math.inf for a in short)
    left = len(short) - over - undated
    counts = {"期限已到或已过的": over, "还有期限的": left, "未写明期限的": undated}
    said = "，".join(f"{what}{count}项" for what, count in counts.items() if count)
    return f"未达到目标的{len(short)}项中，{said}，情况如下（期限早的在前）："


def _missed(assessments: Sequence[Assessment]) -> list[Assessment]:
    """The main readings that miss their target, the longest overdue first, those without a date last."""
    short = [a for a in _mains(assessments) if a.met is False and a.target is not None]
    return sorted(short, key=_days)


def _days(a: Assessment) -> float:
    days = None if a.target is None else a.days_to(a.target)
    return math.inf if days is None else days


def _add_findings(
    document: Document,
    assessments: Sequence[Assessment],
    trend: Trend | None,
    names: SignNames | None,
    doubts: Doubts | None,
) -> None:
    """A chapter a system, a paragraph an indicator."""
    number, firm = 0, doubts.of if doubts else {}
    for system in (*ORDER, "other"):
        mine = [a for a in _mains(assessments) if a.indicator.system == system]
        if not mine:
            continue
        document.add_heading(f"{_NUMERALS[number]}、{SYSTEMS[system]}", 1)
        number += 1
        for a in mine:
            if a.coverage is not None:
                variants = [v for v in assessments if _variant_of(v, a)]
                add_paragraph(document, finding(a, variants, trend, firm.get(a.indicator.id)))
        if names is not None and system == _NAMES:
            add_paragraph(document, in_prose(names))
        for said in without_figure(mine):
            add_paragraph(document, said)


def without_figure(mine: Sequence[Assessment]) -> list[str]:
    """The indicators of a chapter that have no figure, and why; what is missing stands in the annex."""
    plain = [a.indicator.name for a in mine if a.indicator.measure == "none"]
    lost = [a for a in mine if a.coverage is None and a.indicator.measure != "none"]
    said = [f"会议只作定性要求、不计算的指标：{'、'.join(plain)}。"] if plain else []
    names = "、".join(a.indicator.name for a in lost)
    return said + ([f"缺少数据、无法计算的指标：{names}。"] if lost else [])


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


def opening(assessments: Sequence[Assessment], period: str) -> str:
    """The first paragraph: the date, once; how many indicators, how many met."""
    mains = _mains(assessments)
    met = sum(a.met is True for a in mains)
    missed = sum(a.met is False for a in mains)
    plain = sum(a.coverage is not None and a.met is None for a in mains)
    lost = sum(a.coverage is None for a in mains)
    said = f"现将目标完成情况通报如下。各项数字均截至{period}，共统计{len(mains)}项指标："
    said += f"达到目标的{met}项，未达到的{missed}项，未定数量目标、只报现状的{plain}项，"
    return said + f"不计算或缺少数据无法计算的{lost}项。"


def finding(
    a: Assessment,
    variants: Sequence[Assessment] = (),
    trend: Trend | None = None,
    firm: Firmness | None = None,
) -> str:
    """One indicator in a sentence or two of the office's wording.

    The date stands in the opening. Every number is the assessment's own; other readings follow, then the first and last three
    prefectures, the pace, and the targets to come.
    """
    one = a.indicator
    if one.measure == "none":
        return f"{one.name}：会议只作定性要求，不计算。"
    if a.coverage is None:
        return f"{words.lacking(a)}。"
    if a.figure is None:
        return f"{one.name}：没有应当覆盖的单元，不适用。"
    said = f"{_main(a, a.coverage)}{_against(a)}。{caveat(firm, a)}"
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
) -> tuple[list[tuple[str, Share]], list[tuple[str, Share]]]:
    """The first and the last prefectures by rate; those tied with the last one named come along.

    Areas with fewer than five units to cover are left out: one unit is too much of their rate. With
    fewer than twice `count` left there are no ends.
    """
    areas = [(name, p.share) for (_, name), p in coverage.by("prefecture").items()]
    known = [(name, share) for name, share in areas if share.total >= _LEAST]
    if len(known) < 2 * count:
        return [], []
    rates = sorted((_rate(share) for _, share in known), reverse=True)
    high, low = rates[count - 1], rates[-count]
    if high <= low:  # all alike: nobody is first
        return [], []
    first = sorted((k for k in known if _rate(k[1]) >= high), key=lambda k: -_rate(k[1]))
    last = sorted((k for k in known if _rate(k[1]) <= low), key=lambda k: -_rate(k[1]))
    return first, last


def _rate(share: Share) -> Fraction:
    return share.covered / share.total


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
        "hamlet": "自然村",
        "road": "道路",
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


def _listed(a: Assessment, side: Sequence[tuple[str, Share]]) -> str:
    """Prefectures with their rates and what they are of; a long tie is said as one."""
    if len(side) > _NAMED and len({_rate(share) for _, share in side}) == 1:
        whole = Share(*(sum(getattr(s, k) for _, s in side) for k in ("covered", "total")))
        return f"{side[0][0]}等{len(side)}个（并列，{_of_how_many(a, whole)}）"
    return "、".join(f"{name}（{_of_how_many(a, share)}）" for name, share in side)


def _of_how_many(a: Assessment, share: Share) -> str:
    """A rate with its numerator and denominator: 88.52%，54/61."""
    covered, total = (words.amount(n, prose=True) for n in (share.covered, share.total))
    return f"{words.part_rate(a, share.pct)}%，{covered}/{total}"


def _short_table(short: Sequence[Assessment]) -> tuple[list[str], list[list[str]]]:
    rows = []
    for a in short:
        goal = "" if a.target is None else goal_said(a, a.target)
        now = words.figure_with_unit(a)
        rows.append([a.indicator.name, now, goal, words.verdict(a), _deadline(a)])
    return ["指标", "现状", "目标", "差额", "期限"], rows


def _deadline(a: Assessment) -> str:
    if a.target is None or a.target.deadline is None:
        return "未写明"
    left = (a.target.deadline - a.as_of).days
    return f"{words.due(a.target.deadline, prose=True)}\n{words.days_left(left, prose=True)}"
