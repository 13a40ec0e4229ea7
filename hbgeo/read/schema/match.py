"""What the headings of a table mean: which are personal, which holds which canonical column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process

from hbgeo.errors import LayerError
from hbgeo.read.cell.numbers import UNIT, read_unit
from hbgeo.read.cell.personal import fit_to_show
from hbgeo.read.cell.text import choice_key, clean
from hbgeo.read.issues import PROVENANCE
from hbgeo.read.schema.axes import (
    COORDINATES,
    PARTS,
    CoordinateSet,
    find_sets,
    heading_datum,
)
from hbgeo.read.schema.personal import is_personal
from hbgeo.read.schema.records import Schema

RESERVED = (*PROVENANCE, "geometry")  # columns of a raw table that are ours, not the file's

_HINT = re.compile(  # what stands in brackets behind a heading and does not change its meaning
    rf"(?:[/:]{UNIT}|[(\[【]{UNIT}[)\]】])$|"
    r"[(\[【](?:单位)?:?(?:度|°|必填.*|选填|可选|文本"
    r"|十进制.*|年月日?|年/月/?日?|yyyy.*|[EN]|[XY]|东经|北纬|如.*|例.*|cgcs.*|wgs.*|gcj.*|bd.*"
    r"|\d{4}.*)[)\]】]$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Headings:
    """What the headings of one table were found to mean; it travels with the table's rows.

    Attributes
    ----------
    found
        Canonical column → heading, in the schema's order.
    others
        The headings that hold no canonical column, in the file's order.
    personal
        The headings of personal data: matched with nothing, and dropped.
    """

    found: Mapping[str, str]
    others: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()


def is_counter(heading: str) -> bool:
    """Tell whether a column only numbers the lines of a form."""
    return heading_key(heading) in {"序号", "行号", "no", "no.", ""}


@lru_cache(maxsize=10_000)
def heading_key(heading: str) -> str:
    """Fold a heading for matching: stars, spaces, line breaks and case do not matter."""
    return choice_key(heading)


def unique_names(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Number repeated names, so that none hides another; "" names nothing and may repeat.

    Parameters
    ----------
    names
        The first of several alike keeps its name, the next ones get “.2”, “.3” and so on, past
        any name that another column bears already.
    taken
        Names that none may bear, e.g. `RESERVED`.
    """
    names = list(names)
    used, borne, count = set(taken), {*names, *taken}, dict.fromkeys(taken, 1)
    made = []
    for name in names:
        count[name] = count.get(name, 0) + 1
        unique = name
        if name and name in used:
            while (unique := f"{name}.{count[name]}") in borne:
                count[name] += 1
        used.add(unique)
        borne.add(unique)
        made.append(unique)
    return made


def match_headings(
    headings: Iterable[str],
    schema: Schema,
    named: Mapping[str, str] | None = None,
    *,
    where: str = "",
) -> Headings:
    """Find what the headings of a table mean: once for each table, where it is read.

    Parameters
    ----------
    headings
        The table's own headings; those of `RESERVED` are passed over.
    named
        The catalogue's `columns`: canonical = heading; it goes before any alias.
    where
        File and sheet, for the message.

    Raises
    ------
    LayerError
        If `named` points to a heading that is not there, or there are two sets of coordinates
        and it does not say which.
    """
    headings = list(headings)
    own = [h for h in headings if h and h not in RESERVED]
    open_to_all = [h for h in own if not is_personal(h)]
    words = tuple((named or {}).items())
    try:
        found, rivals = _match(tuple(open_to_all), schema, words, shapes="geometry" in headings)
        _refuse_rivals(found, rivals)
    except LayerError as err:
        raise LayerError(f"{where}：{err}" if where else str(err)) from None
    used = set(found.values())
    others = tuple(h for h in open_to_all if h not in used)
    return Headings(dict(found), others, tuple(h for h in own if is_personal(h)))


