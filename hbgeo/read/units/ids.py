"""Ids of facilities → one a facility: what repeats is told apart from what is said twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.alike import numbered
from hbgeo.arrays import Mask, Numbers
from hbgeo.read.catalog import Layer
from hbgeo.read.cell.column import contains, map_unique, mark_unique, repeated
from hbgeo.read.cell.personal import HIDDEN
from hbgeo.read.cell.text import clean, in_sentence
from hbgeo.read.issues import PROVENANCE, Issue, Notes

NEAR_M = 100.0  # two rows of one long id this near each other are one facility
_COUNTED_UP = 5  # digits of an id that only numbers the lines of its own file
_UNSAID = (
    "note",
    "address",
    "id",
    "coarse",
    *PROVENANCE,
)  # what two rows of one thing may differ in
_COORDINATES = dict.fromkeys(("x", "y", "lon", "lat", "geometry"), "坐标")
_SHOWN = 8
FEW = 200  # rows with shared ids that are compared without SciPy


@dataclass(frozen=True)
class Settled:
    """What became of the ids of some rows.

    Attributes
    ----------
    ids
        The id of every row; those of rows that count are unique.
    aside
        The rows that repeat another, or contradict it.
    """

    ids: pd.Series
    aside: Mask


def settle_ids(frame: pd.DataFrame, layer: Layer, counts: Mask, notes: Notes) -> Settled:
    """Give every row an id that no other has, and put aside what is said twice.

    One id in one sheet is one facility. In two sheets it is one only where name or place agree as
    well: of an id of few digits, with which every file begins anew, both. Rows of one facility
    that say the same count once; those that contradict each other count nowhere.

    Parameters
    ----------
    frame
        With the codes of the units that rows name. A row without an id of its own, or with a
        hidden one, is named by where it stands.
    counts
        The rows that would count.
    """
    own = frame.get("id", pd.Series("", frame.index, dtype="str"))
    given = ~(own == "").to_numpy() & ~contains(own, HIDDEN)
    ids = own if given.all() else own.where(given, _places(frame, layer))
    aside = np.zeros(len(frame), bool)
    known = np.flatnonzero(counts & given)
    if not repeated(own.iloc[known]).any():
        return Settled(ids, aside)
    at = known[own.iloc[known].duplicated(keep=False).to_numpy()]
    rows = frame.iloc[at]
    aside[at] = note_twice(rows, _same_facility(rows), notes, "编号", own.iloc[at])
    left = at[~aside[at]]
    left = left[own.iloc[left].duplicated(keep=False).to_numpy()]
    if len(left):
        made = _with_file(frame, left)
        _note_shared(frame.iloc[left], made, notes)
        values = ids.to_numpy(object).copy()
        values[left] = made
        ids = pd.Series(values, frame.index, dtype="str")
    return Settled(ids.rename("id"), aside)


def note_twice(
    rows: pd.DataFrame, groups: Numbers, notes: Notes, what: str, named: pd.Series
) -> Mask:
    """Mark and say the rows of one thing: all of them where they differ, else all but the first.

    Parameters
    ----------
    groups
        The number of the thing each row is about.
    what, named
        What tells that they are one thing, as it is called and as each row writes it.
    """
    values = {c: numbered([rows[c]]) for c in said_columns(rows)}
    alike = numbered([pd.Series(of) for of in values.values()])
    order = pd.DataFrame({"group": groups, "alike": alike})
    of_one = order.groupby("group")["alike"]
    several = (of_one.transform("size") > 1).to_numpy()
    contrary = (of_one.transform("nunique") > 1).to_numpy()
    first = ~order["group"].duplicated().to_numpy()
    wrong = several & (contrary | ~first)
    members = order.index[several].to_series().groupby(groups[several]).agg(list)
    places = [*rows[PROVENANCE].itertuples(index=False, name=None)]
    others = {number: _listed([places[at] for at in some]) for number, some in members.items()}
    names = named.tolist()
    differ = {
        n: _differing(values, some, notes) for n, some in members.items() if contrary[some[0]]
    }
    for i in np.flatnonzero(wrong).tolist():
        where = places[i]
        said = f"{what}{names[i]}重复：{others[groups[i]]}"
        said += f"{differ[groups[i]]}不同，都不计入" if contrary[i] else "内容相同，只计第一行"
        fix = "只留现在的一行；不是同一个的请改编号" if contrary[i] else "删去重复行"
        cell = (notes.layer, where[0], where[1], int(where[2]), what, str(names[i]))
        notes.issues.append(Issue(*cell, "E12", "error", f"第{where[2]}行 {said}", fix))
    return np.asarray(wrong)


def _differing(values: Mapping[str, Numbers], some: Sequence[int], notes: Notes) -> str:
    """The headings of the columns in which some rows are not alike."""
    columns = [c for c, numbers in values.items() if len(set(numbers[some])) > 1]
    known = (c.removesuffix("_code") for c in columns)
    names = [_COORDINATES.get(c) or in_sentence(notes.schema.heading(c)) for c in known]
    return f"的{'、'.join(dict.fromkeys(names))}"


def _same_facility(rows: pd.DataFrame) -> Numbers:
    """Number the facilities that rows with shared ids are about."""
    ids = numbered([rows["id"]])
    sheets = numbered([rows["file"], rows["sheet"]])
    names = map_unique(rows.get("name", rows["id"]), lambda t: "" if HIDDEN in t else clean(t))
    named = (names != "").to_numpy() & ("name" in rows)
    short = mark_unique(rows["id"], counts_up)
    place, placed = _deepest(rows)
    point = rows["x"].notna().to_numpy()
    links = [
        _linked([ids, sheets], np.ones(len(rows), bool)),
        _linked([ids, numbered([names])], named & ~short),
        _linked([ids, numbered([names]), place], named & short),
        _linked([ids, place], placed & ~short),
        _linked([ids, numbered([rows["x"], rows["y"]])], point),
        *_near(rows, ids, np.flatnonzero(point & ~short)),
    ]
    one, other = (np.concatenate([pair[side] for pair in links]) for side in (0, 1))
    return _joined(one, other, len(rows))


def _joined(one: Numbers, other: Numbers, count: int) -> Numbers:
    """Number things so that those linked, over others too, share a number."""
    if count > FEW:
        from scipy.sparse import coo_array  # a quarter of a second, for those who share many ids
        from scipy.sparse.csgraph import connected_components

        graph = coo_array((np.ones(len(one), bool), (one, other)), shape=(count, count))
        return np.asarray(connected_components(graph, directed=False)[1])
    number = np.arange(count)
    for a, b in zip(one.tolist(), other.tolist(), strict=True):
        if number[a] != number[b]:
            number[number == number[b]] = number[a]
    return np.asarray(pd.factorize(number)[0])


def counts_up(number: str) -> bool:
    """Tell whether an id only numbers the lines of its own file, and begins anew in the next."""
    return sum(c.isdigit() for c in number) <= _COUNTED_UP


def _deepest(rows: pd.DataFrame) -> tuple[Numbers, Mask]:
    """The deepest unit each row names, else its point to two decimals; and which name a township."""
    village, township, county = (rows[f"{c}_code"] for c in ("village", "township", "county"))
    unit = village.where(village != "", township)
    named = (unit != "").to_numpy()
    points = (rows["x"].round(2).astype("str") + " " + rows["y"].round(2).astype("str")).where(
        rows["x"].notna(), county
    )
    return numbered([unit.where(named, points)]), named


def _linked(keys: Sequence[Numbers], some: Mask) -> tuple[Numbers, Numbers]:
    """Each of some rows with the first that is alike in all keys."""
    at = np.flatnonzero(some)
    number = numbered([pd.Series(key[at]) for key in keys])
    first = np.zeros(number.max(initial=-1) + 1, np.intp)
    first[number[::-1]] = at[::-1]
    return at, first[number]


def _near(rows: pd.DataFrame, ids: Numbers, at: Numbers) -> list[tuple[Numbers, Numbers]]:
    """The pairs of rows of one id within a hundred metres."""
    if not len(at):
        return []
    lon, lat = (np.radians(rows[c].to_numpy()[at]) for c in ("x", "y"))
    globe = 6.38e6 * np.column_stack(
        [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat), ids[at]]
    )  # ids stand far apart
    if len(at) > FEW:
        from scipy.spatial import cKDTree

        one, other = cKDTree(globe).query_pairs(NEAR_M, output_type="ndarray").T
    else:
        apart = np.linalg.norm(globe[:, None] - globe, axis=2)
        one, other = np.nonzero(np.triu(apart <= NEAR_M, 1))
    return [(at[one], at[other])]


def said_columns(rows: pd.DataFrame) -> list[str]:
    """The columns in which two rows of one thing must agree: units by code, however written."""
    return [
        c
        for c in map(str, rows)
        if c not in _UNSAID and not c.endswith("_precision") and f"{c}_code" not in rows
    ]


def _places(frame: pd.DataFrame, layer: Layer) -> pd.Series:
    """Each row by where it stands."""
    sheet = map_unique(frame["sheet"], lambda s: f"/{s}" if s else "")
    return f"{layer.key}:" + frame["file"] + sheet + "#" + frame["row"].astype("str")


def _with_file(frame: pd.DataFrame, at: Numbers) -> NDArray[np.object_]:
    """The ids of rows that share theirs with other sheets: behind their file's name, and sheet's."""
    sheets = frame[["file", "sheet"]].drop_duplicates().astype("str")
    several = set(sheets["file"][sheets["file"].duplicated()])
    files = sheets["file"].unique()
    stems = pd.Series([PurePath(f).with_suffix("").as_posix() for f in files], files)
    alike = stems.duplicated(keep=False)
    called = stems.where(~alike, stems.index.to_series()).to_dict()
    rows = frame.iloc[at]
    made = [
        f"{called[file]}/{sheet}/{own}" if file in several and sheet else f"{called[file]}/{own}"
        for file, sheet, own in zip(rows["file"], rows["sheet"], rows["id"], strict=True)
    ]
    return np.array(made, dtype=object)


def _note_shared(rows: pd.DataFrame, made: NDArray[np.object_], notes: Notes) -> None:
    """Say once that several files number from the start: no two rows are one facility for it."""
    ids = rows["id"].unique().tolist()
    sheets = rows[["file", "sheet"]].drop_duplicates().astype("str").agg(_sheet, axis=1).tolist()
    said = f"编号{_some(ids)}在 {_some(sheets)}中都有，名称或地点不同，按不同设施计"
    said += f"；为不混淆，编号前加文件名，如 {made[0]}"
    where = (notes.layer, str(rows["file"].iloc[0]), "", None, "编号", "")
    fix = "各文件统一编号（如 县代码加顺序号）就不再加文件名；确是同一设施的请只留一行"
    notes.issues.append(Issue(*where, "E12", "warning", said, fix))


def _some(words: Sequence[str]) -> str:
    more = f"等 {len(words)} 个" if len(words) > _SHOWN else " "
    return "、".join(map(str, words[:_SHOWN])) + more


def _sheet(where: Sequence[str]) -> str:
    return " ".join(part for part in where if part)


def _listed(places: Sequence[tuple[str, str, int]]) -> str:
    """Where some rows stand: each file and sheet once, with its rows."""
    return "、".join(_each(places))


def _each(places: Sequence[tuple[str, str, int]]) -> Iterator[str]:
    before = ("", "")
    for file, sheet, row in places[:_SHOWN]:
        yield f"第{row}行" if (file, sheet) == before else f"{_sheet((file, sheet))} 第{row}行"
        before = (file, sheet)
    if len(places) > _SHOWN:
        yield f"等 {len(places)} 行"
