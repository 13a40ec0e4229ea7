"""Places (villages, communities) → attached to their township by county and name, or by code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.read.catalog import Layer
from hbgeo.read.cell.column import map_unique, repeated
from hbgeo.read.divisions import fit_code, is_zone, normal_name
from hbgeo.read.divisions.register import Register
from hbgeo.read.issues import PROVENANCE, Issue, Notes
from hbgeo.read.schema.records import read_schema
from hbgeo.read.schema.tidy import Tidy
from hbgeo.read.table import LayerTable, of_layer
from hbgeo.read.units.ids import note_twice
from hbgeo.read.units.naming import Named, blank_texts, look_up, senders_of
from hbgeo.read.units.polygons import add_kinds

# classes of 国家地名信息库 that are villages and communities registered again
_BODIES = {"村民委员会（27610）": "行政村", "居民委员会（27620）": "社区"}


@dataclass(frozen=True)
class _Group:
    """The places of one township name: the county and name they write, and the first of them."""

    county: str
    name: str
    marked: bool
    first: int
    places: int


def make_places(made: Tidy, layer: Layer, register: Register, *, same_scheme: bool) -> LayerTable:
    """Attach places to their township by county and normalised name, or by code in one scheme.

    Places without a parent (functional zones, unknown names) are kept apart and counted, and
    said once a township name.
    """
    frame = made.frame.copy(deep=False)
    notes = Notes(layer.key, frame, read_schema(layer.schema))
    blank = blank_texts(frame)
    frame["code"] = map_unique(frame.get("code", blank), lambda c: fit_code(c, "village"))
    nameless, codeless = (frame.get(c, blank) == "" for c in ("name", "code"))
    _note_missing(frame, (nameless | codeless).to_numpy(), notes)
    named = look_up(frame, register, codes=same_scheme, level="township")
    frame["county_code"] = named.codes("county")
    frame["stated_township"] = frame.get("township", blank)
    frame["township_code"] = named.codes("township")
    frame["township"] = named.texts(lambda one: register.name("township", one.township))
    bodies = frame.get("kind", blank).isin(_BODIES).to_numpy()
    if bodies.any():
        frame["kind"] = frame["kind"].replace(_BODIES)
    add_kinds(frame, "village")
    counts = (~(nameless | codeless)).to_numpy()
    parented = named.mark(lambda one: one.township)
    counts = counts & ~_twice(frame, counts & parented, notes)
    counts = counts & ~_twice(frame, counts & ~parented, notes)
    doubled = _registered_twice(frame, bodies, counts & parented)
    _note_doubles(frame, doubled, notes)
    counts = counts & ~doubled
    _note_apart(frame, counts & ~parented, named, notes)
    _note_attached(frame, counts & parented, named, notes)
    placed = frame[counts & parented].set_index("code").sort_index()
    return of_layer(
        layer,
        placed,
        (*made.issues, *notes.issues),
        aside=len(made.aside) + int((~counts).sum()),
        apart=int((counts & ~parented).sum()),
        senders=senders_of(made, register, named),
    )


def _twice(frame: pd.DataFrame, some: Mask, notes: Notes) -> Mask:
    """Mark and say those of some places that repeat or contradict another of their code."""
    twice = np.zeros(len(frame), bool)
    codes = frame["code"][some]
    if repeated(codes).any():
        at = np.flatnonzero(some)[codes.duplicated(keep=False).to_numpy()]
        groups = pd.factorize(frame["code"].iloc[at])[0]
        twice[at] = note_twice(frame.iloc[at], groups, notes, "代码", frame["code"].iloc[at])
    return twice


def _registered_twice(frame: pd.DataFrame, bodies: Mask, some: Mask) -> Mask:
    """Mark the committees (classes 27610, 27620) beside a village or community of the same name.

    Of several of one name in a township as many are marked as there are villages or communities.
    """
    twice = np.zeros(len(frame), bool)
    at = np.flatnonzero(some)
    body = bodies[at]
    if not body.any():
        return twice
    names = map_unique(frame["name"].iloc[at], _stem).to_numpy(object)
    keys = [frame[c].iloc[at].to_numpy(object) for c in ("township_code", "kind")]
    numbers = pd.factorize(pd.MultiIndex.from_arrays([*keys, names]))[0]
    there = np.bincount(numbers[~body], minlength=int(numbers.max(initial=-1)) + 1)
    order = pd.Series(numbers[body]).groupby(numbers[body]).cumcount().to_numpy()
    twice[at[body]] = order < there[numbers[body]]
    return twice


def _stem(name: str) -> str:
    """A village's or community's name without its generic: 双河村委会, 双河村 → 双河."""
    return normal_name(name).removesuffix("社区").removesuffix("村")


def _note_doubles(frame: pd.DataFrame, doubled: Mask, notes: Notes) -> None:
    """One line for all: they are right as they are."""
    if not doubled.any():
        return
    first = frame[doubled].iloc[0]
    said = f"{int(doubled.sum()):,} 个村民委员会、居民委员会与同名的村、社区是同一实体（如“{first['name']}”），只计一次"
    fix = "不必改动；不是同一实体的请改正名称或所属乡镇"
    where = (notes.layer, str(first["file"]), str(first["sheet"]), None, "村名", "")
    notes.issues.append(Issue(*where, "W34", "warning", said, fix))


def _note_missing(frame: pd.DataFrame, lacking: Mask, notes: Notes) -> None:
    names = frame.get("name", blank_texts(frame)).rename("名称")
    notes.cells(lacking, names, lambda v: f"村（社区）“{v}”缺少代码或名称", rule="E02", fix="补填")


def _note_apart(frame: pd.DataFrame, apart: Mask, named: Named, notes: Notes) -> None:
    """One line a township name, not one a village; functional zones apart from names unknown."""
    zonal = np.zeros(len(frame), bool)
    zonal[apart] = [_in_zone(code) for code in frame["code"].to_numpy(object)[apart]]
    for group in _by_township(frame, apart, zonal):
        if group.marked:
            said = f"{group.county}“{group.name}”是功能区，其 {group.places} 个村（社区）单列、不计入合计"
            fix = "要计入时，请把所属乡镇改为功能区所在的法定乡镇（街道）"
        else:
            problems = named.of(group.first).problems
            why = problems[0].message if problems else "没有写所属乡镇"
            said = f"{why}；其 {group.places} 个村（社区）单列、不计入合计"
            fix = "改为现行标准名称；旧名可写入 layers/changes.csv，别名可写入 layers/aliases.csv"
        rule = "W11" if group.marked else "W20"
        notes.issues.append(_of_township(frame, group, notes, (rule, said, fix)))


def _note_attached(frame: pd.DataFrame, attached: Mask, named: Named, notes: Notes) -> None:
    """Places attached by an old name, or by a name alone where their county is no county; once each."""
    some = attached & named.mark(lambda one: one.problems)
    for group in _by_township(frame, some, np.zeros(len(frame), bool)):
        problem = named.of(group.first).problems[0]
        what = (problem.rule, problem.message, problem.fix)
        if problem.severity == "error":
            code, to = frame.iloc[group.first][["township_code", "township"]]
            said = f"{problem.message}；“{group.name}”别处没有同名，{group.places} 个村（社区）归到 {code} {to}"
            what = ("W20", said, "核对归属；所在县应为法定的县（市、区）")
        notes.issues.append(_of_township(frame, group, notes, what))


def _by_township(frame: pd.DataFrame, some: Mask, marked: Mask) -> Iterator[_Group]:
    """Some of the places by the county and township they write, and by a mark."""
    at = np.flatnonzero(some)
    stated = (frame.get(c, blank_texts(frame)) for c in ("county", "stated_township"))
    keys = [cells.to_numpy(object)[at] for cells in stated]
    groups = pd.Series(at).groupby([*keys, marked[at]], sort=True).agg(["first", "size"])
    for (county, name, mark), first, places in groups.itertuples(name=None):
        yield _Group(str(county), str(name), bool(mark), int(first), int(places))


def _of_township(
    frame: pd.DataFrame, group: _Group, notes: Notes, what: tuple[str, str, str]
) -> Issue:
    file, sheet, row = (frame[c].iloc[group.first] for c in PROVENANCE)
    rule, said, fix = what
    at = (notes.layer, file, sheet, int(row), "所属乡镇", group.name)
    return Issue(*at, rule, "warning", said, fix, county=group.county)


def _in_zone(village_code: str) -> bool:
    """Whether a village's code lies in what works like a county or township and is none."""
    levels = (("county", 6), ("township", 9))
    return any(is_zone(village_code[:n], level) for level, n in levels)
