"""Every name of a workspace, and the index that they are found by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from hbgeo.measure.names.forms import plain_name
from hbgeo.measure.names.generics import NATURAL, ROAD, VILLAGE, divide
from hbgeo.measure.names.reading import Reader
from hbgeo.measure.names.roman import settle
from hbgeo.measure.names.tokens import (
    ALIAS,
    NAME,
    OLD,
    PRIOR,
    area_of,
    body_of,
    code_mark,
    key_of,
    marks_of,
    said_of,
)
from hbgeo.measure.names.writing import write
from hbgeo.names.rows import gone, once
from hbgeo.names.signs import SIGNS
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.cell.text import split_list
from hbgeo.read.characters.variants import read_variants
from hbgeo.read.divisions import normal_name, short_county, without_ethnic
from hbgeo.read.divisions.changes import History
from hbgeo.read.keys import GAZETTEER
from hbgeo.read.table import LayerTable
from hbgeo.store.search import Form, search_bytes
from hbgeo.workspace import Workspace

# of an entry of the index; `layer` and `county_code` stand behind what the design has
KEPT = ("name", "roman", "kind", "code", "unit_code", "county", "x", "y", "county_code", "layer")
PLACES, FACILITIES, POSTS = 10, 11, 12  # ranks, after those of the levels of units
_OFTEN = 5000  # forms between two words on how far it is
_PAST = "（已停用）"  # behind the kind of a place that is no more
_INVENTED = "示例"  # which is no part of the names of invented layers
_POINTS = (("x", "y"), ("seat_x", "seat_y"))
_ABOVE = {"county": "prefecture_code", "prefecture": "province_code"}
_RENAMED = frozenset({"更名", "改制", "划转"})  # the same unit goes on
Row = tuple[Any, ...]
Others = Callable[[str, str, str, str], list[tuple[int, str]]]


@dataclass(frozen=True)
class Named:
    """One name of a layer: what is shown of it, and what it goes by.

    Attributes
    ----------
    told
        `KEPT`; `x`, `y` in CGCS2000 or None.
    forms
        (which of its names, as it is shown, whether it is also read).
    rank
        The widest units first, then places, facilities and signs.
    """

    told: Row
    forms: tuple[tuple[int, str, bool], ...]
    rank: int


def layers_with_names(workspace: Workspace) -> Iterator[str]:
    """The layers whose rows have names that are looked for."""
    for key, layer in workspace.catalog.layers.items():
        if layer.role in {"units", "places", "facilities", "lines"} or key == GAZETTEER:
            yield key


def names_of(workspace: Workspace) -> Iterator[Named]:
    """Every name of the workspace, the units first, then layer by layer.

    Raises
    ------
    LayerError
        If a layer cannot be read.
    """
    units, others = {**workspace.all_units()}, _Others(workspace)
    counties = units["county"].frame.index if "county" in units else pd.Index([])
    units.pop("hamlet", None)  # names of the gazetteer, which has more to tell of them
    for rank, level in enumerate(LEVEL_NAMES):
        if level in units:
            table = units[level]
            if level == "prefecture":  # 仙桃 is a county, and its own prefecture: one name
                table = table.where(~table.frame.index.isin(counties))
            yield from names_in(table, level, rank, others.of)
    taken = {table.key for table in units.values()}
    for key in layers_with_names(workspace):
        layer = None if key in taken else workspace.find_layer(key)
        if layer is not None and "name" in layer:
            if key == GAZETTEER:
                layer = _of_its_date(layer, workspace.catalog.as_of)
            rank = PLACES if key == GAZETTEER else POSTS if layer.schema == SIGNS else FACILITIES
            yield from names_in(layer, "", rank)


def _of_its_date(gazetteer: LayerTable, as_of: date) -> LayerTable:
    """A gazetteer with each place once; of those that are no more their kind says so."""
    layer = once(gazetteer)
    past = gone(layer, as_of)
    if not past.any() or "kind" not in layer:
        return layer
    kinds = layer.frame["kind"].astype("str")
    return replace(layer, frame=layer.frame.assign(kind=kinds.where(~past, kinds + _PAST)))


def names_in(
    table: LayerTable, level: str, rank: int, others_of: Others = lambda *_: []
) -> Iterator[Named]:
    """The names of one layer.

    Parameters
    ----------
    level
        "" where its rows are no units.
    others_of
        Level, name, county's code, county → what else a unit goes by, beside its own row.
    """
    frame = table.frame
    get = _getter(frame)
    points = next((pair for pair in _POINTS if set(pair) <= set(frame.columns)), None)
    none = [None] * len(frame)
    x, y = (none, none) if points is None else (_numbers(frame[column]) for column in points)
    unit = get(_ABOVE[level]) if level in _ABOVE else get("township_code", "county_code")
    ids = frame.index.astype("str").tolist()
    own = get("county_code")
    areas = [a or (i if level in _ABOVE else "") for a, i in zip(own, ids, strict=True)]
    kind = LEVEL_NAMES.get(level, "") or table.title
    texts = zip(get("name"), get("roman"), get("kind"), strict=True)
    where = zip(ids, unit, get("county"), x, y, areas, strict=True)
    more = zip(get("aliases"), get("old_names"), strict=True)
    shorten = _shorten(rank, sample=table.sample)
    for (name, roman, sort), (ident, *at), (also, former) in zip(texts, where, more, strict=True):
        if name:
            known = [(ALIAS, t) for t in split_list(also)] + [(OLD, t) for t in split_list(former)]
            known += others_of(level, name, at[4], at[1])
            told = (name, roman, sort or kind, ident, *at, table.key)
            yield Named(told, _forms(name, known, shorten), rank)


def _shorten(rank: int, *, sample: bool) -> Callable[[str], str]:
    """How a name is compared: a facility's as it is, a place's without what is no part of it."""
    if rank == FACILITIES:
        return lambda text: (text.removeprefix(_INVENTED) if sample else text) or text
    return lambda text: plain_name(text, sample=sample)


def _forms(
    name: str, others: Iterable[tuple[int, str]], shorten: Callable[[str], str]
) -> tuple[tuple[int, str, bool], ...]:
    """What a name goes by: as it is compared, and as it stands where that is more."""
    made: dict[tuple[int, str], bool] = {}
    for way, text in ((NAME, name), *others):
        made[way, shorten(text)] = True
        made.setdefault((way, text), False)
    return tuple((way, text, read) for (way, text), read in made.items())


class _Others:
    """What units go by beside their own names: the tables of spellings, and of changes."""

    def __init__(self, workspace: Workspace) -> None:
        layers = workspace.layers
        self._history = History((*layers.changes(), *workspace.changes))
        self._spelled: dict[tuple[str, str], list[str]] = {}
        for (county, alias), rows in layers.inputs.aliases.names.items():
            for official, _, _ in rows:
                self._spelled.setdefault((county, normal_name(official)), []).append(alias)

    def of(self, level: str, name: str, county_code: str, county: str) -> list[tuple[int, str]]:
        """Of a county or a township."""
        if level not in {"county", "township"}:
            return []
        home, short = ("", short_county) if level == "county" else (county, without_ethnic)
        counties = dict.fromkeys((county_code, normal_name(home)))
        spelled = [self._spelled.get((at, normal_name(name)), []) for at in counties]
        changes = [one for one in self._history.back(name, home) if one.old]
        former = [(OLD if one.kind in _RENAMED else PRIOR, one.old) for one in changes]
        aliases = [short(name), *(text for some in spelled for text in some)]
        return [*((ALIAS, text) for text in aliases if text != name), *former]


def _getter(frame: pd.DataFrame) -> Callable[..., list[str]]:
    def get(*names: str) -> list[str]:
        """The first of some columns that says something, row by row."""
        made = [""] * len(frame)
        for name in names:
            if name in frame:
                here = frame[name].astype("str").fillna("").tolist()
                made = [old or new for old, new in zip(made, here, strict=True)]
        return made

    return get


def _numbers(cells: pd.Series) -> list[float | None]:
    return [None if pd.isna(value) else float(value) for value in cells.tolist()]


def read_today() -> dict[int, str]:
    """Traditional and variant characters → those that stand for them today, as `key_of` takes them."""
    known = read_variants()
    return str.maketrans(known.variant | known.traditional)


def index_bytes(
    named: Iterable[Named],
    reader: Reader,
    today: Mapping[int, str],
    progress: Callable[[int, int], None] | None = None,
) -> bytes:
    """The index of names, as `store.search` keeps it.

    Names that are found alike come in one order, whatever the order of the layers: current names
    before others, wide units before small, short before long, then by characters and code.

    Parameters
    ----------
    today
        Of `read_today`.
    progress
        Called with the number of names' forms that are done, and of all.
    """
    index = _Index(reader, today)
    entries = [index.add(number, one) for number, one in enumerate(named)]
    return search_bytes(KEPT, entries, index.forms(entries, progress))


class _Index:
    """Makes the forms of names; their tokens only when they are written, for they are many."""

    def __init__(self, reader: Reader, today: Mapping[int, str]) -> None:
        self._reader, self._today = reader, today
        self._asked: list[Row] = []  # what they are ordered by, and what they are made from

    def add(self, number: int, one: Named) -> Row:
        """Note what a name goes by; returns its values."""
        name, roman, kind, code, *rest = one.told
        first = True
        for way, text, read in one.forms:
            if key := key_of(text, self._today):
                order = (way, one.rank, len(key), key, code, rest[-1], number)
                official = roman if way == NAME else ""
                self._asked.append((*order, text, official, read, first))
                first = False
        if not roman and one.rank != FACILITIES:
            roman = self._written(name, kind)
        return (name, roman, kind, code, *rest)

    def forms(
        self, entries: Sequence[Row], progress: Callable[[int, int], None] | None
    ) -> Iterator[Form]:
        """The forms in their order; of the gazetteer's spelling only what it settles."""
        self._asked.sort()
        for done, asked in enumerate(self._asked):
            way, _, _, key, code, _, number, text, official, read, first = asked
            spoken = settle(key, self._reader.read(key), official) if read else ()
            said = said_of(spoken) if read else ""
            marks = marks_of(key, said)
            if first:
                marks += f" {code_mark(key_of(code, {}))}"
            area = area_of(entries[number][KEPT.index("county_code")])
            yield Form(number, way, text, said, body_of(key), marks, area)
            if progress and done % _OFTEN == 0:
                progress(done, len(self._asked))

    def _written(self, name: str, kind: str) -> str:
        """How a name is spelled by the rules; "" where its reading is not settled."""
        text = plain_name(name)
        if kind not in {VILLAGE, NATURAL, *ROAD}:
            kind = VILLAGE if text.endswith(("村", "社区")) else ""
        return write(text, self._reader.read(text), divide(text, kind))
