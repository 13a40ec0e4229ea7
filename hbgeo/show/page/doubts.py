"""How firm the figures are, for the page: conclusions and spans, units in doubt, the rows they rest on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import chain, islice
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.doubt.result import Doubts, Firmness
from hbgeo.measure.source import PARENTS
from hbgeo.show import doubt_words
from hbgeo.show.page.classes import owners_of
from hbgeo.show.page.inputs import PageInputs
from hbgeo.show.page.pack import PartWriter

A_UNIT, MOST = (
    3,
    3_000,
)  # rows that a page carries: of each unit, and of an indicator beside those that decide
_ROLES = ("", doubt_words.TURNS, doubt_words.SETTLES)  # the page has them by number
_ROW = ["layer", "file", "sheet", "row", "kind"]


def firm_head(one: Assessment, doubts: Doubts | None) -> dict[str, Any]:
    """What an indicator's line says of how firm it is, under `firm`; nothing where nothing is known."""
    firm = None if doubts is None else doubts.of.get(one.indicator.id)
    state = doubt_words.state_of(firm, one)
    if firm is None or not (state or firm.open):
        return {}
    said: dict[str, Any] = {
        "state": state,
        "text": doubt_words.conclusion(firm, one) if state else "",
    }
    if firm.open:
        low, high = doubt_words.ends_of(firm, one)
        on_bar = one.indicator.measure != "capacity"  # whose bar shows years
        said |= {"low": _number(low, on_bar), "high": _number(high, on_bar)}
        said |= {"span": doubt_words.show_span(firm, one), "settled": doubt_words.settled(firm)}
        said["unbounded"] = list(firm.unbounded)
    return {"firm": said}


def _number(end: Fraction | None, on_bar: bool) -> float | None:  # noqa: FBT001
    return float(end) if end is not None and on_bar else None


def doubts_part(inputs: PageInputs) -> str:
    """The units in doubt by indicator and level, and rows: where each stands and how it may be read."""
    part, rows, texts = PartWriter(), _Rows(), _Texts()
    known = inputs.doubts.of if inputs.doubts else {}
    of = {
        one.indicator.id: _packed(part, _own(firm, one, inputs, texts), rows)
        for one in inputs.assessments
        if (firm := known.get(one.indicator.id)) and firm.open
    }
    return part.pack({"of": of, "roles": list(_ROLES), **rows.told(part)})


def _own(firm: Firmness, one: Assessment, inputs: PageInputs, texts: _Texts) -> dict[str, Any]:
    """What rests on the indicator and its doubts alone, as it was made of the very same before."""
    name = one.indicator.id
    of = inputs.doubts.prints.get(name) if inputs.doubts else None

    def make() -> str:
        return json.dumps(_levels(firm, one, inputs) | _carried(firm, one, inputs, texts))

    told: dict[str, Any] = json.loads(
        inputs.part(f"doubts {name}", make, [name], of) if of else make()
    )
    return told


def _packed(part: PartWriter, own: Mapping[str, Any], rows: _Rows) -> dict[str, Any]:
    """The same for the page, with the rows by number."""
    return {
        "levels": {level: part.steps(places) for level, places in own["levels"].items()},
        "rows": own["rows"],
        "row": part.steps([rows.number(key, said) for key, said in own["told"]]),
        "role": part.whole(own["role"]),
        "effect": part.column(own["effect"]) if own["told"] else None,
        "unit": part.steps(own["unit"]),
        "of": part.steps(own["of"]),
    }


