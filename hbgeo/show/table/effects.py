"""The list of problems with what each row could change, what matters first."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pandas as pd

from hbgeo.measure.doubt.result import Doubts, Firmness
from hbgeo.read.indicator import Indicator
from hbgeo.show.doubt_words import effect_words

EFFECT = "effect"
_PLACE = ["layer", "file", "sheet", "row"]


def with_effects(
    issues: pd.DataFrame, doubts: Doubts, indicators: Mapping[str, Indicator]
) -> pd.DataFrame:
    """The same problems with `effect`: what the row of each could change, null where nothing.

    Within a severity those come first that turn a conclusion, then those that change most; a row
    stands for the indicator of which it changes the largest part.

    Parameters
    ----------
    issues
        As `Workspace.issues` gives them.
    indicators
        Indicator by id, whose names are said.
    """
    known = _effects(doubts, indicators)
    places = zip(*(issues[c].astype(object) for c in _PLACE), strict=True)
    found = [known.get(_key(place), _NOTHING) for place in places]
    made = issues.assign(**{EFFECT: pd.array([text or None for text, *_ in found], dtype="str")})
    wrong = (made["severity"] == "error").tolist()
    order = sorted(
        range(len(made)), key=lambda at: (not wrong[at], not found[at][1], -found[at][2])
    )
    return made.iloc[order].reset_index(drop=True)


_NOTHING: tuple[str, bool, Fraction] = ("", False, Fraction(0))


def _key(place: tuple[Any, ...]) -> tuple[Any, ...]:
    *where, row = place
    return (*where, None if pd.isna(row) else int(row))


def _effects(
    doubts: Doubts, indicators: Mapping[str, Indicator]
) -> dict[tuple[Any, ...], tuple[str, bool, Fraction]]:
    """Where a row stands → what it could change, whether that turns a conclusion, how much it is."""
    every: dict[tuple[Any, ...], dict[str, tuple[bool, Fraction, str]]] = {}
    for one, firm in doubts.of.items():
        if not len(firm.rows):
            continue
        columns = [*_PLACE, "effect", "turns", "least", "most"]
        rows = zip(*(firm.rows[column].tolist() for column in columns), strict=True)
        whole = _whole(firm)
        for *place, effect, turns, least, most in rows:
            size = Fraction(max(abs(least), abs(most))) / whole  # how large a part of the figure
            if size:
                mine = every.setdefault(_key(tuple(place)), {})
                mine[one] = max(
                    mine.get(one, (False, Fraction(0), "")), (bool(turns), size, effect)
                )
    return {place: _said(mine, indicators) for place, mine in every.items()}


def _whole(firm: Firmness) -> Fraction:
    """What a change of a figure is a part of: the farther of its ends."""
    ends = [abs(end) for end in (firm.span.low, firm.span.high) if end]
    return Fraction(max(ends, default=1))


def _said(
    mine: Mapping[str, tuple[bool, Fraction, str]], indicators: Mapping[str, Indicator]
) -> tuple[str, bool, Fraction]:
    """The effect on one indicator, in words: the main reading of it before its variants."""
    mains = [one for one in mine if indicators[one].variant is None]
    first = max(mains or mine, key=lambda one: (*mine[one][:2],))
    turns, size, effect = mine[first]
    others = len([one for one in mains if one != first])
    said = effect_words(effect, indicators[first].full_name, others, turns=turns)
    return said, turns, size
