"""A firmness and the rows in doubt of a layer as what JSON can hold, and back as they were."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.measure.doubt.question import Fewest, Span
from hbgeo.measure.doubt.result import DOUBT_COLUMNS, Firmness

BESIDE = ["id", "name", "chooser", "least", "most", "deciding"]  # of rows, behind DOUBT_COLUMNS
_TEXT = "str"


def pack_firmness(made: Firmness) -> dict[str, Any]:
    """All of a firmness; numbers without an end in decimals as 「分子/分母」."""
    return {
        "span": _pack_span(made.span),
        "firm": made.firm,
        "parts": {
            level: {code: _pack_span(span) for code, span in of.items()}
            for level, of in made.parts.items()
        },
        "units": _pack_units(made.units),
        "rows": _pack_rows(made.rows),
        "turning": _pack_fewest(made.turning),
        "settling": _pack_fewest(made.settling),
        "unbounded": list(made.unbounded),
        "largest": int(made.largest),
        "pct": None if made.pct is None else _pack_span(made.pct),
    }


def unpack_firmness(indicator: str, kept: Mapping[str, Any]) -> Firmness:
    """What `pack_firmness` made of one.

    Raises
    ------
    KeyError, TypeError, ValueError
        If it made something else.
    """
    return Firmness(
        indicator,
        _span(*kept["span"]),
        kept["firm"],
        {
            level: {code: _span(*span) for code, span in of.items()}
            for level, of in kept["parts"].items()
        },
        _units(kept["units"]),
        _rows(kept["rows"]),
        _fewest(kept["turning"]),
        _fewest(kept["settling"]),
        tuple(kept["unbounded"]),
        kept["largest"],
        None if kept["pct"] is None else _span(*kept["pct"]),
    )


def pack_told(told: pd.DataFrame) -> dict[str, Any]:
    """Rows in doubt as they are told: by column the kind of its values, and those."""
    return {
        str(name): [_TEXT if isinstance(column.dtype, pd.StringDtype) else str(column.dtype), column.tolist()]
        for name, column in told.items()
    }  # fmt: skip


def unpack_told(kept: Mapping[str, Any]) -> pd.DataFrame:
    """What `pack_told` made of rows.

    Raises
    ------
    TypeError, ValueError
        If it made something else.
    """
    return pd.DataFrame(
        {name: pd.Series(values, dtype=kind) for name, (kind, values) in kept.items()}
    )


def _pack_span(span: Span) -> list[Any]:
    return [_pack_number(span.low), _pack_number(span.high), bool(span.exact)]


@lru_cache(maxsize=4096)
def _span(low: int | str | None, high: int | str | None, exact: bool) -> Span:  # noqa: FBT001 - as it is kept
    return Span(_number(low), _number(high), exact)


def _pack_number(number: Fraction | None) -> int | str | None:
    if number is None:
        return None
    exact = Fraction(number)
    return exact.numerator if exact.denominator == 1 else str(exact)


@lru_cache(maxsize=1 << 14)
def _number(kept: int | str | None) -> Fraction | None:
    return None if kept is None else Fraction(kept)


def _pack_fewest(few: Fewest | None) -> list[Any] | None:
    if few is None:
        return None
    rows = None if few.rows is None else int(few.rows)
    return [[*map(int, few.choosers)], [*map(int, few.options)], rows, int(few.at_least)]


def _fewest(kept: list[Any] | None) -> Fewest | None:
    if kept is None:
        return None
    choosers, options, rows, at_least = kept
    return Fewest(tuple(choosers), tuple(options), rows, at_least)


def _pack_units(units: pd.DataFrame) -> list[Any]:
    text = isinstance(units.index.dtype, pd.StringDtype)
    return [units.index.name, text, units.index.tolist(), units["low"].tolist(), units["high"].tolist()]  # fmt: skip


def _units(kept: list[Any]) -> pd.DataFrame:
    name, text, codes, low, high = kept
    index = pd.Index(codes, dtype=_TEXT if text else object, name=name)
    ends = {"low": np.array(low, dtype=float), "high": np.array(high, dtype=float)}
    return pd.DataFrame(ends, index=index)


# by column of rows that JSON does not hold as they are: how it does, and back
_PACKS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "least": (_pack_number, _number), "most": (_pack_number, _number),
    "units": (list, tuple), "row": (int, int), "chooser": (int, int), "deciding": (int, int),
    "turns": (bool, bool),
}  # fmt: skip


def _as_is(value: Any) -> Any:
    return value


def _pack_rows(rows: pd.DataFrame) -> dict[str, Any] | str:
    """The rows by column; of none what kind of columns pandas has of no rows."""
    if rows.empty:
        return str(rows["layer"].dtype)
    return {
        c: [*map(_PACKS.get(c, (_as_is,))[0], rows[c].tolist())] for c in [*DOUBT_COLUMNS, *BESIDE]
    }


def _rows(kept: dict[str, list[Any]] | str) -> pd.DataFrame:
    if isinstance(kept, str):
        return pd.DataFrame(
            columns=[*DOUBT_COLUMNS, *BESIDE], index=pd.RangeIndex(0), dtype=np.dtype(kept)
        )
    made = {c: [*map(_PACKS.get(c, (_as_is, _as_is))[1], values)] for c, values in kept.items()}
    return pd.DataFrame(made, columns=[*DOUBT_COLUMNS, *BESIDE])
