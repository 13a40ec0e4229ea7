"""What the terminal shows of signs: what was found by rule, by county, and the rules themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from rich.console import RenderableType
from rich.text import Text

from hbgeo.measure.names.found import SignNames
from hbgeo.read.cell.text import clean_text
from hbgeo.show.names_words import SEVERITIES, summary
from hbgeo.show.screen import Listing
from hbgeo.show.words import SAMPLE_MARK

_MANY = 20  # counties shown before they are cut, and said so
_FEW = 3  # files named


def names_shown(
    rows: pd.DataFrame,
    rules: pd.DataFrame,
    counties: Mapping[str, str],
    against: str,
    notes: Sequence[str],
    *,
    signs: int,
    sample: bool,
) -> list[RenderableType]:
    """The findings by rule with an example each, by county, and the notes."""
    marks = [Text(SAMPLE_MARK, style="bold yellow")] if sample else []
    ends = [Text(note) for note in notes[:_MANY]]
    if len(notes) > _MANY:
        ends.append(Text(f"另有 {len(notes) - _MANY} 条同类说明。", style="dim"))
    wrong = rows["id"].nunique()
    said = f"{against}：{signs:,} 块标志，{wrong:,} 块有问题，共 {len(rows):,} 条。"
    if rows.empty:
        return [*marks, Text(f"{said}没有发现问题。"), *ends]
    more = [
        Text(
            "逐条清单：hbgeo names -o 文件.xlsx；每县一份：hbgeo names -o 文件夹；规则和依据：hbgeo names --rules",
            style="dim",
        )
    ]
    return [*marks, _by_rule(rows, rules), _by_county(rows, counties), Text(said), *ends, *more]


def names_lines(found: SignNames | None) -> list[RenderableType]:
    """What the main job says of the names on signs: nothing where there are no signs."""
    if found is None:
        return []
    more = (
        "逐条清单见 report.xlsx 的“地名标志问题”，分县退回：hbgeo names -o 文件夹。"
        if len(found.rows)
        else ""
    )
    return [Text(summary(found) + more)]


def _by_rule(rows: pd.DataFrame, rules: pd.DataFrame) -> RenderableType:
    table = Listing("标志名称核对")
    table.heading("规则")
    table.heading("问题", wrap=14)
    table.heading("程度", spare=2)
    table.heading("条数", right=True)
    table.heading("例", wrap=24)
    groups = dict(list(rows.groupby("rule")))
    for rule, title, severity in rules[["rule", "title", "severity"]].itertuples(index=False):
        if rule in groups:
            mine = groups[rule]
            example = f"{mine['sign'].iloc[0]}：{mine['message'].iloc[0]}"
            table.add_row(rule, title, SEVERITIES[severity], f"{len(mine):,}", example)
    return table


def _by_county(rows: pd.DataFrame, counties: Mapping[str, str]) -> RenderableType:
    counts = rows.groupby("county_code")["id"].nunique().sort_values(ascending=False, kind="stable")
    counts = counts[counts.index != ""]
    cut = f"，列出 {_MANY} 个" if len(counts) > _MANY else ""
    table = Listing(f"按县（共 {len(counts):,} 个县{cut}）")
    table.heading("代码")
    table.heading("县（市、区）", wrap=12)
    table.heading("有问题的标志", right=True)
    for code, count in counts.head(_MANY).items():
        table.add_row(str(code), counties.get(str(code), ""), f"{count:,}")
    return table


def rules_shown(rules: pd.DataFrame) -> list[RenderableType]:
    """The rules, each with its article and an example."""
    table = Listing("名称核对的规则")
    table.heading("规则")
    table.heading("查什么", wrap=14, lead=True)
    table.heading("程度", spare=1)
    table.heading("依据", wrap=20)
    table.heading("例", wrap=20)
    for rule, title, severity, article, example in rules.itertuples(index=False):
        table.add_row(rule, title, SEVERITIES[severity], article, example)
    ends = "例中的名称为示例。读音的本地规定写在 layers/readings.toml；提醒由人核定，不自动改正。"
    return [table, Text(ends)]


def papers_shown(
    folder: Path, counties: int, problems: int, villages: int | None, others: Sequence[str]
) -> list[RenderableType]:
    """What was written for the counties; and workbooks in the folder that are not of this time."""
    where = clean_text(str(folder))
    left = "" if villages is None else f"，没有标志的村 {villages:,} 个"
    if not counties:
        said = f"没有有问题的标志{left}，没有写文件。"
    else:
        said = (
            f"已写出 {where} 里的 {counties:,} 份县级工作簿：有问题的标志 {problems:,} 块{left}。"
        )
    shown: list[RenderableType] = [Text(said)]
    if others:
        few = "、".join(others[:_FEW]) + (f" 等 {len(others)} 份" if len(others) > _FEW else "")
        shown.append(Text(f"{where} 里还有不是这次写的：{few}；可能是以前的，请核对。"))
    return shown
