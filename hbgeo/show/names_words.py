"""The names on signs in the office's words: the same sentence for run, workbook, page and notice."""

from __future__ import annotations

from hbgeo.measure.names.found import SignNames
from hbgeo.measure.names.rules import RULES

TITLE = "地名标志问题"
SEVERITIES = {"error": "错误", "warning": "提醒"}
TO_DECIDE = "错误须更正，提醒由人核定；不自动改正任何名称。"


def summary(found: SignNames) -> str:
    """How many signs there are, how many have findings, and how many could not be held against a name."""
    said = f"地名标志名称核对：{found.total:,} 块标志，{found.total_wrong:,} 块有问题"
    warnings = len(found.rows) - found.errors
    if len(found.rows):
        said += f"，共 {len(found.rows):,} 条（错误 {found.errors:,} 条，提醒 {warnings:,} 条）"
    if found.total_unheld:
        said += f"；{found.total_unheld:,} 块没有可对照的标准名称，只核对了写法和拼写"
    return f"{said}。"


def in_prose(found: SignNames) -> str:
    """The same for official papers, rule by rule, errors first."""
    said = f"核对地名标志的名称{found.total}块，"
    if found.rows.empty:
        said += "没有发现问题"
    else:
        ordered = sorted(found.by_rule.items(), key=lambda one: RULES[one[0]].severity)
        listed = "、".join(f"{RULES[rule].title}{count}条" for rule, count in ordered)
        said += f"{found.total_wrong}块有问题，共{len(found.rows)}条：{listed}"
    if found.total_unheld:
        said += f"；另有{found.total_unheld}块没有可对照的标准名称，只核对了写法和拼写"
    return f"{said}。核对办法：{found.against.split('；')[0]}。"
