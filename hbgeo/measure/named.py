"""Which natural village or road each row names: by the place's code, or by its name in its unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hbgeo.measure.names.forms import plain_name
from hbgeo.measure.source import Source
from hbgeo.read.catalog import PLACES
from hbgeo.read.keys import GAZETTEER

_LEVELS = ("village_code", "township_code", "county_code")  # the narrowest first
Where = tuple[str, ...]  # the codes of these levels, "" where nothing is said


@dataclass(frozen=True)
class _Names:
    """Places by code and by name, each with where it stands."""

    by_code: Mapping[str, str]
    by_name: Mapping[str, Sequence[tuple[str, Where]]]
    others: frozenset[str]

    def find(self, code: str, names: tuple[str, ...], where: Where) -> str:
        """The place that a row names; "" for none, or where several fit equally well.

        A code that is another place's names no place of these. Of places of the name those count
        whose units agree with the row's wherever both say one, and agree in one at least; of
        several those that agree in most.
        """
        if code and (code in self.by_code or code in self.others):
            return self.by_code.get(code, "")
        for name in names:
            if known := self.by_name.get(name):
                return _only(known, where)
        return ""


def _only(known: Sequence[tuple[str, Where]], where: Where) -> str:
    fits: dict[str, int] = {}
    for code, there in known:
        both = [mine == its for mine, its in zip(where, there, strict=True) if mine and its]
        if both and all(both):
            fits[code] = len(both)
    most = [code for code, agreed in fits.items() if agreed == max(fits.values())]
    return most[0] if len(most) == 1 else ""


def named_codes(
    frame: pd.DataFrame, level: str, source: Source, townships: Sequence[str]
) -> pd.Series | None:
    """The code of the unit of a level that each row names by its own words; None: as it has it.

    Natural villages and roads are named by 地名代码, or by 指代地名, else 标志名称, in the row's
    units. A village is named by 地名代码 as well, where the row does not name it otherwise and
    the gazetteer has it.

    Parameters
    ----------
    townships
        The township that holds each row's point, "" for none: where it names no unit.
    """
    if level in PLACES:
        units = source.find_units(level)
        return None if units is None else _of_places(frame, units.frame, source, townships)
    if level != "village" or "place_code" not in frame or "village_code" not in frame:
        return None
    gazetteer = source.find_layer(GAZETTEER)
    if gazetteer is None or "village_code" not in gazetteer:
        return None
    known = gazetteer.frame["village_code"].to_dict()
    own = frame["village_code"]
    by_code = [known.get(code, "") for code in frame["place_code"]]
    return own.where(own != "", pd.Series(by_code, frame.index, dtype="str"))


def _of_places(
    frame: pd.DataFrame, places: pd.DataFrame, source: Source, townships: Sequence[str]
) -> pd.Series:
    names = _names_of(places, source)
    blank = pd.Series("", frame.index, dtype="str")
    texts = {
        c: frame.get(c, blank).astype("str").fillna("").tolist()
        for c in ("place_code", "unit_named", "name", *_LEVELS)
    }
    where = _where(texts, townships, source)
    made = [
        names.find(code, (plain_name(named), plain_name(name)), at)
        for code, named, name, at in zip(
            texts["place_code"], texts["unit_named"], texts["name"], where, strict=True
        )
    ]
    return pd.Series(made, frame.index, dtype="str")


def _where(texts: Mapping[str, list[str]], townships: Sequence[str], source: Source) -> list[Where]:
    """The units each row names; of rows that name none, those that hold their points."""
    units = source.find_units("township")
    county = {} if units is None else units.frame["county_code"].to_dict()
    made = list[Where]()
    for village, town, over, held in zip(*(texts[c] for c in _LEVELS), townships, strict=True):
        if not (village or town or over):
            town, over = held, str(county.get(held, ""))
        made.append((village, town, over))
    return made


def _names_of(places: pd.DataFrame, source: Source) -> _Names:
    """The places of a level as they are looked up."""
    blank = [""] * len(places)
    columns = [places[c].tolist() if c in places else blank for c in _LEVELS]
    by_name: dict[str, list[tuple[str, Where]]] = {}
    for code, name, *where in zip(places.index, places["name"], *columns, strict=True):
        by_name.setdefault(plain_name(str(name)), []).append((str(code), tuple(where)))
    by_name.pop("", None)
    codes = places["place_code"] if "place_code" in places else places.index.to_series()
    by_code = {str(c): str(own) for c, own in zip(codes, places.index, strict=True) if c}
    gazetteer = source.find_layer(GAZETTEER)
    others = frozenset() if gazetteer is None else frozenset(map(str, gazetteer.frame.index))
    return _Names(by_code, by_name, others - by_code.keys())


def holders(owner: np.ndarray, units: pd.DataFrame) -> list[str]:
    """The code of the unit at each position, "" at −1."""
    codes = np.append(units.index.to_numpy(object), "")
    return [str(code) for code in codes[owner]]
