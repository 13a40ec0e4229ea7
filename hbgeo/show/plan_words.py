"""A plan in the office's words: how sure it is, how hard each site is to give up, before and after."""

from __future__ import annotations

from fractions import Fraction

from hbgeo.measure.basis_words import PEOPLE
from hbgeo.measure.planned import Plan, PlannedSite
from hbgeo.measure.rounding import show_number
from hbgeo.show import words

PROVEN = "已证明最优（附证书可核对）"
SAID = "求解器称最优"
UNPROVEN = "未证明最优"
FEWEST = ("partial", "lscp")  # models whose bound is of how many sites
TO_CERTIFICATE = "证书用 --certificate 文件.json 写出"


def proof_words(plan: Plan, *, certificate: bool = False) -> str:
    """How sure the plan is: by a certificate, by the solver's word with our own gap beside it, or not."""
    if plan.proven == "certificate":
        return f"{PROVEN}{'' if certificate else f'；{TO_CERTIFICATE}'}"
    apart = gap_words(plan)
    if plan.proven == "solver":
        return f"{SAID}；自算{apart}"
    return f"{UNPROVEN}，{apart}"


def gap_words(plan: Plan) -> str:
    """How far the plan may be from the best: 距上界 12 个, of the fewest sites 距下界 1 处."""
    side = "下界" if plan.model in FEWEST else "上界"
    if plan.gap is None:
        return f"{side}未算出"
    return f"距{side} {words.amount(plan.gap)} {'处' if plan.model in FEWEST else plan.counts}"


def rate(plan: Plan, covered: Fraction) -> str:
    """Percent of all, never rounded up to what is to be reached."""
    pct = plan.pct(covered)
    return words.NONE if pct is None else f"{show_number(pct, plan.aim)}%"


def before_and_after(plan: Plan) -> str:
    """The figure in a sentence: 现在 311 / 922（33.73%），建成后 323 / 922（35.03%）."""
    total = words.amount(plan.total)
    ends = [
        f"{words.amount(covered)} / {total}（{rate(plan, covered)}）"
        for covered in (plan.before.covered, plan.covered)
    ]
    return f"现在 {ends[0]}，{len(plan.sites):,} 处建成后 {ends[1]}。"


def mark_words(site: PlannedSite) -> str:
    """How hard a site is to give up; one that was asked for says so."""
    return "指定" if site.fixed and not site.mark else site.mark


def loss_words(plan: Plan, site: PlannedSite) -> str:
    """What refusing a site costs: 少 120 人, or between what."""
    if site.loss is not None:
        return f"少 {words.amount(site.loss)} {plan.loss_counts}" if site.loss > 0 else ""
    if site.low is None or site.high is None:
        return ""
    return f"少 {words.amount(site.low)}～{words.amount(site.high)} {plan.loss_counts}"


def site_words(plan: Plan, one: str) -> str:
    """A site by name and id."""
    return f"{plan.names.get(one, '')} {one}".strip()


def gain_heading(plan: Plan) -> str:
    """What the column of gains is called."""
    return "新增人口（人）" if plan.counts == PEOPLE else "新增覆盖（个）"


def read_back_words(plan: Plan) -> str:
    """What `stats` gives once the file is a layer."""
    back = plan.read_back
    if back is None or plan.model == "capacity":
        return ""
    how = "同样的命令" if plan.near else "hbgeo stats "
    what = "“现在”" if plan.near else "覆盖率"
    shown = rate(plan, back.share.covered)
    said = f"写出的图层加进目录后，{how}加 --status {back.status}，{what}是 {shown}"
    if back.share.covered == plan.covered:
        return f"{said}，与本方案一致。"
    more = words.amount(back.share.covered - plan.covered)
    return f"{said}：台账里原有的规划 {back.own:,} 处也在其中，另覆盖 {more} {plan.counts}。"


def unneeded_words(plan: Plan) -> str:
    """How many sites were asked for beyond what any can add."""
    if plan.unneeded <= 0:
        return ""
    return f"要求的点中有 {plan.unneeded:,} 处用不上：其余候选点都不能再增加覆盖，没有列出。"


def unreachable_words(plan: Plan) -> str:
    """How many nobody can cover, and the first of them."""
    lost = plan.unreachable
    if not lost:
        return ""
    names = "、".join(lost[:5]) + ("等" if len(lost) > 5 else "")
    return (
        f"候选点和现有设施都覆盖不到的有 {len(lost):,} 个：{names}；全部见 --json 的 unreachable。"
    )
