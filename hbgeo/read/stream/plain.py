"""Columns fit to be shown, batch by batch: no person's numbers, one line a cell, plain types."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hbgeo.arrays import Mask
from hbgeo.arrow import Cells, replaced_where, texts_in, whether
from hbgeo.read.cell.personal import SUSPECT, SUSPECT_CARD, hide_id_cards, hide_numbers, is_id_card
from hbgeo.read.cell.text import clean_text
from hbgeo.read.schema.personal import is_id_heading

# what clean_text or hide_numbers may change, told by Arrow so that most cells are never looked at:
# invisible and odd blank characters, blanks at the ends or in a row, what may tell a person
_ODD = r"[\p{C}\p{Zl}\p{Zp}\x{00A0}\x{1680}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}]|^ | $|  "
_DECIMAL = (
    r"^-?(?:0|[1-9][0-9]{0,8})\.[0-9]{1,16}$"  # an area code begins with 0, a card has more figures
)
_MOBILES = (13_000_000_000, 20_000_000_000)
_OLD_CARDS = (10**14, 10**15)
_CARDS = (10**17, 10**18)
_EXACT = 2**53  # beyond, a float has lost the last figures


def plain_field(column: pa.Field[Any]) -> pa.Field[Any]:
    """The type a column is passed on in: text for whatever is neither text, number nor time."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    plain = (
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
        or pa.types.is_date(kind) or pa.types.is_timestamp(kind)
    )  # fmt: skip
    return pa.field(column.name, kind if plain else pa.string())


def make_plain(cells: Cells, heading: str = "") -> tuple[Cells, int]:
    """Hide numbers of persons, and take out what does not belong on one line.

    In columns that a schema declares as ids or codes only valid id cards are hidden.

    Returns
    -------
    cells
        In the type that `plain_field` gives.
    hidden
        In how many cells a number was hidden.
    """
    kind = plain_field(pa.field("", cells.type)).type
    if pa.types.is_string(kind):
        return _fit_texts(cells_as_text(cells), heading)
    if cells.type != kind:
        cells = cells.cast(kind)
    wide = pa.types.is_integer(kind) or pa.types.is_floating(kind)
    return _fit_numbers(cells, ids=is_id_heading(heading)) if wide else (cells, 0)


def cells_as_text(cells: Cells) -> Cells:
    """Cells of any type as text, missing ones missing."""
    try:
        return cells.cast(pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return pa.array([None if v is None else str(v) for v in cells.to_pylist()], pa.string())


def _fit_texts(cells: Cells, heading: str) -> tuple[Cells, int]:
    ids = is_id_heading(heading)
    hide, suspects = (hide_id_cards, SUSPECT_CARD) if ids else (hide_numbers, SUSPECT)
    found = pc.match_substring_regex(cells, f"{_ODD}|{suspects}")
    suspect = whether(found)
    if not pc.any(suspect).as_py():
        return cells, 0
    # the many figures of a coordinate are nobody's number
    decimal = whether(pc.match_substring_regex(cells, _DECIMAL))
    suspect = pc.and_not(suspect, decimal)
    plain = [clean_text(text) for text in texts_in(cells.filter(suspect))]
    mended = [hide(text, heading) for text in plain]
    hidden = sum(a != b for a, b in zip(plain, mended, strict=True))
    return replaced_where(cells, suspect, pa.array(mended, pa.string())), hidden


def _fit_numbers(cells: Cells, *, ids: bool) -> tuple[Cells, int]:
    """A mobile or identity number that came as a number is left out: there is no hiding part of it."""
    limits = pc.min_max(cells)
    most = limits["max"].as_py()
    if most is None or most < _MOBILES[0]:
        return cells, 0
    floating = pa.types.is_floating(cells.type)
    low, high = _MOBILES
    values = cells.fill_null(0).to_numpy(zero_copy_only=False)
    personal = (values >= low) & (values < high) & (values % 1 == 0) & (not ids)
    for bounds in (_OLD_CARDS, _CARDS):
        at = np.flatnonzero((values >= bounds[0]) & (values < bounds[1]))
        whole = values[at].astype(np.int64)
        perhaps = _may_be_born(whole, old=bounds is _OLD_CARDS)
        at, whole = at[perhaps], whole[perhaps]
        inexact = floating and bounds[1] > _EXACT and not ids
        theirs = [inexact or is_id_card(str(number)) for number in whole.tolist()]
        personal[at] = np.array(theirs, bool)
    shown = pc.if_else(pa.array(personal), pa.scalar(None, cells.type), cells)
    return shown, int(personal.sum())


def _may_be_born(numbers: NDArray[np.int64], *, old: bool) -> Mask:
    """Whether the figures of numbers that stand where an id card has a birth date may be one."""
    date = numbers // 1000 % 1_000_000 if old else numbers // 10_000 % 100_000_000
    year, month, day = date // 10_000, date // 100 % 100, date % 100
    lived = (year >= 1880) & (year < 2100) | old
    return np.asarray(lived & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31))
