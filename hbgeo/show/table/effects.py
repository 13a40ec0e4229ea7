"""The list of problems with what each row could change, what matters first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
import pandas as pd

from hbgeo.alike import number_sequences, number_together, numbered, objects_alike
from hbgeo.arrays import Numbers
from hbgeo.measure.doubt.result import Doubts, Firmness
from hbgeo.read.cell.column import as_objects
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
    number, known = _effects(issues, doubts, indicators)
    texts = as_objects([text or None for text, *_ in known])[number]
    made = issues.assign(**{EFFECT: pd.array(texts, dtype="str")})
    turns = np.array([turns for _, turns, _ in known], dtype=bool)[number]
    rank = {size: k for k, size in enumerate(sorted({size for *_, size in known}))}
    size = np.array([rank[size] for *_, size in known])[number]
    wrong = (made["severity"] == "error").to_numpy()
    return made.iloc[np.lexsort((-size, ~turns, ~wrong))].reset_index(drop=True)


_Said = tuple[str, bool, Fraction]  # the effect, whether it turns a conclusion, how much it is
_NOTHING: _Said = ("", False, Fraction(0))


def _effects(
    issues: pd.DataFrame, doubts: Doubts, indicators: Mapping[str, Indicator]
) -> tuple[Numbers, list[_Said]]:
    """What the row of each problem could change, as a number of what is said; a million say the same."""
    moved = {one: firm for one, firm in doubts.of.items() if len(firm.rows)}
    place, *places = number_together([issues, *(firm.rows for firm in moved.values())], _PLACE)
    many = int(place.max(initial=-1)) + 1
    rows, kinds = [place[:0]], [place[:0]]
    changes: list[tuple[str, _Said]] = []
    for (one, firm), at in zip(moved.items(), places, strict=True):
        number, own = _changes(firm)
        kinds.append(number + len(changes))
        changes += [(one, said) for said in own]
        rows.append(at)
    at, kind = np.concatenate(rows), np.concatenate(kinds)
    moves = np.array([size > 0 for _, (*_, size) in changes], dtype=bool)
    here = (at < many) & moves[kind] if changes else at < many
    number, sequences = number_sequences(at[here], kind[here], many)
    return number[place], [_together([changes[k] for k in some], indicators) for some in sequences]


def _changes(firm: Firmness) -> tuple[Numbers, list[_Said]]:
    """By row of a figure the number of what it changes of it, and those."""
    rows, whole = firm.rows, _whole(firm)
    number, _ = objects_alike([rows["least"].tolist(), rows["most"].tolist()])
    number = numbered([pd.Series(number), rows["turns"].astype(bool)])
    first = np.unique(number, return_index=True)[1]
    told = (rows[c].iloc[first].tolist() for c in ("effect", "turns", "least", "most"))
    return number, [
        (effect, bool(turns), Fraction(max(abs(least), abs(most))) / whole)  # part of the figure
        for effect, turns, least, most in zip(*told, strict=True)
    ]


def _together(changes: Sequence[tuple[str, _Said]], indicators: Mapping[str, Indicator]) -> _Said:
    """What is said of a row that changes several figures, and one perhaps in several ways."""
    mine: dict[str, tuple[bool, Fraction, str]] = {}
    for one, (effect, turns, size) in changes:
        mine[one] = max(mine.get(one, (False, Fraction(0), "")), (turns, size, effect))
    return _said(mine, indicators) if mine else _NOTHING


def _whole(firm: Firmness) -> Fraction:
    """What a change of a figure is a part of: the farther of its ends."""
    ends = [abs(end) for end in (firm.span.low, firm.span.high) if end]
    return Fraction(max(ends, default=1))


def _said(
    mine: Mapping[str, tuple[bool, Fraction, str]], indicators: Mapping[str, Indicator]
) -> _Said:
    """The effect on one indicator, in words: the main reading of it before its variants."""
    mains = [one for one in mine if indicators[one].variant is None]
    first = max(mains or mine, key=lambda one: (*mine[one][:2],))
    turns, size, effect = mine[first]
    others = len([one for one in mains if one != first])
    said = effect_words(effect, indicators[first].full_name, others, turns=turns)
    return said, turns, size
