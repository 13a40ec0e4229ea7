"""How firm a figure is, in the office's words: its span, its conclusion, and the rows it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.doubt.question import Fewest, Span
from hbgeo.measure.doubt.result import Firmness
from hbgeo.measure.doubt.words import kind_text
from hbgeo.measure.rounding import show_number
from hbgeo.show import words

FIRM, OPEN, DOUBTFUL = "结论稳", "未能断定", "存疑"
MARKS = {"firm": "稳", "doubtful": DOUBTFUL, "open": OPEN, "": ""}  # of a conclusion, in a word
TURNS, SETTLES = "改变结论", "核实即稳"
DASH = "–"
AFTER = "核实后"
_NOUNS = {"count": "数值", "sum": "数值", "ratio": "比例"}  # of others 覆盖率


def state_of(firm: Firmness | None, a: Assessment) -> str:
    """Whether a conclusion is `firm`, `doubtful` or still `open`; "" where there is none."""
    if firm is None or a.met is None:
        return ""
    return "open" if firm.firm is None else "firm" if firm.firm else "doubtful"


def conclusion(firm: Firmness | None, a: Assessment) -> str:
    """结论稳; 存疑：差 12 个，取决于 3 行; 未能断定; a dash where nothing is concluded."""
    state = state_of(firm, a)
    if firm is None or not state:
        return words.NONE
    if state != "doubtful":
        return FIRM if state == "firm" else OPEN
    rests = how_many(firm.turning)
    return f"{DOUBTFUL}：{words.verdict(a)}" + (f"，取决于{_spaced(rests)}" if rests else "")


def settled(firm: Firmness | None) -> str:
    """核实 5 行即可断定; "" where nothing is to be settled, or no set of rows settles it."""
    need = "" if firm is None else how_many(firm.settling)
    return f"核实{_spaced(need)}即可断定" if need else ""


def _spaced(count: str) -> str:
    """A number of rows behind a word: a space before a digit, none before another word."""
    return f" {count}" if count[:1].isdigit() else count


def how_many(fewest: Fewest | None, *, prose: bool = False) -> str:
    """How many rows a smallest set has: 3 行; where it may be a smaller one 至少 2 行、至多 3 行."""
    if fewest is None or not fewest.rows:
        return ""
    gap = "" if prose else " "
    if fewest.exact:
        return f"{fewest.rows}{gap}行"
    return f"至少{gap}{max(fewest.at_least, 1)}{gap}行、至多{gap}{fewest.rows}{gap}行"


def ends_of(firm: Firmness, a: Assessment) -> tuple[Fraction | None, Fraction | None]:
    """The least and the greatest figure, in the figure's own unit; of capacity in units supplied.

    None where there is none: nothing bounds it, or some reading leaves no unit that counts.
    """
    if firm.pct is not None and a.indicator.measure != "capacity":
        return firm.pct.low, firm.pct.high
    return _end(firm.span.low, a), _end(firm.span.high, a)


def _end(value: Fraction | None, a: Assessment) -> Fraction | None:
    one = a.indicator
    if value is None or one.measure in {"count", "sum", "capacity"}:
        return value
    if one.measure == "ratio":
        return value if one.per is None else value * Fraction(one.per) / 100
    total = a.share.total if a.share else Fraction(0)
    return 100 * value / total if total else None


def show_end(value: Fraction, a: Assessment, *, prose: bool = False) -> str:
    """One end of a span as the figure itself is shown, beside the target of that day."""
    if a.indicator.measure == "capacity":
        return words.amount(value, prose=prose)
    if not (prose and a.counted):
        return a.show(value)
    goal = a.target.value if a.target else None
    return show_number(value, goal or None, percent=False, grouped=False)


def show_span(firm: Firmness | None, a: Assessment, *, prose: bool = False) -> str:
    """33.41%–34.06%; one number where nothing is open, a dash where no number can be said.

    Where it is in doubt whether any unit counts, those that are covered: 已覆盖 308–314 个.
    """
    if firm is None or firm.span.low is None:
        return words.NONE
    low, high = ends_of(firm, a)
    gap = "" if prose else " "
    if low is None:
        most = None if firm.span.high is None else words.amount(firm.span.high, prose=prose)
        least = words.amount(firm.span.low, prose=prose)
        said = _between(least, most, f"{gap}{words.measure_word(a)}")
        return said if prose else f"{words.COVERED} {said}"
    sign = _sign(a, prose=prose)
    high_said = None if high is None else show_end(high, a, prose=prose)
    return _between(show_end(low, a, prose=prose), high_said, sign)


def _sign(a: Assessment, *, prose: bool) -> str:
    """What stands behind a span: % of a rate, in prose the measure word of an amount."""
    if a.indicator.measure == "capacity":
        return words.PIECES if prose else f" {words.PIECES}"
    return words.measure_word(a) if prose and a.counted else words.figure_sign(a)


def _between(low: str, high: str | None, sign: str) -> str:
    if high is None:
        return f"不少于 {low}{sign}"
    return (
        f"{low}{sign}" if low == high else f"{low}{sign if sign == '%' else ''}{DASH}{high}{sign}"
    )


def caveat(firm: Firmness | None, a: Assessment) -> str:
    """What a notice says of a conclusion that is not firm, in running text; "" of others."""
    state = state_of(firm, a)
    if firm is None or state not in {"doubtful", "open"}:
        return ""
    rests = how_many(firm.turning, prose=True)
    said = f"该结论取决于台账中{rests}待核实数据" if rests else _why_open(firm)
    if firm.span.high is not None and firm.span.low != firm.span.high:
        said += f"，{AFTER}{_noun(firm, a)}可在{show_span(firm, a, prose=True)}之间"
    return f"{said}。"


def _why_open(firm: Firmness) -> str:
    """Why nothing can be concluded, in running text: what cannot be bounded, or what is still open."""
    if not firm.unbounded:
        return "台账中有待核实数据，该结论未能断定"
    return f"该结论未能断定（{'；'.join(firm.unbounded).replace(' ', '')}）"


def _noun(firm: Firmness, a: Assessment) -> str:
    if a.indicator.measure == "capacity" or ends_of(firm, a)[0] is None:
        return "已覆盖数"
    return _NOUNS.get(a.indicator.measure, "覆盖率")


def say(value: Any) -> str:
    """What a cell of a doubtful row says: of several things each."""
    if isinstance(value, (tuple, list)):
        return "；".join(map(str, value))
    return "" if value is None or value != value else str(value)


def kind_of(row: Mapping[Any, Any]) -> str:
    """What is in doubt of a row, in words: 没有日期、疑似重复."""
    return kind_text(say(row["kind"]))


def roles_of(firm: Firmness) -> pd.Series:
    """Of each row in doubt what it decides: 改变结论, 核实即稳, or nothing.

    A row of the turning set is named so even where confirming it would settle the conclusion too.
    """
    rows = firm.rows
    settling = set(firm.settling.choosers) if firm.settling else set()
    turns = rows["deciding"].to_numpy() >= 0
    settles = rows["chooser"].isin(settling).to_numpy()
    said = [TURNS if t else SETTLES if s else "" for t, s in zip(turns, settles, strict=True)]
    return pd.Series(said, rows.index, dtype=object)


def in_order(firm: Firmness, *, deciding: bool = False) -> pd.DataFrame:
    """The rows in doubt with `role`: the turning set, the settling set, then by what each could change.

    `deciding` leaves out those of the third kind, by far the most.
    """
    role = roles_of(firm).to_numpy()
    turns = role == TURNS
    rank = np.where(turns, 0, np.where(role == "", 2, 1))
    at = np.where(turns, firm.rows["deciding"].to_numpy(), 0)
    order = np.lexsort((at, rank))
    order = order[rank[order] < 2] if deciding else order
    rows = firm.rows.iloc[order]
    return rows.assign(role=pd.Series(role[order], rows.index, dtype=object))


def effect_words(effect: str, name: str, others: int, *, turns: bool) -> str:
    """What a row could change: 乡镇公益性公墓覆盖率 +1，改变结论（另涉 2 项）.

    The sign does not come first: a spreadsheet would compute it.
    """
    more = f"（另涉 {others} 项）" if others else ""
    return f"{name} {effect}{f'，{TURNS}' if turns else ''}{more}"


def first_of(names: Sequence[str]) -> str:
    """The first of some names, and how many they are: 县级公益性公墓覆盖率等 2 项."""
    more = f"等 {len(names)} 项" if len(names) > 1 else ""
    return f"{names[0]}{more}" if names else ""


def where(row: Mapping[str, Any]) -> str:
    """Where a row stands: cemetery.xlsx 公墓台账 第 12 行."""
    at = say(row["row"])
    return " ".join(p for p in (say(row["file"]), say(row["sheet"]), at and f"第 {at} 行") if p)


def exactness(span: Span | None) -> str | None:
    """Whether a span is reached at both ends, or only encloses what can be: for machines."""
    return None if span is None else "exact" if span.exact else "sound"