class _Texts:
    """What is said of rows: what tells each from others, and where it stands, its name, what it says."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], tuple[str, str, str]] = {}

    def of(self, row: Mapping[Any, Any]) -> tuple[tuple[str, ...], tuple[str, str, str]]:
        """Of a row in doubt."""
        readings = doubt_words.say(row["readings"])
        key = (*(str(row[c]) for c in _ROW), readings)
        if key not in self._known:
            said = "：".join(filter(None, (doubt_words.kind_of(row), readings)))
            self._known[key] = (doubt_words.where(row), doubt_words.say(row.get("name")), said)
        return key, self._known[key]


class _Rows:
    """Rows of ledgers, each once, whatever indicators they are carried for."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, ...], int] = {}
        self._texts: list[list[str]] = []

    def number(self, key: Sequence[str], said: list[str]) -> int:
        """The number of a row, which is new where it was not told before."""
        at = self._numbers.setdefault(tuple(key), len(self._numbers))
        if at == len(self._texts):
            self._texts.append(said)
        return at

    def told(self, part: PartWriter) -> dict[str, Any]:
        """Where each row stands, of what it is, and what it says."""
        columns = list(zip(*self._texts, strict=True)) or [(), (), ()]
        names = ("where", "name", "said")
        return {n: part.column(list(c)) if c else None for n, c in zip(names, columns, strict=True)}


def _levels(firm: Firmness, one: Assessment, inputs: PageInputs) -> dict[str, Any]:
    """By level whose polygons are shown the places of the units that could read otherwise."""
    views = inputs.shown[one.indicator.id]
    made = {}
    for at, view in enumerate(views):
        if view.level is None:
            continue
        index = inputs.units[view.level].index
        places = _places(firm.units.index, one, view.level, inputs)
        if at and view.level in PARENTS:
            spans = firm.parts.get(view.level, {})
            codes = [code for code, span in spans.items() if span.low != span.high]
            places = index.get_indexer(pd.Index(codes, dtype=object)) if codes else np.arange(0)
        made[view.level] = np.unique(places[places >= 0]).tolist()
    return {"levels": made}


def _places(codes: pd.Index, one: Assessment, level: str, inputs: PageInputs) -> Any:
    """The places of units among the polygons of a level: their own, or those that hold them."""
    index = inputs.units[level].index
    if one.indicator.units == level or not len(codes):
        return index.get_indexer(codes)
    own = inputs.units.get(one.indicator.units)
    if own is None:
        return np.full(len(codes), -1)
    return index.get_indexer(pd.Index(owners_of(codes, level, inputs.units.get("village"), own)))


def _carried(firm: Firmness, one: Assessment, inputs: PageInputs, texts: _Texts) -> dict[str, Any]:
    """The rows that decide, and of each unit in doubt the first few: what is said, role, effect; pairs with units."""
    ordered = doubt_words.in_order(firm)
    places, roles = _places_of_rows(ordered, firm, one, inputs), ordered["role"].tolist()
    told: list[int] = []
    pairs: list[tuple[int, int]] = []
    count: dict[int, int] = {}
    for at, (mine, role) in enumerate(zip(places, roles, strict=True)):
        shown = [p for p in mine if role or count.get(p, 0) < A_UNIT]
        if not role and (not shown or len(told) >= MOST):
            continue
        for place in shown:
            count[place] = count.get(place, 0) + 1
            pairs.append((place, len(told)))
        told.append(at)
    carried = ordered.iloc[told].to_dict("records")
    return {
        "rows": len(ordered),
        "told": [texts.of(row) for row in carried],
        "role": [_ROLES.index(row["role"]) for row in carried],
        "effect": [doubt_words.say(row["effect"]) for row in carried],
        "unit": [u for u, _ in pairs],
        "of": [n for _, n in pairs],
    }


def _places_of_rows(
    rows: pd.DataFrame, firm: Firmness, one: Assessment, inputs: PageInputs
) -> list[list[int]]:
    """Of each row in doubt where the units in doubt that it is about stand on the map, in its order."""
    level, open_units = inputs.shown[one.indicator.id][0].level, set(map(str, firm.units.index))
    named = [[code for code in map(str, units) if code in open_units] for units in rows["units"]]
    if level is None:
        return [[] for _ in named]
    codes = pd.Index(list(chain.from_iterable(named)))
    found = iter(_places(codes, one, level, inputs).tolist())  # of all rows in one go
    return [sorted({place for place in islice(found, len(some)) if place >= 0}) for some in named]
