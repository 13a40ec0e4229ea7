"""The office's words, once: verdicts, amounts, marks, dates."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.rounding import points

SAMPLE_MARK = "示例数据,非真实统计"
APPROXIMATE_MARK = "边界为近似示意"


def mark_of(coverage: Coverage) -> str:
    """What must be said of a figure: invented data, approximate boundaries."""
    said = [SAMPLE_MARK] if coverage.basis.sample else []
    said += [APPROXIMATE_MARK] if coverage.basis.approximate else []
    return ";".join(said)


STATUS_WORDS = {
    "no-target": "无目标",
    "no-data": "无法计算",
    "not-applicable": "不适用",
}


def verdict(assessment: Assessment) -> str:
    """The state of an indicator in the office's words: 达标, 差 12, 只报现状, 无目标, 无法计算."""
    one = assessment.indicator
    if one.measure == "none":
        return "不计算"
    if assessment.status != "measured":
        stated = assessment.status == "no-target" and not one.quantified
        return "未量化" if stated else STATUS_WORDS[assessment.status]
    if assessment.met:
        return "达标"
    if one.measure == "ratio":
        return f"差 {-behind(assessment):.2f} 个百分点"
    return f"差 {assessment.short:,}" if assessment.short else "未达标(不足一个单位)"


def behind(a: Assessment) -> Decimal:
    """The figure less its target, in percentage points; never 0.00 where it is behind."""
    target = a.target
    if a.figure is None or target is None or target.pct is None:
        raise AssertionError(a.indicator.id)  # asked only of rates with a target
    gap = a.figure - Fraction(target.pct)
    shown = points(gap)
    return Decimal("-0.01") if gap < 0 and not shown else shown


def marks(assessments: Sequence[Assessment]) -> str:
    """What must be said of all figures: invented data, approximate boundaries."""
    bases = [a.coverage.basis for a in assessments if a.coverage is not None]
    said = [SAMPLE_MARK] if any(b.sample for b in bases) else []
    said += [APPROXIMATE_MARK] if any(b.approximate for b in bases) else []
    return ";".join(said)
