"""Units that stand around a table (单位:万人 above it, a line of units, a sheet's name) → behind headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from hbgeo.errors import LayerError
from hbgeo.read.cell.numbers import UNIT, Unit, area_unit, heading_unit, read_unit
from hbgeo.read.cell.text import clean
from hbgeo.read.schema.records import Column

FOOTERS = 10  # last rows of a sheet, in which a note may say the unit
_SAID = re.compile(r"单位:([^\s()\[\]【】;。]{1,24})")
_NOTE = re.compile(r"[(]?(?:(?:表?注|备注|说明)\d?[:.、]? ?)?(?:数据|计量)?单位 ?:")
_BRACKETS = re.compile(rf"[(\[【]({UNIT})[)\]】]$", re.IGNORECASE)
_FILLING = {"单位", "计量单位", "-", "—", "/", ""}

Stated = Mapping[str, Unit]  # as it is written → what it is


def stated_units(texts: Iterable[str]) -> dict[str, Unit]:
    """The units that titles, names and notes state: behind 单位:, or in brackets at their end."""
    words = list[str]()
    for text in texts:
        folded = clean(text)
        words += _SAID.findall(re.sub(r"单位: +", "单位:", folded))
        found = _BRACKETS.search(folded.replace(" ", ""))
        words += [found[1]] if found else []
    units = dict[str, Unit]()
    for word in words:
        for part in [word] if read_unit(word) else re.split(r"[、,/和及]", word):
            if unit := read_unit(part):
                units[part] = unit
    return units


def is_note(text: str) -> bool:
    """Tell whether a text is a note that states a unit, as stands below a table."""
    return bool(_NOTE.match(clean(text)))


def with_unit_line(headings: Sequence[str], below: Sequence[str]) -> list[str] | None:
    """The headings with the units of a line below them; None where that line is none of units."""
    cells = [re.sub(r"[()\[\]【】]", "", clean(cell)).replace(" ", "") for cell in below]
    cells = [re.sub(r"^(?:计量)?单位:", "", cell) for cell in cells]
    units = [read_unit(cell) is not None for cell in cells]
    if not any(units) or not all(u or c in _FILLING for u, c in zip(units, cells, strict=True)):
        return None
    return [f"{h}({c})" if h and u else h for h, c, u in zip(headings, cells, units, strict=True)]


def with_stated_units(
    headings: Sequence[str], stated: Stated, columns: Mapping[str, Column], where: str = ""
) -> list[str]:
    """The headings of areas and counts that say no unit of their own, with the one stated.

    Parameters
    ----------
    columns
        The columns that headings were recognised as.
    where
        File and sheet, for the message.

    Raises
    ------
    LayerError
        If two units are stated that would both hold for a column.
    """
    made = []
    for heading in headings:
        known = {} if heading_unit(heading) else _holding(heading, columns.get(heading), stated)
        if len({unit.times for unit in known.values()}) > 1:
            said = f"“{heading}”列的单位说法不一：{'、'.join(known)}；请写在列名里，如 {heading}（{next(iter(known))}）"
            raise LayerError(f"{where}：{said}" if where else said)
        word = next(iter(known), "")
        made.append(f"{heading}({word})" if word else heading)
    return made


def _holding(heading: str, column: Column | None, stated: Stated) -> dict[str, Unit]:
    """Those of the units stated that hold for a column."""
    kind = column.type if column else ""
    if kind == "area" or "面积" in heading:
        return {} if area_unit(heading) else {w: u for w, u in stated.items() if u.kind == "面积"}
    if column is None or kind != "number" or column.id == "year":
        return {}
    holding = {
        word: unit
        for word, unit in stated.items()
        if unit.kind != "面积" and (not unit.kind or not column.unit or unit.kind == column.unit)
    }
    return holding if any(unit.times > 1 for unit in holding.values()) else {}
