"""Which unit a person means: by its code, or by its name, alone or behind those that hold it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.errors import RequestError
from hbgeo.read.catalog import PLACES
from hbgeo.read.near import ask_whether, only_one
from hbgeo.workspace import Workspace

LEVELS = ("province", "prefecture", "county", "township", "village")
_ABOVE = ("prefecture", "county", "township")
_BARE = (("村民委员会", "村"), ("居民委员会", "社区"), ("村委会", "村"), ("居委会", "社区"))


@dataclass(frozen=True)
class NamedUnit:
    """A unit that was asked for: its level and its code."""

    level: str
    code: str


def find_unit(workspace: Workspace, name: str, *, within: str = "") -> NamedUnit:
    """Find the unit of a code or name: a province, prefecture, county, township, village or smaller place.

    Parameters
    ----------
    name
        A code (a prefecture's of four digits or six); a name as the units' layer has it, alone or
        with those of units that hold it before it (阳新县龙港镇, 龙港镇复兴村).
    within
        The code of the county or prefecture it must lie in; "" for anywhere.

    Raises
    ------
    RequestError
        If there is none, or several: then each with its code.
    """
    asked = "".join(name.split())
    hits: dict[str, str] = {}
    levels: dict[str, str] = {}
    for places in (False, True):  # natural villages and roads only where nothing else is meant
        for level in PLACES if places else LEVELS:
            if asked.isdigit() and hits:
                break  # no other level has the code
            for code, label in _hits(workspace, level, asked, within).items():
                if code not in hits:
                    hits[code], levels[code] = label, level
        if hits:
            break
    code = only_one(name, hits)
    if code:
        return NamedUnit(levels[code], code)
    where = f"{workspace.name_of(within)}里" if within else ""
    near = ask_whether(asked, _known(workspace, within))
    hint = near or "请写完整名称（可在前面加上所在县，如 阳新县龙港镇）或代码"
    raise RequestError(f"{where}没有叫“{name}”的单位；{hint}")


def _hits(workspace: Workspace, level: str, asked: str, within: str) -> dict[str, str]:
    """Every unit of a level that is meant: code → what it is called, told from others."""
    found = workspace.find_units(level)
    if found is None:
        return {}
    frame = found.frame
    meant = _of_code(frame, level, asked)
    if not meant.any():
        meant = _of_name(frame, asked)
    if within:
        meant &= _inside(frame, within)
    return {str(c): label_of(frame.loc[c]) for c in frame.index[meant]}


def _of_code(frame: pd.DataFrame, level: str, asked: str) -> Mask:
    codes = frame.index.astype(str)
    short = {"prefecture": "00", "province": "0000"}.get(level, "")
    return np.asarray((codes == asked) | (codes == asked + short), dtype=bool)


def _of_name(frame: pd.DataFrame, asked: str) -> Mask:
    """Units whose name the text ends with, those above it (some, in their order) before it."""
    names, bare = frame["name"].astype(str).tolist(), _plain(asked)
    fits = np.zeros(len(names), dtype=bool)
    for at, name in enumerate(names):
        for text, own in ((asked, name), (bare, _plain(name))):
            if own and text.endswith(own) and not fits[at]:
                fits[at] = _leads(text.removesuffix(own), frame, at)
    return fits


def _plain(name: str) -> str:
    """A name without the committee of a village: 复兴村 for 复兴村村民委员会 and 复兴村委会."""
    for long, plain in _BARE:
        if name.endswith(long):
            return name.removesuffix(long).removesuffix(plain) + plain
    return name


def _leads(text: str, frame: pd.DataFrame, at: int) -> bool:
    """Whether what stands before a unit's name is nothing, or names of units above it in their order."""
    return not text or _made_of(text, _above(frame.iloc[at]))


def _made_of(text: str, above: list[str]) -> bool:
    return not text or any(
        text.startswith(name) and _made_of(text.removeprefix(name), above[n + 1 :])
        for n, name in enumerate(above)
    )


def _above(unit: pd.Series) -> list[str]:
    columns = ("province", *_ABOVE, "village")
    names = [str(unit.get(c) or "") for c in columns]
    return [name for name in names if name and name not in {"nan", str(unit["name"])}]


def _inside(frame: pd.DataFrame, code: str) -> Mask:
    columns = [c for c in ("county_code", "prefecture_code") if c in frame]
    inside = np.asarray(frame.index.astype(str) == code, dtype=bool)
    for column in columns:
        inside |= (frame[column] == code).to_numpy(dtype=bool)
    return inside


def label_of(unit: pd.Series) -> str:
    """What a unit is called where others may share its name: with the units that hold it."""
    above = [str(unit.get(c) or "") for c in ("county", "township")]
    name = str(unit["name"])
    return "".join([*(a for a in above if a and a not in {"nan", name}), name])


def _known(workspace: Workspace, within: str) -> dict[str, str]:
    """The names of counties and townships, and of villages, as they are proposed."""
    known: dict[str, str] = {}
    for level in ("village", "township", "county"):
        found = workspace.find_units(level)
        if found is None:
            continue
        frame = found.frame[_inside(found.frame, within)] if within else found.frame
        columns = [c for c in ("county", "township") if c in frame and c != level]
        rows = pd.DataFrame(frame[[*columns, "name"]]).astype(str).itertuples(index=True, name=None)
        for code, *above, name in rows:
            known[name] = f"{''.join(a for a in above if a not in {'nan', name})}{name}（{code}）"
    return known
