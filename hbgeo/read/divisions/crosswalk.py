"""Two division lists side by side: which unit of one is which of the other, and by what rule."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from hbgeo.read.divisions import normal_name, without_ethnic, without_parents
from hbgeo.read.divisions.changes import Aliases, read_aliases
from hbgeo.read.divisions.lists import read_list
from hbgeo.read.schema.match import nearest_names

RULES = {
    "name": "县与名称相同",
    "normal": "县与规范名称相同",
    "ethnic": "县与名称相同（省去民族名）",
    "zone": "县与名称相同（省去开发区名）",
    "alias": "县与别名相同",
}
# a development zone's name before the unit it manages: 高新区紫贞街道, 白浪开发区白浪街道
_ZONE = re.compile(
    r"^.{0,8}?(?:高新区|开发区|高新技术产业园区|示范区|管理区)(?=.{2,}(?:街道|镇|乡)$)"
)

Key = tuple[str, str]


@dataclass(frozen=True)
class Crosswalk:
    """How two lists of townships go together.

    Attributes
    ----------
    pairs
        One row a pair: `left`, `right` (codes), `left_name`, `right_name`, `county`, `rule`.
    left_only
        Units of the left list without partner, by code: `name`, `county`, and `candidates`, the
        free units of the same county or prefecture most like it. Candidates are never taken.
    right_only
        The same for the right list's legal units.
    zones
        Rows of either list that are no legal units (功能区), by code: `list`, `name`, `county`.
        They are in no total.
    """

    pairs: pd.DataFrame
    left_only: pd.DataFrame
    right_only: pd.DataFrame
    zones: pd.DataFrame

    @property
    def by_right(self) -> dict[str, str]:
        """Right code → left code."""
        return dict(zip(self.pairs["right"], self.pairs["left"], strict=True))


def cross_lists(left: str = "MCA-2025", right: str = "NBS-2023", under: str = "") -> Crosswalk:
    """Set two shipped lists side by side, townships by county and name; see `cross`.

    Parameters
    ----------
    under
        Leading digits of the codes wanted, e.g. `"42"`; "" for the whole nation.
    """
    counties = _same_counties(read_list(left, "county", under), read_list(right, "county", under))
    towns = read_list(left, "township", under), read_list(right, "township", under)
    return cross(*towns, counties=counties, aliases=read_aliases())


def name_townships(rows: pd.DataFrame, scheme: str, target: str, column: str) -> pd.DataFrame:
    """Fill in the names of townships that rows give by a code of another list only.

    A row that names its township, or whose code the list does not have, stays as it is.

    Parameters
    ----------
    scheme, target
        The list of the rows' codes, and the one whose names are wanted.
    column
        The column of codes, of nine digits or more; names go to `county` and `township`.

    Returns
    -------
    named
        The same rows; where the two lists pair the unit, under its name in `target`.
    """
    blank = pd.Series("", rows.index, dtype="str")
    codes = rows.get(column, blank).str[:9]
    due = (codes.str.len() == 9) & (rows.get("township", blank) == "")
    if not due.any():
        return rows
    provinces = codes[due].str[:2].unique()
    under = str(provinces[0]) if len(provinces) == 1 else ""
    known = read_list(scheme, "township", under)[["county", "name"]]
    pairs = cross_lists(target, scheme, under).pairs.set_index("right")
    known = known.assign(name=pairs["left_name"].reindex(known.index).fillna(known["name"]))
    known["county"] = pairs["county"].reindex(known.index).fillna(known["county"])
    made = rows.copy()
    for name, source in (("county", "county"), ("township", "name")):
        found = codes.where(due).map(known[source]).fillna("")
        made[name] = rows.get(name, blank).where(~due | (found == ""), found)
    return made


def cross(
    left: pd.DataFrame,
    right: pd.DataFrame,
    *,
    counties: Mapping[str, str],
    aliases: Aliases,
) -> Crosswalk:
    """Pair the townships of two lists by county and name, never by code.

    The rules of `RULES` are tried in order, each on what the ones before left over; a rule
    pairs two units only where each is the other's only match in the county.

    Parameters
    ----------
    left, right
        Frames as `read_list` gives them.
    counties
        Right county code → left county code, for the counties that are the same.
    aliases
        Other spellings of the left list's names.
    """
    ours, theirs = _legal(left), _legal(right)
    theirs = theirs.assign(county_code=theirs["county_code"].map(counties).fillna(""))
    pairs: dict[str, tuple[str, str]] = {}
    taken: set[str] = set()
    for rule, (mine, yours) in _keys(ours, theirs, aliases).items():
        a = _only({c: k for c, k in mine.items() if c not in pairs and k[0]})
        b = _only({c: k for c, k in yours.items() if c not in taken and k[0]})
        for key in a.keys() & b.keys():
            pairs[a[key]] = (b[key], rule)
            taken.add(b[key])
    return Crosswalk(
        _pairs(pairs, left, right),
        _rest(ours.drop(index=list(pairs)), right.drop(index=list(taken))),
        _rest(_legal(right).drop(index=list(taken)), ours.drop(index=list(pairs))),
        pd.concat([_zones(left, "left"), _zones(right, "right")]),
    )


def _same_counties(left: pd.DataFrame, right: pd.DataFrame) -> dict[str, str]:
    """The counties of both lists, code and name agreeing; renumbered ones by prefecture and name."""
    by_name = _only(dict(zip(left.index, _lineage(left), strict=True)))
    names = left["name"].to_dict()
    found = {}
    for code, key in zip(right.index, _lineage(right), strict=True):
        if _agree(names.get(code, ""), key[1]):
            found[code] = code
        elif key in by_name:
            found[code] = by_name[key]
    return found


def _lineage(counties: pd.DataFrame) -> list[Key]:
    return list(zip(counties["province"] + counties["prefecture"], counties["name"], strict=True))


def _agree(one: str, other: str) -> bool:
    return without_ethnic(normal_name(one)) == without_ethnic(normal_name(other))


def _legal(units: pd.DataFrame) -> pd.DataFrame:
    return units[units["kind"] != "功能区"]


def _keys(
    left: pd.DataFrame, right: pd.DataFrame, aliases: Aliases
) -> dict[str, tuple[dict[str, Key], dict[str, Key]]]:
    """Under each rule, the county and name by which every unit of either list is looked for."""
    columns = [f[c] for f in (left, right) for c in ("province", "prefecture", "county")]
    parents = frozenset(n for column in columns for n in column.unique() if n)
    ours, theirs = _named(left), _named(right)
    normal, others = (
        {c: (k[0], normal_name(without_parents(k[1], parents))) for c, k in names.items()}
        for names in (ours, theirs)
    )
    inner = {c: (k[0], normal_name(_ZONE.sub("", k[1]))) for c, k in others.items()}
    official = {c: (k[0], normal_name(aliases.official(k[1], k[0]))) for c, k in others.items()}
    return {
        "name": (ours, theirs),
        "normal": (normal, others),
        "ethnic": (_short(normal), _short(others)),
        "zone": (normal, inner),
        "alias": (normal, official),
    }


def _named(units: pd.DataFrame) -> dict[str, Key]:
    names = zip(units["county_code"], units["name"], strict=True)
    return dict(zip(units.index, names, strict=True))


def _short(keys: Mapping[str, Key]) -> dict[str, Key]:
    return {code: (key[0], without_ethnic(key[1])) for code, key in keys.items()}


def _only(keys: Mapping[str, Key]) -> dict[Key, str]:
    """Key → code, for the keys that only one unit has."""
    codes: dict[Key, list[str]] = defaultdict(list)
    for code, key in keys.items():
        codes[key].append(code)
    return {key: found[0] for key, found in codes.items() if len(found) == 1}


def _pairs(
    pairs: Mapping[str, tuple[str, str]], left: pd.DataFrame, right: pd.DataFrame
) -> pd.DataFrame:
    codes = sorted(pairs)
    made = pd.DataFrame({"left": codes, "right": [pairs[c][0] for c in codes]}, dtype="str")
    made["left_name"] = left["name"].reindex(made["left"]).to_numpy()
    made["right_name"] = right["name"].reindex(made["right"]).to_numpy()
    made["county"] = left["county"].reindex(made["left"]).to_numpy()
    made["rule"] = [pairs[c][1] for c in codes]
    return made


def _rest(lone: pd.DataFrame, free: pd.DataFrame) -> pd.DataFrame:
    """Units without partner, with those still free that are most like them: to propose only."""
    made = lone[["name", "county_code", "county"]].copy()
    near: dict[str, list[str]] = {}
    for width in (6, 4):  # the same county first, then the same prefecture
        groups: dict[str, list[str]] = defaultdict(list)
        for code, name in zip(free.index, free["name"], strict=True):
            groups[code[:width]].append(name)
        for code, name in zip(lone.index, lone["name"], strict=True):
            if not near.get(code):
                near[code] = nearest_names(name, groups[code[:width]])
    made["candidates"] = ["、".join(near[c]) for c in lone.index]
    return made


def _zones(units: pd.DataFrame, which: str) -> pd.DataFrame:
    zones = units.loc[units["kind"] == "功能区", ["name", "county_code", "county"]]
    return zones.assign(list=which)
