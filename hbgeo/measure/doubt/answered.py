"""From a question's answer to what is said of a figure: bounds, conclusion, parts, units and rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.doubt.bounds import CoverBounds
from hbgeo.measure.doubt.deciding import deciding_rows
from hbgeo.measure.doubt.extreme import both
from hbgeo.measure.doubt.grouped import Numbered
from hbgeo.measure.doubt.merged import Merged
from hbgeo.measure.doubt.question import CoverQuestion, Span, SumQuestion, Whole
from hbgeo.measure.doubt.raising import raised, raised_spans
from hbgeo.measure.doubt.result import Firmness
from hbgeo.measure.doubt.solve import Answer, answer
from hbgeo.measure.doubt.standing import Standing
from hbgeo.measure.doubt.sums import sum_span
from hbgeo.measure.doubt.terms import objective
from hbgeo.measure.doubt.untried import NONE, Untried, said_raised


def answered(
    a: Assessment,
    question: CoverQuestion | SumQuestion,
    units: pd.DataFrame,
    merged: Merged,
    standing: Standing,
    lost: tuple[str, ...],
    untried: Untried = NONE,
) -> Firmness:
    """Answer the question of one indicator, and say it of its figure, its parts, units and rows.

    Parameters
    ----------
    units
        Those of the question, in its order, with the codes of their parents.
    lost
        What nobody says, in sentences.
    untried
        Rows that the question leaves out, though they may add to the figure.
    """
    goal = _goal(a)
    numbers = standing.grouped.groups(units)
    group = next(iter(numbers.values()))[0]
    found = answer(question, group=group, **goal)
    found = raised(found, question, untried, next(iter(goal.values()), None), group)
    made = Firmness(
        a.indicator.id,
        _whole(found) if not lost else _with_unsaid(a, _whole(found)),
        _firm(a, found, goal, lost),
        _parts(question, found, numbers, untried),
        _open_units(units.index, question, found),
        deciding_rows(question, found, standing.grouped.codes(units), merged, standing),
        found.turning,
        found.settling,
        (*lost, *said_raised(untried)),
        found.largest,
        _pct(found),
    )
    return made if merged.chosen.exact else only_sound(made)


def only_sound(made: Firmness) -> Firmness:
    """What is left of an answer where choosers were set freer than they are: what holds all the same."""
    parts = {
        level: {code: replace(span, exact=False) for code, span in of.items()}
        for level, of in made.parts.items()
    }
    return replace(
        made,
        span=replace(made.span, exact=False),
        pct=None if made.pct is None else replace(made.pct, exact=False),
        parts=parts,
        firm=made.firm or None,
        turning=None,
        settling=None if made.settling is None else replace(made.settling, at_least=0),
    )


def _goal(a: Assessment) -> dict[str, Fraction]:
    """What decides the target: a percentage, or an amount; nothing where none binds."""
    target = a.target
    if target is None or a.met is None:
        return {}
    if a.indicator.per is not None:
        return {"pct": Fraction(target.value or 0) * 100 / Fraction(a.indicator.per)}
    if a.counted:
        return {"value": Fraction(target.value or 0)}
    return {"pct": Fraction(target.pct or 0)}


def _parts(
    question: CoverQuestion | SumQuestion,
    found: Answer,
    numbers: Mapping[str, Numbered],
    untried: Untried,
) -> dict[str, dict[str, Span]]:
    """The spans of parts by level and code; those of the first level are in the answer."""
    first, *others = numbers
    spans = {first: found.bounds.groups}
    for level in others:
        number, codes = numbers[level]
        if len(codes) == 1 and (number == 0).all():
            spans[level] = [_whole(found)]
        else:
            found_here = _spans(question, number)
            spans[level] = raised_spans(found_here, question, found.bounds, untried, number)
    return {
        level: dict(zip(codes, spans[level], strict=True)) for level, (_, codes) in numbers.items()
    }


def _spans(question: CoverQuestion | SumQuestion, number: Whole) -> list[Span]:
    """The spans of groups of units."""
    if isinstance(question, SumQuestion):
        return sum_span(question, number).groups
    return both(question, objective(question, 1, 0), number).spans(question.per)


def _whole(found: Answer) -> Span:
    """The span of the figure itself: covered demand, an amount, a percentage."""
    bounds = found.bounds
    return bounds.covered if isinstance(bounds, CoverBounds) else bounds.figure


def _pct(found: Answer) -> Span | None:
    """The span of the percentage, where it does not follow from that of covered demand."""
    bounds = found.bounds
    if not isinstance(bounds, CoverBounds) or bounds.total.low == bounds.total.high:
        return None
    return bounds.pct


def _with_unsaid(a: Assessment, span: Span) -> Span:
    """The span where something is not said: an amount can only be more."""
    if a.indicator.measure == "sum":
        return Span(span.low, None, exact=False)
    return Span(span.low, span.high, exact=False)


def _firm(
    a: Assessment, found: Answer, goal: dict[str, Fraction], lost: tuple[str, ...]
) -> bool | None:
    """Whether the conclusion holds; where something is not said only a sum that suffices is firm."""
    if not goal or not lost:
        return found.firm if goal else None
    span = _whole(found)
    enough = a.indicator.measure == "sum" and span.low is not None and span.low >= goal["value"]
    return True if enough else None


def _open_units(
    codes: pd.Index, question: CoverQuestion | SumQuestion, found: Answer
) -> pd.DataFrame:
    """The units of which the least and the greatest differ."""
    bounds = found.bounds
    low, high = np.asarray(bounds.unit_low), np.asarray(bounds.unit_high)
    differ = np.flatnonzero((low != high).astype(bool))
    ends = [[Fraction(int(v[at]), question.per if isinstance(question, SumQuestion) else 1) for at in differ] for v in (low, high)]  # fmt: skip
    made = {name: np.array([float(v) for v in of], dtype=float) for name, of in zip(("low", "high"), ends, strict=True)}  # fmt: skip
    return pd.DataFrame(made, index=codes[differ])