def match_columns(
    headings: Iterable[str], schema: Schema, named: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Find which heading holds which canonical column.

    A heading is known by its whole text, by that without a hint in brackets (占地面积(亩)), or,
    under a merged header (坐标-经度), by its levels joined or by its last level.

    Parameters
    ----------
    headings
        The file's own headings.
    named
        The catalogue's `columns`: canonical = heading; it goes before any alias.

    Returns
    -------
    found
        Canonical column → heading, in the schema's order.

    Raises
    ------
    LayerError
        If `named` points to a heading that is not there.
    """
    return dict(_match(tuple(headings), schema, tuple((named or {}).items()))[0])


@lru_cache(maxsize=1_000)
def _match(
    headings: tuple[str, ...],
    schema: Schema,
    words: tuple[tuple[str, str], ...],
    *,
    shapes: bool = False,
) -> tuple[Mapping[str, str], list[CoordinateSet]]:
    """The headings of the canonical columns, and the sets of coordinates beside the one taken.

    Where there are `shapes`, they and no column say where a row is.

    Parameters
    ----------
    words
        Canonical column and heading of each that the catalogue names.
    """
    named = dict(words)
    ways = _keys(headings)
    found = _named(headings, ways, named)
    taken = set(found.values())
    for keys in ways:
        for known in schema.columns.values():
            names = () if known.id in found else (*known.names, known.id)
            hits = (keys.get(heading_key(n), "") for n in names)
            if heading := next((h for h in hits if h and h not in taken), ""):
                found[known.id] = heading
                taken.add(heading)
    rivals = list[CoordinateSet]()
    if {"lon", "lat"} <= schema.columns.keys() and not shapes:
        free = [h for h in headings if h not in taken or h in _coordinates(found).values()]
        found, rivals = _with_coordinates(found, find_sets(free), named)
    order = [*named, *schema.columns, *COORDINATES]
    return {c: found[c] for c in dict.fromkeys(order) if c in found}, rivals


def _coordinates(found: Mapping[str, str]) -> dict[str, str]:
    return {c: h for c, h in found.items() if c in COORDINATES}


def _with_coordinates(
    found: Mapping[str, str], sets: list[CoordinateSet], named: Mapping[str, str]
) -> tuple[dict[str, str], list[CoordinateSet]]:
    """Put one set of coordinates into what was found: the catalogue's, else the first of them.

    One column of both may stand beside two, for the rows in which these are empty.
    """
    own = {c: found[c] for c in _coordinates(found) if c in named}
    fitting = [s for s in sets if own.items() <= s.columns.items()]
    if not fitting:
        return dict(found), []
    rest = {c: h for c, h in found.items() if c not in COORDINATES}
    chosen, others = fitting[0], [s for s in sets if s is not fitting[0]]
    beside = [s for s in others if _goes_with(chosen, s) or _goes_with(s, chosen)][:1]
    columns = {**chosen.columns, **(beside[0].columns if beside else {})}
    rivals = [] if own else [s for s in others if s not in beside]
    return {**rest, **columns}, rivals


def _goes_with(two: CoordinateSet, one: CoordinateSet) -> bool:
    apart = "lonlat" in one.columns and "lonlat" not in two.columns
    return apart and one.datum in {"", two.datum}


def _refuse_rivals(found: Mapping[str, str], rivals: Sequence[CoordinateSet]) -> None:
    """Two sets of coordinates ask which; two datums in one set are no set."""
    chosen = _coordinates(found)
    if rivals:
        sets = [CoordinateSet(chosen), *rivals]
        told = "、".join(s.headings for s in sets)
        named = ", ".join(f'{c} = "{h}"' for c, h in chosen.items() if c in {*PARTS, "lonlat"})
        msg = f"有 {len(sets)} 套坐标（{told}），不知用哪一套；"
        if any(re.sub(r"\.\d+$", "", h) in chosen.values() for h in rivals[0].columns.values()):
            raise LayerError(f"{msg}如是度、分、秒，列名请写 经度-度、经度-分、经度-秒，其余类推")
        raise LayerError(f"{msg}请删去不用的列，或在 catalog.toml 写明，如 columns = {{ {named} }}")
    datums = {h: d for h in chosen.values() if (d := heading_datum(h))}
    if len(set(datums.values())) > 1:
        told = "、".join(f"“{h}”是 {d}" for h, d in datums.items())
        raise LayerError(f"两列坐标的坐标系不同（{told}）；请选用同一坐标系的两列")


def nearest_names(name: str, names: Iterable[str], n: int = 3) -> list[str]:
    """The names most like `name`, to propose; never to be taken by themselves."""
    return [m for m, *_ in process.extract(name, list(names), limit=n, score_cutoff=60)]


def _named(
    headings: Sequence[str], ways: Sequence[Mapping[str, str]], named: Mapping[str, str]
) -> dict[str, str]:
    """The headings that the catalogue names, known in the same ways as an alias.

    It names what stands in the file, where the unit of an area or the group's name that reading
    has written to it (单位:亩 above the table) does not.
    """
    found = {}
    for column, heading in named.items():
        key = heading_key(fit_to_show(heading))
        hit = next((keys[key] for keys in ways if key in keys), "")
        if not hit:
            near = nearest_names(heading, headings)
            hint = f"；相近的列：{'、'.join(near)}" if near else ""
            have = "、".join(headings)
            raise LayerError(f"columns 指定的列“{heading}”不存在；已有列：{have}{hint}")
        found[column] = hit
    return found


def _keys(headings: Sequence[str]) -> list[dict[str, str]]:
    """The keys a heading goes by, from the surest to the loosest way to know it.

    Its whole text, which the first of several alike has; looser ones none that two headings share.
    """
    whole: dict[str, str] = {}
    for heading in headings:
        whole.setdefault(heading_key(heading), heading)
    ways: list[dict[str, list[str]]] = [{}, {}, {}]
    for heading in headings:
        folded = clean(heading)
        plain = _HINT.sub("", folded.replace(" ", ""))
        levels = [p for p in plain.split("-") if p]
        levels = [p for p in levels if read_unit(p) is None] or levels
        last = _HINT.sub("", levels[-1]) if levels else ""
        for way, form in zip(ways, (plain, "".join(levels), last), strict=True):
            if form:
                way.setdefault(heading_key(form), []).append(heading)
    return [whole, *({k: h[0] for k, h in way.items() if len(h) == 1} for way in ways)]
