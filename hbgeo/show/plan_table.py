"""What the terminal shows of a plan: the sites in order, before and after by county, the proof."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from fractions import Fraction

from rich.console import RenderableType
from rich.text import Text

from hbgeo.measure.planned import Plan, PlannedSite
from hbgeo.measure.rounding import show_number
from hbgeo.show import words
from hbgeo.show.plan_words import (
    before_and_after,
    gain_heading,
    loss_words,
    mark_words,
    proof_words,
    rate,
    read_back_words,
    site_words,
    unneeded_words,
    unreachable_words,
)
from hbgeo.show.screen import Lines, Listing

_MANY = 60  # rows of a table shown before it is cut, and said so


def plan_shown(plan: Plan, place: str = "", *, certificate: bool = False) -> list[RenderableType]:
    """The plan as tables, and what must be said of it.

    Parameters
    ----------
    place
        The county or prefecture that was asked for; "" for all.
    certificate
        Whether one is written beside it.
    """
    marks = "；".join(words.which_marks(sample=plan.sample, approximate=plan.approximate))
    shown: list[RenderableType] = [Text(marks, style="bold yellow")] if marks else []
    shown += [_sites(plan, place), Text(before_and_after(plan), style="bold")]
    said = [
        f"结论：{proof_words(plan, certificate=certificate)}。",
        unneeded_words(plan),
        _coming(plan),
    ]
    shown += [Text(line) for line in said if line]
    shown += [*([_areas(plan)] if len(plan.areas) else []), *_others(plan)]
    later = [f"口径：{plan.reach}。", *plan.lines, unreachable_words(plan), read_back_words(plan)]
    return [*shown, *(Lines(line, "dim") for line in later if line)]


def _sites(plan: Plan, place: str) -> Listing:
    one = plan.assessment
    title = f"{place} {one.indicator.full_name}：下一步建在哪里 截至 {one.as_of}".lstrip()
    table = Listing(f"{title}（{plan.goal}）{_cut(len(plan.sites))}")
    people = any(site.people is not None for site in plan.sites)
    table.heading("次序", right=True)
    table.heading("编号", spare=1)
    table.heading("规划点", wrap=10)
    table.heading("县（市、区）", wrap=8)
    if _has_towns(plan):
        table.heading("乡镇（街道）", wrap=8, spare=2)
    table.heading(gain_heading(plan), right=True)
    if people:
        table.heading("惠及人口（人）", right=True)
    table.heading("建成后", right=True)
    table.heading("可否替换")
    table.heading("不建则", wrap=8)
    table.heading("替换点", wrap=10)
    for site in plan.sites[:_MANY]:
        table.add_row(*_cells(plan, site, people=people))
    return table


def _cells(plan: Plan, site: PlannedSite, *, people: bool) -> list[str]:
    number = (
        [] if not people else [words.NONE if site.people is None else words.amount(site.people)]
    )
    town = [site.township] if _has_towns(plan) else []
    return [
        str(site.order), site.id, site.name, site.county, *town, words.amount(site.gain), *number,
        rate(plan, site.covered_after), mark_words(site), loss_words(plan, site), site_words(plan, site.replacement),
    ]  # fmt: skip


def _has_towns(plan: Plan) -> bool:
    """Whether a site's township says more than its name."""
    return any(site.township not in {"", site.name} for site in plan.sites)


def _cut(count: int) -> str:
    return f"，只列前 {_MANY} 处；全部请用 -o 文件.xlsx" if count > _MANY else ""


def _areas(plan: Plan) -> Listing:
    """The counties in which something is built."""
    rows = plan.areas[plan.areas["after"] != plan.areas["before"]]
    left = len(plan.areas) - len(rows)
    same = f"（其余 {left:,} 个县不变）" if left else ""
    table = Listing(f"分县：建设前后{same}")
    table.heading("代码", spare=1)
    table.heading("县（市、区）", wrap=12)
    for heading in ("新建（处）", "应覆盖", "现覆盖", "现覆盖率", "建成后", "建成后覆盖率"):
        table.heading(heading, right=True)
    for row in rows.to_dict("records"):
        ends = [
            (words.amount(row[key]), f"{show_number(_pct(row, key), plan.aim)}%")
            for key in ("before", "after")
        ]
        cells = (str(row["sites"]), words.amount(row["total"]), *ends[0], *ends[1])
        table.add_row(row["county_code"], row["county"], *cells)
    return table


def _pct(row: Mapping[Hashable, Fraction], key: str) -> Fraction:
    return 100 * row[key] / row["total"]


def _others(plan: Plan) -> list[RenderableType]:
    """The best plans, and what each swaps against the first."""
    if len(plan.others) < 2:
        return []
    first = {*plan.others[0].sites}
    table = Listing(f"最好的 {len(plan.others)} 个方案")
    table.heading("方案", right=True)
    table.heading("覆盖", right=True)
    table.heading("覆盖率", right=True)
    people = any(other.people is not None for other in plan.others)
    if people:
        table.heading("惠及人口（人）", right=True)
    table.heading("换下", wrap=12)
    table.heading("换上", wrap=12)
    for k, other in enumerate(plan.others, 1):
        out, new = (
            "、".join(site_words(plan, one) for one in sorted(ids))
            for ids in (first - {*other.sites}, {*other.sites} - first)
        )
        who = [words.NONE if other.people is None else words.amount(other.people)] * people
        counts = (words.amount(other.covered), rate(plan, other.covered))
        table.add_row(str(k), *counts, *who, out, new)
    return [table]


def _coming(plan: Plan) -> str:
    """How many of the sites stand where something is under way already."""
    some = [site for site in plan.sites if site.waiting]
    if not some:
        return ""
    first = "；".join(f"{site.name}：{'、'.join(site.waiting)}" for site in some[:3])
    more = "等" if len(some) > 3 else ""
    return f"其中 {len(some):,} 处所在单元已有在建、规划的设施（{first}{more}），落实后即覆盖，不必另选。"
